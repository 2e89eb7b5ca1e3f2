"""Numbers that stand for words in the arrays: kinds of events, actors, stages and channels.

A kind of event is declared once, by an entry of the table below: its number, its words, and where
it is shown and counted. A new kind is one entry and a rule that records it
(:func:`sim.rules.basics.record`); code outside the package adds its own by :func:`add_event_kind`.
Within a month, events are listed in the order of the phases and, inside a step, of their numbers,
so that a cause stands before its effect. Of all else, the position in each tuple is the number.
"""

from __future__ import annotations

import csv
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class EventKind:
    """Declare one kind of event.

    Templates are English, filled with ``actor``, ``place``, ``country``, ``sector``, ``value``,
    ``project``, ``proposer``, ``office``, ``where``, ``holder`` and ``forum``.

    Parameters
    ----------
    code
        Number in arrays; a part of the identity of every event of the kind.
    name
        Name in logs.
    lane
        Lane of a timeline: ``project``, ``ties``, ``politics`` or ``signals``.
    sentence
        Template of what happened.
    reason
        Template by which it is named as the reason for another event; the month follows.
    phrase
        How it is named where it fits no place or actor in particular; if empty, as a reason.
    setting
        How it is named as the reason for what happens long after, if in another way.
    ending
        What became of a project of which it is the last event; if empty, its phrase serves.
    outcome
        Name and meaning of the outcome that counts it; outcomes stand in the order of the entries.
    monthly
        Whether the series by month and the model's data collector count it.
    contact
        Whether two sides meet by it.
    stage
        Stage that a project enters by it.
    news
        Rank among the news of a month, the most important first; 0 if it is no news.
    """

    code: int
    name: str
    lane: str
    sentence: str
    reason: str
    phrase: str = ""
    setting: str = ""
    ending: str = ""
    outcome: tuple[str, str] | None = None
    monthly: bool = False
    contact: bool = False
    stage: str = ""
    news: int = 0


class _EventKinds(dict[str, EventKind]):
    """Hold kinds by name; one that another program added is named by its own words."""

    def __missing__(self, name: str) -> EventKind:
        words = name.replace("_", " ")
        return EventKind(-1, name, "signals", f"{words.capitalize()}.", words)


EVENTS: dict[str, EventKind] = _EventKinds()
"""Kinds of events by name, in the order of the entries."""


def _add(kind: EventKind) -> int:
    """Add an entry to the table and return its number."""
    EVENTS[kind.name] = kind
    return kind.code


# fmt: off
# Contacts and ties.
VISIT_TO_LAC = _add(EventKind(8, "visit_to_lac", "ties",
    sentence="{actor} visits {place}.", reason="a visit of {actor} to {place}",
    phrase="a visit from China",
    outcome=("visits_to_lac", "delegations received from China"), monthly=True, contact=True))
VISIT_TO_CHINA = _add(EventKind(10, "visit_to_china", "ties",
    sentence="The governor of {place} travels to China and meets {actor}.",
    reason="a journey of the governor of {place} to China", phrase="a governor's journey to China",
    outcome=("visits_to_china", "journeys of governors and mayors to China"), monthly=True,
    contact=True))
STATE_VISIT = _add(EventKind(11, "state_visit", "ties",
    sentence="The national executive of {country} travels to China and meets {actor}.",
    reason="a journey of the national executive to China",
    outcome=("state_visits", "journeys of national executives to China"), contact=True, news=12))
DECLINED_VISIT = _add(EventKind(9, "declined_visit", "ties",
    sentence="{actor} asks to visit {place} and is not received.",
    reason="a visit that was not received",
    outcome=("declined_visits", "delegations not received")))
INTRODUCTION = _add(EventKind(12, "introduction", "ties",
    sentence="{actor} is introduced to {place}.", reason="an introduction of {actor} to {place}",
    phrase="an introduction",
    outcome=("introductions", "doors opened for another Chinese actor"), contact=True))
TWINNING = _add(EventKind(13, "twinning", "ties",
    sentence="{actor} and {place} sign a twinning.", reason="the twinning with {actor}",
    phrase="a twinning",
    outcome=("twinnings", "twinnings signed"), monthly=True, contact=True, news=6))
UNIVERSITY_LINK = _add(EventKind(14, "university_link", "ties",
    sentence="Universities of {actor} and {place} agree to work together.",
    reason="the link between universities", phrase="a link between universities",
    outcome=("university_links", "university links"), contact=True))
CONFUCIUS_INSTITUTE = _add(EventKind(15, "confucius_institute", "ties",
    sentence="A Confucius Institute opens in {place}.", reason="the Confucius Institute",
    outcome=("confucius_institutes", "Confucius Institutes opened"), news=14))
VIRTUAL_MEETING = _add(EventKind(40, "virtual_meeting", "ties",
    sentence="{actor} and {place} meet online.", reason="a meeting online with {actor}",
    phrase="a meeting online",
    outcome=("virtual_meetings", "meetings held online, as borders were closed"), contact=True))
DONATION = _add(EventKind(39, "donation", "ties",
    sentence="{actor} sends help to {place} in the pandemic.", reason="the help sent by {actor}",
    phrase="help in the pandemic",
    outcome=("donations", "gifts of provinces and firms in the pandemic"), contact=True))
# Projects, from the first word to the end.
PROPOSAL = _add(EventKind(16, "proposal", "project",
    sentence="{proposer} proposes a project{where}: {sector}, {value}.", reason="the proposal",
    phrase="a proposal", ending="it was proposed and no more",
    outcome=("proposals", "projects proposed"), stage="proposed"))
MEMORANDUM = _add(EventKind(17, "memorandum", "project",
    sentence="{actor} signs a memorandum on {project}.", reason="the memorandum",
    ending="it got no further than a memorandum",
    outcome=("memoranda", "memoranda signed"), monthly=True, stage="memorandum"))
APPROVAL_LOCAL = _add(EventKind(18, "approval_local", "project",
    sentence="The governor of {place} approves {project}.", reason="the governor's approval",
    ending="it got no further than the governor's approval",
    outcome=("approvals_local", "approvals in local power"), stage="approved"))
APPROVAL_CENTRAL = _add(EventKind(19, "approval_central", "project",
    sentence="The national executive of {country} approves {project}.",
    reason="the centre's approval", ending="it got no further than the centre's approval",
    outcome=("approvals_central", "approvals by the centre"), stage="approved"))
REFUSAL = _add(EventKind(20, "refusal", "project",
    sentence="{office} refuses to approve {project}.", reason="the refusal", phrase="a refusal",
    ending="approval was refused",
    outcome=("refusals", "memoranda refused"), stage="refused"))
VETO = _add(EventKind(21, "veto", "project",
    sentence="The national executive of {country} derails {project}.", reason="the veto",
    phrase="a veto", ending="it was vetoed", stage="vetoed", news=4,
    outcome=("vetoes", "local projects derailed by the national executive")))
AWARD = _add(EventKind(22, "award", "project",
    sentence="{actor} is awarded {project}.", reason="the award",
    ending="it was awarded but not financed", stage="awarded"))
TENDER_LOST = _add(EventKind(23, "tender_lost", "project",
    sentence="A rival wins the tender for {project}.", reason="the lost tender",
    ending="a rival won the tender",
    outcome=("tenders_lost", "tenders lost to rivals"), stage="lost_in_tender"))
ACQUISITION = _add(EventKind(27, "acquisition", "project",
    sentence="{actor} buys into a company in {place} for {value}.", reason="the purchase",
    stage="acquiring"))
DEAL = _add(EventKind(28, "deal", "project",
    sentence="The deal on {project} is formed: {value}.", reason="a deal in {place}: {sector}",
    phrase="the deal itself",
    outcome=("deals", "deals formed: awarded and financed, or acquired"), monthly=True,
    stage="deal", news=2))
LOAN_SOVEREIGN = _add(EventKind(24, "loan_sovereign", "project",
    sentence="{actor} lends {value} for {project}, guaranteed by the state.",
    reason="the loan to the state", phrase="a loan to the state", stage="financed"))
OWN_FINANCE = _add(EventKind(26, "own_finance", "project",
    sentence="{actor} finances {project} by its own means.", reason="the firm's own finance",
    stage="financed"))
LOAN_LOCAL = _add(EventKind(25, "loan_local", "project",
    sentence="{actor} lends {value} for {project} to {place} itself.", reason="the loan to {place}",
    phrase="a loan to the locality",
    outcome=("local_loans", "loans made directly to a locality"), stage="financed", news=13))
CONSTRUCTION = _add(EventKind(31, "construction", "project",
    sentence="Work on {project} begins.", reason="the start of work", stage="construction"))
BACKLASH = _add(EventKind(29, "backlash", "project",
    sentence="People and press turn against {project}.", reason="the public resistance",
    outcome=("backlashes", "public resistance to a project"), news=15))
REFERENDUM = _add(EventKind(30, "referendum", "project",
    sentence="A local vote goes against {project}.", reason="the vote",
    outcome=("referendums", "local votes that strike a project down"), news=5))
FUNDS_WITHHELD = _add(EventKind(32, "funds_withheld", "project",
    sentence="The centre withholds funds from {project}.", reason="the funds withheld",
    outcome=("funds_withheld", "projects stopped as the centre withholds funds"), stage="stalled"))
STALL = _add(EventKind(33, "stall", "project",
    sentence="Work on {project} stalls.", reason="the standstill", stage="stalled"))
RESUME = _add(EventKind(34, "resume", "project",
    sentence="Work on {project} resumes.", reason="the resumed work", stage="construction"))
CANCELLATION = _add(EventKind(37, "cancellation", "project",
    sentence="{project} is cancelled.", reason="the cancellation", ending="it was cancelled",
    outcome=("cancellations", "projects cancelled"), monthly=True, stage="cancelled", news=3))
COMPLETION = _add(EventKind(35, "completion", "project",
    sentence="{project} is completed.", reason="the completion",
    outcome=("completions", "projects completed"), stage="operating", news=7))
LAPSE = _add(EventKind(36, "lapse", "project",
    sentence="Talks on {project} lapse.", reason="the lapse of talks", ending="talks lapsed",
    outcome=("lapses", "negotiations that lapsed"), stage="lapsed"))
# Politics.
GOVERNOR_CHANGE = _add(EventKind(3, "governor_change", "politics",
    sentence="{holder} takes office in {place}.", reason="the change of governor",
    phrase="a change of governor", setting="under the governor in office since",
    outcome=("governor_changes", "changes of governor or mayor")))
EXECUTIVE_CHANGE = _add(EventKind(1, "executive_change", "politics",
    sentence="{holder} takes office in {country}.", reason="the change of national executive",
    phrase="a change of national executive", setting="under the national executive in office since",
    outcome=("executive_changes", "changes of national executive"), news=11))
RECOGNITION_SWITCH = _add(EventKind(2, "recognition_switch", "politics",
    sentence="{country} switches recognition between Taipei and Beijing.",
    reason="the switch of recognition",
    outcome=("recognition_switches", "switches of recognition"), news=8))
INTERVENTION = _add(EventKind(0, "intervention", "politics",
    sentence="An order of the scenario holds, in {place}.", reason="the scenario's intervention",
    news=1))
AMBASSADOR_ROTATION = _add(EventKind(4, "ambassador_rotation", "politics",
    sentence="A new Chinese ambassador arrives in {country}.", reason="the change of ambassador"))
TIE_LOST = _add(EventKind(5, "tie_lost", "ties",
    sentence="The tie between {actor} and {place} is lost.", reason="the loss of a tie",
    outcome=("ties_lost", "ties lost at a change of office-holder"), monthly=True))
# China's policy, and forums.
POLICY_SIGNAL = _add(EventKind(6, "policy_signal", "signals",
    sentence="China gives new weight to the region in its policy.",
    reason="China's policy", news=9))
FORUM = _add(EventKind(7, "forum", "signals",
    sentence="China holds {forum}.", reason="the forum", news=10))
OFFICE_OPENED = _add(EventKind(38, "office_opened", "signals",
    sentence="{actor} opens an office in {country}.", reason="the new office", news=16))

# fmt: on

EVENT_KINDS = sorted(EVENTS, key=lambda name: EVENTS[name].code)
"""Names of the kinds of events; the position is the number."""

if [EVENTS[name].code for name in EVENT_KINDS] != list(range(len(EVENTS))):
    raise ValueError("kinds of events are numbered from 0 on, without gaps, each with its own")


def add_event_kind(name: str, sentence: str, reason: str = "") -> int:
    """Add a kind of event that steps of one's own record, and return its number.

    Call it where a module is read in, not in a rule. Declared in the same order, kinds have the
    same numbers, and events the same identities, in every process.

    Parameters
    ----------
    name
        Name in logs, of small letters and low lines; a name known already keeps its number.
    sentence
        What happened, a template as of :class:`EventKind`.
    reason
        How it is named as the reason for another event; by default, by its name.

    Raises
    ------
    InputError
        If the name is one of the package's own.
    """
    if EVENTS[name].code in range(_SHIPPED):
        from sim.core.errors import InputError

        message = f"there is an event kind {name!r} already"
        raise InputError(message, field="name", allowed="another name")
    if name not in EVENTS:
        _add(EventKind(len(EVENT_KINDS), name, "signals", sentence, reason or EVENTS[name].reason))
        EVENT_KINDS.append(name)
    return EVENTS[name].code


_SHIPPED = len(EVENT_KINDS)

ACTOR_TYPES = ("province", "organisation", "embassy", "firm", "bank", "association")
PROVINCE, ORGANISATION, EMBASSY, FIRM, BANK, ASSOCIATION = range(6)

MISSIONS = ("trade", "friendship", "party", "diaspora", "education")
TRADE, FRIENDSHIP, PARTY, DIASPORA, EDUCATION = range(5)

INITIATORS = ("none", "china", "lac")
NOBODY, CHINA, LAC = range(3)

TIERS = ("region", "city", "centre")
REGION, CITY, CENTRE = range(3)

LEVELS = ("none", "local", "central", "municipal")
NO_LEVEL, LOCAL, CENTRAL, MUNICIPAL = range(4)

CHANNELS = (
    "province",
    "organisation",
    "embassy",
    "firm",
    "bank",
    "association",
    "locality",
    "executive",
    "acquisition",
)
BY_LOCALITY, BY_EXECUTIVE, BY_ACQUISITION = 6, 7, 8

FINANCES = ("none", "own", "sovereign", "local")
NO_FINANCE, OWN, SOVEREIGN, LOCAL_LOAN = range(4)

STAGES = (
    "proposed",
    "memorandum",
    "approved",
    "awarded",
    "acquiring",
    "financed",
    "construction",
    "stalled",
    "operating",
    "lapsed",
    "refused",
    "vetoed",
    "lost_in_tender",
    "cancelled",
)
(
    PROPOSED,
    SIGNED,
    APPROVED,
    AWARDED,
    ACQUIRING,
    FINANCED,
    BUILDING,
    STALLED,
    OPERATING,
    LAPSED,
    REFUSED,
    VETOED,
    LOST,
    CANCELLED,
) = range(14)
FIRST_ENDED = OPERATING

SELECTIONS = ("elected", "appointed", "none")
ELECTED, APPOINTED, NO_OFFICE = range(3)

REELECTIONS = ("none", "nonconsecutive", "one", "unlimited")
NEVER, NOT_TWICE_RUNNING, ONCE, UNLIMITED = range(4)

SIGNAL_TABLE = Path(__file__).parents[1] / "world" / "lac" / "signals.csv"
"""The table that declares the signals that rules read: name, meaning, default and range."""
with SIGNAL_TABLE.open(encoding="utf-8", newline="") as _table:
    SIGNALS = tuple(row["signal"] for row in csv.DictReader(_table))
"""Signals that rules may read, from that table; a world of one's own may have more."""
SIGNAL: Any = namedtuple("SIGNAL", SIGNALS)(*range(len(SIGNALS)))
"""The column of each of these signals, by name; compiled code reads it as a constant."""

ORDERS = ("announce", "parameter", "governor", "executive", "recognition", "visit", "twinning")
"""What the rules carry out for a scenario; what a calendar holds is only announced."""
(
    ANNOUNCE,
    SET_PARAMETER,
    SET_GOVERNOR,
    SET_EXECUTIVE,
    SET_RECOGNITION,
    ARRANGE_VISIT,
    ARRANGE_TWINNING,
) = range(len(ORDERS))
