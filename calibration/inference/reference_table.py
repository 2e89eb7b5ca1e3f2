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
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from calibration.inference.prior import Array
from calibration.inference.simulator_protocol import Observation, Simulator
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

CHUNK = 50
WAVE = 10_000_000
FORMAT = 1
PLAN, POINTS, RUNS, ASIDE = "plan.json", "points.parquet", "runs", "set-aside"
_ADDRESS = "paradiplomacy.address"
_AGAIN = "calibrate on the same folder again to make its runs anew"

Progress = Callable[[int, int], None]
Advance = Callable[[int], None]


class Rows(NamedTuple):
    """Hold runs of a table.

    Parameters
    ----------
    values
        Of the parameters (N, P).
    statistics
        As documented (N, K); nan where a run failed.
    derived
        Derived quantities (N, Q).
    counts
        Further counts by name, int32, (N, ...) each.
    keys
        Seed and replicate of each row.
    """

    values: Array
    statistics: Array
    derived: Array
    counts: Mapping[str, Array]
    keys: list[tuple[int, int]]

    def chosen(self, rows: Array) -> Rows:
        """Return some of the rows, by index or mask."""
        keys = np.array(self.keys)[rows]
        return Rows(
            self.values[rows],
            self.statistics[rows],
            self.derived[rows],
            {name: counts[rows] for name, counts in self.counts.items()},
            [(int(seed), int(replicate)) for seed, replicate in keys],
        )

    def finite(self) -> Rows:
        """Return the rows whose statistics and derived quantities are all numbers."""
        numbers = np.column_stack([self.statistics, self.derived])
        return self.chosen(np.asarray(np.isfinite(numbers).all(axis=1)))

    @staticmethod
    def joined(parts: Iterable[Rows]) -> Rows:
        """Return the rows of several tables, one after the other."""
        held = list(parts)
        return Rows(
            np.concatenate([part.values for part in held]),
            np.concatenate([part.statistics for part in held]),
            np.concatenate([part.derived for part in held]),
            {name: np.concatenate([p.counts[name] for p in held]) for name in held[0].counts},
            [key for part in held for key in part.keys],
        )


def load_simulator(name: str) -> Simulator:
    """Return the simulator that ``module:function`` makes.

    ``module:function:text`` hands the text to the function: the name of a variant.
    """
    module, _, rest = name.partition(":")
    function, *text = rest.split(":", 1)
    made: Simulator = getattr(importlib.import_module(module), function)(*text)
    return made


@dataclass(frozen=True)
class Wave:
    """Hold the plan of some runs.

    Parameters
    ----------
    folder
        Where they are kept.
    number
        Of the wave, from 0; it keeps the random numbers of waves apart.
    seed
        Of all runs.
    values
        Of the parameters (N, P).
    """

    folder: Path
    number: int
    seed: int
    values: Array

    @property
    def chunks(self) -> int:
        """Return the number of files."""
        return -(-len(self.values) // CHUNK)

    @cached_property
    def place(self) -> Folder:
        """Return the folder."""
        return Folder(self.folder)

    def rows(self, chunk: int) -> range:
        """Return the rows of a file."""
        return range(chunk * CHUNK, min((chunk + 1) * CHUNK, len(self.values)))

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
        digest = hashlib.sha256(text.encode())
        rows = self.rows(chunk)
        digest.update(f"\0{rows.start}\0".encode())
        digest.update(self.values[rows.start : rows.stop].astype("<f8").tobytes())
        return digest.hexdigest()

    def begin(self, simulator: Simulator) -> None:
        """Write the plan, or find it there.

        Raises
        ------
        InputError
            If the folder holds runs of another model, prior or seed.
        """
        wanted = plain(self.identity(simulator))
        # A plan that cannot be read is written anew; files of runs name what they belong to.
        with suppress(FileNotFoundError, ValueError, TypeError):
            held = dict(json.loads(self.place.read(PLAN)))
            other = [name for name in wanted if held.get(name) != wanted[name]]
            if other:
                raise InputError(
                    f"holds runs of another calibration: {', '.join(other)} differ",
                    file=self.folder,
                    allowed="the same calibration, to go on with it, or a new folder",
                )
        self.place.write(PLAN, (json.dumps(wanted, indent=2) + "\n").encode())
        points = pa.table({name: self.values[:, j] for j, name in enumerate(simulator.prior.names)})
        self.place.write(POINTS, parquet_bytes(points))

    @classmethod
    def begun(cls, folder: Path) -> Wave:
        """Return the wave whose plan is in a folder.

        Raises
        ------
        InputError
            If there is none, or it cannot be read.
        """
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
        """Make the runs of one file and return its name."""
        rows = self.rows(chunk)
        runs: list[Observation | None] = []
        errors: list[str | None] = []
        for row in rows:
            error = run = None
            try:
                run = simulator.run(self.values[row], self.seed, self.number * WAVE + row)
            # Whatever stops one run must not stop the table; its row says what it was.
            except Exception as fault:
                error = f"{type(fault).__name__}: {fault}"
            runs.append(run)
            errors.append(error)
            if notify is not None:
                notify(1)
        table = _table(self, simulator, rows, runs, errors)
        content = parquet_bytes(table, {_ADDRESS: self.address(simulator, chunk)})
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
        if not number.isdigit() or int(number) >= self.chunks or not fits_name(name, content):
            return None
        is_own = notes_of(content).get(_ADDRESS) == self.address(simulator, int(number))
        return int(number) if is_own else None

    def read(self, simulator: Simulator) -> Rows:
        """Return all runs.

        Raises
        ------
        MachineError
            If some are missing.
        InputError
            If a file is damaged or belongs to another table.
        """
        names = self.place.names(RUNS)
        if len(names) != self.chunks:
            raise MachineError(f"{self.chunks - len(names)} files are missing", file=self.folder)
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
        replicates = table["replicate"].to_pylist()
        counts = {}
        for name, shape in simulator.shapes.items():
            flat = table[f"counts.{name}"].combine_chunks().flatten().to_numpy()
            counts[name] = flat.reshape(len(table), *shape)
        return Rows(
            _columns(table, "parameter", simulator.prior.names),
            _columns(table, "statistic", simulator.statistics),
            _columns(table, "derived", simulator.derived),
            counts,
            [(self.seed, replicate) for replicate in replicates],
        )


def _columns(table: pa.Table, kind: str, names: tuple[str, ...]) -> Array:
    columns = [table[f"{kind}.{name}"].to_numpy() for name in names]
    return np.column_stack(columns) if columns else np.empty((len(table), 0))


def _table(
    wave: Wave,
    simulator: Simulator,
    rows: range,
    runs: list[Observation | None],
    errors: list[str | None],
) -> pa.Table:
    """Return one row a run: replicate, parameters, statistics, derived quantities and counts."""

    def numbers(kind: str, names: tuple[str, ...], of: Callable[[Observation], Array]) -> None:
        block = np.array([of(run) if run else np.full(len(names), np.nan) for run in runs])
        for j, name in enumerate(names):
            columns[f"{kind}.{name}"] = pa.array(block[:, j].astype(np.float64))

    replicates = [wave.number * WAVE + row for row in rows]
    columns: dict[str, Any] = {"replicate": pa.array(replicates, pa.int64())}
    for j, name in enumerate(simulator.prior.names):
        columns[f"parameter.{name}"] = pa.array(wave.values[rows.start : rows.stop, j])
    numbers("statistic", simulator.statistics, lambda run: run.vector)
    numbers("derived", simulator.derived, lambda run: run.derived)
    for name, shape in simulator.shapes.items():
        size = int(np.prod(shape))
        kept = [run.counts[name].reshape(-1) if run else np.zeros(size) for run in runs]
        flat = pa.array(np.concatenate(kept).astype(np.int32))
        columns[f"counts.{name}"] = pa.FixedSizeListArray.from_arrays(flat, size)
    columns["error"] = pa.array(errors, pa.string())
    return pa.table(columns)
