"""Plans: projects that national executives negotiate themselves, and the loans for them."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import LOW_BITS, elastic, exponential_arrival, hands_of, local_authority
from sim.rules.credit import appetite_for_credit, credit_on_offer, promise_loan
from sim.rules.matching import bring_firm_to_talks, matched_firm
from sim.rules.powers import tens
from sim.rules.proposals import (
    add_project,
    announce_proposal,
    approve,
    resize,
    sign_memorandum,
    site_of_plan,
)


@rule
def plan_project(w, c, t):
    """Let a national executive plan a project of its own with China (adaptive outreach; M05).

    Friendly, consolidated executives of more centralized countries do so more often;
    strain and tension hold them back (M11, M50). More plans follow from the loans that the banks
    offer, where an executive wants them (:func:`sim.rules.credit.appetite_for_credit`).
    """
    p = w.par[0]
    country = w.country[c]
    country.plan_sector = -1
    if country.recognises == 0 or w.place[country.centre].trusted < 0:
        return
    chance = p.project_executive * (0.5 + 0.5 * country.stance)
    chance *= 0.3 + w.place[country.centre].trust
    chance *= country.restraint * (1.0 + p.approval_consolidation * country.consolidation)
    chance *= 1.0 + p.project_executive_authority * (0.5 - local_authority(w, c))
    borrowing = p.finance_offer * appetite_for_credit(w, c) * credit_on_offer(w)
    u = draw(w.run, d.EXECUTIVE_WISH, country.key, 0, t)
    if u >= chance * (1.0 + borrowing):
        return
    country.plan_loan = 1 if u >= chance else 0
    best = math.inf
    for s in range(len(w.sector)):
        weight = w.sector[s].weight * w.endowment[country.centre, s]
        weight *= elastic(w.sector[s].central, p.project_executive_sector)
        weight *= 1.0 + 2.0 * w.programme[t, c, s]
        if weight > 0.0:
            u = draw(w.run, d.EXECUTIVE_WISH_SECTOR, country.key, w.sector[s].key, t)
            arrival = exponential_arrival(u, weight, best)
            if arrival < best:
                best = arrival
                country.plan_sector = s
    if country.plan_sector >= 0:
        country.plan_place = site_of_plan(w, c, country.plan_sector, -1, t)


@rule
def register_plan(w, c, t):
    """Put the executive's plan of this month among the projects."""
    country = w.country[c]
    if country.plan_sector < 0:
        return
    centre = w.place[country.centre]
    cause = country.office_event
    actor = centre.trusted
    if actor >= 0:
        cause = w.tie[w.tie_of[actor, country.centre]].event
    j = add_project(
        w, t, country.plan_place, country.plan_sector, country.leader & LOW_BITS, 0.0, cause,
        country.office_event,
    )  # fmt: skip
    resize(w, j, w.par[0].finance_size if country.plan_loan == 1 else 1.0)
    if country.plan_loan == 1:
        promise_loan(w, j)
        w.project[j].tens = tens(w.project[j].value)
    if actor >= 0:
        w.project[j].hands = hands_of(w, actor, country.centre)
    announce_proposal(w, j, t, k.CENTRAL, k.BY_EXECUTIVE, k.LAC, actor)
    if w.project[j].bank >= 0:
        agree_on_plan(w, j, t)


@rule
def agree_on_plan(w, j, t):
    """Settle a plan with a tied loan at once: the executive negotiated and approves it itself."""
    firm = matched_firm(w, j, t)
    if firm >= 0:
        bring_firm_to_talks(w, j, t, firm)
        sign_memorandum(w, j, t, firm)
        project = w.project[j]
        cause = w.country[project.country].office_event
        approve(w, j, t, k.APPROVAL_CENTRAL, project.place, cause)
