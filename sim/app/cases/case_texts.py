"""What the page says of two places, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.app.cases.counterfactual_swap import ALL, AUTHORITY, CONTINUITY, TURNOVER, WILL
from sim.app.html_text import render, table
from sim.core.calendar import year_of
from sim.report.run_summaries import spread
from sim.report.stated_totals import VISIT
from sim.scenario.expansion import plain_interventions
from sim.scenario.interventions import Twinning, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.app.cases.counterfactual_swap import Swap
    from sim.app.cases.documented_record import Fact, RecordCount
    from sim.app.cases.place_counts import PlaceCounts, SwapEffect
    from sim.app.session import Session
    from sim.report.stated_totals import StatedTotal
    from sim.scenario.schema import Scenario


def kind_names(session: Session, *, inside: bool = False) -> dict[str, str]:
    """Return the names of what is counted, by themselves or inside a sentence."""
    _ = session._
    names = {
        "visit_to_lac": (_("Visits from China"), _("visits from China")),
        "visit_to_china": (_("Visits to China"), _("visits to China")),
        VISIT: (_("Visits either way"), _("visits either way")),
        "memorandum": (_("Memoranda"), _("memoranda")),
        "twinning": (_("Twinnings"), _("twinnings")),
        "deal": (_("Deals"), _("deals")),
    }
    return {kind: pair[inside] for kind, pair in names.items()}


def given_words(session: Session, scenario: Scenario) -> str:
    """Say what a scenario puts in by itself, empty if nothing."""
    changes = plain_interventions(scenario, session.world)
    visits = sum(isinstance(c, Visit) for c in changes)
    twinnings = sum(isinstance(c, Twinning) for c in changes)
    if not visits and not twinnings:
        return ""
    return session._(
        "Put in, as documented: {visits} and {twinnings}. All else is the model's own.",
        visits=session.n("{n} visit", "{n} visits", visits),
        twinnings=session.n("{n} twinning", "{n} twinnings", twinnings),
    )


def place_words(
    session: Session, name: str, counts: Sequence[RecordCount], found: PlaceCounts
) -> list[str]:
    """Say what the runs make of a place and how that compares with the record."""
    _ = session._
    if not found.runs:
        return [_("The first runs are under way.")]
    visits, runs = spread(found.of("visit_to_lac")), int((found.of("deal") > 0).sum())
    first = found.middle_first("deal")
    return [
        _(
            "In the model {place} receives {middle} visits from China in the middle run, "
            "and between {low} and {high} in nine runs of ten.",
            place=name,
            middle=f"{float(visits.median):.0f}",
            low=f"{float(visits.low):.0f}",
            high=f"{float(visits.high):.0f}",
        ),
        _("No run of {runs} has a deal.", runs=found.runs)
        if first is None
        else session.n(
            "{n} of {runs} runs has a deal, the first in {year}.",
            "{n} of {runs} runs have a deal; where there is one, the first comes typically in "
            "{year}.",
            runs,
            runs=found.runs,
            year=year_of(first),
        ),
        _verdict(session, counts, found),
    ]


def on_record(session: Session, count: RecordCount) -> str:
    """Say how many events the record dates, and how many it states at least."""
    _ = session._
    if count.stated is None:
        return _("{dated} dated", dated=count.dated)
    return _("{dated} dated, at least {stated} stated", dated=count.dated, stated=count.stated)


def _verdict(session: Session, counts: Sequence[RecordCount], found: PlaceCounts) -> str:
    """Say which numbers on record lie outside the runs' 90 % interval.

    What is stated of kinds together is compared together: how it divides is not known.
    """
    _, names = session._, kind_names(session, inside=True)
    together = {kind for count in counts if len(count.kinds) > 1 for kind in count.kinds}
    below, above = [], []
    for count in counts:
        if count.kind in together:
            continue
        numbers = spread(found.of(*count.kinds))
        words = f"{names[count.kind]} ({on_record(session, count)})"
        if count.least > numbers.high:
            below.append(words)
        elif count.least < numbers.low:
            above.append(words)
    texts = []
    if below:
        texts.append(_("The record has more than the model: {what}.", what=", ".join(below)))
    if above:
        texts.append(
            _(
                "The model has more than is on record: {what}. The record need not be complete.",
                what=", ".join(above),
            )
        )
    return " ".join(texts) or _("Every number on record lies inside the model's 90 % range.")


def number_table(session: Session, counts: Sequence[RecordCount], found: PlaceCounts) -> str:
    """Return numbers on record and simulated ones per run as an HTML table."""
    _, names = session._, kind_names(session)
    head = ("", _("on record"), _("middle run"), _("90 % of runs"), _("runs with any"))
    rows = []
    for count in counts:
        runs = found.of(*count.kinds)
        simulated = ["–"] * 3
        if found.runs:
            numbers = spread(runs)
            low, high = f"{float(numbers.low):.0f}", f"{float(numbers.high):.0f}"
            among = _("{low} to {high}", low=low, high=high)
            simulated = [f"{float(numbers.median):.0f}", among, f"{float((runs > 0).mean()):.0%}"]
        rows.append((names[count.kind], on_record(session, count), *simulated))
    return table(session.n("Numbers in {n} run", "Numbers in {n} runs", found.runs), head, rows)


def record_list(session: Session, facts: Sequence[Fact], totals: Sequence[StatedTotal]) -> str:
    """Return stated totals and documented facts as HTML lists: when, what, source."""
    return render(
        "cases/record.html",
        _=session._,
        totals=[(" – ".join(total.period), total.label, total.source) for total in totals],
        facts=[(fact.date, fact.label, fact.source) for fact in facts],
        title=session.n(
            "The record as a list ({n} event)", "The record as a list ({n} events)", len(facts)
        ),
    )


def swap_title(session: Session, swap: Swap, other: str) -> str:
    """Return what a place is given, as the text of a button."""
    _ = session._
    champion = _("A champion governor") if swap.after >= 0.5 else _("An indifferent governor")
    return {
        AUTHORITY: _("Authority of {place}", place=other),
        WILL: _("Will of {place}'s governor", place=other) if swap.documented else champion,
        CONTINUITY: _("Continuity in office"),
        TURNOVER: _("Turnover in office"),
        ALL: _("All three at once"),
    }[swap.key]


def swap_words(session: Session, swap: Swap, mine: str, since: str) -> str:
    """Say what a swap does, as one or two sentences."""
    _ = session._
    facts = {
        "since": since,
        "place": mine,
        "before": f"{swap.before:.2f}",
        "after": f"{swap.after:.2f}",
    }
    instead = "." if np.isnan(swap.before) else _(", instead of {before}.", **facts)
    return {
        AUTHORITY: _(
            "From {since} on the country of {place} leaves its units {after} of 1 in local "
            "authority instead of {before}.",
            **facts,
        ),
        WILL: _(
            "From {since} on whoever governs {place} has a will of {after} of 1 to work with China",
            **facts,
        )
        + instead,
        CONTINUITY: _(
            "From {since} on nobody leaves office: the head of {place} and the national "
            "executive stay to the end.",
            **facts,
        ),
        TURNOVER: _(
            "From {since} on another head comes into office in {place} every two years, with "
            "the same will.",
            **facts,
        ),
        ALL: _("From {since} on all three hold together.", **facts),
    }[swap.key]


def effect_words(session: Session, effects: Sequence[SwapEffect], place: str) -> list[str]:
    """Say what a swap changes and how sure that is."""
    _ = session._
    if not effects:
        return [_("The first pairs of runs are under way.")]
    names = kind_names(session, inside=True)
    deal = next(effect for effect in effects if effect.name == "deal")
    ends = {"low": f"{deal.low:+.1f}", "high": f"{deal.high:+.1f}"}
    texts = [
        _(
            "Deals in {place}: {before} per run as it was, {after} with the exchange; "
            "{share_before} of runs have one, then {share_after}.",
            place=place,
            before=f"{deal.before:.1f}",
            after=f"{deal.after:.1f}",
            share_before=f"{deal.share_before:.0%}",
            share_after=f"{deal.share_after:.0%}",
        ),
        _(
            "The difference of {difference} is sure at 95 %: it lies between {low} and {high}.",
            difference=f"{deal.difference:+.1f}",
            **ends,
        )
        if deal.is_clear
        else _(
            "This difference cannot be told from none: it lies between {low} and {high}.", **ends
        ),
    ]
    clear = [names[e.name] for e in effects if e.name != "deal" and e.is_clear]
    if clear:
        texts.append(_("Clearly different as well: {what}.", what=", ".join(clear)))
    return texts


def effect_table(session: Session, effects: Sequence[SwapEffect], pairs: int) -> str:
    """Return effects as an HTML table."""
    _, names = session._, kind_names(session)
    head = ("", _("as it was"), _("with the exchange"), _("difference"), _("95 % interval"))
    rows = [
        (
            names[e.name],
            f"{e.before:.1f}",
            f"{e.after:.1f}",
            f"{e.difference:+.1f}" + ("" if e.is_clear else f" ({_('not clear')})"),
            _("{low} to {high}", low=f"{e.low:+.1f}", high=f"{e.high:+.1f}"),
        )
        for e in effects
    ]
    return table(session.n("{n} paired run", "{n} paired runs", pairs), head, rows)
