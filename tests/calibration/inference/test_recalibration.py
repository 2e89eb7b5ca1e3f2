from __future__ import annotations

import numpy as np
from scipy.stats import kstest

from calibration.inference.regression_abc import Particles, Recalibration


def narrow_levels(rows: int, seed: int, claimed: float = 0.6) -> np.ndarray:
    """Return levels of true scores in posteriors with too small a spread, or the right one."""
    from scipy.special import ndtr

    rng = np.random.default_rng(seed)
    return np.asarray(ndtr(rng.normal(size=(rows, 2)) / np.array([claimed, 1.0])))


def test_intervals_too_narrow_cover_as_they_should_afterwards() -> None:
    learned = Recalibration.learned(np.clip(narrow_levels(2000, 1), 1e-4, 1 - 1e-4))
    fresh = np.clip(narrow_levels(2000, 2), 1e-4, 1 - 1e-4)
    before, after = np.abs(fresh - 0.5) <= 0.45, np.abs(learned.levels(fresh) - 0.5) <= 0.45
    assert before[:, 0].mean() < 0.72
    assert abs(after[:, 0].mean() - 0.9) < 0.03
    assert abs(after[:, 1].mean() - 0.9) < 0.03
    assert kstest(learned.levels(fresh)[:, 1], "uniform").pvalue > 0.001


def test_particles_move_with_their_levels() -> None:
    rng = np.random.default_rng(4)
    scores = rng.normal(size=(5000, 2))
    scores[:, 1] += 0.8 * scores[:, 0]
    found = Particles(scores, np.full(5000, 1 / 5000))
    learned = Recalibration.learned(np.clip(narrow_levels(3000, 1), 1e-4, 1 - 1e-4))
    moved = learned.particles(found)
    assert 1.4 < moved.scores[:, 0].std() / scores[:, 0].std() < 1.9
    assert abs(moved.scores[:, 1].std() / scores[:, 1].std() - 1.0) < 0.1
    for j in (0, 1):
        assert np.array_equal(np.argsort(moved.scores[:, j]), np.argsort(scores[:, j]))
    truth = np.array([0.7, -0.4])
    np.testing.assert_allclose(moved.levels(truth), learned.levels(found.levels(truth)), atol=0.12)


def test_none_changes_nothing() -> None:
    scores = np.random.default_rng(1).normal(size=(300, 2))
    found = Particles(scores, np.full(300, 1 / 300))
    nothing = Recalibration(np.ones(2), np.ones(2))
    np.testing.assert_allclose(nothing.particles(found).scores, scores, atol=1e-9)
