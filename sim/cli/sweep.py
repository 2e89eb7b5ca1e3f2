"""The command ``paradiplomacy sweep``: begin a sweep, go on with one, add to one, count one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import output, posterior_options
from sim.core.errors import InputError
from sim.core.folders import free_folder
from sim.core.plurals import counted

if TYPE_CHECKING:
    from sim.experiments.sweep import Sweep
    from sim.experiments.sweep.start_sweep import CostEstimate, Planned
    from sim.experiments.sweep.sweep_plan import SweepPlan

_LINE_SECONDS = 60.0
"""How often progress is told where nobody looks at a terminal, as in a batch job's log."""

_GO_ON = "Runs that have ended are kept; go on with: paradiplomacy sweep --resume {}"


_Vary = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=LOW..HIGH|A,B,C",
        help="Vary a parameter: sample a range or scan a list; may be repeated.",
    ),
]
_Design = Annotated[
    str | None,
    typer.Option(
        metavar="grid|lhs|sobol|morris|FILE",
        help="How points are laid out, or a CSV or Parquet file of points.",
        show_default="grid for lists, else lhs",
    ),
]
_Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter; may be repeated."),
]
_Tables = Annotated[
    str | None,
    typer.Option(metavar="by_country,by_locality", help="Keep these tables of every run, too."),
]
_Events = Annotated[
    bool, typer.Option("--keep-events", help="Keep the event log of every run, too.")
]
_Chunk = Annotated[int | None, typer.Option(help="Most runs in a file.", show_default="10 to 100")]
_Workers = Annotated[int | None, typer.Option(help="Processes.", show_default="all processors")]
_Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Work on a Dask cluster instead.")
]
_Timeout = Annotated[
    float,
    typer.Option(
        "--cluster-timeout",
        metavar="SECONDS",
        help="How long the cluster may be without a worker.",
    ),
]
_Out = Annotated[
    str | None,
    typer.Option(
        metavar="FOLDER",
        help="Folder or fsspec address to write to.",
        show_default="results/SCENARIO-sweep",
    ),
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it will take, and stop.")]
_Resume = Annotated[
    str | None, typer.Option(metavar="FOLDER", help="Go on with a sweep that was stopped.")
]
_Extend = Annotated[
    str | None,
    typer.Option(metavar="FOLDER", help="Add -n points, --replicates or both to a sweep."),
]
_Status = Annotated[str | None, typer.Option(metavar="FOLDER", help="Count a sweep's runs.")]
_Retry = Annotated[bool, typer.Option("--retry", help="With --resume: make failed runs again.")]


def sweep(
    scenario: Annotated[
        str | None, typer.Argument(metavar="SCENARIO", help="A scenario's name or its file.")
    ] = None,
    vary: _Vary = None,
    design: _Design = None,
    n: Annotated[int | None, typer.Option("-n", help="Points, as the design counts them.")] = None,
    replicates: Annotated[int | None, typer.Option(help="Runs of each point.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the random numbers.")] = None,
    set_: _Set = None,
    end: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month.")] = None,
    world: Annotated[Path | None, typer.Option(help="Folder of another region's tables.")] = None,
    tables: _Tables = None,
    keep_events: _Events = False,
    chunk: _Chunk = None,
    posterior: posterior_options.Posterior = None,
    calibration: posterior_options.Folder = None,
    workers: _Workers = None,
    cluster: _Cluster = None,
    cluster_timeout: _Timeout = 60.0,
    out: _Out = None,
    overwrite: output.Overwrite = False,
    dry_run: _DryRun = False,
    resume: _Resume = None,
    extend: _Extend = None,
    status: _Status = None,
    retry: _Retry = False,
    as_json: output.Json = False,
) -> None:
    """Run a scenario at many points of its parameters and keep every run.

    The same command on the same folder goes on where it stopped.
    """
    asked = {
        "vary": vary, "design": design, "n": n, "replicates": replicates, "seed": seed,
        "set": set_, "end": end, "world": world, "tables": tables, "keep-events": keep_events,
        "chunk": chunk, "posterior": posterior, "calibration": calibration, "out": out,
        "dry-run": dry_run, "overwrite": overwrite,
    }  # fmt: skip
    held = {"resume": resume, "extend": extend, "status": status}
    action = _action(scenario, held, asked, retry)
    working = {"workers": workers, "cluster": cluster, "cluster_timeout": cluster_timeout}
    if scenario is not None:
        _begin(scenario, asked, working, as_json)
    elif dry_run:
        _print_extension(held[action] or "", asked, workers, as_json)
    else:
        _report(_gone_on(action, held[action] or "", asked, working, retry, as_json), as_json)


def _begin(scenario: str, asked: dict[str, Any], working: dict[str, Any], as_json: bool) -> None:
    """Make the sweep that the options describe, or say what it would take."""
    plan = _planned(scenario, asked)
    if asked["dry-run"]:
        _print_plan(plan, working["workers"], as_json)
    else:
        _report(_carried_out(plan, asked["out"], asked["overwrite"], working, as_json), as_json)


def _action(
    scenario: str | None, held: dict[str, str | None], given: dict[str, Any], retry: bool
) -> str:
    """Return what is to be done, refusing options that do not belong to it.

    Raises
    ------
    InputError
        If options contradict each other, or there is nothing to do.
    """
    asked = [name for name, folder in held.items() if folder is not None]
    if scenario is not None:
        asked.insert(0, "begin")
    allowed = "one of SCENARIO, --resume FOLDER, --extend FOLDER and --status FOLDER"
    if len(asked) != 1:
        raise InputError("nothing to sweep" if not asked else "too much at once", allowed=allowed)
    action = asked[0]
    fixed = [] if action == "begin" else [name for name, value in given.items() if value]
    if action == "extend":
        fixed = [name for name in fixed if name not in {"n", "replicates", "dry-run"}]
    if fixed:
        option = f"-{fixed[0]}" if fixed[0] == "n" else f"--{fixed[0]}"
        raise InputError(f"a sweep that was begun keeps its plan; {option} cannot change it")
    if retry and action != "resume":
        raise InputError("belongs to --resume", field="--retry")
    return action


def _gone_on(
    action: str,
    folder: str,
    asked: dict[str, Any],
    working: dict[str, Any],
    retry: bool,
    quiet: bool,
) -> Sweep:
    """Return a sweep that was begun, after going on with it or adding to it."""
    from sim.experiments.sweep import Sweep

    held = Sweep(folder)
    if action == "status":
        return held
    with _working(quiet, folder) as progress:
        if action == "resume":
            return held.resume(**working, retry=retry, progress=progress)
        return held.extend(asked["n"], asked["replicates"], **working, progress=progress)


def _planned(scenario: str, given: dict[str, Any]) -> Planned:
    """Return the plan the options describe."""
    from sim.experiments.sweep import planned
    from sim.world import load_world

    names = [name for name in (given["tables"] or "").split(",") if name]
    world = load_world(given["world"])
    drawn = posterior_options.drawn(given["posterior"], given["calibration"], world)
    return planned(
        scenario,
        given["vary"] or (),
        design=given["design"],
        n=given["n"],
        replicates=given["replicates"],
        seed=given["seed"],
        overrides=output.settings(given["set"] or []),
        end=given["end"],
        world=world,
        tables=names,
        keep_events=given["keep-events"],
        chunk=given["chunk"],
        draws=drawn.draws,
        drawn_from=drawn.source,
    )


def _carried_out(
    asked: Planned, out: str | None, overwrite: bool, working: dict[str, Any], quiet: bool
) -> Sweep:
    """Write the plan, or find it in the folder, and make the runs that are left."""
    from sim.experiments.sweep import Sweep
    from sim.experiments.sweep.start_sweep import begin
    from sim.experiments.sweep.sweep_result import check_workers

    check_workers(**working)
    folder = out or str(free_folder(f"{asked.plan.scenario.name}-sweep"))
    begin(asked, folder, overwrite)
    with _working(quiet, folder) as progress:
        return Sweep(folder).resume(**working, progress=progress)


@contextmanager
def _working(quiet: bool, folder: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield a function that shows progress; say how to go on when the work is stopped."""
    with output.resumable(_GO_ON, folder), _progress(quiet) as progress:
        yield progress


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed
    from rich.progress import TimeRemainingColumn as Remaining

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None if quiet else _lines()
        return
    text = TextColumn("{task.description}")
    columns = (text, BarColumn(), MofNCompleteColumn(), Elapsed(), TextColumn("left"), Remaining())
    shown = Progress(*columns, console=console, transient=True, refresh_per_second=2)
    with shown as bar:
        task = bar.add_task("starting", total=None)

        def show(done: int, total: int) -> None:
            # What an earlier call has done says nothing about the speed of this one.
            if bar.tasks[0].total is None:
                bar.reset(task, completed=done, total=total, description="runs")
            bar.update(task, completed=done)

        yield show


def _lines() -> Callable[[int, int], None]:
    """Return a function that prints a line of progress now and then."""
    started = reported = time.monotonic()
    first: int | None = None

    def show(done: int, total: int) -> None:
        nonlocal started, reported, first
        now = time.monotonic()
        if first is None or done == first:
            # What an earlier call has done, and the start, say nothing about the speed.
            first, started = done, now
        elif now - reported >= _LINE_SECONDS:
            reported = now
            left = (total - done) * (now - started) / (done - first)
            typer.echo(
                f"{done:,} of {counted(total, 'run')}, about {output.duration(left)} left", err=True
            )

    return show


def _report(done: Sweep, as_json: bool) -> None:
    """Print where the sweep stands."""
    from sim.report.sweep_card import ranges, sweep_card

    status = done.status
    if not as_json:
        typer.echo(sweep_card(done))
        typer.echo(f"\nFiles: {done.folder}")
        typer.echo(f'Read:  pandas.read_parquet("{done.folder}/runs")')
        return
    result = {
        "folder": done.folder,
        **asdict(status),
        "left": status.left,
        "points": len(done.points),
        **done.plan.simulated,
        "varied": done.plan.names,
        "design": done.design.kind,
        "notes": done.notes,
        "set_aside": [asdict(damage) for damage in done.damages],
        "outcomes": ranges(done),
    }
    output.print_json(result)


def _print_plan(asked: Planned, workers: int | None, as_json: bool) -> None:
    """Print what a sweep would take."""
    from sim.experiments.sweep.start_sweep import estimate

    plan, needed = asked.plan, estimate(asked, workers)
    made = (
        f"{counted(len(plan.values), 'point')} ({plan.design.kind}) of {plan.design.description}\n"
        f"x {counted(plan.replicates, 'replicate')} = {counted(needed.runs, 'run')} in "
        f"{counted(needed.chunks, 'file')}"
    )
    _print_estimate(plan, needed, made, {}, as_json)


def _print_extension(
    folder: str, asked: dict[str, Any], workers: int | None, as_json: bool
) -> None:
    """Print what adding to a sweep would take."""
    from sim.experiments.sweep import Sweep
    from sim.experiments.sweep.start_sweep import Planned, estimate

    held = Sweep(folder)
    whole, left = held.extended_plan(asked["n"], asked["replicates"]), held.status.left
    added = replace(whole, blocks=whole.blocks[len(held.plan.blocks) :])
    needed = estimate(Planned(added, held.store.world(whole), False), workers, left=left)
    made = (
        f"Adds {counted(added.runs, 'run')} to {held.plan.runs:,}, of which {left:,} are left\n"
        f"{counted(len(whole.values), 'point')} ({whole.design.kind}) of "
        f"{whole.design.description}, {counted(whole.replicates, 'replicate')}\n"
        f"To make: {counted(needed.runs, 'run')} in {counted(needed.chunks, 'file')}"
    )
    _print_estimate(whole, needed, made, {"added": added.runs, "left": left}, as_json)


def _print_estimate(
    plan: SweepPlan, needed: CostEstimate, made: str, also: dict[str, int], as_json: bool
) -> None:
    """Print an estimate below the words for what is to be made, or as JSON."""
    from sim.experiments.run_settings import changed_words, settings_words

    if as_json:
        known = {"points": len(plan.values), **plan.simulated, "varied": plan.names}
        output.print_json(known | also | asdict(needed) | {"notes": plan.design.notes})
        return
    speed = f"{needed.run_seconds * 1e3:,.0f} ms a run"
    taken = output.duration(needed.seconds)
    lines = [
        settings_words(plan.simulated),
        changed_words(plan.simulated),
        made,
        f"About {taken} with {counted(needed.workers, 'worker')}, {speed}",
        f"{needed.size / 1e6:,.1f} MB on the disk",
        *(f"Note: {note}" for note in plan.design.notes),
    ]
    typer.echo("\n".join(lines))
