"""Measures of what is told of all places but the cases that the report studies.

A share of nothing is a half; the number told of, a measure of its own, shows where that is so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.cases.observed_events import JOURNEY, KINDS
from calibration.cases.targets.measure_registry import of_record, share_true
from calibration.external.lists import positions
from sim.core import enums as k
from sim.core.state import Array

_CONTACTS = ("visit_to_lac", "visit_to_china")
_RESULTS = ("twinning", "memorandum", "deal_local", "deal_central", "acquisition")


def _elsewhere(rows: Array, kinds: Sequence[str]) -> Array:
    # Looked up in a table: many times faster than np.isin for so few rows.
    is_one = np.zeros(len(KINDS), dtype=bool)
    is_one[[KINDS.index(name) for name in kinds]] = True
    return np.asarray(rows[is_one[rows["kind"]] & (rows["case"] < 0)])


@of_record(unit="events")
def observed_elsewhere(rows: Array, kinds: list[str]) -> float:
    """Count the events of certain kinds."""
    return float(len(_elsewhere(rows, kinds)))


@of_record(unit="localities")
def localities_told(rows: Array) -> float:
    """Count the localities with a contact."""
    places = _elsewhere(rows, _CONTACTS)["place"]
    return float(len(np.unique(places[places >= 0])))


@of_record(unit="share")
def share_in(rows: Array, kinds: list[str], countries: list[str]) -> float:
    """Return the share of certain countries in the events of certain kinds."""
    number = positions().country
    there = np.isin(_elsewhere(rows, kinds)["country"], [number[code] for code in countries])
    return share_true(there)


@of_record(unit="share")
def share_since(rows: Array, kinds: list[str], month: int) -> float:
    """Return the share of events from a month on, counted from January 2000, if dated."""
    months = _elsewhere(rows, kinds)["month"]
    return share_true(months[months >= 0] >= month)


@of_record(unit="share")
def share_of_channel(rows: Array, channel: str) -> float:
    """Return the share of a type of actor in visits by others than embassies."""
    channels = _elsewhere(rows, ["visit_to_lac"])["channel"]
    others = channels[(channels >= 0) & (channels != k.EMBASSY)]
    return share_true(others == k.ACTOR_TYPES.index(channel))


@of_record(unit="ways")
def ways_to_fail(rows: Array) -> float:
    """Count the different ways in which something failed."""
    return float(len(np.unique(_elsewhere(rows, ["failure"])["way"])))


@of_record(unit="share")
def journeys_with_result(rows: Array, months: int) -> float:
    """Return the share of journeys to China soon followed by something signed at the place.

    A twinning, memorandum or deal within so many months that is told, too.
    """
    trips = _elsewhere(rows, ["visit_to_china"])
    results = _elsewhere(rows, _RESULTS)
    delay = results["month"][None, :] - trips["month"][:, None]
    same = (results["place"][None, :] == trips["place"][:, None]) & (trips["place"][:, None] >= 0)
    return share_true((same & (delay >= 0) & (delay <= months)).any(axis=1))


@of_record(unit="share")
def share_of_trips_to_china(rows: Array) -> float:
    """Return the share of visits to China in all contacts."""
    return share_true(_elsewhere(rows, _CONTACTS)["kind"] == JOURNEY)
