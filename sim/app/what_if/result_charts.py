"""The drawings of the tab: bands over time and the map of differences.

Figures are made once; a new result only puts new numbers into them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, HoverTool, Range1d
from bokeh.plotting import figure

from sim.app.bokeh_style import FONT, drawn, dress, dress_legend, tips
from sim.app.language import Translate
from sim.app.what_if.downloads import scale_of
from sim.report import figure_style
from sim.report.compare_figures import diverging, symmetric
from sim.report.compare_text import amount
from sim.report.label_placement import Room, code_boxes
from sim.report.tilemap import TILE, MapGeometry

if TYPE_CHECKING:
    import pandas as pd

    from sim.app.what_if.paired_results import OutcomeBands, Shown
    from sim.core.state import Array
    from sim.world import World

Labels = tuple[tuple[float, float, str], ...]
_COLUMNS = (
    "baseline",
    "baseline_low",
    "baseline_high",
    "what_if",
    "what_if_low",
    "what_if_high",
    "difference",
    "low",
    "high",
)


class BandChart:
    """Draw both worlds over time, and under them their difference.

    Parameters
    ----------
    _
        Translates.
    """

    def __init__(self, _: Translate) -> None:
        # Something to begin with, so that the axes have ends.
        empty = {name: [0.0, 0.0] for name in _COLUMNS}
        self.source = ColumnDataSource({"year": [2000.0, 2021.0], **empty})
        self.years = Range1d(2000.0, 2021.0)
        self.worlds = self._figure(290)
        for name, words, colour, dash in (
            ("baseline", _("Compared with"), figure_style.QUIET, "dashed"),
            ("what_if", _("What if"), figure_style.BLUE, "solid"),
        ):
            self.worlds.varea(
                "year",
                f"{name}_low",
                f"{name}_high",
                source=self.source,
                fill_color=colour,
                fill_alpha=figure_style.BAND,
                legend_label=words,
            )
            self.worlds.line(
                "year",
                name,
                source=self.source,
                line_color=colour,
                line_dash=dash,
                line_width=2.5,
                legend_label=words,
            )
        dress_legend(self.worlds.legend[0])
        self.gap = self._figure(200)
        self.gap.varea(
            "year",
            "low",
            "high",
            source=self.source,
            fill_color=figure_style.BLUE,
            fill_alpha=figure_style.BAND,
        )
        line = self.gap.line(
            "year", "difference", source=self.source, line_color=figure_style.BLUE, line_width=2.5
        )
        self.gap.line([1990.0, 2070.0], [0.0, 0.0], line_color=figure_style.INK)
        self.gap.xaxis.axis_label = _("year")
        tooltip_rows = [(_("year"), "@year{0.0}"), (_("difference"), "@difference{0,0.00}")]
        self.gap.add_tools(HoverTool(renderers=[line], tooltips=tips(tooltip_rows), mode="vline"))

    def _figure(self, height: int) -> Any:
        plot = figure(
            height=height,
            sizing_mode="stretch_width",
            min_width=200,
            x_range=self.years,
            tools="",
        )
        dress(plot)
        plot.xgrid.visible = False
        plot.min_border_top = 12
        return plot

    @drawn
    def show(self, bands: OutcomeBands, outcome: str, label: str) -> None:
        """Put an outcome's numbers into the drawing."""
        scale = scale_of(outcome)
        columns = {name: scale * getattr(bands, name) for name in _COLUMNS}
        self.source.data = {"year": bands.year, **columns}
        self.years.start, self.years.end = bands.year[0] - 1 / 12, bands.year[-1]
        for plot in (self.worlds, self.gap):
            plot.yaxis.axis_label = label


class DifferenceMap:
    """Draw where an outcome is higher or lower, a tile a locality.

    Parameters
    ----------
    world
        The tables.
    _
        Translates.
    """

    def __init__(self, world: World, _: Translate) -> None:
        self._ = _
        sheet = MapGeometry(world.localities, world.grid)
        self.codes = sheet.codes
        names = world.countries.set_index("iso3")["name"]
        self.source = ColumnDataSource(
            {
                "x": sheet.columns,
                "y": sheet.rows,
                "name": world.localities["name"].tolist(),
                "country": names.loc[world.localities["iso3"]].tolist(),
                "colour": ["#ffffff"] * len(self.codes),
                "difference_text": [""] * len(self.codes),
            }
        )
        self.hatching = ColumnDataSource({name: [] for name in ("x0", "y0", "x1", "y1")})
        self.labels = ColumnDataSource({"x": [0.0], "y": [0.0], "code": [""]})
        self.plot = self._figure(sheet)

    def _figure(self, sheet: MapGeometry) -> Any:
        width, height = sheet.columns.max() + 2.4, sheet.rows.max() + 2.4
        plot = figure(
            sizing_mode="scale_width",
            aspect_ratio=width / height,
            min_width=200,
            max_width=720,
            x_range=Range1d(-1.2, width - 1.2),
            y_range=Range1d(height - 1.2, -1.2),
            tools="",
        )
        dress(plot)
        plot.axis.visible = False
        plot.grid.visible = False
        tiles = plot.rect(
            "x",
            "y",
            TILE,
            TILE,
            source=self.source,
            fill_color="colour",
            line_color="#9a9a9a",
            line_width=0.5,
        )
        # Patterns of Bokeh's own cost a browser a second or two for as many tiles.
        plot.segment(
            "x0", "y0", "x1", "y1", source=self.hatching, line_color="#333333", line_alpha=0.55
        )
        lines = np.array(sheet.outlines())
        plot.multi_line(
            lines[:, :, 0].tolist(), lines[:, :, 1].tolist(), line_color="#3a3a3a", line_width=1.2
        )
        self._write_codes(plot)
        tooltip_rows = [
            (self._("Locality"), "@name, @country"),
            (self._("Difference"), "@difference_text"),
        ]
        plot.add_tools(HoverTool(renderers=[tiles], tooltips=tips(tooltip_rows)))
        return plot

    def _write_codes(self, plot: Any) -> None:
        plot.text(
            "x",
            "y",
            "code",
            source=self.labels,
            text_align="center",
            text_baseline="middle",
            text_font_size="10px",
            text_font_style="bold",
            text_font=value(FONT),
            text_color=figure_style.INK,
            text_outline_color=figure_style.PAPER,
        )

    @drawn
    def show(self, shown: Shown, outcome: str) -> tuple[str, str]:
        """Put an outcome's differences on the map; return the ends of the scale as words."""
        scale = scale_of(outcome)
        rows = shown.places(outcome).set_index("locality").loc[self.codes]
        gaps = scale * rows["difference"].fillna(0.0).to_numpy()
        largest = float(np.abs(gaps).max(initial=0.0))
        sure = rows["distinguishable"].to_numpy()
        differs = rows["share_equal"].to_numpy() < 1
        self.source.patch(
            {
                "colour": [(slice(None), colours(gaps, sure, largest))],
                "difference_text": [(slice(None), place_words(rows, scale, self._))],
            }
        )
        unsure = differs & ~sure
        self.hatching.data = hatching(
            np.asarray(self.source.data["x"])[unsure], np.asarray(self.source.data["y"])[unsure]
        )
        return amount(-largest, signed=True), amount(largest, signed=True)

    @drawn
    def name_countries(self, labels: Labels) -> None:
        """Write the codes of countries where :func:`country_labels` found room."""
        x, y, codes = (list(part) for part in zip(*labels, strict=True))
        self.labels.data = {"x": x, "y": y, "code": codes}


@cache
def country_labels(world: World) -> Labels:
    """Return place and text of each country's code; finding room takes a second, once."""
    sheet = MapGeometry(world.localities, world.grid)
    boxes = code_boxes(Room(sheet.labels), sheet.names, 7.0, 12.0, inside=False)
    return tuple((float(box.x), float(box.y), sheet.names[i]) for i, box, _ in boxes)


def hatching(x: Array, y: Array) -> dict[str, Array]:
    """Return three slanting lines across each tile, as columns for segments.

    Parameters
    ----------
    x, y
        Centres of the tiles, shape (tiles,).
    """
    half = TILE / 2
    low, high = np.array([-half, -half, 0.0]), np.array([0.0, half, half])
    x, y = x[:, None], y[:, None]
    ends = {"x0": x + low, "y0": y + high, "x1": x + high, "y1": y + low}
    return {name: values.ravel() for name, values in ends.items()}


def colours(gaps: Array, sure: Array, largest: float) -> list[str]:
    """Return the colour of each difference; what may be none is paler.

    Parameters
    ----------
    gaps, sure
        Differences, and whether each can be told from none.
    largest
        Size of difference at both ends of the scale.
    """
    from matplotlib.colors import to_hex

    shades = diverging()(np.ma.getdata(symmetric(largest)(gaps)))
    shades[~sure, :3] = 0.4 * shades[~sure, :3] + 0.6
    return [to_hex(shade) for shade in shades]


def scale_colours() -> list[str]:
    """Return nine colours of the scale, from its lower to its upper end."""
    return colours(np.linspace(-1.0, 1.0, 9), np.ones(9, dtype=bool), 1.0)


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    yield from frame.itertuples()


def place_words(rows: pd.DataFrame, scale: float, _: Translate) -> list[str]:
    """Return the difference at each place with its interval and whether it is sure."""
    found = []
    for row in _rows(rows):
        if row.share_equal == 1.0:
            found.append(_("equal in all runs"))
            continue
        gap, low, high = (
            amount(scale * float(v), signed=True) for v in (row.difference, row.low, row.high)
        )
        sure = _("told from none") if row.distinguishable else _("cannot be told from none")
        found.append(f"{gap} ({low} … {high}), {sure}")
    return found
