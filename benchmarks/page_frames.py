"""Measure how many months a second the tab Watch shows in a headless browser.

    python benchmarks/page_frames.py [seconds]

Starts the page, plays the baseline at the highest speed and counts the months whose map has been
drawn: first while the world is being computed on Mesa agents, then again from the record.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from typing import Any

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
SHOWN = "() => Number(document.__shown ?? 0)"
FIND = """() => {
  const dig = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.matches('input[type=range]:not([data-name])')) return node;
      if (node.shadowRoot) { const found = dig(node.shadowRoot); if (found) return found; }
    }
    return null;
  };
  const slider = dig(document);
  let last = slider.value;
  document.__shown = 0;
  const look = () => {
    if (slider.value !== last) { last = slider.value; document.__shown += 1; }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def play(page: Any, seconds: float) -> float:
    """Play for some seconds; return months shown a second."""
    before, start = page.evaluate(SHOWN), time.perf_counter()
    page.locator("button[data-name=play]").click()
    page.wait_for_timeout(1000 * seconds)
    shown = page.evaluate(SHOWN) - before
    taken = time.perf_counter() - start
    page.locator("button[data-name=play]").click()
    return shown / taken


def main(seconds: float) -> None:
    """Start the page, measure and print."""
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
                page.goto(found[0] + "?watch.speed=20")
                page.get_by_text("January 2000").first.wait_for(timeout=120_000)
                page.evaluate(FIND)
                print(f"while computing:  {play(page, seconds):5.1f} months a second")
                page.locator("button[data-name=rewind]").click()
                page.wait_for_timeout(1500)
                print(f"from the record:  {play(page, seconds):5.1f} months a second")
                browser.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 8.0)
