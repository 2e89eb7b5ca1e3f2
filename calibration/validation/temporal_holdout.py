"""Fit to what is told to 2013, and predict what is told of 2014 to 2020 by country."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.cases.observation_model import RECENT, chances, ratios
from calibration.cases.observed_events import JOURNEY, LOCAL_DEAL, TWINNING, VISIT, told
from calibration.cases.observed_statistics import OUTCOMES, PERIODS, observed_counts
from calibration.cases.targets import load_targets
from calibration.checks import Verdict
from calibration.checks.verdict import judged
from calibration.inference.prior import Array
from calibration.inference.reference_table import Rows
from calibration.validation import count_scores
from calibration.validation.left_out import TEMPORAL_WAVE, refitted
from calibration.validation.observed_counts import changed_without

if TYPE_CHECKING:
    from calibration.validation.validation_context import ValidationContext

RUNS = 400
_KNOWN_BY_2013 = ("delegation_2013",)
"""Targets taken from a run as a whole that hold nothing after 2013."""
_MONTHS = (96, 72, 84)
"""Length of each period."""
_MIDDLES = (48.0, 132.0)
_LEAST = 0.25
"""Added to a count before a ratio is taken of it."""


def fit_to_2013(trial: ValidationContext) -> Verdict:
    """Judge what a fit to the record up to 2013 predicts for 2014 to 2020."""
    limits = trial.thresholds["temporal"]
    kept = ~dropped_after(PERIODS[1])
    known = known_totals().reshape(-1).astype(float)
    first, second = (with_totals(rows, trial.seed) for rows in (trial.first, trial.second))
    runs = refitted(
        trial, "to-2013", ~np.append(kept, np.ones(len(known), dtype=bool)), TEMPORAL_WAVE,
        tables=(first, second), observed=np.append(trial.simulator.observed, known), count=RUNS,
    )["countries"][:, :, 2]  # fmt: skip
    return _judged(runs, trial, limits, int((~kept).sum()))


def dropped_after(month: int) -> Array:
    """Tell of each target whether anything from a month on has a hand in it (K,)."""
    rows = told()
    changed = changed_without((rows["month"] >= month) | (rows["month"] < 0))
    whole = [not t.measure.of_record and t.id not in _KNOWN_BY_2013 for t in load_targets()]
    # Windows that reach past the month are dropped even if nothing is told in the rest of them.
    deep = [t.args.get("case") is not None and t.args.get("last", 9999) > 2013
            and t.args.get("until", "9999") > "2013-12" for t in load_targets()]  # fmt: skip
    late = [t.args.get("month") == month for t in load_targets()]
    return np.asarray(changed | np.array(whole) | np.array(deep) | np.array(late))


def known_totals() -> Array:
    """Return what the report tells of the region in the first two periods (2, 3).

    Deep cases are left aside: their events are told by another rule than that of
    :func:`with_totals`.
    """
    rows = told()
    rows = rows[(rows["case"] < 0) & (rows["month"] >= 0) & (rows["month"] < PERIODS[1])]
    kind, second = rows["kind"], rows["month"] >= PERIODS[0]
    groups = ((kind == VISIT) | (kind == JOURNEY), kind == TWINNING, kind == LOCAL_DEAL)
    return np.array([[(group & (second == late)).sum() for group in groups]
                     for late in (False, True)])  # fmt: skip


def with_totals(rows: Rows, seed: int) -> Rows:
    """Return rows with six more statistics: what is told of the region in the first two periods.

    Every event is told with the chance of its kind in the middle of its period; each row draws its
    own chances. What makes a place or a channel likelier to be told is left out, and so is the
    closer look at deep cases.
    """
    rng = np.random.Generator(np.random.Philox(key=[seed, 77]))
    totals = rows.counts["by_country"][:, :, :2].sum(axis=1)
    found = np.empty((len(totals), 2 * len(OUTCOMES)))
    for i, (one, replicate) in enumerate(rows.keys):
        given = chances((one * 2**32 + replicate) % 2**63)
        chance = ratios(given)[[VISIT, TWINNING, LOCAL_DEAL]]
        faded = [np.exp(given["fading"] * (at - RECENT) / 12.0) for at in _MIDDLES]
        found[i] = rng.binomial(totals[i], np.clip(np.outer(faded, chance), 0, 1)).reshape(-1)
    return rows._replace(statistics=np.column_stack([rows.statistics, found]))


def rivals(early: Array) -> dict[str, list[list[Array]]]:
    """Return the distributions that persistence and trend predict, by country and outcome.

    Parameters
    ----------
    early
        What is told of the first two periods (C, 2, 3).
    """
    found: dict[str, list[list[Array]]] = {"persistence": [], "trend": []}
    pooled = early.mean(axis=0)
    sizes = [_size(early[:, :, k]) for k in range(len(OUTCOMES))]
    rate = (early[:, 1] + pooled[1] + 0.01) / 2.0 / _MONTHS[1]
    before = (early[:, 0] + pooled[0] + 0.01) / 2.0 / _MONTHS[0]
    region = (early[:, 1].sum(axis=0) + _LEAST) / _MONTHS[1]
    region = region / ((early[:, 0].sum(axis=0) + _LEAST) / _MONTHS[0])
    # From the middle of one period to that of the next; a country leans on its region's growth.
    growth = np.clip(np.sqrt(np.clip(rate / before, 0.1, 10.0) * region), 0.1, 10.0)
    for name, factor in (("persistence", np.ones_like(rate)), ("trend", growth)):
        means = rate * _MONTHS[2] * factor
        found[name] = [
            [count_scores.negative_binomial(*pair) for pair in zip(row, sizes, strict=True)]
            for row in means
        ]
    return found


def _size(counts: Array) -> float:
    """Return the size of a negative binomial for counts (C, 2), by moments over both periods."""
    mean, variance = float(counts.mean()), float(counts.var())
    return float(np.clip(mean**2 / max(variance - mean, 1e-6), 0.1, 10.0)) if mean > 0 else 0.5


def _judged(runs: Array, trial: ValidationContext, limits: Any, dropped: int) -> Verdict:
    """Judge what is told in runs (N, C, 3) by what is told in the record."""
    from sim.world import load_world

    countries = load_world().tables["countries"]["iso3"].tolist()
    counts = observed_counts().by_country
    observed, early = counts[:, 2], counts[:, :2]
    rng = np.random.default_rng(trial.seed)
    others = rivals(early)
    rows, pit = [], []
    ranked: dict[str, list[float]] = {"model": [], "persistence": [], "trend": []}
    inside = 0
    for c, country in enumerate(countries):
        for k, outcome in enumerate(OUTCOMES):
            mass, at = count_scores.mass_of(runs[:, c, k]), int(observed[c, k])
            pit.append(count_scores.pit(mass, at, float(rng.random())))
            low, high = count_scores.central(mass, limits["inside"])
            inside += low <= at <= high
            rows.append({"country": country, "outcome": outcome, "observed": at, "low": low,
                         "median": count_scores.central(mass, 0.0)[0], "high": high})  # fmt: skip
            ranked["model"].append(count_scores.ranked(mass, at))
            for name, masses in others.items():
                ranked[name].append(count_scores.ranked(masses[c][k], at))
    means = {name: float(np.mean(values)) for name, values in ranked.items()}
    share = inside / len(rows)
    better = means["model"] < min(means["persistence"], means["trend"])
    region = [
        count_scores.central(count_scores.mass_of(runs[:, :, k].sum(axis=1)), limits["inside"])
        for k in range(len(OUTCOMES))
    ]
    return judged(
        "temporal",
        share >= limits["inside"] and better,
        f"{share:.1%} of {len(rows)} counts inside; ranked probability score "
        f"{means['model']:.3f}, persistence {means['persistence']:.3f}, trend {means['trend']:.3f}",
        f"at least {limits['inside']:.0%} inside {limits['inside']:.0%}; a lower score than both",
        {"rows": rows, "scores": means, "pit": {"model": pit}, "dropped": dropped,
         "region": {o: {"observed": int(observed[:, k].sum()), "low": region[k][0],
                        "high": region[k][1]} for k, o in enumerate(OUTCOMES)}},
    )  # fmt: skip
