"""The page on a slow line, and when its server is gone."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest

from sim.app import limits
from sim.app.watch.recorder import Recorder
from sim.app.what_if.paired_trial import PairedTrial
from sim.world import World
from tests.app.browser.conftest import DRAWN, PATIENCE, expect, widen
from tests.app.serving import serving, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("default")]


def opened(browser: Any, noted: list[str]) -> Any:
    """Return an empty page that notes what it asks for and complains of."""
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: noted.append(request.url))
    page.on(
        "console",
        lambda message: noted.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: noted.append(str(error)))
    return page


def test_a_browser_that_connects_late_gets_the_whole_page(
    browser: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNUSED_SESSION_MS", 200)
    monkeypatch.setattr(limits, "CHECK_SESSIONS_MS", 50)
    noted: list[str] = []
    with serving(world) as served:
        page = opened(browser, noted)

        def delay(route: Any) -> None:
            wait_until(lambda: served.visitors.pages == {})
            route.continue_()

        page.route("**/panel.min.js*", delay)
        page.goto(f"http://127.0.0.1:{served.port}/?watch.month=2000-03")
        page.locator("output.when", has_text=re.compile("^March 2000$")).wait_for()
        page.get_by_role("button", name="What if").click()
        page.locator(".headline").first.wait_for()
        page.wait_for_function(DRAWN)
        page.context.close()
    here = (f"http://127.0.0.1:{served.port}/", f"blob:http://127.0.0.1:{served.port}/", "data:")
    assert [each for each in noted if not each.startswith(here)] == []
    assert any("default.css" in each for each in noted)


def test_the_rest_of_a_page_moves_nothing_of_its_beginning(browser: Any, world: World) -> None:
    with serving(world) as served:
        for width, query in ((1280, ""), (390, ""), (1280, "?projector=1")):
            page, held = opened(browser, []), list[Any]()
            widen(page, width)
            page.route("**/*.js*", lambda route, held=held: held.append(route))
            page.goto(f"http://127.0.0.1:{served.port}/{query}", wait_until="commit")
            page.get_by_text("The page is being prepared …").wait_for()
            before = page.locator("header").bounding_box()
            page.unroute("**/*.js*")
            for route in held:
                route.continue_()
            page.locator("nav.tabs button").first.wait_for()
            page.wait_for_function(DRAWN)
            after = page.locator("header").bounding_box()
            assert abs(after["height"] - before["height"]) <= 1.0
            page.context.close()


def test_a_month_that_is_not_computed_yet_is_told_of(
    browser: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The months after the first few are computed when this test says so."""
    goes_on, advance = threading.Event(), Recorder.advance

    def held(recorder: Recorder, *given: Any) -> None:
        if recorder.known > recorder.first:
            goes_on.wait(PATIENCE / 1000)
        advance(recorder, *given)

    monkeypatch.setattr(Recorder, "advance", held)
    told = "December 2003 is being computed; until then the nearest month is shown."
    with serving(world) as served:
        page = opened(browser, [])
        page.goto(f"http://127.0.0.1:{served.port}/?lang=en&watch.month=2003-12")
        page.get_by_text(told).wait_for()
        when = page.locator("output.when")
        expect(when).to_have_text(re.compile(r"^\w+ 2000$"))
        expect(page.locator(".known")).to_have_text(re.compile(r"^\d+\s% of the months computed$"))
        page.wait_for_url(re.compile("watch.month=2003-12"))
        goes_on.set()
        expect(when).to_have_text("December 2003")
        expect(page.get_by_text(told)).to_have_count(0)
        page.context.close()


def test_what_has_no_result_yet_opens_no_table(
    browser: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runs begin when this test says so."""
    goes_on, work = threading.Event(), PairedTrial.work

    def held(trial: PairedTrial, *given: Any) -> Any:
        goes_on.wait(PATIENCE / 1000)
        return work(trial, *given)

    monkeypatch.setattr(PairedTrial, "work", held)
    with serving(world) as served:
        page = opened(browser, [])
        page.goto(f"http://127.0.0.1:{served.port}/?lang=en&tab=what_if")
        page.get_by_text("Running…").wait_for()
        page.wait_for_function(DRAWN)
        tables = page.locator("details:has(.wrap)")
        expect(tables).to_have_count(2)
        expect(tables.first).to_be_hidden()
        goes_on.set()
        page.get_by_text("All outcomes for the region, as a table").wait_for()
        expect(tables.first).to_be_visible()
        page.context.close()


def test_the_page_says_when_its_server_is_gone_and_connects_again(
    browser: Any, world: World
) -> None:
    noted: list[str] = []
    page = opened(browser, noted)
    with serving(world) as served:
        port = served.port
        page.goto(f"http://127.0.0.1:{port}/?lang=en&watch.month=2000-03")
        page.locator("output.when", has_text=re.compile("^March 2000$")).wait_for()
        expect(page.get_by_role("alert")).to_have_count(0)
    gone = page.get_by_role("alert")
    gone.get_by_text("The server has stopped answering").wait_for()
    page.get_by_role("button", name="Connect again").click()
    gone.get_by_text("There is still no answer.").wait_for()
    with serving(world, port=port):
        page.get_by_role("button", name="Connect again").click()
        gone.wait_for(state="hidden")
        page.locator("output.when", has_text=re.compile("^March 2000$")).wait_for()
        page.context.close()
