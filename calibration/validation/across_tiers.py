"""One tier of evidence foretells the other: fitted to the one, held against the other.

The fit is to the rows of the prior's table and to the columns of one tier alone, so that nothing of
the other tier has a hand in it, not even by a box. Beside it stand the runs of the prior, fitted to
nothing, and, of lists, rivals without agents. Most of these were fitted to the very lists that the
model has not seen, which favours them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from calibration.cases.observed_statistics import columns
from calibration.cases.targets import Target, load_targets
from calibration.checks import Verdict, load_thresholds
from calibration.checks.verdict import judged
from calibration.inference.prior import Array
from calibration.user_data.prediction_scores import ranked_probability_score
from calibration.validation.count_scores import beside, beside_words
from calibration.validation.model_comparison import rival_statistics
from calibration.validation.observed_counts import posterior_given
from calibration.validation.validation_context import ValidationContext

WAVE = 610
REPORT, LISTS = 1, 2
"""The tiers."""
RIVALS = ("gdp_recognition", "size_recognition", "regression", "persistence")
"""Rivals that draw lists; the first has no power to fit, the others saw the lists."""


class TierPrediction(NamedTuple):
    """Hold what was foretold of some targets (K,): samples (N, K) by who foretold them."""

    targets: tuple[Target, ...]
    observed: Array
    samples: dict[str, Array]


def report_foretells_lists(context: ValidationContext) -> Verdict:
    """Judge what a fit to the report alone foretells of the lists."""
    return judge("report foretells lists", predicted_tier(context, REPORT, LISTS))


def lists_foretell_report(context: ValidationContext) -> Verdict:
    """Judge what a fit to the lists alone foretells of the report."""
    return judge("lists foretell report", predicted_tier(context, LISTS, REPORT))


def predicted_tier(context: ValidationContext, seen: int, held: int) -> TierPrediction:
    """Return what the model fitted to one tier, and what others, foretell of the other tier."""
    known, sought = columns(tier=seen), columns(tier=held)
    observed = context.simulator.observed
    rows = context.first._replace(statistics=context.first.statistics[:, known])
    count = load_thresholds()["across_tiers"]["runs"]
    values = posterior_given(context, rows, observed[known], count).values
    runs = context.runs(f"from-tier-{seen}", values, number=WAVE + seen).finite()
    samples = {
        "model": runs.statistics[:, sought],
        "prior": context.first.statistics[-count:, sought],
    }
    targets = tuple(load_targets()[i] for i in sought)
    if held == LISTS:
        rng = np.random.default_rng([context.seed, WAVE])
        samples |= {name: rival_statistics(name, count, rng)[:, sought] for name in RIVALS}
    return TierPrediction(targets, observed[sought], samples)


def judge(check: str, found: TierPrediction) -> Verdict:
    """Judge the intervals of the model by their coverage, and score it beside the others."""
    limits = load_thresholds()["across_tiers"]
    logs = np.array([target.scale == "log1p" for target in found.targets])

    def scaled(values: Array) -> Array:
        return np.where(logs, np.log1p(np.maximum(values, 0.0)), values)

    samples = {who: scaled(sample) for who, sample in found.samples.items()}
    observed = scaled(found.observed)
    tail = (1.0 - limits["interval"]) / 2.0
    ends = np.quantile(samples["model"], [tail, 0.5, 1.0 - tail], axis=0)
    inside = (ends[0] <= observed) & (observed <= ends[2])
    covered = float(inside.mean())
    # How many a right model would cover: its statistics go together, so the number varies.
    of_own = ((ends[0] <= samples["model"]) & (samples["model"] <= ends[2])).mean(axis=1)
    usual = [float(end) for end in np.quantile(of_own, [0.05, 0.95])]
    spread = samples["prior"].std(axis=0)
    width = np.where(spread > 0.0, spread, 1.0)
    scores = {
        who: ranked_probability_score(sample, observed) / width for who, sample in samples.items()
    }
    clusters = np.array([target.table for target in found.targets])
    apart = beside(scores, clusters)
    off = abs(covered - limits["interval"])
    return judged(
        check,
        off <= limits["tolerance"],
        f"{covered:.1%} of {len(observed)} inside, {usual[0]:.0%} to {usual[1]:.0%} where the "
        f"model is right; ranked score, less is better: {beside_words(apart)}",
        f"{limits['interval']:.0%} ± {limits['tolerance']:.0%} inside",
        {
            "rows": _rows(found, inside, ends, scores),
            "coverage": covered,
            "usual": usual,
            "scores": {who: float(score.mean()) for who, score in scores.items()},
            "beside": apart,
        },
    )


def _rows(
    found: TierPrediction, inside: Array, ends: Array, scores: dict[str, Array]
) -> list[dict[str, Any]]:
    """Return what is published of each target, ends of intervals on its own scale."""
    rows = []
    for i, target in enumerate(found.targets):
        low, median, high = (
            float(np.expm1(end[i]) if target.scale == "log1p" else end[i]) for end in ends
        )
        rows.append(
            {"target": target.id, "table": target.table, "observed": float(found.observed[i]),
             "low": low, "median": median, "high": high, "inside": bool(inside[i]),
             "scores": {who: float(score[i]) for who, score in scores.items()}}
        )  # fmt: skip
    return rows
