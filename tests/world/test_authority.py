"""Authority is the Regional Authority Index, by unit and month; the coded index agrees with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.core.calendar import month_index
from sim.scenario.schema import Scenario
from sim.world import World
from sim.world.authority import INDICES, agreement, authority_index, monthly_authority
from sim.world.positions import Positions
from tests.conftest import AlteredWorld

HIGHEST = 24.5
"""Highest score of the shipped table, which stands for full authority."""


@pytest.fixture(scope="module")
def at(world: World) -> Positions:
    return Positions(world)


def test_authority_is_the_score_over_the_regions_highest(world: World, at: Positions) -> None:
    countries, added = monthly_authority(world, at, 36 * 12)
    assert world.regional_authority["score"].max() == HIGHEST
    assert countries.max() == 1.0
    assert countries[month_index("2010-06"), at.country["BRA"]] == pytest.approx(19.5 / HIGHEST)
    before, after = (month_index(m) for m in ("2002-12", "2003-01"))
    peru = countries[:, at.country["PER"]]
    assert [peru[before], peru[after]] == pytest.approx([1 / HIGHEST, 9 / HIGHEST])
    units = countries[:, [at.country[c] for c in at.localities["iso3"]]] + added
    assert units.min() >= 0.0
    assert units.max() <= 1.0


def test_units_with_scores_of_their_own_have_them(world: World, at: Positions) -> None:
    countries, added = monthly_authority(world, at, 252)
    city = countries[:, at.country["MEX"]] + added[:, at.locality["MX-CMX"]]
    assert city[month_index("2005-01")] == pytest.approx(14.5 / HIGHEST)
    assert (added[:, at.locality["MX-JAL"]] == 0.0).all()
    listed = set(world.regional_authority["locality"]) - {""}
    assert {code for code, i in at.locality.items() if added[:, i].any()} <= listed


def test_a_country_without_a_tier_leaves_none(world: World, at: Positions) -> None:
    countries, _ = monthly_authority(world, at, 252)
    covered = set(world.regional_authority.query("locality == ''")["iso3"])
    for iso3, c in at.country.items():
        assert countries[:, c].any() == (iso3 in covered), iso3


def test_powers_abroad_and_own_revenue_enter_the_coded_index_only(
    altered_world: AlteredWorld, world: World
) -> None:
    def raised(table: Any) -> Any:
        return table.assign(foreign_powers="1", own_revenue="0.4", dpi_state="2")

    changed = altered_world(countries=raised)
    assert authority_index(changed).equals(authority_index(world))
    rise = authority_index(changed, "coded")["index"] - authority_index(world, "coded")["index"]
    assert (rise > 0).mean() > 0.9


def test_indices_are_those_a_scenario_may_choose() -> None:
    assert Scenario.model_json_schema()["properties"]["authority_index"]["enum"] == [*INDICES]


def test_yearly_index_is_the_mean_of_its_months(world: World) -> None:
    frame = authority_index(world).set_index(["iso3", "year"])["index"]
    assert frame["CHL", 2021] == pytest.approx((3 + 4) / 2 / HIGHEST)
    assert frame["CHL", 2035] == pytest.approx(4 / HIGHEST)


def test_the_coded_index_agrees_with_the_regional_authority_index(world: World) -> None:
    """The figures were found beforehand, from the published scores of 27 countries in 2010."""
    every, first = agreement(world)
    assert (every.countries, first.countries) == (27, 19)
    assert (round(every.pearson, 2), round(every.spearman, 2)) == (0.92, 0.85)
    assert (round(first.pearson, 2), round(first.spearman, 2)) == (0.92, 0.82)
    assert np.isfinite(every[2:]).all()
