"""What is stated of a place stands beside what is dated, in the tables and in the reports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sim
from calibration.cases.case_tables import focal_cases
from calibration.cases.targets.target_table import load_targets
from sim.core.calendar import month_index
from sim.report import figure_style
from sim.report.figures import captions
from sim.report.locality_timeline import VISITS, visits_on_record
from sim.report.run_page import report_page
from sim.report.stated_totals import StatedTotal, least, record_end, stated_of
from sim.results.run_result import Run
from sim.world import World

BOTH = StatedTotal("visit", VISITS, 12, 23, 5, "five", "page 1")
FIRST, LAST = 0, month_index("2020-12")


@pytest.mark.parametrize(
    ("to_lac", "to_china", "count"),
    [
        ([], [], 5),
        ([12, 13], [23], 5),
        ([0, 12, 24], [], 7),
        ([12] * 4, [13] * 3, 7),
    ],
)
def test_dated_events_outside_the_period_come_on_top(
    to_lac: list[int], to_china: list[int], count: int
) -> None:
    dated = {"visit_to_lac": to_lac, "visit_to_china": to_china}
    assert least(dated, [BOTH], VISITS) == count
    assert least(dated, [BOTH], ("visit_to_lac",)) == len(to_lac)


def test_totals_of_two_kinds_add_up() -> None:
    totals = [BOTH._replace(kind=kind, kinds=(kind,)) for kind in VISITS]
    assert least({}, totals, VISITS) == 10


def test_a_total_counts_for_a_whole_period_only(world: World) -> None:
    code = str(world.stated["locality"].iloc[0])
    assert stated_of(world, code, FIRST, LAST)
    assert not stated_of(world, code, FIRST, LAST - 1)
    assert not stated_of(world, code, LAST, LAST + 12)


def test_the_shipped_totals_are_those_that_runs_are_held_against(world: World) -> None:
    observed = {target.id: target.observed for target in load_targets()}
    for case, deep in focal_cases().items():
        totals = stated_of(world, deep.localities[0], *deep.window)
        assert {(t.first, t.last) for t in totals} == {deep.window}, case
        keys = (f"{case}_{what}" for what in ("visits_received", "journeys", "visits"))
        wanted = [observed[key] for key in keys if key in observed]
        assert sorted(t.at_least for t in totals) == sorted(wanted), case


@pytest.fixture(scope="module")
def run() -> Run:
    """Return a run whose first place has totals stated."""
    return sim.run("jujuy", replicates=2)


def test_the_report_and_the_timeline_hold_what_is_stated(run: Run) -> None:
    place = run.scenario.focus[0]
    totals = stated_of(run.world, place, run.scenario.start_month, run.scenario.end_month)
    assert visits_on_record(run, place) == "8 dated, at least 24 stated"
    panel = next(
        x for x in run.plot_timeline(place).child_axes if x.get_ylabel() == "visits so far"
    )
    count = sum(total.at_least for total in totals)
    mark = next(x for x in panel.lines if x.get_label() == f"stated: at least {count}")
    assert np.asarray(mark.get_ydata()).tolist() == [count]
    assert count < panel.get_ylim()[1]
    drawings = dict.fromkeys(captions(run), b"<svg></svg>")
    page = report_page(run, drawings)
    assert page.count("8 dated, at least 24 stated") == 2  # in the table, and for who cannot see


def test_the_record_ends_with_the_last_month_that_it_names(world: World) -> None:
    assert record_end(world) == LAST
    dated = {**world.tables, "stated": world.stated.iloc[:0]}
    assert record_end(replace(world, tables=dated)) == month_index("2020-10")
    none = {**dated, "documented": world.documented[world.documented["date"].str.len() == 4]}
    assert record_end(replace(world, tables=none)) == -1


def test_the_record_is_drawn_for_the_months_it_covers(run: Run) -> None:
    place, long = run.scenario.focus[0], sim.run("jujuy", replicates=1, end="2027-12")
    end = figure_style.year("2021-01")
    for shown, last in ((run, end), (long, figure_style.year("2028-01"))):
        panels = [x for x in shown.plot_timeline(place).child_axes if "so far" in x.get_ylabel()]
        assert len(panels) == 2
        for panel in panels:
            line = next(x for x in panel.lines if x.get_label() == "dated events")
            assert np.max(np.asarray(line.get_xdata(), dtype=float)) == pytest.approx(end)
            assert panel.get_xlim()[1] == pytest.approx(last)
            assert len(panel.patches) == (last > end)
    assert visits_on_record(long, place) == "8 dated, at least 24 stated, up to 2020-12"
    later = long.scenario.model_copy(update={"start": "2025-01", "interventions": ()})
    host = sim.run(later).plot_timeline(place)
    lines = [x.get_label() for panel in host.child_axes for x in panel.lines]
    assert "dated events" not in lines
