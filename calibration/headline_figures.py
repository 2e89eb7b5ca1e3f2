"""The headline figures over draws of the parameters: ``python -m calibration.headline_figures``.

``headline.toml`` names what is measured, in which worlds, and what an earlier model and the report
or data have beside it. Each figure is measured at the defaults and at every draw of the free
parameters, from the posterior if that is of the present model and else from the priors, and
published with the median and the interval of nine draws in ten.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, Field

from calibration import headline_measures
from calibration.claims.claim import flat
from calibration.claims.claim_scenarios import each, scenario_of
from calibration.claims.effect_inference import contrasted, spread
from calibration.claims.findings import rounded
from calibration.claims.statistics import STATISTICS
from calibration.claims.world_runs import Measurement, Progress, WorldPlan, run_worlds
from calibration.published import draws as posterior_draws
from calibration.published import is_current, prior_draws
from sim.core import files, folders, provenance
from sim.core.errors import InputError
from sim.core.state import Array
from sim.experiments.comparison.pairing import threads
from sim.experiments.parameter_draws import Draw
from sim.experiments.run_settings import at_least
from sim.scenario.intervention_fields import STRICT
from sim.scenario.schema import Scenario, load
from sim.world import load_world

TABLE = Path(__file__).with_name("headline.toml")
NAME = "headline_figures"
REFERENCE = Path("results") / "reference"
SEED, DRAWS, REPLICATES, AT_DEFAULTS = 1, 100, 2, 40
COLUMNS = (
    "id",
    "finding",
    "figure",
    "unit",
    "defaults",
    "median",
    "low",
    "high",
    "earlier",
    "data",
)

_Parameters = Annotated[dict[str, float], BeforeValidator(flat)]


class Arm(BaseModel):
    """What a world sets: parameters and interventions."""

    model_config = STRICT

    parameters: _Parameters = {}
    interventions: Annotated[tuple[dict[str, Any], ...], Field(strict=False)] = ()

    def orders(self) -> list[dict[str, Any]]:
        """Return the interventions one by one."""
        return [order for entry in self.interventions for order in each(entry)]


class HeadlineFigure(BaseModel):
    """One figure: what is measured, where, and what stands beside it."""

    model_config = STRICT

    id: str
    finding: str
    figure: str
    statistic: str
    args: dict[str, Any] = {}
    scenario: str = "baseline"
    treated: Annotated[Arm, Field(strict=False)] = Arm()
    control: Annotated[Arm, Field(strict=False)] | None = None
    contrast: Literal["difference", "ratio"] = "ratio"
    summary: Literal["spread", "mean"] = "spread"
    unit: str = ""
    earlier: str = ""
    data: str = ""

    def worlds(self) -> list[Scenario]:
        """Return the worlds: the treated one and, where there is one, its control."""
        base, arms = load(self.scenario), [arm for arm in (self.treated, self.control) if arm]
        return [
            scenario_of(base.start, base.end, arm.parameters, arm.orders(), base) for arm in arms
        ]

    def value(self, parts: Sequence[Array]) -> Array:
        """Return the figure by draw (D,) from the parts (D, R, K) of its worlds."""
        value = STATISTICS[self.statistic].value
        found = [value(numbers.mean(axis=1)) for numbers in parts]
        return contrasted(found[0], found[1] if len(found) > 1 else None, self.contrast)


def load_figures(table: Path = TABLE) -> tuple[HeadlineFigure, ...]:
    """Return the figures of a table."""
    entries = tomllib.loads(table.read_text(encoding="utf-8"))["figure"]
    return tuple(HeadlineFigure.model_validate(entry) for entry in entries)


def measured(
    figures: Sequence[HeadlineFigure],
    draws: Sequence[Draw],
    replicates: int,
    *,
    seed: int = SEED,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Array]:
    """Return each figure by draw (D,), from so many runs of each of its worlds at a draw."""
    plan, keys = WorldPlan(draws), []
    for one in figures:
        asked = Measurement.of(one.statistic, one.args)
        keys.append((asked, [plan.add(world, asked, replicates) for world in one.worlds()]))
    many = workers or provenance.cpu_count()
    parts = run_worlds(plan, seed, many, load_world(), progress)
    return [
        one.value([parts[key][asked] for key in mine])
        for one, (asked, mine) in zip(figures, keys, strict=True)
    ]


def rows_of(
    figures: Sequence[HeadlineFigure], at_defaults: Sequence[Array], drawn: Sequence[Array]
) -> list[dict[str, Any]]:
    """Return the rows of the table: each figure at the defaults and over draws."""
    rows = []
    for one, alone, values in zip(figures, at_defaults, drawn, strict=True):
        told = rounded(spread(values))
        if one.summary == "mean":
            told = {"value": round(float(np.nanmean(values)), 4), "low": None, "high": None}
        unit = one.unit or ("share" if one.control else STATISTICS[one.statistic].unit)
        kept = one.model_dump(include={"id", "finding", "figure", "earlier", "data"})
        numbers = {"defaults": rounded(spread(alone))["value"], "median": told.pop("value")}
        rows.append(kept | {"unit": unit} | numbers | told)
    return [{name: row[name] for name in COLUMNS} for row in rows]


def figures_version() -> str:
    """Return a hash of what makes the figures beside the model: the table and the measures."""
    here = Path(__file__).parent
    sources = [Path(headline_measures.__file__), here / "run_reading.py", Path(__file__), TABLE]
    return hashlib.sha256(provenance.sources_digest(sources, here).encode()).hexdigest()[:12]


def free_draws(count: int) -> tuple[tuple[Draw, ...], str]:
    """Return draws of the free parameters, and whether from ``posterior`` or ``priors``."""
    if is_current():
        return posterior_draws(count).draws, "posterior"
    return prior_draws(count), "priors"


def make(
    draws: int = DRAWS, *, workers: int | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure all figures and return the record that is published."""
    figures, (chosen, drawn_from) = load_figures(), free_draws(draws)
    alone = measured(figures, ({},), AT_DEFAULTS, workers=workers)
    drawn = measured(figures, chosen, REPLICATES, workers=workers, progress=progress)
    return {
        "model_version": provenance.model_version(),
        "figures_version": figures_version(),
        "seed": SEED,
        "draws": draws,
        "drawn_from": drawn_from,
        "replicates": REPLICATES,
        "rows": rows_of(figures, alone, drawn),
    }


def write(record: Mapping[str, Any], folder: Path) -> Path:
    """Write the record as JSON and its rows as CSV; return the table's file."""
    target = folders.make_folder(folder)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(record["rows"])
    files.write_text(target / f"{NAME}.csv", text.getvalue())
    files.write_json(target / f"{NAME}.json", dict(record))
    return target / f"{NAME}.csv"


def read_record(folder: Path = REFERENCE) -> dict[str, Any]:
    """Return the record that was written to a folder."""
    record: dict[str, Any] = json.loads((folder / f"{NAME}.json").read_text(encoding="utf-8"))
    return record


def _told(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} of {total:,} runs" + ("\n" if done == total else ""))


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the published table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=REFERENCE, help="folder to write to")
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws of the free parameters")
    parser.add_argument("--workers", type=int, help="threads")
    given = parser.parse_args(arguments)
    try:
        at_least(1, given.draws, "draws")
        record = make(given.draws, workers=threads(given.workers), progress=_told)
        sys.stdout.write(f"{write(record, given.out)}\n")
    except InputError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
