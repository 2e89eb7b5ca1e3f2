"""What the figures of the page have in common: their look, and how they are changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, CustomJSTickFormatter, HoverTool, Range1d
from bokeh.plotting import figure

from sim.app.html_text import render
from sim.report import figure_style
from sim.report.figure_style import Floats

P = ParamSpec("P")
R = TypeVar("R")

FONT = "system-ui, sans-serif"
OWN_COLOURS = ":host { forced-color-adjust: none; }"
"""Style of a figure, a picture on paper of its own, its legend and what pointing tells included."""
LEFT, RIGHT = 52, 14
"""Pixels beside every plot of years, the same for all so that years stand under one another."""


def drawn(method: Callable[P, R]) -> Callable[P, R]:
    """Let a method change figures, whoever calls it.

    A click holds no lock of the document, which refuses changes while it is being written; they
    are held and sent as one when the method is done.
    """

    @wraps(method)
    def held(*given: P.args, **named: P.kwargs) -> R:
        with pn.io.hold():
            return method(*given, **named)

    return held


def tips(rows: Sequence[tuple[str, str]]) -> str:
    """Return what pointing tells as HTML, labels and values, which Bokeh fills in and escapes.

    A value names columns of the figure, such as ``@name``; one without a label is a title.
    """
    look = {"font": FONT, "ink": figure_style.INK, "quiet": figure_style.QUIET}
    return render("tips.html", rows=rows, **look)


def describe(plot: Any, text: str) -> None:
    """Say what a figure without a title shows; ``figures.js`` gives it this name."""
    plot.tags = [text]


def dress(plot: Any) -> None:
    """Take away what carries no information and set the type."""
    plot.stylesheets = [OWN_COLOURS]
    plot.toolbar_location = None
    plot.outline_line_color = None
    plot.background_fill_color = figure_style.PAPER
    plot.border_fill_color = figure_style.PAPER
    for axis in plot.axis:
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = axis.major_label_text_font_size = "13px"
        axis.axis_label_text_font = axis.major_label_text_font = FONT
        axis.major_label_text_color = axis.axis_label_text_color = figure_style.INK
        axis.minor_tick_line_color = None
    for grid in plot.grid:
        grid.grid_line_color = figure_style.FAINT


def plot_of_years(height: int, x_range: Range1d, title: str = "", label: str = "") -> figure:
    """Return an empty plot in the page's manner, named ``label`` for whoever looks for it."""
    made = figure(
        height=height,
        x_range=x_range,
        sizing_mode="stretch_width",
        tools="",
        title=title,
        min_border_left=LEFT,
        min_border_right=RIGHT,
        name=label,
    )
    dress(made)
    made.title.text_font_size, made.title.text_color = "13px", figure_style.INK
    made.axis.axis_line_color = "#999999"
    # Labelled at the beginnings of years only.
    made.xaxis.formatter = CustomJSTickFormatter(code="return Math.round(tick).toString()")
    made.xaxis.ticker.update(min_interval=1, num_minor_ticks=0)
    return made


def plot_of_lanes(
    lanes: Sequence[tuple[str, str]], x_range: Range1d, title: str, label: str
) -> tuple[figure, ColumnDataSource, Floats]:
    """Return a plot of lanes, names and colours from top to bottom.

    Beside it, the source of the names, whose ``x`` follows the axis, and the lanes' heights (n,).
    """
    made = plot_of_years(42 * len(lanes) + 58, x_range, title, label)
    made.y_range = Range1d(-0.6, len(lanes) - 0.25)
    made.yaxis.visible = False
    made.ygrid.grid_line_color = None
    rows = np.arange(len(lanes), dtype=float)[::-1]
    names = ColumnDataSource(
        {
            "x": [float(x_range.start)] * len(lanes),
            "y": rows + 0.3,
            "text": [name for name, _ in lanes],
            "colour": [colour for _, colour in lanes],
        }
    )
    made.text(
        "x", "y", "text", source=names, text_color="colour", text_font_size="12px",
        text_font_style="bold", text_baseline="middle", x_offset=2,
    )  # fmt: skip
    return made, names, rows - 0.15


def add_tips(
    plot: Any, marks: Sequence[Any], rows: Sequence[tuple[str, str]], mode: str = "mouse"
) -> None:
    """Let pointing at marks of a plot tell the rows; see :func:`tips`."""
    plot.add_tools(HoverTool(renderers=list(marks), tooltips=tips(rows), mode=mode))


def band(
    plot: Any,
    source: ColumnDataSource,
    name: str,
    colour: str,
    ends: Sequence[str] = (),
    **look: Any,
) -> Any:
    """Draw the column ``name`` over ``year`` and the band between two others; return the line."""
    low, high = ends or (f"{name}_low", f"{name}_high")
    legend = {key: value for key, value in look.items() if key == "legend_label"}
    fill = {"color": colour, "alpha": figure_style.BAND}
    plot.varea("year", low, high, source=source, **fill, **legend)
    return plot.line("year", name, source=source, line_color=colour, line_width=2.5, **look)


def draw_worlds(plot: Any, source: ColumnDataSource, worlds: Mapping[str, str]) -> list[Any]:
    """Draw two worlds, columns and their names, with bands and a legend; return the lines."""
    looks = ((figure_style.QUIET, "dashed"), (figure_style.BLUE, "solid"))
    lines = [
        band(plot, source, name, colour, legend_label=words, line_dash=dash)
        for (name, words), (colour, dash) in zip(worlds.items(), looks, strict=True)
    ]
    # In the upper left, where curves that rise leave room.
    plot.legend[0].update(
        location="top_left", label_text_font_size="13px", label_text_font=FONT,
        border_line_color=None, background_fill_alpha=0.8,
    )  # fmt: skip
    plot.xgrid.visible = False
    return lines


def side_by_side(slots: Sequence[Hashable], widths: Sequence[float]) -> Floats:
    """Return by how much marks (n,) are shifted, so that those of one slot share its width."""
    many, seen = Counter(slots), Counter[Hashable]()
    shares = []
    for slot in slots:
        shares.append((seen[slot] + 0.5) / many[slot])
        seen[slot] += 1
    return np.asarray(np.array(shares) * np.array(widths))


def legend_above(plot: Any, **look: Any) -> None:
    """Put the legend of a plot above it."""
    legend = plot.legend[0]
    legend.update(
        label_text_font_size="12px", padding=2, margin=2, glyph_height=14,
        label_height=14, border_line_color=None, **look,
    )  # fmt: skip
    plot.add_layout(legend, "above")
