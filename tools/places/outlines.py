"""Outlines of the localities, simplified: ``python -m tools.places.outlines UNITS.geojson``.

The polygons are keyed by the property ``code``; several features of one locality, or of one that a
former code in ``locality_names.csv`` stands for, are put together. Neighbours keep the border they
share. The provinces of the page's map are made with ``--known provinces.csv --table FILE``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.errors import InputError
from sim.core.files import write_csv
from sim.world import SHIPPED

Ring = NDArray[np.float64]
Corner = tuple[float, float]
TOLERANCE = 0.12
"""Degrees by which a simplified outline may stray."""
SMALL = 0.06
"""The same as a share of the length of a border or an island, for those that are short."""
FINE = 2.0
"""Degrees across up to which the outlines of a country are given to a thousandth of a degree."""
LEAST = 0.18
"""Width that further islands are drawn from, as a share of the widest of the locality."""

SOURCE = "Natural Earth"


def read_rings(path: Path, former: Mapping[str, str]) -> dict[str, list[Ring]]:
    """Return the rings of each locality, longitude and latitude; holes run the other way round."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError) as error:
        raise InputError("cannot be read as GeoJSON", file=path) from error
    rings: dict[str, list[Ring]] = {}
    for feature in features:
        code = feature["properties"]["code"]
        shape = feature["geometry"]
        polygons = (
            shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        )
        parts = [np.array(ring, dtype=float)[:, :2] for polygon in polygons for ring in polygon]
        rings.setdefault(former.get(code, code), []).extend(parts)
    return rings


def area(ring: Ring) -> float:
    """Return the area of a ring in square degrees of latitude, shrunk as longitudes are there."""
    x, y = ring.T
    twice = x[:-1] @ y[1:] - x[1:] @ y[:-1]
    return float(abs(twice) / 2.0 * np.cos(np.radians(y.mean())))


def simplified(ring: Ring, tolerance: float) -> Ring:
    """Return a ring of fewer corners that strays nowhere further (Douglas and Peucker 1973)."""
    far = int(np.argmax(np.hypot(*(ring - ring[0]).T)))
    return np.concatenate([_line(ring[: far + 1], tolerance)[:-1], _line(ring[far:], tolerance)])


def _line(line: Ring, tolerance: float) -> Ring:
    if len(line) < 3:
        return line
    along = line[-1] - line[0]
    length = np.hypot(*along)
    away = line - line[0]
    if length:
        distance = np.abs(away[:, 0] * along[1] - away[:, 1] * along[0]) / length
    else:
        distance = np.hypot(*away.T)
    far = int(distance.argmax())
    if distance[far] <= tolerance:
        return line[[0, -1]]
    return np.concatenate([_line(line[: far + 1], tolerance)[:-1], _line(line[far:], tolerance)])


def _limit(line: Ring, tolerance: float) -> float:
    return min(tolerance, SMALL * float(np.hypot(*np.ptp(line, axis=0))))


def _cornered(ring: Ring, owners: Mapping[Corner, set[str]], tolerance: float) -> Ring:
    """Return a ring simplified as far as three corners stay, border by border."""
    own = [owners[x, y] for x, y in ring[:-1].tolist()]
    joints = [i for i, mine in enumerate(own) if mine - own[i - 1] or mine - own[i + 1 - len(own)]]
    if joints:
        line = np.concatenate([ring[joints[0] : -1], ring[: joints[0] + 1]])
        ends = [joint - joints[0] for joint in joints] + [len(line) - 1]
        pieces = [line[i : j + 1] for i, j in pairwise(ends)]
        few = np.concatenate([*(_border(p, tolerance)[:-1] for p in pieces), line[-1:]])
    else:
        few = simplified(ring, _limit(ring, tolerance))
    return few if len(few) > 3 or tolerance < 1e-6 else _cornered(ring, owners, tolerance / 2.0)


def _border(line: Ring, tolerance: float) -> Ring:
    """Return the same corners from whichever side a border is looked at."""
    limit = _limit(line, tolerance)
    if (line[0] == line[-1]).all():
        return simplified(line, limit)
    turned = line[0].tolist() > line[-1].tolist()
    few = _line(line[::-1] if turned else line, limit)
    return few[::-1] if turned else few


def outlines(rings: Mapping[str, list[Ring]], tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Return the table ``outlines``: of each locality its widest ring first, then other wide ones.

    ``tolerance`` is in degrees.
    """
    rows, owners, countries = [], dict[Corner, set[str]](), dict[str, list[Ring]]()
    for code, parts in rings.items():
        countries.setdefault(code.partition("-")[0], []).extend(parts)
        for x, y in np.concatenate(parts).tolist():
            owners.setdefault((x, y), set()).add(code)
    across = {
        name: np.ptp(np.concatenate(parts), axis=0).max() for name, parts in countries.items()
    }
    for code in sorted(rings):
        widths = {id(ring): float(np.hypot(*np.ptp(ring, axis=0))) for ring in rings[code]}
        parts = sorted(rings[code], key=lambda ring: -widths[id(ring)])
        wide = [ring for ring in parts if widths[id(ring)] >= LEAST * widths[id(parts[0])]]
        corners = [_cornered(ring, owners, tolerance)[:-1] for ring in wide]
        digits = 3 if across[code.partition("-")[0]] < FINE else 2
        texts = [" ".join(f"{x:.{digits}f} {y:.{digits}f}" for x, y in ring) for ring in corners]
        rows.append({"code": code, "outline": "; ".join(texts), "source": SOURCE})
    return pd.DataFrame(rows)


def former_codes(folder: Path) -> dict[str, str]:
    """Return which locality each further name stands for."""
    names = pd.read_csv(folder / "locality_names.csv", dtype=str, keep_default_na=False)
    return dict(zip(names["name"], names["locality"], strict=True))


def main() -> None:
    """Write the outlines of a world's localities."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":", 1)[0])
    parser.add_argument("polygons", type=Path, help="GeoJSON file of the units")
    parser.add_argument("folder", type=Path, nargs="?", default=SHIPPED, help="folder of tables")
    parser.add_argument("--known", default="localities.csv", help="table of the codes wanted")
    parser.add_argument("--table", type=Path, help="table to write; outlines.csv by default")
    parser.add_argument("--tolerance", type=float, default=TOLERANCE, help="in degrees")
    given = parser.parse_args()
    known = pd.read_csv(given.folder / given.known, dtype=str)["code"]
    table = outlines(read_rings(given.polygons, former_codes(given.folder)), given.tolerance)
    path = given.table or given.folder / "outlines.csv"
    write_csv(path, table[table["code"].isin(known)])


if __name__ == "__main__":
    main()
