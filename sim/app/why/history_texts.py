"""What the page says of a project's history; how it went stands in ``fate.html``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.app.html_text import render
from sim.app.labels import labels
from sim.app.why.project_history import DONE, SKIPPED
from sim.report.biography import CONTACTS

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.why.project_history import Counterpart, ProjectHistory, Stage
    from sim.app.why.run_index import RunIndex
    from sim.report.event_phrases import EventDescriber


class HistoryTexts:
    """Tell histories in a visitor's language."""

    def __init__(self, session: Session, describer: EventDescriber) -> None:
        self._, self.n, self.describer = session._, session.n, describer
        self.stages = labels("history_stages", session._)

    def stage(self, stage: Stage) -> str:
        """Return what became of a stage, in a few words."""
        _ = self._
        if stage.state == DONE and stage.event is not None:
            return _("reached in {month}", month=self.describer.month(stage.event.month))
        return _("not needed") if stage.state == SKIPPED else _("not reached")

    def headline(self, history: ProjectHistory) -> str:
        """Return what a history is about, as one line."""
        place = self.describer.full_place(history.place)
        if history.actor is not None:
            actor = _capital(self.describer.actor(history.actor))
            return self._("{actor} and {place}", actor=actor, place=place)
        first = history.life.own[0]
        sector, value = _capital(self.describer.sector(first.sector)), first.value
        money = self.describer.money(value)
        return self._("{sector} in {place}, {value}", sector=sector, place=place, value=money)

    def fate(
        self,
        history: ProjectHistory,
        run: RunIndex,
        there: Counterpart | None = None,
        other: RunIndex | None = None,
    ) -> str:
        """Return how it went as HTML, and what another scenario's run makes of it, if given."""
        return render(
            "why/fate.html",
            _=self._,
            n=self.n,
            names=self.describer,
            stages=self.stages,
            contacts=CONTACTS,
            elsewhere=self.elsewhere,
            history=history,
            run=run,
            there=there,
            other=other,
        )

    def elsewhere(self, history: ProjectHistory, run: RunIndex) -> str:
        """Say where else the Chinese actor of a pair went meanwhile."""
        visits = run.visits_elsewhere(history.actor or "", history.place)
        actor = _capital(self.describer.actor(history.actor))
        if not visits:
            return self._("{actor} visited no other place either.", actor=actor)
        most = [f"{self.describer.full_place(code)} ({visits[code]})" for code in visits]
        return self.n(
            "{actor} paid {n} visit elsewhere: {places}.",
            "{actor} paid {n} visits elsewhere, most of them to {places}.",
            sum(visits.values()),
            actor=actor,
            places=", ".join(most[:3]),
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
