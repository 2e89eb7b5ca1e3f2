"""The bands over time and the map of differences: a new result puts new numbers into them."""

from __future__ import annotations

from textwrap import shorten

import numpy as np
import pandas as pd
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, Range1d

from sim.app.bokeh_style import add_tips, band, draw_worlds, drawn, plot_of_years
from sim.app.html_text import render
from sim.app.language import Translate
from sim.app.tile_map import border_lines, code_labels, draw_labels, label_columns, map_figure
from sim.app.what_if.paired_trial import TrialResult
from sim.app.what_if.result_sentences import place_words, scale_of
from sim.core.state import Array
from sim.report.amount_words import amount
from sim.report.compare_figures import diverging, symmetric
from sim.report.display_names import Names
from sim.report.figure_style import BLUE, INK, PAPER
from sim.report.map_geometry import TILE, MapGeometry
from sim.report.tilemap import OUTLINE
from sim.world import World

_WORLDS = ("baseline", "baseline_low", "baseline_high", "what_if", "what_if_low", "what_if_high")
_COLUMNS = (*_WORLDS, "difference", "p05", "p95")
_TOLD = ("difference", "cases", "raised", "lowered")
"""What is said of a locality under the pointer."""

LEGEND_CHARACTERS = 44
"""Longest name of a world in the legend."""


class BandChart:
    """Draw both worlds over time, and under them their difference."""

    def __init__(self, _: Translate) -> None:
        # Something to begin with, so that the axes have ends.
        empty = {name: [0.0, 0.0] for name in _COLUMNS}
        self.source = ColumnDataSource({"year": [2000.0, 2021.0], "month": ["", ""], **empty})
        self.years = Range1d(2000.0, 2021.0)
        self.worlds, self.gap = plot_of_years(290, self.years), plot_of_years(200, self.years)
        draw_worlds(self.worlds, self.source, {"baseline": "baseline", "what_if": "what if"})
        line = band(self.gap, self.source, "difference", BLUE, ("p05", "p95"))
        self.gap.line([1990.0, 2070.0], [0.0, 0.0], line_color=INK)
        self.gap.xgrid.visible = False
        self.gap.xaxis.axis_label = _("year")
        rows = [(_("When"), "@month"), (_("difference"), "@difference{0,0.00}")]
        add_tips(self.gap, [line], rows, "vline")

    @drawn
    def show(self, bands: pd.DataFrame, outcome: str, label: str, worlds: tuple[str, str]) -> None:
        """Put an outcome's numbers into the drawing, both worlds under their names."""
        for item, name in zip(self.worlds.legend[0].items, worlds, strict=True):
            item.label = value(shorten(name, LEGEND_CHARACTERS, placeholder="…"))
        columns = {name: scale_of(outcome) * bands[name].to_numpy() for name in _COLUMNS}
        years = bands["year"].to_numpy()
        self.source.data = {"year": years, "month": bands["month"].tolist(), **columns}
        self.years.start, self.years.end = years[0] - 1 / 12, years[-1]
        for plot in (self.worlds, self.gap):
            plot.yaxis.axis_label = label


class DifferenceMap:
    """Draw where an outcome is higher or lower, a tile a locality."""

    def __init__(self, world: World, _: Translate) -> None:
        self._ = _
        sheet = MapGeometry(world.localities, world.grid)
        self.codes = sheet.codes
        names = Names(world)
        self.source = ColumnDataSource(
            {
                "x": sheet.columns,
                "y": sheet.rows,
                "name": world.localities["name"].tolist(),
                "country": [names.country(code) for code in world.localities["iso3"]],
                "colour": ["#ffffff"] * len(self.codes),
                **{f"{name}_text": [""] * len(self.codes) for name in _TOLD},
            }
        )
        self.hatching = ColumnDataSource({name: [] for name in ("x0", "y0", "x1", "y1")})
        down, across = sheet.labels.shape
        size = {"aspect_ratio": (across + 1.4) / (down + 1.4), "min_width": 200, "max_width": 720}
        self.plot = plot = map_figure(sheet, PAPER, **size)
        line = {"line_color": "#9a9a9a", "line_width": 0.5}
        tiles = plot.rect("x", "y", TILE, TILE, source=self.source, fill_color="colour", **line)
        # Patterns of Bokeh's own cost a browser a second or two for as many tiles.
        line = {"line_color": "#333333", "line_alpha": 0.55}
        plot.segment("x0", "y0", "x1", "y1", source=self.hatching, **line)
        borders = ColumnDataSource(border_lines(sheet))
        plot.multi_line("xs", "ys", source=borders, line_color=OUTLINE, line_width=1.1)
        draw_labels(plot, ColumnDataSource(label_columns(code_labels(world))))
        titles = (
            *(_("Mean difference"), _("9 pairs in 10")),
            *(_("Probability that it is raised"), _("Probability that it is lowered")),
        )
        rows = [(_("Locality"), "@name, @country")]
        rows += [(title, f"@{name}_text") for title, name in zip(titles, _TOLD, strict=True)]
        add_tips(plot, [tiles], rows)

    @drawn
    def show(self, result: TrialResult, outcome: str) -> str:
        """Put an outcome's differences on the map; return its key as HTML."""
        rows = result.places(outcome).set_index("locality").loc[self.codes]
        gaps = scale_of(outcome) * rows["difference"].fillna(0.0).to_numpy()
        largest = float(np.abs(gaps).max(initial=0.0))
        sure = rows["distinguishable"].to_numpy()
        words = place_words(rows, outcome, result.pairs, self._)
        shown = {"colour": colours(gaps, sure, largest)}
        shown |= {f"{name}_text": words[name] for name in _TOLD}
        self.source.patch({name: [(slice(None), values)] for name, values in shown.items()})
        unsure = (rows["share_equal"].to_numpy() < 1) & ~sure & result.is_final
        x, y = (np.asarray(self.source.data[name])[unsure] for name in ("x", "y"))
        self.hatching.data = hatching(x, y)
        ramp = ",".join(colours(np.linspace(-1.0, 1.0, 9), np.ones(9, dtype=bool), 1.0))
        low, high = amount(-largest, signed=True), amount(largest, signed=True)
        return render("what_if/map_key.html", _=self._, low=low, high=high, ramp=ramp)


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
