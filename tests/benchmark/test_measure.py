"""Every key is measured, with tiny settings, and what fails loses no other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sim.benchmark import measure as module
from sim.benchmark import process_measures
from sim.benchmark.engine_measures import empty_mesa_loop, mesa_agents
from sim.benchmark.measure import BARS, MEASURES, NAMES, Measured, add_to_history, measure
from sim.benchmark.process_measures import proportional_set_size
from sim.benchmark.timing import Settings, figure
from sim.core.errors import InputError
from sim.world import load_world

TINY = Settings(end="2000-06", rounds=1, runs=20, replicates=2, pairs=6, times=2)
SOME_YEARS = Settings(end="2004-12", rounds=1, pairs=6)
IN_THIS_PROCESS = ("run_ms", "mesa_empty_ratio", "mesa_ratio", "scaling_10x", "ns_per_draw")


def test_each_bar_is_measured_once() -> None:
    assert sorted(name for names in MEASURES for name in names) == sorted(NAMES)
    assert len(set(NAMES)) == len(NAMES)


def test_the_engine_is_measured_beside_others() -> None:
    """Fails where a measurement raises, or where the larger world has no more events."""
    told: list[str] = []
    found = measure(TINY, IN_THIS_PROCESS, told.append)
    assert not found.failed
    assert set(found.figures) == set(IN_THIS_PROCESS)
    assert told[0] == "run_ms and mesa_empty_ratio"
    for name, one in found.figures.items():
        assert 0.0 < one.low <= one.value <= one.high, name
        assert one.waits is not None
    events = found.figures["scaling_10x"].details["events"]
    assert events[1] > 1.5 * events[0]


def test_the_empty_loop_has_as_many_agents_as_the_mesa_model() -> None:
    loop = empty_mesa_loop(load_world(), 1)
    cells = dict(zip(loop.__code__.co_freevars, loop.__closure__ or (), strict=True))
    model = mesa_agents(TINY.end).__self__  # type: ignore[attr-defined]
    assert len(cells["model"].cell_contents.agents) == len(model.agents)


def test_pairing_tells_the_gain_of_each_outcome_and_the_events_kept() -> None:
    """Fails where runs with one seed differ as much as any two."""
    found = measure(SOME_YEARS, ["pairing_gain"]).figures["pairing_gain"]
    gains = [found.details[name] for name in ("deals", "twinnings", "visits_to_lac")]
    assert found.value == min(gain for gain in gains if gain is not None)
    assert found.value > 1.0
    assert 0.5 < found.details["share_of_events_kept"] <= 1.0


def test_the_page_shows_the_first_pairs_before_all() -> None:
    found = measure(TINY, ["page_pairs_s"]).figures["page_pairs_s"]
    assert 0.0 < found.details["first_pairs_s"] <= found.value


# Slow: commands and a sweep in processes of their own.
@pytest.mark.slow
def test_commands_sweeps_and_plain_python_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    part = process_measures.part
    caches: list[Path] = []

    def with_compiled_code(name: str, settings: Settings, *words: object, **variables: str) -> Any:
        caches.extend(Path(variables.pop(key)) for key in {"XDG_CACHE_HOME"} & set(variables))
        return part(name, settings, *words, **variables)

    # To compile everything anew would take longer than all the rest.
    monkeypatch.setattr(process_measures, "part", with_compiled_code)
    # Each processor is two processes more.
    monkeypatch.setattr(process_measures, "cpu_count", lambda: 1)
    names = [name for name in NAMES if name not in (*IN_THIS_PROCESS, "pairing_gain")]
    found = measure(TINY, names)
    assert not found.failed
    for name, one in found.figures.items():
        assert 0.0 < one.low <= one.value <= one.high, name
    assert found.figures["cold_start_s"].details["later_run_s"] > 0.0
    assert len(caches) == 2
    assert len(set(caches)) == 1
    assert found.figures["user_run_s"].details["folder_mb"] > 0.0


def test_what_fails_loses_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Settings) -> None:
        raise OSError("no room")

    some = {("run_ms", "mesa_empty_ratio"): fail, ("ns_per_draw",): MEASURES["ns_per_draw",]}
    monkeypatch.setattr(module, "MEASURES", some)
    found = measure(TINY)
    assert found.failed == dict.fromkeys(("run_ms", "mesa_empty_ratio"), "OSError: no room")
    assert list(found.figures) == ["ns_per_draw"]
    printed = found.to_json()
    assert printed["run_ms"] is None
    assert printed["ns_per_draw"] > 0.0


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(InputError, match="run_ms"):
        measure(TINY, ["run_msec"])
    with pytest.raises(InputError, match="not a month"):
        measure(Settings(end="soon"))


def test_the_table_has_a_line_for_each_bar_and_says_whether_it_was_quiet() -> None:
    machine = {"processor": "Z80", "cpu_count": 1, "quiet": False}
    machine |= {"load_average_before": 3.0, "wall_over_processor": 1.31}
    figures = {bar.name: figure([12.5]) for bar in BARS}
    found = Measured(Settings(), figures, {}, machine, datetime.now(UTC))
    lines = found.table().splitlines()
    assert len(lines) == len(BARS) + 3
    assert lines[1].endswith("ok")
    assert lines[-1] == (
        "Z80, 1 processors, load average before 3, wall over processor time 1.31: not quiet"
    )


def test_history_grows_by_what_was_measured(tmp_path: Path) -> None:
    found = Measured(Settings(), {"run_ms": figure([12.345])}, {}, {}, datetime.now(UTC))
    for _ in range(2):
        add_to_history(found, tmp_path / "history.csv")
    lines = (tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "date,commit,key,value"
    assert len(lines) == 3
    assert lines[1].endswith(",run_ms,12.35")


def test_memory_of_a_process_that_is_gone_is_zero() -> None:
    assert proportional_set_size(2**22 + 1) == 0
