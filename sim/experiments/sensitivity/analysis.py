"""Sensitivity of outcomes to the parameters that a sweep varied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.core import provenance
from sim.core.errors import InputError, unknown_name_error
from sim.experiments.design import Design
from sim.experiments.sensitivity.indices import METHODS, Method, indices, method_for
from sim.experiments.sensitivity.monte_carlo_noise import (
    Noise,
    errors_of,
    noise_of,
    outcomes_of,
    response,
)
from sim.experiments.sensitivity.scenario_discovery import Discovery, discovered
from sim.experiments.sweep import Sweep
from sim.experiments.sweep.sweep_result import Status

if TYPE_CHECKING:
    from sim.world import World

__all__ = ["METHODS", "SensitivityTables", "SweepFrames", "sensitivity_tables"]

SEED_ROW = "seed"
"""Name of the row that stands for chance: what replicates of one point differ by."""


@dataclass(frozen=True)
class SweepFrames:
    """Hold what is needed of a sweep."""

    design: Design
    frame: pd.DataFrame  # one row a run: point, replicate, outcomes and error
    # Where the sweep comes from: ``model_version`` and what was simulated
    # (:mod:`sim.experiments.run_settings`); empty if not recorded.
    source: dict[str, Any] = field(default_factory=dict)
    folder: Path | None = None  # folder it is kept in, None if it is in none of this machine
    # Runs planned; those of the frame's replicates at every point where it is not given.
    planned: int | None = None
    world: World | None = None  # tables it runs on, None where they are not at hand

    @property
    def status(self) -> Status:
        """Return how many of the runs and points are in the frame."""
        runs, points = self.frame, len(self.design.points)
        planned = points * runs["replicate"].nunique() if self.planned is None else self.planned
        failed = int(errors_of(runs).sum())
        return Status(planned, len(runs), failed, points, runs["point"].nunique())

    @classmethod
    def of(cls, sweep: str | Path | Sweep | SweepFrames) -> SweepFrames:
        """Return what is needed of a sweep, given as it is or by the place it is kept at."""
        if isinstance(sweep, SweepFrames):
            return sweep
        kept = sweep if isinstance(sweep, Sweep) else Sweep(sweep)
        source = {"model_version": kept.plan.model_version, **kept.plan.simulated}
        folder = Path(kept.folder) if Path(kept.folder).is_dir() else None
        return cls(kept.design, kept.frame, source, folder, kept.plan.runs, kept.world)


@dataclass(frozen=True, repr=False)
class SensitivityTables:
    """Hold how much each parameter matters to each outcome."""

    method: Method
    """How it was measured."""
    design: Design
    """The sweep's design."""
    status: Status
    """How many of the sweep's runs and points it is from."""
    table: pd.DataFrame
    """A row an outcome and parameter: the main index (``total``, ``mu_star``, ``pawn`` or
    ``delta``) with its 95 % interval (``…_low``, ``…_high``), further indices, ``inert`` (what a
    parameter without effect would show) and ``matters`` (whether the index is above that; missing
    where it is not known). Sobol' and Morris tables have a row ``seed`` an outcome."""
    noise: pd.DataFrame
    """A row an outcome: what chance adds
    (:class:`sim.experiments.sensitivity.monte_carlo_noise.Noise`)."""
    notes: tuple[str, ...]
    """What should be told: failed runs, unknown outcomes, blocks left out."""
    discovery: Discovery | None = None
    """Boxes of parameters, if asked for."""
    source: dict[str, Any] = field(default_factory=dict)
    """Model version, scenario, months and seed of the sweep."""
    folder: Path | None = None
    """Where the sweep is kept, if on this machine."""
    world: World | None = None
    """The tables it runs on, None where they are not at hand."""

    @property
    def outcomes(self) -> list[str]:
        """Return the outcomes looked at."""
        return list(dict.fromkeys(self.table["outcome"]))

    def of(self, outcome: str | None = None) -> pd.DataFrame:
        """Return the rows of one outcome's parameters, the most influential first.

        Raises
        ------
        InputError
            If the outcome was not looked at.
        """
        name = self.outcomes[0] if outcome is None else outcome
        if name not in self.outcomes:
            raise unknown_name_error(
                f"{name!r} was not looked at", name, self.outcomes, argument="outcome"
            )
        chosen = self.table["outcome"].eq(name) & self.table["parameter"].ne(SEED_ROW)
        rows = self.table[chosen]
        return rows.sort_values(self.method.main, ascending=False, kind="stable")

    def inert(self, outcome: str | None = None) -> list[str]:
        """Return the parameters that cannot be told from ones without effect.

        Raises
        ------
        InputError
            If it is known of no parameter whether it has an effect.
        """
        rows = self.of(outcome)
        if (found := self.known_inert(rows["outcome"].iloc[0])) is None:
            name = rows["outcome"].iloc[0]
            raise InputError(f"of no parameter is it known whether it matters to {name}")
        return found

    def undecided(self, outcome: str | None = None) -> list[str]:
        """Return the parameters of which it is not known whether they have an effect."""
        rows = self.of(outcome)
        return [str(name) for name in rows.loc[rows["matters"].isna(), "parameter"]]

    def known_inert(self, outcome: str) -> list[str] | None:
        """Return the parameters that cannot be told from ones without effect, None if unknown."""
        rows = self.of(outcome)
        inert = [str(name) for name in rows.loc[rows["matters"].eq(False), "parameter"]]
        return None if rows["matters"].isna().all() else inert

    @property
    def summary(self) -> dict[str, Any]:
        """Return everything in terms of JSON."""
        return {
            "runs": asdict(self.status)
            | {"left": self.status.left, "told": self.status.points_text},
            "method": self.method.name,
            "design": self.design.to_json(),
            "outcomes": {
                name: {
                    "parameters": _records(self.of(name)),
                    "not_distinguishable_from_inert": self.known_inert(name),
                    "not_decided": self.undecided(name),
                    "seed": _records(self.noise[self.noise["outcome"] == name])[0],
                }
                for name in self.outcomes
            },
            "notes": list(self.notes),
            "discovery": None if self.discovery is None else asdict(self.discovery),
            "source": self.source,
            "software": provenance.DISTRIBUTION,
            "model_version": provenance.model_version(),
        }


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows in terms of JSON; what is not known is None."""
    plain = rows.drop(columns="outcome").astype(object)
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in plain.to_dict("records")
    ]


def sensitivity_tables(
    sweep: str | Path | Sweep | SweepFrames,
    outcomes: Iterable[str] | str = (),
    method: str = "auto",
    *,
    discover: Iterable[str] | str = (),
) -> SensitivityTables:
    """Return the indices of a sweep (:func:`sim.results.sensitivity_result.sensitivity`)."""
    frames = SweepFrames.of(sweep)
    design, runs = frames.design, frames.frame
    chosen = method_for(design, method)
    notes, rows, noises = list(design.notes), list[dict[str, Any]](), list[Noise]()
    for name in outcomes_of(design, runs, outcomes):
        answer = response(design, runs, name)
        found, said = indices(chosen, design, answer, design.seed)
        noise = noise_of(answer, design.seed)
        notes += [*answer.notes(), *said, *_scarce(name, found)]
        rows += [*found, *_seed_row(chosen, noise)]
        noises.append(noise)
    if all(np.isnan(one.deviation) for one in noises):
        notes.append(
            "one run a point: what the seed does is not known; "
            "give the sweep two replicates or more"
        )
    conditions = [discover] if isinstance(discover, str) else list(discover)
    if conditions and design.kind in {"sobol", "morris"}:
        notes.append(
            f"points of a {design.kind} design are not independent, so that the quasi-p of a box "
            "are too small; a lhs has none of this"
        )
    table = pd.DataFrame(rows)
    table["matters"] = table["matters"].astype("boolean")
    return SensitivityTables(
        method=chosen,
        design=design,
        status=frames.status,
        table=table,
        noise=pd.DataFrame([asdict(one) for one in noises]),
        notes=tuple(notes),
        discovery=discovered(design, runs, conditions) if conditions else None,
        source=frames.source,
        folder=frames.folder,
        world=frames.world,
    )


def _scarce(outcome: str, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return a note where Sobol' indices are what they cannot be, for want of points."""
    mine = [row for row in rows if "total" in row and "first" in row]
    high = max((row["total_high"] for row in mine), default=0.0)
    above = [row["parameter"] for row in mine if row["first"] > row["total"] + 0.01]
    problems = [f"an interval reaches up to {high:.2f}"] if high > 1.0 else []
    problems += [f"the first order is above the total of {', '.join(above)}"] if above else []
    return [f"{outcome}: too few points: {'; '.join(problems)}"] if problems else []


def _seed_row(method: Method, noise: Noise) -> list[dict[str, Any]]:
    """Return the row that stands for chance, on the scale of the method, where it has one."""
    row: dict[str, Any] = {"outcome": noise.outcome, "parameter": SEED_ROW, "matters": None}
    if method.name == "sobol":
        return [row | {"total": noise.share, "total_low": noise.low, "total_high": noise.high}]
    return [row | {"mu_star": noise.deviation}] if method.name == "morris" else []
