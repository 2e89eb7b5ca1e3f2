"""One place on the page: its record above, what the runs make of it below."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import panel as pn
from bokeh.layouts import column
from bokeh.models import Range1d

from sim.app import limits
from sim.app.cases import case_texts, place_counts
from sim.app.cases.counterfactual_swap import Conditions, conditions_of
from sim.app.cases.documented_record import counts_of, facts_of, scenario_of, since_of, study_of
from sim.app.cases.place_figures import COUNTS, CountPlot, SharePlot, record_plot
from sim.app.html_text import html, paragraphs
from sim.report.event_phrases import EventDescriber
from sim.report.stated_totals import VISIT, stated_of

if TYPE_CHECKING:
    from sim.app.cases.place_counts import PlaceCounts, PreparedRuns
    from sim.app.session import Session
    from sim.app.thread_pool import Cancel
    from sim.core.state import Array
    from sim.scenario.schema import Scenario
    from sim.world import World

FIRST_BATCH, BATCH = 4, 8
"""Runs of the first job and of each later one."""


class PlaceRuns:
    """Simulate a history batch by batch on the pool, and hold what it makes of one place.

    Parameters
    ----------
    session
        The visitor.
    key
        Name of the work; newer work of the same name ends older.
    ready
        Returns the scenario, the world and the place; called on the pool.
    changed
        Called on the page after every batch.
    """

    def __init__(
        self,
        session: Session,
        key: str,
        ready: Callable[[], tuple[Scenario, World, str]],
        changed: Callable[[], None],
    ) -> None:
        self.session, self.key, self.ready, self.changed = session, key, ready, changed
        self.run_counts: PlaceCounts | None = None
        self._prepared: PreparedRuns | None = None
        self._stopped = False

    @property
    def runs(self) -> int:
        """Return how many runs there are by now."""
        return 0 if self.run_counts is None else self.run_counts.runs

    def start(self) -> None:
        """Begin, or go on, until there are :data:`limits.CASE_RUNS`."""
        if self.runs >= limits.CASE_RUNS:
            self._prepared = None
            return
        count = min(BATCH if self.runs else FIRST_BATCH, limits.CASE_RUNS - self.runs)
        first = self.runs

        def work(cancel: Cancel) -> tuple[PreparedRuns, Array]:
            prepared = self._prepared or place_counts.prepare(*self.ready())
            done = []
            for replicate in range(first, first + count):
                cancel.check()
                done.append(place_counts.count_runs(prepared, (replicate,)))
            return prepared, place_counts.joined(done)

        self.session.submit(work, self._take, key=self.key)

    def _take(self, result: tuple[PreparedRuns, Array]) -> None:
        if self._stopped:
            return
        self._prepared, counts = result
        held = (
            self.run_counts if self.run_counts is not None else place_counts.empty(self._prepared)
        )
        self.run_counts = held.with_more(counts)
        self.changed()
        self.start()

    def stop(self) -> None:
        """Take no more results and let go of the scenario."""
        self._stopped = True
        self._prepared = None


class PlacePanel:
    """Show one place.

    Parameters
    ----------
    session
        The visitor.
    code
        ISO 3166-2 code of the locality.
    slot
        Which of the two it is; names its work.
    """

    def __init__(self, session: Session, code: str, slot: str) -> None:
        self.session, self.code = session, code
        world = session.world
        self.scenario = scenario_of(world, code)
        start, end = self.scenario.start_month, self.scenario.end_month
        self.facts = facts_of(world, code, start, end)
        self.totals = stated_of(world, code, start, end)
        self.counts = counts_of(self.facts, self.totals, place_counts.NAMES)
        self.since = since_of(self.facts, start)
        self.conditions: Conditions = conditions_of(world, code, self.since, end)
        self.describer = EventDescriber(world, session._)
        self.name = self.describer.place(code, None)
        self.runs = PlaceRuns(
            session, f"cases-{slot}", lambda: (self.scenario, world, code), self._update
        )
        self._listeners: list[Callable[[], None]] = []
        self._build()

    def on_runs(self, listener: Callable[[], None]) -> None:
        """Let something else know of further runs."""
        self._listeners.append(listener)

    def forget_listeners(self) -> None:
        """Let nothing else know of further runs any more."""
        self._listeners.clear()

    def _build(self) -> None:
        _ = self.session._
        # A little room, so that marks at the end are not cut.
        x_range = Range1d(
            2000.0 + self.scenario.start_month / 12.0, 2000.0 + (self.scenario.end_month + 6) / 12.0
        )
        stated = {total.kind for total in self.totals}
        counted = [name for name in COUNTS if name != VISIT or VISIT in stated]
        self.plots: list[CountPlot | SharePlot] = [
            *(CountPlot(self.session, n, self.facts, x_range, self.totals) for n in counted),
            SharePlot(self.session, self.facts, x_range),
        ]
        self.summary, self.numbers = html(), html()
        why = pn.widgets.Button(
            label=_("Why? Follow one run of {place}", place=self.name), sizing_mode="stretch_width"
        )
        why.on_click(lambda event: self._ask_why())
        figures = [plot.figure for plot in self.plots]
        self.view = pn.Column(
            html(self._head()),
            pn.pane.Bokeh(
                record_plot(self.session, self.facts, x_range), sizing_mode="stretch_width"
            ),
            html(case_texts.stated_list(self.session, self.totals) + self._list()),
            html(f"<h3>{escape(_('What the runs make of it'))}</h3>"),
            self.summary,
            pn.pane.Bokeh(column(*figures, sizing_mode="stretch_width", spacing=0)),
            html(f"<p><small>{escape(self._key())}</small></p>"),
            self.numbers,
            why,
            styles={"flex": "1 1 330px", "min-width": "0", "background": "var(--paper)"},
            margin=4,
        )
        self._update()

    def _head(self) -> str:
        study = study_of(self.code)
        _ = self.session._
        texts = []
        if study is not None:
            pairs = (
                (_("With"), study.actors),
                (_("In office"), study.holders),
                (_("Outcome"), study.outcome),
            )
            texts = [
                f"<p><b>{escape(word)}:</b> {escape(_(text))}</p>" for word, text in pairs if text
            ]
            texts.append(f"<p><small>{escape(study.source)}</small></p>")
        return f"<h2>{escape(self.describer.full_place(self.code))}</h2>" + "".join(texts)

    def _list(self) -> str:
        words_ = self.session.n(
            "The record as a list ({n} event)", "The record as a list ({n} events)", len(self.facts)
        )
        return (
            f"<details><summary>{escape(words_)}</summary>"
            f"{case_texts.fact_list(self.session, self.facts)}</details>"
        )

    def _key(self) -> str:
        return self.session._(
            "Solid line and band: middle and 90 % of runs. Dashed black: dated events on record. "
            "Black triangles: totals stated without dates, as lower bounds. Coloured triangles: "
            "first documented. Hollow marks: known to the year only."
        )

    def _ask_why(self) -> None:
        state = {"scenario": self.scenario.name, "place": self.code}
        self.session.open("why", state)

    def _update(self) -> None:
        run_counts = self.runs.run_counts
        if run_counts is None:
            self.summary.object = paragraphs([self.session._("The first runs are under way.")])
            return
        for plot in self.plots:
            plot.update(run_counts)
        texts = case_texts.place_words(self.session, self.name, self.counts, run_counts)
        given = case_texts.given_words(self.session, self.scenario)
        self.summary.object = paragraphs([*texts, given] if given else texts)
        self.numbers.object = case_texts.number_table(self.session, self.counts, run_counts)
        for listener in self._listeners:
            listener()

    def close(self) -> None:
        """Stop the work and drop what listens."""
        self.runs.stop()
        self.forget_listeners()
