"""Left out and predicted: cases, and both deep cases together."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.stats import beta, binom

from calibration import rivals
from calibration.cases.case_tables import Case, focal_cases, load_cases
from calibration.cases.observed_statistics import OUTCOMES
from calibration.checks import Verdict, load_thresholds
from calibration.checks.verdict import judged
from calibration.external.lists import positions
from calibration.inference.prior import Array
from calibration.validation import count_scores
from calibration.validation.observed_counts import (
    ANYTHING,
    dropped_without,
    observed_places,
    predicted_without,
)
from calibration.validation.validation_context import ValidationContext
from sim.world import load_world

CASES_WAVE, DEEP_WAVE = 500, 600
PREDICTORS = ("model", "regression")


class CasePrediction(NamedTuple):
    """Hold what was predicted of a case: a distribution (MOST + 1,) an outcome."""

    case: Case
    observed: Array
    model: list[Array]
    regression: list[Array]


def leave_one_case_out(context: ValidationContext) -> Verdict:
    """Judge predictions of each case by a fit to what remains without its places."""
    groups = _groups()
    found: list[CasePrediction] = []
    for number, (dropped, cases) in enumerate(groups):
        name = f"left-out-{number}"
        runs = predicted_without(context, name, dropped, CASES_WAVE + number)["places"]
        found += [predict_case(case, runs) for case in cases]
        context.notify("leaving cases out", number + 1, len(groups))
    return judge_cases(found, context.seed)


def without_focal_cases(context: ValidationContext) -> Verdict:
    """Judge predictions of both deep cases by a fit that has seen neither."""
    cases = list(focal_cases().values())
    places = np.concatenate([_places(case) for case in cases])
    dropped = dropped_without(places, tuple(case.id for case in cases))
    runs = predicted_without(context, "deep-out", dropped, DEEP_WAVE)["places"]
    found = [predict_case(case, runs, without=places) for case in cases]
    share = load_thresholds()["leave_deep_cases_out"]["inside"]
    entries = [_entry(one, share) for one in found]
    inside = all(e["low"][o] <= e["observed"][o] <= e["high"][o] for e in entries for o in OUTCOMES)
    contrast = _contrast(found, runs)
    held = contrast["model"] >= contrast["regression"]
    said = (
        f"{'both' if inside else 'not both'} inside; chance of the contrast "
        f"{contrast['model']:.3g} ({contrast['low']:.3g} to {contrast['high']:.3g}), by the "
        f"regression {contrast['regression']:.3g}"
    )
    if not (inside and held):
        said += "; the contrast is fitted, not explained"
    counts = {
        "model": float(np.exp(sum(e["score"] for e in entries))),
        "regression": float(np.exp(sum(e["regression"] for e in entries))),
    }
    numbers = {"cases": entries, "joint": contrast, "joint_counts": counts}
    return judged(
        "leave deep cases out",
        inside and held,
        said,
        f"both inside {share:.0%}, and the contrast at least as probable as by the regression",
        numbers | {"dropped": int(dropped.sum())},
    )


def predict_case(case: Case, runs: Array, without: Array | None = None) -> CasePrediction:
    """Return what model and regression predict of a case, given that something of it is on record.

    ``runs`` (N, L, 4) are what is on record of places; the regression is not fitted to the places
    ``without``, by default the case's own.
    """
    places, observed = _places(case), observed_places()
    sums = runs[:, places].sum(axis=1)
    sums = sums[sums[:, ANYTHING] > 0]
    anywhere = runs[runs[..., ANYTHING] > 0]
    outcomes = range(len(OUTCOMES))
    base = [count_scores.mass_of(anywhere[:, k]) for k in outcomes]
    model = [count_scores.mass_of(sums[:, k], base[k]) for k in outcomes]
    left = np.setdiff1d(np.arange(len(observed)), places if without is None else without)
    # Both have the same least chances of counts far out.
    regression = _by_regression(places, left, observed)
    regression = [count_scores.floored(mass, len(sums)) for mass in regression]
    return CasePrediction(case, observed[places].sum(axis=0)[:ANYTHING], model, regression)


def _by_regression(places: Array, left: Array, observed: Array) -> list[Array]:
    """Return the regression's distributions of the outcomes at places, given anything on record."""
    features = place_features()
    rival = rivals.RIVALS["regression"]
    rival = rival._replace(fitted=(*rival.fitted, "aligned"))
    counted = observed.copy()
    # The other kinds stand apart, so that nothing is counted twice.
    outcomes = counted[:, :ANYTHING].sum(axis=1)
    counted[:, ANYTHING] -= np.minimum(outcomes, counted[:, ANYTHING])
    masses = []
    for counts in counted.T:
        seen = {name: values[left] for name, values in features.items()}
        fitted = rivals.fit(rival, seen, counts[left, None])
        mass = np.ones(1)
        for mean in fitted.mean({name: values[places] for name, values in features.items()})[:, 0]:
            one = count_scores.negative_binomial(float(mean), fitted.size)
            mass = np.convolve(mass, one)[: count_scores.MOST + 1]
        masses.append(mass / mass.sum())
    return count_scores.given_observed(masses)[:ANYTHING]


def place_features() -> rivals.Known:
    """Return what is known of each locality (L, 1) by its number, and the alignment of its heads.

    Alignment is the share of its documented heads who were aligned; a half where none is known.
    """
    world, places = load_world(), positions().localities["code"]
    found = rivals.over_years(rivals.known(world, places.tolist(), range(2000, 2021)))
    heads = world.governors.dropna(subset=["aligned"]).groupby("locality")["aligned"].mean()
    return found | {"aligned": places.map(heads).fillna(0.5).to_numpy(dtype=np.float64)[:, None]}


def judge_cases(found: list[CasePrediction], seed: int) -> Verdict:
    """Judge the predictions of all cases."""
    limits = load_thresholds()["leave_one_case_out"]
    share = limits["coverage"]
    entries = [_entry(one, share) for one in found]
    u = np.random.default_rng(seed).random((len(found), len(OUTCOMES)))
    pit = {
        who: [
            count_scores.pit(mass, int(count), float(at))
            for one, steps in zip(found, u, strict=True)
            for mass, count, at in zip(getattr(one, who), one.observed, steps, strict=True)
        ]
        for who in PREDICTORS
    }
    tail = (1.0 - share) / 2.0
    covered = {who: float(np.mean([tail <= v <= 1 - tail for v in pit[who]])) for who in pit}
    number = len(pit["model"])
    # The three outcomes of a case are counted as independent: the band is narrow rather than wide.
    ends = ((1 - limits["band"]) / 2, (1 + limits["band"]) / 2)
    band = [float(binom.ppf(end, number, share)) / number for end in ends]
    gains = np.array([entry["score"] - entry["regression"] for entry in entries])
    countries = np.array([entry["country"] for entry in entries])
    difference, error = count_scores.clustered(gains, countries)
    shallow = np.array([one.case.depth != "deep" for one in found])
    other, other_error = count_scores.clustered(gains[shallow], countries[shallow])
    worse = difference < -limits["most_worse"] * error
    return judged(
        "leave one case out",
        band[0] <= covered["model"] <= band[1] and not worse,
        f"{covered['model']:.1%} of {number} counts inside; log score {difference:+.1f} ± "
        f"{error:.1f} against the regression, {other:+.1f} ± {other_error:.1f} without deep cases",
        f"{band[0]:.1%} to {band[1]:.1%} inside {share:.0%}; not worse by more than "
        f"{limits['most_worse']:g} standard errors",
        {"pit": pit, "cases": entries, "difference": difference, "error": error,
         "without_deep": {"difference": other, "error": other_error},
         "coverage": {**covered, "band": band, "of": number}},
    )  # fmt: skip


def _entry(one: CasePrediction, share: float) -> dict[str, Any]:
    """Return what is published of a case, with central intervals of a share."""
    low, high = zip(*(count_scores.central(mass, share) for mass in one.model), strict=True)
    counts = [int(value) for value in one.observed]
    return {
        "case": one.case.name,
        "country": one.case.country,
        "observed": dict(zip(OUTCOMES, counts, strict=True)),
        "low": dict(zip(OUTCOMES, low, strict=True)),
        "high": dict(zip(OUTCOMES, high, strict=True)),
        "score": count_scores.log_score(one.model, counts),
        "regression": count_scores.log_score(one.regression, counts),
    }


def _contrast(found: list[CasePrediction], runs: Array) -> dict[str, float]:
    """Return how probable it is that deals are on record where some are, and none where none are.

    Among runs in which something is on record of each case.
    """
    deals = OUTCOMES.index("local_deals")
    joint = given = np.ones(len(runs), dtype=bool)
    regression = 1.0
    for one in found:
        sums = runs[:, _places(one.case)].sum(axis=1)
        dealt = one.observed[deals] > 0
        joint = joint & ((sums[:, deals] > 0) == dealt)
        given = given & (sums[:, ANYTHING] > 0)
        none = float(one.regression[deals][0])
        regression *= 1.0 - none if dealt else none
    both, of = int((joint & given).sum()), int(given.sum())
    # Jeffreys' interval: of so few runs, what is left to chance.
    low, high = beta.ppf((0.05, 0.95), both + 0.5, of - both + 0.5)
    return {"model": both / max(of, 1), "low": float(low), "high": float(high),
            "regression": regression}  # fmt: skip


def _places(case: Case) -> Array:
    """Return a case's localities; one of several cases is that of the case with fewest."""
    smaller = (c for c in load_cases().values() if len(c.localities) < len(case.localities))
    taken = {code for other in smaller for code in other.localities}
    own = [code for code in case.localities if code not in taken]
    return np.array([positions().locality[code] for code in own], dtype=np.int64)


def _groups() -> list[tuple[Array, list[Case]]]:
    """Return the cases on record, by the targets that are dropped without them."""
    anything = observed_places()[:, ANYTHING]
    found: dict[bytes, tuple[Array, list[Case]]] = {}
    for case in load_cases().values():
        if case.localities and anything[_places(case)].any():
            dropped = dropped_without(_places(case), (case.id,))
            found.setdefault(dropped.tobytes(), (dropped, []))[1].append(case)
    return list(found.values())
