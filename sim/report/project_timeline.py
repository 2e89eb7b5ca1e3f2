"""A biography as a figure: lanes of politics, ties and the project, with their key."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from sim.report import figure_style
from sim.report.biography import LANES, headline, life_of
from sim.report.event_phrases import EventDescriber
from sim.report.timeline_lanes import Lane, Mark, draw_key, draw_lanes, lanes_height
from sim.world import load_world

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.biography import Life
    from sim.world import World

WIDE, LEFT, PLOT_WIDTH, KEY_WIDTH = 12.6, 1.6, 5.2, 5.3
"""Inches: the figure, the margin for the names of lanes, the lanes and the key."""
LINE = 0.165
COLUMNS = 78


def draw_biography(
    events: pd.DataFrame,
    deal: str,
    replicate: int = 0,
    world: World | None = None,
    ax: Axes | None = None,
    note: str = "",
) -> Axes:
    """Draw the biography of a project: when it happened on the left, what on the right.

    Parameters
    ----------
    events, deal, replicate, world
        As for :func:`sim.report.biography.biography_of`.
    ax
        Axes to draw on.
    note
        Small print at the lower edge, such as where the run comes from.

    Raises
    ------
    InputError
        If there is no such run or project.
    """
    names = EventDescriber(load_world() if world is None else world)
    life = life_of(events, deal, replicate)
    lanes, key = _lanes_and_key(life, names)
    first, last = (figure_style.year(line.event.month) for line in (life.lines[0], life.lines[-1]))
    span = max(last - first, 1.0)
    scale = PLOT_WIDTH / (1.08 * span)
    deep = lanes_height(lanes, scale)
    height = max(deep, LINE * sum(1 + text.count("\n") for _, _, text in key))
    tall = height + 1.3
    box = (LEFT / WIDE, 0.55 / tall, PLOT_WIDTH / WIDE, height / tall)
    host = figure_style.host_axes(ax, (WIDE, tall), box)
    host.set_axis_off()
    left = figure_style.panel(host, (0.0, 1.0 - deep / height, 1.0, deep / height))
    draw_lanes(left, lanes, scale)
    left.set_xlim(first - 0.04 * span, first + 1.04 * span)
    left.grid(visible=True, axis="x", color="#cfcfcf", linewidth=0.8)
    left.set_axisbelow(True)
    _whole_years(left, span)
    aside = 1.0 + 0.2 / PLOT_WIDTH
    draw_key(
        figure_style.panel(host, (aside, 0.0, KEY_WIDTH / PLOT_WIDTH, 1.0)), key, LINE / height
    )
    what, how = headline(life, names)
    figure_style.set_title(host, what, how, left=-0.93 * LEFT / PLOT_WIDTH)
    words = f"{note} · " if note else ""
    words += f"project {life.project}, run {replicate}"
    figure = figure_style.figure_of(host)
    figure.text(0.995, 0.006, words, ha="right", fontsize=figure_style.STAMP_SIZE, color="#6a6a6a")
    return host


def _whole_years(ax: Axes, span: float) -> None:
    """Label years, or quarters of them where the life is short."""
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    ax.tick_params(axis="x", labelsize=figure_style.TICK_SIZE, length=3)
    ax.set_xlabel("year", fontsize=figure_style.LABEL_SIZE)


def _lanes_and_key(
    life: Life, names: EventDescriber
) -> tuple[list[Lane], list[tuple[int, str, str]]]:
    """Return the lanes that hold something, and the key of their numbers."""
    marks: dict[str, list[Mark]] = {lane: [] for lane in LANES}
    key = []
    for number, line in enumerate(life.lines, start=1):
        at = figure_style.year(line.event.month) + 1 / 24
        marks[line.lane].append(Mark(at, number))
        told = names.line_sentence(line.event, line.causes, life.project)
        text = wrap(f"{line.event.month}  {told}", COLUMNS, subsequent_indent=" " * 4)
        key.append((number, LANES[line.lane].colour, "\n".join(text)))
    lanes = [
        Lane(look.name, look.colour, tuple(marks[lane]))
        for lane, look in LANES.items()
        if marks[lane]
    ]
    return lanes, key
