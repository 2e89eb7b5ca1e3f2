"""Figures that other processes draw are those that this one draws."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sim.report import figure_workers
from sim.report.figure_workers import FigureWorkers
from sim.report.run_page import write_report
from sim.results.run_result import Run

pytestmark = pytest.mark.slow  # workers are started and figures drawn

FEW = ("map_deals", "timeline")


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}


def test_workers_draw_what_is_drawn_here(
    small_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_workers, "cpu_count", lambda: 2)
    alone = write_report(small_run, tmp_path / "alone", FEW)
    with FigureWorkers(small_run.world.folder) as workers:
        # All is left to the worker: this process finds nothing to do until it has taken the last.
        figure_workers._hand_over(small_run, workers.folder)
        for name, caption in (("map_deals", "Map"), ("timeline_AR-Y", "Jujuy")):
            workers.tasks.put((name, caption, "png"))
        workers.tasks.put(None)
        workers.thread.join(240)
        assert workers.taken == 2
        drawn = {path.name for path in workers.folder.glob("*.png")}
        assert drawn == {"map_deals.png", "timeline_AR-Y.png"}
    assert not workers.folder.exists()
    with FigureWorkers(small_run.world.folder) as workers:
        beside = write_report(small_run, tmp_path / "beside", FEW, "png", workers)
    assert content(tmp_path / "beside") == content(tmp_path / "alone")
    assert beside.read_bytes() == alone.read_bytes()


@pytest.mark.parametrize("processors", [1, 2])
def test_without_workers_everything_is_drawn_here(
    small_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    monkeypatch.setattr(figure_workers, "cpu_count", lambda: processors)
    # With two processors the only worker ends as soon as it starts.
    monkeypatch.setattr(figure_workers, "COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    with FigureWorkers(None) as workers:
        write_report(small_run, tmp_path, ("funnel",), "svg", workers)
    assert list(content(tmp_path)) == ["funnel.svg"]


def test_figures_that_workers_took_and_lost_are_drawn_here(
    small_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(workers: FigureWorkers, _: object) -> None:
        for _task in workers._given():
            pass

    monkeypatch.setattr(figure_workers, "cpu_count", lambda: 2)
    monkeypatch.setattr(FigureWorkers, "_work", lose)
    with FigureWorkers(None) as workers:
        write_report(small_run, tmp_path, ("countries", "sectors"), "svg", workers)
    assert set(content(tmp_path)) == {"countries.svg", "sectors.svg"}
