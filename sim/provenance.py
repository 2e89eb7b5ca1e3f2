"""Where a result comes from: the software, the machine and everything that was put in."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import Any

from sim import __version__

DISTRIBUTION = "paradiplomacy"
PACKAGES = (
    "mesa",
    "networkx",
    "numpy",
    "pandas",
    "scipy",
    "numba",
    "llvmlite",
    "pyarrow",
    "pydantic",
    "matplotlib",
    "typer",
    "rich",
)
"""Packages whose versions a manifest records."""

_PACKAGE_FOLDER = Path(__file__).resolve().parent
# Presentation and plumbing, and all modules of the command line: an edit here cannot change a
# simulated number. Whatever is not named here counts as the model, so that a new file is never
# forgotten.
_NOT_THE_MODEL = (
    "__main__.py",
    "app",
    "bench.py",
    "errors.py",
    "experiments",
    "files.py",
    "folders.py",
    "provenance.py",
    "report",
)


def _is_of_the_model(path: Path) -> bool:
    top = path.relative_to(_PACKAGE_FOLDER).parts[0]
    return top not in _NOT_THE_MODEL and not top.startswith("cli")


def model_sources() -> list[Path]:
    """Return the source files that can change a simulated number, in a fixed order."""
    found = [path for path in _PACKAGE_FOLDER.rglob("*.py") if _is_of_the_model(path)]
    return sorted(found, key=lambda path: path.relative_to(_PACKAGE_FOLDER).as_posix())


def sources_digest(files: list[Path], root: Path) -> str:
    """Return the SHA-256 of source files by their names and lines.

    Line ends count as one character, so that a checkout on another system has the same digest.

    Parameters
    ----------
    files
        Files under ``root``, in the order in which they are to be read.
    root
        Folder the names are taken relative to.
    """
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


class Stopwatch:
    """Tell apart what a run spends its time on; the parts add up to the whole.

    Parameters
    ----------
    since
        When the first part began, on the clock of :func:`time.perf_counter`; now by default.
    """

    def __init__(self, since: float | None = None) -> None:
        self._last = perf_counter() if since is None else since
        self.parts: dict[str, float] = {}

    def lap(self, part: str) -> None:
        """Count the time since the last lap to a part."""
        now = perf_counter()
        self.parts[part] = self.parts.get(part, 0.0) + now - self._last
        self._last = now

    def resume(self) -> None:
        """Leave out the time since the last lap, in which the user was elsewhere."""
        self._last = perf_counter()

    def begin(self, part: str, seconds: float) -> None:
        """Put a part before all others."""
        self.parts = {part: seconds, **self.parts}

    @property
    def seconds(self) -> dict[str, float]:
        """Return the seconds of each part and, as ``total``, their sum."""
        told = {name: round(value, 3) for name, value in self.parts.items()}
        return {**told, "total": round(sum(told.values()), 3)}


def took_words(seconds: Mapping[str, float]) -> str:
    """Return how long a run took in all and in its parts."""
    parts = ", ".join(f"{name} {value:,.1f}" for name, value in seconds.items() if name != "total")
    return f"Took {seconds['total']:,.1f} s: {parts}"


@cache
def model_version() -> str:
    """Return the version of the model: the package version and a hash of the model's sources.

    Two runs with equal scenario, world and model version have equal results.
    """
    return f"{__version__}+{sources_digest(model_sources(), _PACKAGE_FOLDER)[:12]}"


def cpu_count() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _installed(name: str) -> str | None:
    """Return a package's version without importing it, or None if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


@cache
def _environment() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu_count": cpu_count(),
        "packages": {name: _installed(name) for name in PACKAGES},
    }


def environment() -> dict[str, Any]:
    """Describe the interpreter, the system and the versions of the packages that matter.

    Returns
    -------
    dict
        ``python``, ``implementation``, ``platform``, ``machine``, ``cpu_count`` and
        ``packages`` (version by name, None where not installed).
    """
    known = _environment()
    return {**known, "packages": dict(known["packages"])}


def manifest(
    *,
    scenario: Mapping[str, Any],
    parameters: Mapping[str, float],
    world_digest: str,
    seed: int,
    replicates: int,
    driver: str,
    started: datetime,
    seconds: float,
) -> dict[str, Any]:
    """Describe one run completely enough to repeat it.

    Parameters
    ----------
    scenario
        The scenario in full, after ``extends`` and overrides.
    parameters
        Every parameter's value, defaults included.
    world_digest
        Digest of the tables the run read.
    seed, replicates, driver
        As used, not as asked for.
    started
        When the run began, with its time zone.
    seconds
        How long it took.

    Raises
    ------
    ValueError
        If ``started`` has no time zone.
    """
    if started.tzinfo is None:
        raise ValueError("the start of a run needs its time zone")
    return {
        "software": DISTRIBUTION,
        "version": __version__,
        "model_version": model_version(),
        "scenario": dict(scenario),
        "parameters": dict(parameters),
        "world": {"digest": world_digest},
        "seed": seed,
        "replicates": replicates,
        "driver": driver,
        "environment": environment(),
        "started": started.astimezone(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
    }
