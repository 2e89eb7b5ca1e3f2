"""Hand a sweep over to other tools: SALib and the EMA workbench."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.sensitivity.indices import problem_of
from sim.experiments.sensitivity.monte_carlo_noise import (
    Floats,
    known_outcomes,
    outcomes_of,
    response,
)

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.design import Design


def to_salib(
    design: Design, runs: pd.DataFrame, outcomes: Iterable[str] | str = ()
) -> tuple[dict[str, Any], Floats, Floats]:
    """Return a sweep's runs, a row each, as SALib takes them: problem, inputs and outputs.

    Without outcomes named, those of the first choice of
    :mod:`sim.experiments.sensitivity.monte_carlo_noise` are taken.

    Returns
    -------
    problem
        Names and bounds of the parameters and names of the outcomes.
    X
        Points (points, parameters), all of them and in order, as SALib's layouts need.
    Y
        Means over replicates, (points,) for one outcome and (points, outcomes) for several; nan
        where not known. Sobol' designs are without the second order:
        ``analyze(problem, Y, calc_second_order=False)``.
    """
    names = outcomes_of(design, runs, outcomes)
    outputs = np.stack([response(design, runs, name).means for name in names], axis=1)
    inputs = design.points.to_numpy(dtype=np.float64)
    problem = problem_of(design) | {"outputs": names}
    return problem, inputs, outputs[:, 0] if len(names) == 1 else outputs


def to_ema(design: Design, runs: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a sweep's runs, a row each, as the EMA workbench keeps results.

    Returns
    -------
    experiments
        One row a point that has a known run: the parameters, float64, and ``scenario`` (the
        point), ``policy`` and ``model``.
    outcomes
        Mean over replicates by name, arrays (experiments,), nan where not known.
    """
    names = known_outcomes(design, runs)
    means = {name: response(design, runs, name).means for name in names}
    known = np.any([np.isfinite(values) for values in means.values()], axis=0)
    experiments = design.points[known].astype("float64").copy()
    experiments["scenario"] = experiments.index.astype(str)
    experiments["policy"] = "None"
    experiments["model"] = "paradiplomacy"
    return experiments.reset_index(drop=True), {n: v[known] for n, v in means.items()}
