"""Journeys: delegations received, governors and executives who go to China, introductions."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import (
    YEAR,
    authority_at,
    draw_of_month,
    elastic,
    elastic_at_most,
    exponential_arrival,
    further_authority,
    has_office,
    is_centre,
    is_too_late,
    least_at_least,
    least_of_year,
    local_offices,
    logistic,
    nth_office,
    open_office,
    record,
    trust_between,
    will_of,
)
from sim.rules.outreach import local_restraint, may_work_in, sector_in_mind
from sim.rules.pairs import (
    crowding_at_most,
    fit,
    fit_at_most,
    fitting_province,
    hold_of,
    memory_between,
)
from sim.rules.reception import office_will
from sim.rules.ties import firm_of_delegation, introduce, invite, meet

NEW_BROOM = 24
"""Months after taking office in which a change of office-holder counts as a cause."""


@rule
def reason_to_visit(w, a, place):
    """Return the event that led an actor to a place: their tie, a deal nearby, or policy."""
    row = w.tie_of[a, place]
    if row >= 0 and w.tie[row].event != 0:
        return w.tie[row].event
    if w.place[place].demonstration > 0.1:
        return w.place[place].demonstration_event
    return w.run[0].signal_event


@rule
def make_visit(w, a, t):
    """Carry out a delegation's visit, or record that it was declined.

    A visit builds trust by the host's will; a trusted province or organisation opens a door for a
    firm (report, sections a, c; M32, M33). The friendship body leads a province there. A technology
    firm opens an office after its reconnaissance of a country (section d; M37).
    """
    actor = w.actor[a]
    place = actor.trip_place
    if place < 0:
        return
    actor.invited_to = -1
    reason = reason_to_visit(w, a, place)
    if actor.trip_received <= 0:
        record(w, k.DECLINED_VISIT, t, a, place, k.CHINA, actor.trip_sector, 0, 0.0, reason, 0, 0)
        return
    event = pay_visit(w, a, place, t, actor.trip_sector, reason)
    actor.practice += w.par[0].learning_practice * (1.0 - actor.practice)
    if actor.kind == k.FIRM:
        c = w.place[place].country
        if actor.technology == 1 and not has_office(w, a, c, t):
            u = draw(w.run, d.TECHNOLOGY_OFFICE, actor.key, w.country[c].key, t)
            if u < w.par[0].outreach_technology_office:
                # What is offered there later owes to the office.
                w.tie[w.tie_of[a, place]].event = open_office(w, a, c, t, event)
        return
    bring_firm(w, a, place, t, event)
    if actor.kind == k.ORGANISATION and actor.mission == k.FRIENDSHIP:
        lead_province(w, a, place, t, event)


@rule
def pay_visit(w, a, place, t, sector, reason):
    """Let a delegation be received: it meets the office-holder, who learns; return the event.

    It may call on another office of the unit too, which counts for less.
    """
    event = record(w, k.VISIT_TO_LAC, t, a, place, k.CHINA, sector, 0, 0.0, reason, 0, 0)
    least = w.par[0].tie_welcome
    gain = w.par[0].tie_contact * (least + (1.0 - least) * office_will(w, place))
    meet(w, a, place, t, gain, k.CHINA, event)
    invite(w, a, place, t, k.LAC)
    if not is_centre(w, place):
        governor = w.governor[place]
        governor.experience += w.par[0].initiative_lesson_visit * (1.0 - governor.experience)
        pay_courtesy_call(w, a, place, t, event)
    return event


@rule
def pay_courtesy_call(w, a, place, t, visit):
    """Let a delegation call on another office of the unit: a mayor's guests on the governor.

    The governor's guests call on one of the mayors, each as likely. The call has no event of its
    own; what it leads to names the visit (report, compilation of visits: Choco, Colon).
    """
    p = w.par[0]
    unit = w.place[w.place[place].unit]
    if unit.city_count == 0:
        return
    u = draw(w.run, d.COURTESY_CALL, w.actor[a].key, w.place[place].key, t)
    if u >= p.outreach_courtesy:
        return
    other = w.place[place].unit
    if other == place:
        other = unit.first_city + int(u / p.outreach_courtesy * unit.city_count)
    least = p.tie_welcome
    gain = p.tie_contact * (least + (1.0 - least) * office_will(w, other))
    gain *= p.outreach_courtesy_contact
    meet(w, a, other, t, gain, k.CHINA, visit)


@rule
def bring_firm(w, a, place, t, event):
    """Let a visitor introduce a firm, more readily the better the persons there are known."""
    p = w.par[0]
    u = draw(w.run, d.DOOR_OPENED, w.actor[a].key, w.place[place].key, t)
    if u >= p.tie_introduction * hold_of(w, memory_between(w, a, place)):
        return
    firm = firm_of_delegation(w, a, place, w.actor[a].trip_sector, t)
    if firm >= 0:
        introduce(w, firm, place, t, p.tie_introduced, w.actor[a].trip_sector, event, a, True)


@rule
def lead_province(w, a, place, t, event):
    """Let the friendship body bring a province along to a locality.

    Where Taiwan is recognised its delegation is the only way for a province (report, section a).
    """
    if is_centre(w, place):
        return
    u = draw(w.run, d.PROVINCE_LED, w.actor[a].key, w.place[place].key, t)
    if u < w.par[0].outreach_led:
        partner = fitting_province(w, place, d.PROVINCE_LED, -1, t)
        if partner >= 0:
            introduce(w, partner, place, t, 1.0, -1, event, a, True)


@rule
def readiness_to_travel(w, g):
    """Return how ready a local head is to approach China of itself, log-odds of a month."""
    p = w.par[0]
    governor, place = w.governor[g], w.place[g]
    readiness = (
        w.country[place.country].initiative
        + p.initiative_will * will_of(w, g)
        + p.initiative_imitation * place.demonstration
        + p.initiative_experience * governor.experience
        + p.initiative_means * place.market
        + p.outreach_capital * place.capital
    )
    if place.tier == k.CITY:
        readiness += p.initiative_authority * w.country[place.country].mayors
        return readiness + p.initiative_mayor
    if place.added_authority != 0.0:
        readiness += p.initiative_authority * further_authority(w, g)
    return readiness


@rule
def may_plan(w, g, t):
    """Tell whether a local head has anything to plan this month, or a journey to put away."""
    head, governor = w.run[0], w.governor[g]
    if t % YEAR == 0 or t == head.start or head.forums > 0:
        return True
    if governor.trip_actor >= 0 or governor.invited_by >= 0:
        return True
    return readiness_to_travel(w, g) > governor.least_travel


@rule
def plan_journey(w, g, t):
    """Let a governor decide whether to go to China this month, and to whom.

    A forum is attended on invitation, at most one a month: the first in the order of their keys
    that invites and is accepted (M29). Otherwise initiative rises with will, authority, need,
    means, imitation, experience and, near the embassy, in the capital; geopolitics restrains
    governors less than executives (report, section e; M22, M41, M43, M50, M52).
    """
    head, governor, place = w.run[0], w.governor[g], w.place[g]
    if t % YEAR == 0 or t == head.start:
        least = least_at_least(w, d.GOVERNOR_TRAVELS_LEAST, place.key, 0, t)
        governor.least_travel = math.log(least / (1.0 - least))
    if governor.trip_actor >= 0:
        governor.trip_actor = -1
        governor.trip_host = -1
        governor.trip_forum = -1
        governor.trip_firm = -1
    for f in range(head.forum, head.forum + head.forums):
        if attends_forum(w, g, f, t):
            return
    if governor.invited_by >= 0 and follows_invitation(w, g, t):
        return
    readiness = readiness_to_travel(w, g)
    # A chance below the least number of the year is not met this month.
    if readiness <= governor.least_travel:
        return
    least = least_of_year(w, d.GOVERNOR_TRAVELS_LEAST, place.key, 0, t)
    chance = logistic(readiness) * local_restraint(w, place.country)
    if chance <= least:
        return
    u = draw_of_month(w, d.GOVERNOR_TRAVELS, d.GOVERNOR_TRAVELS_WHEN, place.key, 0, t, least)
    if u < chance:
        governor.trip_actor = partner_in_china(w, g, t)


@rule
def follows_invitation(w, g, t):
    """Decide whether a governor answers a province's visit this month, as geopolitics allows."""
    governor = w.governor[g]
    a = governor.invited_by
    governor.invited_by = -1
    if not may_work_in(w, a, w.place[g].country):
        return False
    u = draw(w.run, d.INVITATION_FOLLOWED, w.place[g].key, w.actor[a].key, t)
    if u >= local_restraint(w, w.place[g].country):
        return False
    governor.trip_actor = a
    return True


@rule
def attends_forum(w, g, f, t):
    """Decide whether a governor attends a forum of this month and which province is met there."""
    p = w.par[0]
    governor = w.governor[g]
    place = w.place[g]
    forum = w.forum[f]
    country = w.country[place.country]
    if forum.needs_recognition == 1 and country.recognises == 0:
        return False
    if draw(w.run, d.FORUM_INVITED, place.key, forum.key, t) >= forum.reach:
        return False
    chance = p.signals_forum * will_of(w, g)
    chance *= 1.0 - p.signals_forum_authority * (1.0 - authority_at(w, g))
    if draw(w.run, d.FORUM_ATTENDED, place.key, forum.key, t) >= chance:
        return False
    for a in range(w.run[0].provinces, w.run[0].first_firm):
        if w.actor[a].kind == k.ORGANISATION and w.actor[a].mission == k.FRIENDSHIP:
            governor.trip_actor = a
    if governor.trip_actor < 0:
        # Without a friendship association nobody receives guests at a forum.
        return False
    governor.trip_forum = f
    governor.trip_host = fitting_province(w, g, d.FORUM_PARTNER, forum.host, t)
    return True


@rule
def partner_in_china(w, g, t):
    """Choose whom a governor approaches: a province, an organisation or the embassy."""
    p = w.par[0]
    place = w.place[g]
    best = math.inf
    chosen = -1
    trusted, crowd = math.exp(p.outreach_trust), crowding_at_most(w, g)
    for a in range(w.run[0].first_firm):
        actor = w.actor[a]
        eligible = actor.kind == k.PROVINCE
        eligible = eligible or (actor.kind == k.ORGANISATION and actor.mission <= k.FRIENDSHIP)
        eligible = eligible or (actor.kind == k.EMBASSY and actor.country == place.country)
        if eligible and may_work_in(w, a, place.country):
            row = w.tie_of[a, g]
            intensity = w.tie[row].intensity if row >= 0 else 1.0
            scale = actor.scale if actor.kind == k.PROVINCE else 1.0
            most = elastic_at_most(fit_at_most(w, a, g, trusted, crowd), p.initiative_partner)
            u = draw(w.run, d.GOVERNOR_PARTNER, actor.key, place.key, t)
            if not is_too_late(u, most * intensity * scale, best):
                weight = elastic(fit(w, a, g), p.initiative_partner)
                arrival = exponential_arrival(u, weight * intensity * scale, best)
                if arrival < best:
                    best = arrival
                    chosen = a
    return chosen


@rule
def make_journey(w, g, t):
    """Carry out a governor's journey to China: it builds trust and meets firms.

    A journey of one's own may end with a project for the firm met (report, section e; M44). At a
    forum technology firms show what they can do (section d, fn 95; M37).
    """
    p = w.par[0]
    governor = w.governor[g]
    a = governor.trip_actor
    if a < 0:
        return
    sector = sector_in_mind(w, a, g, t)
    row = w.tie_of[a, g]
    cause = w.tie[row].event if row >= 0 else w.place[g].demonstration_event
    new_broom = governor.office_event if t - governor.since < NEW_BROOM else 0
    if governor.trip_forum >= 0:
        invitation = w.forum[governor.trip_forum].event
        event = record(w, k.VISIT_TO_CHINA, t, a, g, k.CHINA, sector, 0, 0.0, invitation, cause, 0)
        if governor.trip_host >= 0:
            introduce(w, governor.trip_host, g, t, 1.0, sector, event, a, True)
        see_showcase(w, g, t, event, a)
        met_by = k.CHINA
    else:
        event = record(w, k.VISIT_TO_CHINA, t, a, g, k.LAC, sector, 0, 0.0, cause, new_broom, 0)
        firm = firm_of_delegation(w, a, g, sector, t)
        if firm >= 0:
            introduce(w, firm, g, t, p.tie_journey, sector, event, a, False)
            w.tie[w.tie_of[firm, g]].invited = 1
            u = draw(w.run, d.JOURNEY_PROJECT, w.place[g].key, 0, t)
            if u < p.project_journey * will_of(w, g):
                governor.trip_firm = firm
                governor.trip_sector = sector
        met_by = k.LAC
    meet(w, a, g, t, p.tie_contact * p.tie_journey, met_by, event)
    if met_by == k.LAC:
        invite(w, a, g, t, k.CHINA)
    governor.experience += p.initiative_lesson_journey * (1.0 - governor.experience)


@rule
def see_showcase(w, g, t, forum_visit, body):
    """Let a governor at a forum meet a technology firm that spreads its expertise there (M37).

    The forum is the body's. The firm is invited to sell, without the steps it takes elsewhere.
    """
    if draw(w.run, d.SHOWCASE, w.place[g].key, 0, t) >= w.par[0].signals_showcase:
        return
    best = math.inf
    chosen = -1
    for f in range(w.run[0].first_firm, w.run[0].end_firm):
        firm = w.actor[f]
        if firm.technology == 1 and firm.active_since <= t:
            weight = firm.scale * fit(w, f, g)
            arrival = exponential_arrival(
                draw(w.run, d.SHOWCASE, w.place[g].key, firm.key, t), weight, best
            )
            if arrival < best:
                best = arrival
                chosen = f
    if chosen >= 0:
        sector = sector_in_mind(w, chosen, g, t)
        introduce(w, chosen, g, t, w.par[0].tie_introduced, sector, forum_visit, body, True)
        w.tie[w.tie_of[chosen, g]].invited = 1


@rule
def plan_state_visit(w, c, t):
    """Let a national executive decide whether to approach China this month, and whom (section b).

    Strain and tension hold executives back more than governors (M50).
    """
    p = w.par[0]
    country = w.country[c]
    country.trip_actor = -1
    if country.recognises == 0:
        return
    chance = p.initiative_executive_rate * (0.5 + 0.5 * country.stance) * country.restraint
    if draw(w.run, d.EXECUTIVE_TRAVELS, country.key, 0, t) >= chance:
        return
    best = math.inf
    for a in range(len(w.actor)):
        actor = w.actor[a]
        if actor.kind in (k.PROVINCE, k.FIRM, k.BANK) and actor.active_since <= t:
            known = 0.2 + trust_between(w, a, country.centre)
            most = elastic_at_most(actor.scale, p.initiative_executive_scale)
            u = draw(w.run, d.EXECUTIVE_PARTNER, actor.key, country.key, t)
            if not is_too_late(u, most * known, best):
                weight = elastic(actor.scale, p.initiative_executive_scale)
                arrival = exponential_arrival(u, weight * known, best)
                if arrival < best:
                    best = arrival
                    country.trip_actor = a


@rule
def make_state_visit(w, c, t):
    """Carry out a national executive's visit: strong provinces, firms and banks are met (M56)."""
    country = w.country[c]
    a = country.trip_actor
    if a < 0:
        return
    row = w.tie_of[a, country.centre]
    cause = w.tie[row].event if row >= 0 else country.office_event
    event = record(w, k.STATE_VISIT, t, a, country.centre, k.LAC, -1, 0, 0.0, cause, 0, 0)
    gain = w.par[0].tie_contact * w.par[0].tie_journey
    meet(w, a, country.centre, t, gain, k.LAC, event)


@rule
def plan_introduction(w, a, t):
    """Let a business association decide to bring a province and a locality together (M33, M34)."""
    p = w.par[0]
    actor = w.actor[a]
    actor.trip_place = -1
    actor.trip_partner = -1
    chance = p.outreach_association_rate * actor.rate * w.run[0].outreach
    if draw(w.run, d.ASSOCIATION_INTRODUCES, actor.key, 0, t) >= chance:
        return
    best = math.inf
    for n in range(local_offices(w, actor.country)):
        i = nth_office(w, actor.country, n)
        weight = math.exp(w.place[i].market) * (0.2 + will_of(w, i))
        arrival = exponential_arrival(
            draw(w.run, d.ASSOCIATION_PLACE, actor.key, w.place[i].key, t), weight, best
        )
        if arrival < best:
            best = arrival
            actor.trip_place = i
    actor.trip_partner = fitting_province(w, actor.trip_place, d.ASSOCIATION_PARTNER, -1, t)


@rule
def make_introduction(w, a, t):
    """Carry out an association's introduction: both get to know each other and the association."""
    actor = w.actor[a]
    if actor.trip_partner < 0:
        return
    place = actor.trip_place
    cause = reason_to_visit(w, a, place)
    event = record(w, k.INTRODUCTION, t, a, place, k.CHINA, -1, 0, 0.0, cause, 0, 0)
    share = w.par[0].tie_introduced
    meet(w, a, place, t, w.par[0].tie_contact, k.CHINA, event)
    introduce(w, actor.trip_partner, place, t, share, -1, event, a, True)
