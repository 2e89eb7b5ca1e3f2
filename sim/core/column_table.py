"""A table of the state kept column by column, so that a rule loads only what it reads."""

from __future__ import annotations

import mmap
import sys
import weakref
from collections import deque
from typing import Any, overload

import numpy as np

Array = np.ndarray[Any, Any]


_SPARE: deque[mmap.mmap] = deque(maxlen=2)
"""Memory of logs that nobody holds any more."""


def log_records(dtype: np.dtype[Any], rows: int) -> Array:
    """Return a record array for a log, whose rows hold anything until they are written.

    It takes memory only where it is written. To touch memory anew from the system costs many times
    what writing it does: so it is taken over from a log that nobody holds any more.
    """
    size = max(1, rows * dtype.itemsize)
    try:
        memory = _SPARE.pop()
    except IndexError:
        memory = _new_memory(size)
    if len(memory) != size:
        memory = _new_memory(size)
    records = np.frombuffer(memory, dtype, rows)
    # Whatever views it keeps it alive.
    weakref.finalize(records, _SPARE.append, memory).atexit = False
    return records


def _new_memory(size: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, size)
    # A process that this one forks into must not share it.
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE)


class ColumnTable:
    """Hold rows of 8-byte fields, each field in one piece of memory.

    ``table["trust"]`` is a column and ``table[row].trust`` one value, both to read and to write;
    ``table[rows]``, with a slice or an array, is a copy of several rows as a record array.

    Parameters
    ----------
    dtype
        Record dtype whose fields are all 8 bytes wide.
    rows
        Number of rows, or the memory of the table: whole numbers, shape (fields, rows).
    """

    __slots__ = ("columns", "dtype", "words")

    def __init__(self, dtype: np.dtype[Any], rows: int | Array) -> None:
        names = dtype.names or ()
        self.dtype = dtype
        self.words: Array = (
            np.zeros((len(names), rows), np.int64) if isinstance(rows, int) else rows
        )
        self.columns: dict[str, Array] = {
            name: words.view(dtype[name]) for name, words in zip(names, self.words, strict=True)
        }

    @classmethod
    def from_records(cls, records: Array) -> ColumnTable:
        """Return a table with the rows of a record array."""
        table = cls(records.dtype, len(records))
        table[:] = records
        return table

    def __len__(self) -> int:
        return int(self.words.shape[1])

    def copy(self) -> ColumnTable:
        """Return a copy."""
        return ColumnTable(self.dtype, self.words.copy())

    __copy__ = copy

    def tobytes(self) -> bytes:
        """Return all values as bytes, column by column."""
        return self.words.tobytes()

    @overload
    def __getitem__(self, key: int) -> Any: ...

    @overload
    def __getitem__(self, key: str | slice | list[int] | Array) -> Array: ...

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self.columns[key]
        if isinstance(key, int | np.integer):
            if not -len(self) <= key < len(self):
                raise IndexError(f"row {key} of {len(self)}")
            return Row(self.columns, int(key))
        words = np.ascontiguousarray(self.words[:, key].T)
        return words.view(self.dtype).reshape(-1).view(np.recarray)

    def __setitem__(self, key: Any, values: Any) -> None:
        if isinstance(key, str):
            self.columns[key][...] = values
            return
        for name, column in self.columns.items():
            column[key] = values[name]


class Row:
    """Read and write one row of a table by the names of its fields."""

    __slots__ = ("_columns", "_row")

    def __init__(self, columns: dict[str, Array], row: int) -> None:
        object.__setattr__(self, "_columns", columns)
        object.__setattr__(self, "_row", row)

    def __getitem__(self, name: str) -> Any:
        return self._columns[name][self._row]

    def __setitem__(self, name: str, value: Any) -> None:
        self._columns[name][self._row] = value

    def __getattr__(self, name: str) -> Any:
        try:
            return self._columns[name][self._row]
        except KeyError:
            raise AttributeError(f"no field {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value
