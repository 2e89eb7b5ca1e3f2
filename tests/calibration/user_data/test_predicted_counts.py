from __future__ import annotations

import numpy as np
import pytest

import sim
from calibration.user_data.predicted_counts import (
    COMPARED,
    CountRequest,
    Occurrences,
    OutcomeCounts,
    at_level,
    count_runs,
    finder,
    known_outcome,
)
from sim.core.errors import InputError
from sim.core.state import State
from sim.results.run_result import Run
from sim.scenario.schema import Scenario, load
from sim.world import World


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("baseline").with_overrides(end="2002-12", replicates=4)


def question(world: World, outcome: str, *, by_country: bool, **changes: object) -> CountRequest:
    units = world.countries["iso3"] if by_country else world.localities["code"]
    fields = {"units": tuple(units), "first": 2000, "last": 2010, **changes}
    return CountRequest(outcome, by_country, **fields)  # type: ignore[arg-type]


def counted(asked: CountRequest, finished: State, world: World) -> OutcomeCounts:
    return asked.sums(world, finder(asked, world)(finished))


@pytest.mark.parametrize("outcome", COMPARED)
def test_counts_are_the_outcomes_of_the_run(
    outcome: str, small_run: Run, finished: State, world: World
) -> None:
    for by_country, table in ((True, small_run.by_country), (False, small_run.by_locality)):
        asked = question(world, outcome, by_country=by_country)
        found = counted(asked, finished, world)
        rows = table[table["replicate"] == 0]
        name = "country" if by_country else "locality"
        expected = rows.set_index(name)[outcome].loc[list(asked.units)]
        assert found.units == pytest.approx(expected.to_numpy(dtype=float))
        assert found.years.sum() == pytest.approx(found.units.sum())


def test_years_sectors_and_units_are_kept_to(small_run: Run, finished: State, world: World) -> None:
    deals = small_run.deals
    deals = deals[deals["replicate"] == 0]
    units = tuple(sorted(set(deals["country"]))[:3])
    sectors = tuple(sorted(set(deals["sector"]))[:2])
    asked = question(
        world, "deals", by_country=True, units=units, first=2004, last=2008, sectors=sectors
    )
    found = counted(asked, finished, world)
    year = deals["month_deal"].str[:4].astype(int)
    kept = deals[deals["country"].isin(units) & deals["sector"].isin(sectors)]
    kept = kept[year[kept.index].between(2004, 2008)]
    assert len(kept)
    assert found.units.tolist() == [(kept["country"] == unit).sum() for unit in units]
    assert found.years.tolist() == [(year[kept.index] == y).sum() for y in range(2004, 2009)]
    names = list(world.sectors["code"])
    counts = {names[i]: n for i, n in enumerate(found.sectors) if n}
    assert counts == kept["sector"].astype(str).value_counts().to_dict()


def test_threads_do_not_change_the_numbers(scenario: Scenario, world: World) -> None:
    asked = question(world, "visits_to_lac", by_country=True)
    one, two = (count_runs(asked, scenario, world, workers=workers)[0] for workers in (1, 2))
    assert one.units.shape == (4, len(world.countries))
    assert one.units.sum() > 0
    assert all((a == b).all() for a, b in zip(one, two, strict=True))


def test_runs_take_the_draws_in_turn(scenario: Scenario, world: World) -> None:
    asked = question(world, "visits_to_lac", by_country=True)
    draws = [{"outreach.province_rate": 0.02}, {"outreach.province_rate": 0.3}]
    found = count_runs(asked, scenario, world, draws=draws)[0].units
    for number in range(4):
        changed = scenario.with_overrides(parameters=draws[number % 2])
        alone = sim.run(changed, world=world).by_country
        rows = alone[alone["replicate"] == number].set_index("country")
        expected = rows["visits_to_lac"].loc[list(asked.units)].to_numpy()
        assert found[number].tolist() == expected.tolist()
    assert found[1].sum() > 2 * found[0].sum()


def test_small_deals_are_left_out(small_run: Run, finished: State, world: World) -> None:
    deals = small_run.deals[small_run.deals["replicate"] == 0]
    asked = question(world, "deals", by_country=True, least=100.0)
    large = deals[deals["value_usd_m"] >= 100.0]
    found = counted(asked, finished, world)
    assert 0 < found.units.sum() < len(deals)
    assert found.units.sum() == len(large[large["month_deal"].str[:4].astype(int) <= 2010])


def test_runs_are_brought_to_a_total() -> None:
    ones = np.ones(4000)
    run = Occurrences(ones.astype(int), ones.astype(int), ones.astype(int), ones)
    same, factor = at_level([run, run], "as-is", 1000.0, 1)
    assert (same[0].amount.sum(), factor) == (4000.0, 1.0)
    scaled, factor = at_level([run, run], "scaled", 1000.0, 1)
    assert (scaled[0].amount.sum(), factor) == (1000.0, 0.25)
    thinned, factor = at_level([run, run], "thinned", 1000.0, 1)
    assert factor == 0.25
    counts = [len(one.unit) for one in thinned]
    # Whole occurrences are left out, each for itself.
    assert counts[0] != counts[1]
    assert counts == pytest.approx([1000, 1000], abs=100)
    assert at_level([run], "thinned", 9000.0, 1)[1] == 1.0


def test_a_draw_out_of_range_is_refused(scenario: Scenario, world: World) -> None:
    asked = question(world, "deals", by_country=True)
    with pytest.raises(InputError, match=r"turnover\.fade"):
        count_runs(asked, scenario, world, draws=[{}, {"turnover.fade": 7.0}])


def test_progress_is_told(scenario: Scenario, world: World) -> None:
    told: list[tuple[int, int]] = []
    asked = question(world, "deals", by_country=True)
    count_runs(asked, scenario, world, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_unknown_outcome() -> None:
    with pytest.raises(InputError, match="Did you mean 'twinnings'"):
        known_outcome("twinning")
    assert known_outcome("twinnings").unit == "count"
    assert np.isin(["deals", "deals_local", "deal_value_usd_m"], list(COMPARED)).all()
