"""How figures look: colours, type, axes in years, provenance, and how they are saved.

Nothing here touches matplotlib's global state, so that figures can be made in threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.core.calendar import month_index
from sim.core.errors import InputError
from sim.core.files import replacing
from sim.core.folders import make_folder
from sim.experiments.run_settings import stamp_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.experiments.run import RunTables
    from sim.report.run_summaries import Floats, Spread

# The palette of Okabe and Ito (2008), which readers with any common colour vision tell apart.
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
SKY, ORANGE, PURPLE = "#56B4E9", "#E69F00", "#CC79A7"
INK, QUIET, FAINT, PAPER = "#1b1b1b", "#555555", "#d9d9d9", "#ffffff"
CYCLE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)

TITLE_SIZE, LABEL_SIZE, TICK_SIZE, NOTE_SIZE, STAMP_SIZE = 15.0, 11.5, 10.5, 10.0, 7.5
BAND = 0.22
"""Opacity of bands of intervals."""

MAP_COLOURS = "viridis_r"

_SAVING = Lock()


def new_figure(width: float = 10.0, height: float = 5.8) -> Figure:
    """Return an empty figure of the given size in inches, without any window."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor=PAPER)
    FigureCanvasAgg(figure)
    return figure


def host_axes(
    ax: Axes | None, size: tuple[float, float], box: tuple[float, float, float, float]
) -> Axes:
    """Return the axes to draw on: those given, or new ones on a figure of their own.

    Parameters
    ----------
    ax
        Axes of the caller, or None.
    size
        Width and height of a new figure, in inches.
    box
        Left, bottom, width and height of new axes, as shares of the figure.
    """
    return ax if ax is not None else new_figure(*size).add_axes(box)


def panel(host: Axes, box: tuple[float, float, float, float]) -> Axes:
    """Return axes inside ``host``, at left, bottom, width and height as shares of it."""
    inner: Axes = host.inset_axes(box)
    return inner


def figure_of(ax: Axes) -> Figure:
    """Return the figure that axes belong to."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure")
    return figure


def years(run: RunTables, first: int, count: int) -> Floats:
    """Return the ends of months on an axis of years, from month ``first`` of the horizon on."""
    months = run.scenario.start_month + first + 1 + np.arange(count)
    return np.asarray(2000.0 + months / 12.0, dtype=np.float64)


def band(ax: Axes, run: RunTables, first: int, numbers: Spread, colour: str, label: str) -> None:
    """Draw the median of a monthly number as a line and its 90 % interval as a band."""
    x = years(run, first, len(numbers.median))
    ax.fill_between(x, numbers.low, numbers.high, color=colour, alpha=BAND, linewidth=0)
    ax.plot(x, numbers.median, color=colour, linewidth=2.2, label=label)


def set_title(ax: Axes, title: str, subtitle: str = "", *, left: float = 0.0) -> None:
    """Write a title, flush left, and a quieter line under it.

    ``left`` moves both, as a share of the axes' width: negative to stand above the labels of the
    y-axis.
    """
    for text, above, size, weight, colour in (
        (title, 26.0 if subtitle else 10.0, TITLE_SIZE, "bold", INK),
        (subtitle, 9.0, NOTE_SIZE, "normal", QUIET),
    ):
        ax.annotate(
            text,
            (left, 1.0),
            xytext=(0.0, above),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=size,
            fontweight=weight,
            color=colour,
            annotation_clip=False,
        )


def tidy(ax: Axes, *, grid: str = "y") -> None:
    """Take away what carries no information and set the type.

    Parameters
    ----------
    grid
        Axis that gets grid lines: ``x``, ``y`` or nothing.
    """
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color("#999999")
    ax.tick_params(labelsize=TICK_SIZE, color="#999999", labelcolor=INK)
    ax.xaxis.label.set(size=LABEL_SIZE, color=INK)
    ax.yaxis.label.set(size=LABEL_SIZE, color=INK)
    if grid:
        ax.grid(visible=True, axis="x" if grid == "x" else "y", color=FAINT, linewidth=0.8)
        ax.set_axisbelow(True)


def legend(ax: Axes, **options: object) -> None:
    """Draw a legend without a frame around it."""
    settings: dict[str, object] = {
        "loc": "upper left",
        "fontsize": NOTE_SIZE,
        "frameon": True,
        "framealpha": 0.85,
        "edgecolor": "none",
        "borderaxespad": 0.3,
        "handlelength": 1.6,
    }
    ax.legend(**(settings | options))


def year(month: str | int) -> float:
    """Return the start of a month on an axis of years: 2016-07 is 2016.5."""
    index = month_index(month) if isinstance(month, str) else month
    return 2000.0 + index / 12.0


def year_axis(ax: Axes, first: int, last: int) -> None:
    """Make the x-axis run from month ``first`` to the end of month ``last``, in whole years."""
    from matplotlib.ticker import MaxNLocator

    ax.set_xlim(year(first), year(last + 1))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")


def stamp_text(run: RunTables) -> str:
    """Return where a figure comes from: what was simulated, and the model's version."""
    return f"{stamp_words(run.simulated)} · model {run.manifest['model_version']}"


def stamp(figure: Figure, run: RunTables) -> None:
    """Write in small print at the lower edge where a figure comes from, once."""
    small_print(figure, stamp_text(run))


def small_print(figure: Figure, text: str) -> None:
    """Write a text in small print at the lower edge of a figure, once."""
    if all(other.get_text() != text for other in figure.texts):
        figure.text(
            0.995, 0.006, text, ha="right", va="bottom", fontsize=STAMP_SIZE, color="#6a6a6a"
        )


def save(figure: Figure, folder: str | Path, name: str, title: str) -> tuple[Path, Path]:
    """Write a figure as NAME.png (150 dpi) and NAME.svg, the same bytes for the same figure.

    Raises
    ------
    InputError, MachineError
        If the files cannot be written.
    """
    png, svg = Path(folder) / f"{name}.png", Path(folder) / f"{name}.svg"
    save_as(figure, png, title)
    save_as(figure, svg, title)
    return png, svg


def save_all(
    captions: Mapping[str, str], draw: Callable[[str], Axes], folder: str | Path
) -> list[Path]:
    """Draw figures and write each as PNG (150 dpi) and SVG.

    Parameters
    ----------
    captions
        The figures' names in order, with their captions.
    draw
        Draws the figure of a name.
    folder
        Where to; it is made if missing and files of the same names are replaced.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError, MachineError
        If the folder cannot be written to.
    """
    place = make_folder(folder)
    written: list[Path] = []
    for name, caption in captions.items():
        written += save(figure_of(draw(name)), place, name, caption)
    return written


def save_as(figure: Figure, path: str | Path, title: str) -> None:
    """Write a figure as PNG (150 dpi), SVG or PDF, whichever the path ends with.

    Raises
    ------
    InputError
        If the path has another ending or cannot be written.
    MachineError
        If the disk is full or fails.
    """
    from matplotlib import rc_context

    target = Path(path)
    form = target.suffix.lower().removeprefix(".")
    # No dates and no versions, so that the same figure gives the same bytes.
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Software": None, "Title": title},
        "svg": {"Date": None, "Title": title},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None, "Title": title},
    }
    if form not in metadata:
        raise InputError(
            "is not a kind of drawing that can be written",
            file=target,
            allowed="a file name ending in .png, .svg or .pdf",
        )
    # The salt fixes the identities inside the file; matplotlib takes it from its settings only.
    fixed: Any = {"svg.hashsalt": title, "svg.fonttype": "path"}
    with _SAVING, rc_context(fixed), replacing(target) as partial:
        figure.savefig(partial, format=form, dpi=150, metadata=metadata[form])
