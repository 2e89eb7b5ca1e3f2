"""From rows of a table to a posterior that says how far it can be trusted.

The rows are parted three ways: most teach the regression, some recalibrate its intervals, and some
serve for nothing but the checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from calibration.checks import Verdict, coverage, load_thresholds, simulation_based_calibration
from calibration.inference import regression_abc
from calibration.inference.learned_summaries import NETWORKS
from calibration.inference.prior import Array, Prior
from calibration.inference.reference_table import Progress, Rows
from calibration.inference.regression_abc import Recalibration, Regression

DRAWS = 2000
_MOST_SPARE, _MOST_CHECK = 6, 8
"""A sixth and an eighth of the rows at most recalibrate and check, however small the table."""
_NOTIFY_EVERY = 50
_FAREST = 5.0


class Draws(NamedTuple):
    """Hold draws from a posterior of parameters (N, P) and derived quantities (N, Q).

    ``scores`` are normal scores of the parameters under the full prior (N, P).
    """

    values: Array
    derived: Array
    scores: Array


class Ranking(NamedTuple):
    """Turn a derived quantity into normal scores and back, by its ranks among a table's rows.

    ``known`` are its values, sorted, with ties parted at random; ``whole`` tells of a count.
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


def parted(rows: int) -> tuple[Array, Array, Array]:
    """Return which of a table's rows serve for what: to teach, to recalibrate, to check."""
    sizes = load_thresholds()["table"]
    check = min(sizes["check_rows"], rows // _MOST_CHECK)
    spare = min(sizes["recalibration_rows"], rows // _MOST_SPARE)
    teach, recalibrate, check_rows = np.split(np.arange(rows), [rows - spare - check, rows - check])
    return teach, recalibrate, check_rows


class Fit(NamedTuple):
    """Hold a fitted posterior: what :func:`fit` returns.

    ``prior`` may be truncated; ``names`` are those of parameters and derived quantities (D), with
    one ranking a derived quantity. ``levels`` (N, D) are those of the checking rows' true scores,
    recalibrated.
    """

    prior: Prior
    names: tuple[str, ...]
    regression: Regression
    recalibration: Recalibration
    rankings: tuple[Ranking, ...]
    levels: Array

    def draws(self, observed: Array, count: int = DRAWS, seed: int = 0) -> Draws:
        """Return draws from the posterior given statistics (K,), in random order."""
        found = self.recalibration.particles(next(self.regression.particles(observed[None, :])))
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
    check: bool = True,
    progress: Progress | None = None,
) -> Fit:
    """Fit the posterior to finite rows drawn from a prior, parted by :func:`parted`.

    ``derived`` names the derived quantities. ``more`` rows drawn from the same prior are for
    teaching alone. Without ``check`` there are no levels. ``progress`` is called with (done, total)
    rows held out, the rest is as in :func:`calibration.inference.regression_abc.fit`.
    """
    teach, spare, checking = (rows.chosen(part) for part in parted(len(rows.values)))
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
    held = Rows.joined((spare, checking))
    # All are scored, so that ties of the spare rows are parted alike with a check or without.
    truth, count = scores(held), len(held.values) if check else len(spare.values)
    claimed = np.empty((count, truth.shape[1]))
    for i, particles in enumerate(taught.particles(held.statistics[:count])):
        claimed[i] = particles.levels(truth[i])
        if progress is not None and (i % _NOTIFY_EVERY == 0 or i == count - 1):
            progress(i + 1, count)
    recalibration = Recalibration.learned(claimed[: len(spare.values)])
    levels = recalibration.levels(claimed[len(spare.values) :])
    return Fit(prior, (*prior.names, *derived), taught, recalibration, rankings, levels)


def box_around(prior: Prior, draws: Draws) -> Prior:
    """Return the full prior truncated to where draws from the posterior lie, with a margin."""
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
