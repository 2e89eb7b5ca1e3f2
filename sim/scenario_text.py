"""Write scenarios as TOML: a full dump, and a commented file to start from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from sim.interventions import KINDS
from sim.parameters import PARAMETERS
from sim.scenario_problems import allowed_words

if TYPE_CHECKING:
    from sim.scenario import Scenario

_WIDTH = 92


def literal(value: object) -> str:
    """Return a value as TOML writes it.

    Raises
    ------
    TypeError
        If a scenario cannot hold such a value.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        # JSON's escapes are TOML's, which also asks for one for DEL.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(literal(item) for item in value)}]"
    raise TypeError(f"{type(value).__name__} has no place in a scenario")


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield f"{key} = {literal(value)}"


def dumped(scenario: Scenario) -> str:
    """Return a scenario as TOML with everything it took from its parents written out."""
    data = scenario.model_dump(exclude_none=True)
    parameters, interventions = data.pop("parameters"), data.pop("interventions")
    lines = list(_pairs({key: value for key, value in data.items() if value not in ("", ())}))
    if parameters:
        named = {literal(name): parameters[name] for name in sorted(parameters)}
        lines += ["", "[parameters]", *_pairs(named)]
    for change in interventions:
        first = {"month": change.pop("month"), "kind": change.pop("kind")}
        lines += ["", "[[interventions]]", *_pairs(first | change)]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> Iterator[str]:
    """Yield a text as comment lines of readable width."""
    import textwrap

    for line in textwrap.wrap(text, _WIDTH) or [""]:
        yield f"# {line}".rstrip()


def _explained(model: type[BaseModel], field: str) -> Iterator[str]:
    """Yield the description of a field and what it accepts."""
    allowed = allowed_words(model, field)
    description = model.model_fields[field].description or ""
    yield from _comment(f"{description} Allowed: {allowed}." if allowed else description)


def starter(name: str, parent: Scenario | None) -> str:
    """Return a commented scenario file to start from; it loads as it is.

    Parameters
    ----------
    name
        Name of the new scenario.
    parent
        The scenario it extends, or None to start from the defaults.
    """
    from sim.scenario import Scenario as Schema

    base = parent if parent is not None else Schema(name=name, title=name)
    lines = [*_comment(f"A scenario. Check it: paradiplomacy scenarios check {name}.toml")]
    lines += [*_comment(f"Run it: paradiplomacy run {name}.toml"), ""]
    own = {"name": name, "title": name.replace("-", " ").replace("_", " ").capitalize()}
    for field, value in {**own, "question": "What if ...?"}.items():
        lines += [*_explained(Schema, field), f"{field} = {literal(value)}", ""]
    if parent is not None:
        lines += [*_comment("The scenario it builds on: what is left out below is taken from it.")]
        lines += [f"extends = {literal(parent.name)}", ""]
    for field in ("start", "end", "seed", "replicates", "focus"):
        value = getattr(base, field)
        lines += [*_explained(Schema, field), f"# {field} = {literal(value)}", ""]
    lines += ["[parameters]", *_comment("Values that differ from the default (in brackets).")]
    lines += [*_parameter_lines(base.parameter_values())]
    lines += ["", *_comment("What changes in the middle of the run: as many tables as you like.")]
    for kind, model in KINDS.items():
        lines += ["", *_intervention_lines(kind, model, base)]
    return "\n".join(lines) + "\n"


def _parameter_lines(values: Mapping[str, float]) -> Iterable[str]:
    """Yield every parameter, commented out, with its meaning, range and default."""
    for name, entry in PARAMETERS.items():
        yield from _comment(
            f"{entry.meaning} {entry.unit}, {entry.low:.15g} to {entry.high:.15g} "
            f"[{entry.default:.15g}]."
        )
        yield f"# {literal(name)} = {literal(float(values[name]))}"


def _intervention_lines(kind: str, model: type[BaseModel], base: Scenario) -> Iterable[str]:
    """Yield one kind of intervention, commented out, with its fields explained."""
    yield "# [[interventions]]"
    for field in ("month", "kind", *(f for f in model.model_fields if f not in {"month", "kind"})):
        info = model.model_fields[field]
        allowed = allowed_words(model, field)
        text = f"{info.description}{f' Allowed: {allowed}.' if allowed else ''}"
        value = {"month": literal(base.end), "kind": literal(kind)}.get(field, "...")
        choice = "" if info.is_required() else " Optional."
        lines = list(_comment(text + choice))
        yield from (f"# {line}" for line in lines)
        yield f"# {field} = {value}"
