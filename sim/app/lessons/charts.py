"""The drawing of a lesson: the outcome to predict in both worlds over time, with bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bokeh.models import ColumnDataSource, HoverTool
from bokeh.plotting import figure

from sim.app.drawing import drawn
from sim.app.lessons.words import Translate, outcome_names
from sim.report import style

if TYPE_CHECKING:
    from sim.app.lessons.lesson import Lesson
    from sim.app.lessons.trial import Evidence

_FONT = "system-ui, sans-serif"
_WORLDS = ("usual", "changed")
COLUMNS = ("year", *(f"{w}{end}" for w in _WORLDS for end in ("", "_low", "_high")))


def caption(lesson: Lesson, _: Translate) -> str:
    """Return what the drawing shows; as text of the page it breaks where it is narrow."""
    name = outcome_names(_)[lesson.outcome]
    return _("{name} so far: mean, and the band 9 runs in 10 lie in", name=name)


class Bands:
    """Draw both worlds of a lesson.

    Parameters
    ----------
    lesson
        The lesson.
    _
        Translates.
    """

    def __init__(self, lesson: Lesson, _: Translate) -> None:
        self.lesson = lesson
        self.source = ColumnDataSource({name: [] for name in COLUMNS})
        name = outcome_names(_)[lesson.outcome]
        self.plot = figure(
            height=330,
            sizing_mode="stretch_width",
            min_width=200,
            tools="",
            toolbar_location=None,
        )
        looks = ((_(lesson.usual), style.QUIET, "dashed"), (_(lesson.changed), style.BLUE, "solid"))
        lines = []
        for world, (words, colour, dash) in zip(_WORLDS, looks, strict=True):
            self.plot.varea(
                "year",
                f"{world}_low",
                f"{world}_high",
                source=self.source,
                fill_color=colour,
                fill_alpha=style.BAND,
                legend_label=words,
            )
            line = self.plot.line(
                "year",
                world,
                source=self.source,
                line_color=colour,
                line_dash=dash,
                line_width=2.5,
                legend_label=words,
            )
            lines.append(line)
        tips = [(_("year"), "@year{0.0}")]
        tips += [(w, f"@{c}{{0,0.0}}") for c, (w, *_rest) in zip(_WORLDS, looks, strict=True)]
        self.plot.add_tools(HoverTool(renderers=[lines[-1]], tooltips=tips, mode="vline"))
        _dress(self.plot, _("year"), name)

    @drawn
    def show(self, evidence: Evidence) -> None:
        """Put the numbers of the runs made so far into the drawing."""
        means, bands = evidence.bands(self.lesson.outcome)
        columns = {"year": evidence.years}
        for i, world in enumerate(_WORLDS):
            columns |= {world: means[i], f"{world}_low": bands[0, i], f"{world}_high": bands[1, i]}
        self.source.data = columns


def _dress(plot: Any, across: str, up: str) -> None:
    """Set the type and take away what carries no information."""
    plot.outline_line_color = None
    plot.background_fill_color = plot.border_fill_color = style.PAPER
    plot.xgrid.visible = False
    plot.ygrid.grid_line_color = style.FAINT
    plot.xaxis.axis_label, plot.yaxis.axis_label = across, up
    for axis in plot.axis:
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = axis.major_label_text_font_size = "13px"
        axis.axis_label_text_font = axis.major_label_text_font = _FONT
        axis.major_label_text_color = axis.axis_label_text_color = style.INK
        axis.minor_tick_line_color = None
    legend = plot.legend[0]
    legend.location = "top_left"
    legend.label_text_font, legend.label_text_font_size = _FONT, "13px"
    legend.border_line_color = None
    legend.background_fill_alpha = 0.8
