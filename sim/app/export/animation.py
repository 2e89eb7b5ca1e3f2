"""A recorded world as a moving picture of its map: GIF, or MP4 where ffmpeg is installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.app.labels import labels
from sim.app.language import Language
from sim.app.watch.map_measures import MEASURES, measured
from sim.core.calendar import month_name
from sim.core.errors import InputError
from sim.core.files import write_bytes
from sim.report import figure_style
from sim.report.display_names import Names
from sim.report.tilemap import ZERO, draw_tilemap

if TYPE_CHECKING:
    from sim.app.export.run_recorder import RunRecorder
    from sim.app.language import Translate

EVERY = 3
"""Months from one picture to the next."""
FRAMES_A_SECOND = 8
DPI = 80


def write_animation(
    recorder: RunRecorder, path: Path, measure: str = "trust", language: str = "en"
) -> Path:
    """Draw every third month of a recorded world, and the last, into a file; return its path.

    ``language`` is one of those of the page.

    Raises
    ------
    InputError
        If the file's name ends in neither ``.gif`` nor ``.mp4``, ffmpeg is missing for the latter,
        or the file cannot be written.
    """
    import tempfile

    from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter

    writers: dict[str, type[Any]] = {".gif": PillowWriter, ".mp4": FFMpegWriter}
    suffix = path.suffix.lower()
    if suffix not in writers:
        raise InputError("is no moving picture", file=path, allowed="a name ending in .gif or .mp4")
    if not writers[suffix].isAvailable():
        raise InputError(
            "needs the program ffmpeg, which is not found",
            file=path,
            allowed="a name ending in .gif, or ffmpeg on the search path",
        )
    frames = [*recorder.frames[-1::-EVERY]][::-1]
    figure, update = _drawing(recorder, measure, Language(language, recorder.world).text)
    moving = FuncAnimation(
        figure, update, frames=frames, init_func=lambda: (), cache_frame_data=False
    )
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / f"world{suffix}"
        moving.save(part, writer=writers[suffix](fps=FRAMES_A_SECOND), dpi=DPI)
        write_bytes(path, part.read_bytes())
    return path


def _drawing(recorder: RunRecorder, measure: str, _: Translate) -> tuple[Any, Any]:
    """Return the figure of a measure's map, and a function that shows a frame on it."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize, to_rgba

    names = Names(recorder.world, _)
    norm = Normalize(*MEASURES[measure])
    scale = ScalarMappable(norm, figure_style.MAP_COLOURS)

    def values(frame: Any) -> pd.Series:
        return pd.Series(measured(recorder, frame, measure)[0], recorder.places)

    ax = figure_style.host_axes(None, (7.0, 7.8), (0.01, 0.01, 0.98, 0.93))
    sheet = draw_tilemap(
        ax,
        recorder.world,
        values(recorder.frames[0]),
        cmap=figure_style.MAP_COLOURS,
        norm=norm,
        label=labels("measure_units", _)[measure],
        kind="map",
    )
    tiles: Any = ax.collections[0]
    title = ax.set_title("", loc="left", fontsize=12)

    def update(frame: Any) -> tuple[Any, ...]:
        shown = values(frame).reindex(sheet.codes).to_numpy()
        colours = scale.to_rgba(shown)
        colours[shown == 0] = to_rgba(ZERO)
        tiles.set_facecolor(colours)
        title.set_text(
            f"{_(recorder.scenario.title)} · {labels('measures', _)[measure]} · "
            f"{names.month(month_name(frame.month))}"
        )
        return tiles, title

    return figure_style.figure_of(ax), update
