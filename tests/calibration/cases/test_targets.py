from __future__ import annotations

from pathlib import Path

import pytest

from calibration.cases.observation_model import NAMES
from calibration.cases.targets import KINDS, MEASURES, Target, load_targets
from calibration.cases.targets.measure_registry import RECORDS
from calibration.external import LIST_CHANCES_OF
from sim.core.errors import InputError

ROOT = Path(__file__).resolve().parents[3]
GOOD = """
[[targets]]
id = "one"
tier = 1
table = "tales"
definition = "something"
simulated = "localities_told"
observed = 1
kind = "value"
sd = 1
source = "report"
"""


@pytest.mark.parametrize("target", load_targets(), ids=lambda target: target.id)
def test_what_the_record_shows_is_what_the_table_says(target: Target) -> None:
    sources = ("report, ", "public pages, ") if target.tier == 1 else ("AidData GCDF", "Wikidata, ")
    assert target.source.startswith(sources)
    assert set(target.args) <= {"case", "month", "until", "since", "years", "first", "last",
                                "kinds", "countries", "sectors", "channel", "months",
                                "least", "sector", "provinces", "units", "lag",
                                "percentile"}  # fmt: skip
    if target.measure.of != "run":
        found = target.measure.take(RECORDS[target.measure.of](), **target.args)
        assert target.observed == pytest.approx(found, abs=1e-4)


def test_there_are_about_forty_and_all_measures_serve() -> None:
    tiers = [target.tier for target in load_targets()]
    assert 40 <= tiers.count(1) <= 50
    assert 30 <= tiers.count(2) <= 45
    assert {target.simulated for target in load_targets()} == set(MEASURES)
    assert {target.kind for target in load_targets()} == set(KINDS)


def test_totals_of_the_report_are_inequalities() -> None:
    bounds = {t.id: t.observed for t in load_targets() if t.kind == "at_least"}
    assert bounds == {
        "jujuy_visits_received": 13.0,
        "jujuy_journeys": 11.0,
        "coquimbo_visits": 24.0,
        "twinnings_2018": 175.0,
        "hydropower_of_a_centre": 7.0,
    }


def test_the_page_names_every_target_and_chance() -> None:
    page = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    for name in (*(t.id for t in load_targets()), *NAMES, *(c.name for c in LIST_CHANCES_OF)):
        assert f"`{name}`" in page


def load(tmp_path: Path, text: str) -> tuple[Target, ...]:
    file = tmp_path / "targets.toml"
    file.write_text(text, encoding="utf-8")
    return load_targets(file)


def test_a_table_is_read(tmp_path: Path) -> None:
    (target,) = load(tmp_path, GOOD)
    assert (target.id, target.observed, target.uncertainty, target.scale) == ("one", 1, 1, "plain")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"localities_told"', '"localities_tolled"', "'localities_told'"),
        ('"value"', '"values"', "'value'"),
        ("sd = 1", "slack = 1", "sd"),
        ("tier = 1", "tier = 3", "1 or 2"),
        ('table = "tales"', "", "table"),
        ("sd = 1", "sd = -1", "0 or more"),
        ("sd = 1", "sd = 1\nweight = 1", "not a field"),
        ("observed = 1", 'observed = "1"', "a number"),
        ('source = "report"', "", "source"),
        ("sd = 1", 'sd = 1\nargs = { case = "x" }', "none"),
        ("sd = 1", 'sd = 1\nscale = "log"', "log1p"),
        ('kind = "value"\nsd = 1', 'kind = "at_least"\nslack = 2', "above 0"),
    ],
)
def test_a_wrong_table_is_pointed_at(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        load(tmp_path, GOOD.replace(old, new))
    assert caught.value.field is not None
    assert caught.value.field.startswith("targets.1")
    assert words in str(caught.value)


def test_a_target_cannot_stand_twice(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="twice"):
        load(tmp_path, GOOD + GOOD)


def test_targets_of_one_table_are_of_one_tier(tmp_path: Path) -> None:
    other = GOOD.replace('"one"', '"two"').replace("tier = 1", "tier = 2")
    with pytest.raises(InputError, match="differs"):
        load(tmp_path, GOOD + other)


def test_a_table_without_targets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no targets"):
        load(tmp_path, "[other]\na = 1\n")
