"""Reception: which delegations an office receives, by room and will."""

from __future__ import annotations

from sim.core import decisions as d
from sim.core.jit import rule
from sim.core.rng import draw
from sim.rules.basics import is_centre, will_of


@rule
def gather_delegations(w, t):
    """List the delegations that arrive at each office this month."""
    for i in range(len(w.place)):
        w.place[i].guests = -1
    for a in range(len(w.actor)):
        actor = w.actor[a]
        if actor.trip_place >= 0:
            place = w.place[actor.trip_place]
            actor.next_guest = place.guests
            place.guests = a


@rule
def receive_delegations(w, i, t):
    """Let an office receive the worthiest delegations it has room and will for.

    Who answers a journey of the governor's, or is due by a twinning, is welcome as such.

    Conflicts are settled by worth, then by identity: the order of arrival leaves no trace.
    """
    room = int(w.par[0].outreach_reception)
    will = office_will(w, i)
    for _ in range(room):
        best = -1
        a = w.place[i].guests
        while a >= 0:
            guest = w.actor[a]
            if guest.trip_received == 0 and (best < 0 or is_worthier(w, a, best)):
                best = a
            a = guest.next_guest
        if best < 0:
            return
        guest = w.actor[best]
        u = draw(w.run, d.DELEGATION_RECEIVED, guest.key, w.place[i].key, t)
        least = w.par[0].outreach_welcome
        welcome = guest.invited_to == i or u < least + (1.0 - least) * will
        guest.trip_received = 1 if welcome else -1


@rule
def is_worthier(w, a, b):
    """Tell whether delegation ``a`` comes before ``b``."""
    first, second = w.actor[a], w.actor[b]
    if first.trip_worth != second.trip_worth:
        return first.trip_worth > second.trip_worth
    return first.key < second.key


@rule
def office_will(w, place):
    """Return an office-holder's will to work with China, 0-1."""
    if is_centre(w, place):
        return 0.5 + 0.5 * w.country[w.place[place].country].stance
    return will_of(w, place)
