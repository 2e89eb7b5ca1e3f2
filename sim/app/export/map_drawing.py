"""The map of a world as paths of SVG, in whole units of a fiftieth of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.app.tile_map import country_codes
from sim.app.watch.map_layout import TILE, layout_of
from sim.report.outline_map import dot
from sim.world.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.app.export.text_table import TextTable
    from sim.app.language import Translate
    from sim.app.watch.map_layout import Floats
    from sim.world import World

UNIT = 50
Word = tuple[float, float, str]
"""A word on a map: x, y and the text."""


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


def map_columns(world: World, kind: str, texts: TextTable) -> dict[str, Any]:
    """Return what is drawn of localities, provinces and firms, their centres, borders and words.

    Where a map has no room for firms, a firm is at the centre of its home province.
    """
    layout = layout_of(world, kind)
    west, east, north, south = (round(UNIT * end) for end in layout.bounds)
    frame = layout.geometry.frame
    firms = layout.firms
    if not len(firms):
        home = world.firms["home"].map(Positions(world).province).to_numpy(dtype=np.int64)
        firms = layout.provinces[home]
    centres = np.concatenate([layout.places, layout.provinces, firms, [layout.state]])
    spoken = [map_words(world, kind, language.text) for language in texts.languages.values()]
    words = [
        [round(UNIT * x), round(UNIT * y), texts.number(text, *(word for _x, _y, word in others))]
        for (x, y, text), *others in zip(*spoken, strict=True)
    ]
    shapes = [*layout.geometry.shapes(), *layout.province_shapes]
    dots = [[dot(centre, TILE / 2)] for centre in layout.firms]
    return {
        "box": [west, north, east - west, south - north],
        "unit": UNIT,
        "shapes": [svg_path(rings) for rings in (*shapes, *dots)],
        "borders": svg_path(layout.geometry.outlines(), closed=False),
        "centres": np.rint(UNIT * centres).astype(int).tolist(),
        "frame": [round(UNIT * float(end)) for end in frame] if frame is not None else None,
        "codes": [
            [round(UNIT * x), round(UNIT * y), code] for x, y, code in country_codes(world, kind)
        ],
        "words": words,
    }


def map_words(world: World, kind: str, _: Translate) -> list[Word]:
    """Return what stands on a map beside the countries' codes, and where."""
    layout, words = layout_of(world, kind), []
    x, y = layout.provinces.T.round(2)
    if kind == "map" and len(x):
        words.append((x.min() + 2.0, y[x.argmin()] - 4.5, _("China, drawn smaller")))
    if len(layout.firms):
        middle, top = layout.firms.mean(axis=0)[0], layout.firms.min(axis=0)[1]
        words.append((middle, top - 1.0, _("Firms, by home province")))
    for code, *at in zip(world.provinces["code"], x, y, strict=True):
        # The names of provinces too near to others are left out.
        if all(abs(at[0] - left) > 1.5 or abs(at[1] - down) > 1.2 for left, down, _word in words):
            words.append((*at, str(code).partition("-")[2]))
    return words
