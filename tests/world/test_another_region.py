"""A world outside the shipped region keeps its own names, and a new one begins from its README."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from calibration.published import carried
from sim.app.labels import labels
from sim.app.language import Language
from sim.app.page import tabs_of
from sim.app.what_if.parameter_sliders import slider_groups
from sim.core.errors import InputError
from sim.report.phrases import caution, phrase, sides_words
from sim.report.tilemap import kinds_of
from sim.scenario.schema import load, suiting
from sim.world import World, check_world, load_world
from sim.world.new_world import OF_RULES, README, STARTS, handbook, starting_files
from sim.world.table_schemas import TABLES

english = Language().text
EXAMPLE = Path(__file__).parents[2] / "examples" / "ethiopia-ghana-kenya"


@pytest.fixture(scope="module")
def example() -> World:
    return check_world(EXAMPLE)


def test_the_example_marks_what_it_invents() -> None:
    for path in EXAMPLE.glob("*.csv"):
        with path.open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                told = [text for name, text in row.items() if name.endswith("source")]
                words = ("illustration", "invented", "general knowledge", "shipped world")
                assert path.stem == "grid" or any(w in t for w in words for t in told), (path, row)
    assert "illustration" in (EXAMPLE / README).read_text(encoding="utf-8")


def test_another_region_has_its_name_and_no_calibration(example: World) -> None:
    assert "Ethiopia, Ghana and Kenya" in sides_words(example)
    assert not example.is_shipped
    assert caution(example.digest) == phrase("card.elsewhere")
    assert caution(load_world().digest) != phrase("card.elsewhere")
    assert not {"lessons", "cases"} & set(tabs_of(example))
    # Each reason for which no draws are taken has its words on the page.
    reason = carried(20, example).source["fixed_because"]
    assert "nothing is calibrated" in labels("certainty", english)[reason]
    assert kinds_of(example) == ("tiles",)
    (marks,) = {
        lever["source"]
        for group in slider_groups(english, fitted=example.is_shipped)
        for lever in group["levers"]
    }
    assert marks == "The default is that of the shipped world."
    assert load_world().side("region") == "Latin America and the Caribbean"


def test_a_region_without_a_name_is_called_by_its_countries(tmp_path: Path) -> None:
    for path in EXAMPLE.glob("*.csv"):
        if path.stem != "sides":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    world = load_world(tmp_path)
    assert world.side("region") == "Ethiopia, Ghana, Kenya"
    assert world.side("sender") == "the sender"


def test_a_scenario_of_places_says_which_suit_instead(example: World) -> None:
    with pytest.raises(InputError) as caught:
        load("hostile-president", example)
    assert caught.value.message == (
        "the scenario 'hostile-president' needs a world with AR-Y, BR-SP, ARG, BRA"
    )
    assert "austerity, baseline" in str(caught.value.allowed)
    assert "jujuy" not in suiting(example)
    assert "jujuy" in suiting(load_world())


def test_readme_tells_of_every_column_and_rule() -> None:
    text = handbook()
    for table in TABLES.values():
        part = text.split(f"\n## {table.name}.csv\n")[1].split("\n## ")[0]
        for column in table.fields:
            assert f"| `{column.name}` |" in part
            assert column.in_words() in part
        rules = [table.complete, table.ordered, table.differ, table.spans, table.levels]
        several = (table.key, *table.unique, *table.each, *table.given)
        stated = [bool(rule) for rule in (*rules, table.ascending, table.every_year)]
        assert part.count("\n- ") == sum(stated) + len(several), table.name


@pytest.mark.parametrize("start", STARTS)
def test_a_new_world_tells_at_once_what_it_lacks(start: str, tmp_path: Path) -> None:
    files = starting_files(start)
    assert set(files) == {README, *(f"{name}.csv" for name in TABLES)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    if start == "lac":
        assert load_world(tmp_path).is_shipped
        return
    with pytest.raises(InputError) as caught:
        check_world(tmp_path)
    wrong = {Path(str(error.file)).stem for error in caught.value.errors}
    needed = {name for name, table in TABLES.items() if not table.may_be_empty}
    assert needed - set(STARTS[start]) <= wrong
    assert not wrong & {*STARTS[start], *OF_RULES}


def test_only_the_shipped_countries_are_multiplied() -> None:
    with pytest.raises(InputError, match="times"):
        starting_files("empty", 2)
