"""Open a table that a user brings: CSV as spreadsheets write it, or Parquet."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.core.errors import InputError, nearest_beside

MOST_BYTES = 1_000_000_000
FORMS = "a CSV file (in UTF-8, UTF-16 or Windows-1252) or a Parquet file"

_MARKS = ",;\t|"
_SEP = re.compile(r'"?sep=(.)"?;*,*\r?\n', re.IGNORECASE)
_SPACES = " \t\u00a0"
_MOST_TITLES = 20
_BROUGHT = {
    b"PK\x03\x04": "is a workbook of a spreadsheet",
    b"\xd0\xcf\x11\xe0": "is a workbook of a spreadsheet",
    b"\x1f\x8b": "is compressed",
}


@dataclass
class Opened:
    """Hold what a file holds, as written, and what is wrong with its form.

    ``columns`` has for each of the ``names`` its cells: text without spaces around it, numbers
    where the file has numbers, None for missing ones. ``lines`` has for each row the line on
    which it ends, from 1, and is None where a file has no lines.
    """

    path: Path
    digest: str
    names: list[str] = field(default_factory=list)
    columns: list[list[Any]] = field(default_factory=list)
    lines: list[int] | None = None
    faults: list[InputError] = field(default_factory=list)


def open_table(path: Path, known: Collection[str], content: bytes | None = None) -> Opened:
    """Return what a file holds, with what is wrong with its form.

    By ``known``, the columns it may have, the mark between its cells is recognised. ``content``
    is what it holds; read if None.
    """
    opened = Opened(path, "")
    try:
        content = _bytes(path) if content is None else content
        opened.digest = hashlib.sha256(content).hexdigest()
        for magic, said in _BROUGHT.items():
            if content.startswith(magic):
                raise InputError(said, file=path, allowed=f"{FORMS}; save or unpack it as one")
        if content.startswith(b"PAR1") or path.suffix.lower() in {".parquet", ".pq"}:
            _read_parquet(opened, content)
        else:
            _read_csv(opened, _text(path, content), known)
    except InputError as error:
        opened.faults.append(error)
    return opened


def _bytes(path: Path) -> bytes:
    """Return what the file holds."""
    try:
        if path.is_dir():
            raise InputError("is a folder, not a file", file=path, allowed=FORMS)
        if path.stat().st_size > MOST_BYTES:
            raise InputError("is too large for a table", file=path, allowed="up to 1 GB")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            "there is no such file", file=path, allowed=FORMS, nearest=nearest_beside(path)
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"cannot be read ({reason})", file=path) from error


# --- CSV


def _text(path: Path, content: bytes) -> str:
    """Return a CSV file as text."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        text = _of_windows(path, content, error)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError("the text holds a null character", file=path, line=line, allowed=FORMS)
    return text


def _of_windows(path: Path, content: bytes, error: UnicodeDecodeError) -> str:
    """Return the text of a file in Windows-1252, which holds Latin-1.

    A file that holds accented letters in UTF-8 too is broken, not of another encoding.
    """
    try:
        text = content.decode("cp1252")
        broken = bool(re.search(r"[\u00c3\u00c2][\u0080-\u00bf]", content.decode("latin-1")))
    except UnicodeDecodeError:
        broken = True
    if not broken and error.encoding == "utf-8":
        return text
    line = content.count(b"\n", 0, error.start) + 1
    raise InputError(
        f"the text is not valid {error.encoding.upper()}",
        file=path,
        line=line,
        allowed="a CSV file in UTF-8; from a spreadsheet save as 'CSV UTF-8'",
    ) from None


def _read_csv(opened: Opened, text: str, known: Collection[str]) -> None:
    """Split a text into columns; skip blank rows."""
    path, said = opened.path, _SEP.match(text)
    body = text[said.end() :] if said else text
    above = _lines_above(body, known)
    skipped = above + (1 if said else 0)
    body = body.split("\n", above)[above]
    mark = said.group(1) if said else _mark_of(body, known)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=mark, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        opened.names = [name.strip(_SPACES) for name in next(reader, [])]
        if not any(opened.names):
            what = "the file is empty: it has no line of names"
            header = f"the header {', '.join(known)}"[:400]
            raise InputError(what, file=path, line=skipped + 1, allowed=header)
        for row in reader:
            cells = [cell.strip(_SPACES) for cell in row]
            if len(row) == len(opened.names):
                if any(cells):
                    rows.append(cells)
                    lines.append(reader.line_num + skipped)
            elif any(cells):
                opened.faults.append(_ragged(opened, len(row), reader.line_num + skipped))
    except csv.Error as error:
        line = max(reader.line_num, 1) + skipped
        raise InputError(f"the CSV text is broken ({error})", file=path, line=line) from None
    finally:
        opened.columns = [list(cells) for cells in zip(*rows, strict=True)]
        opened.columns = opened.columns or [[] for _ in opened.names]
        opened.lines = lines


def _lines_above(text: str, known: Collection[str]) -> int:
    """Return how many lines of titles stand above the line of names: the first with two of them."""
    for above, line in enumerate(text.split("\n", _MOST_TITLES)[:_MOST_TITLES]):
        cells = {cell.strip(_SPACES + '\r"') for cell in re.split(f"[{_MARKS}]", line)}
        if len(cells & set(known)) >= (2 if above else 1):
            return above
    return 0


def _mark_of(text: str, known: Collection[str]) -> str:
    """Return the mark that parts the names of most known columns."""
    header = text.partition("\n")[0]

    def fit(mark: str) -> tuple[int, int]:
        try:
            names = next(csv.reader([header], delimiter=mark), [])
        except csv.Error:
            return 0, 0
        return sum(name.strip(_SPACES) in known for name in names), len(names)

    # The first of equals is taken.
    return max(_MARKS, key=fit)


def _ragged(opened: Opened, cells: int, line: int) -> InputError:
    return InputError(
        f"the row has {cells} cells",
        file=opened.path,
        line=line,
        allowed=f"{len(opened.names)} cells, as many as there are columns; double quotes around a "
        "text or number that holds the mark between cells",
    )


# --- Parquet


def _read_parquet(opened: Opened, content: bytes) -> None:
    """Read columns of numbers and text; refuse others."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(io.BytesIO(content)).read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise InputError("cannot be read as Parquet", file=opened.path, allowed=FORMS) from error
    index = (table.schema.pandas_metadata or {}).get("index_columns", [])
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name in index:
            continue
        try:
            cells = list(_cells(column))
        except ValueError as error:
            what = f"holds {error}, which no cell of a table can"
            opened.faults.append(
                InputError(what, file=opened.path, field=name, allowed="numbers or text")
            )
            continue
        opened.names.append(name)
        opened.columns.append(cells)


def _cells(column: Any) -> Iterator[Any]:
    """Return a Parquet column's cells: text, numbers, or None where one is missing.

    ValueError, saying what it holds, if it holds anything else.
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        column = column.cast(kind)
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        cells = column.cast(pa.float64()).to_pylist()
        return (None if cell is None or math.isnan(cell) else cell for cell in cells)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return (None if cell is None else cell.strip(_SPACES) for cell in column.to_pylist())
    if pa.types.is_integer(kind) or pa.types.is_null(kind):
        return iter(column.to_pylist())
    raise ValueError("true and false" if pa.types.is_boolean(kind) else f"{kind} values")
