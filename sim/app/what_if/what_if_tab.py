"""The tab What if: settings on one side, what comes of them on the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import panel as pn

from sim.app.limits import HIGHEST_SEED, UPLOAD_BYTES
from sim.app.what_if import downloads, effect_sentences, intervention_forms, parameter_sliders
from sim.app.what_if.download_buttons import DownloadButtons
from sim.app.what_if.experiment import Experiment, begin, from_toml
from sim.app.what_if.experiment_header import Setup, titles
from sim.app.what_if.experiment_link import from_address, to_address
from sim.app.what_if.form_labels import change_texts, lever_texts, setup_texts
from sim.app.what_if.intervention_forms import Changes
from sim.app.what_if.paired_results import PairedTrial, Shown
from sim.app.what_if.parameter_sliders import Levers
from sim.app.what_if.result_charts import BandChart, DifferenceMap, country_labels, scale_colours
from sim.app.what_if.result_tables import outcome_table, place_table
from sim.app.what_if.result_texts import Lines, MapKey, ResultTable, ResultText
from sim.app.what_if.run_cache import CHUNKS
from sim.core.errors import InputError

if TYPE_CHECKING:
    from sim.app.session import Session
    from sim.app.thread_pool import Cancel

_GRID = """
:host { display: grid !important; gap: .8rem 1.2rem; align-items: start;
  grid-template: "controls result" auto "controls charts" 1fr
    / minmax(320px, 27rem) minmax(0, 1fr); }
.controls { grid-area: controls; } .result { grid-area: result; } .charts { grid-area: charts; }
.result { position: sticky; top: 0; z-index: 5; }
@media (min-width: 901px) {
  .controls { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; }
}
@media (max-width: 900px) {
  :host { grid-template: "result" auto "controls" auto "charts" auto / minmax(0, 1fr); }
}
"""


_WIDE: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}


@dataclass(frozen=True)
class _WhatIfParts:
    """Hold what of the view changes."""

    setup: Setup
    levers: Levers
    changes: Changes
    result: ResultText
    outcome: pn.widgets.Select
    bands: BandChart
    map: DifferenceMap
    key: MapKey
    places: ResultTable
    outcomes: ResultTable
    more: Lines
    where: Lines
    files: list[pn.widgets.FileDownload]


class WhatIfTab:
    """Let a visitor change the world and see how much differs.

    Parameters
    ----------
    session
        The visitor.
    """

    name = "what_if"

    def __init__(self, session: Session) -> None:
        self.session = session
        self.experiment = begin()
        self.shown: Shown | None = None
        self._trial: PairedTrial | None = None
        self._parts: _WhatIfParts | None = None
        self._downloads = DownloadButtons(session)
        self._too_long = False

    @property
    def title(self) -> str:
        """Return the tab's title."""
        return self.session._("What if")

    def state(self) -> dict[str, str]:
        """Return the experiment as parts of an address; nothing if it is too long for one."""
        try:
            state = to_address(self.experiment)
        except InputError as error:
            if not self._too_long:
                self.session.notify(str(error), "error")
            self._too_long = True
            return {}
        self._too_long = False
        return state

    def restore(self, state: Mapping[str, str]) -> None:
        """Take up the experiment of an address; say what in it could not be used."""
        experiment, problems = from_address(state, self.session.world)
        if problems:
            _ = self.session._
            text = _("Not everything in the address could be used: {problem}", problem=problems[0])
            self.session.notify(text, "error")
        self._take(experiment)

    def close(self) -> None:
        """Stop what is under way and drop what was made."""
        self._downloads.close()
        self.shown = self._trial = self._parts = None

    def view(self) -> pn.viewable.Viewable:
        """Build the tab and begin its first runs."""
        self._parts = parts = self._build()
        view = pn.Column(
            self._controls(parts),
            pn.Column(parts.result, css_classes=["result"], sizing_mode="stretch_width", margin=0),
            self._charts(parts),
            stylesheets=[_GRID],
            sizing_mode="stretch_width",
            margin=0,
        )
        self._refresh()
        self._run()
        world, name_countries = self.session.world, parts.map.name_countries
        self.session.submit(lambda _: country_labels(world), name_countries, key="what_if.labels")
        return view

    # --- building

    def _build(self) -> _WhatIfParts:
        _ = self.session._
        return _WhatIfParts(
            setup=self._setup(),
            levers=self._levers(),
            changes=self._changes(),
            result=ResultText(**_WIDE),
            outcome=self._outcome(),
            bands=BandChart(_),
            map=DifferenceMap(self.session.world, _),
            key=MapKey(
                colours=scale_colours(),
                texts={
                    "unsure": _("cannot be told from no difference"),
                    "equal": _("equal in all runs"),
                },
                **_WIDE,
            ),
            places=ResultTable(**_WIDE),
            outcomes=ResultTable(**_WIDE),
            more=Lines(**_WIDE),
            where=Lines(**_WIDE),
            files=self._files(),
        )

    def _setup(self) -> Setup:
        return Setup(
            self._set,
            self._upload,
            scenarios=titles(self.session._),
            highest=HIGHEST_SEED,
            texts=setup_texts(self.session._),
            **_WIDE,
        )

    def _levers(self) -> Levers:
        _ = self.session._
        return Levers(
            self._release,
            groups=parameter_sliders.described(_),
            texts=lever_texts(_, self.session.n),
            **_WIDE,
        )

    def _changes(self) -> Changes:
        _ = self.session._
        return Changes(
            self._save_change,
            self._remove_change,
            forms=intervention_forms.forms(_),
            tables=intervention_forms.tables(self.session.world),
            texts=change_texts(_),
            **_WIDE,
        )

    def _outcome(self) -> pn.widgets.Select:
        _ = self.session._
        outcome = pn.widgets.Select(
            label=_("Outcome"),
            options={label: key for key, label in effect_sentences.outcome_names(_).items()},
            value=self.experiment.outcome,
            max_width=420,
            sizing_mode="stretch_width",
            margin=(0, 0, 6, 0),
        )
        outcome.param.watch(lambda event: self._look_at(event.new), "value")
        return outcome

    def _files(self) -> list[pn.widgets.FileDownload]:
        _, button = self.session._, self._downloads.button
        return [
            button(_("Table (CSV)"), "what-if.csv", self._csv),
            button(_("Figure (PNG)"), "what-if.png", partial(self._figure, "png")),
            button(_("Figure (SVG)"), "what-if.svg", partial(self._figure, "svg")),
            button(_("Report (HTML)"), "what-if.html", self._report),
            button(_("Scenario (TOML)"), "scenario.toml", self._toml),
        ]

    def _controls(self, parts: _WhatIfParts) -> pn.Column:
        _ = self.session._
        return pn.Column(
            _heading(_("Scenario")),
            parts.setup,
            _heading(_("Interventions")),
            parts.changes,
            _heading(_("Parameters")),
            parts.levers,
            css_classes=["controls"],
            sizing_mode="stretch_width",
            margin=0,
        )

    def _charts(self, parts: _WhatIfParts) -> pn.Column:
        _ = self.session._
        return pn.Column(
            parts.outcome,
            parts.more,
            _heading(_("Both worlds: the mean, and the band that 9 runs in 10 lie in")),
            pn.pane.Bokeh(parts.bands.worlds, sizing_mode="stretch_width", margin=0),
            _heading(_("Difference between paired runs, with its 95 % interval")),
            pn.pane.Bokeh(parts.bands.gap, sizing_mode="stretch_width", margin=0),
            _heading(_("Where it differs")),
            parts.where,
            parts.key,
            pn.pane.Bokeh(parts.map.plot, sizing_mode="scale_width", max_width=720, margin=0),
            parts.places,
            parts.outcomes,
            _heading(_("Take it away")),
            pn.FlexBox(*parts.files, margin=0),
            css_classes=["charts"],
            sizing_mode="stretch_width",
            margin=0,
        )

    # --- changing

    def _take(self, experiment: Experiment) -> None:
        """Make an experiment the one that is shown, and run it if it is another."""
        before, self.experiment = self.experiment, experiment
        if self._parts is None:
            return
        self._refresh()
        if (experiment.scenario, experiment.against) != (before.scenario, before.against):
            self._run()
        else:
            self._display()
        self.session.touch()

    def _try(self, change: Callable[[Experiment], Experiment]) -> None:
        try:
            self._take(change(self.experiment))
        except InputError as error:
            self.session.notify(str(error), "error")
            self._refresh()

    def _release(self, name: str, value: float) -> None:
        self._try(lambda e: e.with_parameter(name, value))

    def _look_at(self, outcome: str) -> None:
        self._try(lambda e: e.with_outcome(outcome))

    def _set(self, field: str, value: Any) -> None:
        """Take what was set in the head of the tab."""
        if field == "start":
            self._try(lambda e: begin(value, e.against).with_outcome(e.outcome))
        elif field == "against":
            self._try(lambda e: e.with_against(value))
        elif field == "title":
            self._try(lambda e: e.with_title(value))
        elif field == "seed":
            self._try(lambda e: e.with_seed(value))

    def _upload(self, content: bytes | None, filename: str) -> None:
        """Take a scenario file; None stands for one that is too large to send."""
        if content is None:
            content = b" " * (UPLOAD_BYTES + 1)
        self._try(
            lambda e: from_toml(content, self.session.world, filename).with_outcome(e.outcome)
        )

    def _save_change(self, index: int | None, fields: dict[str, Any]) -> None:
        """Take an answered form; what is wrong with it stands beside it."""
        parts = self._parts
        if parts is None:
            return
        items = intervention_forms.replaced(self.experiment.interventions(), index, fields)
        try:
            experiment = self.experiment.with_interventions(items, self.session.world)
        except InputError as error:
            parts.changes.param.update(error=str(error), number=parts.changes.number + 1)
            return
        self._take(experiment)
        parts.changes.param.update(error="", number=parts.changes.number + 1)

    def _remove_change(self, index: int) -> None:
        items = self.experiment.interventions()
        del items[index]
        self._try(lambda e: e.with_interventions(items, self.session.world))

    # --- running

    def _run(self) -> None:
        """Begin the paired runs; those of an earlier experiment end."""
        parts = self._parts
        if parts is None:
            return
        try:
            self._trial = trial = PairedTrial(self.experiment, self.session.world)
        except InputError as error:
            self.session.notify(str(error), "error")
            return
        parts.result.param.update(busy=True, progress=effect_sentences.progress(0, self.session._))
        for number, chunk in enumerate(CHUNKS):
            self.session.submit(
                partial(trial.work, chunk),
                partial(self._receive, trial),
                self._failed,
                key=f"what_if.{number}",
            )

    def _receive(self, trial: PairedTrial, shown: Shown | None) -> None:
        """Show what is known, unless another experiment has begun meanwhile."""
        if shown is None or trial is not self._trial:
            return
        # Two threads may hand over in either order.
        if self.shown is None or self._is_newer(shown):
            self.shown = shown
            self._display()

    def _is_newer(self, shown: Shown) -> bool:
        old = self.shown
        same = old is not None and old.experiment.scenario == shown.experiment.scenario
        same = same and old is not None and old.experiment.against == shown.experiment.against
        return not same or old is None or shown.pairs > old.pairs

    def _failed(self, error: Exception) -> None:
        if self._parts is not None:
            self._parts.result.busy = False
        self.session.notify(str(error) or self.session._("Something went wrong."), "error")

    # --- showing

    def _refresh(self) -> None:
        """Let the settings show the experiment."""
        parts, scenario = self._parts, self.experiment.scenario
        if parts is None:
            return
        _, world = self.session._, self.session.world
        parts.setup.param.update(
            start=self.experiment.start,
            against=self.experiment.against,
            title=scenario.title,
            seed=scenario.seed,
            question=_(scenario.question),
        )
        parts.levers.values = scenario.parameter_values()
        items = self.experiment.interventions()
        parts.changes.param.update(
            months=[scenario.start, scenario.end],
            items=[
                {"sentence": intervention_forms.change_sentence(item, world, _), "fields": item}
                for item in items
            ],
        )
        parts.outcome.value = self.experiment.outcome

    def _display(self) -> None:
        """Let the other side show what is known of the outcome looked at."""
        parts, shown, outcome = self._parts, self.shown, self.experiment.outcome
        if parts is None or shown is None:
            return
        _ = self.session._
        lines = [
            effect_sentences.needed(shown, outcome, _),
            effect_sentences.others(shown, self.session.n),
            "; ".join(effect_sentences.changes(shown.experiment, _)),
        ]
        parts.result.param.update(
            headline=effect_sentences.sentence(shown, outcome, _),
            progress=effect_sentences.progress(shown.pairs, _),
            busy=not shown.is_final,
        )
        parts.more.lines = [line for line in lines if line]
        label = effect_sentences.outcome_names(_)[outcome]
        parts.bands.show(shown.bands[outcome], outcome, label)
        low, high = parts.map.show(shown, outcome)
        parts.key.param.update(low=low, high=high)
        parts.where.lines = [effect_sentences.places(shown, outcome, _, self.session.n)]
        parts.places.param.update(**place_table(shown, outcome, self.session.world, _))
        parts.outcomes.param.update(**outcome_table(shown, _))

    # --- taking away

    def _now(self) -> Shown:
        if self.shown is None:
            raise InputError(self.session._("The first runs are not finished yet."))
        return self.shown

    def _csv(self, _cancel: Cancel) -> bytes:
        return downloads.csv_of(self._now())

    def _figure(self, form: str, _cancel: Cancel) -> bytes:
        label = effect_sentences.outcome_names(self.session._)[self.experiment.outcome]
        return downloads.figure_of(self._now(), self.experiment.outcome, label, form)

    def _report(self, cancel: Cancel) -> bytes:
        return downloads.report_of(self.experiment, self.session.world, cancel)

    def _toml(self, _cancel: Cancel) -> bytes:
        return downloads.toml_of(self.experiment)


def _heading(text: str) -> pn.pane.HTML:
    return pn.pane.HTML(
        f"<h2>{escape(text)}</h2>",
        margin=0,
        sizing_mode="stretch_width",
        stylesheets=["h2 { font-size: 1.05rem; margin: .7rem 0 .3rem; }"],
    )
