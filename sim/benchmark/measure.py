"""Measure what is asked for, and tell it as a table, as JSON and as rows of a history."""

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

from sim.benchmark import engine_measures, page_measures, process_measures
from sim.benchmark.bars import BARS, Bar
from sim.benchmark.timing import Figure, Settings, is_quiet, load_average, waited
from sim.core.errors import unknown_name_error
from sim.core.provenance import environment, model_version
from sim.core.version import __version__

_ROOT = Path(__file__).resolve().parents[2]
NAMES = tuple(bar.name for bar in BARS)

MEASURES: dict[tuple[str, ...], Callable[[Settings], dict[str, Figure]]] = {
    ("run_ms", "mesa_empty_ratio"): engine_measures.run_beside_empty_loop,
    ("mesa_ratio",): engine_measures.beside_mesa,
    ("scaling_10x",): engine_measures.larger_world,
    ("ns_per_draw",): engine_measures.draws,
    ("page_pairs_s",): page_measures.page_pairs,
    ("pairing_gain",): engine_measures.pairing,
    ("user_run_s",): process_measures.user_run,
    ("sweep_efficiency", "sweep_peak_mb"): process_measures.sweep,
    ("cold_start_s",): process_measures.first_run,
    ("python_ratio",): process_measures.in_plain_python,
}
"""What measures each of the names in :data:`sim.benchmark.bars.BARS`; some come together."""


@dataclass(frozen=True)
class Measured:
    """Hold what was measured, what failed and why, and on which machine."""

    settings: Settings
    figures: Mapping[str, Figure]
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
    """Measure everything, or what is named, one after the other.

    Parameters
    ----------
    settings
        How much is measured.
    only
        Names from :data:`sim.benchmark.bars.BARS`; none stands for all.
    notify
        Called with what is about to be measured.

    Returns
    -------
    Measured
        A measurement that fails is told there and takes no other with it.

    Raises
    ------
    InputError
        If there is no measurement of a name, or no such last month.
    """
    engine_measures.region(settings.end)
    for name in only:
        if name not in NAMES:
            raise unknown_name_error(f"there is no measure {name!r}", name, NAMES, argument="only")
    wanted = set(only or NAMES)
    started, load = datetime.now(UTC), load_average()
    figures: dict[str, Figure] = {}
    failed: dict[str, str] = {}
    for names, action in MEASURES.items():
        asked = [name for name in names if name in wanted]
        if not asked:
            continue
        notify(" and ".join(asked))
        found: dict[str, Figure] = {}
        reason = "it cannot be told on this system"
        try:
            found = action(settings)
        # Whatever stops one measurement must not lose the others.
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
        figures |= {name: found[name] for name in asked if name in found}
        failed |= {name: reason for name in asked if name not in found}
    return Measured(settings, figures, failed, _machine(load, figures), started)


def _machine(load: float | None, figures: Mapping[str, Figure]) -> dict[str, Any]:
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
