"""The browser's history: address and content agree, and a step makes one entry."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.app.browser.conftest import Visit, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


CONTENTS = {"Lessons": "button.commit", "Why": "ol.stages li"}


def shows(page: Any, tab: str) -> None:
    """Wait until a tab is marked, named by the address and filled."""
    expect(page.locator("nav.tabs button[aria-current]")).to_have_text(tab)
    page.wait_for_url(re.compile(f"tab={tab.lower()}"))
    page.locator(CONTENTS[tab]).first.wait_for()


def go_to(page: Any, tab: str) -> None:
    """Open a tab by its button, and wait for the address."""
    page.get_by_role("button", name=tab, exact=True).click()
    page.wait_for_url(re.compile(f"tab={tab.lower()}"))


def entries(page: Any) -> int:
    return int(page.evaluate("window.history.length"))


def month_of(address: str) -> str:
    """Return the month that an address names, empty if it names none."""
    found = re.search(r"watch\.month=(\d{4}-\d\d)", address)
    return "" if found is None else found[1]


def has_entries(page: Any, number: int) -> None:
    """Wait until the history has a number of entries."""
    page.wait_for_function(f"window.history.length === {number}")


def test_back_and_forward_show_what_the_address_says(visit: Visit) -> None:
    page, sent = visit("?tab=lessons"), list[str]()
    page.on("websocket", lambda one: one.on("framereceived", lambda part: sent.append(str(part))))
    page.reload()
    shows(page, "Lessons")
    before = entries(page)
    go_to(page, "Why")
    shows(page, "Why")
    page.wait_for_url(re.compile(r"why\.event="))
    has_entries(page, before + 1)
    sent.clear()
    page.go_back()
    shows(page, "Lessons")
    # Content, mark and address change in one message, so that they never say different things.
    (patch,) = (text for text in sent if '"children"' in text)
    assert '"active"' in patch
    assert "tab=lessons" in patch
    page.go_forward()
    shows(page, "Why")
    has_entries(page, before + 1)


def test_a_step_within_a_tab_is_gone_back_on(visit: Visit) -> None:
    page = visit("?tab=watch&watch.month=2000-02")
    page.locator("output.when", has_text="February 2000").wait_for()
    before = entries(page)
    for steps, name in enumerate(("Henan", "Hubei"), 1):
        page.get_by_label("Look at").fill(name)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=name).wait_for()
        has_entries(page, before + steps)
    # Months that pass make no entries.
    page.get_by_role("button", name="One month on").click()
    page.wait_for_url(re.compile("watch.month=2000-03"))
    has_entries(page, before + 2)
    page.go_back()
    page.get_by_role("heading", name="Henan").wait_for()
    page.go_back()
    page.get_by_role("heading", name="The region", exact=True).wait_for()
    page.wait_for_url(lambda url: "look" not in url)


def test_a_reload_while_playing_keeps_the_month(visit: Visit) -> None:
    page = visit("?tab=watch&watch.month=2000-01")
    page.locator("output.when", has_text="January 2000").wait_for()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_url(lambda url: month_of(url) >= "2000-04")
    page.reload()
    page.locator("output.when", has_text=re.compile(r"^\w+ \d{4}$")).wait_for()
    assert month_of(page.url) >= "2000-04"
