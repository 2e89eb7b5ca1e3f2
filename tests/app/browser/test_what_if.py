"""The tab What if in a browser: sliders by keyboard, shared links, files, foreign words."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from sim.app.what_if.experiment import Experiment, from_toml, to_address
from sim.core.parameters import PARAMETERS
from sim.world import World
from tests.app.browser.conftest import Visit, box_of, expect, fits
from tests.app.serving import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOREIGN = "<img src=x onerror=\"document.title='taken'\">"
MEANING = PARAMETERS["turnover.fade"].meaning
LEVER = "input[type=range][data-name='turnover.fade']"


@pytest.fixture
def short(world: World) -> Experiment:
    """Return an experiment of three years, so that its runs take little."""
    return from_toml(b'extends = "baseline"\nend = "2002-12"\n', world)


def address(experiment: Experiment) -> str:
    fields = {f"what_if.{key}": value for key, value in to_address(experiment).items()}
    return "?" + urlencode({"tab": "what_if", **fields})


def finished(page: Any) -> None:
    page.get_by_text("100 pairs of runs.", exact=True).wait_for()


def fade_to(value: str) -> re.Pattern[str]:
    """Return what says that the lever was moved to a value from where it is calibrated."""
    return re.compile(rf"{re.escape(MEANING[:-1])}: .+ to {re.escape(value)}")


def headline(page: Any) -> Any:
    return page.locator(".headline").first


def settled(page: Any, part: str) -> None:
    """Wait until the browser's address holds a text."""
    page.wait_for_url(re.compile(re.escape(part)))


def test_levers_scroll_with_the_page_and_stay_beside_the_result(visit: Visit) -> None:
    page = visit("?lang=en&tab=what_if")
    page.get_by_text("100 pairs of runs.").wait_for()
    expect(page.locator(".controls")).to_have_css("overflow-y", "visible")
    page.mouse.move(1000, 600)
    page.mouse.wheel(0, 900)
    expect(page.get_by_role("button", name="More: scenarios")).to_be_in_viewport()
    expect(page.locator(".said")).to_be_in_viewport()
    page.get_by_role("slider", name="Decentralization").focus()
    expect(page.get_by_role("slider", name="Decentralization")).to_be_in_viewport()


def test_the_tab_opens_on_a_finished_comparison_with_a_few_levers(visit: Visit) -> None:
    page = visit("?tab=what_if")
    finished(page)
    expect(headline(page)).to_have_text(re.compile("^Deals formed: "))
    levers = page.locator("input[type=range]:visible")
    levers.nth(5).wait_for()
    assert levers.count() <= 8
    effect = page.locator(".effect").filter(has_text="Deals formed: ")
    effect.wait_for()
    row = page.locator(".lever.changed")
    expect(row).to_have_count(1)
    row.get_by_role("button", name=re.compile("^Set back")).click()
    page.get_by_text("Nothing is changed yet").wait_for()
    # What is set back stays so: the address does not bring the first comparison again.
    settled(page, "what_if.s=baseline")
    levers.nth(1).press("End")
    page.get_by_text(re.compile("^Turnover: .+ to 6$")).wait_for()
    finished(page)
    expect(row.locator(".effect")).to_have_text(re.compile("^Deals formed: "))
    page.get_by_role("button", name=re.compile("^More: ")).click()
    page.get_by_role("button", name="Add an intervention").wait_for()


def test_a_slider_moved_by_keyboard_gives_a_result(visit: Visit, short: Experiment) -> None:
    page = visit(address(short))
    finished(page)
    expect(headline(page)).to_have_text(re.compile("^Nothing is changed yet"))
    lever = page.locator(LEVER)
    page.get_by_label(PARAMETERS["turnover.fade"].meaning).first.wait_for()
    lever.focus()
    before = float(lever.input_value())
    for _ in range(3):
        lever.press("ArrowRight")
        moved = lever.input_value()
        settled(page, f"turnover.fade%3A{moved}")
    assert float(moved) == pytest.approx(before + 0.03, abs=0.005)
    page.get_by_text(fade_to(moved)).wait_for()
    finished(page)
    expect(headline(page)).to_have_text(re.compile("^Deals formed"))
    page.get_by_role(
        "button", name=re.compile(r"^Set back: calibrated: \S+, turnover\.fade")
    ).click()
    page.get_by_text("Nothing is changed yet").wait_for()
    page.wait_for_url(lambda url: "turnover" not in url)


def test_the_result_follows_a_slider_in_the_hand(visit: Visit, short: Experiment) -> None:
    page = visit(address(short))
    finished(page)
    lever = page.locator(LEVER)
    lever.scroll_into_view_if_needed()
    box = box_of(lever)
    middle, begun = box["y"] + box["height"] / 2, page.url
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for share in (0.6, 0.7, 0.8):
        page.mouse.move(box["x"] + share * box["width"], middle)
        held = lever.input_value()
        page.get_by_text(fade_to(held)).wait_for()
        assert lever.input_value() == held
    assert page.url == begun
    page.mouse.up()
    settled(page, f"turnover.fade%3A{held}")


def test_every_slider_stands_where_its_box_says(visit: Visit, short: Experiment) -> None:
    page = visit(address(short.with_parameter("turnover.fade", 0.62345)))
    lever = page.locator(LEVER)
    lever.wait_for(state="attached")
    sliders = page.locator("input[type=range][data-name]")
    stands = dict(
        sliders.evaluate_all("all => all.map((one) => [one.dataset.name, one.valueAsNumber])")
    )
    wanted = {name: entry.default for name, entry in PARAMETERS.items()}
    assert stands == wanted | {"turnover.fade": 0.62345}
    # A key goes on to a whole number of steps, and no further than the default beyond it.
    assert [pressed(lever, key) for key in ("ArrowRight", "ArrowLeft", "Home", "End")] == [
        "0.63",
        "0.62",
        "0",
        "1",
    ]
    rate = page.locator("input[type=range][data-name='recognition.switch_rate']")
    assert [pressed(rate, key) for key in ("ArrowLeft", "ArrowRight", "ArrowRight")] == [
        "0.002",
        "0.0025",
        "0.004",
    ]


def pressed(lever: Any, key: str) -> str:
    """Return where a slider stands after a key."""
    lever.evaluate(
        "(one, key) => one.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }))",
        key,
    )
    return str(lever.input_value())


def test_a_link_shares_the_experiment(visit: Visit, short: Experiment, world: World) -> None:
    change = {"month": "2001-01", "kind": "authority", "country": "CHL", "change": 0.3}
    given = short.with_parameter("turnover.fade", 0.9).with_interventions([change], world)
    first = visit(address(given.with_settings(outcome="trust").with_settings(seed=77)))
    finished(first)
    first.locator(LEVER).fill("0.8")
    settled(first, "turnover.fade%3A0.8")
    first.get_by_text(fade_to("0.8;")).wait_for()
    finished(first)
    second = visit("?" + urlsplit(first.url).query)
    second.get_by_text(fade_to("0.8;")).wait_for()
    finished(second)
    wait_until(lambda: headline(second).text_content() == headline(first).text_content())
    expect(headline(second)).to_have_text(re.compile("^Trust"))
    expect(second.get_by_label("Seed")).to_have_value("77")
    expect(second.locator(LEVER)).to_have_value("0.8")
    expect(second.locator("ol li")).to_contain_text("Country: Chile, Change by: 0.3")
    wait_until(lambda: parse_qs(second.url) == parse_qs(first.url))


def test_an_intervention_is_added_corrected_and_removed(visit: Visit, short: Experiment) -> None:
    page = visit(address(short))
    page.get_by_role("button", name="Add an intervention").click()
    page.get_by_label("What happens").select_option("authority")
    form = page.locator("form")
    form.locator("[name=country]").select_option("CHL")
    form.locator("[name=month]").fill("2001-06")
    page.get_by_role("button", name="Apply").click()
    # The schema wants a value or a change.
    told = form.get_by_role("alert")
    told.filter(has_text="Give exactly one of these: Value, Change by.").wait_for()
    # What was wrong with another kind is gone with its fields.
    page.get_by_label("What happens").select_option("governor")
    expect(form.locator(".error")).to_be_empty()
    page.get_by_label("What happens").select_option("authority")
    form.locator("[name=country]").select_option("CHL")
    form.locator("[name=month]").fill("2001-06")
    form.locator("[name=change]").fill("0.2")
    form.locator("[name=note]").fill(FOREIGN)
    page.get_by_role("button", name="Apply").click()
    line = page.locator("ol li").filter(has_text="Change by: 0.2")
    expect(line).to_contain_text(FOREIGN)
    line.get_by_role("button", name="Edit").click()
    expect(form.locator("[name=month]")).to_have_value("2001-06")
    form.locator("[name=change]").fill("-0.2")
    page.get_by_role("button", name="Apply").click()
    line = page.locator("ol li").filter(has_text="Change by: -0.2")
    line.wait_for()
    line.get_by_role("button", name="Remove").click()
    page.get_by_text("Nothing changes in the middle of the run.").wait_for()
    expect(page.get_by_role("button", name="Add an intervention")).to_be_focused()


def test_a_place_is_searched_by_its_name(visit: Visit, short: Experiment) -> None:
    page = visit(address(short))
    page.get_by_role("button", name="Add an intervention").click()
    page.get_by_label("What happens").select_option("governor")
    form = page.locator("form")
    place = form.locator("[name=locality]")
    wait_until(lambda: place.evaluate("one => one.list.options.length") > 500)
    place.fill("chile: Coquimbo")
    form.locator("[name=will]").fill("0.9")
    form.get_by_text("(needed unless you give: Country)").wait_for()
    page.get_by_role("button", name="Apply").click()
    line = page.locator("ol li").filter(has_text="Coquimbo")
    line.wait_for()
    line.get_by_role("button", name="Edit").click()
    expect(place).to_have_value("Chile: Coquimbo")
    place.fill("Nowhere")
    page.get_by_role("button", name="Apply").click()
    form.get_by_role("alert").filter(has_text="the world has no").wait_for()
    place.fill("argentina: rosario (city)")
    page.get_by_role("button", name="Apply").click()
    line = page.locator("ol li").filter(has_text="Locality: Argentina: Rosario (city)")
    line.get_by_role("button", name="Edit").click()
    expect(place).to_have_value("Argentina: Rosario (city)")


def test_foreign_words_stay_words(visit: Visit, short: Experiment, world: World) -> None:
    change = {"month": "2001-01", "kind": "governor", "locality": "CL-CO", "will": 0.9}
    given = short.with_settings(title=FOREIGN).with_interventions(
        [change | {"note": FOREIGN, "name": FOREIGN}], world
    )
    page = visit(address(given))
    finished(page)
    expect(page.get_by_label("Title of your scenario")).to_have_value(FOREIGN)
    expect(page.locator("ol li")).to_contain_text(FOREIGN)
    assert page.locator("img").count() == 0
    assert page.title() == "Paradiplomacy"


def test_files_can_be_taken_away_and_loaded(
    visit: Visit, short: Experiment, tmp_path: Path, world: World
) -> None:
    given = short.with_parameter("turnover.fade", 0.9).with_settings(title=FOREIGN)
    page = visit(address(given))
    finished(page)
    kept: dict[str, Path] = {}
    for label in (
        "Table (CSV)",
        "Figure (PNG)",
        "Figure (SVG)",
        "Report (HTML)",
        "Scenario (TOML)",
    ):
        with page.expect_download() as expected:
            page.get_by_text(label, exact=True).click()
        kept[label] = tmp_path / expected.value.suggested_filename
        expected.value.save_as(kept[label])
    with kept["Table (CSV)"].open(encoding="utf-8", newline="") as stream:
        assert {row["of"] for row in csv.DictReader(stream)} == {"region", "locality", "month"}
    assert kept["Figure (PNG)"].read_bytes().startswith(b"\x89PNG")
    assert kept["Figure (SVG)"].read_bytes().startswith(b"<?xml")
    report = kept["Report (HTML)"].read_text(encoding="utf-8")
    assert "&lt;img src=x" in report
    assert "<img src=x" not in report
    scenario = kept["Scenario (TOML)"]
    assert from_toml(scenario.read_bytes(), world).scenario == given.scenario
    other = visit("?tab=what_if")
    other.get_by_role("button", name=re.compile("^More: ")).click()
    other.get_by_label("Load a scenario file (TOML)").set_input_files(scenario)
    settled(other, "turnover.fade%3A0.9")
    expect(other.get_by_label("Title of your scenario")).to_have_value(FOREIGN)


def test_a_file_that_is_no_scenario_is_refused_in_words(visit: Visit, tmp_path: Path) -> None:
    page = visit("?tab=what_if")
    page.get_by_role("button", name=re.compile("^More: ")).click()
    field = page.get_by_label("Load a scenario file (TOML)")
    for content, words in (
        (b'extends = "/etc/passwd.toml"\n', "there is no shipped scenario"),
        (b"x" * 70_000, "too large"),
    ):
        file = tmp_path / "<b>evil.toml"
        file.write_bytes(content)
        field.set_input_files(file)
        page.locator(".notice").filter(has_text=words).wait_for()
    assert page.locator(".notice b").count() == 0


def test_nothing_sticks_out_sideways(visit: Visit, short: Experiment) -> None:
    page = visit(address(short.with_parameter("turnover.fade", 0.9)))
    finished(page)
    assert fits(page)
