"""Compilation of the rules: one decorator, one cache folder per state of the sources.

Numba's on-disk cache notices a change neither in a function called from another file nor in a table
whose order fixes the layout of a record. The cache folder is therefore named after a hash of all
sources that compiled code can see: an edit can never run stale code.

Compiled code checks every index: one out of bounds raises ``IndexError`` and leaves other memory
alone. In the checked build (``PARADIPLOMACY_CHECKED=1``) an index of -1, which stands for none,
counts as out of bounds too, and the drivers check the state every month (:mod:`sim.invariants`).
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

PACKAGE = Path(__file__).resolve().parent
COMPILE = os.environ.get("PARADIPLOMACY_COMPILE", "1") != "0"
CHECKED = os.environ.get("PARADIPLOMACY_CHECKED", "0") == "1"

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(sim[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^(\n]+)"
    r"|import[ \t]+(sim[\w.]*))",
    re.MULTILINE,
)
_TOLD = "PARADIPLOMACY_CACHE_TOLD"

_Rule = TypeVar("_Rule", bound=Callable[..., Any])


def compiled_sources(package: Path = PACKAGE) -> list[Path]:
    """Return the source files that compiled code can see.

    These are the modules of the package that the compiled driver imports, directly or not: rules,
    and the tables and constants that the compiler writes into their code.
    """
    found: set[Path] = set()
    left = [package / "engine.py"]
    while left:
        file = left.pop()
        if file not in found:
            found.add(file)
            left.extend(_imported(file, package))
    return sorted(found)


def _imported(file: Path, package: Path) -> Iterator[Path]:
    """Yield the files of the package's modules that a file imports."""
    for base, names, module in _IMPORT.findall(file.read_text(encoding="utf-8")):
        parts = (base or module).split(".")[1:]
        for name in re.findall(r"\w+", names) or [""]:
            for path in ([*parts, name], parts):
                place = package.joinpath(*path)
                if (source := place.with_suffix(".py")).is_file() and path:
                    yield source
                    break
                if path and (source := place / "__init__.py").is_file():
                    yield source
                    break


@cache
def source_hash(package: Path = PACKAGE) -> str:
    """Return a short hash of the sources that compiled code can see, and of how it is compiled."""
    digest = hashlib.sha256(f"numba {numba.__version__}, checked {CHECKED}".encode())
    for file in compiled_sources(package):
        digest.update(file.relative_to(package).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder that keeps compiled code for the sources as they are now.

    It lies in ``NUMBA_CACHE_DIR`` where that is set, else in the user's folder of caches.
    """
    given, base = os.environ.get("NUMBA_CACHE_DIR"), os.environ.get("XDG_CACHE_HOME")
    if given:
        return Path(given) / source_hash()
    return (Path(base) if base else Path.home() / ".cache") / "paradiplomacy" / source_hash()


def is_warm() -> bool:
    """Tell whether compiled code for the present sources is on disk."""
    return not COMPILE or (_CAN_KEEP and any(cache_folder().rglob("*.nbc")))


def rule(function: _Rule) -> _Rule:
    """Compile a scalar function; leave it as plain Python when compilation is off.

    Compilation is off when the environment variable ``PARADIPLOMACY_COMPILE`` is ``0``. Either way
    the function returns the same numbers.
    """
    if not COMPILE:
        return function
    compiled = numba.njit(
        cache=_CAN_KEEP, boundscheck=True, error_model="numpy", nogil=True, _nrt=False
    )
    return cast(_Rule, compiled(function))


def _keep_compiled_code() -> bool:
    """Have the compiler keep its code in the cache folder; say once if that cannot be written."""
    try:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, RuntimeError) as error:
        # Worker processes inherit the mark and don't say it again.
        if _TOLD not in os.environ:
            os.environ[_TOLD] = "1"
            sys.stderr.write(
                f"compiled code cannot be kept, so that every start compiles anew: {error}; "
                "set XDG_CACHE_HOME to a folder that can be written to\n"
            )
        return False
    numba.config.CACHE_DIR = str(folder)
    return True


def _refuse_negative_indices() -> None:
    """Have the compiler take no index from the end of an array: -1 stands for none."""
    from numba.core import types
    from numba.np import arrayobj

    def as_it_is(context: Any, builder: Any, idxty: Any, idx: Any, size: Any) -> Any:
        return context.cast(builder, idx, idxty, types.intp)

    arrayobj.fix_integer_index = as_it_is


_CAN_KEEP = COMPILE and _keep_compiled_code()
if COMPILE and CHECKED:
    _refuse_negative_indices()
