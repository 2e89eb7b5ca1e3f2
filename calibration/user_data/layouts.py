"""Read lists in the layouts in which others publish them, and resolve the names in them."""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from sim.core.errors import InputError, Near, folded, known_name, nearest_name, refuse
from sim.core.table_reader import Column, UserTable, read_table
from sim.core.table_reader.columns import Kind
from sim.core.table_reader.numbers import Decimals, Unread
from sim.core.table_reader.opening import open_table
from sim.world import World
from sim.world.names import COUNTRIES, LOCALITIES, PlaceNames

ROLES = ("record", "country", "place", "year", "amount")
_YEAR = re.compile(r"(\d{4})(?!\d)")
_THOUSANDS = re.compile(r",(?=\d{3}(\D|$))")
_ASKED = "where "
"""Begins the names of columns that conditions are about, which may be those of roles too."""
Cells = tuple[str, ...]
"""What a row's columns of one role hold, without blanks."""


@dataclass(frozen=True)
class Layout:
    """Say which columns of a published list are read; see ``layouts.toml``."""

    title: str
    country: tuple[str, ...]
    record: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    amount: tuple[str, ...] = ()
    million: float = 1.0
    where: tuple[str, ...] = ()
    least: float = 0.0
    outcome: str = "deals"
    cities: bool = False


LAYOUTS = TypeAdapter(dict[str, Layout]).validate_python(
    tomllib.loads(Path(__file__).with_name("layouts.toml").read_text(encoding="utf-8"))
)


def known_layout(name: str) -> Layout:
    """Return a layout; refuse a name of none by InputError."""
    return LAYOUTS[known_name("format", name, LAYOUTS, argument="layout")]


def layout_of(path: Path) -> str | None:
    """Return the layout that a file has by the names of its columns, None if that is not clear."""
    columns = {
        name: {role: set(map(folded, getattr(layout, role))) for role in ROLES}
        for name, layout in LAYOUTS.items()
    }
    every = [n for layout in LAYOUTS.values() for role in ROLES for n in getattr(layout, role)]
    there = set(map(folded, open_table(path, every).names))
    found = {
        name: {role for role, names in roles.items() if there & names}
        for name, roles in columns.items()
    }
    # A country and a year alone may stand in any table.
    marks = {name: len(roles) for name, roles in found.items() if roles - {"country", "year"}}
    best = [name for name, count in marks.items() if count == max(marks.values()) and count > 1]
    return best[0] if len(best) == 1 else None


@dataclass
class Listed:
    """Hold the rows of a table that can be compared, by their number in the file.

    ``rows`` has ``unit``, ``amount`` (of values in US$ million) and maybe ``year`` and ``sector``
    (code); ``measure`` is ``count`` or ``value``. ``aside`` counts those set aside by reason.
    ``unknown`` tells the names that mean no place of the world, most frequent first, with ``rows``
    and ``nearest``: ``elsewhere`` countries unlike any of the region's, ``unresolved`` the others.
    ``level`` is ``country`` or ``locality``, ``units`` are the codes that occur, in the world's
    order.
    """

    file: UserTable
    rows: pd.DataFrame
    measure: str
    aside: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    level: str = ""
    units: tuple[str, ...] = ()

    def keep(self, mask: pd.Series, reason: str) -> None:
        """Set the other rows aside."""
        count = int((~mask).sum())
        if count:
            self.aside[reason] = self.aside.get(reason, 0) + count
            self.rows = self.rows[mask]


def read_listed(
    path: Path, world: World, layout: Layout, by: str | None, value: bool, where: Sequence[str],
    least: float, records: Path | None,
) -> Listed:  # fmt: skip
    """Return the rows of a published list, each place by its code.

    Places are compared ``by`` ``country`` or ``locality``, by default the latter if the list names
    places; amounts in US$ million if a ``value`` is asked for, else every row counts one. ``where``
    holds ``COLUMN=VALUE``: only such rows are kept, beside those of the layout. Amounts below
    ``least`` are set aside. With places by record, ``records`` is the table that has the records'
    years and other columns.
    """
    wanted = dict(_condition(text) for text in (*layout.where, *where))
    if records is None:
        file, cells = _sheet(path, layout, list(wanted), value or least > 0)
        file.refuse()
    else:
        own = LAYOUTS["gcdf"]
        wanted |= dict(_condition(text) for text in own.where)
        file, cells = _sheet(path, layout, [], value)
        other, more = _sheet(records, own, list(wanted), least > 0)
        file.faults += other.faults
        file.refuse()
        more = more.drop_duplicates("record").set_index("record").drop(columns=["country"])
        more = more.rename(columns={"amount": "whole"})
        cells = cells.drop(columns=["year"], errors="ignore").join(more, "record")
    listed = Listed(file, cells, "value" if value else "count")
    for name, allowed in wanted.items():
        said = listed.rows[_ASKED + name].map(lambda cell: folded(str(cell)))
        listed.keep(said.isin(allowed), "where")
    if "year" in cells:
        listed.keep(listed.rows["year"].notna(), "no_year")
    size = listed.rows.get("whole", listed.rows.get("amount"))
    if least and size is not None:
        listed.keep(size >= least, "small")
    if value:
        listed.keep(listed.rows["amount"].notna(), "no_amount")
    else:
        listed.rows = listed.rows.assign(amount=1.0)
    _resolve(listed, world, by != "country" and "place" in cells, layout.cities)
    if "record" in listed.rows and not value:
        listed.keep(~listed.rows.duplicated(["record", "unit"]), "again")
    return listed


def _condition(text: str) -> tuple[str, set[str]]:
    """Return the column that a condition is about, and what it may hold."""
    name, mark, value = text.partition("=")
    if not mark:
        raise InputError(f"{text!r} has no =", argument="where", allowed="COLUMN=VALUE")
    return name.strip(), {folded(one.strip()) for one in value.split("|")}


def _sheet(
    path: Path, layout: Layout, more: Sequence[str], amounts: bool
) -> tuple[UserTable, pd.DataFrame]:
    """Return a file, and the cells of the columns that are read, by role."""
    wanted = {role: getattr(layout, role) for role in ROLES if amounts or role != "amount"}
    opened = open_table(path, [*(n for names in wanted.values() for n in names), *more])
    if not opened.names:
        refuse(opened.faults)
    there = {folded(name): name for name in opened.names}
    found = {
        role: [there[folded(name)] for name in names if folded(name) in there]
        for role, names in wanted.items()
    }
    asked = {name: there[folded(name)] for name in more if folded(name) in there}
    columns = [Column(name, "text", required=False, longest=10_000) for name in asked.values()]
    for role, names in found.items():
        texts = [c for n in names for c in opened.columns[opened.names.index(n)] if type(c) is str]
        kind: Kind = "number" if role == "amount" and not texts else "text"
        kind = "integer" if role == "year" and not layout.cities else kind
        columns += [Column(name, kind, required=False, longest=10_000) for name in names]
    file = read_table(path, columns, opened=opened, unread=None)
    for name in (name for name in more if name not in asked):
        near = nearest_name(name, opened.names)
        file.fault("there is no such column", line=1, field=name, nearest=near)
    needed = ["country"] if not found.get("place") else []
    needed += ["amount"] if amounts else []
    for role in needed:
        if not found[role]:
            allowed = " or ".join(wanted[role]) or "a format that has it"
            file.fault("this column is missing", line=1, field=role, allowed=allowed)
    cells = {role: file.values[names[0]] for role, names in found.items() if names}
    frame = pd.DataFrame(cells, index=range(len(file)))
    for role in ("country", "place"):
        if found.get(role):
            rows = zip(*(file.values[name] for name in found[role]), strict=True)
            frame[role] = [tuple(str(cell) for cell in row if cell) for row in rows]
    for name, own in asked.items():
        frame[_ASKED + name] = file.values[own]
    if "year" in frame:
        frame["year"] = _years(file, found["year"][0])
    if "amount" in frame:
        frame["amount"] = np.array(_amounts(file, found["amount"][0])) * layout.million
    file.faults.sort(key=lambda fault: fault.line or 0)
    return file, frame


def _years(file: UserTable, column: str) -> list[float]:
    """Return the years of cells that hold one or a date that begins with one; nan for blanks."""
    found = []
    for row, cell in enumerate(file.values[column]):
        is_blank = cell == "" or (isinstance(cell, float) and math.isnan(cell))
        text = "" if is_blank else str(cell).removesuffix(".0")
        year = _YEAR.match(text)
        found.append(float(year[1]) if year else np.nan)
        if text and not year:
            file.fault(f"{text!r} is no year", row=row, field=column,
                       allowed="a year of four digits, or a date that begins with one")  # fmt: skip
    return found


def _amounts(file: UserTable, column: str) -> list[float]:
    """Return amounts, as publishers and spreadsheets write them; nan for blanks."""
    found = []
    for row, cell in enumerate(file.values[column]):
        text = _THOUSANDS.sub("", str(cell).replace("US$", "").replace("$", "").strip())
        value = Decimals(".").read(text, None, None) if text not in ("", "nan") else math.nan
        if isinstance(value, Unread):
            file.fault(value.message, row=row, field=column,
                       allowed="an amount, with a point before decimals")  # fmt: skip
        found.append(math.nan if isinstance(value, Unread) else value)
    return found


# --- names


def _resolve(listed: Listed, world: World, places: bool, in_cities: bool) -> None:
    """Give each row the code of its place; set those aside whose place is not known."""
    rows = listed.rows
    names, cities = PlaceNames.of(world.tables), _cities(world) if in_cities else {}
    blank = [()] * len(rows)

    @cache
    def meant(country: Cells, place: Cells) -> tuple[str | None, str, str, Near]:
        """Return the code, or why there is none, what the cells say and what they may mean."""
        home, near = _country(names, country, place)
        said = country[-1] if country else ", ".join(place) or "(blank)"
        if country and home is None:
            return None, "unresolved" if near else "elsewhere", said, near
        code, near = _place(names, cities, home, place) if places else (home, near)
        return code, "unresolved", ", ".join([*place[-1:], *country[-1:]]) or said, near

    found = [meant(*key) for key in zip(rows.get("country", blank), rows.get("place", blank),
                                        strict=True)]  # fmt: skip
    units: list[Any] = [code for code, *_ in found]
    listed.rows = rows.assign(unit=units)
    for reason in ("elsewhere", "unresolved"):
        names_of = Counter(f[2:] for f in found if f[0] is None and f[1] == reason)
        listed.unknown[reason] = [
            {"name": said, "rows": count, "nearest": near if near is None or isinstance(near, str)
             else " or ".join(near)}
            for (said, near), count in names_of.most_common()
        ]  # fmt: skip
        mask = pd.Series([f[0] is not None or f[1] != reason for f in found], rows.index)
        listed.keep(mask[listed.rows.index], reason)


def _cities(world: World) -> dict[tuple[str, str], set[str]]:
    """Return the units of cities, by country and name."""
    home = dict(zip(world.localities["code"], world.localities["iso3"], strict=True))
    found: dict[tuple[str, str], set[str]] = {}
    for unit, name in zip(world.cities["locality"], world.cities["name"], strict=True):
        found.setdefault((home[unit], folded(name)), set()).add(unit)
    return found


def _country(names: PlaceNames, country: Cells, place: Cells) -> tuple[str | None, Near]:
    """Return the country that cells name, or what they may mean."""
    for cell in country:
        found = {code for code in names.called(cell) if names.places[code].level == COUNTRIES}
        if len(found) == 1:
            return found.pop(), None
    if country:
        is_code = any(re.fullmatch("[A-Z]{3}", cell) for cell in country)
        return None, None if is_code else names.suggest(country[-1], (COUNTRIES,))
    homes = {names.places[code].country for cell in place for code in names.called(cell)}
    return (homes.pop(), None) if len(homes) == 1 else (None, None)


def _place(
    names: PlaceNames, cities: dict[tuple[str, str], set[str]], home: str | None, place: Cells
) -> tuple[str | None, Near]:
    """Return the unit that cells name, by its own name or a city's, or what they may mean."""
    near: Near = None
    for cell in place:
        found = {
            code
            for code in names.called(cell)
            if names.places[code].level == LOCALITIES and home in (None, names.places[code].country)
        }
        found = found or cities.get((home or "", folded(cell)), set())
        # A list of units calls them by their own names, which a city may share.
        own = {code for code in found if folded(names.places[code].name) == folded(cell)}
        found = own if len(own) == 1 and not cities else found
        if len(found) == 1:
            return found.pop(), None
        near = near or names.suggest(cell, (LOCALITIES,), beside=[home] if home else [])
        units = {p.name: p.code for p in names.places.values() if p.country == home != p.code}
        near = near or units.get(nearest_name(cell, units) or "")
    return None, near
