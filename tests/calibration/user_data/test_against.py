"""Comparisons with tables made from the model, shuffled, and small enough to do by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration.user_data import (
    ComparisonRequest,
    TableComparison,
    compare_with_table,
    comparison,
)
from calibration.user_data.predicted_counts import CountRequest, count_runs
from sim.core.errors import InputError
from sim.report.user_data_figures import LABELS, MODEL
from sim.scenario.schema import Scenario, load
from sim.world import World

pytestmark = pytest.mark.slow  # a table is compared with runs over the posterior

VISITS = ComparisonRequest(outcome="visits_to_lac")
PROPOSALS = ComparisonRequest(outcome="proposals")


@pytest.fixture(autouse=True)
def few_draws_of_rivals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare what takes most of the time; tables that several tests share are compared before."""
    monkeypatch.setattr(comparison, "RIVAL_DRAWS", 40)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("baseline").with_overrides(end="2002-12", replicates=60)


@pytest.fixture(scope="module")
def longer() -> Scenario:
    return load("baseline").with_overrides(end="2010-12", replicates=60)


@pytest.fixture(scope="module")
def own(longer: Scenario, world: World) -> pd.DataFrame:
    """Return what one run, with a seed of its own, has of proposals by locality."""
    units = tuple(world.localities["code"])
    other = longer.with_overrides(seed=5, replicates=1)
    asked = CountRequest("proposals", False, units, 2000, 2010)
    counts = count_runs(asked, other, world)[0].units[0]
    return pd.DataFrame({"unit": units, "count": counts.astype(int)})


def written(folder: Path, table: pd.DataFrame) -> Path:
    file = folder / "table.csv"
    table.to_csv(file, index=False)
    return file


@pytest.fixture(scope="module")
def true(
    own: pd.DataFrame, longer: Scenario, tmp_path_factory: pytest.TempPathFactory
) -> TableComparison:
    file = written(tmp_path_factory.mktemp("own"), own)
    return compare_with_table(file, PROPOSALS, scenario=longer, replicates=None, workers=2)


@pytest.fixture(scope="module")
def shuffled(
    own: pd.DataFrame, longer: Scenario, tmp_path_factory: pytest.TempPathFactory
) -> TableComparison:
    mixed = own.assign(count=np.random.default_rng(3).permutation(own["count"].to_numpy()))
    file = written(tmp_path_factory.mktemp("shuffled"), mixed)
    return compare_with_table(file, PROPOSALS, scenario=longer, replicates=None, workers=2)


def test_a_table_from_the_model_is_ranked_as_well_as_chance_allows(true: TableComparison) -> None:
    mine = true.record["ranks"]["model"]
    band = mine["if_true"]
    assert band["q05"] - 0.05 <= mine["rank"]["value"] <= band["q95"] + 0.05
    assert mine["rank"]["low"] > 0.2


def test_a_table_from_the_model_finds_it_calibrated(true: TableComparison) -> None:
    model = true.record["calibration"]["predictions"]["model"]
    assert model["p"] > 0.05
    assert model["coverage"]["90"] == pytest.approx(0.9, abs=0.05)
    assert model["coverage"]["50"] == pytest.approx(0.5, abs=0.07)
    assert true.record["total"]["p"] > 0.02
    for row in true.record["concentration"]:
        assert row["predictions"]["model"]["p"] > 0.02


def test_a_table_from_the_model_is_predicted_better_than_naively(true: TableComparison) -> None:
    predictions = true.record["calibration"]["predictions"]
    rivals = LABELS.keys() - {MODEL}
    for name in rivals:
        assert predictions[name]["model_minus"]["value"] < 0.0
        assert true.record["ranks"][name]["model_minus"]["high"] > 0.0
    better = [true.record["ranks"][name]["model_minus"]["value"] > 0.0 for name in rivals]
    assert sum(better) >= len(better) - 1
    assert predictions["gdp_authority"]["model_minus"]["high"] < 0.0


def test_a_shuffled_table_is_neither_ranked_nor_calibrated(shuffled: TableComparison) -> None:
    mine = shuffled.record["ranks"]["model"]
    assert mine["rank"]["low"] < 0.0 < mine["rank"]["high"]
    assert mine["rank"]["value"] < mine["if_true"]["q05"] - 0.2
    model = shuffled.record["calibration"]["predictions"]["model"]
    assert model["p"] < 0.05
    assert model["coverage"]["90"] < 0.87


def test_shuffling_leaves_total_and_concentration(
    true: TableComparison, shuffled: TableComparison
) -> None:
    assert shuffled.record["total"] == true.record["total"]
    for one, other in zip(
        true.record["concentration"], shuffled.record["concentration"], strict=True
    ):
        assert one["observed"] == other["observed"]
        assert one["predictions"]["model"] == other["predictions"]["model"]


def tiny(folder: Path, rows: Sequence[tuple[str, int]], columns: str = "unit,count") -> Path:
    file = folder / "tiny.csv"
    file.write_text("\n".join([columns, *(f"{unit},{count}" for unit, count in rows)]) + "\n")
    return file


def test_a_table_that_follows_gdp(scenario: Scenario, world: World, tmp_path: Path) -> None:
    gdp = world.countries.set_index("iso3")["gdp_usd_m"].sort_values(ascending=False)
    rows = [(code, 10 * place) for place, code in enumerate(gdp.index[:6][::-1], start=1)]
    found = compare_with_table(tiny(tmp_path, rows), VISITS, scenario=scenario, replicates=20)
    record = found.record
    assert record["ranks"]["gdp"]["rank"]["value"] == 1.0
    assert record["compared"]["units"] == 6
    assert record["total"]["observed"] == 210
    observed = {row["measure"]: row["observed"] for row in record["concentration"]}
    assert observed["top5"] == pytest.approx(200 / 210, rel=1e-5)
    assert observed["touched"] == 1.0
    assert "top10" not in observed
    assert record["compared"]["only_positive"]


def test_units_not_listed_count_only_if_asked(scenario: Scenario, tmp_path: Path) -> None:
    file = tiny(tmp_path, [("BRA", 9), ("CHL", 2), ("ARG", 0), ("PER", 1), ("MEX", 4)])
    listed = compare_with_table(file, VISITS, scenario=scenario, replicates=20)
    assert len(listed.units) == listed.record["compared"]["units"] == 5
    whole = ComparisonRequest(outcome="visits_to_lac", complete=True)
    complete = compare_with_table(file, whole, scenario=scenario, replicates=20)
    assert len(complete.units) == 33
    assert complete.units["observed"].sum() == 16
    assert not complete.record["compared"]["only_positive"]
    within = ComparisonRequest(outcome="visits_to_lac", complete=True, within=("CHL",))
    places = tiny(tmp_path, [("CL-CO", 3), ("BR-SP", 9)])
    inside = compare_with_table(places, within, scenario=scenario, replicates=20)
    assert set(inside.units["country"]) == {"CHL"}
    assert len(inside.units) == 16
    assert inside.record["compared"]["aside"] == {"asked": 1}
    assert inside.record["compared"]["resampled"] == "units"


def test_values_years_and_sectors(scenario: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "values.csv"
    lines = ["unit,year,sector,value", "BRA,2001,mining,50.5", "CHL,2002,mining,0"]
    lines += [f"{unit},2002,ports,{value}" for unit, value in (("PER", 3), ("MEX", 0), ("ARG", 1))]
    file.write_text("\n".join(lines) + "\n")
    found = compare_with_table(file, scenario=scenario, replicates=20)
    compared = found.record["compared"]
    assert (compared["outcome"], compared["years"]) == ("deal_value_usd_m", [2001, 2002])
    assert compared["sectors"] == ["mining", "ports"]
    years = {row["name"]: row["observed"] for row in found.record["years"]}
    assert years == {"2001": 50.5, "2002": 4.0}
    assert [row["observed"] for row in found.record["sectors"]] == [50.5, 4.0]
    # Values have no naive distribution.
    assert list(found.record["calibration"]["predictions"]) == ["model"]
    assert found.record["concentration"][0]["predictions"]["gdp"]["q05"] is None


def test_the_scenario_is_run_on_to_the_year_asked_for(scenario: Scenario, tmp_path: Path) -> None:
    rows = [(f"{unit},2003", n) for n, unit in enumerate(("BRA", "CHL", "ARG", "PER", "MEX"))]
    file = tiny(tmp_path, rows, "unit,year,count")
    with pytest.raises(InputError, match="no row is left to compare"):
        compare_with_table(file, VISITS, scenario=scenario, replicates=20)
    wanted = ComparisonRequest(outcome="visits_to_lac", last=2003)
    found = compare_with_table(file, wanted, scenario=scenario, replicates=20)
    assert found.record["months"] == ["2000-01", "2003-12"]
    assert found.record["compared"]["years"] == [2003, 2003]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (
            ComparisonRequest(outcome="deal_value_usd_m"),
            "an outcome that is a count, such as deals",
        ),
        (ComparisonRequest(outcome="visits"), "there is no outcome 'visits'"),
        (ComparisonRequest(by="province"), "'province' is no level"),
        (ComparisonRequest(within=("Chile",)), "Did you mean 'CHL'"),
        (ComparisonRequest(first=1990), "cannot be run for 1990"),
        (ComparisonRequest(last=2061), "2000 to 2060"),
        (ComparisonRequest(first=2002, last=2001), "2002 is after the last year, 2001"),
        (ComparisonRequest(within=("BRA",)), "1 unit cannot be ranked"),
        (ComparisonRequest(layout="cgti"), "Did you mean 'cgit'"),
        (ComparisonRequest(level="thined"), "Did you mean 'thinned'"),
        (ComparisonRequest(where=("Sector=Energy",)), "belongs to the format"),
        (ComparisonRequest(layout="cgit", outcome="twinnings"), "twinnings has no value"),
        (ComparisonRequest(layout="cgit", by="locality"), "cgit names no places"),
        (ComparisonRequest(layout="cgit", records="x.csv"), "gcdf-adm1 alone"),
    ],
)
def test_what_cannot_be_compared(
    wanted: ComparisonRequest, words: str, scenario: Scenario, tmp_path: Path
) -> None:
    file = tiny(tmp_path, [("BRA", 9), ("CHL", 2), ("ARG", 0), ("PER", 1), ("MEX", 4)])
    with pytest.raises(InputError, match=words):
        compare_with_table(file, wanted, scenario=scenario)


def test_too_few_runs_and_nothing_but_zeros(scenario: Scenario, tmp_path: Path) -> None:
    file = tiny(tmp_path, [(unit, 0) for unit in ("BRA", "CHL", "ARG", "PER", "MEX")])
    with pytest.raises(InputError, match="everything in it is zero"):
        compare_with_table(file, scenario=scenario)
    with pytest.raises(InputError, match="20 or more"):
        compare_with_table(file, scenario=scenario, replicates=19)


def test_runs_are_scaled_or_thinned_to_the_table(scenario: Scenario, tmp_path: Path) -> None:
    file = tiny(tmp_path, [("BRA", 2), ("CHL", 1), ("ARG", 0), ("PER", 1), ("MEX", 1)])
    found = {}
    for level in ("as-is", "scaled", "thinned"):
        wanted = ComparisonRequest(outcome="visits_to_lac", level=level)
        record = compare_with_table(file, wanted, scenario=scenario, replicates=40).record
        found[level] = record["total"], record["compared"]["factor"]
    assert found["as-is"][0]["median"] > 10.0
    assert found["scaled"][0]["median"] == pytest.approx(5.0, abs=1.0)
    assert found["thinned"][0]["median"] == pytest.approx(5.0, abs=1.0)
    assert found["thinned"][1] == pytest.approx(found["scaled"][1]) != found["as-is"][1] == 1.0


def test_a_published_list_is_compared(scenario: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "Year,Investor,Quantity in Millions,Sector,Country\n2001,made up,300,Energy,Brazil\n"
        "2002,made up,200,Energy,Peru\n2002,made up,200,Energy,Urugay\n2019,made up,200,x,Peru\n"
    )
    wanted = ComparisonRequest(layout="cgit", complete=True)
    compared = compare_with_table(file, wanted, scenario=scenario, replicates=20).record["compared"]
    assert (compared["outcome"], compared["least"], compared["level"]) == ("deals", 95.0, "country")
    assert compared["aside"] == {"unresolved": 1, "late": 1}
    assert compared["unknown"]["unresolved"] == [{"name": "Urugay", "rows": 1, "nearest": "URY"}]


def test_draws_are_used_and_told(scenario: Scenario, tmp_path: Path) -> None:
    file = tiny(tmp_path, [("BRA", 9), ("CHL", 2), ("ARG", 0), ("PER", 1), ("MEX", 4)])
    draws = [{"outreach.province_rate": 0.0}, {"outreach.province_rate": 0.5}]
    wide = compare_with_table(file, VISITS, scenario=scenario, replicates=40, draws=draws)
    plain = compare_with_table(file, VISITS, scenario=scenario, replicates=40)
    assert wide.record["draws"] == 2
    assert wide.manifest["draws"] == draws
    spans = [f.record["total"]["q95"] - f.record["total"]["q05"] for f in (wide, plain)]
    assert spans[0] > 2 * spans[1]


def test_files_are_written(true: TableComparison, tmp_path: Path) -> None:
    folder = true.write(tmp_path / "out")
    names = {path.name for path in folder.iterdir()}
    assert names == {
        *("against.json", "against.html", "units.csv", "scores.csv", "manifest.json", "figures"),
    }
    record = json.loads((folder / "against.json").read_text(encoding="utf-8"))
    assert record == true.record
    numbers = pd.read_csv(folder / "scores.csv")
    row = numbers[(numbers["prediction"] == "gdp") & (numbers["what"] == "rank_correlation")]
    assert row["value"].item() == pytest.approx(record["ranks"]["gdp"]["rank"]["value"])
    assert len(pd.read_csv(folder / "units.csv")) == record["compared"]["units"]
    with pytest.raises(InputError, match="not empty"):
        true.write(folder)
