"""From the parts of many runs to an effect, its interval and a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from calibration.claims.claim import Claim
from calibration.claims.statistics.statistic import divided
from sim.core.state import Array

RESAMPLES = 2000
LEVEL = 0.95
_SEED = 64
_MOST_UNKNOWN = (1.0 - LEVEL) / 2.0

SHOWN, WEAK, NOT_SHOWN, CONTRARY = "shown", "weak", "not shown", "contrary"
NOT_EXPRESSED = "not expressed"
VERDICTS = (SHOWN, WEAK, NOT_SHOWN, CONTRARY, NOT_EXPRESSED)


class Estimate(NamedTuple):
    """A number and its 95 % interval; nan where it is not defined."""

    value: float
    low: float
    high: float


class Evidence(NamedTuple):
    """What the runs say about a claim: its pattern with and without, and the difference."""

    with_: Estimate
    without: Estimate
    effect: Estimate


@cache
def resamples(replicates: int, times: int = RESAMPLES) -> Array:
    """Return how often each replicate is in each resample, as shares (times, replicates).

    Every world of every claim is resampled alike, so that pairs of runs stay together. The
    first row is the sample itself.
    """
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(replicates, np.full(replicates, 1.0 / replicates), size=times)
    return np.concatenate([np.ones((1, replicates)), drawn]) / replicates


def contrasted(treated: Array, control: Array | None, contrast: str) -> Array:
    """Return the pattern: the value itself, or how treated and control compare."""
    if control is None:
        return treated
    if contrast == "ratio":
        return divided(treated, control) - 1.0
    return treated - control


def estimate(values: Array) -> Estimate:
    """Return the first of the values and the percentile interval of the others.

    Resamples in which the value is not defined are left out, unless they are so many that they
    reach into the interval; then there is none.
    """
    sample, drawn = float(values[0]), values[1:]
    unknown = np.isnan(drawn)
    if np.isnan(sample) or unknown.mean() > _MOST_UNKNOWN:
        return Estimate(sample, np.nan, np.nan)
    low, high = np.quantile(drawn[~unknown], ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0))
    return Estimate(sample, float(low), float(high))


def evidence(
    parts: Mapping[str, Array], value: Callable[[Array], Array], contrast: str = "difference"
) -> Evidence:
    """Return the estimates of a claim from the parts (R, K) of its worlds by their role.

    ``value`` is the statistic's of averages, ``contrast`` how treated and control compare.
    """
    weights = resamples(len(parts["with"]))
    values = {role: value(weights @ numbers) for role, numbers in parts.items()}
    with_ = contrasted(values["with"], values.get("with, control"), contrast)
    without = contrasted(values["without"], values.get("without, control"), contrast)
    return Evidence(estimate(with_), estimate(without), estimate(with_ - without))


def verdict(claim: Claim, found: Evidence | None) -> str:
    """Return what the evidence says about a claim.

    - ``shown``: the pattern holds with the mechanism, not without, and the effect has the sign.
    - ``contrary``: the effect has the other sign.
    - ``weak``: all of ``shown`` holds for the numbers themselves, but an interval reaches across
      or the pattern holds without the mechanism too.
    - ``not shown``: anything else.
    - ``not expressed``: the claim has no experiment.
    """
    if found is None:
        return NOT_EXPRESSED
    sign = -1.0 if claim.direction == "-" else 1.0
    with_, without, effect = found
    low, high = sorted((sign * effect.low, sign * effect.high))
    if high < 0.0:
        return CONTRARY
    holds = claim.passes(with_.low, with_.high)
    if low > 0.0 and holds and not claim.passes(without.low, without.high):
        return SHOWN
    if sign * effect.value > 0.0 and claim.passes(with_.value, with_.value):
        return WEAK
    return NOT_SHOWN
