"""What a visitor takes away is whole and holds no markup of theirs."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from sim.app.thread_pool import Cancel, CancelledError
from sim.app.what_if import downloads
from sim.app.what_if.experiment import SHOWN, Experiment, from_toml
from sim.app.what_if.paired_results import Shown
from sim.world import World
from tests.app.what_if.conftest import finished

pytestmark = pytest.mark.usefixtures("_few_pairs")
TITLE = "<img src=x onerror=alert(1)> $x^"


@pytest.fixture
def named(short: Experiment) -> Experiment:
    return short.with_parameter("outreach.province_rate", 0.09).with_title(TITLE)


@pytest.fixture
def shown(named: Experiment, world: World) -> Shown:
    return finished(named, world)


def test_the_table_holds_region_places_and_months(shown: Shown, world: World) -> None:
    frame = pd.read_csv(io.BytesIO(downloads.csv_of(shown)))
    counts = frame["of"].value_counts()
    assert counts["region"] == len(shown.effects)
    assert counts["locality"] == len(SHOWN) * len(world.localities)
    assert counts["month"] == len(SHOWN) * 84
    deals = frame[(frame["of"] == "region") & (frame["outcome"] == "deals")].iloc[0]
    assert deals["difference"] == pytest.approx(shown.row("deals").difference)
    assert deals["low"] <= deals["difference"] <= deals["high"]


@pytest.mark.parametrize(("form", "mark"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_figure_is_a_drawing(shown: Shown, form: str, mark: bytes) -> None:
    drawing = downloads.figure_of(shown, "deals", "Deals formed", form)
    assert drawing.startswith(mark)
    assert b"<img" not in drawing


def test_the_report_escapes_what_a_visitor_wrote(
    named: Experiment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "PAIRS", 3)
    page = downloads.report_of(named, world, Cancel())
    assert b"&lt;img src=x onerror=alert(1)&gt;" in page
    assert b"<img src=x" not in page


def test_a_report_no_longer_wanted_stops(named: Experiment, world: World) -> None:
    cancel = Cancel()
    cancel.set()
    with pytest.raises(CancelledError):
        downloads.report_of(named, world, cancel)


def test_the_scenario_loads_again(named: Experiment, world: World) -> None:
    assert from_toml(downloads.toml_of(named), world).scenario == named.scenario


def test_amounts_are_shown_in_billions() -> None:
    assert downloads.scale_of("deal_value_usd_m") == 0.001
    assert downloads.scale_of("deals") == 1.0
