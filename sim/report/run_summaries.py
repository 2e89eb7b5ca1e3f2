"""Numbers that figures, cards and pages show: counts by run, and their spread over runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.core.calendar import month_index
from sim.experiments.run import RunTables
from sim.experiments.run_settings import varies_words
from sim.experiments.sender_words import sender_words
from sim.report.display_names import CARD_OUTCOMES, Names
from sim.report.figure_style import Floats
from sim.report.phrases import phrase

LOW, HIGH = 0.05, 0.95
"""Quantiles that bound the 90 % interval."""
INTERVAL = "90 % interval"

STEPS = (
    ("proposals", "month_proposed"),
    ("memoranda", "month_memorandum"),
    ("approvals", "month_approved"),
    ("awards", "month_awarded"),
    ("deals", "month_deal"),
)
"""Steps of a project before it is complete, and the column of their month."""

LOSSES = ("lapsed", "refused", "vetoed", "lost_in_tender", "cancelled")
"""Stages in which a project has failed."""


class Spread(NamedTuple):
    """Hold the middle of values over runs and their 90 % interval, with any shape."""

    median: Floats
    low: Floats
    high: Floats
    mean: Floats

    def cells(
        self, pattern: str = "{:,.0f}", join: str = " to ", scale: float = 1.0
    ) -> tuple[str, str]:
        """Return the median and the interval of a single spread in words."""
        if np.isnan(self.median):
            return "none", ""
        low, middle, high = (pattern.format(scale * float(self[i])) for i in (1, 0, 2))
        return middle, f"{low}{join}{high}"

    def words(self, pattern: str = "{:,.0f}", join: str = " to ") -> str:
        """Return a single spread as ``median [low to high]``, with other words for ``to``."""
        middle, interval = self.cells(pattern, join)
        return f"{middle} [{interval}]" if interval else middle


def spread(values: Any, axis: int = 0) -> Spread:
    """Return the spread of values over one axis; values that are nan don't count."""
    numbers = np.asarray(values, dtype=np.float64)
    unknown = np.isnan(numbers)
    if numbers.shape[axis] == 0 or unknown.all():
        gone = np.full(np.delete(numbers.shape, axis), np.nan)
        return Spread(gone, gone, gone, gone)
    # Where all are known, the quicker functions give the same.
    quantile, mean = (np.nanquantile, np.nanmean) if unknown.any() else (np.quantile, np.mean)
    low, middle, high = quantile(numbers, (LOW, 0.5, HIGH), axis=axis)
    return Spread(middle, low, high, np.asarray(mean(numbers, axis=axis)))


def interval_words(run: RunTables) -> str:
    """Return what an interval over the runs is, and what it holds."""
    return f"{INTERVAL} {varies_words(run.manifest)}"


def logs_kept(run: RunTables) -> int:
    """Return the number of runs whose events and projects were kept."""
    return min(len(run.per_run), int(run.manifest.get("logs_kept", len(run.per_run))))


def slim_events(run: RunTables) -> pd.DataFrame:
    """Return the columns of the event log that counting needs."""
    columns = ["replicate", "month", "kind", "locality", "city", "initiator"]
    frame: pd.DataFrame = run.tables["events"].select(columns).to_pandas()
    return frame


def counts_by_month(run: RunTables, events: pd.DataFrame) -> Floats:
    """Return the number of events by run and month of the horizon, shape (runs, months)."""
    first, months, runs = run.scenario.start_month, run.scenario.n_months, logs_kept(run)
    named = events["month"].astype("category")
    index = np.array([month_index(str(m)) for m in named.cat.categories], dtype=np.int64) - first
    at = index[named.cat.codes.to_numpy()] if len(named) else np.zeros(0, dtype=np.int64)
    inside = (at >= 0) & (at < months)
    cells = events["replicate"].to_numpy(dtype=np.int64)[inside] * months + at[inside]
    counts = np.bincount(cells, minlength=runs * months)
    return counts.reshape(runs, months).astype(np.float64)


def of_kind(events: pd.DataFrame, kinds: Iterable[str]) -> pd.DataFrame:
    """Return the events of some kinds."""
    return events[events["kind"].isin(list(kinds))]


def per_year(counts: Floats) -> tuple[Floats, int]:
    """Return sums over the past twelve months and the first month for which they are whole.

    A horizon of two years or less is left by the month: the first month is then 0.
    """
    months = counts.shape[1]
    if months <= 24:
        return counts, 0
    total = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
    return total[:, 12:] - total[:, :-12], 11


def places_of(run: RunTables) -> list[str]:
    """Return the localities the scenario looks at, then the best documented ones."""
    counts = run.world.documented["locality"].value_counts().sort_index()
    best = counts.sort_values(ascending=False, kind="stable").index
    return list(dict.fromkeys([*run.scenario.focus, *best[:2]]))[: max(len(run.scenario.focus), 2)]


class Funnel(NamedTuple):
    """Hold the steps from visits to completed, how many of what reached each, and what was lost.

    ``reached`` has the shape (runs, steps), ``lost`` (runs, steps, losses): projects that got as
    far as a step and no further.
    """

    steps: tuple[str, ...]
    reached: Floats
    lost: Floats


def funnel(run: RunTables) -> Funnel:
    """Return how far the projects of each kept run came."""
    runs = logs_kept(run)
    columns = ["replicate", "stage", *(column for _, column in STEPS)]
    frame = run.tables["projects"].select(columns).to_pandas()
    replicate = frame["replicate"].to_numpy(dtype=np.int64)
    came = np.column_stack([frame[column].notna().to_numpy() for _, column in STEPS])
    # An acquisition has no approval of its own: the furthest step counts, not the number.
    furthest = len(STEPS) - 1 - np.argmax(came[:, ::-1], axis=1)
    visits = run.per_run[["visits_to_lac", "visits_to_china"]].sum(axis=1)
    done = (frame["stage"] == "operating").to_numpy()
    reached = [visits.to_numpy(dtype=np.float64)[:runs]]
    reached += [np.bincount(replicate[mine], minlength=runs) for mine in (*came.T, done)]
    names = ("visits", *(name for name, _ in STEPS), "completed")
    lost = np.zeros((runs, len(names), len(LOSSES)))
    for j, stage in enumerate(LOSSES):
        mine = (frame["stage"] == stage).to_numpy()
        np.add.at(lost[:, :, j], (replicate[mine], 1 + furthest[mine]), 1)
    return Funnel(names, np.column_stack(reached), lost)


def totals(run: RunTables, column: str, by: str) -> pd.DataFrame:
    """Return a sum over deals by run (rows) and group (columns); ``column`` '' counts them."""
    columns = ["replicate", by, "month_deal", "value_usd_m"]
    frame = run.tables["projects"].select(list(dict.fromkeys(columns))).to_pandas()
    frame = frame[frame["month_deal"].notna()]
    values = np.ones(len(frame)) if not column else frame[column].to_numpy(dtype=np.float64)
    table = pd.crosstab(frame["replicate"], frame[by], values=values, aggfunc="sum", dropna=False)
    return table.reindex(range(logs_kept(run))).fillna(0.0)


def ranked(table: pd.DataFrame, order: Sequence[str] | None = None) -> pd.DataFrame:
    """Return mean, median and interval by column, the largest median first, then mean and code."""
    numbers = spread(table.to_numpy(dtype=np.float64))
    frame = pd.DataFrame(
        {"mean": numbers.mean, "median": numbers.median, "low": numbers.low, "high": numbers.high},
        index=[str(name) for name in table.columns],
    )
    if order is not None:
        return frame.reindex(list(order)).fillna(0.0)
    keys = (frame.index.to_numpy(dtype=str), -frame["mean"].to_numpy(), -frame["median"].to_numpy())
    return frame.iloc[np.lexsort(keys)]


def key_rows(run: RunTables) -> list[tuple[str, str, str, str]]:
    """Return words, median, 90 % interval and unit of the key outcomes for the region."""
    rows, words = [], sender_words(run.world)
    for outcome in CARD_OUTCOMES:
        cells = spread(run.per_run[outcome.name]).cells(outcome.pattern, scale=outcome.scale)
        rows.append((words(outcome.words), *cells, outcome.unit))
    return rows


def most_deals(run: RunTables, count: int = 6) -> str:
    """Return the countries with most deals, with their spread over runs, in a sentence."""
    names = Names(run.world)
    wide = run.by_country.pivot(index="replicate", columns="country", values="deals")
    codes = [code for code in ranked(wide).index[:count] if wide[code].sum() > 0]
    shown = ", ".join(f"{names.country(code)} {spread(wide[code]).words()}" for code in codes)
    return phrase("card.most_deals", countries=shown or phrase("card.no_deals"))


def locality_spreads(run: RunTables, code: str) -> dict[str, Spread]:
    """Return what came of one locality, by outcome; the mean of ``with_deal`` is a share of runs.

    ``visits`` are those either way; ``with_deal`` is 1 in a run that has a deal there.
    """
    rows = run.by_locality[run.by_locality["locality"] == code]
    visits = rows["visits_to_lac"] + rows["visits_to_china"]
    rows = rows.assign(visits=visits, with_deal=rows["deals"] > 0)
    names = ("visits", "twinnings", "memoranda", "deals", "with_deal", "deal_value_usd_m")
    return {name: spread(rows[name]) for name in names}
