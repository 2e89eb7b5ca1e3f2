"""Sensitivity indices of one outcome, a row a parameter.

Sobol' and Morris indices come from SALib and need a design of their own. PAWN (Pianosi and Wagener
2018) and delta (Borgonovo 2007, estimator of Plischke, Borgonovo and Smith 2013) take any sample.

Each index comes with what an inert parameter would show, the column ``inert``: what chance alone
adds to a Sobol' or Morris index, estimated from the replicates, and the 97.5 % quantile of a dummy
parameter, the column of the design in random order, for PAWN and delta.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.core.errors import InputError
from sim.experiments.design import Design
from sim.experiments.samplers import salib
from sim.experiments.sensitivity.monte_carlo_noise import (
    LEAST_POINTS,
    RESAMPLES,
    Floats,
    Response,
    constant,
    interval,
    known_outcomes,
    outcomes_of,
    paired_variance,
    response,
)

if TYPE_CHECKING:
    import pandas as pd

LEAST_BLOCKS = 4
SLICES = 10
DUMMIES = 200
DUMMY_QUANTILE = 0.975
DELTA_DRAWS = 100
KNOTS = 100

Found = tuple[dict[str, dict[str, Any]], list[str]]
"""Numbers of each parameter that has some, by column, and what should be told about them."""


@dataclass(frozen=True)
class Method:
    """Describe a way to measure sensitivity."""

    name: str
    main: str  # column parameters are ranked by; ``MAIN_low`` and ``MAIN_high`` are its interval
    also: tuple[str, ...]  # further columns of numbers
    unit: str  # what the main column is measured in
    words: str  # what the main column says, in a sentence


_EVERY = (
    Method("sobol", "total", ("first", "first_low", "first_high"),
           "share of the variance of the points' means",
           "The share of variance that would be left if everything but this parameter were known."),
    Method("morris", "mu_star", ("mu", "sigma"), "outcome, over the whole range",
           "The mean size of the change when the parameter moves, scaled to its whole range."),
    Method("pawn", "pawn", (), "Kolmogorov-Smirnov distance, 0 to 1",
           "How far the outcome's distribution moves when the parameter is known (median slice)."),
    Method("delta", "delta", (), "0 to 1",
           "How much of the outcome's density moves, on average, when the parameter is known."),
)  # fmt: skip
METHODS: dict[str, Method] = {method.name: method for method in _EVERY}


def method_for(design: Design, name: str = "auto") -> Method:
    """Return the method of a name, or for ``auto`` the one the design was made for.

    InputError if there is no such method, or the design does not allow it.
    """
    if name == "auto":
        return METHODS[design.kind if design.kind in {"sobol", "morris"} else "pawn"]
    if name not in METHODS:
        allowed = ", ".join(("auto", *METHODS))
        raise InputError(f"there is no method {name!r}", argument="method", allowed=allowed)
    if name in {"sobol", "morris"} and design.kind != name:
        raise InputError(
            f"{name} indices need a {name} design; this sweep has a {design.kind}",
            argument="method",
            allowed=f"pawn or delta, or a new sweep with a {name} design",
        )
    return METHODS[name]


def problem_of(design: Design) -> dict[str, Any]:
    """Return the design as SALib's description of a problem."""
    return {
        "num_vars": len(design.varied),
        "names": [one.name for one in design.varied],
        "bounds": [list(one.bounds) for one in design.varied],
    }


def indices(
    method: Method, design: Design, answer: Response, seed: int
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of one outcome, and what should be told about them.

    Numbers that cannot be known are nan.
    """
    if constant(answer.means):
        note = f"{answer.outcome}: does not vary over the points, so that nothing can matter to it"
        found: dict[str, dict[str, Any]] = {}
        notes = [note]
    else:
        measure: dict[str, Callable[[Design, Response, int], Found]] = {
            "sobol": _sobol,
            "morris": _morris,
            "pawn": partial(_given_data, pawn, RESAMPLES // 2, DUMMIES),
            "delta": partial(_given_data, delta, DELTA_DRAWS, DELTA_DRAWS),
        }
        found, notes = measure[method.name](design, answer, seed)
    main, rows = method.main, []
    columns = (main, f"{main}_low", f"{main}_high", *method.also, "inert")
    for name in design.points.columns:
        numbers = found.get(name, {})
        row: dict[str, Any] = {"outcome": answer.outcome, "parameter": name}
        row |= {column: float(numbers.get(column, math.nan)) for column in columns}
        rows.append(row | {"matters": numbers.get("matters")})
    return rows, notes


def _spanned(name: str, value: float, ends: tuple[float, float]) -> dict[str, float]:
    return {name: value, f"{name}_low": ends[0], f"{name}_high": ends[1]}


def _whole_blocks(
    answer: Response, size: int, what: str
) -> tuple[Floats, Floats, npt.NDArray[np.bool_], list[str]]:
    """Return runs (blocks, points, replicates) and means (blocks, points) of the whole blocks.

    Then follow which blocks are whole, and notes on the others.
    """
    runs, means = answer.runs.reshape(-1, size, answer.runs.shape[1]), answer.means
    means = means.reshape(-1, size)
    whole: npt.NDArray[np.bool_] = np.asarray(np.isfinite(means).all(axis=1))
    count, notes = int(whole.sum()), []
    if count < len(whole):
        notes.append(
            f"{answer.outcome}: {len(whole) - count:,} of {len(whole):,} {what} are left out, "
            "as one of their points or more is not known"
        )
    if count < LEAST_BLOCKS:
        notes.append(
            f"{answer.outcome}: {count} whole {what} are too few for indices "
            f"(at least {LEAST_BLOCKS})"
        )
    return runs[whole], means[whole], whole, notes


def _sobol(design: Design, answer: Response, seed: int) -> Found:
    names = list(design.points.columns)
    runs, means, _, notes = _whole_blocks(answer, len(names) + 2, "blocks of base points")
    if len(means) < LEAST_BLOCKS or constant(means):
        return {}, notes
    found = salib("analyze.sobol").analyze(
        problem_of(design),
        means.ravel(),
        calc_second_order=False,
        num_resamples=int(np.clip(20_000_000 // len(means), 100, RESAMPLES)),
        keep_resamples=True,
        seed=seed + 1,
    )
    variance = np.concatenate([means[:, 0], means[:, -1]]).var()
    numbers = {}
    for j, name in enumerate(names):
        first, total = (interval(found[f"{key}_conf_all"][:, j]) for key in ("S1", "ST"))
        inert = 0.5 * _mean(paired_variance(runs[:, 0], runs[:, 1 + j])) / variance
        numbers[name] = {
            **_spanned("first", found["S1"][j], first),
            **_spanned("total", found["ST"][j], total),
            "inert": inert,
            "matters": _matters(total, inert, first[0] > 0.0),
        }
    return numbers, notes


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


def _matters(found: tuple[float, float], inert: float, one_way: bool) -> bool | None:
    """Return whether an index is above what chance adds, or None if that is not known.

    Without replicates, only an effect that goes one way (``one_way``) or none at all can be told.
    """
    low, high = found
    if math.isnan(inert):
        if one_way:
            return True
        return False if high <= 1e-12 else None
    return bool(low > inert + 1e-12)


def _morris(design: Design, answer: Response, seed: int) -> Found:
    names = list(design.points.columns)
    runs, means, whole, notes = _whole_blocks(answer, len(names) + 1, "trajectories")
    if len(means) < LEAST_BLOCKS:
        return {}, notes
    inputs = design.points.to_numpy(dtype=np.float64)
    inputs = inputs.reshape(-1, len(names) + 1, len(names))[whole]
    levels = int(design.settings["levels"])
    found = salib("analyze.morris").analyze(
        problem_of(design),
        inputs.reshape(-1, len(names)),
        means.ravel(),
        num_resamples=RESAMPLES,
        num_levels=levels,
        seed=seed + 1,
    )
    step = levels / (2.0 * (levels - 1))
    # Which step of each trajectory moves which parameter.
    moved = np.argmax(np.diff(inputs, axis=1) != 0.0, axis=1)
    every = np.arange(len(inputs))
    numbers: dict[str, dict[str, Any]] = {}
    for j, name in enumerate(names):
        chance = paired_variance(runs[every, moved[:, j]], runs[every, moved[:, j] + 1])
        # The mean size of a normal variate is its deviation times the root of 2 / pi.
        inert = _mean(np.sqrt(chance)) * math.sqrt(2.0 / math.pi) / step
        value, half = float(found["mu_star"][j]), float(found["mu_star_conf"][j])
        mu, sigma = float(found["mu"][j]), float(found["sigma"][j])
        ends = max(value - half, 0.0), value + half
        one_way = abs(mu) > 1.96 * sigma / math.sqrt(len(inputs))
        numbers[name] = {
            **_spanned("mu_star", value, ends),
            "mu": mu,
            "sigma": sigma,
            "inert": inert,
            "matters": _matters(ends, inert, one_way),
        }
    return numbers, notes


def classes_of(values: Floats, count: int) -> npt.NDArray[np.int64]:
    """Return the class of each value: its level if there are few, else its share of the ranks.

    Values with more levels than ``count`` have that many classes of equal size.
    """
    levels, place = np.unique(values, return_inverse=True)
    if len(levels) <= count:
        return np.asarray(place, dtype=np.int64)
    edges = np.quantile(values, np.linspace(0.0, 1.0, count + 1))[1:-1]
    return np.asarray(np.searchsorted(edges, values, side="right"), dtype=np.int64)


def _given_data(
    measure: Callable[[Floats, Floats], float],
    draws: int,
    dummies: int,
    design: Design,
    answer: Response,
    seed: int,
) -> Found:
    """Return the numbers of a method that takes any sample: interval and dummy parameter.

    ``draws`` bootstrap samples give the interval, ``dummies`` random orders the dummy.
    """
    # Points of one block are not independent: whole blocks are drawn and put in random order.
    extra = {"sobol": 2, "morris": 1}.get(design.kind)
    size = 1 if extra is None else len(design.points.columns) + extra
    y = answer.means.reshape(-1, size)
    count = int(np.isfinite(y).sum())
    if count < LEAST_POINTS:
        few = f"{count} points with a known outcome are too few for indices"
        return {}, [f"{answer.outcome}: {few} (at least {LEAST_POINTS})"]

    def known(x: Floats, y: Floats) -> float:
        return measure(x[np.isfinite(y)], y[np.isfinite(y)])

    numbers: dict[str, dict[str, Any]] = {}
    notes = []
    for j, name in enumerate(design.points.columns):
        x = design.points[name].to_numpy(dtype=np.float64).reshape(-1, size)
        if constant(x[np.isfinite(y)]):
            notes.append(f"{name} has one value at all points with a known {answer.outcome}")
            continue
        stream = np.random.default_rng([seed, j])
        value = known(x, y)
        drawn = stream.integers(len(y), size=(draws, len(y)))
        again = np.array([known(x[at], y[at]) for at in drawn])
        null = np.array([known(x[stream.permutation(len(x))], y) for _ in range(dummies)])
        if measure is delta:
            # What resampling adds to the index is what the sample's size adds to it.
            bias = float(again.mean()) - value
            value, null = value - bias, null - bias
        inert = float(np.quantile(null, DUMMY_QUANTILE))
        ends = interval(again - again.mean() + value)
        numbers[name] = _spanned(measure.__name__, value, ends)
        numbers[name] |= {"inert": inert, "matters": bool(value > inert)}
    return numbers, notes


def pawn(x: Floats, y: Floats, slices: int = SLICES) -> float:
    """Return the PAWN index: the median over slices of x of the distance between distributions.

    Slices of a parameter's values (points,) have equal size; one of few levels has a slice a
    level. ``y`` are the outcomes (points,).
    """
    place = classes_of(x, min(slices, max(2, len(y) // LEAST_POINTS)))
    order = np.argsort(y, kind="stable")
    count = int(place.max()) + 1
    inside = place[order][:, None] == np.arange(count)
    sizes = inside.sum(axis=0)
    # Distributions are compared where they step: after the last of equal values.
    last = np.append(np.diff(y[order]) > 0, True)
    whole = (np.arange(len(y)) + 1.0) / len(y)
    apart = np.abs(inside.cumsum(axis=0) / np.maximum(sizes, 1) - whole[:, None])[last]
    return float(np.median(apart.max(axis=0)[sizes > 0]))


def delta(x: Floats, y: Floats) -> float:
    """Return Borgonovo's delta of values and outcomes (points,), uncorrected for their number."""
    exponent = 2.0 / (7.0 + np.tanh((1500.0 - len(y)) / 500.0))
    place = classes_of(x, int(min(np.ceil(len(y) ** exponent), 48)))
    knots = np.linspace(y.min(), y.max(), KNOTS)
    whole = _density(y, knots)
    found = 0.0
    for one in range(int(place.max()) + 1):
        mine = y[place == one]
        if len(mine) < 2 or constant(mine):
            continue
        apart = np.abs(whole - _density(mine, knots))
        found += len(mine) / (2.0 * len(y)) * float(np.trapezoid(apart, knots))
    return found


def _density(values: Floats, knots: Floats) -> Floats:
    """Return a Gaussian kernel's density at the knots, with the bandwidth of Silverman (1986)."""
    width = float(values.std(ddof=1)) * (0.75 * len(values)) ** -0.2
    apart = (knots[:, None] - values) / width
    sums = np.exp(-0.5 * apart**2).sum(axis=1)
    return np.asarray(sums / (len(values) * width * math.sqrt(2.0 * math.pi)))


# --- for other tools


def to_salib(
    design: Design, runs: pd.DataFrame, outcomes: Iterable[str] | str = ()
) -> tuple[dict[str, Any], Floats, Floats]:
    """Return a sweep's runs, a row each, as SALib takes them: problem, inputs and outputs.

    Without outcomes named, those of the first choice of
    :mod:`sim.experiments.sensitivity.monte_carlo_noise` are taken.

    Returns
    -------
    problem
        Names and bounds of the parameters and names of the outcomes.
    X
        Points (points, parameters), all of them and in order, as SALib's layouts need.
    Y
        Means over replicates, (points,) for one outcome and (points, outcomes) for several; nan
        where not known. Sobol' designs are without the second order:
        ``analyze(problem, Y, calc_second_order=False)``.
    """
    names = outcomes_of(design, runs, outcomes)
    outputs = np.stack([response(design, runs, name).means for name in names], axis=1)
    inputs = design.points.to_numpy(dtype=np.float64)
    problem = problem_of(design) | {"outputs": names}
    return problem, inputs, outputs[:, 0] if len(names) == 1 else outputs


def to_ema(design: Design, runs: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a sweep's runs, a row each, as the EMA workbench keeps results.

    Returns
    -------
    experiments
        One row a point that has a known run: the parameters, float64, and ``scenario`` (the
        point), ``policy`` and ``model``.
    outcomes
        Mean over replicates by name, arrays (experiments,), nan where not known.
    """
    names = known_outcomes(design, runs)
    means = {name: response(design, runs, name).means for name in names}
    known = np.any([np.isfinite(values) for values in means.values()], axis=0)
    experiments = design.points[known].astype("float64").copy()
    experiments["scenario"] = experiments.index.astype(str)
    experiments["policy"] = "None"
    experiments["model"] = "paradiplomacy"
    return experiments.reset_index(drop=True), {n: v[known] for n, v in means.items()}
