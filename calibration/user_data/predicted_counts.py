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
from sim.experiments.parameter_draws import checked, with_draw, with_parameters
from sim.experiments.worker_pool import in_order
from sim.scenario.schema import Scenario
from sim.world import World
from sim.world.positions import Positions

Progress = Callable[[int, int], None]

AS_IS, SCALED, THINNED = "as-is", "scaled", "thinned"
LEVELS_OF_RUNS = (AS_IS, SCALED, THINNED)

COMPARED: dict[str, Outcome] = {
    **{name: outcome for name, (outcome, _) in BY_EVENT.items()},
    **{outcome.name: outcome for outcome in BY_PROJECT},
}
"""Outcomes that can be set against a table, by name."""

OF_DEALS = ("deals", *(outcome.name for outcome in BY_PROJECT))
"""Outcomes of deals, which have a value."""

WITH_SECTOR = (
    "proposals", "memoranda", "approvals_local", "approvals_central", "refusals", "cancellations",
    "completions", *OF_DEALS,
)  # fmt: skip
"""Outcomes that belong to a sector."""


class OutcomeCounts(NamedTuple):
    """Hold what runs or a table have of an outcome; of several runs with an axis of runs first."""

    units: Array  # (U,)
    years: Array  # (Y,), over the units asked for
    sectors: Array  # (S,), of all sectors of the world, over the units asked for


class Occurrences(NamedTuple):
    """Hold what counts in one run or table: position of its unit, year, of its sector, amount (N,).

    Units and sectors below zero are none.
    """

    unit: Array
    year: Array
    sector: Array
    amount: Array


@dataclass(frozen=True)
class CountRequest:
    """Say what is counted.

    ``outcome`` is a name in :data:`COMPARED`; ``units`` are codes of countries, with their
    national governments, or of localities; ``first`` and ``last`` are years; ``sectors`` are codes
    of those counted, all if empty; ``least`` is the value in US$ million of the smallest deal that
    counts.
    """

    outcome: str
    by_country: bool
    units: tuple[str, ...]
    first: int
    last: int
    sectors: tuple[str, ...] = ()
    least: float = 0.0

    @property
    def years(self) -> range:
        """Return the years counted."""
        return range(self.first, self.last + 1)

    def kept(self, world: World, found: Occurrences) -> Occurrences:
        """Return those of the units, years and sectors asked for."""
        keep = (found.unit >= 0) & (found.year >= self.first) & (found.year <= self.last)
        if self.sectors:
            asked = world.sectors["code"].isin(self.sectors).to_numpy()
            keep &= (found.sector >= 0) & asked[found.sector]
        return Occurrences(*(part[keep] for part in found))

    def sums(self, world: World, kept: Occurrences) -> OutcomeCounts:
        """Add up; of what has no sector nothing is counted by sector."""
        known = kept.sector >= 0
        return OutcomeCounts(
            np.bincount(kept.unit, kept.amount, len(self.units)),
            np.bincount(kept.year - self.first, kept.amount, len(self.years)),
            np.bincount(kept.sector[known], kept.amount[known], len(world.sectors)),
        )


def known_outcome(name: str) -> Outcome:
    """Return an outcome that can be set against a table; refuse a name of none by InputError."""
    if name not in COMPARED:
        raise unknown_name_error(
            f"there is no outcome {name!r} to compare", name, COMPARED, argument="outcome"
        )
    return COMPARED[name]


def finder(question: CountRequest, world: World) -> Callable[[State], Occurrences]:
    """Return a function that finds what counts in a finished run."""
    at = Positions(world)
    numbers = {code: i for i, code in enumerate(question.units)}
    places = list(at.localities["iso3"] if question.by_country else at.locality)
    # Cities count for their units; national governments come last, for their countries.
    places += ["" for _ in at.city]
    places += list(at.country) if question.by_country else ["" for _ in at.country]
    unit_of = np.array([numbers.get(code, -1) for code in places], dtype=np.int64)

    def find(w: State) -> Occurrences:
        place, month, sector, amount = _occurrences(w, question.outcome, question.least)
        unit = np.where(place >= 0, unit_of[place], -1)
        found = Occurrences(unit, EPOCH_YEAR + month // 12, sector, amount)
        return question.kept(world, found)

    return find


def _occurrences(w: State, outcome: str, least: float) -> tuple[Array, Array, Array, Array]:
    """Return place, month, sector and amount of everything that counts for an outcome."""
    if outcome in BY_EVENT and not least:
        log = w.event[: int(w.run["events"][0])]
        rows = log[log["kind"] == k.EVENT_KINDS.index(BY_EVENT[outcome][1])]
        return rows["place"], rows["month"], rows["sector"], np.ones(len(rows))
    rows = w.project[: int(w.run["projects"][0])]
    rows = rows[(rows["dealt"] >= 0) & (rows["value"] >= least)]
    rows["place"] = w.place["unit"][rows["place"]]
    municipal = rows["level"] == k.MUNICIPAL
    local = municipal | (rows["level"] == k.LOCAL)
    chosen = {
        "deals": np.ones(len(rows), dtype=bool),
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
    question: CountRequest,
    scenario: Scenario,
    world: World,
    *,
    draws: Sequence[Mapping[str, float]] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    level: str = AS_IS,
    total: float = 0.0,
) -> tuple[OutcomeCounts, float]:
    """Run a scenario as often as it says and count an outcome in each of its runs.

    Run number r takes parameter set r of ``draws``, starting over at the end; a parameter that the
    scenario sets keeps its value. ``workers`` are threads, on which the numbers do not depend;
    ``progress`` is called with (done, total) after each run. The runs are brought to ``total`` as
    ``level`` says; the factor that this takes is returned too. A draw that names a parameter that
    does not exist or has a value out of its range raises InputError.
    """
    find, number = finder(question, world), scenario.replicates
    # Checked before anything runs, so that a bad draw stops nothing half-way.
    sets = [with_draw(scenario, draw) for draw in checked(draws or ({},))]
    template = initial_state(scenario, world)

    def one(replicate: int) -> Occurrences:
        begun = with_parameters(template, sets[replicate % len(sets)])
        return find(simulate(begun, scenario.seed, replicate))

    runs = []
    for done, found in enumerate(in_order(one, number, workers), start=1):
        runs.append(found)
        if progress is not None:
            progress(done, number)
    runs, factor = at_level(runs, level, total, scenario.seed)
    parts = (question.sums(world, run) for run in runs)
    return OutcomeCounts(*(np.stack(arrays) for arrays in zip(*parts, strict=True))), factor


def at_level(
    runs: list[Occurrences], level: str, total: float, seed: int
) -> tuple[list[Occurrences], float]:
    """Return runs that have a total on average, and by what factor: all of it, or a share.

    Runs that have less already cannot be thinned.
    """
    mean = float(np.mean([run.amount.sum() for run in runs]))
    if level == AS_IS or not mean:
        return runs, 1.0
    if level == SCALED:
        return [run._replace(amount=run.amount * total / mean) for run in runs], total / mean
    rng, share = np.random.default_rng([seed, 65]), min(1.0, total / mean)
    masks = [rng.random(len(run.amount)) < share for run in runs]
    thinned = [
        Occurrences(*(part[mask] for part in run)) for run, mask in zip(runs, masks, strict=True)
    ]
    return thinned, share
