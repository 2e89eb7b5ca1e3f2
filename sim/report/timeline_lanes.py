"""Lanes of numbered marks on an axis of years, with a key that says what each mark is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.report import figure_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARK = 0.165
"""Diameter of a mark, in inches."""
ROW = 0.2
"""Height of one row of marks, in inches."""


@dataclass(frozen=True)
class Mark:
    """Hold one mark: where it stands and what its number means.

    Parameters
    ----------
    year
        Where on the axis.
    number
        Number shown inside.
    whole_year
        The date is known to the year only: the mark is hollow.
    """

    year: float
    number: int
    whole_year: bool = False


@dataclass(frozen=True)
class Lane:
    """Hold a named lane of marks of one colour."""

    name: str
    colour: str
    marks: tuple[Mark, ...]


def rows_of(lane: Lane, inches_per_year: float) -> list[int]:
    """Return the row of each mark so that no two marks of a lane overlap."""
    reach = 1.08 * MARK / inches_per_year
    ends: list[float] = []
    rows = []
    for mark in sorted(lane.marks, key=lambda m: (m.year, m.number)):
        row = next((i for i, end in enumerate(ends) if mark.year - end >= reach), len(ends))
        if row == len(ends):
            ends.append(mark.year)
        ends[row] = mark.year
        rows.append(row)
    return rows


def lanes_height(lanes: Sequence[Lane], inches_per_year: float) -> float:
    """Return the height in inches that lanes need."""
    deep = (max(rows_of(lane, inches_per_year), default=0) + 1 for lane in lanes)
    return sum(ROW * rows + 0.1 for rows in deep)


def draw_lanes(ax: Axes, lanes: Sequence[Lane], inches_per_year: float) -> None:
    """Draw lanes from top to bottom; the limits of the x-axis are the caller's."""
    from matplotlib.patches import Rectangle

    top, ticks = 0.0, []
    for number, lane in enumerate(lanes):
        rows = rows_of(lane, inches_per_year)
        height = ROW * (max(rows, default=0) + 1) + 0.1
        if number % 2 == 0:
            strip = Rectangle((0, top), 1, height, transform=ax.get_yaxis_transform())
            ax.add_patch(strip).set(facecolor="#f3f3f3", edgecolor="none", zorder=0)
        ticks.append(top + height / 2)
        marks = sorted(lane.marks, key=lambda m: (m.year, m.number))
        for mark, row in zip(marks, rows, strict=True):
            _draw_mark(ax, mark, lane.colour, top + 0.05 + ROW * (row + 0.5))
        top += height
    ax.set_ylim(max(top, 0.1), 0.0)
    ax.set_yticks(ticks, [lane.name for lane in lanes])
    ax.spines[:].set_visible(False)
    ax.tick_params(axis="y", length=0, labelsize=figure_style.TICK_SIZE)


def _draw_mark(ax: Axes, mark: Mark, colour: str, y: float) -> None:
    face, ink = (
        (figure_style.PAPER, figure_style.INK) if mark.whole_year else (colour, figure_style.PAPER)
    )
    size = 72.0 * MARK
    ax.plot([mark.year], [y], "o", ms=size, mfc=face, mec=colour, mew=1.2, clip_on=False)
    text = ax.text(mark.year, y, str(mark.number), ha="center", va="center_baseline")
    text.set(fontsize=7.0, color=ink, fontweight="bold", zorder=4)


def draw_key(ax: Axes, lines: Sequence[tuple[int, str, str]], line_height: float) -> None:
    """Write the key of numbers from the top of ``ax`` down.

    Parameters
    ----------
    ax
        Axes that hold nothing else.
    lines
        Number, colour and text of each entry; a text may have several lines.
    line_height
        Height of a line, as a share of the height of ``ax``.
    """
    ax.set_axis_off()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    y = 1.0
    for number, colour, text in lines:
        first = y - 0.8 * line_height
        mark = ax.text(0.055, first, str(number), ha="right", va="baseline")
        mark.set(fontsize=8.5, fontweight="bold", color=colour)
        for line in text.split("\n"):
            ax.text(
                0.075,
                y - 0.8 * line_height,
                line,
                va="baseline",
                fontsize=8.5,
                color=figure_style.INK,
            )
            y -= line_height
