"""How an outcome answers to the points of a design: means over replicates, and what chance adds.

Replicates of one point differ by their seed alone. Sweeps use the same seeds at every point, so
that a difference between two points holds less chance than two independent runs would.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.core.errors import InputError, nearest_name
from sim.core.parameters import PARAMETERS
from sim.core.plurals import counted

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.design import Design

Floats = npt.NDArray[np.float64]

NOT_OUTCOMES = frozenset({"point", "draw", "replicate", "seed", "error", "seconds", "months"})
FIRST_CHOICE = ("deals", "deal_value_usd_m", "deal_delay_months", "ties_lost_share")
"""Outcomes looked at unless others are asked for, where the runs have them."""

LEAST_POINTS = 20
"""Fewest points with a known outcome that an index is computed from."""

RESAMPLES = 1000


def outcomes_of(design: Design, runs: pd.DataFrame, chosen: Iterable[str] = ()) -> list[str]:
    """Return the outcomes to look at: those chosen, or the first choice.

    Raises
    ------
    InputError
        If one is not among the runs' columns, or there is none at all.
    """
    known = known_outcomes(design, runs)
    wanted = list(dict.fromkeys(chosen))
    for name in wanted:
        if name not in known:
            raise InputError(
                f"there is no outcome {name!r} in this sweep",
                argument="outcomes",
                nearest=nearest_name(name, known),
                allowed=None if nearest_name(name, known) else ", ".join(known),
            )
    return wanted or [name for name in FIRST_CHOICE if name in known] or known


def known_outcomes(design: Design, runs: pd.DataFrame) -> list[str]:
    """Return every outcome that the runs have.

    Raises
    ------
    InputError
        If they have none.
    """
    apart = NOT_OUTCOMES | set(PARAMETERS) | {one.name for one in design.varied}
    known = [str(name) for name in runs.columns if name not in apart and _is_number(runs[name])]
    if not known:
        raise InputError("the runs have no outcomes", field="runs")
    return known


def _is_number(column: pd.Series) -> bool:
    kind = getattr(column.dtype, "kind", "O")
    return kind in "fiu"


@dataclass(frozen=True)
class Response:
    """Hold one outcome of every run of a design.

    Parameters
    ----------
    outcome
        Name of the outcome.
    runs
        Array (points, replicates); nan where a run failed, is missing, or has no such number.
    failed, missing, unknown
        Runs that failed, that are not there, and that finished without a number for the outcome.
    """

    outcome: str
    runs: Floats
    failed: int
    missing: int
    unknown: int

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """Return the number of known runs of each point."""
        return np.asarray(np.isfinite(self.runs).sum(axis=1), dtype=np.int64)

    @cached_property
    def means(self) -> Floats:
        """Return the mean over the known runs of each point; nan where there is none."""
        sums = np.nansum(self.runs, axis=1)
        return np.where(self.counts > 0, sums / np.maximum(self.counts, 1), np.nan)

    def notes(self) -> list[str]:
        """Return what is wrong with the runs, in words."""
        total = self.runs.size
        said = [
            (self.failed, "failed"),
            (self.missing, "are not there: the sweep is not finished"),
            (self.unknown, "have no number for it (nothing to measure in that run)"),
        ]
        runs = counted(total, "run")
        notes = [f"{self.outcome}: {n:,} of {runs} {what}" for n, what in said if n]
        lost = int((self.counts == 0).sum())
        if lost:
            points = counted(len(self.runs), "point")
            notes.append(f"{self.outcome}: no known run at {lost:,} of {points}")
        return notes


def response(design: Design, runs: pd.DataFrame, outcome: str) -> Response:
    """Return how an outcome answers to a design.

    Parameters
    ----------
    design
        The design.
    runs
        One row a run: ``point``, ``replicate``, ``error`` (empty or missing if it went well) and
        outcomes.
    outcome
        Name of one of the columns.

    Raises
    ------
    InputError
        If the runs are not those of the design.
    """
    points = runs["point"].to_numpy(dtype=np.int64)
    count = len(design.points)
    if len(points) == 0:
        raise InputError(
            "there are no runs yet", field="runs", allowed="a sweep with finished runs"
        )
    if points.min() < 0 or points.max() >= count:
        raise InputError(f"the runs have other points than the design's {count}", field="runs")
    _, column = np.unique(runs["replicate"].to_numpy(), return_inverse=True)
    went_wrong = errors_of(runs)
    values = runs[outcome].to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.where(went_wrong | ~np.isfinite(values), np.nan, values)
    table = np.full((count, int(column.max()) + 1), np.nan)
    table[points, column] = values
    there = np.zeros(table.shape, dtype=bool)
    there[points, column] = True
    failed = int(went_wrong.sum())
    return Response(
        outcome=outcome,
        runs=table,
        failed=failed,
        missing=int((~there).sum()),
        unknown=int(np.isnan(values).sum()) - failed,
    )


def errors_of(runs: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which runs failed."""
    if "error" not in runs:
        return np.zeros(len(runs), dtype=bool)
    has_error = runs["error"].fillna("").astype(str).str.len() > 0
    return np.asarray(has_error, dtype=bool)


@dataclass(frozen=True)
class Noise:
    """Say how much of an outcome's variance is left to chance.

    Parameters
    ----------
    outcome
        Name of the outcome.
    replicates
        Mean number of known runs a point.
    deviation
        Standard deviation of one run around the mean of its point, in the outcome's unit.
    share, low, high
        Share of the variance of one run that its seed explains, with a 95 % interval.
    left
        Share of the variance of the points' means that chance still explains.
    """

    outcome: str
    replicates: float
    deviation: float
    share: float
    low: float
    high: float
    left: float


def noise_of(answer: Response, seed: int) -> Noise:
    """Return what chance adds to an outcome; nan where no point has two known runs."""
    known = answer.counts >= 2
    replicates = float(answer.counts.mean())
    if known.sum() < 2:
        unknown = float("nan")
        return Noise(answer.outcome, replicates, unknown, unknown, unknown, unknown, unknown)
    runs, means, counts = answer.runs[known], answer.means[known], answer.counts[known]
    apart = runs - means[:, None]
    within = np.nansum(apart**2, axis=1) / (counts - 1)
    # Seeds are shared between points: what a seed does everywhere alike cancels in comparisons.
    shared = np.nanmean(apart, axis=0)
    degrees = max(float((counts - 1).sum()) * (1 - 1 / len(runs)), 1.0)
    residual = float(np.nansum((apart - shared) ** 2) / degrees)
    ratio = residual / within.mean() if within.mean() > 0 else 0.0

    def shares(places: npt.NDArray[np.int64]) -> tuple[float, float]:
        chance = within[places].mean()
        spread = means[places].var(ddof=1)
        left = ratio * float((within[places] / counts[places]).mean())
        total = chance + max(spread - left, 0.0)
        if total <= 0.0:
            return float("nan"), float("nan")
        return float(chance / total), min(left / spread, 1.0) if spread > 0 else float("nan")

    everything = np.arange(len(runs))
    share, left = shares(everything)
    stream = np.random.default_rng(seed)
    draws = [shares(stream.integers(len(runs), size=len(runs)))[0] for _ in range(RESAMPLES // 2)]
    low, high = interval(np.asarray(draws))
    deviation = float(np.sqrt(within.mean()))
    return Noise(answer.outcome, replicates, deviation, share, low, high, left)


def interval(draws: Floats) -> tuple[float, float]:
    """Return the 95 % interval of bootstrap draws; nan without any."""
    known = draws[np.isfinite(draws)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, (0.025, 0.975))
    return float(low), float(high)


def paired_variance(first: Floats, second: Floats) -> Floats:
    """Return the variance of the mean difference between pairs of points, due to chance.

    Parameters
    ----------
    first, second
        Arrays (pairs, replicates) of the same replicates.

    Returns
    -------
    Array (pairs,)
        nan where a pair has fewer than two replicates in common.
    """
    apart = first - second
    counts = np.isfinite(apart).sum(axis=1)
    middle = np.nansum(apart, axis=1) / np.maximum(counts, 1)
    squares = np.nansum((apart - middle[:, None]) ** 2, axis=1)
    known = counts >= 2
    return np.where(known, squares / np.maximum(counts - 1, 1) / np.maximum(counts, 1), np.nan)


def constant(values: Floats) -> bool:
    """Return whether known values do not vary beyond rounding."""
    known = values[np.isfinite(values)]
    return len(known) < 2 or bool(np.ptp(known) <= 1e-12 * max(1.0, float(np.abs(known).max())))
