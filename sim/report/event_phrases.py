"""One sentence for each kind of event, and the words by which it is named as a reason.

This is the one place where events become language. Templates are filled with ``actor``,
``place``, ``country``, ``sector``, ``value``, ``project``, ``proposer``, ``where``, ``holder`` and
``forum``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.core.calendar import month_index
from sim.report.display_names import Names, money, month_words

if TYPE_CHECKING:
    from collections.abc import Sequence

SENTENCES: dict[str, str] = {
    "intervention": "An order of the scenario holds, in {place}.",
    "executive_change": "{holder} takes office in {country}.",
    "recognition_switch": "{country} switches recognition between Taipei and Beijing.",
    "governor_change": "{holder} takes office in {place}.",
    "ambassador_rotation": "A new Chinese ambassador arrives in {country}.",
    "tie_lost": "The tie between {actor} and {place} is lost.",
    "policy_signal": "China gives new weight to the region in its policy.",
    "forum": "China holds {forum}.",
    "visit_to_lac": "{actor} visits {place}.",
    "declined_visit": "{actor} asks to visit {place} and is not received.",
    "visit_to_china": "The governor of {place} travels to China and meets {actor}.",
    "state_visit": "The national executive of {country} travels to China and meets {actor}.",
    "introduction": "{actor} is introduced to {place}.",
    "twinning": "{actor} and {place} sign a twinning.",
    "university_link": "Universities of {actor} and {place} agree to work together.",
    "confucius_institute": "A Confucius Institute opens in {place}.",
    "proposal": "{proposer} proposes a project{where}: {sector}, {value}.",
    "memorandum": "{actor} signs a memorandum on {project}.",
    "approval_local": "The governor of {place} approves {project}.",
    "approval_central": "The national executive of {country} approves {project}.",
    "refusal": "Approval of {project} is refused.",
    "veto": "The national executive of {country} derails {project}.",
    "award": "{actor} is awarded {project}.",
    "tender_lost": "A rival wins the tender for {project}.",
    "loan_sovereign": "{actor} lends {value} for {project}, guaranteed by the state.",
    "loan_local": "{actor} lends {value} for {project} to {place} itself.",
    "own_finance": "{actor} finances {project} by its own means.",
    "acquisition": "{actor} buys into a company in {place} for {value}.",
    "deal": "The deal on {project} is formed: {value}.",
    "backlash": "People and press turn against {project}.",
    "referendum": "A local vote goes against {project}.",
    "construction": "Work on {project} begins.",
    "funds_withheld": "The centre withholds funds from {project}.",
    "stall": "Work on {project} stalls.",
    "resume": "Work on {project} resumes.",
    "completion": "{project} is completed.",
    "lapse": "Talks on {project} lapse.",
    "cancellation": "{project} is cancelled.",
    "office_opened": "{actor} opens an office in {country}.",
}
"""What happened, by kind of event."""

REASONS: dict[str, str] = {
    "intervention": "the scenario's intervention",
    "executive_change": "the change of national executive",
    "recognition_switch": "the switch of recognition",
    "governor_change": "the change of governor",
    "ambassador_rotation": "the change of ambassador",
    "tie_lost": "the loss of a tie",
    "policy_signal": "China's policy",
    "forum": "the forum",
    "visit_to_lac": "a visit of {actor} to {place}",
    "declined_visit": "a visit that was not received",
    "visit_to_china": "a journey of the governor of {place} to China",
    "state_visit": "a journey of the national executive to China",
    "introduction": "an introduction of {actor} to {place}",
    "twinning": "the twinning with {actor}",
    "university_link": "the link between universities",
    "confucius_institute": "the Confucius Institute",
    "proposal": "the proposal",
    "memorandum": "the memorandum",
    "approval_local": "the governor's approval",
    "approval_central": "the centre's approval",
    "refusal": "the refusal",
    "veto": "the veto",
    "award": "the award",
    "tender_lost": "the lost tender",
    "loan_sovereign": "the loan to the state",
    "loan_local": "the loan to {place}",
    "own_finance": "the firm's own finance",
    "acquisition": "the purchase",
    "deal": "a deal in {place}: {sector}",
    "backlash": "the public resistance",
    "referendum": "the vote",
    "construction": "the start of work",
    "funds_withheld": "the funds withheld",
    "stall": "the standstill",
    "resume": "the resumed work",
    "completion": "the completion",
    "lapse": "the lapse of talks",
    "cancellation": "the cancellation",
    "office_opened": "the new office",
}
"""How an event is named as the reason for another; the month follows in brackets."""

ORDERS = {
    "parameter": "sets a parameter",
    "authority": "changes local authority",
    "governor": "changes the governor",
    "executive": "changes the national executive",
    "recognition": "switches recognition",
    "envelope": "scales what banks may lend",
    "signal": "sets a signal",
    "shock": "puts fiscal stress or strain",
    "visit": "arranges a visit",
    "twinning": "arranges a twinning",
    "programme": "sets a national programme",
}
"""What a scenario orders, by the kind of intervention."""

ORDERED = {kind: f"The scenario {order}, in {{place}}." for kind, order in ORDERS.items()}
"""What happened where a scenario ordered it, by the kind of intervention."""

SETTINGS = {
    "governor_change": "under the governor in office since",
    "executive_change": "under the national executive in office since",
}
"""How an office-holder is named who did not come in just now."""
SETTLED = 12
"""Months after which an office-holder counts as settled in."""


@dataclass(frozen=True)
class Event:
    """Hold one row of the event log."""

    event_id: str
    month: str
    kind: str
    actor: str | None
    country: str | None
    locality: str | None
    initiator: str
    sector: str | None
    project: str | None
    value: float | None
    causes: tuple[str, ...]
    order: int
    intervention: str | None = None


def template(event: Event) -> str:
    """Return the template of what happened; of an intervention, what it did."""
    return SENTENCES[event.kind] if event.intervention is None else ORDERED[event.intervention]


def fields(
    event: Event, names: Names, project: str = "the project", causes: Sequence[Event] = ()
) -> dict[str, str]:
    """Return what templates may be filled with."""
    place = names.place(event.locality, event.country)
    country = names.country(event.country)
    proposer, where = names.actor(event.actor), f" in {place}"
    if event.initiator == "lac":
        # What follows from national politics and contacts alone is the executive's own plan.
        national = bool(causes) and all(cause.locality is None for cause in causes)
        if national or event.locality is None:
            proposer = f"the national executive of {country}"
        else:
            proposer, where = f"the governor of {place}", ""
    if event.kind == "governor_change":
        holder = names.governor(event.locality, event.month) or "a new governor"
    else:
        holder = names.executive(event.country, event.month) or "a new national executive"
    return {
        "actor": names.actor(event.actor),
        "place": place,
        "country": country,
        "sector": names.sector(event.sector),
        "value": money(event.value),
        "project": project,
        "proposer": proposer,
        "where": where,
        "holder": holder,
        "forum": names.forum(event.event_id) if event.kind == "forum" else "a forum",
    }


def sentence(
    event: Event, names: Names, project: str = "the project", causes: Sequence[Event] = ()
) -> str:
    """Return what happened as a sentence.

    Parameters
    ----------
    event
        The event.
    names
        Names of places and actors.
    project
        Words for the project it belongs to.
    causes
        The causes of the event, from which it is told who proposed a project.
    """
    text = template(event).format_map(fields(event, names, project, causes))
    return text[:1].upper() + text[1:]


def reason(event: Event, causes: Sequence[Event], names: Names) -> str:
    """Return causes as one phrase, such as ``after the forum (November 2016)``.

    An office-holder who has been in office for a while is the setting, not the occasion.
    """
    words = []
    for cause in causes:
        since = month_index(event.month) - month_index(cause.month)
        if cause.kind in SETTINGS and since >= SETTLED:
            words.append(f"{SETTINGS[cause.kind]} {month_words(cause.month)}")
            continue
        what = REASONS[cause.kind].format_map(fields(cause, names))
        words.append(f"after {what} ({month_words(cause.month)})")
    return "; ".join(words)
