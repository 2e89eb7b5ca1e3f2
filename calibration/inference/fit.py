"""From rows of a table to a posterior that says how far it can be trusted.

The rows are parted three ways: most teach the regression, some recalibrate its intervals, and some
serve for nothing but the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from calibration.checks import Verdict, coverage, load_thresholds, simulation_based_calibration
from calibration.inference import regression_abc
from calibration.inference.learned_summaries import NETWORKS
from calibration.inference.prior import Array, Prior
from calibration.inference.recalibration import Recalibration
from calibration.inference.reference_table import Rows
from calibration.inference.regression_abc import Particles, Regression

DRAWS = 2000
_MOST_SPARE, _MOST_CHECK = 6, 10
"""A sixth and a tenth of the rows at most recalibrate and check, however small the table."""
_NOTIFY_EVERY = 50
_FAREST = 5.0

Progress = Callable[[int, int], None]


class Draws(NamedTuple):
    """Hold draws from a posterior.

    Parameters
    ----------
    values
        Of the parameters (N, P).
    derived
        Of the derived quantities (N, Q).
    scores
        Normal scores of the parameters under the full prior (N, P).
    """

    values: Array
    derived: Array
    scores: Array


@dataclass(frozen=True)
class Ranking:
    """Turn a derived quantity into normal scores and back, by its ranks among a table's rows.

    Parameters
    ----------
    known
        Its values, sorted, with ties parted at random.
    whole
        Whether it is a count.
    """

    known: Array
    whole: bool

    @classmethod
    def of(cls, values: Array, rng: np.random.Generator) -> Ranking:
        """Return the ranking of a table's values (N,)."""
        whole = bool(np.all(values == np.round(values)))
        return cls(np.sort(_parted(values, whole, rng)), whole)

    def scores(self, values: Array, rng: np.random.Generator) -> Array:
        """Return normal scores (N,) of values (N,)."""
        from scipy.special import ndtri

        count = len(self.known)
        rank = np.searchsorted(self.known, _parted(values, self.whole, rng))
        return np.asarray(ndtri((np.clip(rank, 0, count - 1) + 0.5) / count))

    def values(self, scores: Array) -> Array:
        """Return values (N,) of normal scores (N,)."""
        from scipy.special import ndtr

        found = np.quantile(self.known, ndtr(scores))
        return np.asarray(np.maximum(np.round(found), 0.0) if self.whole else found)


def _parted(values: Array, whole: bool, rng: np.random.Generator) -> Array:
    return np.asarray(values + rng.uniform(-0.5, 0.5, len(values)) if whole else values)


class Parts(NamedTuple):
    """Hold which rows serve for what: to teach, to recalibrate, to check."""

    teach: Array
    recalibrate: Array
    check: Array


def parted(rows: int) -> Parts:
    """Return which of a table's rows serve for what."""
    sizes = load_thresholds()["table"]
    check = min(sizes["check_rows"], rows // _MOST_CHECK)
    spare = min(sizes["recalibration_rows"], rows // _MOST_SPARE)
    return Parts(*np.split(np.arange(rows), [rows - spare - check, rows - check]))


@dataclass(frozen=True)
class Fit:
    """Hold a fitted posterior: what :func:`fit` returns.

    Parameters
    ----------
    prior
        Under which its rows were drawn; it may be truncated.
    names
        Of the parameters and derived quantities (D).
    regression, recalibration, rankings
        Its parts; one ranking a derived quantity.
    raw, levels
        Levels (N, D) of the checking rows' true scores, as claimed and recalibrated.
    """

    prior: Prior
    names: tuple[str, ...]
    regression: Regression
    recalibration: Recalibration
    rankings: tuple[Ranking, ...]
    raw: Array
    levels: Array

    def particles(self, observed: Array) -> Particles:
        """Return the recalibrated particles given statistics (K,)."""
        return self.recalibration.particles(next(self.regression.particles(observed[None, :])))

    def draws(self, observed: Array, count: int = DRAWS, seed: int = 0) -> Draws:
        """Return draws from the posterior given statistics (K,), in random order."""
        found = self.particles(observed)
        rng = np.random.Generator(np.random.Philox(key=[seed, 1]))
        at = (np.arange(count) + rng.random()) / count
        chosen = np.searchsorted(np.cumsum(found.weights), at).clip(0, len(found.weights) - 1)
        scores = found.scores[rng.permutation(chosen)]
        parameters = len(self.prior.names)
        values = self.prior.values(scores[:, :parameters])
        derived = [r.values(scores[:, parameters + j]) for j, r in enumerate(self.rankings)]
        return Draws(
            values,
            np.column_stack(derived) if derived else np.empty((count, 0)),
            self.prior.whole().scores(values),
        )

    def verdicts(self, where: str) -> list[Verdict]:
        """Return the verdicts on the checking rows."""
        return [
            simulation_based_calibration(self.levels, self.names, where=where),
            coverage(self.levels, self.names, where=where),
        ]


def fit(
    prior: Prior,
    rows: Rows,
    derived: Sequence[str],
    *,
    more: Rows | None = None,
    seed: int = 0,
    networks: int = NETWORKS,
    workers: int = 1,
    progress: Progress | None = None,
) -> Fit:
    """Fit the posterior to rows drawn from a prior.

    Parameters
    ----------
    prior
        Under which the rows were drawn.
    rows
        All finite; parted by :func:`parted`.
    derived
        Names of the derived quantities.
    more
        Further rows drawn from the same prior, for teaching alone.
    seed, networks, workers
        As in :func:`calibration.inference.regression_abc.fit`.
    progress
        Called with (done, total) rows checked.
    """
    parts = parted(len(rows.values))
    teach = rows.chosen(parts.teach)
    if more is not None and len(more.values):
        # Mixed, so that both halves have rows of both tables.
        teach = Rows.joined((teach, more))
        teach = teach.chosen(np.random.default_rng(seed).permutation(len(teach.values)))
    rng = np.random.Generator(np.random.Philox(key=[seed, 2]))
    rankings = tuple(Ranking.of(teach.derived[:, j], rng) for j in range(len(derived)))

    def scores(of: Rows) -> Array:
        more_scores = [r.scores(of.derived[:, j], rng) for j, r in enumerate(rankings)]
        return np.column_stack([prior.scores(of.values), *more_scores])

    taught = regression_abc.fit(
        teach.statistics, scores(teach), seed, networks=networks, workers=workers
    )
    spare, check = rows.chosen(parts.recalibrate), rows.chosen(parts.check)
    held = Rows.joined((spare, check))
    claimed = _levels(taught, held.statistics, scores(held), progress)
    recalibration = Recalibration.learned(claimed[: len(spare.values)])
    raw = claimed[len(spare.values) :]
    names = (*prior.names, *derived)
    return Fit(prior, names, taught, recalibration, rankings, raw, recalibration.levels(raw))


def _levels(
    taught: Regression, statistics: Array, truth: Array, progress: Progress | None
) -> Array:
    """Return where true scores (N, D) lie in the posteriors given statistics (N, K)."""
    found = np.empty_like(truth)
    for i, particles in enumerate(taught.particles(statistics)):
        found[i] = particles.levels(truth[i])
        if progress is not None and (i % _NOTIFY_EVERY == 0 or i == len(truth) - 1):
            progress(i + 1, len(truth))
    return found


def box_around(prior: Prior, draws: Draws) -> Prior:
    """Return the prior truncated to where the posterior lies, with a margin.

    Parameters
    ----------
    prior
        The full prior.
    draws
        From the posterior.
    """
    from scipy.special import ndtr

    limits = load_thresholds()["truncation"]
    margin = limits["margin"] * draws.scores.std(axis=0)
    ends = np.quantile(draws.scores, limits["quantiles"], axis=0)
    low, high = np.maximum(ends[0] - margin, -_FAREST), np.minimum(ends[1] + margin, _FAREST)
    # Where little is cut off, nothing is: a prior's end is then no edge of the box.
    shares = np.array([ndtr(low), ndtr(high)])
    shares[0] = np.where(shares[0] < 0.01, 0.0, shares[0])
    shares[1] = np.where(shares[1] > 0.99, 1.0, shares[1])
    return prior.truncated(shares[0].tolist(), shares[1].tolist())
