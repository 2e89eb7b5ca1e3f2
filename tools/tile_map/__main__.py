"""Check the tile map of a region, or make it anew: ``python -m tools.tile_map``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sim.core.errors import InputError
from sim.world import SHIPPED, load_world
from tools.exit_code import reporting
from tools.tile_map.figure import save_figure
from tools.tile_map.grid import SEED, check, regenerate


@reporting
def main(arguments: Sequence[str] | None = None) -> int:
    """Check or write a map and return the exit code: 1 for a map that breaks a rule."""
    parser = argparse.ArgumentParser(prog="tile_map", description=(__doc__ or "").split(":", 1)[0])
    parser.add_argument("folder", type=Path, nargs="?", default=SHIPPED, help="folder of tables")
    parser.add_argument("--write", action="store_true", help="write grid.csv anew (ten seconds)")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the search for a map")
    parser.add_argument("--figure", type=Path, help="PNG file to draw the map into")
    given = parser.parse_args(arguments)
    if given.seed < 0:
        raise InputError(f"--seed is {given.seed}", allowed="0 or more")
    if given.write:
        wrong = regenerate(given.folder, given.seed)
    else:
        world = load_world(given.folder)
        wrong = check(world.grid, world.localities, world.borders)
    if given.figure:
        save_figure(given.figure, load_world(given.folder))
    for sentence in wrong or ["Every country is one block, and land borders touch."]:
        sys.stdout.write(f"{sentence}\n")
    if wrong and given.write:
        sys.stdout.write("Another --seed may do better.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
