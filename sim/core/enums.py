"""Numbers that stand for words in the arrays: kinds of events, actors, stages and channels.

The position in each tuple is the number. Within a month, events are listed in the order of the
phases and, inside a step, of these numbers, so that a cause stands before its effect.
"""

from __future__ import annotations

EVENT_KINDS = (
    "intervention",
    "executive_change",
    "recognition_switch",
    "governor_change",
    "ambassador_rotation",
    "tie_lost",
    "policy_signal",
    "forum",
    "visit_to_lac",
    "declined_visit",
    "visit_to_china",
    "state_visit",
    "introduction",
    "twinning",
    "university_link",
    "confucius_institute",
    "proposal",
    "memorandum",
    "approval_local",
    "approval_central",
    "refusal",
    "veto",
    "award",
    "tender_lost",
    "loan_sovereign",
    "loan_local",
    "own_finance",
    "acquisition",
    "deal",
    "backlash",
    "referendum",
    "construction",
    "funds_withheld",
    "stall",
    "resume",
    "completion",
    "lapse",
    "cancellation",
    "office_opened",
)
(
    INTERVENTION,
    EXECUTIVE_CHANGE,
    RECOGNITION_SWITCH,
    GOVERNOR_CHANGE,
    AMBASSADOR_ROTATION,
    TIE_LOST,
    POLICY_SIGNAL,
    FORUM,
    VISIT_TO_LAC,
    DECLINED_VISIT,
    VISIT_TO_CHINA,
    STATE_VISIT,
    INTRODUCTION,
    TWINNING,
    UNIVERSITY_LINK,
    CONFUCIUS_INSTITUTE,
    PROPOSAL,
    MEMORANDUM,
    APPROVAL_LOCAL,
    APPROVAL_CENTRAL,
    REFUSAL,
    VETO,
    AWARD,
    TENDER_LOST,
    LOAN_SOVEREIGN,
    LOAN_LOCAL,
    OWN_FINANCE,
    ACQUISITION,
    DEAL,
    BACKLASH,
    REFERENDUM,
    CONSTRUCTION,
    FUNDS_WITHHELD,
    STALL,
    RESUME,
    COMPLETION,
    LAPSE,
    CANCELLATION,
    OFFICE_OPENED,
) = range(39)

ACTOR_TYPES = ("province", "organisation", "embassy", "firm", "bank", "association")
PROVINCE, ORGANISATION, EMBASSY, FIRM, BANK, ASSOCIATION = range(6)

MISSIONS = ("trade", "friendship", "party", "diaspora", "aid", "education")
TRADE, FRIENDSHIP, PARTY, DIASPORA, AID, EDUCATION = range(6)

INITIATORS = ("none", "china", "lac")
NOBODY, CHINA, LAC = range(3)

LEVELS = ("none", "local", "central")
NO_LEVEL, LOCAL, CENTRAL = range(3)

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

SIGNALS = (
    "policy_emphasis",
    "commodity_leverage",
    "us_china_tension",
    "acquisition_wave",
    "outward_investment",
    "institute_target",
)
EMPHASIS, LEVERAGE, TENSION, WAVE, INVESTMENT, INSTITUTES = range(6)

INTERVENTIONS = (
    "parameter",
    "authority",
    "governor",
    "executive",
    "recognition",
    "envelope",
    "signal",
    "shock",
    "visit",
    "twinning",
    "programme",
)
(
    SET_PARAMETER,
    SET_AUTHORITY,
    SET_GOVERNOR,
    SET_EXECUTIVE,
    SET_RECOGNITION,
    SET_ENVELOPE,
    SET_SIGNAL,
    SET_SHOCK,
    ARRANGE_VISIT,
    ARRANGE_TWINNING,
    SET_PROGRAMME,
) = range(11)
