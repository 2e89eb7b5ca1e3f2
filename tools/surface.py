"""Decentralization and turnover: the response surface the project is about, with two cases on it.

``python -m tools.surface`` sweeps both, as ``surface.toml`` says, and writes the published
table, figure and manifest to ``results/reference``. The sweep itself is kept, so that a stopped one
goes on where it was.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.core import files, folders, provenance
from sim.core.errors import InputError
from sim.core.plurals import counted
from tools.exit_code import reporting
from tools.surface_tables import EFFECT, FADE, PACE, REGION, Surface, SurfaceCase

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.sweep import Sweep
    from sim.scenario.schema import Scenario

SETTINGS = Path(__file__).with_name("surface.toml")
NAME = "decentralization-turnover"
REFERENCE, WORK = Path("results/reference"), Path("results") / f"{NAME}-sweep"

LOCAL = ("deals", "months_to_deal", "ties_lost", "governor_changes")


@dataclass(frozen=True)
class SurfaceSettings:
    """Say what is swept.

    Parameters
    ----------
    scenario, replicates, seed
        What is run at each point.
    vary
        Values by parameter; every combination is a point, and so are the scenario's own values.
    cases
        Scenarios whose first place of focus is a documented case.
    end
        Last month; the scenario's if None.
    """

    scenario: str
    replicates: int
    seed: int
    vary: dict[str, list[float]]
    cases: tuple[str, ...]
    end: str | None = None


def read_settings(path: Path = SETTINGS) -> SurfaceSettings:
    """Return the settings of a file.

    Raises
    ------
    InputError
        If it does not vary what a surface needs, or cannot be read.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        settings = SurfaceSettings(**{**data, "cases": tuple(data["cases"])})
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InputError(f"cannot be read ({error})", file=path) from error
    if set(settings.vary) != {EFFECT, FADE, PACE}:
        raise InputError(
            "varies other parameters", file=path, field="vary", allowed=f"{EFFECT}, {FADE}, {PACE}"
        )
    return settings


def points_of(settings: SurfaceSettings, own: dict[str, float]) -> pd.DataFrame:
    """Return every combination of the values, and last the scenario's own point."""
    import pandas as pd

    rows = [*itertools.product(*settings.vary.values()), tuple(own.values())]
    return pd.DataFrame(rows, columns=list(settings.vary))


def make(settings: SurfaceSettings, work: Path, workers: int | None = None) -> Surface:
    """Run the sweep, or what is left of it, and return the surface.

    Parameters
    ----------
    settings
        What to sweep.
    work
        Folder the sweep is kept in.
    workers
        Processes; all processors by default.

    Raises
    ------
    InputError
        If the settings are not valid, the folder holds another sweep, or a run failed.
    """
    from sim.experiments.sweep import sweep
    from sim.scenario.schema import load

    scenario = load(settings.scenario)
    if settings.end is not None:
        scenario = scenario.with_overrides(end=settings.end)
    own = {name: scenario.parameter_values()[name] for name in settings.vary}
    points = work.with_name(f"{work.name}-points.csv")
    folders.make_folder(work.parent)
    files.write_csv(points, points_of(settings, own), digits=6)
    done = sweep(
        scenario,
        design=points,
        replicates=settings.replicates,
        seed=settings.seed,
        tables=("by_locality",),
        workers=workers,
        out=work,
        progress=_told if sys.stderr.isatty() else None,
    )
    if done.status.failed:
        raise InputError(
            f"{counted(done.status.failed, 'run')} failed; see Sweep.failures", file=work
        )
    return _surface(done, scenario, settings, own)


def _told(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done:,} of {counted(total, 'run')}" + ("\n" if done == total else ""))
    sys.stderr.flush()


def _surface(
    done: Sweep, scenario: Scenario, settings: SurfaceSettings, own: dict[str, float]
) -> Surface:
    from sim.scenario.schema import load
    from sim.world import load_world

    table = done.points.copy()
    by_point = done.frame.groupby("point")[list(REGION)]
    means, errors = by_point.mean(), by_point.sem()
    for name in REGION:
        table[name] = means[name].to_numpy()
        table[f"{name}_se"] = errors[name].to_numpy()
    places = load_world().localities.set_index("code")
    decades = (scenario.end_month - scenario.start_month + 1) / 120.0
    authority = _authority(scenario, own[EFFECT])
    countries = _countries(done, len(table) - 1, authority, decades)
    told = [load(name) for name in settings.cases]
    local = _local_runs(done, [one.focus[0] for one in told])
    cases = []
    for one in told:
        code = one.focus[0]
        runs = local[local["locality"] == code]
        by_point = runs.groupby("point")[list(LOCAL)]
        means, errors = by_point.mean(), by_point.sem()
        for name in LOCAL:
            table[f"{name}[{code}]"] = means[name].to_numpy()
        table[f"deals[{code}]_se"] = errors["deals"].to_numpy()
        share = runs["deals"].gt(0).groupby(runs["point"]).mean()
        table[f"with_deal[{code}]"] = share.to_numpy()
        here, place = runs[runs["point"] == len(table) - 1], places.loc[code]
        cases.append(_case(one, place, here, authority[str(place["iso3"])], decades))
    return Surface(table, own, tuple(cases), countries, _manifest(done, scenario, settings))


def _local_runs(done: Sweep, codes: Sequence[str]) -> pd.DataFrame:
    """Return the runs of some localities."""
    import pyarrow as pa
    from pyarrow import compute

    wanted = compute.field("locality").isin(list(codes))
    columns = ["point", "replicate", "locality", *LOCAL]
    kept = [part.filter(wanted) for part in done.parts("by_locality", columns)]
    frame: pd.DataFrame = pa.concat_tables(kept).unify_dictionaries().to_pandas()
    return frame


def _authority(scenario: Scenario, effect: float) -> dict[str, float]:
    """Return each country's effective authority, mean over the months, by ISO code."""
    from sim.engine.initial_state import initial_state
    from sim.world import load_world

    world = load_world()
    state = initial_state(scenario, world)
    index = state.authority[scenario.start_month : scenario.end_month + 1].mean(axis=0)
    mean = float(state.run["mean_authority"][0])
    effective = mean + effect * (index - mean)
    return dict(zip(world.countries["iso3"].astype(str), effective.tolist(), strict=True))


def _countries(
    done: Sweep, point: int, authority: dict[str, float], decades: float
) -> pd.DataFrame:
    """Return a row a country at one point: authority, turnover and deals per unit."""
    from pyarrow import compute, dataset

    kept = dataset.dataset(Path(done.folder) / "by_locality", format="parquet")
    columns = ["country", "deals", "governor_changes"]
    here = kept.to_table(columns=columns, filter=compute.field("point") == point).to_pandas()
    means = here.groupby("country", observed=True)[["deals", "governor_changes"]].mean()
    table = means.rename(columns={"governor_changes": "changes_per_decade"})
    table["changes_per_decade"] /= decades
    table["authority"] = [authority[str(country)] for country in table.index]
    named: pd.DataFrame = table.reset_index()
    return named


def _case(
    told: Scenario, place: Any, here: pd.DataFrame, authority: float, decades: float
) -> SurfaceCase:
    return SurfaceCase(
        scenario=told.name,
        title=told.title,
        locality=told.focus[0],
        name=str(place["name"]),
        country=str(place["iso3"]),
        authority=authority,
        changes_per_decade=float(here["governor_changes"].mean()) / decades,
        deals=float(here["deals"].mean()),
        deals_low=float(here["deals"].quantile(0.05)),
        deals_high=float(here["deals"].quantile(0.95)),
        with_deal=float(here["deals"].gt(0).mean()),
    )


def _manifest(done: Sweep, scenario: Scenario, settings: SurfaceSettings) -> dict[str, Any]:
    return {
        "software": provenance.DISTRIBUTION,
        "model_version": done.plan.model_version,
        "world": {"digest": done.plan.world_digest},
        "scenario": {"name": scenario.name, "digest": scenario.digest},
        "settings": asdict(settings),
        "runs": done.plan.runs,
        "environment": provenance.environment(),
    }


def write(surface: Surface, folder: Path) -> list[Path]:
    """Write the table, the figure and, last, the manifest; return the files.

    Raises
    ------
    InputError, MachineError
        If they cannot be written.
    """
    from sim.report import figure_style
    from sim.report.figure_choice import Format
    from tools.surface_figure import draw

    target = folders.make_folder(folder)
    table, record = target / f"{NAME}.csv", target / f"{NAME}.json"
    files.write_csv(table, surface.table, digits=6)
    figure, title = draw(surface), "Decentralization and turnover"
    drawings = [figure_style.save_as(figure, target / f"{NAME}.{form}", title) for form in Format]
    content = {
        "own_values": surface.own,
        "cases": [asdict(case) for case in surface.cases],
        "countries": surface.countries.to_dict("records"),
        **surface.manifest,
    }
    files.write_json(record, content)
    return [table, *drawings, record]


@reporting
def main(arguments: Sequence[str] | None = None) -> None:
    """Make the published surface."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=REFERENCE, help="folder to write to")
    # A sweep belongs to one version of the model; each has a folder of its own.
    work = WORK / provenance.model_version()
    parser.add_argument("--work", type=Path, default=work, help="folder the sweep is kept in")
    parser.add_argument("--replicates", type=int, help="runs of each point")
    parser.add_argument("--workers", type=int, help="processes")
    given = parser.parse_args(arguments)
    settings = read_settings()
    if given.replicates is not None:
        settings = replace(settings, replicates=given.replicates)
    surface = make(settings, given.work, given.workers)
    sys.stdout.write("".join(f"{path}\n" for path in write(surface, given.out)))


if __name__ == "__main__":
    raise SystemExit(main())
