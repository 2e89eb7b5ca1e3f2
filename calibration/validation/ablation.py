"""Ablation: whether a mechanism helps to foretell what is on record.

The model is run without each mechanism, and with all of them, at the same draws from the truncated
prior and with the same random numbers. What each of them foretells, refitted to the rest of the
record, is scored (:mod:`calibration.validation.predictive_scores`); a mechanism that can be left
out without loss has no support in the record, whatever else speaks for it.

Runs serve as records too. Runs of the whole model at posterior draws say what loss could be
expected were the mechanism at work, and how often that would count as support; runs of the model
without it say how often as large a loss would come of chance alone. Neither is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.checks import Verdict, load_thresholds
from calibration.checks.verdict import judged, listed
from calibration.inference.prior import Array
from calibration.inference.reference_table import Rows
from calibration.validation.model_variants import Variant, clusters_of, mechanisms
from calibration.validation.predictive_scores import ScoreScale, log_scores

if TYPE_CHECKING:
    from calibration.validation.validation_context import ValidationContext

RUNS = 12_000
"""Of all models together, the whole one among them."""
WAVE = 130
RESAMPLES = 50
HELD = 10
"""One in so many runs foretells nothing and serves as a record."""
RECORDS = 300
"""Runs at posterior draws that serve as records, to know what loss the record could show."""


def ablation(
    context: ValidationContext,
    dropped: tuple[Variant, ...] | None = None,
    clusters: Mapping[str, Sequence[int]] | None = None,
    runs: int | None = None,
) -> Verdict:
    """Judge of each mechanism whether the log score is worse without it.

    Mechanisms, and places of the targets that are one piece of evidence, are those of the table by
    default; ``runs`` of each model are by default a share of :data:`RUNS`.
    """
    dropped = mechanisms() if dropped is None else dropped
    clusters = clusters_of(context.simulator.statistics) if clusters is None else clusters
    runs = RUNS // (len(dropped) + 1) if runs is None else runs
    values = context.box.draw(runs, context.seed, WAVE)
    whole = context.runs("ablation-whole", values, number=WAVE)
    records = context.predicted.statistics[:RECORDS]
    records = records[np.isfinite(records).all(axis=1)]
    rows = []
    for number, mechanism in enumerate(dropped):
        # The same wave: row by row the same random numbers.
        without = context.runs(
            f"ablation-{mechanism.id}", values, number=WAVE, simulator=mechanism.simulator
        )
        lost = Loss(whole, without, list(clusters.values()), context.seed)
        rows.append(_row(mechanism, lost, context.simulator.observed, records))
        context.notify("mechanisms off", number + 1, len(dropped))
    bare = [f"{row['id']} ({row['loss']:+.1f} ± {row['error']:.1f})" for row in rows
            if not row["supported"]]  # fmt: skip
    found = f"{len(rows) - len(bare)} of {len(rows)} mechanisms supported"
    least = load_thresholds()["ablation"]["least_loss"]
    return judged(
        "ablation",
        not bare,
        f"{found}; unsupported: {listed(bare, len(bare))}" if bare else found,
        f"without it the log score is worse by {least:g} standard errors, clustered by evidence",
        {"mechanisms": rows, "clusters": list(clusters)},
    )


class Loss:
    """Score the whole model and one without a mechanism by their runs, which are in pairs.

    ``tables`` and ``records`` hold the targets of both models' runs that foretell, and of those set
    aside as records; ``clusters`` are places of the targets that are one piece of evidence.
    """

    def __init__(
        self, whole: Rows, without: Rows, clusters: Sequence[Sequence[int]], seed: int
    ) -> None:
        tables = whole.statistics, without.statistics
        both = np.isfinite(tables[0]).all(axis=1) & np.isfinite(tables[1]).all(axis=1)
        held = int(both.sum()) // HELD
        self.tables = tables[0][both][held:], tables[1][both][held:]
        self.records = tables[0][both][:held], tables[1][both][:held]
        self.runs = len(self.tables[0])
        self.clusters, self.seed = clusters, seed
        self.scale = ScoreScale.of(self.tables[0])

    def of(self, records: Array, rows: Array | slice = slice(None)) -> Array:
        """Return what each record (M, K) loses by cluster (M, C), on all rows or some."""
        scores = [
            log_scores(table[rows], records, self.clusters, self.scale) for table in self.tables
        ]
        apart = scores[0] - scores[1]
        return np.column_stack([apart[:, list(cluster)].sum(axis=1) for cluster in self.clusters])

    def error(self, record: Array) -> float:
        """Return the error of a record's (K,) whole loss that comes of so few runs."""
        rng = np.random.default_rng(self.seed)
        half = self.runs - self.runs // 2
        sums = []
        for _ in range(RESAMPLES):
            # Each half by itself, so that no row is chosen by a regression that knows it.
            first = rng.integers(half, size=half)
            second = rng.integers(half, self.runs, size=self.runs - half)
            sums.append(float(self.of(record[None, :], np.concatenate([first, second])).sum()))
        return float(np.std(sums))


def clustered_error(losses: Array) -> Array:
    """Return the standard errors (M,) of losses summed over clusters (M, C)."""
    return np.asarray(np.sqrt(losses.shape[1] * losses.var(axis=1, ddof=1)))


def _row(mechanism: Variant, lost: Loss, observed: Array, records: Array) -> dict[str, Any]:
    """Return what is published of a mechanism."""
    least = load_thresholds()["ablation"]["least_loss"]
    here, elsewhere = lost.of(observed[None, :]), lost.of(records)
    of_runs = lost.error(observed)
    loss, error = float(here.sum()), float(np.hypot(clustered_error(here)[0], of_runs))
    errors, sums = np.hypot(clustered_error(elsewhere), of_runs), elsewhere.sum(axis=1)
    absent = lost.of(lost.records[1]).sum(axis=1)
    return {
        "id": mechanism.id,
        "what": mechanism.what,
        "fixed": dict(mechanism.fixed),
        "runs": lost.runs,
        "loss": loss,
        "error": error,
        "error_of_runs": of_runs,
        "by_cluster": np.round(here[0], 4).tolist(),
        "expected_loss": float(sums.mean()),
        "expected_sd": float(sums.std()),
        "p_absent": float((1.0 + (absent >= loss).sum()) / (1.0 + len(absent))),
        "could_show": float(((sums > 0.0) & (sums >= least * errors)).mean()),
        "supported": loss > 0.0 and loss >= least * error,
    }
