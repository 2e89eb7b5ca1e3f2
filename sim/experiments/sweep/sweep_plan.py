"""What a sweep is to do: which runs, in which chunks and tasks, and how two plans differ.

The engine is not imported here, so that the process that hands out tasks stays small.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from pydantic import TypeAdapter

from sim.core.errors import InputError, known_names
from sim.core.files import plain
from sim.core.state import Array
from sim.engine import outcomes
from sim.experiments.design import Design
from sim.experiments.run_settings import at_least, simulated
from sim.scenario.schema import Scenario

FORMAT = 1
"""Number of the store's layout; a store of another layout is refused."""

TABLES = ("by_country", "by_locality", "events")
"""What a sweep can keep of each run beside its outcomes for the region."""

_FEWEST, _MOST, _WITH_EVENTS = 10, 100, 25
_PARTS = 64
_SHORT = 40
_WITHOUT_EFFECT = {"name", "title", "question", "lineage", "focus", "replicates", "parameters"}


@dataclass(frozen=True)
class Block:
    """Name a rectangle of runs: some points times some replicates.

    A new sweep is one block; each extension adds one or two, so that what was done before keeps
    its place.
    """

    first_point: int
    end_point: int
    first_replicate: int
    end_replicate: int

    @property
    def replicates(self) -> int:
        """Return how many replicates each of its points has."""
        return self.end_replicate - self.first_replicate

    @property
    def runs(self) -> int:
        """Return the number of runs."""
        return (self.end_point - self.first_point) * self.replicates

    def run(self, number: int) -> tuple[int, int]:
        """Return (point, replicate) of a run, counted through the block point by point."""
        point, replicate = divmod(number, self.replicates)
        return self.first_point + point, self.first_replicate + replicate


@dataclass(frozen=True)
class Chunk:
    """Name some consecutive runs of a block, as (point, replicate): one worker's work at a time."""

    block: int
    number: int
    runs: tuple[tuple[int, int], ...]

    @property
    def name(self) -> str:
        """Return the name that its files begin with."""
        return f"{self.block:02d}-{self.number:06d}"


@dataclass(frozen=True)
class Task:
    """Tell a worker which runs to make."""

    chunk: str
    address: str  # the address the file is to carry (:meth:`SweepPlan.key`)
    identity: str  # that of the plan, so that a worker notices when it knows another
    runs: tuple[tuple[int, int], ...]  # (point, replicate) of each run
    values: Mapping[int, tuple[float, ...]]  # the values of the parameters varied, by point
    # Runs not to be made, by their place in the chunk, with the error to record for them.
    spared: Mapping[int, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the task in terms of JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Task:
        """Return the task that was written."""
        return TypeAdapter(cls).validate_python(data)


@dataclass(frozen=True)
class SweepPlan:
    """Hold everything that decides a sweep's numbers."""

    scenario: Scenario  # the scenario in full; its seed is the sweep's
    # Of the software and tables that make the runs.
    model_version: str
    world_digest: str
    design: Design
    blocks: tuple[Block, ...]  # the runs, in the order in which they were asked for
    chunk_runs: int  # most runs in a chunk
    tables: tuple[str, ...]  # what is kept beside the outcomes, names of :data:`TABLES`

    @property
    def runs(self) -> int:
        """Return the number of runs."""
        return sum(block.runs for block in self.blocks)

    @property
    def replicates(self) -> int:
        """Return the number of replicates of each point."""
        return max(block.end_replicate for block in self.blocks)

    @property
    def simulated(self) -> dict[str, Any]:
        """Return months, replicates of each point, seed and changes beside the points."""
        return simulated(self.scenario, replicates=self.replicates, draws=self.design.draws)

    @cached_property
    def values(self) -> Array:
        """Return the points as an array (points, parameters varied)."""
        return self.design.points.to_numpy(dtype=np.float64)

    @property
    def names(self) -> list[str]:
        """Return the parameters that the points set, in the order of the columns."""
        return [str(name) for name in self.design.points.columns]

    @cached_property
    def identity(self) -> str:
        """Return a hash of all that decides the outcome of a run, given its point and replicate."""
        scenario = json.dumps(_fields(self.scenario), sort_keys=True)
        parts = [self.model_version, self.world_digest, scenario, *self.tables, "", *self.names]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def points_digest(self) -> str:
        """Return a hash of the points: names and values."""
        digest = hashlib.sha256("\0".join(self.names).encode())
        digest.update(self.values.astype("<f8").tobytes())
        return digest.hexdigest()

    def chunks(self) -> Iterator[Chunk]:
        """Yield the chunks in order."""
        for place, block in enumerate(self.blocks):
            for number, first in enumerate(range(0, block.runs, self.chunk_runs)):
                end = min(first + self.chunk_runs, block.runs)
                yield Chunk(place, number, tuple(block.run(run) for run in range(first, end)))

    def key(self, chunk: Chunk) -> str:
        """Return a hash of a chunk's address: model, world, scenario, points and seeds."""
        digest = hashlib.sha256(self.identity.encode())
        digest.update(np.array(chunk.runs, dtype="<i8").tobytes())
        points = sorted({point for point, _ in chunk.runs})
        digest.update(self.values[points].astype("<f8").tobytes())
        return digest.hexdigest()

    def task(self, chunk: Chunk) -> Task:
        """Return what a worker is told of a chunk."""
        points = sorted({point for point, _ in chunk.runs})
        values = {point: tuple(self.values[point].tolist()) for point in points}
        return Task(chunk.name, self.key(chunk), self.identity, chunk.runs, values)

    def runs_table(
        self, task: Task, records: list[dict[str, float] | None], errors: list[str | None]
    ) -> pa.Table:
        """Return one row a run of a task: its address, parameters, outcomes and error."""
        points, replicates = zip(*task.runs, strict=True)
        columns: dict[str, Any] = {
            "point": pa.array(points, type=pa.int64()),
            "replicate": pa.array(replicates, type=pa.int64()),
            "seed": pa.array([self.scenario.seed] * len(points), type=pa.int64()),
        }
        for place, name in enumerate(self.names):
            columns[name] = pa.array([task.values[point][place] for point in points], pa.float64())
        failed: Array = np.array([record is None for record in records])
        for name in outcomes.FOR_REGION:
            numbers = [np.nan if record is None else record[name] for record in records]
            columns[name] = pa.array(np.array(numbers, dtype=np.float64), mask=failed)
        columns["error"] = pa.array(errors, type=pa.string())
        return pa.table(columns)

    def extended(self, n: int | None = None, replicates: int | None = None) -> SweepPlan:
        """Return the plan with further points, further replicates of each point or both.

        Points are counted as by :meth:`sim.experiments.design.Design.extended`.

        InputError if nothing is added, or the design cannot go on.
        """
        if n is None and replicates is None:
            raise InputError("nothing to add", allowed="further points or further replicates")
        design, blocks = self.design, list(self.blocks)
        if n is not None:
            design = design.extended(n)
            blocks.append(Block(len(self.values), len(design.points), 0, self.replicates))
        if replicates is not None:
            at_least(1, replicates, "replicates")
            last = self.replicates + replicates
            blocks.append(Block(0, len(design.points), self.replicates, last))
        return replace(self, design=design, blocks=tuple(blocks))

    def to_json(self) -> dict[str, Any]:
        """Return the plan in terms of JSON, the points left out."""
        return {
            "format": FORMAT,
            "model_version": self.model_version,
            "world": {"digest": self.world_digest},
            "scenario": self.scenario.model_dump(mode="json"),
            "seed": self.scenario.seed,
            "points": len(self.values),
            "replicates": self.replicates,
            "runs": self.runs,
            "varied": self.names,
            "tables": list(self.tables),
            "chunk_runs": self.chunk_runs,
            "blocks": [list(vars(block).values()) for block in self.blocks],
            "design": plain(self.design.to_json()),
        }

    def differences(self, other: SweepPlan) -> list[str]:
        """Return what another plan has otherwise, one sentence each."""
        pairs: list[tuple[str, object, object]] = [
            ("model version", self.model_version, other.model_version),
            ("world", self.world_digest[:12], other.world_digest[:12]),
            *_scenario_differences(_fields(self.scenario), _fields(other.scenario)),
            ("design", self.design.kind, other.design.kind),
            ("parameters varied", ", ".join(self.names), ", ".join(other.names)),
            ("points", len(self.values), len(other.values)),
            ("replicates", self.replicates, other.replicates),
            ("tables", ", ".join(self.tables) or "none", ", ".join(other.tables) or "none"),
        ]
        found = [f"{what} {mine} there, {its} here" for what, mine, its in pairs if mine != its]
        if not found and not np.array_equal(self.values, other.values):
            found.append("the points have other values")
        return found


def chunk_size(runs: int, tables: tuple[str, ...]) -> int:
    """Return the most runs in a chunk: few enough to spread, enough to fill a file."""
    most = _WITH_EVENTS if "events" in tables else _MOST
    return max(_FEWEST, min(most, runs // _PARTS))


def checked_tables(names: tuple[str, ...], keep_events: bool) -> tuple[str, ...]:
    """Return the tables to keep, in one order; InputError if there is no such table."""
    known_names("table", names, TABLES, argument="tables")
    return tuple(name for name in TABLES if name in names or (keep_events and name == "events"))


def _fields(scenario: Scenario) -> dict[str, Any]:
    """Return the fields of a scenario that decide its numbers, with parameters one by one."""
    fields = scenario.model_dump(mode="json", exclude=_WITHOUT_EFFECT)
    return fields | scenario.parameter_values()


def _scenario_differences(
    mine: Mapping[str, Any], other: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    """Yield the fields in which two scenarios differ; long ones only by name."""
    for name in mine:
        if mine[name] != other.get(name):
            there, here = json.dumps(mine[name]), json.dumps(other.get(name))
            short = max(len(there), len(here)) <= _SHORT
            yield (f"scenario's {name}", *((there, here) if short else ("one", "another")))
