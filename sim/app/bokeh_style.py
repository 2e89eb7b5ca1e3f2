"""What the figures of the page have in common: their look, and how they are changed."""

from __future__ import annotations

from functools import wraps
from html import escape
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import panel as pn
from bokeh.models import CustomJSTickFormatter
from bokeh.plotting import figure

from sim.report import figure_style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bokeh.models import Range1d

P = ParamSpec("P")
R = TypeVar("R")

FONT = "system-ui, sans-serif"
LEFT, RIGHT = 52, 14
"""Pixels beside every plot, the same for all so that years stand under one another."""


def drawn(method: Callable[P, R]) -> Callable[P, R]:
    """Let a method change figures, whoever calls it.

    Clicks are handled without the lock of the visitor's document, and while it is writing to the
    browser it refuses what changes in a figure. What such a method changes is held and sent as
    one when it is done.
    """

    @wraps(method)
    def held(*given: P.args, **named: P.kwargs) -> R:
        with pn.io.hold():
            return method(*given, **named)

    return held


def tips(rows: Sequence[tuple[str, str]]) -> str:
    """Return what pointing tells, as HTML that Bokeh fills in; it escapes what it fills in.

    Parameters
    ----------
    rows
        Labels and values; a value names columns of the figure, such as ``@name``. One without a
        label is a title.
    """
    parts = []
    for label, value in rows:
        if label:
            look = f"color:{figure_style.QUIET};text-align:right"
            parts.append(f'<div style="{look}">{escape(label)}</div><div>{value}</div>')
        else:
            parts.append(f'<div style="grid-column:1/3;font-weight:600">{value}</div>')
    grid = "display:grid;grid-template-columns:auto 1fr;gap:2px 8px;max-width:21rem"
    return f'<div style="{grid};font:13px {FONT};color:{figure_style.INK}">{"".join(parts)}</div>'


def dress(plot: Any) -> None:
    """Take away what carries no information and set the type."""
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


def dress_legend(legend: Any) -> None:
    """Set the type of a legend in the upper left, where curves that rise leave room."""
    legend.location = "top_left"
    legend.label_text_font_size = "13px"
    legend.label_text_font = FONT
    legend.border_line_color = None
    legend.background_fill_alpha = 0.8


def plot_of_years(height: int, x_range: Range1d, title: str, label: str) -> figure:
    """Return an empty plot in the page's manner, described for screen readers."""
    made = figure(
        height=height,
        x_range=x_range,
        sizing_mode="stretch_width",
        toolbar_location=None,
        tools="",
        title=title,
        min_border_left=LEFT,
        min_border_right=RIGHT,
        background_fill_color=figure_style.PAPER,
        border_fill_color=None,
        outline_line_color=None,
        css_classes=["case-plot"],
        name=label,
    )
    made.title.text_font_size, made.title.text_color = "13px", figure_style.INK
    made.axis.major_label_text_font_size = "12px"
    made.axis.major_label_text_color = figure_style.INK
    made.axis.axis_line_color = "#999999"
    made.axis.minor_tick_line_color = None
    made.axis.axis_label_text_font_style = "normal"
    made.axis.axis_label_text_color = figure_style.INK
    made.grid.grid_line_color = figure_style.FAINT
    made.xaxis.formatter = CustomJSTickFormatter(code="return Math.round(tick).toString()")
    made.xaxis.ticker.min_interval = 1
    made.xaxis.ticker.num_minor_ticks = 0
    return made
