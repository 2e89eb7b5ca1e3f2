"""What the page says of two places, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from sim.app import limits
from sim.app.cases.counterfactual_swap import ALL, AUTHORITY, CONTINUITY, TURNOVER, WILL, Swap
from sim.app.cases.documented_record import Fact, RecordCount
from sim.app.cases.place_counts import PlaceCounts, SwapEffect
from sim.app.html_text import render, table
from sim.app.labels import labels
from sim.app.session import Session
from sim.app.what_if.result_sentences import chance
from sim.core.calendar import year_of
from sim.report.amount_words import rounded, signed_amounts
from sim.report.compare_text import MOST_RUNS
from sim.report.phrases import whole_percent
from sim.report.run_summaries import spread
from sim.report.stated_totals import StatedTotal
from sim.scenario.expansion import plain_interventions
from sim.scenario.interventions import Twinning, Visit
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

    What is stated of kinds together is compared together: how it divides is not known.
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
    if count.stated is None:
        return session._("{dated} dated", dated=count.dated)
    return session._("{dated} dated, at least {stated} stated", **count._asdict())


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
            dealing = whole_percent(float((runs > 0).mean()))
            simulated = [f"{float(numbers.median):.0f}", among, dealing]
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
    session: Session,
    swap: Swap,
    effects: Sequence[SwapEffect],
    place: str,
    since: str,
    *,
    judged: bool,
) -> str:
    """Return what a swap does and changes as HTML; it is ``judged`` once, when all pairs are in."""
    names = kind_names(session, inside=True)
    clear = [names[e.name] for e in effects if e.name != "deal" and e.is_clear]
    deal = next((effect for effect in effects if effect.name == "deal"), None)
    return render(
        "cases/swap.html",
        _=session._,
        swap=swap,
        place=place,
        since=since,
        deal=deal,
        gap=None if deal is None else _gap_words(deal) | _case_words(session, deal),
        needed=rounded(deal.needed) if deal is not None and deal.needed <= MOST_RUNS else "",
        judged=judged,
        whole_percent=whole_percent,
        total=limits.CASE_RUNS,
        clear=", ".join(clear),
    )


def _gap_words(effect: SwapEffect) -> dict[str, str]:
    """Return a difference and its interval, two figures of whose width say what is meant."""
    ends = signed_amounts(effect.low, effect.high, effect.difference)
    return dict(zip(("low", "high", "difference"), ends, strict=True))


def _case_words(session: Session, effect: SwapEffect) -> dict[str, str]:
    """Return between what nine pairs in ten lie, and how likely it is raised and lowered."""
    ends = dict(zip(("p05", "p95"), signed_amounts(effect.p05, effect.p95), strict=True))
    ways = {"raised": effect.raised, "lowered": effect.lowered}
    return ends | {way: chance(share, int(effect.pairs), session._) for way, share in ways.items()}


def effect_table(
    session: Session, effects: Sequence[SwapEffect], pairs: int, *, judged: bool
) -> str:
    """Return effects as an HTML table; what is ``judged`` is marked where it may be none."""
    _, names = session._, kind_names(session)
    head = (
        *("", _("as it was"), _("with the exchange"), _("difference"), _("95 % interval")),
        *(_("9 pairs in 10, over chance alone"), _("Probability that it is raised")),
        _("Probability that it is lowered"),
    )
    rows = []
    for effect in effects:
        gap = _gap_words(effect)
        unclear = f" ({_('not clear')})" if judged and not effect.is_clear else ""
        means = f"{effect.before:.1f}", f"{effect.after:.1f}", gap["difference"] + unclear
        case = _case_words(session, effect)
        ends = _("{low} to {high}", **gap), _("{low} to {high}", low=case["p05"], high=case["p95"])
        rows.append((names[effect.name], *means, *ends, case["raised"], case["lowered"]))
    return table(session.n("{n} paired run", "{n} paired runs", pairs), head, rows)
