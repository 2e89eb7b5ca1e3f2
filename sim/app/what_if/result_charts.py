"""The drawings of the tab: bands over time and the map of differences.

Figures are made once; a new result only puts new numbers into them.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, Range1d
from bokeh.plotting import figure

from sim.app.bokeh_style import drawn, dress, dress_legend, tips
from sim.app.tile_map import draw_borders, map_figure, write_codes
from sim.app.what_if.result_sentences import place_words, scale_of
from sim.report.compare_figures import diverging, symmetric
from sim.report.compare_text import amount
from sim.report.figure_style import BAND, BLUE, INK, PAPER, QUIET
from sim.report.tilemap import TILE, MapGeometry

if TYPE_CHECKING:
    import pandas as pd

    from sim.app.language import Translate
    from sim.app.what_if.paired_trial import TrialResult
    from sim.core.state import Array
    from sim.world import World

_WORLDS = ("baseline", "baseline_low", "baseline_high", "what_if", "what_if_low", "what_if_high")
_COLUMNS = (*_WORLDS, "difference", "low", "high")


class BandChart:
    """Draw both worlds over time, and under them their difference."""

    def __init__(self, _: Translate) -> None:
        # Something to begin with, so that the axes have ends.
        empty = {name: [0.0, 0.0] for name in _COLUMNS}
        self.source = ColumnDataSource({"year": [2000.0, 2021.0], **empty})
        self.years = Range1d(2000.0, 2021.0)
        self.worlds, self.gap = self._figure(290), self._figure(200)
        for name, words, colour, dash in (
            ("baseline", _("Compared with"), QUIET, "dashed"),
            ("what_if", _("What if"), BLUE, "solid"),
        ):
            look = {"line_dash": dash, "legend_label": words}
            self._band(self.worlds, (name, f"{name}_low", f"{name}_high"), colour, **look)
        dress_legend(self.worlds.legend[0])
        line = self._band(self.gap, ("difference", "low", "high"), BLUE)
        self.gap.line([1990.0, 2070.0], [0.0, 0.0], line_color=INK)
        self.gap.xaxis.axis_label = _("year")
        rows = [(_("year"), "@year{0.0}"), (_("difference"), "@difference{0,0.00}")]
        self.gap.add_tools(HoverTool(renderers=[line], tooltips=tips(rows), mode="vline"))

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

    def _band(self, plot: Any, columns: tuple[str, str, str], colour: str, **look: Any) -> Any:
        """Draw a mean and the band around it; return the line."""
        mean, low, high = columns
        legend = {name: text for name, text in look.items() if name == "legend_label"}
        fill = {"fill_color": colour, "fill_alpha": BAND}
        plot.varea("year", low, high, source=self.source, **fill, **legend)
        return plot.line(
            "year", mean, source=self.source, line_color=colour, line_width=2.5, **look
        )

    @drawn
    def show(self, bands: pd.DataFrame, outcome: str, label: str) -> None:
        """Put an outcome's numbers into the drawing."""
        columns = {name: scale_of(outcome) * bands[name].to_numpy() for name in _COLUMNS}
        years = bands["year"].to_numpy()
        self.source.data = {"year": years, **columns}
        self.years.start, self.years.end = years[0] - 1 / 12, years[-1]
        for plot in (self.worlds, self.gap):
            plot.yaxis.axis_label = label


class DifferenceMap:
    """Draw where an outcome is higher or lower, a tile a locality."""

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
        rows, columns = sheet.labels.shape
        aspect = (columns + 1.4) / (rows + 1.4)
        size = {"aspect_ratio": aspect, "min_width": 200, "max_width": 720}
        self.plot = plot = map_figure(sheet, PAPER, **size)
        line = {"line_color": "#9a9a9a", "line_width": 0.5}
        tiles = plot.rect("x", "y", TILE, TILE, source=self.source, fill_color="colour", **line)
        # Patterns of Bokeh's own cost a browser a second or two for as many tiles.
        line = {"line_color": "#333333", "line_alpha": 0.55}
        plot.segment("x0", "y0", "x1", "y1", source=self.hatching, **line)
        draw_borders(plot, sheet)
        write_codes(plot, world)
        tooltip = tips([(_("Locality"), "@name, @country"), (_("Difference"), "@difference_text")])
        plot.add_tools(HoverTool(renderers=[tiles], tooltips=tooltip))

    @drawn
    def show(self, result: TrialResult, outcome: str) -> str:
        """Put an outcome's differences on the map; return its key as HTML."""
        rows = result.places(outcome).set_index("locality").loc[self.codes]
        gaps = scale_of(outcome) * rows["difference"].fillna(0.0).to_numpy()
        largest = float(np.abs(gaps).max(initial=0.0))
        sure = rows["distinguishable"].to_numpy()
        colour, words = colours(gaps, sure, largest), place_words(rows, outcome, self._)
        self.source.patch(
            {"colour": [(slice(None), colour)], "difference_text": [(slice(None), words)]}
        )
        unsure = (rows["share_equal"].to_numpy() < 1) & ~sure
        x, y = (np.asarray(self.source.data[name])[unsure] for name in ("x", "y"))
        self.hatching.data = hatching(x, y)
        return self._key(largest)

    def _key(self, largest: float) -> str:
        """Return what the colours and the hatching mean."""
        ramp = ",".join(colours(np.linspace(-1.0, 1.0, 9), np.ones(9, dtype=bool), 1.0))
        low, high = amount(-largest, signed=True), amount(largest, signed=True)
        unsure = escape(self._("cannot be told from no difference"))
        return (
            f'<div class="key"><span>{low}</span>'
            f'<span class="ramp" style="background: linear-gradient(to right, {ramp})"></span>'
            f'<span>{high}</span><span class="box hatched"></span><span>{unsure}</span>'
            f'<span class="box"></span><span>{escape(self._("equal in all runs"))}</span></div>'
        )


def hatching(x: Array, y: Array) -> dict[str, Array]:
    """Return three slanting lines across each tile around (x, y), as columns for segments."""
    half = TILE / 2
    low, high = np.array([-half, -half, 0.0]), np.array([0.0, half, half])
    x, y = x[:, None], y[:, None]
    ends = {"x0": x + low, "y0": y + high, "x1": x + high, "y1": y + low}
    return {name: values.ravel() for name, values in ends.items()}


def colours(gaps: Array, sure: Array, largest: float) -> list[str]:
    """Return the colour of each difference on a scale up to ``largest``; unsure ones are paler."""
    shades = diverging()(np.ma.getdata(symmetric(largest)(gaps)))[:, :3]
    shades[~sure] = 0.4 * shades[~sure] + 0.6
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.rint(255 * shades).astype(int).tolist()]
