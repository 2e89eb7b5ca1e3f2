"""What lists such as others made would hold of a run.

The real lists know official finance and twinnings, not all that the model knows. A list of a run is
cut to the length of the real one, so that shares of both are draws of the same kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from calibration.external import lists as x
from calibration.keyed_draws import (
    ASTRAY,
    CONFINED,
    CUT,
    DATED,
    LIST_CHANCES,
    LISTED,
    PARTS,
    TIED,
    Chances,
    drawn_chances,
    read_chances,
    uniforms,
)
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import MONTHS_A_YEAR
from sim.core.state import Array

LIST_CHANCES_OF = read_chances(Path(__file__).with_name("chances.toml"))


def lists_of(reading: Reading, key: int, given: Chances | None = None) -> x.Lists:
    """Return the lists that would be made of a run in the shipped world.

    The key names the observation, as for :func:`calibration.cases.observation_model.documented`;
    the chances are by default drawn by it.
    """
    chosen = drawn_chances(key, LIST_CHANCES, LIST_CHANCES_OF) if given is None else given
    found = x.empty_lists()
    records = _records(reading, key, chosen)
    for kind, is_one in enumerate(_kinds(records.deal)):
        mine = _cut(records, is_one, x.observed_lists().found[kind])
        found.found[kind] = is_one.sum()
        years = mine.deal["dealt"] // MONTHS_A_YEAR
        np.add.at(found.by_year[kind], (mine.deal["country"], years), 1)
        np.add.at(found.by_place[kind], _places(reading, key, chosen, kind, mine), 1)
        if kind == x.LARGE:
            group = x.sectors().group[mine.deal["sector"]]
            np.add.at(found.by_sector, (mine.deal["country"], group), 1)
            found.lags[:] = _lags(mine, key, reading.end)
    twinnings = _listed_twinnings(reading, key, chosen)
    np.add.at(found.twinnings_by_country, twinnings["country"], 1)
    np.add.at(found.twinnings_by_province, reading.w.actor["row"][twinnings["actor"]], 1)
    return found


class _Records(NamedTuple):
    """Hold records: the deal of each, an identity, and the luck that decides if a list is cut."""

    deal: Array
    identity: Array
    luck: Array

    def chosen(self, which: Array) -> _Records:
        return _Records(*(part[which] for part in self))


def _records(reading: Reading, key: int, chosen: Chances) -> _Records:
    """Return what is on record of a run's deals: loans, some of what owners finance, in parts."""
    deals = reading.deals[reading.deals["dealt"] <= x.LAST_RECORD]
    deals = deals[deals["stage"] != k.CANCELLED]
    chance = chosen["listed"] * np.where(deals["needs_loan"] == 1, 1.0, chosen["owned"])
    deals = deals[uniforms(key, LISTED, deals["key"]) < chance]
    # The number of further parts is geometric.
    luck = np.log(uniforms(key, PARTS, deals["key"]))
    parts = 1 + (luck / np.log(max(chosen["parts"], 1e-9))).astype(np.int64)
    nth = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    deal = np.repeat(deals, parts)
    identity = deal["key"] ^ (nth << 40)
    return _Records(deal, identity, uniforms(key, CUT, identity))


def _kinds(deals: Array) -> tuple[Array, Array, Array]:
    """Tell in which of the lists of finance each deal is."""
    size = np.where(deals["needs_loan"] == 1, deals["loan"], deals["value"])
    works = x.sectors().works[deals["sector"]]
    return np.ones(len(deals), dtype=bool), works, size >= x.LARGE_FROM


def _cut(records: _Records, which: Array, size: int) -> _Records:
    """Return those records, or as many of them as the real list has."""
    rows = np.flatnonzero(which)
    return records.chosen(rows[np.argsort(records.luck[rows], kind="stable")[:size]])


def _sample(records: _Records, luck: Array, size: int) -> _Records:
    return records.chosen(np.argsort(luck, kind="stable")[:size])


def _places(reading: Reading, key: int, chosen: Chances, kind: int, listed: _Records) -> Array:
    """Return the unit of each record confined to one, as many as in the real list in proportion."""
    real = x.observed_lists()
    share = real.by_place[kind].sum() / real.found[kind]
    luck = uniforms(key, CONFINED, listed.identity)
    confined = _sample(listed, luck, round(share * len(luck)))
    confined = confined.chosen(reading.is_local(confined.deal))
    astray = uniforms(key, ASTRAY, confined.identity) < chosen["astray"]
    capital = _capitals(reading)[confined.deal["country"]]
    return np.where(astray, capital, confined.deal["place"])


def _capitals(reading: Reading) -> Array:
    """Return the locality of each country's capital (C,)."""
    places = reading.w.place[: reading.localities]
    found = np.zeros(reading.countries, dtype=np.int64)
    seats = np.flatnonzero(places["capital"] == 1)
    found[places["country"][seats]] = seats
    return found


def _lags(large: _Records, key: int, end: int) -> Array:
    """Return the percentiles of the years that large records took (2, 5).

    Where none was completed, all are the years from the list's end to the run's.
    """
    done = large.chosen((large.deal["stage"] == k.OPERATING) & (large.deal["started"] >= 0))
    luck = uniforms(key, DATED, done.identity)
    found = np.full((len(x.LAGS), len(x.PERCENTILES)), (end - x.LAST_RECORD) / MONTHS_A_YEAR)
    if len(luck):
        for row, since in enumerate(("dealt", "started")):
            dated = _sample(done, luck, x.dated_records()[row]).deal
            years = (dated["ended"] - dated[since]) / MONTHS_A_YEAR
            found[row] = np.percentile(years, x.PERCENTILES)
    return found


def _listed_twinnings(reading: Reading, key: int, chosen: Chances) -> Array:
    """Return the twinnings in the list: drawn one after another, the large likelier."""
    events = reading.events(k.TWINNING)
    signed = events[events["month"] <= x.LAST_TWINNING]
    actor, place = reading.w.actor[signed["actor"]], signed["place"]
    weight = 10.0 ** (chosen["big_place"] * reading.economy[place])
    weight *= np.maximum(actor["scale"], 1e-3) ** chosen["big_province"]
    # The smallest of exponential arrivals at these rates are such a sample.
    arrival = -np.log(uniforms(key, TIED, signed["id"])) / weight
    real = int(x.observed_lists().twinnings_by_country.sum())
    size = min(real, round(chosen["twinned"] * len(signed)))
    return np.asarray(signed[np.argsort(arrival, kind="stable")[:size]])
