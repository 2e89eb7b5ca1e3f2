"""The tab Lessons in a browser: from a guess to its explanation, sheets, other languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.app.browser.conftest import PATIENCE, SIDEWAYS, Visit, expect, fits

pytestmark = pytest.mark.browser


def guess(page: Any, number: int) -> None:
    """Commit to a guess."""
    page.locator("fieldset input").nth(number).check()
    page.locator("button.commit").click()


def test_nothing_runs_before_a_guess_is_made(visit: Visit) -> None:
    page = visit("?tab=lessons&lessons.lesson=turnover")
    page.locator("button.commit").click()
    page.get_by_text("Choose an answer first.").wait_for()
    assert not page.get_by_text("What the runs show").is_visible()
    assert "lessons.guess" not in page.url


def test_a_lesson_leads_from_prediction_to_explanation(visit: Visit) -> None:
    page = visit("?tab=lessons&lessons.lesson=decentralization")
    guess(page, 1)
    page.locator(".verdict").wait_for()
    expect(page.locator(".verdict")).to_have_text("It goes the other way.")
    page.wait_for_url(re.compile(r"lessons\.guess=1"))
    rows = page.locator("tbody tr")
    rows.nth(2).wait_for()
    expect(rows.first).to_contain_text(re.compile(r"\d+\s%"))
    expect(page.locator("label.right")).to_have_count(1)
    expect(page.locator("fieldset input").first).to_be_disabled()
    page.locator("button.again").click()
    page.locator("button.commit").wait_for()
    expect(page.locator(".verdict")).to_have_count(0)


def test_a_link_brings_lesson_and_guess_back(visit: Visit) -> None:
    page = visit("?tab=lessons&lessons.lesson=shock&lessons.guess=2")
    page.locator(".verdict").wait_for()
    page.locator("h2", has_text="Policy shock").first.wait_for()
    expect(page.locator(".verdict")).not_to_be_empty()
    expect(page.locator("fieldset input").nth(2)).to_be_checked()


def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = visit("?tab=lessons")
    page.locator("nav li button", has_text="Coordination").focus()
    page.keyboard.press("Enter")
    page.locator("h2", has_text="Coordination").wait_for()
    page.locator("fieldset input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".verdict").wait_for()


@pytest.mark.parametrize(
    ("language", "label", "title"),
    [
        ("en", "Exercise sheet to print", "Exercise sheet: Policy shock: the money stops"),
        (
            "es",
            "Hoja de ejercicios para imprimir",
            "Hoja de ejercicios: Choque de política: se acaba el dinero",
        ),
    ],
)
def test_the_sheet_prints_by_itself(
    visit: Visit, tmp_path: Path, language: str, label: str, title: str
) -> None:
    page = visit(f"?tab=lessons&lang={language}&lessons.lesson=shock")
    with page.expect_download() as download:
        page.get_by_text(label).click()
    file = tmp_path / "sheet.html"
    download.value.save_as(file)
    sheet = page.context.browser.new_page(viewport={"width": 794, "height": 1123})
    sheet.set_default_timeout(PATIENCE)
    try:
        sheet.goto(file.as_uri())
        assert sheet.title() == title
        sheet.emulate_media(media="print")
        assert sheet.evaluate(SIDEWAYS) == 0
        pdf = sheet.pdf(prefer_css_page_size=True)
    finally:
        sheet.close()
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 3


def test_a_lesson_in_spanish(visit: Visit) -> None:
    page = visit("?tab=lessons&lang=es&lessons.lesson=champions")
    page.locator("h2", has_text="Impulsores").wait_for()
    guess(page, 0)
    page.locator(".verdict").wait_for()
    # Which of them is a matter of the model; that it is told in Spanish is not.
    right = re.compile("Su predicción fue correcta|Acertó la dirección, pero no el tamaño")
    expect(page.locator(".verdict")).to_have_text(right)
    page.get_by_text("Nota para docentes", exact=True).click()
    page.get_by_text("Comparar la iniciativa de ambas partes.").wait_for()
    for word in ("Predict", "Explain", "Sources", "Version"):
        expect(page.get_by_text(re.compile(rf"\b{word}\b"))).to_have_count(0)


def test_the_page_fits_its_window(visit: Visit) -> None:
    page = visit("?tab=lessons&lang=pt&lessons.lesson=decentralization&lessons.guess=1")
    page.locator(".verdict").wait_for()
    assert fits(page)
