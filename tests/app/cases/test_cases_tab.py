from __future__ import annotations

from collections.abc import Hashable, Mapping

import pytest

from sim.app import limits
from sim.app.cases import documented_record, place_counts
from sim.app.cases.cases_tab import CAUSES, CasesTab
from sim.app.cases.counterfactual_swap import ALL, AUTHORITY, WILL
from sim.app.session import Session
from sim.app.thread_pool import Job, ThreadPool
from sim.world import World

pytestmark = pytest.mark.slow  # runs of the whole region are made for each choice

RUNS = 5


class Idle(ThreadPool):
    """Take work and never do it."""

    def submit(self, owner: Hashable, job: Job) -> Job:
        return job


@pytest.fixture(autouse=True)
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CASE_RUNS", RUNS)


def opened(
    world: World, state: Mapping[str, str] | None = None, pool: ThreadPool | None = None
) -> tuple[CasesTab, list[str]]:
    """Return an opened tab and the notices it gave; without a pool all work is done at once."""
    session = Session(world, pool=pool)
    said: list[str] = []
    session.on_notice = lambda text, kind: said.append(text)
    made = CasesTab(session)
    if state is not None:
        made.restore(state)
    made.view()
    return made, said


def test_places_are_run_and_each_exchange_once_when_it_is_chosen(world: World) -> None:
    tab, said = opened(world)
    assert said == []
    assert [panel.runs.runs for panel in tab.panels] == [RUNS, RUNS]
    for panel in tab.panels:
        assert f"Numbers in {RUNS} runs" in panel.numbers.object
        assert panel.name in panel.summary.object
    swap = tab.swap
    assert swap is not None
    assert {key for _, key in swap.tried} == {swap.cause.value} == {AUTHORITY}
    assert f"{RUNS} paired runs" in swap.table.object
    swap.cause.value = WILL
    runs = swap.tried[(1, WILL)]
    assert runs.runs == RUNS
    assert f"{RUNS} paired runs" in swap.table.object
    assert len(swap.drawing) == 1
    swap.cause.value = AUTHORITY
    swap.cause.value = WILL
    assert swap.overview.object.count('scope="row"') == 3
    swap.every.clicks += 1
    assert swap.tried[(1, WILL)] is runs
    assert {key for _, key in swap.tried} == set(swap.choices())
    assert swap.overview.object.count('scope="row"') == 1 + len(swap.choices())


def test_places_with_nothing_to_show_are_not_offered(world: World) -> None:
    tab, _ = opened(world, pool=Idle())
    assert all(count for code, count in tab.known.items() if code not in tab.codes)
    # What is documented of this one is later than the runs.
    assert "PE-ICA" in documented_record.documented_places(world)
    assert "PE-ICA" not in tab.known


def test_an_exchange_that_cannot_be_is_told(world: World) -> None:
    tab, said = opened(world, pool=Idle())
    assert tab.swap is not None
    missing = next((key for key in CAUSES if key not in tab.swap.choices()), None)
    assert missing is not None
    tab.swap.key = missing
    tab.swap._fill()
    assert len(said) == 1
    assert tab.swap.key == tab.swap.cause.value == AUTHORITY


def test_the_other_place_can_be_given_something(world: World) -> None:
    tab, _ = opened(world, {"give": WILL}, Idle())
    swap = tab.swap
    assert swap is not None
    assert (1, WILL) in swap.tried
    swap.to.value = 0
    assert swap.mine is tab.panels[0]
    assert (0, swap.key) in swap.tried
    assert swap.key == swap.cause.value == WILL
    assert len(swap.drawing) == 0
    assert swap.table.object == ""


def test_a_state_brings_places_and_exchange_back(world: World) -> None:
    codes = list(documented_record.documented_places(world))
    state = {"a": codes[2], "b": codes[0], "to": "a", "give": ALL}
    tab, said = opened(world, state, Idle())
    assert said == []
    assert tab.state() == state
    assert [panel.code for panel in tab.panels] == [codes[2], codes[0]]
    assert tab.swap is not None
    assert (0, ALL) in tab.swap.tried


def test_restoring_an_open_tab_keeps_the_runs_of_a_place_that_stays(world: World) -> None:
    tab, _ = opened(world, pool=Idle())
    first = tab.panels[0]
    codes = [c for c in documented_record.documented_places(world) if c not in tab.codes]
    tab.restore({"a": tab.codes[0], "b": codes[0]})
    assert tab.panels[0] is first
    assert tab.panels[1].code == codes[0]
    assert tab.selects[1].value == codes[0]


@pytest.mark.parametrize(
    "state",
    [{"a": "nowhere"}, {"a": "<b>", "b": "x"}, {"to": "c"}, {"give": "gold"}],
)
def test_a_bad_state_is_left_out(world: World, state: dict[str, str]) -> None:
    session = Session(world)
    said: list[str] = []
    session.on_notice = lambda text, kind: said.append(text)
    tab = CasesTab(session)
    tab.restore(state)
    assert len(said) == 1
    assert all(tab.state().get(name) != value for name, value in state.items())


def test_one_place_cannot_stand_beside_itself(world: World) -> None:
    tab, said = opened(world, pool=Idle())
    before = list(tab.codes)
    tab.selects[0].value = before[1]
    assert tab.codes == before
    assert tab.selects[0].value == before[0]
    assert len(said) == 1


def test_why_is_opened_for_the_place(world: World) -> None:
    tab, _ = opened(world, pool=Idle())
    asked: list[tuple[str, Mapping[str, str]]] = []
    tab.session.on_open = lambda name, state: asked.append((name, state))
    tab.panels[1].ask_why()
    assert asked == [
        ("why", {"scenario": tab.panels[1].scenario.name, "place": tab.panels[1].code})
    ]


def test_a_case_study_is_shown_escaped_if_there_is_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = documented_record.first_pair(world)[0]
    study = documented_record.Study("Somebody <i>", "A head", "An outcome", "page 9")
    monkeypatch.setitem(documented_record.STUDIES, code, study)
    tab, _ = opened(world, pool=Idle())
    first, second = (panel.view[0].object for panel in tab.panels)
    assert "Somebody &lt;i&gt;" in first
    assert "page 9" in first
    assert "Somebody" not in second


def test_a_closed_tab_stops_its_work(world: World) -> None:
    tab, _ = opened(world, pool=Idle())
    panel = tab.panels[0]
    assert panel.runs.runs == 0
    tab.close()
    assert not tab.panels
    begun = place_counts.prepare(panel.scenario, world, panel.code)
    panel.runs._take((begun, [place_counts.count_run(begun, 0)]))
    assert panel.runs.runs == 0
