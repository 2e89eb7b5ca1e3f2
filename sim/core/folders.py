"""Folders for results: empty, or with what this software wrote before and may replace.

Results are known by a file that is written last, which lists all that was written before it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.core.errors import InputError
from sim.core.files import FOLDERS, GONE, PARTIAL, MachineError, faults, possible, write_json

RESULTS = Path("results")
"""Where results go by default."""

PACKAGE, CRATE = "datapackage.json", "ro-crate-metadata.json"
"""Files that describe what a folder of results holds."""

OVERWRITE = "--overwrite (in Python: overwrite=True)"
"""How results of this software are replaced, in messages."""


def free_folder(name: str, results: Path = RESULTS) -> Path:
    """Return the first of NAME, NAME-2, NAME-3 … under ``results`` that is free."""
    folder, count = results / name, 1
    while folder.exists():
        count += 1
        folder = results / f"{name}-{count}"
    return folder


def prepare_folder(
    path: str | Path, overwrite: bool = False, *, mark: str = "manifest.json"
) -> Path:
    """Return a folder ready for new results: empty, or with earlier ones that may be replaced.

    Parents are made too. To ``overwrite`` is to accept a folder that holds earlier results of
    this software, known by the file ``mark``; nothing is removed yet, :func:`clear_folder`
    does.

    InputError if the path is a file, or the folder may not be written or holds something else;
    MachineError if the disk is full or fails.
    """
    folder = make_folder(path)
    # What an interrupted write left behind does not count as content.
    held = sorted(p.name for p in folder.iterdir() if not p.name.startswith(PARTIAL))
    if held and not overwrite:
        raise InputError(
            f"the folder is not empty (it holds {held[0]!r})",
            file=folder,
            allowed=f"an empty or new folder, or {OVERWRITE}",
        )
    if held and _record(folder / mark) is None:
        raise InputError(
            f"the folder does not hold results that can be replaced (there is no {mark} of this "
            f"software; it holds {held[0]!r})",
            file=folder,
            allowed="an empty or new folder",
        )
    FOLDERS[Path(os.path.realpath(folder))] = set()
    return folder


def _record(mark: Path) -> dict[str, Any] | None:
    """Return what a file that this software wrote says; None of any other."""
    try:
        record = json.loads(mark.read_bytes())
    except (OSError, ValueError):
        return None
    is_own = isinstance(record, dict) and "model_version" in record
    return record if is_own else None


def clear_folder(folder: Path, *, mark: str = "manifest.json") -> None:
    """Remove the results that a folder holds, and nothing that somebody else put there."""
    record = _record(folder / mark) or {}
    remove(folder, [*map(str, record.get("written", ())), mark])


def undo(folder: Path) -> None:
    """Remove what was written into a folder since it was made ready, and the folder if empty.

    What writes left half done goes, too: a signal may have come as one cleaned up behind itself.
    """
    partial = [path.relative_to(folder).as_posix() for path in folder.rglob(f"{PARTIAL}*")]
    remove(folder, [*FOLDERS.pop(Path(os.path.realpath(folder)), set()), *partial])
    with contextlib.suppress(OSError):
        folder.rmdir()


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of a folder by name, and the folders inside it that stay empty.

    Names are relative to it; what lies outside is left alone, whatever a list says.
    """
    base = Path(os.path.realpath(folder))
    for name in names:
        file = base / name
        if base not in Path(os.path.realpath(file)).parents:
            continue
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
            for inside in file.parents:
                if inside == base:
                    break
                inside.rmdir()


@contextlib.contextmanager
def results(
    path: str | Path,
    overwrite: bool,
    record: Mapping[str, Any],
    *,
    mark: str = "manifest.json",
) -> Iterator[Path]:
    """Yield a folder to write results into; at the end, write what they are known by.

    Path, ``overwrite``, ``mark`` and errors are as of :func:`prepare_folder`; earlier results
    are removed. The ``record`` goes into the file ``mark`` as it is when the block ends.
    """
    folder = prepare_folder(path, overwrite, mark=mark)
    clear_folder(folder, mark=mark)
    yield folder
    write_record(folder, record, mark)


def write_record(folder: Path, record: Mapping[str, Any], mark: str = "manifest.json") -> None:
    """Write the file that results are known by, with all that was written and its SHA-256.

    MachineError if what was written is not there any more. InputError or MachineError as
    :func:`replacing` does.
    """
    digests = written_files(folder)
    digests.pop(mark, None)
    write_json(folder / mark, {**record, "written": digests})


def written_files(folder: Path) -> dict[str, str]:
    """Return the files written into a folder since it was made ready, with their SHA-256.

    MachineError if one is not there any more.
    """
    digests = {}
    for name in sorted(FOLDERS.get(Path(os.path.realpath(folder)), ())):
        try:
            digests[name] = digest(folder / name)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MachineError(f"cannot go on: {GONE}", file=folder) from error
    return digests


def digest(file: Path) -> str:
    """Return the SHA-256 of what a file holds."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def make_folder(path: str | Path) -> Path:
    """Return a folder that may be written into, whatever it holds, making it where needed.

    From then on, a write in it that fails is a fault of the machine.

    InputError if the path is a file, or the folder may not be written. MachineError if the disk is
    full or fails.
    """
    folder = possible(path)
    is_new = not os.path.lexists(folder)
    # A signal may come as soon as the folder is there.
    try:
        with faults(folder, "use the folder"):
            if folder.exists() and not folder.is_dir():
                raise InputError("is a file, not a folder", file=folder, allowed="a new folder")
            folder.mkdir(parents=True, exist_ok=True)
        _probe(folder)
    except BaseException:
        if is_new:
            undo(folder)
        raise
    use_folder(folder)
    return folder


def use_folder(folder: Path) -> None:
    """Take a write in a folder that fails for a fault of the machine, from now on."""
    FOLDERS.setdefault(Path(os.path.realpath(folder)), set())


def _probe(folder: Path) -> None:
    """Check that a file can be made in the folder and holds what is written."""
    probe = folder / f"{PARTIAL}{secrets.token_hex(6)}-probe"
    with faults(folder, "write into the folder"):
        try:
            with probe.open("xb") as stream:
                stream.write(b"probe")
                stream.flush()
        finally:
            with contextlib.suppress(OSError):
                probe.unlink(missing_ok=True)
