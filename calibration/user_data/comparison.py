"""Set the model's predictions beside a table of counts or values that a user brings."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration import rivals
from calibration.user_data import prediction_scores as scores
from calibration.user_data.layouts import LAYOUTS, Listed, known_layout
from calibration.user_data.predicted_counts import (
    LEVELS_OF_RUNS,
    OF_DEALS,
    WITH_SECTOR,
    CountRequest,
    Occurrences,
    OutcomeCounts,
    Progress,
    count_runs,
    known_outcome,
)
from calibration.user_data.user_table import (
    COUNT,
    COUNTRY,
    LEVELS,
    LOCALITY,
    VALUE,
    ComparisonRequest,
    read_observed,
)
from sim.core import files, folders, provenance
from sim.core.errors import InputError, unknown_name_error
from sim.core.state import Array
from sim.experiments.run_settings import base_manifest, chosen_scenario, simulated
from sim.experiments.sender_words import sender_words
from sim.report.user_data_page import write_page
from sim.scenario.intervention_fields import LAST_MONTH
from sim.scenario.schema import Scenario
from sim.world import World, load_world
from sim.world.names import COUNTRIES, PlaceNames

DEFAULT_OUTCOMES = {COUNT: "deals", VALUE: "deal_value_usd_m"}
REPLICATES = 200
FEWEST_UNITS = 5
FEWEST_RUNS = 20
RIVAL_DRAWS = 400
FEWEST_GROUPS = 8
"""Countries that resampling keeps together; of fewer, units are resampled one by one."""
_DIGITS = 6
"""Significant digits of the numbers of a record."""
_QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}


@dataclass(frozen=True)
class TableComparison:
    """Hold a comparison of the model with a table.

    Parameters
    ----------
    record
        Everything found, in terms that JSON knows.
    units
        One row a unit: observed, predictive quantiles, ends of the PIT, and what rivals know.
    manifest
        Everything needed to repeat it.
    """

    record: dict[str, Any]
    units: pd.DataFrame
    manifest: dict[str, Any]

    def write(
        self,
        folder: str | Path,
        *,
        figures: bool | str | Iterable[str] = True,
        figure_format: str = "png",
        overwrite: bool = False,
    ) -> Path:
        """Write ``against.json``, ``scores.csv``, ``units.csv``, figures and ``against.html``.

        Figures, their format and ``overwrite`` are as :meth:`sim.results.run_result.Run.write`
        takes them. The manifest is written last: a folder that has one is whole.

        Raises
        ------
        InputError
            If there is no such figure, or the folder is not empty, and not to be overwritten, or
            cannot be written to.
        """
        with folders.results(folder, overwrite, self.manifest) as target:
            files.write_csv(target / "units.csv", self.units)
            files.write_csv(target / "scores.csv", self.scores())
            files.write_json(target / "against.json", self.record)
            write_page(self.record, self.units, target, figures, figure_format)
        return target

    def scores(self) -> pd.DataFrame:
        """Return one row a number: of which prediction, what, value and interval."""
        rows: list[tuple[object, ...]] = []
        ranks = {"rank": "", "model_minus": "_of_model_minus_this"}
        for name, found in self.record["ranks"].items():
            for key, words in ranks.items():
                if key in found:
                    rows.append((name, f"rank_correlation{words}", *found[key].values()))
        for name, found in self.record["calibration"]["predictions"].items():
            rows.append((name, "ranked_probability_score", found["score"], None, None))
            if "model_minus" in found:
                rows.append((name, "score_of_model_minus_this", *found["model_minus"].values()))
            for level, share in found["coverage"].items():
                rows.append((name, f"coverage_of_{level}_percent", share, None, None))
        total = self.record["total"]
        whole = {**total, "measure": "total", "predictions": {scores.MODEL: total}}
        for row in [*self.record["concentration"], whole]:
            rows.append(("table", row["measure"], row["observed"], None, None))
            for name, found in row["predictions"].items():
                spanned = (found["median"], found["q05"], found["q95"])
                rows.append((name, row["measure"], *spanned))
        return pd.DataFrame(rows, columns=["prediction", "what", "value", "low", "high"])


def compare_with_table(
    path: str | Path,
    request: ComparisonRequest | None = None,
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
    request
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
    request, tables = request or ComparisonRequest(), world or load_world()
    chosen = chosen_scenario(scenario, tables, replicates=replicates, seed=seed)
    chosen = _run_on(chosen, request)
    _check_request(request, chosen, tables)
    name = _outcome(request)
    is_value = name is not None and known_outcome(name).unit != "count"
    table = read_observed(path, tables, request, _years_of(chosen), value=is_value)
    question = _question(table, request, chosen, tables)
    observed = _observed(table, question, tables)
    groups, resampled = _groups(question, tables)
    started, clock = datetime.now(UTC), time.perf_counter()
    runs, factor = count_runs(
        question, chosen, tables, draws=draws, workers=workers, progress=progress,
        level=request.level, total=float(observed.units.sum()),
    )  # fmt: skip
    seconds = round(time.perf_counter() - clock, 3)
    before = rivals.over_years(rivals.known(tables, question.units, question.years))
    predictions = _predictions(before, observed, runs, groups, table.measure)
    case = scores.UnitPredictions(observed.units, runs.units, predictions, groups)
    meaning = sender_words(tables)(known_outcome(question.outcome).meaning)
    record = {
        "model_version": provenance.model_version(),
        "compared": _compared(table, question, request, observed, resampled)
        | {"factor": factor, "meaning": meaning},
        **simulated(chosen, draws=len(draws or ())),
        **_found(case, table, question, observed, runs, tables),
    }
    record = files.plain(record, _DIGITS)
    manifest = base_manifest(chosen, tables, "compiled", started) | {"seconds": seconds}
    manifest |= {"kind": "against", "compared": record["compared"], "draws": list(draws or ())}
    return TableComparison(record, _unit_table(case, before, question, tables), manifest)


# --- what is compared


def _years_of(scenario: Scenario) -> tuple[int, int]:
    return int(scenario.start[:4]), int(scenario.end[:4])


def _run_on(scenario: Scenario, request: ComparisonRequest) -> Scenario:
    """Return the scenario, run on to the last year asked for where it ends before."""
    first, end = _years_of(scenario)
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


def _check_request(request: ComparisonRequest, scenario: Scenario, world: World) -> None:
    """Refuse too few runs, and names that do not exist."""
    if scenario.replicates < FEWEST_RUNS:
        raise InputError(
            f"{scenario.replicates} is too few for predictive intervals",
            field="replicates",
            allowed=f"{FEWEST_RUNS} or more",
        )
    _check_format(request)
    if request.by is not None and request.by not in LEVELS:
        raise unknown_name_error(f"{request.by!r} is no level", request.by, LEVELS, argument="by")
    for code in request.within:
        if code not in set(world.countries["iso3"]):
            raise InputError(
                f"{code!r} is no country of this world",
                argument="within",
                allowed="an ISO 3166-1 code of three letters",
                nearest=PlaceNames.of(world.tables).suggest(code, (COUNTRIES,)),
            )


def _outcome(request: ComparisonRequest) -> str | None:
    """Return the outcome asked for, or that of the list's format."""
    usual = known_layout(request.layout).outcome if request.layout else None
    return request.outcome if request.outcome is not None else usual


def _check_format(request: ComparisonRequest) -> None:
    """Refuse what does not go with the list's format or with the outcome."""
    name, layout = _outcome(request), request.layout
    if name is not None:
        known_outcome(name)
    if request.level not in LEVELS_OF_RUNS:
        raise unknown_name_error(
            f"{request.level!r} is no level", request.level, LEVELS_OF_RUNS, argument="level"
        )
    for argument, given in (("where", request.where), ("least", request.least)):
        if given and layout is None:
            raise InputError("belongs to the format of a published list", argument=argument,
                             allowed=f"a format: {', '.join(LAYOUTS)}")  # fmt: skip
    if request.bound and name not in OF_DEALS:
        raise InputError(f"{name} has no value", argument="least", allowed=", ".join(OF_DEALS))
    if request.records is not None and layout != "gcdf-adm1":
        raise InputError("goes with the format gcdf-adm1 alone", argument="records")
    if layout is not None and request.by == LOCALITY and not known_layout(layout).place:
        raise InputError(f"{layout} names no places", argument="by", allowed="country")


def _question(
    table: Listed, request: ComparisonRequest, scenario: Scenario, world: World
) -> CountRequest:
    """Return what is counted in the runs, so that it matches the table."""
    name = _outcome(request) or DEFAULT_OUTCOMES[table.measure]
    measure = COUNT if known_outcome(name).unit == "count" else VALUE
    if measure != table.measure:
        raise InputError(
            f"the table has a column {table.measure}, {name} is a {measure}",
            file=table.file.path,
            argument="outcome",
            allowed=f"an outcome that is a {table.measure}, such as "
            f"{DEFAULT_OUTCOMES[table.measure]}",
        )
    first, last = _years_of(scenario)
    if "year" in table.rows:
        first, last = int(table.rows["year"].min()), int(table.rows["year"].max())
    sectors: tuple[str, ...] = ()
    if "sector" in table.rows and name in WITH_SECTOR:
        codes = world.sectors["code"]
        sectors = tuple(codes[codes.isin(table.rows["sector"])])
    units, is_country = table.units, table.level == COUNTRY
    if request.complete:
        places = world.countries if is_country else world.localities
        inside = places["iso3"].isin(request.within or places["iso3"])
        units = tuple(places[inside]["iso3" if is_country else "code"])
    years = request.first or first, request.last or last
    return CountRequest(name, is_country, units, *years, sectors, request.bound)


def _observed(table: Listed, question: CountRequest, world: World) -> OutcomeCounts:
    """Return what the table has, in the form of one run; refuse one that leaves nothing."""
    units = len(question.units)
    if units < FEWEST_UNITS:
        raise InputError(
            f"{units} unit{'' if units == 1 else 's'} cannot be ranked",
            file=table.file.path,
            allowed=f"{FEWEST_UNITS} units or more; a complete list counts those not in it as zero",
        )
    rows = table.rows
    numbers = {code: i for i, code in enumerate((*question.units, *world.sectors["code"]))}
    unit = rows["unit"].map(numbers).to_numpy()
    year = rows["year"].to_numpy() if "year" in rows else np.full(len(rows), question.first)
    sector = np.full(len(rows), -1)
    if question.sectors:
        sector = rows["sector"].map(numbers).to_numpy() - units
    listed = Occurrences(unit, year.astype(np.int64), sector, rows["amount"].to_numpy())
    observed = question.sums(world, question.kept(world, listed))
    if not observed.units.any():
        raise InputError("everything in it is zero", file=table.file.path, field=table.measure)
    return observed


# --- what is found


def _places(question: CountRequest, world: World) -> pd.DataFrame:
    """Return the world's rows of the units, in their order."""
    name, code = ("countries", "iso3") if question.by_country else ("localities", "code")
    return world.tables[name].set_index(code, drop=False).loc[list(question.units)]


def _groups(question: CountRequest, world: World) -> tuple[Array, str]:
    """Return the groups that resampling keeps together, and what they are."""
    countries, found = np.unique(_places(question, world)["iso3"], return_inverse=True)
    if question.by_country or len(countries) < FEWEST_GROUPS:
        return np.arange(len(question.units)), "units"
    return found, "countries"


def _predictions(
    before: rivals.Known, observed: OutcomeCounts, runs: OutcomeCounts, groups: Array, measure: str
) -> dict[str, rivals.RivalPrediction]:
    """Return what the model and every rival foretell of the units."""
    of_model = rivals.RivalPrediction(runs.units.mean(axis=0), runs.units, runs.units)
    given = before, observed.units, groups, RIVAL_DRAWS
    return {scores.MODEL: of_model} | {
        name: rivals.rival_prediction(name, *given, counts=measure == COUNT)
        for name in rivals.AGAINST
    }


def _found(
    case: scores.UnitPredictions,
    table: Listed,
    question: CountRequest,
    observed: OutcomeCounts,
    runs: OutcomeCounts,
    world: World,
) -> dict[str, Any]:
    """Return the scores of every prediction, and totals beside the runs'."""
    years = [str(year) for year in range(question.first, question.last + 1)]
    by_year = "year" in table.rows and len(years) > 1
    chosen = np.flatnonzero(world.sectors["code"].isin(question.sectors))
    names = world.sectors["name"].iloc[chosen].astype(str).tolist()
    total = np.array([observed.units.sum()]), runs.units.sum(axis=1)[:, None]
    return {
        "resamples": scores.RESAMPLES,
        "level": scores.LEVEL,
        "total": scores.totals(*total, ["total"])[0],
        "ranks": scores.rank_scores(case),
        "concentration": scores.concentration_scores(case),
        "calibration": scores.calibration_scores(case),
        "years": scores.totals(observed.years, runs.years, years) if by_year else [],
        "sectors": scores.totals(observed.sectors[chosen], runs.sectors[:, chosen], names),
    }


def _compared(
    table: Listed,
    question: CountRequest,
    request: ComparisonRequest,
    observed: OutcomeCounts,
    resampled: str,
) -> dict[str, Any]:
    """Return what is compared and how."""
    outcome = known_outcome(question.outcome)
    return {
        "file": table.file.path.name,
        "sha256": table.file.digest,
        "rows": len(table.rows),
        "layout": request.layout,
        "aside": table.aside,
        "unknown": table.unknown,
        "least": request.bound,
        "brought_to": request.level,
        "level": table.level,
        "measure": table.measure,
        "outcome": outcome.name,
        "unit": outcome.unit,
        "years": [question.first, question.last],
        "sectors": list(question.sectors),
        "sectors_ignored": "sector" in table.rows and not question.sectors,
        "units": len(question.units),
        "listed": len(table.units),
        "complete": request.complete,
        "only_positive": not request.complete and bool((observed.units > 0).all()),
        "within": list(request.within),
        "resampled": resampled,
    }


def _unit_table(
    case: scores.UnitPredictions, before: rivals.Known, question: CountRequest, world: World
) -> pd.DataFrame:
    """Return one row a unit, with what is known of it before any run."""
    places = _places(question, world)
    # Quantiles that occur, so that those of counts are whole.
    levels = list(_QUANTILES.values())
    quantiles = np.quantile(case.runs, levels, axis=0, method="inverted_cdf")
    low, high = scores.pit_bounds(case.runs, case.observed)
    return pd.DataFrame(
        {
            "unit": list(question.units),
            "name": places["name"].to_numpy(),
            "country": places["iso3"].to_numpy(),
            "observed": case.observed,
            "mean": case.runs.mean(axis=0),
            **dict(zip(_QUANTILES, quantiles, strict=True)),
            "pit_low": low,
            "pit_high": high,
            **{
                name: before[name][:, 0]
                for name in ("population", "gdp", "authority", "recognition")
            },
        }
    )
