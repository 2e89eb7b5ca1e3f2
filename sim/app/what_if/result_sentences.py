"""What came of an experiment, in sentences and tables that say how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sim.app.labels import labels, say
from sim.app.language import Translate, TranslateCount
from sim.app.what_if import paired_trial
from sim.app.what_if.experiment import Experiment
from sim.app.what_if.paired_trial import TrialResult
from sim.app.what_if.parameter_sliders import parameter_words
from sim.engine.monthly_inputs import rows_of
from sim.experiments.comparison.paired_statistics import LEVEL, most_often
from sim.experiments.comparison.pairing import same_world
from sim.experiments.run_settings import changed_parameters
from sim.report.amount_words import amount, bounded, percent, share_bounded
from sim.report.compare_text import MOST_RUNS, effect_of
from sim.report.display_names import MINUS, Names
from sim.report.line_breaks import unbroken

PLACES_LISTED = 15


def scale_of(outcome: str) -> float:
    """Return what an outcome is multiplied by where it is shown: amounts in billions."""
    return 0.001 if outcome == "deal_value_usd_m" else 1.0


def sentence(result: TrialResult, outcome: str, _: Translate) -> str:
    """Return what happens to an outcome and how sure that is."""
    return " ".join(say(f"result.{key}", _, **facts) for key, facts in _facts(result, outcome, _))


def _facts(
    result: TrialResult, outcome: str, _: Translate
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the phrases of the sentence, each with what is filled in."""
    if result.identical:
        experiment = result.experiment
        same = same_world(experiment.baseline(), experiment.scenario)
        yield "unchanged" if same else "identical", {"pairs": result.pairs}
        return
    row, effect = result.row(outcome), result.effect(outcome)
    unit = unit_of(outcome, _)
    low, _to, high = effect.cases.partition(" to ")
    facts = {
        "name": short_name(outcome, _),
        "pairs": result.pairs,
        "total": paired_trial.PAIRS,
        "difference": effect.difference + ("" if result.is_final else unit),
        "size": effect.difference.lstrip(MINUS + "+") + unit,
        "error": effect.error + unit,
        "baseline": effect.baseline + unit,
        "what_if": effect.what_if + unit,
        "low": low,
        "high": high,
        "change": title_of(result.experiment, _),
    }
    if effect.never:
        share = percent(100.0 * most_often(result.pairs))
        yield "never", facts | {"share": share, "level": f"{100 * LEVEL:.0f}"}
        return
    if not result.is_final:
        yield "early", facts
        return
    if effect.distinguishable:
        yield "lower" if effect.difference.startswith(MINUS) else "higher", facts
    else:
        yield "unclear", facts
        if effect.needed > MOST_RUNS:
            yield "too_many", {"runs": f"{MOST_RUNS:,}"}
        elif not np.isnan(effect.needed):
            yield "needed", {"runs": effect.needed_words}
    raises, lowers = (chance(x, result.pairs, _) for x in (row.share_higher, row.share_lower))
    yield "cases", facts | {"raises": raises, "lowers": lowers}


def short_name(outcome: str, _: Translate) -> str:
    """Return the name of an outcome without its unit."""
    return labels("outcomes", _)[outcome].partition(",")[0]


def unit_of(outcome: str, _: Translate) -> str:
    """Return what stands behind an amount of an outcome."""
    return " " + _("billion US$") if outcome == "deal_value_usd_m" else ""


def title_of(experiment: Experiment, _: Translate) -> str:
    """Return what the changed world is called: its title if it has one of its own."""
    mine, against = experiment.scenario.title, experiment.baseline().title
    return _("What you change") if mine == against else _(mine)


def lever_effect(result: TrialResult, outcome: str, _: Translate) -> list[str]:
    """Return the one parameter that is changed and what comes of it in short, or empty texts."""
    base, mine = result.experiment.baseline(), result.experiment.scenario
    changed, effect = list(changed_parameters(base, mine)), result.effect(outcome)
    if len(changed) != 1 or base.interventions != mine.interventions or result.identical:
        return ["", ""]
    values = f"{effect.baseline} → {effect.what_if}{unit_of(outcome, _)} ({effect.difference})"
    return [*changed, f"{short_name(outcome, _)}: {values}"]


def chance(share: float, pairs: int, _: Translate) -> str:
    """Return a share of pairs of runs as a probability, never as quite certain."""
    bound, number = bounded(share, pairs)
    words = {"at least": _("at least"), "at most": _("at most")}.get(bound, "")
    return unbroken(f"{words} {number} %".lstrip())


def certainty(result: TrialResult, outcome: str, _: Translate) -> list[str]:
    """Return whether what is not known of the parameters is included, and how much it matters."""
    carried = result.carried
    told = labels("certainty", _)[carried.source.get("fixed_because", "posterior")]
    share = result.effect(outcome).by_parameters
    if not result.is_final or np.isnan(share):
        return [told]
    bound, number = share_bounded(share)
    words = {"less than": _("less than"), "more than": _("more than")}.get(bound, _("about"))
    return [told, say("result.by_parameters", _, share=f"{words} {number} %")]


def others(result: TrialResult, n: TranslateCount) -> str:
    """Return how many outcomes differ, and how many would by chance alone."""
    if result.identical or not result.is_final:
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
        return say("result.nowhere", _)
    if not result.is_final:
        return ""
    clear = n(
        "In {n} of {total} localities the mean difference is told from none, after correction for "
        "their number.",
        "In {n} of {total} localities the mean difference is told from none, after correction for "
        "their number.",
        int(frame["distinguishable"].sum()),
        total=len(frame),
    )
    faint = n(
        "{n} other differs in some runs, but its mean cannot be told from none.",
        "{n} others differ in some runs, but their means cannot be told from none.",
        int(((frame["share_equal"] < 1) & ~frame["distinguishable"]).sum()),
    )
    return f"{clear} {faint}"


def progress(pairs: int, _: Translate) -> str:
    """Return how far the runs are."""
    total = paired_trial.PAIRS
    key = "all" if pairs >= total else "first" if pairs else "running"
    return say(f"result.{key}", _, pairs=pairs, total=total)


def changes(experiment: Experiment, _: Translate) -> list[str]:
    """Return what the experiment changes against its baseline, a line each."""
    base, mine = experiment.baseline(), experiment.scenario
    draws = paired_trial.carried_by(experiment).draws
    drawn = set(draws[0] if draws else ()) - set(base.parameters)
    lines = []
    for name, (was, now) in changed_parameters(base, mine).items():
        values = {"parameter": parameter_words(name, _), "was": f"{was:g}", "now": f"{now:g}"}
        lines.append(say("result.drawn" if name in drawn else "result.set", _, **values))
    for key, one, other in (("added", mine, base), ("taken", base, mine)):
        if count := sum(change not in other.interventions for change in one.interventions):
            lines.append(say(f"result.{key}", _, count=count))
    return lines


def place_words(rows: pd.DataFrame, outcome: str, pairs: int, _: Translate) -> dict[str, list[str]]:
    """Return the mean difference at each place, where nine pairs in ten lie, and its sign."""
    told, untold = _("told from none"), _("cannot be told from none")
    found = {name: ["–"] * len(rows) for name in ("cases", "raised", "lowered")}
    found["difference"] = [_("equal in all runs")] * len(rows)
    differs = rows["share_equal"].to_numpy() != 1.0
    numbers = scale_of(outcome) * rows.loc[differs, ["difference", "p05", "p95"]].to_numpy()
    shares = rows.loc[differs, ["share_higher", "share_lower"]].to_numpy().tolist()
    sure = rows["distinguishable"].to_numpy()
    places = np.flatnonzero(differs).tolist()
    for place, ends, ways in zip(places, numbers.tolist(), shares, strict=True):
        gap, low, high = (amount(value, signed=True) for value in ends)
        found["difference"][place] = f"{gap}, {told if sure[place] else untold}"
        found["cases"][place] = _("{low} to {high}", low=low, high=high)
        found["raised"][place], found["lowered"][place] = (chance(x, pairs, _) for x in ways)
    return found


def place_table(result: TrialResult, outcome: str, names: Names, _: Translate) -> dict[str, Any]:
    """Return the localities that differ most, those first whose mean is told from none."""
    rows = result.places(outcome)
    rows = rows[rows["share_equal"] < 1].assign(size=lambda frame: frame["difference"].abs())
    rows = rows.sort_values(["distinguishable", "size"], ascending=False, kind="stable")
    return {
        "caption": _("The localities that differ most, as a table"),
        "head": [_("Locality"), *_effect_head(result, _)],
        "rows": [
            [f"{row.name}, {names.country(row.country)}", *_effect_cells(row, result, _)]
            for row in rows_of(rows.head(PLACES_LISTED))
        ],
    }


def outcome_table(result: TrialResult, _: Translate) -> dict[str, Any]:
    """Return all outcomes for the region with their differences."""
    rows = []
    for row, effect in ((row, effect_of(row)) for row in rows_of(result.effects)):
        words = _(effect.words) + (f", {_(effect.unit)}" if effect.unit else "")
        means = effect.baseline, effect.what_if
        rows.append([words, *means, *_effect_cells(row, result, _)])
    worlds = _(result.experiment.baseline().title), title_of(result.experiment, _)
    return {
        "caption": _("All outcomes for the region, as a table"),
        "head": [_("Outcome"), *worlds, *_effect_head(result, _)],
        "rows": rows,
    }


def _effect_head(result: TrialResult, _: Translate) -> list[str]:
    """Return the titles of the columns that :func:`_effect_cells` fills."""
    return [
        _("Mean difference"),
        _("Known to within"),
        _("Told from none"),
        _("9 pairs in 10, over parameters and chance")
        if result.carried.draws
        else _("9 pairs in 10, over chance alone"),
        _("Probability that it is raised"),
        _("Probability that it is lowered"),
    ]


def _effect_cells(row: Any, result: TrialResult, _: Translate) -> list[str]:
    """Return a difference in the mean, whether it is told from none, and from case to case."""
    effect = effect_of(row)
    error = f"±{effect.error}" if effect.error else ""
    sure = (_("yes") if effect.distinguishable else _("no")) if result.is_final else ""
    low, _to, high = effect.cases.partition(" to ")
    cases = _("{low} to {high}", low=low, high=high) if low else ""
    shares = (row.share_higher, row.share_lower) if row.runs else ()
    ways = [chance(share, result.pairs, _) for share in shares] or ["", ""]
    return [effect.difference, error, sure, cases, *ways]
