"""The catalogue of phrases: what reports and cards say, apart from how it is found out."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def catalogue() -> dict[str, Any]:
    """Return the sections of ``phrases.toml`` by name."""
    text = (files("sim.report") / "phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrase(key: str, /, **fields: object) -> str:
    """Return a phrase by section and name, such as ``effect.changed``, filled in."""
    section, name = key.split(".")
    return str(catalogue()[section][name]).format(**fields)
