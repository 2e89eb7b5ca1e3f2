"""The one table of parameters.

Each entry carries its unit, range, default, meaning and source, and, where the value is free, the
prior it is calibrated under. The table drives the validation of scenario files, the documentation
and the arrays the rules read.
"""

from __future__ import annotations

from dataclasses import dataclass

FREE = "free: calibrated"


@dataclass(frozen=True)
class Parameter:
    """Describe one number of the model.

    Parameters
    ----------
    name
        Dotted name, ``group.what``.
    unit
        Unit of the value; ``share`` and ``probability`` are dimensionless in [0, 1].
    low, high
        Smallest and largest value allowed, inclusive.
    default
        Value used when a scenario does not set it.
    meaning
        What the number does, in one sentence.
    source
        Passage of the report (Myers 2020), a named source, or a stated assumption.
    prior
        Prior distribution, as text, for the parameters to be calibrated; None if held fixed.
    """

    name: str
    unit: str
    low: float
    high: float
    default: float
    meaning: str
    source: str
    prior: str | None = None

    @property
    def group(self) -> str:
        """Return the part of the name before the first dot."""
        return self.name.split(".", 1)[0]

    @property
    def field(self) -> str:
        """Return the name of the field that carries the value in the model's arrays."""
        return self.name.replace(".", "_")


def _free(
    name: str,
    unit: str,
    low: float,
    high: float,
    default: float,
    meaning: str,
    source: str,
    prior: str | None = None,
) -> Parameter:
    """Return a parameter to be calibrated; its prior is flat over its range if none is given."""
    prior = prior or f"uniform({low:g}, {high:g})"
    return Parameter(name, unit, low, high, default, meaning, f"{source}; {FREE}", prior)


# fmt: off
_ENTRIES: tuple[Parameter, ...] = (
    # --- authority: who may say yes
    _free("authority.effect", "share", 0.0, 1.0, 0.588,
          "How far countries differ in local authority: 0 gives all of them the region's mean.",
          "report, actors and avenues (M01, M02)"),
    Parameter("authority.slope", "per unit of authority", 1.0, 20.0, 9.0,
              "Steepness with which authority turns into the local power to approve a deal.",
              "assumption: a soft threshold"),
    Parameter("authority.threshold", "authority", 0.0, 1.0, 0.45,
              "Authority at which a typical deal of the reference size is decided locally "
              "half the time.",
              "assumption: between the unitary and the federal countries of the index"),
    Parameter("authority.sector", "authority", 0.0, 1.0, 0.35,
              "How much more authority a sector usually decided by the centre needs.",
              "report, sections b and d (M36)"),
    Parameter("authority.size", "authority per factor of ten", 0.0, 1.0, 0.12,
              "How much more authority a deal ten times larger needs.",
              "report, fn 41 (M03)"),
    Parameter("authority.revenue", "authority", 0.0, 1.0, 0.15,
              "How much own revenue adds to the power to decide.",
              "report, fn 41 (M03)"),
    Parameter("authority.consolidation", "share", 0.0, 1.0, 0.75,
              "Share of local authority that a fully consolidated national executive overrides.",
              "report, executive summary (M57, M58)"),
    # --- turnover: how ties fade
    _free("turnover.fade", "share", 0.0, 1.0, 0.518,
          "Share of personal trust lost when an office-holder changes.",
          "report, effects, fn 163 (M19, M21)"),
    Parameter("turnover.opposition", "share", 0.0, 1.0, 0.25,
              "Further share of personal trust lost when the new office-holder is of another bloc.",
              "report, effects, fn 163 (M21)"),
    _free("turnover.lapse", "probability", 0.0, 1.0, 0.436,
          "Chance that a project not yet approved lapses when the office-holder who is to decide "
          "on it changes.",
          "report, effects (M20, M21)"),
    Parameter("turnover.pace", "ratio", 0.25, 6.0, 1.0,
              "How many times faster than the law's terms governors change.",
              "assumption: 1 is the law; scenarios turn it up (M19)"),
    Parameter("turnover.reelection", "probability", 0.0, 1.0, 0.55,
              "Chance that a governor who may stand again stays.",
              "assumption: general knowledge, unverified"),
    Parameter("turnover.reshuffle", "probability per month", 0.0, 0.2, 0.018,
              "Chance that an appointed governor is replaced between changes of the executive.",
              "assumption: appointed heads stay about two to three years (M20)"),
    Parameter("turnover.ambassador_tenure", "months", 6.0, 120.0, 42.0,
              "Mean stay of an ambassador.", "assumption: general knowledge, unverified"),
    # --- office-holders
    Parameter("office.will_centre", "log-odds", -3.0, 3.0, -0.445,
              "Centre of the distribution of a governor's political will to work with China.",
              "report, Jujuy and Coquimbo cases (M22, M23)", "normal(-0.7, 0.7)"),
    Parameter("office.will_spread", "log-odds", 0.0, 3.0, 1.2,
              "Spread of governors' political will.",
              "report, Jujuy and Coquimbo cases (M22, M23)"),
    Parameter("office.coattails", "probability", 0.0, 1.0, 0.45,
              "Chance that a newly elected governor is of the national executive's bloc.",
              "assumption: general knowledge, unverified"),
    Parameter("office.stance_centre", "stance", -1.0, 1.0, 0.2,
              "Centre of the distribution of a national executive's stance on China.",
              "assumption: on balance friendly"),
    Parameter("office.stance_spread", "stance", 0.0, 1.0, 0.25,
              "Spread of national executives' stances.", "assumption"),
    Parameter("office.bloc_persistence", "probability", 0.0, 1.0, 0.45,
              "Chance that the ruling bloc keeps office at an election after the calendar ends.",
              "assumption: general knowledge, unverified"),
    Parameter("office.will_effect", "share", 0.0, 1.0, 1.0,
              "How far governors act on their own will: 0 has all of them act on the median.",
              "report, Jujuy and Coquimbo cases (M22, M23)"),
    # --- recognition
    Parameter("recognition.switch_rate", "probability per month", 0.0, 0.1, 0.0025,
              "Chance that a government recognising Taiwan turns to Beijing after the "
              "calendar ends.",
              "assumption: 6 of 13 switched between 2004 and 2023 in the recognition table"),
    Parameter("recognition.views", "log of the chance per unit of views", 0.0, 6.0, 2.0,
              "How much favourable views of China raise readiness to switch.",
              "report, effects (political outcomes)"),
    # --- signals
    _free("signals.policy", "elasticity", 0.0, 2.0, 1.04,
          "How strongly Chinese actors follow the centre's policy emphasis.",
          "report, rationale (M28)"),
    Parameter("signals.coordination", "share", 0.0, 1.0, 0.0,
              "Share of outreach that Beijing steers to the one country it favours that month.",
              "report, actors and avenues (M25): outreach is uncoordinated"),
    _free("signals.forum", "probability", 0.0, 1.0, 0.415,
          "Chance that an invited and willing unit attends a forum.",
          "report, actors and avenues, fn 68 (M29)"),
    Parameter("signals.showcase", "probability", 0.0, 1.0, 0.5,
              "Chance that a governor at a forum meets a technology firm that shows its work.",
              "report, section d, fn 95 (M37)"),
    Parameter("signals.slowdown", "elasticity", 0.0, 3.0, 1.0,
              "How strongly firms' readiness to sign follows China's outward investment.",
              "report, conclusion (M59)"),
    # --- outreach by Chinese actors
    _free("outreach.province_rate", "trips per month", 0.0, 0.6, 0.0433,
          "Delegations a month of a province of median economy.", "report, section c",
          "loguniform(0.015, 0.25)"),
    Parameter("outreach.ambition", "elasticity", 0.0, 2.0, 0.5,
              "How delegations rise with a province's economy.", "report, rationale (M27)"),
    Parameter("outreach.organisation_rate", "ratio", 0.0, 5.0, 0.5,
              "Multiplier of the organisations' capacities.", "report, section a"),
    Parameter("outreach.embassy_rate", "trips per month", 0.0, 1.0, 0.1,
              "Visits of an ambassador to localities and ministries at full activity.",
              "report, section a and Appendix A (M39)"),
    _free("outreach.firm_rate", "trips per month", 0.0, 0.3, 0.0452,
          "Prospecting trips of a firm of middling size.", "report, section d (M35)",
          "loguniform(0.006, 0.15)"),
    Parameter("outreach.technology_rate", "ratio", 0.0, 10.0, 2.0,
              "How much more technology firms travel than other firms.",
              "report, section d (M35)"),
    Parameter("outreach.association_rate", "introductions per month", 0.0, 0.5, 0.03,
              "Introductions by a business association at full diaspora.",
              "report, section f (M33, M34)"),
    Parameter("outreach.mission", "share", 0.0, 1.0, 1.0,
              "How far bodies keep to their missions: 0 gives all of them equal capacity, divided "
              "equally between centre and localities.",
              "report, section a (M42)"),
    Parameter("outreach.unrecognised", "ratio", 0.0, 2.0, 1.0,
              "Draw of countries that recognise Taiwan on bodies free to work there.",
              "report, section a (M15)"),
    Parameter("outreach.growth", "ratio", 0.0, 10.0, 2.0,
              "How much more a fully practised actor travels than a novice.",
              "report, actors and avenues (M62)"),
    Parameter("outreach.maintain", "share", 0.0, 1.0, 0.6,
              "Share of trips that go to partners already known.",
              "report, section a, intro (M33)"),
    _free("outreach.answer", "probability", 0.0, 1.0, 0.638,
          "Chance that a visit between a province and a unit, either way, is to be answered by "
          "one the other way.",
          "report, Coquimbo and Jujuy cases: visits alternate (M30)",
          "uniform(0, 0.9)"),
    Parameter("outreach.answer_delay", "months", 1.0, 36.0, 4.0,
              "Mean time until such a visit is answered.",
              "report, Coquimbo case: within the year, 2005 and 2007"),
    _free("outreach.authority", "utility", 0.0, 6.0, 2.11,
          "Draw of a place's authority.", "report, actors and avenues, conclusion (M01)",
          "uniform(0, 4)"),
    _free("outreach.market", "utility per factor of ten", 0.0, 4.0, 1.07,
          "Draw of a place's economy.", "report, conclusion (M06)",
          "uniform(0, 3)"),
    Parameter("outreach.match", "utility", 0.0, 6.0, 1.5,
              "Draw of a place whose endowments fit the actor's strengths.", "report, rationale"),
    Parameter("outreach.trust", "utility", 0.0, 8.0, 3.5,
              "Draw of trust already there.", "report, rationale (M31)"),
    Parameter("outreach.loyalty", "utility", 0.0, 20.0, 4.0,
              "Draw of trust when an actor chooses which known partner to keep up with.",
              "report, Coquimbo case: dozens of visits without a deal (M30)"),
    Parameter("outreach.demonstration", "utility", 0.0, 4.0, 0.7,
              "Draw of deals nearby.", "report, rationale (M26)"),
    Parameter("outreach.rivalry", "utility", 0.0, 4.0, 0.6,
              "Draw of a rival province's presence.", "report, rationale (M26)"),
    Parameter("outreach.strain", "utility", 0.0, 4.0, 0.8,
              "How strained bilateral relations turn outreach to localities and away from "
              "the centre.",
              "report, actors and avenues (M11, M12)"),
    Parameter("outreach.linkage", "utility", 0.0, 4.0, 1.2,
              "How lost commodity leverage raises outreach where security ties are few.",
              "report, fn 44 (M14)"),
    Parameter("outreach.tension", "utility", 0.0, 4.0, 0.5,
              "How US-China tension turns outreach to localities.", "report, effects (M50, M51)"),
    Parameter("outreach.smallness", "utility", 0.0, 6.0, 2.5,
              "How small states repel outreach to their localities.",
              "report, actors and avenues (M41)"),
    Parameter("outreach.office", "utility", 0.0, 4.0, 0.7,
              "Draw of a country where the actor has an office.",
              "report, actors and avenues (M63)"),
    Parameter("outreach.diaspora", "utility", 0.0, 4.0, 0.6,
              "Draw of a Chinese diaspora.", "report, section f (M34)"),
    Parameter("outreach.accord", "utility", 0.0, 4.0, 2.4,
              "Draw of a country with agreements (trade, Belt and Road, plans for local exchange).",
              "report, rationale, fn 34-36, and Coquimbo case (M28)"),
    Parameter("outreach.centre", "utility", -4.0, 4.0, -1.0,
              "Draw of a national government beside its localities.",
              "report, actors and avenues (M05, M57)"),
    Parameter("outreach.centre_authority", "utility", 0.0, 6.0, 2.0,
              "How centralization raises the draw of the national government.",
              "report, adaptive outreach (M05)"),
    Parameter("outreach.large_firms", "utility", 0.0, 6.0, 2.5,
              "How firm size turns a firm to the national government.", "report, section a (M40)"),
    Parameter("outreach.technology", "utility", 0.0, 6.0, 1.5,
              "How far technology firms turn to localities.", "report, section d (M35, M36)"),
    Parameter("outreach.strong_provinces", "elasticity", 0.0, 2.0, 0.5,
              "How a province's economy turns its delegations to national governments too.",
              "report, section c (M56)"),
    Parameter("outreach.nest", "elasticity", 0.1, 1.0, 0.7,
              "Nesting of localities in countries (1: a flat choice among all localities).",
              "nested logit: Train 2009, Discrete Choice Methods with Simulation, ch. 4"),
    Parameter("outreach.reception", "delegations per month", 1.0, 10.0, 2.0,
              "Delegations an office can receive in a month.", "assumption"),
    # --- initiative from Latin America and the Caribbean
    _free("initiative.rate", "log-odds per month", -12.0, -3.0, -8.95,
          "Readiness of an unwilling governor without authority to approach China in a month.",
          "report, section e (M43)",
          "uniform(-10.5, -7)"),
    _free("initiative.will", "log-odds", 0.0, 10.0, 5.37,
          "How political will raises a governor's initiative.", "report, Jujuy case (M22)",
          "uniform(2, 7.5)"),
    Parameter("initiative.authority", "log-odds", 0.0, 6.0, 1.5,
              "How authority raises a governor's initiative.", "report, section e (M01, M43)"),
    Parameter("initiative.means", "log-odds per factor of ten", 0.0, 4.0, 0.8,
              "How the economy of a unit gives its governor the means to approach China.",
              "report, actors and avenues (M41)"),
    Parameter("initiative.need", "log-odds", 0.0, 4.0, 0.8,
              "How fiscal stress raises a governor's initiative.", "report, effects (M52)"),
    Parameter("initiative.imitation", "log-odds", 0.0, 4.0, 0.5,
              "How deals nearby raise a governor's initiative.", "report, section e"),
    Parameter("initiative.experience", "log-odds", 0.0, 4.0, 0.7,
              "How experience with China raises a governor's initiative.", "report, section e"),
    Parameter("initiative.executive_rate", "probability per month", 0.0, 0.5, 0.05,
              "Chance that a well-disposed national executive approaches China in a month.",
              "report, section b"),
    Parameter("initiative.executive_scale", "elasticity", 0.0, 4.0, 2.0,
              "How far executives who go to China turn to its largest provinces, firms and banks.",
              "report, section c (M56)"),
    Parameter("initiative.strain", "share", 0.0, 1.0, 0.7,
              "Share of an executive's approaches to China and plans with it that full strain "
              "prevents.",
              "report, Box 1 and rationale (M11, M50)"),
    Parameter("initiative.tension", "share", 0.0, 1.0, 0.5,
              "Share of an executive's approaches to China and plans with it that full US-China "
              "tension prevents.",
              "report, rationale (M50)"),
    # --- ties
    _free("tie.contact", "share", 0.0, 1.0, 0.286,
          "Personal trust gained in one contact, as a share of what is missing.",
          "report, rationale (M31)",
          "uniform(0.05, 0.6)"),
    Parameter("tie.journey", "ratio", 1.0, 3.0, 1.4,
              "How much more a journey to China builds than a visit received.",
              "report, section e (M44)"),
    _free("tie.consolidation", "share per month", 0.0, 0.2, 0.00806,
          "Share of personal trust that becomes institutional each month.",
          "report, rationale (M30, M31)",
          "loguniform(0.002, 0.1)"),
    Parameter("tie.twinning", "ratio", 0.0, 5.0, 1.0,
              "How twinning speeds consolidation.", "report, section c"),
    Parameter("tie.university", "ratio", 0.0, 5.0, 0.6,
              "How university links speed consolidation.", "report, section f (M60)"),
    Parameter("tie.office", "ratio", 0.0, 5.0, 0.5,
              "How a local office speeds consolidation.", "report, actors and avenues (M63)"),
    Parameter("tie.personal_decay", "share per month", 0.0, 0.2, 0.03,
              "Personal trust lost each month without contact.", "report, rationale (M31)"),
    Parameter("tie.institutional_decay", "share per month", 0.0, 0.1, 0.006,
              "Institutional trust lost each month.", "report, rationale (M30)"),
    Parameter("tie.introduction", "probability", 0.0, 1.0, 0.25,
              "Chance that a trusted visitor opens a door for a firm.", "report, sections a and c"),
    Parameter("tie.introduced", "share", 0.0, 1.0, 0.4,
              "Trust an introduction carries over, relative to a contact.",
              "report, section f (M33, M34)"),
    Parameter("tie.alive", "trust", 0.01, 0.5, 0.1,
              "Trust below which a tie counts as lost.", "assumption: the scale of a single "
              "contact"),
    # --- twinning, universities, institutes
    _free("twinning.rate", "probability per month", 0.0, 0.3, 0.0248,
          "Chance that a province and a unit that trust each other fully sign a twinning in "
          "a month.",
          "report, fn 85: upwards of 175 by the end of 2018",
          "loguniform(0.003, 0.2)"),
    _free("twinning.exchange", "visits per year", 0.0, 6.0, 0.134,
          "Visits that a twinned pair arranges as a matter of course, on average over pairs; they "
          "differ as draws from an exponential distribution.",
          "report, section c: some twinnings active, others dormant (M18, M30)",
          "loguniform(0.05, 2)"),
    Parameter("twinning.engagement", "share", 0.0, 1.0, 1.0,
              "Weight of trust already there: 0 leaves only twinnings with units never met.",
              "report, actors and avenues (M16)"),
    Parameter("twinning.unprompted", "trust", 0.0, 3.0, 0.15,
              "Readiness of a province to twin with a unit it never met, on the scale of trust.",
              "report, actors and avenues (M16): rarely precedes engagement"),
    Parameter("twinning.security", "share", 0.0, 1.0, 0.6,
              "How security and strategic ties reduce twinning.", "report, fn 45 (M13)"),
    Parameter("twinning.behest", "ratio", 0.0, 5.0, 1.0,
              "How a firm of the province active in the unit speeds twinning.",
              "report, actors and avenues (M17)"),
    Parameter("twinning.broker", "ratio", 0.0, 5.0, 1.0,
              "How the friendship association's presence speeds twinning.", "report, section a"),
    Parameter("twinning.university", "probability per month", 0.0, 0.2, 0.03,
              "Chance that a twinned pair links universities in a month.",
              "report, section f (M60): one to three years after twinning"),
    Parameter("twinning.institute", "probability per month", 0.0, 1.0, 0.08,
              "Chance that one missing Confucius Institute of the target is opened in a month.",
              "report, fn 112 (M61): 6, 39, 45 in 2012, 2017, 2020"),
    Parameter("twinning.institute_ties", "ratio", 0.0, 5.0, 1.0,
              "How trust in a Chinese actor draws Confucius Institutes to a unit.",
              "report, section f (M61)"),
    # --- proposals and matching
    _free("project.wish", "probability per month", 0.0, 1.0, 0.123,
          "Chance that a willing governor with a trusted partner puts a project on the wish list.",
          "report, sections a and e",
          "loguniform(0.03, 1)"),
    Parameter("project.pitch", "probability", 0.0, 1.0, 0.6,
              "Chance that a firm pitches a project on a visit.", "report, section d (M35, M37)"),
    Parameter("project.reconnaissance", "share", 0.0, 1.0, 1.0,
              "Share of a province's delegations that, not yet trusted, only look around.",
              "report, rationale (M32)"),
    Parameter("project.expertise", "share", 0.0, 1.0, 0.9,
              "Share of technology firms that spread expertise first and pitch from the second "
              "meeting on.",
              "report, section d, fn 95 (M37)"),
    Parameter("project.journey", "probability", 0.0, 1.0, 0.3,
              "Chance that a willing governor's own journey ends in a memorandum with a firm met.",
              "report, section e (M44)"),
    Parameter("project.executive", "probability per month", 0.0, 0.5, 0.04,
              "Chance that a well-disposed national executive adds a project in a month.",
              "report, adaptive outreach (M05)"),
    Parameter("project.executive_authority", "per unit of authority", 0.0, 2.0, 1.0,
              "How centralization raises an executive's own projects.",
              "report, adaptive outreach (M05)"),
    Parameter("project.executive_sector", "elasticity", 0.0, 3.0, 1.0,
              "How far executives plan in sectors usually decided by the centre.",
              "report, rationale (M36)"),
    Parameter("project.cross_border", "probability per month", 0.0, 0.2, 0.01,
              "Chance that units trusted by China on a border take up a cross-border project.",
              "report, Coquimbo case (Agua Negra)"),
    Parameter("project.matching", "probability per month", 0.0, 1.0, 0.3,
              "Chance that a proposed project finds a firm in a month at full trust.",
              "report, sections a and d"),
    Parameter("project.fit", "utility", 0.0, 8.0, 3.0,
              "Weight of sector strength in the match of firm and project.", "report, section d"),
    Parameter("project.lapse", "probability per month", 0.0, 0.3, 0.018,
              "Chance that an unfinished negotiation lapses in a month.", "report, Jujuy "
              "case, fn 117"),
    # --- approval
    _free("approval.local", "probability per month", 0.0, 1.0, 0.27,
          "Chance that a fully willing governor approves a memorandum in local power in a month.",
          "report, actors and avenues (M01, M23)",
          "loguniform(0.03, 1)"),
    _free("approval.central", "probability per month", 0.0, 1.0, 0.0203,
          "Chance that a neutral national executive approves a local unit's memorandum in a month.",
          "report, Coquimbo case (M02)",
          "loguniform(0.0005, 0.05)"),
    Parameter("approval.own", "ratio", 1.0, 50.0, 11.0,
              "How much faster an executive approves the projects it negotiates itself.",
              "report, adaptive outreach (M05)"),
    Parameter("approval.alignment", "log-odds", 0.0, 3.0, 0.6,
              "How alignment of governor and executive helps approval, and its lack hinders.",
              "report, Jujuy case (M09)"),
    Parameter("approval.stance", "log-odds", 0.0, 4.0, 1.0,
              "How the executive's stance on China helps central approval.",
              "report, adaptive outreach (M05, M48)"),
    Parameter("approval.strain", "log-odds", 0.0, 4.0, 1.0,
              "How strained relations hinder central approval.", "report, Box 1 (M11)"),
    Parameter("approval.programme", "log-odds", 0.0, 4.0, 1.0,
              "How fit with a national programme helps approval.", "report, Jujuy case (M10)"),
    Parameter("approval.endorsement", "log-odds", 0.0, 4.0, 1.0,
              "How an agreement with the national government helps a firm's local contracts.",
              "report, section d (M38)"),
    Parameter("approval.reinforcement", "log-odds", 0.0, 4.0, 0.6,
              "How recent deals at one level of government help approval at the other.",
              "report, effects (M54)"),
    Parameter("approval.insulation", "share", 0.0, 1.0, 1.0,
              "How far governors are free of the strain and tension that bind executives.",
              "report, rationale and Box 1 (M11, M50)"),
    Parameter("approval.consolidation", "ratio", 0.0, 5.0, 1.0,
              "How much a fully consolidated executive speeds and multiplies its own projects.",
              "report, executive summary (M57, M58)"),
    Parameter("approval.refusal", "probability per month", 0.0, 0.5, 0.04,
              "Chance that an office-holder without any will refuses a memorandum in a month.",
              "report, Coquimbo case (M23)"),
    Parameter("approval.veto", "probability per month", 0.0, 0.5, 0.04,
              "Chance that a fully hostile executive derails a local project in a month.",
              "report, fn 30 (M48)"),
    # --- tender and finance
    Parameter("tender.rivals", "bids", 0.0, 60.0, 4.0,
              "Rival bids in an open tender.", "report, fn 16 (five rivals) and fn 156 (three)"),
    Parameter("tender.trust", "log-odds", 0.0, 6.0, 2.5,
              "How trust in the place helps a firm's bid.", "report, effects (M55)"),
    Parameter("tender.experience", "log-odds", 0.0, 6.0, 1.0,
              "How experience in the country helps a firm's bid.",
              "report, adaptive outreach (M62)"),
    Parameter("tender.duration", "probability per month", 0.01, 1.0, 0.25,
              "Chance that an approved project is awarded, or lost, in a month.", "assumption"),
    Parameter("finance.closing", "probability per month", 0.01, 1.0, 0.2,
              "Chance that an awarded project reaches financial close in a month, funds "
              "permitting.",
              "report, Jujuy case: award 2016, finance November 2017"),
    Parameter("finance.envelope", "ratio", 0.0, 5.0, 1.0,
              "Multiplier of the policy banks' yearly envelopes.", "report, conclusion (M59)"),
    Parameter("finance.loan_share", "share", 0.0, 1.0, 0.85,
              "Share of a project's cost a policy bank lends.", "report, fn 158"),
    Parameter("finance.local_loans", "probability", 0.0, 1.0, 0.08,
              "Chance that a bank lends to a unit with the power to borrow when no funds "
              "are at risk.",
              "report, effects (M53): rare"),
    Parameter("finance.hedge", "probability", 0.0, 1.0, 0.5,
              "Further chance when the centre may withhold funds.", "report, Box 1 (M08)"),
    Parameter("finance.withholding", "probability per month", 0.0, 0.5, 0.03,
              "Chance that the centre withholds funds from a unit that is not aligned.",
              "report, Box 1 (M07)"),
    Parameter("finance.resume", "probability per month", 0.01, 1.0, 0.06,
              "Chance that a stalled project resumes in a month.",
              "report, Box 1: over a year of stoppage (M07)"),
    # --- construction and resistance
    Parameter("backlash.rate", "probability per month", 0.0, 0.1, 0.004,
              "Chance of a backlash against a fully visible project of the reference size.",
              "report, effects, fn 161-162 (M46, M47)"),
    Parameter("backlash.size", "per factor of ten", 0.0, 3.0, 0.8,
              "How backlash grows with a deal's size.", "report, rationale (M49)"),
    Parameter("backlash.cancel", "probability", 0.0, 1.0, 0.35,
              "Chance that a backlash ends the project.", "report, fn 161-162 (M46)"),
    Parameter("backlash.referendum", "probability", 0.0, 1.0, 0.5,
              "Chance that a backlash against an approved, fully visible project in the smallest "
              "units ends in a vote against it.",
              "report, effects, fn 161 (M47)"),
    Parameter("construction.stall", "probability per month", 0.0, 0.2, 0.006,
              "Chance that a work stalls for reasons of its own.", "report, adaptive outreach"),
    Parameter("construction.cancel", "probability per month", 0.0, 0.2, 0.015,
              "Chance that a stalled project is given up in a month.", "report, adaptive outreach"),
    # --- acquisitions
    Parameter("acquisition.rate", "probability per month", 0.0, 0.2, 0.006,
              "Chance that an acquiring firm closes in on a target in a month, at reference wave.",
              "report, Figure 1"),
    Parameter("acquisition.closing", "probability per month", 0.01, 1.0, 0.12,
              "Chance that an acquisition under way closes in a month.", "report, fn 133-135"),
    Parameter("acquisition.trust", "utility", 0.0, 6.0, 1.5,
              "Draw of a unit that has become known to Chinese actors.",
              "report, section e, fn 102 (M45)"),
    # --- learning
    Parameter("learning.experience", "share", 0.0, 1.0, 0.12,
              "Experience a firm gains in a country from a deal, as a share of what is missing.",
              "report, actors and avenues (M62)"),
    Parameter("learning.practice", "share", 0.0, 1.0, 0.06,
              "Practice in outreach gained with a visit, as a share of what is missing.",
              "report, actors and avenues (M62)"),
    Parameter("learning.office", "probability per month", 0.0, 0.2, 0.02,
              "Chance that a fully experienced actor opens an office in a country in a month.",
              "report, actors and avenues (M63)"),
    Parameter("learning.demonstration", "share", 0.0, 1.0, 0.5,
              "Demonstration a deal gives to its own place, to the national government and, by "
              "half, to neighbouring places.",
              "report, rationale"),
    Parameter("learning.forgetting", "share per month", 0.0, 0.2, 0.03,
              "Demonstration lost each month.", "assumption"),
    Parameter("learning.reputation", "share", 0.0, 1.0, 0.15,
              "Reputation in a country lost with a failure, or won back with a completion.",
              "report, adaptive outreach"),
    Parameter("learning.caution", "log-odds", 0.0, 4.0, 1.0,
              "How a poor reputation hinders approval.", "report, adaptive outreach"),
    Parameter("views.gain", "share", 0.0, 0.1, 0.004,
              "Views of China gained with a contact, as a share of what is missing.",
              "report, effects (political outcomes)"),
    Parameter("views.loss", "share", 0.0, 0.5, 0.04,
              "Views of China lost with a failure.", "report, effects (political outcomes)"),
    Parameter("views.decay", "share per month", 0.0, 0.1, 0.01,
              "Return of views of China to neutral each month.", "assumption"),
)
# fmt: on

PARAMETERS: dict[str, Parameter] = {entry.name: entry for entry in _ENTRIES}


def default_values() -> dict[str, float]:
    """Return every parameter's default by name."""
    return {name: entry.default for name, entry in PARAMETERS.items()}
