"""Measure the page in a headless browser: months a second of Watch, seconds to a result of What if.

    python benchmarks/page.py watch|what-if|classroom

``watch`` tells when the page is first painted and when its first month is there, from the request
on. Then it plays the baseline at the highest speed and counts the months whose map has been drawn:
first while the world is being computed on Mesa agents, then again from the record. ``what-if``
lets a slider go at one value after the other and measures until the first and until all pairs
of runs are shown; the baseline's runs are made before. ``paradiplomacy bench --only page_pairs_s``
measures the same without a browser. ``classroom`` lets 30 students join a class that a browser
shows the teacher, and predict: the server's processor time a student, from the page to being in the
class, and the time until the teacher's page counts a prediction.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any
from urllib.request import Request, urlopen

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
SECONDS = 8.0
PATIENCE = 120_000
STUDENTS = 30
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
TO_END = f"""() => {{
  const slider = ({DIG})('input[type=range]:not([data-name])');
  slider.value = slider.max;
  slider.dispatchEvent(new Event("input"));
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
PAINTED = """() => {
  const painted = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  return [painted / 1000, performance.now() / 1000];
}"""
SEEN = "(n) => parseInt(document.getElementById('count').textContent) >= n"
FINISHED = "(text) => document.__told.length > 0 && document.__told.at(-1)[1] === text"


@contextmanager
def opened(query: str, *options: str) -> Iterator[Any]:
    """Start the page and a browser that shows it; the server is the page's attribute."""
    from playwright.sync_api import sync_playwright

    command = [sys.executable, "-m", "sim", "app", "--port", "0", "--no-show", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found is not None
        try:
            with sync_playwright() as playwright:
                chromium = shutil.which("chromium")
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.set_default_timeout(PATIENCE)
                page.server = server.pid
                page.goto(found[0] + query)
                yield page
                browser.close()
        finally:
            server.terminate()


def play(page: Any) -> str:
    """Play for some seconds; return months shown a second, and the processor time of each."""
    before, start = page.evaluate(SHOWN), time.perf_counter()
    server, every = processor_seconds(page.server), family_seconds(os.getpid())
    page.locator("button[data-name=play]").click()
    page.wait_for_timeout(1000 * SECONDS)
    shown = max(page.evaluate(SHOWN) - before, 1)
    taken = time.perf_counter() - start
    server = processor_seconds(page.server) - server
    browser = family_seconds(os.getpid()) - every - server
    page.locator("button[data-name=play]").click()
    return (
        f"{shown / taken:5.1f} months a second; processor time a month: server "
        f"{1000 * server / shown:.0f} ms, browser {1000 * browser / shown:.0f} ms"
    )


def watch() -> None:
    """Measure how fast months are shown."""
    from sim.app.limits import MONTHS_A_SECOND

    with opened(f"?watch.speed={MONTHS_A_SECOND}") as page:
        page.get_by_text("January 2000").first.wait_for()
        painted, there = page.evaluate(PAINTED)
        print(f"first paint: {painted:.2f} s, first month: {there:.2f} s")
        page.evaluate(COUNT)
        print(f"while computing:  {play(page)}")
        page.evaluate(TO_END)
        page.locator("output.when", has_text=re.compile("^December 2020$")).wait_for()
        page.locator("button[data-name=rewind]").click()
        page.wait_for_timeout(1500)
        print(f"from the record:  {play(page)}")


def what_if() -> None:
    """Measure from the release of a slider to the first and to the whole result."""
    from sim.app.what_if.paired_trial import PAIRS

    first, whole = [], []
    with opened("?tab=what_if") as page:
        done = f"{PAIRS} pairs of runs."
        page.get_by_text(done, exact=True).wait_for()
        page.evaluate(LISTEN)
        used = processor_seconds(page.server)
        for value in VALUES:
            start = page.evaluate(RELEASE, value)
            page.wait_for_function(FINISHED, arg=done, polling=100)
            told = page.evaluate("document.__told")
            first.append(next(at for at, text in told if text.startswith("First")) - start)
            whole.append(next(at for at, text in told if text == done) - start)
            page.wait_for_timeout(500)
        used = (processor_seconds(page.server) - used) / len(VALUES)
    print(f"processor time of the server: {used:.2f} s a result")
    print(f"first pairs shown after {statistics.median(first) / 1000:.2f} s")
    print(f"all {PAIRS} pairs shown after {statistics.median(whole) / 1000:.2f} s")


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def family_seconds(process: int) -> float:
    """Return the processor time that a process's descendants have used (Linux)."""
    used, children = {}, defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            number = int(stat.parent.name)
            children[int(stat.read_text().rpartition(")")[2].split()[1])].append(number)
            used[number] = processor_seconds(number)
    family = list(children[process])
    for member in family:
        family += children[member]
    return sum(used[member] for member in family)


def asked(address: str, given: dict[str, str]) -> Any:
    """Return what a student's page is told."""
    with urlopen(Request(address, json.dumps(given).encode())) as answer:
        return json.load(answer)


def poll(address: str, students: list[dict[str, str]], done: Event) -> None:
    """Ask once a second for every student, as their pages do."""
    while not done.is_set():
        for student in students:
            asked(address, student)
            done.wait(1 / len(students))


def classroom() -> None:
    """Measure what a class costs the server, and how soon a prediction is seen."""
    with opened("", "--class") as page:
        time.sleep(SECONDS)
        page.locator("button.main").click()
        address = page.locator(".address").inner_text()
        code = page.locator(".letters").inner_text().replace(" ", "")
        while True:  # the baseline's runs are made first
            before = processor_seconds(page.server)
            time.sleep(SECONDS)
            idle = processor_seconds(page.server) - before
            if idle < 0.1 * SECONDS:
                break
        before = processor_seconds(page.server)

        def join(number: int) -> dict[str, str]:
            with urlopen(address) as answer:
                answer.read()
            kept: dict[str, str] = asked(address, {"do": "join", "code": code})["kept"]
            return kept

        with ThreadPoolExecutor(STUDENTS) as pool:
            students = list(pool.map(join, range(STUDENTS)))
            page.get_by_text(f"{STUDENTS} students have joined").wait_for()
            used = processor_seconds(page.server) - before
            print(f"joining: {1000 * used / STUDENTS:.1f} ms of processor time a student")
            polling = Event()
            pool.submit(poll, address, students, polling)
            page.locator("button[value=open]").click()
            page.locator("#count").wait_for()
            waits = []
            for number, student in enumerate(students, start=1):
                start = time.perf_counter()
                asked(address, student | {"do": "predict", "guess": str(number % 5)})
                page.wait_for_function(SEEN, arg=number, polling="raf")
                waits.append(time.perf_counter() - start)
            polling.set()
            print(
                f"a prediction is seen after {statistics.median(waits):.2f} s, at most "
                f"{max(waits):.2f} s"
            )


if __name__ == "__main__":
    {"watch": watch, "what-if": what_if, "classroom": classroom}[sys.argv[1]]()
