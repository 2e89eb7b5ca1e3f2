"""The plan: which runs, in which chunks, under which addresses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.experiments.sweep import planned
from sim.experiments.sweep.sweep_plan import Block, SweepPlan, checked_tables, chunk_size

SETTINGS = {"n": 6, "replicates": 5, "end": "2000-06", "chunk": 4}


def plan_of(*vary: str, **changes: object) -> SweepPlan:
    texts = vary or ("turnover.fade=0.2..0.9", "authority.effect=0,1")
    return planned("baseline", texts, **{**SETTINGS, **changes}).plan  # type: ignore[arg-type]


def test_every_run_is_in_one_chunk_point_by_point() -> None:
    plan = plan_of()
    runs = [run for chunk in plan.chunks() for run in chunk.runs]
    assert runs == [(point, replicate) for point in range(6) for replicate in range(5)]
    assert [len(chunk.runs) for chunk in plan.chunks()] == [4] * 7 + [2]
    assert plan.runs == 30


def test_names_of_chunks_are_their_own() -> None:
    names = [chunk.name for chunk in plan_of().extended(4, 2).chunks()]
    assert len(set(names)) == len(names)
    assert names == sorted(names)


def test_extended_plan_has_each_run_once_and_keeps_the_chunks_it_had() -> None:
    plan = plan_of()
    more = plan.extended(n=3, replicates=2)
    runs = [run for chunk in more.chunks() for run in chunk.runs]
    assert sorted(runs) == [(point, replicate) for point in range(9) for replicate in range(7)]
    keys = {more.key(chunk): chunk for chunk in more.chunks()}
    assert [keys[plan.key(chunk)] for chunk in plan.chunks()] == list(plan.chunks())
    assert more.replicates == 7
    assert len(more.extended(replicates=1).values) == 9


@pytest.mark.parametrize(
    ("n", "replicates", "said"),
    [(None, None, "nothing to add"), (0, None, "too few"), (None, 0, "too few")],
)
def test_adding_nothing_is_refused(n: int | None, replicates: int | None, said: str) -> None:
    with pytest.raises(InputError, match=said):
        plan_of().extended(n, replicates)


def test_grid_has_no_further_points_but_may_have_replicates() -> None:
    plan = plan_of("authority.effect=0,0.5,1", design="grid", n=None)
    assert len(plan.values) == 3
    with pytest.raises(InputError, match="no next point"):
        plan.extended(n=3)
    assert plan.extended(replicates=1).runs == 18


def test_address_depends_on_all_that_decides_a_run() -> None:
    plan = plan_of()
    first = next(plan.chunks())
    others = [
        replace(plan, model_version="another"),
        replace(plan, world_digest="another"),
        replace(plan, scenario=plan.scenario.with_overrides(seed=1)),
        replace(plan, scenario=plan.scenario.with_overrides(end="2000-07")),
        replace(plan, scenario=plan.scenario.with_overrides(parameters={"tie.contact": 0.3})),
        replace(plan, tables=("events",)),
        plan_of("turnover.fade=0.2..0.9", "authority.effect=0.1,0.9"),
        plan_of("turnover.fade=0.2..0.9", "authority.slope=1,2"),
    ]
    keys = {other.key(first) for other in [plan, *others]}
    assert len(keys) == len(others) + 1
    retold = plan.scenario.model_copy(update={"question": "Another?", "replicates": 3})
    assert replace(plan, scenario=retold).key(first) == plan.key(first)


def test_points_of_other_chunks_do_not_change_an_address() -> None:
    plan = plan_of()
    first, *_, last = plan.chunks()
    altered = plan.design.points.copy()
    altered.iloc[-1] = 0.5
    other = replace(plan, design=replace(plan.design, points=altered))
    assert other.key(first) == plan.key(first)
    assert other.key(last) != plan.key(last)


def test_block_counts_its_runs() -> None:
    block = Block(2, 4, 5, 8)
    assert block.runs == 6
    assert [block.run(number) for number in (0, 2, 3, 5)] == [(2, 5), (2, 7), (3, 5), (3, 7)]


def test_chunks_spread_few_runs_and_fill_files_with_many() -> None:
    assert chunk_size(100, ()) == 10
    assert chunk_size(2_000, ()) == 31
    assert chunk_size(1_000_000, ()) == 100
    assert chunk_size(1_000_000, ("events",)) == 25


def test_tables_are_kept_in_one_order_and_unknown_ones_refused() -> None:
    assert checked_tables(("events", "by_country"), keep_events=False) == ("by_country", "events")
    assert checked_tables((), keep_events=True) == ("events",)
    with pytest.raises(InputError, match="by_county"):
        checked_tables(("by_county",), keep_events=False)


CONTACT = PARAMETERS["tie.contact"].default


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"end": "2000-07"}, 'scenario\'s end "2000-06" there, "2000-07" here'),
        ({"seed": 3}, "scenario's seed 2020 there, 3 here"),
        ({"parameters": {"tie.contact": 0.3}}, f"scenario's tie.contact {CONTACT} there, 0.3 here"),
        ({"design": "grid", "n": 3}, "design lhs there, grid here"),
        ({"n": 7}, "points 6 there, 7 here"),
        ({"replicates": 6}, "replicates 5 there, 6 here"),
        ({"keep_events": True}, "tables none there, events here"),
    ],
    ids=lambda given: "+".join(given) if isinstance(given, dict) else "",
)
def test_differences_are_named(changes: dict[str, object], said: str) -> None:
    plan = plan_of()
    assert said in plan.differences(plan_of(**changes))
    assert plan.differences(plan_of()) == []


def test_other_points_of_the_same_design_are_told() -> None:
    other = plan_of("turnover.fade=0.2..0.8", "authority.effect=0,1")
    assert plan_of().differences(other) == ["the points have other values"]
