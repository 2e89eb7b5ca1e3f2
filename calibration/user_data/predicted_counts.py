"""Count what runs of the model have of one outcome, by unit, year and sector."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.core import enums as k
from sim.core.calendar import EPOCH_YEAR
from sim.core.errors import InputError, nearest_name
from sim.core.state import Array, State
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.engine.monthly_inputs import Positions
from sim.engine.outcomes import BY_EVENT, BY_PROJECT, Outcome
from sim.experiments.comparison.paired_simulation import with_parameters
from sim.experiments.parameter_draws import checked, with_draw
from sim.experiments.worker_pool import in_order

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.world import World

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


@dataclass(frozen=True)
class Question:
    """Say what is counted.

    Parameters
    ----------
    outcome
        A name in :data:`COMPARED`.
    by_country
        Whether the units are countries, with their national governments, or localities.
    units
        Codes of the units, U of them.
    first, last
        First and last year.
    sectors
        Codes of the sectors counted; all if empty.
    """

    outcome: str
    by_country: bool
    units: tuple[str, ...]
    first: int
    last: int
    sectors: tuple[str, ...] = ()


class SimulatedCounts(NamedTuple):
    """What runs have of an outcome.

    Shapes: R runs, U units, Y years, S sectors (of the world, all of them).
    """

    units: Array  # (R, U)
    years: Array  # (R, Y), over the units asked for
    sectors: Array  # (R, S), over the units asked for


def known_outcome(name: str) -> Outcome:
    """Return an outcome that can be set against a table.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if name not in COMPARED:
        raise InputError(
            f"there is no outcome {name!r} to compare",
            argument="outcome",
            allowed=", ".join(COMPARED),
            nearest=nearest_name(name, COMPARED),
        )
    return COMPARED[name]


class Counter:
    """Count one outcome in finished runs.

    Parameters
    ----------
    question
        What is counted.
    world
        The tables that the runs are made on.
    """

    def __init__(self, question: Question, world: World) -> None:
        self.question = question
        at = Positions(world)
        wanted = {code: i for i, code in enumerate(question.units)}
        places = list(at.localities["iso3"] if question.by_country else at.locality)
        # National governments come after the localities and count for their countries.
        places += list(at.country) if question.by_country else ["" for _ in at.country]
        self.unit_of = np.array([wanted.get(code, -1) for code in places], dtype=np.int64)
        self.sectors = len(at.sector)
        taken = question.sectors or tuple(at.sector)
        self.taken = np.array([code in taken for code in at.sector])

    def count(self, w: State) -> SimulatedCounts:
        """Return what one run has: arrays without the axis of runs."""
        question = self.question
        place, month, sector, amount = occurrences(w, question.outcome)
        unit = np.where(place >= 0, self.unit_of[place], -1)
        year = EPOCH_YEAR + month // 12
        keep = (unit >= 0) & (year >= question.first) & (year <= question.last)
        if question.sectors:
            keep &= (sector >= 0) & self.taken[sector]
        years = question.last - question.first + 1
        # Of what has no sector nothing is counted by sector.
        known = keep & (sector >= 0)
        return SimulatedCounts(
            np.bincount(unit[keep], amount[keep], len(question.units)),
            np.bincount(year[keep] - question.first, amount[keep], years),
            np.bincount(sector[known], amount[known], self.sectors),
        )


def occurrences(w: State, outcome: str) -> tuple[Array, Array, Array, Array]:
    """Return place, month, sector and amount of everything that counts for an outcome."""
    if outcome in BY_EVENT:
        log = w.event[: int(w.run["events"][0])]
        rows = log[log["kind"] == k.EVENT_KINDS.index(BY_EVENT[outcome][1])]
        return rows["place"], rows["month"], rows["sector"], np.ones(len(rows))
    rows = w.project[: int(w.run["projects"][0])]
    rows = rows[rows["dealt"] >= 0]
    local = rows["level"] == k.LOCAL
    chosen = {
        "deals_local": local,
        "deals_central": rows["level"] == k.CENTRAL,
        "deals_acquired": rows["channel"] == k.BY_ACQUISITION,
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
) -> SimulatedCounts:
    """Run a scenario and count an outcome in each of its replicates.

    Parameters
    ----------
    question
        What is counted.
    scenario
        What is run, as often and with the seed that it says.
    world
        The tables it runs on.
    draws
        Parameter sets, such as draws from a posterior; run number r takes set r, starting over
        at the end. A parameter that the scenario sets keeps its value. None runs the scenario's
        own parameters.
    workers
        Threads; the numbers do not depend on it.
    progress
        Called with (done, total) after each run.

    Raises
    ------
    InputError
        If a draw names a parameter that does not exist or has a value out of its range.
    """
    counter, total = Counter(question, world), scenario.replicates
    # Checked before anything runs, so that a bad draw stops nothing half-way.
    sets = [with_draw(scenario, draw) for draw in checked(draws or ({},))]
    template = initial_state(scenario, world)

    def one(replicate: int) -> SimulatedCounts:
        begun = with_parameters(template, sets[replicate % len(sets)])
        return counter.count(simulate(begun, scenario.seed, replicate))

    parts = []
    for done, part in enumerate(in_order(one, total, workers), start=1):
        parts.append(part)
        if progress is not None:
            progress(done, total)
    units, years, sectors = (np.stack(arrays) for arrays in zip(*parts, strict=True))
    return SimulatedCounts(units, years, sectors)
