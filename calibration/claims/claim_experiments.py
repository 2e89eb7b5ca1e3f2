"""Run the worlds of claims and judge each claim.

Claims share worlds: one that several claims ask for is run once, and all their statistics are
measured on the same runs. All worlds have the same seed and the same replicate numbers, so that
their runs pair. Runs go to threads, since compiled rules leave the interpreter to others; results
do not depend on how many.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

import numpy as np

from calibration.claims.claim import REPLICATES, Claim
from calibration.claims.claim_scenarios import scenarios_of
from calibration.claims.claim_table import load_claims
from calibration.claims.effect_inference import evidence, verdict
from calibration.claims.findings import Finding, Findings
from calibration.claims.statistics import STATISTICS
from calibration.run_reading import Reading
from sim.core.errors import InputError
from sim.core.provenance import cpu_count
from sim.core.state import Array, State
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
    """Hold the worlds of some claims, each once, by the scenario's digest.

    ``replicates`` is the number of runs of each world; None for what each claim says.
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
            roles = self.roles[claim.id] = {}
            for role, scenario in scenarios_of(claim).items():
                roles[role] = key = scenario.digest
                planned = self.worlds.setdefault(key, PlannedWorld(scenario))
                planned.replicates = max(planned.replicates, count)
                planned.measurements.add(measurement_of(claim))

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
        self._made: dict[str, State] = {}
        self._lock = Lock()

    def initial(self, scenario: Scenario) -> State:
        """Return the state before the first month of a scenario."""
        key = template_key(scenario)
        with self._lock:
            if key not in self._made:
                if len(self._made) == _TEMPLATES_KEPT:
                    del self._made[next(iter(self._made))]
                self._made[key] = initial_state(scenario, self._world)
            template = self._made[key]
        return with_parameters(template, scenario)


def measure_runs(
    template: State, seed: int, replicates: range, measurements: Sequence[Measurement]
) -> list[Array]:
    """Run some replicates and return the parts (R, K) of each measurement."""
    measures = [(STATISTICS[m.statistic], json.loads(m.arguments)) for m in measurements]
    rows: list[list[tuple[float, ...]]] = [[] for _ in measures]
    for replicate in replicates:
        reading = Reading(simulate(template, seed, replicate))
        for parts, (statistic, arguments) in zip(rows, measures, strict=True):
            parts.append(statistic.parts(reading, arguments))
    return [np.array(parts, dtype=np.float64) for parts in rows]


def run_worlds(
    plan: ClaimPlan, seed: int, workers: int, world: World, progress: Progress | None = None
) -> dict[str, dict[Measurement, Array]]:
    """Run all worlds of a plan and return the parts (R, K) of every measurement of each."""
    templates = Templates(world)
    measured = {key: sorted(planned.measurements) for key, planned in plan.worlds.items()}

    def work(key: str, replicates: range) -> list[Array]:
        template = templates.initial(plan.worlds[key].scenario)
        return measure_runs(template, seed, replicates, measured[key])

    done = 0
    pool = ThreadPoolExecutor(workers, thread_name_prefix="worlds")
    try:
        chunks = {pool.submit(work, *chunk): chunk for chunk in plan.chunks()}
        for future in as_completed(chunks):
            future.result()
            done += len(chunks[future][1])
            if progress is not None:
                progress(done, plan.runs)
    finally:
        # After a fault or Ctrl-C, drop what has not begun.
        pool.shutdown(wait=True, cancel_futures=True)
    found = {}
    for key, names in measured.items():
        parts = [future.result() for future, (of, _) in chunks.items() if of == key]
        found[key] = {name: np.concatenate([p[i] for p in parts]) for i, name in enumerate(names)}
    return found


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
        if claim.experiment is None:
            found.append(Finding(claim, verdict(claim, None)))
            continue
        count, roles = plan.replicates[claim.id], plan.roles[claim.id]
        mine = {role: parts[key][measurement_of(claim)][:count] for role, key in roles.items()}
        shown = evidence(mine, claim.measure.value, claim.experiment.contrast)
        months = plan.worlds[roles["with"]].scenario.n_months
        judged = verdict(claim, shown)
        found.append(Finding(claim, judged, shown, count, len(set(roles.values())), months))
    return Findings(tuple(found), seed=seed)


def _check_numbers(replicates: int | None, seed: int, workers: int | None) -> None:
    """Refuse numbers that no check can be made with."""
    for name, given, low, high, why in (
        ("replicates", replicates, 2, 100_000, ": an interval takes two runs"),
        ("seed", seed, 0, LARGEST_SEED, ""),
        ("workers", workers, 1, 1024, ""),
    ):
        if given is not None and not low <= given <= high:
            allowed = f"a whole number from {low} to {high}{why}"
            raise InputError(f"{given} is out of range", field=name, allowed=allowed)
