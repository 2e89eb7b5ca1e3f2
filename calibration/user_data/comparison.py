"""Set the model's predictions beside a table of counts or values that a user brings."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.user_data.comparison_record import ComparisonRequest, found, rows_of
from calibration.user_data.predicted_counts import (
    WITH_SECTOR,
    Progress,
    Question,
    SimulatedCounts,
    count_runs,
    known_outcome,
)
from calibration.user_data.user_table import (
    COUNT,
    COUNTRY,
    LEVELS,
    VALUE,
    Listed,
    Scope,
    read_listed,
)
from sim.core import files, folders, provenance
from sim.core.errors import InputError
from sim.scenario.intervention_fields import LAST_MONTH
from sim.scenario.schema import Scenario, load
from sim.world import World, load_world
from sim.world.names import COUNTRIES, PlaceNames

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_OUTCOMES = {COUNT: "deals", VALUE: "deal_value_usd_m"}
REPLICATES = 200
FEWEST_UNITS = 5
FEWEST_RUNS = 20


@dataclass(frozen=True)
class TableComparison:
    """Hold a comparison of the model with a table.

    Parameters
    ----------
    record
        Everything found, in terms that JSON knows.
    units
        One row a unit: observed, predictive quantiles, ends of the PIT, naive predictors.
    manifest
        Everything needed to repeat it.
    """

    record: dict[str, Any]
    units: pd.DataFrame
    manifest: dict[str, Any]

    def write(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write ``against.json``, ``scores.csv``, ``units.csv``, figures and ``against.html``.

        The manifest is written last: a folder that has one is whole.

        Raises
        ------
        InputError
            If the folder is not empty, and not to be overwritten, or cannot be written to.
        """
        from sim.report.user_data_page import write_page

        with folders.results(folder, overwrite, self.manifest) as target:
            files.write_csv(target / "units.csv", self.units)
            files.write_csv(target / "scores.csv", self.scores())
            files.write_json(target / "against.json", self.record)
            write_page(self.record, self.units, target)
        return target

    def scores(self) -> pd.DataFrame:
        """Return one row a number: of which prediction, what, value and interval."""
        import pandas as pd

        return pd.DataFrame(rows_of(self.record))


def compare_with_table(
    path: str | Path,
    wanted: ComparisonRequest | None = None,
    *,
    scenario: str | Path | Scenario = "baseline",
    replicates: int | None = REPLICATES,
    seed: int | None = None,
    draws: Sequence[Mapping[str, float]] | None = None,
    workers: int = 1,
    world: World | None = None,
    progress: Progress | None = None,
) -> TableComparison:
    """Compare runs of a scenario with a user's table.

    Parameters
    ----------
    path
        The table, see :mod:`calibration.user_data.user_table`.
    wanted
        How it is to be compared.
    scenario, replicates, seed
        What is run; None keeps the scenario's replicates or seed.
    draws
        Parameter sets, such as draws from a posterior; run number r takes set r. None runs the
        scenario's own parameters.
    workers
        Threads; the numbers do not depend on it.
    world
        Tables of another region.
    progress
        Called with (done, total) after each run.

    Raises
    ------
    InputError
        If the table or anything else given cannot be used.
    """
    request = wanted if wanted is not None else ComparisonRequest()
    tables = world if world is not None else load_world()
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario, world=tables)
    chosen = _run_on(chosen.with_overrides(replicates=replicates, seed=seed), request)
    if chosen.replicates < FEWEST_RUNS:
        raise InputError(
            f"{chosen.replicates} is too few for predictive intervals",
            field="replicates",
            allowed=f"{FEWEST_RUNS} or more",
        )
    _check_names(request, tables)
    table = read_listed(path, tables, _scope(request, chosen))
    question = _question(table, request, chosen, tables)
    observed = observations(table, question, tables)
    _check_observed(observed, table)
    started, clock = datetime.now(UTC), time.perf_counter()
    runs = count_runs(question, chosen, tables, draws=draws, workers=workers, progress=progress)
    seconds = time.perf_counter() - clock
    record, units = found(table, question, request, observed, runs, chosen, tables, draws)
    manifest = provenance.manifest(
        scenario=chosen.model_dump(mode="json"),
        parameters=chosen.parameter_values(),
        world_digest=tables.digest,
        seed=chosen.seed,
        replicates=chosen.replicates,
        driver="compiled",
        started=started,
        seconds=seconds,
    )
    manifest |= {"kind": "against", "compared": record["compared"], "draws": list(draws or ())}
    return TableComparison(record, units, manifest)


# --- what is compared


def _run_on(scenario: Scenario, request: ComparisonRequest) -> Scenario:
    """Return the scenario, run on to the last year asked for where it ends before."""
    first, end = int(scenario.start[:4]), int(scenario.end[:4])
    latest = int(LAST_MONTH[:4])
    for name, year in (("first", request.first), ("last", request.last)):
        if year is not None and not first <= year <= latest:
            raise InputError(
                f"the scenario cannot be run for {year}",
                argument=name,
                allowed=f"{first} to {latest}",
            )
    if request.first is not None and request.first > (request.last or end):
        raise InputError(
            f"{request.first} is after the last year, {request.last or end}", argument="first"
        )
    if request.last is not None and request.last > end:
        return scenario.with_overrides(end=f"{request.last}-12")
    return scenario


def _check_names(request: ComparisonRequest, world: World) -> None:
    """Refuse names that do not exist."""
    if request.outcome is not None:
        known_outcome(request.outcome)
    if request.by is not None and request.by not in LEVELS:
        raise InputError(f"{request.by!r} is no level", argument="by", allowed=" or ".join(LEVELS))
    countries = tuple(world.countries["iso3"])
    for code in request.within:
        if code not in countries:
            raise InputError(
                f"{code!r} is no country of this world",
                argument="within",
                allowed="an ISO 3166-1 code of three letters",
                nearest=PlaceNames.of(world.tables).suggest(code, (COUNTRIES,)),
            )


def _scope(request: ComparisonRequest, scenario: Scenario) -> Scope:
    years = (int(scenario.start[:4]), int(scenario.end[:4]))
    return Scope(request.by, request.first, request.last, request.within, years)


def _question(
    table: Listed, request: ComparisonRequest, scenario: Scenario, world: World
) -> Question:
    """Return what is counted in the runs, so that it matches the table."""
    name = request.outcome if request.outcome is not None else DEFAULT_OUTCOMES[table.measure]
    outcome = known_outcome(name)
    measure = COUNT if outcome.unit == "count" else VALUE
    if measure != table.measure:
        raise InputError(
            f"the table has a column {table.measure}, {name} is a {measure}",
            file=table.file,
            argument="outcome",
            allowed=f"an outcome that is a {table.measure}, such as "
            f"{DEFAULT_OUTCOMES[table.measure]}",
        )
    first, last = int(scenario.start[:4]), int(scenario.end[:4])
    if table.year is not None:
        first, last = int(table.year.min()), int(table.year.max())
    first = request.first if request.first is not None else first
    last = request.last if request.last is not None else last
    sectors: tuple[str, ...] = ()
    if table.sector is not None and name in WITH_SECTOR:
        sectors = tuple(code for code in world.sectors["code"] if code in set(table.sector))
    units = _all_units(table, request, world) if request.complete else table.units
    return Question(name, table.level == COUNTRY, units, first, last, sectors)


def _all_units(table: Listed, request: ComparisonRequest, world: World) -> tuple[str, ...]:
    """Return all units of the table's level in the countries asked for."""
    rows = world.countries if table.level == COUNTRY else world.localities
    if request.within:
        rows = rows[rows["iso3"].isin(request.within)]
    return tuple(rows["iso3"] if table.level == COUNTRY else rows["code"])


def observations(table: Listed, question: Question, world: World) -> SimulatedCounts:
    """Return what the table has, in the form of one run."""
    order = {code: i for i, code in enumerate(question.units)}
    unit = np.array([order[table.units[i]] for i in table.unit])
    years = question.last - question.first + 1
    by_year = np.full(years, np.nan)
    if table.year is not None:
        by_year = np.bincount(table.year - question.first, table.amount, years)
    codes = {code: i for i, code in enumerate(world.sectors["code"])}
    by_sector = np.full(len(codes), np.nan)
    if question.sectors and table.sector is not None:
        sector = np.array([codes[code] for code in table.sector])
        by_sector = np.bincount(sector, table.amount, len(codes))
    return SimulatedCounts(np.bincount(unit, table.amount, len(order)), by_year, by_sector)


def _check_observed(observed: SimulatedCounts, table: Listed) -> None:
    """Refuse a table that leaves nothing to compare."""
    units = len(observed.units)
    if units < FEWEST_UNITS:
        raise InputError(
            f"{units} unit{'' if units == 1 else 's'} cannot be ranked",
            file=table.file,
            allowed=f"{FEWEST_UNITS} units or more; a complete list counts those not in it as zero",
        )
    if not observed.units.any():
        raise InputError("everything in it is zero", file=table.file, field=table.measure)
