"""Simulate several scenarios side by side, replicate by replicate, with common random numbers.

A replicate is one task: all its scenarios are run, looked at and compared in one thread, and only
what is counted leaves it. The compiled rules run outside Python's global lock, so threads share
the world's tables and keep every processor busy without copies.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.core.enums import EVENT_KINDS
from sim.core.state import Array, State
from sim.core.state_fields import SERIES
from sim.engine import outcomes
from sim.engine.events import canonical_log
from sim.engine.extensions import Extensions, simulate_extended
from sim.engine.initial_state import initial_state
from sim.engine.outcomes import (
    OUTCOMES,
    REGION,
    SERIES_COUNTS,
    SERIES_METRICS,
    SUMMED,
    EventCounts,
    Outcome,
)
from sim.experiments import parameter_draws
from sim.experiments.comparison.divergence import Log, RunDifference
from sim.experiments.worker_pool import in_order
from sim.scenario.schema import Scenario
from sim.world import World
from sim.world.positions import Positions

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
_COUNTED = [EVENT_KINDS.index(kind) for kind in SERIES_COUNTS.values()]
COMPARED = {
    "region": REGION_OUTCOMES,
    "country": COUNTRY_OUTCOMES,
    "locality": LOCALITY_OUTCOMES,
    "month": PATHS,
}
"""What is counted of one run, by what it is counted for."""


@dataclass(frozen=True)
class Replicate:
    """Hold one replicate of all scenarios, the baseline first."""

    number: int
    # What is counted of each run, by the names of :data:`COMPARED`: for the region (R,), by country
    # (K, C), by locality (O, L) and by month (M, T).
    seen: tuple[dict[str, Array], ...]
    parted: tuple[RunDifference, ...]  # how each what-if's run differs from the baseline's
    same_draw: bool  # whether the replicate before it took the same draw of parameters


class PairedSimulation:
    """Simulate a baseline and what-ifs with common random numbers.

    World, seed and what a user adds (``extensions``) are those of all scenarios, the baseline and
    then the what-ifs. So are the draws of parameters, of which each is taken by as many replicates
    in a row (``each``) as it takes to reach the number of replicates. A parameter that a scenario
    sets, or that a what-if has otherwise than the baseline, keeps its value there.
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
        self.each = -(-self.scenarios[0].replicates // len(draws)) if draws else 1
        self.at = Positions(world)
        self.extensions.check(self.at.signal)
        self.sizes = country_sizes(self.at)
        self.templates = () if draws else self._templates(self.scenarios)

    @cached_property
    def _first(self) -> tuple[State, ...]:
        """Return the state of each scenario under its own parameters."""
        return tuple(initial_state(scenario, self.world) for scenario in self.scenarios)

    def _templates(self, scenarios: Sequence[Scenario]) -> tuple[State, ...]:
        """Return the states of the scenarios under other parameters, the rest made only once."""
        pairs = zip(self._first, scenarios, strict=True)
        return tuple(parameter_draws.with_parameters(begun, scenario) for begun, scenario in pairs)

    def final_states(self, replicate: int) -> Iterator[State]:
        """Yield the state after the last month of each scenario."""
        templates = self.templates
        if self.draws:
            draw = self.draws[replicate // self.each]
            scenarios = [with_common_draw(s, self.scenarios[0], draw) for s in self.scenarios]
            templates = self._templates(scenarios)
        for begun in templates:
            yield simulate_extended(begun, self.seed, replicate, self.extensions, self.at.signal)

    def replicate(self, number: int) -> Replicate:
        """Run one replicate of every scenario and compare."""
        seen, logs = zip(*(self._look(w) for w in self.final_states(number)), strict=True)
        parted = tuple(RunDifference.between(logs[0], log) for log in logs[1:])
        return Replicate(number, seen, parted, number % self.each > 0)

    def replicates(self, count: int, workers: int) -> Generator[Replicate, None, None]:
        """Yield the replicates in order, computed by a number of threads."""
        return in_order(self.replicate, count, workers)

    def _look(self, w: State) -> tuple[dict[str, Array], Log]:
        counted = outcomes.count_events(w)
        local = outcomes.by_place(w, counted)
        region = outcomes.for_region(w, local, counted)
        start = int(w.run["start"][0])
        local |= {first.name: local[first.name] - start for first in FIRSTS}
        country = outcomes.by_country(w, local)
        places = len(self.at.locality)
        return {
            "region": np.array([region[o.name] for o in REGION_OUTCOMES]),
            "country": np.array([country[o.name] for o in COUNTRY_OUTCOMES], dtype=np.float64),
            "locality": np.array([local[o.name][:places] for o in LOCALITY_OUTCOMES], np.float64),
            "month": region_paths(w, self.sizes, counted),
        }, Log(canonical_log(w))


def country_sizes(at: Positions) -> Array:
    """Return the number of localities of each country (C,), as floats."""
    countries = at.localities["iso3"].map(at.country).to_numpy()
    return np.bincount(countries, minlength=len(at.country)).astype(np.float64)


def region_paths(w: State, sizes: Array, counted: EventCounts) -> Array:
    """Return the region month by month (M, T), for :data:`PATHS`.

    ``w`` is the state after the last month, ``sizes`` what :func:`country_sizes` returns.
    """
    start = int(w.run["start"][0])
    series = w.series[start:]
    result = np.empty((len(PATHS), len(series)))
    so_far = len(SERIES_COUNTS) + 1
    result[: so_far - 1] = np.cumsum(counted.by_month[start:, _COUNTED], axis=0).T
    result[so_far - 1] = np.cumsum(counted.value[start:])
    for i, name in enumerate(SERIES_METRICS[so_far:], so_far):
        values = series[:, :, i - so_far]
        if name in {"ties", "open_projects"}:
            result[i] = values.sum(axis=1)
        elif name in {"views", "reputation"}:
            result[i] = values.mean(axis=1)
        else:
            result[i] = values @ sizes / sizes.sum()
    return result


def with_common_draw(scenario: Scenario, baseline: Scenario, draw: Mapping[str, float]) -> Scenario:
    """Return a scenario with a parameter set under what it sets or changes itself."""
    own, base = scenario.parameter_values(), baseline.parameter_values()
    kept = {name: value for name, value in draw.items() if own.get(name) == base.get(name)}
    return parameter_draws.with_draw(scenario, kept)
