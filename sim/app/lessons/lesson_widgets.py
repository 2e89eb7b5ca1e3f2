"""Parts of the tab written for it: the row of lessons, the guess, the drawing of both worlds.

Texts reach the browser as texts, never as HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import param
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from panel.custom import JSComponent

from sim.app.bokeh_style import add_tips, band, drawn, dress, dress_legend
from sim.app.labels import labels
from sim.app.language import Translate
from sim.app.theme import source
from sim.report import figure_style

if TYPE_CHECKING:
    from sim.app.lessons.lesson import Lesson
    from sim.app.lessons.lesson_runs import LessonEvidence

_WORLDS = ("usual", "changed")


class LessonList(JSComponent):
    """Show the lessons, pairs of name and title, as a list of buttons with an accessible name."""

    lessons = param.List(default=[], item_type=list)
    active = param.String(default="")
    label = param.String(default="")

    _esm = source("lessons/lesson_list.js")
    _stylesheets = [source("lessons/lesson_list.css")]  # noqa: RUF012


class Guess(JSComponent):
    """Ask for a guess; once it is committed it stands.

    ``committed`` and ``answer`` are the numbers of the guess and of the right one, -1 while there
    is none; ``texts`` are ``commit``, ``again``, ``mine``, ``right`` and ``choose``.
    """

    question = param.String(default="")
    choices = param.List(default=[], item_type=str)
    committed = param.Integer(default=-1)
    answer = param.Integer(default=-1)
    texts = param.Dict(default={})

    _esm = source("lessons/guess.js")
    _stylesheets = [source("lessons/guess.css")]  # noqa: RUF012

    def __init__(self, on_guess: Callable[[int], None], **params: Any) -> None:
        super().__init__(**params)
        self._on_guess = on_guess

    def _handle_msg(self, data: Any) -> None:
        """Take a guess if it is one; -1 takes it back."""
        guess = data.get("guess") if isinstance(data, dict) else None
        if isinstance(guess, int) and not isinstance(guess, bool):
            self._on_guess(guess)


class LessonChart:
    """Draw the outcome to predict in both worlds over time, with bands."""

    def __init__(self, lesson: Lesson, _: Translate) -> None:
        self.lesson = lesson
        columns = [f"{world}{end}" for world in _WORLDS for end in ("", "_low", "_high")]
        self.source = ColumnDataSource({name: [] for name in ("year", *columns)})
        self.plot = figure(height=330, sizing_mode="stretch_width", min_width=200, tools="")
        looks = (
            (_(lesson.usual), figure_style.QUIET, "dashed"),
            (_(lesson.changed), figure_style.BLUE, "solid"),
        )
        lines, tips = [], [(_("year"), "@year{0.0}")]
        for world, (words, colour, dash) in zip(_WORLDS, looks, strict=True):
            look = {"legend_label": words, "line_dash": dash}
            lines.append(band(self.plot, self.source, "year", world, colour, **look))
            tips.append((words, f"@{world}{{0,0.0}}"))
        add_tips(self.plot, lines[-1:], tips, "vline")
        dress(self.plot)
        dress_legend(self.plot.legend[0])
        self.plot.xgrid.visible = False
        self.plot.xaxis.axis_label = _("year")
        self.plot.yaxis.axis_label = labels("outcomes", _)[lesson.outcome]

    @drawn
    def show(self, evidence: LessonEvidence) -> None:
        """Put the numbers of the runs made so far into the drawing."""
        means, (low, high) = evidence.bands(self.lesson.outcome)
        columns = {"year": evidence.years}
        for i, world in enumerate(_WORLDS):
            columns |= {world: means[i], f"{world}_low": low[i], f"{world}_high": high[i]}
        self.source.data = columns
