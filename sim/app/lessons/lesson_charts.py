"""The drawing of a lesson: the outcome to predict in both worlds over time, with bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bokeh.models import ColumnDataSource, HoverTool
from bokeh.plotting import figure

from sim.app.bokeh_style import drawn, dress, dress_legend, tips
from sim.app.language import Translate
from sim.app.lessons.lesson_texts import outcome_names
from sim.report import figure_style

if TYPE_CHECKING:
    from sim.app.lessons.lesson import Lesson
    from sim.app.lessons.lesson_runs import LessonEvidence

_WORLDS = ("usual", "changed")
COLUMNS = ("year", *(f"{w}{end}" for w in _WORLDS for end in ("", "_low", "_high")))


def caption(lesson: Lesson, _: Translate) -> str:
    """Return what the drawing shows; as text of the page it breaks where it is narrow."""
    name = outcome_names(_)[lesson.outcome]
    return _("{name} so far: mean, and the band 9 runs in 10 lie in", name=name)


class LessonChart:
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
        looks = (
            (_(lesson.usual), figure_style.QUIET, "dashed"),
            (_(lesson.changed), figure_style.BLUE, "solid"),
        )
        lines = []
        for world, (words, colour, dash) in zip(_WORLDS, looks, strict=True):
            self.plot.varea(
                "year",
                f"{world}_low",
                f"{world}_high",
                source=self.source,
                fill_color=colour,
                fill_alpha=figure_style.BAND,
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
        tooltip_rows = [(_("year"), "@year{0.0}")]
        for world, (words, *_rest) in zip(_WORLDS, looks, strict=True):
            tooltip_rows.append((words, f"@{world}{{0,0.0}}"))
        hover = HoverTool(renderers=[lines[-1]], tooltips=tips(tooltip_rows), mode="vline")
        self.plot.add_tools(hover)
        dress(self.plot)
        self.plot.xgrid.visible = False
        self.plot.xaxis.axis_label, self.plot.yaxis.axis_label = _("year"), name
        dress_legend(self.plot.legend[0])

    @drawn
    def show(self, evidence: LessonEvidence) -> None:
        """Put the numbers of the runs made so far into the drawing."""
        means, bands = evidence.bands(self.lesson.outcome)
        columns = {"year": evidence.years}
        for i, world in enumerate(_WORLDS):
            columns |= {world: means[i], f"{world}_low": bands[0, i], f"{world}_high": bands[1, i]}
        self.source.data = columns
