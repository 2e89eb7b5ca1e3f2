"""The statistics that claims are checked with: :data:`STATISTICS` holds all of them by name.

Importing the package imports its modules, which register theirs.
"""

import importlib
import pkgutil

from calibration.claims.statistics.statistic import STATISTICS, Statistic

__all__ = ["STATISTICS", "Statistic"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
