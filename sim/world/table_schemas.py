"""Every table of a world: what its columns hold and which rules its rows obey.

The description is data, ``table_schemas.toml`` beside this file. The loader, its error messages
and the documentation all read it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.core.calendar import month_index
from sim.core.enums import SIGNALS
from sim.core.table_reader.columns import LONGEST_SOURCE, Column

COUNTRY, LOCALITY, PROVINCE = "countries.iso3", "localities.code", "provinces.code"
_ENDS = {"low": month_index("1990-01"), "high": month_index("2100-12")}
"""First and last month of a period of a series."""
_KINDS: dict[str, dict[str, Any]] = {
    "share": {"kind": "number", "low": 0.0, "high": 1.0},
    "number": {"kind": "number", "low": 0.0},
    "month": {"kind": "month", **_ENDS, "low": month_index("1800-01")},
    "start": {"kind": "month", **_ENDS, "meaning": "First month."},
    "end": {
        "kind": "month",
        **_ENDS,
        "meaning": "First month after; blank if still open.",
        "required": False,
    },
    "slug": {"kind": "text", "pattern": "[a-z0-9][a-z0-9_-]*"},
    "country": {"kind": "text", "meaning": "Country, ISO 3166-1 alpha-3.", "refers": COUNTRY},
    "source": {
        "kind": "text",
        "meaning": "Source of the row's figures.",
        "longest": LONGEST_SOURCE,
        "lettered": True,
    },
}
"""What columns of a kind have in common, where this is more than their type."""


def column(
    name: str, kind: str = "text", meaning: str = "", *words: str, blank: bool = False, **given: Any
) -> Column:
    """Describe a column of a kind that the head of ``table_schemas.toml`` lists.

    Only ``words`` are allowed if there are any, and blank cells if it may be ``blank``; ``since``
    is the first month allowed, all else is as :class:`Column` has it.
    """
    found: dict[str, Any] = {"kind": kind, "allowed": words} | _KINDS.get(kind, {}) | given
    found |= {"meaning": meaning} if meaning else {}
    found |= {"required": False} if blank else {}
    if (since := found.pop("since", None)) is not None:
        found["low"] = month_index(since)
    return Column(name, **found)


@dataclass(frozen=True)
class Given:
    """Require ``then`` to be filled (or blank) where ``when`` holds one of ``values``."""

    when: str
    values: tuple[str, ...]
    then: str
    filled: bool


@dataclass(frozen=True)
class Each:
    """Require a row here for each row of another table.

    ``refers`` names the other table's column, ``column`` the one here; with ``by`` (a
    month, YYYY-MM) the row's ``start`` must not be later.
    """

    refers: str
    column: str
    by: str = ""


@dataclass(frozen=True)
class Levels:
    """Hold levels, in the column ``value``, to what another table declares of each ``series``.

    It declares ``low``, ``high`` and ``default``; a series without a default must have a level in
    every month from ``since`` (YYYY-MM) on.
    """

    table: str
    series: str
    value: str
    since: str


@dataclass(frozen=True)
class TableSchema:
    """Describe one CSV file: ``name`` plus ``.csv``; see the head of ``table_schemas.toml``."""

    name: str
    meaning: str
    fields: tuple[Column, ...]
    key: tuple[str, ...]
    ascending: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    complete: tuple[str, tuple[str, ...]] | None = None
    each: tuple[Each, ...] = ()
    given: tuple[Given, ...] = ()
    levels: Levels | None = None
    spans: tuple[str, ...] = ()
    ordered: tuple[str, str] | None = None
    differ: tuple[str, str] | None = None
    may_be_empty: bool = False
    of_runs: bool = True
    every_year: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns in their usual order."""
        return tuple(f.name for f in self.fields)

    def __getitem__(self, name: str) -> Column:
        """Return the field of that name."""
        return self.fields[self.columns.index(name)]


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _schema(name: str, entry: dict[str, Any]) -> TableSchema:
    """Return the schema that an entry of the file describes."""

    def read(found: dict[str, Any]) -> dict[str, Any]:
        return {key: _frozen(value) for key, value in found.items()}

    fields = tuple(column(n, **read(given)) for n, given in entry.pop("fields").items())
    rules: dict[str, Any] = {
        rule: tuple(kind(**read(one)) for one in entry.pop(rule, ()))
        for rule, kind in (("each", Each), ("given", Given))
    }
    if "levels" in entry:
        rules["levels"] = Levels(**entry.pop("levels"))
    if "complete" in entry:
        rules["complete"] = (entry.pop("complete"), SIGNALS)
    return TableSchema(name, fields=fields, **rules, **read(entry))


TABLES: dict[str, TableSchema] = {
    name: _schema(name, entry)
    for name, entry in tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    ).items()
}
"""Every table by name; a table comes after the tables it refers to."""
