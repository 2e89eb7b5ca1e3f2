"""Simulate several scenarios side by side, replicate by replicate, with common random numbers.

A replicate is one task: all its scenarios are run, looked at and compared in one thread, and only
what is counted leaves it. The compiled rules run outside Python's global lock, so threads share
the world's tables and keep every processor busy without copies.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.core.state import SERIES, Array, State
from sim.engine import outcomes
from sim.engine.events import canonical_log
from sim.engine.extensions import Extensions, simulate_extended
from sim.engine.initial_state import initial_state
from sim.engine.outcomes import OUTCOMES, REGION, SERIES_COUNTS, SERIES_METRICS, SUMMED, Outcome
from sim.experiments import parameter_draws
from sim.experiments.comparison.divergence import NOWHERE, Log, LoneDeal, Sides, lone_deals
from sim.experiments.worker_pool import in_order
from sim.world.positions import Positions

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.world import World

FIRSTS = (
    Outcome("first_contact", "months", "from the first month simulated to the first contact"),
    Outcome("first_deal", "months", "from the first month simulated to the first deal"),
)
"""What stands for outcomes that are months: differences are taken of numbers."""
_FIRSTS = {o.name: o for o in FIRSTS}
LOCALITY_OUTCOMES = tuple(_FIRSTS.get(o.name, o) for o in OUTCOMES)
"""Outcomes by locality, in the order of the arrays."""
_BY_NAME = {o.name: o for o in (*LOCALITY_OUTCOMES, *REGION)}

REGION_OUTCOMES = (*(_BY_NAME[name] for name in SUMMED), *REGION)
"""Outcomes for the region, in the order of the arrays."""
COUNTRY_OUTCOMES = (
    *(_BY_NAME[name] for name in SUMMED),
    *FIRSTS,
    Outcome("views", "-1 to 1", "views of China at the end"),
    Outcome("reputation", "0-1", "reputation of Chinese firms at the end"),
    Outcome("authority", "0-1", "authority of first-level units at the end"),
    Outcome("recognises_prc", "0/1", "recognises Beijing at the end"),
)
"""Outcomes by country, in the order of the arrays."""
PATHS = (
    *(Outcome(name, "count", f"{_BY_NAME[name].meaning}, so far") for name in SERIES_COUNTS),
    Outcome("deal_value_usd_m", "US$ million", "value of deals formed, so far"),
    *(Outcome(field.name, field.unit, field.meaning) for field in SERIES),
)
"""What is followed month by month for the region; counts and values add up from the start."""

_TOTALS = ("ties", "open_projects")
_BY_COUNTRY_MEAN = ("views", "reputation")


@dataclass(frozen=True)
class RunTotals:
    """Hold what is counted of one run.

    Shapes: outcomes for the region (R,), by country (K, C), by locality (O, L), month by month
    (M, T); the log.
    """

    region: Array
    country: Array
    local: Array
    path: Array
    log: Log


@dataclass(frozen=True)
class RunDifference:
    """Hold how one run of a what-if differs from the baseline's.

    Parameters
    ----------
    same
        Whether the logs are equal in everything.
    first
        The first event that only one of the two has, with the side that has it (0: baseline).
    only
        Events that only the baseline, and only the what-if, has.
    deals
        Deals that only the baseline, and only the what-if, has.
    lone
        These deals, the baseline's first.
    rows
        For each of these the deal, the root, what happened instead, the fate and the cause of
        the fate, as records of events (n, 5).
    known
        Which of these exist (n, 5).
    """

    same: bool
    first: tuple[int, Array] | None
    only: tuple[int, int]
    deals: tuple[int, int]
    lone: tuple[LoneDeal, ...]
    rows: Array
    known: Array

    def counted(self) -> RunDifference:
        """Return the same without the deals one by one."""
        return replace(self, lone=(), rows=self.rows[:0].copy(), known=self.known[:0].copy())


@dataclass(frozen=True)
class Replicate:
    """Hold one replicate: each scenario's run, baseline first, and how the others differ."""

    number: int
    seen: tuple[RunTotals, ...]
    parted: tuple[RunDifference, ...]


class PairedSimulation:
    """Simulate a baseline and what-ifs with common random numbers.

    Parameters
    ----------
    scenarios
        The baseline, then the what-ifs.
    world
        The tables all of them run on.
    seed
        Seed of all of them.
    draws
        Parameter sets, each shared by all scenarios; replicate number r takes set r, starting
        over at the end. A parameter that a scenario sets, or that a what-if has otherwise than
        the baseline, keeps its value there.
    extensions
        What a user adds to every run.
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        world: World,
        seed: int,
        draws: Sequence[Mapping[str, float]] = (),
        extensions: Extensions | None = None,
    ) -> None:
        self.extensions = extensions or Extensions()
        self.scenarios, self.world, self.seed = tuple(scenarios), world, seed
        self.draws = tuple(draws)
        self.at = Positions(world)
        self.sizes = country_sizes(self.at)
        self.templates = () if draws else self._templates(self.scenarios)

    @cached_property
    def _first(self) -> tuple[State, ...]:
        """Return the state of each scenario under its own parameters."""
        return tuple(initial_state(scenario, self.world) for scenario in self.scenarios)

    def _templates(self, scenarios: Sequence[Scenario]) -> tuple[State, ...]:
        """Return the states of the scenarios under other parameters, the rest made only once."""
        pairs = zip(self._first, scenarios, strict=True)
        return tuple(with_parameters(begun, scenario) for begun, scenario in pairs)

    def _begun(self, replicate: int) -> tuple[State, ...]:
        """Return the state before the first month of each scenario in a replicate."""
        if not self.draws:
            return self.templates
        draw = self.draws[parameter_draws.number_of(replicate, self.draws)]
        return self._templates([with_draw(s, self.scenarios[0], draw) for s in self.scenarios])

    def final_states(self, replicate: int) -> tuple[State, ...]:
        """Return the state after the last month of each scenario."""
        return tuple(self._simulated(replicate))

    def _simulated(self, replicate: int) -> Iterator[State]:
        for begun in self._begun(replicate):
            yield simulate_extended(begun, self.seed, replicate, self.extensions)

    def replicate(self, number: int) -> Replicate:
        """Run one replicate of every scenario and compare."""
        seen = tuple(self._look(w) for w in self._simulated(number))
        parted = tuple(_parted(Sides(seen[0].log, other.log)) for other in seen[1:])
        return Replicate(number, seen, parted)

    def replicates(self, count: int, workers: int) -> Generator[Replicate, None, None]:
        """Yield the replicates in order, computed by a number of threads."""
        return in_order(self.replicate, count, workers)

    def _look(self, w: State) -> RunTotals:
        local = outcomes.by_place(w)
        region = outcomes.for_region(w, local)
        start = int(w.run["start"][0])
        local |= {first.name: local[first.name] - start for first in FIRSTS}
        country = outcomes.by_country(w, local)
        places = len(self.at.locality)
        return RunTotals(
            region=np.array([region[o.name] for o in REGION_OUTCOMES]),
            country=np.array([country[o.name] for o in COUNTRY_OUTCOMES], dtype=np.float64),
            local=np.array([local[o.name][:places] for o in LOCALITY_OUTCOMES], dtype=np.float64),
            path=region_paths(w, self.sizes),
            log=Log(canonical_log(w)),
        )


def country_sizes(at: Positions) -> Array:
    """Return the number of localities of each country (C,), as floats."""
    countries = at.localities["iso3"].map(at.country).to_numpy()
    return np.bincount(countries, minlength=len(at.country)).astype(np.float64)


def region_paths(w: State, sizes: Array) -> Array:
    """Return the region month by month (M, T), for :data:`PATHS`.

    Parameters
    ----------
    w
        State after the last month.
    sizes
        Number of localities of each country, see :func:`country_sizes`.
    """
    monthly = outcomes.monthly(w)[int(w.run["start"][0]) :]
    result = np.empty((len(PATHS), len(monthly)))
    for i, name in enumerate(SERIES_METRICS):
        values = monthly[:, :, i]
        if name in SERIES_COUNTS or name == "deal_value_usd_m":
            result[i] = np.cumsum(values.sum(axis=1))
        elif name in _TOTALS:
            result[i] = values.sum(axis=1)
        elif name in _BY_COUNTRY_MEAN:
            result[i] = values.mean(axis=1)
        else:
            result[i] = values @ sizes / sizes.sum()
    return result


def with_parameters(begun: State, scenario: Scenario) -> State:
    """Return a state before the first month with a scenario's parameters.

    Nothing else of such a state depends on parameters.
    """
    par = begun.par.copy()
    flat = par.view(np.float64).reshape(-1)
    flat[:] = list(scenario.parameter_values().values())
    return begun._replace(par=par, par_values=flat)


def with_draw(scenario: Scenario, baseline: Scenario, draw: Mapping[str, float]) -> Scenario:
    """Return a scenario with a parameter set under what it sets or changes itself."""
    own, base = scenario.parameter_values(), baseline.parameter_values()
    kept = {name: value for name, value in draw.items() if own.get(name) == base.get(name)}
    return parameter_draws.with_draw(scenario, kept)


def _parted(sides: Sides) -> RunDifference:
    """Return how two runs differ, with copies of the events it tells of."""
    first = sides.parting
    lone = lone_deals(sides)
    logs = [log.events for log in sides.logs]
    rows = np.zeros((len(lone), 5), dtype=logs[0].dtype)
    known = np.zeros(rows.shape, dtype=np.bool_)
    for i, deal in enumerate(lone):
        mine, other = logs[deal.side], logs[1 - deal.side]
        found = [(mine, deal.deal), (mine, deal.root), (other, deal.instead), (other, deal.fate)]
        found.append((other, _cause_elsewhere(sides.logs[1 - deal.side], deal.fate)))
        for j, (log, position) in enumerate(found):
            if position != NOWHERE:
                rows[i, j], known[i, j] = log[position], True
    only = (int(sides.only[0].sum()), int(sides.only[1].sum()))
    event = None if first is None else (first[0], logs[first[0]][first[1]].copy())
    count = sum(deal.side == 0 for deal in lone)
    return RunDifference(
        sides.same, event, only, (count, len(lone) - count), tuple(lone), rows, known
    )


def _cause_elsewhere(log: Log, position: int) -> int:
    """Return the first cause of an event that lies outside its own project, -1 if none does."""
    if position == NOWHERE:
        return NOWHERE
    projects = log.events["project"]
    own = projects[position]
    return next((c for c in log.causes_of(position) if projects[c] != own), NOWHERE)
