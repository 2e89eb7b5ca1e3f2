"""What a visitor takes away is whole and holds no markup of theirs."""

from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import pytest

from sim.app.thread_pool import Cancel, CancelledError
from sim.app.what_if import downloads, paired_trial
from sim.app.what_if.experiment import SHOWN, Experiment
from sim.app.what_if.paired_trial import TrialResult
from sim.world import World

pytestmark = [
    pytest.mark.usefixtures("_few_pairs"),
    pytest.mark.slow,  # reports with their figures are drawn
]
TITLE = "<img src=x onerror=alert(1)> $x^"


@pytest.fixture
def named(eager: Experiment) -> Experiment:
    return eager.with_settings(title=TITLE)


def test_the_table_holds_region_places_and_months(shown: TrialResult, world: World) -> None:
    frame = pd.read_csv(io.BytesIO(downloads.csv_of(shown)))
    counts = frame["of"].value_counts()
    assert counts["region"] == len(shown.effects)
    assert counts["locality"] == len(SHOWN) * len(world.localities)
    assert counts["month"] == len(SHOWN) * 84
    deals = frame[(frame["of"] == "region") & (frame["outcome"] == "deals")].iloc[0]
    assert deals["difference"] == pytest.approx(shown.row("deals").difference)
    assert deals["low"] <= deals["difference"] <= deals["high"]


@pytest.mark.parametrize(("form", "mark"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_figure_is_a_drawing(
    shown: TrialResult, named: Experiment, form: str, mark: bytes
) -> None:
    titled = replace(shown, experiment=named)
    drawing = downloads.figure_of(titled, "deals", "Deals formed", form)
    assert drawing.startswith(mark)
    assert b"<img" not in drawing


def test_the_report_escapes_what_a_visitor_wrote(
    named: Experiment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paired_trial, "PAIRS", 3)
    page = downloads.report_of(named, world, Cancel())
    assert b"&lt;img src=x onerror=alert(1)&gt;" in page
    assert b"<img src=x" not in page


def test_a_report_no_longer_wanted_stops(named: Experiment, world: World) -> None:
    cancel = Cancel()
    cancel.set()
    with pytest.raises(CancelledError):
        downloads.report_of(named, world, cancel)
