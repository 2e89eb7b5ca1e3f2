"""A server of the page and a headless browser that must not reach beyond it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.app.serving import wait_until

ROOT = Path(__file__).resolve().parents[3]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Visit = Callable[..., Any]
PATIENCE = 300_000
"""Milliseconds that anything may take: other tests share the machine, and the engine compiles."""


WIDTHS = (1280, 768, 390)
"""Pixels: the windows of a computer, a tablet and a telephone."""
NARROWEST = 320
"""Pixels: a computer's window at four times its size."""
LARGE_TYPE = "(large) => document.documentElement.classList.toggle('projector', large)"
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
DRAWN = "() => window.Bokeh?.documents.length > 0 && Bokeh.documents.every((one) => one.is_idle)"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""Pixels by which a page is wider than its window."""


def widen(page: Any, width: int) -> None:
    """Give a page's window a width."""
    page.set_viewport_size({"width": width, "height": 900})


def fits(page: Any) -> bool:
    """Make a window ever narrower, then type large; wait until the page is no wider than it."""
    sizes = [
        *((width, False) for width in (*WIDTHS, NARROWEST)),
        *((width, True) for width in WIDTHS),
    ]
    for width, large in sizes:
        page.evaluate(LARGE_TYPE, large)
        widen(page, width)
        page.evaluate(SETTLED)
        page.wait_for_function(f"{SIDEWAYS} <= 0")
    page.evaluate(LARGE_TYPE, False)
    return True


def expect(subject: Any) -> Any:
    """Return Playwright's assertions on a page or a part of it, each tried until it holds."""
    from playwright import sync_api

    return sync_api.expect(subject)


def box_of(part: Any) -> dict[str, float]:
    """Return where a part of the page is, once all is drawn and it no longer moves."""
    part.page.wait_for_function(DRAWN)
    boxes = [part.bounding_box()]

    def stands() -> bool:
        part.page.evaluate(SETTLED)
        boxes.append(part.bounding_box())
        return boxes[-1] is not None and boxes[-1] == boxes[-2]

    wait_until(stands)
    return dict(boxes[-1])


def act_until_shown(act: Callable[[], None], part: Any) -> None:
    """Act on a figure, which may not listen yet, until a part of the page is shown."""
    from playwright.sync_api import TimeoutError as NotShown

    def shown() -> bool:
        act()
        with suppress(NotShown):
            part.wait_for(timeout=10_000)
        return bool(part.is_visible())

    wait_until(shown)


def is_complaint(message: Any) -> bool:
    """Tell whether a page reports an error, or its figures a warning."""
    return message.type == "error" or (message.type == "warning" and "[bokeh" in message.text)


@pytest.fixture(scope="session")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that holds what the server has complained of."""
    return tmp_path_factory.mktemp("server") / "stderr.txt"


@pytest.fixture(scope="session")
def server(complaints: Path) -> Iterator[str]:
    """Start ``paradiplomacy app`` on a free port; return its address."""
    command = [sys.executable, "-m", "sim", "app", "--port", "0", "--no-show"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (
        complaints.open("w", encoding="utf-8") as stderr,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment, cwd=ROOT
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://\S+/", line)
            assert found is not None, f"the server said {line!r}"
            yield found[0]
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start a headless browser; without one, fail in CI and skip elsewhere."""
    chromium = shutil.which("chromium")
    if chromium is None or find_spec("playwright") is None:
        if os.environ.get("CI"):
            pytest.fail("chromium or playwright is missing, so the page cannot be tested")
        pytest.skip("needs chromium and playwright")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def context(browser: Any) -> Any:
    """Return windows that keep the page's scripts, so that only the first must read them."""
    shared = browser.new_context()
    shared.set_default_timeout(PATIENCE)
    return shared


@pytest.fixture
def visit(context: Any, server: str, complaints: Path) -> Iterator[Visit]:
    """Return a function that opens the page as a new visitor.

    It takes a query string. At the end of the test no page may have asked another machine for
    anything, and neither a page nor the server may have reported an error.
    """
    known = len(complaints.read_text(encoding="utf-8"))
    host = urlsplit(server).netloc
    elsewhere: list[str] = []
    errors: list[str] = []
    pages: list[Any] = []

    def note(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != host:
            elsewhere.append(url)

    def go(query: str = "") -> Any:
        page = context.new_page()
        pages.append(page)
        widen(page, WIDTHS[0])
        page.on("request", lambda request: note(request.url))
        page.on("websocket", lambda socket: note(socket.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: errors.append(message.text) if is_complaint(message) else None,
        )
        page.goto(server + query)
        page.locator("nav.tabs button").first.wait_for()
        return page

    yield go
    for page in pages:
        page.close()
    assert elsewhere == [], "the page asked other machines"
    assert errors == [], "the page reported errors"
    said = complaints.read_text(encoding="utf-8")[known:]
    # A visitor who leaves while something is sent is no error of the page's.
    assert str(ROOT / "sim") not in said, f"the server reported errors:\n{said}"
