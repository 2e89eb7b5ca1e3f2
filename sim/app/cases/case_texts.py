"""What the page says of two places, in plain sentences."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from sim.app.cases.counterfactual_swap import ALL, AUTHORITY, CONTINUITY, TURNOVER, WILL
from sim.app.cases.place_figures import fact_kind_names, kind_names
from sim.core.calendar import year_of
from sim.report.run_summaries import spread
from sim.scenario.expansion import plain_interventions
from sim.scenario.interventions import Twinning, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.app.cases.counterfactual_swap import Exchange
    from sim.app.cases.documented_record import Fact, RecordCount
    from sim.app.cases.place_counts import PlaceCounts
    from sim.app.cases.swap_effects import SwapEffect
    from sim.app.session import Session
    from sim.report.stated_totals import StatedTotal
    from sim.scenario.schema import Scenario


def given_words(session: Session, scenario: Scenario) -> str:
    """Say what a scenario puts in by itself, empty if nothing."""
    _ = session._
    changes = plain_interventions(scenario, session.world)
    visits = sum(isinstance(c, Visit) for c in changes)
    twinnings = sum(isinstance(c, Twinning) for c in changes)
    if not visits and not twinnings:
        return ""
    return _(
        "Put in, as documented: {visits} and {twinnings}. All else is the model's own.",
        visits=session.n("{n} visit", "{n} visits", visits),
        twinnings=session.n("{n} twinning", "{n} twinnings", twinnings),
    )


def place_words(
    session: Session, name: str, counts: Sequence[RecordCount], run_counts: PlaceCounts
) -> list[str]:
    """Say what the runs make of a place and how that compares with the record."""
    _ = session._
    if not run_counts.runs:
        return [_("The first runs are under way.")]
    per_run, texts = run_counts.per_run(), []
    visits = per_run["visit_to_lac"]
    texts.append(
        _(
            "In the model {place} receives {middle} visits from China in the middle run, "
            "and between {low} and {high} in nine runs of ten.",
            place=name,
            middle=f"{float(visits.median):.0f}",
            low=f"{float(visits.low):.0f}",
            high=f"{float(visits.high):.0f}",
        )
    )
    share, first = run_counts.share("deal"), run_counts.middle_first("deal")
    runs = round(share * run_counts.runs)
    if first is None:
        texts.append(_("No run of {runs} has a deal.", runs=run_counts.runs))
    else:
        texts.append(
            session.n(
                "{n} of {runs} runs has a deal, the first in {year}.",
                "{n} of {runs} runs have a deal; where there is one, the first comes typically in "
                "{year}.",
                runs,
                runs=run_counts.runs,
                year=year_of(first),
            )
        )
    texts.append(_verdict(session, counts, run_counts))
    return texts


def on_record(session: Session, count: RecordCount) -> str:
    """Say how many events the record dates, and how many it states at least."""
    _ = session._
    if count.stated is None:
        return _("{dated} dated", dated=count.dated)
    return _("{dated} dated, at least {stated} stated", dated=count.dated, stated=count.stated)


def stated_list(session: Session, totals: Sequence[StatedTotal]) -> str:
    """Return the totals that the record states without dates as an HTML list."""
    _ = session._
    items = "".join(
        f"<li><b>{escape(' – '.join(total.period))}</b> {escape(_(total.label))} "
        f"<small>({escape(total.source)})</small></li>"
        for total in totals
    )
    title = escape(_("Stated beside the dated events, as lower bounds:"))
    return f"<p>{title}</p><ul>{items}</ul>" if items else ""


def _verdict(session: Session, counts: Sequence[RecordCount], run_counts: PlaceCounts) -> str:
    """Say which numbers on record lie outside the runs' 90 % interval.

    What is stated of kinds together is compared together: how it divides is not known.
    """
    _ = session._
    names = fact_kind_names(session)
    together = {kind for count in counts if len(count.kinds) > 1 for kind in count.kinds}
    below, above = [], []
    for count in counts:
        if count.kind in together:
            continue
        numbers = spread(run_counts.of(*count.kinds))
        words = f"{names[count.kind]} ({on_record(session, count)})"
        if count.least > numbers.high:
            below.append(words)
        elif count.least < numbers.low:
            above.append(words)
    if not below and not above:
        return _("Every number on record lies inside the model's 90 % range.")
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
    return " ".join(texts)


def number_table(session: Session, counts: Sequence[RecordCount], run_counts: PlaceCounts) -> str:
    """Return numbers on record and simulated ones per run as an HTML table."""
    _ = session._
    names = kind_names(session)
    head = (
        "",
        _("on record"),
        _("middle run"),
        _("90 % of runs"),
        _("runs with any"),
    )
    rows = []
    for count in counts:
        runs = run_counts.of(*count.kinds)
        numbers = spread(runs)
        known = run_counts.runs > 0
        rows.append(
            (
                names[count.kind],
                on_record(session, count),
                f"{float(numbers.median):.0f}" if known else "–",
                _(
                    "{low} to {high}",
                    low=f"{float(numbers.low):.0f}",
                    high=f"{float(numbers.high):.0f}",
                )
                if known
                else "–",
                f"{float((runs > 0).mean()):.0%}" if known else "–",
            )
        )
    caption = session.n("Numbers in {n} run", "Numbers in {n} runs", run_counts.runs)
    return table(caption, head, rows)


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an HTML table of texts, the first column naming the rows."""
    cells = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(text)}</td>" for text in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def fact_list(session: Session, facts: Sequence[Fact]) -> str:
    """Return the documented facts as an HTML list: when, what, source."""
    items = "".join(
        f"<li><b>{escape(fact.date)}</b> {escape(session._(fact.label))} "
        f"<small>({escape(fact.source)})</small></li>"
        for fact in facts
    )
    return f"<ul>{items}</ul>" if items else f"<p>{escape(session._('Nothing is documented.'))}</p>"


def exchange_title(session: Session, exchange: Exchange, other: str) -> str:
    """Return what a place is given, as the text of a button."""
    _ = session._
    if exchange.key == AUTHORITY:
        return _("Authority of {place}", place=other)
    if exchange.key == WILL:
        strong = exchange.after >= 0.5
        if exchange.documented:
            text = _("Will of {place}'s governor", place=other)
        else:
            text = _("A champion governor") if strong else _("An indifferent governor")
        return text
    titles = {
        CONTINUITY: _("Continuity in office"),
        TURNOVER: _("Turnover in office"),
        ALL: _("All three at once"),
    }
    return titles[exchange.key]


def exchange_words(session: Session, exchange: Exchange, mine: str, since: str) -> str:
    """Say what an exchange does, as one or two sentences."""
    _ = session._
    before, after = f"{exchange.before:.2f}", f"{exchange.after:.2f}"
    if exchange.key == AUTHORITY:
        return _(
            "From {since} on the country of {place} leaves its units {after} of 1 in local "
            "authority instead of {before}.",
            since=since, place=mine, before=before, after=after,
        )  # fmt: skip
    if exchange.key == WILL:
        known = not np.isnan(exchange.before)
        first = _(
            "From {since} on whoever governs {place} has a will of {after} of 1 to work with China",
            since=since, place=mine, after=after,
        )  # fmt: skip
        return first + (_(", instead of {before}.", before=before) if known else ".")
    if exchange.key == CONTINUITY:
        return _(
            "From {since} on nobody leaves office: the head of {place} and the national "
            "executive stay to the end.",
            since=since, place=mine,
        )  # fmt: skip
    if exchange.key == TURNOVER:
        return _(
            "From {since} on another head comes into office in {place} every two years, with "
            "the same will.",
            since=since, place=mine,
        )  # fmt: skip
    return _("From {since} on all three hold together.", since=since)


def effect_words(session: Session, effects: Sequence[SwapEffect], place: str) -> list[str]:
    """Say what an exchange changes and how sure that is."""
    _ = session._
    if not effects:
        return [_("The first pairs of runs are under way.")]
    names = fact_kind_names(session)
    by_name = {effect.name: effect for effect in effects}
    deal = by_name["deal"]
    texts = [
        _(
            "Deals in {place}: {before} per run as it was, {after} with the exchange; "
            "{share_before} of runs have one, then {share_after}.",
            place=place,
            before=f"{deal.before:.1f}",
            after=f"{deal.after:.1f}",
            share_before=f"{deal.share_before:.0%}",
            share_after=f"{deal.share_after:.0%}",
        )
    ]
    if deal.is_clear:
        texts.append(
            _(
                "The difference of {difference} is sure at 95 %: it lies between {low} and {high}.",
                difference=f"{deal.difference:+.1f}",
                low=f"{deal.low:+.1f}",
                high=f"{deal.high:+.1f}",
            )
        )
    else:
        texts.append(
            _(
                "This difference cannot be told from none: it lies between {low} and {high}.",
                low=f"{deal.low:+.1f}",
                high=f"{deal.high:+.1f}",
            )
        )
    clear = [names[e.name] for e in effects if e.name != "deal" and e.is_clear]
    if clear:
        texts.append(_("Clearly different as well: {what}.", what=", ".join(clear)))
    return texts


def effect_table(session: Session, effects: Sequence[SwapEffect], pairs: int) -> str:
    """Return effects as an HTML table."""
    _ = session._
    names = kind_names(session)
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
