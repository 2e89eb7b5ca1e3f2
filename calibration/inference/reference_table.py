"""The reference table: runs at many draws of the parameters, and all that inference reads of them.

A wave of runs is kept in a folder of its own, in files of :data:`CHUNK` runs. A file is there
whole or not at all, and its name ends in a hash of its content. The same call on the same folder
makes the runs that are left. Row ``i`` of wave ``w`` has replicate number ``w * WAVE + i``, so
that no two rows share random numbers, and the same bytes come of any number of workers.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa

from calibration.inference.prior import Array, Prior
from sim.core.errors import InputError
from sim.core.files import MachineError, plain
from sim.experiments.sweep.storage import (
    Folder,
    fits_name,
    named,
    notes_of,
    parquet_bytes,
    parquet_table,
)
from sim.experiments.worker_pool import Notify, WorkerPool, serve

CHUNK = 50
WAVE = 10_000_000
FORMAT = 1
PLAN, POINTS, RUNS, ASIDE = "plan.json", "points.parquet", "runs", "set-aside"
_ADDRESS = "paradiplomacy.address"
_AGAIN = "calibrate on the same folder again to make its runs anew"

Progress = Callable[[int, int], None]
Advance = Callable[[int], None]


class Observation(NamedTuple):
    """Hold what is kept of one run: the summary statistics as documented, ``vector`` (K,).

    ``derived`` are quantities not among them whose posterior is sought (Q,), ``counts`` further
    whole numbers by name, int32, each with the shape the simulator names.
    """

    vector: Array
    derived: Array
    counts: Mapping[str, Array]


class Simulator(Protocol):
    """Make runs and name what comes of them.

    There are the prior of the free parameters, the names of the statistics (K) and of the derived
    quantities (Q), the shape of each kind of counts by name, and the documented statistics (K,).
    """

    prior: Prior
    statistics: tuple[str, ...]
    derived: tuple[str, ...]
    shapes: Mapping[str, tuple[int, ...]]
    observed: Array

    @property
    def identity(self) -> Mapping[str, str]:
        """Return what decides a run beside parameters, seed and replicate: versions, scenario."""

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        """Return one run at the parameters' values (P,)."""


def load_simulator(name: str) -> Simulator:
    """Return the simulator that ``module:function`` makes.

    ``module:function:text`` hands the text to the function: the name of a variant.
    """
    module, _, rest = name.partition(":")
    function, *text = rest.split(":", 1)
    made: Simulator = getattr(importlib.import_module(module), function)(*text)
    return made


class Rows(NamedTuple):
    """Hold runs of a table: values of the parameters (N, P), statistics as documented (N, K).

    Statistics are nan where a run failed. With them go derived quantities (N, Q), further counts
    by name, int32, (N, ...) each, and seed and replicate of each row.
    """

    values: Array
    statistics: Array
    derived: Array
    counts: Mapping[str, Array]
    keys: list[tuple[int, int]]

    def chosen(self, rows: Array) -> Rows:
        """Return some of the rows, by index or mask."""
        return Rows(
            self.values[rows],
            self.statistics[rows],
            self.derived[rows],
            {name: counts[rows] for name, counts in self.counts.items()},
            [(int(seed), int(replicate)) for seed, replicate in np.array(self.keys)[rows]],
        )

    def finite(self) -> Rows:
        """Return the rows whose statistics and derived quantities are all numbers."""
        numbers = np.column_stack([self.statistics, self.derived])
        return self.chosen(np.asarray(np.isfinite(numbers).all(axis=1)))

    @staticmethod
    def joined(parts: Sequence[Rows]) -> Rows:
        """Return the rows of several tables, one after the other."""
        return Rows(
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.statistics for part in parts]),
            np.concatenate([part.derived for part in parts]),
            {name: np.concatenate([p.counts[name] for p in parts]) for name in parts[0].counts},
            [key for part in parts for key in part.keys],
        )


@dataclass(frozen=True)
class Wave:
    """Hold the plan of some runs: where they are kept, and values of the parameters (N, P).

    The number of the wave, from 0, keeps the random numbers of waves of one seed apart.
    """

    folder: Path
    number: int
    seed: int
    values: Array

    @cached_property
    def chunks(self) -> tuple[range, ...]:
        """Return the rows of each file."""
        rows = range(len(self.values))
        return tuple(rows[first : first + CHUNK] for first in rows[::CHUNK])

    @cached_property
    def place(self) -> Folder:
        """Return the folder."""
        return Folder(self.folder)

    def identity(self, simulator: Simulator) -> dict[str, Any]:
        """Return what decides the runs beside their points."""
        return {
            "format": FORMAT,
            "wave": self.number,
            "seed": self.seed,
            "parameters": list(simulator.prior.names),
            "statistics": list(simulator.statistics),
            "derived": list(simulator.derived),
            "counts": {name: list(shape) for name, shape in simulator.shapes.items()},
            **simulator.identity,
        }

    def address(self, simulator: Simulator, chunk: int) -> str:
        """Return a hash of all that decides the runs of a file."""
        text = json.dumps(plain(self.identity(simulator)), sort_keys=True)
        rows = self.chunks[chunk]
        digest = hashlib.sha256(f"{text}\0{rows.start}\0".encode())
        digest.update(self.values[rows.start : rows.stop].astype("<f8").tobytes())
        return digest.hexdigest()

    def begin(self, simulator: Simulator) -> None:
        """Write the plan, or find it there; an InputError if the folder holds other runs."""
        identity = plain(self.identity(simulator))
        # A plan that cannot be read is written anew; files of runs name what they belong to.
        with suppress(FileNotFoundError, ValueError, TypeError):
            held = dict(json.loads(self.place.read(PLAN)))
            other = [name for name in identity if held.get(name) != identity[name]]
            if other:
                raise InputError(
                    f"holds runs of another calibration: {', '.join(other)} differ",
                    file=self.folder,
                    allowed="the same calibration, to go on with it, or a new folder",
                )
        self.place.write(PLAN, (json.dumps(identity, indent=2) + "\n").encode())
        points = dict(zip(simulator.prior.names, self.values.T, strict=True))
        self.place.write(POINTS, parquet_bytes(pa.table(points)))

    @classmethod
    def begun(cls, folder: Path) -> Wave:
        """Return the wave whose plan is in a folder; an InputError if none can be read."""
        place = Folder(folder)
        try:
            plan = json.loads(place.read(PLAN))
            points = parquet_table(place.read(POINTS))
            values = np.column_stack([column.to_numpy() for column in points.columns])
            return cls(folder, plan["wave"], plan["seed"], values)
        except (FileNotFoundError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
            raise InputError(
                f"holds no table of runs that can be read ({error}); {_AGAIN}", file=folder
            ) from error

    def make(self, simulator: Simulator, chunk: int, notify: Advance | None = None) -> str:
        """Make the runs of one file and return its name.

        One row a run: replicate, parameters, statistics, derived quantities, counts and error.
        """
        rows = self.chunks[chunk]
        replicates = [self.number * WAVE + row for row in rows]
        blocks = {kind: np.full((len(rows), len(of)), np.nan) for kind, of in _names(simulator)}
        blocks["parameter"] = self.values[rows.start : rows.stop]
        counts = {
            name: np.zeros((len(rows), int(np.prod(shape))), dtype=np.int32)
            for name, shape in simulator.shapes.items()
        }
        errors: list[str | None] = [None] * len(rows)
        for i, replicate in enumerate(replicates):
            try:
                run = simulator.run(self.values[rows[i]], self.seed, replicate)
                blocks["statistic"][i], blocks["derived"][i] = run.vector, run.derived
                for name, held in counts.items():
                    held[i] = run.counts[name].reshape(-1)
            # Whatever stops one run must not stop the table; its row says what it was.
            except Exception as fault:
                errors[i] = f"{type(fault).__name__}: {fault}"
            if notify is not None:
                notify(1)
        columns: dict[str, Any] = {"replicate": pa.array(replicates, pa.int64())}
        for kind, of in _names(simulator):
            for name, column in zip(of, blocks[kind].T, strict=True):
                columns[f"{kind}.{name}"] = pa.array(column)
        for name, held in counts.items():
            flat = pa.array(held.reshape(-1))
            columns[f"counts.{name}"] = pa.FixedSizeListArray.from_arrays(flat, held.shape[1])
        columns["error"] = pa.array(errors, pa.string())
        content = parquet_bytes(pa.table(columns), {_ADDRESS: self.address(simulator, chunk)})
        name = named(f"{chunk:06d}", content)
        self.place.write(f"{RUNS}/{name}", content)
        return name

    def whole(self, simulator: Simulator) -> dict[int, str]:
        """Return the files that are there and whole, by number; set the others aside."""
        found: dict[int, str] = {}
        for name in self.place.names(RUNS):
            chunk = self._chunk(simulator, name, self.place.read(f"{RUNS}/{name}"))
            if chunk is None or chunk in found:
                self.place.move(f"{RUNS}/{name}", f"{ASIDE}/{name}")
            else:
                found[chunk] = name
        return found

    def _chunk(self, simulator: Simulator, name: str, content: bytes) -> int | None:
        """Return the number of a file; None if it is damaged or not of this table."""
        number = name.partition("-")[0]
        if not number.isdigit() or int(number) >= len(self.chunks) or not fits_name(name, content):
            return None
        is_own = notes_of(content).get(_ADDRESS) == self.address(simulator, int(number))
        return int(number) if is_own else None

    def read(self, simulator: Simulator) -> Rows:
        """Return all runs.

        A MachineError tells that some are missing, an InputError that a file is damaged or
        belongs to another table.
        """
        names = self.place.names(RUNS)
        if len(names) != len(self.chunks):
            missing = len(self.chunks) - len(names)
            raise MachineError(f"{missing} files are missing", file=self.folder)
        parts = []
        for name in names:
            content = self.place.read(f"{RUNS}/{name}")
            if self._chunk(simulator, name, content) is None:
                raise InputError(
                    f"is damaged or belongs to another table; {_AGAIN}",
                    file=self.place.shown(f"{RUNS}/{name}"),
                )
            parts.append(parquet_table(content))
        table = pa.concat_tables(parts).combine_chunks()
        blocks = []
        for kind, of in _names(simulator):
            columns = [table[f"{kind}.{name}"].to_numpy() for name in of]
            blocks.append(np.column_stack(columns) if columns else np.empty((len(table), 0)))
        counts = {}
        for name, shape in simulator.shapes.items():
            flat = table[f"counts.{name}"].combine_chunks().flatten().to_numpy()
            counts[name] = flat.reshape(len(table), *shape)
        keys = [(self.seed, replicate) for replicate in table["replicate"].to_pylist()]
        return Rows(blocks[0], blocks[1], blocks[2], counts, keys)


def _names(simulator: Simulator) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the names of the numbers of a run, by the kind that columns are named after."""
    return (
        ("parameter", simulator.prior.names),
        ("statistic", simulator.statistics),
        ("derived", simulator.derived),
    )


def build(
    wave: Wave, simulator: str, *, workers: int = 1, progress: Progress | None = None
) -> Rows:
    """Make the runs of a wave that are left and return all of them.

    The simulator is named as in :func:`load_simulator`; workers, processes of their own where there
    are several, make theirs by this name. ``progress`` is called with (done, total) as runs end.
    An InputError tells that the folder holds another table or that another process writes there,
    a MachineError that the disk is full or workers keep dying; the same call goes on later.
    """
    held = load_simulator(simulator)
    done, total = 0, len(wave.values)
    with wave.place.lock():
        wave.begin(held)
        whole = wave.whole(held)
        left = [chunk for chunk in range(len(wave.chunks)) if chunk not in whole]

        def advance(runs: int) -> None:
            nonlocal done
            done += runs
            if progress is not None:
                progress(done, total)

        advance(sum(len(wave.chunks[chunk]) for chunk in whole))
        if min(workers, len(left)) > 1:
            work(wave.folder, simulator, left, min(workers, len(left)), advance)
        else:
            for chunk in left:
                wave.make(held, chunk, advance)
        return wave.read(held)


def work(folder: Path, simulator: str, chunks: list[int], workers: int, advance: Notify) -> None:
    """Make files of the wave whose plan is in a folder with several processes.

    A MachineError tells that workers die again and again.
    """
    command = [sys.executable, "-m", "calibration.inference.reference_table"]
    command += [str(folder.absolute()), simulator]
    WorkerPool(command, iter(chunks), workers, advance).work()


def _begin(folder: str, name: str) -> Callable[[int, Notify], Any]:
    try:
        wave, simulator = Wave.begun(Path(folder)), load_simulator(name)
    except InputError as error:
        # The caller has just written what is read here.
        raise MachineError(str(error)) from error

    def make(chunk: int, notify: Notify) -> None:
        made = count(1)
        wave.make(simulator, chunk, lambda _: notify(next(made)))

    return make


if __name__ == "__main__":
    serve(lambda: _begin(*sys.argv[1:]))
