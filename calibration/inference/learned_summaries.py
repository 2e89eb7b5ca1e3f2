"""Learned summaries: networks that predict parameters from statistics.

The mean of the parameters given the statistics is the summary that loses least for regression
(Fearnhead and Prangle 2012, J. R. Stat. Soc. B 74, 419). An ensemble of small networks stands in
for it: a linear regression, and networks that learn what it leaves. Averaging them takes out most
of what each learned by chance.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from calibration.inference.prior import Array
from calibration.scaling import Scaling
from sim.core.errors import InputError

NETWORKS = 5
_LAYERS = (64, 64)
_BATCH = 256
_MOST_EPOCHS = 80
_PATIENCE = 6
_LEAST_GAIN = 1e-4
_RIDGE = 1.0
_ASIDE = 0.1
"""Share of the rows that tell a network when to stop."""

_Layers = tuple[tuple[Array, Array], ...]
"""The weights (in, out) and offsets (out,) of a network's layers."""


def need_extra(error: ImportError) -> InputError:
    """Return the error for a missing package of the extra ``calibrate``."""
    return InputError(
        f"calibration needs a package that is not installed ({error.name})",
        allowed="the package with its extra: pip install 'paradiplomacy[calibrate]'",
    )


class Summaries(NamedTuple):
    """Predict scores from statistics: what :func:`learn` returns.

    ``scaling`` is that of the statistics, ``linear`` the coefficients (K + 1, D) of the linear
    part, the constant first.
    """

    scaling: Scaling
    linear: Array
    networks: tuple[_Layers, ...]

    def __call__(self, statistics: Array) -> Array:
        """Return summaries (N, D) of statistics (N, K): the networks' mean prediction."""
        scaled = self.scaling(np.atleast_2d(statistics)).astype(np.float32)
        rest = np.mean([_forward(layers, scaled) for layers in self.networks], axis=0)
        return np.asarray(with_constant(scaled) @ self.linear + rest, dtype=np.float64)


def with_constant(scaled: Array) -> Array:
    """Return scaled statistics with a constant before them (N, K + 1)."""
    return np.column_stack([np.ones(len(scaled)), scaled])


def _forward(layers: _Layers, inputs: Array) -> Array:
    for weights, offsets in layers[:-1]:
        inputs = np.maximum(inputs @ weights + offsets, 0.0)
    weights, offsets = layers[-1]
    return inputs @ weights + offsets


def learn(
    statistics: Array, scores: Array, seed: int, *, networks: int = NETWORKS, workers: int = 1
) -> Summaries:
    """Train an ensemble of networks to predict scores (N, D) from statistics (N, K).

    The seed is that of initial weights and batches; the result is the same with any number of
    workers, which are threads. An InputError tells that the extra ``calibrate`` is missing.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise need_extra(error) from error
    scaling = Scaling.of(statistics)
    inputs = scaling(statistics).astype(np.float32)
    straight = with_constant(inputs)
    ridge = _RIDGE * np.eye(straight.shape[1])
    linear = np.linalg.solve(straight.T @ straight + ridge, straight.T @ scores)
    targets = (scores - straight @ linear).astype(np.float32)
    # Products of small matrices gain nothing from threads of their own.
    with threadpool_limits(1), ThreadPoolExecutor(workers) as pool:
        trained = pool.map(lambda i: _train(inputs, targets, seed + i), range(networks))
        return Summaries(scaling, linear, tuple(trained))


def _train(inputs: Array, targets: Array, seed: int) -> _Layers:
    """Train one network until the rows set aside are predicted no better."""
    try:
        from sklearn.neural_network import MLPRegressor
    except ImportError as error:
        raise need_extra(error) from error
    order = np.random.default_rng(seed).permutation(len(inputs))
    aside, rest = np.split(order, [max(1, int(_ASIDE * len(order)))])
    network: Any = MLPRegressor(
        hidden_layer_sizes=_LAYERS, batch_size=min(_BATCH, len(rest)), random_state=seed
    )
    best, since = np.inf, 0
    best_layers: _Layers = ()
    for _ in range(_MOST_EPOCHS):
        network.partial_fit(inputs[rest], targets[rest])
        layers = tuple(zip(network.coefs_, network.intercepts_, strict=True))
        apart = _forward(layers, inputs[aside]) - targets[aside].reshape(len(aside), -1)
        loss = float(np.mean(apart**2))
        if loss < best - _LEAST_GAIN:
            best, since = loss, 0
            best_layers = tuple((weights.copy(), offsets.copy()) for weights, offsets in layers)
        else:
            since += 1
            if since >= _PATIENCE:
                break
    return best_layers
