"""What a user adds to a run acts alike in both drivers, and a run without it stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.core import enums as k
from sim.core.enums import EVENTS
from sim.core.errors import InputError
from sim.core.jit import COMPILE, rule
from sim.core.state import State
from sim.engine import agents
from sim.engine.compiled import simulate
from sim.engine.events import canonical_log
from sim.engine.extensions import AddedStep, Extensions, simulate_extended
from sim.engine.initial_state import initial_state
from sim.engine.model import AGENT_CLASSES, ParadiplomacyModel
from sim.engine.timetable import STEPS
from sim.rules.basics import record
from sim.scenario.schema import Scenario, load
from sim.world import World
from tests.conftest import AlteredWorld, everything

pytestmark = [
    pytest.mark.crossversion,
    pytest.mark.slow,  # steps of one's own are compiled anew
]


@pytest.fixture(scope="module")
def short(world: World) -> Scenario:
    return load("baseline", world).with_overrides(end="2000-06", replicates=2)


@pytest.fixture(scope="module")
def begun(short: Scenario, world: World) -> State:
    return initial_state(short, world)


@pytest.fixture(scope="module")
def plain(begun: State, short: Scenario) -> bytes:
    return log(simulate(begun, short.seed, 0))


def log(w: State) -> bytes:
    return canonical_log(w).tobytes()


def of_mesa(short: Scenario, world: World, **options: Any) -> State:
    model = ParadiplomacyModel(short, world=world, replicate=0, **options)
    model.run_to_end()
    state: State = model.state
    return state


# --- a call each month


def quieten(state: State, month: int) -> None:
    state.actor["rate"] = 0.0
    # Runs of one scenario share this table.
    state.signal[month:] = 0.0


def test_a_call_that_does_nothing_changes_nothing(
    begun: State, short: Scenario, world: World, plain: bytes
) -> None:
    months: list[int] = []

    def look(state: State, month: int) -> None:
        assert int(state.run["events"][0]) == 0 or month > short.start_month
        months.append(month)

    assert log(simulate_extended(begun, short.seed, 0, Extensions(look))) == plain
    assert log(of_mesa(short, world, each_month=look)) == plain
    assert months == 2 * list(range(short.start_month, short.end_month + 1))


def test_what_a_call_writes_counts_in_both_drivers_and_in_its_run_alone(
    begun: State, short: Scenario, world: World, plain: bytes
) -> None:
    before = everything(begun)
    quiet = log(simulate_extended(begun, short.seed, 0, Extensions(quieten)))
    assert quiet != plain
    assert quiet == log(of_mesa(short, world, each_month=quieten))
    assert everything(begun) == before


def test_it_is_called_in_every_replicate_and_named_in_the_manifest(short: Scenario) -> None:
    runs = {
        driver: sim.run(short, driver=driver, each_month=quieten) for driver in ("compiled", "mesa")
    }
    assert runs["compiled"].events.equals(runs["mesa"].events)
    usual = sim.run(short)
    assert "extensions" not in usual.manifest
    for run in runs.values():
        assert run.manifest["extensions"]["each_month"] == f"{__name__}.quieten"
        assert (run.per_run["visits_to_lac"] < usual.per_run["visits_to_lac"]).all()


# --- steps


@rule
def warm(w: Any, index: int, month: int) -> None:
    w.governor[index].will = min(1.0, w.governor[index].will * 1.2)


def warm_in_python(w: Any, index: int, month: int) -> None:
    w.governor[index].will = min(1.0, w.governor[index].will * 1.2)


@rule
def impress(w: Any, index: int, month: int) -> None:
    w.place[index].demonstration = 1.0


@rule
def rest(w: Any, index: int, month: int) -> None:
    if (index + month) % 2 == 0:
        w.actor[index].trip_place = -1


@rule
def ease(w: Any, month: int) -> None:
    for country in range(len(w.country)):
        w.country[country].strain = 0.0


MANY: tuple[tuple[Callable[..., None], str, str], ...] = (
    (warm, "governor", "local_head: hold_governor_office"),
    (ease, "world", "read_country_signals"),
    (rest, "firm", "firm: seek_partner"),
    (impress, "centre", "update_country_demonstration"),
)


def steps() -> list[AddedStep]:
    return [AddedStep(function, who, after, "a test") for function, who, after in MANY]


def test_added_steps_give_one_log_in_both_drivers(
    begun: State, short: Scenario, world: World, plain: bytes
) -> None:
    # The order in which steps of different places are given is of no account.
    compiled = log(simulate_extended(begun, short.seed, 0, Extensions(added_steps=steps()[::-1])))
    assert compiled != plain
    assert compiled == log(of_mesa(short, world, added_steps=steps()))
    assert compiled == log(of_mesa(short, world, added_steps=steps(), order="reverse"))


def test_a_rule_in_plain_python_does_the_same(begun: State, short: Scenario) -> None:
    one, other = (
        AddedStep(function, "governor", "local_head: hold_governor_office", "a test")
        for function in (warm, warm_in_python)
    )
    first, second = (
        simulate_extended(begun, short.seed, 0, Extensions(added_steps=[step]))
        for step in (one, other)
    )
    assert everything(first) == everything(second)


def note(w: Any, index: int, month: int) -> None:
    for time in range(4):
        record(w, k.VISIT_TO_LAC, month, -1, index, k.CHINA, time, 0, 0.0, 0, 0, 0)


def test_a_step_finds_room_and_its_events_carry_the_step_it_follows(
    begun: State, short: Scenario, world: World
) -> None:
    step = AddedStep(rule(note), "local_head", "executive: plan_state_visit", "a test")
    tight = begun._replace(event=np.zeros(1, begun.event.dtype))
    w = simulate_extended(tight, short.seed, 0, Extensions(added_steps=[step]))
    noted = canonical_log(w)
    noted = noted[(noted["kind"] == k.VISIT_TO_LAC) & (noted["actor"] < 0)]
    assert len(noted) == 4 * len(w.governor) * 6
    assert {STEPS[number].verb for number in noted["step"]} == {"plan_state_visit"}
    assert log(w) == log(of_mesa(short, world, added_steps=[step]))


# --- a signal, a kind of event and a number of one's own

QUARANTINE = k.add_event_kind("quarantine", "{place} is closed to visitors.")


@rule
def close(w: Any, index: int, month: int, closed: float, least: float) -> None:
    if closed > least:
        w.governor[index].trip_actor = -1
        record(w, QUARANTINE, month, -1, index, k.NOBODY, -1, 0, 0.0, 0, 0, 0)


def closing(**fields: Any) -> AddedStep:
    given = {"signals": ("closed",), "parameters": {"closing.least": 0.5}} | fields
    return AddedStep(close, "governor", "executive: plan_state_visit", "a test", **given)


def test_a_step_reads_the_worlds_own_signal_and_records_an_event_of_its_own(
    altered_world: AlteredWorld, world: World
) -> None:
    def with_row(table: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([table, table.tail(1).assign(signal="closed", name="Closed", default="0")])

    own = altered_world(signals=with_row)
    change = {"kind": "signal", "signal": "closed", "month": "2000-03", "value": 1.0, "lasts": 2}
    scenario = load("baseline", own).with_overrides(end="2000-06", replicates=2)
    scenario = scenario.with_interventions(change, world=own)
    runs = [
        sim.run(scenario, world=own, driver=driver, added_steps=[closing()])
        for driver in ("compiled", "mesa")
    ]
    assert runs[0].events.equals(runs[1].events)
    closed = runs[0].events[runs[0].events["kind"] == "quarantine"]
    assert set(closed["month"]) == {"2000-03", "2000-04"}
    assert len(closed) == 2 * 2 * len(world.localities)
    (kept,) = runs[0].manifest["extensions"]["steps"]
    assert (kept["signals"], kept["parameters"]) == (["closed"], {"closing.least": 0.5})
    assert EVENTS["quarantine"].code == QUARANTINE == k.add_event_kind("quarantine", "again")
    never = closing(parameters={"closing.least": 1.0})
    assert "quarantine" not in set(sim.run(scenario, world=own, added_steps=[never]).events["kind"])


def test_a_signal_that_the_world_lacks_is_named(short: Scenario, tmp_path: Path) -> None:
    step = closing(signals=("policy_emphasys",))
    with pytest.raises(InputError, match=r"signals\.csv.*'policy_emphasis'"):
        sim.run(short, added_steps=[step], out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="takes other arguments"):
        closing(signals=())


def test_a_kind_of_the_packages_own_stays_its_own() -> None:
    with pytest.raises(InputError, match="'deal' already"):
        k.add_event_kind("deal", "Another deal.")
    assert EVENTS["written_by_another_program"].sentence == "Written by another program."


def test_an_agent_that_was_removed_takes_no_added_step(short: Scenario, world: World) -> None:
    def stand(w: Any, index: int, month: int) -> None:
        w.governor[index].will = 0.123

    step = AddedStep(stand, "governor", "clear_ended", "a test")
    model = ParadiplomacyModel(short, world=world, added_steps=[step])
    next(iter(model.groups["governor"])).remove()
    model.step()
    assert model.state.governor["will"][0] != 0.123
    governors = len(world.localities)
    assert (model.state.governor["will"][1:governors] == 0.123).all()
    assert (model.state.governor["will"][governors:] != 0.123).all()


def test_rules_of_a_user_are_not_kept_on_disk() -> None:
    # The compiler would not notice a change in what they call in other files.
    function: Any
    for function, is_kept in ((warm, False), (record, True)):
        if hasattr(function, "py_func"):
            assert (type(function._cache).__name__ != "NullCache") == is_kept


# --- classes of agents


class Homebody(agents.Governor):
    def plan_journey(self) -> None:
        self.trip_actor = -1


class HomebodyMayor(agents.Mayor):
    def plan_journey(self) -> None:
        self.trip_actor = -1


def test_methods_of_a_subclass_are_called(short: Scenario) -> None:
    options: dict[str, Any] = {"end": "2000-03", "replicates": 1, "driver": "mesa"}
    usual = sim.run(short, **options)
    mine = {"governor": Homebody, "mayor": HomebodyMayor}
    run = sim.run(short, agents=mine, **options)
    named = {who: f"{__name__}.{cls.__name__}" for who, cls in mine.items()}
    assert run.manifest["extensions"]["agents"] == named
    assert usual.per_run["visits_to_china"].sum() > 0
    assert run.per_run["visits_to_china"].sum() == 0


def test_every_type_of_agent_can_be_replaced(short: Scenario, world: World) -> None:
    mine: dict[str, type[agents.StateAgent]] = {
        who: type(f"My{cls.__name__}", (cls,), {}) for who, cls in AGENT_CLASSES.items()
    }
    assert set(mine) == {"governor", "mayor", "executive", *k.ACTOR_TYPES}
    model = ParadiplomacyModel(short.with_overrides(end="2000-01"), world=world, agents=mine)
    assert {type(agent) for agent in model.agents} == set(mine.values())


# --- comparisons


def test_a_comparison_takes_them_in_every_scenario(
    short: Scenario, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from sim.experiments.comparison.saved_comparison import read_paired_runs

    folder = tmp_path_factory.mktemp("compared") / "out"
    found = sim.compare(
        short, "no-twinning", end="2000-06", replicates=2, workers=2, each_month=quieten
    )
    found.write(folder, figures=False)
    assert found.manifest["extensions"]["each_month"] == f"{__name__}.quieten"
    alone = sim.run(short, each_month=quieten)
    visits = found.per_run.query("scenario == 'baseline'")["visits_to_lac"]
    assert visits.tolist() == alone.per_run["visits_to_lac"].tolist()
    with pytest.raises(InputError, match="names but does not hold"):
        read_paired_runs(folder, "no-twinning")


def test_the_page_refuses_what_it_cannot_show(short: Scenario) -> None:
    pytest.importorskip("panel")
    with pytest.raises(InputError, match=r"code of your own.*Allowed: .*write"):
        sim.run(short, replicates=1, end="2000-01", each_month=quieten).dashboard()


# --- mistakes


def write_wrong(w: Any, index: int, month: int) -> None:
    w.governor[index].wil = 1.0


def read_wrong(w: Any, index: int, month: int) -> None:
    w.governor[index].will = w.place[index].contry


def read_wrong_table(w: Any, index: int, month: int) -> None:
    w.governor[index].will = w.palce[index].market


@pytest.mark.skipif(not COMPILE, reason="plain Python has messages of its own")
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (write_wrong, r"line \d+: .*write_wrong asks for 'wil', which governor has not.*'will'"),
        (read_wrong, r"asks for 'contry', which place has not.*Did you mean 'country'"),
        (read_wrong_table, r"asks for 'palce', which the state has not.*Did you mean 'place'"),
    ],
)
def test_a_rule_that_asks_for_no_field_is_told_in_a_line(
    wrong: Callable[..., None], message: str, begun: State, short: Scenario
) -> None:
    step = AddedStep(rule(wrong), "governor", "plan_journey", "a test")
    with pytest.raises(InputError, match=message) as caught:
        simulate_extended(begun, short.seed, 0, Extensions(added_steps=[step]))
    assert Path(str(caught.value.file)).name == Path(__file__).name


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"who": "governer"}, r"who: nobody is called 'governer'.*Did you mean 'governor'"),
        ({"after": "plan_jorney"}, r"after: the timetable has no step.*'plan_journey'"),
        ({"after": "firm: plan_journey"}, r"no step .*Allowed: a step as sim.engine.timetable"),
        ({"reason": " "}, r"reason: a step needs its reason"),
        ({"rule": 3}, r"rule: 3 cannot be called.*\(w, index, month\)"),
        ({"rule": ease}, r"ease\(w.*takes other arguments.*\(w, index, month\)"),
        ({"who": "world"}, r"warm\(w.*takes other arguments.*of \(w, month\)"),
    ],
)
def test_a_wrong_step_says_what_to_do(options: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {
        "rule": warm,
        "who": "governor",
        "after": "plan_journey",
        "reason": "a test",
    }
    AddedStep(**good)
    with pytest.raises(InputError, match=message):
        AddedStep(**(good | options))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"each_month": "f"}, r"each_month: 'f' cannot be called.*\(state, month\)"),
        ({"each_month": len}, r"len\(obj, /\) takes other arguments.*\(state, month\)"),
        ({"added_steps": [warm]}, r"added_steps: .* is no step.*AddedStep"),
        ({"agents": {"governor": Homebody}}, r"agents: .*Mesa driver only.*driver='mesa'"),
    ],
)
def test_a_run_refuses_what_it_cannot_call(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sim.run("baseline", end="2000-01", replicates=1, **options)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"governers": Homebody}, r"no type of agent 'governers'.*executive.*Did you mean"),
        ({"centre": agents.NationalExecutive}, r"Allowed: governor, mayor, executive, province"),
        ({"firm": Homebody}, r"Homebody.* cannot act as firm.*subclass of sim\.engine\..*\.Firm"),
        ({"governor": "Homebody"}, r"'Homebody' cannot act as governor"),
    ],
)
def test_a_model_refuses_other_classes(given: Any, message: str, world: World) -> None:
    with pytest.raises(InputError, match=message):
        ParadiplomacyModel("baseline", end="2000-01", world=world, agents=given)
