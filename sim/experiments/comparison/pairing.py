"""Which scenarios can be paired, what tells them apart, and how that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sim.core import provenance
from sim.core.errors import InputError
from sim.core.provenance import cpu_count
from sim.engine.record_coverage import rules_from
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.experiments.comparison.paired_simulation import PairedSimulation


def paired_scenarios(
    scenarios: Sequence[Scenario],
    replicates: int | None,
    seed: int | None,
    overrides: Mapping[str, float] | None,
    end: str | None,
) -> list[Scenario]:
    """Return scenarios that share months, seed and replicates, the baseline first.

    Raises
    ------
    InputError
        If there is no what-if, the months differ, or one run is asked for.
    """
    if len(scenarios) < 2:
        raise InputError(
            "there is nothing to compare the baseline with",
            field="WHATIF",
            allowed="one or more scenarios beside the baseline",
        )
    changed = [_changed(scenario, overrides, end) for scenario in scenarios]
    first = changed[0].with_overrides(seed=seed, replicates=replicates)
    if first.replicates < 2:
        raise InputError(
            "one run says nothing of how sure a difference is",
            field="replicates",
            allowed="2 or more",
        )
    for other in changed[1:]:
        for field in ("start", "end"):
            mine, its = getattr(first, field), getattr(other, field)
            if mine != its:
                raise InputError(
                    f"{other.name!r} has {its} where the baseline {first.name!r} has {mine}",
                    field=field,
                    allowed="scenarios over the same months; an end that is given is that of all",
                )
    return [
        first,
        *(
            other.with_overrides(seed=first.seed, replicates=first.replicates)
            for other in changed[1:]
        ),
    ]


def _changed(
    scenario: Scenario, overrides: Mapping[str, float] | None, end: str | None
) -> Scenario:
    """Return a scenario with what holds for all of them; an error names the scenario."""
    try:
        return scenario.with_overrides(parameters=overrides, end=end)
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
    taken = {scenarios[0].name}
    labels = []
    for scenario in scenarios[1:]:
        label, count = scenario.name, 1
        while label in taken:
            count += 1
            label = f"{scenario.name}-{count}"
        taken.add(label)
        labels.append(label)
    return labels


def threads(workers: int | None) -> int:
    """Return how many threads to use: those asked for, or one a processor.

    Raises
    ------
    InputError
        If fewer than one are asked for.
    """
    if workers is None:
        return cpu_count()
    if workers < 1:
        raise InputError(f"{workers} is too few", field="workers", allowed="1 or more")
    return workers


def same_world(one: Scenario, other: Scenario) -> bool:
    """Return whether two scenarios simulate the same, whatever they are called."""
    return (
        one.parameter_values() == other.parameter_values()
        and one.interventions == other.interventions
        and (one.start, one.end) == (other.start, other.end)
    )


def manifest_of_comparison(
    worlds: PairedSimulation, labels: Sequence[str], workers: int, started: datetime
) -> dict[str, Any]:
    """Describe a comparison completely enough to repeat it."""
    base, *what_ifs = worlds.scenarios
    manifest = provenance.manifest(
        scenario=base.model_dump(mode="json"),
        parameters=base.parameter_values(),
        world_digest=worlds.world.digest,
        seed=base.seed,
        replicates=base.replicates,
        driver="compiled",
        started=started,
        seconds=0.0,
    )
    if worlds.extensions:
        manifest["extensions"] = worlds.extensions.record
    return manifest | {
        "rules_from": rules_from(worlds.world),
        "kind": "comparison",
        "what_ifs": {
            label: {
                "scenario": scenario.model_dump(mode="json"),
                "parameters": scenario.parameter_values(),
            }
            for label, scenario in zip(labels, what_ifs, strict=True)
        },
        "draws": [dict(draw) for draw in worlds.draws],
        "workers": workers,
    }
