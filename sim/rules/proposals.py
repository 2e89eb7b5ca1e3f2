"""Proposals: wish lists, pitches; memoranda and their approval."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw, project_identity
from sim.rules.basics import (
    LOW_BITS,
    YEAR,
    draw_of_month,
    elastic,
    exponential_arrival,
    hands_of,
    has_office,
    is_centre,
    least_at_least,
    least_of_year,
    normal_draw,
    record,
    trust_between,
    waiting_time,
    will_of,
)
from sim.rules.credit import bounded, economy
from sim.rules.outreach import local_restraint
from sim.rules.pairs import hold_of, memory_between, remember
from sim.rules.powers import local_power, tens

LEAST_ENDOWMENT = 0.05
"""Endowment of a place that has next to nothing of a sector."""


@rule
def project_draw(w, decision, project, t):
    """Return the uniform number of a decision about a project this month."""
    return draw(w.run, decision, project.key & LOW_BITS, project.key >> 32, t)


@rule
def drawn_value(w, carrier, sector, key, ratio):
    """Return the size of a project, US$ million.

    Lognormal by sector, and bounded by what must carry it: the sector's part of the economy of the
    carrier, which is the place or, for what the centre plans or a buyer takes over, the country;
    and the country's economy. Before it is bounded it is ``ratio`` times as large.
    """
    p = w.par[0]
    z = normal_draw(w.run, d.PROJECT_VALUE, d.PROJECT_VALUE_PAIR, key & LOW_BITS, key >> 32, 0)
    kind = w.sector[sector]
    value = ratio * kind.value * math.exp(kind.spread * z)
    part = max(LEAST_ENDOWMENT, w.endowment[carrier, sector])
    value = bounded(value, p.project_place_share * part * economy(w, carrier))
    centre = w.country[w.place[carrier].country].centre
    return bounded(value, p.project_country_share * economy(w, centre))


@rule
def level_of_decision(w, j):
    """Draw who decides on a project: the mayor, the governor or the centre."""
    project = w.project[j]
    u = project_draw(w, d.DECISION_LEVEL, project, 0)
    unit = w.place[project.place].unit
    governor = local_power(w, unit, project.sector, project.value)
    if unit != project.place:
        mayor = local_power(w, project.place, project.sector, project.value)
        if u < mayor:
            return k.MUNICIPAL
        governor = mayor + (1.0 - mayor) * governor
    return k.LOCAL if u < governor else k.CENTRAL


@rule
def add_project(w, t, place, sector, origin, value, cause0, cause1):
    """Put a new project on the place's list and return its row.

    Its identity follows from who proposed it where, when and in which sector. A value of 0 is
    drawn.
    """
    head = w.run[0]
    j = head.projects
    head.projects += 1
    project = w.project[j]
    project.key = project_identity(origin, t, w.place[place].key, sector)
    project.place = place
    project.country = w.place[place].country
    project.sector = sector
    project.stage = k.PROPOSED
    project.actor = -1
    project.firm = -1
    project.bank = -1
    project.value = value if value > 0.0 else drawn_value(w, place, sector, project.key, 1.0)
    project.tens = tens(project.value)
    project.lapses = t + waiting_time(project_draw(w, d.LAPSE, project, 0), w.par[0].project_lapse)
    project.proposed = t
    project.signed = project.approved = project.awarded = -1
    project.dealt = project.started = project.ended = -1
    project.cause0 = cause0
    project.cause1 = cause1
    list_open(w, j)
    return j


@rule
def resize(w, j, ratio):
    """Give a project, not yet known, the size that its country rather than its place can carry."""
    project = w.project[j]
    centre = w.country[project.country].centre
    project.value = drawn_value(w, centre, project.sector, project.key, ratio)
    project.tens = tens(project.value)


@rule
def list_open(w, j):
    """Enter a project in the list of open ones: by place, the newest of a place first."""
    head = w.run[0]
    position = first_open(w, w.project[j].place)
    for n in range(head.open_projects, position, -1):
        w.project[n].nth_open = w.project[n - 1].nth_open
    w.project[position].nth_open = j
    head.open_projects += 1
    w.country[w.project[j].country].open_projects += 1


@rule
def first_open(w, place):
    """Return the position in the list of open projects of the first of a place, or after it."""
    low, high = 0, w.run[0].open_projects
    while low < high:
        middle = (low + high) // 2
        if w.project[w.project[middle].nth_open].place < place:
            low = middle + 1
        else:
            high = middle
    return low


@rule
def announce_proposal(w, j, t, level, channel, initiator, actor):
    """Settle who decides on a new project and record the proposal."""
    project = w.project[j]
    project.level = level if level != k.NO_LEVEL else level_of_decision(w, j)
    project.channel = channel
    project.initiator = initiator
    project.actor = actor
    project.event = record(
        w, k.PROPOSAL, t, actor, project.place, initiator, project.sector, project.key,
        project.value, project.cause0, project.cause1, 0,
    )  # fmt: skip
    project.first_event = project.event


@rule
def may_wish(w, g, t):
    """Tell whether a local head may have a wish this month, or one to put away."""
    governor, trust = w.governor[g], w.place[g].trust
    if t % YEAR == 0 or t == w.run[0].start:
        return True
    if governor.wish_sector >= 0 or governor.trip_firm >= 0:
        return True
    return trust >= w.par[0].tie_alive and w.par[0].project_wish * trust > governor.least_wish


@rule
def make_wish(w, g, t):
    """Let a governor with a living tie put a project on the wish list for the actor trusted most.

    The chance is ``project.wish`` times will to the power ``office.will_elasticity`` times trust,
    as far as it is remembered whom to ask (report, sections a, e; M22, M23, M30, M33). A project
    settled on this month's journey comes first (M44).
    """
    p = w.par[0]
    governor = w.governor[g]
    place = w.place[g]
    governor.wish_sector = -1
    if t % YEAR == 0 or t == w.run[0].start:
        governor.least_wish = least_at_least(w, d.WISH_LEAST, place.key, 0, t)
    if governor.trip_firm >= 0:
        governor.wish_actor = governor.trip_actor
        governor.wish_sector = governor.trip_sector
        return
    if place.trust < p.tie_alive:
        return
    chance = p.project_wish * place.trust
    least = governor.least_wish
    # Whom to ask is looked up only where it may decide.
    if chance > least:
        chance *= hold_of(w, memory_between(w, place.trusted, g))
    if chance > least:
        acts = elastic(will_of(w, g), p.office_will_elasticity)
        chance *= acts * local_restraint(w, place.country)
    if chance > least:
        least = least_of_year(w, d.WISH_LEAST, place.key, 0, t)
    if chance <= least:
        return
    if draw_of_month(w, d.WISH, d.WISH_WHEN, place.key, 0, t, least) >= chance:
        return
    governor.wish_actor = place.trusted
    governor.wish_sector = wished_sector(w, g, governor.wish_actor, t)


@rule
def wished_sector(w, i, actor, t):
    """Choose a sector by endowment, the partner's strength and national programmes (M10)."""
    best = math.inf
    chosen = 0
    for s in range(len(w.sector)):
        weight = w.sector[s].weight * w.endowment[i, s] * (0.3 + w.strength[actor, s])
        weight *= 1.0 + 2.0 * w.programme[t, w.place[i].country, s]
        if weight > 0.0:
            arrival = exponential_arrival(
                draw(w.run, d.WISH_SECTOR, w.place[i].key, w.sector[s].key, t), weight, best
            )
            if arrival < best:
                best = arrival
                chosen = s
    return chosen


@rule
def register_wish(w, g, t):
    """Put the governor's wish of this month among the projects.

    It counts as the initiative of the side that began the relationship. What was settled on a
    journey is a memorandum with the firm met there at once (M44).
    """
    governor = w.governor[g]
    if governor.wish_sector < 0:
        return
    a = governor.wish_actor
    tie = w.tie[w.tie_of[a, g]]
    j = add_project(
        w,
        t,
        g,
        governor.wish_sector,
        governor.key & LOW_BITS,
        0.0,
        tie.event,
        governor.office_event,
    )
    w.project[j].hands = hands_of(w, a, g)
    if governor.trip_firm >= 0:
        announce_proposal(w, j, t, k.NO_LEVEL, w.actor[a].kind, k.LAC, a)
        sign_memorandum(w, j, t, governor.trip_firm)
    else:
        announce_proposal(w, j, t, k.NO_LEVEL, w.actor[a].kind, tie.initiator, a)


@rule
def pitch_project(w, a, t):
    """Let a firm or a province decide to pitch a project on its visit.

    Technology firms rarely pitch before the steps that come first (M37; :func:`may_sell`).
    Provinces make the case for their firms where they are trusted (section d, fn 96); elsewhere
    most of their visits are reconnaissance (rationale; M32).
    """
    p = w.par[0]
    guest = w.actor[a]
    guest.pitch_place = -1
    if guest.trip_place < 0 or guest.trip_received != 1:
        return
    chance = p.project_pitch
    if guest.kind == k.FIRM:
        if guest.technology == 1 and not may_sell(w, a, guest.trip_place, t):
            chance *= 1.0 - p.project_expertise
    else:
        trust = trust_between(w, a, guest.trip_place)
        chance *= trust + (1.0 - p.project_reconnaissance) * (1.0 - trust)
    if draw(w.run, d.PITCH, guest.key, 0, t) < chance:
        guest.pitch_place = guest.trip_place
        guest.pitch_sector = guest.trip_sector


@rule
def may_sell(w, a, place, t):
    """Tell whether a technology firm has taken the steps that come before an offer (M37).

    After reconnaissance and a local office it signs with police or ministry; to localities it sells
    where it has that memorandum and has demonstrated what it does. Only an invitation, on a
    governor's journey or at a forum, lets it skip a step (report, section d, fn 92-95).
    """
    tie = w.tie[w.tie_of[a, place]]
    if tie.invited == 1:
        return True
    c = w.place[place].country
    if not has_office(w, a, c, t) or w.office[a, c] == t:
        return False
    return is_centre(w, place) or (w.national[a, c] >= 0 and tie.visits > 1)


@rule
def register_pitch(w, a, t):
    """Put a pitch among the projects; pitches to the centre are decided there."""
    firm = w.actor[a]
    if firm.pitch_place < 0:
        return
    place = firm.pitch_place
    level = k.CENTRAL if is_centre(w, place) else k.NO_LEVEL
    if level == k.CENTRAL:
        place = site_of_plan(w, w.place[place].country, firm.pitch_sector, a, t)
    row = w.tie_of[a, firm.pitch_place]
    j = add_project(w, t, place, firm.pitch_sector, firm.key, 0.0, w.tie[row].event, 0)
    w.project[j].hands = hands_of(w, a, firm.pitch_place)
    announce_proposal(w, j, t, level, firm.kind, k.CHINA, a)


@rule
def site_of_plan(w, c, sector, firm, t):
    """Choose the locality of a project of the centre: endowment, size, capital (M06).

    What is tied to a site, as mines, dams and ports, goes where that is. What follows demand goes
    to those it is to serve, and to the capital, where the institutions of the centre are. If
    ``firm`` is one, it must be able to work there.
    """
    p = w.par[0]
    best, chosen = math.inf, w.country[c].first
    for i in range(chosen, chosen + w.country[c].count):
        place = w.place[i]
        pull = p.project_site_market * place.market + p.project_site_capital * place.capital
        u = draw(w.run, d.EXECUTIVE_WISH_PLACE, place.key, w.sector[sector].key, t)
        weight = w.endowment[i, sector]
        if w.sector[sector].size_driven == 1:
            weight *= math.exp(pull)
        if firm >= 0 and w.match[firm, i] <= 0.0:
            weight = 0.0
        arrival = exponential_arrival(u, weight, best)
        if arrival < best:
            best = arrival
            chosen = i
    return chosen


@rule
def place_of_talks(w, j):
    """Return the office with which a project is talked over: the centre's if it decides."""
    project = w.project[j]
    return w.country[project.country].centre if project.level == k.CENTRAL else project.place


@rule
def sign_memorandum(w, j, t, firm):
    """Sign a memorandum on a project with a firm; a technology firm's with the centre counts."""
    project = w.project[j]
    project.firm = firm
    row = w.tie_of[firm, project.place]
    if row < 0:
        row = w.tie_of[firm, place_of_talks(w, j)]
    cause = 0
    if row >= 0:
        cause = w.tie[row].event
        project.hands |= w.tie[row].hands
    remember(w, row)
    project.stage = k.SIGNED
    project.signed = t
    project.event = record(
        w, k.MEMORANDUM, t, project.firm, project.place, project.initiator, project.sector,
        project.key, project.value, project.event, cause, 0,
    )  # fmt: skip
    if project.level == k.CENTRAL and w.actor[firm].technology == 1:
        w.national[firm, project.country] = t


@rule
def approve(w, j, t, kind, place, cause):
    """Approve a memorandum at the place of the office that decides.

    An agreement with the centre endorses its firm in the country.
    """
    project = w.project[j]
    project.stage = k.APPROVED
    project.approved = t
    project.event = record(
        w, kind, t, project.firm, place, k.LAC, project.sector, project.key, project.value,
        project.event, cause, 0,
    )  # fmt: skip
    if kind == k.APPROVAL_CENTRAL:
        w.national[project.firm, project.country] = t


@rule
def end_project(w, j, t, stage, kind, cause):
    """End a project in failure; failures after the deal cost reputation.

    The office of a refusal, and of a lapse, is the one that did not say yes, which may be the
    centre's; the place is the project's.
    """
    project = w.project[j]
    office = project.place
    if kind == k.REFUSAL or kind == k.LAPSE:
        office = place_of_talks(w, j)
    project.stage = stage
    project.ended = t
    actor = project.firm if project.firm >= 0 else project.actor
    project.event = record(
        w, kind, t, actor, office, k.NOBODY, project.sector, project.key, project.value,
        project.event, cause, 0,
    )  # fmt: skip
    w.event[w.run[0].events - 1].place = w.place[project.place].unit
    if kind == k.CANCELLATION or kind == k.VETO:
        w.country[project.country].failures += 1
