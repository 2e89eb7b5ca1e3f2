"""What commands print with ``--json``, held to the schema that comes with the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator

import sim

SCHEMAS = Path(sim.__file__).parent / "schemas"


def _refuse(word: str) -> NoReturn:
    raise AssertionError(f"{word} is no JSON")


def printed_json(name: str, printed: str) -> dict[str, Any]:
    """Return what was printed, which must be one object that its schema allows."""
    content: dict[str, Any] = json.loads(printed, parse_constant=_refuse)
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    faults = [
        f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:300]}"
        for fault in Draft202012Validator(schema).iter_errors(content)
    ]
    assert not faults, "\n".join(faults)
    return content
