"""Both kinds of map show the same month."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("panel")

from sim.app.session import Session
from sim.app.watch import map_measures
from sim.app.watch.map import Map
from sim.app.watch.map_layout import layout_of
from sim.app.watch.recorder import Recorder
from sim.report.tilemap import KINDS
from sim.world import World


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_drawn_once_in_the_order_of_the_state(world: World, kind: str) -> None:
    layout, drawn = layout_of(world, kind), Map(Session(world), lambda code: None, kind)
    codes = [f"place:{code}" for code in drawn.at.locality]
    assert drawn.places.data["code"] == codes
    assert [f"place:{code}" for code in layout.geometry.codes] == codes
    for source in (drawn.places, drawn.provinces):
        assert len(source.data["xs"]) == len(source.data["ys"]) == len(source.data["code"])
        assert all(source.data["xs"])
    west, east, north, south = layout.bounds
    for at in (layout.places, layout.provinces, layout.firms):
        assert ((at > [west, north]) & (at < [east, south])).all()
    assert east - west == pytest.approx(south - north)


def test_switching_keeps_the_month_its_lines_and_what_is_looked_at(
    recorder: Recorder, session: Session
) -> None:
    drawn = Map(session, lambda code: None)
    frame = recorder.frame(recorder.last)
    places, provinces, firms = map_measures.measured(recorder, frame, "trust")
    drawn.set_values(places, provinces, firms)
    code = drawn.places.data["code"][int(places.argmax())]
    drawn.set_mark(code)
    ties = recorder.state.tie[:5]
    drawn.set_lines(recorder, "own", ties["actor"], ties["place"], np.full(5, 0.5))
    before = {name: list(values) for name, values in drawn.lines["own"].data.items()}
    outline = drawn.mark.data
    drawn.set_kind(recorder, "tiles")
    assert drawn.places.data["value"] == pytest.approx(places, abs=1e-3)
    assert drawn.mark.data != outline
    assert drawn.mark.data["xs"] == [drawn.places.data["xs"][int(places.argmax())]]
    assert drawn.lines["own"].data["alpha"] == before["alpha"]
    assert drawn.lines["own"].data["x1"] != before["x1"]
    drawn.set_kind(recorder, "map")
    assert {name: list(values) for name, values in drawn.lines["own"].data.items()} == before
    assert drawn.mark.data == outline


@pytest.mark.parametrize("measure", map_measures.MEASURES)
def test_pointing_tells_a_value_only_where_there_is_one(
    recorder: Recorder, session: Session, measure: str
) -> None:
    drawn, scale = Map(session, lambda code: None), map_measures.scales(session)[measure]
    drawn.set_scale(scale)
    values = map_measures.measured(recorder, recorder.frame(recorder.last), measure)
    told = ["@value" in tool.tooltips for tool, _rows in drawn.tools]
    assert told == [bool(np.isfinite(part).any()) for part in values]
    # The ends and three numbers between them, which have room side by side.
    assert len(drawn.bar.ticker.ticks) == 5
