"""Repeat a run, a comparison or a sweep from its record, and compare what comes out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.core.errors import InputError
from sim.core.folders import digest, prepare_folder
from sim.core.plurals import counted
from sim.core.provenance import model_version
from sim.experiments.comparison.paired_comparison import compare_tables
from sim.experiments.run import Progress
from sim.experiments.saved_run import read_manifest, scenario_of_record
from sim.experiments.sweep import Sweep
from sim.experiments.sweep.start_sweep import Planned, store_plan
from sim.experiments.sweep.storage import fits_name, parquet_table, place_of
from sim.experiments.sweep.sweep_store import PLAN, POINTS, RUNS
from sim.results.comparison_result import Comparison
from sim.results.run_result import Run, run
from sim.world import World, load_world

SAME, SAME_ROWS, DIFFERS, CHANGED = "same", "same rows in other bytes", "differs", "changed since"
"""How a table compares with the one made again; the last: its file is not as it was written."""


@dataclass(frozen=True)
class Rerun:
    """Hold how the tables of a folder, or of a sweep's address, compare with those made again.

    ``tables`` says of each table, by the name of its file, of a sweep by table and chunk of
    runs, one of :data:`SAME`, :data:`SAME_ROWS`, :data:`DIFFERS` and :data:`CHANGED`;
    ``versions`` which versions of the software, the model, the tables of the world, Python and
    packages differ, as (then, now).
    """

    folder: str
    tables: dict[str, str]
    versions: dict[str, tuple[str | None, str | None]]

    @property
    def agrees(self) -> bool:
        """Return whether every table is the same to the byte."""
        return set(self.tables.values()) == {SAME}

    def __str__(self) -> str:
        """Return in sentences what was found."""
        total = counted(len(self.tables), "table")
        others = [f"{name} ({how})" for name, how in self.tables.items() if how != SAME]
        found = (
            f"{len(others)} of {total} did not come out the same: {', '.join(others)}."
            if others
            else f"All {total} came out the same to the byte."
        )
        apart = [f"  {name}: {then} then, {now} now" for name, (then, now) in self.versions.items()]
        found += "\nVersions differ:" if apart else "\nAll versions are the same."
        return "\n".join([found, *apart])


def rerun(
    folder: str | Path,
    out: str | Path | None = None,
    *,
    world: World | None = None,
    workers: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Rerun:
    """Repeat a run, a comparison or a sweep and compare its tables with those written then.

    Parameters
    ----------
    folder
        Folder of the run, comparison or sweep, or a sweep's address.
    out
        Folder to write what was made again to, tables alone; nothing is kept by default.
    world
        The tables it was made on; the shipped ones by default. A sweep keeps its own.
    workers
        Threads of a comparison or processes of a sweep; all processors by default.
    overwrite
        Replace earlier results that ``out`` holds.
    progress
        Called with (done, total) after each replicate.

    Raises
    ------
    InputError
        If the folder holds none of these, a manifest has no SHA-256, the runs had code of the
        user's own, which no manifest holds, a sweep is not finished, or ``out`` is the same folder
        or may not be written to.
    """
    if out is not None and Path(out).resolve() == Path(folder).resolve():
        raise InputError("is the folder that is to be repeated", file=out, allowed="another folder")
    if PLAN in place_of(folder).names(""):
        if world is not None:
            raise InputError("belongs to runs and comparisons", argument="world")
        return _sweep_again(Sweep(folder), out, workers, overwrite, progress)
    place, manifest = Path(folder), read_manifest(folder)
    written = manifest.get("written")
    if not isinstance(written, dict):
        raise InputError("has a manifest without the SHA-256 of its tables", file=place)
    if "extensions" in manifest:
        raise InputError("was made with code that its manifest names but does not hold", file=place)
    world = load_world() if world is None else world
    if out is not None:
        prepare_folder(out, overwrite)
    made = _made_again(manifest, world, workers, progress)
    # The summary tells why parameters are held fixed.
    if "drawn_from" in manifest:
        made.manifest["drawn_from"] = manifest["drawn_from"]
    options: dict[str, Any] = {"figures": False, "overwrite": overwrite}
    if isinstance(made, Run):
        options["logs"] = manifest.get("logs_written", manifest["logs_kept"])
    names = [name for name in written if name.endswith((".parquet", ".csv"))]
    with tempfile.TemporaryDirectory() as temporary:
        again = made.write(temporary if out is None else out, **options)
        tables = {name: _compared(place / name, again / name, written[name]) for name in names}
    return Rerun(str(folder), tables, _versions(manifest, made.manifest))


def _made_again(
    manifest: dict[str, Any], world: World, workers: int | None, progress: Progress | None
) -> Run | Comparison:
    draws = manifest.get("draws", ())
    base = scenario_of_record(manifest["scenario"])
    if manifest.get("kind") != "comparison":
        driver = manifest["driver"]
        return run(base, driver=driver, draws=draws, world=world, progress=progress)
    what_ifs = [scenario_of_record(one["scenario"]) for one in manifest["what_ifs"].values()]
    return compare_tables(
        Comparison,
        base,
        *what_ifs,
        draws=draws,
        world=world,
        workers=workers,
        progress=progress,
    )


def _sweep_again(
    kept: Sweep,
    out: str | Path | None,
    workers: int | None,
    overwrite: bool,
    progress: Progress | None,
) -> Rerun:
    """Make every run of a finished sweep again, from its plan."""
    if kept.status.left:
        raise InputError(
            f"holds {kept.status.points_text}: the sweep is not finished",
            file=kept.folder,
            allowed=f"a finished sweep; paradiplomacy sweep --resume {kept.folder} goes on with it",
        )
    plan = replace(kept.plan, model_version=model_version())
    planned = Planned(plan, kept.store.world(kept.plan), True)
    with tempfile.TemporaryDirectory() as temporary:
        place = temporary if out is None else out
        store_plan(planned, place, overwrite)
        made = Sweep(place).resume(workers=workers, progress=progress)
        return Rerun(
            kept.folder,
            dict(_compared_chunks(kept, made)),
            _versions(kept.store.record(), made.store.record()),
        )


def _compared_chunks(kept: Sweep, made: Sweep) -> Iterator[tuple[str, str]]:
    """Yield by name how the points and each chunk of a table compare with those made again."""
    pair = (kept.store.place, made.store.place)
    points = [place.read(POINTS) for place in pair]
    yield POINTS, _alike(*points)
    for table in (RUNS, *kept.plan.tables):
        there, here = (place.names(table) for place in pair)
        for chunk in kept.plan.chunks():
            lead = f"{chunk.name}-"
            old, new = (
                [name for name in names if name.startswith(lead)] for names in (there, here)
            )
            content = [pair[0].read(f"{table}/{name}") for name in old]
            if len(old) != 1 or not fits_name(old[0], content[0]):
                how = CHANGED
            elif not new:
                how = DIFFERS
            else:
                how = _alike(content[0], pair[1].read(f"{table}/{new[0]}"))
            yield f"{table}/{chunk.name}", how


def _alike(one: bytes, other: bytes) -> str:
    """Return how two Parquet files compare; other releases of pyarrow write other bytes."""
    if one == other:
        return SAME
    return SAME_ROWS if parquet_table(one).equals(parquet_table(other)) else DIFFERS


def _compared(kept: Path, again: Path, expected: str) -> str:
    """Return how a table compares with the one made again."""
    if not kept.is_file() or digest(kept) != expected:
        return CHANGED
    if not again.is_file():
        return DIFFERS
    if digest(again) == expected:
        return SAME
    return _alike(kept.read_bytes(), again.read_bytes()) if kept.suffix == ".parquet" else DIFFERS


def _versions(
    then: dict[str, Any], now: dict[str, Any]
) -> dict[str, tuple[str | None, str | None]]:
    """Return the versions that differ between two manifests."""
    both = []
    for manifest in (then, now):
        place = manifest["environment"]
        both.append(
            {
                "paradiplomacy": manifest["version"],
                "model": manifest["model_version"],
                "tables of the world": manifest["world"]["digest"][:12],
                "python": place["python"],
                **place["packages"],
            }
        )
    old, new = both
    names = dict.fromkeys([*old, *new])
    return {n: (old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)}
