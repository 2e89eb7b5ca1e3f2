from __future__ import annotations

import re
from typing import Any

import pytest

from tests.app.browser.conftest import Visit, act_until_shown, box_of, expect, fits

pytestmark = pytest.mark.browser
LINK = "?tab=why&why.scenario=jujuy&why.place=AR-Y&why.seed=2020&why.run=0"

MARK = """number => {
  for (const document of Bokeh.documents) {
    const figure = document.get_model_by_name("life");
    if (figure == null) continue;
    const view = Bokeh.index.find_one(figure);
    const source = figure.renderers.at(-1).data_source;
    const box = view.canvas_view.el.getBoundingClientRect();
    return [
      box.x + view.frame.x_scale.compute(source.get("x")[number]),
      box.y + view.frame.y_scale.compute(source.get("y")[number]),
    ];
  }
}"""
"""Return where the middle of an event's mark is in the window."""


def opened(visit: Visit, query: str = LINK) -> Any:
    page = visit(query)
    page.locator("ol.stages li").first.wait_for()
    return page


def test_a_deal_is_told_by_its_stages(visit: Visit) -> None:
    page = opened(visit)
    expect(page.get_by_text("The deal was formed in")).to_have_count(1)
    page.locator("ol.stages li.done").nth(6).wait_for()
    page.locator("summary", has_text="The whole story as a list").click()
    page.locator("details[open] li").nth(5).wait_for()


def test_a_cause_is_gone_back_to_and_the_link_shared(visit: Visit) -> None:
    page = opened(visit)
    shown = page.locator("[role=status] h3")
    shown.wait_for()
    before = page.locator("[role=status] p").inner_text()
    page.get_by_text("Because of").wait_for()
    begun = page.url
    page.get_by_role("button", name=re.compile(r"^\d{4}-\d{2} ")).first.click()
    told = page.locator("[role=status] p").filter(has_not_text=before)
    told.wait_for()
    after = told.inner_text()
    page.wait_for_url(lambda url: url != begun and "event" in url)
    other = opened(visit, "?" + page.url.split("?", 1)[1])
    other.locator("[role=status] p").filter(has_text=after).wait_for()
    assert fits(other)


def test_one_event_after_the_other(visit: Visit) -> None:
    page = opened(visit)
    button = page.get_by_role("button", name="Event before")
    told = page.locator("[role=status]", has=page.locator("h3"))
    told.wait_for()
    for _ in range(8):
        before = told.inner_text()
        button.click()
        told.filter(has_not_text=re.compile(rf"^\s*{re.escape(before)}\s*$")).wait_for()


def test_an_event_is_clicked_on_the_timeline(visit: Visit) -> None:
    page = opened(visit)
    page.locator("[role=status] h3").wait_for()
    before = page.locator("[role=status] h3").inner_text()
    box_of(page.locator("canvas").first)
    shown = page.locator("[role=status] h3").filter(has_not_text=before)
    act_until_shown(lambda: page.mouse.click(*page.evaluate(MARK, 0)), shown)


def test_two_that_never_met_are_told_so(visit: Visit) -> None:
    page = opened(visit, "?tab=why&why.scenario=coquimbo&why.place=CL-CO")
    page.get_by_label("What", exact=True).select_option(label="Anhui")
    page.get_by_text("In this run Anhui and Coquimbo never met.").wait_for()
    expect(page.locator("ol.stages li.done")).to_have_count(0)


def test_another_scenario_is_set_beside(visit: Visit) -> None:
    page = opened(visit)
    page.get_by_label("Set beside").select_option(label="Governors change twice as fast")
    page.get_by_text("Set beside “Governors change twice as fast”").wait_for()
    page.wait_for_url(re.compile(r"why\.beside=high-turnover"))


def test_text_of_a_link_is_never_html(visit: Visit) -> None:
    page = visit("?tab=why&why.place=%3Cimg%20src%3Dx%3E&why.what=%3Cscript%3E")
    page.locator("ol.stages li").first.wait_for()
    assert page.locator("img[src=x]").count() == 0
