"""The model as Mesa users work with it, under every supported version of Mesa."""

from __future__ import annotations

import copy
import copyreg
import gc
import hashlib
import pickle
import warnings
import weakref
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.agent import AgentSet
from mesa.batchrunner import batch_run

from sim.core import enums as k
from sim.core.errors import InputError
from sim.core.state import State
from sim.core.state_pointer import handle
from sim.engine import agents
from sim.engine.compiled import ensure_capacity, new_run_state, run_months, simulate
from sim.engine.dispatch import programme_of_month
from sim.engine.events import canonical_log
from sim.engine.initial_state import initial_state
from sim.engine.mesa_batch import runner_gives_rng
from sim.engine.model import ParadiplomacyModel
from sim.scenario.schema import Scenario, build, load
from sim.world import World
from tests.conftest import everything

pytestmark = [
    pytest.mark.crossversion,
    pytest.mark.slow,  # months on Mesa agents take long
]


@pytest.fixture(scope="module")
def short(world: World) -> Scenario:
    return load("baseline", world).with_overrides(end="2000-03")


def fingerprint(w: State) -> str:
    return hashlib.sha256(canonical_log(w).tobytes()).hexdigest()


# --- the end


def test_stepping_a_finished_model_changes_nothing(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(short, world=world)
    running = []
    for _ in range(5):
        model.step()
        running.append(model.running)
        if model.month == 3:
            last = everything(model.state)
    assert running == [True, True, False, False, False]
    assert model.month == 3
    assert everything(model.state) == last
    assert len(model.datacollector.get_model_vars_dataframe()) == 1 + 3


def test_run_model_runs_to_the_end(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(short, world=world)
    model.run_model()
    assert model.month == 3
    assert fingerprint(model.state) == fingerprint(
        simulate(initial_state(short, world), short.seed, 0)
    )


def test_no_agent_acts_after_the_last_month(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(short, world=world)
    model.run_to_end()
    last = everything(model.state)
    for who, verb in (("executive", "record_series"), ("governor", "plan_journey"),
                      ("bank", "fund_bank"), ("centre", "receive_delegations")):  # fmt: skip
        with pytest.raises(RuntimeError, match="the run ended with 2000-03"):
            model.groups[who].do(verb)
    assert everything(model.state) == last
    with pytest.raises(IndexError, match="no place 100000"):
        next(iter(model.groups["province"])).trust_in(100_000)


def test_the_compiled_loop_stops_at_the_last_month(short: Scenario, world: World) -> None:
    w = ensure_capacity(new_run_state(initial_state(short, world), short.seed, 0))
    assert run_months(handle(w), programme_of_month(w), 0, 400) == 3
    assert fingerprint(w) == fingerprint(simulate(initial_state(short, world), short.seed, 0))


def test_agents_called_over_and_over_find_room(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(short, world=world)
    model.state = model.state._replace(event=np.zeros(9000, model.state.event.dtype))
    for _ in range(30):
        for executive in model.groups["executive"]:
            executive.recognises = 1 - executive.recognises
            executive.review_recognition()
    room = len(model.state.event) - int(model.state.run["events"][0])
    assert room > 8 * len(model.state.actor)


# --- memory


def test_a_model_that_is_dropped_is_freed(short: Scenario, world: World) -> None:
    kept = len(copyreg.dispatch_table)
    dropped = []
    for _ in range(3):
        model = ParadiplomacyModel(short, world=world, agent_reporters={"will": "will"})
        model.step()
        agent = list(model.groups["governor"])[3]
        agent.remove()
        dropped += [weakref.ref(x) for x in (model, model.grid, agent, model.state.run)]
        del model, agent
    gc.collect()
    assert [reference() for reference in dropped] == [None] * len(dropped)
    assert len(copyreg.dispatch_table) == kept


def test_neighbourhoods_asked_for_are_forgotten(short: Scenario, world: World) -> None:
    """Mesa keeps them in a table of its own until it is told to forget them."""
    model = ParadiplomacyModel(short, world=world)
    assert list(next(iter(model.groups["governor"])).cell.neighborhood.agents)
    dropped = weakref.ref(model)
    model = ParadiplomacyModel(short, world=world)
    gc.collect()
    assert dropped() is None


def test_replicates_run_by_agents_leave_no_model(world: World) -> None:
    import sim

    def models() -> set[int]:
        gc.collect()
        return {id(x) for x in gc.get_objects() if type(x) is ParadiplomacyModel and not x.running}

    # Other tests of the process may hold models of their own.
    before = models()
    sim.run(load("baseline", world).with_overrides(end="2000-01"), replicates=3, driver="mesa")
    assert models() <= before


def test_identities_count_from_one_in_each_model(short: Scenario, world: World) -> None:
    for _ in range(2):
        model = ParadiplomacyModel(short, world=world)
        assert [a.unique_id for a in model.agents] == list(range(1, len(model.agents) + 1))


# --- batches


def batch(parameters: dict[str, Any], **options: Any) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The `iterations` keyword", DeprecationWarning)
        rows = batch_run(ParadiplomacyModel, parameters, display_progress=False, **options)
    return pd.DataFrame(rows)


COUNTS = ["visit_to_lac", "visit_to_china", "twinning", "trust", "will", "views"]


def test_iterations_of_a_batch_differ_and_repeat() -> None:
    settings = {"scenario": "jujuy", "end": "2000-04"}
    one, other = batch(settings, iterations=2), batch(settings, iterations=2)
    assert one["month"].tolist() == ["2000-04", "2000-04"]
    assert one[COUNTS].iloc[0].tolist() != one[COUNTS].iloc[1].tolist()
    pd.testing.assert_frame_equal(one, other)
    model = ParadiplomacyModel("jujuy", end="2000-04", replicate=1)
    model.run_to_end()
    last = model.datacollector.get_model_vars_dataframe().iloc[-1]
    assert one[COUNTS].iloc[1].tolist() == last[COUNTS].tolist()


def test_a_batch_takes_seeds_among_its_parameters() -> None:
    found = batch({"scenario": "jujuy", "end": "2000-04", "seed": [1, 2]})
    for seed, (_, row) in zip((1, 2), found.iterrows(), strict=True):
        model = ParadiplomacyModel("jujuy", end="2000-04", rng=seed)
        model.run_to_end()
        last = model.datacollector.get_model_vars_dataframe().iloc[-1]
        assert row[COUNTS].tolist() == last[COUNTS].tolist()


def test_a_batch_gives_a_seed_to_each_iteration() -> None:
    settings: dict[str, Any] = {"scenario": "jujuy", "end": "2000-04"}
    if runner_gives_rng():
        found = batch(settings, rng=[5, 6])
    else:
        found = batch(settings | {"rng": [5, 6]})
    for seed, (_, row) in zip((5, 6), found.iterrows(), strict=True):
        model = ParadiplomacyModel("jujuy", end="2000-04", rng=seed)
        model.run_to_end()
        last = model.datacollector.get_model_vars_dataframe().iloc[-1]
        assert row[COUNTS].tolist() == last[COUNTS].tolist()


def test_a_batch_collects_from_agents_month_by_month() -> None:
    settings = {"end": "2000-02", "agent_reporters": [{"will": "will", "code": "code"}]}
    found = batch(settings, data_collection_period=1)
    governors = found[found["code"].eq("AR-Y")]
    assert governors["month"].tolist() == ["1999-12", "2000-01", "2000-02"]
    assert governors["Step"].tolist() == [0, 1, 2]
    assert governors["will"].between(0, 1, inclusive="neither").all()
    assert found[found["code"].eq("CN-GZ")]["will"].isna().all()


# --- random numbers


def test_a_seed_may_come_under_either_name(short: Scenario, world: World) -> None:
    def key(**options: Any) -> tuple[int, int, int]:
        model = ParadiplomacyModel(short, world=world, **options)
        run = model.state.run[0]
        return int(run["key0"]), int(run["key1"]), model.settings.seed

    assert key() == key(rng=short.seed) == key(seed=short.seed) == key(rng=np.int64(short.seed))
    assert key(rng=7) == key(seed=7) != key()
    assert key(rng=7)[2] == 7
    assert key(rng=7, replicate=1) != key(rng=7)
    assert key(rng=[1, 2]) == key(rng=np.random.SeedSequence([1, 2])) != key(rng=[1, 3])
    assert key(rng=np.random.default_rng(3)) == key(rng=np.random.default_rng(3))
    with pytest.raises(InputError, match="rng and seed"):
        key(rng=1, seed=1)
    with pytest.raises(InputError, match="seed"):
        key(rng=-1)
    with pytest.raises(InputError, match="replicate"):
        key(replicate=-1)
    with pytest.raises(TypeError, match="no argument 'sed'"):
        key(sed=1)


def test_mesas_own_random_numbers_follow_seed_and_replicate(short: Scenario, world: World) -> None:
    def numbers(**options: Any) -> tuple[float, float]:
        model = ParadiplomacyModel(short, world=world, **options)
        return model.random.random(), float(model.rng.random())

    assert numbers() == numbers()
    several = [numbers(), numbers(replicate=1), numbers(rng=1), numbers(rng=1, replicate=1)]
    assert len({a for a, _ in several}) == len({b for _, b in several}) == 4


# --- the outset


@pytest.mark.parametrize("start", ["2000-01", "2014-01", "2034-01"])
def test_the_state_is_complete_before_the_first_step(world: World, start: str) -> None:
    scenario = build({"name": "x", "title": "x", "start": start, "end": start})
    model = ParadiplomacyModel(scenario, world=world)
    before = {name: getattr(model.state, name).copy() for name in ("governor", "country", "place")}
    assert (before["governor"]["key"] != 0).all()
    assert ((before["governor"]["will"] > 0) & (before["governor"]["will"] < 1)).all()
    assert (before["country"]["leader"] != 0).all()
    assert (before["country"]["authority"] > 0).any()
    assert (before["country"]["pull"] > 0).all()
    assert int(model.state.run["events"][0]) == 0
    model.step()
    for table, name in (("governor", "will"), ("governor", "key"), ("country", "leader"),
                        ("country", "authority"), ("country", "initiative")):  # fmt: skip
        after = getattr(model.state, table)
        assert (before[table][name] == after[name]).all(), name


def test_what_is_written_before_the_first_step_holds(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(short, world=world)
    for governor in model.groups["governor"]:
        governor.will = 0.75
    for executive in model.groups["executive"]:
        executive.stance = -1.0
    model.step()
    assert (model.state.governor["will"][: len(world.localities)] == 0.75).all()
    assert (model.state.country["stance"] == -1.0).all()


def test_the_collector_begins_with_the_outset(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(short, world=world)
    will = float(model.state.governor["will"].mean())
    model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["month"].tolist() == ["1999-12", "2000-01"]
    assert frame["will"].iloc[0] == will > 0.2
    assert frame[["visit_to_lac", "deal"]].iloc[0].tolist() == [0, 0]


def test_orders_for_the_first_month_find_whom_they_are_about(world: World) -> None:
    changes = [
        {"month": "2014-01", "kind": "executive", "country": "ARG", "name": "A", "stance": -0.5},
        {"month": "2014-01", "kind": "governor", "locality": "AR-Y", "name": "B", "will": 0.9},
        {"month": "2014-01", "kind": "parameter", "parameter": "office.will_centre", "value": 1.0},
    ]
    scenario = build({"name": "x", "title": "x", "start": "2014-01", "end": "2014-02",
                      "interventions": changes})  # fmt: skip
    model = ParadiplomacyModel(scenario, world=world)
    model.step()
    log = model.state.event[: int(model.state.run["events"][0])]
    # One executive and one governor change; nobody is swept out by them in the same month.
    assert (log["kind"] == k.EXECUTIVE_CHANGE).sum() == 1
    assert (log["kind"] == k.GOVERNOR_CHANGE).sum() == 1


# --- copies


def test_a_model_refuses_to_be_copied(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(short, world=world)
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="cannot be copied or pickled; make another with the"):
            attempt(model)


# --- who acts


def deals_and_proposals(w: State) -> tuple[int, int]:
    kinds = w.event["kind"][: int(w.run["events"][0])]
    return int((kinds == k.PROPOSAL).sum()), int((kinds == k.DEAL).sum())


def test_removed_agents_act_no_more_whoever_holds_them(world: World) -> None:
    scenario = build({"name": "x", "title": "x", "start": "2014-01", "end": "2014-06"})
    logs = []
    for is_held in (True, False, None):
        model = ParadiplomacyModel(scenario, world=world)
        governors = list(model.agents_by_type[agents.Governor])
        if is_held is not None:
            for governor in governors:
                governor.remove()
        held = governors if is_held else None
        del governors
        model.run_to_end()
        assert held is None or len(held) == len(world.localities)
        logs.append((fingerprint(model.state), deals_and_proposals(model.state)))
    assert logs[0] == logs[1]
    assert logs[0] != logs[2]
    assert logs[0][1][0] < logs[2][1][0]


def test_who_is_removed_takes_no_later_step(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(short, world=world)
    model.step()
    province = next(iter(model.groups["province"]))
    province.trip_place = 3
    province.remove()
    assert province not in model.groups["province"]
    assert "province" in model.groups
    practice = province.practice
    model.run_to_end()
    assert province.trip_place == -1
    assert province.practice == practice


def test_removal_in_the_middle_of_a_step_takes_effect_at_once(
    short: Scenario, world: World
) -> None:
    called: list[int] = []

    class Purger(agents.Governor):
        def plan_journey(self) -> None:
            called.append(self.index)
            for other in list(self.model.agents_by_type[Purger]):
                if other.index > self.index:
                    other.remove()

    model = ParadiplomacyModel(short, world=world)
    replace_governors(model, Purger)
    model.step()
    assert called == [0]
    assert [governor.index for governor in model.groups["governor"]] == [0]


def replace_governors(model: ParadiplomacyModel, cls: type[agents.Governor]) -> None:
    for old in list(model.agents_by_type[agents.Governor]):
        cell = old.cell
        old.remove()
        cls(model, old.index, old.code, old.name, cell)


def test_agents_added_for_a_free_row_act(world: World) -> None:
    scenario = build({"name": "x", "title": "x", "start": "2014-01", "end": "2014-04"})
    usual = simulate(initial_state(scenario, world), scenario.seed, 0)
    model = ParadiplomacyModel(scenario, world=world)

    class Replacement(agents.Governor):
        """Acts as any governor does."""

    replace_governors(model, Replacement)
    model.run_to_end()
    assert fingerprint(model.state) == fingerprint(usual)


def test_rows_that_cannot_be_had_are_refused(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(short, world=world)
    count, ids = len(model.agents), {a.unique_id for a in model.agents}
    with pytest.raises(InputError, match=r"Province.'CN-.* acts for row 0 of actor"):
        agents.Province(model, 0, "CN-XX", "Another")
    with pytest.raises(InputError, match="there is no row 99999 of country"):
        agents.NationalExecutive(model, 99_999, "XXX", "Nowhere")
    with pytest.raises(InputError, match="there is no row -1 of country"):
        agents.NationalExecutive(model, -1, "XXX", "Nowhere")
    next(iter(model.groups["province"])).remove()
    with pytest.raises(InputError, match="row 0 of actor is of type province, which Firm is not"):
        agents.Firm(model, 0, "firm:x", "A firm")
    assert len(model.agents) == count - 1
    newest = agents.Province(model, 0, "CN-XX", "Another")
    assert newest.unique_id not in ids
    assert next(iter(model.groups["province"])) is newest


def test_agents_of_other_classes_take_their_step(short: Scenario, world: World) -> None:
    class Observer(mesa.Agent):  # type: ignore[misc]
        seen: tuple[int, ...] = ()

        def step(self) -> None:
            self.seen += (self.model.month,)

    model = ParadiplomacyModel(short, world=world)
    first = Observer(model)
    model.step()
    second = Observer(model)
    model.run_to_end()
    assert (first.seen, second.seen) == ((0, 1, 2), (1, 2))
    assert fingerprint(model.state) == fingerprint(
        simulate(initial_state(short, world), short.seed, 0)
    )


# --- collecting and calling


def test_agents_are_collected_from_when_asked(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(
        short,
        world=world,
        agent_reporters={"code": "code", "will": "will", "twice": lambda a: 2 * a.index},
        agenttype_reporters={agents.NationalExecutive: {"stance": "stance"}},
    )
    model.run_to_end()
    frame = model.datacollector.get_agent_vars_dataframe()
    assert frame.index.names == ["Step", "AgentID"]
    assert len(frame) == 4 * len(model.agents)
    last = frame.loc[3]
    governors = last[last["will"].notna()].set_index("code")["will"]
    assert governors.to_dict() == {g.code: g.will for g in model.groups["local_head"]}
    stances = model.datacollector.get_agenttype_vars_dataframe(agents.NationalExecutive)
    assert sorted(stances.loc[3, "stance"]) == sorted(model.state.country["stance"])


def test_sets_of_agents_answer(short: Scenario, world: World) -> None:
    model = ParadiplomacyModel(short, world=world)
    model.step()
    before = everything(model.state)
    assert all(isinstance(group, AgentSet) for group in model.groups.values())
    governors = model.agents.select(agent_type=agents.Governor)
    assert len(governors) == len(world.localities)
    keen = governors.select(lambda a: a.will > 0.5)
    wills = model.state.governor["will"][: len(governors)]
    assert len(keen) == int((wills > 0.5).sum())
    assert governors.agg("will", max) == wills.max()
    assert sorted(governors.get("will")) == sorted(wills)
    seen: list[int] = []
    governors.shuffle_do(lambda a: seen.append(a.index))
    assert sorted(seen) == list(range(len(world.localities)))
    assert seen != sorted(seen)
    assert everything(model.state) == before
    governors.do("plan_journey")
    governors.set("will", 0.25)
    assert (model.state.governor["will"][: len(governors)] == 0.25).all()
