"""What the data say of parameters: how much narrower the posterior is, what it confuses.

And whether two routes to it from one table lead to the same place. Draws are normal scores (N, P)
of the full prior, whose variance is one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.checks.verdict import Verdict, chosen_names, judged, listed, load_thresholds
from sim.core.state import Array

IDENTIFIED, WEAK, ASSUMPTION = "identified", "weak", "assumption"


def contraction(scores: Array, names: Sequence[str]) -> Verdict:
    """Sort parameters by what the data say about them, given draws (N, P) from the posterior.

    Every parameter has a word: ``identified``, ``weak`` or ``assumption``. No threshold can be
    missed here; what is an assumption is published as one.
    """
    limits = load_thresholds()["identifiability"]
    shrunk = 1.0 - scores.var(axis=0)
    is_weak, is_identified = shrunk >= limits["assumption"], shrunk >= limits["identified"]
    words = np.where(is_identified, IDENTIFIED, np.where(is_weak, WEAK, ASSUMPTION)).tolist()
    found = ", ".join(f"{words.count(word)} {word}" for word in (IDENTIFIED, WEAK, ASSUMPTION))
    assumed = chosen_names(names, ~(is_weak | is_identified))
    return judged(
        "contraction",
        True,
        f"{found}: {listed(assumed)}" if assumed else found,
        f"identified from {limits['identified']:g}; under {limits['assumption']:g} published as "
        "an assumption",
        {"names": list(names), "contraction": shrunk.tolist(), "words": words},
    )


def correlation(scores: Array, names: Sequence[str]) -> Verdict:
    """Judge whether the data tell all parameters apart, given draws from the posterior."""
    most = load_thresholds()["identifiability"]["most_correlation"]
    matrix = np.atleast_2d(np.corrcoef(scores, rowvar=False))
    pairs = [
        (abs(matrix[i, j]), f"{names[i]} with {names[j]} {matrix[i, j]:+.2f}")
        for i in range(len(names))
        for j in range(i)
    ]
    pairs.sort(reverse=True)
    failed = [text for size, text in pairs if size > most]
    largest = pairs[0][1] if pairs else "one parameter"
    return judged(
        "correlation",
        not failed,
        f"to be replaced by one: {listed(failed)}" if failed else f"largest: {largest}",
        f"no correlation above {most:g}",
        {"names": list(names), "matrix": np.round(matrix, 4).tolist()},
    )


def agreement_words() -> str:
    """Return in words when two routes agree."""
    limits = load_thresholds()["two_routes"]
    low, high = limits["ratio"]
    return f"means within {limits['most_shift']:g} sd, ratio of sd {low:g} to {high:g}"


def routes_agree(first: Array, second: Array, names: Sequence[str]) -> Verdict:
    """Judge whether draws by regression and by another route agree in mean and spread."""
    limits = load_thresholds()["two_routes"]
    sd = first.std(axis=0)
    shift = (second.mean(axis=0) - first.mean(axis=0)) / sd
    ratio = second.std(axis=0) / sd
    low, high = limits["ratio"]
    off = (np.abs(shift) > limits["most_shift"]) | (ratio < low) | (ratio > high)
    failed = chosen_names(names, off)
    return judged(
        "two routes",
        not failed,
        f"apart: {listed(failed)}; the wider is to be reported" if failed else "all agree",
        agreement_words(),
        {
            "names": list(names),
            "shift": shift.tolist(),
            "ratio": ratio.tolist(),
            "wider": np.where(ratio > 1.0, "second", "first").tolist(),
            "apart": failed,
        },
    )
