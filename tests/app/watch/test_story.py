"""The story is the run's own: what never happened is not told as if it had."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("panel")

from sim.app.cases.documented_record import first_pair
from sim.app.session import Session
from sim.app.watch.player import Player
from sim.app.watch.story import MEANWHILE, STEPS, Storyteller, story_of
from sim.app.why.run_index import RunIndex, index_run
from sim.report.event_phrases import EventDescriber
from sim.scenario.schema import load
from sim.world import World


def captions(world: World, run: RunIndex) -> dict[str, str]:
    """Return what is said of a run, by the names of the steps."""
    session = Session(world)
    player = Player(session, run.scenario, lambda frame: None, lambda: None)
    teller = Storyteller(session, EventDescriber(world), player, lambda *given: None)
    steps = story_of(run, world, first_pair(world))
    teller.at = 0
    teller._take(steps)
    said = [caption["model"] for caption in teller.widget.captions[1:]]
    return dict(zip([step.name for step in steps], said, strict=True))


def test_every_step_is_an_event_of_the_run(world: World) -> None:
    run = index_run(load("baseline", world), world, 0)
    here, there = first_pair(world)
    steps = story_of(run, world, (here, there))
    first = [step for step in steps if step.place == here]
    assert [step.month for step in first] == sorted(step.month for step in first)
    assert {"contact", "trust", "deal"} <= {step.name for step in first} <= set(STEPS)
    said = captions(world, run)
    tell = EventDescriber(world)
    for step in steps:
        if step.event is not None:
            assert run.log[step.event.event_id] is step.event
            assert step.event.month == step.month
            assert said[step.name].startswith(f"{tell.month(step.month)}: ")
    counts = next(step for step in steps if step.name == MEANWHILE).counts
    month = first[-1].month
    deals = [e for e in run.at(there) if e.kind == "deal" and e.month <= month]
    assert counts[there][2] == len(deals)
    assert f"deals {len(deals)}." in said[MEANWHILE]


def test_a_run_without_events_is_told_as_one(world: World) -> None:
    run = RunIndex(load("baseline", world), 0, {})
    said = captions(world, run)
    assert list(said) == ["twinning", "meanwhile", "end"]
    assert said["twinning"] == "Nothing of this kind happens in Jujuy, Argentina."
    assert "Jujuy, Argentina: contacts 0, projects 0, deals 0." in said["meanwhile"]


def test_what_happens_is_told_when_the_map_shows_it(world: World) -> None:
    run = RunIndex(load("baseline", world), 0, {})
    session = Session(world)
    led: list[int] = []
    player = Player(session, run.scenario, lambda frame: None, lambda: None)
    teller = Storyteller(
        session, EventDescriber(world), player, lambda place, month, moving: led.append(month)
    )
    teller.at = 1
    teller._asked({"step": 1, "still": False})
    teller._take(story_of(run, world, first_pair(world)))
    none = np.zeros(len(player.recorder.places))
    for month, told in ((led[-1] - 1, False), (led[-1], True)):
        teller.count(SimpleNamespace(month=month, trust=none, deals=none))  # type: ignore[arg-type]
        assert (teller.widget.waits == "") is told
