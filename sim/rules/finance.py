"""Tenders, finance and the moment a deal is formed."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.calendar import MONTHS_A_YEAR
from sim.core.jit import rule
from sim.rules.basics import count_success, elastic, is_aligned, logistic, record, trust_between
from sim.rules.credit import ask_bank, chosen_bank, year_of_lending
from sim.rules.pairs import comes_about
from sim.rules.powers import local_power
from sim.rules.proposals import end_project, first_open, project_draw
from sim.rules.ties import meet

COOPERATION = 0.4
"""How fast a sovereign loan for a unit comes about without alignment (assumption: Box 1, M07)."""
PRIORITY = 2.0
"""Advance in a bank's queue, in years, of what an executive planned itself (assumption)."""


@rule
def award_projects(w, first, end, t):
    """Award the approved projects of places before ``end``, by tender or directly (M55)."""
    for n in range(first_open(w, first), first_open(w, end)):
        decide_award(w, w.project[n].nth_open, t)


@rule
def decide_award(w, j, t):
    """Award an approved project, by open tender or directly.

    In a tender the firm wins with logistic(tender.trust * trust + tender.experience * experience
    - log(rivals)) .
    """
    project = w.project[j]
    if project.stage != k.APPROVED or project.approved >= t:
        return
    u = project_draw(w, d.TENDER_DECIDED, project, t)
    if comes_about(w, j, u, w.par[0].tender_duration):
        # A loan agreed with the plan is tied to its firm.
        tender = w.country[project.country].tender if project.bank < 0 else 0.0
        open_ = project_draw(w, d.TENDER_OPEN, project, 0) < tender
        if open_ and project_draw(w, d.TENDER_WON, project, 0) >= bid_strength(w, j):
            end_project(w, j, t, k.LOST, k.TENDER_LOST, 0)
        else:
            award(w, j, t)


@rule
def bid_strength(w, j):
    """Return the chance that a project's firm wins an open tender."""
    p = w.par[0]
    project = w.project[j]
    trust = trust_between(w, project.firm, project.place)
    home = w.actor[project.firm].home
    if home >= 0:
        trust = max(trust, trust_between(w, home, project.place))
    worth = p.tender_trust * trust
    worth += p.tender_experience * w.experience[project.firm, project.country]
    return logistic(worth - math.log(max(1.0, p.tender_rivals)))


@rule
def award(w, j, t):
    """Award a project and settle how it is to be financed."""
    p = w.par[0]
    project = w.project[j]
    project.stage = k.AWARDED
    project.awarded = t
    project.event = record(
        w, k.AWARD, t, project.firm, project.place, project.initiator, project.sector,
        project.key, project.value, project.event, 0, 0,
    )  # fmt: skip
    if project.bank >= 0:
        return
    need = w.sector[project.sector].loan_need
    need *= elastic(1.0 - w.country[project.country].tender, p.finance_openness)
    project.needs_loan = 1 if project_draw(w, d.LOAN_NEEDED, project, 0) < need else 0
    project.finance = k.OWN
    if project.needs_loan == 1:
        project.loan = p.finance_loan_share * project.value
        seek_lender(w, j, t)


@rule
def seek_lender(w, j, t):
    """Choose the bank and whether the unit or the state borrows.

    Units with the power to borrow get direct loans, rarely, and more often where the centre might
    withhold funds (Box 1; M08, M53).
    """
    p = w.par[0]
    project = w.project[j]
    chance = p.finance_local_loans
    if not is_aligned(w, project.place):
        chance += p.finance_hedge
    chance *= local_power(w, w.place[project.place].unit, project.sector, project.value)
    direct = project.level == k.LOCAL and project_draw(w, d.LOAN_LOCAL, project, 0) < chance
    project.finance = k.LOCAL_LOAN if direct else k.SOVEREIGN
    ask_bank(w, j, chosen_bank(w, j, direct))


@rule
def close_own_finance(w, first, end, t):
    """Close the finance of projects of places before ``end`` that need no bank."""
    for n in range(first_open(w, first), first_open(w, end)):
        close_finance(w, w.project[n].nth_open, t)


@rule
def close_finance(w, j, t):
    """Close the finance of an awarded project that needs no bank."""
    project = w.project[j]
    if project.stage == k.AWARDED and project.needs_loan == 0 and project.awarded < t:
        u = project_draw(w, d.FINANCIAL_CLOSE, project, t)
        if comes_about(w, j, u, w.par[0].finance_closing):
            form_deal(w, j, t, k.OWN_FINANCE)


@rule
def lend(w, b, t):
    """Let a policy bank lend in the order of its queue until its envelope is spent.

    The ripe applications stand in the order of :func:`rank_application`; equal ones by identity.
    For the first that its funds do not suffice for the bank saves, unless they never will. A
    sovereign loan needs recognition and, for a unit's project, the centre's cooperation (Box 1;
    M07).
    """
    bank = w.actor[b]
    most = 2.0 * year_of_lending(w, b, t)
    ripe = 0
    j = bank.first_loan
    while j >= 0:
        if w.project[j].stage == k.AWARDED:
            ripe += rank_application(w, j, t)
        j = w.project[j].next_loan
    saves = False
    while ripe > 0:
        ripe -= 1
        best = best_application(w, b)
        project = w.project[best]
        project.rank = 0.0
        if project.loan <= bank.budget and not saves:
            bank.budget -= project.loan
            local = project.finance == k.LOCAL_LOAN
            if not local:
                w.country[project.country].debt += project.loan
            form_deal(w, best, t, k.LOAN_LOCAL if local else k.LOAN_SOVEREIGN)
        elif project.loan <= most:
            saves = True


@rule
def rank_application(w, j, t):
    """Set the place of an awarded project's loan in the queue; return 0 if it is not ripe.

    rank = 1 + trust + years since the award, and two more for what an executive planned
    itself. Its loan is agreed with the plan and ripe at once.
    """
    p = w.par[0]
    project = w.project[j]
    if project.needs_loan == 0 or project.awarded >= t:
        return 0
    country = w.country[project.country]
    if project.finance == k.SOVEREIGN and country.recognises == 0:
        return 0
    trust = w.place[project.place].trust
    if project.channel == k.BY_EXECUTIVE:
        trust = w.place[country.centre].trust + PRIORITY
    else:
        chance = p.finance_closing
        if project.finance == k.SOVEREIGN and project.level != k.CENTRAL:
            if not is_aligned(w, project.place):
                chance *= COOPERATION
        if not comes_about(w, j, project_draw(w, d.FINANCIAL_CLOSE, project, t), chance):
            return 0
    project.rank = 1.0 + trust + (t - project.awarded) / MONTHS_A_YEAR
    return 1


@rule
def best_application(w, b):
    """Return the bank's project of highest priority, -1 if none is left."""
    best = -1
    j = w.actor[b].first_loan
    while j >= 0:
        if w.project[j].rank > 0.0 and (best < 0 or outranks(w, j, best)):
            best = j
        j = w.project[j].next_loan
    return best


@rule
def outranks(w, i, j):
    """Tell whether project ``i`` comes before project ``j``."""
    first, second = w.project[i], w.project[j]
    if first.rank != second.rank:
        return first.rank > second.rank
    return first.key < second.key


@rule
def form_deal(w, j, t, kind):
    """Form a deal: the project is awarded and financed, or the acquisition has closed."""
    p = w.par[0]
    project = w.project[j]
    # What is seen of a deal is seen all over the unit, whichever office it is of.
    unit = w.place[project.place].unit
    place = w.place[unit]
    country = w.country[project.country]
    actor = project.bank if project.bank >= 0 else project.firm
    amount = project.loan if project.bank >= 0 else project.value
    means = record(
        w, kind, t, actor, project.place, project.initiator, project.sector, project.key, amount,
        project.event, 0, 0,
    )  # fmt: skip
    project.event = record(
        w, k.DEAL, t, project.firm, project.place, project.initiator, project.sector,
        project.key, project.value, means, project.first_event, 0,
    )  # fmt: skip
    project.stage = k.FINANCED
    project.dealt = t
    place.deals_now += 1
    w.run[0].deals_now += 1
    place.deal_event = project.event
    place.deal_near = t
    for n in range(w.neighbour_start[unit], w.neighbour_start[unit + 1]):
        w.place[w.neighbour[n]].deal_near = t
    if project.level == k.LOCAL or project.level == k.MUNICIPAL:
        country.local_deals += 1.0
    elif project.level == k.CENTRAL:
        country.central_deals += 1.0
    gain_experience(w, project.firm, project.country)
    if w.actor[project.firm].home >= 0:
        gain_experience(w, w.actor[project.firm].home, project.country)
        count_success(w, w.actor[project.firm].home)
    meet(w, project.firm, project.place, t, p.tie_contact, project.initiator, project.event)


@rule
def gain_experience(w, a, c):
    """Let a firm, or the province it comes from, learn from a deal in a country (M62)."""
    known = w.experience[a, c]
    gain = w.par[0].learning_experience * (1.0 - known)
    w.experience[a, c] = known + gain
    if w.office[a, c] < 0:
        w.actor[a].unhoused += gain
