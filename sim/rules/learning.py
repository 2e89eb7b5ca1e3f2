"""Learning: demonstration to neighbours, experience and offices, reputation, views of China."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import (
    exponential_arrival,
    further_authority,
    local_authority,
    open_office,
)
from sim.rules.proposals import first_open

RECENT = 0.97
"""Share of the memory of recent deals kept each month."""

REPUTATION = 0.15
"""Share of reputation lost with a failure, or of what is missing won back with a completion."""

NEIGHBOUR_SHARE = 0.5
"""How much a neighbour's deal impresses, relative to one's own."""


@rule
def clear_ended(w, first, end, t):
    """Take the ended projects of places before ``end`` off the list of open ones."""
    for n in range(first_open(w, end) - 1, first_open(w, first) - 1, -1):
        clear_if_ended(w, n)


@rule
def clear_if_ended(w, n):
    """Take an open project, by its position, off the list if it has ended."""
    head = w.run[0]
    project = w.project[w.project[n].nth_open]
    if project.stage < k.FIRST_ENDED:
        return
    head.open_projects -= 1
    w.country[project.country].open_projects -= 1
    for m in range(n, head.open_projects):
        w.project[m].nth_open = w.project[m + 1].nth_open


@rule
def update_neighbour_demonstration(w, i, t):
    """Be impressed by this month's deals here and in neighbouring cells of the grid.

    A city lies in its unit's cell and sees what the unit sees.
    """
    p = w.par[0]
    w.place[i].demonstration *= 1.0 - p.learning_forgetting
    unit = w.place[i].unit
    place = w.place[unit]
    if place.deal_near != t:
        return
    impression = float(place.deals_now)
    source = place.deal_event if place.deals_now > 0 else 0
    for n in range(w.neighbour_start[unit], w.neighbour_start[unit + 1]):
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
    """Let an actor open an office where experience has grown, at most one a month (M62, M63)."""
    actor = w.actor[a]
    chance = w.par[0].learning_office * actor.unhoused
    if chance <= 0.0 or draw(w.run, d.OFFICE_OPENED, actor.key, 0, t) >= chance:
        return
    best = math.inf
    chosen = -1
    for c in range(len(w.country)):
        if w.office[a, c] < 0:
            u = draw(w.run, d.OFFICE_OPENED, actor.key, w.country[c].key, t)
            arrival = exponential_arrival(u, w.experience[a, c], best)
            if arrival < best:
                best = arrival
                chosen = c
    if chosen >= 0:
        open_office(w, a, chosen, t, 0)


@rule
def form_views(w, c, t):
    """Let contacts, completions and failures shape reputation and views of China."""
    p = w.par[0]
    country = w.country[c]
    for _ in range(country.failures):
        country.reputation *= 1.0 - REPUTATION
        country.views -= p.views_loss * (1.0 + country.views)
    for _ in range(country.completions):
        country.reputation += REPUTATION * (1.0 - country.reputation)
    for _ in range(min(country.contacts, 20)):
        country.views += p.views_gain * (1.0 - country.views)
    for _ in range(country.gifts):
        country.views += p.views_donation * (1.0 - country.views)
    country.views *= 1.0 - p.views_decay
    country.local_deals *= RECENT
    country.central_deals *= RECENT
    country.failures = 0
    country.completions = 0
    country.contacts = 0
    country.gifts = 0


@rule
def record_series(w, c, t):
    """Write a country's row of the monthly series; its columns are state.SERIES."""
    country = w.country[c]
    first, end = country.first, country.first + country.count
    first_city, last_city = country.first_city, country.first_city + country.city_count
    trust, ties, will, aligned, further = 0.0, 0, 0.0, 0, 0.0
    alive, bloc = w.par[0].tie_alive, country.bloc
    for i in range(first, end):
        place, governor = w.place[i], w.governor[i]
        trust += place.trust
        will += governor.will
        aligned += 1 if governor.bloc == bloc else 0
        if place.added_authority != 0.0:
            further += further_authority(w, i)
        if place.trust >= alive:
            ties += place.provinces + place.firms
        place.deals_now = 0
    for i in range(first_city, last_city):
        if w.place[i].trust >= alive:
            ties += w.place[i].provinces + w.place[i].firms
    row = w.series[t, c]
    row[0] = trust / country.count
    row[1] = ties
    row[2] = will / country.count
    row[3] = aligned / country.count
    row[4] = local_authority(w, c) + further / country.count
    row[5] = country.views
    row[6] = country.reputation
    row[7] = country.open_projects
