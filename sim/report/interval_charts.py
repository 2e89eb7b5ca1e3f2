"""Numbers with their intervals, in words and as small charts inside a page; shares of draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report import figure_style
from sim.report.figure_style import BLUE, INK, ORANGE, QUIET, VERMILLION, Look
from sim.report.html_page import render

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

Estimate = Mapping[str, float | None]
"""``value``, ``low`` and ``high``; None where not defined."""

CIRCLE = "circle"
WITH, WITHOUT, EFFECT = (BLUE, CIRCLE), (VERMILLION, "square"), (INK, "diamond")
"""Colour and form of each number's mark."""

VERDICT_MARKS = {
    "shown": ("●", BLUE),
    "weak": ("◐", ORANGE),
    "not shown": ("○", QUIET),
    "contrary": ("✕", VERMILLION),
    "not expressed": ("–", QUIET),
}
"""Sign and colour of each verdict; the word always stands beside them."""

_MARGIN, _ROW, _TOP, _FOOT = 54.0, 18.0, 12.0, 26.0
_FORMS = {"shown": "o", "weak": "D", "not shown": "s", "contrary": "X"}


def number_words(value: float | None) -> str:
    """Return a number in three digits, or a dash."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0.0:
        return "0"
    if abs(value) >= 1000.0:
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 0.01 else f"{value:.3g}"


def interval_words(estimate: Estimate) -> str:
    """Return a number with its interval in brackets."""
    value, low, high = (number_words(estimate[end]) for end in ("value", "low", "high"))
    return value if estimate["low"] is None else f"{value} [{low}, {high}]"


def ticks(low: float, high: float) -> list[float]:
    """Return round numbers between two others, up to five."""
    from matplotlib.ticker import MaxNLocator

    for most in (6, 5, 4):
        locator = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10])
        found = [float(tick) for tick in locator.tick_values(low, high) if low <= tick <= high]
        if len(found) <= 5:
            break
    return found


def chart(
    rows: Sequence[tuple[str, Estimate, Look]],
    label: str,
    *,
    above: float | None = None,
    below: float | None = None,
    zero: bool = False,
    axis: bool = True,
    width: float = 300.0,
) -> Markup:
    """Return a chart of a few numbers on one line each, as SVG.

    ``rows`` are name, number and mark of each, ``label`` says the same in words for readers who
    don't see it. ``above`` and ``below`` are thresholds: where the numbers should lie is tinted,
    its ends are dashed lines. There may be a line at ``zero`` and an ``axis``; the width is in
    pixels.
    """
    from markupsafe import Markup

    ends = [value for value in (above, below) if value is not None]
    given = [value for _, estimate, _ in rows for value in estimate.values() if value is not None]
    numbers = [*given, *ends, *([0.0] if zero else [])] or [0.0]
    room = 0.08 * (max(numbers) - min(numbers)) or max(abs(max(numbers)), 1.0) * 0.1
    span = min(numbers) - room, max(numbers) + room
    left, right = _MARGIN if any(name for name, _, _ in rows) else 10.0, width - 14.0
    floor = _TOP + _ROW * len(rows)

    def at(value: float) -> float:
        return round(float(np.interp(value, span, (left, right))), 1)

    marks = [
        (name, _TOP + _ROW * n, {k: at(v) for k, v in number.items() if v is not None}, look)
        for n, (name, number, look) in enumerate(rows)
    ]
    drawn = render(
        "interval_chart.svg",
        label=label,
        width=width,
        height=floor + (_FOOT if axis else 0.0),
        floor=floor,
        left=left,
        right=right,
        ends=[at(end) for end in ends],
        passes=(left if above is None else at(above), right if below is None else at(below)),
        zero=at(0.0) if zero else None,
        rows=marks,
        ticks=[(at(tick), number_words(tick)) for tick in ticks(*span)] if axis else None,
        ink=INK,
        quiet=QUIET,
        blue=BLUE,
    )
    return Markup(" ".join(drawn.split()))


def draw_shares(rows: Iterable[Mapping[str, Any]], shown: float, ax: Axes | None = None) -> Axes:
    """Draw the share of draws that show each claim, with a line where a claim counts as shown.

    Rows are findings as in ``patterns.json``; claims that are not expressed are left out. Marks of
    claims whose control is zero by construction are hollow.
    """
    found = [row for row in rows if row["share"] is not None]
    host = figure_style.row_axes(ax, len(found), 0.24, (0.8, 0.75), left=0.44, width=9.0)
    for verdict, form in _FORMS.items():
        mine = [(i, row) for i, row in enumerate(found) if row["verdict"] == verdict]
        colour = VERDICT_MARKS[verdict][1]
        for hollow in (False, True):
            points = {i: row["share"] for i, row in mine if row["by_construction"] == hollow}
            if points:
                fill = "none" if hollow else colour
                label = f"{verdict}, by its pattern alone" if hollow else verdict
                look: dict[str, Any] = {"facecolors": fill, "edgecolors": colour, "label": label}
                host.scatter(list(points.values()), list(points), marker=form, **look)
    host.axvline(shown, color=INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=0)
    titles = [shorten(row["title"], 58, placeholder=" …") for row in found]
    names = [f"{title}  {row['id']}" for title, row in zip(titles, found, strict=True)]
    figure_style.name_rows(host, names, size=8.5)
    host.set_xlim(-0.02, 1.02)
    host.set_xlabel("share of the draws of parameters that show the claim")
    figure_style.legend(host, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3)
    return host
