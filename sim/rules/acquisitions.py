"""Acquisitions: firms that buy their way in and bypass the local government (adaptive outreach)."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw, key_of
from sim.rules.basics import (
    elastic,
    elastic_at_most,
    exponential_arrival,
    exponential_at_most,
    is_too_late,
    record,
)
from sim.rules.finance import form_deal
from sim.rules.proposals import add_project, first_open, project_draw, resize

BID = key_of("bid")
"""Sets the origin of a firm's bid apart from that of its pitches."""
SIZE = 0.4
"""How a place's economy draws acquisitions, utility per factor of ten (assumption)."""


@rule
def seek_acquisition(w, a, t):
    """Let a firm decide to go after a target this month, and where.

    Firms bought their way into open and competitive markets, in waves (adaptive outreach,
    Figure 1).
    """
    p = w.par[0]
    firm = w.actor[a]
    firm.target_place = -1
    if firm.acquirer <= 0.0 or firm.active_since > t:
        return
    chance = p.acquisition_rate * firm.acquirer * w.signal[t, k.SIGNAL.acquisition_wave]
    if draw(w.run, d.ACQUISITION_SOUGHT, firm.key, 0, t) >= chance:
        return
    firm.target_sector = target_sector(w, a, t)
    if firm.target_sector >= 0:
        firm.target_place = target_place(w, a, t)


@rule
def target_sector(w, a, t):
    """Choose among the firm's sectors by how open they are to acquisition, -1 if none is."""
    best = math.inf
    chosen = -1
    for s in range(len(w.sector)):
        weight = w.strength[a, s] * w.sector[s].acquisition
        u = draw(w.run, d.ACQUISITION_SECTOR, w.actor[a].key, w.sector[s].key, t)
        arrival = exponential_arrival(u, weight, best)
        if arrival < best:
            best = arrival
            chosen = s
    return chosen


@rule
def target_place(w, a, t):
    """Choose the locality of a target: endowed, large, known, and in an open economy (M45)."""
    p = w.par[0]
    best = math.inf
    chosen = -1
    for c in range(len(w.country)):
        country = w.country[c]
        general = elastic(country.tender, p.acquisition_openness) * (1.0 + w.experience[a, c])
        for i in range(country.first, country.first + country.count):
            place = w.place[i]
            endowment = w.endowment[i, w.actor[a].target_sector]
            drawn = SIZE * place.market + p.acquisition_trust * place.trust
            most = general * elastic_at_most(endowment, p.acquisition_endowment)
            most *= exponential_at_most(drawn)
            u = draw(w.run, d.ACQUISITION_PLACE, w.actor[a].key, place.key, t)
            if not is_too_late(u, most, best):
                weight = general * elastic(endowment, p.acquisition_endowment) * math.exp(drawn)
                arrival = exponential_arrival(u, weight, best)
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
    resize(w, j, w.par[0].acquisition_size)
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
def close_acquisitions(w, first, end, t):
    """Close acquisitions at places before ``end``; local government has no say."""
    for n in range(first_open(w, first), first_open(w, end)):
        close_acquisition(w, w.project[n].nth_open, t)


@rule
def close_acquisition(w, j, t):
    """Close an acquisition under way."""
    project = w.project[j]
    if project.stage == k.ACQUIRING and project.proposed < t:
        if project_draw(w, d.ACQUISITION_CLOSES, project, t) < w.par[0].acquisition_closing:
            form_deal(w, j, t, k.ACQUISITION)
