"""Small charts of numbers with their intervals, as SVG inside a page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from sim.report.figure_style import BLUE, INK, ORANGE, QUIET, VERMILLION

Estimate = Mapping[str, float | None]
"""``value``, ``low`` and ``high``; None where not defined."""

CIRCLE, SQUARE, DIAMOND = "circle", "square", "diamond"
WITH, WITHOUT, EFFECT = (BLUE, CIRCLE), (VERMILLION, SQUARE), (INK, DIAMOND)
"""Colour and form of each number's mark."""

_MARGIN, _ROW, _TOP, _FOOT = 54.0, 18.0, 12.0, 26.0
_BAND = "#E8F1F7"


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
    if estimate["low"] is None:
        return number_words(estimate["value"])
    low, high = number_words(estimate["low"]), number_words(estimate["high"])
    return f"{number_words(estimate['value'])} [{low}, {high}]"


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers between two others, as many as there are up to ``most``."""
    if not high > low:
        return [low]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for step in (factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            break
    return [round(i * step, 12) for i in range(first, last + 1)]


class _Scale:
    """Map numbers to places on a line of pixels."""

    def __init__(self, numbers: Sequence[float], left: float, right: float) -> None:
        low, high = min(numbers), max(numbers)
        room = 0.08 * (high - low) or max(abs(high), 1.0) * 0.1
        self.low, self.high = low - room, high + room
        self.left, self.right = left, right

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.left + share * (self.right - self.left), 1)


def chart(
    rows: Sequence[tuple[str, Estimate, tuple[str, str]]],
    label: str,
    *,
    above: float | None = None,
    below: float | None = None,
    zero: bool = False,
    axis: bool = True,
    width: float = 300.0,
) -> str:
    """Return a chart of a few numbers on one line each.

    Parameters
    ----------
    rows
        Name, number and mark of each.
    label
        What it says in words, for readers who don't see it.
    above, below
        Thresholds: where the numbers should lie is tinted, its ends are dashed lines.
    zero
        Whether to draw a line at zero.
    axis
        Whether to draw an axis under them.
    width
        In pixels.
    """
    lines = [v for v in (above, below, 0.0 if zero else None) if v is not None]
    known = [v for _, e, _ in rows for v in e.values() if v is not None]
    left = _MARGIN if any(name for name, _, _ in rows) else 10.0
    scale = _Scale([*known, *lines] or [0.0], left, width - 14.0)
    floor = _TOP + _ROW * len(rows)
    parts = [*_thresholds(scale, above, below, floor)]
    if zero:
        parts.append(_line(scale(0.0), 2.0, scale(0.0), floor, INK, 'stroke-width="1.2"'))
    for number, (name, estimate, (colour, form)) in enumerate(rows):
        y = _TOP + _ROW * number
        if name:
            parts.append(_text(0.0, y + 4.0, name, "start"))
        parts += _mark(scale, estimate, y, colour, form)
    if axis:
        parts += _axis(scale, floor)
    height = floor + (_FOOT if axis else 0.0)
    return (
        f'<svg role="img" aria-label="{escape(label)}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{colour}" {more}/>'


def _text(x: float, y: float, text: str, anchor: str = "middle", colour: str = QUIET) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="11.5" fill="{colour}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def _thresholds(scale: _Scale, above: float | None, below: float | None, floor: float) -> list[str]:
    """Return the tinted part that passes and the dashed lines at its ends."""
    if above is None and below is None:
        return []
    start = scale.left if above is None else scale(above)
    end = scale.right if below is None else scale(below)
    size = f'width="{max(0.0, end - start):g}" height="{floor - 2.0:g}"'
    dashed = 'stroke-width="1.4" stroke-dasharray="4 3"'
    places = [scale(value) for value in (above, below) if value is not None]
    lines = [_line(x, 2.0, x, floor, BLUE, dashed) for x in places]
    return [f'<rect x="{start:g}" y="2" {size} fill="{_BAND}"/>', *lines]


def _mark(scale: _Scale, estimate: Estimate, y: float, colour: str, form: str) -> list[str]:
    """Return a number's mark and the line of its interval."""
    value, low, high = estimate["value"], estimate["low"], estimate["high"]
    if value is None:
        return [_text((scale.left + scale.right) / 2.0, y + 4.0, "not defined")]
    parts = []
    if low is not None and high is not None:
        parts.append(_line(scale(low), y, scale(high), y, colour, 'stroke-width="2.4"'))
        ends = [scale(low), scale(high)]
        parts += [_line(x, y - 4.0, x, y + 4.0, colour) for x in ends]
    x = scale(value)
    if form == CIRCLE:
        parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="4.2" fill="{colour}"/>')
    elif form == SQUARE:
        parts.append(
            f'<rect x="{x - 4.0:g}" y="{y - 4.0:g}" width="8" height="8" fill="#ffffff" '
            f'stroke="{colour}" stroke-width="2"/>'
        )
    else:
        points = f"{x:g},{y - 5.5:g} {x + 5.5:g},{y:g} {x:g},{y + 5.5:g} {x - 5.5:g},{y:g}"
        parts.append(f'<polygon points="{points}" fill="{colour}"/>')
    return parts


def _axis(scale: _Scale, floor: float) -> list[str]:
    """Return the axis with round numbers under it."""
    parts = [_line(scale.left, floor, scale.right, floor, QUIET)]
    for value in ticks(scale.low, scale.high):
        x = scale(value)
        parts.append(_line(x, floor, x, floor + 4.0, QUIET))
        parts.append(_text(x, floor + 16.0, number_words(value)))
    return parts


VERDICT_MARKS = {
    "shown": ("●", BLUE),
    "weak": ("◐", ORANGE),
    "not shown": ("○", QUIET),
    "contrary": ("✕", VERMILLION),
    "not expressed": ("–", QUIET),
}
"""Sign and colour of each verdict; the word always stands beside them."""
