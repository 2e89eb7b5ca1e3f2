"""Run the worlds of claims and judge each claim.

Claims share worlds: one that several claims ask for is run once, and all their statistics are
measured on the same runs. All worlds have the same seed and the same replicate numbers, so that
their runs pair. Runs go to threads, since compiled rules leave the interpreter to others; results
do not depend on how many.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

import numpy as np

from calibration.claims.claim_scenarios import scenarios_of
from calibration.claims.claim_table import REPLICATES, Claim, load_claims
from calibration.claims.effect_inference import Evidence, evidence, verdict
from calibration.claims.findings import Finding, Findings
from calibration.claims.statistics import STATISTICS, Array
from sim.core.errors import InputError
from sim.core.provenance import cpu_count
from sim.core.state import State
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.scenario.schema import LARGEST_SEED, Scenario
from sim.world import World, load_world

SEED = 1
LARGEST_CHUNK = 10
_TEMPLATES_KEPT = 8

Progress = Callable[[int, int], None]


class Measurement(NamedTuple):
    """Name a statistic and, as JSON, what it is asked about."""

    statistic: str
    arguments: str


@dataclass
class PlannedWorld:
    """Hold one world to run: its scenario, how often, and what to measure."""

    scenario: Scenario
    replicates: int = 0
    measurements: set[Measurement] = field(default_factory=set)


class ClaimPlan:
    """Hold the worlds of some claims, each once.

    Parameters
    ----------
    claims
        Those to check.
    replicates
        Runs of each world; None for what each claim says.
    """

    def __init__(self, claims: Sequence[Claim], replicates: int | None = None) -> None:
        self.worlds: dict[str, PlannedWorld] = {}
        self.roles: dict[str, dict[str, str]] = {}
        self.replicates: dict[str, int] = {}
        for claim in claims:
            if claim.experiment is None:
                continue
            count = replicates or claim.experiment.replicates or REPLICATES
            self.replicates[claim.id] = count
            self.roles[claim.id] = {
                role: self._add(scenario, count, measurement_of(claim))
                for role, scenario in scenarios_of(claim).items()
            }

    def _add(self, scenario: Scenario, replicates: int, measurement: Measurement) -> str:
        key = scenario.digest
        planned = self.worlds.setdefault(key, PlannedWorld(scenario))
        planned.replicates = max(planned.replicates, replicates)
        planned.measurements.add(measurement)
        return key

    @property
    def runs(self) -> int:
        """Return the number of runs in all."""
        return sum(planned.replicates for planned in self.worlds.values())

    def chunks(self) -> Iterator[tuple[str, range]]:
        """Yield worlds and ranges of replicates, those that share a template together."""
        order = sorted(self.worlds, key=lambda key: (template_key(self.worlds[key].scenario), key))
        for key in order:
            count = self.worlds[key].replicates
            for first in range(0, count, LARGEST_CHUNK):
                yield key, range(first, min(first + LARGEST_CHUNK, count))


def measurement_of(claim: Claim) -> Measurement:
    """Return what a claim measures on each run."""
    return Measurement(str(claim.statistic), json.dumps(claim.args, sort_keys=True))


def template_key(scenario: Scenario) -> str:
    """Return what the initial state depends on beside parameters."""
    parts = scenario.model_dump_json(include={"start", "end", "interventions"})
    return hashlib.sha256(parts.encode()).hexdigest()


def with_parameters(template: State, scenario: Scenario) -> State:
    """Return an initial state that shares all with the template but the parameters."""
    par = template.par.copy()
    par.view(np.float64)[:] = list(scenario.parameter_values().values())
    return template._replace(par=par, par_values=par.view(np.float64).reshape(-1))


class Templates:
    """Make initial states, and keep the latest for worlds that differ by parameters only."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: OrderedDict[str, State] = OrderedDict()
        self._lock = Lock()

    def initial(self, scenario: Scenario) -> State:
        """Return the state before the first month of a scenario."""
        key = template_key(scenario)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = initial_state(scenario, self._world)
            self._kept.move_to_end(key)
            if len(self._kept) > _TEMPLATES_KEPT:
                self._kept.popitem(last=False)
            template = self._kept[key]
        return with_parameters(template, scenario)


def measure_runs(
    template: State, seed: int, replicates: range, measurements: Sequence[Measurement]
) -> list[Array]:
    """Run some replicates and return the parts (R, K) of each measurement."""
    from calibration.run_reading import Reading

    asked = [(STATISTICS[m.statistic], json.loads(m.arguments)) for m in measurements]
    rows: list[list[tuple[float, ...]]] = [[] for _ in asked]
    for replicate in replicates:
        reading = Reading(simulate(template, seed, replicate))
        for kept, (statistic, arguments) in zip(rows, asked, strict=True):
            kept.append(statistic.parts(reading, arguments))
    return [np.array(kept, dtype=np.float64) for kept in rows]


Parts = dict[str, dict[Measurement, Array]]
"""Parts (R, K) of every measurement of every world."""


def run_worlds(
    plan: ClaimPlan, seed: int, workers: int, world: World, progress: Progress | None = None
) -> Parts:
    """Run all worlds of a plan and return what was measured on them.

    Parameters
    ----------
    plan, seed
        What to run.
    workers
        Number of threads.
    world
        The tables.
    progress
        Called with (done, total) runs now and then.
    """
    templates = Templates(world)
    order = {key: sorted(planned.measurements) for key, planned in plan.worlds.items()}

    def work(key: str, replicates: range) -> list[Array]:
        template = templates.initial(plan.worlds[key].scenario)
        return measure_runs(template, seed, replicates, order[key])

    found: dict[str, dict[int, list[Array]]] = {key: {} for key in plan.worlds}
    done = 0
    pool = ThreadPoolExecutor(workers, thread_name_prefix="worlds")
    try:
        waiting = {pool.submit(work, key, part): (key, part) for key, part in plan.chunks()}
        for future in as_completed(waiting):
            key, part = waiting[future]
            found[key][part.start] = future.result()
            done += len(part)
            if progress is not None:
                progress(done, plan.runs)
    finally:
        # After a fault or Ctrl-C, drop what has not begun.
        pool.shutdown(wait=True, cancel_futures=True)
    return {
        key: {
            name: np.concatenate([found[key][first][i] for first in sorted(found[key])])
            for i, name in enumerate(names)
        }
        for key, names in order.items()
    }


def _evidence(claim: Claim, plan: ClaimPlan, parts: Parts) -> Evidence:
    """Return the estimates of one claim from the runs of all worlds."""
    count, name = plan.replicates[claim.id], measurement_of(claim)
    mine = {role: parts[key][name][:count] for role, key in plan.roles[claim.id].items()}
    return evidence(mine, claim.measure.value, claim.trial.contrast)


def check_claims(
    claims: Sequence[Claim] | None = None,
    *,
    replicates: int | None = None,
    seed: int = SEED,
    workers: int | None = None,
    thin: bool = False,
    world: World | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Check claims in paired worlds, with their mechanism and without.

    Parameters
    ----------
    claims
        Those to check; all of the shipped table by default.
    replicates
        Runs of each world; else what each claim says, or 40.
    seed
        Seed of all worlds.
    workers
        Number of threads; as many as there are processors by default.
    thin
        Whether to run the shorter experiments that claims name for tests.
    world
        Tables of another region.
    progress
        Called with (done, total) runs now and then.

    Returns
    -------
    Findings
        One a claim, with ``frame``, ``plot`` and ``write``.

    Raises
    ------
    InputError
        If a number given is not valid.
    """
    _check_numbers(replicates, seed, workers)
    chosen = list(load_claims(world=world) if claims is None else claims)
    if thin:
        chosen = [claim.thinned() for claim in chosen]
    plan = ClaimPlan(chosen, replicates)
    tables = world if world is not None else load_world()
    parts = run_worlds(plan, seed, workers or cpu_count(), tables, progress)
    found = []
    for claim in chosen:
        shown = _evidence(claim, plan, parts) if claim.experiment is not None else None
        months = next((plan.worlds[k] for k in plan.roles.get(claim.id, {}).values()), None)
        found.append(
            Finding(
                claim=claim,
                verdict=verdict(claim, shown),
                evidence=shown,
                runs=plan.replicates.get(claim.id, 0),
                worlds=len(set(plan.roles.get(claim.id, {}).values())),
                months=months.scenario.n_months if months is not None else 0,
            )
        )
    return Findings(tuple(found), seed=seed)


def _check_numbers(replicates: int | None, seed: int, workers: int | None) -> None:
    """Refuse numbers that no check can be made with."""
    if replicates is not None and not 2 <= replicates <= 100_000:
        raise InputError(
            f"{replicates} is out of range",
            field="replicates",
            allowed="a whole number from 2 to 100000: an interval takes two runs",
        )
    if not 0 <= seed <= LARGEST_SEED:
        raise InputError(
            f"{seed} is out of range", field="seed", allowed=f"a whole number to {LARGEST_SEED}"
        )
    if workers is not None and not 1 <= workers <= 1024:
        raise InputError(
            f"{workers} is out of range", field="workers", allowed="a whole number from 1 to 1024"
        )
