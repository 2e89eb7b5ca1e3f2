"""Infer parameters of a simulator from what was observed: priors, reference table, regression.

Nothing here knows of the model; :mod:`calibration.model_simulator` is the simulator it is used on.
"""
