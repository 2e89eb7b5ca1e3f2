"""Outcomes: from a finished run to numbers by locality, by country and for the region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from sim.core import enums as k
from sim.core import identities
from sim.core.calendar import month_name
from sim.core.jit import rule
from sim.core.state import Array, State
from sim.core.state_fields import SERIES

if TYPE_CHECKING:
    from sim.world.positions import Positions


@dataclass(frozen=True)
class Outcome:
    """Name one outcome, its unit and its meaning."""

    name: str
    unit: str
    meaning: str


BY_EVENT: dict[str, tuple[Outcome, str]] = {
    kind.outcome[0]: (Outcome(kind.outcome[0], "count", kind.outcome[1]), kind.name)
    for kind in k.EVENTS.values()
    if kind.outcome
}
"""Outcomes that count one kind of event."""

BY_PROJECT = (
    Outcome("deals_local", "count", "deals decided locally"),
    Outcome("deals_municipal", "count", "those of them decided by a mayor"),
    Outcome("deals_central", "count", "deals decided by the centre"),
    Outcome("deals_acquired", "count", "acquisitions closed"),
    Outcome("deals_passed_on", "count", "deals an embassy, body or association had a hand in"),
    Outcome("deals_from_lac", "count", "deals that the region sought"),
    Outcome("deal_value_usd_m", "US$ million", "value of deals formed"),
    Outcome("deal_value_local_usd_m", "US$ million", "value of deals decided locally"),
    Outcome("local_debt_usd_m", "US$ million", "debt of localities to Chinese banks, as lent"),
)

BY_PLACE = (
    Outcome("ties_exposed", "count", "living ties met by changes of office-holder"),
    Outcome("trust", "0-1", "highest trust in a Chinese actor at the end"),
    Outcome("first_contact", "YYYY-MM", "month of the first contact"),
    Outcome("first_deal", "YYYY-MM", "month of the first deal"),
    Outcome("months_to_deal", "months", "from the first contact to the first deal"),
)

SUMMED = tuple(BY_EVENT) + tuple(o.name for o in BY_PROJECT) + ("ties_exposed",)
"""Outcomes that add up over localities."""

MONTHS = ("first_contact", "first_deal")
"""Outcomes that are months: text in tables, numbers from January 2000 on before."""

OUTCOMES = tuple(o for o, _ in BY_EVENT.values()) + BY_PROJECT + BY_PLACE
"""Outcomes by locality, in the order of the columns."""

REGION = (
    Outcome("conversion", "share", "deals per memorandum"),
    Outcome("visits_per_deal", "ratio", "visits either way per deal"),
    Outcome("deal_delay_months", "months", "median from proposal to deal"),
    Outcome("contact_delay_months", "months", "median from first contact to first deal"),
    Outcome("share_from_lac", "share", "deals that the region sought"),
    Outcome("visits_from_lac", "share", "visits that the region sought"),
    Outcome("share_local", "share", "deals decided locally"),
    Outcome(
        "share_passed_on",
        "share",
        "negotiated deals that an embassy, a body or an association had a hand in",
    ),
    Outcome("twinnings_after_contact", "share", "twinnings that follow a contact"),
    Outcome("ties_lost_share", "share", "living ties lost at changes of office-holder"),
    Outcome("countries_with_deals", "count", "countries with a deal"),
    Outcome("localities_with_deals", "count", "localities with a deal"),
    Outcome("gini_countries", "0-1", "concentration of deals over countries (Gini)"),
    Outcome("gini_localities", "0-1", "concentration of deals over localities (Gini)"),
    Outcome("top5_countries", "share", "share of the five countries with most deals"),
    Outcome("cancelled_backlash", "count", "cancellations after public resistance"),
    Outcome("cancelled_referendum", "count", "cancellations after a local vote"),
    Outcome("cancelled_withheld", "count", "cancellations after the centre withheld funds"),
    Outcome("cancelled_stalled", "count", "cancellations after the work stalled"),
    Outcome("views", "-1 to 1", "mean views of China over countries at the end"),
    Outcome("recognising", "count", "countries recognising Beijing at the end"),
)
"""Outcomes for the region as a whole, beside the sums."""

FOR_REGION = SUMMED + tuple(o.name for o in REGION)
"""Names of all outcomes for the region, in the order of the columns."""


def gini(values: Array) -> float:
    """Return the Gini coefficient of non-negative values; 0 if all are zero."""
    ordered = np.sort(values.astype(float))
    total = ordered.sum()
    if total == 0.0:
        return 0.0
    n = len(ordered)
    return float((2.0 * np.arange(1, n + 1) - n - 1.0) @ ordered / (n * total))


def ratio(part: float, whole: float) -> float:
    """Return part over whole, nan if the whole is zero."""
    return float(part) / float(whole) if whole else float("nan")


class EventCounts(NamedTuple):
    """Hold what is counted of a run's log in one pass, and the columns of its deals.

    What happens in a city counts for its unit.

    Shapes: P places, T months counted from January 2000, K kinds of events.
    """

    by_place: Array  # (1 + P, K) the first row those without a place
    by_month: Array  # (T, K) those in a country
    begun: Array  # (1 + initiators, K) by the side that began it, the first row those of neither
    value: Array  # (T,) US$ million of deals
    ended: Array  # (K,) first causes of cancellations
    dealt: dict[str, Array]  # columns of the projects that became deals


_KINDS = [k.EVENT_KINDS.index(kind) for _, kind in BY_EVENT.values()]
PASSES_ON = 1 << k.EMBASSY | 1 << k.ORGANISATION | 1 << k.ASSOCIATION
_DEAL_COLUMNS = (
    *("place", "country", "level", "channel", "hands", "initiator", "finance", "value", "loan"),
    *("proposed", "dealt"),
)


def count_events(w: State) -> EventCounts:
    """Count the events of a run."""
    kinds, months = len(k.EVENT_KINDS), len(w.series)

    def zeros(rows: int) -> Array:
        return np.zeros((rows, kinds), dtype=np.int64)

    places, by_month, begun = zeros(1 + len(w.place)), zeros(months), zeros(1 + len(k.INITIATORS))
    value, ended = np.zeros(months), np.zeros(kinds, dtype=np.int64)
    _count(w.event[: int(w.run["events"][0])], places, by_month, begun, value, ended)
    projects = w.project[: int(w.run["projects"][0])]
    rows = np.flatnonzero(projects["dealt"] >= 0)
    dealt = {name: projects[name][rows] for name in _DEAL_COLUMNS}
    dealt["place"] = w.place["unit"][dealt["place"]]
    return EventCounts(places, by_month, begun, value, ended, dealt)


@rule
def _count(
    log: Any, by_place: Array, by_month: Array, begun: Array, value: Array, ended: Array
) -> None:
    for row in range(len(log)):
        event = log[row]
        by_place[event.place + 1, event.kind] += 1
        begun[event.initiator + 1, event.kind] += 1
        if event.country >= 0:
            by_month[event.month, event.kind] += 1
        if event.kind == k.DEAL:
            value[event.month] += event.value
        elif event.kind == k.CANCELLATION:
            # What ends a project has mostly happened just before.
            for before in range(row - 1, -1, -1):
                if log[before].id == event.cause0:
                    ended[log[before].kind] += 1
                    break


def by_place(w: State, counted: EventCounts) -> dict[str, Array]:
    """Return each outcome of :data:`OUTCOMES` as an array over all places (P,).

    A city has none of its own: they are its unit's.
    """
    places, counts = len(w.place), counted.by_place[1:]
    result: dict[str, Array] = dict(zip(BY_EVENT, counts.T[_KINDS], strict=True))
    dealt = counted.dealt
    home, value, level = dealt["place"], dealt["value"], dealt["level"]

    def total(mask: Array) -> Array:
        return np.bincount(home[mask], minlength=places)

    def amount(where: Array, amounts: Array) -> Array:
        # An empty selection would count whole numbers.
        return np.bincount(where, weights=amounts, minlength=places).astype(np.float64)

    municipal, lent = level == k.MUNICIPAL, dealt["finance"] == k.LOCAL_LOAN
    local = (level == k.LOCAL) | municipal
    result["deals_local"] = total(local)
    result["deals_municipal"] = total(municipal)
    result["deals_central"] = total(level == k.CENTRAL)
    result["deals_acquired"] = total(dealt["channel"] == k.BY_ACQUISITION)
    result["deals_passed_on"] = total((dealt["hands"] & PASSES_ON) > 0)
    result["deals_from_lac"] = total(dealt["initiator"] == k.LAC)
    result["deal_value_usd_m"] = amount(home, value)
    result["deal_value_local_usd_m"] = amount(home[local], value[local])
    result["local_debt_usd_m"] = amount(home[lent], dealt["loan"][lent])
    unit = w.place["unit"]
    result["ties_exposed"] = np.bincount(unit, weights=w.place["exposed"], minlength=places)
    result["trust"] = np.zeros(places)
    np.maximum.at(result["trust"], unit, w.place["trust"])
    ties = w.tie[: int(w.run["ties"][0])]
    result["first_contact"] = _earliest(unit[ties["place"]], ties["since"], places)
    result["first_deal"] = _earliest(home, dealt["dealt"], places)
    result["months_to_deal"] = result["first_deal"] - result["first_contact"]
    return result


def _earliest(place: Array, month: Array, places: int) -> Array:
    """Return the earliest month by place, nan where there is none."""
    first, place, month = np.full(places, np.nan), np.array(place), np.array(month)
    if np.any(month[1:] < month[:-1]):
        order = np.argsort(month, kind="stable")
        place, month = place[order], month[order]
    # Of several months written to one place the last stays, so the earliest goes last.
    first[place[::-1]] = month[::-1]
    return first


def by_country(w: State, local: dict[str, Array]) -> dict[str, Array]:
    """Return outcomes by country (C,): sums over its places, and the state of its politics."""
    countries = len(w.country)
    home = w.place["country"]
    result: dict[str, Array] = {
        name: np.bincount(home, weights=local[name], minlength=countries) for name in SUMMED
    }
    result["first_contact"] = _first_of_group(local["first_contact"], home, countries)
    result["first_deal"] = _first_of_group(local["first_deal"], home, countries)
    result["views"] = w.country["views"]
    result["reputation"] = w.country["reputation"]
    result["authority"] = w.country["authority"]
    result["recognises_prc"] = w.country["recognises"]
    return result


def locality_table(at: Positions, local: dict[str, Array], replicate: int) -> pa.Table:
    """Return one run's outcomes by locality as an Arrow table."""
    n = len(at.locality)
    monthly_values = _named_months(local)
    return pa.table(
        {
            "replicate": np.full(n, replicate, dtype=np.int32),
            "country": at.localities["iso3"].tolist(),
            "locality": at.localities["code"].tolist(),
            "name": at.localities["name"].tolist(),
            **{o.name: monthly_values[o.name][:n] for o in OUTCOMES},
        }
    )


def country_table(w: State, at: Positions, local: dict[str, Array], replicate: int) -> pa.Table:
    """Return one run's outcomes by country as an Arrow table."""
    return pa.table(
        {
            "replicate": np.full(len(w.country), replicate, dtype=np.int32),
            "country": list(at.country),
            **_named_months(by_country(w, local)),
        }
    )


def _named_months(values: dict[str, Array]) -> dict[str, Any]:
    """Return outcomes with months as text, null where there is none."""
    named = {
        name: pa.array([None if np.isnan(t) else month_name(t) for t in values[name]], pa.string())
        for name in MONTHS
    }
    return values | named


def _first_of_group(values: Array, group: Array, groups: int) -> Array:
    known = ~np.isnan(values)
    return _earliest(group[known], values[known], groups)


def for_region(w: State, local: dict[str, Array], counted: EventCounts) -> dict[str, float]:
    """Return the outcomes of one run for the whole region: sums, then :data:`REGION`."""
    counts = counted.by_place[1:].sum(axis=0)[_KINDS].astype(float).tolist()
    result = dict(zip(BY_EVENT, counts, strict=True))
    result |= {name: float(local[name].sum()) for name in SUMMED[len(BY_EVENT) :]}
    localities = int(w.run["localities"][0])
    dealt = counted.dealt
    visits = result["visits_to_lac"] + result["visits_to_china"]
    countries = np.bincount(dealt["country"], minlength=len(w.country))
    delays, deals = local["months_to_deal"][:localities], local["deals"][:localities]
    return result | {
        "conversion": ratio(result["deals"], result["memoranda"]),
        "visits_per_deal": ratio(visits, result["deals"]),
        "deal_delay_months": _median(dealt["dealt"] - dealt["proposed"]),
        "contact_delay_months": _median(delays[~np.isnan(delays)]),
        "share_from_lac": ratio(result["deals_from_lac"], result["deals"]),
        "visits_from_lac": ratio(counted.begun[k.LAC + 1, k.VISIT_TO_CHINA], visits),
        "share_local": ratio(result["deals_local"], result["deals"]),
        "share_passed_on": ratio(
            result["deals_passed_on"], result["deals"] - result["deals_acquired"]
        ),
        "twinnings_after_contact": _after_contact(w),
        "ties_lost_share": ratio(result["ties_lost"], result["ties_exposed"]),
        "countries_with_deals": float(np.count_nonzero(countries)),
        "localities_with_deals": float(np.count_nonzero(deals)),
        "gini_countries": gini(countries),
        "gini_localities": gini(deals),
        "top5_countries": ratio(float(np.sort(countries)[-5:].sum()), float(countries.sum())),
        "views": float(w.country["views"].mean()),
        "recognising": float(w.country["recognises"].sum()),
        **{name: float(counted.ended[reason]) for name, reason in _REASONS.items()},
    }


def _median(values: Array) -> float:
    ordered, half = np.sort(values), len(values) // 2
    return float((ordered[half] + ordered[~half]) / 2) if len(values) else float("nan")


def _after_contact(w: State) -> float:
    ties = w.tie[: int(w.run["ties"][0])]
    twinned = ties["twinned"]
    rows = np.flatnonzero(twinned >= 0)
    return ratio(float((ties["since"][rows] < twinned[rows]).sum()), len(rows))


_REASONS = {
    "cancelled_backlash": k.BACKLASH,
    "cancelled_referendum": k.REFERENDUM,
    "cancelled_withheld": k.FUNDS_WITHHELD,
    "cancelled_stalled": k.STALL,
}


PROJECT_SCHEMA = pa.schema(
    [
        ("replicate", pa.int32()),
        ("project_id", pa.string()),
        ("country", pa.string()),
        ("locality", pa.string()),
        ("city", pa.string()),
        ("sector", pa.string()),
        ("level", pa.string()),
        ("channel", pa.string()),
        ("hands", pa.string()),
        ("initiator", pa.string()),
        ("chinese_actor", pa.string()),
        ("firm", pa.string()),
        ("bank", pa.string()),
        ("finance", pa.string()),
        ("value_usd_m", pa.float64()),
        ("loan_usd_m", pa.float64()),
        ("stage", pa.string()),
        ("month_proposed", pa.string()),
        ("month_memorandum", pa.string()),
        ("month_approved", pa.string()),
        ("month_awarded", pa.string()),
        ("month_deal", pa.string()),
        ("month_construction", pa.string()),
        ("month_ended", pa.string()),
    ]
)
"""Columns of the table of projects; those with ``month_deal`` are the deals."""

_MONTHS = ("proposed", "signed", "approved", "awarded", "dealt", "started", "ended")


def project_table(w: State, at: Positions, replicate: int) -> pa.Table:
    """Return one run's projects as an Arrow table with the columns of :data:`PROJECT_SCHEMA`."""
    rows = w.project[: int(w.run["projects"][0])]
    rows = rows[np.argsort(rows["proposed"], kind="stable")]

    def words(values: Array, names: Any) -> Array:
        table = np.array([*names, None], dtype=object)
        return table[np.where(values < 0, len(table) - 1, values)]

    months = [month_name(t) for t in range(int(w.run["end"][0]) + 1)]
    columns = [
        np.full(len(rows), replicate, dtype=np.int32),
        identities.texts_of(identities.PROJECT, rows["key"]),
        words(rows["country"], at.country),
        words(w.place["unit"][rows["place"]], at.locality),
        words(at.city_of(rows["place"]), at.city),
        words(rows["sector"], at.sector),
        words(rows["level"], k.LEVELS),
        words(rows["channel"], k.CHANNELS),
        [_actor_types(hands) for hands in rows["hands"].tolist()],
        words(rows["initiator"], k.INITIATORS),
        words(rows["actor"], at.actor_codes),
        words(rows["firm"], at.actor_codes),
        words(rows["bank"], at.actor_codes),
        words(rows["finance"], k.FINANCES),
        rows["value"],
        rows["loan"],
        words(rows["stage"], k.STAGES),
        *(words(rows[name], months) for name in _MONTHS),
    ]
    arrays = [
        c if isinstance(c, pa.Array) else pa.array(c, type=f.type)
        for c, f in zip(columns, PROJECT_SCHEMA, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=PROJECT_SCHEMA)


def _actor_types(hands: int) -> str:
    """Name the types of actors that bits stand for."""
    return ", ".join(name for n, name in enumerate(k.ACTOR_TYPES) if hands >> n & 1)


SERIES_COUNTS = {name: kind for name, (_, kind) in BY_EVENT.items() if k.EVENTS[kind].monthly}
"""Kinds of events counted by month, by the name of their outcome."""
SERIES_METRICS = (*SERIES_COUNTS, "deal_value_usd_m", *(field.name for field in SERIES))
"""Metrics of the monthly series, in order."""


def monthly(w: State) -> Array:
    """Return the monthly series (T, C, metrics); months count from January 2000."""
    log = w.event[: int(w.run["events"][0])]
    months, countries = w.series.shape[:2]
    result = np.zeros((months, countries, len(SERIES_METRICS)))
    cells = log["month"] * countries + log["country"]
    for i, kind in enumerate(SERIES_COUNTS.values()):
        mine = (log["kind"] == k.EVENT_KINDS.index(kind)) & (log["country"] >= 0)
        counts = np.bincount(cells[mine], minlength=months * countries)
        result[:, :, i] = counts.reshape(months, countries)
    deals = log["kind"] == k.DEAL
    values = np.bincount(cells[deals], log["value"][deals], minlength=months * countries)
    result[:, :, len(SERIES_COUNTS)] = values.reshape(months, countries)
    result[:, :, len(SERIES_COUNTS) + 1 :] = w.series
    return result
