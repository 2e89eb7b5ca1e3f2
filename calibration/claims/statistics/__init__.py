"""Name the statistics that claims are checked with.

:data:`STATISTICS` holds all of them by name: importing the package imports its modules, which
register theirs (:mod:`calibration.claims.statistics.statistic`).
"""

from __future__ import annotations

import importlib
import pkgutil

from calibration.claims.statistics.statistic import (
    STATISTICS,
    Array,
    Measure,
    Parts,
    Statistic,
    Value,
    difference_of_ratios,
    divided,
    gap,
    least,
    least_lead,
    least_ratio,
    mean,
    ratio,
    smaller_share,
    statistic,
)

__all__ = [
    "STATISTICS",
    "Array",
    "Measure",
    "Parts",
    "Statistic",
    "Value",
    "difference_of_ratios",
    "divided",
    "gap",
    "least",
    "least_lead",
    "least_ratio",
    "mean",
    "ratio",
    "smaller_share",
    "statistic",
]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
