"""Approvals: governors decide what is in local power, executives the rest, and may veto."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.rules.basics import elastic, is_aligned, will_of
from sim.rules.proposals import approve, end_project, first_open, project_draw

REINFORCING_DEALS = 3.0
"""Recent deals at one level that give the full push to the other level."""


@rule
def add_log_odds(chance, log_odds):
    """Return a probability moved by a number of log-odds."""
    odds = chance * math.exp(log_odds)
    return odds / (1.0 - chance + odds)


@rule
def common_push(w, j, t):
    """Return the log-odds that help or hinder an approval at either level.

    Fit with a national programme (M10), the reputation of Chinese firms in the country (adaptive
    outreach).
    """
    p = w.par[0]
    project = w.project[j]
    country = w.country[project.country]
    push = p.approval_programme * w.programme[t, project.country, project.sector]
    return push - p.learning_caution * (1.0 - country.reputation)


@rule
def approve_locally(w, first, end, t):
    """Let local offices before ``end`` see to the memoranda there that are in local power."""
    for n in range(first_open(w, first), first_open(w, end)):
        decide_locally(w, w.project[n].nth_open, t)


@rule
def decider(w, project):
    """Return the local office that decides on a project: the city's own, or its governor's."""
    return project.place if project.level == k.MUNICIPAL else w.place[project.place].unit


@rule
def decide_locally(w, j, t):
    """Decide on one memorandum in local power.

    The chance is ``approval.local`` times will to a power, moved by alignment, programmes, an
    agreement of the same firm with the national government and recent central deals (M01, M09,
    M10, M23, M38, M54). Strain counts only as far as governors are not insulated from it (M11).
    Unwilling governors refuse.
    """
    project = w.project[j]
    if project.stage != k.SIGNED or project.level in (k.NO_LEVEL, k.CENTRAL) or project.signed >= t:
        return
    p = w.par[0]
    g = decider(w, project)
    will = will_of(w, g)
    country = w.country[project.country]
    push = common_push(w, j, t)
    push += p.approval_alignment * (1.0 if is_aligned(w, g) else -1.0)
    push += p.approval_reinforcement * min(1.0, country.central_deals / REINFORCING_DEALS)
    push -= (1.0 - p.approval_insulation) * p.approval_strain * country.strain
    if w.national[project.firm, project.country] >= 0:
        push += p.approval_endorsement
    own = p.approval_local * elastic(will, p.office_will_elasticity)
    chance = add_log_odds(own, push)
    if project_draw(w, d.APPROVAL, project, t) < chance:
        approve(w, j, t, k.APPROVAL_LOCAL, g, w.governor[g].office_event)
    elif project_draw(w, d.REFUSAL, project, t) < p.approval_refusal * (1.0 - will):
        end_project(w, j, t, k.REFUSED, k.REFUSAL, w.governor[g].office_event)


@rule
def approve_centrally(w, first, end, t):
    """Let the national executives before ``end`` decide on what is in their power.

    Derail what they dislike (M48). Open projects stand in the order of places, units before cities.
    """
    unit = first_open(w, w.country[first].first)
    city = first_open(w, w.country[first].first_city)
    for c in range(first, end):
        country = w.country[c]
        if country.open_projects > 0:
            unit = review_places(w, c, unit, country.first, country.count, t)
            city = review_places(w, c, city, country.first_city, country.city_count, t)


@rule
def review_places(w, c, n, place, count, t):
    """Let an executive decide on, or derail, projects at ``count`` places from ``place`` on.

    They are looked for from position ``n`` on in the list of open ones; return the one behind.
    """
    country = w.country[c]
    hostility = max(0.0, -country.stance)
    while n < w.run[0].open_projects:
        j = w.project[n].nth_open
        project = w.project[j]
        if project.place >= place + count:
            break
        n += 1
        if project.place < place:
            continue
        local = project.level == k.LOCAL or project.level == k.MUNICIPAL
        if project.stage == k.SIGNED and project.level == k.CENTRAL and project.signed < t:
            decide_centrally(w, j, t)
        elif local and hostility > 0.0 and project.stage < k.OPERATING:
            if project_draw(w, d.VETO, project, t) < w.par[0].approval_veto * hostility:
                end_project(w, j, t, k.VETOED, k.VETO, country.office_event)
    return n


@rule
def decide_centrally(w, j, t):
    """Decide on one memorandum at the national level.

    The executive's stance and recognition count, strained relations hinder (M11, M15); a unit's
    proposal is slow, the more so without alignment (M02, M09); recent local deals help (M54).
    """
    p = w.par[0]
    project = w.project[j]
    country = w.country[project.country]
    if country.recognises == 0:
        return
    push = common_push(w, j, t)
    push += p.approval_stance * country.stance - p.approval_strain * country.strain
    push += p.approval_reinforcement * min(1.0, country.local_deals / REINFORCING_DEALS)
    chance = p.approval_central
    if project.channel == k.BY_EXECUTIVE:
        own = p.approval_own * (1.0 + p.approval_consolidation * country.consolidation)
        chance = min(0.9, chance * own)
    else:
        push += p.approval_alignment * (1.0 if is_aligned(w, project.place) else -1.0)
    if project_draw(w, d.APPROVAL, project, t) < add_log_odds(chance, push):
        approve(w, j, t, k.APPROVAL_CENTRAL, project.place, country.office_event)
    elif project_draw(w, d.REFUSAL, project, t) < p.approval_refusal * 0.5 * (1.0 - country.stance):
        end_project(w, j, t, k.REFUSED, k.REFUSAL, country.office_event)
