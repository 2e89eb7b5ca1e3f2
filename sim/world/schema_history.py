"""Tables of dated things: office-holders, recognition, agreements, signals, events."""

from __future__ import annotations

from sim.core.enums import SIGNALS as SIGNAL_NAMES
from sim.core.table_reader.columns import Column
from sim.world.fields import (
    COUNTRY,
    FIRST_HISTORY,
    FIRST_SERIES,
    LOCALITY,
    PROVINCE,
    SECTOR,
    Each,
    Levels,
    Spans,
    TableSchema,
    country,
    end,
    flag,
    integer,
    link,
    month,
    number,
    share,
    source,
    start,
    text,
)
from sim.world.schema_region import GOVERNOR_REELECTION

RECOGNISED = ("PRC", "Taiwan")
AGREEMENT_KINDS = ("fta", "belt_road", "strategic", "comprehensive", "local_cooperation")
DOCUMENTED_KINDS = (
    "visit_to_lac",
    "visit_to_china",
    "twinning",
    "memorandum",
    "deal",
    "finance",
    "completion",
    "cancellation",
    "university_link",
    "tender",
    "other",
)
STATED_KINDS = (*DOCUMENTED_KINDS, "visit")
"""What a total may count; ``visit`` stands for visits either way."""
FIRST_MONTH = "2000-01"
"""Month from which the tables of office-holders and of recognition must hold."""

EXECUTIVES = TableSchema(
    "executives",
    "A head of government; of several that start in one month the last row counts.",
    (
        country(),
        text("name", "Name."),
        start("Month of taking office.", FIRST_HISTORY),
        text("bloc", "Political bloc; the same label is the same bloc."),
        number("stance", "Stance on the sender: -1 hostile, 1 warm.", -1, 1, blank=True),
        share("consolidation", "Power taken from other levels of government.", blank=True),
        source("source", "name, start and bloc"),
        source("stance_source", "stance and consolidation", blank=True),
    ),
    key=("iso3", "start", "name"),
    ascending=("iso3",),
    each=(Each(COUNTRY, "iso3", by=FIRST_MONTH),),
)

GOVERNORS = TableSchema(
    "governors",
    "A documented local office-holder.",
    (
        link("locality", LOCALITY, "Locality."),
        text("name", "Name."),
        start("Month of taking office."),
        end(),
        flag("aligned", "Whether aligned with the national executive.", blank=True),
        share("will", "Political will to work with the sender.", blank=True),
        source(),
    ),
    key=("locality", "start"),
    spans=Spans(("locality",)),
    ordered=("start", "end"),
    may_be_empty=True,
)

TERMS = TableSchema(
    "terms",
    "A month in which a local head's term begins, where the country's rule does not give it.",
    (
        country(),
        link("locality", LOCALITY, "The unit; blank: all without rows of their own.", blank=True),
        start("Month in which the term begins; after the last the country's rule goes on."),
        text("bloc", "Bloc that won it, by the labels of executives.csv.", blank=True),
        text(
            "reelection",
            "Consecutive terms allowed after one in that election; blank: the country's rule.",
            *GOVERNOR_REELECTION,
            blank=True,
        ),
        source(),
    ),
    key=("iso3", "locality", "start"),
    ascending=("iso3", "locality"),
    may_be_empty=True,
)

RECOGNITION = TableSchema(
    "recognition",
    "Whom a country recognises from a month on.",
    (
        country(),
        start("Month from which it holds; the first row may be earlier than 2000.", FIRST_HISTORY),
        text("recognises", "Government recognised.", *RECOGNISED),
        source(),
    ),
    key=("iso3", "start"),
    ascending=("iso3",),
    each=(Each(COUNTRY, "iso3", by=FIRST_MONTH),),
)

AGREEMENTS = TableSchema(
    "agreements",
    "A bilateral agreement.",
    (
        country(),
        text("kind", "What it is.", *AGREEMENT_KINDS),
        start("Month of signature, the month in which it begins to draw.", FIRST_HISTORY),
        source(),
    ),
    key=("iso3", "kind", "start"),
    may_be_empty=True,
)

SIGNALS = TableSchema(
    "signals",
    "A signal over time, declared; its levels stand in signal_levels.csv.",
    (
        text("signal", "Which signal."),
        text("name", "Its name in words."),
        text("meaning", "What its level says, with its unit."),
        number(
            "default",
            "Level in months without a row in signal_levels.csv; if blank, every month needs one.",
            blank=True,
        ),
        number("low", "Smallest level that makes sense."),
        number("high", "Largest level that makes sense."),
        source(of="default and range"),
    ),
    key=("signal",),
    unique=(("name",),),
    complete=("signal", SIGNAL_NAMES),
)

SIGNAL_LEVELS = TableSchema(
    "signal_levels",
    "The level of a signal over a period; between rows it is constant.",
    (
        link("signal", "signals.signal", "Which signal."),
        start(),
        end(),
        number("value", "Level, within the signal's range."),
        source(),
    ),
    key=("signal", "start"),
    spans=Spans(("signal",)),
    ordered=("start", "end"),
    levels=Levels("signals", "signal", "value", FIRST_MONTH),
    may_be_empty=True,
)

FORUMS = TableSchema(
    "forums",
    "A forum, fair or expo.",
    (
        month("month", "When.", since=FIRST_SERIES),
        text("name", "Its name."),
        link("place", PROVINCE, "Province that hosts it; blank if elsewhere.", blank=True),
        share("reach", "Share of localities invited."),
        flag("needs_recognition", "Whether only recognising countries are invited."),
        source(),
    ),
    key=("month", "name"),
    may_be_empty=True,
)

PROGRAMMES = TableSchema(
    "programmes",
    "A national programme that favours a sector.",
    (
        country(),
        link("sector", SECTOR, "Sector."),
        start(),
        end(),
        share("strength", "How much it helps."),
        text("name", "Its name."),
        source(),
    ),
    key=("iso3", "sector", "start", "name"),
    ordered=("start", "end"),
    may_be_empty=True,
)

DOCUMENTED = TableSchema(
    "documented",
    "A dated event that the evidence reports for a locality.",
    (
        Column("date", "date", "When, as YYYY or YYYY-MM.", low=1990, high=2100),
        link("locality", LOCALITY, "Locality."),
        text("kind", "What happened.", *DOCUMENTED_KINDS),
        text("label", "The event in a few words."),
        source(),
    ),
    key=("date", "locality", "kind", "label"),
    may_be_empty=True,
)

STATED = TableSchema(
    "stated",
    "A total that the evidence states for a locality and a period: a lower bound.",
    (
        link("locality", LOCALITY, "Locality."),
        text("kind", "What is counted; visit is visits either way.", *STATED_KINDS),
        start(),
        month("end", "First month after."),
        integer("at_least", "How many there were at least.", 1),
        text("label", "The total in the words of the evidence."),
        source(),
    ),
    key=("locality", "kind", "start"),
    spans=Spans(("locality", "kind")),
    ordered=("start", "end"),
    may_be_empty=True,
)


def _period_table(name: str, meaning: str, value: str) -> TableSchema:
    fields = (country(), start(), end(), share("value", value), source())
    return TableSchema(
        name,
        meaning,
        fields,
        key=("iso3", "start"),
        spans=Spans(("iso3",)),
        ordered=("start", "end"),
        may_be_empty=True,
    )


STRAINS = _period_table("strains", "A strain with the sender.", "How strong it is.")
FISCAL = _period_table("fiscal", "Fiscal stress in a country.", "How strong it is.")
