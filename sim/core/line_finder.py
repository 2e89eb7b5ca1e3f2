"""Find the line of every key in a TOML text, which the standard parser does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

KeyPath = tuple[str | int, ...]
"""Where a value is: names of keys, and numbers of array elements from 0."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")
# No key of ours is this deep; without a limit a long dotted key would take quadratic time.
_DEEPEST = 16
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)$")
_AT_END = re.compile(r"\s*\(at end of document\)$")


class LineFinder:
    """Map the keys of one TOML text to the lines they stand on.

    The text must be valid: this reads no more of the grammar than it takes to walk from key
    to key.

    Parameters
    ----------
    text
        A text that ``tomllib.loads`` accepts.
    """

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._line = 1
        self._counted = 0
        # How many elements each array of tables has so far.
        self._arrays: dict[KeyPath, int] = {}
        self.lines: dict[KeyPath, int] = {}
        self._read_document()

    def line_of(self, path: KeyPath) -> int | None:
        """Return the line (from 1) of a key, or of the nearest thing around it.

        Returns None for the document as a whole.
        """
        for length in range(len(path), 0, -1):
            found = self.lines.get(path[:length])
            if found is not None:
                return found
        return None

    def _skip(self, pattern: re.Pattern[str]) -> str:
        """Move past what the pattern matches here and return it."""
        found = pattern.match(self._text, self._at)
        if found is None:
            # Only reached if the text is not valid: move on rather than stand still.
            self._at = min(self._at + 1, len(self._text))
            return ""
        self._at = found.end()
        return found.group()

    def _next(self) -> str:
        """Return the next character, or nothing at the end."""
        return self._text[self._at : self._at + 1]

    def _record(self, path: KeyPath, at: int) -> None:
        """Note that the key at an offset stands for a path; the first mention counts."""
        self._line += self._text.count("\n", self._counted, at)
        self._counted = at
        self.lines.setdefault(path, self._line)

    def _read_document(self) -> None:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text.startswith("[[", self._at):
                table = self._read_header(brackets=2)
            elif self._next() == "[":
                table = self._read_header(brackets=1)
            else:
                self._read_pair(table)
            self._skip(_BLANK)

    def _read_header(self, brackets: int) -> KeyPath:
        start = self._at
        self._at += brackets
        path = self._within(self._read_key())
        for length in range(1, len(path)):
            self._record(path[:length], start)
        self._skip(_SPACE)
        self._at += brackets
        if brackets == 2:
            number = self._arrays.get(path, 0)
            self._arrays[path] = number + 1
            self._record(path, start)
            path = (*path, number)
        self._record(path, start)
        return path

    def _within(self, key: list[str]) -> KeyPath:
        """Return a header's path, with the current element of each array of tables above."""
        path: KeyPath = ()
        for depth, part in enumerate(key):
            path = (*path, part)
            if depth < len(key) - 1 and path in self._arrays:
                path = (*path, self._arrays[path] - 1)
        return path

    def _read_key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_SPACE)
            if self._next() in {'"', "'"}:
                parts.append(_unquoted(self._skip(_STRING)))
            else:
                parts.append(self._skip(_BARE))
            self._skip(_SPACE)
            if self._next() != ".":
                return parts[:_DEEPEST]
            self._at += 1

    def _read_pair(self, table: KeyPath) -> None:
        start = self._at
        path = (*table, *self._read_key())
        for length in range(len(table) + 1, len(path) + 1):
            self._record(path[:length], start)
        self._at += 1  # the equals sign
        self._read_value(path)

    def _read_value(self, path: KeyPath) -> None:
        self._skip(_SPACE)
        opening = self._next()
        if opening in {'"', "'"}:
            self._skip(_STRING)
        elif opening == "[":
            self._read_array(path)
        elif opening == "{":
            self._read_inline(path)
        else:
            self._skip(_SCALAR)

    def _read_array(self, path: KeyPath) -> None:
        self._at += 1
        number = 0
        self._skip(_BLANK)
        while self._next() not in {"]", ""}:
            self._record((*path, number), self._at)
            self._read_value((*path, number))
            number += 1
            self._skip(_BLANK)
            if self._next() == ",":
                self._at += 1
                self._skip(_BLANK)
        self._at += 1

    def _read_inline(self, path: KeyPath) -> None:
        self._at += 1
        self._skip(_BLANK)
        while self._next() not in {"}", ""}:
            self._read_pair(path)
            self._skip(_BLANK)
            if self._next() == ",":
                self._at += 1
                self._skip(_BLANK)
        self._at += 1


def _unquoted(quoted: str) -> str:
    """Return the name that a quoted key stands for."""
    try:
        values: Mapping[str, object] = tomllib.loads(f"key = {quoted}")
    except tomllib.TOMLDecodeError:
        return quoted
    return str(values["key"])


def syntax_error_place(error: ValueError, text: str) -> tuple[str, int | None]:
    """Return what is wrong with a text that is no TOML, and the line if known.

    Parameters
    ----------
    error
        What ``tomllib.loads`` raised.
    text
        The text it was given.
    """
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
