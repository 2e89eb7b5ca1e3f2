"""Sweeps: a scenario at many points of its parameters, kept in a folder run by run."""

from sim.experiments.sweep.result import Status, Sweep
from sim.experiments.sweep.start import planned, sweep

__all__ = ["Status", "Sweep", "planned", "sweep"]
