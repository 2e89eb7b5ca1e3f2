"""Where a sweep is kept, a folder or an address that fsspec knows, and its Parquet files.

Each Parquet file is known by its content: its name ends in a hash of it. What is read is held
against the name first, so that no damaged file is taken for data.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import socket
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.core import files, folders
from sim.core.errors import InputError
from sim.core.files import MachineError

LOCK = ".lock"


class Folder:
    """Keep files in a folder of this machine or one it shares with others.

    Names are relative, with ``/`` between parts; the folder of a file to be written is made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = str(folder.absolute())

    def read(self, name: str) -> bytes:
        """Return a file's content; FileNotFoundError if there is none."""
        return (self.folder / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all."""
        files.write_bytes(self._target(name), content)

    def _target(self, name: str) -> Path:
        """Return the path of a file to be, after making its folder in the sweep's own.

        MachineError if the sweep's folder is gone, or the other cannot be made.
        """
        self._check_there()
        # Whoever holds the lock has tried that the folder may be written.
        folders.use_folder(self.folder)
        target = self.folder / name
        if target.parent != self.folder:
            with files.faults(target.parent, "make the folder"):
                target.parent.mkdir(exist_ok=True)
        return target

    def _check_there(self) -> None:
        """Refuse a folder without a lock: what was locked is elsewhere, or nowhere."""
        if not (self.folder / LOCK).exists():
            raise MachineError(f"cannot go on: {files.GONE}", file=self.folder)

    def names(self, folder: str) -> list[str]:
        """Return the sorted names of the files in a folder, those being written left out."""
        try:
            with os.scandir(self.folder / folder) as found:
                return sorted(e.name for e in found if e.is_file() and not e.name.startswith("."))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def move(self, name: str, to: str) -> None:
        """Rename a file."""
        target = self._target(to)
        with files.faults(target, "move the file"):
            (self.folder / name).replace(target)

    def remove(self, name: str) -> None:
        """Remove a file; do nothing if there is none."""
        with files.faults(self.folder / name, "remove the file"):
            (self.folder / name).unlink(missing_ok=True)

    def shown(self, name: str = "") -> str:
        """Return a file's name as the user would give it."""
        return str(self.folder / name)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder; the system lets go of it when the process ends, however it ends."""
        folders.make_folder(self.folder)
        handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if _is_held(handle):
                raise InputError(
                    f"another sweep is writing here ({_holder(handle)})",
                    file=self.folder,
                    allowed="one sweep on a folder at a time",
                )
            os.truncate(handle, 0)
            who = {"process": os.getpid(), "host": socket.gethostname()}
            os.pwrite(handle, json.dumps(who).encode(), 0) if hasattr(os, "pwrite") else None
            self._clear()
            try:
                yield
            except Exception:
                # Where the folder is gone, what failed is a consequence.
                self._check_there()
                raise
            self._check_there()
            self._clear()
        finally:
            os.close(handle)

    def _clear(self) -> None:
        """Remove what interrupted writes have left behind."""
        for left in (*self.folder.glob(".part-*"), *self.folder.glob("*/.part-*")):
            with contextlib.suppress(OSError):
                left.unlink()


def _is_held(handle: int) -> bool:
    """Lock an open file, and return whether another process holds it."""
    try:
        if os.name == "nt":
            msvcrt: Any = import_module("msvcrt")
            os.lseek(handle, 4096, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # On other errors the file system has no locks; there is nothing to hold.
        return os.name == "nt" or isinstance(error, BlockingIOError)
    return False


def _holder(handle: int) -> str:
    """Return who has the lock, as written into it."""
    try:
        who = json.loads(os.read(handle, 200))
        return f"process {who['process']} on {who['host']}"
    except (ValueError, KeyError, TypeError, OSError):
        return "of which nothing is known"


class Remote:
    """Keep files at an address that fsspec knows, such as an object store.

    Such places have no locks. Two sweeps of one plan write the same files, so that nothing
    is lost but time.
    """

    def __init__(self, address: str) -> None:
        try:
            fsspec = import_module("fsspec")
        except ImportError as error:
            raise InputError(
                "an address with a protocol needs the package fsspec",
                file=address,
                allowed="a folder, or an address after: pip install 'paradiplomacy[cluster]'",
            ) from error
        try:
            self._files, self._root = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise InputError(f"cannot be used: {error}", file=address) from error
        self.address = address.rstrip("/")

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def _target(self, name: str) -> str:
        """Return the path of a file to be, after making its folder."""
        target = self._path(name)
        self._files.makedirs(self._files._parent(target), exist_ok=True)
        return target

    def read(self, name: str) -> bytes:
        """Return a file's content; FileNotFoundError if there is none."""
        return bytes(self._files.cat_file(self._path(name)))

    def write(self, name: str, content: bytes) -> None:
        """Write a file; an object store shows it when it is whole."""
        try:
            self._files.pipe_file(self._target(name), content)
        except OSError as error:
            raise MachineError(f"cannot be written: {error}", file=self.shown(name)) from error

    def names(self, folder: str) -> list[str]:
        """Return the sorted names of the files in a folder."""
        self._files.invalidate_cache()
        try:
            found = self._files.ls(self._path(folder), detail=False)
        except FileNotFoundError:
            return []
        return sorted(path.rsplit("/", 1)[-1] for path in found)

    def move(self, name: str, to: str) -> None:
        """Rename a file."""
        self._files.mv(self._path(name), self._target(to))

    def remove(self, name: str) -> None:
        """Remove a file; do nothing if there is none."""
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def shown(self, name: str = "") -> str:
        """Return a file's address."""
        return f"{self.address}/{name}" if name else self.address

    def lock(self) -> contextlib.nullcontext[None]:
        """Do nothing: such places have no locks."""
        return contextlib.nullcontext()


Storage = Folder | Remote


def place_of(address: str | Path) -> Storage:
    """Return the place at an address: a folder, or a protocol such as ``s3://bucket/sweep``.

    InputError if the protocol is unknown, or what it needs is not installed.
    """
    text = str(address)
    path = text.removeprefix("file://")
    return Remote(text) if "://" in path else Folder(Path(path))


def parquet_bytes(table: pa.Table, notes: Mapping[str, str] | None = None) -> bytes:
    """Return a table, and what the file says of itself, as a Parquet file.

    Equal tables give equal bytes. Pages carry checksums, for those who read files without this
    package.
    """
    # A chunk of runs has more columns than its rows would pay for statistics and dictionaries.
    short = {"write_statistics": False, "use_dictionary": ["error"]}
    settings = short if "error" in table.column_names else {}
    settings |= {"compression": "zstd", "store_schema": False, "write_page_checksum": True}
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, **settings) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(dict(notes or {}))
    return bytes(sink.getvalue().to_pybytes())


def parquet_table(content: bytes, columns: list[str] | None = None) -> pa.Table:
    """Return the table of a Parquet file, or some of its columns.

    Files are small and many. One thread reads them as fast, and Arrow's pool of threads is left
    alone: a process that ends right after using it may be aborted.

    ArrowException or OSError if it is no such file, or a checksum of its pages is wrong.
    """
    file = pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True)
    return file.read(columns=columns, use_threads=False)


def notes_of(content: bytes) -> dict[str, str]:
    """Return what a Parquet file says of itself; ArrowException or OSError if it is none."""
    notes = pq.read_metadata(io.BytesIO(content)).metadata or {}
    return {key.decode(): value.decode() for key, value in notes.items()}


def named(beginning: str, content: bytes) -> str:
    """Return the name of a file with this content."""
    return f"{beginning}-{hashlib.sha256(content).hexdigest()[:16]}.parquet"


def fits_name(name: str, content: bytes) -> bool:
    """Return whether a file's content is what its name promises."""
    return name.endswith(named("", content))
