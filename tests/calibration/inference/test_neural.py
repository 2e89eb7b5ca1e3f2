from __future__ import annotations

import numpy as np
import pytest

from calibration.inference import neural
from tests.calibration import toy


def test_a_missing_package_is_said_to_be_missing() -> None:
    verdict = neural.missing()
    assert verdict.verdict == "not run"
    assert "paradiplomacy[neural]" in verdict.found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("rows", "noise"), [(8000, 0), (2000, 90)])
def test_the_second_route_finds_a_known_posterior(rows: int, noise: int) -> None:
    """Statistics that tell nothing may widen it; learned by heart, rows would make it narrower."""
    pytest.importorskip("bayesflow")
    made = toy.LinearToy()
    values, statistics, _ = toy.rows_of(made, rows)
    told = np.random.default_rng(1).standard_normal((rows + 1, noise))
    statistics, observed = np.hstack([statistics, told[1:]]), np.append(made.observed, told[0])
    draws = neural.draws(made.prior.scores(values), statistics, observed, 2000, 1, networks=3)
    mean, covariance = made.posterior(made.observed)
    sd = np.sqrt(np.diag(covariance))
    ratio = draws.std(axis=0) / sd
    assert ratio.min() > 0.85, "without an early stop it is 0.77 with noise"
    if not noise:
        np.testing.assert_allclose((draws.mean(axis=0) - mean) / sd, 0.0, atol=0.4)
        np.testing.assert_allclose(ratio, 1.0, atol=0.2)
