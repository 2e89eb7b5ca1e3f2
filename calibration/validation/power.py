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

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.checks import Verdict, load_thresholds
from calibration.checks.predictive import mahalanobis
from calibration.checks.verdict import judged, listed
from calibration.inference.learned_summaries import Summaries, learn
from calibration.inference.prior import Array, Prior
from calibration.inference.reference_table import Rows
from calibration.validation.wrong_worlds import Variant, wrong_worlds

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


@dataclass(frozen=True)
class Likeness:
    """Find the rows of a table that are most like a record in their summaries.

    Parameters
    ----------
    summarise
        Learned on other rows than these.
    summaries
        Of the rows (N, D).
    spread
        Of each summary (D,).
    statistics
        Of the rows (N, K).
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
            near = np.argpartition(distance, count - 1)[:count]
            # In the table's order, so that the halves of the check do not differ in distance.
            near.sort()
            found[i] = mahalanobis(self.statistics[near], records[i])[0]
        return found


def finite(rows: Rows) -> Rows:
    """Return the rows whose statistics are all numbers."""
    return rows.chosen(np.asarray(np.isfinite(rows.statistics).all(axis=1)))


def power(trial: ValidationContext, worlds: tuple[Variant, ...] | None = None) -> Verdict:
    """Judge whether worlds that are wrong on purpose are rejected.

    Parameters
    ----------
    trial
        What the calibration left.
    worlds
        Those of the table by default.
    """
    limits = load_thresholds()["power"]
    worlds = wrong_worlds() if worlds is None else worlds
    likeness = Likeness.of(trial.box, finite(trial.second), trial.seed, trial.workers)
    draws = trial.posterior.values
    values = draws[np.arange(limits["runs_each"]) % len(draws)]
    unfitted = finite(trial.predicted).statistics
    found = []
    for number, world in enumerate(worlds):
        rows = trial.runs(
            f"power-{world.id}", values, number=WAVE + number, simulator=world.simulator
        )
        records = finite(rows).statistics
        found.append(
            {
                **_row(world, likeness.p_values(records), len(values)),
                "rejected_unfitted": _rejected(unfitted_p_values(unfitted, records)),
            }
        )
        trial.notify("wrong worlds", number + 1, len(worlds))
    right = unfitted[: len(values)]
    size = _rejected(likeness.p_values(right))
    report = float(likeness.p_values(trial.simulator.observed[None, :])[0])
    return _verdict(found, size, report, len(right), limits)


def unfitted_p_values(rows: Array, records: Array) -> Array:
    """Return how odd each record (N, K) is among the report's predictive runs (N,)."""
    return np.array([mahalanobis(rows, record)[0] for record in records])


def _rejected(p_values: Array) -> float:
    return float((p_values < LEVEL).mean()) if len(p_values) else float("nan")


def _row(world: Variant, p_values: Array, asked: int) -> dict[str, Any]:
    """Return what is published of a world."""
    rejected = _rejected(p_values)
    return {
        "id": world.id,
        "how": world.how,
        "what": world.what,
        "fixed": dict(world.fixed),
        "runs": len(p_values),
        "lost": asked - len(p_values),
        "rejected": rejected,
        "median_p": float(np.median(p_values)) if len(p_values) else float("nan"),
        "seen": rejected >= REJECTED,
    }


def _verdict(
    worlds: list[dict[str, Any]], size: float, report: float, right: int, limits: dict[str, Any]
) -> Verdict:
    unseen = [f"{world['id']} ({world['rejected']:.0%})" for world in worlds if not world["seen"]]
    seen = len(worlds) - len(unseen)
    absorbed = sum(not world["seen"] and world["rejected_unfitted"] >= REJECTED for world in worlds)
    found = (
        f"{seen} of {len(worlds)} wrong worlds rejected in at least {REJECTED:.0%} of their runs; "
        f"right ones in {size:.1%}; {absorbed} more rejected if nothing is fitted to them"
    )
    return judged(
        "power",
        seen >= limits["least_rejected"] * len(worlds),
        f"{found}; not seen: {listed(unseen, len(unseen))}" if unseen else found,
        f"at least {limits['least_rejected']:.0%} of {len(worlds)} wrong worlds rejected "
        f"at {LEVEL:.0%}",
        {
            "worlds": worlds,
            "level": LEVEL,
            "rejected_from": REJECTED,
            "size": size,
            "size_runs": right,
            "report_p": report,
        },
    )
