"""Check a calibration: functions of arrays that return verdicts against frozen thresholds."""

from calibration.checks.identifiability import contraction, correlation, routes_agree
from calibration.checks.predictive import joint_predictive, prior_predictive, table_is_whole
from calibration.checks.rank_statistics import coverage, holm, simulation_based_calibration
from calibration.checks.verdict import Verdict, load_thresholds, thresholds_digest

__all__ = [
    "Verdict",
    "contraction",
    "correlation",
    "coverage",
    "holm",
    "joint_predictive",
    "load_thresholds",
    "prior_predictive",
    "routes_agree",
    "simulation_based_calibration",
    "table_is_whole",
    "thresholds_digest",
]
