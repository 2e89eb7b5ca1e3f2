"""Credit: what policy banks have, what they promise to executives, and who wants it."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.calendar import MONTHS_A_YEAR
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import LOW_BITS, elastic, exponential_arrival


@rule
def year_of_lending(w, b, t):
    """Return what a bank may add to its commitments in a year at this month's pace."""
    return MONTHS_A_YEAR * w.par[0].finance_envelope * w.envelope[t, b]


@rule
def fund_bank(w, b, t):
    """Add this month's part of the envelope to what a bank can commit.

    funds = min(funds + year / 12, 2 year), where year is twelve times the month's part. Funds not
    used add up to two years' envelope; what goes beyond lapses. Besides, a bank promises loans for
    the funds of the coming ``finance.ahead`` years, less what it has been asked for already.
    """
    bank = w.actor[b]
    year = year_of_lending(w, b, t)
    bank.budget = min(bank.budget + year / MONTHS_A_YEAR, 2.0 * year)
    asked = 0.0
    drop_settled_loans(w, b)
    j = bank.first_loan
    while j >= 0:
        asked += w.project[j].loan
        j = w.project[j].next_loan
    bank.credit = max(0.0, bank.budget + w.par[0].finance_ahead * year - asked)


@rule
def ask_bank(w, j, b):
    """Enter a project in the list of loans asked of a bank: by place, the newest of a place first.

    Without a bank, -1, there is nobody to ask.
    """
    project = w.project[j]
    project.bank = b
    if b < 0:
        return
    before, after = -1, w.actor[b].first_loan
    while after >= 0 and stands_before(w, after, j):
        before, after = after, w.project[after].next_loan
    project.next_loan = after
    if before >= 0:
        w.project[before].next_loan = j
    else:
        w.actor[b].first_loan = j


@rule
def stands_before(w, i, j):
    """Tell whether project ``i`` stands before ``j`` in the list of open ones."""
    if w.project[i].place != w.project[j].place:
        return w.project[i].place < w.project[j].place
    return i > j


@rule
def drop_settled_loans(w, b):
    """Take off a bank's list what has been lent or has ended."""
    before, j = -1, w.actor[b].first_loan
    while j >= 0:
        after = w.project[j].next_loan
        if w.project[j].stage <= k.AWARDED:
            before = j
        elif before >= 0:
            w.project[before].next_loan = after
        else:
            w.actor[b].first_loan = after
        j = after


@rule
def credit_on_offer(w):
    """Return what the banks still have to promise, US$ billion."""
    total = 0.0
    for b in range(w.run[0].end_firm, w.run[0].end_bank):
        total += w.actor[b].credit
    return total / 1000.0


@rule
def appetite_for_credit(w, c):
    """Return how much a national executive wants tied and commodity-backed loans, a factor.

    Countries in need of credit and rich in commodities take them, those with open and competitive
    markets are disinterested (report, adaptive outreach; M05). What is owed already holds back.
    """
    p = w.par[0]
    country = w.country[c]
    want = math.exp(p.finance_need * country.fiscal + p.finance_resources * country.resources)
    open_ = elastic(1.0 - country.tender, p.finance_openness)
    return want * open_ * room_for_debt(w, c) / debt_limit(w, c)


@rule
def economy(w, place):
    """Return the yearly product of a place, US$ million."""
    return 10000.0 * math.exp(math.log(10.0) * w.place[place].market)


@rule
def debt_limit(w, c):
    """Return the most that a country borrows from the banks together, US$ million."""
    return w.par[0].finance_debt * economy(w, w.country[c].centre)


@rule
def room_for_debt(w, c):
    """Return what a country can still borrow, US$ million."""
    return max(0.0, debt_limit(w, c) - w.country[c].debt)


@rule
def chosen_bank(w, j, direct):
    """Choose the bank of a project, by the credit it has left; -1 if none lends that way."""
    project = w.project[j]
    best = math.inf
    chosen = -1
    for b in range(w.run[0].end_firm, w.run[0].end_bank):
        bank = w.actor[b]
        if bank.local_loans == 1 or not direct:
            u = draw(w.run, d.LOAN_BANK, bank.key, project.key & LOW_BITS, 0)
            arrival = exponential_arrival(u, 1.0 + bank.credit, best)
            if arrival < best:
                best = arrival
                chosen = b
    return chosen


@rule
def bounded(value, bound):
    """Return a size that what must carry it bounds: half of either where they are equal."""
    return value * bound / (value + bound)


@rule
def promise_loan(w, j):
    """Let a bank promise the loan for an executive's plan, as far as credit and debt allow."""
    project = w.project[j]
    country = w.country[project.country]
    b = chosen_bank(w, j, False)
    room = min(w.actor[b].credit, room_for_debt(w, project.country)) if b >= 0 else 0.0
    if room <= 0.0 or country.recognises == 0:
        return
    share = w.par[0].finance_loan_share
    if share > 0.0:
        project.value = bounded(project.value, room / share)
    project.loan = share * project.value
    ask_bank(w, j, b)
    project.needs_loan = 1
    project.finance = k.SOVEREIGN
    w.actor[b].credit = max(0.0, w.actor[b].credit - project.loan)
