"""Check a calibration: functions of arrays that return verdicts against frozen thresholds."""

from calibration.checks.base import Verdict, load_thresholds, thresholds_digest
from calibration.checks.contraction import contraction, correlation
from calibration.checks.coverage import coverage
from calibration.checks.predictive import joint_predictive, prior_predictive, table_is_whole
from calibration.checks.ranks import holm, simulation_based_calibration
from calibration.checks.routes import routes_agree

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
