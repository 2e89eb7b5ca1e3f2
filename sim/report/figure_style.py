"""How figures look: colours, type, axes in years and of rows, provenance, and how they are saved.

Nothing here touches matplotlib's global state, so that figures can be made in threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.core.calendar import month_index
from sim.core.errors import InputError
from sim.core.files import replacing
from sim.core.folders import make_folder
from sim.experiments.run_settings import stamp_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image

    from sim.experiments.comparison.paired_comparison import ComparisonTables
    from sim.experiments.run import RunTables

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, bottom, width and height, as shares of what it lies in."""
Look = tuple[str, str]
"""Colour and form of a mark."""

# The palette of Okabe and Ito (2008), which readers with any common colour vision tell apart.
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
SKY, ORANGE, PURPLE = "#56B4E9", "#E69F00", "#CC79A7"
INK, QUIET, FAINT, PAPER = "#1b1b1b", "#555555", "#d9d9d9", "#ffffff"
CYCLE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)

TITLE_SIZE, LABEL_SIZE, TICK_SIZE, NOTE_SIZE, STAMP_SIZE = 15.0, 11.5, 10.5, 10.0, 7.5
DPI = 150
"""Pixels of an inch of a drawing in PNG."""
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


def host_axes(ax: Axes | None, size: tuple[float, float], box: Box) -> Axes:
    """Return the axes given, or new ones in a box of a figure of their own, its size in inches."""
    return ax if ax is not None else new_figure(*size).add_axes(box)


def panels(
    ax: Axes | None, size: tuple[float, float], box: Box, parts: Iterable[Box]
) -> tuple[Axes, list[Axes]]:
    """Return axes as from :func:`host_axes` that show only the panels inside them, and these."""
    host = host_axes(ax, size, box)
    host.set_axis_off()
    return host, [host.inset_axes(part) for part in parts]


def columns(count: int, gap: float) -> list[Box]:
    """Return boxes side by side, with gaps of a share of the whole between them."""
    width = (1.0 - gap * (count - 1)) / count
    return [(i * (width + gap), 0.0, width, 1.0) for i in range(count)]


def figure_of(ax: Axes) -> Figure:
    """Return the figure that axes belong to."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure")
    return figure


def set_title(
    ax: Axes, title: str, subtitle: str = "", *, left: float = 0.0, source: str = ""
) -> None:
    """Write a title, flush left, a quieter line under it, and at the figure's foot its source.

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
    if source:
        small_print(ax, source)


def small_print(ax: Axes, text: str) -> None:
    """Write a text in small print at the lower edge of the axes' figure, once."""
    figure = figure_of(ax)
    if all(other.get_text() != text for other in figure.texts):
        look: dict[str, Any] = {"ha": "right", "va": "bottom", "color": "#6a6a6a"}
        figure.text(0.995, 0.006, text, fontsize=STAMP_SIZE, **look)


def stamp_text(result: RunTables | ComparisonTables, runs: str = "replicate") -> str:
    """Return where a figure comes from: what was simulated, and the model's version."""
    return f"{stamp_words(result.simulated, runs)} · model {result.manifest['model_version']}"


def tidy(ax: Axes, *, grid: str = "y") -> None:
    """Take away what carries no information, set the type, and draw a grid along ``x`` or ``y``."""
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


def month_ends(first: int, count: int) -> Floats:
    """Return the ends of months on an axis of years, from month ``first`` since 2000 on."""
    return np.asarray(2000.0 + (first + 1 + np.arange(count)) / 12.0, dtype=np.float64)


def year_axis(ax: Axes, first: int, last: int) -> None:
    """Make the x-axis run from month ``first`` to the end of month ``last``, in whole years."""
    ax.set_xlim(year(first), year(last + 1))
    whole_years(ax, 12)


def whole_years(ax: Axes, most: int) -> None:
    """Mark at most so many years on the x-axis."""
    ax.locator_params(axis="x", nbins=most, integer=True, steps=[1, 2, 5, 10])
    ax.xaxis.set_major_formatter("{x:.0f}")


def band(
    ax: Axes, x: Any, numbers: tuple[Any, Any, Any], colour: str, label: str | None = None
) -> None:
    """Draw a number over time as a line, and its interval as a band; the number comes first."""
    middle, low, high = numbers
    ax.fill_between(x, low, high, color=colour, alpha=BAND, linewidth=0)
    ax.plot(x, middle, color=colour, linewidth=2.2, label=label)


def row_axes(
    ax: Axes | None,
    count: int,
    row: float,
    margins: tuple[float, float],
    *,
    left: float,
    right: float = 0.03,
    width: float = 10.0,
) -> Axes:
    """Return axes for rows with names at their left, on a figure that is as high as they need.

    ``row`` and ``margins``, above and below the rows, are inches, ``left`` and ``right`` shares of
    the width. There is room for three rows at least.
    """
    above, below = margins
    inner = row * max(count, 3)
    height = inner + above + below
    box = (left, below / height, 1.0 - left - right, inner / height)
    return host_axes(ax, (width, height), box)


def name_rows(
    ax: Axes, names: Sequence[str], at: Any = None, *, size: float = TICK_SIZE, room: float = 0.65
) -> None:
    """Name the rows of axes from the top down, at 0, 1, 2 … unless ``at`` says otherwise."""
    rows = np.arange(len(names)) if at is None else at
    ax.set_yticks(rows, names)
    ax.set_ylim(max([*rows], default=0) + room, -room)
    tidy(ax, grid="x")
    ax.tick_params(axis="y", length=0, labelsize=size)


def draw_intervals(
    ax: Axes, at: Any, low: Any, high: Any, middle: Any, look: Look, *, label: str | None = None,
    width: float = 1.8, size: float = 6.0, **mark: Any,
) -> None:  # fmt: skip
    """Draw a line from low to high on each row, and a mark where the number lies on it."""
    colour, form = look
    ax.hlines(at, low, high, color=colour, linewidth=width)
    ax.plot(middle, at, form, color=colour, markersize=size, label=label, **mark)


def told_apart(
    which: Any, words: tuple[str, str], other: Look = (ORANGE, "s"), one: Look = (BLUE, "o")
) -> Iterator[tuple[npt.NDArray[np.bool_], Look, str]]:
    """Yield which rows are of a kind and which are not, with look and words that count them."""
    mask = np.asarray(which, dtype=bool)
    for rows, look, text in ((mask, one, words[0]), (~mask, other, words[1])):
        yield rows, look, text.format(int(rows.sum()))


def save_all(
    draw: Callable[[str], Axes], captions: Mapping[str, str], folder: str | Path, form: str
) -> list[Path]:
    """Draw the figure of each caption's name, write it as NAME.png or NAME.svg; return the files.

    The folder is made if missing; files of the same names are replaced.

    InputError or MachineError if the folder cannot be written to.
    """
    place = make_folder(folder)
    return [
        save_as(figure_of(draw(name)), place / f"{name}.{form}", caption)
        for name, caption in captions.items()
    ]


def save_as(figure: Figure, path: str | Path, title: str) -> Path:
    """Write a figure as PNG (150 dpi), SVG or PDF, whichever the path ends with; return the path.

    The same figure gives the same bytes.

    InputError if the path has another ending or cannot be written. MachineError if the disk is full
    or fails.
    """
    from matplotlib import rc_context

    target = Path(path)
    form = target.suffix.lower().removeprefix(".")
    # No dates and no versions, so that the same figure gives the same bytes.
    metadata: dict[str, dict[str, Any]] = {
        "png": {},
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
        if form == "png":
            _write_png(figure, partial, title)
        else:
            figure.savefig(partial, format=form, dpi=DPI, metadata=metadata[form])
    return target


def _write_png(figure: Figure, path: Path, title: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL.PngImagePlugin import PngInfo

    before = figure.canvas, figure.dpi
    try:
        figure.dpi = DPI
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        image = _paletted(np.asarray(canvas.buffer_rgba()))
    finally:
        figure.set_canvas(before[0])
        figure.dpi = before[1]
    words = PngInfo()
    words.add_text("Title", title)
    image.save(path, pnginfo=words, dpi=(DPI, DPI))


_EXACT = 176
"""Colours of a palette of 256 that a drawing keeps as they are."""


def _paletted(pixels: npt.NDArray[np.uint8]) -> Image:
    """Return an opaque drawing with a palette: a third of the bytes, and quicker to write.

    The most frequent colours stay as they are. What is left, at the rims of letters and lines and
    in scales of colour, takes the nearest of them or of some that are spread over it.
    """
    from PIL.Image import fromarray

    flat = pixels.view(np.uint32).ravel()
    # Most pixels are like their neighbours, so few are looked at.
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(starts, append=flat.size)
    colours, which = np.unique(flat[starts], return_inverse=True)
    often = np.argsort(-np.bincount(which, weights=lengths), kind="stable")
    parts = colours.view(np.uint8).reshape(-1, 4)[:, :3].astype(np.float32)
    palette = parts[often[:_EXACT]]
    if len(often) > _EXACT:
        rest = fromarray(parts[often[_EXACT:]].astype(np.uint8)[np.newaxis])
        spread = rest.quantize(256 - _EXACT).getpalette() or []
        palette = np.vstack([palette, np.reshape(spread, (-1, 3))]).astype(np.float32)
    # The nearest has the largest product less half its own square.
    nearest = (parts @ palette.T - (palette**2).sum(axis=1) / 2).argmax(axis=1).astype(np.uint8)
    image = fromarray(np.repeat(nearest[which], lengths).reshape(pixels.shape[:2]), "P")
    image.putpalette(palette.astype(np.uint8).tobytes())
    return image
