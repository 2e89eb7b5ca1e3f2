"""How two things go together within one run: slopes, rank correlations, comparisons by stratum.

What may be undefined in a run is returned as parts (x, 1), or (0, 0) if it is, so that the ratio of
the averages is the mean over the runs in which it is defined.
"""

from __future__ import annotations

import numpy as np

from calibration.claims.statistics.statistic import Parts
from sim.core.state import Array

UNDEFINED: Parts = (0.0, 0.0)


def slope(outcome: Array, cause: Array, *controls: Array) -> Parts:
    """Return the least-squares coefficient of an outcome on a cause, given controls.

    All are vectors of one length; a constant is always among the controls.
    """
    known = np.column_stack([np.ones(len(cause)), *controls])
    both = np.column_stack([outcome, cause])
    both = both - known @ np.linalg.lstsq(known, both, rcond=None)[0]
    spread = float(both[:, 1] @ both[:, 1])
    if spread <= 1e-9 * max(1.0, float(cause @ cause)):
        return UNDEFINED
    return float(both[:, 0] @ both[:, 1]) / spread, 1.0


def rank_correlation(a: Array, b: Array) -> Parts:
    """Return the rank correlation of two vectors (Spearman), undefined if one is constant."""
    from scipy.stats import rankdata

    x, y = rankdata(a), rankdata(b)
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return UNDEFINED if scale == 0.0 else (float(x @ y) / scale, 1.0)


def within_strata(treated: Array, success: Array, stratum: Array) -> Parts:
    """Return the parts of the difference in success between treated and others within strata.

    The value is the weighted mean over strata of the difference of two shares, with the weights of
    Mantel and Haenszel (1959), n1 n0 / (n1 + n0): strata with few of one kind hardly count.
    ``treated`` and ``success`` are masks of the cases, ``stratum`` whole numbers from 0 on.
    """
    if not len(stratum):
        return UNDEFINED
    cells = 4 * stratum + 2 * treated.astype(np.int64) + success.astype(np.int64)
    size = 4 * (int(stratum.max()) + 1)
    table = np.bincount(cells, minlength=size).reshape(-1, 2, 2).astype(np.float64)
    other, chosen = table[:, 0].sum(axis=1), table[:, 1].sum(axis=1)
    both = (other > 0) & (chosen > 0)
    other, chosen, table = other[both], chosen[both], table[both]
    weight = other * chosen / (other + chosen)
    difference = table[:, 1, 1] / chosen - table[:, 0, 1] / other
    return float(weight @ difference), float(weight.sum())
