"""Outreach from the Chinese side: who travels, to which office, with what in mind.

The choice is a nested random-utility choice, countries first, then the offices within. Utilities
follow the report, "actors and avenues" and the conclusion.
"""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import (
    UNBOUNDED,
    authority_at,
    elastic,
    elastic_at_most,
    exponential_arrival,
    further_authority,
    has_office,
    is_too_late,
    local_authority,
    local_offices,
    nth_office,
    power_at_most,
    total_trust,
    trust_between,
)
from sim.rules.pairs import fit, fit_at_most, hold_of
from sim.rules.powers import is_worth_a_trip

ROTA = 24.0
"""Months after a visit in which an embassy's next one to the same office becomes due again."""


@rule
def assess_country(w, c, t):
    """Set the draw of each locality of a country, of its centre, and of the country as a whole.

    Locality: authority, market, demonstration (M01, M06, M26), the capital, where embassies and
    firms have their offices, and what the mayors of its cities add (:func:`share_draw`). Strain,
    tension and lost leverage turn outreach from the centre to the localities (M11, M12, M14, M51);
    small states draw little to theirs (M41). Centre: more in more centralized countries (M05).
    """
    p = w.par[0]
    country = w.country[c]
    authority = local_authority(w, c)
    tension = w.signal[t, k.SIGNAL.us_china_tension]
    leverage = w.signal[t, k.SIGNAL.commodity_leverage]
    local = (
        p.outreach_authority * authority
        + p.outreach_strain * country.strain
        + p.outreach_tension * tension
        + p.outreach_openness * country.tender
        + p.outreach_linkage * (1.0 - leverage) * (1.0 - country.security)
        - p.outreach_smallness * country.smallness
    )
    country.mayors = further_authority(w, country.first_city) if country.city_count > 0 else 0.0
    total = 0.0
    # As locals they are not read anew after each write to the state.
    of_authority, of_market = p.outreach_authority, p.outreach_market
    of_capital, of_demonstration = p.outreach_capital, p.outreach_demonstration
    for i in range(country.first, country.first + country.count):
        place = w.place[i]
        utility = local
        if place.added_authority != 0.0:
            utility += of_authority * further_authority(w, i)
        utility = utility + of_market * place.market + of_capital * place.capital
        utility += of_demonstration * place.demonstration
        # In most months nothing has changed.
        if utility != place.utility:
            place.utility, place.alone = utility, math.exp(utility)
        place.attraction = place.alone
        total += share_draw(w, i, authority) if place.city_count > 0 else place.alone
    country.initiative = initiative_of_country(w, c, authority, t)
    # Of units of one size all together draw count * (economy / count) ** e: as one of them all.
    undivided = p.outreach_market / math.log(10.0) - 1.0
    total *= math.exp(undivided * math.log(float(country.count)))
    country.local_pull = total
    centre = w.place[country.centre]
    centre.attraction = attraction_of_centre(w, c, authority, tension)
    country.restraint = (1.0 - p.initiative_strain * country.strain) * (
        1.0 - p.initiative_tension * tension
    )
    country.pull = math.exp(
        p.outreach_nest * math.log(total + centre.attraction) + p.outreach_accord * w.accord[t, c]
    )


@rule
def share_draw(w, i, authority):
    """Let the offices of a unit share its draw, a nest of their own; return it.

    An office's utility differs from the governor's by its authority and its market. Of offices at
    rates exp(V), all together draw (sum exp(V / n)) ** n, with n ``outreach.tiers``, and each its
    share of the sum. Mayors make up for governors with little authority, and add little to those
    with much (report, actors and avenues). ``authority`` is that of the country's units.
    """
    p = w.par[0]
    unit = w.place[i]
    if unit.added_authority != 0.0:
        authority = authority_at(w, i)
    tiers = p.outreach_tiers
    total = 1.0
    # All mayors of a country have the same authority.
    gain = p.outreach_authority * (authority_at(w, unit.first_city) - authority)
    for m in range(unit.first_city, unit.first_city + unit.city_count):
        city = w.place[m]
        worth = gain
        worth += p.outreach_market * (city.market - unit.market)
        if worth / tiers != city.utility:
            city.utility, city.alone = worth / tiers, math.exp(worth / tiers)
        total += city.alone
    if total != unit.offices or tiers != unit.tiers:
        unit.offices, unit.tiers = total, tiers
        unit.joint = math.exp(tiers * math.log(total))
    draw_of_all = unit.alone * unit.joint
    unit.attraction = draw_of_all / total
    for m in range(unit.first_city, unit.first_city + unit.city_count):
        w.place[m].attraction = w.place[m].alone * unit.attraction
    return draw_of_all


@rule
def attraction_of_centre(w, c, authority, tension):
    """Return the draw of a national government."""
    p = w.par[0]
    country = w.country[c]
    return math.exp(
        p.outreach_centre
        + p.outreach_centre_authority * (1.0 - authority)
        + p.outreach_market * country.market
        + p.outreach_demonstration * w.place[country.centre].demonstration
        - p.outreach_strain * country.strain
        - p.outreach_tension * tension
        - p.outreach_openness * country.tender
    )


@rule
def initiative_of_country(w, c, authority, t):
    """Return the part of a governor's readiness to approach China that is the country's.

    Agreements draw both sides (report, Coquimbo case: a year after talks on free trade).
    """
    p = w.par[0]
    return (
        p.initiative_rate
        + p.outreach_accord * w.accord[t, c]
        + p.initiative_authority * authority
        + p.initiative_need * w.country[c].fiscal
    )


@rule
def may_work_in(w, a, c):
    """Tell whether an actor can work in a country (M15).

    Some need Beijing to be recognised. Provinces do, and go to others only in a delegation that the
    friendship body leads (report, section a, fn 67-69).
    """
    if w.country[c].recognises == 1:
        return True
    return w.actor[a].needs_recognition == 0 and w.par[0].outreach_unrecognised > 0.0


@rule
def local_restraint(w, c):
    """Return how far geopolitics lets a governor act, a factor (M11, M50).

    Executives act on country.restraint in full; governors are insulated from it to the degree of
    approval.insulation.
    """
    return 1.0 - (1.0 - w.par[0].approval_insulation) * (1.0 - w.country[c].restraint)


@rule
def travels(w, a, t):
    """Decide whether a Chinese actor has a delegation leave this month.

    Practised actors travel more (M62), technology firms more than others (M35), provinces more
    when their rivals succeed (M26).
    """
    p = w.par[0]
    actor = w.actor[a]
    if t < actor.active_since:
        return False
    rate = actor.rate * w.run[0].outreach * (1.0 + p.outreach_growth * actor.practice)
    if actor.kind == k.PROVINCE:
        rate *= p.outreach_province_rate * elastic(actor.scale, p.outreach_ambition)
        rate *= 1.0 + p.outreach_emulation * lag_behind_rivals(w, a)
    elif actor.kind == k.ORGANISATION:
        # Capacities are those of the missions; without missions all bodies are alike (M42).
        rate *= p.outreach_organisation_rate
        rate *= math.exp((p.outreach_mission - 1.0) * math.log(actor.rate))
    elif actor.kind == k.EMBASSY:
        rate *= p.outreach_embassy_rate
    else:
        rate *= p.outreach_firm_rate * (1.0 + p.outreach_technology_rate * actor.technology)
    return draw(w.run, d.ACTOR_TRAVELS, actor.key, 0, t) < rate


@rule
def lag_behind_rivals(w, a):
    """Return how far a province lags behind its rivals' recent successes on average, 0-1 (M26).

    Leaders of provinces compete for promotion, which goes by relative success (report, rationale,
    citing Liu and Qian).
    """
    rivals = w.run[0].provinces - 1
    own = w.actor[a].success
    if rivals < 1:
        return 0.0
    lag = max(0.0, (w.run[0].success - own) / rivals - own)
    return lag / (1.0 + lag)


@rule
def seek_partner(w, a, t):
    """Let a Chinese actor decide whether and where to send a delegation this month.

    Under coordination a share of all trips goes to the country Beijing favours (M25). Of the rest
    part keep up known partners, the others explore (M30, M32, M33). Ambassadors tour their country.
    """
    p = w.par[0]
    actor = w.actor[a]
    actor.trip_place = -1
    actor.trip_received = 0
    actor.success *= 1.0 - p.learning_forgetting
    place = place_to_answer(w, a)
    if place < 0:
        if not travels(w, a, t):
            return
        country = steered_country(w, a, t)
        keeps_up = country < 0 and actor.kind != k.EMBASSY
        if keeps_up and draw(w.run, d.ACTOR_MAINTAINS, actor.key, 0, t) < p.outreach_maintain:
            place = known_partner(w, a, t)
        if place < 0:
            if country < 0:
                country = chosen_country(w, a, t)
            if country < 0:
                return
            place = chosen_place(w, a, country, t)
        if place < 0 or not is_worth_a_trip(w, a, place, t):
            return
    actor.trip_place = place
    actor.trip_sector = sector_in_mind(w, a, place, t)
    actor.trip_worth = w.place[place].attraction * (1.0 + trust_between(w, a, place))


@rule
def place_to_answer(w, a):
    """Return the place whose journey a province answers this month, -1 if there is none."""
    place = w.actor[a].invited_to
    if place < 0 or w.run[0].outreach <= 0.0 or not may_work_in(w, a, w.place[place].country):
        w.actor[a].invited_to = -1
        return -1
    return place


@rule
def known_partner(w, a, t):
    """Choose among the places an actor knows; -1 if there is none.

    The pair's intensity, trust, twinning and who is still known there count for more than what the
    place has to offer: relationships are kept up for their own sake (report, rationale; M30).
    """
    p = w.par[0]
    best = math.inf
    chosen = -1
    row = w.actor[a].first_tie
    loyal = math.exp(p.outreach_loyalty)
    while row >= 0:
        tie = w.tie[row]
        place = w.place[tie.place]
        if may_work_in(w, a, place.country):
            u = draw(w.run, d.ACTOR_PARTNER, w.actor[a].key, place.key, t)
            weight, trust = tie.intensity * hold_of(w, tie.memory), total_trust(tie)
            twinned = 1.0 if tie.twinned < 0 else 1.0 + p.tie_twinning
            most = weight * twinned * power_at_most(trust, loyal)
            most *= elastic_at_most(place.attraction, p.outreach_constancy)
            if not is_too_late(u, most, best):
                weight *= math.exp(p.outreach_loyalty * trust)
                weight *= elastic(place.attraction, p.outreach_constancy)
                arrival = exponential_arrival(u, weight * twinned, best)
                if arrival < best:
                    best = arrival
                    chosen = tie.place
        row = tie.of_actor
    return chosen


@rule
def steered_country(w, a, t):
    """Return the country Beijing steers an actor to this month, -1 if it leaves the actor alone.

    An embassy is bound to its own country and not steered.
    """
    actor = w.actor[a]
    favoured = w.run[0].favoured
    if favoured < 0 or actor.kind == k.EMBASSY or not may_work_in(w, a, favoured):
        return -1
    if draw(w.run, d.ACTOR_STEERED, actor.key, 0, t) < w.par[0].signals_coordination:
        return favoured
    return -1


@rule
def chosen_country(w, a, t):
    """Choose a country to explore, unless Beijing steers; an embassy is bound to its own."""
    p = w.par[0]
    actor = w.actor[a]
    if actor.kind == k.EMBASSY:
        return actor.country if may_work_in(w, a, actor.country) else -1
    steered = steered_country(w, a, t)
    if steered >= 0:
        return steered
    best = math.inf
    chosen = -1
    # An actor of full experience with an office leans to a country of full diaspora most.
    most = 2.0 * (1.0 + p.outreach_office) * (1.0 + leaning_to_diaspora(w, a) * p.outreach_diaspora)
    most *= max(1.0, p.outreach_unrecognised)
    for c in range(len(w.country)):
        u = draw(w.run, d.ACTOR_COUNTRY, actor.key, w.country[c].key, t)
        if not is_too_late(u, most * w.country[c].pull, best) and may_work_in(w, a, c):
            weight = w.country[c].pull * affinity(w, a, c, t)
            if w.country[c].recognises == 0:
                weight *= p.outreach_unrecognised
            arrival = exponential_arrival(u, weight, best)
            if arrival < best:
                best = arrival
                chosen = c
    return chosen


@rule
def leaning_to_diaspora(w, a):
    """Return how much an actor leans to the diaspora, relative to ``outreach.diaspora``."""
    works_by_it = w.actor[a].kind == k.ORGANISATION and w.actor[a].mission == k.DIASPORA
    return 4.0 if works_by_it else 0.5


@rule
def affinity(w, a, c, t):
    """Return an actor's own leaning to a country, a factor: experience, offices, diaspora.

    (M34, M62, M63.) The body that works through the diaspora leans to it most.
    """
    p = w.par[0]
    factor = 1.0 + w.experience[a, c]
    if has_office(w, a, c, t):
        factor *= 1.0 + p.outreach_office
    return factor * (1.0 + leaning_to_diaspora(w, a) * p.outreach_diaspora * w.country[c].diaspora)


@rule
def chosen_place(w, a, c, t):
    """Choose an office within a country: the centre, a governor's or a mayor's (M40, M42).

    An embassy takes in turn the offices it has not visited lately. -1 if none will do.
    """
    country = w.country[c]
    if goes_to_centre(w, a, c, t):
        return country.centre
    best = math.inf
    chosen = -1
    touring = w.actor[a].kind == k.EMBASSY
    p = w.par[0]
    trusted = math.exp(p.outreach_trust)
    crowd = 1.0 if p.outreach_crowding >= 0.0 else UNBOUNDED
    for n in range(local_offices(w, c)):
        i = nth_office(w, c, n)
        u = draw(w.run, d.ACTOR_PLACE, w.actor[a].key, w.place[i].key, t)
        weight = w.place[i].attraction
        most = due(w, a, i, t) if touring else fit_at_most(w, a, i, trusted, crowd)
        if not is_too_late(u, weight * most, best):
            arrival = exponential_arrival(u, weight * (most if touring else fit(w, a, i)), best)
            if arrival < best:
                best = arrival
                chosen = i
    return chosen


@rule
def goes_to_centre(w, a, c, t):
    """Decide between the national government and the localities.

    Organisations divide their contacts by mission. For the others the centre weighs against all
    localities together; large firms lean to the centre, technology firms to localities but for
    the memorandum with police or ministry that comes before sales (M35, M37, M40), strong provinces
    reach centres too (M56).
    """
    p = w.par[0]
    actor = w.actor[a]
    u = draw(w.run, d.ACTOR_AT_CENTRE, actor.key, w.country[c].key, t)
    if actor.kind == k.ORGANISATION:
        return u < 0.5 + p.outreach_mission * (actor.centre_share - 0.5)
    country = w.country[c]
    own = w.place[country.centre].attraction
    rest = country.local_pull
    lean = 0.0
    if actor.kind == k.FIRM:
        lean = p.outreach_large_firms * (actor.scale - 0.5)
        if actor.technology == 1:
            seeks = has_office(w, a, c, t) and w.national[a, c] < 0
            lean += p.outreach_technology * (1.0 if seeks else -1.0)
    elif actor.kind == k.PROVINCE:
        lean = p.outreach_strong_provinces * math.log(actor.scale) - p.outreach_provinces
    own *= math.exp(lean)
    return u * (own + rest) < own


@rule
def due(w, a, place, t):
    """Return how far a visit of an embassy's rota is due, 0-1: in full after ROTA."""
    row = w.tie_of[a, place]
    if row < 0:
        return 1.0
    return min(1.0, (t - w.tie[row].latest) / ROTA)


@rule
def sector_in_mind(w, a, place, t):
    """Choose the sector a delegation has in mind from its strengths and the place's endowments.

    Nothing is sought of which a place has nothing.
    """
    best = math.inf
    chosen = 0
    for s in range(len(w.sector)):
        weight = w.sector[s].weight * w.strength[a, s] * w.endowment[place, s]
        if weight > 0.0:
            u = draw(w.run, d.ACTOR_SECTOR, w.actor[a].key, w.sector[s].key, t)
            arrival = exponential_arrival(u, weight, best)
            if arrival < best:
                best = arrival
                chosen = s
    return chosen
