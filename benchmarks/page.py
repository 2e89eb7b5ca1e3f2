"""Measure the page in a headless browser: months a second of Watch, seconds to a result of What if.

    python benchmarks/page.py watch|what-if

``watch`` plays the baseline at the highest speed and counts the months whose map has been drawn:
first while the world is being computed on Mesa agents, then again from the record. ``what-if``
lets a slider go at one value after the other and measures until the first and until all pairs
of runs are shown; the baseline's runs are made before. ``paradiplomacy bench --only page_pairs_s``
measures the same without a browser.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
SECONDS = 8.0
PATIENCE = 120_000
VALUES = ("0.3", "0.35", "0.7", "0.75", "0.8", "0.85", "0.9")
SHOWN = "() => Number(document.__shown ?? 0)"

DIG = """(fits) => {
  const dig = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.matches(fits)) return node;
      if (node.shadowRoot) { const found = dig(node.shadowRoot); if (found) return found; }
    }
    return null;
  };
  return dig(document);
}"""
COUNT = f"""() => {{
  const slider = ({DIG})('input[type=range]:not([data-name])');
  let last = slider.value;
  document.__shown = 0;
  const look = () => {{
    if (slider.value !== last) {{ last = slider.value; document.__shown += 1; }}
    requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}}"""
LISTEN = f"""() => {{
  const line = ({DIG})('p.progress');
  document.__told = [];
  const note = () => document.__told.push([performance.now(), line.textContent]);
  new MutationObserver(note).observe(line, {{ childList: true }});
}}"""
RELEASE = f"""(value) => {{
  const slider = ({DIG})('input[data-name="turnover.fade"]');
  document.__told = [];
  const start = performance.now();
  slider.value = value;
  for (const kind of ["input", "change"])
    slider.dispatchEvent(new Event(kind, {{ bubbles: true }}));
  return start;
}}"""
FINISHED = "(text) => document.__told.length > 0 && document.__told.at(-1)[1] === text"


@contextmanager
def opened(query: str) -> Iterator[Any]:
    """Start the page and a browser that shows it."""
    from playwright.sync_api import sync_playwright

    command = [sys.executable, "-m", "sim", "app", "--port", "0", "--no-show"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+/", server.stdout.readline())
        assert found is not None
        try:
            with sync_playwright() as playwright:
                chromium = shutil.which("chromium")
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.set_default_timeout(PATIENCE)
                page.goto(found[0] + query)
                yield page
                browser.close()
        finally:
            server.terminate()


def play(page: Any) -> float:
    """Play for some seconds; return months shown a second."""
    before, start = page.evaluate(SHOWN), time.perf_counter()
    page.locator("button[data-name=play]").click()
    page.wait_for_timeout(1000 * SECONDS)
    shown = page.evaluate(SHOWN) - before
    taken = time.perf_counter() - start
    page.locator("button[data-name=play]").click()
    return float(shown / taken)


def watch() -> None:
    """Measure how fast months are shown."""
    with opened("?watch.speed=20") as page:
        page.get_by_text("January 2000").first.wait_for()
        page.evaluate(COUNT)
        print(f"while computing:  {play(page):5.1f} months a second")
        page.locator("button[data-name=rewind]").click()
        page.wait_for_timeout(1500)
        print(f"from the record:  {play(page):5.1f} months a second")


def what_if() -> None:
    """Measure from the release of a slider to the first and to the whole result."""
    from sim.app.what_if.paired_trial import PAIRS

    first, whole = [], []
    with opened("?tab=what_if") as page:
        done = f"{PAIRS} pairs of runs."
        page.get_by_text(done, exact=True).wait_for()
        page.evaluate(LISTEN)
        for value in VALUES:
            start = page.evaluate(RELEASE, value)
            page.wait_for_function(FINISHED, arg=done, polling=100)
            told = page.evaluate("document.__told")
            first.append(next(at for at, text in told if text.startswith("First")) - start)
            whole.append(next(at for at, text in told if text == done) - start)
            page.wait_for_timeout(500)
    print(f"first pairs shown after {statistics.median(first) / 1000:.2f} s")
    print(f"all {PAIRS} pairs shown after {statistics.median(whole) / 1000:.2f} s")


if __name__ == "__main__":
    {"watch": watch, "what-if": what_if}[sys.argv[1]]()
