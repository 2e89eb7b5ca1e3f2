"""Visits: who gets outreach, by whom, where and when, and who takes the initiative."""

from __future__ import annotations

import numpy as np

from calibration.claims.statistics.statistic import (
    Parts,
    count_a_year,
    difference_of_ratios,
    gap,
    least,
    mean,
    rank_correlation,
    ratio,
    share_of,
    slope,
    smaller_share,
    statistic,
    sums_by_group,
    yearly,
)
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import MONTHS_A_YEAR
from sim.core.state import Array


@yearly(unit="visits a year")
def local_visits(reading: Reading) -> Array:
    """Count visits of Chinese delegations to localities, a year."""
    return reading.local_visits


@yearly(unit="journeys a year")
def own_journeys(reading: Reading) -> Array:
    """Count governors' journeys to China of their own accord, a year."""
    return reading.own_journeys


@statistic(unit="visits a year", value=mean)
def visits_of_province(
    reading: Reading, province: str, localities: list[str], since: str, until: str
) -> Parts:
    """Count a province's visits to certain localities, a year."""
    rows = reading.chosen(reading.local_visits, since=since, until=until, localities=localities)
    mine = rows["actor"] == reading.rows_named("actor", [province])[0]
    return count_a_year(reading, rows[mine], since, until)


@statistic(unit="visits a year", value=mean)
def visits_of_rivals_elsewhere(
    reading: Reading, province: str, localities: list[str], since: str, until: str
) -> Parts:
    """Count visits of all provinces but one to all localities but some, a year.

    What a province achieves in those localities reaches its rivals elsewhere only as success.
    """
    rows = reading.chosen(reading.local_visits, since=since, until=until)
    rivals = reading.kind_of(rows["actor"]) == k.PROVINCE
    rivals &= rows["actor"] != reading.rows_named("actor", [province])[0]
    elsewhere = ~np.isin(rows["place"], reading.rows_named("locality", localities))
    return count_a_year(reading, rows[rivals & elsewhere], since, until)


@statistic(unit="log visits per factor of ten", value=ratio)
def visits_by_market(reading: Reading) -> Parts:
    """Tell how visits to the localities of a country rise with their economy.

    Slope of log(1 + visits) on log10 GDP within countries.
    """
    visits = np.log1p(reading.by_locality(reading.local_visits))
    return slope(reading.within_countries(visits), reading.within_countries(reading.economy))


@statistic(unit="visits a year and country", value=gap)
def unrecognised_visits(reading: Reading) -> Parts:
    """Compare bodies that need no recognition with embassies in countries recognising Taiwan.

    Visits a year and country while it recognises Taiwan: of the bodies, less of embassies.
    """
    rows = reading.visits
    away = ~reading.recognised[rows["month"] - reading.start, rows["country"]]
    actors = reading.w.actor[rows["actor"][away]]
    free = (actors["kind"] == k.ORGANISATION) & (actors["needs_recognition"] == 0)
    years = max(1.0, float((~reading.recognised).sum())) / MONTHS_A_YEAR
    return free.sum() / years, (actors["kind"] == k.EMBASSY).sum() / years


@statistic(unit="share of pairs", value=difference_of_ratios)
def crowding_of_visits(reading: Reading) -> Parts:
    """Tell how much likelier two visits of a month are to meet in a country than two of a year.

    Share of pairs of visits to the same country: pairs within a month, less pairs from different
    months of one year. Independent actors give zero, whatever their common preferences.
    """
    rows = reading.visits
    months = -(-(reading.end - reading.start + 1) // MONTHS_A_YEAR) * MONTHS_A_YEAR
    cells = (rows["month"] - reading.start) * reading.countries + rows["country"]
    table = np.bincount(cells, minlength=months * reading.countries).astype(np.float64)
    monthly = table.reshape(months, reading.countries)
    annual = monthly.reshape(-1, MONTHS_A_YEAR, reading.countries).sum(axis=1)
    same, same_year, every, every_year = (
        (counts * (counts - 1.0)).sum() / 2.0
        for counts in (monthly, annual, monthly.sum(axis=1), annual.sum(axis=1))
    )
    return same, every, same_year - same, every_year - every


@statistic(unit="rank correlation", value=ratio)
def delegations_by_ambition(reading: Reading) -> Parts:
    """Correlate the economy of provinces with the delegations they send."""
    sent = np.concatenate([reading.visits["actor"], reading.events(k.DECLINED_VISIT)["actor"]])
    actors = reading.w.actor
    provinces = np.flatnonzero(actors["kind"] == k.PROVINCE)
    counts = np.bincount(sent, minlength=len(actors))[provinces]
    return rank_correlation(actors["scale"][provinces], counts)


@statistic(unit="share", value=difference_of_ratios)
def local_share_by_firm_size(reading: Reading) -> Parts:
    """Compare larger with smaller firms by the share of first visits that go to localities.

    Firms outside technology, the largest third less the smallest third. First visits begin a
    relationship; later ones follow where it is.
    """
    actors = reading.w.actor
    firm = (actors["kind"] == k.FIRM) & (actors["technology"] == 0)
    low, high = np.quantile(actors["scale"][firm], (1.0 / 3.0, 2.0 / 3.0))
    rows = reading.begun_by_visit[firm[reading.begun_by_visit["actor"]]]
    scale = actors["scale"][rows["actor"]]
    return sums_by_group(reading.is_local(rows), (scale >= high, scale <= low))


@statistic(unit="share", value=difference_of_ratios)
def local_share_in_small_states(reading: Reading) -> Parts:
    """Compare small states with the others by the share of visits that go to localities.

    Small states are those below the model's size at which outreach to localities is half
    repelled; the rest of the visits go to national governments.
    """
    small = reading.w.country["smallness"][reading.visits["country"]] > 0.5
    return sums_by_group(reading.is_local(reading.visits), (small, ~small))


@statistic(unit="share", value=ratio)
def party_share_of_local_visits(reading: Reading) -> Parts:
    """Return the party body's share of the visits that Chinese bodies pay to localities."""
    actors = reading.w.actor[reading.local_visits["actor"]]
    return share_of(actors["mission"][actors["kind"] == k.ORGANISATION] == k.PARTY)


@statistic(unit="share", value=difference_of_ratios)
def central_share_by_province(reading: Reading) -> Parts:
    """Compare strong with other provinces by their share of first visits to national governments.

    The five with the largest economies less the others. First visits begin a relationship.
    """
    actors = reading.w.actor
    scale = np.where(actors["kind"] == k.PROVINCE, actors["scale"], 0.0)
    strong = np.argsort(-scale, kind="stable")[:5]
    rows = reading.begun_by_visit[reading.begun_by_visit["kind"] == k.PROVINCE]
    is_strong = np.isin(rows["actor"], strong)
    return sums_by_group(~reading.is_local(rows), (is_strong, ~is_strong))


@statistic(unit="per year", value=ratio)
def trend_of_local_visits(reading: Reading) -> Parts:
    """Return the yearly growth of visits to localities: the slope of their logarithm.

    Visits of actors that were active from the first month on; others add to the number by
    coming up.
    """
    years = (reading.end - reading.start + 1) // MONTHS_A_YEAR
    old = reading.w.actor["active_since"] <= reading.start
    rows = reading.local_visits[old[reading.local_visits["actor"]]]
    year = (rows["month"] - reading.start) // MONTHS_A_YEAR
    counts = np.bincount(year, minlength=years)[:years]
    return slope(np.log(counts + 0.5), np.arange(years, dtype=np.float64))


@statistic(unit="share", value=difference_of_ratios)
def pull_of_offices(reading: Reading) -> Parts:
    """Compare bodies in the countries where one of them has an office and the other has not.

    Trade and friendship bodies: the share of the office-holder's first visits that go to the
    country, less the share of the other's, added up over all such cases.
    """
    actors, office = reading.w.actor, reading.w.office
    bodies = np.flatnonzero((actors["kind"] == k.ORGANISATION) & (actors["mission"] <= 1))
    rows, total = reading.begun_by_visit, np.zeros(4)
    for holder in bodies:
        for other in bodies:
            alone = (office[holder] >= 0) & (office[other] < 0)
            if alone.any():
                pair = (rows["actor"] == holder, rows["actor"] == other)
                total += sums_by_group(alone[rows["country"]], pair)
    return tuple(total)


@statistic(unit="share", value=least)
def reach_and_concentration(reading: Reading) -> Parts:
    """Take the lesser of how wide outreach reaches and how concentrated it is.

    Share of countries in which a locality was visited; share of all such visits in the tenth of
    countries that have most.
    """
    visits = reading.by_country(reading.local_visits)
    tenth = -(-len(visits) // 10)
    return (visits > 0).mean(), np.sort(visits)[-tenth:].sum() / max(1.0, float(visits.sum()))


@statistic(unit="share", value=difference_of_ratios)
def embassy_share_gap(reading: Reading, high: list[str], low: list[str]) -> Parts:
    """Compare the embassy's share of contacts made for localities in two groups of countries.

    Visits to localities and introductions there; the embassy's are its own visits and the doors
    it opens on them.
    """
    visits, doors = reading.local_visits, reading.introductions
    actor = np.concatenate([visits["actor"], reading.field_of(doors["cause0"], "actor")])
    by_embassy = (actor >= 0) & (reading.kind_of(np.maximum(actor, 0)) == k.EMBASSY)
    country = np.concatenate([visits["country"], doors["country"]])
    groups = [np.isin(country, reading.rows_named("country", codes)) for codes in (high, low)]
    return sums_by_group(by_embassy, groups)


@statistic(unit="months", value=ratio)
def first_contact_by_diaspora(reading: Reading) -> Parts:
    """Tell how much earlier localities are first contacted where the diaspora is stronger.

    Slope of the month of first contact on the country's diaspora (0-1), given the locality's
    economy and the country's economy, authority, recognition of Beijing and agreements with it.
    Localities never contacted count at the end.
    """
    first = np.full(reading.localities, reading.end + 1)
    np.minimum.at(first, reading.local_ties["place"], reading.local_ties["since"])
    home, country = reading.country_of, reading.w.country
    accord = reading.w.accord[reading.start : reading.end + 1].mean(axis=0)
    return slope(
        first.astype(np.float64),
        country["diaspora"][home],
        reading.economy,
        country["market"][home],
        reading.authority[home],
        reading.recognised.mean(axis=0)[home],
        accord[home],
    )


@statistic(unit="share", value=ratio)
def governors_share_of_journeys(reading: Reading, since: str | None = None) -> Parts:
    """Return the share of governors in all journeys to China on Latin American initiative.

    The others are journeys of national executives.
    """
    local = len(reading.chosen(reading.own_journeys, since=since))
    return local, local + len(reading.chosen(reading.events(k.STATE_VISIT), since=since))


@statistic(unit="share", value=ratio)
def share_of_own_journeys(reading: Reading) -> Parts:
    """Return the share of governors' own journeys in all visits either way at the local level."""
    own = len(reading.own_journeys)
    return own, own + len(reading.local_visits)


@statistic(unit="share", value=smaller_share)
def mixture_of_initiators(reading: Reading) -> Parts:
    """Return the share of the side that began fewer of the local deals."""
    side = reading.local_deals["initiator"]
    return (side == k.LAC).sum(), (side == k.CHINA).sum()


@statistic(unit="deals per trip", value=difference_of_ratios)
def quick_deals_per_trip(reading: Reading, within: int = MONTHS_A_YEAR) -> Parts:
    """Compare trips to China with visits received by the deals that come of them within a year.

    A deal comes of a trip if its project was proposed there in the month of the trip by the side
    that travelled. Deals per journey of a governor, less deals per visit to a locality.
    """
    deals = reading.deals[reading.is_local(reading.deals)]
    deals = deals[deals["channel"] < k.BY_EXECUTIVE]
    deals = deals[deals["dealt"] - deals["proposed"] <= within]
    parts: list[float] = []
    for trips, side in ((reading.own_journeys, k.LAC), (reading.local_visits, k.CHINA)):
        travelled = np.zeros((reading.end + 1, len(reading.w.place)), dtype=bool)
        travelled[trips["month"], trips["place"]] = True
        mine = deals[deals["initiator"] == side]
        parts += [travelled[mine["proposed"], mine["place"]].sum(), len(trips)]
    return tuple(parts)


@statistic(unit="share", value=ratio)
def visits_without_proposal(reading: Reading) -> Parts:
    """Return the share of provinces' visits to localities that leave no proposal behind.

    A proposal counts if the visitor makes it in the month of the visit; a delegation is on one
    trip a month.
    """
    visits = reading.local_visits
    visits = visits[reading.kind_of(visits["actor"]) == k.PROVINCE]
    proposals = reading.projects[reading.projects["initiator"] == k.CHINA]
    made = np.zeros((reading.end + 1, len(reading.w.actor)), dtype=bool)
    made[proposals["proposed"], proposals["actor"]] = True
    return share_of(~made[visits["month"], visits["actor"]])
