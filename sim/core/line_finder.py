"""Find the line of every key in a TOML text, which the standard parser does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from typing import Any

KeyPath = tuple[str | int, ...]
"""Where a value is: names of keys, and numbers of array elements from 0."""

_CLOSERS = ("", "\n]", "\n]]", "\n]]]")
"""What may close a value that goes on over the next lines, so that its beginning can be parsed."""
_MOST = 4_000_000
"""Most characters parsed in search of lines: a value of thousands of lines takes their square."""
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)$")
_AT_END = re.compile(r"\s*\(at end of document\)$")


class LineFinder:
    """Map the keys of one TOML text to the lines they stand on.

    The text must be one that ``tomllib.loads`` accepts. It is parsed anew, statement by statement.
    """

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """Return the line (from 1) on which each key, or element of an array, first stands."""
        found: dict[KeyPath, int] = {}
        table: KeyPath = ()
        arrays: dict[KeyPath, int] = {}
        for line, text, data in _parsed(self._text):
            if text.lstrip().startswith("["):
                table = _header(data, arrays)
                for length in range(1, len(table) + 1):
                    found.setdefault(table[:length], line)
            else:
                for path in _paths(data, table):
                    found.setdefault(path, line)
        return found

    def line_of(self, path: KeyPath) -> int | None:
        """Return the line of a key, or of the nearest thing around it; None of the document."""
        ends = range(len(path), 0, -1)
        return next((self.lines[path[:n]] for n in ends if path[:n] in self.lines), None)


def _parsed(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield the line, the text so far and the data of each statement, and of its beginnings."""
    statement, parsed, start = "", 0, 1
    for number, line in enumerate(text.split("\n"), start=1):
        statement += f"{line}\n"
        for closer in _CLOSERS:
            parsed += len(statement)
            if parsed > _MOST:
                return
            try:
                data = tomllib.loads(statement + closer)
            except (ValueError, RecursionError):
                continue
            yield start, statement, data
            start, statement = number + 1, statement if closer else ""
            break


def _header(data: Any, arrays: dict[KeyPath, int]) -> KeyPath:
    """Return the path of a table from its header alone; count the elements of arrays of tables."""
    path: KeyPath = ()
    while data and not isinstance(data, list):
        if path in arrays:
            path = (*path, arrays[path])
        ((name, data),) = data.items()
        path = (*path, name)
    if data:
        arrays[path] = arrays.get(path, -1) + 1
        path = (*path, arrays[path])
    return path


def _paths(value: Any, above: KeyPath) -> Iterator[KeyPath]:
    """Yield the path of everything in a parsed value."""
    parts = enumerate(value) if isinstance(value, list) else ()
    for key, item in value.items() if isinstance(value, dict) else parts:
        yield (*above, key)
        yield from _paths(item, (*above, key))


def syntax_error_place(error: ValueError, text: str) -> tuple[str, int | None]:
    """Return what is wrong with a text of which ``tomllib.loads`` raised an error, and the line."""
    if not isinstance(error, tomllib.TOMLDecodeError):
        # Python refuses to read integers of thousands of digits.
        return "holds a number of too many digits", None
    message = str(error)
    place = _AT_LINE.search(message)
    line = int(place.group(1)) if place else None
    if place is None:
        place = _AT_END.search(message)
        line = len(text.rstrip().splitlines()) if place else None
    return f"is not valid TOML: {message[: place.start()] if place else message}", line
