from __future__ import annotations

import re

import pytest

from tests.app.browser.conftest import Visit, expect, fits

pytestmark = pytest.mark.browser


def test_record_and_runs_of_both_places_are_shown(visit: Visit) -> None:
    page = visit("?tab=cases")
    page.get_by_text("What the runs make of it").nth(1).wait_for()
    page.get_by_text(re.compile(r"Numbers in \d+ runs")).nth(1).wait_for()
    lists = page.locator("summary", has_text="The record as a list")
    expect(lists).to_have_count(2)
    lists.first.click()
    page.locator("details[open] li").nth(3).wait_for()
    source = page.locator("details[open] li small").first
    expect(source).to_contain_text("report")
    # Sources are cited in English on a page in any language.
    expect(source).to_have_attribute("lang", "en")
    page.locator("table").nth(1).wait_for()


def test_an_exchange_is_shown_before_anything_is_chosen(visit: Visit) -> None:
    page = visit("?tab=cases")
    expect(page.get_by_label("Authority of Jujuy")).to_be_checked()
    page.get_by_text(re.compile(r"\d+ paired runs")).wait_for()
    page.wait_for_url(re.compile(r"cases\.give=authority"))


def test_a_cause_is_exchanged_and_the_address_follows(visit: Visit) -> None:
    page = visit("?tab=cases")
    page.get_by_label("All three at once").check()
    page.get_by_text(re.compile(r"\d+ paired runs")).wait_for()
    page.get_by_text("Deals in", exact=False).first.wait_for()
    page.wait_for_url(re.compile(r"cases\.give=all"))


def test_a_link_brings_places_and_exchange_back(visit: Visit) -> None:
    page = visit("?tab=cases&cases.a=BR-SP&cases.b=AR-Y&cases.to=a&cases.give=authority")
    expect(page.get_by_label("Authority of Jujuy")).to_be_checked()
    expect(page.locator("h2", has_text="São Paulo, Brazil")).to_have_count(1)


def test_a_place_leads_to_a_run_of_it(visit: Visit) -> None:
    page = visit("?tab=cases")
    page.get_by_role("button", name="Follow one run of Coquimbo").click()
    page.wait_for_url(re.compile(r"tab=why.*why\.place=CL-CO"))


def test_the_page_fits_its_window(visit: Visit) -> None:
    page = visit("?tab=cases&cases.give=will")
    page.get_by_text(re.compile(r"\d+ paired runs")).wait_for()
    assert fits(page)
