"""The record of a comparison with a user's table: all numbers found, as JSON knows them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.claims.effect_inference import LEVEL
from calibration.user_data import metrics, prediction_scores
from calibration.user_data.predicted_counts import Question, SimulatedCounts, known_outcome
from calibration.user_data.user_table import COUNT, Listed
from sim.core import provenance
from sim.core.state import Array
from sim.experiments.run_settings import simulated
from sim.scenario.schema import Scenario
from sim.world import World

if TYPE_CHECKING:
    import pandas as pd

_DIGITS = 6


@dataclass(frozen=True)
class ComparisonRequest:
    """Say how a table is to be compared.

    Parameters
    ----------
    outcome
        The model's outcome; by default ``deals`` for counts, ``deal_value_usd_m`` for values.
    first, last
        First and last year compared; by default those of the table, or of the scenario where
        the table has no years.
    complete
        Whether units that are not in the table have nothing; else only those in it are compared.
    by
        ``country`` adds localities up.
    within
        Countries to keep to; all if empty.
    """

    outcome: str | None = None
    first: int | None = None
    last: int | None = None
    complete: bool = False
    by: str | None = None
    within: tuple[str, ...] = ()


def naive_predictors(question: Question, world: World) -> dict[str, Array]:
    """Return the naive predictors (U,) by name: size, authority and their products.

    Authority is the country's index, mean over the years compared.
    """
    from sim.world.authority import LAST_YEAR, authority_index

    index = authority_index(world)
    last = min(question.last, LAST_YEAR)
    within = index["year"].between(min(question.first, last), last)
    authority = index[within].groupby("iso3")["index"].mean()
    name = "countries" if question.by_country else "localities"
    rows = world.tables[name].set_index("iso3" if question.by_country else "code", drop=False)
    rows = rows.loc[list(question.units)]
    level = authority.loc[rows["iso3"]].to_numpy(dtype=np.float64)
    population = rows["population"].to_numpy(dtype=np.float64)
    gdp = rows["gdp_usd_m"].to_numpy(dtype=np.float64)
    return {
        "population": population,
        "gdp": gdp,
        "authority": level,
        "population_authority": population * level,
        "gdp_authority": gdp * level,
    }


def _groups(question: Question, world: World) -> tuple[Array, str]:
    """Return the groups that resampling keeps together, and what they are."""
    each = np.arange(len(question.units))
    if question.by_country:
        return each, "units"
    home = dict(zip(world.localities["code"], world.localities["iso3"], strict=True))
    found = np.unique([home[code] for code in question.units], return_inverse=True)[1]
    if found.max() + 1 < metrics.FEWEST_GROUPS:
        return each, "units"
    return found, "countries"


def found(
    table: Listed,
    question: Question,
    request: ComparisonRequest,
    observed: SimulatedCounts,
    runs: SimulatedCounts,
    scenario: Scenario,
    world: World,
    draws: Sequence[Mapping[str, float]] | None,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return the record and the table of units."""
    groups, resampled = _groups(question, world)
    predictors = naive_predictors(question, world)
    case = metrics.Comparand(observed.units, runs.units, predictors, groups, table.measure == COUNT)
    predictions = case.predictions()
    means = {name: mean for name, (mean, _) in predictions.items()}
    years = [str(year) for year in range(question.first, question.last + 1)]
    by_year = table.year is not None and len(years) > 1
    sectors = [i for i, c in enumerate(world.sectors["code"]) if c in question.sectors]
    names = [str(world.sectors["name"].iloc[i]) for i in sectors]
    seen = float(observed.units.sum())
    record = {
        "model_version": provenance.model_version(),
        "compared": _compared(table, question, request, observed, resampled),
        **simulated(scenario, draws=len(draws or ())),
        "resamples": prediction_scores.RESAMPLES,
        "level": LEVEL,
        "total": metrics.totals(np.array([seen]), runs.units.sum(axis=1)[:, None], ["total"])[0],
        "ranks": metrics.rank_marks(case, means),
        "concentration": metrics.concentration_marks(case, predictions),
        "calibration": metrics.calibration_marks(case, predictions),
        "years": metrics.totals(observed.years, runs.years, years) if by_year else [],
        "sectors": metrics.totals(observed.sectors[sectors], runs.sectors[:, sectors], names),
    }
    return _rounded(record), _unit_table(case, question, world)


def _compared(
    table: Listed,
    question: Question,
    request: ComparisonRequest,
    observed: SimulatedCounts,
    resampled: str,
) -> dict[str, Any]:
    """Return what is compared and how."""
    outcome = known_outcome(question.outcome)
    return {
        "file": table.file.name,
        "sha256": table.digest,
        "rows": len(table.amount),
        "left_out": table.left_out,
        "level": table.level,
        "measure": table.measure,
        "outcome": outcome.name,
        "meaning": outcome.meaning,
        "unit": outcome.unit,
        "years": [question.first, question.last],
        "sectors": list(question.sectors),
        "sectors_ignored": table.sector is not None and not question.sectors,
        "units": len(question.units),
        "listed": len(table.units),
        "complete": request.complete,
        "only_positive": not request.complete and bool((observed.units > 0).all()),
        "within": list(request.within),
        "resampled": resampled,
    }


def _unit_table(case: metrics.Comparand, question: Question, world: World) -> pd.DataFrame:
    """Return one row a unit."""
    import pandas as pd

    rows = world.countries if question.by_country else world.localities
    named = rows.set_index("iso3" if question.by_country else "code", drop=False)
    named = named.loc[list(question.units)]
    levels = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
    # Quantiles that occur, so that those of counts are whole.
    quantiles = np.quantile(case.runs, list(levels.values()), axis=0, method="inverted_cdf")
    low, high = prediction_scores.pit_bounds(case.runs, case.observed)
    return pd.DataFrame(
        {
            "unit": list(question.units),
            "name": named["name"].to_numpy(),
            "country": named["iso3"].to_numpy(),
            "observed": case.observed,
            "mean": case.runs.mean(axis=0),
            **dict(zip(levels, quantiles, strict=True)),
            "pit_low": low,
            "pit_high": high,
            **{name: case.predictors[name] for name in ("population", "gdp", "authority")},
        }
    )


def _rounded(value: Any) -> Any:
    """Return a record with the digits that mean something, None for what is not a number."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    return value


def rows_of(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the numbers of a record one by one."""
    rows: list[dict[str, Any]] = []

    def add(prediction: str, what: str, value: object, low: object, high: object) -> None:
        row = {"prediction": prediction, "what": what, "value": value, "low": low, "high": high}
        rows.append(row)

    def add_estimate(prediction: str, what: str, found: Mapping[str, Any] | None) -> None:
        if found is not None:
            add(prediction, what, found["value"], found["low"], found["high"])

    for name, found in record["ranks"].items():
        add_estimate(name, "rank_correlation", found["rank"])
        add_estimate(name, "rank_correlation_given_gdp", found["partial"])
        add_estimate(name, "rank_correlation_of_model_minus_this", found["model_minus"])
    for name, found in record["calibration"]["predictions"].items():
        add(name, "ranked_probability_score", found["score"], None, None)
        add_estimate(name, "score_of_model_minus_this", found.get("model_minus"))
        for level, share in found["coverage"].items():
            add(name, f"coverage_of_{level}_percent", share, None, None)
    for row in [*record["concentration"], {"measure": "total", **_total(record)}]:
        add("table", row["measure"], row["observed"], None, None)
        for name, found in row["predictions"].items():
            add(name, row["measure"], found["median"], found["q05"], found["q95"])
    return rows


def _total(record: Mapping[str, Any]) -> dict[str, Any]:
    total = record["total"]
    return {"observed": total["observed"], "predictions": {metrics.MODEL: total}}
