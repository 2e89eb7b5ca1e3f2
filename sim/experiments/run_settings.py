"""What was simulated: months, replicates and seed, and what differs from the scenario as shipped.

Every artefact of a run, a comparison, a sweep or an analysis holds and tells this.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.core.plurals import counted
from sim.experiments.comparison.pairing import changed_parameters
from sim.scenario.schema import Scenario, build, names, outline

Record = Mapping[str, Any]

_SETTINGS = ("start", "end", "replicates", "seed")


def simulated(
    scenario: Scenario, *, replicates: int | None = None, draws: int = 0
) -> dict[str, Any]:
    """Return what was simulated, in terms of JSON.

    Parameters
    ----------
    scenario
        The scenario as run.
    replicates
        Number of runs, of each point where there are several; the scenario's by default.
    draws
        Number of parameter sets the runs took in turn.

    Returns
    -------
    dict
        ``scenario``, ``months`` (first and last), ``replicates``, ``seed``, ``draws`` and
        ``changed``, as :func:`changed` returns it.
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

    Returns
    -------
    dict
        ``shipped``, the name of the shipped scenario: that of the same name, else the nearest it
        is built on, else None, where parameters are compared with their defaults. Then, where they
        differ, ``parameters`` and ``start``, ``end``, ``replicates`` and ``seed`` as (shipped,
        run), and ``interventions`` as those ``more`` and ``fewer``.
    """
    known = set(names())
    name = next((n for n in (scenario.name, *scenario.lineage) if n in known), None)
    base = build({"name": "defaults", "title": "defaults"}) if name is None else outline(name)
    found: dict[str, Any] = {"shipped": name}
    values = changed_parameters(base, scenario)
    if values:
        found["parameters"] = {key: list(pair) for key, pair in values.items()}
    apart = {
        "more": [c for c in scenario.interventions if c not in base.interventions],
        "fewer": [c for c in base.interventions if c not in scenario.interventions],
    }
    if any(apart.values()):
        found["interventions"] = {
            key: [change.model_dump(mode="json", exclude_none=True) for change in changes]
            for key, changes in apart.items()
        }
    if name is not None:
        run = {"replicates": replicates}
        pairs = {k: [getattr(base, k), run.get(k, getattr(scenario, k))] for k in _SETTINGS}
        found |= {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
    return found


def differences(found: Record) -> list[str]:
    """Return what :func:`changed` found in words, parameters and interventions first."""
    texts = [f"{key} {was:g} to {now:g}" for key, (was, now) in found.get("parameters", {}).items()]
    for way, changes in found.get("interventions", {}).items():
        if changes:
            texts.append(f"{counted(len(changes), 'intervention')} {way}")
    return texts + [f"{k} {found[k][0]} to {found[k][1]}" for k in _SETTINGS if k in found]


def changed_words(record: Record) -> str:
    """Return in a sentence without its stop what differs from the scenario as shipped."""
    found = record["changed"]
    changes = "; ".join(differences(found)) or "nothing"
    if found["shipped"] is None:
        return f"No shipped scenario; changed against the defaults: {changes}"
    return f"Changed against {found['shipped']} as shipped: {changes}"


def settings_words(record: Record, runs: str = "replicate") -> str:
    """Return scenario, months, number of runs and seed in words.

    Parameters
    ----------
    record
        What :func:`simulated` returns, or a record that holds it.
    runs
        What one run is called.
    """
    count, draws = record["replicates"], record["draws"]
    first, last = record["months"]
    parts = [record["scenario"], f"{first} to {last}"]
    parts.append(counted(count, runs))
    if draws:
        parts.append(counted(draws, "draw"))
    return " · ".join([*parts, f"seed {record['seed']}"])


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
