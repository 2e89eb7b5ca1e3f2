from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bokeh.models import ColumnDataSource

pytest.importorskip("panel")

from sim.app.session import Session
from sim.app.watch import map_measures, profile, world_history
from sim.app.watch.map import Map
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
        table = profile.tie_counts(living, what, other, counts[what])
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
    of_places, of_actors = profile.stage_counts(recorder, events)
    for what, table in (("place", of_places), ("actor", of_actors)):
        assert table.sum() > 0
        # Some of them, since each takes milliseconds.
        for number, counts in list(enumerate(table))[::7]:
            mine = world_history.events_of(events, **{what: number})
            stages = world_history.projects_of(mine)["stage"].tolist()
            expected = [stages.count(stage) for stage in profile.STAGES]
            assert counts.tolist() == expected


def test_before_anything_happens_there_is_nothing_to_tell(recorder: Recorder) -> None:
    nothing = recorder.events_until(recorder.first)[:0]
    of_places, of_actors = profile.stage_counts(recorder, nothing)
    assert of_places.sum() == of_actors.sum() == 0
    ties = world_history.living_ties(recorder, recorder.first).iloc[:0]
    assert profile.tie_counts(ties, "place", "actor", 3).tolist() == [[0, -1]] * 3


def test_only_what_changed_is_sent_again(
    recorder: Recorder, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, list[tuple[int, str]]]] = []
    drawn = Map(session, lambda code: None)
    monkeypatch.setattr(ColumnDataSource, "patch", lambda self, rows: sent.append(rows))
    profiles = Profiles(session, EventDescriber(session.world, session._))
    frame = recorder.frame(recorder.last)
    places, actors = profile.notes_of(profiles, recorder, frame)
    assert {len(texts) for texts in places.values()} == {len(recorder.places)}
    assert {len(texts) for texts in actors.values()} == {len(recorder.at.actor)}
    assert any("strongest with" in text for text in places["ties"])
    drawn.set_notes(places, actors)
    columns = ["holder", "ties", "projects"]
    assert [list(rows) for rows in sent] == [columns, columns[1:], columns[1:]]
    assert sent[0]["holder"] == list(enumerate(places["holder"]))
    for source, texts in ((drawn.places, places), (drawn.provinces, actors)):
        source.data.update({name: texts[name][: len(source.data["code"])] for name in texts})
    sent.clear()
    holders = [*places["holder"][:3], "another", *places["holder"][4:]]
    drawn.set_notes(places | {"holder": holders}, actors)
    assert sent[:2] == [{"holder": [(3, "another")]}, {}]


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
