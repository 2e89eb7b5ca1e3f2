"""What a sensitivity analysis found, as text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from sim.core.plurals import counted
from sim.engine.outcomes import OUTCOMES, REGION
from sim.experiments.run_settings import changed_words, settings_words

if TYPE_CHECKING:
    from sim.experiments.sensitivity.analysis import SensitivityTables
    from sim.experiments.sensitivity.scenario_discovery import Discovery

NAMES = {"total": "total", "first": "first order", "mu_star": "mu*", "mu": "mu", "sigma": "sigma"}
"""Indices that are shown under another name than their column."""

_MEANING = {outcome.name: outcome for outcome in (*OUTCOMES, *REGION)}


def number(value: float) -> str:
    """Return a number in three digits; ``–`` if it is not known."""
    return "–" if math.isnan(value) else f"{value:.3g}"


def percent(share: float) -> str:
    """Return a share in whole percent."""
    return f"{100.0 * share:.0f} %"


def span(low: float, high: float) -> str:
    """Return an interval; nothing if it is not known."""
    return "" if math.isnan(low) else f"{number(low)} to {number(high)}"


def meaning(outcome: str) -> str:
    """Return what an outcome is, with its unit; its name if that is not known."""
    known = _MEANING.get(outcome)
    return outcome if known is None else f"{known.meaning} ({known.unit})"


def titled(outcome: str) -> str:
    """Return an outcome's name with what it is."""
    words = meaning(outcome)
    return outcome if words == outcome else f"{outcome}, {words}"


def seed_sentence(found: SensitivityTables, outcome: str) -> str:
    """Return what chance adds to an outcome, in a sentence."""
    row = found.noise[found.noise["outcome"] == outcome].iloc[0]
    if math.isnan(row["share"]):
        return "Seed: not known, as too few points have two known runs or more."
    share = f"{percent(row['share'])} ({percent(row['low'])} to {percent(row['high'])})"
    means = f"the means over {counted(float(row['replicates']), 'replicate')}"
    return (
        f"Seed: {share} of the variance of one run, a deviation of {number(row['deviation'])}; "
        f"{percent(row['left'])} of the variance of {means}."
    )


def verdicts(found: SensitivityTables, outcome: str) -> list[str]:
    """Return which parameters cannot be told from ones without effect, in sentences."""
    inert, undecided = found.known_inert(outcome), found.undecided(outcome)
    said = []
    if inert:
        said.append(f"Not distinguishable from inert: {', '.join(inert)}.")
    elif not undecided:
        said.append("Every parameter varied is distinguishable from an inert one.")
    if undecided:
        said.append(f"Not decided with these runs: {', '.join(undecided)}.")
    return said


DESIGNS = {
    "grid": "a grid",
    "lhs": "a Latin hypercube",
    "sobol": "a Sobol' design",
    "morris": "a Morris design",
    "file": "a file",
}
INDICES = {
    "sobol": "Sobol' indices",
    "morris": "Morris's elementary effects",
    "pawn": "PAWN indices",
    "delta": "Delta indices",
}


def settings(found: SensitivityTables) -> list[str]:
    """Return what the sweep simulated, in lines; nothing if that is not recorded."""
    if "changed" not in found.source:
        return []
    return [settings_words(found.source), changed_words(found.source)]


def headline(found: SensitivityTables) -> str:
    """Return what was measured on what, as a line; of an unfinished sweep first what is there."""
    measured, laid = INDICES[found.method.name], DESIGNS[found.design.kind]
    if found.status.left:
        return f"{found.status.points_text}: {measured} from {laid}, the sweep is not finished"
    return f"{measured} from {laid} of {found.status.points_text}"


def table_rows(found: SensitivityTables, outcome: str) -> tuple[list[str], list[list[str]]]:
    """Return the head and the cells of an outcome's table, the most influential first."""
    main = found.method.main
    also = [name for name in found.method.also if not name.endswith(("_low", "_high"))]
    head = ["parameter", NAMES.get(main, main), "95 % interval", *(NAMES[n] for n in also)]
    head += ["inert would be", "matters"]
    rows = []
    for _, row in found.of(outcome).iterrows():
        cells = [str(row["parameter"]), number(row[main])]
        cells.append(span(row[f"{main}_low"], row[f"{main}_high"]))
        cells += [number(row[name]) for name in also]
        known = row["matters"]
        verdict = "not decided" if pd.isna(known) else ("yes" if known else "no")
        rows.append([*cells, number(row["inert"]), verdict])
    return head, rows


def discovery_lines(found: Discovery) -> list[str]:
    """Return the boxes found, in lines of text."""
    base = found.asked / found.points
    points = counted(found.points, "point")
    lines = [f"Where {found.text}: {found.asked:,} of {points} ({percent(base)})."]
    for place, box in enumerate(found.boxes, start=1):
        lines.append(
            f"  Box {place}: of its {counted(box.points, 'point')} {percent(box.density)} are as "
            f"asked for (density); it holds {percent(box.coverage)} of all that are (coverage)."
        )
        lines += [
            f"    {limit.parameter} from {limit.low:.4g} to {limit.high:.4g}"
            f" (quasi-p {limit.chance:.2g})"
            for limit in box.limits
        ]
        if not box.limits:
            lines.append("    no parameter is restricted: nothing varied tells where it holds")
    return lines


def card(found: SensitivityTables) -> str:
    """Return everything on one screen."""
    lines = [headline(found), *settings(found), found.method.words]
    for outcome in found.outcomes:
        head, rows = table_rows(found, outcome)
        lines += ["", titled(outcome), *_aligned(head, rows)]
        lines += [*verdicts(found, outcome), seed_sentence(found, outcome)]
    if found.discovery is not None:
        lines += ["", *discovery_lines(found.discovery)]
    if found.notes:
        lines += ["", *(f"Note: {note}" for note in found.notes)]
    return "\n".join(lines)


def _aligned(head: list[str], rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if i in {0, len(head) - 1} else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *rows]
    ]
