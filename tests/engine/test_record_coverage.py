"""After the record ends one stated rule holds for each series, and nothing jumps at the seam."""

from __future__ import annotations

import numpy as np
import pytest

from sim.core import enums as k
from sim.core.calendar import month_index
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.engine.monthly_inputs import FORUM_CYCLE, forum_calendar, month_matrices
from sim.engine.record_coverage import SERIES, rules_from, words
from sim.scenario.schema import load
from sim.world import World
from sim.world.positions import Positions
from sim.world.table_schemas import TABLES


def test_changes_of_executive_are_level_across_the_seam(world: World) -> None:
    """The region has some six changes a year before and after the calendars end."""
    template = initial_state(load("baseline").with_overrides(end="2026-12"), world)
    years = np.zeros(27)
    for replicate in range(8):
        w = simulate(template, 1, replicate)
        log = w.event[: int(w.run["events"][0])]
        months = log["month"][log["kind"] == k.EXECUTIVE_CHANGE]
        years += np.bincount(months // 12, minlength=27) / 8
    documented = years[1:21].mean()
    assert 5.0 < documented < 7.0
    for year in (2023, 2024, 2025, 2026):
        assert 0.6 * documented < years[year - 2000] < 1.5 * documented, year


def test_each_country_has_an_end_of_its_own(world: World) -> None:
    countries = world.countries.set_index("iso3")
    last = world.executives.groupby("iso3")["start"].max()
    assert (countries["executives_until"] >= last[countries.index]).all()
    assert (countries["executives_until"] > month_index("2020-12")).all()
    # One country's row leaves the others alone.
    assert (countries["executives_until"] < last.max()).sum() == len(countries) - 1
    state = initial_state(load("baseline"), world)
    assert state.country["executives_until"].tolist() == countries["executives_until"].tolist()


def test_forums_repeat_after_their_table(world: World) -> None:
    last = int(world.forums["month"].max())
    longer = forum_calendar(world, last + 3 * FORUM_CYCLE)
    assert longer[: len(world.forums)].equals(world.forums)
    cycle = [t for t in world.forums["month"] if t > last - FORUM_CYCLE]
    later = sorted(set(longer["month"]) - set(world.forums["month"]))
    assert later == sorted({t + n * FORUM_CYCLE for t in cycle for n in (1, 2)}) + sorted(
        {t + 3 * FORUM_CYCLE for t in cycle if t < last}
    )
    assert len(forum_calendar(world, 12)) == len(world.forums)


def test_levels_are_held_after_their_tables(world: World) -> None:
    months = month_index("2060-12") + 1
    made = month_matrices(world, Positions(world), months)
    ends = {series.name: int(np.max(series.ends(world))) for series in SERIES}
    names = {
        "authority": "local authority",
        "added_authority": "local authority",
        "signal": "signals",
        "strain": "strain of relations",
        "fiscal": "fiscal stress",
        "accord": "agreements",
        "programme": "national programmes",
        "envelope": "envelopes of banks",
    }
    # No table of the world sets the pace of turnover, only a scenario does.
    assert {*names, "turnover"} == set(made)
    assert not made["turnover"].any()
    for name, series in names.items():
        held = made[name][ends[series] + 1 :]
        assert len(held)
        assert (held == held[0]).all(), name
        assert (held[0] == made[name][ends[series]]).all(), name


def test_every_dated_table_that_rules_read_has_a_rule(world: World) -> None:
    dated = {
        name
        for name, table in TABLES.items()
        if {"start", "month", "year"} & set(table.columns) and name not in {"documented", "stated"}
    }
    # Offices that organisations open begin once and stay.
    assert len(dated - {"organisation_offices"}) == len(SERIES)
    assert len(rules_from(world)) == len(SERIES)


@pytest.mark.parametrize(
    ("end", "told"), [("2021-03", 0), ("2021-04", 1), ("2060-12", len(SERIES))]
)
def test_a_run_tells_of_the_rules_that_it_reaches(world: World, end: str, told: int) -> None:
    assert len(words(world, end)) == told
