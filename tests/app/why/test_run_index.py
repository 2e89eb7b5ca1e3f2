from __future__ import annotations

from sim.app.why.run_index import RunIndex
from sim.report.biography import CONTACTS
from sim.scenario.schema import load
from sim.world import World


def test_the_account_is_the_run_of_its_scenario(run: RunIndex, world: World) -> None:
    import sim

    scenario = load("baseline", world).with_overrides(end="2012-12", replicates=1)
    events = sim.run(scenario).events
    assert list(run.log) == events["event_id"].tolist()
    assert [e.kind for e in run.log.values()] == events["kind"].tolist()


def test_projects_of_a_place_stand_deals_first(run: RunIndex) -> None:
    for place in list(run.deals_of_places())[:20]:
        projects = run.projects_at(place)
        without = [p.deal is None for p in projects]
        assert without == sorted(without)
        assert without.count(False) == run.deals_of_places()[place]
        for project in projects:
            assert project.first.kind in ("proposal", "acquisition")
            assert project.deal is None or project.first.order <= project.deal.order


def test_contacts_are_counted_by_actor(run: RunIndex) -> None:
    place = next(iter(run.deals_of_places()))
    met = [e.actor for e in run.at(place) if e.kind in CONTACTS and e.actor]
    counts = run.contacts_at(place)
    assert sum(counts.values()) == len(met)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_visits_elsewhere_leave_out_the_place(run: RunIndex) -> None:
    place = next(iter(run.deals_of_places()))
    actor = next(e.actor for e in run.at(place) if e.kind == "visit_to_lac" and e.actor)
    elsewhere = run.visits_elsewhere(actor, place)
    here = [e for e in run.at(place) if e.kind == "visit_to_lac" and e.actor == actor]
    every = [e for e in run.log.values() if e.kind == "visit_to_lac" and e.actor == actor]
    national = sum(e.locality is None for e in every)
    assert place not in elsewhere
    assert sum(elsewhere.values()) == len(every) - len(here) - national
    assert run.at("nowhere") == []
