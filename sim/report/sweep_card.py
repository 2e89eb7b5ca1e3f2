"""The card of a sweep: what was run, how far it is, and how outcomes range over the points."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.core.plurals import counted
from sim.experiments.run_settings import changed_words, settings_words, titled
from sim.report.run_card import CAUTION, KEYS, WIDTH, Key

if TYPE_CHECKING:
    from sim.experiments.sweep import Sweep

ENDS = ("lowest", "middle", "highest")
_FAILURES_SHOWN = 3
_ROUND = 10.0


def sweep_card(sweep: Sweep) -> str:
    """Return the card as text."""
    plan, status = sweep.plan, sweep.status
    well = status.done - status.failed
    runs = counted(status.runs, "run")
    lines = [
        f"Sweep of {titled(plan.scenario)}",
        *([f"Not finished: {status.points_text}"] if status.left else []),
        f"{counted(status.points, 'point')} ({sweep.design.kind}) of {sweep.design.description}",
        f"{settings_words(plan.simulated)} each",
        changed_words(plan.simulated),
        f"{runs}: {well:,} done, {status.failed:,} failed, {status.left:,} left",
        *(f"Note: {note}" for note in sweep.notes),
        *damage_lines(sweep),
    ]
    if well:
        lines += ["", *_ranges(sweep), "", CAUTION]
    if status.failed:
        lines += ["", *_failures(sweep)]
    return "\n".join(lines)


def damage_lines(sweep: Sweep) -> list[str]:
    """Return a line for each file that was set aside."""
    return [f"Set aside: {damage.file} {damage.reason}" for damage in sweep.damages]


def ranges(sweep: Sweep) -> dict[str, Any]:
    """Return the lowest, middle and highest point of each key outcome, means over replicates."""
    means = sweep.means([key.name for key in KEYS])
    result: dict[str, Any] = {}
    for name in means.columns:
        known = means[name].dropna().to_numpy()
        ends = (known.min(), np.median(known), known.max()) if len(known) else (None,) * 3
        result[name] = dict(zip(ENDS, ends, strict=True))
    return result


def _ranges(sweep: Sweep) -> list[str]:
    """Return a table of the key outcomes over the points."""
    found = ranges(sweep)
    head = f"{'Means over replicates, by point':<34}{'lowest':>12}{'middle':>12}{'highest':>12}"
    lines = [head]
    for key in KEYS:
        ends = found[key.name]
        low, middle, high = (_number(key, ends[end]) for end in ENDS)
        lines.append(f"{key.words:<34}{low:>12}{middle:>12}{high:>12}  {key.unit}".rstrip())
    return lines


def _number(key: Key, value: float | None) -> str:
    """Return a mean in the words of its key; small ones keep a decimal."""
    if value is None:
        return "none"
    scaled = key.scale * value
    return (key.pattern if abs(scaled) >= _ROUND else "{:,.1f}").format(scaled)


def _failures(sweep: Sweep) -> list[str]:
    """Return the first failures; all of them are in the column ``error``."""
    failures = sweep.failures
    failed = counted(len(failures), "run")
    lines = [f"{failed} failed; each keeps its row, with the reason as error:"]
    for _, row in failures.head(_FAILURES_SHOWN).iterrows():
        text = f"point {row['point']}, replicate {row['replicate']}: {row['error']}"
        lines.append("  " + shorten(text, WIDTH - 2, placeholder=" …"))
    if len(failures) > _FAILURES_SHOWN:
        lines.append("  …")
    return lines
