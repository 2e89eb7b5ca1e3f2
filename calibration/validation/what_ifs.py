"""What-ifs over the posterior: how much of an answer is left to too few runs.

Each shipped what-if is paired with the baseline at draws from the posterior, twice a draw by
different random numbers. A run's difference varies with the draw and by chance; the interval over
runs holds both, and the two pairs of a draw tell them apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calibration.checks import Verdict, load_thresholds
from calibration.checks.verdict import judged, listed
from calibration.inference.prior import Array
from calibration.validation.model_variants import load_table
from calibration.validation.validation_context import ValidationContext
from sim.experiments.comparison.paired_comparison import BASELINE, ComparisonTables, compare_tables

PAIRS = 2
"""Paired runs of a draw."""
INTERVAL = (0.05, 0.95)
RESAMPLES = 500


def what_ifs(context: ValidationContext, *, end: str | None = None) -> Verdict:
    """Judge whether what-ifs at posterior draws are known well enough.

    ``end`` is the last month; the baseline's by default.
    """
    limits, table = load_thresholds()["what_ifs"], load_table()["what_ifs"]
    scenarios: list[str] = table["scenarios"]
    draws = limits["runs"] // (PAIRS * (len(scenarios) + 1))
    draws = min(draws, len(context.posterior.values))
    # So many draws are used twice each, one time after the other.
    compared = compare_tables(
        ComparisonTables,
        table["baseline"],
        *scenarios,
        replicates=PAIRS * draws,
        draws=context.posterior.first(draws),
        end=end,
        workers=context.workers,
        progress=lambda done, total: context.notify("what-ifs", done, total),
    )
    rows = effects(compared, table["outcomes"], draws, context.seed)
    most, runs = limits["most_error"], PAIRS * draws
    wide = [f"{row['what_if']} on {row['outcome']}" for row in rows if row["share"] > most]
    largest = max(row["share"] for row in rows)
    found = f"Monte Carlo error at most {largest:.1%} of the interval"
    return judged(
        "what-ifs",
        not wide,
        f"{found}; above {most:.0%}: {listed(wide)}" if wide else found,
        f"Monte Carlo error at most {most:.0%} of the {INTERVAL[1] - INTERVAL[0]:.0%} interval, "
        f"{runs:,} paired runs at {draws:,} draws of each what-if",
        {"effects": rows, "runs": runs, "draws": draws, "interval": list(INTERVAL)},
    )


def effects(
    compared: ComparisonTables, outcomes: list[str], draws: int, seed: int
) -> list[dict[str, Any]]:
    """Return what is published of each what-if and outcome for the region.

    Runs of one of the ``draws`` come after one another; ``seed`` is that of resampling.
    """
    by_run = {
        str(name): rows.set_index("replicate")[outcomes].sort_index()
        for name, rows in compared.per_run.groupby("scenario")
    }
    base = by_run[BASELINE]
    rows = []
    for label in compared.labels:
        apart = (by_run[label] - base).astype(np.float64)
        for outcome in outcomes:
            pairs = apart[outcome].to_numpy().reshape(draws, -1)
            baseline = float(base[outcome].mean())
            row = {"what_if": label, "outcome": outcome, "baseline": baseline}
            rows.append(row | effect(pairs, seed))
    return rows


def effect(pairs: Array, seed: int) -> dict[str, float]:
    """Return mean, interval and Monte Carlo error of paired differences (draws, pairs).

    ``share`` is the error, the largest of the mean's and both ends', in terms of the interval; 0
    where no run differs. ``by_draws`` is the share of the variance that is due to the draws.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(pairs), size=(RESAMPLES, len(pairs)))
    # Whole draws, since pairs of one draw are alike.
    again = pairs[chosen].reshape(RESAMPLES, -1)
    errors = [again.mean(axis=1).std(), *np.quantile(again, INTERVAL, axis=1).std(axis=1)]
    low, high = np.quantile(pairs, INTERVAL)
    width, error = float(high - low), float(max(errors))
    variance, within = float(pairs.var()), float(pairs.var(axis=1, ddof=1).mean())
    by_draws = max(0.0, 1.0 - within / variance) if variance > 0.0 else 0.0
    return {
        "mean": float(pairs.mean()),
        "low": float(low),
        "high": float(high),
        "error_of_mean": float(errors[0]),
        "error": error,
        "share": error / width if width > 0.0 else float(error > 0.0),
        "by_draws": min(by_draws, 1.0),
        "share_same": float((pairs == 0.0).mean()),
    }
