"""Every tab against the rules of axe-core, a library that checks pages for accessibility."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.app.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = "PARADIPLOMACY_AXE"
"""Environment variable with the path of ``axe.min.js``; ``.ci/run`` sets it."""

READY = {
    "lang=en&tab=watch&watch.look=place:AR-Y": "h2:text-is('Jujuy, Argentina')",
    "lang=en&tab=what_if": "text=/^\\d+ pairs of runs\\.$/",
    "lang=en&tab=cases": "text=/^Numbers in \\d+ runs/ >> nth=1",
    "lang=en&tab=why": "ol.stages li >> nth=0",
    "lang=en&tab=lessons": "button.commit",
    "lang=en&tab=lessons&lessons.lesson=turnover&lessons.guess=3": ".verdict",
    "lang=es&tab=watch&watch.look=place:AR-Y": "h2:text-is('Jujuy, Argentina')",
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
    # Evaluated, not added as a script: the page's own policy would refuse that.
    page.evaluate(axe)
    return list(page.evaluate(FINDINGS))


@pytest.mark.parametrize("query", READY)
def test_a_tab_has_no_serious_barrier(visit: Visit, axe: str, query: str) -> None:
    page = visit(f"?{query}")
    page.locator(READY[query]).wait_for()
    assert serious(page, axe) == []


def test_a_barrier_is_found(visit: Visit, axe: str) -> None:
    page = visit("?lang=en&tab=lessons")
    page.locator(READY["lang=en&tab=lessons"]).wait_for()
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [text.split(" at ")[0] for text in serious(page, axe)] == ["critical button-name"]
