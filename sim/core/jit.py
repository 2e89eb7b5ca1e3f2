"""Compilation of the rules: one decorator, one cache folder per state of the sources.

Numba's on-disk cache notices a change neither in a function called from another file nor in a table
whose order fixes the layout of a record. The cache folder is therefore named after a hash of all
sources that compiled code can see: an edit can never run stale code.

Compiled code checks every index: one out of bounds raises ``IndexError`` and leaves other memory
alone. An index of the state that is -1, which stands for none, is out of bounds too. In the checked
build (``PARADIPLOMACY_CHECKED=1``) the drivers check the state every month
(:mod:`sim.engine.invariants`).
"""

from __future__ import annotations

import ast
import dis
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from sim.core import rule_compiler
from sim.core.enums import SIGNAL_TABLE, SIGNALS
from sim.core.user_cache import prune, user_cache

PACKAGE = Path(__file__).resolve().parents[1]
COMPILE = os.environ.get("PARADIPLOMACY_COMPILE", "1") != "0"
CHECKED = os.environ.get("PARADIPLOMACY_CHECKED", "0") == "1"

_KEPT = {PACKAGE.name, "calibration"}
_DEFINITION = re.compile(r"^(?:@|def |class |async )", re.MULTILINE)
_DIGITS = 16
_WITH_ENTRIES = ("compiled", "outcomes")
_LAST_COMPILED = "compiled.run_months-*.nbc"
_WARNED = "PARADIPLOMACY_CACHE_TOLD"

_Rule = TypeVar("_Rule", bound=Callable[..., Any])


def compiled_sources(package: Path = PACKAGE) -> dict[Path, bytes]:
    """Return the source files that compiled code can see, in order, with what they hold.

    These are the modules of the package that the compiled driver and the count of its events
    import, directly or not: rules, and the tables and constants that the compiler writes into their
    code. A table that is data lies beside its module, under the module's name with ``.toml``; that
    of signals is the world's.
    """
    found: dict[Path, bytes] = {}
    seen = set[str]()
    left = {f"{PACKAGE.name}.engine.{name}" for name in _WITH_ENTRIES}
    while left:
        seen |= left
        files = {_file_of(name, package) for name in left} - {None, *found}
        new = {file: file.read_bytes() for file in files if file is not None}
        found |= new
        left = {name for content in new.values() for name in _imported(content.decode())} - seen
    tables = [file.with_suffix(".toml") for file in found]
    tables.append(package / SIGNAL_TABLE.relative_to(PACKAGE))
    found |= {table: table.read_bytes() for table in tables if table.is_file()}
    return dict(sorted(found.items()))


def _imported(source: str) -> Iterator[str]:
    """Yield the dotted names that a source imports from the package for compiled code to see.

    Imports stand before the first definition. What a function imports, compiled code cannot see.
    """
    for node in ast.parse(_DEFINITION.split(source, maxsplit=1)[0]).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE.name):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith(PACKAGE.name))


def _file_of(name: str, package: Path) -> Path | None:
    """Return the file of a module, or of the module that a name is imported from."""
    place = f"{package}/{name.partition('.')[2].replace('.', '/')}"
    for file in (Path(f"{place}.py"), Path(f"{place}/__init__.py")):
        if file.is_file():
            return file
    base = name.rpartition(".")[0]
    return _file_of(base, package) if "." in base else None


@cache
def source_hash(package: Path = PACKAGE) -> str:
    """Return a short hash of the sources that compiled code can see, and of how it is compiled."""
    digest = hashlib.sha256(f"numba {numba.__version__}, checked {CHECKED}".encode())
    for file, content in compiled_sources(package).items():
        digest.update(file.relative_to(package).as_posix().encode())
        digest.update(content)
    return digest.hexdigest()[:_DIGITS]


def cache_folder() -> Path:
    """Return the folder that keeps compiled code for the sources as they are now.

    It lies in ``NUMBA_CACHE_DIR`` where that is set, else in the user's folder of caches.
    """
    given = os.environ.get("NUMBA_CACHE_DIR")
    return (Path(given) if given else user_cache()) / source_hash()


def is_warm() -> bool:
    """Tell whether compiled code for the present sources is on disk."""
    return not COMPILE or (_CAN_KEEP and any(cache_folder().rglob(_LAST_COMPILED)))


@contextmanager
def told_of_compilation(told: rule_compiler.Told) -> Iterator[None]:
    """Call a function with which rule is compiled, how many are done, and how many there are."""
    rule_compiler.progress.watchers.append(told)
    try:
        yield
    finally:
        rule_compiler.progress.watchers.remove(told)


def _check_signals(function: Callable[..., Any]) -> None:
    """Refuse a rule that reads a signal which no table declares, before the compiler does."""
    if "SIGNAL" not in function.__code__.co_names:
        return
    for one, two in pairwise(dis.get_instructions(function)):
        if one.argval == "SIGNAL" and isinstance(two.argval, str) and two.argval not in SIGNALS:
            from sim.core.errors import InputError, nearest_name

            raise InputError(
                f"the rule {function.__name__} reads a signal {two.argval!r} that is not declared",
                file=function.__code__.co_filename,
                line=function.__code__.co_firstlineno,
                allowed=f"a row of {SIGNAL_TABLE}: {', '.join(SIGNALS)}",
                nearest=nearest_name(two.argval, SIGNALS),
            )


def rule(function: _Rule) -> _Rule:
    """Compile a scalar function; leave it as plain Python when compilation is off.

    Compilation is off when the environment variable ``PARADIPLOMACY_COMPILE`` is ``0``. Either way
    the function returns the same numbers. Rules outside the package are compiled in each process.
    """
    _check_signals(function)
    # The compiler would not notice a change in what a rule of a user's calls in other files.
    return _compiled(function, is_own=function.__module__.partition(".")[0] in _KEPT)


def uncached_rule(function: _Rule) -> _Rule:
    """Compile a scalar function that calls another given at run time; keep nothing on disk."""
    return _compiled(function, is_own=False)


def _compiled(function: _Rule, is_own: bool) -> _Rule:
    if not COMPILE:
        return function
    return cast(_Rule, rule_compiler.compiled(function, is_own, is_kept=is_own and _CAN_KEEP))


def _keep_compiled_code() -> bool:
    """Have the compiler keep its code in the cache folder; say once if that cannot be written."""
    try:
        folder = cache_folder()
        is_new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, RuntimeError) as error:
        # Worker processes inherit the mark and don't say it again.
        if _WARNED not in os.environ:
            os.environ[_WARNED] = "1"
            sys.stderr.write(
                f"compiled code cannot be kept, so that every start compiles anew: {error}; "
                "set XDG_CACHE_HOME to a folder that can be written to\n"
            )
        return False
    with suppress(OSError):
        os.utime(folder)
        if is_new:
            prune(folder.parent.glob("[0-9a-f]" * _DIGITS))
    numba.config.CACHE_DIR = str(folder)
    return True


_CAN_KEEP = COMPILE and _keep_compiled_code()
