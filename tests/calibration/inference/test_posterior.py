from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calibration.inference.posterior import Posterior, read_posterior, to_inference_data
from sim.core.errors import InputError


@pytest.fixture
def posterior() -> Posterior:
    values = np.random.default_rng(1).random((40, 2))
    made_by = {"rules": "abc", "world": "def", "box": [[0.0, 0.1], [1.0, 0.9]]}
    return Posterior(("x.a", "x.b"), values, {"deals": np.arange(40.0)}, made_by)


def test_a_posterior_comes_back_as_it_was_written(posterior: Posterior, tmp_path: Path) -> None:
    posterior.write(tmp_path / "p.parquet")
    found = read_posterior(tmp_path / "p.parquet")
    assert found.names == posterior.names
    assert np.array_equal(found.values, posterior.values)
    assert np.array_equal(found.derived["deals"], posterior.derived["deals"])
    assert found.made_by == posterior.made_by
    assert list(found.frame.columns) == ["x.a", "x.b"]


def test_the_central_point_and_the_first_draws(posterior: Posterior) -> None:
    assert posterior.central()["x.a"] == pytest.approx(np.median(posterior.values[:, 0]))
    assert posterior.first(2)[1] == {
        "x.a": posterior.values[1, 0],
        "x.b": posterior.values[1, 1],
    }
    with pytest.raises(InputError, match="1 to 40"):
        posterior.first(41)


def test_a_posterior_of_other_rules_is_stale(posterior: Posterior) -> None:
    assert posterior.stale({"rules": "abc", "world": "def"}) == []
    assert posterior.stale({"rules": "new", "world": "def", "observation": "x"}) == [
        "rules",
        "observation",
    ]


def test_a_file_that_is_no_posterior_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not there"):
        read_posterior(tmp_path / "none.parquet")
    (tmp_path / "p.parquet").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no posterior"):
        read_posterior(tmp_path / "p.parquet")


def test_inference_data_holds_what_arviz_asks_for(posterior: Posterior, tmp_path: Path) -> None:
    pytest.importorskip("arviz", exc_type=ImportError)
    data = to_inference_data(
        posterior,
        prior=posterior.values,
        observed=np.array([1.0, 2.0, 3.0]),
        predicted=np.ones((5, 3)),
        statistics=("p", "q", "r"),
    )
    assert data.posterior["x.a"].shape == (1, 40)
    assert data.posterior_predictive["statistics"].shape == (1, 5, 3)
    assert data.observed_data["statistics"].sel(statistic="q") == 2.0
