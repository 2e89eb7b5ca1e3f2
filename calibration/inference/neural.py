"""The second route: neural posterior estimation with BayesFlow, an optional extra.

BayesFlow (Radev et al. 2023, JOSS 8, 5702) learns the posterior density itself from the same rows:
coupling flows given the scaled statistics. They stop before they learn the rows by heart, which
would make their posteriors too narrow.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

import numpy as np

from calibration.checks import Verdict
from calibration.checks.identifiability import agreement_words
from calibration.checks.verdict import not_run
from calibration.inference.prior import Array
from calibration.scaling import Scaling

_MOST_EPOCHS = 60
_PATIENCE = 5
_BATCH = 256
_ASIDE = 0.1


def is_installed() -> bool:
    """Return whether the second route can be taken."""
    return find_spec("bayesflow") is not None


def missing() -> Verdict:
    """Return the verdict of the comparison that was not made."""
    why = "BayesFlow is not installed: pip install 'paradiplomacy[neural]'"
    return not_run("two routes", why, agreement_words())


def draws(
    scores: Array, statistics: Array, observed: Array, count: int, seed: int, networks: int = 1
) -> Array:
    """Return draws of scores (count, P) given observed statistics (K,).

    Rows of normal scores of the parameters (N, P) and of statistics (N, K) are of the same runs.
    The seed keys the draws and the networks' starts. Each of the ``networks`` gives an equal part
    of the draws; it stops learning when rows kept aside, others for each, are foretold no better.
    """
    # Keras reads at import which library does its arithmetic.
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import bayesflow
    import keras

    scaling = Scaling.of(statistics)
    given = {"statistics": scaling(observed[None, :]).astype(np.float32)}

    def rows(chosen: Array) -> dict[str, Array]:
        return {
            "parameters": scores[chosen].astype(np.float32),
            "statistics": scaling(statistics[chosen]).astype(np.float32),
        }

    found = []
    for network, part in enumerate(np.array_split(np.arange(count), networks)):
        keras.utils.set_random_seed(seed + network)
        order = np.random.default_rng([seed, network]).permutation(len(scores))
        aside, rest = np.split(order, [int(_ASIDE * len(order))])
        workflow: Any = bayesflow.BasicWorkflow(
            inference_network=bayesflow.networks.CouplingFlow(),
            inference_variables=["parameters"],
            inference_conditions=["statistics"],
            standardize=None,
        )
        stop = keras.callbacks.EarlyStopping(
            "val_loss", patience=_PATIENCE, restore_best_weights=True
        )
        workflow.fit_offline(
            rows(rest),
            epochs=_MOST_EPOCHS,
            batch_size=_BATCH,
            validation_data=rows(aside),
            callbacks=[stop],
            verbose=0,
        )
        drawn = workflow.sample(num_samples=len(part), conditions=given)["parameters"]
        found.append(np.asarray(drawn, dtype=np.float64).reshape(len(part), -1))
    return np.concatenate(found)
