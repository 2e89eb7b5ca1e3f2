"""The bars; measure what is asked for, and tell it as a table, JSON and rows of a history."""

from __future__ import annotations

import csv
import platform
import subprocess
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.benchmark import engine_measures, process_measures
from sim.benchmark.timing import MeasuredValue, Settings, is_quiet, load_average, waited
from sim.core.errors import known_names
from sim.core.provenance import environment, model_version
from sim.core.version import __version__

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Bar:
    """Say what is measured, with its unit, and what it must and should reach, None if nothing."""

    name: str
    what: str
    least: float | None = None
    aim: float | None = None
    lower_is_better: bool = True

    def verdict(self, value: float) -> str:
        """Return how the value stands to the bar: ``aim``, ``ok``, ``missed`` or nothing."""
        if self.least is None or self.aim is None:
            return ""
        sign = 1.0 if self.lower_is_better else -1.0
        if sign * value <= sign * self.aim:
            return "aim"
        return "ok" if sign * value <= sign * self.least else "missed"


BARS = (
    Bar("run_ms", "one run of the region, compiled, warm (ms)", 20, 10),
    Bar("mesa_empty_ratio", "that, over an empty Mesa loop of as many agents (times)", 0.5, 0.25),
    Bar("mesa_ratio", "Mesa agents with the same rules, over that (times)", 300, 500, False),
    Bar("python_ratio", "agents in plain Python, over that (times)", 2500, 4000, False),
    Bar("cold_start_s", "a first run with nothing compiled (s)", 25, 20),
    Bar("user_run_s", "run baseline --replicates 20, warm (s)", 5, 3),
    Bar("scaling_10x", "ten times the world, over the region (times)", 20, 12),
    Bar("ns_per_draw", "one keyed random number (ns)"),
    Bar("pairing_gain", "variance, independent seeds over paired runs (times)", 5, 20, False),
    Bar("sweep_efficiency", "share of the engine's speed that a sweep keeps", 0.9, 0.95, False),
    Bar("sweep_peak_mb", "memory of a sweep, all processes (MiB)", 614, 410),
    Bar("page_pairs_s", "What if on the page: 100 pairs of runs (s)", 1.5, 1),
)
NAMES = tuple(bar.name for bar in BARS)

MEASURES: dict[tuple[str, ...], Callable[[Settings], dict[str, MeasuredValue]]] = {
    ("run_ms", "mesa_empty_ratio"): engine_measures.run_beside_empty_loop,
    ("mesa_ratio",): engine_measures.beside_mesa,
    ("scaling_10x",): engine_measures.larger_world,
    ("ns_per_draw",): engine_measures.draws,
    ("page_pairs_s",): engine_measures.page_pairs,
    ("pairing_gain",): engine_measures.pairing,
    ("user_run_s",): process_measures.user_run,
    ("sweep_efficiency", "sweep_peak_mb"): process_measures.sweep,
    ("cold_start_s",): process_measures.first_run,
    ("python_ratio",): process_measures.in_plain_python,
}
"""What measures each of the names; some come together."""


@dataclass(frozen=True)
class Measured:
    """Hold what was measured, what failed and why, and on which machine."""

    settings: Settings
    figures: Mapping[str, MeasuredValue]
    failed: Mapping[str, str]
    machine: Mapping[str, Any]
    started: datetime

    def verdict(self, bar: Bar) -> str:
        """Return how a measurement stands to its bar; nothing if the runs were shortened."""
        return "" if self.settings.end else bar.verdict(self.figures[bar.name].value)

    def to_json(self) -> dict[str, Any]:
        """Return the values by name, None where there is none, and what a reader needs to know."""
        bars = {bar.name: bar for bar in BARS}
        measured = {
            name: {
                "low": found.low,
                "high": found.high,
                "wall_over_processor": found.waits,
                "verdict": self.verdict(bars[name]),
                **found.details,
            }
            for name, found in self.figures.items()
        }
        return {
            **{name: self.figures[name].value if name in measured else None for name in NAMES},
            "measured": measured,
            "bars": {name: {"at_least": bar.least, "aim": bar.aim} for name, bar in bars.items()},
            "failed": dict(self.failed),
            "settings": asdict(self.settings),
            "machine": dict(self.machine),
            "version": __version__,
            "model_version": model_version(),
            "date": self.started.isoformat(timespec="seconds"),
        }

    def table(self) -> str:
        """Return the measurements against their bars as text."""
        width = max(len(bar.what) for bar in BARS)
        lines = [f"{'':<{width}}  {'measured':>9}  {'spread':>15}  {'at least':>8}  {'aim':>6}"]
        for bar in BARS:
            if bar.name in self.figures:
                found = self.figures[bar.name]
                spread = f"{_short(found.low)} to {_short(found.high)}"
                bounds = f"{_short(bar.least):>8}  {_short(bar.aim):>6}"
                row = f"{bar.what:<{width}}  {_short(found.value):>9}  {spread:>15}  {bounds}"
                lines.append(f"{row}  {self.verdict(bar)}".rstrip())
        lines += ["", self._machine_in_words()]
        return "\n".join(lines)

    def _machine_in_words(self) -> str:
        """Say which machine it was, how busy, and whether that counts as quiet."""
        machine = self.machine
        words = [f"{machine['processor']}, {machine['cpu_count']} processors"]
        for name, what in (
            ("load_average_before", "load average before"),
            ("wall_over_processor", "wall over processor time"),
        ):
            if machine[name] is not None:
                words.append(f"{what} {_short(machine[name])}")
        return f"{', '.join(words)}: {'quiet' if machine['quiet'] else 'not quiet'}"


def _short(value: float | None) -> str:
    """Return a number with as many decimals as its size needs."""
    if value is None:
        return ""
    decimals = 2 if value < 10 else 1 if value < 100 else 0
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def measure(
    settings: Settings,
    only: Collection[str] = (),
    notify: Callable[[str], object] = lambda _: None,
) -> Measured:
    """Measure everything, or ``only`` what is named, one after the other.

    ``notify`` is called with what is about to be measured. A measurement that fails is told in the
    result and takes no other with it; an unknown name or last month raises InputError.
    """
    engine_measures.region(settings.end)
    known_names("measure", only, NAMES, argument="only")
    wanted = set(only or NAMES)
    started, load = datetime.now(UTC), load_average()
    figures: dict[str, MeasuredValue] = {}
    failed: dict[str, str] = {}
    for names, action in MEASURES.items():
        asked = [name for name in names if name in wanted]
        if not asked:
            continue
        notify(" and ".join(asked))
        found: dict[str, MeasuredValue] = {}
        reason = "it cannot be told on this system"
        try:
            found = action(settings)
        # Whatever stops one measurement must not lose the others.
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
        figures |= {name: found[name] for name in asked if name in found}
        failed |= {name: reason for name in asked if name not in found}
    return Measured(settings, figures, failed, _machine(load, figures), started)


def _machine(load: float | None, figures: Mapping[str, MeasuredValue]) -> dict[str, Any]:
    """Describe the machine and how busy it was."""
    wait = waited(figures.values())
    return {
        **environment(),
        "processor": _processor(),
        "load_average_before": load,
        "load_average_after": load_average(),
        "wall_over_processor": wait,
        "quiet": is_quiet(load, wait),
    }


def _processor() -> str:
    """Return the name of the processor's model."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def add_to_history(measured: Measured, file: Path) -> None:
    """Append what was measured to a CSV file: date, commit, key and value."""
    is_new = not file.exists()
    commit = ""
    with suppress(OSError, subprocess.CalledProcessError):
        words = ["git", "-C", str(_ROOT), "rev-parse", "HEAD"]
        commit = subprocess.check_output(words, text=True, stderr=subprocess.DEVNULL)[:7]
    date = measured.started.date().isoformat()
    with file.open("a", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        if is_new:
            rows.writerow(["date", "commit", "key", "value"])
        for name, found in measured.figures.items():
            rows.writerow([date, commit, name, f"{found.value:.4g}"])
