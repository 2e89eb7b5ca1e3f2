"""Compilation of the rules: one decorator, one cache folder per state of the sources.

Numba's on-disk cache does not notice a change in a function called from another file. The cache
folder is therefore named after a hash of all sources that can hold compiled code: an edit can
never run stale code.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

PACKAGE = Path(__file__).resolve().parent
COMPILE = os.environ.get("PARADIPLOMACY_COMPILE", "1") != "0"

_Rule = TypeVar("_Rule", bound=Callable[..., Any])


def compiled_sources() -> list[Path]:
    """Return the source files that can hold compiled functions or the types they use."""
    single = (
        "jit",
        "rng",
        "decisions",
        "kinds",
        "state",
        "handle",
        "timetable",
        "schedule",
        "engine",
    )
    files = [PACKAGE / f"{name}.py" for name in single]
    return sorted(files + list((PACKAGE / "rules").glob("*.py")))


def source_hash() -> str:
    """Return a short hash of the compiled sources and of the compiler's version."""
    digest = hashlib.sha256(numba.__version__.encode())
    for file in compiled_sources():
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder that keeps compiled code for the sources as they are now."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "paradiplomacy" / source_hash()


def is_warm() -> bool:
    """Tell whether compiled code for the present sources is on disk."""
    return not COMPILE or any(cache_folder().rglob("*.nbc"))


def rule(function: _Rule) -> _Rule:
    """Compile a scalar function; leave it as plain Python when compilation is off.

    Compilation is off when the environment variable ``PARADIPLOMACY_COMPILE`` is ``0``. Either way
    the function returns the same numbers.
    """
    if not COMPILE:
        return function
    return cast(
        _Rule, numba.njit(cache=True, error_model="numpy", nogil=True, _nrt=False)(function)
    )


if COMPILE and "NUMBA_CACHE_DIR" not in os.environ:
    numba.config.CACHE_DIR = str(cache_folder())
