"""The store of a sweep: a plan, its points and one file a finished chunk of runs.

A chunk is done when its file in ``runs`` is there. Files are written whole, what else is kept of
the runs before the runs themselves. Each name ends in a hash of the content, so that a damaged
file is known for one, and the file names the address of its runs: model, world, scenario, points
and seeds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from sim.core import folders
from sim.core.errors import InputError
from sim.experiments.sweep.parquet import fits_name, named, notes_of, parquet_bytes, parquet_table
from sim.experiments.sweep.plan_files import (
    COPIES,
    PLAN,
    POINTS,
    has_plan,
    mend,
    read_plan,
    write_plan,
)
from sim.experiments.sweep.storage import LOCK, Folder, Storage, place_of
from sim.experiments.sweep.sweep_plan import TABLES, Chunk, SweepPlan
from sim.world import World, load_world

RUNS, ASIDE, WORLD = "runs", "set-aside", "world"
_NAME = re.compile(r"(\d{2,}-\d{6})-f(\d+)-([0-9a-f]{16})\.parquet")
_BESIDE_NAME = re.compile(r"\d{2,}-\d{6}-[0-9a-f]{16}\.parquet")
_ADDRESS, _BESIDE = "paradiplomacy.address", "paradiplomacy.beside"


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


class Store:
    """Keep a sweep's plan and shards at a place.

    Parameters
    ----------
    place
        The folder or address.
    """

    def __init__(self, place: Storage) -> None:
        self.place = place
        self.lost: Mapping[str, str] = {}

    @classmethod
    def at(cls, address: str | Path) -> Store:
        """Return the store at a folder or address."""
        return cls(place_of(address))

    # --- the plan

    def check_free(self, overwrite: bool = False) -> None:
        """Refuse a folder that holds something else than a sweep.

        Parameters
        ----------
        overwrite
            Whether a sweep that it holds is to be replaced.

        Raises
        ------
        InputError
            If it does, or the folder cannot be written.
        """
        if not isinstance(self.place, Folder) or has_plan(self.place):
            return
        folder = self.place.folder
        held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        # A sweep that was stopped before it began, or whose plan is lost, may have left these.
        if held <= {LOCK, POINTS, WORLD, COPIES, RUNS, ASIDE, *TABLES}:
            folders.make_folder(folder)
        else:
            folders.prepare_folder(folder, overwrite, mark=PLAN)

    def begin(self, plan: SweepPlan, world: World) -> None:
        """Write the plan of a new sweep, and the world's tables where they are not the shipped.

        Files that are there, of a sweep whose plan is lost, are taken over if they are its own.

        Raises
        ------
        InputError
            If they are not.
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
        if world.digest != load_world().digest:
            for source in sorted(world.folder.glob("*.csv")):
                self.place.write(f"{WORLD}/{source.name}", source.read_bytes())
        write_plan(self.place, plan)

    def plan(self) -> SweepPlan:
        """Return the plan; :attr:`lost` says which of its files could not be read, and why.

        Raises
        ------
        InputError
            If there is none, it cannot be read, or it was changed.
        """
        plan, self.lost = read_plan(self.place)
        return plan

    def mend(self) -> None:
        """Put back what :meth:`plan` found lost; the place must be locked."""
        mend(self.place, self.lost)

    def world(self, plan: SweepPlan) -> World:
        """Return the tables the sweep runs on.

        Raises
        ------
        InputError
            If they are not those it was begun with.
        """
        copied = self.place.names(WORLD)
        world = self._copied_world(copied) if copied else load_world()
        if world.digest != plan.world_digest:
            raise InputError(
                f"the sweep was made with other tables: world {plan.world_digest[:12]} there, "
                f"{world.digest[:12]} here",
                file=self.place.shown(),
            )
        return world

    def _copied_world(self, copied: Iterable[str]) -> World:
        if isinstance(self.place, Folder):
            return load_world(self.place.folder / WORLD)
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            for name in copied:
                (Path(folder) / name).write_bytes(self.place.read(f"{WORLD}/{name}"))
            return load_world(folder)

    # --- the shards

    def clear(self) -> None:
        """Remove a sweep, and nothing that somebody else put there; the place must be locked."""
        plan = re.compile(f"{re.escape(PLAN)}|{re.escape(POINTS)}")
        own = {COPIES: plan, RUNS: _NAME, **dict.fromkeys(TABLES, _BESIDE_NAME)}
        own |= {WORLD: re.compile(r"\w+\.csv"), "": plan}
        # The plan itself goes last, so that what is left can still be told for a sweep.
        for folder, pattern in own.items():
            for name in self.place.names(folder):
                if pattern.fullmatch(name):
                    self.place.remove(f"{folder}/{name}" if folder else name)

    def shards(self) -> list[Shard]:
        """Return the finished chunks by the names of their files."""
        found = (_shard(name) for name in self.place.names(RUNS))
        return [shard for shard in found if shard is not None]

    def tables(
        self, plan: SweepPlan, name: str, columns: list[str] | None = None, *, failed: bool = False
    ) -> Iterator[pa.Table]:
        """Yield what is kept in a table, chunk by chunk, after checking each file.

        Parameters
        ----------
        plan
            The plan.
        name
            ``runs`` or a table kept beside.
        columns
            Which columns; all of them by default.
        failed
            Leave out files without a failed run.

        Raises
        ------
        InputError
            If a file is damaged or not this sweep's; it names the file.
        """
        chunks, seen = {chunk.name: chunk for chunk in plan.chunks()}, set[str]()
        for file in self.place.names(RUNS):
            if not file.endswith(".parquet"):
                continue
            shard, where = _shard(file), f"{RUNS}/{file}"
            if shard is not None and (
                # What a later extension has added is not of this plan.
                shard.chunk not in chunks or (failed and not shard.failed)
            ):
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

    def check(self, plan: SweepPlan) -> tuple[dict[str, Shard], list[Damage]]:
        """Read every shard; set aside those that are damaged or belong to another sweep.

        Returns
        -------
        dict, list
            The whole shards by chunk, and what was set aside.
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

    def clear_beside(self, tables: Iterable[str], whole: Iterable[Shard]) -> None:
        """Remove what was kept of runs whose own file was never written or is gone."""
        kept = {f"{table}/{name}" for shard in whole for table, name in shard.beside.items()}
        for table in tables:
            for name in self.place.names(table):
                if f"{table}/{name}" not in kept:
                    self.place.remove(f"{table}/{name}")

    def forget_beside(self, tables: Iterable[str], chunk: str) -> None:
        """Remove what was kept of one chunk's runs, before they are made again."""
        for table in tables:
            for name in self.place.names(table):
                if name.startswith(f"{chunk}-"):
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


class _DamagedError(Exception):
    """Tell what is wrong with a file."""


class _ForeignError(_DamagedError):
    """Tell that a file is not one of the sweep's."""


def _shard(name: str) -> Shard | None:
    match = _NAME.fullmatch(name)
    return Shard(match[1], int(match[2]), name) if match else None
