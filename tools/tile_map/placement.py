"""Where countries belong on a tile map, before there are tiles.

On a tile map every first-level unit has the same area, so a country's area is its number of
units. Two steps give each country its form and its place in the plane, in units of one tile:

1. :func:`national_clouds` spreads a country's units evenly while it keeps the direction and the
   stretch of the real cloud of points.
2. :func:`country_centres` moves these clouds as rigid bodies: countries with a common border are
   pulled until they touch, all others pushed until they are apart, each along its geographic
   direction. Both steps solve sparse spring systems, as proximity stress models for the removal
   of overlaps do (Gansner and Hu 2010, Efficient, proximity-preserving node overlap removal).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.errors import InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Degrees of longitude per degree of latitude. Below 1: a world that is wider than high (islands
# far out at sea) comes out nearly square.
LONGITUDE_SCALE = 0.75
# Longest side of a country over its shortest, at most.
LARGEST_STRETCH = 6.0
# Distance between the outermost units of two countries, in tiles.
TOUCHING = 1.0
STRAIT = 1.7
APART = 1.5
# Countries whose nearest units are further apart than this, in degrees, don't hold each other.
REACH = 7.0
# Positions are rounded to this many parts of a tile, so that the last digits of a machine's
# linear algebra don't matter.
ROUNDING = 64.0


@dataclass(frozen=True)
class PlacementProblem:
    """Hold what the placement needs to know of a world.

    Parameters
    ----------
    names
        Countries in alphabetical order, length K.
    member
        Country of each locality, shape (n,), indices into ``names``.
    points
        Map position of each locality in degrees, x to the east and y to the south, shape (n, 2).
    borders
        Whether two countries share a land border, shape (K, K), False on the diagonal.
    landmass
        Number of the landmass (countries joined by borders) of each country, shape (K,).
    """

    names: tuple[str, ...]
    member: Ints
    points: Floats
    borders: Flags
    landmass: Ints

    @property
    def sizes(self) -> Ints:
        """Number of localities of each country, shape (K,)."""
        return np.bincount(self.member, minlength=len(self.names)).astype(np.int64)


def plan(localities: pd.DataFrame, borders: pd.DataFrame) -> PlacementProblem:
    """Gather countries, positions and borders.

    Parameters
    ----------
    localities
        Columns iso3, latitude, longitude.
    borders
        Columns iso3_a, iso3_b.

    Raises
    ------
    InputError
        If there is no locality, or a border names a country that has none.
    """
    from scipy.sparse.csgraph import connected_components

    if localities.empty:
        raise InputError("there is no locality to place", allowed="at least one locality")
    names, member = np.unique(localities["iso3"].to_numpy(dtype=str), return_inverse=True)
    index = {str(name): k for k, name in enumerate(names)}
    touching = np.zeros((len(names), len(names)), dtype=np.bool_)
    for a, b in zip(borders["iso3_a"], borders["iso3_b"], strict=True):
        for name in (a, b):
            if name not in index:
                raise InputError(
                    f"{name!r} has no locality", field="borders", allowed=", ".join(index)
                )
        touching[index[a], index[b]] = touching[index[b], index[a]] = True
    np.fill_diagonal(touching, False)
    points = np.column_stack(
        [
            localities["longitude"].to_numpy(np.float64) * LONGITUDE_SCALE,
            -localities["latitude"].to_numpy(np.float64),
        ]
    )
    return PlacementProblem(
        tuple(str(name) for name in names),
        member.astype(np.int64),
        points + 0.01 * _spiral(len(points)),
        touching,
        connected_components(touching, directed=False)[1].astype(np.int64),
    )


def _spiral(count: int) -> Floats:
    """Return ``count`` different small steps; they part points that coincide."""
    turn = np.arange(count) * 2.4
    return np.column_stack([np.cos(turn), np.sin(turn)])


def _settle(pairs: Ints, wanted: Floats, weight: Floats, start: Floats) -> Floats:
    """Return positions whose differences come closest to the wanted ones.

    Parameters
    ----------
    pairs
        First and second body of each spring, shape (m, 2).
    wanted
        Wanted position of the second relative to the first, shape (m, 2).
    weight
        Stiffness, shape (m,).
    start
        Positions that a very weak spring keeps, shape (n, 2).
    """
    count = len(start)
    i, j = pairs.T
    system = 1e-4 * np.eye(count)
    np.add.at(system, (i, i), weight)
    np.add.at(system, (j, j), weight)
    np.add.at(system, (i, j), -weight)
    np.add.at(system, (j, i), -weight)
    pull = 1e-4 * start
    np.add.at(pull, j, weight[:, None] * wanted)
    np.add.at(pull, i, -weight[:, None] * wanted)
    return np.asarray(np.linalg.solve(system, pull), dtype=np.float64)


def national_clouds(world: PlacementProblem) -> Floats:
    """Spread each country's localities about its own centre, one tile each, shape (n, 2)."""
    clouds = np.zeros_like(world.points)
    for country in range(len(world.names)):
        mine = world.member == country
        clouds[mine] = _cloud(world.points[mine])
    return np.round(clouds * ROUNDING) / ROUNDING


def _cloud(points: Floats) -> Floats:
    count = len(points)
    if count == 1:
        return np.zeros((1, 2))
    centred = points - points.mean(axis=0)
    variance, axes = np.linalg.eigh(np.cov(centred.T))
    along = centred @ axes
    stretch = min(float(np.sqrt(variance[1] / max(variance[0], 1e-12))), LARGEST_STRETCH, count)
    side = np.sqrt(count / stretch)
    # A full rectangle of sides a and b has the standard deviations a and b over the root of 12.
    spread = np.array([side, side * stretch]) / np.sqrt(12.0)
    rank = np.argsort(np.argsort(along, axis=0, kind="stable"), axis=0, kind="stable")
    even = ((rank + 0.5) / count - 0.5) * np.sqrt(12.0)
    real = np.clip(along / np.maximum(along.std(axis=0), 1e-9), -2.2, 2.2)
    return np.asarray(_parted((0.5 * even + 0.5 * real) * spread) @ axes.T, dtype=np.float64)


def _parted(cloud: Floats, rounds: int = 40) -> Floats:
    """Push the points of a cloud apart until they are about one tile from each other."""
    first, second = np.triu_indices(len(cloud), 1)
    pairs = np.column_stack([first, second])
    form = cloud[second] - cloud[first]
    hold = np.full(len(pairs), 0.5 / len(cloud))
    for _ in range(rounds):
        step = cloud[second] - cloud[first]
        length = np.hypot(step[:, 0], step[:, 1]) + 1e-9
        push = np.where(length < 1.0, 1.0, 0.0)
        moved = _settle(
            np.vstack([pairs, pairs]),
            np.vstack([form, step / length[:, None]]),
            np.concatenate([hold, push]),
            cloud,
        )
        cloud = 0.5 * (cloud + moved)
        cloud = cloud - cloud.mean(axis=0)
    return cloud


def _clearance(first: Floats, second: Floats, direction: Floats, gap: float) -> float:
    """Return how far ``second`` must go along a unit vector to be ``gap`` from ``first``."""
    offset = (second[None] - first[:, None]).reshape(-1, 2)
    ahead = offset @ direction
    aside = (offset**2).sum(axis=1) - ahead**2
    near = aside < gap**2
    if not near.any():
        return 0.0
    return max(0.0, float((np.sqrt(gap**2 - aside[near]) - ahead[near]).max()))


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / (np.hypot(vector[0], vector[1]) + 1e-9), dtype=np.float64)


def _gap(world: PlacementProblem, a: int, b: int) -> float:
    if world.borders[a, b]:
        return TOUCHING
    return APART if world.landmass[a] == world.landmass[b] else STRAIT


def sea_neighbours(world: PlacementProblem) -> list[tuple[int, int]]:
    """Return the pairs of countries that face each other across a sea."""
    from scipy.spatial import Delaunay

    if len(world.points) < 4:
        return []
    corners = Delaunay(world.points).simplices
    lines = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    step = world.points[lines[:, 0]] - world.points[lines[:, 1]]
    ends = np.sort(world.member[lines[np.hypot(step[:, 0], step[:, 1]) <= REACH]], axis=1)
    found = {(int(a), int(b)) for a, b in ends}
    return sorted((a, b) for a, b in found if world.landmass[a] != world.landmass[b])


def geographic_centres(world: PlacementProblem) -> Floats:
    """Return the mean position of each country's localities, shape (K, 2)."""
    count = range(len(world.names))
    return np.array([world.points[world.member == k].mean(axis=0) for k in count])


def country_centres(world: PlacementProblem, clouds: Floats, rounds: int = 80) -> Floats:
    """Place the clouds so that neighbours touch and others are apart, shape (K, 2)."""
    real = geographic_centres(world)
    form = [clouds[world.member == k] for k in range(len(world.names))]
    land = [(int(a), int(b)) for a, b in np.argwhere(np.triu(world.borders))]
    ties = land + sea_neighbours(world)
    if not ties:
        return real
    wanted = []
    for a, b in ties:
        direction = _unit(real[b] - real[a])
        wanted.append(direction * _clearance(form[a], form[b], direction, _gap(world, a, b)))
    pairs, aims = np.array(ties), np.array(wanted)
    weight = np.array([1.0] * len(land) + [0.5] * (len(ties) - len(land)))
    centres = _settle(pairs, aims, weight, real * 0.4)
    for _ in range(rounds):
        more, where, stiffness = _contacts(world, form, real, centres)
        if not len(more):
            break
        moved = _settle(
            np.vstack([pairs, more]),
            np.vstack([aims, where]),
            np.concatenate([0.5 * weight, stiffness]),
            centres,
        )
        centres = 0.5 * (centres + moved)
    return np.round(centres * ROUNDING) / ROUNDING


def _contacts(
    world: PlacementProblem, form: list[Floats], real: Floats, centres: Floats
) -> tuple[Ints, Floats, Floats]:
    """Return springs that bring neighbours into contact and part what overlaps."""
    pairs, wanted, stiffness = [], [], []
    for a in range(len(form)):
        for b in range(a + 1, len(form)):
            step, gap = centres[b] - centres[a], _gap(world, a, b)
            apart = ((form[b][None] + step - form[a][:, None]) ** 2).sum(axis=-1)
            overlap = bool((apart < (gap - 0.05) ** 2).any())
            if not overlap and not world.borders[a, b]:
                continue
            # Half towards the geographic direction: contacts turn into place.
            direction = _unit(0.4 * _unit(real[b] - real[a]) + 0.6 * _unit(step))
            pairs.append((a, b))
            wanted.append(direction * _clearance(form[a], form[b], direction, gap))
            stiffness.append(3.0)
    return (
        np.array(pairs, dtype=np.int64).reshape(-1, 2),
        np.array(wanted, dtype=np.float64).reshape(-1, 2),
        np.array(stiffness, dtype=np.float64),
    )
