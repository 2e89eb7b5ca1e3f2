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

from sim.core.errors import InputError, each_of, nearest_name, unknown_name_error
from sim.core.parameters import PARAMETERS
from sim.core.plurals import counted
from sim.experiments.design import Design

if TYPE_CHECKING:
    import pandas as pd


Floats = npt.NDArray[np.float64]

NOT_OUTCOMES = frozenset({"point", "draw", "replicate", "seed", "error", "seconds", "months"})
FIRST_CHOICE = ("deals", "deal_value_usd_m", "deal_delay_months", "ties_lost_share")
"""Outcomes looked at unless others are asked for, where the runs have them."""

LEAST_POINTS = 20
"""Fewest points with a known outcome that an index is computed from."""

RESAMPLES = 1000


def outcomes_of(design: Design, runs: pd.DataFrame, chosen: Iterable[str] | str = ()) -> list[str]:
    """Return the outcomes to look at: those chosen, or the first choice.

    InputError if one is not among the runs' columns, or there is none at all.
    """
    known = known_outcomes(design, runs)
    names = list(dict.fromkeys([chosen] if isinstance(chosen, str) else chosen))

    def known_one(name: str) -> str:
        if name in known:
            return name
        words, near = f"there is no outcome {name!r} in this sweep", nearest_name(name, known)
        raise unknown_name_error(words, name, known, listed=near is None, argument="outcomes")

    names = each_of(known_one, names)
    return names or [name for name in FIRST_CHOICE if name in known] or known


def known_outcomes(design: Design, runs: pd.DataFrame) -> list[str]:
    """Return every outcome that the runs have; InputError if they have none."""
    apart = NOT_OUTCOMES | set(PARAMETERS) | {one.name for one in design.varied}
    kinds = {str(name): getattr(column.dtype, "kind", "O") for name, column in runs.items()}
    known = [name for name, kind in kinds.items() if name not in apart and kind in "fiu"]
    if not known:
        raise InputError("the runs have no outcomes", field="runs")
    return known


@dataclass(frozen=True)
class Response:
    """Hold one outcome of every run of a design."""

    outcome: str
    # Array (points, replicates); nan where a run failed, is missing, or has no such number.
    runs: Floats
    # Runs that failed, that are not there, and that finished without a number for the outcome.
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
        runs, points = counted(self.runs.size, "run"), counted(len(self.runs), "point")
        lost = int((self.counts == 0).sum())
        unknown = "have no number for it (nothing to measure in that run)"
        said = [
            (self.failed, f"{self.failed:,} of {runs} failed"),
            (self.missing, f"{self.missing:,} of {runs} are not there: the sweep is not finished"),
            (self.unknown, f"{self.unknown:,} of {runs} {unknown}"),
            (lost, f"no known run at {lost:,} of {points}"),
        ]
        return [f"{self.outcome}: {text}" for number, text in said if number]


def response(design: Design, runs: pd.DataFrame, outcome: str) -> Response:
    """Return how an outcome, a column of the runs, answers to a design.

    ``runs`` has one row a run: ``point``, ``replicate``, ``error`` (empty or missing if it went
    well) and outcomes.

    InputError if the runs are not those of the design.
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
    failed = int(went_wrong.sum())
    unknown = int(np.isnan(values).sum()) - failed
    return Response(outcome, table, failed, table.size - len(runs), unknown)


def errors_of(runs: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which runs failed."""
    if "error" not in runs:
        return np.zeros(len(runs), dtype=bool)
    return np.asarray(runs["error"].fillna("").astype(str).str.len() > 0, dtype=bool)


@dataclass(frozen=True)
class Noise:
    """Say how much of an outcome's variance is left to chance."""

    outcome: str
    replicates: float  # mean number of known runs a point, of points with any
    # Standard deviation of one run around the mean of its point, in the outcome's unit.
    deviation: float = np.nan
    # Share of the variance of one run that its seed explains, with a 95 % interval.
    share: float = np.nan
    low: float = np.nan
    high: float = np.nan
    left: float = np.nan  # share of the variance of the points' means that chance still explains


def noise_of(answer: Response, seed: int) -> Noise:
    """Return what chance adds to an outcome; nan where no point has two known runs."""
    known = answer.counts >= 2
    replicates = float(answer.counts[answer.counts > 0].mean()) if answer.counts.any() else 0.0
    if known.sum() < 2:
        return Noise(answer.outcome, replicates)
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
            return np.nan, np.nan
        return float(chance / total), min(left / spread, 1.0) if spread > 0 else np.nan

    share, left = shares(np.arange(len(runs)))
    stream = np.random.default_rng(seed)
    draws = [shares(stream.integers(len(runs), size=len(runs)))[0] for _ in range(RESAMPLES // 2)]
    deviation = float(np.sqrt(within.mean()))
    return Noise(answer.outcome, replicates, deviation, share, *interval(np.asarray(draws)), left)


def interval(draws: Floats) -> tuple[float, float]:
    """Return the 95 % interval of bootstrap draws; nan without any."""
    known = draws[np.isfinite(draws)]
    low, high = np.quantile(known, (0.025, 0.975)) if len(known) else (np.nan, np.nan)
    return float(low), float(high)


def paired_variance(first: Floats, second: Floats) -> Floats:
    """Return the variance of the mean difference between pairs of points, due to chance (pairs,).

    Both arrays (pairs, replicates) are of the same replicates; nan where a pair has fewer than two
    in common.
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
