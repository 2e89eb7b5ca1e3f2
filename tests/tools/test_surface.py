"""The published surface of decentralization and turnover, and how it is made."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.core import provenance
from sim.core.errors import InputError
from tools.surface import (
    NAME,
    REFERENCE,
    SETTINGS,
    main,
    make,
    points_of,
    read_settings,
    write,
)
from tools.surface_tables import Surface

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / REFERENCE / f"{NAME}.json"


def test_the_published_surface_is_of_this_version_of_the_model() -> None:
    if not PUBLISHED.is_file():
        pytest.skip("the surface is not published yet: make reproduce")
    held = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert held["model_version"] == provenance.model_version(), "make reproduce"
    settings = read_settings()
    assert held["settings"]["vary"] == settings.vary
    assert held["settings"]["replicates"] == settings.replicates
    table = pd.read_csv(PUBLISHED.with_suffix(".csv"))
    assert len(table) == len(points_of(settings, held["own_values"]))
    for suffix in (".png", ".svg"):
        assert PUBLISHED.with_suffix(suffix).is_file()


SMALL = replace(
    read_settings(),
    replicates=2,
    end="2001-12",
    vary={"turnover.pace": [1.0, 4.0], "authority.effect": [0.0, 1.0], "turnover.fade": [0.0, 1.0]},
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Surface:
    return make(SMALL, tmp_path_factory.mktemp("surface") / "work", workers=1)


def test_every_combination_is_a_point_and_so_are_the_scenarios_own_values(small: Surface) -> None:
    assert len(small.grid) == 8
    assert small.table.iloc[-1][list(small.own)].to_dict() == small.own
    assert small.table["deals"].notna().all()
    # Nothing is lost where nothing fades.
    kept = small.grid[small.grid["turnover.fade"] == 0.0]["ties_lost_share"]
    lost = small.grid[small.grid["turnover.fade"] == 1.0]["ties_lost_share"]
    assert kept.mean() < lost.mean()


def test_cases_lie_where_their_country_is(small: Surface) -> None:
    first, second = small.cases
    assert (first.scenario, second.scenario) == SMALL.cases
    by_country = small.countries.set_index("country")
    for case in small.cases:
        assert case.authority == by_country.loc[case.country, "authority"]
        assert case.deals_low <= case.deals <= case.deals_high
        assert f"deals[{case.locality}]" in small.table
    assert first.authority > second.authority
    assert small.countries["authority"].between(0.0, 1.0).all()


@pytest.mark.slow  # a surface is run and drawn
def test_table_figure_and_manifest_are_written(small: Surface, tmp_path: Path) -> None:
    written = write(small, tmp_path)
    assert [path.suffix for path in written] == [".csv", ".png", ".svg", ".json"]
    assert len(pd.read_csv(tmp_path / f"{NAME}.csv")) == 9
    record = json.loads((tmp_path / f"{NAME}.json").read_text(encoding="utf-8"))
    assert record["model_version"] == provenance.model_version()
    assert record["settings"]["end"] == "2001-12"
    drawn = (tmp_path / f"{NAME}.svg").read_bytes()
    write(small, tmp_path)
    assert (tmp_path / f"{NAME}.svg").read_bytes() == drawn


def test_settings_that_make_no_surface_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "surface.toml"
    good = SETTINGS.read_text(encoding="utf-8")
    path.write_text(re.sub(r"turnover\.pace", "turnover.lapse", good), encoding="utf-8")
    with pytest.raises(InputError, match="varies other parameters"):
        read_settings(path)
    path.write_text("scenario = ", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        read_settings(path)


def test_wrong_input_ends_with_code_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "other").write_text("")
    code = main(["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")])
    assert code == 2
    assert "work" in capsys.readouterr().err
