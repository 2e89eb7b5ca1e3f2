"""A history on the page: what it is, its stages, its timeline, one event with its causes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import panel as pn

from sim.app.html_text import WIDE, heading, html, paragraphs, render
from sim.app.labels import labels
from sim.app.session import Session
from sim.app.why.history_timeline import HistoryTimeline
from sim.app.why.project_history import DONE, MISSED, SKIPPED, Counterpart, ProjectHistory
from sim.app.why.run_index import RunIndex
from sim.report.biography import CONTACTS
from sim.report.event_phrases import Event, EventDescriber
from sim.report.phrases import capital

SIGNS = {DONE: "✓", SKIPPED: "–", MISSED: "✗"}
WRAP = ".bk-btn { white-space: normal; text-align: left; height: auto; line-height: 1.3; }"
MOST_LINKS = 12
"""Effects offered as buttons, at most."""


def history_text(
    session: Session,
    describer: EventDescriber,
    history: ProjectHistory,
    run: RunIndex,
    there: Counterpart | None = None,
    other: RunIndex | None = None,
) -> str:
    """Return how a history went as HTML, and what another scenario's run makes of it, if given."""
    return render(
        "why/fate.html",
        _=session._,
        n=session.n,
        names=describer,
        capital=capital,
        stages=labels("history_stages", session._),
        signs=SIGNS,
        contacts=CONTACTS,
        history=history,
        run=run,
        there=there,
        other=other,
    )


class HistoryCard:
    """Show one history, its events to be followed to their causes; ``changed`` at another event."""

    def __init__(
        self, session: Session, describer: EventDescriber, changed: Callable[[], None]
    ) -> None:
        self.session, self.describer, self.changed = session, describer, changed
        self.history: ProjectHistory | None = None
        self.event: str | None = None
        _ = session._
        self.said = html()
        self.plot = HistoryTimeline(session, self.look)
        self.drawing = pn.pane.Bokeh(self.plot.figure, sizing_mode="stretch_width")
        self.before = pn.widgets.Button(label=_("Event before"))
        self.after = pn.widgets.Button(label=_("Event after"))
        self.before.on_click(lambda event: self._step(-1))
        self.after.on_click(lambda event: self._step(1))
        self.happened, self.list = html(), html()
        self.causes = pn.Column(**WIDE)
        self.view = pn.Column(
            self.said,
            self.drawing,
            pn.FlexBox(self.before, self.after),
            pn.Column(self.happened, self.causes, sizing_mode="stretch_width"),
            self.list,
            sizing_mode="stretch_width",
            styles={"background": "var(--paper)"},
            margin=4,
        )

    def show(
        self,
        history: ProjectHistory,
        run: RunIndex,
        there: Counterpart | None = None,
        other: RunIndex | None = None,
    ) -> None:
        """Show a history, set beside another run if given; begin at its deal, else its end."""
        self.history, self.event = history, None
        texts = [self._told(event) for event in history.lines]
        self.said.object = history_text(self.session, self.describer, history, run, there, other)
        self.plot.show(history, texts)
        self.list.object = self._list(history, texts)
        for part in (self.drawing, self.before, self.after, self.list):
            part.visible = bool(texts)
        self.happened.object = ""
        self.causes[:] = []
        begin = history.deal or history.last
        if texts:
            known = begin is not None and begin.event_id in history.lines
            self._look(begin.event_id if begin and known else list(history.lines)[-1])

    def _told(self, event: str) -> str:
        """Return what happened, of an event of the history."""
        if self.history is None:
            return ""
        line = self.history.lines[event]
        return self.describer.line_sentence(line.event, line.causes, self.history.life.project)

    def _list(self, history: ProjectHistory, texts: Sequence[str]) -> str:
        n, left_out = self.session.n, history.life.left_out
        lines = [
            (line.event.month, text, self.describer.reason(line.event, line.causes))
            for line, text in zip(history.life.lines, texts, strict=True)
        ]
        return render("why/history.html", n=n, lines=lines, left_out=left_out)

    def look(self, event: str) -> None:
        """Look at an event of the history and let the address follow."""
        self._look(event)
        self.changed()

    def _step(self, way: int) -> None:
        ids = list(self.history.lines) if self.history is not None else []
        if ids:
            at = ids.index(self.event) + way if self.event in ids else 0
            self.look(ids[min(max(at, 0), len(ids) - 1)])

    def _look(self, event: str) -> None:
        if self.history is None or event not in self.history.lines:
            return
        _, line = self.session._, self.history.lines[event]
        self.event = event
        effects = self.history.effects(event)
        self.plot.mark(event, line.event.causes, [e.event_id for e in effects])
        month = self.describer.month(line.event.month)
        told = heading(3, month) + paragraphs(self._told(event))
        self.happened.object = f'<div role="status">{told}</div>'
        self.causes[:] = [
            *self._links(_("Because of"), line.causes),
            *self._links(_("It led to"), effects),
        ]

    def _links(self, title: str, events: Sequence[Event]) -> list[pn.viewable.Viewable]:
        """Return buttons that lead to events of the history; what it does not tell is text."""
        if not events or self.history is None:
            return []
        parts: list[pn.viewable.Viewable] = [html(f"<p><b>{escape(title)}</b></p>")]
        for event in events[:MOST_LINKS]:
            if event.event_id not in self.history.lines:
                told = self.describer.line_sentence(event, (), self.history.life.project)
                parts.append(html(paragraphs(f"{event.month} {told}")))
                continue
            button = pn.widgets.Button(
                label=f"{event.month}  {self._told(event.event_id)}",
                stylesheets=[WRAP],
                sizing_mode="stretch_width",
            )
            button.on_click(lambda clicked, key=event.event_id: self.look(key))
            parts.append(button)
        return parts
