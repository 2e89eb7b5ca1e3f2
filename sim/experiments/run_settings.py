"""What is simulated: months, replicates and seed, and what differs from the scenario as shipped.

Every artefact of a run, a comparison, a sweep or an analysis holds and tells this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.core import provenance
from sim.core.errors import InputError
from sim.core.plurals import counted
from sim.scenario.interventions import KINDS, Intervention
from sim.scenario.schema import Scenario, build, load, names, outline
from sim.world import World

Record = Mapping[str, Any]

_PLACES = ("country", "locality")
MOST_TOLD = 3
"""Most interventions that a sentence tells one by one."""
_SETTINGS = ("start", "end", "replicates", "seed")


def at_least(least: int, number: int | None, field: str, *, allowed: str | None = None) -> None:
    """Refuse a number that is given and too small."""
    if number is not None and number < least:
        raise InputError(f"{number} is too few", field=field, allowed=allowed or f"{least} or more")


def chosen_scenario(
    scenario: str | Path | Scenario,
    world: World,
    *,
    parameters: Mapping[str, float] | None = None,
    seed: int | None = None,
    replicates: int | None = None,
    end: str | None = None,
) -> Scenario:
    """Return a scenario, which may be given by name or path, with what is asked for otherwise."""
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario, world=world)
    return chosen.with_overrides(parameters=parameters, seed=seed, replicates=replicates, end=end)


def base_manifest(
    scenario: Scenario, world: World, driver: str, started: datetime
) -> dict[str, Any]:
    """Return the manifest of a scenario's runs but for what only some experiments have."""
    return provenance.manifest(
        scenario=scenario.model_dump(mode="json"),
        parameters=scenario.parameter_values(),
        world_digest=world.digest,
        seed=scenario.seed,
        replicates=scenario.replicates,
        driver=driver,
        started=started,
        seconds=0.0,
    )


def simulated(
    scenario: Scenario, *, replicates: int | None = None, draws: int = 0
) -> dict[str, Any]:
    """Return what was simulated, in terms of JSON.

    ``replicates`` are the runs, of each point where there are several, by default the scenario's;
    ``draws`` the number of parameter sets that they took in turn. The keys are ``scenario``,
    ``months`` (first and last), ``replicates``, ``seed``, ``draws`` and ``changed``
    (:func:`changed`).
    """
    runs = scenario.replicates if replicates is None else replicates
    return {
        "scenario": scenario.name,
        "months": [scenario.start, scenario.end],
        "replicates": runs,
        "seed": scenario.seed,
        "draws": draws,
        "changed": changed(scenario, runs),
    }


def changed(scenario: Scenario, replicates: int) -> dict[str, Any]:
    """Return what differs from the scenario as it is shipped.

    ``shipped`` is the name of the shipped scenario: that of the same name, else the nearest it is
    built on, else None, where parameters are compared with their defaults. Then, where they differ,
    follow ``parameters`` and ``start``, ``end``, ``replicates`` and ``seed`` as (shipped, run), and
    ``interventions`` as those ``more`` and ``fewer``.
    """
    known = set(names())
    name = next((n for n in (scenario.name, *scenario.lineage) if n in known), None)
    base = build({"name": "defaults", "title": "defaults"}) if name is None else outline(name)
    found: dict[str, Any] = {"shipped": name}
    if values := changed_parameters(base, scenario):
        found["parameters"] = {key: list(pair) for key, pair in values.items()}
    apart = changed_interventions(base, scenario)
    if any(apart.values()):
        found["interventions"] = intervention_records(apart)
    if name is not None:
        run = {"replicates": replicates}
        pairs = {k: [getattr(base, k), run.get(k, getattr(scenario, k))] for k in _SETTINGS}
        found |= {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
    return found


def changed_parameters(baseline: Scenario, what_if: Scenario) -> dict[str, tuple[float, float]]:
    """Return the parameters that differ, with their value in the baseline and in the what-if."""
    base, other = baseline.parameter_values(), what_if.parameter_values()
    return {name: (base[name], value) for name, value in other.items() if value != base[name]}


def changed_interventions(baseline: Scenario, what_if: Scenario) -> dict[str, list[Intervention]]:
    """Return the interventions that a what-if has ``more``, and those that it has ``fewer``."""
    one, other = baseline.interventions, what_if.interventions
    return {
        "more": [change for change in other if change not in one],
        "fewer": [change for change in one if change not in other],
    }


def intervention_records(apart: Mapping[str, Iterable[Intervention]]) -> dict[str, list[Record]]:
    """Return what :func:`changed_interventions` found in terms of JSON."""
    return {
        way: [change.model_dump(mode="json", exclude_none=True) for change in changes]
        for way, changes in apart.items()
    }


def differences(found: Record, most: int = 0) -> list[str]:
    """Return what :func:`changed` found in words, parameters and interventions first.

    Interventions are counted; up to ``most`` of them are told.
    """
    texts = [f"{key} {was:g} to {now:g}" for key, (was, now) in found.get("parameters", {}).items()]
    for way, changes in found.get("interventions", {}).items():
        if changes:
            told = "; ".join(intervention_words(change) for change in changes[:most])
            told += f"; and {len(changes) - most:,} more" if 0 < most < len(changes) else ""
            count = f"{counted(len(changes), 'intervention')} {way}"
            texts.append(f"{count}: {told}" if told else count)
    return texts + [f"{k} {found[k][0]} to {found[k][1]}" for k in _SETTINGS if k in found]


def intervention_words(change: Record) -> str:
    """Return the fields of an intervention in words, as in "scales what banks may lend"."""
    besides = {"kind", "month", "until", "id", "note"}
    names = sorted(change.keys() - besides, key=lambda name: (name not in _PLACES, name))
    fields = ", ".join(f"{name} {_value_words(change[name])}" for name in names)
    until = f" to {change['until']}" if change.get("until") else ""
    words = f"{KINDS[change['kind']].words} from {change['month']}{until}"
    return f"{words} ({fields})" if fields else words


def _value_words(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(value) if isinstance(value, list | tuple) else str(value)


def changed_words(record: Record) -> str:
    """Return in a sentence without its stop what differs from the scenario as shipped."""
    found = record["changed"]
    changes = "; ".join(differences(found, MOST_TOLD)) or "nothing"
    if found["shipped"] is None:
        return f"No shipped scenario; changed against the defaults: {changes}"
    return f"Changed against {found['shipped']} as shipped: {changes}"


def settings_words(record: Record, runs: str = "replicate") -> str:
    """Return scenario, months, number of runs and seed in words.

    ``record`` is what :func:`simulated` returns, ``runs`` what one run is called.
    """
    parts = [record["scenario"], "{} to {}".format(*record["months"])]
    parts.append(counted(record["replicates"], runs))
    if record["draws"]:
        parts.append(counted(record["draws"], "draw"))
    return " · ".join([*parts, f"seed {record['seed']}"])


def drawn_words(manifest: Record) -> str:
    """Return in words which sets of parameters the runs of a manifest took."""
    draws = len(manifest.get("draws", ()))
    if not draws:
        return "one set, the scenario's"
    stale = manifest.get("drawn_from", {}).get("changed_since_fit")
    earlier = " of a fit to an earlier version of the model" if stale else ""
    return f"{counted(draws, 'draw')}{earlier}, one a run"


def varies_words(manifest: Record) -> str:
    """Return in words over what the runs of a manifest vary, and so what their intervals hold."""
    return "over parameters and chance" if manifest.get("draws") else "over chance alone"


def stamp_words(record: Record, runs: str = "replicate") -> str:
    """Return the same as small print for a figure, with what else was changed."""
    found = {key: value for key, value in record["changed"].items() if key not in _SETTINGS}
    texts = differences(found)
    more = f" and {len(texts) - 2} more" if len(texts) > 2 else ""
    words = f" · changed: {'; '.join(texts[:2])}{more}" if texts else ""
    return settings_words(record, runs) + words


def titled(scenario: Scenario) -> str:
    """Return a scenario's title with the months it is run for."""
    return f"{scenario.title} · {scenario.start} to {scenario.end}"
