"""The month: phases and steps in causal order, shared by both drivers.

``STEPS`` is the model's timetable. A step is either taken by every agent of a type on its own
behalf, or once for the whole world. In a step whose ``ordered`` is false agents decide on the state
as it stood at the start of the step and write only what is their own, so their order leaves no
trace. In an ordered step they act one after the other in the order of identity, which is the rule
that settles conflicts.

The compiled driver takes a step with :func:`sim.engine.dispatch.take_step`; the Mesa driver calls
the method named like the step's verb on every agent. Governors and mayors take the same steps,
as ``local_head``. A national executive appears as ``executive`` where the rule is about the country
and as ``centre`` where it is about the office as a place.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """Describe one step of the month.

    Parameters
    ----------
    phase
        Phase it belongs to.
    who
        Who takes it: an agent type or ``world``.
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
    Step("politics", "local_head", "hold_governor_office", "turnover cuts personal trust"),
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
    Step("outreach", "local_head", "plan_journey", "initiative from the locality"),
    Step("outreach", "executive", "plan_state_visit", "initiative from the centre"),
    Step("outreach", "world", "close_borders", "a pandemic stops trips, some meet online", True),
    Step("outreach", "world", "gather_delegations", "delegations arrive", True),
    Step("outreach", "local_head", "receive_delegations", "room and will are limited"),
    Step("outreach", "centre", "receive_delegations", "at the centre too"),
    Step("outreach", "province", "make_visit", "meetings build trust", True),
    Step("outreach", "organisation", "make_visit", "meetings build trust", True),
    Step("outreach", "embassy", "make_visit", "meetings build trust", True),
    Step("outreach", "firm", "make_visit", "meetings build trust", True),
    Step("outreach", "association", "make_introduction", "introductions build trust", True),
    Step("outreach", "local_head", "make_journey", "journeys build more", True),
    Step("outreach", "executive", "make_state_visit", "strong provinces reach centres", True),
    Step("ties", "organisation", "clear_twinning", "the friendship body controls twinning", True),
    Step("ties", "world", "arrange_contacts", "what the scenario arranges comes on top", True),
    Step("ties", "province", "donate", "help goes to places known"),
    Step("ties", "firm", "donate", "help goes to places known"),
    Step("ties", "province", "link_universities", "universities follow twinning"),
    Step("ties", "organisation", "open_institute", "institutes accompany outreach", True),
    Step("ties", "local_head", "reset_trust_summary", "offices keep track of whom they trust"),
    Step("ties", "centre", "reset_trust_summary", "offices keep track of whom they trust"),
    Step("ties", "organisation", "update_ties", "trust consolidates and decays"),
    Step("ties", "embassy", "update_ties", "trust consolidates and decays"),
    Step("ties", "firm", "update_ties", "trust consolidates and decays"),
    Step("ties", "bank", "update_ties", "trust consolidates and decays"),
    Step("ties", "association", "update_ties", "trust consolidates and decays"),
    Step("ties", "province", "update_ties", "last, as brokers and firms prepare twinnings"),
    Step("projects", "local_head", "make_wish", "wish lists go to those trusted"),
    Step("projects", "province", "pitch_project", "provinces make the case for their firms"),
    Step("projects", "firm", "pitch_project", "firms pitch on their visits"),
    Step("projects", "executive", "plan_project", "executives negotiate themselves"),
    Step("projects", "firm", "seek_acquisition", "or firms buy their way in"),
    Step("projects", "local_head", "register_wish", "proposals enter the list", True),
    Step("projects", "province", "register_pitch", "proposals enter the list", True),
    Step("projects", "firm", "register_pitch", "proposals enter the list", True),
    Step("projects", "executive", "register_plan", "proposals enter the list", True),
    Step("projects", "firm", "register_acquisition", "bids enter the list", True),
    Step("projects", "local_head", "match_firms", "wishes find firms"),
    Step("projects", "world", "sign_memoranda", "a firm takes the best wish; or talks lapse", True),
    Step("projects", "local_head", "approve_locally", "what is in local power"),
    Step("projects", "executive", "approve_centrally", "the rest, and the veto"),
    Step("projects", "local_head", "award_projects", "by tender or directly"),
    Step("projects", "local_head", "close_own_finance", "what needs no bank", True),
    Step("projects", "bank", "lend", "the best first, while the envelope lasts", True),
    Step("projects", "local_head", "close_acquisitions", "local government has no say", True),
    Step("projects", "local_head", "carry_out_works", "build, stall, resist, complete"),
    Step("learning", "local_head", "update_neighbour_demonstration", "deals impress neighbours"),
    Step(
        "learning",
        "centre",
        "update_country_demonstration",
        "deals anywhere in the country impress its centre",
    ),
    Step("learning", "province", "gain_foothold", "experience opens offices"),
    Step("learning", "firm", "gain_foothold", "experience opens offices"),
    Step("learning", "executive", "form_views", "reputation and views of China"),
    Step("learning", "local_head", "clear_ended", "ended projects leave the list"),
    Step("learning", "executive", "record_series", "the month's series"),
)

VERBS = tuple(dict.fromkeys(step.verb for step in STEPS))
V: Any = namedtuple("V", VERBS)(*range(len(VERBS)))
"""The number of each verb, by name; compiled code reads it as a constant."""

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
