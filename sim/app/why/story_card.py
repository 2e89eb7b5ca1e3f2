"""A story on the page: what it is, its stages, its timeline, and one event with its causes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import panel as pn

from sim.app.html_text import html, paragraphs
from sim.app.why import story_texts
from sim.app.why.project_history import DONE, SKIPPED
from sim.app.why.story_timeline import LifePlot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.app.session import Session
    from sim.app.why.project_history import Story
    from sim.app.why.run_index import Account
    from sim.report.biography import Line
    from sim.report.event_phrases import Event, EventDescriber

SIGNS = {DONE: "✓", SKIPPED: "–"}
STAGES = """
ol.stages { display: flex; flex-wrap: wrap; gap: .35rem; list-style: none; padding: 0;
  margin: .4rem 0; }
ol.stages li { border: 1px solid #767676; border-radius: 4px; padding: .25rem .5rem;
  font-size: 14px; background: var(--paper); }
ol.stages li.done { border: 2px solid var(--blue); }
ol.stages li.missed { color: var(--quiet); border-style: dashed; }
ol.stages b { display: block; }
"""
WRAP = ".bk-btn { white-space: normal; text-align: left; height: auto; line-height: 1.3; }"
MOST_LINKS = 12
"""Effects offered as buttons, at most."""


class StoryCard:
    """Show one story and let its events be followed to their causes.

    Parameters
    ----------
    session
        The visitor.
    describer
        Tells events.
    changed
        Called when another event is looked at.
    """

    def __init__(
        self, session: Session, describer: EventDescriber, changed: Callable[[], None]
    ) -> None:
        self.session, self.describer, self.changed = session, describer, changed
        self.story: Story | None = None
        self.event: str | None = None
        _ = session._
        self.head, self.stages, self.said = html(), html(), html()
        self.stages.stylesheets = [*self.stages.stylesheets, STAGES]
        self.plot = LifePlot(session, self.look)
        self.drawing = pn.pane.Bokeh(self.plot.figure, sizing_mode="stretch_width")
        self.before = pn.widgets.Button(label=_("Event before"))
        self.after = pn.widgets.Button(label=_("Event after"))
        self.before.on_click(lambda event: self._step(-1))
        self.after.on_click(lambda event: self._step(1))
        self.happened = html()
        self.causes = pn.Column(sizing_mode="stretch_width", margin=0)
        self.list = html()
        self.view = pn.Column(
            self.head,
            self.said,
            self.stages,
            self.drawing,
            pn.FlexBox(self.before, self.after),
            pn.Column(self.happened, self.causes, sizing_mode="stretch_width"),
            self.list,
            sizing_mode="stretch_width",
            styles={"background": "var(--paper)"},
            margin=4,
        )

    def show(self, story: Story, account: Account, more: Sequence[str] = ()) -> None:
        """Show a story, with further sentences on it; begin at its deal, else its last event."""
        self.story = story
        project, told = story.life.project, self.describer.line_sentence
        texts = [told(line.event, line.causes, project) for line in story.life.lines]
        headline = story_texts.headline(self.session, story, self.describer)
        self.head.object = f"<h2>{escape(headline)}</h2>"
        said = story_texts.fate_words(self.session, story, self.describer, account)
        self.said.object = paragraphs([*said, *more])
        self.stages.object = self._stages(story)
        self.plot.show(story, texts)
        self.list.object = self._list(story, texts)
        known = {line.event.event_id for line in story.life.lines}
        deal = next((event for event in story.life.own if event.kind == "deal"), story.last)
        last = deal.event_id if deal is not None else None
        for part in (self.drawing, self.before, self.after, self.list):
            part.visible = bool(known)
        self.event = None
        if last in known and last is not None:
            self._look(last)
        elif known:
            self._look(story.life.lines[-1].event.event_id)
        else:
            self.happened.object = ""
            self.causes[:] = []

    def _stages(self, story: Story) -> str:
        names = story_texts.stage_names(self.session)
        items = []
        for stage in story.stages:
            sentence = story_texts.stage_words(self.session, stage, self.describer)
            sign = SIGNS.get(stage.state, "✗")
            items.append(
                f'<li class="{stage.state}"><b>{sign} {escape(names[stage.name])}</b> '
                f"{escape(sentence)}</li>"
            )
        label = escape(self.session._("Stages"))
        return f'<ol class="stages" aria-label="{label}">{"".join(items)}</ol>'

    def _list(self, story: Story, texts: Sequence[str]) -> str:
        title = self.session.n(
            "The whole story as a list ({n} event)",
            "The whole story as a list ({n} events)",
            len(texts),
        )
        items = "".join(
            f"<li><b>{escape(line.event.month)}</b> {escape(text)} {escape(self._because(line))}"
            "</li>"
            for line, text in zip(story.life.lines, texts, strict=True)
        )
        left = ""
        if story.life.left_out:
            text = self.session.n(
                "{n} further contact is not shown.",
                "{n} further contacts are not shown.",
                story.life.left_out,
            )
            left = f"<p>{escape(text)}</p>"
        return f"<details><summary>{escape(title)}</summary><ul>{items}</ul>{left}</details>"

    def _because(self, line: Line) -> str:
        reasons = self.describer.reason(line.event, line.causes)
        return f"({reasons})" if reasons else ""

    def look(self, event: str) -> None:
        """Look at an event of the story and let the address follow."""
        self._look(event)
        self.changed()

    def _step(self, way: int) -> None:
        if self.story is None or not self.story.life.lines:
            return
        ids = [line.event.event_id for line in self.story.life.lines]
        at = ids.index(self.event) + way if self.event in ids else 0
        self.look(ids[min(max(at, 0), len(ids) - 1)])

    def _look(self, event: str) -> None:
        story = self.story
        if story is None:
            return
        line = next((ln for ln in story.life.lines if ln.event.event_id == event), None)
        if line is None:
            return
        self.event = event
        effects = story.effects.get(event, ())
        self.plot.mark(event, line.event.causes, [e.event_id for e in effects])
        sentence = self.describer.line_sentence(line.event, line.causes, story.life.project)
        month = self.describer.month(line.event.month)
        self.happened.object = (
            f'<div role="status"><h3>{escape(month)}</h3><p>{escape(sentence)}</p></div>'
        )
        self.causes[:] = [
            *self._links(self.session._("Because of"), line.causes),
            *self._links(self.session._("It led to"), effects),
        ]

    def _links(self, title: str, events: Sequence[Event]) -> list[pn.viewable.Viewable]:
        """Return buttons that lead to other events of the story; what it does not tell is text."""
        story = self.story
        if story is None:
            return []
        known = {line.event.event_id: line for line in story.life.lines}
        if not events:
            return []
        parts: list[pn.viewable.Viewable] = [html(f"<p><b>{escape(title)}</b></p>")]
        for event in events[:MOST_LINKS]:
            line = known.get(event.event_id)
            if line is None:
                text = f"{event.month} {self.describer.sentence(event)}"
                parts.append(html(f"<p>{escape(text)}</p>"))
                continue
            told = self.describer.line_sentence(event, line.causes, story.life.project)
            button = pn.widgets.Button(
                label=f"{event.month}  {told}",
                stylesheets=[WRAP],
                sizing_mode="stretch_width",
            )
            button.on_click(lambda clicked, key=event.event_id: self.look(key))
            parts.append(button)
        return parts
