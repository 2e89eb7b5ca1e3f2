from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.app.session import Session
from sim.app.watch import map_measures, watch_texts, world_history
from sim.app.watch.map_layout import arcs, layout_of
from sim.app.watch.recorder import Recorder
from sim.app.watch.world_history import STAGE
from sim.core.enums import DEAL
from sim.engine.compiled import simulate
from sim.engine.events import canonical_log
from sim.engine.initial_state import initial_state
from sim.report.event_phrases import ORDERS, EventDescriber
from sim.scenario.schema import build, load
from sim.world import World
from tests.app.watch.conftest import END


def test_the_record_is_the_run(recorder: Recorder, world: World) -> None:
    final = simulate(initial_state(recorder.scenario, world), recorder.scenario.seed, 0)
    assert np.array_equal(recorder.events_until(recorder.last), canonical_log(final))
    last = recorder.frame(recorder.last)
    assert np.allclose(last.trust, final.place["trust"][: len(last.trust)], atol=1e-6)
    assert np.allclose(last.will, final.governor["will"][: len(last.will)], atol=1e-6)


def test_a_month_can_be_looked_at_again(recorder: Recorder) -> None:
    early = recorder.frame(recorder.first + 3)
    events = recorder.events_until(early.month)
    assert events["month"].max() <= early.month
    localities = len(early.trust)
    deals = events[(events["kind"] == DEAL) & (events["place"] < localities)]
    assert early.deals.sum() == len(deals)
    ties = world_history.living_ties(recorder, early.month)
    assert 0 < len(ties) < len(world_history.living_ties(recorder, recorder.last))
    assert (ties[["since", "twinned"]] <= early.month).all(axis=None)


def test_nothing_is_recorded_beyond_the_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.app.limits.FRAME_BYTES", 1)
    small = Recorder(load("baseline", world).with_overrides(end=END), world)
    small.advance(small.last)
    assert small.known == small.first
    assert small.is_full


def test_projects_stand_at_their_latest_stage(recorder: Recorder) -> None:
    events = recorder.events_until(recorder.last)
    projects = world_history.projects_of(events)
    assert len(projects) == len(np.unique(events["project"][events["project"] != 0]))
    assert projects["month"].is_monotonic_decreasing
    for number, project in projects.iterrows():
        own = events[(events["project"] == number) & np.isin(events["kind"], list(STAGE))]
        assert STAGE[int(own["kind"][-1])] == project["stage"]
        values = own["value"][own["value"] > 0]
        assert values[-1:].tolist() == [project["value"]][: len(values)]


def test_measures_keep_to_their_places(recorder: Recorder) -> None:
    frame = recorder.frame(recorder.last)
    for measure in map_measures.MEASURES:
        places, provinces, firms = map_measures.measured(recorder, frame, measure)
        assert places.shape == frame.trust.shape
        assert np.isfinite(places).all()
        assert len(provinces) == len(recorder.at.province)
        assert len(firms) == len(recorder.world.firms)


def test_phases_count_every_event_once(recorder: Recorder) -> None:
    for frame in recorder.frames:
        assert sum(watch_texts.phase_counts(frame.events)) == len(frame.events)
        assert len(watch_texts.notable(frame.events, 3)) <= 3


def test_no_two_squares_of_the_map_overlap(world: World) -> None:
    layout = layout_of(world)
    cells = {(float(x), float(y)) for x, y in layout.places}
    assert len(cells) == len(world.localities)
    blocks = np.concatenate([layout.provinces, [layout.state]])
    assert len({tuple(block) for block in blocks.tolist()}) == len(world.provinces) + 1
    for x, y in blocks:
        apart = np.maximum(*np.abs(layout.places - [x, y]).T)
        assert apart.min() >= 1.4
    dots = {(float(x), float(y)) for x, y in layout.firms}
    assert len(dots) == len(world.firms)
    assert not dots & cells
    assert blocks.min() >= 0.0
    assert (blocks <= np.array(layout.geometry.labels.shape[::-1])).all()


def test_arcs_end_at_their_squares() -> None:
    line = arcs(np.array([[0.0, 10.0]]), np.array([[10.0, 10.0]]))
    assert (line["x0"][0], line["x1"][0], line["y0"][0]) == (0.0, 10.0, 10.0)
    assert line["cy"][0] < 10.0


def test_what_interventions_did_is_told_in_the_ticker(world: World) -> None:
    orders: list[dict[str, Any]] = [
        {"kind": "signal", "month": "2000-02", "signal": "us_china_tension", "value": 0.5},
        {"kind": "authority", "month": "2000-02", "country": "ARG", "change": -0.1},
        {"kind": "parameter", "month": "2000-02", "parameter": "tie.office", "value": 1.0},
    ]
    base = load("baseline", world).with_overrides(end="2000-03").model_dump(exclude_none=True)
    made = Recorder(build({**base, "interventions": orders}), world)
    made.advance(made.last)
    session = Session(world)
    told = " ".join(
        line[2]
        for line in watch_texts.month_news(made, made.frame(1), EventDescriber(world, session._))
    )
    for order in orders:
        assert ORDERS[order["kind"]] in told
