"""The store of a sweep: a plan, its points and one file a finished chunk of runs.

A chunk is done when its file in ``runs`` is there. Files are written whole, what else is kept of
the runs before the runs themselves. Each name ends in a hash of the content, so that a damaged
file is known for one, and the file names the address of its runs: model, world, scenario, points
and seeds. The plan holds a hash of itself and of the points. One of their files that cannot be
read is replaced by its copy; one that says something else than when the sweep was begun is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from sim.core import files, folders, provenance
from sim.core.errors import InputError
from sim.core.version import __version__
from sim.experiments.design import Design
from sim.experiments.saved_run import scenario_of_record
from sim.experiments.sweep.storage import (
    LOCK,
    Folder,
    fits_name,
    named,
    notes_of,
    parquet_bytes,
    parquet_table,
    place_of,
)
from sim.experiments.sweep.sweep_plan import FORMAT, TABLES, Block, Chunk, SweepPlan, Task
from sim.world import World, load_world

if TYPE_CHECKING:
    import pandas as pd

PLAN, POINTS, COPIES = "plan.json", "points.parquet", "copies"
RUNS, ASIDE, WORLD = "runs", "set-aside", "world"
_NAME = re.compile(r"(\d{2,}-\d{6})-f(\d+)-([0-9a-f]{16})\.parquet")
_ADDRESS, _BESIDE = "paradiplomacy.address", "paradiplomacy.beside"
_OWN = {
    COPIES: re.compile(f"{re.escape(PLAN)}|{re.escape(POINTS)}"),
    RUNS: _NAME,
    **dict.fromkeys(TABLES, re.compile(r"\d{2,}-\d{6}-[0-9a-f]{16}\.parquet")),
    WORLD: re.compile(r"\w+\.csv"),
    # The plan itself goes last, so that what is left can still be told for a sweep.
    "": re.compile("|".join(map(re.escape, (PLAN, POINTS, folders.PACKAGE, folders.CRATE)))),
}
"""Files that a sweep has written, by folder."""
_UNREADABLE = (FileNotFoundError, ValueError, KeyError, TypeError, pa.ArrowException)
_Content = TypeVar("_Content")


@dataclass(frozen=True)
class Shard:
    """Name the file of a finished chunk, how many of its runs failed, and what is kept beside."""

    chunk: str
    failed: int
    file: str
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Damage:
    """Name a file that was set aside and say why."""

    file: str
    reason: str


class _DamagedError(Exception):
    """Tell what is wrong with a file."""


class _ForeignError(_DamagedError):
    """Tell that a file is not one of the sweep's."""


class Store:
    """Keep a sweep's plan and shards in a folder or at an address.

    :attr:`lost` holds, after :meth:`plan`, each file whose copy was read instead, and why.
    """

    def __init__(self, address: str | Path) -> None:
        self.place = place_of(address)
        self.lost: dict[str, str] = {}

    # --- the plan

    @property
    def has_plan(self) -> bool:
        """Return whether a sweep was begun here."""
        return PLAN in self.place.names("") or PLAN in self.place.names(COPIES)

    def check_free(self, overwrite: bool = False) -> None:
        """Refuse a folder that holds something else than a sweep, or cannot be written.

        Where it is to be replaced (``overwrite``), earlier results may be there.
        """
        if not isinstance(self.place, Folder) or self.has_plan:
            return
        folder = self.place.folder
        held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        # A sweep that was stopped before it began, or whose plan is lost, may have left these.
        if held <= {LOCK, POINTS, ASIDE, folders.PACKAGE, folders.CRATE, *_OWN}:
            folders.make_folder(folder)
        else:
            folders.prepare_folder(folder, overwrite, mark=PLAN)

    def create(self, plan: SweepPlan, world: World) -> None:
        """Write the plan of a new sweep, and the world's tables where they are not the shipped.

        Files that are there, of a sweep whose plan is lost, are taken over if they are its own.

        InputError if they are not.
        """
        chunks = {chunk.name: chunk for chunk in plan.chunks()}
        for name in self.place.names(RUNS):
            try:
                self._checked(plan, name, chunks)
            except _ForeignError as foreign:
                raise InputError(
                    f"{foreign}, whose plan is lost",
                    file=self.place.shown(f"{RUNS}/{name}"),
                    allowed="the command that began the sweep, or a new folder",
                ) from foreign
            except _DamagedError:
                continue  # Going on sets it aside.
        if not world.is_shipped:
            for source in sorted(world.folder.glob("*.csv")):
                self.place.write(f"{WORLD}/{source.name}", source.read_bytes())
        self.write_plan(plan)

    def write_plan(self, plan: SweepPlan) -> None:
        """Write the points and then the plan; the plan says how many of the points count."""
        points = plan.design.points.reset_index(drop=True)
        points.insert(0, "point", range(len(points)))
        table = pa.Table.from_pandas(points, preserve_index=False, nthreads=1)
        content = plan.to_json() | {
            "points_digest": plan.points_digest,
            "software": provenance.DISTRIBUTION,
            "version": __version__,
            "environment": provenance.environment(),
        }
        content = files.plain(content)
        content["digest"] = _digest(content)
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2)
        for name, data in ((POINTS, parquet_bytes(table)), (PLAN, f"{text}\n".encode())):
            self.place.write(f"{COPIES}/{name}", data)
            self.place.write(name, data)

    def plan(self) -> SweepPlan:
        """Return the plan.

        InputError if there is none, it cannot be read, or plan or points were changed.
        """
        self.lost, where = {}, self.place.shown()
        try:
            data = self.record()
            points = self._read(POINTS, _points).iloc[: data["points"]]
            plan = SweepPlan(
                scenario=scenario_of_record(data["scenario"]),
                model_version=data["model_version"],
                world_digest=data["world"]["digest"],
                design=Design.from_json(data["design"], points),
                blocks=tuple(Block(*bounds) for bounds in data["blocks"]),
                chunk_runs=data["chunk_runs"],
                tables=tuple(data["tables"]),
            )
        except FileNotFoundError:
            raise InputError(
                "is not the folder of a sweep",
                file=where,
                allowed=f"a folder that holds {PLAN} and {POINTS}, as the command sweep writes it",
            ) from None
        except _UNREADABLE as error:
            raise InputError(f"the plan cannot be read ({error})", file=where) from error
        if data.get("points_digest", plan.points_digest) != plan.points_digest:
            raise self._changed(POINTS)
        return plan

    def record(self) -> dict[str, Any]:
        """Return what the plan says, with the software and the environment it was begun with."""
        return self._read(PLAN, self._plan_record)

    def _read(self, name: str, parse: Callable[[bytes], _Content]) -> _Content:
        """Return what a file says, or what its copy says where the file cannot be read."""
        try:
            return parse(self.place.read(name))
        except _UNREADABLE as fault:
            try:
                found = parse(self.place.read(f"{COPIES}/{name}"))
            except _UNREADABLE:
                raise fault from None
            why = "is missing" if isinstance(fault, FileNotFoundError) else "cannot be read"
            self.lost[name] = f"{why}; its copy in {COPIES}/ is used"
            return found

    def _plan_record(self, content: bytes) -> dict[str, Any]:
        """Return what a plan says, if it says what was written."""
        data = json.loads(content)
        if data["format"] != FORMAT:
            written = f"was written in layout {data['format']}, not {FORMAT}"
            raise InputError(written, file=self.place.shown())
        # Sweeps of earlier versions hold no hashes.
        if {"digest", "points_digest"} & set(data) and data.pop("digest", None) != _digest(data):
            raise self._changed(PLAN)
        return dict(data)

    def _changed(self, name: str) -> InputError:
        return InputError(
            "was changed after the sweep was begun; nothing was run",
            file=self.place.shown(name),
            allowed=f"the file as it was, which is kept as {COPIES}/{name}; "
            "what is to be run otherwise is another sweep, in a new folder",
        )

    def mend(self) -> None:
        """Put back what :meth:`plan` found lost, and renew copies that are; the place is locked."""
        for name in (POINTS, PLAN):
            copy = f"{COPIES}/{name}"
            if name in self.lost:
                self.place.write(name, self.place.read(copy))
                continue
            content = self.place.read(name)
            if name not in self.place.names(COPIES) or self.place.read(copy) != content:
                self.place.write(copy, content)

    def check_version(self, plan: SweepPlan) -> None:
        """Refuse a sweep of another model than the one at hand, saying which is which."""
        here = provenance.model_version()
        if plan.model_version != here:
            raise InputError(
                f"the sweep was made by another model: version {plan.model_version} there, "
                f"{here} here",
                file=self.place.shown(),
                allowed="the version it was made by, or a new folder",
            )

    def world(self, plan: SweepPlan) -> World:
        """Return the tables the sweep runs on; InputError if it was begun with others."""
        if not (copied := self.place.names(WORLD)):
            world = load_world()
        elif isinstance(self.place, Folder):
            world = load_world(self.place.folder / WORLD)
        else:
            with tempfile.TemporaryDirectory() as folder:
                for name in copied:
                    (Path(folder) / name).write_bytes(self.place.read(f"{WORLD}/{name}"))
                world = load_world(folder)
        if world.digest != plan.world_digest:
            raise InputError(
                f"the sweep was made with other tables: world {plan.world_digest[:12]} there, "
                f"{world.digest[:12]} here",
                file=self.place.shown(),
            )
        return world

    def clear(self) -> None:
        """Remove a sweep, and nothing that somebody else put there; the place must be locked."""
        for folder, pattern in _OWN.items():
            for name in filter(pattern.fullmatch, self.place.names(folder)):
                self.place.remove(f"{folder}/{name}" if folder else name)

    # --- the shards

    def shards(self) -> list[Shard]:
        """Return the finished chunks by the names of their files."""
        found = (_shard(name) for name in self.place.names(RUNS))
        return [shard for shard in found if shard is not None]

    def tables(
        self, plan: SweepPlan, name: str, columns: list[str] | None = None, *, failed: bool = False
    ) -> Iterator[pa.Table]:
        """Yield ``runs`` or a table kept beside, chunk by chunk, after checking each file.

        Where ``failed`` is set, files without a failed run are left out.

        InputError if a file is damaged or not this sweep's; it names the file.
        """
        chunks, seen = {chunk.name: chunk for chunk in plan.chunks()}, set[str]()
        for file in self.place.names(RUNS):
            shard, where = _shard(file), f"{RUNS}/{file}"
            # What a later extension has added is not of this plan.
            later = shard is not None and shard.chunk not in chunks
            if not file.endswith(".parquet") or later or (failed and shard and not shard.failed):
                continue
            try:
                shard, content = self._whole(plan, file, chunks)
                if shard.chunk in seen:
                    raise _DamagedError("repeats another file")
                seen.add(shard.chunk)
                if name != RUNS:
                    if name not in shard.beside:
                        continue
                    where = f"{name}/{shard.beside[name]}"
                    content = self._content(where)
                table = parquet_table(content, columns)
            except (_DamagedError, pa.ArrowException, FileNotFoundError) as damage:
                what = "is missing" if isinstance(damage, FileNotFoundError) else str(damage)
                again = f"paradiplomacy sweep --resume {self.place.shown()}"
                raise InputError(
                    f"{what}; {again} sets it aside and makes runs that are missing",
                    file=self.place.shown(where),
                ) from damage
            yield table

    def add(
        self, address: str, chunk: str, runs: pa.Table, beside: Mapping[str, pa.Table]
    ) -> Shard:
        """Write a finished chunk: what is kept beside the runs first, then the runs."""
        names: dict[str, str] = {}
        for table, rows in beside.items():
            content = parquet_bytes(rows)
            names[table] = named(chunk, content)
            self.place.write(f"{table}/{names[table]}", content)
        content = parquet_bytes(runs, {_ADDRESS: address, _BESIDE: json.dumps(names)})
        failed = len(runs) - runs["error"].null_count
        shard = Shard(chunk, failed, named(f"{chunk}-f{failed}", content))
        self.place.write(f"{RUNS}/{shard.file}", content)
        return shard

    def add_failed(self, plan: SweepPlan, task: Task, error: str) -> None:
        """Write a chunk's file with all its runs failed."""
        runs = plan.runs_table(task, [None] * len(task.runs), [error] * len(task.runs))
        self.clear_beside(plan.tables, chunk=task.chunk)
        self.add(task.address, task.chunk, runs, {})

    def check(self, plan: SweepPlan) -> tuple[dict[str, Shard], list[Damage]]:
        """Read every shard; set aside those that are damaged or belong to another sweep.

        Return the whole shards by chunk, and what was set aside.
        """
        chunks = {chunk.name: chunk for chunk in plan.chunks()}
        whole: dict[str, Shard] = {}
        damages: list[Damage] = []
        for name in self.place.names(RUNS):
            try:
                shard = self._checked(plan, name, chunks)
                if shard.chunk in whole:
                    raise _DamagedError("repeats another file")
                whole[shard.chunk] = shard
            except _DamagedError as damage:
                damages.append(Damage(self.place.shown(f"{RUNS}/{name}"), str(damage)))
                self.set_aside(f"{RUNS}/{name}")
        return whole, damages

    def clear_beside(
        self, tables: Iterable[str], *, chunk: str | None = None, whole: Iterable[Shard] = ()
    ) -> None:
        """Remove what is kept beside the runs of a chunk, or of all but the whole shards."""
        kept = {f"{table}/{name}" for shard in whole for table, name in shard.beside.items()}
        for table in tables:
            for name in self.place.names(table):
                is_meant = chunk is None or name.startswith(f"{chunk}-")
                if is_meant and f"{table}/{name}" not in kept:
                    self.place.remove(f"{table}/{name}")

    def set_aside(self, name: str) -> None:
        """Move a file out of the way, keeping it."""
        taken, count = self.place.names(ASIDE), 1
        base = name.replace("/", "-")
        while (label := base if count == 1 else f"{base}.{count}") in taken:
            count += 1
        self.place.move(name, f"{ASIDE}/{label}")

    def _checked(self, plan: SweepPlan, name: str, chunks: Mapping[str, Chunk]) -> Shard:
        """Return the shard of a file among the runs, after reading it and what is beside."""
        shard, _ = self._whole(plan, name, chunks)
        for table, file in shard.beside.items():
            try:
                self._content(f"{table}/{file}")
            except FileNotFoundError:
                raise _DamagedError(f"has lost {table}/{file}, kept beside it") from None
            except _DamagedError as damage:
                self.set_aside(f"{table}/{file}")
                raise _DamagedError(f"is kept beside {table}/{file}, which is damaged") from damage
        return shard

    def _whole(
        self, plan: SweepPlan, name: str, chunks: Mapping[str, Chunk]
    ) -> tuple[Shard, bytes]:
        """Return the shard of a file among the runs and its content, which is whole."""
        shard = _shard(name)
        if shard is None:
            raise _ForeignError("is not named as a file of the sweep")
        content = self._content(f"{RUNS}/{name}")
        try:
            notes = notes_of(content)
        except (pa.ArrowException, OSError) as error:
            raise _DamagedError(f"is damaged: {error}") from error
        chunk = chunks.get(shard.chunk)
        if chunk is None or notes.get(_ADDRESS) != plan.key(chunk):
            raise _ForeignError("belongs to another sweep")
        return replace(shard, beside=json.loads(notes[_BESIDE])), content

    def _content(self, name: str) -> bytes:
        """Return a file's content after checking it against its name."""
        content = self.place.read(name)
        if not fits_name(name, content):
            raise _DamagedError("is damaged: its content does not fit its name")
        return content


def _shard(name: str) -> Shard | None:
    match = _NAME.fullmatch(name)
    return Shard(match[1], int(match[2]), name) if match else None


def _points(content: bytes) -> pd.DataFrame:
    points: pd.DataFrame = parquet_table(content).to_pandas(use_threads=False)
    return points.drop(columns="point")


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
