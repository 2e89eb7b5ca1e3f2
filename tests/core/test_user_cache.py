"""Caches do not grow for ever, and nothing that may be in use is removed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numba
import pytest

from sim.core import jit
from sim.core.user_cache import KEPT, LEAST_AGE, prune


def used_days_ago(entry: Path, days: float) -> Path:
    """Set when an entry was last used."""
    moment = time.time() - days * LEAST_AGE
    os.utime(entry, (moment, moment))
    return entry


def folder_used(base: Path, number: int, days: float) -> Path:
    """Make a folder of compiled code."""
    folder = base / f"{number:016x}"
    folder.mkdir(parents=True)
    (folder / "rule.nbc").write_bytes(b"code")
    return used_days_ago(folder, days)


def test_old_entries_but_the_last_used_ones_are_removed(tmp_path: Path) -> None:
    folders = [folder_used(tmp_path, n, days=2 + n) for n in range(KEPT + 3)]
    file = tmp_path / "file"
    file.touch()
    prune([*folders, used_days_ago(file, 99), tmp_path / "gone"])
    assert sorted(tmp_path.iterdir()) == folders[:KEPT]


def test_what_was_used_within_a_day_stays_however_much_there_is(tmp_path: Path) -> None:
    folders = [folder_used(tmp_path, n, days=0.9) for n in range(KEPT + 3)]
    prune(folders)
    assert sorted(tmp_path.iterdir()) == folders


def test_what_cannot_be_removed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / f"{n}.json" for n in range(KEPT + 1)]
    for n, file in enumerate(files):
        file.touch()
        used_days_ago(file, 2 + n)

    def refuse(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "unlink", refuse)
    prune(files)
    assert all(file.exists() for file in files)


@pytest.mark.skipif(not jit.COMPILE, reason="compilation is off")
def test_a_new_folder_of_compiled_code_is_the_occasion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And only then; a start that finds its folder marks it as used."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(numba.config, "CACHE_DIR", numba.config.CACHE_DIR)
    base = tmp_path / "paradiplomacy"
    other = base / "versions"
    other.mkdir(parents=True)
    used_days_ago(other, 99)
    old = [folder_used(base, n, days=2 + n) for n in range(KEPT)]
    assert jit._keep_compiled_code()
    own = jit.cache_folder()
    assert sorted(base.iterdir()) == sorted([*old[:-1], own, other])
    late = folder_used(base, KEPT, days=99)
    used_days_ago(own, 50)
    assert jit._keep_compiled_code()
    assert late.exists()
    assert time.time() - own.stat().st_mtime < LEAST_AGE
