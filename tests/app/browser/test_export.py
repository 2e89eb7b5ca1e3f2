"""An exported file plays from disk, with no network, by mouse, keyboard and in three languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.app.export import lever_design
from sim.app.export.exported_page import world_page, write_page
from sim.app.export.lever_design import lever_columns, lever_page
from sim.app.export.run_recorder import RunRecorder
from sim.app.what_if.paired_trial import FIXED
from sim.scenario.schema import load
from sim.world import World
from tests.app.browser.conftest import PATIENCE, expect, fits
from tests.app.browser.test_accessibility import axe, serious
from tests.app.export.test_exported_page import data_of

__all__ = ["axe"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def opened(browser: Any, file: Path, asked: list[str], **options: Any) -> Any:
    """Open a file in a window without a network; what it asks for or complains of is kept."""
    context = browser.new_context(offline=True, **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector("#page:not([hidden])")
    return page


def assert_fits(browser: Any, file: Path) -> None:
    """Check that a file fits into every window, with rules that let the test wait on its page."""
    page = opened(browser, file, [], bypass_csp=True)
    assert fits(page)
    page.context.close()


def test_a_world_plays_from_disk(browser: Any, world: World, tmp_path: Path, axe: str) -> None:
    recorder = RunRecorder(load("jujuy", world).with_overrides(end="2001-12"), world)
    recorder.record()
    file = tmp_path / "world.html"
    asked: list[str] = []
    write_page(file, world_page([recorder]))
    page = opened(browser, file, asked)
    when = page.locator("#when")
    expect(when).to_have_text("January 2000")
    page.focus("#slider")
    page.keyboard.press("ArrowRight")
    expect(when).to_have_text("February 2000")
    page.click("#play")
    expect(when).to_have_text("December 2001")
    page.locator("#news li").nth(5).wait_for()
    page.fill("#find", "Guangdong")
    page.dispatch_event("#find", "change")
    expect(page.locator("#story h2")).to_have_text("Guangdong")
    page.locator("#story li").first.wait_for()
    page.select_option("#kind", "tiles")
    expect(page.locator("#kind option:checked")).to_have_text("Tiles")
    page.locator("path.mark[d^='M']").wait_for(state="attached")
    page.fill("#find", "PowerChina")
    page.dispatch_event("#find", "change")
    expect(page.locator("#story h2")).to_have_text("PowerChina")
    page.click("#story dl button.link")
    expect(page.locator("#story h2")).to_have_text("Beijing")
    page.locator("#story td button.link", has_text="PowerChina").wait_for()
    page.select_option("#language", "es")
    expect(when).to_have_text("diciembre de 2001")
    page.emulate_media(forced_colors="active", color_scheme="dark")
    expect(page.locator("#map svg")).to_have_css("forced-color-adjust", "none")
    expect(page.locator("#map svg")).to_have_css("background-color", "rgb(255, 255, 255)")
    page.emulate_media(forced_colors="none", color_scheme="light")
    assert serious(page, axe) == []
    assert asked == [file.as_uri()]
    page.context.close()
    assert_fits(browser, file)


def test_levers_move_from_disk(
    browser: Any, world: World, tmp_path: Path, axe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lever_design, "POINTS", 32)
    scenario = load("baseline", world).with_overrides(end="2001-12")
    file = tmp_path / "levers.html"
    columns = lever_columns(scenario, world, 5)
    asked: list[str] = []
    write_page(file, lever_page(scenario, world, columns, FIXED.source))
    page = opened(browser, file, asked)
    before = page.inner_text("#headline")
    page.focus("#turnover")
    page.keyboard.press("End")
    expect(page.locator("output[for=turnover]")).to_have_text("2")
    expect(page.locator("#how")).to_contain_text("Read off a surface")
    page.focus("#money")
    page.keyboard.press("Home")
    data = data_of(file.read_text("utf-8"))
    held = lever_design.Surface(*(np.array(data["path"][n]) for n in ("start", "weights", "room")))
    levers, none = lever_design.levers_of(scenario), np.zeros((1, len(held.weights)))
    moved = lever_design.terms(levers, [{"turnover": 1.0, "money": -1.0}])
    change = (held.means(moved) - held.means(none))[0][data["years"] - 1]
    sign = "" if round(change, 1) == 0 else "+" if change > 0 else "−"
    expect(page.locator("#headline")).to_have_text(
        f"Deals formed: {sign}{abs(change):.1f}".removesuffix(".0")
    )
    page.click("#reset")
    expect(page.locator("#headline")).to_have_text(before)
    assert serious(page, axe) == []
    assert asked == [file.as_uri()]
    page.context.close()
    assert_fits(browser, file)
