"""What a comparison says, in words: the sentences that come first, and numbers as cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.core.enums import EVENTS
from sim.core.plurals import counted
from sim.experiments.comparison.paired_statistics import LEVEL, most_often
from sim.experiments.comparison.pairing import same_world
from sim.experiments.run_settings import changed_parameters
from sim.report.display_names import MINUS, outcome_label
from sim.report.event_phrases import Event, EventDescriber
from sim.report.phrases import phrase

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.comparison.paired_comparison import ComparisonTables

INTERVAL = f"{100 * LEVEL:.0f} % interval"
MOST_RUNS = 10_000
"""Runs beyond which it is not said how many more a difference would need."""
HEADLINES = ("deals", "deal_value_usd_m", "visits_to_lac", "visits_to_china", "memoranda")
"""Outcomes that the first sentences are about, the most important first."""


def digits_of(size: float, figures: int) -> int:
    """Return the decimal places that show a size to a number of figures, at most eight."""
    if not math.isfinite(size) or size <= 0.0:
        return 2
    return min(max(figures - 1 - math.floor(math.log10(size)), 0), 8)


def amount(value: float, digits: int | None = None, *, signed: bool = False) -> str:
    """Return a number as words, to three figures or so many digits, with a proper minus sign."""
    if math.isnan(value):
        return "none"
    text = f"{abs(value):,.{digits_of(abs(value), 3) if digits is None else digits}f}"
    # What rounds to nothing has no sign.
    if not text.strip("0.,"):
        return text
    return f"{MINUS if value < 0 else '+' if signed else ''}{text}"


def percent(value: float, *, signed: bool = False) -> str:
    """Return a share in percent as words."""
    return f"{amount(value, digits_of(abs(value), 2), signed=signed)} %"


def probability(value: float) -> str:
    """Return a probability as words, never as quite certain."""
    if np.isnan(value):
        return "unknown"
    if value > 0.999:
        return "over 99.9 %"
    return f"{100.0 * value:.1f} %" if value > 0.99 else f"{100.0 * value:.0f} %"


def rounded(count: float) -> str:
    """Return a large number to two figures, as it is no more certain than that."""
    if count < 100:
        return f"{count:.0f}"
    place = 10 ** (int(np.log10(count)) - 1)
    return f"{place * np.ceil(count / place):,.0f}"


@dataclass(frozen=True)
class EffectText:
    """Hold one effect as words, numbers in the outcome's unit.

    ``sure`` says which way and how sure the direction is; ``runs`` is the number of pairs,
    ``needed`` those it takes to see half of the difference; ``never`` is true if no run differed;
    ``gain`` is the variance of independent over that of paired differences.
    """

    name: str
    words: str
    unit: str
    baseline: str
    what_if: str
    difference: str
    interval: str
    percent: str
    sure: str
    distinguishable: bool
    runs: int
    needed: float
    never: bool
    gain: str

    @property
    def label(self) -> str:
        """Return the words with the unit."""
        return f"{self.words}, {self.unit}" if self.unit else self.words

    @property
    def needed_words(self) -> str:
        """Return the number of runs that would show half of the difference."""
        return "over 10,000" if self.needed > MOST_RUNS else f"about {rounded(self.needed)}"

    @property
    def none_words(self) -> str:
        """Return why the difference can't be told from none."""
        runs = counted(self.runs, "run")
        if self.never:
            often = percent(100 * most_often(max(self.runs, 1)))
            return phrase("effect.never", runs=runs, often=often)
        text = phrase("effect.unclear", runs=runs, level=INTERVAL, interval=self.interval)
        if np.isnan(self.needed):
            return text
        return text + phrase("effect.needed", runs=self.needed_words)


def effect_of(row: Any) -> EffectText:
    """Return a row of a table of differences as words."""
    label = outcome_label(row.outcome)
    base, other, gap, low, high = (
        label.scale * float(v)
        for v in (row.baseline, row.what_if, row.difference, row.low, row.high)
    )
    known = not np.isnan(low)
    # Two figures of the interval's width say all that is known.
    digits = digits_of((high - low) / 2, 2) if known and high > low else None
    ends = [amount(value, digits, signed=True) for value in (low, high)]
    sure = ""
    if row.share_equal == 1.0 and not np.isnan(row.p_higher):
        sure = "equal in all runs"
    elif not np.isnan(row.p_higher):
        way = "higher" if row.p_higher >= 0.5 else "lower"
        sure = f"{way}, {probability(max(row.p_higher, 1.0 - row.p_higher))}"
    return EffectText(
        name=row.outcome,
        words=label.words,
        unit=label.unit,
        baseline=amount(base),
        what_if=amount(other),
        difference=amount(gap, digits, signed=True),
        interval=f"{ends[0]} to {ends[1]}" if known else "",
        percent="" if np.isnan(row.percent) else percent(row.percent, signed=True),
        sure=sure,
        distinguishable=bool(row.distinguishable),
        runs=int(row.runs),
        needed=float(row.runs_for_half),
        never=bool(row.share_equal == 1.0),
        gain=f"{row.gain:,.0f}×" if np.isfinite(row.gain) else "",
    )


def of_what_if(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Return the rows of one what-if."""
    return frame[frame["scenario"] == label]


def effects_of(comparison: ComparisonTables, label: str) -> dict[str, EffectText]:
    """Return the effects of a what-if on the region as words, by outcome."""
    rows = of_what_if(comparison.effects, label).itertuples()
    return {effect.name: effect for effect in map(effect_of, rows)}


def headlines(comparison: ComparisonTables, label: str, names: EventDescriber) -> list[str]:
    """Return what changes, how sure that is and why, as a few sentences."""
    if label in comparison.identical:
        return [identical_words(comparison, label)]
    effects = effects_of(comparison, label)
    changed = [effects[n] for n in HEADLINES if effects[n].distinguishable]
    unclear = [effects[n] for n in HEADLINES if not effects[n].distinguishable]
    clear = sum(effect.distinguishable for effect in effects.values())
    chance = (1 - LEVEL) * len(effects)
    return [
        *(_changed_words(effect) for effect in changed[:3]),
        *(f"{effect.words}: {effect.none_words}." for effect in unclear[:2]),
        *_largest_words(comparison, label),
        phrase("effect.count", total=len(effects), clear=clear, chance=chance),
        divergence_words(comparison, label, names),
        deals_words(comparison, label),
    ]


def identical_words(comparison: ComparisonTables, label: str) -> str:
    """Say that a what-if is the baseline under another name, or changes nothing."""
    if same_world(comparison.baseline, comparison.what_ifs[label]):
        return phrase("effect.same_world")
    return phrase("effect.no_consequence", pairs=comparison.pairs)


def _changed_words(effect: EffectText) -> str:
    way, _, sure = effect.sure.partition(", ")
    return phrase(
        "effect.changed",
        words=effect.words,
        way=way,
        size=effect.difference.lstrip(MINUS + "+"),
        unit=f" {effect.unit}" if effect.unit else "",
        share=f", {effect.percent}" if effect.percent and effect.unit != "%" else "",
        baseline=effect.baseline,
        what_if=effect.what_if,
        level=INTERVAL,
        interval=effect.interval,
        sure=sure,
    )


def _largest_words(comparison: ComparisonTables, label: str) -> list[str]:
    """Name the largest changes in percent: they show by which way the effect comes about."""
    rows = of_what_if(comparison.effects, label)
    rows = rows[rows["distinguishable"] & rows["percent"].notna()]
    rows = rows.sort_values("percent", key=lambda p: -p.abs(), kind="stable").head(4)
    changes = ", ".join(
        f"{outcome_label(name).words} ({percent(share, signed=True)})"
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
    kind, count = _most(rows["kind"])
    where, _ = _most(rows["country"].fillna(""))
    return phrase(
        "effect.parting",
        share=phrase("effect.every_run" if every else "effect.some_runs", count=len(rows), of=runs),
        when=when,
        place=phrase("effect.most_in", country=names.country(where)) if where else "",
        kind=kind_words(kind),
        count=count,
        runs=runs,
    )


def _most(values: pd.Series[Any]) -> tuple[str, int]:
    """Return the most frequent value, the first in the alphabet of several, and its count."""
    counts = values.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return str(counts.index[0]), int(counts.iloc[0])


def deals_words(comparison: ComparisonTables, label: str) -> str:
    """Say how many deals exist in one world only, and what they lack in the other."""
    mine = of_what_if(comparison.divergences, label)
    lost, won = (amount(mine[f"deals_only_{side}"].mean()) for side in ("baseline", "what_if"))
    text = phrase("effect.lone_deals", lost=lost, won=won)
    gone = of_what_if(comparison.deals_in_one_world, label).query("only_in == 'baseline'")
    if gone.empty:
        return text
    kind, count = _most(gone["root_kind"])
    return text + phrase("effect.lacks", kind=kind_words(kind), share=100.0 * count / len(gone))


def kind_words(kind: str) -> str:
    """Return a kind of event as words that fit no place or actor in particular."""
    return EVENTS[kind].phrase or EVENTS[kind].reason


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
    what = EVENTS[fate.kind].ending or phrase("difference.last_event", what=kind_words(fate.kind))
    text = phrase("difference.ended", what=what, month=names.month(fate.month))
    return text + ("" if cause is None else phrase("difference.after", what=named(cause, names)))


def changes_words(comparison: ComparisonTables, label: str) -> str:
    """Return in words what a what-if changes against the baseline."""
    base, other = comparison.baseline, comparison.what_ifs[label]
    parts = [
        f"{name} {was:g} to {now:g}" for name, (was, now) in changed_parameters(base, other).items()
    ]
    added = sum(change not in base.interventions for change in other.interventions)
    gone = sum(change not in other.interventions for change in base.interventions)
    parts += [
        f"{counted(count, 'intervention')} {words}"
        for count, words in ((added, "more"), (gone, "fewer"))
        if count
    ]
    return "; ".join(parts) or phrase("effect.nothing_changed")
