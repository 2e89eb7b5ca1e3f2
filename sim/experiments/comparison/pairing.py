"""Which scenarios can be paired, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sim.core.errors import InputError, each_of
from sim.core.provenance import cpu_count
from sim.experiments.run_settings import at_least
from sim.scenario.schema import Scenario, load
from sim.world import World


def paired_scenarios(
    scenarios: Sequence[Scenario],
    replicates: int | None = None,
    seed: int | None = None,
    parameters: Mapping[str, float] | None = None,
    end: str | None = None,
) -> list[Scenario]:
    """Return scenarios that share months, seed and replicates, the baseline first.

    InputError if there is no what-if, the months differ, or one run is asked for.
    """
    if len(scenarios) < 2:
        raise InputError(
            "there is nothing to compare the baseline with",
            field="WHATIF",
            allowed="one or more scenarios beside the baseline",
        )
    first, *others = (_changed(scenario, parameters, end) for scenario in scenarios)
    first = first.with_overrides(seed=seed, replicates=replicates)
    if first.replicates < 2:
        raise InputError(
            "one run says nothing of how sure a difference is",
            field="replicates",
            allowed="2 or more",
        )
    for other in others:
        for field in ("start", "end"):
            mine, its = getattr(first, field), getattr(other, field)
            if mine != its:
                raise InputError(
                    f"{other.name!r} has {its} where the baseline {first.name!r} has {mine}",
                    field=field,
                    allowed="scenarios over the same months; an end that is given is that of all",
                )
    seed, replicates = first.seed, first.replicates
    return [first, *(other.with_overrides(seed=seed, replicates=replicates) for other in others)]


def _changed(
    scenario: Scenario, parameters: Mapping[str, float] | None, end: str | None
) -> Scenario:
    """Return a scenario with what holds for all of them; an error names the scenario."""
    try:
        return scenario.with_overrides(parameters=parameters, end=end)
    except InputError as error:
        raise InputError(
            error.message,
            file=f"scenario {scenario.name}",
            field=error.field,
            allowed=error.allowed,
            nearest=error.nearest,
        ) from error


def labels_of(scenarios: Sequence[Scenario]) -> list[str]:
    """Return a unique name for each what-if; the baseline stands first and keeps its own."""
    taken = [scenarios[0].name]
    for scenario in scenarios[1:]:
        label, count = scenario.name, 1
        while label in taken:
            count += 1
            label = f"{scenario.name}-{count}"
        taken.append(label)
    return taken[1:]


def loaded(
    scenarios: Iterable[str | Path | Scenario], world: World | None = None
) -> list[Scenario]:
    """Return scenarios, those read that are given by name or path; InputError of all wrong ones."""
    return each_of(
        lambda one: one if isinstance(one, Scenario) else load(one, world=world), scenarios
    )


def threads(workers: int | None) -> int:
    """Return how many threads to use: those asked for, one or more, or one a processor."""
    at_least(1, workers, "workers")
    return cpu_count() if workers is None else workers


def same_world(one: Scenario, other: Scenario) -> bool:
    """Return whether two scenarios simulate the same, whatever they are called."""
    return (
        one.parameter_values() == other.parameter_values()
        and one.interventions == other.interventions
        and (one.start, one.end) == (other.start, other.end)
    )
