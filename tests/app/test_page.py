from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest

pytest.importorskip("panel")

from sim.app.address import Address
from sim.app.page import Page, page_of, tab_classes
from sim.app.session import Session
from sim.app.thread_pool import ThreadPool
from sim.world import World

pytestmark = pytest.mark.slow  # each test opens a page with all its tabs


def test_every_tab_keeps_what_it_says_of_itself(session: Session) -> None:
    for name, tab in tab_classes().items():
        made = tab(session)
        assert made.name == name
        assert made.title
        assert all(isinstance(v, str) for pair in made.state().items() for v in pair)


def test_an_address_brings_the_page_back(world: World) -> None:
    query = "?lang=en&tab=watch&watch.seed=11&watch.month=2000-03&watch.measure=will&watch.speed=9"
    page = page_of(Session(world), query)
    again = page_of(Session(world), page.query())
    assert again.query() == page.query()
    assert "watch.seed=11" in page.query()
    assert "watch.month=2000-03" in page.query()
    page.close()
    again.close()


def test_visitors_do_not_see_each_other(world: World) -> None:
    given = [Address(fields={"watch": {"seed": seed}}) for seed in ("0", "1")]
    pages = [Page(Session(world), address) for address in (*given, None)]
    assert [page.tabs["watch"].state()["seed"] for page in pages] == ["0", "1", "2020"]
    watch: Any = [page.tabs["watch"] for page in pages]
    watch[0].player.seek(watch[0].player.recorder.first + 3)
    watch[1].choose(watch[1].profiles.choices(watch[1].player.recorder)[5][0])
    assert watch[0].state()["month"] == "2000-04"
    assert {tab.state()["month"] for tab in watch[1:]} == {"2000-01"}
    assert ["look" in tab.state() for tab in watch] == [False, True, False]
    notices: list[str] = []
    for page in pages[1:]:
        page.session.on_notice = lambda text, kind: notices.append(text)
    pages[0].session.notify("only for one")
    assert notices == []
    for page in pages:
        page.close()


def test_a_visitor_who_leaves_frees_the_world(world: World) -> None:
    pool = ThreadPool(threads=1)
    page = Page(Session(world, pool=pool))
    watch: Any = page.tabs["watch"]
    done = threading.Event()
    recorder = watch.player.recorder
    page.session.submit(lambda cancel: None, lambda result: done.set())
    assert done.wait(240)
    gone = [weakref.ref(recorder), weakref.ref(page), weakref.ref(page.session)]
    page.close()
    pool.close()
    assert pool.owners() == set()
    del page, watch, recorder
    gc.collect()
    assert [ref() for ref in gone] == [None] * 3


def test_a_notice_is_passed_on_as_text(world: World) -> None:
    page = Page(Session(world))
    page.session.notify("<b>bold</b>", "error")
    assert (page.notices.text, page.notices.kind) == ("<b>bold</b>", "error")
    page.close()


def test_visitors_who_leave_keep_no_world(world: World) -> None:
    gone = []
    for _ in range(2):
        session = Session(world)
        watch: Any = tab_classes()["watch"](session)
        watch.player.recorder.advance(watch.player.recorder.first)
        gone.append(weakref.ref(watch.player.recorder._model))
        session.close()
        del session, watch
    gc.collect()
    assert [reference() for reference in gone] == [None] * 2
