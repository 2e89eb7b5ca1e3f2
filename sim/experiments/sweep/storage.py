"""Where a sweep is kept: a folder of this machine or an address that fsspec knows."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sim.core import files, folders
from sim.core.errors import InputError
from sim.core.files import MachineError

LOCK = ".lock"


class Storage(Protocol):
    """Read and write whole files by name; names are relative, with ``/`` between parts."""

    address: str

    def read(self, name: str) -> bytes:
        """Return a file's content; FileNotFoundError if there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all, making its folder where needed."""

    def names(self, folder: str) -> list[str]:
        """Return the sorted names of the files in a folder, those being written left out."""

    def move(self, name: str, to: str) -> None:
        """Rename a file, making the new folder where needed."""

    def remove(self, name: str) -> None:
        """Remove a file; do nothing if there is none."""

    def shown(self, name: str = "") -> str:
        """Return a file's name as the user would give it."""

    def lock(self) -> AbstractContextManager[None]:
        """Hold the place for one sweep; refuse where another has it."""


def place_of(address: str | Path) -> Storage:
    """Return the place at an address.

    Parameters
    ----------
    address
        A folder, or an address with a protocol such as ``s3://bucket/sweep``.

    Raises
    ------
    InputError
        If the protocol is unknown, or what it needs is not installed.
    """
    text = str(address)
    if text.startswith("file://"):
        return Folder(Path(text.removeprefix("file://")))
    return Remote(text) if "://" in text else Folder(Path(text))


class Folder:
    """Keep a sweep in a folder of this machine or one it shares with others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = str(folder.absolute())

    def read(self, name: str) -> bytes:
        """Return a file's content."""
        return (self.folder / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all."""
        files.write_bytes(self._made(name), content)

    def _made(self, name: str) -> Path:
        """Return the path of a file to be, after making its folder in the sweep's own.

        Raises
        ------
        MachineError
            If the sweep's folder is gone, or the other cannot be made.
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
        """Return the sorted names of the files in a folder."""
        try:
            with os.scandir(self.folder / folder) as found:
                return sorted(e.name for e in found if e.is_file() and not e.name.startswith("."))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def move(self, name: str, to: str) -> None:
        """Rename a file."""
        target = self._made(to)
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
            if not _take(handle):
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


class Remote:
    """Keep a sweep at an address that fsspec knows, such as an object store.

    Such places have no locks. Two sweeps of one plan write the same files, so that nothing
    is lost but time.
    """

    def __init__(self, address: str) -> None:
        try:
            import fsspec
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

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def read(self, name: str) -> bytes:
        """Return a file's content."""
        content: bytes = self._files.cat_file(self._at(name))
        return content

    def write(self, name: str, content: bytes) -> None:
        """Write a file; an object store shows it when it is whole."""
        try:
            self._files.makedirs(self._files._parent(self._at(name)), exist_ok=True)
            self._files.pipe_file(self._at(name), content)
        except OSError as error:
            raise MachineError(f"cannot be written: {error}", file=self.shown(name)) from error

    def names(self, folder: str) -> list[str]:
        """Return the sorted names of the files in a folder."""
        self._files.invalidate_cache()
        try:
            found = self._files.ls(self._at(folder), detail=False)
        except FileNotFoundError:
            return []
        return sorted(path.rsplit("/", 1)[-1] for path in found)

    def move(self, name: str, to: str) -> None:
        """Rename a file."""
        self._files.makedirs(self._files._parent(self._at(to)), exist_ok=True)
        self._files.mv(self._at(name), self._at(to))

    def remove(self, name: str) -> None:
        """Remove a file; do nothing if there is none."""
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._at(name))

    def shown(self, name: str = "") -> str:
        """Return a file's address."""
        return f"{self.address}/{name}" if name else self.address

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Do nothing: such places have no locks."""
        yield


def _take(handle: int) -> bool:
    """Return whether the lock on an open file could be taken."""
    try:
        import fcntl
    except ImportError:
        return _take_windows(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # The file system has no locks; there is nothing to hold.
        return True
    return True


def _take_windows(handle: int) -> bool:
    import importlib

    msvcrt: Any = importlib.import_module("msvcrt")
    try:
        os.lseek(handle, 4096, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True


def _holder(handle: int) -> str:
    """Return who has the lock, as written into it."""
    try:
        who = json.loads(os.read(handle, 200))
        return f"process {who['process']} on {who['host']}"
    except (ValueError, KeyError, TypeError, OSError):
        return "of which nothing is known"
