"""A comparison in words: what changes, how sure that is, and where the worlds part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.core.enums import EVENTS
from sim.core.plurals import counted
from sim.engine.outcomes import OUTCOMES, REGION
from sim.experiments.comparison.paired_statistics import LEVEL, most_often
from sim.experiments.comparison.pairing import same_world
from sim.experiments.run_settings import changed_parameters
from sim.report.display_names import month_words
from sim.report.event_phrases import Event, EventDescriber
from sim.report.run_card import KEYS, Key

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.comparison.paired_comparison import ComparisonTables

INTERVAL = f"{100 * LEVEL:.0f} % interval"
MINUS = "−"
MOST_RUNS = 10_000
"""Runs beyond which it is not said how many more a difference would need."""
_MEANING = {o.name: o for o in (*OUTCOMES, *REGION)}
_KEYS = {key.name: key for key in KEYS}
HEADLINES = ("deals", "deal_value_usd_m", "visits_to_lac", "visits_to_china", "memoranda")
"""Outcomes that the first sentences are about, the most important first."""


def digits_of(size: float, figures: int) -> int:
    """Return the decimal places that show a size to a number of figures, at most eight."""
    if not np.isfinite(size) or size <= 0.0:
        return 2
    return int(np.clip(figures - 1 - np.floor(np.log10(size)), 0, 8))


def amount(value: float, digits: int | None = None, *, signed: bool = False) -> str:
    """Return a number as words, to three figures or so many digits, with a proper minus sign."""
    if np.isnan(value):
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


@dataclass(frozen=True)
class EffectText:
    """Hold one effect as words.

    Parameters
    ----------
    name, words, unit
        The outcome.
    baseline, what_if, difference, interval, percent
        Numbers in that unit.
    sure
        Which way, and how sure the direction is.
    distinguishable
        Whether the difference can be told from none.
    runs
        Number of pairs.
    needed
        Runs needed to see half of the difference.
    never
        Whether no run differed.
    gain
        Variance of independent over that of paired differences.
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
        return label_of(self.name)

    @property
    def needed_words(self) -> str:
        """Return the number of runs that would show half of the difference."""
        return "over 10,000" if self.needed > MOST_RUNS else f"about {rounded(self.needed)}"

    @property
    def none_words(self) -> str:
        """Return why the difference can't be told from none."""
        of = counted(self.runs, "run")
        if self.never:
            often = percent(100 * most_often(max(self.runs, 1)))
            return f"no difference in {of}; at most {often} of runs can differ"
        text = f"not distinguishable from none with {of} ({INTERVAL} {self.interval})"
        if np.isnan(self.needed):
            return text
        return f"{text}; runs needed to see half of this: {self.needed_words}"


def rounded(count: float) -> str:
    """Return a large number to two figures, as it is no more certain than that."""
    if count < 100:
        return f"{count:.0f}"
    place = 10 ** (int(np.log10(count)) - 1)
    return f"{place * np.ceil(count / place):,.0f}"


def key_of(name: str) -> Key:
    """Return how an outcome is shown; those off the card by their meaning."""
    if name in _KEYS and name not in _WORDS:
        return _KEYS[name]
    outcome = _MEANING[name]
    words = _WORDS.get(name, outcome.meaning[:1].upper() + outcome.meaning[1:])
    share = outcome.unit == "share"
    return Key(name, words, scale=100.0 if share else 1.0, unit=_unit(outcome.unit))


def label_of(name: str) -> str:
    """Return an outcome's words with its unit."""
    key = key_of(name)
    return f"{key.words}, {key.unit}" if key.unit else key.words


_WORDS = {
    "deals_local": "Deals decided locally",
    "deals_from_lac": "Deals on LAC initiative",
    "visits_from_lac": "Visits on LAC initiative",
    "vetoes": "Projects derailed by the executive",
    "top5_countries": "Deals in the five top countries",
    "funds_withheld": "Projects with funds withheld",
    "ties_exposed": "Ties met by changes of office-holder",
    "deal_value_local_usd_m": "Value of local deals",
    "local_debt_usd_m": "Debt of localities",
    "views": "Views of China",
    "trust": "Trust at the end",
    "gini_countries": "Concentration over countries (Gini)",
    "gini_localities": "Concentration over localities (Gini)",
    "deal_delay_months": "Proposal to deal, median",
}
"""Shorter words where an outcome stands apart from others."""


def _unit(unit: str) -> str:
    words = {"count": "", "ratio": "", "share": "%", "0-1": "0 to 1", "-1 to 1": f"{MINUS}1 to 1"}
    return words.get(unit, unit)


def effect_of(row: Any) -> EffectText:
    """Return a row of a table of differences as words."""
    key = key_of(row.outcome)
    base, other, gap, low, high = (
        key.scale * float(v) for v in (row.baseline, row.what_if, row.difference, row.low, row.high)
    )
    known = not np.isnan(low)
    # Two figures of the interval's width say all that is known.
    digits = digits_of((high - low) / 2, 2) if known and high > low else None
    ends = [amount(value, digits, signed=True) for value in (low, high)]
    return EffectText(
        name=row.outcome,
        words=key.words,
        unit=key.unit,
        baseline=amount(base),
        what_if=amount(other),
        difference=amount(gap, digits, signed=True),
        interval=f"{ends[0]} to {ends[1]}" if known else "",
        percent="" if np.isnan(row.percent) else percent(row.percent, signed=True),
        sure=_sure(row),
        distinguishable=bool(row.distinguishable),
        runs=int(row.runs),
        needed=float(row.runs_for_half),
        never=bool(row.share_equal == 1.0),
        gain=f"{row.gain:,.0f}×" if np.isfinite(row.gain) else "",
    )


def _sure(row: Any) -> str:
    """Return the direction of a difference and how sure it is."""
    if np.isnan(row.p_higher):
        return ""
    if row.share_equal == 1.0:
        return "equal in all runs"
    word = "higher" if row.p_higher >= 0.5 else "lower"
    return f"{word}, {probability(max(row.p_higher, 1.0 - row.p_higher))}"


def effects_of(comparison: ComparisonTables, label: str) -> dict[str, EffectText]:
    """Return the effects of a what-if on the region as words, by outcome."""
    frame = comparison.effects
    rows = frame[frame["scenario"] == label].itertuples()
    return {effect.name: effect for effect in map(effect_of, rows)}


def headlines(comparison: ComparisonTables, label: str, names: EventDescriber) -> list[str]:
    """Return what changes, how sure that is and why, as a few sentences."""
    if label in comparison.identical:
        return [identical_words(comparison, label)]
    effects = effects_of(comparison, label)
    changed = [effects[n] for n in HEADLINES if effects[n].distinguishable]
    sentences = [_changed_words(effect) for effect in changed[:3]]
    unclear = [effects[n] for n in HEADLINES if not effects[n].distinguishable]
    sentences += [f"{effect.words}: {effect.none_words}." for effect in unclear[:2]]
    largest = _largest_words(comparison, label)
    sentences += [largest] if largest else []
    sentences.append(_count_words(effects))
    sentences.append(divergence_words(comparison, label, names))
    sentences.append(deals_words(comparison, label))
    return sentences


def identical_words(comparison: ComparisonTables, label: str) -> str:
    """Say that a what-if is the baseline under another name, or changes nothing."""
    if same_world(comparison.baseline, comparison.what_ifs[label]):
        why = "it is equal to the baseline in everything that is simulated"
    else:
        why = f"what it changes has no consequence in any of {comparison.pairs}"
    return f"All differences are exactly zero: {why}."


def _changed_words(effect: EffectText) -> str:
    unit = f" {effect.unit}" if effect.unit else ""
    share = f", {effect.percent}" if effect.percent and effect.unit != "%" else ""
    way, _, sure = effect.sure.partition(", ")
    return (
        f"{effect.words}: {way} by {effect.difference.lstrip(MINUS + '+')}{unit} per run{share}, "
        f"from {effect.baseline} to {effect.what_if} ({INTERVAL} {effect.interval}; direction "
        f"{sure} sure)."
    )


def _largest_words(comparison: ComparisonTables, label: str) -> str:
    """Name the largest changes in percent: they show by which way the effect comes about."""
    frame = comparison.effects
    rows = frame[(frame["scenario"] == label) & frame["distinguishable"] & frame["percent"].notna()]
    order = rows["percent"].abs().sort_values(ascending=False, kind="stable").index[:4]
    sentences = [
        f"{key_of(name).words} ({percent(share, signed=True)})"
        for name, share in rows.loc[order, ["outcome", "percent"]].itertuples(index=False)
    ]
    return f"The largest changes in percent: {', '.join(sentences)}." if sentences else ""


def _count_words(effects: dict[str, EffectText]) -> str:
    total, clear = len(effects), sum(e.distinguishable for e in effects.values())
    chance = (1 - LEVEL) * total
    return (
        f"Of {total} outcomes for the region {clear} differ distinguishably; about {chance:.0f} "
        "would be expected to by chance alone, if nothing differed."
    )


def divergence_words(comparison: ComparisonTables, label: str, names: EventDescriber) -> str:
    """Say when, where and with what the two worlds first part."""
    frame = comparison.divergences
    rows = frame[(frame["scenario"] == label) & frame["month"].notna()]
    runs = comparison.replicates
    if rows.empty:
        return "The two worlds hold the same events in every run."
    months = sorted(rows["month"])
    first, middle, last = (month_words(months[i]) for i in (0, (len(months) - 1) // 2, -1))
    when = f"in {first}" if first == last else f"between {first} and {last}, half by {middle}"
    share = "in every run" if len(rows) == runs else f"in {len(rows)} of {counted(runs, 'run')}"
    kind, count = _most(rows["kind"])
    where, _ = _most(rows["country"].fillna(""))
    place = f", most often in {names.country(where)}" if where else ""
    return (
        f"The worlds part {share}, {when}{place}; the first event that only one of them has is "
        f"most often {kind_words(kind)} ({count} of {counted(runs, 'run')})."
    )


def _most(values: pd.Series[Any]) -> tuple[str, int]:
    counts = Counter(values)
    return min(counts.items(), key=lambda item: (-item[1], item[0]))


def deals_words(comparison: ComparisonTables, label: str) -> str:
    """Say how many deals exist in one world only, and what they lack in the other."""
    frame = comparison.divergences
    mine = frame[frame["scenario"] == label]
    lost, won = mine["deals_only_baseline"].mean(), mine["deals_only_what_if"].mean()
    text = (
        f"Per run, {amount(lost)} deals exist in the baseline only and {amount(won)} in the "
        "what-if only."
    )
    deals = comparison.deals_in_one_world
    gone = deals[(deals["scenario"] == label) & (deals["only_in"] == "baseline")]
    if gone.empty:
        return text
    kind, count = _most(gone["root_kind"])
    share = 100.0 * count / len(gone)
    what = f"is most often {kind_words(kind)} ({share:.0f} % of them)"
    return f"{text} What a lost deal lacks first {what}."


def kind_words(kind: str) -> str:
    """Return a kind of event as words that fit no place or actor in particular."""
    return EVENTS[kind].phrase or EVENTS[kind].reason


def event_at(row: Any, role: str) -> Event | None:
    """Return an event of a row of a table, None if the row has none in that role.

    Parameters
    ----------
    row
        Row of ``deals_in_one_world`` or ``divergences`` of a comparison.
    role
        Beginning of the names of its columns, such as ``root_``.
    """
    values = {
        name: getattr(row, f"{role}{name}")
        for name in ("month", "kind", "chinese_actor", "country", "locality")
    }
    known = {name: value if isinstance(value, str) else None for name, value in values.items()}
    if known["kind"] is None or known["month"] is None:
        return None
    return Event(
        event_id="",
        month=known["month"],
        kind=known["kind"],
        actor=known["chinese_actor"],
        country=known["country"],
        locality=known["locality"],
        initiator="none",
        sector=None,
        project=None,
        value=None,
        causes=(),
        order=0,
    )


def named(event: Event, names: EventDescriber) -> str:
    """Return an event as a phrase with its month, such as ``the veto (May 2017)``."""
    return f"{names.name(event)} ({month_words(event.month)})"


def fate_words(fate: Event | None, cause: Event | None, names: EventDescriber) -> str:
    """Say what became of a project in the world where it is no deal."""
    if fate is None:
        return "never proposed there"
    what = EVENTS[fate.kind].ending or f"its last event is {kind_words(fate.kind)}"
    why = "" if cause is None else f", after {named(cause, names)}"
    return f"there {what} in {month_words(fate.month)}{why}"


def changes_words(comparison: ComparisonTables, label: str) -> str:
    """Return in words what a what-if changes against the baseline."""
    base, other = comparison.baseline, comparison.what_ifs[label]
    parts = [
        f"{name} {was:g} to {now:g}" for name, (was, now) in changed_parameters(base, other).items()
    ]
    added = sum(change not in base.interventions for change in other.interventions)
    gone = sum(change not in other.interventions for change in base.interventions)
    for count, words in ((added, "more"), (gone, "fewer")):
        if count:
            parts.append(f"{counted(count, 'intervention')} {words}")
    return "; ".join(parts) or "nothing that is simulated"
