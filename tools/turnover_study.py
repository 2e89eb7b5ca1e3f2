"""What a change of office-holder costs: event study, dose-responses of turnover and authority.

``python -m tools.turnover_study`` runs the baseline at draws from the priors and writes table and
figure. Every draw is run as it is and with nothing lost at a change: no fading, no lapsing. Those
in office, their blocs and wills are keyed by place and person, so that they are the same in both:
what differs is what a change takes along.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.inference.prior import free_parameters
from sim.core import enums as k
from sim.core import files, folders
from sim.core.plurals import counted
from sim.core.state import Array, State
from sim.core.state_pointer import handle
from sim.engine.compiled import ensure_capacity, new_run_state, run_months
from sim.engine.dispatch import programme_of_month
from sim.engine.initial_state import initial_state
from sim.report import figure_style
from sim.report.figure_choice import Format
from sim.scenario.schema import load
from sim.world import load_world
from tools.exit_code import reporting
from tools.manifest import REFERENCE

if TYPE_CHECKING:
    import pandas as pd

DRAWS, SEED, END = 12, 4, "2020-12"
FOLDER = REFERENCE / "figures"
NAME, TITLE = "turnover", "What a change of office-holder costs"
NOTHING_LOST = {"turnover.fade": 0.0, "turnover.lapse": 0.0, "turnover.lapse_approved": 0.0}
DOSES = {"turnover.pace": (0.5, 1.0, 2.0, 4.0), "authority.effect": (0.0, 0.25, 0.5, 0.75, 1.0)}
YEARS = (-3, -2, -1, 1, 2, 3)
OUTCOMES = {
    "visits": (k.VISIT_TO_LAC, k.VISIT_TO_CHINA),
    "memoranda": (k.MEMORANDUM,),
    "deals": (k.DEAL,),
}
GROUPS = ("another bloc", "the same bloc")
WORLDS: Mapping[str, Mapping[str, float]] = {"as it is": {}, "nothing lost": NOTHING_LOST}


def offices_by_month(template: State, seed: int, replicate: int) -> tuple[State, Array, Array]:
    """Run to the end; return the final state, who held each office (T, G), and of which bloc."""
    w = new_run_state(template, seed, replicate)
    programme = programme_of_month(w)
    persons, blocs = [], []
    for t in range(int(w.run["start"][0]), int(w.run["end"][0]) + 1):
        w = ensure_capacity(w)
        run_months(handle(w), programme, t, t)
        persons.append(w.governor["key"].copy())
        blocs.append(w.governor["bloc"].copy())
    return w, np.array(persons), np.array(blocs)


def monthly_counts(w: State, kinds: Sequence[int], months: int, offices: int) -> Array:
    """Return the events of some kinds by month and office (T, G)."""
    log = w.event[: int(w.run["events"][0])]
    rows = log[np.isin(log["kind"], kinds) & (log["place"] >= 0) & (log["place"] < offices)]
    cells = (rows["month"] - int(w.run["start"][0])).astype(np.int64) * offices + rows["place"]
    return np.bincount(cells, minlength=months * offices).reshape(months, offices)


def around_changes(persons: Array, blocs: Array, counts: Array) -> dict[str, Array]:
    """Return events per office and year in the years around a change, by whether the bloc changed.

    Changes whose years before and after all lie within the run count. Year 1 begins with the
    change, year -1 ends before it.

    Parameters
    ----------
    persons, blocs
        Who held each office in each month, and of which bloc, (T, G).
    counts
        Events of each month at each office (T, G).
    """
    span = 12 * max(YEARS)
    months, offices = np.nonzero(persons[1:] != persons[:-1])
    months += 1
    inside = (months >= span) & (months + span <= len(persons))
    months, offices = months[inside], offices[inside]
    other = blocs[months, offices] != blocs[months - 1, offices]
    total = np.concatenate([np.zeros((1, counts.shape[1])), counts.cumsum(axis=0)])
    found = {}
    for group, rows in zip(GROUPS, (other, ~other), strict=True):
        at, where = months[rows], offices[rows]
        begun = [at + 12 * (year - (year > 0)) for year in YEARS]
        sums = [(total[b + 12, where] - total[b, where]).sum() for b in begun]
        found[group] = np.array(sums) / max(1, len(at))
    return found


def event_rows(draw: int, world: str, run: tuple[State, Array, Array]) -> list[dict[str, Any]]:
    """Return the rows of one run of the event study: rates and, as index, over the year before."""
    w, persons, blocs = run
    rows = []
    for outcome, kinds in OUTCOMES.items():
        counts = monthly_counts(w, kinds, *persons.shape)
        for group, rates in around_changes(persons, blocs, counts).items():
            before = rates[YEARS.index(-1)]
            rows += [
                {"study": "event", "draw": draw, "world": world, "group": group,
                 "outcome": outcome, "at": year, "value": rate,
                 "index": rate / before if before > 0.0 else np.nan}
                for year, rate in zip(YEARS, rates, strict=True)
            ]  # fmt: skip
    return rows


def dose_rows(
    draw: int, world: str, parameter: str, runs: Mapping[float, State]
) -> list[dict[str, Any]]:
    """Return the rows of one draw of a dose-response: counts and, as index, over the first dose."""
    offices = len(next(iter(runs.values())).governor)
    rows = []
    for outcome, kinds in OUTCOMES.items():
        counts = {}
        for dose, w in runs.items():
            months = int(w.run["end"][0]) - int(w.run["start"][0]) + 1
            counts[dose] = float(monthly_counts(w, kinds, months, offices).sum())
        first = next(iter(counts.values()))
        rows += [
            {"study": parameter, "draw": draw, "world": world, "group": "all", "outcome": outcome,
             "at": dose, "value": count, "index": count / first if first > 0.0 else np.nan}
            for dose, count in counts.items()
        ]  # fmt: skip
    return rows


def study(draws: int, end: str = END, seed: int = SEED) -> pd.DataFrame:
    """Run everything and return a row a draw, world, group, outcome and year or dose.

    Parameters
    ----------
    draws
        Draws from the priors; one replicate of each world is run at each.
    end
        Last month.
    seed
        Seed of draws and runs.
    """
    import pandas as pd

    prior, tables = free_parameters(), load_world()
    scenario = load("baseline")
    rows: list[dict[str, Any]] = []

    def run(replicate: int, *values: Mapping[str, float]) -> tuple[State, Array, Array]:
        given = {name: float(v) for part in values for name, v in part.items()}
        changed = scenario.with_overrides(end=end, parameters=given)
        return offices_by_month(initial_state(changed, tables), seed, replicate)

    for n, drawn in enumerate(prior.draw(draws, seed)):
        own = dict(zip(prior.names, drawn, strict=True))
        for world, lost in WORLDS.items():
            rows += event_rows(n, world, run(n, own, lost))
            for parameter, doses in DOSES.items():
                if parameter == "turnover.pace" or not lost:
                    runs = {dose: run(n, own, lost, {parameter: dose})[0] for dose in doses}
                    rows += dose_rows(n, world, parameter, runs)
    return pd.DataFrame(rows)


def intervals(table: pd.DataFrame) -> pd.DataFrame:
    """Return the median and the 90 % interval over draws of each index and value."""
    keys = ["study", "world", "group", "outcome", "at"]
    grouped = table.groupby(keys, sort=False)[["value", "index"]]
    middle, low, high = (grouped.quantile(q) for q in (0.5, 0.05, 0.95))
    bounds = low.add_suffix("_low").join(high.add_suffix("_high"))
    return middle.join(bounds).reset_index()


def write(table: pd.DataFrame, folder: Path) -> list[Path]:
    """Write table and figure; return the files."""
    from tools.turnover_figure import draw

    target = folders.make_folder(folder)
    found, path = intervals(table), target / f"{NAME}.csv"
    files.write_csv(path, found, digits=4)
    drawing = draw(found, counted(table["draw"].nunique(), "draw"))
    saved = [figure_style.save_as(drawing, target / f"{NAME}.{form}", TITLE) for form in Format]
    return [path, *saved]


@reporting
def main(arguments: Sequence[str] | None = None) -> None:
    """Make table and figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws from the priors")
    given = parser.parse_args(arguments)
    for path in write(study(given.draws), given.out):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    raise SystemExit(main())
