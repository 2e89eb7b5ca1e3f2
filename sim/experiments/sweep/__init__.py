"""Sweeps: a scenario at many points of its parameters, kept in a folder run by run."""

from sim.experiments.sweep.start_sweep import planned, sweep
from sim.experiments.sweep.sweep_result import Status, Sweep

__all__ = ["Status", "Sweep", "planned", "sweep"]
