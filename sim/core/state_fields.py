"""The fields of the state: every one in one place, with its unit and meaning.

Index spaces: places are the localities in table order, the cities by locality, and one centre a
country; local heads are those of localities and of cities, in the order of places; actors are
provinces, organisations, embassies, firms, banks and associations, in that order. Months are
counted from January 2000. -1 stands for none.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.core.parameters import PARAMETERS


class Field(NamedTuple):
    """Name, type (``i`` whole, ``f`` real), unit and meaning of a field."""

    name: str
    kind: str
    unit: str
    meaning: str


RUN = (
    Field("key0", "i", "-", "first key word: seed and replicate"),
    Field("key1", "i", "-", "second key word: seed and replicate"),
    Field("start", "i", "month", "first month simulated"),
    Field("end", "i", "month", "last month simulated"),
    Field("step", "i", "count", "number of the step under way, stamped on events"),
    Field("events", "i", "count", "events recorded"),
    Field("ties", "i", "count", "ties known"),
    Field("projects", "i", "count", "projects known"),
    Field("localities", "i", "count", "number of localities"),
    Field("local_offices", "i", "count", "number of localities and of cities"),
    Field("first_firm", "i", "actor", "first firm"),
    Field("end_firm", "i", "row", "end of the firms"),
    Field("mean_authority", "f", "authority", "mean of the authority index over countries"),
    Field("median_will", "f", "0-1", "median political will of governors"),
    Field("outreach", "f", "ratio", "factor of Chinese outreach this month"),
    Field("favoured", "i", "country", "country Beijing favours this month"),
    Field("forum", "i", "forum", "first forum held this month"),
    Field("forums", "i", "count", "forums held this month, one row after the other"),
    Field("signal_event", "i", "event", "latest policy signal"),
    Field("institutes", "i", "count", "Confucius Institutes open"),
    Field("provinces", "i", "count", "provinces that compete"),
    Field("success", "f", "count", "recent successes of all provinces, fading"),
    Field("deals_now", "i", "count", "deals formed this month"),
    Field("open_projects", "i", "count", "projects not ended yet"),
    Field("next_intervention", "i", "row", "next intervention due"),
)

COUNTRY = (
    Field("key", "i", "-", "stable identity"),
    Field("first", "i", "place", "first locality"),
    Field("count", "i", "count", "number of localities"),
    Field("first_city", "i", "place", "first city"),
    Field("city_count", "i", "count", "number of cities"),
    Field("centre", "i", "place", "the national government's place"),
    Field("embassy", "i", "actor", "China's embassy"),
    Field("market", "f", "log10", "economy relative to US$ 100 billion"),
    Field("smallness", "f", "0-1", "how small the economy is"),
    Field("own_revenue", "f", "0-1", "own revenue of first-level units, relative to the highest"),
    Field("tender", "f", "0-1", "how far awards go by open tender"),
    Field("security", "f", "0-1", "security and strategic ties with China"),
    Field("diaspora", "f", "0-1", "Chinese diaspora"),
    Field("municipal", "f", "0-1", "authority of its cities"),
    Field("executive_term", "i", "months", "term of the executive"),
    Field("executive_anchor", "i", "month", "a month in which terms begin"),
    Field("executive_reelection", "i", "kinds.REELECTIONS", "re-election allowed"),
    Field("executives_until", "i", "month", "last month that the calendar of executives covers"),
    Field("recognition_until", "i", "month", "last month that the calendar of recognition covers"),
    Field("next_executive", "i", "row", "next row of the executives' calendar"),
    Field("last_executive", "i", "row", "end of this country's rows"),
    Field("next_recognition", "i", "row", "next row of the recognition calendar"),
    Field("last_recognition", "i", "row", "end of this country's rows"),
    Field("leader", "i", "-", "identity of the executive in office"),
    Field("bloc", "i", "-", "bloc of the executive"),
    Field("since", "i", "month", "month the executive took office"),
    Field("terms", "i", "count", "terms of the executive in a row"),
    Field("changed", "i", "month", "month of the latest change of executive"),
    Field("bloc_changed", "i", "0/1", "whether that change was to another bloc"),
    Field("office_event", "i", "event", "latest change of executive"),
    Field("stance", "f", "-1 to 1", "stance on China"),
    Field("consolidation", "f", "0-1", "consolidation of power at the centre"),
    Field("recognises", "i", "0/1", "recognises the People's Republic"),
    Field("order", "i", "order", "this month's order of the scenario on the office"),
    Field("recognition_order", "i", "order", "this month's order on recognition"),
    Field("authority", "f", "0-1", "authority of first-level units this month"),
    Field("pull", "f", "weight", "draw on Chinese outreach this month"),
    Field("local_pull", "f", "weight", "part of that draw that its localities have together"),
    Field("initiative", "f", "log-odds", "the country's part of a governor's readiness to travel"),
    Field("restraint", "f", "0-1", "how far strain and tension leave an executive free to act"),
    Field("strain", "f", "0-1", "strain of bilateral relations this month"),
    Field("fiscal", "f", "0-1", "fiscal stress this month"),
    Field("views", "f", "-1 to 1", "views of China"),
    Field("reputation", "f", "0-1", "reputation of Chinese firms"),
    Field("local_deals", "f", "count", "recent local deals, fading"),
    Field("central_deals", "f", "count", "recent central deals, fading"),
    Field("failures", "i", "count", "failures this month"),
    Field("completions", "i", "count", "completions this month"),
    Field("contacts", "i", "count", "contacts this month"),
    Field("gifts", "i", "count", "gifts received this month"),
    Field("institutes", "i", "count", "Confucius Institutes open"),
    Field("plan_place", "i", "place", "place of a project the executive plans"),
    Field("plan_sector", "i", "sector", "its sector"),
    Field("plan_loan", "i", "0/1", "whether a loan is asked for with the plan"),
    Field("resources", "f", "0-1", "weight of its strongest commodity"),
    Field("debt", "f", "US$ million", "loans of policy banks not yet paid back"),
    Field("trip_actor", "i", "actor", "whom the executive decided to approach"),
)

GOVERNOR = (
    Field("key", "i", "-", "identity of the office-holder"),
    Field("selection", "i", "kinds.SELECTIONS", "how the office is filled"),
    Field("elected_since", "i", "month", "first month with elected heads"),
    Field("term", "i", "months", "length of an elected head's term"),
    Field("anchor", "i", "month", "a month in which terms begin"),
    Field("reelection", "i", "kinds.REELECTIONS", "re-election allowed"),
    Field("will", "f", "0-1", "political will to work with China"),
    Field("bloc", "i", "-", "bloc; aligned if it is the national executive's"),
    Field("since", "i", "month", "month of taking office"),
    Field("until", "i", "month", "end of the term, or of an appointee's tenure"),
    Field("review", "i", "month", "next month in which the office may change hands by itself"),
    Field("terms", "i", "count", "terms in a row"),
    Field("experience", "f", "0-1", "experience with China"),
    Field("documented", "i", "0/1", "whether the evidence names the office-holder"),
    Field("next_documented", "i", "row", "next row of documented office-holders"),
    Field("last_documented", "i", "row", "end of this locality's rows"),
    Field("first_term", "i", "row", "first row of the dated terms that hold here"),
    Field("last_term", "i", "row", "end of those rows"),
    Field("office_event", "i", "event", "latest change of office-holder"),
    Field("order", "i", "order", "this month's order of the scenario on the office"),
    Field("trip_actor", "i", "actor", "whom the governor decided to approach"),
    Field("trip_host", "i", "actor", "province met at a forum"),
    Field("trip_forum", "i", "forum", "forum the trip is to"),
    Field("trip_firm", "i", "actor", "firm with which a project was settled on this month's trip"),
    Field("trip_sector", "i", "sector", "sector of that project"),
    Field("invited_by", "i", "actor", "province whose visit the governor is to answer next"),
    Field("least_travel", "f", "log-odds", "least of the year's numbers that decide on a journey"),
    Field("least_wish", "f", "probability", "least of the year's numbers that decide on a wish"),
    Field("wish_sector", "i", "sector", "sector of a project wished for this month"),
    Field("wish_actor", "i", "actor", "Chinese actor the wish is addressed to"),
)

PLACE = (
    Field("key", "i", "-", "stable identity"),
    Field("country", "i", "country", "country"),
    Field("tier", "i", "kinds.TIERS", "whose office it is"),
    Field("unit", "i", "place", "locality in which a city lies; itself for any other place"),
    Field("first_city", "i", "place", "largest city of a locality, -1 if none"),
    Field("city_count", "i", "count", "cities of a locality"),
    Field("market", "f", "log10", "economy relative to US$ 10 billion"),
    Field("capital", "i", "0/1", "whether the seat of the national government lies there"),
    Field("added_authority", "f", "-1 to 1", "authority here beyond the country's this month"),
    Field("attraction", "f", "weight", "draw on Chinese outreach this month"),
    Field("demonstration", "f", "0-1", "impression of deals here and nearby, or in the country"),
    Field("demonstration_event", "i", "event", "deal behind that impression"),
    Field("deals_now", "i", "count", "deals formed here this month"),
    Field("deal_event", "i", "event", "latest deal formed here"),
    Field("trust", "f", "0-1", "highest trust in any Chinese actor"),
    Field("trusted", "i", "actor", "the actor trusted most"),
    Field("provinces", "i", "count", "provinces with a living tie"),
    Field("firms", "i", "count", "firms with a living tie"),
    Field("friendship", "f", "0-1", "trust in the friendship association"),
    Field("informed", "f", "0-1", "highest trust in an actor who passes its wishes on to firms"),
    Field("first_tie", "i", "tie", "head of this place's list of ties"),
    Field("guests", "i", "actor", "head of this month's list of arriving delegations"),
    Field("institute", "i", "0/1", "hosts a Confucius Institute"),
    Field("exposed", "i", "count", "living ties met by changes of office-holder so far"),
    Field("deal_near", "i", "month", "latest deal here or in a neighbouring cell"),
)

ACTOR = (
    Field("key", "i", "-", "stable identity"),
    Field("kind", "i", "kinds.ACTOR_TYPES", "type"),
    Field("row", "i", "row", "row in the table of its kind"),
    Field("home", "i", "actor", "home province"),
    Field("country", "i", "country", "country of posting"),
    Field("mission", "i", "kinds.MISSIONS", "mission of an organisation"),
    Field("rate", "f", "per month", "capacity for trips"),
    Field("practice", "f", "0-1", "practice in outreach, from visits made"),
    Field("scale", "f", "ratio", "size of a firm, 0-1; economy of a province over US$ 300 billion"),
    Field("technology", "i", "0/1", "technology firm"),
    Field("acquirer", "f", "0-1", "appetite for acquisitions"),
    Field("needs_recognition", "i", "0/1", "works only where Beijing is recognised"),
    Field("centre_share", "f", "0-1", "share of contacts with national governments"),
    Field("active_since", "i", "month", "first month of activity abroad"),
    Field("local_loans", "i", "0/1", "bank that may lend to a locality"),
    Field("budget", "f", "US$ million", "funds a bank can still commit"),
    Field("credit", "f", "US$ million", "loans a bank can still promise"),
    Field("first_tie", "i", "tie", "head of this actor's list of ties"),
    Field("first_office", "i", "month", "month its first office opened"),
    Field("experienced", "i", "0/1", "has experience in any country"),
    Field("readiness", "f", "trust", "readiness to twin, over all ties of a province"),
    Field("success", "f", "count", "recent deals and twinnings of a province, fading"),
    Field("next_university", "i", "month", "next month in which a university link is due"),
    Field("invited_to", "i", "place", "place whose journey the province is to answer next"),
    Field("trip_place", "i", "place", "destination decided on this month"),
    Field("trip_sector", "i", "sector", "sector in mind"),
    Field("trip_partner", "i", "actor", "whom an association means to introduce"),
    Field("trip_worth", "f", "weight", "how much the trip is worth to the actor"),
    Field("trip_received", "i", "-1/0/1", "1: received; -1: turned away; 0: no room, or no trip"),
    Field("next_guest", "i", "actor", "next delegation arriving at the same place"),
    Field("pitch_sector", "i", "sector", "sector of a project pitched this month"),
    Field("pitch_place", "i", "place", "place of a project pitched this month"),
    Field("target_place", "i", "place", "place of an acquisition sought this month"),
    Field("target_sector", "i", "sector", "sector of that acquisition"),
)

TIE = (
    Field("actor", "i", "actor", "Chinese actor"),
    Field("place", "i", "place", "locality or centre"),
    Field("country", "i", "country", "country of the place"),
    Field("kind", "i", "kinds.ACTOR_TYPES", "type of the actor"),
    Field("home", "i", "actor", "home province of the actor"),
    Field("personal", "f", "0-1", "trust bound to the office-holders who met"),
    Field("institutional", "f", "0-1", "trust that outlives them"),
    Field("memory", "f", "0-1", "who knows whom there, and the team that carries work"),
    Field("intensity", "f", "ratio", "how much the pair has to do with each other of itself"),
    Field("initiator", "i", "kinds.INITIATORS", "side that began the relationship"),
    Field("since", "i", "month", "first contact"),
    Field("latest", "i", "month", "latest contact"),
    Field("visits", "i", "count", "visits either way"),
    Field("hands", "i", "bits", "types of the actors through whom the two came together"),
    Field("invited", "i", "0/1", "whether the place invited the firm, on a journey or at a forum"),
    Field("answer", "i", "month", "month in which the latest visit is to be answered"),
    Field("turn", "i", "kinds.INITIATORS", "side that is to answer it"),
    Field("twinned", "i", "month", "month of twinning"),
    Field("university", "i", "month", "month of the first university link, once twinned"),
    Field("behest", "i", "month", "last month a firm of the province had a living tie there"),
    Field("asking", "i", "actor", "that firm"),
    Field("firm_request_of", "i", "actor", "firm at whose behest the pair was twinned"),
    Field("first_event", "i", "event", "first contact"),
    Field("event", "i", "event", "latest event of the tie"),
    Field("of_actor", "i", "tie", "next tie of the same actor"),
    Field("of_place", "i", "tie", "next tie of the same place"),
)

PROJECT = (
    Field("key", "i", "-", "stable identity, 63 bits"),
    Field("place", "i", "place", "locality or centre"),
    Field("country", "i", "country", "country"),
    Field("sector", "i", "sector", "sector"),
    Field("stage", "i", "kinds.STAGES", "stage reached"),
    Field("level", "i", "kinds.LEVELS", "level of decision"),
    Field("channel", "i", "kinds.CHANNELS", "channel it came through"),
    Field("initiator", "i", "kinds.INITIATORS", "side that began it"),
    Field("actor", "i", "actor", "Chinese actor who proposed it or was asked"),
    Field("firm", "i", "actor", "firm"),
    Field("hands", "i", "bits", "types of the actors through whom it came about"),
    Field("bank", "i", "actor", "lender"),
    Field("finance", "i", "kinds.FINANCES", "who pays"),
    Field("value", "f", "US$ million", "size"),
    Field("tens", "f", "log10", "size in factors of ten of US$ 100 million"),
    Field("loan", "f", "US$ million", "loan"),
    Field("needs_loan", "i", "0/1", "whether a bank must lend"),
    Field("rank", "f", "weight", "priority for finance this month"),
    Field("proposed", "i", "month", "month proposed"),
    Field("lapses", "i", "month", "month in which talks lapse if nothing is awarded and financed"),
    Field("signed", "i", "month", "month of the memorandum"),
    Field("approved", "i", "month", "month of approval"),
    Field("awarded", "i", "month", "month of the award"),
    Field("dealt", "i", "month", "month the deal was formed"),
    Field("started", "i", "month", "month construction began"),
    Field("ended", "i", "month", "month of completion or failure"),
    Field("work", "i", "months", "months of construction that it takes"),
    Field("built", "i", "months", "months of construction done"),
    Field("withheld", "i", "0/1", "stalled because the centre withholds funds"),
    Field("cause0", "i", "event", "what led to the proposal"),
    Field("cause1", "i", "event", "a further cause of the proposal"),
    Field("first_event", "i", "event", "proposal"),
    Field("event", "i", "event", "latest event of the project"),
    Field("nth_open", "i", "project", "row n: open project number n, by place, newest first"),
)

SECTOR = (
    Field("key", "i", "-", "stable identity"),
    Field("central", "f", "0-1", "how far decisions sit with the centre"),
    Field("value", "f", "US$ million", "median size of a deal"),
    Field("spread", "f", "log", "spread of sizes"),
    Field("visibility", "f", "0-1", "exposure to public resistance"),
    Field("loan_need", "f", "0-1", "chance that a bank loan is needed"),
    Field("duration", "i", "months", "median time to build"),
    Field("weight", "f", "ratio", "how often it is chosen, others alike"),
    Field("acquisition", "f", "0-1", "share entered by acquisition"),
    Field("technology", "i", "0/1", "firms pitch it directly to localities"),
    Field("municipal", "i", "0/1", "whether a mayor may decide on it"),
)

EVENT = (
    Field("id", "i", "-", "identity, 63 bits"),
    Field("month", "i", "month", "month"),
    Field("step", "i", "count", "step of the month"),
    Field("kind", "i", "kinds.EVENT_KINDS", "kind"),
    Field("actor", "i", "actor", "Chinese actor"),
    Field("country", "i", "country", "country"),
    Field("place", "i", "place", "locality, that of a city too, or centre"),
    Field("office", "i", "place", "the same, or the city"),
    Field("initiator", "i", "kinds.INITIATORS", "side that began it"),
    Field("sector", "i", "sector", "sector"),
    Field("project", "i", "-", "identity of the project"),
    Field("value", "f", "US$ million", "value"),
    Field("cause0", "i", "event", "a cause, 0 if none"),
    Field("cause1", "i", "event", "a further cause"),
    Field("cause2", "i", "event", "a further cause"),
)

SERIES = (
    Field("trust", "f", "0-1", "mean over localities of the highest trust"),
    Field("ties", "f", "count", "living ties"),
    Field("will", "f", "0-1", "mean political will of governors"),
    Field("aligned", "f", "share", "share of governors aligned with the executive"),
    Field("authority", "f", "0-1", "authority of first-level units"),
    Field("views", "f", "-1 to 1", "views of China"),
    Field("reputation", "f", "0-1", "reputation of Chinese firms"),
    Field("open_projects", "f", "count", "projects under negotiation or construction"),
)

LEADER = (
    Field("month", "i", "month", "month of taking office"),
    Field("key", "i", "-", "identity"),
    Field("bloc", "i", "-", "bloc"),
    Field("stance", "f", "-1 to 1", "stance on China; nan: drawn"),
    Field("consolidation", "f", "0-1", "consolidation; nan: none"),
)

HOLDER = (
    Field("start", "i", "month", "month of taking office"),
    Field("end", "i", "month", "month of leaving, -1 if open"),
    Field("key", "i", "-", "identity"),
    Field("aligned", "i", "-1/0/1", "aligned with the executive at the start; -1: drawn"),
    Field("will", "f", "0-1", "political will; nan: drawn"),
)

TERM = (
    Field("start", "i", "month", "month in which the term begins"),
    Field("bloc", "i", "-", "bloc that won it, 0 if unknown"),
    Field("reelection", "i", "kinds.REELECTIONS", "re-election allowed; -1: the country's rule"),
)

RECOGNITION = (
    Field("month", "i", "month", "month of the switch"),
    Field("recognises", "i", "0/1", "1: the People's Republic, 0: Taiwan"),
)

FORUM = (
    Field("month", "i", "month", "month held"),
    Field("host", "i", "actor", "host province"),
    Field("reach", "f", "share", "share of units invited"),
    Field("needs_recognition", "i", "0/1", "open only to recognising countries"),
    Field("key", "i", "-", "stable identity"),
    Field("event", "i", "event", "the forum as held"),
)

CROSSING = (
    Field("place", "i", "place", "one end"),
    Field("other", "i", "place", "the other end"),
    Field("sector", "i", "sector", "sector"),
    Field("value", "f", "US$ million", "size"),
    Field("start", "i", "month", "month from which it can be taken up"),
    Field("project", "i", "project", "project that carries it"),
    Field("key", "i", "-", "stable identity"),
)

INTERVENTION = (
    Field("month", "i", "month", "month it takes effect"),
    Field("kind", "i", "-", "kind, as scenarios list them"),
    Field("order", "i", "kinds.ORDERS", "what the rules carry out"),
    Field("target", "i", "-", "parameter, country or locality it changes, -1 if none"),
    Field("place", "i", "place", "locality or centre that it is about"),
    Field("key", "i", "-", "stable identity"),
    Field("value", "f", "-", "value, will or stance; nan: left as it is"),
    Field("second", "f", "-", "alignment or consolidation; nan: left as it is"),
    Field("replaces", "i", "0/1", "whether a new person takes office"),
    Field("actor", "i", "actor", "who visits or twins, -1 if nobody"),
    Field("event", "i", "event", "the order as announced"),
)

PARAMETER = tuple(Field(p.field, "f", p.unit, p.meaning) for p in PARAMETERS.values())

RECORDS: dict[str, tuple[Field, ...]] = {
    "run": RUN, "par": PARAMETER, "country": COUNTRY, "governor": GOVERNOR, "place": PLACE,
    "actor": ACTOR, "tie": TIE, "project": PROJECT, "sector": SECTOR, "event": EVENT,
    "leader": LEADER, "holder": HOLDER, "term": TERM, "recognition": RECOGNITION, "forum": FORUM,
    "crossing": CROSSING, "intervention": INTERVENTION,
}  # fmt: skip
