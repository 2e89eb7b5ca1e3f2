"""A server of the page and a headless browser that must not reach beyond it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

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
PATIENCE = 180_000
"""Milliseconds that anything may take: other tests share the machine, and the engine compiles."""


WIDTHS = (1280, 768, 390)
"""Pixels: the windows of a computer, a tablet and a telephone."""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""Pixels by which a page is wider than its window."""


def widen(page: Any, width: int) -> None:
    """Give a page's window a width."""
    page.set_viewport_size({"width": width, "height": 900})


def fits(page: Any) -> bool:
    """Make a window ever narrower; return whether the page is never wider than it for long."""
    for width in WIDTHS:
        widen(page, width)
        page.evaluate(SETTLED)
        page.wait_for_function(f"{SIDEWAYS} <= 0")
    return int(page.evaluate(SIDEWAYS)) <= 0


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
    from playwright.sync_api import sync_playwright

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
            lambda message: errors.append(message.text) if message.type == "error" else None,
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
