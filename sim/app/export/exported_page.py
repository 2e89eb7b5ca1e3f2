"""Write one file of HTML that holds all it shows: it opens from disk and asks for nothing."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.app.export.map_drawing import map_columns
from sim.app.export.recorded_world import FINE, LINES, QUANTUM, actors_of, marks, world_columns
from sim.app.export.text_table import TextTable
from sim.app.html_text import render
from sim.app.labels import label_tables
from sim.app.language import languages
from sim.app.theme import COLOURS, FONT, source
from sim.app.watch.map_measures import MEASURES
from sim.app.watch.world_history import STAGE, WITH_FIRM
from sim.core import enums as k
from sim.core.errors import InputError
from sim.core.files import write_text
from sim.core.version import __version__
from sim.report.display_names import MONTHS, Names
from sim.report.tilemap import KINDS, ZERO
from sim.world.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.app.export.run_recorder import RunRecorder
    from sim.world import World

MOST_BYTES = 5_000_000
"""Largest file that is written."""
RAMP = 33
"""Colours from the low to the high end of a scale."""


def common_columns(world: World, texts: TextTable) -> dict[str, Any]:
    """Return what every exported file holds: the map, names, words and colours."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    names = [Names(world, language.text) for language in texts.languages.values()]
    codes = list(Positions(world).locality)
    tables = label_tables()
    words = {
        name: texts.put(text)
        for table in ("controls", "inspector", "map_kinds", "exported")
        for name, text in tables[table].items()
    }
    words |= {f"note_{kind}": texts.put(tables["notes"][kind]) for kind in KINDS}
    return {
        "languages": languages(),
        "words": words,
        "months": [texts.put(month) for month in MONTHS],
        "month": texts.put("{month} {year}"),
        "maps": {kind: map_columns(world, kind, texts) for kind in KINDS},
        "codes": codes,
        "places": [texts.number(*(name.full_place(code) for name in names)) for code in codes],
        "colours": [to_hex(colormaps["viridis_r"](i / (RAMP - 1))) for i in range(RAMP)],
        "zero": ZERO,
        "version": __version__,
    }


def world_page(recorders: Sequence[RunRecorder]) -> str:
    """Return a page that plays recorded worlds of the same tables."""
    first = recorders[0]
    texts = TextTable(first.world)
    data = common_columns(first.world, texts)
    tables = label_tables()
    data["words"] |= {name: texts.put(text) for name, text in tables["portrait"].items()}
    data |= {
        "actors": actors_of(first, texts),
        "marks": marks(texts),
        "lines": {str(kind): name for kind, name in LINES.items()},
        "deal": k.DEAL,
        "stages": {str(kind): texts.put(tables["stages"][name]) for kind, name in STAGE.items()},
        "with_firm": WITH_FIRM,
        "measures": [
            {
                "name": name,
                "title": texts.put(tables["measures"][name]),
                "unit": texts.put(tables["measure_units"][name]),
                "quantum": QUANTUM.get(name, FINE),
                "high": high,
            }
            for name, (_low, high) in MEASURES.items()
        ],
        "worlds": [world_columns(recorder, texts) for recorder in recorders],
    }
    return page_of(data, texts, "player")


def page_of(data: dict[str, Any], texts: TextTable, script: str) -> str:
    """Return the page that holds data and is run by a script, ``player`` or ``levers``."""
    data["texts"] = texts.columns()
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    # No time of writing, so that the same world gives the same bytes.
    content = b64encode(gzip.compress(packed, 9, mtime=0)).decode("ascii")
    return render(
        "export/exported.html",
        colours=COLOURS | {"font": FONT},
        data=content,
        mode=script,
        scripts=[source(f"export/{name}.js") for name in ("exported", script)],
    )


def write_page(path: Path, page: str) -> int:
    """Write a page and return its size in bytes; InputError if it is too large."""
    size = len(page.encode())
    if size > MOST_BYTES:
        raise InputError(
            f"would be of {size / 1e6:.1f} MB",
            file=path,
            allowed=f"at most {MOST_BYTES / 1e6:.0f} MB: fewer worlds, or shorter ones",
        )
    write_text(path, page)
    return size
