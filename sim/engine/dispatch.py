"""The month as compiled code: which rule a step calls, and for whom.

The order of the steps is that of :data:`sim.engine.timetable.STEPS`; the numbers of the verbs are
in :data:`sim.engine.timetable.V`.
"""

from __future__ import annotations

import numpy as np

from sim.core import enums as k
from sim.core.jit import rule
from sim.core.state import Array, State
from sim.engine.timetable import STEPS, VERBS, V
from sim.rules import (
    acquisitions,
    approvals,
    credit,
    diplomacy,
    finance,
    journeys,
    learning,
    matching,
    outreach,
    plans,
    politics,
    proposals,
    reception,
    scheduled_contacts,
    signals,
    ties,
    travel,
    twinning,
    works,
)


def span(w: State, who: str) -> tuple[int, int]:
    """Return the first index and the end of the index range of those who take a step."""
    localities, offices = int(w.run["localities"][0]), len(w.governor)
    countries = len(w.country)
    if who in k.ACTOR_TYPES:
        mine = np.flatnonzero(w.actor["kind"] == k.ACTOR_TYPES.index(who))
        return (int(mine[0]), int(mine[-1]) + 1) if len(mine) else (0, 0)
    return {
        "world": (0, 1),
        "executive": (0, countries),
        "centre": (offices, offices + countries),
        "local_head": (0, offices),
        "governor": (0, localities),
        "mayor": (localities, offices),
    }[who]


def programme_of_month(w: State) -> Array:
    """Return the steps as numbers: one row (verb, first index, end) a step."""
    spans = {who: span(w, who) for who in {step.who for step in STEPS}}
    rows = [(VERBS.index(step.verb), *spans[step.who]) for step in STEPS]
    return np.array(rows, dtype=np.int64)


@rule
def take_step_of_politics(w, verb, first, end, t):
    """Take a step of the phase of politics."""
    if verb == V.apply_interventions:
        politics.apply_interventions(w, t)
    elif verb == V.hold_executive_office:
        for i in range(first, end):
            politics.hold_executive_office(w, i, t)
    elif verb == V.review_recognition:
        for i in range(first, end):
            diplomacy.review_recognition(w, i, t)
    elif verb == V.hold_governor_office:
        for i in range(first, end):
            if politics.may_change(w, i, t):
                politics.hold_governor_office(w, i, t)
    elif verb == V.rotate_ambassador:
        for i in range(first, end):
            diplomacy.rotate_ambassador(w, i, t)


@rule
def take_step_of_signals(w, verb, first, end, t):
    """Take a step of the phase of signals."""
    if verb == V.read_policy:
        signals.read_policy(w, t)
    elif verb == V.favour_country:
        signals.favour_country(w, t)
    elif verb == V.call_forum:
        signals.call_forum(w, t)
    elif verb == V.read_country_signals:
        for i in range(first, end):
            signals.read_country_signals(w, i, t)
    elif verb == V.fund_bank:
        for i in range(first, end):
            credit.fund_bank(w, i, t)


@rule
def take_step_of_outreach(w, verb, first, end, t):
    """Take a step of the phase of outreach."""
    if verb == V.assess_country:
        for i in range(first, end):
            outreach.assess_country(w, i, t)
    elif verb == V.seek_partner:
        for i in range(first, end):
            outreach.seek_partner(w, i, t)
    elif verb == V.plan_introduction:
        for i in range(first, end):
            journeys.plan_introduction(w, i, t)
    elif verb == V.plan_journey:
        for i in range(first, end):
            if journeys.may_plan(w, i, t):
                journeys.plan_journey(w, i, t)
    elif verb == V.plan_state_visit:
        for i in range(first, end):
            journeys.plan_state_visit(w, i, t)
    elif verb == V.close_borders:
        travel.close_borders(w, t)
    elif verb == V.gather_delegations:
        reception.gather_delegations(w, t)
    elif verb == V.receive_delegations:
        for i in range(first, end):
            if w.place[i].guests >= 0:
                reception.receive_delegations(w, i, t)
    elif verb == V.make_visit:
        for i in range(first, end):
            if w.actor[i].trip_place >= 0:
                journeys.make_visit(w, i, t)
    elif verb == V.make_introduction:
        for i in range(first, end):
            journeys.make_introduction(w, i, t)
    elif verb == V.make_journey:
        for i in range(first, end):
            if w.governor[i].trip_actor >= 0:
                journeys.make_journey(w, i, t)
    elif verb == V.make_state_visit:
        for i in range(first, end):
            if w.country[i].trip_actor >= 0:
                journeys.make_state_visit(w, i, t)


@rule
def take_step_of_ties(w, verb, first, end, t):
    """Take a step of the phase of ties."""
    if verb == V.clear_twinning:
        for i in range(first, end):
            twinning.clear_twinning(w, i, t)
    elif verb == V.arrange_contacts:
        scheduled_contacts.arrange_contacts(w, t)
    elif verb == V.donate:
        if w.signal[t, k.SIGNAL.relief] > 0.0:
            for i in range(first, end):
                travel.donate(w, i, t)
    elif verb == V.link_universities:
        for i in range(first, end):
            ties.link_universities(w, i, t)
    elif verb == V.open_institute:
        for i in range(first, end):
            ties.open_institute(w, i, t)
    elif verb == V.update_ties:
        for i in range(first, end):
            ties.update_ties(w, i, t)
    elif verb == V.reset_trust_summary:
        for i in range(first, end):
            ties.reset_trust_summary(w, i, t)


@rule
def take_step_of_proposals(w, verb, first, end, t):
    """Take a step of the phase of projects: what is proposed."""
    if verb == V.make_wish:
        for i in range(first, end):
            if proposals.may_wish(w, i, t):
                proposals.make_wish(w, i, t)
    elif verb == V.pitch_project:
        for i in range(first, end):
            proposals.pitch_project(w, i, t)
    elif verb == V.plan_project:
        for i in range(first, end):
            plans.plan_project(w, i, t)
    elif verb == V.seek_acquisition:
        for i in range(first, end):
            acquisitions.seek_acquisition(w, i, t)
    elif verb == V.register_wish:
        for i in range(first, end):
            if w.governor[i].wish_sector >= 0:
                proposals.register_wish(w, i, t)
    elif verb == V.register_pitch:
        for i in range(first, end):
            proposals.register_pitch(w, i, t)
    elif verb == V.register_plan:
        for i in range(first, end):
            plans.register_plan(w, i, t)
    elif verb == V.register_acquisition:
        for i in range(first, end):
            acquisitions.register_acquisition(w, i, t)


@rule
def take_step_of_projects(w, verb, first, end, t):
    """Take a step of the phase of projects: what becomes of the proposals."""
    if verb == V.match_firms:
        matching.match_firms(w, first, end, t)
    elif verb == V.sign_memoranda:
        matching.sign_memoranda(w, t)
    elif verb == V.approve_locally:
        approvals.approve_locally(w, first, end, t)
    elif verb == V.approve_centrally:
        approvals.approve_centrally(w, first, end, t)
    elif verb == V.award_projects:
        finance.award_projects(w, first, end, t)
    elif verb == V.close_own_finance:
        finance.close_own_finance(w, first, end, t)
    elif verb == V.lend:
        for i in range(first, end):
            finance.lend(w, i, t)
    elif verb == V.close_acquisitions:
        acquisitions.close_acquisitions(w, first, end, t)
    elif verb == V.carry_out_works:
        works.carry_out_works(w, first, end, t)


@rule
def take_step_of_learning(w, verb, first, end, t):
    """Take a step of the phase of learning."""
    if verb == V.update_neighbour_demonstration:
        for i in range(first, end):
            learning.update_neighbour_demonstration(w, i, t)
    elif verb == V.update_country_demonstration:
        for i in range(first, end):
            learning.update_country_demonstration(w, i, t)
    elif verb == V.gain_foothold:
        for i in range(first, end):
            learning.gain_foothold(w, i, t)
    elif verb == V.form_views:
        for i in range(first, end):
            learning.form_views(w, i, t)
    elif verb == V.clear_ended:
        learning.clear_ended(w, first, end, t)
    elif verb == V.record_series:
        for i in range(first, end):
            learning.record_series(w, i, t)


@rule
def take_step(w, verb, first, end, t):
    """Take one step of the month for all indices in a range; ``verb`` is a number of V."""
    if verb < V.read_policy:
        take_step_of_politics(w, verb, first, end, t)
    elif verb < V.assess_country:
        take_step_of_signals(w, verb, first, end, t)
    elif verb < V.clear_twinning:
        take_step_of_outreach(w, verb, first, end, t)
    elif verb < V.make_wish:
        take_step_of_ties(w, verb, first, end, t)
    elif verb < V.match_firms:
        take_step_of_proposals(w, verb, first, end, t)
    elif verb < V.update_neighbour_demonstration:
        take_step_of_projects(w, verb, first, end, t)
    else:
        take_step_of_learning(w, verb, first, end, t)
