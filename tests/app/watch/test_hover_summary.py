from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("panel")

from sim.app.session import Session
from sim.app.watch import hover_summary, map_measures, world_history
from sim.app.watch.map_layout import layout_of
from sim.app.watch.profile import Profiles
from sim.app.watch.recorder import Recorder
from sim.report.event_phrases import EventDescriber
from sim.world import World


@pytest.mark.parametrize("before", [0, 20])
def test_pointing_and_the_inspector_agree_on_ties(recorder: Recorder, before: int) -> None:
    month = recorder.last - before
    living = world_history.living_ties(recorder, month)
    counts = {"place": len(recorder.places), "actor": len(recorder.at.actor)}
    for what, other in (("place", "actor"), ("actor", "place")):
        table = hover_summary.tie_counts(living, what, other, counts[what])
        assert table[:, 0].sum() > 0
        for number, (count, strongest) in enumerate(table.tolist()):
            ties = living[living[what] == number]
            assert count == len(ties)
            assert strongest == (ties[other].iloc[0] if count else -1)
            assert ties["trust"].is_monotonic_decreasing


@pytest.mark.parametrize("before", [0, 20])
def test_pointing_and_the_inspector_agree_on_projects(recorder: Recorder, before: int) -> None:
    month = recorder.last - before
    events = recorder.events_until(month)
    of_places, of_actors = hover_summary.stage_counts(recorder, events)
    for what, table in (("place", of_places), ("actor", of_actors)):
        assert table.sum() > 0
        for number, counts in enumerate(table):
            mine = world_history.events_of(events, **{what: number})
            stages = world_history.projects_of(mine)["stage"].tolist()
            expected = [stages.count(stage) for stage in hover_summary.STAGES]
            assert counts.tolist() == expected


def test_only_what_changed_is_told_again(recorder: Recorder, session: Session) -> None:
    describer = EventDescriber(session.world, session._)
    made = hover_summary.HoverSummary(Profiles(session, describer))
    frame = recorder.frame(recorder.last)
    places, actors = made.of(recorder, frame)
    assert {name: len(rows) for name, rows in places.items()} == dict.fromkeys(
        ("holder", "ties", "projects"), len(recorder.at.locality)
    )
    assert {len(rows) for rows in actors.values()} == {len(recorder.at.actor)}
    assert any("strongest with" in text for _, text in places["ties"])
    again = made.of(recorder, frame)
    assert [rows for notes in again for rows in notes.values() if rows] == []
    since = frame.since.copy()
    since[3] += 1
    changed, _ = made.of(recorder, replace(frame, since=since))
    assert [row for row, _ in changed["holder"]] == [3]
    made.forget()
    assert made.of(recorder, frame) == (places, actors)


def test_deals_of_provinces_are_those_of_their_firms_too(recorder: Recorder) -> None:
    frame = recorder.frame(recorder.last)
    _, of_provinces, firms = map_measures.measured(recorder, frame, "deals")
    assert firms.sum() > 0
    provinces = len(recorder.at.province)
    own = frame.actor_deals[:provinces].sum()
    home = recorder.state.actor["home"]
    others = frame.actor_deals[home >= 0].sum()
    assert of_provinces.sum() == own + others


def test_a_world_with_too_many_firms_has_no_dots(world: World) -> None:
    copies = 30
    crowd = world.firms.loc[np.repeat(world.firms.index, copies)].reset_index(drop=True)
    crowd["code"] = [f"{code}{number % copies}" for number, code in enumerate(crowd["code"])]
    layout = layout_of(replace(world, tables={**world.tables, "firms": crowd}))
    assert layout.firms.shape == (0, 2)
