"""Read the cells of a CSV file that a user brings, with errors that point at them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from sim.errors import InputError, nearest_name

MOST_BYTES = 100_000_000


class Cells:
    """Hold the cells of a CSV file and make errors that point into it.

    Blank lines are skipped, and spaces around cells are left out.

    Parameters
    ----------
    path
        The file.
    columns
        The columns it may have, in words.

    Attributes
    ----------
    digest
        SHA-256 of the file.
    names
        Names of the columns.
    lines
        For each row the line of the file on which it ends, from 1.

    Raises
    ------
    InputError
        If it cannot be read or is no CSV file with rows.
    """

    def __init__(self, path: Path, columns: str) -> None:
        self.path = path
        content = _bytes(path)
        self.digest = hashlib.sha256(content).hexdigest()
        text = _text(path, content)
        self.names, self.rows, self.lines = _split(path, text, columns)

    def has(self, name: str) -> bool:
        """Tell whether the file has a column."""
        return name in self.names

    def column(self, name: str) -> list[str]:
        """Return the cells of a column."""
        at = self.names.index(name)
        return [row[at].strip() for row in self.rows]

    def error(
        self,
        message: str,
        row: int,
        field: str,
        allowed: str | None = None,
        nearest: str | None = None,
    ) -> InputError:
        """Return an error that points at a cell."""
        return InputError(
            message,
            file=self.path,
            line=self.lines[row],
            field=field,
            allowed=allowed,
            nearest=nearest,
        )


def _bytes(path: Path) -> bytes:
    """Return what the file holds."""
    try:
        if path.is_dir():
            raise InputError("is a folder, not a file", file=path, allowed="a CSV file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(
                "is too large for a table of counts by unit", file=path, allowed="up to 100 MB"
            )
        return path.read_bytes()
    except FileNotFoundError:
        beside = path.parent.glob("*.csv") if path.parent.is_dir() else ()
        raise InputError(
            "there is no such file",
            file=path,
            allowed="a CSV file",
            nearest=nearest_name(path.name, (other.name for other in beside)),
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"cannot be read ({reason})", file=path) from error


def _text(path: Path, content: bytes) -> str:
    """Return the file as text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "the text is not valid UTF-8",
            file=path,
            line=line,
            allowed="a CSV file in UTF-8; from a spreadsheet save as 'CSV UTF-8'",
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError("the text holds a null character", file=path, line=line)
    return text


def _split(path: Path, text: str, columns: str) -> tuple[list[str], list[list[str]], list[int]]:
    """Return the header, the rows and the line on which each row ends; skip blank lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        names = [name.strip() for name in next(reader, [])]
        if not any(names):
            raise InputError("has no line of names", file=path, line=1, allowed=columns)
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(names):
                raise InputError(
                    f"the row has {len(row)} cells",
                    file=path,
                    line=reader.line_num,
                    allowed=f"{len(names)} cells, as many as there are columns; put a text that "
                    "holds commas in double quotes",
                )
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(
            f"the CSV text is broken ({error})", file=path, line=max(reader.line_num, 1)
        ) from None
    if not rows:
        refuse_other_marks(path, names)
        raise InputError("has no rows", file=path, line=1, allowed="at least one row")
    return names, rows, lines


def refuse_other_marks(path: Path, names: Sequence[str]) -> None:
    """Refuse a header whose cells are parted by something else than commas."""
    for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) == 1 and mark in names[0]:
            raise InputError(f"the cells are parted by {word}", file=path, line=1, allowed="commas")
