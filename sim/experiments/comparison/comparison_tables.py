"""Tables of a comparison, made from what was gathered of each what-if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.core import enums as k
from sim.core.calendar import month_name
from sim.core.identities import PROJECT, text_of
from sim.core.state import Array, record_type
from sim.core.state_fields import EVENT
from sim.engine.outcomes import Outcome
from sim.experiments.comparison import paired_statistics
from sim.experiments.comparison.divergence import RunDifference
from sim.experiments.comparison.paired_simulation import COMPARED, REGION_OUTCOMES, Replicate
from sim.experiments.comparison.paired_statistics import LEVEL, METHODS, Pairs, adjusted
from sim.world.positions import Positions

DEALS_LISTED = 200
"""Replicates whose deals in one world only are listed; they are counted in all."""
SIDES = ("baseline", "what-if")
TABLES = ("effects", "side_by_side", "by_country", "by_locality", "flagged", "paths",
          "divergences", "deals_in_one_world", "per_run")  # fmt: skip
"""Frames of a comparison, each written to a file of its name."""
LONG = ("by_locality", "deals_in_one_world")
"""Those of many rows, written as Parquet; as CSV they would take megabytes."""
COLUMNS = ("runs", "baseline", "what_if", "difference", "low", "high", "p05", "median", "p95",
           "percent", "standardised", "method", "p_value", "p_adjusted", "share_higher",
           "share_lower", "share_equal", "by_parameters", "gain", "detectable", "runs_to_tell",
           "distinguishable")  # fmt: skip
"""Columns of every table of differences, as ``Pairs.table`` makes it."""
SIDE_BY_SIDE = ("difference", "low", "high", "p05", "p95", "share_higher", "share_lower",
                "distinguishable")  # fmt: skip
"""Those that stand side by side for each what-if."""
ROLES = ("deal", "root", "instead", "fate", "fate_cause")
"""The events told of a deal that exists in one world only."""


def file_of(name: str) -> str:
    """Return the name of the file of a frame."""
    return f"{name}.{'parquet' if name in LONG else 'csv'}"


def steps_of(entries: Sequence[Outcome], dimensions: int) -> Array:
    """Return the smallest possible difference of each outcome, along the first of some axes.

    It is 1 for counts, else unknown (nan).
    """
    step = np.array([1.0 if entry.unit == "count" else np.nan for entry in entries])
    return step.reshape(-1, *(1 for _ in range(dimensions - 1)))


class Tally:
    """Gather how one what-if differs from the baseline, a replicate at a time.

    ``lengths`` are what is counted by, with the number of places or months of one run; each gets
    pairs of shape (outcomes, length), (outcomes,) for the region.
    """

    def __init__(self, lengths: Mapping[str, int]) -> None:
        self.pairs: dict[str, Pairs] = {}
        for part, entries in COMPARED.items():
            shape = (len(entries), lengths[part]) if part in lengths else (len(entries),)
            self.pairs[part] = Pairs(shape, steps_of(entries, len(shape)))
        self.parted: list[RunDifference] = []
        self.identical = True

    def add(self, replicate: Replicate, number: int) -> None:
        """Add what-if ``number`` of a replicate, counted from 0."""
        for part, pairs in self.pairs.items():
            sides = replicate.seen[0][part], replicate.seen[number + 1][part]
            pairs.add(*sides, same_draw=replicate.same_draw)
        parted = replicate.parted[number]
        self.identical &= parted.same and not self.pairs["region"].most.any()
        self.parted.append(parted if replicate.number < DEALS_LISTED else parted.counted())


def effect_frame(
    pairs: Pairs,
    outcomes: Sequence[Outcome],
    places: Mapping[str, Sequence[str]],
    identical: bool,
    name: str = "outcome",
) -> pd.DataFrame:
    """Return differences, one row an outcome of the region, or a place or month and outcome.

    ``pairs`` have the shape (outcomes,) or (outcomes, places), ``places`` are columns that name a
    place, each with one entry a place; ``name`` is the column that names the outcome. Whether the
    worlds are the same in everything is ``identical``. Nothing is called distinguishable by fewer
    than :data:`sim.experiments.comparison.paired_statistics.LEAST` pairs.
    """
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
    enough = table["runs"] >= paired_statistics.LEAST
    table["distinguishable"] = beyond & (judged < 1 - LEVEL) & enough
    table["method"] = np.array(METHODS)[table["method"]]
    count = len(next(iter(places.values()))) if places else 1
    columns: dict[str, Any] = {
        column: np.tile(np.array(values, dtype=object), len(outcomes))
        for column, values in places.items()
    }
    columns[name] = np.repeat(np.array([o.name for o in outcomes], dtype=object), count)
    columns["unit"] = np.repeat(np.array([o.unit for o in outcomes], dtype=object), count)
    return pd.DataFrame(columns | {column: table[column].ravel() for column in COLUMNS})


def flag_frame(frame: pd.DataFrame, place: str) -> pd.DataFrame:
    """Return by what-if and outcome how many places are called different.

    ``differ`` counts places that differ in a run at all, ``below`` those whose own p-value is below
    0.05, ``by_chance`` how many of that kind no difference at all would give, at most, and
    ``distinguishable`` those left after correction for their number.
    """
    frame = frame.assign(differ=frame["share_equal"] < 1, below=frame["p_value"] < 1 - LEVEL)
    groups = frame.groupby(["scenario", "outcome"], sort=False)
    counts = groups[["differ", "below", "distinguishable"]].sum()
    counts.insert(2, "by_chance", (1 - LEVEL) * counts["differ"])
    counts.insert(0, "places", groups.size())
    counts.insert(0, "of", place)
    return counts.reset_index()


def side_by_side(effects: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Return the baseline's mean and each what-if's difference by outcome, and how sure it is."""
    frames = {label: effects[effects["scenario"] == label] for label in labels}
    result = frames[labels[0]][["outcome", "unit", "baseline"]].reset_index(drop=True)
    for label, rows in frames.items():
        for column in SIDE_BY_SIDE:
            result[f"{label}: {column}"] = rows[column].reset_index(drop=True)
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
    events = np.zeros(len(parted), dtype=record_type(EVENT))
    sides: Array = np.full(len(parted), None, dtype=object)
    for i, one in enumerate(parted):
        if one.first is not None:
            sides[i], events[i] = SIDES[one.first[0]], one.first[1]
    columns: dict[str, Any] = {
        "replicate": np.arange(len(parted), dtype=np.int64),
        "identical": [one.same for one in parted],
        "only_in": pd.Series(sides, dtype=object),
        **_words(events, at),
    }
    for number, side in enumerate(("baseline", "what_if")):
        columns[f"events_only_{side}"] = [one.only[number] for one in parted]
        columns[f"deals_only_{side}"] = [one.deals[number] for one in parted]
    return pd.DataFrame(columns)


def _words(events: Array, at: Positions) -> dict[str, pd.Series]:
    """Return codes of events as words, None where one does not apply or there is no event."""

    def named(values: Array, words: Sequence[str]) -> pd.Series:
        table = np.array([*words, None], dtype=object)
        # The national governments stand behind the localities.
        gone = (values < 0) | (values >= len(words)) | (events["id"] == 0)
        return pd.Series(table[np.where(gone, len(words), values)], dtype=object)

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
    months = rows["month"].dropna().sort_values().tolist()
    middle = (len(months) - 1) // 2
    return {
        "runs_parted": len(months),
        "earliest": months[0] if months else None,
        "median": months[middle] if months else None,
        "latest": months[-1] if months else None,
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
    rows = np.concatenate([one.rows for one in parted])
    deals = rows[:, 0]
    projects = [text_of(PROJECT, number) for number in deals["project"].tolist()]
    columns: dict[str, Any] = {
        "replicate": np.array([i for i, _ in lone], dtype=np.int64),
        "only_in": pd.Series([SIDES[deal.side] for _, deal in lone], dtype=object),
        "project_id": pd.Series(projects, dtype=object),
        "sector": np.array([*at.sector, None], dtype=object)[deals["sector"]],
        "value_usd_m": deals["value"],
        "steps": np.array([deal.steps for _, deal in lone], dtype=np.int64),
    }
    for j, role in enumerate(ROLES):
        lead = "" if role == "deal" else f"{role}_"
        columns |= {f"{lead}{name}": words for name, words in _words(rows[:, j], at).items()}
    return pd.DataFrame(columns)
