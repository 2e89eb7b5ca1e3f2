"""How proposals find firms, who brings them to the talks, and when talks lapse."""

from __future__ import annotations

from sim.core import enums as k
from sim.rules import matching, proposals
from tests.rules.conftest import Bench


def only_firm(bench: Bench, sector: int = 0) -> int:
    """Return a firm that is the only one to work in a sector, and can work everywhere."""
    firms = bench.actors(k.FIRM)
    bench.w.strength[firms, sector] = 0.0
    bench.strengthen(firms[3], sector, 1.0)
    bench.w.match[firms[3]] = 0.5
    bench.w.endowment[:, sector] = 0.5
    bench.w.actor["active_since"][firms[3]] = -100
    return int(firms[3])


def wish(bench: Bench, i: int) -> int:
    """Put a wish of a place on its list, addressed to the first province."""
    return bench.project(i, k.PROPOSED, actor=0, firm=-1, hands=1 << k.PROVINCE)


def settle(bench: Bench, *places: int) -> None:
    """Let the proposals of places look for firms, and firms sign."""
    for i in places:
        matching.match_firms(bench.h, i, i + 1, bench.t)
    matching.sign_memoranda(bench.h, bench.t)


def test_governors_compete_for_a_firm_which_takes_the_best_wish(bench: Bench) -> None:
    firm, c = only_firm(bench), bench.country()
    one, other = bench.place(c, 0), bench.place(c, 1)
    bench.par(project_matching=1e9, tender_trust=5.0)
    bench.tie(firm, other, 0.9)
    rows = [wish(bench, i) for i in (one, other, one)]
    settle(bench, one, other)
    assert [bench.stage(j) for j in rows] == [k.PROPOSED, k.SIGNED, k.PROPOSED]
    assert [int(bench.w.project["firm"][j]) for j in rows] == [-1, firm, -1]
    # The others may ask again.
    bench.t += 1
    settle(bench, one, other)
    assert sum(bench.stage(j) == k.SIGNED for j in rows) == 2


def test_a_firm_that_was_never_there_comes_with_whom_the_wish_was_addressed_to(
    bench: Bench,
) -> None:
    firm, i = only_firm(bench), bench.place(bench.country())
    bench.par(project_matching=1e9, project_passing=0.0)
    bench.tie(0, i, 0.5, hands=1 << k.PROVINCE)
    j = wish(bench, i)
    settle(bench, i)
    brought = bench.events(k.INTRODUCTION)
    assert brought["actor"].tolist() == [firm]
    assert brought["cause0"].tolist() == [77]
    assert bench.events(k.MEMORANDUM)["cause1"].tolist() == brought["id"].tolist()
    assert bench.w.project["hands"][j] == 1 << k.PROVINCE | 1 << k.FIRM


def test_a_firm_that_knows_the_place_comes_by_itself(bench: Bench) -> None:
    firm, i = only_firm(bench), bench.place(bench.country())
    bench.par(project_matching=1e9, project_passing=0.0)
    bench.tie(firm, i, 0.2)
    wish(bench, i)
    settle(bench, i)
    assert not len(bench.events(k.INTRODUCTION))
    assert bench.events(k.MEMORANDUM)["cause1"].tolist() == [77]


def test_embassies_pass_wishes_on_to_firms(bench: Bench) -> None:
    firm, c = only_firm(bench), bench.country()
    i, embassy = bench.place(c), int(bench.w.country["embassy"][c])
    bench.tie(0, i, 0.5)
    bench.tie(embassy, i, 0.8, event=88, hands=1 << k.EMBASSY)
    bench.w.place["informed"][i] = 0.8
    bench.par(project_matching=1e9, project_passing=1e9)
    j = wish(bench, i)
    settle(bench, i)
    assert bench.events(k.INTRODUCTION)["cause0"].tolist() == [88]
    assert bench.w.project["firm"][j] == firm
    assert bench.w.project["hands"][j] >> k.EMBASSY & 1


def test_wishes_that_are_passed_on_find_firms_more_often(bench: Bench) -> None:
    only_firm(bench)
    i = bench.place(bench.country())
    j = wish(bench, i)
    bench.par(project_matching=0.2)
    bench.w.place["trust"][i] = 0.5

    def found(informed: float, passing: float) -> int:
        bench.w.place["informed"][i] = informed
        bench.par(project_passing=passing)
        count = 0
        for t in range(bench.t, bench.t + 120):
            bench.w.project["firm"][j] = -1
            matching.match_firm(bench.h, j, 1.0, t)
            count += int(bench.w.project["firm"][j] >= 0)
        return count

    alone = found(0.0, 2.0)
    assert found(1.0, 2.0) > 2 * alone
    assert found(1.0, 0.0) == alone > 0


def test_no_firm_works_where_nothing_is_to_be_done(bench: Bench) -> None:
    only_firm(bench)
    i = bench.place(bench.country())
    j = wish(bench, i)
    assert matching.matched_firm(bench.h, j, bench.t) >= 0
    bench.w.endowment[i, 0] = 0.0
    assert matching.matched_firm(bench.h, j, bench.t) == -1


def signed(bench: Bench, memory: float, investment: float = 1.0) -> int:
    """Return how many of 40 proposals find a firm within the month."""
    i = bench.place(bench.country())
    bench.tie(0, i, 0.5, memory=memory)
    bench.w.signal[bench.t, k.SIGNAL.outward_investment] = investment
    rows = [bench.project(i, k.PROPOSED, sector=s % 10, actor=0, firm=-1) for s in range(40)]
    matching.match_firms(bench.h, i, i + 1, bench.t)
    found = int((bench.w.project["firm"][rows] >= 0).sum())
    bench.w.project["stage"][rows] = k.OPERATING
    bench.forget_projects()
    return found


def test_proposals_find_firms_by_memory_and_by_chinas_investment(bench: Bench) -> None:
    bench.strengthen(bench.actors(k.FIRM), slice(None), 0.5)
    bench.par(project_matching=0.5, signals_slowdown=1.0, memory_need=1.0)
    assert signed(bench, 0.0) < signed(bench, 1.0)
    assert signed(bench, 1.0, investment=0.1) < signed(bench, 1.0, investment=1.5)
    bench.par(project_matching=0.0)
    assert signed(bench, 1.0) == 0


def test_talks_lapse_when_their_time_is_over(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(project_matching=0.0)
    due = [bench.project(i, stage, lapses=bench.t) for stage in (k.PROPOSED, k.AWARDED)]
    later = bench.project(i, k.PROPOSED, lapses=bench.t + 1)
    financed = bench.project(i, k.FINANCED, lapses=bench.t)
    matching.sign_memoranda(bench.h, bench.t)
    assert [bench.stage(j) for j in due] == [k.LAPSED, k.LAPSED]
    assert bench.stage(later) == k.PROPOSED
    assert bench.stage(financed) == k.FINANCED
    assert len(bench.events(k.LAPSE)) == 2


def test_a_firm_that_pitched_signs_itself(bench: Bench) -> None:
    i, firm = bench.place(bench.country()), bench.actors(k.FIRM)[5]
    j = bench.project(i, k.PROPOSED, channel=k.FIRM, actor=firm, firm=-1)
    assert matching.firm_for(bench.h, j, bench.t) == firm
    proposals.sign_memorandum(bench.h, j, bench.t, firm)
    assert bench.w.project["firm"][j] == firm
    assert bench.events(k.MEMORANDUM)["actor"].tolist() == [firm]


def test_trusted_firms_of_trusted_provinces_are_matched(bench: Bench) -> None:
    w, i = bench.w, bench.place(bench.country())
    firms = bench.actors(k.FIRM)
    bench.strengthen(firms, 0, 0.5)
    w.actor["active_since"] = -100
    j = bench.project(i, k.PROPOSED)
    bench.par(tender_trust=6.0)
    favourite = firms[7]
    asked = range(300)

    def matches() -> int:
        return sum(matching.matched_firm(bench.h, j, t) == favourite for t in asked)

    before = matches()
    bench.tie(favourite, i, 0.5)
    known = matches()
    bench.tie(int(w.actor["home"][favourite]), i, 0.5)
    assert before < known < matches()
    w.actor["active_since"][favourite] = 10**6
    assert matches() == 0
    w.strength[:, 0] = 0.0
    assert matching.matched_firm(bench.h, j, bench.t) == -1


def test_large_projects_go_to_large_firms(bench: Bench) -> None:
    w, i = bench.w, bench.place(bench.country())
    firms = bench.actors(k.FIRM)
    bench.strengthen(firms, 0, 0.5)
    w.actor["active_since"] = -100
    sizes = []
    for value in (10.0, 10000.0):
        j = bench.project(i, k.PROPOSED, value=value)
        chosen = [int(matching.matched_firm(bench.h, j, t)) for t in range(200)]
        sizes.append(float(w.actor["scale"][chosen].mean()))
    assert sizes[0] < sizes[1]
