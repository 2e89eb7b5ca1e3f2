"""Plan a sweep, say what it will take, and begin it or go on with the one begun alike."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.core import provenance
from sim.core.errors import InputError
from sim.core.folders import OVERWRITE, free_folder
from sim.experiments.design import Varied, make_design, varied_of
from sim.experiments.parameter_draws import factorial_with_draws
from sim.experiments.run_settings import at_least, chosen_scenario
from sim.experiments.sweep.storage import parquet_bytes
from sim.experiments.sweep.sweep_plan import Block, Chunk, SweepPlan, checked_tables, chunk_size
from sim.experiments.sweep.sweep_result import CLUSTER_SECONDS, Progress, Sweep, check_workers
from sim.experiments.sweep.sweep_store import Store
from sim.scenario.schema import Scenario
from sim.world import World, load_world

Vary = Mapping[str, Sequence[float] | str] | Iterable[str | Varied]

START_SECONDS = 3.0
"""What workers take to start."""


@dataclass(frozen=True)
class Planned:
    """Hold a plan and the world it runs on, before anything is written."""

    plan: SweepPlan
    world: World
    chosen_chunk: bool


def sweep(
    scenario: str | Path | Scenario,
    vary: Vary = (),
    *,
    design: str | Path | None = None,
    n: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    parameters: Mapping[str, float] | None = None,
    end: str | None = None,
    world: World | None = None,
    tables: Sequence[str] = (),
    keep_events: bool = False,
    chunk: int | None = None,
    draws: Sequence[Mapping[str, float]] = (),
    drawn_from: Mapping[str, Any] | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    cluster_timeout: float = CLUSTER_SECONDS,
    out: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Run a scenario at many points of its parameters and keep every run.

    Runs are written to ``out`` as they end. The same call on the same folder goes on where it
    stopped. Replicate ``r`` has the same random numbers at every point.

    Parameters
    ----------
    scenario
        A scenario, the name of a shipped one, or the path of a file.
    vary
        What is varied: a mapping from a parameter's name to a pair ``(low, high)``, which is
        sampled, or a list of values, which is scanned; or texts such as
        ``"turnover.fade=0.2..0.9"``.
    design
        ``grid``, ``lhs``, ``sobol``, ``morris``, or a CSV or Parquet file of points. By default
        ``grid`` if only lists are given, else ``lhs``.
    n
        Number of points, as the design counts them.
    replicates, seed, end, parameters
        Replace what the scenario says; ``parameters`` by name.
    world
        Tables of another region.
    tables
        What to keep beside the outcomes: ``by_country``, ``by_locality``, ``events``.
    keep_events
        Keep event logs; short for ``events`` in ``tables``.
    chunk
        Most runs in a file.
    draws, drawn_from
        Parameter sets, such as draws from a posterior, with which the points are crossed, and
        where they come from. A parameter that is set or varied is not taken from them.
    workers, cluster, cluster_timeout, progress
        As in :meth:`Sweep.resume`.
    out
        Folder or fsspec address; by default a new folder under ``results``.
    overwrite
        Begin anew where ``out`` holds a sweep.

    Returns
    -------
    Sweep
        What is kept in the folder, with ``frame``, ``points``, ``failures`` and ``design``.

    Raises
    ------
    InputError
        If anything given is not valid, or the folder holds another sweep.
    MachineError
        If the disk is full, or the cluster has lost its workers or its scheduler; the same call
        goes on later.
    """
    check_workers(workers, cluster, cluster_timeout)
    made = planned(
        scenario,
        vary,
        design=design,
        n=n,
        world=world,
        tables=tables,
        keep_events=keep_events,
        chunk=chunk,
        draws=draws,
        drawn_from=drawn_from,
        replicates=replicates,
        seed=seed,
        parameters=parameters,
        end=end,
    )
    place = out if out is not None else free_folder(f"{made.plan.scenario.name}-sweep")
    store_plan(made, place, overwrite)
    return Sweep(place).resume(
        workers=workers, cluster=cluster, cluster_timeout=cluster_timeout, progress=progress
    )


def planned(
    scenario: str | Path | Scenario,
    vary: Vary = (),
    *,
    design: str | Path | None = None,
    n: int | None = None,
    world: World | None = None,
    tables: Sequence[str] = (),
    keep_events: bool = False,
    chunk: int | None = None,
    draws: Sequence[Mapping[str, float]] = (),
    drawn_from: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Planned:
    """Return the plan of a sweep, with the arguments of :func:`sweep`, or refuse what is not valid.

    ``changes`` are its ``replicates``, ``seed``, ``parameters`` and ``end``.
    """
    at_least(1, chunk, "chunk", allowed="1 or more runs")
    world = world if world is not None else load_world()
    chosen = chosen_scenario(scenario, world, **changes)
    varied = _varied(vary)
    points = None
    if varied or design is not None or n is not None or not draws:
        # Lists are scanned; where there is a range, the space is sampled.
        usual = "grid" if all(one.values is not None for one in varied) else "lhs"
        points = make_design(design if design is not None else usual, varied, n, chosen.seed)
        for one in points.varied:
            if one.name in (changes.get("parameters") or {}):
                raise InputError(f"{one.name} is both set and varied", argument="vary")
    if points is None or draws:
        points = factorial_with_draws(points, draws, chosen, drawn_from)
    names = checked_tables(tuple(tables), keep_events)
    runs = len(points.points) * chosen.replicates
    plan = SweepPlan(
        scenario=chosen,
        model_version=provenance.model_version(),
        world_digest=world.digest,
        design=points,
        blocks=(Block(0, len(points.points), 0, chosen.replicates),),
        chunk_runs=chunk if chunk is not None else chunk_size(runs, names),
        tables=names,
    )
    return Planned(plan, world, chunk is not None)


def store_plan(made: Planned, out: str | Path, overwrite: bool = False) -> None:
    """Write a plan into a new folder or address, or find it there.

    With ``overwrite``, what is kept there of a sweep is removed first.

    InputError if the folder holds something else; it says what differs.
    """
    store = Store(out)
    store.check_free(overwrite)
    with store.place.lock():
        if overwrite:
            store.clear()
        if not store.has_plan:
            store.create(made.plan, made.world)
            return
        held = store.plan()
        differences = held.differences(made.plan)
        if made.chosen_chunk and held.chunk_runs != made.plan.chunk_runs:
            differences.append(
                f"runs in a file {held.chunk_runs} there, {made.plan.chunk_runs} here"
            )
        if differences:
            raise InputError(
                f"holds another sweep: {'; '.join(differences)}",
                file=store.place.shown(),
                allowed=f"the same sweep, to go on with it, a new folder, or {OVERWRITE}",
            )
        store.check_version(held)


def _varied(vary: Vary) -> tuple[Varied, ...]:
    """Return what is varied, from whichever form it was given in."""
    if isinstance(vary, Mapping):
        vary = [_text(name, values) for name, values in vary.items()]
    given = (vary,) if isinstance(vary, (str, Varied)) else tuple(vary)
    return varied_of(given)


def _text(name: str, values: Sequence[float] | str) -> str:
    """Return what is varied in the words of the command line; a pair in a tuple is a range."""
    if isinstance(values, str):
        return f"{name}={values}"
    is_range = isinstance(values, tuple) and len(values) == 2
    return f"{name}={('..' if is_range else ',').join(repr(float(value)) for value in values)}"


@dataclass(frozen=True)
class CostEstimate:
    """Hold what a sweep is expected to need."""

    # How many there are.
    runs: int
    chunks: int
    run_seconds: float  # time of one run on one processor
    workers: int  # processes the time is for
    seconds: float  # time of the sweep
    size: int  # bytes on the disk


def estimate(
    made: Planned, workers: int | None = None, sample: int = 4, left: int = 0
) -> CostEstimate:
    """Make a few runs spread over the points and return what all of them are expected to need.

    At most ``sample`` runs are tried. Workers are all processors by default; ``left`` is the number
    of runs to be made beside those of the plan.
    """
    from sim.experiments.sweep.chunk_runs import ChunkRunner

    plan = made.plan
    points, tried = len(plan.values), min(sample, len(plan.values))
    runs = tuple((place * points // tried, 0) for place in range(tried))
    runner = ChunkRunner(plan, made.world)
    runner.warm_up()
    started = time.perf_counter()
    many = runner.make(plan.task(Chunk(0, 0, runs)))
    each = (time.perf_counter() - started) / tried
    one = runner.make(plan.task(Chunk(0, 0, runs[:1]))) if tried > 1 else many
    total = plan.runs + left
    counts = [left, *(block.runs for block in plan.blocks)]
    chunks = sum(-(-count // plan.chunk_runs) for count in counts)
    size = 0.0
    for some, single in zip((many[0], *many[1].values()), (one[0], *one[1].values()), strict=True):
        first, every = len(parquet_bytes(single)), len(parquet_bytes(some))
        growth = (every - first) / (tried - 1) if tried > 1 else first
        size += chunks * max(first - growth, 0.0) + total * growth
    hands = min(workers or provenance.cpu_count(), chunks)
    return CostEstimate(
        total, chunks, each, hands, total * each / hands + START_SECONDS, round(size)
    )
