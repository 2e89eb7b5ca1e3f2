"""Measures of lists coded by others, against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calibration.cases.observed_statistics import columns, names, observed, of_lists
from calibration.cases.targets import MEASURES
from calibration.external import Lists, observed_lists
from calibration.external.lists import LARGE, empty_lists, positions, sectors


@pytest.fixture
def lists() -> Lists:
    """Return ten records: six in São Paulo's state, one in Acre, one in Lima, two in no unit."""
    found, at = empty_lists(), positions()
    found.found[LARGE] = 10
    brazil, peru = at.country["BRA"], at.country["PER"]
    found.by_year[LARGE, brazil, [5, 9]] = 2, 6
    found.by_year[LARGE, peru, 14] = 2
    for code, count in (("BR-SP", 6), ("BR-AC", 1), ("PE-LIM", 1)):
        found.by_place[LARGE, at.locality[code]] = count
    found.by_sector[brazil, sectors().names.index("energy")] = 8
    found.by_sector[peru, sectors().names.index("social")] = 2
    found.lags[0] = 1.0, 2.0, 3.0, 4.0, 5.0
    found.twinnings_by_country[[brazil, peru]] = 3, 1
    found.twinnings_by_province[[at.province[c] for c in ("CN-GD", "CN-QH", "CN-BJ")]] = 2, 1, 1
    return found


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("large_records", {}, 10),
        ("records_in", {"countries": ["PER", "CHL"]}, 0.2),
        ("countries_with_records", {}, 2),
        ("effective_countries", {}, 1.0 / (0.8**2 + 0.2**2)),
        ("records_of_years", {"first": 2005, "last": 2008}, 0.2),
        ("records_of_years", {"first": 2009, "last": 2014}, 0.8),
        ("units_with_records", {}, 3 / 555),
        ("records_in_capitals", {}, 0.125),
        # São Paulo and Lima are the largest of their countries, Acre the 25th of 27.
        ("rank_by_population", {}, (7.0 + 2.0 / 26.0) / 8.0),
        ("records_in_top_units", {"units": 1}, 0.75),
        ("records_in_top_units", {"units": 2}, 0.875),
        ("records_in_first_units", {}, 0.875),
        ("records_of_sector", {"sector": "energy"}, 0.8),
        ("years_taken", {"lag": "commit_to_completion", "percentile": 50}, 3.0),
        ("twinnings_in", {"countries": ["BRA"]}, 0.75),
        ("countries_twinned", {}, 2),
        ("twinnings_of", {"provinces": ["CN-BJ", "CN-QH"]}, 0.5),
        ("twinnings_of_coast", {}, 0.75),
        ("twinnings_of_top_provinces", {"provinces": 2}, 0.75),
        ("provinces_twinned", {}, 3),
    ],
)
def test_a_measure_is_what_it_says(
    lists: Lists, name: str, args: dict[str, Any], expected: float
) -> None:
    assert MEASURES[name].take(lists, **args) == pytest.approx(expected)


def test_gini_is_the_mean_difference_of_pairs(lists: Lists) -> None:
    counts = lists.by_place[LARGE].astype(float)
    difference = np.abs(counts[:, None] - counts[None, :]).mean()
    expected = difference / (2.0 * counts.mean())
    assert MEASURES["gini_over_units"].take(lists) == pytest.approx(expected)


def test_the_real_lists_give_what_the_targets_say() -> None:
    np.testing.assert_allclose(of_lists(observed_lists()), observed()[columns(tier=2)], atol=1e-4)


def test_counts_in_the_tables_by_hand() -> None:
    """Hold figures counted in the tables by eye against the targets."""
    by_name = dict(zip(names(), observed(), strict=True))
    expected = {
        "large_in_brazil": 31 / 164, "large_in_peru": 14 / 164, "large_in_small_islands": 20 / 164,
        "large_2000_2007": 27 / 164, "large_units": 52 / 555, "large_capitals": 43 / 108,
        "large_top_unit": 7 / 108, "large_top_five_units": 31 / 108, "large_energy": 40 / 164,
        "large_social": 32 / 164, "twinnings_in_brazil": 16 / 52, "twinned_countries": 11,
        "twinnings_of_beijing_shanghai": 13 / 52, "twinnings_of_coast": 42 / 52,
    }  # fmt: skip
    assert {name: by_name[name] for name in expected} == pytest.approx(expected, abs=1e-4)


def test_empty_lists_have_finite_numbers() -> None:
    found = of_lists(empty_lists())
    assert np.isfinite(found).all()
    assert found[list(columns(tier=2)).index(names().index("large_energy"))] == 0.5
