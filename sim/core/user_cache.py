"""The user's folder of caches: compiled code, and what edited sources were found to do."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

KEPT = 5
"""Entries of one kind that are kept however old they are."""
LEAST_AGE = 86_400.0
"""Seconds since its last use before an entry may be removed: no process is still loading it."""


def user_cache() -> Path:
    """Return the folder, which need not exist.

    RuntimeError if the user has no home.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "paradiplomacy"


def prune(entries: Iterable[Path]) -> None:
    """Remove entries of a cache but the :data:`KEPT` last used and those used of late.

    Whoever still reads one makes it again, as of any cache. What cannot be removed stays.

    Parameters
    ----------
    entries
        Files or folders of one kind; the time of their change is that of their last use.
    """
    used: list[tuple[float, Path]] = []
    for entry in entries:
        with suppress(OSError):
            used.append((entry.stat().st_mtime, entry))
    for last, entry in sorted(used, reverse=True)[KEPT:]:
        if time.time() - last > LEAST_AGE:
            with suppress(OSError):
                if entry.is_dir():
                    shutil.rmtree(entry, ignore_errors=True)
                else:
                    entry.unlink()
