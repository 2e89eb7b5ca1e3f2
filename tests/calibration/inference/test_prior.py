from __future__ import annotations

import numpy as np
import pytest

from calibration.inference.prior import Prior, free_parameters, parse_prior, prior_of
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS, Parameter


def parameter(text: str, low: float = 0.0, high: float = 2.0) -> Parameter:
    return Parameter("toy.number", "share", low, high, 1.0, "A toy.", "a toy", text)


TEXTS = (
    "uniform(0.5, 1.5)",
    "loguniform(0.01, 2)",
    "normal(0.5, 1)",
    "lognormal(0.3, 1)",
    "beta(2, 3)",
)


@pytest.mark.parametrize("text", TEXTS)
def test_draws_follow_the_prior_and_stay_in_range(text: str) -> None:
    prior = prior_of([parameter(text)])
    values = prior.draw(4000, 1)
    assert values.min() >= 0.0
    assert values.max() <= 2.0
    scores = prior.scores(values)
    assert abs(scores.mean()) < 0.06
    assert abs(scores.std() - 1.0) < 0.05
    np.testing.assert_allclose(prior.values(scores), values, rtol=1e-6)


def test_medians_are_those_of_the_distributions() -> None:
    for text, median in (("loguniform(0.01, 1)", 0.1), ("beta(3, 3)", 1.0), ("uniform(0, 1)", 0.5)):
        found = parse_prior(parameter(text)).ppf(np.array([0.5]))
        np.testing.assert_allclose(found, median, rtol=1e-9)


def test_a_normal_prior_is_cut_off_at_the_range() -> None:
    one = parse_prior(parameter("normal(0, 1)"))
    assert one.cdf(np.array([0.0, 2.0])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("unifrom(0, 1)", "uniform"),
        ("uniform(0, 3)", "range"),
        ("uniform(1, 1)", "range"),
        ("loguniform(0, 1)", "range"),
        ("lognormal(-1, 1)", "range"),
        ("normal(5, 1)", "range"),
        ("beta(0, 1)", "range"),
        ("uniform(0, 1) or worse", "no prior"),
        ("__import__('os')", "no prior"),
    ],
)
def test_wrong_priors_are_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_prior(parameter(text))


@pytest.fixture(scope="module")
def prior() -> Prior:
    return prior_of([parameter(text) for text in TEXTS])


def test_a_row_is_the_same_however_many_are_drawn(prior: Prior) -> None:
    assert np.array_equal(prior.draw(500, 3)[:20], prior.draw(20, 3))
    assert not np.array_equal(prior.draw(20, 3), prior.draw(20, 4))
    assert not np.array_equal(prior.draw(20, 3), prior.draw(20, 3, stream=1))


def test_a_truncated_prior_is_the_prior_inside_the_box(prior: Prior) -> None:
    low, high = [0.2] * 5, [0.6] * 5
    box = prior.truncated(low, high)
    values = box.draw(3000, 1)
    shares = prior.shares(values)
    assert shares.min() >= 0.2 - 1e-9
    assert shares.max() <= 0.6 + 1e-9
    assert box.contains(values).all()
    assert 0.005 < box.contains(prior.draw(3000, 2)).mean() < 0.02
    assert abs(box.scores(values).std() - 1.0) < 0.03
    np.testing.assert_allclose(box.values(box.scores(values)), values, rtol=1e-6)
    assert prior.whole() == box.whole()
    with pytest.raises(ValueError, match="box"):
        prior.truncated([0.5] * 5, [0.5] * 5)


def test_the_free_parameters_are_few_and_their_priors_hold_the_defaults() -> None:
    prior = free_parameters()
    assert 8 <= len(prior.names) <= 10
    defaults = np.array([[PARAMETERS[name].default for name in prior.names]])
    shares = prior.shares(defaults)
    assert shares.min() > 0.02
    assert shares.max() < 0.98
