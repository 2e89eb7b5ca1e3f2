from __future__ import annotations

import re
from typing import Any

import pytest

from tests.app.browser.conftest import Visit, fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("default")]


def when(page: Any) -> str:
    return str(page.locator("output.when").inner_text())


def wait_for(page: Any, text: str) -> None:
    page.locator("output.when", has_text=re.compile(f"^{text}$")).wait_for()


def test_play_pause_step_rewind(visit: Visit) -> None:
    page = visit("?watch.speed=20")
    wait_for(page, "January 2000")
    page.get_by_role("button", name="One month on").click()
    wait_for(page, "February 2000")
    page.get_by_role("button", name="Play").click()
    page.locator("output.when", has_text="2001").wait_for()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    page.wait_for_timeout(500)
    stopped = when(page)
    page.wait_for_timeout(500)
    assert when(page) == stopped
    page.get_by_role("button", name="One month back").click()
    page.get_by_role("button", name="Back to the first month").click()
    wait_for(page, "January 2000")


def test_the_slider_goes_to_any_month_by_keyboard(visit: Visit) -> None:
    page = visit()
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
    assert second.locator("input[data-name=seed]").input_value() == "5"
    assert second.locator("select[data-name=measure]").input_value() == "will"
    news = "ol.happenings"
    assert second.locator(news).inner_text() == first.locator(news).inner_text()


def test_a_click_on_the_map_opens_the_inspector(visit: Visit) -> None:
    page = visit()
    wait_for(page, "January 2000")
    canvas = page.locator(".bk-Canvas, .bk-canvas, canvas").first
    box = canvas.bounding_box()
    # In the middle of South America there is a square.
    page.mouse.click(box["x"] + box["width"] * 0.70, box["y"] + box["height"] * 0.66)
    page.get_by_text("Will to work with China").wait_for()


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
    box = page.locator(".bk-Canvas, .bk-canvas, canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.70, box["y"] + box["height"] * 0.66)
    tip = page.locator(".bk-Tooltip")
    tip.get_by_text("Ties", exact=True).wait_for()
    assert tip.get_by_text("Projects", exact=True).count() == 1
    assert tip.get_by_text("<b>place</b>").count() == 1


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
    page.get_by_role("button", name="Pause").click()


def test_another_seed_makes_another_world(visit: Visit) -> None:
    page = visit("?watch.month=2000-08")
    wait_for(page, "August 2000")
    before = page.locator("ol.happenings").inner_text()
    page.locator("input[data-name=seed]").fill("77")
    page.get_by_role("button", name="Restart with this seed").click()
    wait_for(page, "January 2000")
    page.get_by_label("Month shown").focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    wait_for(page, "August 2000")
    assert page.locator("ol.happenings").inner_text() != before


def test_twenty_visitors_at_once_have_worlds_of_their_own(visit: Visit) -> None:
    pages = [visit(f"?watch.seed={seed}&watch.month=2000-06") for seed in range(20)]
    for page in pages:
        wait_for(page, "June 2000")
    news = [page.locator("ol.happenings").inner_text() for page in pages]
    assert len(set(news)) == 20
    pages[0].get_by_role("button", name="One month on").click()
    wait_for(pages[0], "July 2000")
    assert [when(page) for page in pages[1:]] == ["June 2000"] * 19
    assert [page.locator("ol.happenings").inner_text() for page in pages[1:]] == news[1:]
    seeds = [page.locator("input[data-name=seed]").input_value() for page in pages]
    assert seeds == [str(seed) for seed in range(20)]


def test_the_page_fits_the_window(visit: Visit) -> None:
    page = visit()
    wait_for(page, "January 2000")
    assert fits(page)


def test_languages_are_a_click_away(visit: Visit) -> None:
    page = visit("?watch.seed=3")
    wait_for(page, "January 2000")
    page.get_by_role("link", name="Español").click()
    page.wait_for_url(re.compile("lang=es"))
    page.locator("input[data-name=seed]").wait_for()
    assert page.evaluate("document.documentElement.lang") == "es"
    assert "watch.seed=3" in page.url
