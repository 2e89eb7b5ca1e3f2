"""From the runs at many draws of the parameters to a pattern, its effect and a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from calibration.claims.claim import Claim
from calibration.claims.statistics.statistic import divided
from sim.core.state import Array

SHARE, HALF = 0.9, 0.5
"""Shares of the draws from which on a claim is shown, and weak."""

SHOWN, WEAK, NOT_SHOWN, CONTRARY = "shown", "weak", "not shown", "contrary"
NOT_EXPRESSED = "not expressed"
VERDICTS = (SHOWN, WEAK, NOT_SHOWN, CONTRARY, NOT_EXPRESSED)


class DrawSpread(NamedTuple):
    """A median over draws and the interval of nine in ten of them; nan where there is none."""

    value: float
    low: float
    high: float


class Evidence:
    """Hold what the runs say about a claim: its pattern by draw (D,), with and without."""

    def __init__(self, with_: Array, without: Array) -> None:
        self.with_, self.without = with_, without

    @cached_property
    def effect(self) -> Array:
        """Return the paired difference by draw (D,)."""
        return self.with_ - self.without

    @cached_property
    def is_by_construction(self) -> bool:
        """Tell whether nothing is left without the mechanism at any draw.

        The control is then zero by construction: it could not have failed, and is no evidence.
        """
        return bool((np.isnan(self.without) | (self.without == 0.0)).all())

    def shows(self, claim: Claim) -> Array:
        """Tell of each draw whether it shows a claim (D,).

        The pattern lies beyond the threshold with the mechanism and, unless the control is zero by
        construction, the paired effect has the sign claimed.
        """
        holds = np.array([claim.passes(value, value) for value in self.with_], dtype=bool)
        return holds if self.is_by_construction else holds & (_signed(claim, self.effect) > 0.0)


def _signed(claim: Claim, effect: Array) -> Array:
    return -effect if claim.direction == "-" else effect


def contrasted(treated: Array, control: Array | None, contrast: str) -> Array:
    """Return the pattern: the value itself, or how treated and control compare."""
    if control is None:
        return treated
    if contrast == "ratio":
        return divided(treated, control) - 1.0
    return treated - control


def spread(values: Array) -> DrawSpread:
    """Return the median and the interval of nine in ten of the values that are defined."""
    known = values[np.isfinite(values)]
    if not len(known):
        return DrawSpread(np.nan, np.nan, np.nan)
    low, middle, high = np.quantile(known, (0.05, 0.5, 0.95))
    return DrawSpread(float(middle), float(low), float(high))


def evidence(
    parts: Mapping[str, Array], value: Callable[[Array], Array], contrast: str = "difference"
) -> Evidence:
    """Return the pattern of a claim from the parts (D, R, K) of its worlds by their role.

    ``value`` is the statistic's of averages, ``contrast`` how treated and control compare.
    """
    values = {role: value(numbers.mean(axis=1)) for role, numbers in parts.items()}
    return Evidence(
        contrasted(values["with"], values.get("with, control"), contrast),
        contrasted(values["without"], values.get("without, control"), contrast),
    )


def verdict(claim: Claim, found: Evidence | None) -> str:
    """Return what the evidence says about a claim.

    - ``shown``: at least 90 % of the draws show it, and without the mechanism the pattern holds in
      fewer than that.
    - ``contrary``: at 90 % of the draws the effect has the other sign.
    - ``weak``: at least half of the draws show it.
    - ``not shown``: anything else.
    - ``not expressed``: the claim has no experiment.
    """
    if found is None:
        return NOT_EXPRESSED
    if (_signed(claim, found.effect) < 0.0).mean() >= SHARE:
        return CONTRARY
    share = found.shows(claim).mean()
    anyway = np.mean([claim.passes(value, value) for value in found.without])
    if share >= SHARE and anyway < SHARE:
        return SHOWN
    return WEAK if share >= HALF else NOT_SHOWN
