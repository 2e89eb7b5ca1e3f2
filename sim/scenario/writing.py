"""Write a commented scenario file to start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap

from pydantic import BaseModel

from sim.core.parameters import PARAMETERS
from sim.scenario.interventions import KINDS
from sim.scenario.problems import allowed_words
from sim.scenario.schema import Scenario
from sim.scenario.toml_dump import literal

_WIDTH = 92


def _comment(text: str) -> Iterator[str]:
    """Yield a text as comment lines of readable width."""
    for line in wrap(text, _WIDTH) or [""]:
        yield f"# {line}".rstrip()


def _explained(model: type[BaseModel], field: str, before: str = "") -> Iterator[str]:
    """Return a field's description and what it accepts as comment lines."""
    info, allowed = model.model_fields[field], allowed_words(model, field)
    words = f"{before}{info.description}{f' Allowed: {allowed}.' if allowed else ''}"
    return _comment(words + (" Optional." if before and not info.is_required() else ""))


def starter(name: str, parent: Scenario | None, extends: str | None = None) -> str:
    """Return a commented scenario file to start from; it loads as it is.

    Without a parent it starts from the defaults; ``extends`` is how it refers to one, if not by
    its name.
    """
    base = parent if parent is not None else Scenario(name=name, title=name)
    against = f"{extends or (parent.name if parent is not None else 'baseline')} {name}.toml"
    lines = [
        f"# Check it:    paradiplomacy scenarios check {name}.toml",
        f"# Run it:      paradiplomacy run {name}.toml",
        f"# Compare it:  paradiplomacy compare {against}",
        "# Codes of countries, localities, banks, signals, sectors: paradiplomacy world codes",
        "#",
        "# Lines that begin with # and no space are settings not in use: take the # away.",
        "",
    ]
    title = name.replace("-", " ").replace("_", " ").capitalize()
    for field, value in {"name": name, "title": title, "question": "What if ...?"}.items():
        lines += [*_explained(Scenario, field), f"{field} = {literal(value)}", ""]
    if parent is not None:
        lines += ["# The scenario it builds on; what this file leaves out is taken from there."]
        lines += [f"extends = {literal(extends or parent.name)}", ""]
    for field in ("start", "end", "seed", "replicates", "focus", "authority_index", "wills"):
        value = getattr(base, field)
        lines += [*_explained(Scenario, field), f"#{field} = {literal(value)}", ""]
    lines += _intervention_lines(base)
    lines += ["", "# Values of parameters that differ from the default.", "[parameters]", ""]
    lines += _parameter_lines(base.parameter_values())
    return "\n".join(lines).rstrip("\n") + "\n"


def _parameter_lines(values: Mapping[str, float]) -> Iterator[str]:
    """Yield every parameter, not in use, with its meaning, unit, range and default."""
    for name, entry in PARAMETERS.items():
        scale = f"{entry.low:.15g} to {entry.high:.15g}; default {entry.default:.15g}."
        yield from _comment(f"{entry.meaning} Unit: {entry.unit}; {scale}")
        yield f"#{literal(name)} = {literal(float(values[name]))}"
        yield ""


def _intervention_lines(base: Scenario) -> Iterator[str]:
    """Yield one intervention of each kind, not in use, with its fields explained."""
    shared = ("month", "id", "note", "every")
    yield from _comment(
        "What changes in the middle of the run: as many [[interventions]] as you like, of the "
        "kinds below. All have the fields:"
    )
    for field in shared:
        yield from _explained(KINDS["shock"], field, f"- {field}: ")
    for kind, model in KINDS.items():
        yield ""
        yield from _comment((model.__doc__ or "").splitlines()[0])
        fields = [f for f in model.model_fields if f not in {*shared, "kind"}]
        for field in fields:
            yield from _explained(model, field, f"- {field}: ")
        yield "#[[interventions]]"
        yield f"#month = {literal(base.end)}"
        yield f"#kind = {literal(kind)}"
        yield from (f"#{field} = {_example(model, field, base)}" for field in fields)


def _example(model: type[BaseModel], field: str, base: Scenario) -> str:
    """Return a value of a field's type, to be replaced by the reader."""
    words = allowed_words(model, field) or ""
    examples = {
        "a month": literal(base.end),
        "a number": "0.5",
        "a whole number": "12",
        "true": "true",
        '"': words.split(" or ")[0],
    }
    return next((shown for start, shown in examples.items() if words.startswith(start)), '"..."')
