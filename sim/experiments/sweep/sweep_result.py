"""A sweep that was begun: what it holds, how far it is, and how it goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sim.core import provenance
from sim.core.errors import InputError
from sim.core.notebook import facts_html
from sim.core.plurals import counted
from sim.core.state import Array
from sim.experiments.design import Design
from sim.experiments.run_settings import at_least
from sim.experiments.sender_words import sender_words
from sim.experiments.sensitivity.indices import to_ema, to_salib
from sim.experiments.sweep.storage import Folder
from sim.experiments.sweep.sweep_plan import Chunk, SweepPlan
from sim.experiments.sweep.sweep_store import POINTS, RUNS, Damage, Store

if TYPE_CHECKING:
    import pandas as pd

    from sim.world import World

Progress = Callable[[int, int], None]

CLUSTER_SECONDS = 60.0
"""How long a cluster may be without a worker where nothing else is asked for."""

Working = tuple[int | None, str | None, float]
"""Processes, address of a cluster, and how long that may be without a worker (s)."""


@dataclass(frozen=True)
class Status:
    """Count a sweep's runs."""

    runs: int  # runs planned
    done: int  # runs that have ended, those that failed included
    failed: int  # runs that failed; they have a row with the error
    # Points planned, and those of which a run has ended.
    points: int
    points_with_runs: int

    @property
    def left(self) -> int:
        """Return how many runs are still to be made."""
        return self.runs - self.done

    @property
    def points_text(self) -> str:
        """Return what is there of an unfinished sweep, in words; of a finished one its points."""
        whole = counted(self.points, "point")
        runs = f"{self.done:,} of {counted(self.runs, 'run')}"
        return f"{self.points_with_runs:,} of {whole}, {runs}" if self.left else whole


class Sweep:
    """Hold a sweep that is kept in a folder or at an address.

    Parameters
    ----------
    folder
        Where it is kept.

    Raises
    ------
    InputError
        If no sweep is kept there.
    """

    def __init__(self, folder: str | Path) -> None:
        self.store = Store(folder)
        self.plan = self.store.plan()
        self.damages: list[Damage] = []

    @property
    def folder(self) -> str:
        """Return the folder or address."""
        return self.store.place.shown()

    @property
    def design(self) -> Design:
        """Return the design the points come from."""
        return self.plan.design

    @cached_property
    def world(self) -> World | None:
        """Return the tables it runs on; None where they are not at hand."""
        try:
            return self.store.world(self.plan)
        except InputError:
            return None

    @property
    def points(self) -> pd.DataFrame:
        """Return the points, one row each, one column a parameter."""
        return self.plan.design.points

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return one row a run with point, replicate, seed, parameters, outcomes and error.

        Where points are crossed with draws of parameters, ``draw`` says which one a run has.
        """
        frame: pd.DataFrame = self.table().to_pandas(use_threads=False)
        if self.design.draws:
            frame.insert(1, "draw", frame["point"] % self.design.draws)
        return frame.sort_values(["point", "replicate"], ignore_index=True)

    @property
    def failures(self) -> pd.DataFrame:
        """Return the runs that failed, with their errors."""
        columns = ["point", "replicate", "seed", *self.plan.names, "error"]
        parts = list(self.store.tables(self.plan, RUNS, columns, failed=True))
        if not parts:
            return self.points.iloc[:0].reindex(columns=columns)
        failed: pd.DataFrame = pa.concat_tables(parts).to_pandas(use_threads=False)
        failed = failed[failed["error"].notna()]
        return failed.sort_values(["point", "replicate"], ignore_index=True)

    def means(self, outcomes: Sequence[str]) -> pd.DataFrame:
        """Return outcomes for the region by point: means over the runs that ended well.

        Files are read one by one, so that memory does not grow with the number of runs.

        Returns
        -------
        DataFrame
            One row a point, indexed as :attr:`points`; nan where an outcome is never defined.
        """
        import pandas as pd

        sums = np.zeros((2, len(self.points), len(outcomes)))
        for part in self.store.tables(self.plan, RUNS, ["point", *outcomes]):
            point = part["point"].to_numpy()
            for place, name in enumerate(outcomes):
                values = part[name].to_numpy()
                known = ~np.isnan(values)
                np.add.at(sums[0, :, place], point[known], values[known])
                np.add.at(sums[1, :, place], point[known], 1.0)
        with np.errstate(invalid="ignore"):
            return pd.DataFrame(sums[0] / sums[1], columns=list(outcomes))

    def table(self, name: str = RUNS, columns: Sequence[str] | None = None) -> pa.Table:
        """Return what is kept as an Arrow table, all of it or some columns.

        Parameters
        ----------
        name
            ``runs``, or a table the sweep was asked to keep: ``by_country``, ``by_locality``,
            ``events``.
        columns
            Which columns; all of them by default.

        Raises
        ------
        InputError
            If it was not kept, no run has ended yet, or a file is damaged.
        """
        parts = list(self.parts(name, columns))
        if not parts:
            raise InputError("no run has ended yet", file=self.folder)
        return pa.concat_tables(parts).unify_dictionaries()

    def parts(self, name: str = RUNS, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield what :meth:`table` returns file by file, so that memory need not hold it all."""
        if name != RUNS and name not in self.plan.tables:
            kept = ", ".join((RUNS, *self.plan.tables))
            raise InputError(f"the sweep keeps no table {name!r}", file=self.folder, allowed=kept)
        yield from self.store.tables(self.plan, name, None if columns is None else list(columns))

    @property
    def notes(self) -> list[str]:
        """Return what should be told of the design and of files of the plan that were lost."""
        return [*self.design.notes, *(f"{file} {why}" for file, why in self.store.lost.items())]

    @property
    def status(self) -> Status:
        """Return how many runs are done, failed and left, from the names of the files."""
        there = {shard.chunk: shard for shard in self.store.shards()}
        whole = [chunk for chunk in self.plan.chunks() if chunk.name in there]
        done = sum(len(chunk.runs) for chunk in whole)
        failed = sum(there[chunk.name].failed for chunk in whole)
        reached = {point for chunk in whole for point, _ in chunk.runs}
        return Status(self.plan.runs, done, failed, len(self.points), len(reached))

    def resume(
        self,
        *,
        workers: int | None = None,
        cluster: str | None = None,
        cluster_timeout: float = CLUSTER_SECONDS,
        progress: Progress | None = None,
        retry: bool = False,
    ) -> Sweep:
        """Make the runs that are left.

        Every file is checked first; damaged ones are set aside and their runs made again
        (:attr:`damages` names them).

        Parameters
        ----------
        workers
            Processes on this machine; all its processors by default, 1 works in this process.
        cluster
            Address of a Dask scheduler to work with instead.
        cluster_timeout
            Seconds the cluster may be without a worker before the sweep stops.
        progress
            Called with (done, total) as runs end.
        retry
            Make failed runs again, too.

        Raises
        ------
        InputError
            If the model or the world has changed since, or another sweep is writing here.
        MachineError
            If the disk is full, or the cluster has lost its workers or its scheduler; the same
            call goes on later.
        """
        with self.store.place.lock():
            self.plan = self.store.plan()
            self.store.mend()
            self._carry_out((workers, cluster, cluster_timeout), progress, retry)
        return self

    def extend(
        self,
        n: int | None = None,
        replicates: int | None = None,
        *,
        workers: int | None = None,
        cluster: str | None = None,
        cluster_timeout: float = CLUSTER_SECONDS,
        progress: Progress | None = None,
    ) -> Sweep:
        """Add points, replicates or both, and make the runs that are left.

        Parameters
        ----------
        n
            Further points, as the design counts them.
        replicates
            Further replicates of each point.
        workers, cluster, cluster_timeout, progress
            As in :meth:`resume`.

        Raises
        ------
        InputError
            If nothing is added, the design cannot go on, or as in :meth:`resume`.
        """
        with self.store.place.lock():
            self.plan = self.extended_plan(n, replicates)
            self.store.write_plan(self.plan)
            self._carry_out((workers, cluster, cluster_timeout), progress)
        return self

    def extended_plan(self, n: int | None = None, replicates: int | None = None) -> SweepPlan:
        """Return the plan that :meth:`extend` would carry out; write and run nothing."""
        plan = self.store.plan()
        self.store.check_version(plan)
        self.store.world(plan)
        return plan.extended(n, replicates)

    def _carry_out(self, working: Working, progress: Progress | None, retry: bool = False) -> None:
        """Make the runs that are left; the place is locked."""
        check_workers(*working)
        store, plan = self.store, self.plan
        store.check_version(plan)
        store.world(plan)
        whole, self.damages = store.check(plan)
        for shard in [shard for shard in whole.values() if retry and shard.failed]:
            store.set_aside(f"{RUNS}/{shard.file}")
            del whole[shard.chunk]
        store.clear_beside(plan.tables, whole=whole.values())
        left = [chunk for chunk in plan.chunks() if chunk.name not in whole]
        done = plan.runs - sum(len(chunk.runs) for chunk in left)
        advance = _counter(done, plan.runs, progress)
        self.__dict__.pop("frame", None)
        if left:
            self._work(left, working, advance)
        if isinstance(store.place, Folder) and not self.status.left:
            self._describe(store.place.folder)

    def _describe(self, folder: Path) -> None:
        """Write what the tables of a finished sweep hold and where they come from."""
        from sim.experiments.data_package import sweep_description

        place = self.store.place
        tables = {"points": [POINTS]}
        for table in (RUNS, *self.plan.tables):
            if names := [name for name in place.names(table) if name.endswith(".parquet")]:
                tables[table] = [f"{table}/{name}" for name in names]
        found = sweep_description(folder, self.store.record(), tables, self.world)
        for name, content in found.items():
            place.write(name, f"{json.dumps(content, ensure_ascii=False)}\n".encode())

    def _work(self, left: list[Chunk], working: Working, advance: Callable[[int], None]) -> None:
        """Make the runs of some chunks in this process, with several, or on a cluster."""
        store, plan, (workers, cluster, timeout) = self.store, self.plan, working
        tasks = (plan.task(chunk) for chunk in left)
        if cluster is not None:
            from sim.experiments.sweep.dask_cluster import work_on_cluster

            work_on_cluster(store, plan, cluster, tasks, advance, timeout)
        elif workers == 1:
            from sim.experiments.sweep.chunk_runs import carry_out

            for task in tasks:
                carry_out(store, task, lambda place: advance(int(place > 0)))
        else:
            from sim.experiments.sweep.local_pool import LocalPool

            size = min(workers or provenance.cpu_count(), len(left))
            LocalPool(store, plan, size, tasks, advance).work()

    def to_salib(self, outcomes: Sequence[str] | str = ()) -> tuple[dict[str, Any], Array, Array]:
        """Return the sweep as SALib takes it (:mod:`sim.experiments.sensitivity.indices`)."""
        return to_salib(self.design, self.frame, outcomes)

    def to_ema(self) -> tuple[pd.DataFrame, dict[str, Array]]:
        """Return the sweep as the EMA workbench has it (see ``to_salib``)."""
        return to_ema(self.design, self.frame)

    def _repr_html_(self) -> str:
        """Show in a notebook what it varies and how far it is."""
        status, plan = self.status, self.plan
        facts = {
            "design": f"{self.design.kind}: {counted(status.points, 'point')} of "
            f"{self.design.description}",
            "replicates": plan.replicates,
            "runs": f"{status.done:,} of {status.runs:,} done, {status.failed:,} failed",
            "seed": plan.scenario.seed,
            "tables": ", ".join((RUNS, *plan.tables)),
            "folder": self.folder,
        }
        title = sender_words(self.world).scenario(plan.scenario).title
        return facts_html(f"Sweep of {title}", facts)

    def __repr__(self) -> str:
        status = self.status
        lead = f"not finished: {status.points_text}; " if status.left else ""
        return (
            f"Sweep({self.folder!r}, {lead}{counted(status.points, 'point')} of "
            f"{self.design.description}, {counted(self.plan.replicates, 'replicate')}, "
            f"{status.done:,} of {counted(status.runs, 'run')} done, {status.failed:,} failed)"
        )


def check_workers(
    workers: int | None, cluster: str | None, cluster_timeout: float = CLUSTER_SECONDS
) -> None:
    """Refuse a number of workers that is none, one beside a cluster, or no time to wait."""
    if not cluster_timeout > 0.0:
        raise InputError(
            f"{cluster_timeout:g} is too short", field="cluster_timeout", allowed="seconds above 0"
        )
    at_least(1, workers, "workers")
    if workers is not None and cluster is not None:
        raise InputError(
            "a cluster has workers of its own", field="workers", allowed="workers or a cluster"
        )


def _counter(done: int, total: int, progress: Progress | None) -> Callable[[int], None]:
    """Return a function that counts runs and reports some ten times a second at most."""
    count, reported = done, 0.0

    def advance(runs: int) -> None:
        nonlocal count, reported
        count += runs
        now = time.monotonic()
        if progress is not None and (now - reported > 0.1 or count == total):
            reported = now
            progress(count, total)

    advance(0)
    return advance
