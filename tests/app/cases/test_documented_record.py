from __future__ import annotations

from sim.app.cases import documented_record
from sim.report.locality_timeline import LANES
from sim.scenario.interventions import Twinning, Visit
from sim.world import World


def test_facts_are_those_of_the_table_in_order(world: World) -> None:
    for code, count in documented_record.documented_places(world).items():
        facts = documented_record.facts_of(world, code)
        assert len(facts) == count
        assert [f.month for f in facts] == sorted(f.month for f in facts)
        assert all(fact.label and fact.source for fact in facts)


def test_a_year_stands_in_its_middle_and_may_be_as_early_as_january(world: World) -> None:
    code = next(iter(documented_record.documented_places(world)))
    facts = documented_record.facts_of(world, code)
    whole = next(fact for fact in facts if len(fact.date) == 4)
    exact = next(fact for fact in facts if len(fact.date) > 4)
    assert whole.whole_year
    assert whole.month % 12 == 6
    assert whole.earliest == whole.month - 6
    assert not exact.whole_year
    assert exact.earliest == exact.month


def test_facts_are_kept_within_months(world: World) -> None:
    code = next(iter(documented_record.documented_places(world)))
    facts = documented_record.facts_of(world, code)
    middle = facts[len(facts) // 2].month
    early, late = (
        documented_record.facts_of(world, code, last=middle - 1),
        documented_record.facts_of(world, code, middle),
    )
    assert early
    assert late
    assert early + late == facts


def test_each_fact_is_on_the_lane_of_its_kind(world: World) -> None:
    for code in documented_record.documented_places(world):
        for fact in documented_record.facts_of(world, code):
            kinds = LANES[fact.lane][2]
            assert fact.kind in kinds or kinds == LANES[-1][2]


def test_places_stand_with_the_best_documented_first(world: World) -> None:
    counts = list(documented_record.documented_places(world).values())
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] >= 1


def test_a_tie_is_documented_from_its_first_meeting(world: World) -> None:
    for code in list(documented_record.documented_places(world))[:6]:
        facts = documented_record.facts_of(world, code)
        meetings = [f.earliest for f in facts if f.kind in documented_record.MEETINGS]
        assert documented_record.since_of(facts, 0) == (max(0, min(meetings)) if meetings else 0)
    assert documented_record.since_of((), 12) == 12


def test_scenarios_of_a_place_change_nothing_but_contacts(world: World) -> None:
    own = documented_record.own_scenarios()
    assert own
    for code, scenario in own.items():
        assert scenario.focus[0] == code
        assert not scenario.parameters
        assert all(isinstance(c, Visit | Twinning) for c in scenario.interventions)
        assert documented_record.scenario_of(world, code).name == scenario.name


def test_a_place_without_a_scenario_is_shown_by_history(world: World) -> None:
    other = next(c for c in world.localities["code"] if c not in documented_record.own_scenarios())
    assert documented_record.scenario_of(world, other).name == documented_record.HISTORY


def test_the_first_pair_is_documented_and_has_scenarios(world: World) -> None:
    pair = documented_record.first_pair(world)
    assert len(set(pair)) == 2
    assert set(pair) == set(list(documented_record.own_scenarios())[:2])
    assert set(pair) <= set(documented_record.documented_places(world))
