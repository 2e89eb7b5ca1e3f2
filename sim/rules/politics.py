"""Politics: the scenario's orders, national executives, governors and mayors."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import NEVER, logistic, normal_draw, record, waiting_time
from sim.rules.terms import (
    documented_bloc,
    elected_term_end,
    is_elected,
    next_term,
    set_review,
)
from sim.rules.turnover import fade_ties, lapse_at_turnover

NATIVE_BLOCS = 4
"""Number of blocs besides the executive's from which a governor can come."""


@rule
def install_executive(w, c, t, key, bloc, stance, consolidation, cause):
    """Put a new national executive in office; a stance that is nan is drawn."""
    p = w.par[0]
    country = w.country[c]
    first = country.leader == 0
    if math.isnan(stance):
        z = normal_draw(w.run, d.EXECUTIVE_STANCE, d.EXECUTIVE_STANCE_PAIR, country.key, key, 0)
        stance = min(1.0, max(-1.0, p.office_stance_centre + p.office_stance_spread * z))
    country.bloc_changed = 1 if bloc != country.bloc else 0
    country.leader = key
    country.bloc = bloc
    country.stance = stance
    country.consolidation = 0.0 if math.isnan(consolidation) else consolidation
    country.since = t
    country.terms = 1
    country.changed = -1 if first else t
    if not first:
        country.office_event = record(
            w, k.EXECUTIVE_CHANGE, t, -1, country.centre, k.NOBODY, -1, 0, 0.0, cause, 0, 0
        )
        fade_ties(w, country.centre, t, country.bloc_changed == 1, country.office_event)
        # Every project stands in a locality or a city, whoever decides on it.
        end = country.first + country.count
        lapse_at_turnover(w, country.first, end, t, k.CENTRAL, country.office_event)
        end = country.first_city + country.city_count
        lapse_at_turnover(w, country.first_city, end, t, k.CENTRAL, country.office_event)


@rule
def hold_executive_office(w, c, t):
    """Change the executive by the scenario's order, the calendar, or past it by election.

    A person put in office by order comes instead of any other change of the month; in the first
    month, after the one whom the calendar has in office. Traits set by order are those of whoever
    is in office after the month's change.
    """
    country = w.country[c]
    has_entries = country.next_executive < country.last_executive
    row = due_leader(w, c, t)
    if not is_replaced(w, country.order) or country.leader == 0:
        if row >= 0:
            leader = w.leader[row]
            install_executive(
                w, c, t, leader.key, leader.bloc, leader.stance, leader.consolidation, 0
            )
        elif not has_entries:
            due = (t - country.executive_anchor) % country.executive_term == 0
            if due and t > country.executives_until and country.since < t:
                hold_national_election(w, c, t)
    if country.order >= 0:
        order_executive(w, c, t)


@rule
def is_replaced(w, order):
    """Tell whether an order of the scenario, -1 for none, puts a new person in office."""
    return order >= 0 and w.intervention[order].replaces == 1


@rule
def due_leader(w, c, t):
    """Pass the entries of an executive's calendar up to this month; return the last, -1 if none.

    Of several heads in one month the last one counts.
    """
    country = w.country[c]
    row = -1
    while (
        country.next_executive < country.last_executive
        and w.leader[country.next_executive].month <= t
    ):
        row = country.next_executive
        country.next_executive += 1
    return row


@rule
def hold_national_election(w, c, t):
    """Decide a national election by the country's rule of re-election."""
    p = w.par[0]
    country = w.country[c]
    rule_ = country.executive_reelection
    may_stay = rule_ == k.UNLIMITED or (rule_ == k.ONCE and country.terms < 2)
    persists = draw(w.run, d.EXECUTIVE_BLOC, country.key, 0, t) < p.office_bloc_persistence
    if may_stay and persists:
        country.terms += 1
        return
    bloc = country.bloc
    if not persists:
        bloc = country.key * 8 + (1 if country.bloc != country.key * 8 + 1 else 2)
    install_executive(w, c, t, (country.key * 4096 + t) & 0xFFFFFFFF, bloc, math.nan, math.nan, 0)


@rule
def drawn_will(w, g, key):
    """Return the political will of an office-holder, logit-normal over persons (M22, M23)."""
    p = w.par[0]
    z = normal_draw(w.run, d.GOVERNOR_WILL, d.GOVERNOR_WILL_PAIR, w.place[g].key, key, 0)
    return logistic(p.office_will_centre + p.office_will_spread * z)


@rule
def other_bloc(w, g, t):
    """Return a bloc that is not the national executive's."""
    country = w.country[w.place[g].country]
    u = draw(w.run, d.GOVERNOR_OTHER_BLOC, w.place[g].key, 0, t)
    bloc = country.key * 8 + 1 + int(u * NATIVE_BLOCS)
    return bloc if bloc != country.bloc else bloc + 4


@rule
def install_governor(w, g, t, key, bloc, will, documented, cause):
    """Put a new governor in office; ties fade and open negotiations may lapse."""
    governor = w.governor[g]
    first = governor.key == 0
    new_bloc = bloc != governor.bloc
    governor.key = key
    governor.bloc = bloc
    governor.will = will
    governor.documented = documented
    governor.since = t
    governor.terms = 1
    governor.experience *= 0.5
    if first:
        return
    governor.office_event = record(
        w, k.GOVERNOR_CHANGE, t, -1, g, k.NOBODY, -1, 0, 0.0, cause, 0, 0
    )
    fade_ties(w, g, t, new_bloc, governor.office_event)
    lapse_with_head(w, g, t)


@rule
def lapse_with_head(w, g, t):
    """Let talks lapse on which a governor or a mayor was to decide who leaves office.

    Governors decide on projects of their cities too, where these are beyond a mayor's power.
    """
    cause = w.governor[g].office_event
    if w.place[g].tier == k.CITY:
        lapse_at_turnover(w, g, g + 1, t, k.MUNICIPAL, cause)
        return
    lapse_at_turnover(w, g, g + 1, t, k.LOCAL, cause)
    city = w.place[g].first_city
    if city >= 0:
        lapse_at_turnover(w, city, city + w.place[g].city_count, t, k.LOCAL, cause)


@rule
def hold_governor_office(w, g, t):
    """Change the governor by the scenario's order, or by the documents and the country's rule.

    A person put in office by order comes instead of any other change of the month; in the first
    month, after the one who would hold office. Traits set by order are those of whoever is in
    office after the month's change.
    """
    governor = w.governor[g]
    if not is_replaced(w, governor.order) or governor.key == 0:
        review_governor(w, g, t)
    if governor.order >= 0:
        order_governor(w, g, t)


@rule
def may_change(w, g, t):
    """Tell whether a governor's office may change hands or traits this month."""
    governor = w.governor[g]
    is_new = w.country[w.place[g].country].changed == t
    return t >= governor.review or governor.order >= 0 or is_new


@rule
def review_governor(w, g, t):
    """Change the governor: documented office-holders first, then the country's own rule.

    Appointed governors go with the executive's bloc; otherwise an office changes hands only in its
    month of review (M19, M20).
    """
    governor = w.governor[g]
    country = w.country[w.place[g].country]
    swept = country.changed == t and country.bloc_changed == 1 and governor.documented == 0
    # Whoever takes office this month, as at the outset, goes in a later one.
    swept = swept and governor.since < t
    if t < governor.review and not swept:
        return
    if governor.next_documented < governor.last_documented:
        if w.holder[governor.next_documented].start <= t:
            governor.next_documented += 1
            seat_documented_holder(w, g, t, governor.next_documented - 1)
            set_review(w, g, t)
            return
    if governor.key == 0:
        seat_new_governor(w, g, t)
    elif governor.documented == 1:
        if t >= governor.until:
            seat_new_governor(w, g, t)
    elif is_elected(w, g, t):
        if t >= governor.until:
            hold_local_election(w, g, t)
    elif swept or t >= governor.until:
        seat_new_governor(w, g, t)
    set_review(w, g, t)


@rule
def seat_documented_holder(w, g, t, row):
    """Put an office-holder named in the evidence in office."""
    holder = w.holder[row]
    if holder.key == w.governor[g].key:
        # The same person stays: whether aligned follows from the blocs.
        w.governor[g].until = holder.end if holder.end >= 0 else NEVER
        return
    bloc = w.country[w.place[g].country].bloc
    if holder.aligned == 0:
        bloc = other_bloc(w, g, t)
    elif holder.aligned < 0:
        bloc = elected_bloc(w, g, t)
    will = drawn_will(w, g, holder.key) if math.isnan(holder.will) else holder.will
    install_governor(w, g, t, holder.key, bloc, will, 1, 0)
    w.governor[g].until = holder.end if holder.end >= 0 else NEVER


@rule
def drawn_bloc(w, g, t):
    """Return the bloc of an elected governor: the executive's by coattails, or another."""
    u = draw(w.run, d.GOVERNOR_BLOC, w.place[g].key, 0, t)
    if u < w.par[0].office_coattails:
        return w.country[w.place[g].country].bloc
    return other_bloc(w, g, t)


@rule
def elected_bloc(w, g, t):
    """Return the bloc of whoever holds the term under way: the documented one, or a draw."""
    bloc = documented_bloc(w, g, t)
    return bloc if bloc != 0 else drawn_bloc(w, g, t)


@rule
def term_end(w, g, t):
    """Return the month in which the tenure of a governor who takes office now ends.

    Elected governors serve to the next regular date; appointed ones until a reshuffle, or until
    governors are elected (M20). The pace is ``turnover.pace``, or the scenario's for this place.
    """
    p = w.par[0]
    governor = w.governor[g]
    pace = w.turnover[t, w.place[g].unit]
    if pace <= 0.0:
        pace = p.turnover_pace
    if is_elected(w, g, t):
        return elected_term_end(w, g, t, pace)
    u = draw(w.run, d.GOVERNOR_RESHUFFLED, w.place[g].key, 0, t)
    end = t + waiting_time(u, min(1.0, p.turnover_reshuffle * pace))
    if governor.selection == k.ELECTED:
        end = min(end, governor.elected_since)
    return end


@rule
def seat_new_governor(w, g, t):
    """Put a governor not named in the evidence in office."""
    country = w.country[w.place[g].country]
    elected = is_elected(w, g, t)
    key = (w.place[g].key + 7919 * (t + 1)) & 0xFFFFFFFF
    bloc = elected_bloc(w, g, t) if elected else country.bloc
    install_governor(w, g, t, key, bloc, drawn_will(w, g, key), 0, 0)
    w.governor[g].until = term_end(w, g, t)


@rule
def hold_local_election(w, g, t):
    """Decide a local election by the rule of re-election that held; appointees don't stand.

    Nor does the loser of a documented election, who is of another bloc than its winner.
    """
    governor = w.governor[g]
    rule_ = governor.reelection
    row = next_term(w, g, t) - 1
    if row >= governor.first_term and w.term[row].reelection >= 0:
        rule_ = w.term[row].reelection
    winner = documented_bloc(w, g, t)
    elected = governor.since >= governor.elected_since
    may_stay = rule_ == k.UNLIMITED or (rule_ == k.ONCE and governor.terms < 2)
    u = draw(w.run, d.GOVERNOR_REELECTED, w.place[g].key, 0, t)
    may_stay = may_stay and (winner == 0 or winner == governor.bloc)
    if elected and may_stay and u < w.par[0].turnover_reelection:
        governor.terms += 1
        governor.until = term_end(w, g, t)
        return
    seat_new_governor(w, g, t)


@rule
def order_governor(w, g, t):
    """Change or replace a governor by order of the scenario.

    Nan leaves a trait as it is, or to chance.
    """
    governor = w.governor[g]
    order = w.intervention[governor.order]
    governor.order = -1
    will = order.value
    if math.isnan(will):
        will = drawn_will(w, g, order.key) if order.replaces == 1 else governor.will
    bloc = w.country[w.place[g].country].bloc
    if math.isnan(order.second):
        bloc = drawn_bloc(w, g, t) if order.replaces == 1 else governor.bloc
    elif order.second < 0.5:
        bloc = other_bloc(w, g, t)
    if order.replaces == 1:
        # Whom the documents have taking office this month does not.
        while (
            governor.next_documented < governor.last_documented
            and w.holder[governor.next_documented].start <= t
        ):
            governor.next_documented += 1
        install_governor(w, g, t, order.key, bloc, will, 0, order.event)
        governor.until = term_end(w, g, t)
        set_review(w, g, t)
    else:
        governor.will = will
        governor.bloc = bloc


@rule
def order_executive(w, c, t):
    """Change or replace an executive by order of the scenario; a new one is of another bloc."""
    country = w.country[c]
    order = w.intervention[country.order]
    country.order = -1
    if order.replaces == 1:
        bloc = country.key * 8 + 7
        install_executive(w, c, t, order.key, bloc, order.value, order.second, order.event)
        return
    if not math.isnan(order.value):
        country.stance = order.value
    if not math.isnan(order.second):
        country.consolidation = order.second


@rule
def apply_interventions(w, t):
    """Announce what the scenario orders for this month.

    What is known month by month, such as authority or signals, is written into the inputs
    beforehand; here it only leaves an event. Parameters change now. Orders on office-holders and
    recognition wait for the steps in which those offices are reviewed, so that they have the last
    word there; visits and twinnings wait for the step of their own
    (:func:`sim.rules.scheduled_contacts.arrange_contacts`).
    """
    head = w.run[0]
    while head.next_intervention < len(w.intervention):
        order = w.intervention[head.next_intervention]
        if order.month > t:
            return
        head.next_intervention += 1
        if order.order in (k.ARRANGE_VISIT, k.ARRANGE_TWINNING):
            continue
        # The order's number keeps apart the identities of two orders in one month.
        order.event = record(
            w, k.INTERVENTION, t, -1, order.place, k.NOBODY, head.next_intervention, 0, 0.0, 0, 0, 0
        )
        w.event[head.events - 1].sector = -1
        if order.order == k.SET_PARAMETER:
            w.par_values[order.target] = order.value
            # What was drawn ahead by the old value is drawn anew.
            for n in range(head.open_projects):
                w.project[w.project[n].nth_open].outcry = 0
        elif order.order == k.SET_GOVERNOR:
            w.governor[order.target].order = head.next_intervention - 1
        elif order.order == k.SET_EXECUTIVE:
            w.country[order.target].order = head.next_intervention - 1
        elif order.order == k.SET_RECOGNITION:
            w.country[order.target].recognition_order = head.next_intervention - 1
