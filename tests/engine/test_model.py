"""The Mesa model behaves like any Mesa model; its agents are views of the one state."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import pydoc
import warnings
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.agent import AgentSet
from mesa.discrete_space import FixedAgent

from sim import rules
from sim.core import enums as k
from sim.core import state, state_fields
from sim.engine import agents
from sim.engine import dispatch as schedule
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.engine.model import ParadiplomacyModel
from sim.engine.timetable import PHASES, STEPS, VERBS, V, timetable
from sim.scenario.schema import Scenario, load
from sim.world import World

pytestmark = [
    pytest.mark.crossversion,
    pytest.mark.slow,  # months on Mesa agents take hundreds of times as long
]

CLASSES: dict[str, type[agents.StateAgent]] = {
    "local_head": agents.LocalHead,
    "governor": agents.Governor,
    "mayor": agents.Mayor,
    "executive": agents.NationalExecutive,
    "centre": agents.NationalExecutive,
    "province": agents.Province,
    "organisation": agents.QuasiGovernmentalBody,
    "embassy": agents.Embassy,
    "firm": agents.Firm,
    "bank": agents.PolicyBank,
    "association": agents.BusinessAssociation,
}
RULES: tuple[ModuleType, ...] = tuple(
    import_module(f"{rules.__name__}.{found.name}")
    for found in pkgutil.iter_modules(rules.__path__)
)
NOT_STEPS = {"trust_in", "remove"}


@pytest.fixture(scope="module")
def scenario(world: World) -> Scenario:
    return load("baseline", world).with_overrides(end="2001-06")


@pytest.fixture(scope="module")
def model(scenario: Scenario, world: World) -> ParadiplomacyModel:
    """Return a model after half a year; leave it as it is."""
    built = ParadiplomacyModel(scenario, world=world)
    for _ in range(6):
        built.step()
    return built


# --- a model like any other


def test_it_is_a_mesa_model(model: ParadiplomacyModel) -> None:
    assert isinstance(model, mesa.Model)
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)
    assert all(isinstance(group, AgentSet) for group in model.groups.values())
    assert model.month == 6
    assert model.running


def test_it_runs_to_the_end_of_its_scenario(scenario: Scenario, world: World) -> None:
    short = ParadiplomacyModel(scenario.with_overrides(end="2000-03"), world=world)
    short.run_to_end()
    assert short.month == 3
    assert not short.running
    short.run_to_end()
    assert short.month == 3
    assert len(short.datacollector.get_model_vars_dataframe()) == 1 + 3


def test_scenarios_are_given_by_name_too() -> None:
    assert ParadiplomacyModel("jujuy").settings.name == "jujuy"


def test_replicates_differ(scenario: Scenario, world: World) -> None:
    keys = {int(ParadiplomacyModel(scenario, replicate=r, world=world).state.run["key0"][0])
            for r in range(3)}  # fmt: skip
    assert len(keys) == 3


def test_collected_frames_agree_with_the_log(model: ParadiplomacyModel) -> None:
    frame = model.datacollector.get_model_vars_dataframe()
    assert isinstance(frame, pd.DataFrame)
    # The first row is the outset, under the month before the first.
    assert frame["month"].tolist() == ["1999-12", *(f"2000-{m:02d}" for m in range(1, 7))]
    log = model.state.event[: int(model.state.run["events"][0])]
    for kind in ("visit_to_lac", "memorandum", "deal", "twinning"):
        so_far = [
            int(((log["kind"] == k.EVENT_KINDS.index(kind)) & (log["month"] <= t)).sum())
            for t in range(-1, 6)
        ]
        assert frame[kind].tolist() == so_far
    assert frame["trust"].iloc[-1] > frame["trust"].iloc[1] > frame["trust"].iloc[0] == 0.0


def test_agents_can_be_collected_from(scenario: Scenario, world: World) -> None:
    own = ParadiplomacyModel(scenario, world=world)
    own.step()
    collector = mesa.DataCollector(
        agenttype_reporters={agents.Governor: {"will": "will", "aligned": "is_aligned"}}
    )
    collector.collect(own)
    frame = collector.get_agenttype_vars_dataframe(agents.Governor)
    governors = len(world.localities)
    assert sorted(frame["will"]) == sorted(own.state.governor["will"][:governors])


# --- agents


def test_every_type_of_agent_is_there_in_its_number(
    model: ParadiplomacyModel, world: World
) -> None:
    numbers = {cls.__name__: len(group) for cls, group in model.agents_by_type.items()}
    assert numbers == {
        "Governor": len(world.localities),
        "Mayor": len(world.cities),
        "NationalExecutive": len(world.countries),
        "Province": len(world.provinces),
        "QuasiGovernmentalBody": len(world.organisations),
        "Embassy": len(world.countries),
        "Firm": len(world.firms),
        "PolicyBank": len(world.banks),
        "BusinessAssociation": int((world.countries["diaspora"] > 0).sum()),
    }
    assert (numbers["Governor"], numbers["NationalExecutive"], numbers["Province"]) == (555, 33, 31)
    assert len(model.agents) == sum(numbers.values())


def test_agents_bear_the_codes_of_the_tables(model: ParadiplomacyModel, world: World) -> None:
    codes = {cls.__name__: [a.code for a in group] for cls, group in model.agents_by_type.items()}
    assert sorted(codes["Governor"]) == sorted(world.localities["code"])
    assert codes["NationalExecutive"] == world.countries["iso3"].tolist()
    assert codes["Province"] == world.provinces["code"].tolist()
    everyone = [a.unique_id for a in model.agents]
    assert len(set(everyone)) == len(everyone)
    assert repr(next(iter(model.groups["province"]))) == f"Province({world.provinces['code'][0]!r})"


@pytest.mark.parametrize("who", CLASSES)
def test_attributes_read_and_write_the_state(who: str, scenario: Scenario, world: World) -> None:
    own = ParadiplomacyModel(scenario, world=world)
    own.step()
    cls = CLASSES[who]
    agent = list(own.groups[who])[-1]
    table = getattr(own.state, cls.table)
    for field in state_fields.RECORDS[cls.table]:
        assert getattr(agent, field.name) == table[field.name][agent.index], field.name
    name = {"governor": "will", "country": "stance", "actor": "rate"}[cls.table]
    setattr(agent, name, 0.125)
    assert table[name][agent.index] == 0.125
    table[name][agent.index] = 0.25
    assert getattr(agent, name) == 0.25


def test_views_follow_the_state_when_its_pools_grow(scenario: Scenario, world: World) -> None:
    own = ParadiplomacyModel(scenario, world=world)
    own.state = own.state._replace(event=np.zeros(4096, own.state.event.dtype))
    own.step()
    assert len(own.state.event) > 4096
    governor = next(iter(own.groups["governor"]))
    governor.will = 0.5
    assert own.state.governor["will"][governor.index] == 0.5


def test_no_name_of_mesas_is_shadowed() -> None:
    taken = {*dir(mesa.Agent), *dir(FixedAgent), "unique_id", "model", "pos", "cell", "step",
             "random", "rng", "scenario", "time"}  # fmt: skip
    for cls in set(CLASSES.values()):
        fields = {field.name for field in state_fields.RECORDS[cls.table]}
        own = {name for base in cls.__mro__ if base.__module__.startswith("sim.")
               for name in vars(base) if not name.startswith("_")}  # fmt: skip
        # Removing an agent does what Mesa does, and says what it means here.
        assert not (fields | own) & taken - {"remove"}, cls.__name__
        assert not fields & {"index", "code", "name", "table"}
    newer = {"scenario", "time", "steps", "space", "agents_by_type"}
    assert not newer & {name for name in vars(ParadiplomacyModel) if not name.startswith("_")}
    assert not newer & set(inspect.signature(ParadiplomacyModel).parameters) - {"scenario"}


def test_the_model_sets_no_name_that_newer_mesa_owns(model: ParadiplomacyModel) -> None:
    plain = set(vars(mesa.Model(rng=0)))
    own = set(vars(model)) - plain
    assert not own & {"scenario", "time", "steps", "space", "agents", "random", "rng"}


# --- the grid


def test_every_cell_of_a_locality_holds_its_governor(
    model: ParadiplomacyModel, world: World
) -> None:
    cells = world.grid[["row", "col"]].to_numpy().tolist()
    place = dict(zip(world.grid["code"], map(tuple, cells), strict=True))
    held = 0
    for cell in model.grid.all_cells:
        governors = [agent for agent in cell.agents if isinstance(agent, agents.Governor)]
        assert len(governors) <= 1
        held += len(governors)
    assert held == len(world.localities)
    offices = list(model.groups["governor"])
    for governor in offices:
        assert governor.cell.coordinate == place[governor.code]
        assert governor in governor.cell.agents
    for mayor in model.groups["mayor"]:
        unit = int(model.state.place["unit"][mayor.index])
        assert mayor.cell is offices[unit].cell


def test_neighbouring_cells_are_the_engines_neighbours(model: ParadiplomacyModel) -> None:
    w = model.state
    for governor in model.groups["governor"]:
        around = governor.cell.neighborhood.agents
        near = {other.index for other in around if isinstance(other, agents.Governor)}
        i = governor.index
        assert near == set(w.neighbour[w.neighbour_start[i] : w.neighbour_start[i + 1]].tolist())


# --- the timetable


def test_every_step_is_a_method_of_who_takes_it() -> None:
    for step in STEPS:
        assert step.reason
        assert step.phase in PHASES
        if step.who != "world":
            assert callable(getattr(CLASSES[step.who], step.verb))


def test_every_method_of_an_agent_is_a_step_of_its_own() -> None:
    steps = {(CLASSES[s.who], s.verb) for s in STEPS if s.who in CLASSES}
    for cls in set(CLASSES.values()):
        methods = {
            name
            for base in cls.__mro__
            if base.__module__.startswith("sim.engine.agents")
            for name, value in vars(base).items()
            if inspect.isfunction(value) and not name.startswith("_")
        }
        taken = {verb for owner, verb in steps if issubclass(cls, owner)}
        shared = set(vars(agents.ChineseActor)) & methods
        assert methods - NOT_STEPS - shared == taken - shared, cls.__name__
        assert taken <= methods
    # What all Chinese actors can do, at least one of them does each month.
    everyone = {verb for _, verb in steps}
    common = {n for n, f in vars(agents.ChineseActor).items() if inspect.isfunction(f)}
    assert {n for n in common if not n.startswith("_")} - NOT_STEPS <= everyone


def test_a_method_says_what_its_rule_says() -> None:
    for cls in set(CLASSES.values()):
        for step in STEPS:
            if CLASSES.get(step.who) is cls:
                method = getattr(cls, step.verb)
                told = inspect.getdoc(method) or ""
                assert len(told.splitlines()[0]) > 10
                assert step.reason in told.splitlines()[-1]
                assert step.verb in pydoc.render_doc(method)
    assert agents.Governor.plan_journey.__qualname__ == "LocalHead.plan_journey"
    assert "forum" in (inspect.getdoc(agents.Governor.plan_journey) or "")


def test_a_method_of_a_subclass_comes_before_the_rule() -> None:
    class Cautious(agents.ChineseActor):
        def seek_partner(self) -> None:
            super().seek_partner()

    class CautiousFirm(Cautious, agents.Firm):
        roles = ("firm",)

    assert CautiousFirm.seek_partner is Cautious.seek_partner
    assert CautiousFirm.seek_acquisition is agents.Firm.seek_acquisition


def test_every_verb_is_one_rule() -> None:
    for verb in VERBS:
        owners = [
            module for module in RULES if getattr(module, verb, None) is not None
            and getattr(module, verb).__module__ == module.__name__
        ]  # fmt: skip
        assert len(owners) == 1, verb


def calls_in(function: ast.AST) -> dict[str, str]:
    """Return which rule a compiled step calls for which verb, from its source."""
    found = {}
    for node in ast.walk(function):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Compare):
            right, operator = node.test.comparators[0], node.test.ops[0]
            if isinstance(operator, ast.Eq) and isinstance(right, ast.Attribute):
                inside = [n for statement in node.body for n in ast.walk(statement)]
                calls = [n.func for n in inside if isinstance(n, ast.Call)]
                names = {f.attr for f in calls if isinstance(f, ast.Attribute)}
                (called,) = (name for name in names if not name.startswith("may_"))
                assert right.attr not in found, "a verb that is handled twice"
                found[right.attr] = called
    return found


def test_the_compiled_month_calls_the_rule_named_like_the_verb() -> None:
    tree = ast.parse(Path(str(schedule.__file__)).read_text(encoding="utf-8"))
    called = calls_in(tree)
    assert set(called) == set(VERBS)
    assert all(rule == verb for verb, rule in called.items())
    assert V._asdict() == {verb: number for number, verb in enumerate(VERBS)}


def test_phases_follow_one_another() -> None:
    assert PHASES == ("politics", "signals", "outreach", "ties", "projects", "learning")
    order = [PHASES.index(step.phase) for step in STEPS]
    assert order == sorted(order)
    assert len({(step.who, step.verb) for step in STEPS}) == len(STEPS)
    text = timetable()
    assert all(f"{step.who}: {step.verb}" in text for step in STEPS)


def test_the_compiled_month_spans_everyone(template: state.State) -> None:
    programme = schedule.programme_of_month(template)
    assert len(programme) == len(STEPS)
    for step, (verb, first, end) in zip(STEPS, programme, strict=True):
        assert VERBS[verb] == step.verb
        if step.who in k.ACTOR_TYPES:
            kinds = template.actor["kind"]
            assert (kinds[first:end] == k.ACTOR_TYPES.index(step.who)).all()
            assert end - first == (kinds == k.ACTOR_TYPES.index(step.who)).sum()


# --- changing the model


class HomeBody(agents.Governor):
    """Never goes to China."""

    asked: ClassVar[int] = 0

    def plan_journey(self) -> None:
        """Stay at home."""
        type(self).asked += 1
        self.trip_actor = -1


def test_a_subclass_changes_the_behaviour_of_agents(scenario: Scenario, world: World) -> None:
    keen = scenario.with_overrides(parameters={"initiative.rate": -3.0}, end="2000-06")
    usual = simulate(initial_state(keen, world), keen.seed, 0)
    assert (usual.event["kind"] == k.VISIT_TO_CHINA).sum() > 20
    own = ParadiplomacyModel(keen, world=world, agents={"governor": HomeBody})
    own.run_to_end()
    assert HomeBody.asked == 6 * len(world.localities)
    journeys = own.state.event[own.state.event["kind"] == k.VISIT_TO_CHINA]
    assert (journeys["office"] >= len(world.localities)).all(), "of mayors"
    assert (own.state.event["kind"] == k.VISIT_TO_LAC).any()


def test_agents_can_be_told_from_outside(scenario: Scenario, world: World) -> None:
    """A user who sets attributes between steps steers the run."""
    own = ParadiplomacyModel(scenario, world=world)
    own.step()
    for executive in own.groups["executive"]:
        executive.recognises = 0
    before = int((own.state.event["kind"] == k.STATE_VISIT).sum())
    for _ in range(6):
        own.step()
    assert int((own.state.event["kind"] == k.STATE_VISIT).sum()) == before


def test_asking_agents_changes_nothing(scenario: Scenario, world: World) -> None:
    own = ParadiplomacyModel(scenario.with_overrides(end="2000-06"), world=world)
    for _ in range(6):
        own.step()
        governor: Any = list(own.groups["governor"])[3]
        assert isinstance(governor.is_aligned, bool)
        assert 0.0 <= governor.trust <= 1.0
        assert 0.0 <= next(iter(own.groups["province"])).trust_in(governor.index) <= 1.0
    other = ParadiplomacyModel(scenario.with_overrides(end="2000-06"), world=world)
    other.run_to_end()
    used = int(own.state.run[0]["events"])
    assert used == other.state.run[0]["events"]
    assert own.state.event[:used].tobytes() == other.state.event[:used].tobytes()
    assert rules.__doc__


def test_a_method_that_is_nearly_a_step_is_warned_of(scenario: Scenario, world: World) -> None:
    class Slip(agents.Governor):
        def plan_journy(self) -> None:
            """Do what nothing asks for."""

    class Helped(agents.Governor):
        plan_journeys = 3

        def plan_journey(self) -> None:
            self.plan_journy()

        def plan_journy(self) -> None:
            super().plan_journey()

        def count_friends(self) -> int:
            return 0

    with pytest.warns(UserWarning, match=r"Slip\.plan_journy: did you mean plan_journey\?"):
        ParadiplomacyModel(scenario, world=world, agents={"governor": Slip})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ParadiplomacyModel(scenario, world=world, agents={"governor": Helped})
