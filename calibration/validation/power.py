"""Power: whether the protocol would notice a world that is wrong.

Runs of worlds that are wrong on purpose serve as records. Each is held against the rows of the
second table whose learned summaries are most like its own: what the model shows, wherever its
parameters lie, beside such summaries. The check is that of the posterior predictive distribution,
all statistics together. As the rows are those of one table, thousands of records can be checked.

Most of what is wrong in a world, other values of the parameters can make up for. So each record is
also held against the report's own posterior, as if nothing were fitted to it. Not judged, it
tells a world that the parameters absorb from one of which the record says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from calibration.checks import Verdict, load_thresholds
from calibration.checks.predictive import mahalanobis
from calibration.checks.verdict import judged, listed
from calibration.inference.learned_summaries import Summaries, learn
from calibration.inference.prior import Array, Prior
from calibration.inference.reference_table import Rows
from calibration.validation.model_variants import Variant, wrong_models

if TYPE_CHECKING:
    from calibration.validation.validation_context import ValidationContext

LEVEL = 0.05
NEAR = 400
"""Rows that a record is held against; fewer where a table is small."""
MOST_NEAR = 4
"""A fourth of the table's rows at most are near."""
REJECTED = 0.5
"""Share of its records that must be rejected for a world to count as rejected."""
NETWORKS = 3
WAVE = 100


class Likeness(NamedTuple):
    """Find the rows of a table that are most like a record in summaries learned on other rows.

    Of the rows it holds the summaries (N, D), their spread (D,) and the statistics (N, K).
    """

    summarise: Summaries
    summaries: Array
    spread: Array
    statistics: Array

    @classmethod
    def of(cls, box: Prior, rows: Rows, seed: int, workers: int) -> Likeness:
        """Return the likeness to a table's rows, half of which teach the summaries."""
        half = len(rows.values) // 2
        scores = box.scores(rows.values[:half])
        summarise = learn(rows.statistics[:half], scores, seed, networks=NETWORKS, workers=workers)
        rest = rows.statistics[half:]
        summaries = summarise(rest)
        spread = summaries.std(axis=0)
        return cls(summarise, summaries, np.where(spread > 0.0, spread, 1.0), rest)

    def p_values(self, records: Array) -> Array:
        """Return how odd each record (N, K) is among the rows like it (N,)."""
        count = min(NEAR, len(self.statistics) // MOST_NEAR)
        rows = self.summaries / self.spread
        found = np.empty(len(records))
        for i, at in enumerate(self.summarise(records) / self.spread):
            distance = ((rows - at) ** 2).sum(axis=1)
            # In the table's order, so that the halves of the check do not differ in distance.
            near = np.sort(np.argpartition(distance, count - 1)[:count])
            found[i] = mahalanobis(self.statistics[near], records[i])[0]
        return found


def finite(rows: Rows) -> Rows:
    """Return the rows whose statistics are all numbers."""
    return rows.chosen(np.asarray(np.isfinite(rows.statistics).all(axis=1)))


def power(context: ValidationContext, worlds: tuple[Variant, ...] | None = None) -> Verdict:
    """Judge whether worlds that are wrong on purpose, by default the table's, are rejected."""
    limits = load_thresholds()["power"]
    worlds = wrong_models() if worlds is None else worlds
    likeness = Likeness.of(context.box, finite(context.second), context.seed, context.workers)
    draws = context.posterior.values
    values = draws[np.arange(limits["runs_each"]) % len(draws)]
    unfitted = finite(context.predicted).statistics
    rows = []
    for number, world in enumerate(worlds):
        runs = context.runs(
            f"power-{world.id}", values, number=WAVE + number, simulator=world.simulator
        )
        records = finite(runs).statistics
        rows.append(_row(world, likeness.p_values(records), unfitted, records, len(values)))
        context.notify("wrong worlds", number + 1, len(worlds))
    right = unfitted[: len(values)]
    size = _rejected(likeness.p_values(right))
    unseen = [f"{row['id']} ({row['rejected']:.0%})" for row in rows if not row["seen"]]
    seen = len(rows) - len(unseen)
    absorbed = sum(not row["seen"] and row["rejected_unfitted"] >= REJECTED for row in rows)
    found = (
        f"{seen} of {len(rows)} wrong worlds rejected in at least {REJECTED:.0%} of their runs; "
        f"right ones in {size:.1%}; {absorbed} more rejected if nothing is fitted to them"
    )
    least = limits["least_rejected"]
    numbers = {
        "worlds": rows,
        "level": LEVEL,
        "rejected_from": REJECTED,
        "size": size,
        "size_runs": len(right),
        "report_p": float(likeness.p_values(context.simulator.observed[None, :])[0]),
    }
    return judged(
        "power",
        seen >= least * len(rows),
        f"{found}; not seen: {listed(unseen, len(unseen))}" if unseen else found,
        f"at least {least:.0%} of {len(rows)} wrong worlds rejected at {LEVEL:.0%}",
        numbers,
    )


def _rejected(p_values: Array) -> float:
    return float((p_values < LEVEL).mean()) if len(p_values) else float("nan")


def _row(
    world: Variant, p_values: Array, unfitted: Array, records: Array, asked: int
) -> dict[str, Any]:
    """Return what is published of a world."""
    rejected = _rejected(p_values)
    # How odd each record is among the report's own predictive runs.
    beside_report = np.array([mahalanobis(unfitted, record)[0] for record in records])
    return {
        **world._asdict(),
        "runs": len(p_values),
        "lost": asked - len(p_values),
        "rejected": rejected,
        "median_p": float(np.median(p_values)) if len(p_values) else float("nan"),
        "seen": rejected >= REJECTED,
        "rejected_unfitted": _rejected(beside_report),
    }
