"""Outlines of the localities, simplified: ``python -m tools.places.outlines UNITS.geojson``.

The polygons are keyed by the property ``code``; several features of one locality, or of one that a
former code in ``locality_names.csv`` stands for, are put together.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.core.errors import InputError
from sim.core.files import write_csv
from sim.world import SHIPPED

Ring = NDArray[np.float64]
TOLERANCE = 0.25
"""Degrees by which a simplified outline may stray, less for localities of less than two across."""

SOURCE = "Natural Earth"


def read_rings(path: Path, former: Mapping[str, str]) -> dict[str, list[Ring]]:
    """Return the outer rings of each locality, arrays of longitude and latitude."""
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
        outer = [np.array(polygon[0], dtype=float)[:, :2] for polygon in polygons]
        rings.setdefault(former.get(code, code), []).extend(outer)
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


def _cornered(ring: Ring, tolerance: float) -> Ring:
    """Return a ring simplified as far as three corners stay."""
    few = simplified(ring, tolerance)
    return few if len(few) > 3 or tolerance < 1e-6 else _cornered(ring, tolerance / 2.0)


def outlines(rings: Mapping[str, list[Ring]]) -> pd.DataFrame:
    """Return the table ``outlines``: the widest ring of each locality, and others of 15 % of it."""
    rows = []
    for code in sorted(rings):
        widths = [float(np.hypot(*np.ptp(ring, axis=0))) for ring in rings[code]]
        wide = [r for r, w in zip(rings[code], widths, strict=True) if w >= 0.15 * max(widths)]
        tolerance = min(TOLERANCE, 0.1 * max(widths))
        corners = [_cornered(ring, tolerance)[:-1] for ring in wide]
        texts = [" ".join(f"{x:.2f} {y:.2f}" for x, y in ring) for ring in corners]
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
    given = parser.parse_args()
    localities = pd.read_csv(given.folder / "localities.csv", dtype=str)
    table = outlines(read_rings(given.polygons, former_codes(given.folder)))
    write_csv(given.folder / "outlines.csv", table[table["code"].isin(localities["code"])])


if __name__ == "__main__":
    main()
