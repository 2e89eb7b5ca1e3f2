"""The published calibration holds for the present model, and what does not hold is refused."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibration import published
from calibration.validation.summary import summary_of
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.experiments.parameter_draws import checked
from sim.world import load_world
from tests.conftest import CARRIED
from tests.posteriors import made_up

ROOT = Path(__file__).resolve().parents[2]
IN_WORDS = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
)  # fmt: skip


def test_what_is_published_belongs_to_the_present_model() -> None:
    assert published.stale_parts(published.read_published()) == []


def test_the_documentation_says_what_the_published_validation_found() -> None:
    record = json.loads((published.published_folder() / "validation.json").read_text())
    found = summary_of(record)
    rejected = IN_WORDS[found["wrong_worlds_rejected"]]
    powerful = IN_WORDS[found["wrong_worlds_with_power_080"]]
    supported = IN_WORDS[found["mechanisms_supported"]]
    readme, evidence = (
        " ".join((ROOT / name).read_text().split()) for name in ("README.md", "docs/evidence.md")
    )
    assert f"rejects {rejected} of sixteen worlds" in readme
    assert f"only against {powerful} is its power 80 %" in readme
    assert f"supports {supported} of twelve mechanisms" in readme
    assert f"The record rejects {rejected} of them. Its power is 80 % against {powerful} only" in (
        evidence
    )
    assert f"the record supports {supported}, where six were asked for" in evidence


def test_the_published_draws_can_be_run_with_whatever_model_they_were_fitted_to() -> None:
    found = published.draws(2)
    assert checked(found.draws) == found.draws
    assert set(found.draws[0]) == {name for name, one in PARAMETERS.items() if one.prior}
    assert (found.warning is None) == (not found.source["changed_since_fit"])


def test_draws_of_an_earlier_model_are_made_those_of_the_present_one(tmp_path: Path) -> None:
    """A parameter that is gone is left out, a new one drawn, a narrower range held to."""
    posterior = made_up(tmp_path, changes={"behaviour": "another"})
    low = np.full_like(posterior.values[:, :1], -1e9)
    values = np.hstack([low, posterior.values[:, 1:-1], low])
    names = (*posterior.names[:-1], "gone.away")
    replace(posterior, names=names, values=values).write(tmp_path / published.POSTERIOR)
    (draw,) = published.draws(1, folder=tmp_path).draws
    first, last = posterior.names[0], posterior.names[-1]
    assert draw[first] == PARAMETERS[first].low
    assert draw[last] == published.prior_draws(1)[0][last]
    assert set(draw) == set(posterior.names)


def test_what_is_carried_flips_with_what_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "published_folder", lambda: tmp_path)

    def why(**given: object) -> object:
        found = CARRIED(30, **given)  # type: ignore[arg-type]
        assert not found.draws
        return found.source["fixed_because"]

    assert why() == "none_published"
    made_up(tmp_path, changes={"behaviour": "another"})
    assert why() == "earlier_model"
    posterior = made_up(tmp_path, draws=40)
    assert list(CARRIED(30).draws) == posterior.first(30)
    # Enough pairs take each draw twice.
    assert list(CARRIED(60).draws) == posterior.first(30)
    assert len(CARRIED(1000).draws) == 40
    assert why(fixed=True) == "asked"
    assert why(world=replace(load_world(), digest="0" * 64)) == "other_tables"


def test_without_a_published_calibration_asking_for_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "published_folder", lambda: tmp_path)
    with pytest.raises(InputError, match="no calibration is published"):
        published.draws(1)


def test_a_wheel_carries_what_is_published() -> None:
    """A folder that is to be included must exist, so pyproject names it once it is published."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    wanted = {
        f"results/reference/calibration/{name}": f"calibration/_published/{name}"
        for name in ("posterior.parquet", "checks.json")
        if (ROOT / "results/reference/calibration" / name).is_file()
    }
    assert {k: v for k, v in included.items() if k.startswith("results/")} == wanted


def test_draws_come_in_the_files_order_with_their_source(tmp_path: Path) -> None:
    posterior = made_up(tmp_path)
    found = published.draws(2, folder=tmp_path, world=load_world())
    assert list(found.draws) == posterior.first(2)
    assert found.source["behaviour"] == posterior.made_by["behaviour"]
    assert found.source["changed_since_fit"] == []
    assert found.warning is None
    assert len(found.source["file_sha256"]) == 64


@pytest.mark.parametrize("part", ["behaviour", "conditions", "priors", "observation"])
def test_draws_of_another_version_come_with_a_warning(tmp_path: Path, part: str) -> None:
    posterior = made_up(tmp_path, changes={part: "another"})
    found = published.draws(1, folder=tmp_path)
    assert list(found.draws) == posterior.first(1)
    assert found.source["changed_since_fit"] == [part]
    assert f"another version of the model ({part} changed since)" in str(found.warning)


def test_more_draws_than_there_are_are_refused(tmp_path: Path) -> None:
    made_up(tmp_path, draws=3)
    with pytest.raises(InputError, match="1 to 3 draws"):
        published.draws(4, folder=tmp_path)


def test_other_tables_than_the_shipped_ones_are_refused(tmp_path: Path) -> None:
    made_up(tmp_path)
    elsewhere = replace(load_world(), digest="0" * 64)
    with pytest.raises(InputError, match="shipped tables"):
        published.draws(1, folder=tmp_path, world=elsewhere)
