"""A teacher and two students in a browser, from the code to the answer and the sheet to keep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.app.browser.conftest import Visit, expect, fits
from tests.app.browser.test_accessibility import axe, serious

__all__ = ["axe"]

pytestmark = pytest.mark.browser


def test_two_phones_predict_and_see_the_answer(
    visit: Visit, server: str, tmp_path: Path, axe: str
) -> None:
    lessons = visit("?tab=lessons&lessons.lesson=shock")
    with lessons.expect_popup() as opened:
        lessons.get_by_role("link", name="Start a class").click()
    teacher = opened.value
    teacher.get_by_role("button", name="Start a class").click()
    code = teacher.locator(".letters").inner_text()
    teacher.locator(".join svg path").first.wait_for(state="attached")
    # The page listens on this machine alone, which the teacher is told.
    teacher.get_by_text("Only this computer can open that address.").wait_for()
    phones = [joined(lessons, server, code, language) for language in ("en", "es")]
    teacher.get_by_text("2 students have joined.").wait_for()
    teacher.keyboard.press("Tab")
    teacher.get_by_role("button", name="Open the question").press("Enter")
    for number, phone in enumerate(phones):
        phone.locator("fieldset input").nth(number).check()
        phone.locator("button[value=predict]").press("Enter")
    teacher.get_by_text("2 predictions are in.").wait_for()
    teacher.get_by_role("button", name="Close the question").press("Enter")
    # A reload, as of a phone that slept, loses nothing.
    phones[0].reload()
    phones[0].get_by_text("Your prediction").wait_for()
    teacher.get_by_role("button", name="Show the model’s answer").press("Enter")
    teacher.get_by_text("What the runs show").wait_for()
    for page in (teacher, *phones):
        page.locator(".bars .right").wait_for()
        assert serious(page, axe) == []
        assert fits(page)
    expect(phones[0].locator(".verdict")).not_to_be_empty()
    first = kept(teacher, tmp_path)
    assert "95\u00a0% interval" in first
    assert_seen_in_forced_colours(teacher)
    teacher.get_by_role("button", name="End the class").click()
    phones[0].get_by_role("heading", name="The class has ended.").wait_for()
    expect(phones[0].locator("input[name=code]")).to_have_value("")
    # An end pressed too early loses nothing.
    teacher.get_by_role("button", name="Start a class").wait_for()
    assert kept(teacher, tmp_path) == first
    for page in (teacher, *phones):
        page.close()


def kept(teacher: Any, folder: Path) -> str:
    """Return the sheet of results that a teacher keeps."""
    with teacher.expect_download() as download:
        teacher.get_by_role("button", name="Keep the results").click()
    download.value.save_as(folder / "class.html")
    return (folder / "class.html").read_text(encoding="utf-8")


def assert_seen_in_forced_colours(teacher: Any) -> None:
    """Check that a phone can read the code and an eye find the answer in a dark scheme."""
    teacher.emulate_media(forced_colors="active", color_scheme="dark")
    expect(teacher.locator(".join svg")).to_have_css("background-color", "rgb(255, 255, 255)")
    border = "all => all.map((one) => getComputedStyle(one).borderLeftColor)"
    right = teacher.locator(".bars .right").evaluate_all(border)
    assert right[0] not in teacher.locator(".bars li:not(.right)").evaluate_all(border)
    teacher.emulate_media(forced_colors="none", color_scheme="light")


def joined(page: Any, server: str, code: str, language: str) -> Any:
    """Return a phone's page that has joined: in English by typing the code, else by its link."""
    phone = page.context.new_page()
    phone.set_viewport_size({"width": 390, "height": 800})
    if language == "en":
        phone.goto(f"{server}join?lang=en")
        phone.locator("input[name=code]").fill(code.lower())
        phone.keyboard.press("Enter")
    else:
        phone.goto(f"{server}join?lang={language}#{code.replace(' ', '')}")
    phone.locator("h2").wait_for()
    return phone
