"""Count what runs of the model, or a user's table, have of one outcome by unit, year and sector."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.core import enums as k
from sim.core.calendar import EPOCH_YEAR
from sim.core.errors import unknown_name_error
from sim.core.state import Array, State
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.engine.outcomes import BY_EVENT, BY_PROJECT, PASSES_ON, Outcome
from sim.experiments.comparison.paired_simulation import with_parameters
from sim.experiments.parameter_draws import checked, with_draw
from sim.experiments.worker_pool import in_order
from sim.scenario.schema import Scenario
from sim.world import World
from sim.world.positions import Positions

Progress = Callable[[int, int], None]

COMPARED: dict[str, Outcome] = {
    **{name: outcome for name, (outcome, _) in BY_EVENT.items()},
    **{outcome.name: outcome for outcome in BY_PROJECT},
}
"""Outcomes that can be set against a table, by name."""

WITH_SECTOR = (
    "proposals",
    "memoranda",
    "approvals_local",
    "approvals_central",
    "refusals",
    "deals",
    "cancellations",
    "completions",
    *(outcome.name for outcome in BY_PROJECT),
)
"""Outcomes that belong to a sector."""


class OutcomeCounts(NamedTuple):
    """Hold what runs or a table have of an outcome; of several runs with an axis of runs first."""

    units: Array  # (U,)
    years: Array  # (Y,), over the units asked for
    sectors: Array  # (S,), of all sectors of the world, over the units asked for


@dataclass(frozen=True)
class Question:
    """Say what is counted.

    ``outcome`` is a name in :data:`COMPARED`; ``units`` are codes of countries, with their
    national governments, or of localities; ``first`` and ``last`` are years; ``sectors`` are codes
    of those counted, all if empty.
    """

    outcome: str
    by_country: bool
    units: tuple[str, ...]
    first: int
    last: int
    sectors: tuple[str, ...] = ()

    def count(
        self, world: World, unit: Array, year: Array, sector: Array, amount: Array
    ) -> OutcomeCounts:
        """Count occurrences (N,) given by position of their unit, year and position of sector.

        Units and sectors below zero are none; of what has no sector nothing is counted by sector.
        """
        codes = world.sectors["code"]
        keep = (unit >= 0) & (year >= self.first) & (year <= self.last)
        if self.sectors:
            keep &= (sector >= 0) & codes.isin(self.sectors).to_numpy()[sector]
        known = keep & (sector >= 0)
        return OutcomeCounts(
            np.bincount(unit[keep], amount[keep], len(self.units)),
            np.bincount(year[keep] - self.first, amount[keep], self.last - self.first + 1),
            np.bincount(sector[known], amount[known], len(codes)),
        )


def known_outcome(name: str) -> Outcome:
    """Return an outcome that can be set against a table; refuse a name of none by InputError."""
    if name not in COMPARED:
        raise unknown_name_error(
            f"there is no outcome {name!r} to compare", name, COMPARED, argument="outcome"
        )
    return COMPARED[name]


def counter(question: Question, world: World) -> Callable[[State], OutcomeCounts]:
    """Return a function that counts the outcome in a finished run."""
    at = Positions(world)
    numbers = {code: i for i, code in enumerate(question.units)}
    places = list(at.localities["iso3"] if question.by_country else at.locality)
    # Cities count for their units; national governments come last, for their countries.
    places += ["" for _ in at.city]
    places += list(at.country) if question.by_country else ["" for _ in at.country]
    unit_of = np.array([numbers.get(code, -1) for code in places], dtype=np.int64)

    def count(w: State) -> OutcomeCounts:
        place, month, sector, amount = _occurrences(w, question.outcome)
        unit = np.where(place >= 0, unit_of[place], -1)
        return question.count(world, unit, EPOCH_YEAR + month // 12, sector, amount)

    return count


def _occurrences(w: State, outcome: str) -> tuple[Array, Array, Array, Array]:
    """Return place, month, sector and amount of everything that counts for an outcome."""
    if outcome in BY_EVENT:
        log = w.event[: int(w.run["events"][0])]
        rows = log[log["kind"] == k.EVENT_KINDS.index(BY_EVENT[outcome][1])]
        return rows["place"], rows["month"], rows["sector"], np.ones(len(rows))
    rows = w.project[: int(w.run["projects"][0])]
    rows = rows[rows["dealt"] >= 0]
    rows["place"] = w.place["unit"][rows["place"]]
    municipal = rows["level"] == k.MUNICIPAL
    local = municipal | (rows["level"] == k.LOCAL)
    chosen = {
        "deals_local": local,
        "deals_municipal": municipal,
        "deals_central": rows["level"] == k.CENTRAL,
        "deals_acquired": rows["channel"] == k.BY_ACQUISITION,
        "deals_passed_on": (rows["hands"] & PASSES_ON) > 0,
        "deals_from_lac": rows["initiator"] == k.LAC,
        "deal_value_usd_m": np.ones(len(rows), dtype=bool),
        "deal_value_local_usd_m": local,
        "local_debt_usd_m": rows["finance"] == k.LOCAL_LOAN,
    }
    rows = rows[chosen[outcome]]
    amount = np.ones(len(rows))
    if COMPARED[outcome].unit != "count":
        amount = rows["loan"] if outcome == "local_debt_usd_m" else rows["value"]
    return rows["place"], rows["dealt"], rows["sector"], amount


def count_runs(
    question: Question,
    scenario: Scenario,
    world: World,
    *,
    draws: Sequence[Mapping[str, float]] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> OutcomeCounts:
    """Run a scenario as often as it says and count an outcome in each of its runs.

    Run number r takes parameter set r of ``draws``, starting over at the end; a parameter that the
    scenario sets keeps its value. ``workers`` are threads, on which the numbers do not depend;
    ``progress`` is called with (done, total) after each run. A draw that names a parameter that
    does not exist or has a value out of its range raises InputError.
    """
    count, total = counter(question, world), scenario.replicates
    # Checked before anything runs, so that a bad draw stops nothing half-way.
    sets = [with_draw(scenario, draw) for draw in checked(draws or ({},))]
    template = initial_state(scenario, world)

    def one(replicate: int) -> OutcomeCounts:
        begun = with_parameters(template, sets[replicate % len(sets)])
        return count(simulate(begun, scenario.seed, replicate))

    parts = []
    for done, part in enumerate(in_order(one, total, workers), start=1):
        parts.append(part)
        if progress is not None:
            progress(done, total)
    return OutcomeCounts(*(np.stack(arrays) for arrays in zip(*parts, strict=True)))
