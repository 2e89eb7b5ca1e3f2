"""What came of an experiment, in sentences and tables that say how sure it is.

Numbers are written by :mod:`sim.report.compare_text`, as in the report; the sentences around
them can be translated. ``_`` translates a text and fills in its fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.app.labels import labels
from sim.app.what_if import paired_trial
from sim.experiments.comparison.paired_statistics import LEVEL, most_often
from sim.experiments.comparison.pairing import same_world
from sim.experiments.run_settings import changed_parameters
from sim.report.compare_text import amount, effect_of, percent, probability
from sim.report.display_names import MINUS

if TYPE_CHECKING:
    import pandas as pd

    from sim.app.language import Translate, TranslateCount
    from sim.app.what_if.experiment import Experiment
    from sim.app.what_if.paired_trial import TrialResult
    from sim.report.display_names import Names

MOST_NAMED = 1e6
"""Runs needed to see half of a difference above which their number is not told."""
PLACES_LISTED = 15
_LEVEL = f"{100 * LEVEL:.0f}"


def scale_of(outcome: str) -> float:
    """Return what an outcome is multiplied by where it is shown: amounts in billions."""
    return 0.001 if outcome == "deal_value_usd_m" else 1.0


def sureness(p_higher: float, _: Translate) -> str:
    """Return how sure a direction is, from the probability that the mean lies above zero."""
    sure = max(p_higher, 1.0 - p_higher)
    if sure > 0.999:
        return _("almost certain")
    if sure > 0.99:
        return _("very sure")
    if sure > 1.0 - (1.0 - LEVEL) / 2.0:
        return _("sure")
    if sure > 0.9:
        return _("likely")
    return _("more likely than not") if sure > 2 / 3 else _("open")


def sentence(result: TrialResult, outcome: str, _: Translate) -> str:
    """Return what happens to an outcome and how sure that is."""
    if result.identical and same_world(result.experiment.baseline(), result.experiment.scenario):
        return _(
            "Nothing is changed yet. Move a slider, add an intervention, or begin from another "
            "scenario, and see what differs."
        )
    if result.identical:
        return _(
            "Nothing differs: all {pairs} runs of the changed world are the same as the "
            "baseline's in every event.",
            pairs=result.pairs,
        )
    effect = result.effect(outcome)
    name = labels("outcomes", _)[outcome].partition(",")[0]
    if effect.never:
        return _(
            "{name}: equal in all {pairs} pairs of runs. At most {share} of runs can differ "
            "({level} % confidence).",
            name=name,
            pairs=result.pairs,
            share=percent(100.0 * most_often(result.pairs)),
            level=_LEVEL,
        )
    return _effect_sentence(result, outcome, name, _)


def _effect_sentence(result: TrialResult, outcome: str, name: str, _: Translate) -> str:
    """Return what happens to an outcome that differs in some runs."""
    effect, row = result.effect(outcome), result.row(outcome)
    unit = " " + _("billion US$") if outcome == "deal_value_usd_m" else ""
    low, _to, high = effect.interval.partition(" to ")
    facts = {
        "name": name,
        "size": effect.difference.lstrip(MINUS + "+") + unit,
        "baseline": effect.baseline + unit,
        "what_if": effect.what_if + unit,
        "interval": _("{low} to {high}", low=low, high=high),
        "level": _LEVEL,
        "sure": sureness(row.p_higher, _),
        "probability": probability(max(row.p_higher, 1.0 - row.p_higher)),
        "pairs": result.pairs,
    }
    if row.distinguishable and row.difference > 0:
        return _(
            "{name}: higher by {size} per run, from {baseline} to {what_if}. That it is higher is "
            "{sure} ({probability}); the {level} % interval of the effect is {interval}, from "
            "{pairs} pairs of runs.",
            **facts,
        )
    if row.distinguishable:
        return _(
            "{name}: lower by {size} per run, from {baseline} to {what_if}. That it is lower is "
            "{sure} ({probability}); the {level} % interval of the effect is {interval}, from "
            "{pairs} pairs of runs.",
            **facts,
        )
    return _(
        "{name}: no difference can be told from chance. The effect lies somewhere from {interval} "
        "per run ({level} % interval, {pairs} pairs of runs); from {baseline} to {what_if} in the "
        "mean.",
        **facts,
    )


def needed(result: TrialResult, outcome: str, _: Translate) -> str:
    """Return how many runs would tell, where no difference could be told; else nothing."""
    effect = result.effect(outcome)
    known = result.identical or effect.distinguishable or effect.never
    # Nobody makes more runs than that, and a difference of nothing asks for no end of them.
    if known or not effect.needed < MOST_NAMED:
        return ""
    return _(
        "About {runs} runs would be needed to see half of this difference. To have found none is "
        "not to have shown that there is none.",
        runs=effect.needed_words.removeprefix("about "),
    )


def others(result: TrialResult, n: TranslateCount) -> str:
    """Return how many outcomes differ, and how many would by chance alone."""
    if result.identical:
        return ""
    total = len(result.effects)
    return n(
        "Of {total} outcomes for the region {n} differs distinguishably; about {chance} would by "
        "chance alone, if nothing differed.",
        "Of {total} outcomes for the region {n} differ distinguishably; about {chance} would by "
        "chance alone, if nothing differed.",
        int(result.effects["distinguishable"].sum()),
        total=total,
        chance=f"{(1 - LEVEL) * total:.0f}",
    )


def places(result: TrialResult, outcome: str, _: Translate, n: TranslateCount) -> str:
    """Return in how many localities an outcome differs."""
    frame = result.places(outcome)
    if result.identical or not (frame["share_equal"] < 1).any():
        return _("No locality differs in any run.")
    clear = n(
        "{n} of {total} localities differs distinguishably, after correction for their number.",
        "{n} of {total} localities differ distinguishably, after correction for their number.",
        int(frame["distinguishable"].sum()),
        total=len(frame),
    )
    faint = n(
        "{n} other differs in some runs, but not more than chance allows.",
        "{n} others differ in some runs, but not more than chance allows.",
        int(((frame["share_equal"] < 1) & ~frame["distinguishable"]).sum()),
    )
    return f"{clear} {faint}"


def progress(pairs: int, _: Translate) -> str:
    """Return how far the runs are."""
    if pairs >= paired_trial.PAIRS:
        return _("{pairs} pairs of runs.", pairs=pairs)
    if not pairs:
        return _("Running…")
    return _(
        "First {pairs} of {total} pairs of runs; more are on the way.",
        pairs=pairs,
        total=paired_trial.PAIRS,
    )


def changes(experiment: Experiment, _: Translate) -> list[str]:
    """Return what the experiment changes against its baseline, a line each."""
    base, mine = experiment.baseline(), experiment.scenario
    lines = [
        _("{parameter}: {was} to {now}", parameter=name, was=f"{was:g}", now=f"{now:g}")
        for name, (was, now) in changed_parameters(base, mine).items()
    ]
    more = sum(change not in base.interventions for change in mine.interventions)
    fewer = sum(change not in mine.interventions for change in base.interventions)
    if more:
        lines.append(_("Interventions added: {count}", count=more))
    if fewer:
        lines.append(_("Interventions taken away: {count}", count=fewer))
    return lines


def place_words(rows: pd.DataFrame, outcome: str, _: Translate) -> list[str]:
    """Return the difference at each place with its interval and whether it is sure."""
    scale, told, untold = scale_of(outcome), _("told from none"), _("cannot be told from none")
    found = [_("equal in all runs")] * len(rows)
    differs = rows["share_equal"].to_numpy() != 1.0
    numbers = scale * rows.loc[differs, ["difference", "low", "high"]].to_numpy()
    sure = rows["distinguishable"].to_numpy()
    for place, ends in zip(np.flatnonzero(differs).tolist(), numbers.tolist(), strict=True):
        gap, low, high = (amount(value, signed=True) for value in ends)
        found[place] = f"{gap} ({low} … {high}), {told if sure[place] else untold}"
    return found


def place_table(result: TrialResult, outcome: str, names: Names, _: Translate) -> dict[str, Any]:
    """Return the localities that differ most, those first that can be told from none."""
    rows = result.places(outcome)
    rows = rows[rows["share_equal"] < 1].assign(size=lambda frame: frame["difference"].abs())
    rows = rows.sort_values(["distinguishable", "size"], ascending=False, kind="stable")
    rows = rows.head(PLACES_LISTED)
    texts = place_words(rows, outcome, _)
    return {
        "caption": _("The localities that differ most, as a table"),
        "head": [_("Locality"), _("Difference, with its 95 % interval")],
        "rows": [
            [f"{place}, {names.country(country)}", words]
            for place, country, words in zip(rows["name"], rows["country"], texts, strict=True)
        ],
    }


def outcome_table(result: TrialResult, _: Translate) -> dict[str, Any]:
    """Return all outcomes for the region with their differences."""
    rows = []
    for effect in map(effect_of, result.rows.values()):
        words = _(effect.words) + (f", {effect.unit}" if effect.unit else "")
        sure = _("yes") if effect.distinguishable else _("no")
        cells = [effect.baseline, effect.what_if, effect.difference, effect.interval, sure]
        rows.append([words, *cells])
    return {
        "caption": _("All outcomes for the region, as a table"),
        "head": [
            _("Outcome"),
            _("Compared with"),
            _("What if"),
            _("Difference"),
            _("95 % interval"),
            _("Told from none"),
        ],
        "rows": rows,
    }
