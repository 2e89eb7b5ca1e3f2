"""Numbers with their intervals, in words and as small charts inside a page; shares of draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report import figure_style
from sim.report.figure_style import BLUE, INK, ORANGE, QUIET, VERMILLION, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Estimate = Mapping[str, float | None]
"""``value``, ``low`` and ``high``; None where not defined."""

CIRCLE, SQUARE, DIAMOND = "circle", "square", "diamond"
WITH, WITHOUT, EFFECT = (BLUE, CIRCLE), (VERMILLION, SQUARE), (INK, DIAMOND)
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
_BAND = "#E8F1F7"
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
) -> str:
    """Return a chart of a few numbers on one line each, as SVG.

    ``rows`` are name, number and mark of each, ``label`` says the same in words for readers who
    don't see it. ``above`` and ``below`` are thresholds: where the numbers should lie is tinted,
    its ends are dashed lines. There may be a line at ``zero`` and an ``axis``; the width is in
    pixels.
    """
    ends = [value for value in (above, below) if value is not None]
    given = [value for _, estimate, _ in rows for value in estimate.values() if value is not None]
    numbers = [*given, *ends, *([0.0] if zero else [])] or [0.0]
    room = 0.08 * (max(numbers) - min(numbers)) or max(abs(max(numbers)), 1.0) * 0.1
    span = min(numbers) - room, max(numbers) + room
    left, right = _MARGIN if any(name for name, _, _ in rows) else 10.0, width - 14.0
    floor = _TOP + _ROW * len(rows)

    def at(value: float) -> float:
        return round(float(np.interp(value, span, (left, right))), 1)

    dashed = {"stroke_width": 1.4, "stroke_dasharray": "4 3"}
    parts = [_line(at(end), 2.0, at(end), floor, BLUE, **dashed) for end in ends]
    if ends:
        start, end = left if above is None else at(above), right if below is None else at(below)
        size = {"width": max(0.0, end - start), "height": floor - 2.0}
        parts.insert(0, _tag("rect", x=start, y=2, **size, fill=_BAND))
    if zero:
        parts.append(_line(at(0.0), 2.0, at(0.0), floor, INK, stroke_width=1.2))
    for number, (name, estimate, look) in enumerate(rows):
        y = _TOP + _ROW * number
        parts.append(_text(0.0, y + 4.0, name, "start"))
        if estimate["value"] is None:
            parts.append(_text((left + right) / 2.0, y + 4.0, "not defined"))
        else:
            known = {end: at(value) for end, value in estimate.items() if value is not None}
            parts += _estimate(known, y, look)
    if axis:
        parts.append(_line(left, floor, right, floor, QUIET))
        for tick in ticks(*span):
            parts.append(_line(at(tick), floor, at(tick), floor + 4.0, QUIET))
            parts.append(_text(at(tick), floor + 16.0, number_words(tick)))
    height = floor + (_FOOT if axis else 0.0)
    return (
        f'<svg role="img" aria-label="{escape(label)}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'
    )


def _tag(name: str, **attributes: float | str) -> str:
    """Return an element of SVG; numbers are written short, underscores as hyphens."""
    pairs = (
        f'{key.replace("_", "-")}="{value if isinstance(value, str) else format(value, "g")}"'
        for key, value in attributes.items()
    )
    return f"<{name} {' '.join(pairs)}/>"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, **look: Any) -> str:
    return _tag("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, **look)


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    start = _tag("text", x=x, y=y, font_size=11.5, fill=QUIET, text_anchor=anchor)
    return f"{start.removesuffix('/>')}>{escape(text)}</text>" if text else ""


def _estimate(at: Mapping[str, float], y: float, look: Look) -> list[str]:
    """Return a number's mark, and the line of its interval if it has one."""
    (colour, form), parts, x = look, [], at["value"]
    if "low" in at and "high" in at:
        parts = [_line(at["low"], y, at["high"], y, colour, stroke_width=2.4)]
        parts += [_line(at[end], y - 4.0, at[end], y + 4.0, colour) for end in ("low", "high")]
    if form == CIRCLE:
        return [*parts, _tag("circle", cx=x, cy=y, r=4.2, fill=colour)]
    if form == SQUARE:
        style: dict[str, Any] = {"fill": "#ffffff", "stroke": colour, "stroke_width": 2}
        return [*parts, _tag("rect", x=x - 4.0, y=y - 4.0, width=8, height=8, **style)]
    points = f"{x:g},{y - 5.5:g} {x + 5.5:g},{y:g} {x:g},{y + 5.5:g} {x - 5.5:g},{y:g}"
    return [*parts, _tag("polygon", points=points, fill=colour)]


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
