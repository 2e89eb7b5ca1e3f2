"""Whole files or none: every file the project writes goes through here.

A file is written under a temporary name in its own folder, flushed to the disk and then
renamed over the target. A reader sees the old file or the new one, never a part.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

PARTIAL = ".part-"

FOLDERS: dict[Path, set[str]] = {}
"""Folders made ready for writing, and the names of what was written into each since."""

GONE = "the folder was moved or removed meanwhile"

# Faults of the path a user chose, as opposed to faults of the machine.
_USER_FAULTS = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EEXIST,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.EINVAL,
    }
)
# Folders on some file systems cannot be flushed; there is nothing to do about it.
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM})


class MachineError(Exception):
    """Report a fault of the machine, such as a full disk, and the file or folder concerned.

    The command line prints ``str(error)`` and exits with code 1.
    """

    def __init__(self, message: str, *, file: str | Path | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.file = None if file is None else str(file)

    def __str__(self) -> str:
        """Return the message with the file it concerns."""
        return f"{self.file}: {self.message}" if self.file else self.message


def _translated(error: OSError, path: Path, doing: str) -> InputError | MachineError:
    """Return the error to raise for a failed system call."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return MachineError(f"cannot {doing}: the disk is full", file=path)
    ready = next((f for f in Path(os.path.realpath(path)).parents if f in FOLDERS), None)
    if ready is not None and not ready.is_dir():
        return MachineError(f"cannot {doing}: {GONE}", file=ready)
    if ready is not None:
        # It could be written before the work began, so the user's choice was right.
        return MachineError(f"cannot {doing}: {reason.lower()}", file=path)
    if error.errno in _USER_FAULTS:
        return InputError(
            f"cannot {doing}: {reason.lower()}", file=path, allowed="a path you may write to"
        )
    return MachineError(f"cannot {doing}: {reason.lower()}", file=path)


@contextlib.contextmanager
def faults(path: Path, doing: str, folder: Path | None = None) -> Iterator[None]:
    """Turn system errors inside the block into InputError or MachineError.

    Where ``folder`` is given, errors that name a file outside it pass unchanged: they are
    about something else.
    """
    try:
        yield
    except OSError as error:
        named = None if error.filename is None else Path(os.fsdecode(error.filename))
        if folder is not None and named is not None and folder not in (named, named.parent):
            raise
        raise _translated(error, path, doing) from error


def possible(path: str | Path) -> Path:
    """Return the path, refusing what no file system can hold."""
    if "\0" in str(path):
        raise InputError("is not a possible name", file=repr(str(path)))
    return Path(path)


def _target(path: str | Path) -> Path:
    """Return the file that a write to ``path`` replaces, following links."""
    chosen = possible(path)
    if not chosen.name:
        raise InputError("is not the name of a file", file=chosen)
    with faults(chosen, "write the file"):
        target = Path(os.path.realpath(chosen))
        try:
            mode = target.stat().st_mode
        except FileNotFoundError:
            return target
    if stat.S_ISDIR(mode):
        raise InputError("is a folder, not a file", file=chosen, allowed="the path of a file")
    if not stat.S_ISREG(mode):
        # Renaming over a device would replace the device itself.
        raise InputError("is not a regular file", file=chosen, allowed="the path of a file")
    return target


def _sync_file(path: Path) -> None:
    """Flush one written file to the disk."""
    # Some systems flush only through a handle that may write.
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Flush a folder's list of names to the disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path that becomes ``path`` when the block ends well.

    It is an empty file in the folder of ``path``, which must exist, to be written or replaced
    by the block, and keeps the suffix, so that writers which go by the suffix work. If the
    block raises, or the machine fails, ``path`` stays as it was.

    InputError if the path cannot be written for a reason the user can mend, MachineError if the
    disk is full or fails.
    """
    target = _target(path)
    partial = target.with_name(f"{PARTIAL}{secrets.token_hex(8)}{target.suffix}")
    shown = Path(path)
    with faults(shown, "write the file", target.parent):
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            yield partial
            _sync_file(partial)
            partial.replace(target)
        except BaseException:
            # Also on Ctrl-C: leave nothing half-written behind.
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    for folder in target.parents:
        if folder in FOLDERS:
            FOLDERS[folder].add(target.relative_to(folder).as_posix())


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write bytes to a file, whole or not at all.

    InputError or MachineError as :func:`replacing` does.
    """
    with replacing(path) as partial, partial.open("wb") as stream:
        stream.write(content)


def write_text(path: str | Path, text: str) -> None:
    """Write text as UTF-8 with its line ends as given, whole or not at all.

    InputError or MachineError as :func:`replacing` does.
    """
    write_bytes(path, text.encode("utf-8"))


def plain(value: Any, digits: int | None = None) -> Any:
    """Return ``value`` in terms that JSON knows, numbers with so many significant digits if given.

    Arrays and their scalars become lists and numbers, paths become text, tuples and sets become
    lists (sets sorted), and numbers that are not finite become None, for which JSON has no
    other word.

    TypeError if a part of the value has no form in JSON.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return float(value) if digits is None else float(f"{value:.{digits}g}")
    if isinstance(value, Mapping):
        return {str(key): plain(item, digits) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, digits) for item in value]
    if isinstance(value, (set, frozenset)):
        return [plain(item, digits) for item in sorted(value)]
    if isinstance(value, Path):
        return value.as_posix()
    if hasattr(value, "tolist"):
        return plain(value.tolist(), digits)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def write_json(path: str | Path, value: Any, *, indent: int | None = 2) -> None:
    """Write a value as JSON (UTF-8, keys in the order given), whole or not at all.

    TypeError if a part of the value has no form in JSON; see :func:`plain`. InputError or
    MachineError as :func:`replacing` does.
    """
    text = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, indent=indent)
    write_text(path, text + "\n")


def write_csv(path: str | Path, table: pd.DataFrame, digits: int | None = None) -> None:
    """Write a frame (without its index) as CSV in UTF-8 with plain line ends, whole or not at all.

    Real numbers have so many significant ``digits``, or all that they have. InputError or
    MachineError as :func:`replacing` does.
    """
    form = None if digits is None else f"%.{digits}g"
    write_text(path, table.to_csv(index=False, lineterminator="\n", float_format=form))


def write_parquet(path: str | Path, table: pd.DataFrame | pa.Table) -> None:
    """Write a frame (without its index) or an Arrow table as Parquet, whole or not at all.

    Dictionaries of words stay a matter of the file: every reader gets plain text. Pages carry
    checksums, so that a reader can tell damage.

    InputError or MachineError as :func:`replacing` does.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not isinstance(table, pa.Table):
        table = pa.Table.from_pandas(table, preserve_index=False)
    with replacing(path) as partial:
        # The schema of the table would have readers make categories of words.
        pq.write_table(
            table, partial, compression="zstd", store_schema=False, write_page_checksum=True
        )
