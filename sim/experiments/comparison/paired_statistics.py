"""Statistics of paired runs: how two worlds differ, in single cases and in the mean.

Everything is gathered one pair of runs at a time, of which what is kept are the differences that
are not zero, and in the order of the replicates, so that the numbers do not depend on who computed
them.

Where each pair has its own draw of uncertain parameters, a pair's difference varies with the draw
and by chance. How far it ranges over pairs, and the share of pairs in which it is above zero, hold
both together. Pairs of one draw tell the two apart: a one-way analysis of variance. What is left to
too few runs, the Monte Carlo error of the mean, is another matter: more runs narrow it. It goes by
the means of draws, since pairs of one draw are alike.

Three kinds of Monte Carlo interval are given, and each row of a table names its own:

``t``
    Student's interval of the mean of paired differences. Its p-value is that of the paired t-test.
``rare``
    Where a difference turned up in fewer than :data:`FEW` pairs and in less than half of them,
    mostly counts of rare events at one place. Two pairs are added, one of each sign and of the
    size of the differences seen, as Bonett and Price (2012) do for paired proportions, whose
    interval this is when all differences have one size. The p-value is then that of the exact
    sign-flip test; with differences of several sizes it follows from the interval, and is up to
    some times larger than that test's where they go one way.
``same``
    No pair differed. For counts the interval follows as for ``rare``, with differences of one;
    otherwise it is unknown. :func:`most_often` bounds the share of runs that may differ all the
    same. Where two worlds are the same in everything the interval is zero.

Drawn from known distributions, 10 to 200 pairs at a time, all three call a difference of nothing
distinguishable in at most 5 % of samples. Their intervals hold the true mean in 95 % for counts,
and in less where few large amounts make the mean: 87 % with 20 pairs of log-normal amounts.

References
----------
Bonett and Price (2012), Adjusted Wald confidence interval for a difference of binomial
proportions based on paired data, J. Educ. Behav. Stat. 37.
Benjamini and Hochberg (1995), Controlling the false discovery rate, J. R. Stat. Soc. B 57.
Bourgon, Gentleman and Huber (2010), Independent filtering increases detection power for
high-throughput experiments, PNAS 107.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

LEVEL = 0.95
"""Confidence of every interval."""
POWER = 0.8
"""Chance to see a difference that the numbers of runs needed are worked out for."""
ENDS = (0.05, 0.5, 0.95)
"""Quantiles of the differences of pairs: nine cases in ten lie between the outer two."""
BLOCK = 1024
"""Entries whose quantiles are taken at a time."""
LEAST = 20
"""Pairs below which it is not judged whether a mean difference can be told from none, and draws
below which it is not said how much of the variance is due to them."""
FEW = 30
"""Pairs with a difference below which a mean difference counts as rare."""
METHODS = ("t", "rare", "same")
T, RARE, SAME = range(3)


class _Spread:
    """Gather the mean and the sum of squares around it, entry by entry (Welford 1962)."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.mean = np.zeros(shape)
        self.squares = np.zeros(shape)

    def add(self, values: Array, known: Array, count: Array) -> None:
        step = np.where(known, values - self.mean, 0.0)
        self.mean += step / np.maximum(count, 1)
        self.squares += step * np.where(known, values - self.mean, 0.0)

    def forget(self) -> None:
        """Begin another group, around a mean of its own."""
        self.mean = np.zeros_like(self.mean)


class Pairs:
    """Gather pairs of runs: baseline and what-if, for an array of outcomes.

    Parameters
    ----------
    shape
        Shape of what one run gives. A pair counts, entry by entry, where both values are known
        (not nan).
    step
        Size of the smallest possible difference, by which the interval goes where no pair
        differs: 1 for counts, nan where there is none.
    """

    def __init__(self, shape: tuple[int, ...], step: Array | float = np.nan) -> None:
        # Of each pair the entries that differ or are unknown, by their place in the flat array,
        # and their differences: at single places most are zero.
        self._gaps: list[tuple[Array, Array]] = []
        self.step = np.broadcast_to(np.asarray(step, dtype=np.float64), shape)
        self.count = np.zeros(shape, dtype=np.int64)
        self.higher = np.zeros(shape, dtype=np.int64)
        self.lower = np.zeros(shape, dtype=np.int64)
        self.least = np.full(shape, np.inf)
        self.most = np.zeros(shape)
        self.base, self.other, self.gap, self.within = (_Spread(shape) for _ in range(4))
        # Draws with a known pair, and known pairs of the draw at hand.
        self.draws, self._of_draw = (np.zeros(shape, dtype=np.int64) for _ in range(2))

    @classmethod
    def of(cls, base: Array, other: Array, step: Array | float = np.nan, *, each: int = 1) -> Pairs:
        """Return what pairs of runs give that are all at hand, one pair a row of both arrays.

        So many rows (``each``) after one another are of one draw.
        """
        self = cls(base.shape[1:], step)
        for number, (one, another) in enumerate(zip(base, other, strict=True)):
            self.add(one, another, same_draw=number % each > 0)
        return self

    def add(self, base: Array, other: Array, *, same_draw: bool = False) -> None:
        """Add one pair of runs, of the same draw as the last one or of another."""
        gap = other - base
        apart = np.flatnonzero(gap)
        self._gaps.append((apart, gap.ravel()[apart]))
        known = ~np.isnan(gap)
        self.count += known
        self.higher += gap > 0
        self.lower += gap < 0
        size = np.abs(gap)
        self.least = np.where(size > 0, np.minimum(self.least, size), self.least)
        self.most = np.where(known, np.maximum(self.most, size), self.most)
        for spread, values in ((self.base, base), (self.other, other), (self.gap, gap)):
            spread.add(values, known, self.count)
        if not same_draw:
            self.within.forget()
            self._of_draw[...] = 0
        self._of_draw += known
        self.draws += known & (self._of_draw == 1)
        self.within.add(gap, known, self._of_draw)

    def cases(self) -> dict[str, Array]:
        """Return ``p05``, ``median`` and ``p95`` of the differences of pairs; nan if unknown."""
        found = np.zeros((len(ENDS), self.count.size))
        if not self._gaps:
            found[:] = np.nan
        else:
            entry, gap = (np.concatenate(parts) for parts in zip(*self._gaps, strict=True))
            pair = np.repeat(np.arange(len(self._gaps)), [len(one) for one, _ in self._gaps])
            order = np.argsort(entry, kind="stable")
            entry, gap, pair = entry[order], gap[order], pair[order]
            apart = np.unique(entry)
            for first in range(0, len(apart), BLOCK):
                mine = apart[first : first + BLOCK]
                inside = slice(*np.searchsorted(entry, (mine[0], mine[-1] + 1)))
                gaps = np.zeros((len(self._gaps), len(mine)))
                gaps[pair[inside], np.searchsorted(mine, entry[inside])] = gap[inside]
                # Where values may be unknown it takes much longer.
                quantile = np.nanquantile if np.isnan(gaps).any() else np.quantile
                with warnings.catch_warnings():
                    warnings.filterwarnings("ignore", "All-NaN slice")
                    found[:, mine] = quantile(gaps, ENDS, axis=0)
        shaped = found.reshape(-1, *self.count.shape)
        return dict(zip(("p05", "median", "p95"), shaped, strict=True))

    def _by_parameters(self) -> Array:
        """Return the share of the variance over pairs that is due to the draws; nan if unknown."""
        many = (self.draws >= LEAST) & (self.count >= 2 * self.draws - 1)
        inner = self.within.squares / (self.count - self.draws)
        outer = (self.gap.squares - self.within.squares) / (self.draws - 1)
        due = np.maximum(outer - inner, 0.0) * self.draws / self.count
        return np.where(many & (self.gap.squares > 0), due / (due + inner), np.nan)

    def table(self, *, identical: bool = False) -> dict[str, Array]:
        """Return everything that is said of each outcome, by name, as arrays of the given shape.

        These are ``runs``, ``baseline`` and ``what_if`` (means over the pairs), ``difference`` with
        the ends ``low`` and ``high`` of its Monte Carlo interval, what :meth:`cases` returns,
        ``percent`` of the baseline's mean, ``standardised`` by the baseline's standard deviation
        over runs, ``method`` (position in :data:`METHODS`), ``p_value``, ``share_higher``,
        ``share_lower`` and ``share_equal`` of pairs, ``by_parameters`` (share of the variance over
        pairs due to the draws), ``gain`` (variance of the difference of independent runs over that
        of paired ones), ``detectable`` (the mean difference told from none with a chance of
        :data:`POWER` by this number of runs), ``runs_to_tell`` (runs that would tell the difference
        seen, with that chance). The worlds may be known to be ``identical``.
        """
        n = np.where(self.count > 0, self.count, np.nan)
        differing = self.higher + self.lower
        step = np.zeros_like(self.step) if identical else self.step
        sizes = (np.where(differing > 0, self.least, step), self.most)
        mean = np.where(self.count > 0, self.gap.mean, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            between = self.gap.squares - self.within.squares
            deviation = np.sqrt(between / (self.draws - 1))
            spread = self.base.squares + self.other.squares
            base = np.where(self.count > 0, self.base.mean, np.nan)
            result = {
                "runs": self.count,
                "baseline": base,
                "what_if": np.where(self.count > 0, self.other.mean, np.nan),
                "difference": mean,
                **interval(self.count, mean, self.gap.squares, differing, sizes,
                           (self.draws, between)),
                **self.cases(),
                "percent": np.where(base != 0, 100.0 * mean / np.abs(base), np.nan),
                "standardised": mean / np.sqrt(self.base.squares / (n - 1)),
                "share_higher": self.higher / n,
                "share_lower": self.lower / n,
                "share_equal": (self.count - differing) / n,
                "by_parameters": self._by_parameters(),
                "gain": spread / self.gap.squares,
                "detectable": effort() * deviation / np.sqrt(n),
                "runs_to_tell": np.ceil((effort() * deviation / np.abs(mean)) ** 2),
            }  # fmt: skip
        if identical:
            # Then one pair is enough to know.
            for name in ("low", "high"):
                result[name] = np.where(self.count > 0, 0.0, np.nan)
        result["standardised"] = _finite(result["standardised"])
        result["runs_to_tell"] = np.maximum(_finite(result["runs_to_tell"]), LEAST)
        return result


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)


def effort() -> float:
    """Return how many standard errors a difference needs to be seen with :data:`POWER`."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + LEVEL / 2) + ndtri(POWER))


def interval(
    count: Array,
    mean: Array,
    squares: Array,
    differing: Array,
    sizes: tuple[Array, Array],
    of_draws: tuple[Array, Array],
) -> dict[str, Array]:
    """Return the Monte Carlo interval of mean paired differences and its p-value.

    Given are the number of pairs, the mean difference and the sum of squares around it, how many
    pairs differ, the smallest and largest size of a difference among these, and the number of draws
    with the part of the squares that is between them. Where no pair differs, the first size is the
    smallest possible. With fewer than two draws the result is nan.
    """
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    n, groups = (np.asarray(number, dtype=np.float64) for number in (count, of_draws[0]))
    least, most = sizes
    rare = (differing < FEW) & (2 * differing < n)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Two added pairs, one of each sign, as large as the differences seen.
        total = squares + n * mean**2
        size = np.where(differing > 0, total / differing, least**2)
        centre = np.where(rare, n * mean / (n + 2), mean)
        mean_square = of_draws[1] / (groups - 1)
        # Pairs of one draw that are alike tell less than as many of different draws.
        alike = np.fmax(mean_square / (squares / (n - 1)), 1.0)
        added = alike * ((total + 2.0 * size) / (n + 2) - centre**2)
        error = np.sqrt(np.where(rare, added / (n + 2), mean_square / n))
        score = np.abs(centre / error)
        tail = np.where(rare, ndtr(-score), stdtr(groups - 1, -score))
        # The same difference in every run: no spread to judge by, the signs remain.
        constant = ~rare & (squares == 0) & (differing > 0)
        tail = np.where(constant, 2.0 ** -np.minimum(groups, 1000.0), tail)
        quantile = np.where(rare, ndtri(0.5 + LEVEL / 2), stdtrit(groups - 1, 0.5 + LEVEL / 2))
        half = quantile * error
        one_size = rare & (least == most) & (alike == 1.0)
        p_value = np.where(one_size, _flipped(n * mean / least, differing), 2.0 * tail)
    same = (differing == 0) & (n > 0)
    p_value = np.where(same, 1.0, np.minimum(p_value, 1.0))
    result = {"low": centre - half, "high": centre + half, "p_value": p_value}
    # One pair alone says nothing of its spread, and neither do those of one draw.
    result = {name: np.where(groups < 2, np.nan, values) for name, values in result.items()}
    return {"method": np.where(same, SAME, np.where(rare, RARE, T)), **result}


def _flipped(balance: Array, differing: Array) -> Array:
    """Return the p-value of the exact sign-flip test for differences of one size.

    ``balance`` is the number of pairs that are higher less those that are lower.
    """
    from scipy.special import bdtr

    fewer = np.round((differing - np.abs(balance)) / 2.0)
    return np.asarray(np.minimum(2.0 * bdtr(fewer, differing, 0.5), 1.0))


def adjusted(p_values: Array, differs: Array | None = None) -> Array:
    """Return p-values adjusted for their number as Benjamini and Hochberg do; nan stays nan.

    Those that differ in no pair, where ``differs`` says so, keep their p-value and don't count.
    What is tested is the sign of differences, of which their being there says nothing, so that
    the share of wrong findings stays bounded (Bourgon, Gentleman and Huber 2010).
    """
    from scipy.stats import false_discovery_control

    family = ~np.isnan(p_values)
    if differs is not None:
        family &= differs
    result = p_values.astype(np.float64)
    if family.any():
        result[family] = false_discovery_control(p_values[family])
    return result


def most_often(runs: int) -> float:
    """Return the largest share of runs in which an outcome may differ that did so in none."""
    return float(1.0 - (1.0 - LEVEL) ** (1.0 / runs))
