"""Identifiability: how much narrower the posterior is than the prior, and what it confuses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.checks.verdict import Verdict, judged, listed, load_thresholds
from sim.core.state import Array

IDENTIFIED, WEAK, ASSUMPTION = "identified", "weak", "assumption"


def contraction(scores: Array, names: Sequence[str]) -> Verdict:
    """Sort parameters by what the data say about them.

    Every parameter has a word: ``identified``, ``weak`` or ``assumption``. No threshold can be
    missed here; what is an assumption is published as one.

    Parameters
    ----------
    scores
        Posterior draws (N, P) as normal scores of the full prior, whose variance is one.
    names
        Of the parameters (P).
    """
    limits = load_thresholds()["identifiability"]
    shrunk = 1.0 - scores.var(axis=0)
    words = [
        IDENTIFIED
        if c >= limits["identified"]
        else (ASSUMPTION if c < limits["assumption"] else WEAK)
        for c in shrunk
    ]
    counts = {word: words.count(word) for word in (IDENTIFIED, WEAK, ASSUMPTION)}
    assumed = [name for name, word in zip(names, words, strict=True) if word == ASSUMPTION]
    found = ", ".join(f"{count} {word}" for word, count in counts.items())
    return judged(
        "contraction",
        True,
        f"{found}: {listed(assumed)}" if assumed else found,
        f"identified from {limits['identified']:g}; under {limits['assumption']:g} published as "
        "an assumption",
        {"names": list(names), "contraction": shrunk.tolist(), "words": words},
    )


def correlation(scores: Array, names: Sequence[str]) -> Verdict:
    """Judge whether the data tell all parameters apart.

    Parameters
    ----------
    scores, names
        As in :func:`contraction`.
    """
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
