"""One place on the page: its record above, what the runs make of it below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import panel as pn
from bokeh.layouts import column
from bokeh.models import Range1d

from sim.app import limits
from sim.app.cases import case_texts, place_counts
from sim.app.cases.counterfactual_swap import conditions_of
from sim.app.cases.documented_record import STUDIES, counts_of, facts_of, scenario_of, since_of
from sim.app.cases.place_counts import PlaceCounts, PreparedRuns
from sim.app.cases.place_figures import COUNTS, CountPlot, SharePlot, record_plot
from sim.app.html_text import heading, html, paragraphs, render
from sim.app.labels import say
from sim.app.session import Session
from sim.app.thread_pool import Cancel
from sim.core.state import Array
from sim.report.event_phrases import EventDescriber
from sim.report.figure_style import year
from sim.report.stated_totals import VISIT, stated_of
from sim.scenario.schema import Scenario
from sim.world import World

FIRST_BATCH, BATCH = 4, 8
"""Runs of the first job and of each later one."""


@dataclass
class PlaceRuns:
    """Simulate a history batch by batch on the pool, and hold what it makes of one place.

    ``ready``, called on the pool, returns scenario, world, place; ``changed`` is called per batch.
    """

    session: Session
    key: str
    ready: Callable[[], tuple[Scenario, World, str]]
    changed: Callable[[], None]
    counts: PlaceCounts | None = None
    _prepared: PreparedRuns | None = None
    _stopped: bool = False

    @property
    def runs(self) -> int:
        """Return how many runs there are by now."""
        return 0 if self.counts is None else self.counts.runs

    def start(self) -> None:
        """Begin, or go on, until there are :data:`limits.CASE_RUNS`."""
        if self.runs >= limits.CASE_RUNS:
            self._prepared = None
            return
        first = self.runs
        last = min(first + (BATCH if first else FIRST_BATCH), limits.CASE_RUNS)

        def work(cancel: Cancel) -> tuple[PreparedRuns, list[Array]]:
            prepared = self._prepared or place_counts.prepare(*self.ready())
            done = []
            for replicate in range(first, last):
                cancel.check()
                done.append(place_counts.count_run(prepared, replicate))
            return prepared, done

        self.session.submit(work, self._take, key=self.key)

    def _take(self, result: tuple[PreparedRuns, list[Array]]) -> None:
        if self._stopped:
            return
        self._prepared, runs = result
        before = self.counts or place_counts.no_runs(self._prepared.scenario)
        self.counts = before.with_more(runs)
        self.changed()
        self.start()

    def stop(self) -> None:
        """Take no more results and let go of the scenario."""
        self._stopped = True
        self._prepared = None


class PlacePanel:
    """Show the locality of an ISO 3166-2 code; ``changed`` is called with every batch of runs."""

    def __init__(self, session: Session, code: str, changed: Callable[[], None]) -> None:
        self.session, self.code, self._changed = session, code, changed
        world = session.world
        self.scenario = scenario_of(world, code)
        start, end = self.scenario.start_month, self.scenario.end_month
        self.facts = facts_of(world, code, start, end)
        self.totals = stated_of(world, code, start, end)
        self.counts = counts_of(self.facts, self.totals, place_counts.NAMES)
        self.conditions = conditions_of(world, code, since_of(self.facts, start), end)
        self.describer = EventDescriber(world, session._)
        self.name = self.describer.place(code, None)
        self.runs = PlaceRuns(
            session, f"cases-{code}", lambda: (self.scenario, world, code), self._update
        )
        self._build()

    def _build(self) -> None:
        _ = self.session._
        # A little room at the end, so that the last marks are not cut.
        x_range = Range1d(year(self.scenario.start_month), year(self.scenario.end_month + 6))
        stated = {total.kind for total in self.totals}
        self.plots: list[CountPlot | SharePlot] = [
            *(
                CountPlot(self.session, name, self.facts, x_range, self.totals)
                for name in COUNTS
                if name != VISIT or VISIT in stated
            ),
            SharePlot(self.session, self.facts, x_range),
        ]
        self.summary, self.numbers = html(), html()
        why = pn.widgets.Button(
            label=_("Why? Follow one run of {place}", place=self.name), sizing_mode="stretch_width"
        )
        why.on_click(lambda event: self.ask_why())
        title = self.describer.full_place(self.code)
        record = record_plot(self.session, self.facts, x_range)
        figures = [plot.figure for plot in self.plots]
        self.view = pn.Column(
            html(render("cases/place_head.html", _=_, title=title, study=STUDIES.get(self.code))),
            pn.pane.Bokeh(record, sizing_mode="stretch_width"),
            html(case_texts.record_list(self.session, self.facts, self.totals)),
            html(heading(3, _("What the runs make of it"))),
            self.summary,
            pn.pane.Bokeh(column(*figures, sizing_mode="stretch_width", spacing=0)),
            html(f"<p><small>{escape(say('notes.figures', _))}</small></p>"),
            self.numbers,
            why,
            styles={"flex": "1 1 330px", "min-width": "0", "background": "var(--paper)"},
            margin=4,
        )
        self._update()

    def ask_why(self) -> None:
        """Ask the tab Why about the place."""
        self.session.open("why", {"scenario": self.scenario.name, "place": self.code})

    def _update(self) -> None:
        found = self.runs.counts
        if found is None:
            self.summary.object = paragraphs(self.session._("The first runs are under way."))
            return
        for plot in self.plots:
            plot.update(found)
        self.summary.object = case_texts.place_text(
            self.session, self.name, self.counts, found, self.scenario
        )
        self.numbers.object = case_texts.number_table(self.session, self.counts, found)
        self._changed()
