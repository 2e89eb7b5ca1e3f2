"""Parquet files that are known by their content: each name ends in a hash of it.

What is read is held against the name first, so that no damaged file is taken for data.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq


def parquet_bytes(table: pa.Table, notes: Mapping[str, str] | None = None) -> bytes:
    """Return a table as a Parquet file; equal tables give equal bytes.

    Pages carry checksums, for those who read files without this package.

    Parameters
    ----------
    table
        A chunk's table; one of runs has a column ``error``.
    notes
        What the file says of itself.
    """
    # A chunk of runs has more columns than its rows would pay for statistics and dictionaries.
    short = {"write_statistics": False, "use_dictionary": ["error"]}
    settings = short if "error" in table.column_names else {}
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema,
        compression="zstd",
        store_schema=False,
        write_page_checksum=True,
        **settings,
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(dict(notes or {}))
    content: bytes = sink.getvalue().to_pybytes()
    return content


def parquet_table(content: bytes, columns: list[str] | None = None) -> pa.Table:
    """Return the table of a Parquet file, or some of its columns.

    Files are small and many. One thread reads them as fast, and Arrow's pool of threads is left
    alone: a process that ends right after using it may be aborted.

    Raises
    ------
    ArrowException, OSError
        If it is no such file, or a checksum of its pages is wrong.
    """
    file = pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True)
    return file.read(columns=columns, use_threads=False)


def notes_of(content: bytes) -> dict[str, str]:
    """Return what a Parquet file says of itself.

    Raises
    ------
    ArrowException, OSError
        If it is no such file.
    """
    notes = pq.read_metadata(io.BytesIO(content)).metadata or {}
    return {key.decode(): value.decode() for key, value in notes.items()}


def named(beginning: str, content: bytes) -> str:
    """Return the name of a file with this content."""
    return f"{beginning}-{_hash(content)}.parquet"


def fits_name(name: str, content: bytes) -> bool:
    """Return whether a file's content is what its name promises."""
    return name.endswith(f"-{_hash(content)}.parquet")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
