"""The whole inference on toys: one whose posterior is known, one shaped like the model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from calibration import checks
from calibration.checks.rank_statistics import covered
from calibration.inference.fit import Fit, Ranking, box_around, fit, parted
from calibration.inference.reference_table import Rows
from tests.calibration import toy

pytest.importorskip("sklearn")


def rows_of(made: toy.CountsToy | toy.LinearToy, rows: int, stream: int = 0) -> Rows:
    values, statistics, derived = toy.rows_of(made, rows, stream=stream)
    return Rows(values, statistics, derived, {}, [(1, i) for i in range(rows)])


@pytest.fixture(scope="module")
def linear() -> tuple[toy.LinearToy, Fit]:
    made = toy.LinearToy()
    return made, fit(made.prior, rows_of(made, 6000), (), seed=1, networks=2)


def test_the_known_posterior_is_found(linear: tuple[toy.LinearToy, Fit]) -> None:
    made, found = linear
    shifts, ratios = [], []
    for number in range(30):
        vector = made.run(made.prior.draw(1, number)[0], 2, number).vector
        mean, covariance = made.posterior(vector)
        sd = np.sqrt(np.diag(covariance))
        draws = found.draws(vector).scores
        shifts.append((draws.mean(axis=0) - mean) / sd)
        ratios.append(draws.std(axis=0) / sd)
    assert np.abs(np.mean(shifts, axis=0)).max() < 0.25
    assert np.sqrt(np.mean(np.square(shifts), axis=0)).max() < 0.6
    np.testing.assert_allclose(np.mean(ratios, axis=0), 1.0, atol=0.15)


def test_contraction_is_that_of_the_known_posterior(linear: tuple[toy.LinearToy, Fit]) -> None:
    made, found = linear
    _, covariance = made.posterior(made.observed)
    verdict = checks.contraction(found.draws(made.observed).scores, made.prior.names)
    np.testing.assert_allclose(verdict.numbers["contraction"], 1.0 - np.diag(covariance), atol=0.12)
    assert verdict.numbers["words"][0] == "identified"
    assert verdict.numbers["words"][3] == "assumption"


# Slow: whether intervals cover is seen in thousands of rows only, each drawn and regressed.
@pytest.fixture(scope="module")
def counts() -> tuple[toy.CountsToy, Rows, Fit]:
    made = toy.CountsToy()
    rows = rows_of(made, 12_000)
    return made, rows, fit(made.prior, rows, made.derived, seed=1, networks=1)


@pytest.mark.slow
def test_intervals_cover_as_they_claim(counts: tuple[toy.CountsToy, Rows, Fit]) -> None:
    made, _, found = counts
    fresh = rows_of(made, 1600, stream=5)
    truth = made.prior.scores(fresh.values)
    raw = np.array(
        [
            part.levels(np.append(truth[i], 0.0))
            for i, part in enumerate(found.regression.particles(fresh.statistics))
        ]
    )
    levels = found.recalibration.levels(raw)[:, :12]
    for interval in (0.5, 0.9):
        assert np.abs(covered(levels, interval) - interval).max() < 0.03
    assert checks.simulation_based_calibration(levels, made.prior.names).passed


@pytest.mark.slow
def test_inert_parameters_keep_their_prior(counts: tuple[toy.CountsToy, Rows, Fit]) -> None:
    made, _, found = counts
    words = checks.contraction(found.draws(made.observed).scores, made.prior.names).numbers
    assert [words["words"][j] for j in (3, 7)] == ["assumption", "assumption"]
    assert words["contraction"][0] > 0.4


@pytest.mark.slow
def test_a_truncated_wave_agrees_with_the_first(counts: tuple[toy.CountsToy, Rows, Fit]) -> None:
    made, rows, found = counts
    first = found.draws(made.observed)
    box = box_around(made.prior, first)
    assert box.contains(first.values).mean() > 0.99
    values = box.draw(3000, 8, 1)
    runs = [made.observed_at(row, 77, i) for i, row in enumerate(made.means(values))]
    second_rows = Rows(
        values,
        np.array([run.vector for run in runs]),
        np.array([run.derived for run in runs]),
        {},
        [(77, i) for i in range(len(values))],
    )
    more = rows.chosen(box.contains(rows.values))
    narrow = fit(box, second_rows, made.derived, more=more, seed=2, networks=1)
    second = narrow.draws(made.observed)
    shift = (second.scores.mean(axis=0) - first.scores.mean(axis=0)) / first.scores.std(axis=0)
    assert np.abs(shift).max() < 0.5
    assert "missed" not in {verdict.verdict for verdict in narrow.verdicts("local")}


def test_the_same_seed_gives_the_same_posterior_with_any_number_of_workers() -> None:
    made = toy.LinearToy()
    rows = rows_of(made, 1000)
    draws = [
        fit(made.prior, rows, (), seed=5, networks=2, workers=workers).draws(made.observed).values
        for workers in (1, 2)
    ]
    assert np.array_equal(draws[0], draws[1])


def test_rows_serve_for_one_thing_only() -> None:
    for rows in (300, 16_000):
        parts = parted(rows)
        held = np.concatenate(parts)
        assert len(set(held.tolist())) == len(held) == rows
    assert [len(part) for part in parted(16_000)] == [13_000, 2_000, 1_000]


def test_ranks_of_counts_come_back_as_counts() -> None:
    rng: Callable[[int], np.random.Generator] = np.random.default_rng
    values = rng(1).poisson(2.0, 4000).astype(float)
    ranking = Ranking.of(values, rng(2))
    scores = ranking.scores(values, rng(3))
    assert abs(scores.mean()) < 0.05
    assert abs(scores.std() - 1.0) < 0.05
    assert (ranking.values(scores) == values).mean() > 0.98
