"""Fit to the record up to 2013, and predict that of 2014 to 2020 by country."""

from __future__ import annotations

import numpy as np

from calibration.cases.observation_model import RECENT, chances, ratios
from calibration.cases.observed_events import JOURNEY, LOCAL_DEAL, TWINNING, VISIT, recorded
from calibration.cases.observed_statistics import OUTCOMES, PERIODS, observed_counts
from calibration.cases.targets import load_targets
from calibration.checks import Verdict, load_thresholds
from calibration.checks.verdict import judged
from calibration.inference.prior import Array
from calibration.inference.reference_table import Rows
from calibration.rivals import Rival, fit
from calibration.validation import count_scores
from calibration.validation.observed_counts import changed_without, predicted_without
from calibration.validation.validation_context import ValidationContext
from sim.world import load_world

WAVE = 601
_KNOWN_BY_2013 = ("delegation_2013",)
"""Targets taken from a run as a whole that hold nothing after 2013."""
_MONTHS = (96, 72, 84)
"""Length of each period."""
_MIDDLES = (48.0, 132.0)


def fit_to_2013(context: ValidationContext) -> Verdict:
    """Judge what a fit to the record up to 2013 predicts for 2014 to 2020."""
    dropped, known = dropped_after(PERIODS[1]), known_totals().reshape(-1).astype(float)
    rows, observed = with_totals(context.first, context.seed), context.simulator.observed
    runs = predicted_without(
        context, "to-2013", np.append(dropped, np.zeros(len(known), dtype=bool)), WAVE,
        rows=rows, observed=np.append(observed, known),
    )["countries"][:, :, 2]  # fmt: skip
    return _judged(runs, context.seed, int(dropped.sum()))


def dropped_after(month: int) -> Array:
    """Return whether anything from a month on has a hand in each target (K,)."""
    changed = changed_without(lambda rows: (rows["month"] >= month) | (rows["month"] < 0))
    whole = [
        t.measure.of in ("run", "lists") and t.id not in _KNOWN_BY_2013 for t in load_targets()
    ]
    # Windows that reach past the month are dropped even if nothing is told in the rest of them.
    deep = [t.args.get("case") is not None and t.args.get("last", 9999) > 2013
            and t.args.get("until", "9999") > "2013-12" for t in load_targets()]  # fmt: skip
    late = [t.args.get("month") == month for t in load_targets()]
    return np.asarray(changed | np.array(whole) | np.array(deep) | np.array(late))


def known_totals() -> Array:
    """Return what is on record of the region in the first two periods (2, 3), but of deep cases.

    Events of those are on record by another rule than that of :func:`with_totals`.
    """
    rows = recorded()
    rows = rows[(rows["case"] < 0) & (rows["month"] >= 0) & (rows["month"] < PERIODS[1])]
    kind, second = rows["kind"], rows["month"] >= PERIODS[0]
    groups = ((kind == VISIT) | (kind == JOURNEY), kind == TWINNING, kind == LOCAL_DEAL)
    return np.array([[(group & (second == late)).sum() for group in groups]
                     for late in (False, True)])  # fmt: skip


def with_totals(rows: Rows, seed: int) -> Rows:
    """Return rows with six more statistics: the region's record of the first two periods.

    Every event is on record with the chance of its kind in the middle of its period; each row draws
    its own chances. What makes a place or a channel likelier to be on record is left out, and so is
    the closer look at deep cases.
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


def naive_predictions(early: Array) -> dict[str, list[list[Array]]]:
    """Return the distributions that persistence and trend predict, by country and outcome.

    ``early`` is what is on record of the first two periods (C, 2, 3). A country leans on its region
    half-way; the trend takes the region's growth on.
    """
    rate = (early + early.mean(axis=0) + 0.01) / 2.0 / np.array(_MONTHS[:2])[:, None]
    found: dict[str, list[list[Array]]] = {"persistence": [], "trend": []}
    for k in range(len(OUTCOMES)):
        before, ahead = ({"earlier": rate[:, [p], k] * _MONTHS[p + 1]} for p in (0, 1))
        fitted = fit(Rival(given=("earlier",)), before, early[:, [1], k])
        for name, mean in {"persistence": ahead["earlier"], "trend": fitted.mean(ahead)}.items():
            masses = [count_scores.negative_binomial(float(m), fitted.size) for m in mean[:, 0]]
            found[name].append(masses)
    return {name: [list(row) for row in zip(*by, strict=True)] for name, by in found.items()}


def _judged(runs: Array, seed: int, dropped: int) -> Verdict:
    """Judge what is on record in runs (N, C, 3) by what is on record in the report."""
    least = load_thresholds()["temporal"]["inside"]
    counts = observed_counts().by_country
    observed, naive = counts[:, 2], naive_predictions(counts[:, :2])
    rng = np.random.default_rng(seed)
    rows, pit = [], []
    lists: dict[str, list[float]] = {"model": [], **{name: [] for name in naive}}
    for c, country in enumerate(load_world().tables["countries"]["iso3"].tolist()):
        for k, outcome in enumerate(OUTCOMES):
            mass, at = count_scores.mass_of(runs[:, c, k]), int(observed[c, k])
            pit.append(count_scores.pit(mass, at, float(rng.random())))
            low, high = count_scores.central(mass, least)
            rows.append({"country": country, "outcome": outcome, "observed": at, "low": low,
                         "median": count_scores.central(mass, 0.0)[0], "high": high})  # fmt: skip
            lists["model"].append(count_scores.ranked(mass, at))
            for name, masses in naive.items():
                lists[name].append(count_scores.ranked(masses[c][k], at))
    ranked = {name: np.array(values) for name, values in lists.items()}
    means = {name: float(values.mean()) for name, values in ranked.items()}
    beside = count_scores.beside(ranked, np.array([row["country"] for row in rows]))
    share = sum(row["low"] <= row["observed"] <= row["high"] for row in rows) / len(rows)
    region = {}
    for k, outcome in enumerate(OUTCOMES):
        low, high = count_scores.central(count_scores.mass_of(runs[:, :, k].sum(axis=1)), least)
        region[outcome] = {"observed": int(observed[:, k].sum()), "low": low, "high": high}
    return judged(
        "temporal",
        share >= least and means["model"] < min(means["persistence"], means["trend"]),
        f"{share:.1%} of {len(rows)} counts inside; ranked probability score "
        f"{means['model']:.3f}, less is better: {count_scores.beside_words(beside)}",
        f"at least {least:.0%} inside {least:.0%}; a lower score than both",
        {"rows": rows, "scores": means, "beside": beside, "pit": {"model": pit}, "dropped": dropped,
         "region": region},
    )  # fmt: skip
