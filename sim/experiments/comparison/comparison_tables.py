"""Tables of a comparison, made from what was gathered of each what-if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.core import enums as k
from sim.core.calendar import month_name
from sim.core.identities import PROJECT, text_of
from sim.core.state import EVENT, record_type
from sim.experiments.comparison.paired_simulation import (
    COUNTRY_OUTCOMES,
    LOCALITY_OUTCOMES,
    PATHS,
    REGION_OUTCOMES,
)
from sim.experiments.comparison.paired_statistics import LEVEL, METHODS, Pairs, adjusted

if TYPE_CHECKING:
    from sim.core.state import Array
    from sim.engine.outcomes import Outcome
    from sim.experiments.comparison.paired_simulation import Replicate, RunDifference
    from sim.world.positions import Positions

DEALS_LISTED = 200
"""Replicates whose deals in one world only are listed; they are counted in all."""
SIDES = ("baseline", "what-if")
TABLES = (
    "effects",
    "side_by_side",
    "by_country",
    "by_locality",
    "flagged",
    "paths",
    "divergences",
    "deals_in_one_world",
    "per_run",
)
"""Frames of a comparison, each written to a file of its name."""
COLUMNS = (
    "runs",
    "baseline",
    "what_if",
    "difference",
    "low",
    "high",
    "percent",
    "standardised",
    "method",
    "p_value",
    "p_adjusted",
    "p_higher",
    "share_higher",
    "share_lower",
    "share_equal",
    "gain",
    "detectable",
    "runs_for_half",
    "distinguishable",
)
"""Columns of every table of differences, as ``Pairs.table`` makes it."""
ROLES = ("deal", "root", "instead", "fate", "fate_cause")
"""The events told of a deal that exists in one world only."""


class Tally:
    """Gather how one what-if differs from the baseline, a replicate at a time.

    Parameters
    ----------
    countries, localities, months
        Lengths of what one run gives.
    """

    def __init__(self, countries: int, localities: int, months: int) -> None:
        def pairs(entries: Sequence[Any], *lengths: int) -> Pairs:
            step = [1.0 if entry.unit == "count" else np.nan for entry in entries]
            column = np.array(step).reshape(-1, *(1 for _ in lengths))
            return Pairs((len(entries), *lengths), column)

        self.region = pairs(REGION_OUTCOMES)
        self.country = pairs(COUNTRY_OUTCOMES, countries)
        self.local = pairs(LOCALITY_OUTCOMES, localities)
        self.path = pairs(PATHS, months)
        self.parted: list[RunDifference] = []
        self.identical = True

    def add(self, replicate: Replicate, number: int) -> None:
        """Add what-if ``number`` of a replicate, counted from 0."""
        base, other = replicate.seen[0], replicate.seen[number + 1]
        for name in ("region", "country", "local", "path"):
            getattr(self, name).add(getattr(base, name), getattr(other, name))
        parted = replicate.parted[number]
        self.identical = self.identical and parted.same and not self.region.most.any()
        self.parted.append(parted if replicate.number < DEALS_LISTED else parted.counted())


def region_frame(tally: Tally) -> pd.DataFrame:
    """Return the differences of a what-if for the region, one row an outcome."""
    return _frame(tally.region, REGION_OUTCOMES, {}, tally.identical, "outcome")


def place_frame(
    pairs: Pairs,
    outcomes: Sequence[Outcome],
    places: Mapping[str, Sequence[str]],
    identical: bool,
    name: str = "outcome",
) -> pd.DataFrame:
    """Return differences by place or month, one row a place and outcome.

    Parameters
    ----------
    pairs
        Shape (outcomes, places).
    outcomes
        Names of the rows of ``pairs``.
    places
        Columns that name a place, each with one entry a place.
    identical
        Whether the worlds are the same in everything.
    name
        Column that names the outcome.
    """
    return _frame(pairs, outcomes, places, identical, name)


def _frame(
    pairs: Pairs,
    outcomes: Sequence[Outcome],
    places: Mapping[str, Sequence[str]],
    identical: bool,
    name: str,
) -> pd.DataFrame:
    table = pairs.table(identical=identical)
    p_values = table["p_value"]
    # Outcomes of the region are one family of tests; of places, each outcome is one.
    differs = table["share_equal"] < 1
    table["p_adjusted"] = (
        np.array([adjusted(*row) for row in zip(p_values, differs, strict=True)])
        if places
        else adjusted(p_values, differs)
    )
    beyond = (table["low"] > 0) | (table["high"] < 0)
    judged = table["p_adjusted"] if places else p_values
    table["distinguishable"] = beyond & (judged < 1 - LEVEL)
    table["method"] = np.array(METHODS)[table["method"]]
    count = len(next(iter(places.values()))) if places else 1
    order = np.repeat(np.arange(len(outcomes)), count)
    columns: dict[str, Any] = {
        column: np.tile(np.array(values, dtype=object), len(outcomes))
        for column, values in places.items()
    }
    columns[name] = np.array([o.name for o in outcomes], dtype=object)[order]
    columns["unit"] = np.array([o.unit for o in outcomes], dtype=object)[order]
    columns |= {column: table[column].ravel() for column in COLUMNS}
    return pd.DataFrame(columns)


def flag_frame(frame: pd.DataFrame, place: str) -> pd.DataFrame:
    """Return by what-if and outcome how many places are called different.

    ``differ`` counts places that differ in a run at all, ``below`` those whose own p-value is below
    0.05, ``by_chance`` how many of that kind no difference at all would give, at most, and
    ``distinguishable`` those left after correction for their number.
    """
    frame = frame.assign(differ=frame["share_equal"] < 1, below=frame["p_value"] < 1 - LEVEL)
    keys = ["scenario", "outcome"]
    counts = frame.groupby(keys, sort=False)[["differ", "below", "distinguishable"]].sum()
    counts.insert(2, "by_chance", (1 - LEVEL) * counts["differ"])
    counts.insert(0, "places", frame.groupby(keys, sort=False).size())
    counts.insert(0, "of", place)
    return counts.reset_index()


def side_by_side(effects: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Return the baseline's mean and each what-if's difference with its interval, by outcome."""
    first = effects[effects["scenario"] == labels[0]].reset_index(drop=True)
    result = first[["outcome", "unit", "baseline"]].copy()
    for label in labels:
        rows = effects[effects["scenario"] == label].reset_index(drop=True)
        for column in ("difference", "low", "high", "distinguishable"):
            result[f"{label}: {column}"] = rows[column]
    return result


def per_run_frame(regions: Sequence[Array], names: Sequence[str]) -> pd.DataFrame:
    """Return the outcomes for the region, one row a scenario and replicate."""
    stack = np.stack(regions)
    runs, worlds, _ = stack.shape
    frame = pd.DataFrame(
        stack.reshape(runs * worlds, -1), columns=[o.name for o in REGION_OUTCOMES]
    )
    frame.insert(0, "scenario", list(names) * runs)
    frame.insert(1, "replicate", np.repeat(np.arange(runs), worlds))
    return frame


def divergence_frame(parted: Sequence[RunDifference], at: Positions) -> pd.DataFrame:
    """Return where each pair of runs first parts; blank where it never does."""
    first = [one.first for one in parted]
    found = [event[1] for event in first if event is not None]
    events = np.array(found, dtype=record_type(EVENT))
    known = np.array([event is not None for event in first])
    columns: dict[str, Any] = {
        "replicate": np.arange(len(parted), dtype=np.int64),
        "identical": [one.same for one in parted],
        "only_in": pd.Series(
            [None if event is None else SIDES[event[0]] for event in first], dtype=object
        ),
    }
    for name, words in _words(events, at).items():
        column = np.full(len(parted), None, dtype=object)
        column[known] = words
        columns[name] = pd.Series(column, dtype=object)
    for number, side in enumerate(("baseline", "what_if")):
        columns[f"events_only_{side}"] = [one.only[number] for one in parted]
        columns[f"deals_only_{side}"] = [one.deals[number] for one in parted]
    return pd.DataFrame(columns)


def _words(events: Array, at: Positions) -> dict[str, Array]:
    """Return codes of events as words, None where something does not apply."""

    def named(values: Array, words: Sequence[str]) -> Array:
        table = np.array([*words, None], dtype=object)
        # The national governments stand behind the localities.
        gone = (values < 0) | (values >= len(words))
        return table[np.where(gone, len(words), values)]

    months = [month_name(t) for t in range(int(events["month"].max(initial=0)) + 1)]
    return {
        "month": named(events["month"], months),
        "kind": named(events["kind"], k.EVENT_KINDS),
        "chinese_actor": named(events["actor"], at.actor_codes),
        "country": named(events["country"], list(at.country)),
        "locality": named(events["place"], list(at.locality)),
    }


def parting_summary(rows: pd.DataFrame) -> dict[str, Any]:
    """Return when the worlds of one what-if part, and how many deals one of them only has."""
    months = rows["month"].dropna().sort_values()
    return {
        "runs_parted": len(months),
        "earliest": None if months.empty else months.iloc[0],
        "median": None if months.empty else months.iloc[(len(months) - 1) // 2],
        "latest": None if months.empty else months.iloc[-1],
        "deals_only_baseline": float(rows["deals_only_baseline"].mean()),
        "deals_only_what_if": float(rows["deals_only_what_if"].mean()),
    }


def deal_frame(parted: Sequence[RunDifference], at: Positions) -> pd.DataFrame:
    """Return the deals that exist in one world only, with the events that say why.

    For each role of :data:`ROLES` there are the month, kind, Chinese actor, country and locality of
    an event: ``root`` is the first event on the deal's chain of causes that the other world lacks,
    ``steps`` how many missing events there are from it to the deal, ``instead`` what the other
    world has in its place, ``fate`` the last event of the same project there and ``fate_cause``
    what brought that about.
    """
    lone = [(i, deal) for i, one in enumerate(parted) for deal in one.lone]
    columns: dict[str, Any] = {
        "replicate": np.array([i for i, _ in lone], dtype=np.int64),
        "only_in": pd.Series([SIDES[deal.side] for _, deal in lone], dtype=object),
    }
    rows = np.concatenate([one.rows for one in parted])
    known = np.concatenate([one.known for one in parted])
    numbers = rows["project"][:, 0].tolist()
    columns["project_id"] = pd.Series([text_of(PROJECT, n) for n in numbers], dtype=object)
    sectors = np.array([*at.sector, None], dtype=object)
    columns["sector"] = sectors[rows["sector"][:, 0]]
    columns["value_usd_m"] = rows["value"][:, 0]
    columns["steps"] = np.array([deal.steps for _, deal in lone], dtype=np.int64)
    for j, role in enumerate(ROLES):
        for name, column in _words(rows[:, j], at).items():
            column[~known[:, j]] = None
            named = name if role == "deal" else f"{role}_{name}"
            columns[named] = pd.Series(column, dtype=object)
    return pd.DataFrame(columns)
