"""The one table of parameters: ``parameters.toml`` beside this file, read once and checked.

Each entry carries its unit, range, default, meaning and source, and, where the value is free, the
prior it is calibrated under. The table drives the validation of scenario files, the documentation
and the arrays the rules read.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

TABLE = Path(__file__).with_suffix(".toml")
"""The parameters as data; the order of the entries fixes the layout of the model's arrays."""

UNITS = (
    "authority", "authority per factor of ten", "bids", "delegations per month", "elasticity",
    "introductions per month", "log of the ratio", "log-odds",
    "log-odds per factor of ten", "log-odds per month", "months", "per factor of ten",
    "per unit of authority", "probability", "probability per month", "ratio", "share",
    "share per month", "stance", "trips per month", "trust", "twinnings per year", "utility",
    "utility per factor of ten", "visits per year",
)  # fmt: skip
"""Units that a parameter may have."""

PRIORS = ("uniform(low, high)", "loguniform(low, high)", "normal(mean, sd)",
          "lognormal(median, sd of the logarithm)", "beta(a, b)")  # fmt: skip
"""Priors that a parameter may have; all are cut off at the parameter's range."""

_NUMBER = r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*"
_PRIOR = re.compile(rf"\s*([a-z]+)\s*\({_NUMBER},{_NUMBER}\)\s*")
# Without a low line in the group, no two names give the same field.
_NAME = re.compile(r"[a-z][a-z0-9]*\.[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Parameter:
    """Describe one number of the model.

    Parameters
    ----------
    name
        Dotted name, ``group.what``.
    unit
        One of :data:`UNITS`; ``share`` and ``probability`` are dimensionless in [0, 1].
    low, high
        Smallest and largest value allowed, inclusive.
    default
        Value used when a scenario does not set it.
    meaning
        What the number does, in one sentence.
    source
        Passage of the report (Myers 2020), a named source, or a stated assumption.
    prior
        Prior distribution, as text, for the parameters to be calibrated; None if held fixed.
    """

    name: str
    unit: str
    low: float
    high: float
    default: float
    meaning: str
    source: str
    prior: str | None = None

    @property
    def group(self) -> str:
        """Return the part of the name before the first dot."""
        return self.name.split(".", 1)[0]

    @property
    def field(self) -> str:
        """Return the name of the field that carries the value in the model's arrays."""
        return self.name.replace(".", "_")


_NUMBERS = ("low", "high", "default")
_FIELDS = ("unit", *_NUMBERS, "prior", "meaning", "source")


class _Fault(NamedTuple):
    """Say what is wrong at a place of the table."""

    path: tuple[str, ...]
    message: str
    allowed: str
    given: str = ""
    valid: tuple[str, ...] = ()


def prior_terms(prior: str) -> tuple[str, float, float] | None:
    """Return the form of a prior and its two numbers; None if it is none of :data:`PRIORS`."""
    found = _PRIOR.fullmatch(prior)
    known = found and any(form.startswith(f"{found[1]}(") for form in PRIORS)
    return (found[1], float(found[2]), float(found[3])) if found and known else None


def read_parameters(file: Path = TABLE) -> dict[str, Parameter]:
    """Return the parameters that a table describes, by name, in its order.

    Raises
    ------
    InputError
        If the file is no such table: with the file, the line and the field of each fault.
    """
    text = file.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        raise _not_toml(error, text, file) from None
    entries = {
        (group, what): entry
        for group, below in data.items()
        for what, entry in (below.items() if isinstance(below, dict) else (("", below),))
    }
    faults = [fault for path, entry in entries.items() for fault in _faults(path, entry)]
    if faults:
        _refuse(faults, text, file)
    return {
        ".".join(path): Parameter(".".join(path), **entry | {n: float(entry[n]) for n in _NUMBERS})
        for path, entry in entries.items()
    }


def _faults(path: tuple[str, str], entry: Any) -> Iterator[_Fault]:
    """Yield what is wrong with an entry; what its values are only where it has the fields."""
    name = ".".join(path)
    if not isinstance(entry, dict) or not _NAME.fullmatch(name):
        allowed = "tables [group.name], in small letters, digits and low lines after the dot"
        yield _Fault(tuple(filter(None, path)), "is no entry of a parameter", allowed)
        return
    wrong = [
        _Fault((*path, key), "there is no such field", ", ".join(_FIELDS), key, _FIELDS)
        for key in entry
        if key not in _FIELDS
    ]
    for key in _FIELDS:
        allowed = "a finite number" if key in _NUMBERS else "text in quotes"
        if key not in entry:
            wrong += [_Fault((*path, key), "is missing", allowed)] if key != "prior" else []
        elif not (_is_number if key in _NUMBERS else _is_text)(entry[key]):
            wrong.append(_Fault((*path, key), f"{entry[key]!r} is not {allowed}", allowed))
    yield from wrong or _faults_of_values(path, entry)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _faults_of_values(path: tuple[str, str], entry: dict[str, Any]) -> Iterator[_Fault]:
    """Yield what is wrong with the values of an entry whose fields are of the right kind."""
    low, high, unit, prior = entry["low"], entry["high"], entry["unit"], entry.get("prior")
    if not low < high:
        yield _Fault((*path, "low"), f"{low} is out of range", f"a number below high, {high}")
    elif not low <= entry["default"] <= high:
        said = f"{entry['default']} is out of range"
        yield _Fault((*path, "default"), said, f"a number from low to high, {low} to {high}")
    if unit not in UNITS:
        allowed = f"{', '.join(UNITS)}; a new one is added to UNITS in sim/core/parameters.py"
        yield _Fault((*path, "unit"), f"there is no unit {unit!r}", allowed, unit, UNITS)
    if prior is not None and prior_terms(prior) is None:
        yield _Fault((*path, "prior"), f"{prior!r} is no prior", ", ".join(PRIORS))


# What says that the table is wrong is imported late: compiled code doesn't depend on it.
def _not_toml(error: ValueError, text: str, file: Path) -> Exception:
    """Return the error about a text that is no TOML, as one with a name given twice is not."""
    from sim.core.errors import InputError
    from sim.core.line_finder import syntax_error_place

    message, line = syntax_error_place(error, text)
    return InputError(message, file=file, line=line)


def _refuse(faults: list[_Fault], text: str, file: Path) -> None:
    """Raise what is wrong with a table."""
    from sim.core.errors import InputError, nearest_name, refuse
    from sim.core.line_finder import LineFinder

    lines = LineFinder(text)
    errors = [
        InputError(
            fault.message,
            file=file,
            line=lines.line_of(fault.path),
            field=".".join(fault.path),
            allowed=fault.allowed,
            nearest=nearest_name(fault.given, fault.valid),
        )
        for fault in faults
    ]
    refuse(errors)


PARAMETERS: dict[str, Parameter] = read_parameters()


def default_values() -> dict[str, float]:
    """Return every parameter's default by name."""
    return {name: entry.default for name, entry in PARAMETERS.items()}
