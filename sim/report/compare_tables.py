"""Tables of the report of a comparison."""

from __future__ import annotations

import numpy as np

from sim.core.plurals import counted
from sim.experiments.comparison.paired_comparison import ComparisonTables
from sim.experiments.run_settings import varies_words
from sim.report.amount_words import percent
from sim.report.compare_text import (
    CASES,
    PLACE_OUTCOMES,
    EffectText,
    cases_words,
    effect_of,
    effects_of,
    event_at,
    fate_words,
    kind_words,
    most_frequent,
    named,
    of_what_if,
)
from sim.report.display_names import (
    CARD_OUTCOMES,
    outcome_label,
    plain_word,
)
from sim.report.event_phrases import EventDescriber
from sim.report.html_page import Table
from sim.report.phrases import capital, phrase

MOST_PLACES, MOST_DEALS = 30, 16
"""Rows of the tables of localities and of single deals."""
_HEAD = ("Outcome", "Baseline", "What if", "Mean difference", "Known to within", "Median", CASES,
         "Change", "Probability")  # fmt: skip
_NUMBERS = (1, 2, 3, 5, 6, 7)
"""Columns of numbers alone; how far a mean is known may need a second line."""


def tables_of(comparison: ComparisonTables, label: str, names: EventDescriber) -> dict[str, Table]:
    """Return the tables of one what-if by name."""
    return {
        "key": key_table(comparison, label),
        "localities": _locality_table(comparison, label, names),
        "countries": _country_table(comparison, label, names),
        "divergences": _divergence_table(comparison, label, names),
        "reasons": _reason_table(comparison, label),
        "deals": _deal_table(comparison, label, names),
        "all_outcomes": Table(
            f"Every outcome for the whole region; {cases_words(comparison)}",
            (*_HEAD, "Gain"),
            [(*_cells(e), e.gain) for e in effects_of(comparison, label).values()],
            (*_NUMBERS, 9),
        ),
    }


def key_table(comparison: ComparisonTables, label: str) -> Table:
    """Return the key outcomes for the region."""
    effects = effects_of(comparison, label)
    rows = [_cells(effects[outcome.name]) for outcome in CARD_OUTCOMES]
    caption = f"Key outcomes for the whole region, mean of {comparison.pairs}; "
    caption += cases_words(comparison)
    return Table(caption, _HEAD, rows, _NUMBERS)


def _cells(effect: EffectText) -> tuple[str, ...]:
    error = f"±{effect.error}" if effect.error else ""
    if not (effect.distinguishable or effect.never or effect.is_too_few or np.isnan(effect.needed)):
        error += f"; {effect.needed_words}\u00a0runs would tell"
    numbers = (effect.baseline, effect.what_if, effect.difference, error, effect.median)
    return effect.label, *numbers, effect.cases, effect.percent, effect.likelier


def together_table(comparison: ComparisonTables) -> Table:
    """Return all what-ifs side by side, key outcomes only."""
    effects = [effects_of(comparison, label) for label in comparison.labels]
    rows = []
    for outcome in CARD_OUTCOMES:
        of_all = [of_one[outcome.name] for of_one in effects]
        cells = (effect.spread_words for effect in of_all)
        rows.append((of_all[0].label, of_all[0].baseline, *cells))
    head = ("Outcome", comparison.baseline.name, *comparison.labels)
    return Table(_spread_caption(comparison), head, rows, (1,))


def _spread_caption(comparison: ComparisonTables) -> str:
    """Return what cells hold that :attr:`EffectText.spread_words` fills."""
    return (
        "Mean difference from the baseline; between what nine cases in ten lie "
        f"{varies_words(comparison.manifest)}; the probability of its sign. =: equal in all runs. "
        "In brackets: these runs do not tell the mean from none"
    )


def _country_table(comparison: ComparisonTables, label: str, names: EventDescriber) -> Table:
    """Return differences by country, most deals lost first."""
    frame = of_what_if(comparison.by_country, label)
    frame = frame[frame["outcome"].isin(PLACE_OUTCOMES)]
    differs = (frame["outcome"] == "deals") & (frame["share_equal"] < 1)
    differing = frame.loc[differs | frame["distinguishable"], "country"].unique()
    texts = [effect_of(row, comparison.world).spread_words for row in frame.itertuples()]
    cells = frame.assign(cell=texts)
    wide = cells.pivot(index="country", columns="outcome", values=["cell", "difference"])
    wide = wide.loc[differing].sort_index().sort_values(("difference", "deals"), kind="stable")
    rows = [
        (names.country(str(code)), *row)
        for code, row in zip(wide.index, wide["cell"][list(PLACE_OUTCOMES)].to_numpy(), strict=True)
    ]
    head = (
        "Country",
        *(outcome_label(name, comparison.world).with_unit for name in PLACE_OUTCOMES),
    )
    caption = f"By country, most deals lost first. {_spread_caption(comparison)}"
    return Table(caption, head, rows)


def flag_words(comparison: ComparisonTables, label: str) -> str:
    """Say how many localities differ in their deals, and how many chance alone would flag."""
    frame = of_what_if(comparison.flagged, label)
    row = frame[(frame["outcome"] == "deals") & (frame["of"] == "locality")].iloc[0]
    return phrase(
        "page.flags",
        outcome=outcome_label("deals").words,
        localities=counted(int(row["places"]), "locality"),
        **row[["differ", "below", "by_chance", "distinguishable"]],
    )


def _locality_table(comparison: ComparisonTables, label: str, names: EventDescriber) -> Table:
    """Return the localities whose means are told from none after correction, the surest first."""
    frame = of_what_if(comparison.by_locality, label)
    frame = frame[frame["distinguishable"] & frame["outcome"].isin([*PLACE_OUTCOMES, "trust"])]
    shown = frame.sort_values(["p_adjusted", "p_value", "locality"], kind="stable")
    rows = []
    for row in shown.head(MOST_PLACES).itertuples():
        effect = effect_of(row, comparison.world)
        place = f"{row.name} ({row.locality})", names.country(str(row.country))
        numbers = effect.difference, f"±{effect.error}", effect.cases, effect.likelier
        rows.append((*place, effect.label, *numbers, f"{row.p_adjusted:.2g}"))
    more = len(frame) - len(rows)
    caption = "Localities whose mean difference is told from none, after correction for their "
    caption += f"number; {cases_words(comparison)}"
    caption += f"; {more} more are in by_locality.parquet" if more else ""
    head = ("Locality", "Country", "Outcome", *_HEAD[3:5], CASES, "Probability", "Adjusted p")
    return Table(caption, head, rows, (3, 4, 5, 7))


def _divergence_table(comparison: ComparisonTables, label: str, names: EventDescriber) -> Table:
    """Return with what, when and where the worlds first part, counted over runs."""
    frame = of_what_if(comparison.divergences, label)
    frame = frame[frame["month"].notna()]
    rows = []
    for (kind, side), group in frame.groupby(["kind", "only_in"], observed=True):
        months = sorted(group["month"])
        common = most_frequent(group["country"])
        where = ", ".join(f"{names.country(code)} ({count})" for code, count in common)
        when = months[0] if months[0] == months[-1] else f"{months[0]} to {months[-1]}"
        rows.append(
            (capital(kind_words(str(kind), names.world)), str(side), str(len(group)), when, where)
        )
    rows.sort(key=lambda row: (-int(row[2]), row[0]))
    head = ("First event", "Only in the", "Runs", "Months", "Countries (runs)")
    return Table("Where the worlds first part, over runs", head, rows, (2,))


def _reason_table(comparison: ComparisonTables, label: str) -> Table:
    """Return what the deals of one world lack first in the other, and what becomes of them."""
    frame = of_what_if(comparison.deals_in_one_world, label)
    deals = frame["only_in"].value_counts()
    rows = []
    for names, mine in frame.groupby(["only_in", "root_kind"], observed=True):
        side, kind = map(str, names)
        never = int(mine["fate_kind"].isna().sum())
        fates = most_frequent(mine["fate_kind"])
        ends = [f"{plain_word(name)} {count:,}" for name, count in fates]
        ends += [f"never proposed {never:,}"] if never else []
        share = percent(100.0 * len(mine) / deals[side])
        cells = (side, f"{len(mine):,}", share, ", ".join(ends))
        rows.append((len(mine), (capital(kind_words(kind, comparison.world)), *cells)))
    rows.sort(key=lambda row: (row[1][1], -row[0], row[1]))
    head = ("Missing first", "Deal only in the", "Deals", "Share", "Last step of the project there")
    runs = counted(frame["replicate"].nunique(), "run")
    caption = f"Deals that exist in one world only, all of {runs}: what the other world lacks"
    return Table(caption, head, [cells for _, cells in rows], (2, 3))


def _deal_table(comparison: ComparisonTables, label: str, names: EventDescriber) -> Table:
    """Return single deals that exist in one world only, the largest of the first runs."""
    frame = of_what_if(comparison.deals_in_one_world, label)
    chosen = frame[frame["replicate"] == frame["replicate"].min()]
    chosen = chosen.sort_values(["value_usd_m", "project_id"], ascending=[False, True])
    rows = []
    for row in chosen.head(MOST_DEALS).itertuples():
        locality, country = (c if isinstance(c, str) else None for c in (row.locality, row.country))
        root, instead = event_at(row, "root_"), event_at(row, "instead_")
        why = "" if root is None else f"lacks {named(root, names)}"
        why += "" if instead is None else f"; instead {named(instead, names)}"
        cells = (
            f"{names.place(locality, country)}: {names.sector(str(row.sector))}",
            str(row.only_in),
            f"{names.money(float(str(row.value_usd_m)))}, {names.month(str(row.month))}",
            why,
            fate_words(event_at(row, "fate_"), event_at(row, "fate_cause_"), names),
            str(row.project_id),
        )
        rows.append(cells)
    head = (
        *("Deal", "Only in the", "Value and month", "The other world"),
        *("The same project there", "project_id"),
    )
    run = int(chosen["replicate"].iloc[0]) if len(chosen) else 0
    caption = f"Run {run}: the largest deals that exist in one world only (one course of events)"
    return Table(caption, head, rows)
