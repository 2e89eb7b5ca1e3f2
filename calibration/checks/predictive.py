"""Predictive checks: what was observed (K,) against what the prior and the posterior predict.

Rows of statistics are (N, K), one a run; names are those of the statistics.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.checks.verdict import Verdict, chosen_names, judged, listed, load_thresholds
from calibration.scaling import Scaling
from sim.core.state import Array

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_SPREAD = tuple(round(0.01 * i, 2) for i in range(101))
"""Quantiles that stand for the distances of all runs."""


def table_is_whole(
    statistics: Array, names: Sequence[str], keys: Sequence[tuple[int, int]]
) -> Verdict:
    """Judge whether every run of all tables gave numbers and no two shared random numbers.

    ``keys`` are seed and replicate of each row.
    """
    missing = np.asarray(~np.isfinite(statistics))
    rows = int(missing.any(axis=1).sum())
    at_fault = chosen_names(names, np.asarray(missing.any(axis=0)))
    shared = len(keys) - len(set(keys))
    most = load_thresholds()["table"]["most_missing"]
    found = f"{len(statistics):,} runs, {rows:,} with a number missing, {shared:,} seeds shared"
    return judged(
        "table",
        rows <= most and shared == 0,
        f"{found}: {listed(at_fault)}" if at_fault else found,
        "no number missing, no two runs of one seed",
        {"runs": len(statistics), "missing": rows, "at_fault": at_fault, "shared": shared},
    )


def prior_predictive(statistics: Array, observed: Array, names: Sequence[str]) -> Verdict:
    """Judge whether the prior, from which the rows were drawn, allows what was observed."""
    limits = load_thresholds()["prior_predictive"]
    low, high = np.quantile(statistics, limits["range"], axis=0)
    outside = (observed < low) | (observed > high)
    failed = chosen_names(names, outside)
    found = f"{len(failed)} of {len(names)} observed statistics outside"
    return judged(
        "prior predictive",
        float(outside.mean()) <= limits["most_outside"],
        f"{found}: {listed(failed)}" if failed else found,
        f"at most {limits['most_outside']:.0%} outside the prior's "
        f"{limits['range'][0]:.0%} to {limits['range'][1]:.0%}",
        {
            "names": list(names),
            "observed": observed.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
            "median": np.median(statistics, axis=0).tolist(),
            "outside": outside.tolist(),
        },
    )


def two_sided(statistics: Array, observed: Array) -> Array:
    """Return each statistic's two-sided predictive p-value (K,); equal values count by half."""
    below = (statistics < observed).mean(axis=0) + 0.5 * (statistics == observed).mean(axis=0)
    return np.asarray(np.minimum(1.0, 2.0 * np.minimum(below, 1.0 - below)))


def mahalanobis(statistics: Array, observed: Array) -> tuple[float, float, Array]:
    """Return how odd an observation is among rows, all statistics together.

    The distance is Mahalanobis's. Its mean and covariance come from one half of the rows, and the
    observation is ranked among the rows of the other half, to which the first owes nothing. What is
    returned are the p-value, the distance, and the sorted distances of the other half's rows.
    """
    half = len(statistics) // 2
    scaling = Scaling.of(statistics[:half])
    first, second = scaling(statistics[:half]), scaling(statistics[half:])
    precision = np.linalg.inv(_shrunk_covariance(first))
    centre = first.mean(axis=0)

    def distance(rows: Array) -> Array:
        apart = rows - centre
        return np.asarray(np.einsum("ij,jk,ik->i", apart, precision, apart))

    mine, others = float(distance(scaling(observed[None, :]))[0]), distance(second)
    p = (1.0 + float((others >= mine).sum())) / (1.0 + len(second))
    return p, mine**0.5, np.sqrt(np.sort(others))


def _shrunk_covariance(rows: Array) -> Array:
    """Return the covariance shrunk towards its diagonal (Ledoit and Wolf 2004, by its formula)."""
    count = len(rows)
    apart = rows - rows.mean(axis=0)
    sample = apart.T @ apart / count
    target = np.diag(np.diag(sample) + 1e-6)
    noise = ((apart**2).T @ (apart**2) / count - sample**2).sum() / count
    distance = ((sample - target) ** 2).sum()
    share = min(1.0, noise / distance) if distance > 0.0 else 1.0
    return np.asarray(share * target + (1.0 - share) * sample)


def joint_predictive(statistics: Array, observed: Array, names: Sequence[str]) -> Verdict:
    """Judge whether runs at draws from the posterior predict what was observed, all together.

    One statistic at a time can look right in a wrong world, so only the joint p-value is judged;
    the others are published with it.
    """
    limits = load_thresholds()["posterior_predictive"]
    p, distance, others = mahalanobis(statistics, observed)
    single = two_sided(statistics, observed)
    low, first, median, third, high = np.quantile(statistics, _QUANTILES, axis=0).tolist()
    odd = chosen_names(names, single < 0.05)
    found = f"joint p-value {p:.3g}"
    return judged(
        "posterior predictive",
        p > limits["least_p"],
        f"{found}; alone below 0.05: {listed(odd)}" if odd else found,
        f"joint p-value above {limits['least_p']:g}, {len(statistics):,} runs",
        {
            "names": list(names),
            "p": p,
            "distance": distance,
            "distances": np.round(np.quantile(others, _SPREAD), 4).tolist(),
            "p_values": single.tolist(),
            "observed": observed.tolist(),
            "low": low,
            "high": high,
            "quartiles": [first, third],
            "median": median,
        },
    )
