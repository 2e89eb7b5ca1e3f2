"""What months begin with follows the world's tables."""

from __future__ import annotations

import pytest

from sim.core.calendar import month_index
from sim.engine.monthly_inputs import month_matrices
from sim.world import load_world
from sim.world.positions import Positions
from sim.world.table_schemas import TABLES

KINDS = TABLES["agreements"]["kind"].allowed


def test_each_kind_of_agreement_draws_from_its_signature_and_once() -> None:
    world = load_world()
    at = Positions(world)
    accord = month_matrices(world, at, 252)["accord"]
    signed = world.agreements[world.agreements["iso3"] == "CHL"]
    fta, belt = (
        int(signed.loc[signed["kind"] == kind, "start"].iloc[0]) for kind in ("fta", "belt_road")
    )
    assert fta == month_index("2005-11")
    assert belt == month_index("2018-11")
    chile = accord[:, at.country["CHL"]]
    assert chile[fta] - chile[fta - 1] == pytest.approx(1.0 / len(KINDS))
    assert chile[belt] > chile[belt - 1]
    assert (signed["kind"] == "local_cooperation").sum() == 2
    assert chile[-1] == pytest.approx(signed["kind"].nunique() / len(KINDS))
