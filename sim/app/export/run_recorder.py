"""Record the months of one run with the compiled driver."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.app.watch.recorder import Recorder
from sim.core.errors import InputError
from sim.core.state_pointer import handle
from sim.engine.compiled import ensure_capacity, new_run_state, run_months
from sim.engine.dispatch import programme_of_month
from sim.engine.initial_state import initial_state
from sim.experiments.parameter_draws import number_of, with_draw
from sim.experiments.saved_run import (
    read_manifest,
    require_repeatable,
    require_same_world,
    scenario_of_record,
)
from sim.scenario.schema import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.core.state import State
    from sim.scenario.schema import Scenario
    from sim.world import World


class RunRecorder(Recorder):
    """Keep what each month of one replicate of a scenario looked like."""

    def __init__(self, scenario: Scenario, world: World, replicate: int = 0) -> None:
        super().__init__(scenario, world)
        self.replicate = replicate
        self._state = new_run_state(initial_state(scenario, world), scenario.seed, replicate)

    @property
    def state(self) -> State:
        """Return the arrays as far as the world has been run."""
        return self._state

    def record(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Run all months; ``progress`` is called with (done, total) after each.

        Raises
        ------
        InputError
            If the run is too long, or its world too large, to be shown.
        """
        programme, end = programme_of_month(self._state), self.scenario.end_month
        for month in range(self.first, end + 1):
            if self.is_full:
                raise InputError(
                    f"{self.scenario.name!r} is too long, or its world too large, to be shown",
                    allowed=f"at most {self.last - self.first + 1} months",
                )
            self._state = ensure_capacity(self._state)
            run_months(handle(self._state), programme, month, month)
            self._keep(month)
            if progress is not None:
                progress(month + 1 - self.first, end + 1 - self.first)


def recorder_of(source: str, world: World, replicate: int = 0) -> RunRecorder:
    """Return a recorder of a run that a folder holds, or of a scenario, before its first month.

    Raises
    ------
    InputError
        If the folder holds no run that can be made again, there is no such scenario, or the run
        has no such replicate.
    """
    if not Path(source).is_dir():
        scenario = load(source, world=world)
        return RunRecorder(scenario, world, _replicate(replicate, scenario.replicates))
    folder, manifest = Path(source), read_manifest(source)
    if "what_ifs" in manifest:
        raise InputError(
            "holds a comparison, of which no world can be played",
            file=folder,
            allowed="a run, a scenario, or --map, which draws where they differ",
        )
    require_same_world(folder, manifest, world)
    require_repeatable(folder, manifest, world, "a run of this version, or a scenario")
    number = _replicate(replicate, manifest["replicates"])
    scenario, draws = scenario_of_record(manifest["scenario"]), manifest.get("draws", ())
    if draws:
        scenario = with_draw(scenario, draws[number_of(number, draws)])
    return RunRecorder(scenario, world, number)


def _replicate(number: int, count: int) -> int:
    if not 0 <= number < count:
        raise InputError(
            f"there is no run {number}", argument="replicate", allowed=f"0 to {count - 1}"
        )
    return number
