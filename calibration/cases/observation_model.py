"""The model of documentation: which events of a run the report would have told.

The report studies two cases closely, tells of others and mentions more in passing, most of them
recent, many from an embassy's sample. A run knows every event. Before the two are compared, the
run's events pass through chances of being told that depend on the kind of event, on how closely the
report looks at the place, and on the year. Nothing is known of these chances but the ranges of
``chances.toml``; each observation of a run draws its own, so that what is not known of them widens
what is inferred.

Reasons for each choice are in ``docs/calibration.md``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from calibration.cases import observed_events as r
from calibration.cases.dated_events import dated_sample
from calibration.keyed_draws import (
    CHANCES,
    COUNTED,
    TOLD,
    Chances,
    drawn_chances,
    read_chances,
    uniforms,
)
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.state import Array

RECENT = 19.5 * 12
"""Month in which the chance of being told is the stated one: the middle of 2019."""


CHANCES_OF = read_chances(Path(__file__).with_name("chances.toml"))
NAMES = tuple(chance.name for chance in CHANCES_OF)


def chances(key: int) -> Chances:
    """Return the chances of one observation, drawn from their priors."""
    return drawn_chances(key, CHANCES, CHANCES_OF)


def ratios(given: Chances) -> Array:
    """Return the chance that a recent event elsewhere is told, by kind of the record."""
    like_visits = [given[name] for name in ("journey", "twinning", "link", "memorandum")]
    like_deals = [given[name] for name in ("central", "acquisition", "failure")]
    visit, deal = given["visit"], given["visit"] * given["deal"]
    return np.array(
        [visit, *(visit * x for x in like_visits), deal, *(deal * x for x in like_deals)]
    )


def happened(reading: Reading) -> tuple[Array, Array]:
    """Return everything of a run that could be told, and the identities of these events (N,).

    Rows are of :data:`calibration.cases.observed_events.ROW`, all ``dated``. They tell which deep
    case each belongs to; the place of a case is like any other at other times.
    """
    parts = [
        _from_log(reading, r.VISIT, reading.local_visits),
        _from_log(reading, r.JOURNEY, reading.journeys),
        _from_log(reading, r.TWINNING, reading.events(k.TWINNING)),
        _from_log(reading, r.LINK, reading.events(k.UNIVERSITY_LINK)),
        _from_log(reading, r.MEMORANDUM, reading.events(k.MEMORANDUM)),
        _deals(reading),
        *(_from_log(reading, r.FAILURE, rows, way) for way, rows in failures(reading)),
    ]
    rows = np.concatenate([part for part, _ in parts])
    for number, case in enumerate(r.studied()):
        within = (rows["month"] >= case.first) & (rows["month"] <= case.last)
        rows["case"][within & (rows["place"] == case.place)] = number
    # A centre's memoranda are no outcome of a locality.
    local = (rows["kind"] != r.MEMORANDUM) | (rows["place"] >= 0)
    return rows[local], np.concatenate([identities for _, identities in parts])[local]


def documented(reading: Reading, key: int, given: Chances | None = None) -> Array:
    """Return the record that a report on this run would hold, as rows of ``ROW``.

    The key names the observation: what is told of a run depends on it alone. The chances are by
    default drawn by the key.
    """
    return observation(reading, key, given)[0]


def observation(reading: Reading, key: int, given: Chances | None = None) -> tuple[Array, Array]:
    """Return the record as of :func:`documented`, and as many dated events as really are known.

    The latter are the run's counterpart of :func:`calibration.cases.dated_events.dated`: those
    likeliest to be told.
    """
    chosen = chances(key) if given is None else given
    rows, identities = happened(reading)
    luck = uniforms(key, TOLD, identities)
    deep = rows["case"] >= 0
    kind = rows["kind"]
    chance = ratios(chosen)[kind]
    chance *= np.where((kind == r.VISIT) & (rows["channel"] == k.EMBASSY), chosen["embassy"], 1.0)
    chance *= np.exp(np.minimum(0.0, chosen["fading"] * (rows["month"] - RECENT) / 12.0))
    marks = (kind >= r.LOCAL_DEAL) & (luck < chance) & ~deep
    named = np.zeros(reading.localities + 1, dtype=bool)
    named[rows["place"][marks]] = True
    named[-1] = False
    chance = np.where(named[rows["place"]] & ~marks, chance * chosen["named"], chance)
    # In a deep case the same number decides on the date, another one on being counted.
    trip = kind <= r.JOURNEY
    lesser = (kind == r.LINK) | (kind == r.MEMORANDUM)
    kept_deep = np.where(trip, chosen["counted"], np.where(lesser, chosen["outcome"], 1.0))
    keep = np.where(deep, uniforms(key, COUNTED, identities) < kept_deep, luck < chance)
    rows["dated"] = ~(deep & trip) | (luck < chosen["dated"])
    return rows[keep], dated_sample(rows, luck, chance)


def failures(reading: Reading) -> tuple[tuple[int, Array], ...]:
    """Return the events of each way to fail that the report tells of."""
    cancelled = reading.events(k.CANCELLATION)
    by_backlash, by_vote = (
        cancelled[np.isin(cancelled["cause0"], reading.events(reason)["id"])]
        for reason in (k.BACKLASH, k.REFERENDUM)
    )
    return (
        (r.BACKLASH, by_backlash),
        (r.REFERENDUM, by_vote),
        (r.VETO, reading.events(k.VETO)),
        (r.WITHHELD, reading.events(k.FUNDS_WITHHELD)),
    )


def _rows_at(reading: Reading, events: Array, month: str) -> Array:
    """Return rows of a record for events or deals, dated and of no case, with their places."""
    found = np.zeros(len(events), dtype=r.ROW)
    found["place"] = np.where(reading.is_local(events), events["place"], -1)
    found["country"], found["month"] = events["country"], events[month]
    found["province"], found["way"], found["case"] = -1, -1, -1
    found["dated"], found["exact"] = True, True
    return found


def _from_log(reading: Reading, kind: int, events: Array, way: int = -1) -> tuple[Array, Array]:
    found, actors = _rows_at(reading, events, "month"), events["actor"]
    found["kind"], found["way"] = kind, way
    found["mayor"] = reading.is_local(events) & (events["office"] != events["place"])
    found["channel"] = np.where(actors < 0, -1, reading.kind_of(np.maximum(actors, 0)))
    found["province"] = reading.province_of(actors)
    return found, events["id"]


def _deals(reading: Reading) -> tuple[Array, Array]:
    deals = reading.deals
    found = _rows_at(reading, deals, "dealt")
    kind = np.where(deals["level"] == k.LOCAL, r.LOCAL_DEAL, r.CENTRAL_DEAL)
    found["kind"] = np.where(deals["channel"] == k.BY_ACQUISITION, r.ACQUISITION, kind)
    found["channel"], found["value"] = k.FIRM, deals["value"]
    found["mayor"] = reading.is_local(deals) & (reading.offices != deals["place"])
    return found, deals["key"]
