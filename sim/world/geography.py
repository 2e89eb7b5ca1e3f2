"""Compare localities with their country's totals and with their outlines on the map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from math import cos, hypot, radians

import numpy as np
from numpy.typing import NDArray

from sim.core.table_reader import UserTable

TOTALS = {"population": 0.01, "gdp_usd_m": 0.01}
"""How far the units of a country may be from its total, as a share of it."""

REACH = 0.3
"""Degrees by which a locality may lie beside its outline, which is simplified."""

Corner = tuple[float, float]


def read_rings(text: str) -> list[NDArray[np.float64]]:
    """Return the rings of an outline as its table gives them, arrays (n, 2) of degrees.

    ValueError if half a corner is missing.
    """
    return [np.array(ring.split(), dtype=np.float64).reshape(-1, 2) for ring in text.split(";")]


def check_geography(sheets: Mapping[str, UserTable]) -> None:
    """Add to the faults of localities and outlines what does not fit countries or the map.

    Where ``outlines`` has no row for a locality, its place is not compared.
    """
    localities = sheets["localities"]
    for column, tolerance in TOTALS.items():
        _check_total(localities, sheets["countries"], column, tolerance)
    _check_capitals(localities)
    outlines = dict(_outlines(sheets["outlines"]))
    for row, code, latitude, longitude in localities.rows("code", "latitude", "longitude"):
        rings = outlines.get(code)
        if rings and (away := distance((longitude, latitude), rings)) > REACH:
            localities.fault(
                f"{latitude:g}, {longitude:g} is {away:.1f} degrees outside the outline of {code}",
                row=row,
                field="latitude, longitude",
                allowed=f"a point inside its outline in outlines.csv, or {REACH:g} degrees from it",
            )


def _check_total(
    localities: UserTable, countries: UserTable, column: str, tolerance: float
) -> None:
    rows: dict[str, list[tuple[int, float]]] = {}
    for row, iso3, value in localities.rows("iso3", column):
        rows.setdefault(iso3, []).append((row, value))
    for _, iso3, total in countries.rows("iso3", column):
        units = rows.get(iso3, [])
        known = sum(value for _, value in units)
        # A wrong cell leaves out its unit: then the sum says nothing.
        whole = len(units) == localities.cells["iso3"].count(iso3) > 0
        if whole and abs(known - total) > tolerance * total:
            localities.fault(
                f"the units of {iso3} sum to {known:,.0f}, {known / total:.2f} times the country",
                row=max(units, key=lambda unit: unit[1])[0],
                field=column,
                allowed=f"units that add up to the {total:,.0f} of countries.csv within "
                f"{tolerance:.0%}; the line is the largest unit's",
            )


def _check_capitals(localities: UserTable) -> None:
    first: dict[str, int] = {}
    for row, iso3, capital in localities.rows("iso3", "capital"):
        if capital and first.setdefault(iso3, row) != row:
            localities.fault(
                f"the capital of {iso3} is already on {localities.place(first[iso3])}",
                row=row,
                field="capital",
                allowed="1 in at most one locality of a country",
            )


def _outlines(sheet: UserTable) -> Iterator[tuple[str, list[list[Corner]]]]:
    """Yield the rings of each locality; what is no ring is a fault."""
    for row, code, text in sheet.rows("code", "outline"):
        # A corner of which half is missing leaves no rings at all.
        with suppress(ValueError):
            rings = read_rings(text)
            if all(len(ring) >= 3 for ring in rings):
                yield code, [[(x, y) for x, y in ring.tolist()] for ring in rings]
                continue
        sheet.fault(
            "a ring has no three corners or half a corner",
            row=row,
            field="outline",
            allowed="longitude and latitude of each corner, three corners or more a ring",
        )


def distance(point: Corner, rings: list[list[Corner]]) -> float:
    """Return how far a point lies outside all rings, in degrees of latitude; 0 inside one."""
    sides = [list(pairwise([*ring, ring[0]])) for ring in rings]
    if sum(_crossed(point, *side) for ring in sides for side in ring) % 2:
        return 0.0
    return min(_away(point, *side) for ring in sides for side in ring)


def _crossed(point: Corner, a: Corner, b: Corner) -> bool:
    """Tell whether the ray from a point to the east crosses a side."""
    (x, y), (ax, ay), (bx, by) = point, a, b
    return (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay)


def _away(point: Corner, a: Corner, b: Corner) -> float:
    """Return the distance of a point from a side."""
    shrink = cos(radians(point[1]))
    px, py = (point[0] - a[0]) * shrink, point[1] - a[1]
    dx, dy = (b[0] - a[0]) * shrink, b[1] - a[1]
    along = (px * dx + py * dy) / (dx * dx + dy * dy) if dx or dy else 0.0
    along = min(max(along, 0.0), 1.0)
    return hypot(px - along * dx, py - along * dy)
