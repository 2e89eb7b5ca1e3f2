"""Acquisitions: firms that buy their way in and bypass the local government (adaptive outreach)."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw, key_of
from sim.rules.basics import exponential_arrival, record
from sim.rules.finance import form_deal
from sim.rules.proposals import add_project, first_open, project_draw

BID = key_of("bid")
"""Sets the origin of a firm's bid apart from that of its pitches."""


@rule
def seek_acquisition(w, a, t):
    """Let a firm decide to go after a target this month, where its sector is well endowed."""
    p = w.par[0]
    firm = w.actor[a]
    firm.target_place = -1
    if firm.acquirer <= 0.0 or firm.active_since > t:
        return
    chance = p.acquisition_rate * firm.acquirer * w.signal[t, k.SIGNAL.acquisition_wave]
    if draw(w.run, d.ACQUISITION_SOUGHT, firm.key, 0, t) >= chance:
        return
    firm.target_sector = target_sector(w, a)
    if firm.target_sector < 0:
        return
    best = math.inf
    for c in range(len(w.country)):
        country = w.country[c]
        endowed = w.endowment[country.centre, firm.target_sector]
        weight = endowed * endowed * math.exp(country.market + w.experience[a, c])
        if weight > 0.0:
            arrival = exponential_arrival(
                draw(w.run, d.ACQUISITION_COUNTRY, firm.key, country.key, t), weight, best
            )
            if arrival < best:
                best = arrival
                firm.target_place = target_place(w, a, c, t)


@rule
def target_sector(w, a):
    """Return the firm's sector most open to acquisition, -1 if none is."""
    best = 0.0
    chosen = -1
    for s in range(len(w.sector)):
        value = w.strength[a, s] * w.sector[s].acquisition
        if value > best:
            best = value
            chosen = s
    return chosen


@rule
def target_place(w, a, c, t):
    """Choose the locality of a target within a country: endowed, large, and known (M45)."""
    pull = w.par[0].acquisition_trust
    country = w.country[c]
    best = math.inf
    chosen = country.first
    for i in range(country.first, country.first + country.count):
        endowed = 0.05 + w.endowment[i, w.actor[a].target_sector]
        weight = endowed * endowed * math.exp(0.5 * w.place[i].market + pull * w.place[i].trust)
        arrival = exponential_arrival(
            draw(w.run, d.ACQUISITION_PLACE, w.actor[a].key, w.place[i].key, t), weight, best
        )
        if arrival < best:
            best = arrival
            chosen = i
    return chosen


@rule
def register_acquisition(w, a, t):
    """Put a firm's bid among the projects."""
    firm = w.actor[a]
    if firm.target_place < 0:
        return
    row = w.tie_of[a, firm.target_place]
    cause = w.tie[row].event if row >= 0 else w.place[firm.target_place].demonstration_event
    origin = firm.key ^ BID
    j = add_project(w, t, firm.target_place, firm.target_sector, origin, 0.0, cause, 0)
    project = w.project[j]
    project.stage = k.ACQUIRING
    project.level = k.NO_LEVEL
    project.channel = k.BY_ACQUISITION
    project.initiator = k.CHINA
    project.actor = a
    project.firm = a
    project.finance = k.OWN
    project.event = record(
        w, k.PROPOSAL, t, a, project.place, k.CHINA, project.sector, project.key, project.value,
        cause, 0, 0,
    )  # fmt: skip
    project.first_event = project.event


@rule
def close_acquisitions(w, i, t):
    """Close the acquisitions under way at a place; local government has no say."""
    for n in range(first_open(w, i), first_open(w, i + 1)):
        close_acquisition(w, w.project[n].nth_open, t)


@rule
def close_acquisition(w, j, t):
    """Close an acquisition under way."""
    project = w.project[j]
    if project.stage == k.ACQUIRING and project.proposed < t:
        if project_draw(w, d.ACQUISITION_CLOSES, project, t) < w.par[0].acquisition_closing:
            form_deal(w, j, t, k.ACQUISITION)
