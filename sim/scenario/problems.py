"""Say in plain words what is wrong with a scenario, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.core.errors import InputError, Near, nearest_name
from sim.core.line_finder import KeyPath
from sim.core.parameters import PARAMETERS
from sim.scenario.interventions import KINDS

NO_SUCH_FIELD, MISSING = "there is no such field", "is missing"
_LONGEST = 80
_ORDERED = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


@dataclass(frozen=True)
class Problem:
    """Describe one thing wrong with a scenario, at a place of it with its parents merged in."""

    path: KeyPath
    message: str
    allowed: str | None = None
    nearest: Near = None

    def error(self) -> InputError:
        """Return the problem as an error that belongs to no file."""
        return InputError(
            self.message, field=dotted(self.path), allowed=self.allowed, nearest=self.nearest
        )


def dotted(path: KeyPath) -> str | None:
    """Return the dotted name of a place, array elements counted from 1."""
    parts = (str(part + 1) if isinstance(part, int) else printable(part) for part in path)
    return ".".join(parts) or None


def printable(text: str) -> str:
    """Return a text cut to a readable length, without control characters."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return "".join(c if c.isprintable() else "?" for c in short)


def shown(value: object) -> str:
    """Return a value in the words of a TOML file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{printable(value)}"'
    if isinstance(value, int):
        # Python refuses to write out integers of thousands of digits.
        return str(value) if value.bit_length() < 128 else "a very large whole number"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    return printable(str(value))


def closest(given: object, valid: Sequence[str]) -> str | None:
    """Return the valid name most like what was given, or None."""
    return nearest_name(given[:80], valid) if isinstance(given, str) else None


@cache
def _properties(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each field of a model."""
    properties: dict[str, dict[str, Any]] = model.model_json_schema()["properties"]
    return properties


def allowed_words(model: type[BaseModel], field: str) -> str | None:
    """Return in words what a field of a schema accepts, derived from the schema itself."""
    schema = _properties(model).get(field)
    if schema is None:
        return None
    for choice in schema.get("anyOf", []):
        if choice.get("type") != "null":
            schema = {**schema, **choice}
    if "allowed" in schema:
        return str(schema["allowed"])
    if "enum" in schema:
        return " or ".join(f'"{value}"' for value in schema["enum"])
    if "const" in schema:
        return f'"{schema["const"]}"'
    kind = schema.get("type")
    if kind in {"number", "integer"}:
        noun = "a number" if kind == "number" else "a whole number"
        if "minimum" in schema and "maximum" in schema:
            return f"{noun} from {_number(schema['minimum'])} to {_number(schema['maximum'])}"
        return noun
    words = {"boolean": "true or false", "string": "text in quotes"}
    return words.get(str(kind))


def _number(value: float) -> str:
    """Return a bound of a range, whole numbers without a decimal point."""
    return str(int(value)) if float(value).is_integer() else f"{value:.15g}"


def parameter_words(name: str) -> str:
    """Return in words what a parameter accepts."""
    entry = PARAMETERS[name]
    return f"a number from {_number(entry.low)} to {_number(entry.high)} ({entry.unit})"


def _nearest_parameter(name: str) -> str | None:
    """Return the parameter most like a name, which may lack its group."""
    ends = {known.partition(".")[2]: known for known in PARAMETERS}
    return ends.get(name) or closest(name, tuple(PARAMETERS))


def parameter_problem(path: KeyPath, name: str, value: float, at: KeyPath) -> Problem | None:
    """Return what is wrong with a parameter named at ``path`` and its value at ``at``, or None."""
    entry = PARAMETERS.get(name)
    if entry is None:
        return Problem(
            path,
            f"there is no parameter {shown(name)}",
            allowed="the names that 'paradiplomacy scenarios new' lists",
            nearest=_nearest_parameter(name),
        )
    if not entry.low <= value <= entry.high:
        return Problem(at, f"{shown(value)} is out of range", allowed=parameter_words(name))
    return None


def problems_of(
    error: ValidationError, model: type[BaseModel], extra: tuple[str, ...] = ()
) -> list[Problem]:
    """Return what a schema found wrong, in its order; a file may have ``extra`` fields beside.

    Where a name is unknown, what is missing beside it is not told: most often it is that, misspelt.
    """
    found = [problem_of(entry, model, extra) for entry in error.errors(include_url=False)]
    misspelt = {problem.path[:-1] for problem in found if problem.message == NO_SUCH_FIELD}
    return [p for p in found if p.message != MISSING or p.path[:-1] not in misspelt]


def _place(loc: tuple[str | int, ...], root: type[BaseModel]) -> tuple[KeyPath, type[BaseModel]]:
    """Return the place of an error in the scenario and the schema that rules there."""
    if len(loc) >= 3 and loc[0] == "interventions" and loc[2] in KINDS:
        return (*loc[:2], *loc[3:]), KINDS[str(loc[2])]
    return loc, root


def problem_of(entry: Any, root: type[BaseModel], extra: tuple[str, ...] = ()) -> Problem:
    """Return one error of the schema in plain words."""
    path, model = _place(tuple(entry["loc"]), root)
    kind, value, context = entry["type"], entry["input"], entry.get("ctx", {})
    if kind == "misplaced":
        return Problem(
            (*path, *context["path"]),
            context["what"],
            context.get("allowed"),
            context.get("nearest"),
        )
    if kind == "extra_forbidden":
        fields = (*_properties(model), *(extra if model is root else ()))
        return Problem(path, NO_SUCH_FIELD, ", ".join(fields), closest(path[-1], fields))
    if kind.startswith("union_tag"):
        given = value.get("kind") if isinstance(value, Mapping) else None
        message = MISSING if given is None else f"there is no kind {shown(given)}"
        return Problem((*path, "kind"), message, ", ".join(KINDS), closest(given, tuple(KINDS)))
    return Problem(path, _message(kind, value, entry["msg"]), _allowed(path, model), _near(entry))


def _message(kind: str, value: object, message: str) -> str:
    """Return what is wrong with a value, by the kind of error."""
    if kind == "missing":
        return MISSING
    if kind in _ORDERED:
        return f"{shown(value)} is out of range"
    if kind == "finite_number":
        return f"{shown(value)} is not a finite number"
    if kind in {"month", "codes"}:
        return f"{shown(value)} {message}"
    nouns = {
        "float_type": "a number",
        "int_type": "a whole number",
        "bool_type": "true or false",
        "string_type": "text in quotes",
        "dict_type": "a table",
        "tuple_type": "a list",
        "codes_type": "text in quotes or a list of such",
        "model_type": "a table",
        "model_attributes_type": "a table",
    }
    return f"{shown(value)} is not {nouns.get(kind, 'accepted here')}"


def _allowed(path: KeyPath, model: type[BaseModel]) -> str | None:
    """Return in words what may stand at a place."""
    if len(path) == 2 and path[0] == "parameters" and path[1] in PARAMETERS:
        return parameter_words(str(path[1]))
    if path == ("interventions",) or (len(path) == 2 and path[0] == "interventions"):
        return "tables headed [[interventions]]"
    if path == ("parameters",):
        return "a table headed [parameters]"
    names = [part for part in path if isinstance(part, str)]
    return allowed_words(model, names[-1]) if names else None


def _near(entry: Any) -> str | None:
    """Return the nearest choice where a field offers a few."""
    if entry["type"] != "literal_error":
        return None
    choices = str(entry["ctx"]["expected"]).replace(" or ", ", ").split(", ")
    return closest(entry["input"], [choice.strip("'") for choice in choices])
