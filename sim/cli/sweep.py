"""The command ``paradiplomacy sweep``: begin a sweep, go on with one, add to one, count one."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import options, output
from sim.core.errors import InputError
from sim.core.folders import free_folder
from sim.core.plurals import counted

if TYPE_CHECKING:
    from sim.experiments.sweep import Sweep
    from sim.experiments.sweep.start_sweep import Planned
    from sim.experiments.sweep.sweep_plan import SweepPlan

_GO_ON = "Runs that have ended are kept; go on with: paradiplomacy sweep --resume {}"


_Scenario = Annotated[
    str | None, typer.Argument(metavar="SCENARIO", help="A scenario's name or its file.")
]
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
_Tables = Annotated[
    str | None,
    typer.Option(metavar="by_country,by_locality", help="Keep these tables of every run, too."),
]
_KeepEvents = Annotated[
    bool, typer.Option("--keep-events", help="Keep the event log of every run, too.")
]
_Chunk = Annotated[int | None, typer.Option(help="Most runs in a file.", show_default="10 to 100")]
_Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Work on a Dask cluster instead.")
]
_ClusterTimeout = Annotated[
    float,
    typer.Option(metavar="SECONDS", help="How long the cluster may be without a worker."),
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
    scenario: _Scenario = None,
    vary: _Vary = None,
    design: _Design = None,
    n: Annotated[int | None, typer.Option("-n", help="Points, as the design counts them.")] = None,
    replicates: Annotated[int | None, typer.Option(help="Runs of each point.")] = None,
    seed: options.Seed = None,
    set_: options.Set = None,
    end: options.End = None,
    world: options.WorldFolder = None,
    tables: _Tables = None,
    keep_events: _KeepEvents = False,
    chunk: _Chunk = None,
    posterior: options.Posterior = None,
    calibration: options.Calibration = None,
    workers: options.Workers = None,
    cluster: _Cluster = None,
    cluster_timeout: _ClusterTimeout = 60.0,
    out: _Out = None,
    overwrite: options.Overwrite = False,
    dry_run: _DryRun = False,
    resume: _Resume = None,
    extend: _Extend = None,
    status: _Status = None,
    retry: _Retry = False,
    as_json: options.Json = False,
) -> None:
    """Run a scenario at many points of its parameters and keep every run.

    The same command on the same folder goes on where it stopped.
    """
    given = {
        "vary": vary, "design": design, "n": n, "replicates": replicates, "seed": seed,
        "set": set_, "end": end, "world": world, "tables": tables, "keep-events": keep_events,
        "chunk": chunk, "posterior": posterior, "calibration": calibration, "out": out,
        "dry-run": dry_run, "overwrite": overwrite,
    }  # fmt: skip
    folders = {"resume": resume, "extend": extend, "status": status}
    action = _action(scenario, folders, given, retry)
    working = {"workers": workers, "cluster": cluster, "cluster_timeout": cluster_timeout}
    plan = _planned(scenario, given) if scenario is not None else None
    if dry_run:
        _print_estimate(plan, folders.get(action) or "", given, workers, as_json)
        return
    folder = folders[action] or "" if plan is None else _begun(plan, given, working)
    _report(_carried_out(action, folder, given, working, retry, as_json), as_json)


def _action(
    scenario: str | None, folders: dict[str, str | None], given: dict[str, Any], retry: bool
) -> str:
    """Return what is to be done; refuse options that do not belong to it by InputError."""
    actions = [name for name, folder in folders.items() if folder is not None]
    if scenario is not None:
        actions.insert(0, "begin")
    allowed = "one of SCENARIO, --resume FOLDER, --extend FOLDER and --status FOLDER"
    if len(actions) != 1:
        raise InputError("too much at once" if actions else "nothing to sweep", allowed=allowed)
    (action,) = actions
    fixed = [] if action == "begin" else [name for name, value in given.items() if value]
    if action == "extend":
        fixed = [name for name in fixed if name not in {"n", "replicates", "dry-run"}]
    if fixed:
        option = f"-{fixed[0]}" if fixed[0] == "n" else f"--{fixed[0]}"
        raise InputError(f"a sweep that was begun keeps its plan; {option} cannot change it")
    if retry and action != "resume":
        raise InputError("belongs to --resume", field="--retry")
    return action


def _planned(scenario: str, given: dict[str, Any]) -> Planned:
    """Return the plan the options describe."""
    from sim.experiments.sweep import planned
    from sim.world import load_world

    world = load_world(given["world"])
    drawn = options.drawn(given["posterior"], given["calibration"], world)
    alike = ("design", "n", "replicates", "seed", "end", "chunk")
    return planned(
        scenario,
        given["vary"] or (),
        **{name: given[name] for name in alike},
        parameters=options.settings(given["set"]),
        world=world,
        tables=[name for name in (given["tables"] or "").split(",") if name],
        keep_events=given["keep-events"],
        draws=drawn.draws,
        drawn_from=drawn.source,
    )


def _begun(plan: Planned, given: dict[str, Any], working: dict[str, Any]) -> str:
    """Write a plan into its folder, or find it there, and return the folder."""
    from sim.experiments.sweep.start_sweep import store_plan
    from sim.experiments.sweep.sweep_result import check_workers

    check_workers(**working)
    folder = given["out"] or str(free_folder(f"{plan.plan.scenario.name}-sweep"))
    store_plan(plan, folder, given["overwrite"])
    return str(folder)


def _carried_out(
    action: str,
    folder: str,
    given: dict[str, Any],
    working: dict[str, Any],
    retry: bool,
    quiet: bool,
) -> Sweep:
    """Return the sweep in a folder, after going on with it or adding to it if that is asked for."""
    from sim.experiments.sweep import Sweep

    kept = Sweep(folder)
    if action == "status":
        return kept
    with (
        output.resumable(_GO_ON, folder),
        output.progress_bar(quiet, "runs", lines=True, compiles=False) as progress,
    ):
        if action == "extend":
            return kept.extend(given["n"], given["replicates"], **working, progress=progress)
        return kept.resume(**working, retry=retry, progress=progress)


def _report(done: Sweep, as_json: bool) -> None:
    """Print where the sweep stands."""
    from sim.report.cards import ranges, sweep_card

    if not as_json:
        read = f'Read:  pandas.read_parquet("{done.folder}/runs")'
        typer.echo(f"{sweep_card(done)}\n\nFiles: {done.folder}\n{read}")
        return
    result = {
        "folder": done.folder,
        **asdict(done.status),
        "left": done.status.left,
        "points": len(done.points),
        **done.plan.simulated,
        "varied": done.plan.names,
        "design": done.design.kind,
        "notes": done.notes,
        "set_aside": [asdict(damage) for damage in done.damages],
        "outcomes": ranges(done),
    }
    output.print_json(result)


def _print_estimate(
    new: Planned | None, folder: str, given: dict[str, Any], workers: int | None, as_json: bool
) -> None:
    """Print what a new sweep, or adding to the one in a folder, would take."""
    from sim.experiments.run_settings import changed_words, settings_words
    from sim.experiments.sweep.start_sweep import estimate

    if new is not None:
        plan, needed, also = new.plan, estimate(new, workers), {}
        files = counted(needed.chunks, "file")
        made = f"{_points(plan)}\nx {counted(plan.replicates, 'replicate')} = "
        made += f"{counted(needed.runs, 'run')} in {files}"
    else:
        plan, added, before, left = _extended(folder, given)
        needed, also = estimate(added, workers, left=left), {"added": added.plan.runs, "left": left}
        made = (
            f"Adds {counted(added.plan.runs, 'run')} to {before:,}, of which {left:,} are left\n"
            f"{_points(plan)}, {counted(plan.replicates, 'replicate')}\n"
            f"To make: {counted(needed.runs, 'run')} in {counted(needed.chunks, 'file')}"
        )
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


def _points(plan: SweepPlan) -> str:
    points = counted(len(plan.values), "point")
    return f"{points} ({plan.design.kind}) of {plan.design.description}"


def _extended(folder: str, given: dict[str, Any]) -> tuple[SweepPlan, Planned, int, int]:
    """Return a sweep's plan with what is added, that alone, its runs before and those left."""
    from sim.experiments.sweep import Sweep
    from sim.experiments.sweep.start_sweep import Planned

    kept = Sweep(folder)
    whole = kept.extended_plan(given["n"], given["replicates"])
    added = replace(whole, blocks=whole.blocks[len(kept.plan.blocks) :])
    only = Planned(added, kept.store.world(whole), False)
    return whole, only, kept.plan.runs, kept.status.left
