"""Begin a sweep, or go on with the one that was begun with the same words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.core import provenance
from sim.core.errors import InputError
from sim.core.folders import OVERWRITE, free_folder
from sim.experiments.design import Design, Varied, make_design, parse_vary
from sim.experiments.design_with_draws import factorial_with_draws
from sim.experiments.sweep.plan_files import has_plan
from sim.experiments.sweep.sweep_plan import Block, SweepPlan, checked_tables, chunk_size
from sim.experiments.sweep.sweep_result import CLUSTER_SECONDS, Progress, Sweep, check_workers
from sim.experiments.sweep.sweep_store import Store
from sim.experiments.sweep.tasks import check_version
from sim.scenario.schema import Scenario, load
from sim.world import World, load_world

Vary = Mapping[str, Sequence[float] | str] | Iterable[str | Varied]


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
    overrides: Mapping[str, float] | None = None,
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
    replicates, seed, end, overrides
        Replace what the scenario says; ``overrides`` are parameters by name.
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
    asked = planned(
        scenario,
        vary,
        design=design,
        n=n,
        replicates=replicates,
        seed=seed,
        overrides=overrides,
        end=end,
        world=world,
        tables=tables,
        keep_events=keep_events,
        chunk=chunk,
        draws=draws,
        drawn_from=drawn_from,
    )
    place = out if out is not None else free_folder(f"{asked.plan.scenario.name}-sweep")
    begin(asked, place, overwrite)
    return Sweep(place).resume(
        workers=workers, cluster=cluster, cluster_timeout=cluster_timeout, progress=progress
    )


def planned(
    scenario: str | Path | Scenario,
    vary: Vary = (),
    *,
    design: str | Path | None = None,
    n: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    overrides: Mapping[str, float] | None = None,
    end: str | None = None,
    world: World | None = None,
    tables: Sequence[str] = (),
    keep_events: bool = False,
    chunk: int | None = None,
    draws: Sequence[Mapping[str, float]] = (),
    drawn_from: Mapping[str, Any] | None = None,
) -> Planned:
    """Return the plan of a sweep; see :func:`sweep` for the parameters.

    Raises
    ------
    InputError
        If anything given is not valid.
    """
    if chunk is not None and chunk < 1:
        raise InputError(f"{chunk} is too few", field="chunk", allowed="1 or more runs")
    world = world if world is not None else load_world()
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario, world=world)
    changes: dict[str, Any] = {"parameters": overrides, "seed": seed, "replicates": replicates}
    chosen = chosen.with_overrides(**changes, end=end)
    varied = _varied(vary)
    points = None
    if varied or design is not None or n is not None or not draws:
        kind = design if design is not None else _usual(varied)
        points = make_design(kind, varied, n, chosen.seed)
        _check_varied(points.varied, overrides or {})
    laid = _laid(points, draws, chosen, drawn_from)
    kept = checked_tables(tuple(tables), keep_events)
    runs = len(laid.points) * chosen.replicates
    plan = SweepPlan(
        scenario=chosen,
        model_version=provenance.model_version(),
        world_digest=world.digest,
        design=laid,
        blocks=(Block(0, len(laid.points), 0, chosen.replicates),),
        chunk_runs=chunk if chunk is not None else chunk_size(runs, kept),
        tables=kept,
    )
    return Planned(plan, world, chunk is not None)


def _laid(
    points: Design | None,
    draws: Sequence[Mapping[str, float]],
    scenario: Scenario,
    source: Mapping[str, Any] | None,
) -> Design:
    """Return the points of a sweep, crossed with draws where there are some."""
    if points is not None and not draws:
        return points
    return factorial_with_draws(points, draws, scenario, source)


def begin(asked: Planned, out: str | Path, overwrite: bool = False) -> None:
    """Write a plan into a new folder, or find it there.

    Parameters
    ----------
    asked
        The plan.
    out
        Folder or address.
    overwrite
        Begin anew: remove what is kept there of a sweep.

    Raises
    ------
    InputError
        If the folder holds something else; it says what differs.
    """
    store = Store.at(out)
    store.check_free(overwrite)
    with store.place.lock():
        if overwrite:
            store.clear()
        if not has_plan(store.place):
            store.begin(asked.plan, asked.world)
            return
        held = store.plan()
        differences = held.differences(asked.plan)
        if asked.chosen_chunk and held.chunk_runs != asked.plan.chunk_runs:
            differences.append(
                f"runs in a file {held.chunk_runs} there, {asked.plan.chunk_runs} here"
            )
        if differences:
            raise InputError(
                f"holds another sweep: {'; '.join(differences)}",
                file=store.place.shown(),
                allowed=f"the same sweep, to go on with it, a new folder, or {OVERWRITE}",
            )
        check_version(store, held)


def _usual(varied: tuple[Varied, ...]) -> str:
    """Return the design where none is asked for: scan lists, sample where there is a range."""
    return "grid" if all(one.values is not None for one in varied) else "lhs"


def _varied(vary: Vary) -> tuple[Varied, ...]:
    """Return what is varied, from whichever form it was given in."""
    if isinstance(vary, Mapping):
        return tuple(parse_vary(_text(name, values)) for name, values in vary.items())
    given = (vary,) if isinstance(vary, (str, Varied)) else tuple(vary)
    return tuple(parse_vary(one) if isinstance(one, str) else one for one in given)


def _text(name: str, values: Sequence[float] | str) -> str:
    """Return what is varied in the words of the command line; a pair in a tuple is a range."""
    if isinstance(values, str):
        return f"{name}={values}"
    numbers = [repr(float(value)) for value in values]
    is_range = isinstance(values, tuple) and len(numbers) == 2
    return f"{name}={'..'.join(numbers)}" if is_range else f"{name}={','.join(numbers)}"


def _check_varied(varied: tuple[Varied, ...], overrides: Mapping[str, float]) -> None:
    """Refuse a parameter that is both set and varied."""
    for one in varied:
        if one.name in overrides:
            raise InputError(f"{one.name} is both set and varied", argument="vary")
