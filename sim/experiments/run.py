"""Run the replicates of a scenario, one after the other, and hold the tables they give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.core import files
from sim.core.calendar import month_index, month_name
from sim.core.plurals import counted
from sim.core.provenance import cpu_count
from sim.core.state import Array, State
from sim.engine import events, outcomes
from sim.engine.extensions import Extensions, simulate_extended
from sim.engine.initial_state import initial_state
from sim.engine.record_coverage import rules_from
from sim.experiments import parameter_draws
from sim.experiments.run_settings import base_manifest, simulated
from sim.experiments.stopwatch import Stopwatch
from sim.experiments.worker_pool import in_order
from sim.scenario.schema import Scenario
from sim.world import World
from sim.world.positions import Positions

LOGS_KEPT = 200
"""Runs whose event logs, projects and monthly series are kept; outcomes are kept of all."""

LOGS_WRITTEN = 3
"""Runs whose event logs are written unless more are asked for; any other log can be made again."""

Progress = Callable[[int, int], None]
Made = TypeVar("Made", bound="RunTables")


class RunTables:
    """Hold what came of a scenario's replicates.

    Parameters
    ----------
    scenario, world, driver
        What was run.
    tables
        ``events``, ``projects``, ``series``, ``by_country`` and ``by_locality``.
    per_run
        One row a replicate with the outcomes for the whole region, and the number of the draw of
        parameters it took, where there are draws.
    manifest
        Everything needed to repeat the run.
    """

    def __init__(
        self,
        scenario: Scenario,
        world: World,
        driver: str,
        tables: Mapping[str, pa.Table],
        per_run: pd.DataFrame,
        manifest: dict[str, Any],
    ) -> None:
        self.scenario = scenario
        self.world = world
        self.driver = driver
        self.tables = dict(tables)
        self.per_run = per_run
        self.manifest = manifest
        self.stopwatch = Stopwatch()

    @cached_property
    def events(self) -> pd.DataFrame:
        """Return the event log, one row a decision, with its causes.

        Of the first 200 replicates (:mod:`sim.engine.events`).
        """
        return events.to_frame(self.tables["events"])

    @cached_property
    def projects(self) -> pd.DataFrame:
        """Return every project ever proposed, one a row, with the stage it reached.

        Of the first 200 replicates; values in US$ million, months as YYYY-MM.
        """
        return events.to_frame(self.tables["projects"])

    @cached_property
    def deals(self) -> pd.DataFrame:
        """Return the projects that became deals, awarded and financed, or acquired."""
        return self.projects[self.projects["month_deal"].notna()].reset_index(drop=True)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Return a row a month, country and metric with mean, median and 90 % interval.

        Over the first 200 replicates.
        """
        return events.to_frame(self.tables["series"])

    @cached_property
    def by_country(self) -> pd.DataFrame:
        """Return a row a replicate and country, a column an outcome."""
        return events.to_frame(self.tables["by_country"])

    @cached_property
    def by_locality(self) -> pd.DataFrame:
        """Return a row a replicate and locality (ISO 3166-2), a column an outcome."""
        return events.to_frame(self.tables["by_locality"])

    @cached_property
    def simulated(self) -> dict[str, Any]:
        """Return months, replicates, seed and changes."""
        draws = len(self.manifest.get("draws", ()))
        return simulated(self.scenario, replicates=len(self.per_run), draws=draws)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Return mean, median and 90 % interval over replicates of each outcome of the region."""
        numbers = self.per_run.drop(columns=["replicate", "draw"], errors="ignore")
        return {
            **self.simulated,
            "driver": self.driver,
            "model_version": self.manifest["model_version"],
            "outcomes": {name: _spread(numbers[name].to_numpy()) for name in numbers.columns},
            "focus": self._focus(),
        }

    def _focus(self) -> dict[str, Any]:
        """Return the outcomes of the localities the scenario looks at."""
        names = [o.name for o in outcomes.OUTCOMES]
        result = {}
        for code in self.scenario.focus:
            rows = self.by_locality[self.by_locality["locality"] == code]
            result[code] = {
                name: _spread_of_months(rows[name])
                if name in outcomes.MONTHS
                else _spread(rows[name].to_numpy(dtype=float))
                for name in names
            }
        return result

    def __repr__(self) -> str:
        deals = self.summary["outcomes"]["deals"]
        return (
            f"{type(self).__name__}({self.scenario.name!r}, "
            f"{self.scenario.start} to {self.scenario.end}, "
            f"{counted(len(self.per_run), 'replicate')}, deals {deals['median']:.0f} "
            f"[{deals['q05']:.0f}, {deals['q95']:.0f}])"
        )

    def write_tables(self, folder: Path) -> None:
        """Write all tables and the summary into a folder that is there.

        Of the events only those of the first runs, whose number the manifest holds.
        """
        events, projects = self.tables["events"], self.tables["projects"]
        logs = self.manifest.get("logs_written", len(self.per_run))
        changed = {
            "events": events.filter(pa.compute.less(events["replicate"], logs)),
            "deals": projects.filter(pa.compute.is_valid(projects["month_deal"])),
            "per_run": self.per_run,
        }
        for name, table in {**self.tables, **changed}.items():
            files.write_parquet(folder / f"{name}.parquet", table)
        files.write_json(folder / "summary.json", self.summary)
        self.stopwatch.lap("writing")


def _spread(values: Array) -> dict[str, float | None]:
    """Return mean, median and 90 % interval of the values that are known."""
    names, known = ("mean", "median", "q05", "q95"), values[~np.isnan(values)]
    if not len(known):
        return dict.fromkeys(names)
    found = (known.mean(), *np.quantile(known, (0.5, 0.05, 0.95)))
    return dict(zip(names, map(float, found), strict=True))


def _spread_of_months(months: pd.Series) -> dict[str, str | None]:
    """Return the spread of months that are known, to the nearest month."""
    numbers = np.array([month_index(month) for month in months.dropna()], dtype=np.float64)
    spread = _spread(numbers)
    return {
        name: None if value is None else month_name(round(value)) for name, value in spread.items()
    }


class Collector:
    """Run replicates and gather their tables."""

    def __init__(
        self,
        scenario: Scenario,
        world: World,
        driver: str,
        draws: tuple[dict[str, float], ...],
        extensions: Extensions,
    ) -> None:
        self.scenario, self.world, self.driver, self.draws = scenario, world, driver, draws
        self.extensions = extensions
        self.at = Positions(world)
        extensions.check(self.at.signal)
        self.parts: dict[str, list[pa.Table]] = {
            name: [] for name in ("events", "projects", "by_country", "by_locality")
        }
        self.monthly: list[Array] = []
        self.per_run: list[dict[str, float]] = []

    def collect(self, made: type[Made], progress: Progress | None = None) -> Made:
        """Run all replicates and return what came of them, as the kind asked for."""
        started, stopwatch = datetime.now(UTC), Stopwatch()
        total = self.scenario.replicates
        for replicate, state in enumerate(self._final_states(total)):
            self._add(state, replicate)
            if progress is not None:
                progress(replicate + 1, total)
        manifest = base_manifest(self.scenario, self.world, self.driver, started)
        manifest["rules_from"] = rules_from(self.world)
        manifest["logs_kept"] = min(total, LOGS_KEPT)
        if self.extensions:
            manifest["extensions"] = self.extensions.record
        if self.draws:
            manifest["draws"] = [dict(draw) for draw in self.draws]
        tables = {name: pa.concat_tables(parts) for name, parts in self.parts.items()}
        tables["events"] = tables["events"].unify_dictionaries()
        tables["series"] = self._series()
        per_run = pd.DataFrame(self.per_run)
        run = made(self.scenario, self.world, self.driver, tables, per_run, manifest)
        stopwatch.lap("simulating")
        run.stopwatch, manifest["seconds"] = stopwatch, stopwatch.seconds
        return run

    @cached_property
    def _template(self) -> State:
        return initial_state(self.scenario, self.world)

    def log_of(self, replicate: int) -> pa.Table:
        """Return the event log of one run, made on its own."""
        return events.event_table(self._final_state(replicate), self.at, replicate)

    def _final_states(self, total: int) -> Iterator[State]:
        """Yield the final state of each run; further ones are computed while it is looked at."""
        # Where the engine is not compiled yet, the first run does it.
        yield self._final_state(0)
        if self.driver == "compiled" and not self.extensions:
            yield from in_order(lambda n: self._final_state(n + 1), total - 1, cpu_count())
        else:
            yield from map(self._final_state, range(1, total))

    def _final_state(self, replicate: int) -> State:
        scenario = self.scenario
        if self.draws:
            draw = self.draws[parameter_draws.number_of(replicate, self.draws)]
            scenario = parameter_draws.with_draw(scenario, draw)
        if self.driver == "compiled":
            begun = initial_state(scenario, self.world) if self.draws else self._template
            return simulate_extended(
                begun, scenario.seed, replicate, self.extensions, self.at.signal
            )
        from sim.engine.model import ParadiplomacyModel

        more: dict[str, Any] = vars(self.extensions)
        model = ParadiplomacyModel(scenario, replicate=replicate, world=self.world, **more)
        model.run_to_end()
        return model.state

    def _add(self, w: State, replicate: int) -> None:
        """Add the tables of a replicate, with the number of its draw where there are draws."""
        counted = outcomes.count_events(w)
        local = outcomes.by_place(w, counted)
        number = {}
        if self.draws:
            number["draw"] = parameter_draws.number_of(replicate, self.draws)
        for name, table in (
            ("by_locality", outcomes.locality_table(self.at, local, replicate)),
            ("by_country", outcomes.country_table(w, self.at, local, replicate)),
        ):
            draw = [pa.array(np.full(len(table), n, dtype=np.int32)) for n in number.values()]
            self.parts[name].append(table.add_column(1, "draw", draw[0]) if draw else table)
        region = outcomes.for_region(w, local, counted)
        self.per_run.append({"replicate": replicate, **number, **region})
        if replicate < LOGS_KEPT:
            self.parts["events"].append(events.event_table(w, self.at, replicate))
            self.parts["projects"].append(outcomes.project_table(w, self.at, replicate))
            self.monthly.append(outcomes.monthly(w)[self.scenario.start_month :])

    def _series(self) -> pa.Table:
        """Return the monthly series in long form, summarised over replicates."""
        stack = np.stack(self.monthly)
        low, middle, high = np.quantile(stack, (0.05, 0.5, 0.95), axis=0)
        first = self.scenario.start_month
        names = {
            "month": [month_name(first + t) for t in range(stack.shape[1])],
            "country": list(self.at.country),
            "metric": list(outcomes.SERIES_METRICS),
        }
        grid = np.indices(low.shape, dtype=np.int32).reshape(3, -1)
        words = {
            name: pa.DictionaryArray.from_arrays(pa.array(index), values)
            for (name, values), index in zip(names.items(), grid, strict=True)
        }
        numbers = {"mean": stack.mean(axis=0), "median": middle, "q05": low, "q95": high}
        return pa.table(words | {name: values.ravel() for name, values in numbers.items()})
