from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

pytest.importorskip("panel")

from sim.app.session import Session
from sim.app.watch.watch_tab import WatchTab
from sim.app.watch.world_history import projects_of
from sim.app.why.project_history import history_of
from sim.app.why.why_tab import WhyTab
from sim.core.calendar import month_index
from sim.engine.monthly_inputs import rows_of
from sim.world import World

pytestmark = pytest.mark.slow  # worlds are played on Mesa agents

SEED = 7
MONTH = "2003-12"
SHOWN = month_index(MONTH)


@pytest.fixture(scope="module")
def opened(world: World) -> WatchTab:
    """Return an opened tab; work is done at once, which takes seconds."""
    made = WatchTab(Session(world))
    made.restore({"seed": str(SEED), "month": MONTH})
    made.view()
    return made


@pytest.fixture
def tab(opened: WatchTab) -> WatchTab:
    """Return the tab on a page that has other tabs."""
    opened.session.on_open = lambda name, state: None
    return opened


def links(tab: WatchTab) -> list[str]:
    """Return where the inspector's links to the tab Why go."""
    cells = [
        cell
        for part in tab.inspector.content["sections"]
        for row in part.get("rows", ())
        for cell in row
    ]
    return [c["go"] for c in cells if isinstance(c, dict) and c["go"].startswith("why:")]


def first_project(tab: WatchTab) -> Any:
    """Return the latest project of a locality by the month that is shown."""
    recorder = tab.player.recorder
    projects = projects_of(recorder.events_until(SHOWN))
    return next(p for p in rows_of(projects) if 0 <= p.place < len(recorder.at.locality))


def test_a_project_asks_why_about_itself(tab: WatchTab, world: World) -> None:
    asked: list[tuple[str, Mapping[str, str]]] = []
    tab.session.on_open = lambda name, state: asked.append((name, state))
    recorder = tab.player.recorder
    codes = list(recorder.at.locality)
    project = first_project(tab)
    tab.choose(f"place:{codes[project.place]}")
    for go in links(tab):
        tab.inspector.target = go
        tab.inspector.choices_made += 1
    assert asked
    notices: list[str] = []
    session = Session(world)
    session.on_notice = lambda text, kind: notices.append(text)
    why = WhyTab(session)
    state = asked[0][1]
    why.restore(state)
    why.view()
    assert notices == []
    assert why.state().items() >= state.items()
    for name, state in asked:
        history = history_of(why.runs["baseline"], state["place"], state["what"])
        assert name == WhyTab.name
        assert history is not None
        assert history.place == codes[project.place]


def test_a_project_of_no_place_has_no_link(tab: WatchTab) -> None:
    recorder = tab.player.recorder
    places = len(recorder.at.locality)
    projects = projects_of(recorder.events_until(recorder.known))
    national = next(rows_of(projects.assign(place=places)))
    rows = tab.profiles.project(recorder, national, True)
    assert rows[-1] == "–"


def test_nothing_leads_to_tabs_that_a_notebook_does_not_have(tab: WatchTab) -> None:
    recorder = tab.player.recorder
    codes = list(recorder.at.locality)
    project = first_project(tab)
    tab.choose(f"place:{codes[project.place]}")
    assert links(tab)
    tab.session.on_open = None
    tab.choose(f"place:{codes[project.place]}")
    assert links(tab) == []
