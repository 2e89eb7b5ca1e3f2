"""Read a comparison back from its folder, or two of its runs side by side, or run these again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.core import enums as k
from sim.core.calendar import month_index
from sim.core.errors import InputError, unknown_name_error
from sim.core.identities import numbers_of
from sim.core.state import Array, record_type
from sim.core.state_fields import EVENT
from sim.engine.events import event_table, to_frame
from sim.experiments.comparison.comparison_tables import LONG, TABLES, file_of
from sim.experiments.comparison.divergence import Log, Sides
from sim.experiments.comparison.paired_comparison import Made
from sim.experiments.comparison.paired_simulation import PairedSimulation
from sim.experiments.saved_run import (
    read_events,
    read_manifest,
    require_as_written,
    require_repeatable,
    require_same_world,
    scenario_of_record,
)
from sim.scenario.schema import Scenario
from sim.world import World, load_world
from sim.world.positions import Positions


@dataclass(frozen=True)
class PairedRuns:
    """Hold the event logs of one replicate of two scenarios, with what the two are called."""

    names: tuple[str, str]
    logs: tuple[pd.DataFrame, pd.DataFrame]
    replicate: int
    world: World
    scenarios: tuple[Scenario, Scenario]

    def sides(self) -> Sides:
        """Return the two logs as records."""
        at = Positions(self.world)
        one, other = (Log(records_of(log, at)) for log in self.logs)
        return Sides(one, other)


def records_of(log: pd.DataFrame, at: Positions) -> Array:
    """Return a log read from a file as records of events, in its own order.

    The step of the month and the initiator are not kept; step 0 stands for every step.
    """
    result = np.zeros(len(log), dtype=record_type(EVENT))
    result["id"] = numbers_of(log["event_id"])

    def positions(column: str, words: dict[str, int]) -> Array:
        return log[column].astype(object).map(words).fillna(-1).to_numpy(dtype=np.int64)

    months = {str(m): month_index(str(m)) for m in log["month"].unique()}
    result["month"] = positions("month", months)
    result["kind"] = positions("kind", {name: i for i, name in enumerate(k.EVENT_KINDS)})
    result["actor"] = positions("chinese_actor", at.actor)
    result["country"] = positions("country", at.country)
    result["sector"] = positions("sector", at.sector)
    place = positions("locality", at.locality)
    centre = np.where(result["country"] >= 0, at.centre(0) + result["country"], -1)
    result["place"] = np.where(place >= 0, place, centre)
    city = positions("city", at.city)
    result["office"] = np.where(city >= 0, len(at.locality) + city, result["place"])
    known = log["project_id"].notna().to_numpy()
    result["project"][known] = numbers_of(log["project_id"][known])
    result["value"] = log["value_usd_m"].fillna(0.0).to_numpy(dtype=np.float64)
    given: list[list[str]] = log["causes"].tolist()
    for j in range(3):
        of = [i for i, causes in enumerate(given) if len(causes) > j]
        result[f"cause{j}"][of] = numbers_of([given[i][j] for i in of])
    return result


def paired_runs_of(
    worlds: PairedSimulation, labels: Sequence[str], label: str, replicate: int
) -> PairedRuns:
    """Run one replicate of the baseline and of a what-if again."""
    base, *what_ifs = worlds.scenarios
    if not 0 <= replicate < base.replicates:
        allowed = f"0 to {base.replicates - 1}"
        raise InputError(f"there is no run {replicate}", field="replicate", allowed=allowed)
    both = (base, dict(zip(labels, what_ifs, strict=True))[label])
    pair = PairedSimulation(both, worlds.world, worlds.seed, worlds.draws, worlds.extensions)
    one, other = (
        to_frame(event_table(w, worlds.at, replicate)) for w in pair.final_states(replicate)
    )
    return PairedRuns((base.name, label), (one, other), replicate, worlds.world, both)


def is_comparison(folder: str | Path) -> bool:
    """Return whether a folder holds a comparison and not a run."""
    return read_manifest(folder).get("kind") == "comparison"


def read_paired_runs(
    folder: str | Path, other: str, replicate: int = 0, world: World | None = None
) -> PairedRuns:
    """Return the logs of one replicate of two scenarios.

    ``folder`` is that of a run, ``other`` that of the run to set beside it; or the folder of a
    comparison and the name of a what-if in it. ``world`` are the tables they ran on, by default the
    shipped ones.

    InputError if a folder holds no run, or the two cannot be paired; it names what differs.
    """
    world = load_world() if world is None else world
    if is_comparison(folder):
        return _from_comparison(Path(folder), other, replicate, world)
    if is_comparison(other):
        raise InputError(
            "holds a comparison, not a run",
            file=other,
            allowed="the folder of a run, or a comparison first and the name of a what-if second",
        )
    one, two = read_manifest(folder), read_manifest(other)
    _require_paired(folder, other, one, two)
    names = (one["scenario"]["name"], two["scenario"]["name"])
    if names[0] == names[1]:
        names = (Path(folder).name, Path(other).name)
    logs = (read_events(folder, replicate, world), read_events(other, replicate, world))
    scenarios = (scenario_of_record(one["scenario"]), scenario_of_record(two["scenario"]))
    return PairedRuns(names, logs, replicate, world, scenarios)


def _require_paired(
    folder: str | Path, other: str | Path, one: dict[str, Any], two: dict[str, Any]
) -> None:
    """Refuse two runs that don't share their draws."""
    lead = f"cannot be set beside {folder}"
    for words, path in (
        ("model version", ("model_version",)),
        ("seed", ("seed",)),
        ("first month", ("scenario", "start")),
        ("last month", ("scenario", "end")),
        ("digest of the world's tables", ("world", "digest")),
    ):
        mine, its = (reduce(getitem, path, manifest) for manifest in (one, two))
        if mine != its:
            raise InputError(
                f"{lead}: the {words} differs, {its} and {mine}",
                file=other,
                allowed="two runs that differ only in their scenario",
            )
    if one.get("draws") != two.get("draws"):
        raise InputError(
            f"{lead}: they took other draws of parameters",
            file=other,
            allowed="two runs of the same draws, or none",
        )


def _from_comparison(folder: Path, label: str, replicate: int, world: World) -> PairedRuns:
    """Run a replicate of a comparison that was written to a folder again."""
    manifest = read_manifest(folder)
    what_ifs = manifest["what_ifs"]
    if label not in what_ifs:
        raise unknown_name_error(
            f"there is no what-if {label!r} in this comparison", label, what_ifs, file=folder
        )
    allowed = "the comparison in Python, sim.compare(…).explain(deal), or made again"
    require_repeatable(folder, manifest, world, allowed)
    worlds = simulation_of_record(manifest, world)
    return paired_runs_of(worlds, list(what_ifs), label, replicate)


# --- a comparison


def read_comparison(
    folder: str | Path, manifest: dict[str, Any], world: World | None, made: type[Made]
) -> Made:
    """Return the comparison that was written to a folder, as the kind asked for.

    Numbers have the ten digits that tables as text have. ``manifest`` is the folder's
    (:func:`sim.experiments.saved_run.read_manifest`).

    InputError if a table is missing, unreadable or changed, or the comparison was made on other
    tables than ``world``, by default the shipped ones.
    """
    place, world = Path(folder), load_world() if world is None else world
    require_same_world(place, manifest, world)
    worlds = simulation_of_record(manifest, world)
    tables = {name: _table(place, manifest, name) for name in TABLES}
    summary_file = require_as_written(place, manifest, "summary.json")
    summary = json.loads(summary_file.read_text(encoding="utf-8"))
    per_run, labels = tables.pop("per_run"), list(manifest["what_ifs"])
    found = made(worlds, labels, (), per_run, manifest)
    # What is computed from the pairs of runs stands in the folder.
    vars(found).update(tables, identical=summary["identical"])
    return found


def simulation_of_record(manifest: dict[str, Any], world: World) -> PairedSimulation:
    """Return the paired simulation that the manifest of a comparison tells of."""
    records = [manifest, *manifest["what_ifs"].values()]
    scenarios = [scenario_of_record(record["scenario"]) for record in records]
    return PairedSimulation(scenarios, world, manifest["seed"], manifest["draws"])


def _table(folder: Path, manifest: dict[str, Any], name: str) -> pd.DataFrame:
    path = require_as_written(folder, manifest, file_of(name))
    try:
        return pd.read_parquet(path) if name in LONG else pd.read_csv(path)
    except FileNotFoundError:
        raise InputError("this table of the comparison is missing", file=path) from None
    except (ValueError, OSError) as error:
        raise InputError("cannot be read as a table", file=path) from error
