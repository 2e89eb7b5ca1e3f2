"""Tables of the report of a comparison, as HTML."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from sim.core.plurals import counted
from sim.report import html_markup
from sim.report.compare_text import (
    INTERVAL,
    EffectText,
    amount,
    digits_of,
    effect_of,
    effects_of,
    event_at,
    fate_words,
    key_of,
    kind_words,
    label_of,
    named,
)
from sim.report.display_names import money, month_words
from sim.report.event_phrases import EventDescriber
from sim.report.run_card import KEYS

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.comparison.paired_comparison import ComparisonTables

PLACE_OUTCOMES = ("deals", "deal_value_usd_m", "memoranda", "visits_to_lac")
"""Outcomes shown by country and, where they differ distinguishably, by locality."""
MOST_PLACES, MOST_DEALS = 30, 16
"""Rows of the tables of localities and of single deals."""


def _of(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    return frame[frame["scenario"] == label]


def _verdict(effect: EffectText) -> str:
    if effect.never:
        return "equal in all runs"
    if effect.distinguishable:
        # A number, its sign and its unit stay on one line in a narrow column.
        return effect.sure.replace("over ", ">\u00a0").replace(" %", "\u00a0%")
    need = "" if np.isnan(effect.needed) else f"; half: {effect.needed_words}\u00a0runs"
    return f"may be none{need}"


def key_table(comparison: ComparisonTables, label: str) -> str:
    """Return the key outcomes for the region."""
    effects = effects_of(comparison, label)
    rows = [_cells(effects[key.name]) for key in KEYS]
    caption = f"Key outcomes for the whole region, mean of {comparison.pairs}"
    return html_markup.table(caption, _HEAD, rows, range(1, 6))


def outcome_table(comparison: ComparisonTables, label: str) -> str:
    """Return every outcome for the region, with the gain of pairing."""
    rows = [(*_cells(effect), effect.gain) for effect in effects_of(comparison, label).values()]
    head = (*_HEAD, "Gain")
    return html_markup.table("Every outcome for the whole region", head, rows, (*range(1, 6), 7))


_HEAD = ("Outcome", "Baseline", "What if", "Difference", INTERVAL, "Change", "Sure")


def _cells(effect: EffectText) -> tuple[str, ...]:
    return (
        effect.label,
        effect.baseline,
        effect.what_if,
        effect.difference,
        effect.interval,
        effect.percent,
        _verdict(effect),
    )


def country_table(comparison: ComparisonTables, label: str, names: EventDescriber) -> str:
    """Return differences by country; those that may be none stand in brackets."""
    frame = _of(comparison.by_country, label)
    frame = frame[frame["outcome"].isin(PLACE_OUTCOMES)]
    wide = {name: rows.set_index("country") for name, rows in frame.groupby("outcome")}
    differs = (frame["outcome"] == "deals") & (frame["share_equal"] < 1)
    differing = frame[differs | frame["distinguishable"]]["country"].unique()
    gaps = wide["deals"].loc[differing, "difference"]
    order = sorted(differing, key=lambda code: (float(gaps[code]), code))
    rows = [
        (
            names.country(code),
            *(_place_cell(wide[name].loc[code], name) for name in PLACE_OUTCOMES),
        )
        for code in order
    ]
    head = ("Country", *(label_of(name) for name in PLACE_OUTCOMES))
    note = (
        "In brackets: not distinguishable from none after correction for the number of countries "
        "that differ in a run. "
        "Countries are left out whose deals are equal in all runs and nothing else here differs."
    )
    caption = f"Mean difference by country with {INTERVAL}, most deals lost first"
    return html_markup.paragraph(note) + html_markup.table(caption, head, rows, range(1, len(head)))


def _place_cell(row: pd.Series, name: str) -> str:
    """Return a difference with its interval, in brackets where it may be none."""
    if row["share_equal"] == 1:
        return "="
    scale = key_of(name).scale
    low, middle, high = (scale * float(row[column]) for column in ("low", "difference", "high"))
    digits = digits_of((high - low) / 2, 2) if high > low else None
    ends = f"{amount(low, digits, signed=True)} to {amount(high, digits, signed=True)}"
    text = f"{amount(middle, digits, signed=True)}, {ends}"
    return text if row["distinguishable"] else f"({text})"


def flag_words(comparison: ComparisonTables, label: str) -> str:
    """Say how many localities differ in their deals, and how many chance alone would flag."""
    frame = _of(comparison.flagged, label)
    row = frame[(frame["outcome"] == "deals") & (frame["of"] == "locality")].iloc[0]
    places = counted(int(row["places"]), "locality")
    return (
        f"{key_of('deals').words}: {row['differ']} of {places} differ in at "
        f"least one run. Taken one by one, {row['below']} have a p-value below 0.05, where chance "
        f"alone would give up to {row['by_chance']:.0f}. After correction for the {row['differ']} "
        f"(Benjamini and Hochberg; of those left at most 5 % are wrong) {row['distinguishable']} "
        "are left."
    )


def locality_table(comparison: ComparisonTables, label: str, names: EventDescriber) -> str:
    """Return the localities whose differences are left after correction, the surest first."""
    frame = _of(comparison.by_locality, label)
    frame = frame[frame["distinguishable"] & frame["outcome"].isin([*PLACE_OUTCOMES, "trust"])]
    if frame.empty:
        return html_markup.paragraph(
            "No locality's deals, visits, memoranda or trust can be told from no difference after "
            "correction for the number of localities."
        )
    shown = frame.sort_values(["p_adjusted", "p_value", "locality"], kind="stable")
    rows = []
    for row in shown.head(MOST_PLACES).itertuples():
        effect = effect_of(row)
        rows.append(
            (
                f"{row.name} ({row.locality})",
                names.country(str(row.country)),
                effect.label,
                effect.difference,
                effect.interval,
                effect.sure,
                f"{row.p_adjusted:.2g}",
            )
        )
    more = len(frame) - len(rows)
    caption = "Localities that differ distinguishably, after correction for their number"
    caption += f"; {more} more are in by_locality.csv" if more else ""
    head = ("Locality", "Country", "Outcome", "Difference", INTERVAL, "Sure", "Adjusted p")
    return html_markup.table(caption, head, rows, (3, 4, 6))


def divergence_table(comparison: ComparisonTables, label: str, names: EventDescriber) -> str:
    """Return with what, when and where the worlds first part, counted over runs."""
    frame = _of(comparison.divergences, label)
    frame = frame[frame["month"].notna()]
    rows = []
    for (kind, side), group in frame.groupby(["kind", "only_in"], sort=False):
        months = sorted(group["month"])
        places = Counter(group["country"].dropna())
        common = sorted(places.items(), key=lambda item: (-item[1], item[0]))[:3]
        where = ", ".join(f"{names.country(code)} ({count})" for code, count in common)
        when = months[0] if months[0] == months[-1] else f"{months[0]} to {months[-1]}"
        rows.append((kind_words(str(kind)), str(side), str(len(group)), when, where))
    rows.sort(key=lambda row: (-int(row[2]), row[0]))
    rows = [(row[0][:1].upper() + row[0][1:], *row[1:]) for row in rows]
    head = ("First event", "Only in the", "Runs", "Months", "Countries (runs)")
    return html_markup.table("Where the worlds first part, over runs", head, rows, (2,))


def reason_table(comparison: ComparisonTables, label: str) -> str:
    """Return what the deals of one world lack first in the other, and what becomes of them."""
    frame = _of(comparison.deals_in_one_world, label)
    runs = frame["replicate"].nunique()
    rows = []
    for side, group in frame.groupby("only_in", sort=False):
        for kind, mine in group.groupby("root_kind"):
            never = int(mine["fate_kind"].isna().sum())
            ends = Counter(mine["fate_kind"].dropna())
            common = sorted(ends.items(), key=lambda item: (-item[1], item[0]))[:3]
            texts = [f"{name.replace('_', ' ')} {count}" for name, count in common]
            texts += [f"never proposed {never}"] if never else []
            share = 100.0 * len(mine) / len(group)
            words = kind_words(str(kind))
            cells = (str(side), str(len(mine)), f"{share:.0f} %", ", ".join(texts))
            rows.append((words[:1].upper() + words[1:], *cells))
    rows.sort(key=lambda row: (row[1], -int(row[2]), row[0]))
    head = ("Missing first", "Deal only in the", "Deals", "Share", "Last step of the project there")
    all_runs = f"all of {counted(runs, 'run')}"
    caption = f"Deals that exist in one world only, {all_runs}: what the other world lacks"
    return html_markup.table(caption, head, rows, (2, 3))


def deal_table(comparison: ComparisonTables, label: str, names: EventDescriber) -> str:
    """Return single deals that exist in one world only, the largest of the first runs."""
    frame = _of(comparison.deals_in_one_world, label)
    chosen = frame[frame["replicate"] == frame["replicate"].min()]
    chosen = chosen.sort_values(["value_usd_m", "project_id"], ascending=[False, True])
    rows = []
    for row in chosen.head(MOST_DEALS).itertuples():
        locality = row.locality if isinstance(row.locality, str) else None
        country = str(row.country) if isinstance(row.country, str) else None
        root, fate = event_at(row, "root_"), event_at(row, "fate_")
        instead, cause = event_at(row, "instead_"), event_at(row, "fate_cause_")
        why = "" if root is None else f"lacks {named(root, names)}"
        why += "" if instead is None else f"; instead {named(instead, names)}"
        rows.append(
            (
                f"{names.place(locality, country)}: {names.sector(str(row.sector))}",
                str(row.only_in),
                f"{money(float(str(row.value_usd_m)))}, {month_words(str(row.month))}",
                why,
                fate_words(fate, cause, names),
                str(row.project_id),
            )
        )
    head = (
        "Deal",
        "Only in the",
        "Value and month",
        "The other world",
        "The same project there",
        "project_id",
    )
    run = int(chosen["replicate"].iloc[0]) if len(chosen) else 0
    caption = f"Run {run}: the largest deals that exist in one world only (one course of events)"
    return html_markup.table(caption, head, rows)


def together_table(comparison: ComparisonTables) -> str:
    """Return all what-ifs side by side, key outcomes only."""
    effects = {label: effects_of(comparison, label) for label in comparison.labels}
    first = effects[comparison.labels[0]]
    rows = []
    for key in KEYS:
        cells = [_side_cell(effects[label][key.name]) for label in comparison.labels]
        rows.append((label_of(key.name), first[key.name].baseline, *cells))
    head = ("Outcome", comparison.baseline.name, *comparison.labels)
    caption = (
        f"Differences from the baseline with {INTERVAL}; in brackets: not distinguishable from none"
    )
    return html_markup.table(caption, head, rows, range(1, len(head)))


def _side_cell(effect: EffectText) -> str:
    if effect.never:
        return "equal in all runs"
    text = f"{effect.difference}, {effect.interval}"
    return text if effect.distinguishable else f"({text})"
