"""The free parameters, their priors, and draws from them.

Inference works on normal scores: a value's probability under its prior, as a quantile of the
standard normal. There every prior is a standard normal, whatever it is on the parameter's own
scale, and no adjustment can leave the range allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.errors import InputError, nearest_name
from sim.core.parameters import PARAMETERS, PRIORS, Parameter, prior_terms

Array = NDArray[Any]

_EDGE = 1e-9
"""How near to 0 and 1 a probability may come, so that its normal score is finite."""


class Marginal(NamedTuple):
    """Hold one parameter's prior: a continuous distribution on the parameter's range.

    ``text`` is how the table of parameters words it, ``family`` a frozen distribution of scipy,
    that of the parameter's logarithm if it is ``logarithmic``.
    """

    name: str
    text: str
    family: Any
    low: float
    high: float
    logarithmic: bool = False

    def cdf(self, values: Array) -> Array:
        """Return the probability of smaller values."""
        with np.errstate(divide="ignore"):
            at = np.log(values) if self.logarithmic else values
        return np.asarray(self.family.cdf(at))

    def ppf(self, shares: Array) -> Array:
        """Return the values that have given probabilities of smaller ones."""
        at = self.family.ppf(shares)
        # Rounding must not leave the range.
        return np.asarray(np.clip(np.exp(at) if self.logarithmic else at, self.low, self.high))


def parse_prior(parameter: Parameter) -> Marginal:
    """Return a parameter's prior from its text.

    An InputError tells that the text is not one of :data:`sim.core.parameters.PRIORS` or leaves
    nothing of the parameter's range.
    """
    where = f"prior of {parameter.name}"
    terms = prior_terms(parameter.prior or "")
    if terms is None:
        given, names = str(parameter.prior).partition("(")[0], [p.partition("(")[0] for p in PRIORS]
        raise InputError(
            f"{parameter.prior!r} is no prior",
            field=where,
            allowed=", ".join(PRIORS),
            nearest=nearest_name(given, names),
        )
    form, a, b = terms
    family = _family(form, parameter, a, b)
    if family is None:
        raise InputError(
            f"{parameter.prior!r} does not lie in the parameter's range",
            field=where,
            allowed=f"{parameter.low:g} to {parameter.high:g}",
        )
    text, logarithmic = str(parameter.prior), form.startswith("log")
    return Marginal(parameter.name, text, family, parameter.low, parameter.high, logarithmic)


def _family(form: str, parameter: Parameter, a: float, b: float) -> Any:
    """Return the distribution of a form, cut off at the range; None if it does not lie in it."""
    from scipy.stats import beta, truncnorm, uniform

    low, high = parameter.low, parameter.high
    if form == "beta":
        return beta(a, b, low, high - low) if min(a, b) > 0.0 else None
    if form == "lognormal":
        if a <= 0.0 or low < 0.0:
            return None
        with np.errstate(divide="ignore"):
            low, high, a = np.log(low), np.log(high), np.log(a)
    if form.endswith("normal"):
        inside = b > 0.0 and low <= a <= high
        return truncnorm((low - a) / b, (high - a) / b, a, b) if inside else None
    logarithmic = form == "loguniform"
    if not (max(low, np.finfo(float).tiny) if logarithmic else low) <= a < b <= high:
        return None
    a, b = (np.log(a), np.log(b)) if logarithmic else (a, b)
    return uniform(a, b - a)


@dataclass(frozen=True)
class Prior:
    """Hold the priors of the free parameters, independent of each other.

    ``low`` and ``high`` bound the part of each prior that is kept, as probabilities; all of it by
    default. A truncated prior is proportional to the full one inside this box.
    """

    marginals: tuple[Marginal, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the parameters' names (P)."""
        return tuple(one.name for one in self.marginals)

    @property
    def texts(self) -> dict[str, str]:
        """Return the priors as text, by parameter."""
        return {one.name: one.text for one in self.marginals}

    @cached_property
    def box(self) -> Array:
        """Return the part of each prior that is kept, as probabilities (2, P)."""
        count = len(self.marginals)
        return np.array([self.low or (0.0,) * count, self.high or (1.0,) * count])

    def truncated(self, low: Sequence[float], high: Sequence[float]) -> Prior:
        """Return the prior inside a box, given as probabilities under the full prior."""
        bounds = np.array([low, high], dtype=np.float64)
        if bounds.shape != (2, len(self.marginals)) or not np.all(bounds[0] < bounds[1]):
            raise ValueError("a box has a lower and a higher bound for each parameter")
        bounds = np.clip(bounds, 0.0, 1.0)
        return Prior(self.marginals, tuple(bounds[0].tolist()), tuple(bounds[1].tolist()))

    def whole(self) -> Prior:
        """Return the prior without truncation."""
        return Prior(self.marginals)

    def shares(self, values: Array) -> Array:
        """Return the full prior's probability of smaller values, (N, P) for values (N, P)."""
        return np.column_stack([m.cdf(values[:, j]) for j, m in enumerate(self.marginals)])

    def contains(self, values: Array) -> Array:
        """Tell of each row of values (N, P) whether it lies in the part kept (N,)."""
        shares = self.shares(values)
        return np.asarray(((shares >= self.box[0]) & (shares <= self.box[1])).all(axis=1))

    def scores(self, values: Array) -> Array:
        """Return normal scores (N, P) of values (N, P) that the prior contains."""
        from scipy.special import ndtri

        low, high = self.box
        within = (self.shares(values) - low) / (high - low)
        return np.asarray(ndtri(np.clip(within, _EDGE, 1.0 - _EDGE)))

    def values(self, scores: Array) -> Array:
        """Return the values (N, P) that have normal scores (N, P)."""
        from scipy.special import ndtr

        low, high = self.box
        return self._at(low + ndtr(scores) * (high - low))

    def draw(self, rows: int, seed: int, stream: int = 0) -> Array:
        """Return independent draws (rows, P), keyed by seed and stream.

        Row ``i`` is the same however many rows are drawn; another stream is independent.
        """
        rng = np.random.Generator(np.random.Philox(key=[seed, stream]))
        low, high = self.box
        return self._at(low + rng.random((rows, len(self.marginals))) * (high - low))

    def _at(self, shares: Array) -> Array:
        return np.column_stack([m.ppf(shares[:, j]) for j, m in enumerate(self.marginals)])


def prior_of(parameters: Sequence[Parameter]) -> Prior:
    """Return the prior of parameters, each of which must have one."""
    return Prior(tuple(parse_prior(one) for one in parameters))


def free_parameters() -> Prior:
    """Return the prior of the parameters that are calibrated: those that have one in the table."""
    return prior_of([one for one in PARAMETERS.values() if one.prior is not None])
