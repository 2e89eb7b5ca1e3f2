"""Numbers as people and spreadsheets write them: which mark parts decimals, which thousands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(
    r"[+-]?\d{1,3}(([.,' \u00a0\u202f\u2019])\d{3})(\2\d{3})*([.,]\d+)?", re.ASCII
)
_UNSURE = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


@dataclass(frozen=True)
class Unread:
    """Say what is wrong with the form of a cell."""

    message: str


@dataclass(frozen=True)
class Decimals:
    """Say which mark a file writes before decimals; empty where no cell shows it."""

    mark: str = ""

    @classmethod
    def shown_by(cls, cells: Iterable[str]) -> Decimals:
        """Return how cells write decimals, as the first one shows it that can mean one thing.

        ``2,5`` shows a comma, ``1.234`` nothing: it may be a decimal or a thousand.
        """
        return cls(next(filter(None, map(_mark, cells)), ""))

    def read(self, cell: str, low: float | None, high: float | None) -> float | Unread:
        """Return the number that a cell, without spaces around it, holds, or what is wrong with it.

        A mark cannot part thousands where the number would then be beyond what the column
        may hold, from ``low`` to ``high``.
        """
        if not _NUMBER.fullmatch(cell):
            if _GROUPED.fullmatch(cell):
                return Unread(f"{cell!r} has marks between thousands; leave these out")
            return Unread(f"{cell!r} is not a number")
        mark = "," if "," in cell else "." if "." in cell else ""
        value = float(cell.replace(",", "."))
        if not mark or mark == self.mark:
            return value
        whole = re.sub("[.,]", "", cell)
        if _UNSURE.fullmatch(cell):
            possible = (low is None or float(whole) >= low) and (
                high is None or float(whole) <= high
            )
            if self.mark:
                return Unread(
                    f"{cell!r} has a mark between thousands, since decimals here have a "
                    f"{_WORDS[self.mark]}; write {whole}"
                )
            if possible:
                return Unread(
                    f"{cell!r} may be a decimal or a thousand; write {whole}, or {cell}0 for the "
                    "decimal"
                )
        if self.mark:
            return Unread(
                f"{cell!r} has a {_WORDS[mark]} before decimals, other cells a {_WORDS[self.mark]}"
            )
        return value


_WORDS = {".": "point", ",": "comma"}


def _mark(cell: str) -> str:
    """Return the mark that a cell shows to part decimals, or an empty text."""
    if _UNSURE.fullmatch(cell):
        return ""
    if _NUMBER.fullmatch(cell):
        return "," if "," in cell else "." if "." in cell else ""
    found = _GROUPED.fullmatch(cell)
    if found is None or found.group(2) not in ".,":
        return ""
    return "," if found.group(2) == "." else "."
