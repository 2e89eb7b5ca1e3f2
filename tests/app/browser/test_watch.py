from __future__ import annotations

import re
from typing import Any

import pytest

from sim.report.tilemap import KINDS
from tests.app.browser.conftest import (
    LARGE_TYPE,
    SETTLED,
    WIDTHS,
    Visit,
    act_until_shown,
    box_of,
    expect,
    fits,
    widen,
)
from tests.app.serving import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("default")]


NEWS = "ol.happenings"
VISITORS = 3


def when(page: Any) -> str:
    return str(page.locator("output.when").inner_text())


def wait_for(page: Any, text: str) -> None:
    page.locator("output.when", has_text=re.compile(f"^{text}$")).wait_for()


def on_map(page: Any, across: float, down: float) -> tuple[float, float]:
    """Return where in the window a share of the map's width and height is."""
    box = box_of(page.locator(".bk-Canvas, .bk-canvas, canvas").first)
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


def test_play_pause_step_rewind(visit: Visit) -> None:
    page = visit("?watch.speed=5")
    wait_for(page, "January 2000")
    page.get_by_role("button", name="One month on").click()
    wait_for(page, "February 2000")
    page.get_by_role("button", name="Play").click()
    wait_for(page, r"(?!(January|February) 2000)\w+ \d{4}")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()

    def stands() -> bool:
        shown = when(page)
        page.wait_for_timeout(500)
        return when(page) == shown

    # Months that were asked for before may still come; then it stands, well before the last.
    wait_until(stands)
    assert when(page) != "December 2020"
    page.get_by_role("button", name="One month back").click()
    page.get_by_role("button", name="Back to the first month").click()
    wait_for(page, "January 2000")


def test_the_slider_goes_to_any_month_by_keyboard(visit: Visit) -> None:
    page = visit("?watch.month=2000-01")
    wait_for(page, "January 2000")
    page.get_by_label("Month shown").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait_for(page, "March 2000")


def test_a_link_brings_the_same_world_back(visit: Visit) -> None:
    first = visit("?watch.seed=5&watch.month=2000-06&watch.measure=will")
    wait_for(first, "June 2000")
    first.get_by_label("Look at").fill("Guangdong")
    first.keyboard.press("Enter")
    first.get_by_role("heading", name="Guangdong").wait_for()
    first.wait_for_url(re.compile("watch.look=actor"))
    second = visit("?" + first.url.partition("?")[2])
    wait_for(second, "June 2000")
    second.get_by_role("heading", name="Guangdong").wait_for()
    expect(second.locator("input[data-name=seed]")).to_have_value("5")
    expect(second.locator("select[data-name=measure]")).to_have_value("will")
    expect(second.locator(NEWS)).to_have_text(first.locator(NEWS).text_content())


def test_a_click_on_the_map_opens_the_inspector(visit: Visit) -> None:
    page = visit("?watch.month=2000-01")
    wait_for(page, "January 2000")
    # In the middle of South America there is a square.
    x, y = on_map(page, 0.70, 0.66)
    act_until_shown(lambda: page.mouse.click(x, y), page.get_by_text("Will to work with China"))


def test_pointing_tells_ties_and_projects_as_words(visit: Visit) -> None:
    page = visit("?watch.month=2001-06")
    wait_for(page, "June 2001")
    # Even if a name held HTML, it would be shown as it is.
    page.evaluate(
        """() => {
          for (const document of Bokeh.documents)
            for (const model of document._all_models.values())
              if (model.type === "ColumnDataSource" && "holder" in model.data)
                model.data.name.fill("<b>place</b>");
        }"""
    )
    x, y = on_map(page, 0.70, 0.66)
    tip = page.locator(".bk-Tooltip")
    act_until_shown(lambda: page.mouse.move(x, y, steps=3), tip.get_by_text("Ties", exact=True))
    expect(tip.get_by_text("Projects", exact=True)).to_have_count(1)
    expect(tip.get_by_text("<b>place</b>")).to_have_count(1)


def test_what_is_looked_at_and_its_colour_change_while_months_fly_by(visit: Visit) -> None:
    page = visit("?watch.speed=20")
    wait_for(page, "January 2000")
    page.get_by_role("button", name="Play").click()
    looks = {"Guangdong": "deals", "Henan": "will", "Guizhou": "trust", "Hubei": "turnover"}
    for name, measure in looks.items():
        page.get_by_label("Look at").fill(name)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=name).wait_for()
        page.locator("select[data-name=measure]").select_option(measure)
        page.wait_for_url(re.compile(f"watch.measure={measure}"))


def test_another_seed_makes_another_world(visit: Visit) -> None:
    page = visit("?watch.month=2000-08")
    wait_for(page, "August 2000")
    before = page.locator(NEWS).text_content()
    page.locator("input[data-name=seed]").fill("77")
    page.get_by_role("button", name="Restart with this seed").click()
    wait_for(page, "January 2000")
    page.get_by_label("Month shown").focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    wait_for(page, "August 2000")
    expect(page.locator(NEWS)).not_to_have_text(before)


def test_a_seed_that_is_none_is_asked_for_again(visit: Visit) -> None:
    page = visit("?watch.seed=5")
    wait_for(page, "January 2000")
    seed = page.locator("input[data-name=seed]")
    for wrong in ("", "-3"):
        seed.fill(wrong)
        page.get_by_role("button", name="Restart with this seed").click()
        expect(page.locator("input[data-name=seed]:invalid")).to_have_count(1)
        assert "watch.seed=5" in page.url


def test_visitors_at_once_have_worlds_of_their_own(visit: Visit) -> None:
    pages = [visit(f"?watch.seed={seed}&watch.month=2000-06") for seed in range(VISITORS)]
    for page in pages:
        wait_for(page, "June 2000")
    news = [page.locator(NEWS).inner_text() for page in pages]
    assert len(set(news)) == VISITORS
    pages[0].get_by_role("button", name="One month on").click()
    wait_for(pages[0], "July 2000")
    for page in pages[1:]:
        wait_for(page, "June 2000")
    assert [page.locator(NEWS).inner_text() for page in pages[1:]] == news[1:]
    seeds = [page.locator("input[data-name=seed]").input_value() for page in pages]
    assert seeds == [str(seed) for seed in range(VISITORS)]


LABELS = """(size) => {
  const models = Bokeh.documents.flatMap((one) => [...one._all_models.values()]);
  const named = (type, fits) => models.find((one) => one.type === type && fits(one));
  const { data } = named("ColumnDataSource", ({ data }) => data.shown && data.at_x);
  const { x_range, y_range, inner_width } = named("Figure", ({ x_range }) => x_range.bounds);
  const pixels = inner_width / (x_range.bounds[1] - x_range.bounds[0]);
  const pen = document.createElement("canvas").getContext("2d"), boxes = [], faults = [];
  for (const [i, text] of data.shown.entries()) {
    if (!text) continue;
    const high = parseFloat(data.font[i]);
    pen.font = `${data.style[i]} ${data.font[i]} helvetica`;
    const wide = pen.measureText(text).width;
    const left = pixels * (data.at_x[i] - x_range.bounds[0]) - wide / 2;
    const top = pixels * (data.at_y[i] - y_range.bounds[0]) - high / 2;
    if (left < 0 || left + wide > inner_width || top < 0) faults.push(`${text} is cut off`);
    for (const other of boxes)
      if (left < other.left + other.wide && other.left < left + wide
          && top < other.top + other.high && other.top < top + high)
        faults.push(`${text} covers ${other.text}`);
    boxes.push({ text, left, top, wide, high });
  }
  const largest = Math.max(...boxes.map(({ high }) => high));
  if (Math.abs(largest - size) < 0.1 && !faults.length) return boxes.map(({ text }) => text);
}"""
"""The texts on the map, once the largest is so large and none covers another or is cut off."""


@pytest.mark.parametrize("kind", KINDS)
def test_no_label_on_the_map_covers_another(visit: Visit, kind: str) -> None:
    page = visit(f"?lang=es&watch.month=2000-01&watch.view={kind}")
    wait_for(page, "enero de 2000")
    for width in WIDTHS:
        for times in (1.0, 1.4):
            page.evaluate(LARGE_TYPE, times > 1.0)
            widen(page, width)
            size = times * (11 if width > 700 else 8)
            shown = set(page.wait_for_function(LABELS, arg=size).json_value())
            assert {"MEX", "BRA", "ARG", "COL"} <= shown
            # Codes of provinces leave a map on which they could not be read.
            assert times > 1.0 or ("XJ" in shown) == (width > 700)


def test_the_switch_keeps_the_month_and_is_part_of_the_address(visit: Visit) -> None:
    page = visit("?watch.month=2003-06&watch.look=place:AR-Y")
    wait_for(page, "June 2003")
    switch = page.get_by_role("group", name="Kind of map")
    expect(switch.get_by_role("button", name="Map")).to_have_attribute("aria-pressed", "true")
    page.get_by_text("Areas are true to one another").wait_for()
    switch.get_by_role("button", name="Tiles").click()
    page.get_by_text("Each tile is a first-level unit").wait_for()
    page.wait_for_url(re.compile("watch.view=tiles"))
    assert when(page) == "June 2003"
    page.get_by_role("heading", name="Jujuy, Argentina").wait_for()
    second = visit("?" + page.url.partition("?")[2])
    second.get_by_text("Each tile is a first-level unit").wait_for()


def test_the_wheel_zooms_and_two_clicks_show_all(visit: Visit) -> None:
    page = visit("?watch.month=2000-03")
    wait_for(page, "March 2000")
    shown = """() => {
      for (const document of Bokeh.documents)
        for (const model of document._all_models.values())
          if (model.type === "WheelZoomTool")
            for (const range of document._all_models.values())
              if (range.type === "Range1d" && range.bounds) return range.end - range.start;
    }"""
    x, y = on_map(page, 0.7, 0.6)
    corner = on_map(page, 0.05, 0.05)
    every = abs(page.evaluate(shown))
    page.mouse.move(x, y)

    def zooms() -> bool:
        page.mouse.wheel(0, -300)
        page.evaluate(SETTLED)
        return bool(abs(page.evaluate(shown)) < every * 0.9)

    def shows_all() -> bool:
        page.mouse.dblclick(*corner)
        page.evaluate(SETTLED)
        return bool(abs(page.evaluate(shown)) >= every * 0.999)

    wait_until(zooms)
    wait_until(shows_all)


def test_the_page_begins_with_a_story_that_the_keyboard_can_follow(visit: Visit) -> None:
    page = visit()
    card = page.get_by_role("region", name=re.compile("^The story of"))
    going_on = card.get_by_role("button", name="Next", disabled=False)
    going_on.wait_for()
    card.get_by_text("events are documented of").wait_for()
    assert fits(page)
    # Nothing flies by where motion is not wanted: the month of a step is shown at once.
    page.emulate_media(reduced_motion="reduce")
    going_on.press("Enter")
    told, months = card.locator("h2"), []
    while True:
        title = told.inner_text()
        said = str(card.get_by_text("In this run of the model:").locator("..").inner_text())
        dated = re.search(r": (\w+ \d{4}):", said)
        if dated is not None:
            wait_for(page, dated[1])
            months.append(dated[1])
        if card.get_by_role("button", name="Explore this world").is_visible():
            break
        page.keyboard.press("ArrowRight")
        told.filter(has_not_text=title).wait_for()
    assert len(months) > 3
    card.get_by_text("On record:").wait_for()
    page.keyboard.press("Escape")
    again = page.get_by_role("button", name=re.compile("^The story of"))
    expect(again).to_be_focused()
    expect(card).to_be_hidden()
    page.get_by_role("heading", name="Coquimbo, Chile").wait_for()
    page.wait_for_url(lambda url: "watch.story" not in url)


def test_languages_are_a_click_away(visit: Visit) -> None:
    page = visit("?watch.seed=3")
    wait_for(page, "January 2000")
    page.get_by_role("link", name="Español").click()
    page.wait_for_url(re.compile("lang=es"))
    page.locator("input[data-name=seed]").wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.wait_for_url(re.compile("watch.seed=3"))
