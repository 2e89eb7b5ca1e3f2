"""What a comparison says, in words: the sentences that come first, and numbers as cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.core.enums import EVENTS
from sim.core.plurals import counted
from sim.experiments.comparison import paired_statistics
from sim.experiments.comparison.paired_comparison import ComparisonTables
from sim.experiments.comparison.paired_statistics import LEVEL, most_often
from sim.experiments.comparison.pairing import same_world
from sim.experiments.run_settings import (
    MOST_TOLD,
    changed_interventions,
    changed_parameters,
    differences,
    intervention_records,
    varies_words,
)
from sim.experiments.sender_words import sender_words
from sim.report.amount_words import (
    amount,
    percent,
    probability,
    rounded,
    share_words,
    signed_amounts,
    width_digits,
)
from sim.report.display_names import MINUS, outcome_label
from sim.report.event_phrases import Event, EventDescriber
from sim.report.line_breaks import NO_BREAK
from sim.report.phrases import phrase
from sim.scenario.intervention_fields import codes_in
from sim.world import World

CASES = "Nine cases in ten"
MOST_RUNS = 10_000
"""Runs beyond which it is not said how many more a difference would need."""
HEADLINES = ("deals", "deal_value_usd_m", "visits_to_lac", "visits_to_china", "memoranda")
"""Outcomes that the first sentences are about, the most important first."""
PLACE_OUTCOMES = ("deals", "deal_value_usd_m", "memoranda", "visits_to_lac")
"""Outcomes shown by country and, where they differ distinguishably, by locality."""
MOST_PLACES_TOLD = 3
"""Most places named by a what-if that sentences and cards tell of."""


@dataclass(frozen=True)
class EffectText:
    """Hold one effect as words, numbers in the outcome's unit.

    ``difference`` is the mean of pairs of runs, known to within ``error`` by their number;
    ``cases`` says between what nine pairs in ten lie, with ``median`` in their middle;
    ``raises`` and ``lowers`` are probabilities over pairs. ``runs`` is the number of pairs,
    ``needed`` those that would tell the difference from none; ``never`` is true if no run differed;
    ``by_parameters`` is the share of the variance that is due to draws of parameters, ``gain`` the
    variance of independent over that of paired differences.
    """

    name: str
    words: str
    unit: str
    baseline: str
    what_if: str
    difference: str
    error: str
    median: str
    cases: str
    percent: str
    raises: str
    lowers: str
    by_parameters: float
    distinguishable: bool
    runs: int
    needed: float
    never: bool
    is_lower: bool
    gain: str

    @property
    def label(self) -> str:
        """Return the words with the unit."""
        return f"{self.words}, {self.unit}" if self.unit else self.words

    @property
    def needed_words(self) -> str:
        """Return the number of runs that would tell the difference from none."""
        return f"over {MOST_RUNS:,}" if self.needed > MOST_RUNS else rounded(self.needed)

    @property
    def spread_words(self) -> str:
        """Return the mean difference, between what nine pairs in ten lie, and the probability.

        It is in brackets where the mean is not told from none, and lines break between the three.
        """
        if self.never:
            return "="
        parts = (self.difference, self.cases, self.likelier)
        text = "; ".join(part.replace(" ", NO_BREAK) for part in parts)
        return text if self.distinguishable else f"({text})"

    @property
    def likelier(self) -> str:
        """Return which way it goes in more runs, and with what probability."""
        if self.never:
            return "equal in all runs"
        return f"lowers: {self.lowers}" if self.is_lower else f"raises: {self.raises}"

    @property
    def is_too_few(self) -> bool:
        """Return whether there are too few runs to judge."""
        return self.runs < paired_statistics.LEAST

    @property
    def none_words(self) -> str:
        """Return why the difference can't be told from none."""
        runs = counted(self.runs, "run")
        if self.never:
            often = percent(100 * most_often(max(self.runs, 1)))
            return phrase("effect.never", runs=runs, often=often)
        if self.is_too_few:
            return phrase("effect.too_few", runs=runs, least=paired_statistics.LEAST)
        unit = f" {self.unit}" if self.unit else ""
        numbers = {"difference": self.difference, "error": self.error, "unit": unit}
        text = phrase("effect.unclear", runs=runs, **numbers)
        if np.isnan(self.needed):
            return text
        bound = "" if self.needed > MOST_RUNS else "about "
        return text + phrase("effect.needed", runs=f"{bound}{self.needed_words}")

    def probability_words(self, what: str) -> str:
        """Return the probability that a what-if raises and that it lowers the outcome."""
        raised = {"raises": self.raises, "lowers": self.lowers}
        return phrase("effect.probability", what=what, **raised)


def effect_of(row: Any, world: World | None = None) -> EffectText:
    """Return a row of a table of differences as words; with a world they speak of its sender."""
    label = outcome_label(row.outcome, world)
    base, other, gap, low, high = (
        label.scale * float(v)
        for v in (row.baseline, row.what_if, row.difference, row.low, row.high)
    )
    known = not np.isnan(low)
    middle = signed_amounts(low, high, gap)[-1]
    median, *cases = (
        label.scale * float(getattr(row, end, np.nan)) for end in ("median", "p05", "p95")
    )
    return EffectText(
        name=row.outcome,
        words=label.words,
        unit=label.unit,
        baseline=amount(base),
        what_if=amount(other),
        difference=middle,
        error=amount((high - low) / 2, width_digits(low, high)) if known else "",
        median=amount(median, width_digits(low, high), signed=True),
        cases="" if np.isnan(cases[0]) else " to ".join(signed_amounts(*cases)),
        percent="" if np.isnan(row.percent) else percent(row.percent, signed=True),
        raises=probability(row.share_higher, int(row.runs)),
        lowers=probability(row.share_lower, int(row.runs)),
        by_parameters=float(row.by_parameters),
        is_lower=bool(row.share_lower > row.share_higher),
        distinguishable=bool(row.distinguishable),
        runs=int(row.runs),
        needed=float(row.runs_to_tell),
        never=bool(row.share_equal == 1.0),
        gain=f"{row.gain:,.0f}×" if np.isfinite(row.gain) else "",
    )


def of_what_if(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Return the rows of one what-if."""
    return frame[frame["scenario"] == label]


def cases_words(comparison: ComparisonTables) -> str:
    """Return what is said above or below intervals over pairs, which name what they hold."""
    return f"{CASES.lower()} {varies_words(comparison.manifest)}"


def effects_of(comparison: ComparisonTables, label: str) -> dict[str, EffectText]:
    """Return the effects of a what-if on the region as words, by outcome."""
    rows = of_what_if(comparison.effects, label).itertuples()
    return {str(row.outcome): effect_of(row, comparison.world) for row in rows}


def headlines(comparison: ComparisonTables, label: str, names: EventDescriber) -> list[str]:
    """Return what changes, how sure that is and why, as a few sentences."""
    if label in comparison.identical:
        return [identical_words(comparison, label)]
    effects = effects_of(comparison, label)
    changed = [effects[n] for n in HEADLINES if effects[n].distinguishable]
    unclear = [effects[n] for n in HEADLINES if not effects[n].distinguishable]
    what = sender_words(comparison.world).scenario(comparison.what_ifs[label]).title
    return [
        *(_place_words(comparison, label, p, names) for p in places_changed(comparison, label)),
        *(_changed_words(effect, what) for effect in changed[:3]),
        *(
            f"{effect.words}: {effect.none_words}. {effect.probability_words(what)}"
            for effect in unclear[:2]
        ),
        *by_parameters_words(effects[HEADLINES[0]]),
        *_largest_words(comparison, label),
        *_count_words(list(effects.values())),
        divergence_words(comparison, label, names),
        deals_words(comparison, label),
    ]


def places_changed(comparison: ComparisonTables, label: str) -> list[tuple[str, str]]:
    """Return the few places that a what-if's own interventions name, as column and code.

    The column is ``country`` or ``locality``. None are returned where the interventions name more
    than a reader wants to be told of.
    """
    found = changed_interventions(comparison.baseline, comparison.what_ifs[label])
    known = {
        "country": set(comparison.by_country["country"]),
        "locality": set(comparison.by_locality["locality"]),
    }
    places = dict.fromkeys(
        (column, code)
        for column, codes in known.items()
        for change in (*found["more"], *found["fewer"])
        for code in codes_in(getattr(change, column, None))
        if code in codes
    )
    return list(places) if len(places) <= MOST_PLACES_TOLD else []


def effects_at(
    comparison: ComparisonTables, label: str, place: tuple[str, str]
) -> list[EffectText]:
    """Return the effects of a what-if on a place as words."""
    column, code = place
    frame = comparison.by_country if column == "country" else comparison.by_locality
    rows = of_what_if(frame[frame[column] == code], label).set_index("outcome", drop=False)
    return [effect_of(row, comparison.world) for row in rows.loc[[*PLACE_OUTCOMES]].itertuples()]


def place_name(place: tuple[str, str], names: EventDescriber) -> str:
    """Return the name of a country or a locality."""
    column, code = place
    return names.country(code) if column == "country" else names.full_place(code)


def _place_words(
    comparison: ComparisonTables, label: str, place: tuple[str, str], names: EventDescriber
) -> str:
    """Say in a sentence what a what-if changes in a place that it names."""
    effects, name = effects_at(comparison, label, place), place_name(place, names)
    if all(effect.never for effect in effects):
        return phrase("effect.place_equal", place=name)
    changes = "; ".join(
        phrase(
            "effect.at_place",
            words=effect.words[:1].lower() + effect.words[1:],
            difference=effect.difference,
            unit=f" {effect.unit}" if effect.unit else "",
            baseline=effect.baseline,
            what_if=effect.what_if,
            cases=effect.cases,
            none="" if effect.distinguishable else phrase("effect.at_place_unclear"),
        )
        for effect in effects
    )
    likely = {"raises": effects[0].raises, "lowers": effects[0].lowers}
    return phrase("effect.place", place=name, changes=changes, **likely)


def by_parameters_words(effect: EffectText) -> list[str]:
    """Say how much of what makes a difference vary comes from the parameters, if it is known."""
    if np.isnan(effect.by_parameters):
        return []
    share = share_words(effect.by_parameters)
    return [phrase("effect.by_parameters", words=effect.words.lower(), share=share)]


def _count_words(effects: list[EffectText]) -> list[str]:
    """Say how many outcomes differ, if there are enough runs to judge."""
    if effects[0].is_too_few:
        return []
    clear = sum(effect.distinguishable for effect in effects)
    chance = (1 - LEVEL) * len(effects)
    return [phrase("effect.count", total=len(effects), clear=clear, chance=chance)]


_HELD_FIXED = {
    "asked": "certainty.asked",
    "earlier_model": "certainty.earlier_model",
    "none_published": "certainty.none_published",
    "other_tables": "certainty.other_tables",
}
"""What is said of parameters held fixed, by why they are."""


def certainty_words(comparison: ComparisonTables) -> str:
    """Say whether what is not known of the parameters is included, and if not, why."""
    manifest = comparison.manifest
    source, draws = manifest.get("drawn_from", {}), len(manifest.get("draws", ()))
    if not draws:
        why = source.get("fixed_because", "asked")
        return phrase(_HELD_FIXED[why if comparison.world.is_shipped else "other_tables"])
    key = "certainty.posterior" if source else "certainty.given"
    key = "certainty.earlier_draws" if source.get("changed_since_fit") else key
    return phrase(key, draws=counted(draws, "draw"))


def identical_words(comparison: ComparisonTables, label: str) -> str:
    """Say that a what-if is the baseline under another name, or changes nothing."""
    if same_world(comparison.baseline, comparison.what_ifs[label]):
        return phrase("effect.same_world")
    return phrase("effect.no_consequence", pairs=comparison.pairs)


def _changed_words(effect: EffectText, what: str) -> str:
    return phrase(
        "effect.changed",
        words=effect.words,
        way="lower" if effect.difference.startswith(MINUS) else "higher",
        size=effect.difference.lstrip(MINUS + "+"),
        unit=f" {effect.unit}" if effect.unit else "",
        share=f", {effect.percent}" if effect.percent and effect.unit != "%" else "",
        baseline=effect.baseline,
        what_if=effect.what_if,
        cases=effect.cases,
        probability=effect.probability_words(what),
    )


def _largest_words(comparison: ComparisonTables, label: str) -> list[str]:
    """Name the largest changes in percent: they show by which way the effect comes about."""
    rows = of_what_if(comparison.effects, label)
    rows = rows[rows["distinguishable"] & rows["percent"].notna()]
    rows = rows.sort_values("percent", key=lambda p: -p.abs(), kind="stable").head(4)
    changes = ", ".join(
        f"{outcome_label(name, comparison.world).words} ({percent(share, signed=True)})"
        for name, share in zip(rows["outcome"], rows["percent"], strict=True)
    )
    return [phrase("effect.largest", changes=changes)] if changes else []


def divergence_words(comparison: ComparisonTables, label: str, names: EventDescriber) -> str:
    """Say when, where and with what the two worlds first part."""
    rows = of_what_if(comparison.divergences, label).dropna(subset="month")
    runs = counted(comparison.replicates, "run")
    if rows.empty:
        return phrase("effect.no_parting")
    months = sorted(rows["month"])
    first, middle, last = (names.month(months[i]) for i in (0, (len(months) - 1) // 2, -1))
    when = phrase("effect.in_month" if first == last else "effect.between_months",
                  first=first, last=last, middle=middle)  # fmt: skip
    every = len(rows) == comparison.replicates
    kind, count = most_frequent(rows["kind"])[0]
    where, _ = most_frequent(rows["country"].fillna(""))[0]
    return phrase(
        "effect.parting",
        share=phrase("effect.every_run" if every else "effect.some_runs", count=len(rows), of=runs),
        when=when,
        place=phrase("effect.most_in", country=names.country(where)) if where else "",
        kind=kind_words(kind, comparison.world),
        count=count,
        runs=runs,
    )


def most_frequent(values: pd.Series[Any]) -> list[tuple[str, int]]:
    """Return the three most frequent values with their counts, then by name."""
    counts = values.dropna().value_counts().sort_index()
    counts = counts[counts > 0].sort_values(ascending=False, kind="stable").head(3)
    return [(str(value), int(count)) for value, count in counts.items()]


def deals_words(comparison: ComparisonTables, label: str) -> str:
    """Say how many deals exist in one world only, and what they lack in the other."""
    mine = of_what_if(comparison.divergences, label)
    lost, won = (amount(mine[f"deals_only_{side}"].mean()) for side in ("baseline", "what_if"))
    text = phrase("effect.lone_deals", lost=lost, won=won)
    gone = of_what_if(comparison.deals_in_one_world, label).query("only_in == 'baseline'")
    if gone.empty:
        return text
    kind, count = most_frequent(gone["root_kind"])[0]
    what, share = kind_words(kind, comparison.world), 100.0 * count / len(gone)
    return text + phrase("effect.lacks", kind=what, share=share)


def kind_words(kind: str, world: World) -> str:
    """Return a kind of event as words that fit no place or actor in particular."""
    return sender_words(world)(EVENTS[kind].phrase or EVENTS[kind].reason)


def event_at(row: Any, role: str) -> Event | None:
    """Return an event of a row of ``deals_in_one_world``, None if it has none in that role.

    The role, such as ``root_``, begins the names of the event's columns.
    """
    names = ("month", "kind", "chinese_actor", "country", "locality")
    values = (getattr(row, f"{role}{name}") for name in names)
    month, kind, actor, country, locality = (
        value if isinstance(value, str) else None for value in values
    )
    if kind is None or month is None:
        return None
    return Event("", month, kind, actor, country, locality)


def named(event: Event, names: EventDescriber) -> str:
    """Return an event as a phrase with its month, such as ``the veto (May 2017)``."""
    return f"{names.name(event)} ({names.month(event.month)})"


def fate_words(fate: Event | None, cause: Event | None, names: EventDescriber) -> str:
    """Say what became of a project in the world where it is no deal."""
    if fate is None:
        return phrase("difference.never_proposed")
    what = EVENTS[fate.kind].ending or phrase(
        "difference.last_event", what=kind_words(fate.kind, names.world)
    )
    text = phrase("difference.ended", what=what, month=names.month(fate.month))
    return text + ("" if cause is None else phrase("difference.after", what=named(cause, names)))


def changes_words(comparison: ComparisonTables, label: str) -> str:
    """Return in words what a what-if changes against the baseline."""
    both = comparison.baseline, comparison.what_ifs[label]
    found = {
        "parameters": changed_parameters(*both),
        "interventions": intervention_records(changed_interventions(*both)),
    }
    return "; ".join(differences(found, MOST_TOLD)) or phrase("effect.nothing_changed")
