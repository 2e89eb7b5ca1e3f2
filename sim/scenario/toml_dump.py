"""Write values and whole scenarios as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel


def literal(value: object) -> str:
    """Return a value as TOML writes it; TypeError if a scenario cannot hold such a value."""
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


def dumped(scenario: BaseModel) -> str:
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
