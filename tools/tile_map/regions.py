"""Grow countries as regions of tiles: a cellular Potts model with whole-number energies.

Every tile belongs to a country or to the sea. A step proposes that a tile goes over to a
neighbouring tile's side; it is accepted as in simulated annealing (Kirkpatrick, Gelatt and Vecchi
1983; the energy of areas and edges is that of Graner and Glazier 1992). No step may tear a country
apart. Energies, fields and thresholds are whole numbers, so the outcome does not hang on how a
machine rounds. Compiled functions here call only each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
_Function = TypeVar("_Function", bound=Callable[..., Any])

SEA = -1
# How two different countries stand to each other.
BORDER, SAME_LAND, OVERSEAS = 1, 2, 3
# Positions in the array of prices.
AREA, COAST, FRONTIER, STRANGER, STRAIT = 0, 1, 2, 3, 4


def compiled(function: _Function) -> _Function:
    """Compile a function; unlike the model's rules these are too slow as plain Python."""
    return cast(_Function, numba.njit(function))


@compiled
def beside(r: int, c: int, d: int) -> tuple[int, int]:
    """Return the tile to the south, north, east or west (d = 0, 1, 2, 3), or itself (4)."""
    return r + (d == 0) - (d == 1), c + (d == 2) - (d == 3)


@compiled
def holds_without(
    labels: Ints, r: int, c: int, size: int, stack: Ints, seen: Ints, mark: int
) -> bool:
    """Tell whether the country at (r, c) stays in one piece without that tile."""
    width = labels.shape[1]
    country = labels[r, c]
    top = 0
    seen[r * width + c] = mark
    count = 0
    for d in range(4):
        y, x = beside(r, c, d)
        if labels[y, x] == country:
            stack[0] = y * width + x
            seen[stack[0]] = mark
            top = 1
            count = 1
            break
    while top > 0:
        top -= 1
        at = stack[top]
        for d in range(4):
            y, x = beside(at // width, at % width, d)
            if labels[y, x] == country and seen[y * width + x] != mark:
                seen[y * width + x] = mark
                stack[top] = y * width + x
                top += 1
                count += 1
    return count == size - 1


@compiled
def pocket_cost(labels: Ints, r: int, c: int, price: Ints) -> int:
    """Price the sea tiles among a tile and its four neighbours by the land around each."""
    total = 0
    for d in range(5):
        y, x = beside(r, c, d)
        if labels[y, x] == SEA:
            land = 0
            for e in range(4):
                v, u = beside(y, x, e)
                land += labels[v, u] != SEA
            total += price[land]
    return total


@compiled
def pair_cost(side: int, labels: Ints, r: int, c: int, kind: Ints, prices: Ints) -> int:
    """Price the edges of a tile, were it on that side."""
    total = 0
    for y in range(r - 1, r + 2):
        for x in range(c - 1, c + 2):
            other = labels[y, x]
            if other == side or (y == r and x == c):
                continue
            edge = y == r or x == c
            if SEA in (side, other):
                if edge:
                    total += prices[COAST]
            elif kind[side, other] == OVERSEAS:
                total += prices[STRAIT]
            elif edge:
                total += prices[FRONTIER if kind[side, other] == BORDER else STRANGER]
    return total


@compiled
def side_change(
    labels: Ints, r: int, c: int, old: int, new: int, contacts: Ints, price: Ints, update: bool
) -> int:
    """Return the change in the price of short borders; on ``update`` book the contacts.

    ``contacts`` counts common edges of bordering countries and is -1 for all other pairs.
    """
    total = 0
    joint = 0
    for d in range(4):
        y, x = beside(r, c, d)
        other = labels[y, x]
        if other == SEA:
            continue
        edges = 1
        first = True
        for e in range(4):
            if e != d:
                v, u = beside(r, c, e)
                if labels[v, u] == other:
                    edges += 1
                    first = first and e > d
        if not first:
            continue
        if other in (old, new):
            joint += edges if other == old else -edges
            continue
        for s in range(2):
            side, sign = (old, -1) if s == 0 else (new, 1)
            if side != SEA and contacts[side, other] >= 0:
                now = contacts[side, other]
                total += price[now + sign * edges] - price[now]
                if update:
                    contacts[side, other] += sign * edges
                    contacts[other, side] = contacts[side, other]
    if SEA not in (old, new) and contacts[old, new] >= 0:
        now = contacts[old, new]
        total += price[now + joint] - price[now]
        if update:
            contacts[old, new] = now + joint
            contacts[new, old] = now + joint
    return total


@compiled
def own_change(
    old: int, new: int, r: int, c: int, area: Ints, size: Ints, field: Ints, price: int
) -> int:
    """Return the change in the price of wrong areas and of tiles far from where they belong."""
    total = 0
    if old != SEA:
        extra = area[old] - size[old]
        total += price * (1 - 2 * extra) - field[old, r, c]
    if new != SEA:
        extra = area[new] - size[new]
        total += price * (1 + 2 * extra) + field[new, r, c]
    return total


@compiled
def sweep(
    labels: Ints,
    area: Ints,
    size: Ints,
    contacts: Ints,
    field: Ints,
    kind: Ints,
    prices: Ints,
    border_price: Ints,
    pocket_price: Ints,
    tiles: Ints,
    directions: Ints,
    thresholds: Ints,
) -> None:
    """Propose one change per entry of ``tiles`` and keep those within their threshold.

    Parameters
    ----------
    labels
        Country of each tile or ``SEA``, shape (rows, columns); changed in place, as are
        ``area`` and ``contacts``.
    area, size
        Tiles that each country has and should have, shape (K,).
    contacts
        Common edges of bordering countries, else -1, shape (K, K).
    field
        Price of a tile for a country, shape (K, rows, columns).
    kind
        ``BORDER``, ``SAME_LAND`` or ``OVERSEAS`` for each pair, shape (K, K).
    prices
        Prices of a wrong area and of the four sorts of edges.
    border_price
        Price of a border by its number of edges.
    pocket_price
        Price of a sea tile by its number of land neighbours, shape (5,).
    tiles, directions, thresholds
        Proposals: flat index of the tile, side from which it takes its country (4: sea), and
        the largest increase in energy that is accepted; each of shape (m,).
    """
    width = labels.shape[1]
    stack = np.zeros(labels.size, dtype=np.int64)
    seen = np.full(labels.size, -1, dtype=np.int64)
    for t in range(len(tiles)):
        r, c = tiles[t] // width, tiles[t] % width
        y, x = beside(r, c, directions[t])
        old = labels[r, c]
        new = SEA if directions[t] == 4 else labels[y, x]
        if old == new or (old != SEA and area[old] == 1):
            continue
        change = own_change(old, new, r, c, area, size, field, prices[AREA])
        change += pair_cost(new, labels, r, c, kind, prices)
        change -= pair_cost(old, labels, r, c, kind, prices)
        change += side_change(labels, r, c, old, new, contacts, border_price, False)
        before = pocket_cost(labels, r, c, pocket_price)
        labels[r, c] = new
        change += pocket_cost(labels, r, c, pocket_price) - before
        labels[r, c] = old
        if change > thresholds[t]:
            continue
        if old != SEA and not holds_without(labels, r, c, area[old], stack, seen, t):
            continue
        side_change(labels, r, c, old, new, contacts, border_price, True)
        labels[r, c] = new
        if old != SEA:
            area[old] -= 1
        if new != SEA:
            area[new] += 1
