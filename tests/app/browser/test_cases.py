from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]
PATIENCE = 120_000
"""Milliseconds: a busy machine compiles the engine first."""


def sideways(page: Any) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def test_record_and_runs_of_both_places_are_shown(visit: Visit) -> None:
    page = visit("?tab=cases")
    page.get_by_text("What the runs make of it").nth(1).wait_for(timeout=PATIENCE)
    lists = page.locator("summary", has_text="The record as a list")
    assert lists.count() == 2
    lists.first.click()
    assert page.locator("details[open] li").count() > 3
    assert "report" in page.locator("details[open] li small").first.inner_text()
    page.get_by_text(re.compile(r"Numbers in \d+ runs")).nth(1).wait_for(timeout=PATIENCE)
    assert page.locator("table").count() >= 2


def test_a_cause_is_exchanged_and_the_address_follows(visit: Visit) -> None:
    page = visit("?tab=cases")
    page.get_by_label("All three at once").check(timeout=PATIENCE)
    page.get_by_text(re.compile(r"\d+ paired runs")).wait_for(timeout=PATIENCE)
    page.get_by_text("Deals in", exact=False).first.wait_for()
    page.wait_for_url(re.compile(r"cases\.give=all"))


def test_a_link_brings_places_and_exchange_back(visit: Visit) -> None:
    page = visit("?tab=cases&cases.a=BR-SP&cases.b=AR-Y&cases.to=a&cases.give=authority")
    page.get_by_label("Authority of Jujuy").wait_for(timeout=PATIENCE)
    assert page.get_by_label("Authority of Jujuy").is_checked()
    assert page.locator("h2", has_text="São Paulo, Brazil").count() == 1


def test_a_place_leads_to_a_run_of_it(visit: Visit) -> None:
    page = visit("?tab=cases")
    page.get_by_role("button", name="Follow one run of Coquimbo").click(timeout=PATIENCE)
    page.wait_for_url(re.compile(r"tab=why.*why\.place=CL-CO"), timeout=PATIENCE)


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_page_fits_its_window(visit: Visit, width: int) -> None:
    page = visit("?tab=cases&cases.give=will", width=width)
    page.get_by_text(re.compile(r"\d+ paired runs")).wait_for(timeout=PATIENCE)
    assert sideways(page) <= 0
