"""The card of a run: what was run and what came of it, on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import shorten, wrap
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.run_settings import changed_words, settings_words, titled
from sim.experiments.stopwatch import took_words
from sim.report import run_summaries
from sim.report.display_names import Names
from sim.report.run_summaries import Spread

if TYPE_CHECKING:
    from sim.experiments.run import RunTables

WIDTH = 80
CAUTION = "Calibrated to few documented cases: --posterior N carries what is not known."
TOP_COUNTRIES = 6


@dataclass(frozen=True)
class Key:
    """Say how one outcome for the region is shown: its words, number format and scale."""

    name: str
    words: str
    pattern: str = "{:,.0f}"
    scale: float = 1.0
    unit: str = ""


KEYS = (
    Key("visits_to_lac", "Visits from China"),
    Key("visits_to_china", "Governors' visits to China"),
    Key("twinnings", "Twinnings"),
    Key("memoranda", "Memoranda signed"),
    Key("deals", "Deals formed"),
    Key("deals_local", "of which decided locally"),
    Key("deal_value_usd_m", "Value of deals", "{:,.1f}", 0.001, "US$ billion"),
    Key("conversion", "Deals per 100 memoranda", "{:,.1f}", 100.0),
    Key("visits_per_deal", "Visits per deal", "{:,.1f}"),
    Key("contact_delay_months", "First contact to first deal", unit="months"),
    Key("share_from_lac", "Deals on LAC initiative", "{:.0f}", 100.0, "%"),
    Key("cancellations", "Cancellations"),
    Key("ties_lost_share", "Ties lost at turnover", "{:.0f}", 100.0, "%"),
    Key("countries_with_deals", "Countries with a deal"),
)
"""Outcomes on the card, in order."""


@dataclass(frozen=True)
class OutcomeRow:
    """Hold one outcome as words: its middle and the ends of its 90 % interval."""

    words: str
    median: str
    low: str
    high: str
    unit: str


def row_of(key: Key, numbers: Spread) -> OutcomeRow:
    """Return a spread as words, ``none`` where no run has a value."""
    if np.isnan(numbers.median):
        return OutcomeRow(key.words, "none", "", "", key.unit)
    low, middle, high = (
        key.pattern.format(key.scale * float(v))
        for v in (numbers.low, numbers.median, numbers.high)
    )
    return OutcomeRow(key.words, middle, low, high, key.unit)


def key_rows(run: RunTables) -> list[OutcomeRow]:
    """Return the key outcomes for the region."""
    return [row_of(key, run_summaries.spread(run.per_run[key.name])) for key in KEYS]


def top_countries(run: RunTables, count: int) -> list[tuple[str, Spread]]:
    """Return the countries with most deals (code and spread over runs), most first."""
    wide = run.by_country.pivot(index="replicate", columns="country", values="deals")
    order = list(run_summaries.ranked(wide).index[:count])
    return [(code, run_summaries.spread(wide[code])) for code in order if wide[code].sum() > 0]


@dataclass(frozen=True)
class LocalitySummary:
    """Hold what came of one locality over all runs."""

    code: str
    name: str
    visits: Spread
    twinnings: Spread
    memoranda: Spread
    deals: Spread
    with_deal: float
    value_usd_m: Spread


def place_of(run: RunTables, code: str) -> LocalitySummary:
    """Return what came of one locality."""
    names = Names(run.world)
    rows = run.by_locality[run.by_locality["locality"] == code]
    return LocalitySummary(
        code=code,
        name=names.place(code, None),
        visits=run_summaries.spread(rows["visits_to_lac"] + rows["visits_to_china"]),
        twinnings=run_summaries.spread(rows["twinnings"]),
        memoranda=run_summaries.spread(rows["memoranda"]),
        deals=run_summaries.spread(rows["deals"]),
        with_deal=float((rows["deals"] > 0).mean()),
        value_usd_m=run_summaries.spread(rows["deal_value_usd_m"]),
    )


def run_card(run: RunTables) -> str:
    """Return a run on one screen: at most 80 columns of plain text.

    Parameters
    ----------
    run
        The run.
    """
    inner = WIDTH - 4
    parts = [_heading(run, inner), _outcomes(run), _countries(run, inner), _places(run)]
    parts.append(_ending(run, inner))
    edge = "─" * (WIDTH - 2)
    lines = [f"┌{edge}┐"]
    for number, part in enumerate(parts):
        if number:
            lines.append(f"├{edge}┤")
        lines += [f"│ {line[:inner]:<{inner}} │" for line in part]
    return "\n".join([*lines, f"└{edge}┘"])


def _heading(run: RunTables, width: int) -> list[str]:
    scenario = run.scenario
    asked = wrap(scenario.question, width, max_lines=2, placeholder=" …")
    return [
        shorten(titled(scenario), width, placeholder=" …"),
        *asked,
        settings_words(run.simulated)[:width],
        *wrap(changed_words(run.simulated), width, max_lines=2, placeholder=" …"),
    ]


def _outcomes(run: RunTables) -> list[str]:
    lines = [f"{'Region, per run':<30}{'median':>10}   {'90 % interval':<21}unit"]
    for row in key_rows(run):
        interval = f"{row.low} to {row.high}" if row.low else ""
        lines.append(f"{row.words:<30}{row.median:>10}   {interval:<21}{row.unit}".rstrip())
    return lines


def _countries(run: RunTables, width: int) -> list[str]:
    names = Names(run.world)
    shown = [
        f"{names.country(code)} {numbers.words()}"
        for code, numbers in top_countries(run, TOP_COUNTRIES)
    ]
    text = "Most deals: " + (", ".join(shown) or "no country has a deal")
    return wrap(text, width, max_lines=3, placeholder=" …")


def _places(run: RunTables) -> list[str]:
    lines = [f"{'Place':<24}{'visits':<16}{'twinnings':<12}{'deals':<11}with a deal"]
    for code in run_summaries.places_of(run):
        place = place_of(run, code)
        name = shorten(f"{place.name} ({code})", 23, placeholder="…")
        lines.append(
            f"{name:<24}{_short(place.visits):<16}{_short(place.twinnings):<12}"
            f"{_short(place.deals):<11}{100 * place.with_deal:.0f} % of runs"
        )
    return lines


def _short(numbers: Spread) -> str:
    return numbers.words(join="–")


def _ending(run: RunTables, width: int) -> list[str]:
    version = run.manifest["model_version"]
    return [
        took_words(run.manifest["seconds"])[:width],
        f"{run.driver} driver · model {version}"[:width],
        CAUTION[:width],
    ]


def card_html(run: RunTables) -> str:
    """Return the card of a run as a fragment of HTML, for notebooks."""
    scenario = run.scenario
    cells = "".join(
        f"<tr><th scope='row' style='text-align:left'>{escape(row.words)}</th>"
        f"<td>{escape(row.median)}</td><td>{escape(_interval(row))}</td>"
        f"<td>{escape(row.unit)}</td></tr>"
        for row in key_rows(run)
    )
    names = Names(run.world)
    shown = ", ".join(
        f"{names.country(code)} {numbers.words()}"
        for code, numbers in top_countries(run, TOP_COUNTRIES)
    )
    made = f"model {run.manifest['model_version']}"
    what = f"{settings_words(run.simulated)} · {made}. {changed_words(run.simulated)}."
    head = "".join(f"<th scope='col'>{w}</th>" for w in ("", "median", "90 % interval", "unit"))
    return (
        f"<div><strong>{escape(titled(scenario))}</strong><br>{escape(scenario.question)}<br>"
        f"<small>{escape(what)}</small>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"
        f"Most deals: {escape(shown or 'no country has a deal')}<br>"
        f"<small>{escape(CAUTION)}</small></div>"
    )


def _interval(row: OutcomeRow) -> str:
    return f"{row.low} to {row.high}" if row.low else ""
