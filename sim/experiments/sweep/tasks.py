"""Orders: what the sweep tells a worker, and the file of runs a worker answers with.

The engine is not imported here, so that the process that hands out orders stays small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from sim.core import provenance
from sim.core.errors import InputError
from sim.core.state import Array
from sim.engine import outcomes
from sim.experiments.sweep.sweep_plan import Chunk, SweepPlan
from sim.experiments.sweep.sweep_store import Shard, Store


@dataclass(frozen=True)
class Task:
    """Tell a worker which runs to make.

    Parameters
    ----------
    chunk
        Name of the chunk.
    address
        The address the file is to carry (:meth:`SweepPlan.key`).
    identity
        That of the plan, so that a worker notices when it knows another.
    runs
        (point, replicate) of each run.
    values
        The values of the parameters varied, by point.
    spared
        Runs not to be made, by their place in the chunk, with the error to record for them.
    """

    chunk: str
    address: str
    identity: str
    runs: tuple[tuple[int, int], ...]
    values: Mapping[int, tuple[float, ...]]
    spared: Mapping[int, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the order in terms of JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Task:
        """Return the order that was written."""
        return cls(
            data["chunk"],
            data["address"],
            data["identity"],
            tuple((point, replicate) for point, replicate in data["runs"]),
            {int(point): tuple(values) for point, values in data["values"].items()},
            {int(place): text for place, text in data["spared"].items()},
        )


def order_of(plan: SweepPlan, chunk: Chunk) -> Task:
    """Return the order for a chunk of a plan."""
    points = {point for point, _ in chunk.runs}
    values = {point: tuple(plan.values[point].tolist()) for point in sorted(points)}
    return Task(chunk.name, plan.key(chunk), plan.identity, chunk.runs, values)


def runs_table(
    plan: SweepPlan,
    order: Task,
    records: list[dict[str, float] | None],
    errors: list[str | None],
) -> pa.Table:
    """Return one row a run: its address, parameters, outcomes and error."""
    points = [point for point, _ in order.runs]
    columns: dict[str, Any] = {
        "point": pa.array(points, type=pa.int64()),
        "replicate": pa.array([replicate for _, replicate in order.runs], type=pa.int64()),
        "seed": pa.array([plan.scenario.seed] * len(points), type=pa.int64()),
    }
    for place, name in enumerate(plan.names):
        columns[name] = pa.array([order.values[point][place] for point in points], pa.float64())
    failed: Array = np.array([record is None for record in records])
    for name in outcomes.FOR_REGION:
        numbers = [np.nan if record is None else record[name] for record in records]
        columns[name] = pa.array(np.array(numbers, dtype=np.float64), mask=failed)
    columns["error"] = pa.array(errors, type=pa.string())
    return pa.table(columns)


def record_failed(store: Store, plan: SweepPlan, order: Task, error: str) -> Shard:
    """Write a chunk's file with all its runs failed."""
    nothing: list[dict[str, float] | None] = [None] * len(order.runs)
    runs = runs_table(plan, order, nothing, [error] * len(order.runs))
    store.forget_beside(plan.tables, order.chunk)
    return store.add(order.address, order.chunk, runs, {})


def check_version(store: Store, plan: SweepPlan) -> None:
    """Refuse a sweep of another model than the one at hand.

    Raises
    ------
    InputError
        It says which is which.
    """
    here = provenance.model_version()
    if plan.model_version != here:
        raise InputError(
            f"the sweep was made by another model: version {plan.model_version} there, {here} here",
            file=store.place.shown(),
            allowed="the version it was made by, or a new folder",
        )
