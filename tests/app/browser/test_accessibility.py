"""Every tab against the rules of axe-core, a library that checks pages for accessibility."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.app.browser.conftest import Visit, expect, fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = "PARADIPLOMACY_AXE"
"""Environment variable with the path of ``axe.min.js``; ``.ci/run`` sets it."""

READY = {
    "lang=en&tab=watch&watch.look=place:AR-Y": "h2:text-is('Jujuy, Argentina')",
    "lang=en&tab=what_if": "text=/^\\d+ pairs of runs\\.$/",
    "lang=en&tab=cases": "text=/^Numbers in \\d+ runs/ >> nth=1",
    "lang=es&tab=watch&watch.story=2": "h2:text-is('Jujuy, Argentina')",
    "lang=pt&tab=why": "ol.stages li >> nth=0",
    "lang=pt&tab=lessons&lessons.lesson=turnover&lessons.guess=3": ".verdict",
}
"""Addresses, and what is there once the page has been filled."""

FINDINGS = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations
    .filter((rule) => rule.impact === "serious" || rule.impact === "critical")
    .flatMap((rule) => rule.nodes.map((node) =>
      `${rule.impact} ${rule.id} at ${node.target.flat().join(" ")}: ${node.html.slice(0, 160)}`));
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the library's source; where npm could have brought it, CI may not do without."""
    path = Path(os.environ.get(AXE, ""))
    if path.is_file():
        return path.read_text(encoding="utf-8")
    reason = f"needs axe-core: npm install axe-core, then {AXE}=path of its axe.min.js"
    if os.environ.get("CI") and shutil.which("npm") is not None:
        pytest.fail(reason)
    pytest.skip(reason)


def serious(page: Any, axe: str) -> list[str]:
    """Return what axe-core finds of impact serious or critical."""
    # What is on its way from one colour to another has neither.
    page.emulate_media(reduced_motion="reduce")
    # Evaluated, not added as a script: the page's own policy would refuse that.
    page.evaluate(axe)
    return list(page.evaluate(FINDINGS))


@pytest.mark.parametrize("query", READY)
def test_a_tab_has_no_serious_barrier(visit: Visit, axe: str, query: str) -> None:
    page = visit(f"?{query}")
    page.locator(READY[query]).wait_for()
    assert serious(page, axe) == []


PARTED = """() => {
  const found = [];
  const walk = (root) => {
    for (const node of root.childNodes) {
      if (node.nodeType === Node.TEXT_NODE && /\\d %|US\\$ \\d/.test(node.data))
        found.push(node.data);
      if (node.shadowRoot) walk(node.shadowRoot);
      if (!["SCRIPT", "STYLE"].includes(node.nodeName)) walk(node);
    }
  };
  walk(document);
  return found;
}"""
"""Texts in which a line may end between a number and its unit."""


@pytest.mark.parametrize("query", READY)
def test_no_tab_is_wider_than_its_window_or_parts_a_number_from_its_unit(
    visit: Visit, query: str
) -> None:
    page = visit(f"?{query}")
    page.locator(READY[query]).wait_for()
    assert page.evaluate(PARTED) == []
    assert fits(page)


FIGURES = """() => {
  const found = [];
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.classList.contains("bk-events"))
        found.push([node.tabIndex, node.getAttribute("role"), node.getAttribute("aria-label")]);
      if (node.shadowRoot) walk(node.shadowRoot);
    }
  };
  walk(document);
  return found;
}"""
"""Tab index, role and name of every figure."""
FOCUS = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node.type === "range" ? "slider" : node.tagName.toLowerCase();
}"""


@pytest.mark.parametrize("tab", ["watch", "what_if", "why"])
def test_figures_are_images_with_names_and_no_stops(visit: Visit, tab: str) -> None:
    page = visit(f"?lang=en&tab={tab}")
    page.locator("canvas").first.wait_for()
    named = "([index, role, name]) => index === -1 && role === 'img' && name?.length > 4"
    page.wait_for_function(f"(({FIGURES})()).length && (({FIGURES})()).every({named})")


def test_the_keyboard_comes_to_results_before_sliders(visit: Visit) -> None:
    page = visit("?lang=en&tab=what_if")
    page.locator(READY["lang=en&tab=what_if"]).wait_for()
    page.locator("input[type=range]").first.wait_for()
    page.get_by_role("link", name="Português").focus()
    stops: list[str] = []
    while "slider" not in stops and len(stops) < 100:
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
    # The outcome, the tables behind their lines, the files; then the settings.
    assert stops[0] == "select"
    assert stops.count("summary") >= 2
    assert stops[-1] == "slider"


CHOSEN = {
    "nav.tabs button": ("lessons", "[aria-current]", "border-bottom-color"),
    "ol button": ("lessons", "[aria-current]", "border-left-width"),
    ".switch button": ("watch", "[aria-pressed=true]", "background-color"),
    ".large": ("why&projector=1", "[aria-pressed=true]", "background-color"),
    ".bk-btn-group .bk-btn": ("cases", ".bk-active", "background-color"),
}
"""Of parts of the page the tab, the mark of what is chosen, and what tells that from others."""


@pytest.mark.parametrize("part", CHOSEN)
def test_what_is_chosen_is_seen_in_forced_colours(visit: Visit, part: str) -> None:
    tab, mark, look = CHOSEN[part]
    page = visit(f"?lang=en&tab={tab}")
    page.emulate_media(forced_colors="active", color_scheme="dark", reduced_motion="reduce")
    page.locator(part + mark).wait_for()
    # What is alone is compared with what surrounds it.
    others = f"{part}:not({mark})" if part != ".large" else "header"
    looks = f"all => all.map((one) => getComputedStyle(one).getPropertyValue('{look}'))"
    (chosen,) = page.locator(part + mark).evaluate_all(looks)
    assert chosen not in page.locator(others).evaluate_all(looks)
    expect(page.locator("h1")).to_have_css("transition-duration", "0s")


@pytest.mark.parametrize("tab", ["watch", "what_if", "cases", "why"])
def test_figures_keep_their_colours(visit: Visit, tab: str) -> None:
    page = visit(f"?lang=en&tab={tab}")
    page.emulate_media(forced_colors="active", color_scheme="dark")
    page.locator("canvas").first.wait_for()
    adjusted = "all => all.map((one) => getComputedStyle(one).forcedColorAdjust)"
    assert set(page.locator("canvas").evaluate_all(adjusted)) == {"none"}


def test_a_lesson_has_no_serious_barrier_and_a_barrier_is_found(visit: Visit, axe: str) -> None:
    page = visit("?lang=en&tab=lessons")
    page.locator("button.commit").wait_for()
    assert serious(page, axe) == []
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [text.split(" at ")[0] for text in serious(page, axe)] == ["critical button-name"]
