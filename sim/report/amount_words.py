"""Amounts, shares and probabilities as words, to as many figures as are known."""

from __future__ import annotations

import math

import numpy as np

from sim.experiments.comparison.paired_statistics import most_often
from sim.report.display_names import MINUS


def digits_of(size: float, figures: int) -> int:
    """Return the decimal places that show a size to a number of figures, at most eight."""
    if not math.isfinite(size) or size <= 0.0:
        return 2
    return min(max(figures - 1 - math.floor(math.log10(size)), 0), 8)


def amount(value: float, digits: int | None = None, *, signed: bool = False) -> str:
    """Return a number as words, to three figures or so many digits, with a proper minus sign."""
    if math.isnan(value):
        return "none"
    text = f"{abs(value):,.{digits_of(abs(value), 3) if digits is None else digits}f}"
    # What rounds to nothing has no sign.
    if not text.strip("0.,"):
        return text
    return f"{MINUS if value < 0 else '+' if signed else ''}{text}"


def percent(value: float, *, signed: bool = False) -> str:
    """Return a share in percent as words."""
    return f"{amount(value, digits_of(abs(value), 2), signed=signed)} %"


def probability(share: float, runs: int) -> str:
    """Return the share of runs in which something holds as a probability, in percent.

    It is never quite certain: of what holds in all runs or in none the bound is told that
    :func:`sim.experiments.comparison.paired_statistics.most_often` gives.
    """
    if np.isnan(share) or not runs:
        return "unknown"
    bound, number = bounded(share, runs)
    return f"{bound} {number} %".lstrip()


def bounded(share: float, runs: int) -> tuple[str, str]:
    """Return a probability in percent, behind ``at least`` or ``at most`` where it is a bound."""
    rest = 100.0 * most_often(runs)
    if share in {0.0, 1.0}:
        return ("at most", f"{rest:.0f}") if share == 0.0 else ("at least", f"{100.0 - rest:.0f}")
    return "", f"{min(max(100.0 * share, 1.0), 99.0):.0f}"


def rounded(count: float) -> str:
    """Return a large number to two figures, as it is no more certain than that."""
    if count < 100:
        return f"{count:.0f}"
    place = 10 ** (int(np.log10(count)) - 1)
    return f"{place * np.ceil(count / place):,.0f}"


def width_digits(low: float, high: float) -> int | None:
    """Return the decimal places of an interval: two figures of its width say all that is known."""
    return digits_of((high - low) / 2, 2) if high > low else None


def signed_amounts(low: float, high: float, *inside: float) -> list[str]:
    """Return the ends of an interval, and numbers inside it, with their signs."""
    digits = width_digits(low, high)
    return [amount(value, digits, signed=True) for value in (low, high, *inside)]


def share_words(share: float) -> str:
    """Return a share that is known to about a tenth."""
    bound, number = share_bounded(share)
    return f"{bound} {number} %"


def share_bounded(share: float) -> tuple[str, str]:
    """Return whether such a share is ``less than``, ``about`` or ``more than`` what, in percent."""
    if not 0.1 <= share <= 0.9:
        return ("less than", "10") if share < 0.1 else ("more than", "90")
    return "about", f"{10 * round(10 * share)}"
