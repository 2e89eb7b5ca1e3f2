"""The store of a sweep: a plan, its points and one file a finished chunk of runs.

A chunk is done when its file in ``runs`` is there. Files are written whole, what else is kept of
the runs before the runs themselves. Each name ends in a hash of the content, so that a damaged
file is known for one, and the file names the address of its runs: model, world, scenario, points
and seeds.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim import __version__, files, provenance
from sim.errors import InputError
from sim.experiments.design import Design
from sim.experiments.sweep.places import LOCK, Folder, Place, place_of
from sim.experiments.sweep.plan import FORMAT, Block, Chunk, Plan
from sim.scenario import build
from sim.world import World, load_world

PLAN, POINTS, RUNS, ASIDE, WORLD = "plan.json", "points.parquet", "runs", "set-aside", "world"
_NAME = re.compile(r"(\d{2,}-\d{6})-f(\d+)-([0-9a-f]{16})\.parquet")
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

    def __init__(self, place: Place) -> None:
        self.place = place

    @classmethod
    def at(cls, address: str | Path) -> Store:
        """Return the store at a folder or address."""
        return cls(place_of(address))

    # --- the plan

    def has_plan(self) -> bool:
        """Return whether a sweep was begun here."""
        return PLAN in self.place.names("")

    def check_free(self) -> None:
        """Refuse a folder that holds something else than a sweep.

        Raises
        ------
        InputError
            If it does, or the folder cannot be written.
        """
        if not isinstance(self.place, Folder) or self.has_plan():
            return
        folder = self.place.folder
        held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        # A sweep that was stopped before it began may have left these.
        files.prepare_folder(folder, overwrite=held <= {LOCK, POINTS, WORLD})

    def begin(self, plan: Plan, world: World) -> None:
        """Write the plan of a new sweep, and the world's tables where they are not the shipped."""
        if world.digest != load_world().digest:
            for source in sorted(world.folder.glob("*.csv")):
                self.place.write(f"{WORLD}/{source.name}", source.read_bytes())
        self.write_plan(plan)

    def write_plan(self, plan: Plan) -> None:
        """Write the points and then the plan; the plan says how many of the points count."""
        points = plan.design.points.reset_index(drop=True)
        points.insert(0, "point", range(len(points)))
        table = pa.Table.from_pandas(points, preserve_index=False, nthreads=1)
        self.place.write(POINTS, parquet_bytes(table))
        content = plan.to_json() | {
            "software": provenance.DISTRIBUTION,
            "version": __version__,
            "environment": provenance.environment(),
        }
        text = json.dumps(files.plain(content), ensure_ascii=False, allow_nan=False, indent=2)
        self.place.write(PLAN, (text + "\n").encode())

    def plan(self) -> Plan:
        """Return the plan.

        Raises
        ------
        InputError
            If there is none, or it cannot be read.
        """
        where = self.place.shown()
        try:
            data = json.loads(self.place.read(PLAN))
            if data["format"] != FORMAT:
                raise InputError(
                    f"was written in layout {data['format']}, not {FORMAT}", file=where
                )
            points = parquet_table(self.place.read(POINTS)).to_pandas(use_threads=False)
            points = points.drop(columns="point").iloc[: data["points"]]
            return Plan(
                scenario=build(_without_blanks(data["scenario"])),
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
        except (ValueError, KeyError, TypeError, pa.ArrowException) as error:
            raise InputError(f"the plan cannot be read ({error})", file=where) from error

    def world(self, plan: Plan) -> World:
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

    def shards(self) -> list[Shard]:
        """Return the finished chunks by the names of their files."""
        found = (_shard(name) for name in self.place.names(RUNS))
        return [shard for shard in found if shard is not None]

    def files(self, table: str) -> list[str]:
        """Return the names of the files of a table, in order."""
        return [name for name in self.place.names(table) if name.endswith(".parquet")]

    def add(
        self, address: str, chunk: str, runs: pa.Table, beside: Mapping[str, pa.Table]
    ) -> Shard:
        """Write a finished chunk: what is kept beside the runs first, then the runs."""
        names: dict[str, str] = {}
        for table, rows in beside.items():
            content = parquet_bytes(rows)
            names[table] = f"{chunk}-{_hash(content)}.parquet"
            self.place.write(f"{table}/{names[table]}", content)
        content = parquet_bytes(runs, {_ADDRESS: address, _BESIDE: json.dumps(names)})
        failed = len(runs) - runs["error"].null_count
        shard = Shard(chunk, failed, f"{chunk}-f{failed}-{_hash(content)}.parquet")
        self.place.write(f"{RUNS}/{shard.file}", content)
        return shard

    def check(self, plan: Plan) -> tuple[dict[str, Shard], list[Damage]]:
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

    def _checked(self, plan: Plan, name: str, chunks: Mapping[str, Chunk]) -> Shard:
        """Return the shard of a file among the runs, after reading it."""
        shard = _shard(name)
        if shard is None:
            raise _DamagedError("is not named as a file of the sweep")
        notes = self._notes(f"{RUNS}/{name}")
        chunk = chunks.get(shard.chunk)
        if chunk is None or notes.get(_ADDRESS) != plan.key(chunk):
            raise _DamagedError("belongs to another sweep")
        beside = json.loads(notes[_BESIDE])
        for table, file in beside.items():
            self._check_beside(f"{table}/{file}")
        return replace(shard, beside=beside)

    def _notes(self, name: str) -> dict[str, str]:
        """Return what a file says of itself, after checking its content against its name."""
        content = self.place.read(name)
        if not name.endswith(f"-{_hash(content)}.parquet"):
            raise _DamagedError("is damaged: its content does not fit its name")
        try:
            notes = pq.read_metadata(io.BytesIO(content)).metadata or {}
        except (pa.ArrowException, OSError) as error:
            raise _DamagedError(f"is damaged: {error}") from error
        return {key.decode(): value.decode() for key, value in notes.items()}

    def _check_beside(self, name: str) -> None:
        try:
            content = self.place.read(name)
        except FileNotFoundError:
            raise _DamagedError(f"has lost {name}, kept beside it") from None
        if not name.endswith(f"-{_hash(content)}.parquet"):
            self.set_aside(name)
            raise _DamagedError(f"is kept beside {name}, which is damaged")


class _DamagedError(Exception):
    """Tell what is wrong with a file."""


def parquet_bytes(table: pa.Table, notes: Mapping[str, str] | None = None) -> bytes:
    """Return a table as a Parquet file; equal tables give equal bytes.

    Parameters
    ----------
    table
        A chunk's table; one of runs has a column ``error``.
    notes
        What the file says of itself.
    """
    # A chunk of runs has more columns than its rows would pay for statistics and dictionaries.
    short = {"write_statistics": False, "use_dictionary": ["error"]}
    settings = short if "error" in table.column_names else {}
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink, table.schema, compression="zstd", store_schema=False, **settings
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(dict(notes or {}))
    content: bytes = sink.getvalue().to_pybytes()
    return content


def parquet_table(content: bytes, columns: list[str] | None = None) -> pa.Table:
    """Return the table of a Parquet file, or some of its columns.

    Files are small and many. One thread reads them as fast, and Arrow's pool of threads is left
    alone: a process that ends right after using it may be aborted.
    """
    return pq.ParquetFile(io.BytesIO(content)).read(columns=columns, use_threads=False)


def _shard(name: str) -> Shard | None:
    match = _NAME.fullmatch(name)
    return Shard(match[1], int(match[2]), name) if match else None


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _without_blanks(value: Any) -> Any:
    """Return nested data without the fields that are None, as a scenario is built from."""
    if isinstance(value, dict):
        return {name: _without_blanks(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_blanks(item) for item in value]
    return value
