"""Intervals, p-values and signs of paired differences, against known distributions."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.experiments.comparison import paired_statistics
from sim.experiments.comparison.paired_statistics import METHODS, Pairs, adjusted, most_often

Array = np.ndarray[Any, Any]


def gathered(base: Array, other: Array, step: float = np.nan) -> dict[str, Array]:
    """Return the table of pairs given as (runs, outcomes)."""
    pairs = Pairs(base.shape[1:], step)
    for one, two in zip(base, other, strict=True):
        pairs.add(one, two)
    return pairs.table()


def of(gaps: Array, step: float = 1.0) -> dict[str, Array]:
    gaps = np.asarray(gaps, dtype=float)
    return gathered(np.zeros_like(gaps), gaps, step)


def column(*values: float) -> Array:
    return np.array(values, dtype=float)[:, None]


def test_the_interval_is_students_interval_of_paired_differences() -> None:
    rng = np.random.default_rng(1)
    base = rng.normal(100.0, 10.0, (17, 3))
    other = base + rng.normal((0.0, 1.0, 5.0), 2.0, (17, 3))
    table = gathered(base, other)
    test = stats.ttest_rel(other, base)
    low, high = test.confidence_interval(0.95)
    np.testing.assert_allclose(table["difference"], (other - base).mean(axis=0))
    np.testing.assert_allclose(table["low"], low)
    np.testing.assert_allclose(table["high"], high)
    np.testing.assert_allclose(table["p_value"], test.pvalue)
    assert {METHODS[i] for i in table["method"]} == {"t"}
    gain = (base.var(axis=0) + other.var(axis=0)) / (other - base).var(axis=0)
    np.testing.assert_allclose(table["gain"], gain)
    np.testing.assert_allclose(table["percent"], 100 * table["difference"] / base.mean(axis=0))
    np.testing.assert_allclose(
        table["standardised"], table["difference"] / base.std(axis=0, ddof=1)
    )


def test_the_sign_is_counted_over_runs() -> None:
    table = of(column(1, 2, 0, -1, 3, 0, 0, 1))
    shares = [float(table[f"share_{way}"][0]) for way in ("higher", "lower", "equal")]
    assert shares == pytest.approx([4 / 8, 1 / 8, 3 / 8])


def test_large_numbers_lose_no_figures() -> None:
    base = np.full((50, 1), 1e9)
    gaps = np.linspace(-1.0, 1.5, 50)[:, None]
    table = gathered(base, base + gaps)
    assert table["difference"][0] == pytest.approx(0.25, rel=1e-6)
    half = stats.t.ppf(0.975, 49) * gaps.std(ddof=1) / np.sqrt(50)
    assert table["high"][0] - table["difference"][0] == pytest.approx(half, rel=1e-6)


def test_pairs_with_an_unknown_value_are_left_out() -> None:
    base = column(1.0, np.nan, 3.0, 5.0, 2.0)
    other = column(2.0, 4.0, np.nan, 7.5, 4.0)
    table = gathered(base, other)
    assert table["runs"] == 3
    assert table["baseline"] == pytest.approx((1 + 5 + 2) / 3)
    assert table["what_if"] == pytest.approx((2 + 7.5 + 4) / 3)
    assert table["difference"] == pytest.approx((1 + 2.5 + 2) / 3)


def test_nothing_is_said_without_two_pairs() -> None:
    for given in (column(3.0), column(np.nan, np.nan)):
        table = of(given)
        for name in ("low", "high", "p_value"):
            assert np.isnan(table[name]).all(), name


@pytest.mark.parametrize(("up", "down", "runs"), [(6, 0, 40), (4, 2, 30), (1, 0, 20), (9, 3, 200)])
def test_a_rare_count_has_the_interval_of_bonett_and_price(up: int, down: int, runs: int) -> None:
    gaps = np.zeros((runs, 1))
    gaps[:up], gaps[up : up + down] = 1.0, -1.0
    table = of(gaps)
    assert METHODS[table["method"][0]] == "rare"
    more, fewer = (up + 1) / (runs + 2), (down + 1) / (runs + 2)
    middle = more - fewer
    half = stats.norm.ppf(0.975) * np.sqrt((more + fewer - middle**2) / (runs + 2))
    assert table["low"][0] == pytest.approx(middle - half)
    assert table["high"][0] == pytest.approx(middle + half)


def flipped(sizes: Array) -> float:
    """Return the p-value of the sign-flip test over every choice of signs."""
    totals = [abs(np.dot(signs, sizes)) for signs in itertools.product((1, -1), repeat=len(sizes))]
    return float(np.mean(np.array(totals) >= abs(sizes.sum()) - 1e-9))


@pytest.mark.parametrize("gaps", [[1] * 7, [1] * 6 + [-1], [-2, -2, 2, -2], [1], [3] * 10])
def test_a_rare_count_has_the_p_value_of_the_sign_flip_test(gaps: list[float]) -> None:
    table = of(column(*gaps, *[0.0] * 60))
    assert table["p_value"][0] == pytest.approx(flipped(np.array(gaps)))


@pytest.mark.parametrize("gaps", [[1, 2, 1, 1, 3, 1, 2], [5, 4, 9, 7, 3, 6, 8, 2], [2, 1, 3, 1]])
def test_differences_of_several_sizes_err_to_the_side_of_caution(gaps: list[float]) -> None:
    for runs in (30, 60, 200):
        table = of(column(*gaps, *[0.0] * (runs - len(gaps))))
        exact = flipped(np.array(gaps))
        assert exact < table["p_value"][0] < 3 * exact


def test_no_difference_in_any_run_is_not_proof_of_none() -> None:
    gaps = np.zeros((18, 1))
    counts, shares = of(gaps, step=1.0), of(gaps, step=np.nan)
    assert METHODS[counts["method"][0]] == METHODS[shares["method"][0]] == "same"
    assert (
        counts["low"][0] == -counts["high"][0] == pytest.approx(-1.96 * np.sqrt(2) / 20, rel=1e-3)
    )
    assert np.isnan(shares["low"][0])
    assert counts["p_value"][0] == 1.0
    assert most_often(18) == pytest.approx(1 - 0.05 ** (1 / 18))
    # With that share in truth, 18 runs without a difference happen once in twenty times.
    assert (1 - most_often(18)) ** 18 == pytest.approx(0.05)


def test_two_worlds_known_to_be_one_differ_by_exactly_nothing() -> None:
    pairs = Pairs((2,), 1.0)
    for value in (3.0, 4.0, 5.0):
        pairs.add(np.full(2, value), np.full(2, value))
    table = pairs.table(identical=True)
    for name in ("difference", "low", "high"):
        assert (table[name] == 0.0).all()


def test_the_same_difference_in_every_run_is_judged_by_its_signs() -> None:
    table = of(column(1, 1, 1, 1, 1))
    assert table["low"] == table["high"] == 1.0
    assert table["p_value"][0] == pytest.approx(2 * 0.5**5)


def rare(rng: np.random.Generator, shape: tuple[int, int], up: float, down: float) -> Array:
    draw = rng.random(shape)
    return np.where(draw < up, 1.0, np.where(draw < up + down, -1.0, 0.0))


@pytest.mark.parametrize("runs", [10, 20, 50, 200])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_no_difference_is_called_one_in_at_most_one_case_in_twenty(runs: int, share: float) -> None:
    rng = np.random.default_rng(runs)
    table = of(rare(rng, (runs, 6000), share, share))
    # Three standard errors above 5 %.
    assert (table["p_value"] < 0.05).mean() < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 6000)


@pytest.mark.parametrize(("up", "down"), [(0.05, 0.0), (0.1, 0.02), (0.3, 0.3), (0.6, 0.1)])
def test_intervals_of_counts_hold_the_true_mean(up: float, down: float) -> None:
    rng = np.random.default_rng(7)
    table = of(rare(rng, (60, 6000), up, down))
    held = (table["low"] <= up - down) & (up - down <= table["high"])
    assert held.mean() > 0.93
    # An interval that always holds it would be too wide to be of use.
    assert held.mean() < 0.995


def test_the_runs_needed_tell_the_difference_four_times_in_five() -> None:
    rng = np.random.default_rng(3)
    needed = int(of(rng.normal(0.5, 2.0, (40000, 1)))["runs_to_tell"][0])
    again = of(rng.normal(0.5, 2.0, (needed, 3000)))
    seen = (again["p_value"] < 0.05) & (again["difference"] > 0)
    assert seen.mean() == pytest.approx(0.8, abs=0.05)
    known = of(rng.normal(0.0, 2.0, (400, 3000)))
    least = float(known["detectable"].mean())
    found = of(rng.normal(least, 2.0, (400, 3000)))["p_value"] < 0.05
    assert found.mean() == pytest.approx(0.8, abs=0.05)


def test_p_values_are_adjusted_for_their_number() -> None:
    given = np.array([0.01, np.nan, 0.04, 0.03, 0.5])
    result = adjusted(given)
    assert np.isnan(result[1])
    # By hand: sorted 0.01, 0.03, 0.04, 0.5, times 4 / rank, made monotone from above.
    np.testing.assert_allclose(result[[0, 3, 2, 4]], [0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert np.isnan(adjusted(np.array([np.nan]))).all()
    alone = np.array([False, True, True, True, False])
    np.testing.assert_allclose(adjusted(given, alone)[[0, 3, 2, 4]], [0.01, 0.04, 0.04, 0.5])


def test_places_that_never_differ_hide_none_that_do() -> None:
    """Of 556 places 104 differ; counting the 452 others once left none of a plain effect.

    What is tested is the sign of differences, so that leaving out those without any keeps the
    share of wrong findings where nothing but chance is at work.
    """
    rng = np.random.default_rng(5)
    shape, pairs, wrong = 556, 20, 0
    for _ in range(200):
        given = Pairs((shape,), 1.0)
        moves = rng.random((pairs, shape)) < np.where(np.arange(shape) < 104, 0.5, 0.0)
        signs = rng.choice([-1.0, 1.0], (pairs, shape))
        for gaps in moves * signs:
            given.add(np.zeros(shape), gaps)
        table = given.table()
        found = adjusted(table["p_value"], table["share_equal"] < 1) < 0.05
        wrong += bool(found.any())
    assert wrong / 200 <= 0.07
    # Eleven signs of eleven the same way at ten places.
    given_p = np.concatenate([np.full(10, 2 * 0.5**11), np.full(94, 0.5), np.ones(452)])
    differs = np.arange(shape) < 104
    assert (adjusted(given_p, differs) < 0.05).sum() == 10
    assert (adjusted(given_p) < 0.05).sum() == 0


def at_draws(
    rng: np.random.Generator, draws: int, each: int, spread: float, mean: float = 0.0
) -> Array:
    """Return differences whose draws vary by so much around a mean, with chance of deviation 1.

    The shape is (pairs, samples), pairs of one draw after one another.
    """
    of_draws = rng.normal(mean, spread, (draws, 3000)) if spread else np.full((draws, 3000), mean)
    return np.repeat(of_draws, each, axis=0) + rng.normal(0.0, 1.0, (draws * each, 3000))


def gathered_by_draws(gaps: Array, each: int) -> dict[str, Array]:
    pairs = Pairs(gaps.shape[1:])
    for number, gap in enumerate(gaps):
        pairs.add(np.zeros_like(gap), gap, same_draw=number % each > 0)
    table, whole = pairs.table(), Pairs.of(np.zeros_like(gaps), gaps, each=each).table()
    for name, values in table.items():
        np.testing.assert_allclose(whole[name], values, err_msg=name)
    return table


@pytest.mark.parametrize(("spread", "share"), [(0.0, 0.0), (1.0, 0.5), (3.0, 0.9)])
def test_variance_is_told_apart_into_draws_and_chance(spread: float, share: float) -> None:
    table = gathered_by_draws(at_draws(np.random.default_rng(11), 50, 2, spread), 2)
    assert np.median(table["by_parameters"]) == pytest.approx(share, abs=0.03)
    once = of(at_draws(np.random.default_rng(11), 50, 1, spread))
    assert np.isnan(once["by_parameters"]).all()


@pytest.mark.parametrize("each", [1, 2, 5])
def test_pairs_of_one_draw_count_for_less_where_they_are_alike(each: int) -> None:
    """Taken for independent, pairs at 12 draws of 5 each would call every other difference one."""
    gaps = at_draws(np.random.default_rng(5), 60 // each, each, 3.0)
    table = gathered_by_draws(gaps, each)
    held = (table["low"] < 0.0) & (table["high"] > 0.0)
    assert held.mean() == pytest.approx(0.95, abs=0.015)
    assert (table["p_value"] < 0.05).mean() == pytest.approx(0.05, abs=0.015)


def test_the_runs_needed_allow_for_draws_taken_twice() -> None:
    rng = np.random.default_rng(8)
    needed = int(np.median(gathered_by_draws(at_draws(rng, 2000, 2, 2.0, 1.0), 2)["runs_to_tell"]))
    again = gathered_by_draws(at_draws(rng, -(-needed // 2), 2, 2.0, 1.0), 2)
    assert (again["p_value"] < 0.05).mean() == pytest.approx(0.8, abs=0.05)


def test_cases_and_signs_are_counted_over_draws_and_chance() -> None:
    """The sign's probability is over both, that of the mean's sign would be near one."""
    gaps = at_draws(np.random.default_rng(9), 200, 2, 3.0, mean=1.0)
    table = gathered_by_draws(gaps, 2)
    np.testing.assert_allclose(table["share_higher"], (gaps > 0).mean(axis=0))
    np.testing.assert_allclose(
        [table["p05"], table["median"], table["p95"]], np.quantile(gaps, (0.05, 0.5, 0.95), axis=0)
    )
    expected = stats.norm.cdf(1.0 / np.sqrt(1.0 + 3.0**2))
    assert table["share_higher"].mean() == pytest.approx(expected, abs=0.01)
    assert (table["p_value"] < 0.05).mean() > 0.95


def test_cases_of_what_seldom_differs_or_is_unknown_are_those_of_all_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only differences are kept, and the quantiles are taken over some entries at a time."""
    rng = np.random.default_rng(4)
    gaps = rng.normal(0.0, 1.0, (30, 3, 40)) * (rng.random((30, 3, 40)) < rng.random(40))
    gaps[rng.random(gaps.shape) < 0.05] = np.nan
    gaps[:, 0, 0], gaps[:, 1, 1] = np.nan, 0.0
    monkeypatch.setattr(paired_statistics, "BLOCK", 7)
    table = Pairs.of(np.zeros_like(gaps), gaps).table()
    found = np.stack([table[name] for name in ("p05", "median", "p95")])
    unknown = np.full((3, 3, 40), np.nan)
    unknown[:, ~np.isnan(gaps).all(axis=0)] = np.nanquantile(
        gaps[:, ~np.isnan(gaps).all(axis=0)], (0.05, 0.5, 0.95), axis=0
    )
    np.testing.assert_array_equal(found, unknown)
