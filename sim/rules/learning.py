"""Learning: demonstration to neighbours, experience and offices, reputation, views of China."""

from __future__ import annotations

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import authority_at, is_aligned, local_authority, record

RECENT = 0.97
"""Share of the memory of recent deals kept each month."""

NEIGHBOUR_SHARE = 0.5
"""How much a neighbour's deal impresses, relative to one's own."""


@rule
def clear_ended(w, i, t):
    """Take ended projects off a place's list."""
    place = w.place[i]
    while place.first_project >= 0 and w.project[place.first_project].stage >= k.FIRST_ENDED:
        place.first_project = w.project[place.first_project].next
    j = place.first_project
    while j >= 0:
        project = w.project[j]
        while project.next >= 0 and w.project[project.next].stage >= k.FIRST_ENDED:
            project.next = w.project[project.next].next
        j = project.next


@rule
def update_neighbour_demonstration(w, i, t):
    """Be impressed by this month's deals here and in neighbouring cells of the grid."""
    p = w.par[0]
    place = w.place[i]
    place.demonstration *= 1.0 - p.learning_forgetting
    if w.run[0].deals_now == 0:
        return
    impression = float(place.deals_now)
    source = place.deal_event if place.deals_now > 0 else 0
    for n in range(w.neighbour_start[i], w.neighbour_start[i + 1]):
        neighbour = w.place[w.neighbour[n]]
        if neighbour.deals_now > 0:
            impression += NEIGHBOUR_SHARE * neighbour.deals_now
            if source == 0:
                source = neighbour.deal_event
    if impression > 0.0:
        impress(w, i, impression, source)


@rule
def update_country_demonstration(w, i, t):
    """Let a national government, at place ``i``, be impressed by this month's deals at home.

    A deal in any locality of its country counts in full, whoever decided on it.
    """
    place = w.place[i]
    place.demonstration *= 1.0 - w.par[0].learning_forgetting
    if w.run[0].deals_now == 0:
        return
    country = w.country[place.country]
    deals = 0
    source = 0
    for g in range(country.first, country.first + country.count):
        if w.place[g].deals_now > 0:
            deals += w.place[g].deals_now
            if source == 0:
                source = w.place[g].deal_event
    if deals > 0:
        impress(w, i, float(deals), source)


@rule
def impress(w, i, impression, source):
    """Add an impression, in deals, to what a place has seen of deals; note its source."""
    place = w.place[i]
    place.demonstration_event = source
    gain = min(1.0, w.par[0].learning_demonstration * impression)
    place.demonstration += gain * (1.0 - place.demonstration)


@rule
def gain_foothold(w, a, t):
    """Open offices where experience has grown (M62, M63)."""
    p = w.par[0]
    actor = w.actor[a]
    for c in range(len(w.country)):
        known = w.experience[a, c]
        if known > 0.0 and w.office[a, c] < 0:
            u = draw(w.run, d.OFFICE_OPENED, actor.key, w.country[c].key, t)
            if u < p.learning_office * known:
                w.office[a, c] = t
                centre = w.country[c].centre
                record(w, k.OFFICE_OPENED, t, a, centre, k.CHINA, -1, 0, 0.0, 0, 0, 0)


@rule
def form_views(w, c, t):
    """Let contacts, completions and failures shape reputation and views of China."""
    p = w.par[0]
    country = w.country[c]
    for _ in range(country.failures):
        country.reputation *= 1.0 - p.learning_reputation
        country.views -= p.views_loss * (1.0 + country.views)
    for _ in range(country.completions):
        country.reputation += p.learning_reputation * (1.0 - country.reputation)
    for _ in range(min(country.contacts, 20)):
        country.views += p.views_gain * (1.0 - country.views)
    country.views *= 1.0 - p.views_decay
    country.local_deals *= RECENT
    country.central_deals *= RECENT
    country.failures = 0
    country.completions = 0
    country.contacts = 0


@rule
def record_series(w, c, t):
    """Write a country's row of the monthly series; its columns are state.SERIES."""
    country = w.country[c]
    row = w.series[t, c]
    row[0] = row[1] = row[2] = row[3] = row[7] = 0.0
    row[4] = authority = local_authority(w, c)
    alive = w.par[0].tie_alive
    for i in range(country.first, country.first + country.count):
        place = w.place[i]
        row[0] += place.trust / country.count
        row[2] += w.governor[i].will / country.count
        row[3] += (1.0 if is_aligned(w, i) else 0.0) / country.count
        row[4] += (authority_at(w, i) - authority) / country.count
        if place.trust >= alive:
            row[1] += place.provinces + place.firms
        j = place.first_project
        while j >= 0:
            row[7] += 1.0
            j = w.project[j].next
        place.deals_now = 0
    row[5] = country.views
    row[6] = country.reputation
