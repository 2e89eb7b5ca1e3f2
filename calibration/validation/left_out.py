"""Left out and predicted: cases, and both deep cases together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from calibration.cases.case_tables import Case, focal_cases, load_cases
from calibration.cases.observed_events import codes
from calibration.cases.observed_statistics import OUTCOMES
from calibration.checks import Verdict
from calibration.checks.verdict import judged
from calibration.inference.fit import fit
from calibration.inference.prior import Array
from calibration.inference.reference_table import Rows
from calibration.validation import count_scores, observed_counts
from calibration.validation.count_baseline import fit_counts, given_observed

if TYPE_CHECKING:
    from calibration.validation.validation_context import ValidationContext

RUNS = 400
"""Predictive runs of one fit."""
NETWORKS = 2
"""Fewer than the calibration's: there are many fits."""
MOST_ROWS = 4_000
"""Rows of the second table that a refit is taught and recalibrated with."""
CASES_WAVE, DEEP_WAVE, TEMPORAL_WAVE = 500, 600, 601


class CasePrediction(NamedTuple):
    """Hold what was predicted of a case: a distribution (MOST + 1,) an outcome."""

    case: Case
    observed: Array
    model: list[Array]
    regression: list[Array]


def leave_one_case_out(trial: ValidationContext) -> Verdict:
    """Judge predictions of each case by a fit to what remains without its places."""
    wave, groups = CASES_WAVE, _groups()
    found: list[CasePrediction] = []
    for number, (dropped, cases) in enumerate(groups):
        name = f"left-out-{number}"
        runs = refitted(trial, name, dropped, wave + number)["places"]
        found += [predict_case(case, runs) for case in cases]
        trial.notify("leaving cases out", number + 1, len(groups))
    return judge_cases(found, trial)


def without_focal_cases(trial: ValidationContext) -> Verdict:
    """Judge predictions of both deep cases by a fit that has seen neither."""
    cases = list(focal_cases().values())
    places = np.concatenate([_places(case) for case in cases])
    dropped = observed_counts.dropped_without(places, tuple(case.id for case in cases))
    runs = refitted(trial, "deep-out", dropped, DEEP_WAVE)["places"]
    found = [predict_case(case, runs, without=places) for case in cases]
    share = trial.thresholds["leave_deep_cases_out"]["inside"]
    entries = [_entry(one, share) for one in found]
    inside = all(e["low"][o] <= e["observed"][o] <= e["high"][o] for e in entries for o in OUTCOMES)
    contrast = _contrast(found, runs)
    counts = {
        "model": float(np.exp(sum(e["score"] for e in entries))),
        "regression": float(np.exp(sum(e["regression"] for e in entries))),
    }
    held = contrast["model"] >= contrast["regression"]
    said = (
        f"{'both' if inside else 'not both'} inside; chance of the contrast "
        f"{contrast['model']:.3g}, by the regression {contrast['regression']:.3g}"
    )
    if not (inside and held):
        said += "; the contrast is fitted, not explained"
    return judged(
        "leave deep cases out",
        inside and held,
        said,
        f"both inside {share:.0%}, and the contrast at least as probable as by the regression",
        {
            "cases": entries,
            "joint": contrast,
            "joint_counts": counts,
            "dropped": int(dropped.sum()),
        },
    )


def refitted(
    trial: ValidationContext,
    name: str,
    dropped: Array,
    number: int,
    *,
    tables: tuple[Rows, Rows] | None = None,
    observed: Array | None = None,
    count: int | None = None,
) -> dict[str, Array]:
    """Return what is told in runs from a posterior fitted without some targets.

    Parameters
    ----------
    trial
        The calibration.
    name
        Of the folder of runs.
    dropped
        Of each target, whether it is left out (K,).
    number
        Of the wave.
    tables, observed
        First and second table and what was observed, if other than the trial's.
    count
        Predictive runs; :data:`RUNS` by default.
    """
    kept = np.flatnonzero(~dropped)
    first, second = tables or (trial.first, trial.second)
    wanted = (trial.simulator.observed if observed is None else observed)[kept]
    rows = second.chosen(np.arange(min(MOST_ROWS, len(second.values))))
    more = first.chosen(trial.box.contains(first.values))
    rows, more = (part._replace(statistics=part.statistics[:, kept]) for part in (rows, more))
    found = fit(
        trial.box,
        rows,
        trial.simulator.derived,
        more=more,
        seed=trial.seed,
        networks=NETWORKS,
        workers=trial.workers,
    )
    values = found.draws(wanted, count or RUNS, trial.seed).values
    return dict(trial.runs(name, values, number=number, simulator=observed_counts.SIMULATOR).counts)


def predict_case(case: Case, runs: Array, without: Array | None = None) -> CasePrediction:
    """Return what model and regression predict of a case, given that something of it is told.

    Parameters
    ----------
    case
        Left out.
    runs
        What is told of places in runs (N, L, 4).
    without
        Places that the regression is not fitted to; the case's own by default.
    """
    places = _places(case)
    outcomes = len(OUTCOMES)
    observed = observed_counts.observed_places()
    sums = runs[:, places].sum(axis=1)
    sums = sums[sums[:, observed_counts.ANYTHING] > 0]
    anywhere = runs[runs[..., observed_counts.ANYTHING] > 0]
    base = [count_scores.mass_of(anywhere[:, k]) for k in range(outcomes)]
    model = [count_scores.mass_of(sums[:, k], base[k]) for k in range(outcomes)]
    left = np.setdiff1d(np.arange(len(observed)), places if without is None else without)
    # Both have the same least chances of counts far out.
    rival = [count_scores.floored(mass, len(sums)) for mass in _rival(places, left, observed)]
    return CasePrediction(case, observed[places].sum(axis=0)[:outcomes], model, rival)


def _rival(places: Array, left: Array, observed: Array) -> list[Array]:
    """Return the regression's distributions of the outcomes at places, given anything told."""
    features = place_features()
    counted = observed.copy()
    # The other kinds stand apart, so that nothing is counted twice.
    counted[:, observed_counts.ANYTHING] -= np.minimum(
        counted[:, : observed_counts.ANYTHING].sum(axis=1), counted[:, observed_counts.ANYTHING]
    )
    masses = []
    for k in range(counted.shape[1]):
        fitted = fit_counts(features[left], counted[left, k])
        mass = np.ones(1)
        for place in places:
            mass = np.convolve(mass, fitted.mass(features[place]))[: count_scores.MOST + 1]
        masses.append(mass / mass.sum())
    return given_observed(masses)[: observed_counts.ANYTHING]


def place_features() -> Array:
    """Return authority, size and alignment of each locality, standardised (L, 3).

    Alignment is the share of its documented heads who were aligned; a half where none is known.
    """
    from sim.world import load_world
    from sim.world.authority import authority_index

    world = load_world()
    index = authority_index(world).groupby("iso3")["index"].mean()
    table = world.tables["localities"]
    level = index.loc[table["iso3"]].to_numpy(dtype=np.float64)
    size = np.log(table["population"].to_numpy(dtype=np.float64) + 1.0)
    heads = world.governors.dropna(subset=["aligned"]).groupby("locality")["aligned"].mean()
    aligned = table["code"].map(heads).fillna(0.5).to_numpy(dtype=np.float64)
    found = np.column_stack([level, size, aligned])
    return np.asarray((found - found.mean(axis=0)) / found.std(axis=0))


def judge_cases(found: list[CasePrediction], trial: ValidationContext) -> Verdict:
    """Judge the predictions of all cases."""
    from scipy.stats import binom

    limits = trial.thresholds["leave_one_case_out"]
    entries = [_entry(one, limits["coverage"]) for one in found]
    rng = np.random.default_rng(trial.seed)
    u = rng.random((len(found), len(OUTCOMES)))
    pit = {
        who: [
            count_scores.pit(getattr(one, who)[k], int(one.observed[k]), float(u[i, k]))
            for i, one in enumerate(found)
            for k in range(len(OUTCOMES))
        ]
        for who in ("model", "regression")
    }
    tail = (1.0 - limits["coverage"]) / 2.0
    covered = {who: float(np.mean([tail <= v <= 1 - tail for v in pit[who]])) for who in pit}
    number = len(pit["model"])
    # The three outcomes of a case are counted as independent: the band is narrow rather than wide.
    ends = ((1 - limits["band"]) / 2, (1 + limits["band"]) / 2)
    band = [float(binom.ppf(end, number, limits["coverage"])) / number for end in ends]
    gains = np.array([entry["score"] - entry["regression"] for entry in entries])
    clusters = [entry["country"] for entry in entries]
    difference, error = count_scores.clustered(gains, clusters)
    shallow = np.array([one.case.depth != "deep" for one in found])
    other, other_error = count_scores.clustered(
        gains[shallow], [c for c, s in zip(clusters, shallow, strict=True) if s]
    )
    passed = band[0] <= covered["model"] <= band[1] and (
        difference >= -limits["most_worse"] * error
    )
    return judged(
        "leave one case out",
        passed,
        f"{covered['model']:.1%} of {number} counts inside; log score {difference:+.1f} ± "
        f"{error:.1f} against the regression, {other:+.1f} ± {other_error:.1f} without deep cases",
        f"{band[0]:.1%} to {band[1]:.1%} inside {limits['coverage']:.0%}; not worse by more than "
        f"{limits['most_worse']:g} standard errors",
        {"pit": pit, "cases": entries, "difference": difference, "error": error,
         "without_deep": {"difference": other, "error": other_error},
         "coverage": {**covered, "band": band, "of": number}},
    )  # fmt: skip


def _entry(one: CasePrediction, share: float) -> dict[str, Any]:
    ends = [count_scores.central(mass, share) for mass in one.model]
    count = [int(value) for value in one.observed]

    def score(masses: list[Array]) -> float:
        return float(sum(np.log(max(m[min(c, count_scores.MOST)], 1e-12))
                         for m, c in zip(masses, count, strict=True)))  # fmt: skip

    return {
        "case": one.case.name,
        "country": one.case.country,
        "observed": dict(zip(OUTCOMES, count, strict=True)),
        "low": {name: end[0] for name, end in zip(OUTCOMES, ends, strict=True)},
        "high": {name: end[1] for name, end in zip(OUTCOMES, ends, strict=True)},
        "score": score(one.model),
        "regression": score(one.regression),
    }


def _contrast(found: list[CasePrediction], runs: Array) -> dict[str, float]:
    """Return how probable it is that deals are told where some are, and none where none are."""
    deals = OUTCOMES.index("local_deals")
    joint = np.ones(len(runs), dtype=bool)
    given = np.ones(len(runs), dtype=bool)
    rival = 1.0
    for one in found:
        sums = runs[:, _places(one.case)].sum(axis=1)
        dealt = one.observed[deals] > 0
        joint &= (sums[:, deals] > 0) == dealt
        given &= sums[:, observed_counts.ANYTHING] > 0
        none = float(one.regression[deals][0])
        rival *= 1.0 - none if dealt else none
    return {"model": float((joint & given).sum() / max(given.sum(), 1)), "regression": rival}


def _places(case: Case) -> Array:
    """Return a case's localities; one of several cases is that of the case with fewest."""
    smaller = (c for c in load_cases().values() if len(c.localities) < len(case.localities))
    taken = {code for other in smaller for code in other.localities}
    own = [code for code in case.localities if code not in taken]
    return np.array([codes().locality[code] for code in own], dtype=np.int64)


def _groups() -> list[tuple[Array, list[Case]]]:
    """Return the cases told of, by the targets that are dropped without them."""
    anything = observed_counts.observed_places()[:, observed_counts.ANYTHING]
    found: dict[bytes, tuple[Array, list[Case]]] = {}
    for case in load_cases().values():
        if not case.localities or not anything[_places(case)].any():
            continue
        dropped = observed_counts.dropped_without(_places(case), (case.id,))
        found.setdefault(dropped.tobytes(), (dropped, []))[1].append(case)
    return list(found.values())
