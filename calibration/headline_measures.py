"""What the headline figures measure on a run: who is met where, by whom deals come, who pays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.claims.statistics.statistic import Parts, mean, ratio, share_of, statistic
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import EPOCH_YEAR, MONTHS_A_YEAR, month_index
from sim.core.state import Array

_REFERENCE = 1e5
"""US$ million of an economy whose market is 0."""


def records(reading: Reading, of: str) -> Array:
    """Return the records of a name: events, ties or projects.

    ``contacts`` are visits to localities and journeys of their heads, ``twinnings`` the events.
    """
    if of == "contacts":
        return np.concatenate([reading.local_visits, reading.journeys])
    if of == "twinnings":
        return reading.events(k.TWINNING)
    return np.asarray(getattr(reading, of))


def _month(of: str) -> str:
    return "dealt" if of.endswith("deals") or of == "negotiated" else "month"


def by_actors(
    reading: Reading, actors: Array, kinds: Sequence[str], missions: Sequence[str]
) -> Array:
    """Tell of actors, -1 for none, whether they are of some kinds or bodies of some missions."""
    table = reading.w.actor
    mine = np.isin(table["kind"], [k.ACTOR_TYPES.index(kind) for kind in kinds])
    bodies = table["kind"] == k.ORGANISATION
    mine |= bodies & np.isin(table["mission"], [k.MISSIONS.index(name) for name in missions])
    return (actors >= 0) & mine[actors]


@statistic(unit="number", value=mean)
def number_of(
    reading: Reading,
    of: str,
    countries: list[str] | None = None,
    localities: list[str] | None = None,
    since: str | None = None,
) -> Parts:
    """Count records."""
    rows = reading.chosen(
        records(reading, of), field=_month(of), countries=countries, localities=localities,
        since=since,
    )  # fmt: skip
    return (len(rows),)


@statistic(unit="rank", value=mean)
def rank_of_country(reading: Reading, of: str, country: str) -> Parts:
    """Return a country's rank by its number of records, 1 for the most."""
    counts = reading.by_country(records(reading, of))
    mine = counts[reading.rows_named("country", [country])[0]]
    return (1 + (counts > mine).sum(),)


@statistic(unit="share", value=ratio)
def share_of_countries(reading: Reading, of: str, countries: list[str]) -> Parts:
    """Return the share of records that lie in some countries."""
    rows = records(reading, of)
    return share_of(np.isin(rows["country"], reading.rows_named("country", countries)))


@statistic(unit="number", value=mean)
def countries_with(reading: Reading, of: str) -> Parts:
    """Count the countries with a record."""
    return ((reading.by_country(records(reading, of)) > 0).sum(),)


@statistic(unit="chance", value=mean)
def reaches(reading: Reading, of: str, localities: list[str], since: str, least: int) -> Parts:
    """Tell whether there are at least so many records in some localities from a month on."""
    return (number_of(reading, of, localities=localities, since=since)[0] >= least,)


@statistic(unit="share", value=ratio)
def share_of_visitor(reading: Reading, provinces: list[str], localities: list[str]) -> Parts:
    """Return the share of some provinces in the visits to some localities."""
    rows = reading.chosen(reading.local_visits, localities=localities)
    return share_of(np.isin(rows["actor"], reading.rows_named("actor", provinces)))


@statistic(unit="number", value=mean)
def number_unrecognised(
    reading: Reading, of: str, kinds: Sequence[str] = (), missions: Sequence[str] = ()
) -> Parts:
    """Count records of some actors in countries while these don't recognise Beijing."""
    rows = records(reading, of)
    away = ~reading.recognised[rows["month"] - reading.start, rows["country"]]
    if kinds or missions:
        away &= by_actors(reading, rows["actor"], kinds, missions)
    return (away.sum(),)


@statistic(unit="share", value=ratio)
def share_of_local_visits(
    reading: Reading, kinds: Sequence[str] = (), missions: Sequence[str] = ()
) -> Parts:
    """Return the share of visits to localities that some actors pay."""
    return share_of(by_actors(reading, reading.local_visits["actor"], kinds, missions))


@statistic(unit="share", value=ratio)
def share_of_deals(
    reading: Reading,
    channels: Sequence[str] | None = None,
    finances: Sequence[str] | None = None,
    sectors: list[str] | None = None,
) -> Parts:
    """Return the share of deals that came by some channels, are paid so, or are of some sectors."""
    rows = reading.deals
    keep = np.ones(len(rows), dtype=bool)
    if channels is not None:
        keep &= np.isin(rows["channel"], [k.CHANNELS.index(name) for name in channels])
    if finances is not None:
        keep &= np.isin(rows["finance"], [k.FINANCES.index(name) for name in finances])
    if sectors is not None:
        keep &= np.isin(rows["sector"], reading.rows_named("sector", sectors))
    return share_of(keep)


@statistic(unit="share", value=ratio)
def share_by_channel(
    reading: Reading, kinds: Sequence[str] = (), missions: Sequence[str] = ()
) -> Parts:
    """Return the share of negotiated deals whose first channel is some kinds of actors."""
    rows = reading.negotiated
    from_actor = rows["channel"] < k.BY_LOCALITY
    return share_of(from_actor & by_actors(reading, rows["actor"], kinds, missions))


@statistic(unit="share", value=ratio)
def share_through(
    reading: Reading, kinds: Sequence[str] = (), missions: Sequence[str] = ()
) -> Parts:
    """Return the share of negotiated deals with some actors anywhere among their causes.

    Causes of causes count, from the events of the project itself back to the first.
    """
    log = reading.log
    touched = by_actors(reading, log["actor"], kinds, missions)
    causes = [reading.rows_of(log[name]) for name in ("cause0", "cause1", "cause2")]
    reached = -1
    while touched.sum() > reached:
        reached = int(touched.sum())
        for rows in causes:
            touched |= (rows >= 0) & touched[rows]
    is_deal = (log["kind"] == k.DEAL) & np.isin(log["project"], reading.negotiated["key"])
    return share_of(touched[is_deal])


@statistic(unit="ratio", value=ratio)
def visits_over_a_year_before(reading: Reading, since: str, until: str) -> Parts:
    """Compare the visits of some months with those of the same months a year before."""
    month, first, last = reading.visits["month"], month_index(since), month_index(until)
    before = (month >= first - MONTHS_A_YEAR) & (month <= last - MONTHS_A_YEAR)
    return ((month >= first) & (month <= last)).sum(), before.sum()


def _lent(reading: Reading) -> Array:
    return reading.deals[reading.deals["finance"] >= k.SOVEREIGN]


@statistic(unit="share", value=ratio)
def share_of_envelopes_lent(reading: Reading) -> Parts:
    """Return what policy banks lend of their envelopes."""
    envelopes = reading.w.envelope[reading.start : reading.end + 1].sum()
    return _lent(reading)["loan"].sum(), envelopes


def _peak(parts: Array) -> Array:
    return np.asarray(parts.argmax(axis=-1) + float(EPOCH_YEAR))


@statistic(unit="year", value=_peak)
def peak_year_of_lending(reading: Reading) -> Parts:
    """Return the year in which most is lent."""
    rows = _lent(reading)
    years = (reading.end + 1) // MONTHS_A_YEAR
    return tuple(np.bincount(rows["dealt"] // MONTHS_A_YEAR, rows["loan"], years)[:years])


@statistic(unit="ratio", value=mean)
def largest_size_over_economy(reading: Reading) -> Parts:
    """Return the largest size of a deal over the product of its country."""
    rows = reading.deals
    economy = _REFERENCE * 10.0 ** reading.w.country["market"][rows["country"]]
    return ((rows["value"] / economy).max() if len(rows) else 0.0,)


@statistic(unit="share", value=ratio)
def share_in_capitals(reading: Reading) -> Parts:
    """Return the share of deals that lie in the unit of the national capital."""
    rows = reading.deals
    return share_of(reading.is_local(rows) & (reading.w.place["capital"][rows["place"]] == 1))


@statistic(unit="share of units", value=mean)
def units_touched(reading: Reading, records: int, until: str) -> Parts:
    """Return the share of units with a deal, once deals are thinned to a list's number.

    The number expected where that many deals up to a month are kept at random; all where there
    are fewer.
    """
    from scipy.special import gammaln

    rows = reading.chosen(reading.deals, field="dealt", until=until)
    counts = reading.by_locality(rows)
    every, kept = counts.sum(), min(records, int(counts.sum()))
    left = every - counts
    # The chance that none of a unit's deals is kept, from the numbers of ways to choose.
    possible = left >= kept
    ways = gammaln(left + 1) - gammaln(np.maximum(left - kept, 0) + 1)
    ways -= gammaln(every + 1) - gammaln(every - kept + 1)
    return ((1.0 - np.where(possible, np.exp(ways), 0.0)).mean(),)


@statistic(unit="years", value=mean)
def lag_to_completion(reading: Reading, quantile: float, until: str) -> Parts:
    """Return a quantile of the time from deal to completion, of deals up to a month."""
    rows = reading.chosen(reading.negotiated, field="dealt", until=until)
    rows = rows[rows["stage"] == k.OPERATING]
    lags = (rows["ended"] - rows["dealt"]) / MONTHS_A_YEAR
    return (np.quantile(lags, quantile) if len(lags) else 0.0,)


@statistic(unit="share", value=ratio)
def changes_in_commonest_months(reading: Reading, country: str, months: int) -> Parts:
    """Return the share of changes of governors in a country in its commonest months."""
    rows = reading.chosen(reading.events(k.GOVERNOR_CHANGE), countries=[country])
    counts = np.bincount(rows["month"])
    return np.sort(counts)[-months:].sum(), len(rows)
