"""Matching: how a proposal finds a firm, and who brings the firm to the talks."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import (
    LOW_BITS,
    can_work,
    elastic,
    exponential_arrival,
    hands_of,
    is_too_late,
    passes_on,
    power_at_most,
    total_trust,
    trust_between,
)
from sim.rules.finance import outranks
from sim.rules.pairs import comes_about
from sim.rules.proposals import (
    end_project,
    first_open,
    place_of_talks,
    project_draw,
    sign_memorandum,
)
from sim.rules.ties import introduce

STRENGTH = 3.0
"""Weight of a firm's strength in the sector in its match with a project (report, section d)."""


@rule
def match_firms(w, first, end, t):
    """Let the proposals at places before ``end`` look for firms (sections a, d; M37)."""
    investment = elastic(w.signal[t, k.SIGNAL.outward_investment], w.par[0].signals_slowdown)
    for n in range(first_open(w, first), first_open(w, end)):
        match_firm(w, w.project[n].nth_open, investment, t)


@rule
def match_firm(w, j, investment, t):
    """Let a proposal look for a firm, whose mark it bears until the memorandum is signed.

    The chance rises with the team's memory, with how far the place is known to those who pass
    wishes on, and with China's outward investment, a factor (M33, M39, M59).
    """
    p = w.par[0]
    project = w.project[j]
    if project.stage != k.PROPOSED:
        return
    chance = p.project_matching * investment
    chance *= 1.0 + p.project_passing * w.place[place_of_talks(w, j)].informed
    if comes_about(w, j, project_draw(w, d.MATCH, project, t), chance):
        project.firm = firm_for(w, j, t)
        if project.firm >= 0:
            worth = utility_of_match(w, project.firm, j) + project.tens
            project.rank = math.exp(min(50.0, worth))


@rule
def sign_memoranda(w, t):
    """Let firms sign: of several wishes a firm takes the best, as governors compete for it.

    Equal ones are settled by identity. Negotiations lapse now and then.
    """
    head = w.run[0]
    for n in range(head.open_projects):
        j = w.project[n].nth_open
        if w.project[j].stage == k.PROPOSED and w.project[j].firm >= 0:
            weigh_wish(w, j)
    for n in range(head.open_projects):
        j = w.project[n].nth_open
        project = w.project[j]
        if project.stage == k.PROPOSED and project.firm >= 0:
            firm = project.firm
            project.firm = -1
            if w.actor[firm].best_wish == j and project.rank > 0.0:
                bring_firm_to_talks(w, j, t, firm)
                sign_memorandum(w, j, t, firm)
            project.rank = 0.0
        if project.stage <= k.AWARDED and t >= project.lapses:
            end_project(w, j, t, k.LAPSED, k.LAPSE, 0)


@rule
def weigh_wish(w, j):
    """Let the firm that a proposal found prefer it to the others that found it this month."""
    project = w.project[j]
    firm = w.actor[project.firm]
    best = firm.best_wish
    if best >= 0 and w.project[best].stage == k.PROPOSED and w.project[best].firm == project.firm:
        if outranks(w, best, j):
            return
    firm.best_wish = j


@rule
def bring_firm_to_talks(w, j, t, firm):
    """Let whoever told a firm of a wish introduce it, unless it knows the place by itself.

    A part ``f / (1 + f)`` of matches comes about by those who pass wishes on, with ``f`` the factor
    by which they add to the chance. Of the rest, a firm that has not met the office comes with the
    Chinese actor to whom the wish was addressed, or else with the actor trusted most.
    """
    project = w.project[j]
    talks = place_of_talks(w, j)
    passing = w.par[0].project_passing * w.place[talks].informed
    by = -1
    if project_draw(w, d.WISH_PASSED, project, t) * (1.0 + passing) < passing:
        by = passer_on(w, talks, j, t)
    if by < 0 and w.tie_of[firm, project.place] < 0 and w.tie_of[firm, talks] < 0:
        by = project.actor if project.actor >= 0 else w.place[talks].trusted
    if by >= 0 and by != firm:
        row = w.tie_of[by, talks] if w.tie_of[by, talks] >= 0 else w.tie_of[by, project.place]
        cause = w.tie[row].event if row >= 0 else project.event
        share = w.par[0].tie_introduced
        introduce(w, firm, project.place, t, share, project.sector, cause, by, True)
        project.hands |= hands_of(w, by, w.tie[row].place if row >= 0 else project.place)


@rule
def passer_on(w, place, j, t):
    """Choose by trust who passes the wish for a project on; -1 if nobody is trusted there."""
    best = math.inf
    chosen = -1
    row = w.place[place].first_tie
    while row >= 0:
        tie = w.tie[row]
        if passes_on(w, tie.actor):
            key = w.actor[tie.actor].key
            u = draw(w.run, d.WISH_PASSED_BY, key, w.project[j].key & LOW_BITS, t)
            arrival = exponential_arrival(u, total_trust(tie), best)
            if arrival < best:
                best = arrival
                chosen = tie.actor
        row = tie.of_place
    return chosen


@rule
def firm_for(w, j, t):
    """Return the firm of a project: the one that pitched it, or a match; -1 if there is none."""
    project = w.project[j]
    a = project.actor
    if a >= 0 and w.actor[a].kind == k.FIRM and project.channel == k.FIRM:
        return a
    return matched_firm(w, j, t)


@rule
def utility_of_match(w, f, j):
    """Return the fit of firm and project: strength, experience, own and home's trust, size."""
    p = w.par[0]
    project = w.project[j]
    firm = w.actor[f]
    utility = STRENGTH * w.strength[f, project.sector] + w.experience[f, project.country]
    utility += p.tender_trust * trust_between(w, f, project.place)
    if firm.home >= 0:
        utility += p.tender_trust * trust_between(w, firm.home, project.place)
    stretch = max(0.0, min(1.0, 0.5 * project.tens))
    return utility - 3.0 * max(0.0, stretch - firm.scale)


@rule
def matched_firm(w, j, t):
    """Choose a firm for a project by its fit, among those that do such work there."""
    project = w.project[j]
    best = math.inf
    chosen = -1
    p = w.par[0]
    able, known = math.exp(STRENGTH), math.exp(1.0 + 2.0 * p.tender_trust)
    f = w.firm_from[0, project.sector]
    while f >= 0:
        firm = w.actor[f]
        if firm.active_since <= t and can_work(w, f, project.place, project.sector):
            u = draw(w.run, d.MATCH_FIRM, firm.key, project.key & LOW_BITS, t)
            most = known * power_at_most(w.strength[f, project.sector], able)
            if not is_too_late(u, most, best):
                arrival = exponential_arrival(u, math.exp(utility_of_match(w, f, j)), best)
                if arrival < best:
                    best = arrival
                    chosen = f
        f = w.firm_from[f + 1, project.sector]
    return chosen
