"""Ties: contact, trust and memory, introductions, twinning, universities, institutes."""

from __future__ import annotations

import math

from sim.core import decisions as d
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import (
    NEVER,
    can_work,
    elastic,
    exponential_arrival,
    hands_of,
    has_office,
    is_centre,
    passes_on,
    record,
    total_trust,
    waiting_time,
    will_of,
)
from sim.rules.pairs import intensity_at, intensity_rank, is_answered, protection, remember


@rule
def open_tie(w, actor, place, t, initiator):
    """Return the row of the tie between an actor and a place, opening it if they never met."""
    row = w.tie_of[actor, place]
    if row >= 0:
        return row
    head = w.run[0]
    row = head.ties
    head.ties += 1
    w.tie_of[actor, place] = row
    tie = w.tie[row]
    tie.actor = actor
    tie.place = place
    tie.country = w.place[place].country
    tie.kind = w.actor[actor].kind
    tie.home_tie = -1
    tie.intensity = intensity_at(w, intensity_rank(w, actor, place))
    tie.initiator = initiator
    tie.since = t
    tie.latest = t
    tie.answer = -1
    tie.twinned = -1
    tie.university = -1
    tie.behest = -1
    tie.asking = -1
    tie.firm_request_of = -1
    tie.of_actor = w.actor[actor].first_tie
    w.actor[actor].first_tie = row
    tie.of_place = w.place[place].first_tie
    w.place[place].first_tie = row
    link_homes(w, row)
    return row


@rule
def link_homes(w, row):
    """Link a new tie of a firm to that of its home province, or one of a province to its firms'."""
    tie = w.tie[row]
    if tie.kind == k.FIRM and w.actor[tie.actor].home >= 0:
        tie.home_tie = w.tie_of[w.actor[tie.actor].home, tie.place]
    elif tie.kind == k.PROVINCE:
        other = tie.of_place
        while other >= 0:
            if w.tie[other].kind == k.FIRM and w.actor[w.tie[other].actor].home == tie.actor:
                w.tie[other].home_tie = row
            other = w.tie[other].of_place


@rule
def meet(w, actor, place, t, gain, initiator, event):
    """Raise the personal trust and the memory of a tie by shares of what is missing (M31)."""
    row = open_tie(w, actor, place, t, initiator)
    remember(w, row)
    tie = w.tie[row]
    tie.personal += min(1.0, gain) * (1.0 - tie.personal)
    tie.latest = t
    tie.visits += 1
    tie.hands |= 1 << w.actor[actor].kind
    tie.event = event
    if tie.first_event == 0:
        tie.first_event = event
    w.country[w.place[place].country].contacts += 1


@rule
def invite(w, actor, place, t, side):
    """Let a visit invite the side visited to answer it, after some months or not at all.

    Provinces and localities exchange visits for their own sake, without business in hand, some
    pairs far more than others (report, Coquimbo and Jujuy cases; M30).
    """
    p = w.par[0]
    if w.actor[actor].kind != k.PROVINCE or is_centre(w, place):
        return
    key, other = w.actor[actor].key, w.place[place].key
    row = w.tie_of[actor, place]
    if is_answered(w, row, draw(w.run, d.INVITED, key, other, t)):
        tie = w.tie[row]
        u = draw(w.run, d.INVITED_FOR, key, other, t)
        tie.answer = t + waiting_time(u, 1.0 / p.outreach_answer_delay)
        tie.turn = side


@rule
def arrange_exchange(w, row, t):
    """Let a twinned pair arrange a visit of either side as a matter of course (section c; M18)."""
    tie = w.tie[row]
    chance = min(1.0, tie.intensity * w.par[0].twinning_exchange / 12.0)
    u = draw(w.run, d.EXCHANGE_DUE, w.actor[tie.actor].key, w.place[tie.place].key, t)
    if u < chance:
        tie.answer = t + 1
        tie.turn = k.CHINA if u < 0.5 * chance else k.LAC


@rule
def call_for_answer(w, row, t):
    """Let the side whose turn it is plan to answer a visit next month.

    An invitation that an office-holder's predecessor had a part in may lapse, as trust does (M20).
    A province answers one a month and puts off the others; a governor follows that of the first
    province in the order of identity.
    """
    tie = w.tie[row]
    governor = w.governor[tie.place]
    if governor.since > tie.latest:
        key = w.actor[tie.actor].key
        u = draw(w.run, d.INVITATION_LAPSES, key, w.place[tie.place].key, t)
        if u < w.par[0].turnover_fade:
            return
    if tie.turn == k.LAC:
        if governor.invited_by < 0 or tie.actor < governor.invited_by:
            governor.invited_by = tie.actor
    elif w.actor[tie.actor].invited_to < 0:
        w.actor[tie.actor].invited_to = tie.place
    else:
        tie.answer += 1


@rule
def reset_trust_summary(w, i, t):
    """Open an office's books of the month: whom it trusts most, how many provinces and firms."""
    place = w.place[i]
    place.trust = 0.0
    place.trusted = -1
    place.provinces = 0
    place.firms = 0
    place.friendship = 0.0
    place.informed = 0.0


@rule
def update_ties(w, a, t):
    """Let an actor's ties consolidate and decay, and enter them in the offices' books.

    Each month institutional trust gains ``tie.consolidation`` of personal trust, faster under
    twinning, university links and an office (M30, M60, M63), but at most all of it; both stocks
    decay, personal trust faster, and so does memory.

    In the books of its office a tie counts as trust in whom it trusts most, and while it is alive
    by its kind. A province adds up its readiness to twin. The order of entries does not matter:
    equal trust is settled by identity.
    """
    p = w.par[0]
    actor, kind = w.actor[a], w.actor[a].kind
    # As locals they are not read anew after each write to the state.
    alive, consolidation, memory_kept = p.tie_alive, p.tie_consolidation, 1.0 - p.memory_decay
    institutional_decay, personal_kept = p.tie_institutional_decay, 1.0 - p.tie_personal_decay
    has_offices, tells = actor.first_office <= t, passes_on(w, a)
    # Only provinces twin, and only their visits are answered.
    answers = kind == k.PROVINCE
    readiness = 0.0
    row = actor.first_tie
    while row >= 0:
        tie = w.tie[row]
        place = w.place[tie.place]
        speed = 1.0
        twinned = answers and tie.twinned >= 0
        if twinned or (has_offices and has_office(w, a, tie.country, t)):
            speed = protection(w, row, t)
        personal, institutional = tie.personal, tie.institutional
        gain = min(1.0, consolidation * speed) * personal * (1.0 - institutional)
        institutional += gain - institutional_decay * institutional
        personal *= personal_kept
        tie.personal, tie.institutional = personal, institutional
        tie.memory *= memory_kept
        trust = 1.0 - (1.0 - personal) * (1.0 - institutional)
        enter_trust(w, tie.place, a, trust)
        if tells:
            place.informed = max(place.informed, trust)
        if trust >= alive:
            if kind == k.PROVINCE:
                place.provinces += 1
                if not twinned:
                    readiness += twinning_readiness(w, row, t)
            elif kind == k.FIRM:
                place.firms += 1
                if tie.home_tie >= 0:
                    ask_for_twinning(w, a, tie.home_tie, t)
            elif kind == k.ORGANISATION and actor.mission == k.FRIENDSHIP:
                place.friendship = max(place.friendship, trust)
        if twinned and tie.answer <= t:
            arrange_exchange(w, row, t)
        if answers and tie.answer == t + 1:
            call_for_answer(w, row, t)
        row = tie.of_actor
    actor.readiness = readiness


@rule
def enter_trust(w, i, a, trust):
    """Enter trust in an actor in an office's books: whom it trusts most counts."""
    place = w.place[i]
    # Who is trusted more is anyone's guess: without a branch the processor need not guess.
    most, whom = place.trust, place.trusted
    ahead = (trust > most) | (whom < 0) | ((trust == most) & (a < whom))
    place.trust = max(most, trust)
    place.trusted = a if ahead else whom


@rule
def ask_for_twinning(w, firm, row, t):
    """Note that a firm active in a place asks its home province to twin with it (M17).

    Of several firms the first by identity of row counts, so that their order leaves no trace.
    """
    tie = w.tie[row]
    if tie.behest != t or firm < tie.asking:
        tie.asking = firm
    tie.behest = t


@rule
def firm_of_delegation(w, a, place, sector, t):
    """Choose the firm a visitor brings along or recommends: in the sector, from home, fitting."""
    host = w.actor[a]
    home = a if host.kind == k.PROVINCE else host.home
    best = math.inf
    chosen = -1
    f = w.firm_from[0, sector]
    while f >= 0:
        if f != a and can_work(w, f, place, sector):
            firm = w.actor[f]
            if firm.active_since <= t:
                weight = w.strength[f, sector]
                weight *= 4.0 if home >= 0 and firm.home == home else 1.0
                u = draw(w.run, d.DELEGATION_FIRM, firm.key, w.place[place].key, t)
                arrival = exponential_arrival(u, weight, best)
                if arrival < best:
                    best = arrival
                    chosen = f
        f = w.firm_from[f + 1, sector]
    return chosen


@rule
def introduce(w, actor, place, t, share, sector, cause, by, by_china):
    """Let one actor open a door for another: a contact at a share of the usual gain.

    A door already open this month is not opened again. Beside ``cause``, the latest event of a tie
    there was before led to it.
    """
    row = w.tie_of[actor, place]
    before = w.tie[row].event if row >= 0 else 0
    if before != 0 and w.tie[row].latest == t:
        return before
    initiator = k.CHINA if by_china else k.LAC
    if before == cause:
        before = 0
    event = record(w, k.INTRODUCTION, t, actor, place, initiator, sector, 0, 0.0, cause, before, 0)
    meet(w, actor, place, t, w.par[0].tie_contact * share, initiator, event)
    w.tie[w.tie_of[actor, place]].hands |= hands_of(w, by, place)
    return event


@rule
def twinning_readiness(w, row, t):
    """Return how ready a province and a locality are to twin, 0 if they are twinned already.

    Trust and the governor's will count; the friendship body clears rather what
    is large and of some standing, and where Taiwan is recognised only where it is known itself;
    firms of the province ask for it; security ties make it less needed (report, sections a and c,
    fn 45; M13, M15, M17).
    """
    p = w.par[0]
    tie = w.tie[row]
    trust = total_trust(tie)
    if trust < p.tie_alive or tie.twinned >= 0 or is_centre(w, tie.place):
        return 0.0
    place = w.place[tie.place]
    readiness = p.twinning_engagement * elastic(trust, p.twinning_standing) * will_of(w, tie.place)
    bulk = p.twinning_market * place.market
    if bulk != place.bulk:
        place.bulk, place.standing = bulk, math.exp(bulk)
    readiness *= place.standing
    if w.country[tie.country].recognises == 0:
        readiness *= place.friendship
    if tie.behest == t:
        readiness *= 1.0 + p.twinning_behest
    return readiness * (1.0 - p.twinning_security * w.country[tie.country].security)


@rule
def link_universities(w, a, t):
    """Let the universities of twinned pairs link when their time has come (section f; M60)."""
    actor = w.actor[a]
    if t < actor.next_university:
        return
    actor.next_university = NEVER
    row = actor.first_tie
    while row >= 0:
        tie = w.tie[row]
        if tie.university == t:
            tie.event = record(
                w, k.UNIVERSITY_LINK, t, a, tie.place, k.CHINA, -1, 0, 0.0, tie.event, 0, 0
            )
        elif tie.university > t:
            actor.next_university = min(actor.next_university, tie.university)
        row = tie.of_actor


@rule
def open_institute(w, a, t):
    """Let the education body open Confucius Institutes towards the centre's target.

    The target is one of the signals (report, fn 112; M61).
    """
    p = w.par[0]
    head = w.run[0]
    if w.actor[a].mission != k.EDUCATION:
        return
    missing = w.signal[t, k.SIGNAL.institute_target] - head.institutes
    if missing <= 0.0:
        return
    chance = 1.0 - math.exp(-p.twinning_institute * missing)
    if draw(w.run, d.INSTITUTE_OPENED, w.actor[a].key, 0, t) >= chance:
        return
    best = math.inf
    chosen = -1
    for i in range(head.localities):
        place = w.place[i]
        country = w.country[place.country]
        if country.recognises == 1 and place.institute == 0:
            weight = 0.1 + p.twinning_institute_ties * place.trust
            weight *= math.exp(place.market + 0.5 * country.market)
            weight /= 1.0 + 2.0 * country.institutes
            arrival = exponential_arrival(
                draw(w.run, d.INSTITUTE_PLACE, w.actor[a].key, place.key, t), weight, best
            )
            if arrival < best:
                best = arrival
                chosen = i
    if chosen >= 0:
        found_institute(w, a, chosen, t)


@rule
def found_institute(w, a, i, t):
    """Open a Confucius Institute in a locality."""
    place = w.place[i]
    place.institute = 1
    w.run[0].institutes += 1
    w.country[place.country].institutes += 1
    row = w.tie_of[place.trusted, i] if place.trusted >= 0 else -1
    cause = w.tie[row].event if row >= 0 else 0
    event = record(w, k.CONFUCIUS_INSTITUTE, t, a, i, k.CHINA, -1, 0, 0.0, cause, 0, 0)
    meet(w, a, i, t, w.par[0].tie_contact, k.CHINA, event)
