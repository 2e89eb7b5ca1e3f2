"""The tab What if: settings on one side, what comes of them on the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import panel as pn

from sim.app.bokeh_style import describe, drawn
from sim.app.html_text import WIDE, heading, html, paragraphs
from sim.app.labels import labels
from sim.app.language import Translate
from sim.app.limits import HIGHEST_SEED, UPLOAD_BYTES
from sim.app.session import Session
from sim.app.tab import Tab
from sim.app.thread_pool import Cancel
from sim.app.what_if import downloads, intervention_forms, paired_trial, result_sentences
from sim.app.what_if import what_if_widgets as widgets
from sim.app.what_if.experiment import (
    PLAIN,
    Experiment,
    begin,
    from_address,
    from_toml,
    opening,
    shipped,
    to_address,
)
from sim.app.what_if.paired_trial import PairedTrial, TrialResult
from sim.app.what_if.parameter_sliders import lever_labels, main_levers, slider_groups
from sim.app.what_if.result_charts import BandChart, DifferenceMap
from sim.core.errors import InputError
from sim.report.display_names import Names
from sim.scenario.schema import suiting
from sim.world import World


class WhatIfTab(Tab):
    """Let a visitor change the world and see how much differs."""

    name = "what_if"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.experiment = opening()
        self.result: TrialResult | None = None
        # The runs under way, those that the result is of, and what is to be run next.
        self._trial: PairedTrial | None = None
        self._shown: PairedTrial | None = None
        self._next: Experiment | None = None
        self._names = Names(session.world, session._)
        self._buttons = downloads.DownloadButtons(session)
        self._too_long = self._built = False

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
        # Without a word the address would bring back what the page opens with.
        return state or {"s": PLAIN}

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
        self._buttons.close()
        self.result = self._trial = self._shown = self._next = None
        self._built = False

    def view(self) -> pn.viewable.Viewable:
        """Build the tab and begin its first runs."""
        self.summary = widgets.ResultText(**WIDE)
        settings, charts = self._levers(), self._charts()
        # The keyboard comes to the result before all the sliders.
        view = pn.Column(
            pn.Column(self.summary, css_classes=["result"], **WIDE),
            charts,
            settings,
            stylesheets=widgets.sheets("tab"),
            **WIDE,
        )
        self._built = True
        self._refresh()
        self._run(self.experiment)
        return view

    def _levers(self) -> pn.Column:
        """Build the main levers, and behind a button all that can be set."""
        self.levers = self._sliders(
            main_levers(self.session._, fitted=self.session.world.is_shipped)
        )
        self.settings = self._settings()
        self.more = pn.widgets.Button(sizing_mode="stretch_width", margin=(6, 0))
        self.more.on_click(lambda event: self._unfold(not self.settings.visible))
        self._unfold(not is_lever_change(self.experiment))
        return pn.Column(self.levers, self.more, self.settings, css_classes=["controls"], **WIDE)

    @drawn
    def _unfold(self, opened: bool) -> None:
        self.settings.visible = opened
        self.more.label = labels("setup", self.session._)["less" if opened else "more"]

    def _sliders(self, groups: list[dict[str, Any]]) -> widgets.ParameterSliders:
        texts = widgets.slider_texts(self.session._, self.session.n)
        return widgets.ParameterSliders(
            self._release, self._move, groups=groups, texts=texts, **WIDE
        )

    def _settings(self) -> pn.Column:
        _ = self.session._
        self.setup = widgets.Setup(
            self._set,
            self._upload,
            scenarios=scenario_titles(_, self.session.world),
            highest=HIGHEST_SEED,
            drawn=bool(paired_trial.CARRIED["server"].draws),
            texts=labels("setup", _),
            **WIDE,
        )
        self.interventions = widgets.InterventionList(
            self._save_intervention,
            self._remove_intervention,
            forms=intervention_forms.forms(_),
            tables=intervention_forms.tables(self.session.world, _),
            texts=labels("intervention_form", _),
            **WIDE,
        )
        self.sliders = self._sliders(slider_groups(_, fitted=self.session.world.is_shipped))
        return pn.Column(
            *(_heading(_("Scenario")), self.setup),
            *(_heading(_("Interventions")), self.interventions),
            *(_heading(_("Parameters")), self.sliders),
            **WIDE,
        )

    def _charts(self) -> pn.Column:
        _ = self.session._
        self.outcome = pn.widgets.Select(
            label=_("Outcome"),
            options={label: key for key, label in labels("outcomes", _).items()},
            value=self.experiment.outcome,
            max_width=420,
            sizing_mode="stretch_width",
            margin=(0, 0, 6, 0),
        )
        self.outcome.param.watch(lambda event: self._set("outcome", event.new), "value")
        self.bands, self.map = BandChart(_), DifferenceMap(self.session.world, _)
        self.told, self.where = html(margin=0), html(margin=0)
        self.places, self.outcomes = widgets.ResultTable(**WIDE), widgets.ResultTable(**WIDE)
        both = _("Both worlds: the mean, and the band that 9 runs in 10 lie in")
        gap = _("Difference between paired runs: the mean, and the band that 9 pairs in 10 lie in")
        plots = (self.bands.worlds, self.bands.gap, self.map.plot)
        for plot, words in zip(plots, (both, gap, _("Where it differs")), strict=True):
            describe(plot, words)
        # Shown with the first results: empty axes say nothing.
        self.charts = pn.Column(
            *(self.outcome, self.told),
            *(_heading(both), pn.pane.Bokeh(self.bands.worlds, **WIDE)),
            *(_heading(gap), pn.pane.Bokeh(self.bands.gap, **WIDE)),
            *(_heading(_("Where it differs")), self.where),
            pn.pane.Bokeh(self.map.plot, sizing_mode="scale_width", max_width=720, margin=0),
            *(self.places, self.outcomes),
            *(_heading(_("Take it away")), pn.FlexBox(*self._files(), margin=0)),
            css_classes=["charts"],
            visible=False,
            **WIDE,
        )
        return self.charts

    def _files(self) -> list[pn.widgets.FileDownload]:
        _, button, world = self.session._, self._buttons.button, self.session.world

        def report(cancel: Cancel) -> bytes:
            return downloads.report_of(self.experiment, world, cancel)

        def scenario(_cancel: Cancel) -> bytes:
            return self.experiment.scenario.dump_toml().encode()

        return [
            button(_("Table (CSV)"), "what-if.csv", lambda _: downloads.csv_of(self._known())),
            button(_("Figure (PNG)"), "what-if.png", partial(self._figure, "png")),
            button(_("Figure (SVG)"), "what-if.svg", partial(self._figure, "svg")),
            button(_("Report (HTML)"), "what-if.html", report),
            button(_("Scenario (TOML)"), "scenario.toml", scenario),
        ]

    # --- changing

    def _take(self, experiment: Experiment) -> None:
        """Make an experiment the one that is shown, and run it if it is another."""
        before, self.experiment = self.experiment, experiment
        if not self._built:
            return
        self._refresh()
        self._run(experiment)
        if experiment.outcome != before.outcome:
            self._display()
        self.session.touch()

    def _try(self, change: Callable[[Experiment], Experiment]) -> None:
        try:
            self._take(change(self.experiment))
        except InputError as error:
            self.session.report(error)
            self._refresh()

    def _release(self, name: str, value: float) -> None:
        self._try(lambda e: e.with_parameter(name, value))

    def _move(self, name: str, value: float) -> None:
        """Let the result follow a slider on its way, as fast as first results come."""
        with suppress(InputError):
            self._run(self.experiment.with_parameter(name, value), is_urgent=False)

    def _set(self, field: str, value: Any) -> None:
        """Take another ``start``, ``against``, ``title``, ``seed``, ``fixed`` or ``outcome``."""

        def changed(experiment: Experiment) -> Experiment:
            if field == "start":
                return begin(value, experiment.against).looked_at_as(experiment)
            return experiment.with_settings(**{field: value})

        self._try(changed)

    def _upload(self, content: bytes | None, filename: str) -> None:
        """Take a scenario file; None stands for one that is too large to send."""
        given = b" " * (UPLOAD_BYTES + 1) if content is None else content
        world = self.session.world
        self._try(lambda e: from_toml(given, world, filename).looked_at_as(e))

    @drawn
    def _save_intervention(self, index: int | None, fields: dict[str, Any]) -> None:
        """Take an answered form; what is wrong with it stands beside it."""
        items = intervention_forms.replaced(self.experiment.interventions(), index, fields)
        error = ""
        try:
            self._take(self.experiment.with_interventions(items, self.session.world))
        except InputError as refused:
            error = intervention_forms.refusal(refused, self.session._)
        self.interventions.param.update(error=error, number=self.interventions.number + 1)

    def _remove_intervention(self, index: int) -> None:
        items = self.experiment.interventions()
        del items[index]
        self._try(lambda e: e.with_interventions(items, self.session.world))

    # --- running

    def _run(self, experiment: Experiment, *, is_urgent: bool = True) -> None:
        """Begin the paired runs; what is not urgent waits for first results of those before."""
        self._next, before = None, self._trial
        if before is not None and before.experiment == experiment.seen_as(before.experiment):
            return
        if not is_urgent and before is not None and before is not self._shown:
            self._next = experiment
            return
        try:
            self._trial = trial = PairedTrial(experiment, self.session.world)
        except InputError as error:
            self.session.notify(str(error), "error")
            return
        progress = result_sentences.progress(0, self.session._)
        self.summary.param.update(busy=True, progress=progress)
        for number, chunk in enumerate(paired_trial.CHUNKS):
            self.session.submit(
                partial(trial.work, chunk),
                partial(self._receive, trial),
                self._failed,
                key=f"what_if.{number}",
            )

    def _receive(self, trial: PairedTrial, result: TrialResult | None) -> None:
        """Show what is known, unless another experiment has begun meanwhile."""
        if result is None or trial is not self._trial:
            return
        # Two threads may hand over in either order.
        if self.result is None or trial is not self._shown or result.pairs > self.result.pairs:
            self.result, self._shown = result, trial
            self._display()
        if self._next is not None:
            self._run(self._next)

    def _failed(self, error: Exception) -> None:
        self._trial = None
        if self._built:
            self.summary.busy = False
        self.session.report(error)

    # --- showing

    @drawn
    def _refresh(self) -> None:
        """Let the settings show the experiment."""
        experiment, scenario = self.experiment, self.experiment.scenario
        _, world = self.session._, self.session.world
        self.setup.param.update(
            start=experiment.start,
            against=experiment.against,
            title=_(scenario.title),
            seed=scenario.seed,
            fixed=experiment.fixed,
            question=_(scenario.question),
        )
        self.levers.values = self.sliders.values = scenario.parameter_values()
        if not is_lever_change(experiment):
            self._unfold(True)
        told = intervention_forms.intervention_sentence
        items = [{"sentence": told(i, world, _), "fields": i} for i in experiment.interventions()]
        self.interventions.param.update(months=[scenario.start, scenario.end], items=items)
        self.outcome.value = experiment.outcome

    @drawn
    def _display(self) -> None:
        """Let the other side show what is known of the outcome looked at."""
        result, outcome = self.result, self.experiment.outcome
        if result is None:
            return
        _, n, texts = self.session._, self.session.n, result_sentences
        self.summary.param.update(
            headline=texts.sentence(result, outcome, _),
            progress=texts.progress(result.pairs, _),
            busy=not result.is_final,
        )
        changes = "; ".join(texts.changes(result.experiment, _))
        lines = (*texts.certainty(result, outcome, _), texts.others(result, n), changes)
        self.told.object = paragraphs(*filter(None, lines))
        mine = result.experiment
        worlds = _(mine.baseline().title), texts.title_of(mine, _)
        self.bands.show(result.bands(outcome), outcome, labels("outcomes", _)[outcome], worlds)
        self.levers.effect = texts.lever_effect(result, outcome, _)
        key = self.map.show(result, outcome)
        self.where.object = paragraphs(texts.places(result, outcome, _, n)) + key
        self.places.param.update(**texts.place_table(result, outcome, self._names, _))
        self.outcomes.param.update(**texts.outcome_table(result, _))
        self.charts.visible = True

    # --- taking away

    def _known(self) -> TrialResult:
        if self.result is None:
            raise InputError(self.session._("The first runs are not finished yet."))
        return self.result

    def _figure(self, form: str, _cancel: Cancel) -> bytes:
        outcome = self.experiment.outcome
        label = labels("outcomes", self.session._)[outcome]
        return downloads.figure_of(self._known(), outcome, label, form)


def is_lever_change(experiment: Experiment) -> bool:
    """Return whether the main levers and the outcome are all that is set."""
    plain, mine = begin(), experiment.scenario
    others = [name for name in mine.parameters if name not in lever_labels()]
    rest = mine.model_copy(update={"parameters": plain.scenario.parameters})
    return not others and rest == plain.scenario and experiment.against == plain.against


def scenario_titles(_: Translate, world: World) -> list[list[str]]:
    """Return name and title of each shipped scenario that suits a world, the plain one first."""
    pairs = [[name, _(shipped(name).title)] for name in suiting(world)]
    return sorted(pairs, key=lambda pair: (pair[0] != "baseline", pair[1]))


def _heading(text: str) -> pn.pane.HTML:
    return html(heading(2, text), margin=(6, 0, 2, 0))
