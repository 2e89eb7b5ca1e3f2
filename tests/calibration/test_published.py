"""The published calibration holds for the present model, and what does not hold is refused."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from calibration import published
from sim.core.errors import InputError
from sim.world import load_world
from tests.posteriors import made_up

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_published_belongs_to_the_present_model() -> None:
    """Until a calibration is published, asking for it says so."""
    if (published.published_folder() / published.POSTERIOR).is_file():
        assert published.stale_parts(published.read_published()) == []
        return
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
