"""What the page says of two places, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.app.cases.counterfactual_swap import ALL, AUTHORITY, CONTINUITY, TURNOVER, WILL
from sim.app.html_text import render, table
from sim.app.labels import labels
from sim.core.calendar import year_of
from sim.report.run_summaries import spread
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
    return labels("counted_inside" if inside else "counted", session._)


def place_text(
    session: Session,
    name: str,
    counts: Sequence[RecordCount],
    found: PlaceCounts,
    scenario: Scenario | None = None,
) -> str:
    """Return what the runs make of a place, and what the scenario puts in by itself, as HTML.

    Said are the numbers on record that lie outside the runs' 90 % interval. What is stated of kinds
    together is compared together: how it divides is not known.
    """
    names = kind_names(session, inside=True)
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
    first = found.middle_first("deal")
    changes = () if scenario is None else plain_interventions(scenario, session.world)
    return render(
        "cases/runs.html",
        _=session._,
        n=session.n,
        place=name,
        found=found,
        visits=spread(found.of("visit_to_lac")),
        dealing=int((found.of("deal") > 0).sum()),
        first=None if first is None else year_of(first),
        below=", ".join(below),
        above=", ".join(above),
        put_in={
            kind: sum(isinstance(change, model) for change in changes)
            for kind, model in (("visits", Visit), ("twinnings", Twinning))
        },
    )


def on_record(session: Session, count: RecordCount) -> str:
    """Say how many events the record dates, and how many it states at least."""
    _ = session._
    if count.stated is None:
        return _("{dated} dated", dated=count.dated)
    return _("{dated} dated, at least {stated} stated", dated=count.dated, stated=count.stated)


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


def swap_text(
    session: Session, swap: Swap, effects: Sequence[SwapEffect], place: str, since: str
) -> str:
    """Return what a swap does, what it changes, and how sure that is, as HTML."""
    names = kind_names(session, inside=True)
    clear = [names[e.name] for e in effects if e.name != "deal" and e.is_clear]
    return render(
        "cases/swap.html",
        _=session._,
        swap=swap,
        place=place,
        since=since,
        deal=next((effect for effect in effects if effect.name == "deal"), None),
        clear=", ".join(clear),
    )


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
