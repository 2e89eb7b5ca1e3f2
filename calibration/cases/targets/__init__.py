"""The summary statistics that runs are held against, and how each is measured."""

from calibration.cases.targets.measure_registry import MEASURES, Found, Measure
from calibration.cases.targets.target_table import KINDS, Target, load_targets

__all__ = ["KINDS", "MEASURES", "Found", "Measure", "Target", "load_targets"]
