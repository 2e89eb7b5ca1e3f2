"""The map of a world as paths of SVG, in whole units of a fiftieth of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.app.tile_map import country_codes
from sim.app.watch.map_layout import layout_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.app.watch.map_layout import Floats
    from sim.world import World

UNIT = 50


def svg_path(lines: Iterable[Floats], *, closed: bool = True) -> str:
    """Return lines of corners (n, 2) as one path, each corner relative to the one before."""
    parts = []
    for line in lines:
        corners = np.rint(UNIT * line).astype(np.int64)
        steps = np.diff(corners, axis=0)
        steps = steps[steps.any(axis=1)]
        if not len(steps):
            # Smaller than a unit.
            continue
        way = " ".join(f"{x} {y}" for x, y in steps.tolist())
        parts.append(f"M{corners[0, 0]} {corners[0, 1]}l{way}" + ("z" if closed else ""))
    return "".join(parts)


def map_columns(world: World) -> dict[str, Any]:
    """Return what is drawn of localities and provinces, their centres, borders and codes."""
    layout = layout_of(world, "map")
    west, east, north, south = (round(UNIT * end) for end in layout.bounds)
    frame = layout.geometry.frame
    centres = np.concatenate([layout.places, layout.provinces, [layout.state]])
    return {
        "box": [west, north, east - west, south - north],
        "unit": UNIT,
        "places": [svg_path(rings) for rings in layout.geometry.shapes()],
        "provinces": [svg_path(rings) for rings in layout.province_shapes],
        "borders": svg_path(layout.geometry.outlines(), closed=False),
        "centres": np.rint(UNIT * centres).astype(int).tolist(),
        "frame": [round(UNIT * float(end)) for end in frame] if frame is not None else None,
        "codes": [
            [round(UNIT * x), round(UNIT * y), code] for x, y, code in country_codes(world, "map")
        ],
    }
