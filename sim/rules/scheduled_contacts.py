"""Contacts that a scenario arranges: visits and twinnings, beside those of the actors' own."""

from __future__ import annotations

import math

from sim.core import enums as k
from sim.core.jit import rule
from sim.rules.basics import record
from sim.rules.journeys import pay_visit
from sim.rules.outreach import may_work_in
from sim.rules.ties import open_tie
from sim.rules.twinning import sign_twinning


@rule
def arrange_contacts(w, t):
    """Carry out the visits and twinnings that the scenario arranges for this month.

    They come after the actors' own visits and twinnings of the month and read none of their
    plans, so that these stay as they would have been.
    """
    for i in range(len(w.intervention)):
        order = w.intervention[i]
        if order.month == t and order.order in (k.ARRANGE_VISIT, k.ARRANGE_TWINNING):
            # The order's number keeps apart the identities of two orders in one month.
            event = record(w, k.INTERVENTION, t, -1, order.place, k.NOBODY, i + 1, 0, 0.0, 0, 0, 0)
            w.event[w.run[0].events - 1].sector = -1
            if order.order == k.ARRANGE_VISIT:
                arrange_visit(w, order.actor, order.place, t, event)
            else:
                arrange_twinning(w, order.actor, order.place, t, event)


@rule
def arrange_visit(w, a, place, t, cause):
    """Let a delegation come and be received, unless the actor cannot work there this month.

    The visit has no sector. By this its identity differs from that of a visit of the same actor
    to the same place in the same month of its own accord, which always has one.
    """
    if t >= w.actor[a].active_since and may_work_in(w, a, w.place[place].country):
        open_told_tie(w, a, place, t)
        pay_visit(w, a, place, t, -1, cause)


@rule
def arrange_twinning(w, a, place, t, cause):
    """Let a province and a locality sign a twinning, unless they are twinned already."""
    row = open_told_tie(w, a, place, t)
    if w.tie[row].twinned < 0:
        sign_twinning(w, a, row, t, cause, -1)


@rule
def open_told_tie(w, a, place, t):
    """Return the row of the tie of an arranged contact; if it is new, with the intensity told of.

    A contact is put in because it is told of, and the more contacts a pair has the likelier it is
    that one of them is told. Its intensity is that of pairs as contacts find them: size-biased,
    which of a log-normal is a shift of its logarithm by the spread squared (Patil and Rao 1978,
    *Weighted distributions and size-biased sampling*, Biometrics 34).
    """
    row = w.tie_of[a, place]
    if row < 0:
        row = open_tie(w, a, place, t, k.CHINA)
        w.tie[row].intensity *= math.exp(w.par[0].pair_spread * w.par[0].pair_spread)
    return row
