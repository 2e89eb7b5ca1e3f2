"""Clocks of local offices: what calendars tell of a head's time in office and alignment.

They hold for the record and for a run alike, since a run follows the same calendars: documented
heads where the evidence names one, else terms as dated or by the country's rule, else, for
appointed heads, the national executive's. Whether a head was re-elected is not known, so a term
counts as a head's time in office.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from calibration.cases.observed_events import LAST_MONTH
from calibration.external.lists import positions
from sim.core.state import Array
from sim.world import NO_MONTH, load_world

UNKNOWN = -1
_MONTHS = np.arange(LAST_MONTH + 1)
_EARLIEST, _LATEST = -240, LAST_MONTH + 120


class Clocks(NamedTuple):
    """Hold months since and until a change and alignment, by month and office (T, L + C).

    Offices are those of localities and, after these, of any city's mayor by country. All are -1
    where they are not known; alignment is 1 with the executive's bloc and 0 with another.
    """

    since: Array
    until: Array
    aligned: Array

    def of(self, field: Array, rows: Array) -> Array:
        """Return one of the fields for rows of a record (N,); -1 if a row has no month or place.

        The middle of the year stands for a month that is not known.
        """
        middle = np.where(rows["exact"], 0, 6)
        office = np.where(rows["mayor"], len(positions().locality) + rows["country"], rows["place"])
        found = field[np.clip(rows["month"] + middle, 0, LAST_MONTH), office]
        return np.where((rows["place"] < 0) | (rows["month"] < 0), UNKNOWN, found)


@cache
def clocks() -> Clocks:
    """Return the clocks of all offices of the shipped world."""
    world, number = load_world(), positions()
    table = world.countries.set_index("iso3")
    heads = world.executives.sort_values("start")
    executives, named = (
        dict(tuple(heads.groupby("iso3"))),
        dict(tuple(world.governors.groupby("locality"))),
    )
    owner = world.terms["locality"].where(world.terms["locality"] != "", world.terms["iso3"])
    terms = dict(tuple(world.terms.groupby(owner)))
    shape = (len(_MONTHS), len(number.locality) + len(number.country))
    found = Clocks(*(np.full(shape, UNKNOWN, dtype=np.int16) for _ in Clocks._fields))
    for code, office in number.locality.items():
        iso3 = number.localities["iso3"].iloc[office]
        dated = terms.get(code, terms.get(iso3))
        starts = _starts(table.loc[iso3], "governor", executives.get(iso3), dated)
        _align(found.aligned[:, office], table.loc[iso3], dated, executives.get(iso3))
        if code in named:
            starts = _with_named(starts, named[code], found.aligned[:, office])
        _count(found, office, starts)
    for iso3, country in number.country.items():
        starts = _starts(table.loc[iso3], "mayor", executives.get(iso3), None)
        _count(found, len(number.locality) + country, starts)
    return found


def _starts(rules: Any, office: str, executives: Any, dated: Any) -> Array:
    """Return the months in which the heads of an office change by rule, before and after 2020."""
    selection = rules[f"{office}_selection"]
    changes = np.array([] if executives is None else executives["start"], dtype=np.int64)
    if selection == "none":
        return changes[:0]
    if selection == "appointed":
        return changes
    first, term = int(rules[f"{office}_anchor"]), int(rules[f"{office}_term_months"])
    known = np.array([first] if dated is None else sorted(dated["start"]), dtype=np.int64)
    regular = np.concatenate([
        np.arange(known[0], _EARLIEST, -term)[1:], known, np.arange(known[-1], _LATEST, term)
    ])  # fmt: skip
    since = int(rules["elected_since"]) if office == "governor" else _EARLIEST
    if since == NO_MONTH:
        return changes
    elected = [*regular[regular > since], since]
    return np.unique([*changes[changes < since], *elected])


def _with_named(starts: Array, heads: Any, aligned: Array) -> Array:
    """Return the changes of an office with those of the heads named there, and note alignment."""
    for _, rows in heads.groupby("name"):
        end = rows["end"].max()
        first, end = int(rows["start"].min()), _LATEST if NO_MONTH in set(rows["end"]) else int(end)
        starts = np.unique([*starts[(starts <= first) | (starts >= end)], first, end])
    for row in heads.itertuples():
        end = _LATEST if row.end == NO_MONTH else row.end
        known = UNKNOWN if np.isnan(row.aligned) else int(row.aligned)
        aligned[(row.start <= _MONTHS) & (end > _MONTHS)] = known
    return starts


def _align(aligned: Array, rules: Any, dated: Any, executives: Any) -> None:
    """Note where the head of an office is known to be of the executive's bloc, or of another."""
    if rules["governor_selection"] == "none" or executives is None:
        return
    at = np.searchsorted(executives["start"].to_numpy(), _MONTHS, side="right") - 1
    ruling = executives["bloc"].to_numpy()[np.maximum(at, 0)]
    since = rules["elected_since"]
    appointed = (rules["governor_selection"] == "appointed") | (since > _MONTHS)
    aligned[appointed & (at >= 0)] = 1
    if dated is None:
        return
    rows = dated.sort_values("start")
    term = np.searchsorted(rows["start"].to_numpy(), _MONTHS, side="right") - 1
    bloc = rows["bloc"].fillna("").to_numpy()[np.maximum(term, 0)]
    over = _MONTHS - rows["start"].to_numpy()[np.maximum(term, 0)] >= rules["governor_term_months"]
    known = (term >= 0) & (at >= 0) & (bloc != "") & ~((term == len(rows) - 1) & over) & ~appointed
    aligned[known] = (bloc == ruling)[known]


def _count(found: Clocks, office: int, starts: Array) -> None:
    """Count the months since and until the changes of an office."""
    at = np.searchsorted(starts, _MONTHS, side="right")
    begun, ends = at > 0, at < len(starts)
    found.since[begun, office] = _MONTHS[begun] - starts[at[begun] - 1]
    found.until[ends, office] = starts[at[ends]] - _MONTHS[ends]
