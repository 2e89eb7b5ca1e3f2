"""The month: phases and steps in causal order, shared by both drivers.

``STEPS`` is the model's timetable. A step is either taken by every agent of a type on its own
behalf, or once for the whole world. In a step whose ``ordered`` is false agents decide on the state
as it stood at the start of the step and write only what is their own, so their order leaves no
trace. In an ordered step they act one after the other in the order of identity, which is the rule
that settles conflicts.

The compiled driver takes a step with :func:`take_step`; the Mesa driver calls the method named like
the step's verb on every agent. A national executive appears as ``executive`` where the rule is about
the country and as ``centre`` where it is about the office as a place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim import kinds as k
from sim.jit import rule
from sim.rules import (
    acquisitions,
    approvals,
    finance,
    journeys,
    learning,
    outreach,
    politics,
    proposals,
    signals,
    ties,
    works,
)
from sim.state import Array, State


@dataclass(frozen=True)
class Step:
    """Describe one step of the month.

    Parameters
    ----------
    phase
        Phase it belongs to.
    who
        Who takes it: an agent type, ``world`` or ``crossing``.
    verb
        What they do; the name of the agents' method and of the rule.
    reason
        Why it is there and why at this place.
    ordered
        Whether agents act one after the other in the order of identity.
    """

    phase: str
    who: str
    verb: str
    reason: str
    ordered: bool = False


STEPS: tuple[Step, ...] = (
    Step("politics", "world", "apply_interventions", "what the scenario orders comes first", True),
    Step("politics", "executive", "hold_executive_office", "the centre changes before the units"),
    Step("politics", "executive", "review_recognition", "a new executive may switch recognition"),
    Step("politics", "governor", "hold_governor_office", "turnover cuts personal trust"),
    Step("politics", "embassy", "rotate_ambassador", "ambassadors' ties are personal too"),
    Step("signals", "world", "read_policy", "the centre signals, it does not command", True),
    Step("signals", "world", "favour_country", "matters only under coordination", True),
    Step("signals", "world", "call_forum", "forums convene both sides", True),
    Step("signals", "executive", "read_country_signals", "authority, strain and fiscal stress"),
    Step("signals", "bank", "fund_bank", "the envelope of the month"),
    Step("outreach", "executive", "assess_country", "how places look to Chinese actors now"),
    Step("outreach", "province", "seek_partner", "provinces compete, uncoordinated"),
    Step("outreach", "organisation", "seek_partner", "each by its mission"),
    Step("outreach", "embassy", "seek_partner", "where Beijing is recognised"),
    Step("outreach", "firm", "seek_partner", "for profit"),
    Step("outreach", "association", "plan_introduction", "diaspora opens doors"),
    Step("outreach", "governor", "plan_journey", "initiative from the locality"),
    Step("outreach", "executive", "plan_state_visit", "initiative from the centre"),
    Step("outreach", "world", "gather_delegations", "delegations arrive", True),
    Step("outreach", "governor", "receive_delegations", "room and will are limited"),
    Step("outreach", "centre", "receive_delegations", "at the centre too"),
    Step("outreach", "province", "make_visit", "meetings build trust", True),
    Step("outreach", "organisation", "make_visit", "meetings build trust", True),
    Step("outreach", "embassy", "make_visit", "meetings build trust", True),
    Step("outreach", "firm", "make_visit", "meetings build trust", True),
    Step("outreach", "association", "make_introduction", "introductions build trust", True),
    Step("outreach", "governor", "make_journey", "journeys build more", True),
    Step("outreach", "executive", "make_state_visit", "strong provinces reach centres", True),
    Step("ties", "province", "consider_twinning", "twinning follows engagement", True),
    Step("ties", "province", "link_universities", "universities follow twinning"),
    Step("ties", "organisation", "open_institute", "institutes accompany outreach", True),
    Step("ties", "province", "tend_ties", "trust consolidates and decays"),
    Step("ties", "organisation", "tend_ties", "trust consolidates and decays"),
    Step("ties", "embassy", "tend_ties", "trust consolidates and decays"),
    Step("ties", "firm", "tend_ties", "trust consolidates and decays"),
    Step("ties", "bank", "tend_ties", "trust consolidates and decays"),
    Step("ties", "association", "tend_ties", "trust consolidates and decays"),
    Step("ties", "governor", "survey_contacts", "offices know whom they trust"),
    Step("ties", "centre", "survey_contacts", "offices know whom they trust"),
    Step("projects", "governor", "make_wish", "wish lists go to those trusted"),
    Step("projects", "province", "pitch_project", "provinces make the case for their firms"),
    Step("projects", "firm", "pitch_project", "firms pitch on their visits"),
    Step("projects", "executive", "plan_project", "executives negotiate themselves"),
    Step("projects", "firm", "seek_acquisition", "or firms buy their way in"),
    Step("projects", "governor", "register_wish", "proposals enter the list", True),
    Step("projects", "province", "register_pitch", "proposals enter the list", True),
    Step("projects", "firm", "register_pitch", "proposals enter the list", True),
    Step("projects", "executive", "register_plan", "proposals enter the list", True),
    Step("projects", "crossing", "take_up_crossing", "projects that join two units", True),
    Step("projects", "firm", "register_acquisition", "bids enter the list", True),
    Step("projects", "governor", "match_firms", "a firm signs, or talks lapse"),
    Step("projects", "governor", "approve_locally", "what is in local power"),
    Step("projects", "executive", "approve_centrally", "the rest, and the veto"),
    Step("projects", "governor", "award_projects", "by tender or directly"),
    Step("projects", "governor", "close_own_finance", "what needs no bank", True),
    Step("projects", "bank", "lend", "the best first, while the envelope lasts", True),
    Step("projects", "governor", "close_acquisitions", "local government has no say", True),
    Step("projects", "governor", "carry_out_works", "build, stall, resist, complete"),
    Step("learning", "governor", "heed_neighbours", "deals impress neighbours"),
    Step("learning", "province", "gain_foothold", "experience opens offices"),
    Step("learning", "firm", "gain_foothold", "experience opens offices"),
    Step("learning", "executive", "form_views", "reputation and views of China"),
    Step("learning", "governor", "clear_ended", "ended projects leave the list"),
    Step("learning", "executive", "take_stock", "the month's series"),
)

VERBS = tuple(dict.fromkeys(step.verb for step in STEPS))

PHASES = tuple(dict.fromkeys(step.phase for step in STEPS))

def timetable() -> str:
    """Return the month as text: one line a step with its reason."""
    width = max(len(s.who) + len(s.verb) for s in STEPS) + 2
    lines = []
    for phase in PHASES:
        lines.append(phase)
        for step in STEPS:
            if step.phase == phase:
                name = f"{step.who}: {step.verb}"
                lines.append(f"  {name:<{width}}  {step.reason}")
    return "\n".join(lines)




def span(w: State, who: str) -> tuple[int, int]:
    """Return the first index and the end of the index range of those who take a step."""
    localities, countries = len(w.governor), len(w.country)
    if who in k.ACTOR_TYPES:
        mine = np.flatnonzero(w.actor["kind"] == k.ACTOR_TYPES.index(who))
        return (int(mine[0]), int(mine[-1]) + 1) if len(mine) else (0, 0)
    return {
        "world": (0, 1),
        "crossing": (0, len(w.crossing)),
        "executive": (0, countries),
        "centre": (localities, localities + countries),
        "governor": (0, localities),
    }[who]


def programme_of_month(w: State) -> Array:
    """Return the steps as numbers: one row (verb, first index, end) a step."""
    rows = [(VERBS.index(step.verb), *span(w, step.who)) for step in STEPS]
    return np.array(rows, dtype=np.int64)


@rule
def take_step_of_politics(w, verb, first, end, t):  # type: ignore[no-untyped-def]
    """Take a step of the phase of politics."""
    if verb == 0:
        politics.apply_interventions(w, t)
    elif verb == 1:
        for i in range(first, end):
            politics.hold_executive_office(w, i, t)
    elif verb == 2:
        for i in range(first, end):
            politics.review_recognition(w, i, t)
    elif verb == 3:
        for i in range(first, end):
            politics.hold_governor_office(w, i, t)
    elif verb == 4:
        for i in range(first, end):
            politics.rotate_ambassador(w, i, t)


@rule
def take_step_of_signals(w, verb, first, end, t):  # type: ignore[no-untyped-def]
    """Take a step of the phase of signals."""
    if verb == 5:
        signals.read_policy(w, t)
    elif verb == 6:
        signals.favour_country(w, t)
    elif verb == 7:
        signals.call_forum(w, t)
    elif verb == 8:
        for i in range(first, end):
            signals.read_country_signals(w, i, t)
    elif verb == 9:
        for i in range(first, end):
            signals.fund_bank(w, i, t)


@rule
def take_step_of_outreach(w, verb, first, end, t):  # type: ignore[no-untyped-def]
    """Take a step of the phase of outreach."""
    if verb == 10:
        for i in range(first, end):
            outreach.assess_country(w, i, t)
    elif verb == 11:
        for i in range(first, end):
            outreach.seek_partner(w, i, t)
    elif verb == 12:
        for i in range(first, end):
            journeys.plan_introduction(w, i, t)
    elif verb == 13:
        for i in range(first, end):
            journeys.plan_journey(w, i, t)
    elif verb == 14:
        for i in range(first, end):
            journeys.plan_state_visit(w, i, t)
    elif verb == 15:
        outreach.gather_delegations(w, t)
    elif verb == 16:
        for i in range(first, end):
            outreach.receive_delegations(w, i, t)
    elif verb == 17:
        for i in range(first, end):
            journeys.make_visit(w, i, t)
    elif verb == 18:
        for i in range(first, end):
            journeys.make_introduction(w, i, t)
    elif verb == 19:
        for i in range(first, end):
            journeys.make_journey(w, i, t)
    elif verb == 20:
        for i in range(first, end):
            journeys.make_state_visit(w, i, t)


@rule
def take_step_of_ties(w, verb, first, end, t):  # type: ignore[no-untyped-def]
    """Take a step of the phase of ties."""
    if verb == 21:
        for i in range(first, end):
            ties.consider_twinning(w, i, t)
    elif verb == 22:
        for i in range(first, end):
            ties.link_universities(w, i, t)
    elif verb == 23:
        for i in range(first, end):
            ties.open_institute(w, i, t)
    elif verb == 24:
        for i in range(first, end):
            ties.tend_ties(w, i, t)
    elif verb == 25:
        for i in range(first, end):
            ties.survey_contacts(w, i, t)


@rule
def take_step_of_projects(w, verb, first, end, t):  # type: ignore[no-untyped-def]
    """Take a step of the phase of projects."""
    if verb == 26:
        for i in range(first, end):
            proposals.make_wish(w, i, t)
    elif verb == 27:
        for i in range(first, end):
            proposals.pitch_project(w, i, t)
    elif verb == 28:
        for i in range(first, end):
            proposals.plan_project(w, i, t)
    elif verb == 29:
        for i in range(first, end):
            acquisitions.seek_acquisition(w, i, t)
    elif verb == 30:
        for i in range(first, end):
            proposals.register_wish(w, i, t)
    elif verb == 31:
        for i in range(first, end):
            proposals.register_pitch(w, i, t)
    elif verb == 32:
        for i in range(first, end):
            proposals.register_plan(w, i, t)
    elif verb == 33:
        for i in range(first, end):
            proposals.take_up_crossing(w, i, t)
    elif verb == 34:
        for i in range(first, end):
            acquisitions.register_acquisition(w, i, t)
    elif verb == 35:
        for i in range(first, end):
            proposals.match_firms(w, i, t)
    elif verb == 36:
        for i in range(first, end):
            approvals.approve_locally(w, i, t)
    elif verb == 37:
        for i in range(first, end):
            approvals.approve_centrally(w, i, t)
    elif verb == 38:
        for i in range(first, end):
            finance.award_projects(w, i, t)
    elif verb == 39:
        for i in range(first, end):
            finance.close_own_finance(w, i, t)
    elif verb == 40:
        for i in range(first, end):
            finance.lend(w, i, t)
    elif verb == 41:
        for i in range(first, end):
            acquisitions.close_acquisitions(w, i, t)
    elif verb == 42:
        for i in range(first, end):
            works.carry_out_works(w, i, t)


@rule
def take_step_of_learning(w, verb, first, end, t):  # type: ignore[no-untyped-def]
    """Take a step of the phase of learning."""
    if verb == 43:
        for i in range(first, end):
            learning.heed_neighbours(w, i, t)
    elif verb == 44:
        for i in range(first, end):
            learning.gain_foothold(w, i, t)
    elif verb == 45:
        for i in range(first, end):
            learning.form_views(w, i, t)
    elif verb == 46:
        for i in range(first, end):
            learning.clear_ended(w, i, t)
    elif verb == 47:
        for i in range(first, end):
            learning.take_stock(w, i, t)


@rule
def take_step(w, verb, first, end, t):  # type: ignore[no-untyped-def]
    """Take one step of the month for all indices in a range; ``verb`` counts along VERBS."""
    if verb <= 4:
        take_step_of_politics(w, verb, first, end, t)
    elif verb <= 9:
        take_step_of_signals(w, verb, first, end, t)
    elif verb <= 20:
        take_step_of_outreach(w, verb, first, end, t)
    elif verb <= 25:
        take_step_of_ties(w, verb, first, end, t)
    elif verb <= 42:
        take_step_of_projects(w, verb, first, end, t)
    else:
        take_step_of_learning(w, verb, first, end, t)
