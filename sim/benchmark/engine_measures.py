"""In this process: a run beside other drivers and worlds, draws, pairing, and the page's pairs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.app.thread_pool import Cancel, ThreadPool
from sim.benchmark.timing import MeasuredValue, Settings, figure, in_turn, on_processor, ratio
from sim.core import enums as k
from sim.core.jit import rule
from sim.core.provenance import cpu_count
from sim.core.rng import draw
from sim.core.state import Array, State, record_type
from sim.core.state_fields import RECORDS
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.scenario.schema import Scenario, load
from sim.world import World, load_world
from sim.world.enlargement import enlarged_tables
from sim.world.positions import Positions

if TYPE_CHECKING:
    from sim.app.what_if.paired_trial import PairedTrial

SCENARIO = "baseline"
DRAWS = 5_000_000
EFFECT_OF = ("turnover.fade", 0.6, 0.7)
"""Parameter and two values of it whose effect is estimated."""
HELD_TO = {"deals": k.DEAL, "twinnings": k.TWINNING, "visits_to_lac": k.VISIT_TO_LAC}
"""Kinds of events on which the effect must be estimated well; the worst of them counts."""
LEVER, LOWEST, HIGHEST = "turnover.fade", 0.3, 0.9
"""Parameter that is moved on the page, and between what values."""


def region(end: str | None) -> Scenario:
    """Return the scenario that is run."""
    return load(SCENARIO).with_overrides(end=end)


@lru_cache(maxsize=1)
def begun(end: str | None, world: World) -> Callable[[], State]:
    """Return what makes a run of the scenario, loaded or compiled beforehand."""
    scenario = region(end)
    make = partial(simulate, initial_state(scenario, world), scenario.seed, 0)
    make()
    return make


def run_beside_empty_loop(settings: Settings) -> dict[str, MeasuredValue]:
    """Measure a run, and beside it an empty Mesa loop of as many agents and months."""
    make = begun(settings.end, load_world())
    loop = empty_mesa_loop(load_world(), region(settings.end).n_months)
    own, empty = in_turn(4 * settings.rounds, lambda: make, lambda: loop)
    return {
        "run_ms": on_processor(own, 1e3),
        "mesa_empty_ratio": ratio(own, empty, empty_ms=on_processor(empty, 1e3).value),
    }


def empty_mesa_loop(world: World, months: int) -> Callable[[], None]:
    """Return a loop in which as many Mesa agents as a world has do nothing each month."""
    import mesa

    at = Positions(world)

    class Idle(mesa.Agent):  # type: ignore[misc]
        def step(self) -> None:
            """Do nothing."""

    class Empty(mesa.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(rng=0)
            offices = len(at.locality) + len(at.city) + len(at.country)
            Idle.create_agents(self, offices + len(at.actor))

        def step(self) -> None:
            self.agents.do("step")

    model = Empty()

    def run() -> None:
        for _ in range(months):
            model.step()

    return run


def beside_mesa(settings: Settings) -> dict[str, MeasuredValue]:
    """Measure the same run on Mesa agents, without setting them up."""
    make = begun(settings.end, load_world())
    own, agents = in_turn(settings.rounds, lambda: make, lambda: mesa_agents(settings.end))
    return {"mesa_ratio": ratio(agents, own, mesa_s=on_processor(agents).value)}


def mesa_agents(end: str | None) -> Callable[[], None]:
    """Return what runs the scenario on Mesa agents, which are made beforehand."""
    from sim.engine.model import ParadiplomacyModel

    return ParadiplomacyModel(region(end)).run_to_end


def larger_world(settings: Settings) -> dict[str, MeasuredValue]:
    """Measure a run of a world several times the size beside one of the region."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in enlarged_tables(settings.times).items():
            (Path(folder) / name).write_bytes(content)
        large = begun(settings.end, load_world(folder))
    make = begun(settings.end, load_world())
    own, larger = in_turn(settings.rounds, lambda: make, lambda: large)
    events = [int(run().run["events"][0]) for run in (make, large)]
    larger_ms = on_processor(larger, 1e3).value
    found = ratio(larger, own, size=settings.times, larger_ms=larger_ms, events=events)
    return {"scaling_10x": found}


def draws(settings: Settings) -> dict[str, MeasuredValue]:
    """Measure a keyed random number, each of another decision and month than the one before."""

    def add_up(run: Any, number: int) -> float:
        result = 0.0
        for identity in range(number):
            result += draw(run, identity & 31, identity, 0, identity & 255)
        return result

    total = rule(add_up)
    run = np.zeros(1, dtype=record_type(RECORDS["run"]))
    total(run, 1)
    (times,) = in_turn(settings.rounds, lambda: partial(total, run, DRAWS))
    return {"ns_per_draw": on_processor(times, 1e9 / DRAWS)}


def pairing(settings: Settings) -> dict[str, MeasuredValue]:
    """Measure the variance of an effect with independent seeds over that with paired runs.

    Both are taken of the same runs. Beside it, the share of a run's events that its twin has too.
    """
    name, *values = EFFECT_OF
    scenario = region(settings.end)
    templates = [
        initial_state(scenario.with_overrides(parameters={name: value}), load_world())
        for value in values
    ]

    def pair(number: int) -> tuple[list[Array], float]:
        runs = [simulate(template, scenario.seed, number) for template in templates]
        logs = [w.event[: int(w.run["events"][0])] for w in runs]
        kept = float(np.isin(logs[0]["id"], logs[1]["id"]).mean())
        return [np.bincount(log["kind"], minlength=len(k.EVENT_KINDS)) for log in logs], kept

    with ThreadPoolExecutor(cpu_count()) as pool:
        found = list(pool.map(pair, range(settings.pairs)))
    one, other = (np.array([counts[side] for counts, _ in found], dtype=float) for side in (0, 1))
    apart = one.var(axis=0) + other.var(axis=0)
    together = (other - one).var(axis=0)
    gains = {
        name: float(apart[kind] / together[kind]) if together[kind] > 0.0 else None
        for name, kind in HELD_TO.items()
    }
    known = [gain for gain in gains.values() if gain is not None]
    if not known:
        raise ValueError("the effect is the same in all pairs, so that its variance is 0")
    kept = float(np.mean([share for _, share in found]))
    return {"pairing_gain": figure([min(known)], **gains, share_of_events_kept=kept)}


def page_pairs(settings: Settings) -> dict[str, MeasuredValue]:
    """Measure all pairs of a what-if, counted and compared, in the page's threads.

    The baseline's runs are made before, as those of a page that is open; the lever has another
    value each time.
    """
    from sim.app.what_if.experiment import begin
    from sim.app.what_if.paired_trial import CHUNKS, PairedTrial, RunCaches

    world, caches = load_world(), RunCaches()
    plain = begin()
    plain = replace(plain, scenario=plain.scenario.with_overrides(end=settings.end))
    begun(settings.end, world)
    step = (HIGHEST - LOWEST) / settings.rounds
    trials = [
        PairedTrial(plain.with_parameter(LEVER, LOWEST + step * number), world, caches)
        for number in range(settings.rounds)
    ]

    def waited(trial: PairedTrial, pool: ThreadPoolExecutor) -> list[float]:
        """Return the seconds until each result of a trial, from the first pairs to all of them."""
        clock = time.perf_counter()
        jobs = [pool.submit(trial.work, chunk, Cancel()) for chunk in CHUNKS]
        done = [(job.result(), time.perf_counter() - clock) for job in as_completed(jobs)]
        return [seconds for result, seconds in done if result is not None]

    with ThreadPoolExecutor(ThreadPool().size) as pool:
        list(pool.map(lambda chunk: trials[0].baseline.counted(chunk, Cancel()), CHUNKS))
        waits = [waited(trial, pool) for trial in trials]
    first = figure([times[0] for times in waits]).value
    return {"page_pairs_s": figure([times[-1] for times in waits], first_pairs_s=first)}
