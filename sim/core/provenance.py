"""Where a result comes from: the software, the machine and everything that was put in."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.core.errors import InputError
from sim.core.files import MachineError, write_json
from sim.core.parameters import PARAMETERS
from sim.core.user_cache import prune, user_cache
from sim.core.version import __version__

DISTRIBUTION = "paradiplomacy"
LICENSE = {"name": "MIT", "title": "MIT License", "path": "https://spdx.org/licenses/MIT"}
"""Under which the software, its tables and what is made with them may be used."""
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

_PACKAGE_FOLDER = Path(__file__).resolve().parents[1]
VERSIONS = _PACKAGE_FOLDER / "model_version.json"
"""Digests of what the model does, with the sources they were taken of: ``make model-version``."""
FITTED = _PACKAGE_FOLDER / "fitted_defaults.json"
"""The defaults that come from a fit, and what the model did then: ``python -m tools.adopt``."""
_KINDS = {".py", ".csv", ".toml"}
# Presentation and plumbing, and all modules of the command line: an edit here cannot change a
# simulated number. Whatever is not named here counts as the model, so that a new file is never
# forgotten.
_NOT_THE_MODEL = (
    "__init__.py",
    "__main__.py",
    "_scenarios",  # an installed package's copies of the shipped ones
    "app",
    "benchmark",
    "cli",
    "core/errors.py",
    "core/files.py",
    "core/folders.py",
    "core/notebook.py",
    "core/plurals.py",
    "core/provenance.py",
    "core/stop_signals.py",
    "core/user_cache.py",
    "experiments",
    "report",
    "results",
    "world/enlargement.py",
    "world/new_world.py",
)


def _is_of_the_model(path: Path) -> bool:
    name = path.relative_to(_PACKAGE_FOLDER).as_posix()
    return not any(name == part or name.startswith(f"{part}/") for part in _NOT_THE_MODEL)


def model_sources() -> list[Path]:
    """Return the files that can change a simulated number, in a fixed order."""
    found = [
        path
        for path in _PACKAGE_FOLDER.rglob("*")
        if path.suffix in _KINDS and _is_of_the_model(path)
    ]
    return sorted(found, key=lambda path: path.relative_to(_PACKAGE_FOLDER).as_posix())


def sources_digest(files: list[Path], root: Path) -> str:
    """Return the SHA-256 of files by their names, relative to ``root``, and what they hold.

    Of Python's sources comments, documentation and layout do not count, of other files line
    ends do not. The digest is the same on another system and under another version of Python.
    """
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        if path.suffix == ".py":
            parts: list[str] = []
            _append_text(ast.parse(content), parts)
            content = "".join(parts).encode()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _append_text(node: object, parts: list[str]) -> None:
    """Tell a syntax tree as text, without empty fields, which differ between Pythons."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        # A text or number that stands alone does nothing: documentation.
        return
    if isinstance(node, ast.JoinedStr):
        # Newer Pythons put an empty text behind an empty format.
        node.values = [v for v in node.values if not (isinstance(v, ast.Constant) and not v.value)]
    if isinstance(node, ast.AST):
        parts.append(f"({type(node).__name__}")
        for name, value in ast.iter_fields(node):
            if value not in (None, []):
                parts.append(f" {name}=")
                _append_text(value, parts)
        parts.append(")")
    elif isinstance(node, list):
        for item in node:
            _append_text(item, parts)
    else:
        parts.append(repr(node))


def model_sources_digest() -> str:
    """Return the digest of the present sources of the model and of the shipped tables."""
    return sources_digest(model_sources(), _PACKAGE_FOLDER)


@cache
def _versions() -> dict[str, str]:
    """Return the digests of what the present sources do (:mod:`sim.engine.behaviour_digest`).

    They are looked up by the digest of the sources: in the committed file, else in the user's
    cache; where sources were edited they are taken once, in a process of its own. To read the
    sources takes long, so what was found is kept by their bytes too.
    """
    files = model_sources()
    content = b"".join(b"%s\0%s" % (str(file).encode(), file.read_bytes()) for file in files)
    same = _kept(hashlib.sha256(content).hexdigest())
    found = _read_versions(same)
    if {"model", "calibration", "sources"} <= set(found):
        return found
    sources = sources_digest(files, _PACKAGE_FOLDER)
    for file in (VERSIONS, _kept(sources)):
        found = _read_versions(file)
        if found.get("sources") == sources and {"model", "calibration"} <= set(found):
            break
    else:
        found = _taken_anew(sources)
    # Where nothing can be kept, the next process looks again.
    with contextlib.suppress(OSError, InputError, MachineError):
        same.parent.mkdir(parents=True, exist_ok=True)
        for file in (same, _kept(sources)):
            write_json(file, found)
        prune(same.parent.glob("*.json"))
    return found


def _kept(digest: str) -> Path:
    """Return the file of the user's cache that holds what was found of sources."""
    try:
        return user_cache() / "versions" / f"{digest[:32]}.json"
    except RuntimeError:
        # A user without a home: nothing is kept.
        return Path(os.devnull) / "versions"


def _read_versions(file: Path) -> dict[str, str]:
    """Return what a file of versions holds; nothing if it cannot be read."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _taken_anew(sources: str) -> dict[str, str]:
    """Return the digests of edited sources; where these do not run, the sources' own."""
    code = f"import sys; sys.path.insert(0, {str(_PACKAGE_FOLDER.parent)!r}); "
    code += "from sim.engine.behaviour_digest import main; main([])"
    # Without compilation the runs would take hours.
    environment = {**os.environ, "PARADIPLOMACY_COMPILE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    try:
        found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        found = {"model": f"unrun-{sources}", "calibration": f"unrun-{sources}"}
    return found | {"sources": sources}


def model_version() -> str:
    """Return the version of the model: the package's, and a digest of what the model does.

    Two runs with equal scenario, world and model version have equal results.
    """
    return f"{__version__}+{_versions()['model'][:12]}"


def calibration_version() -> str:
    """Return the digest of what the model does within the priors and the evidence's months.

    A posterior holds as long as it stays the same.
    """
    return _versions()["calibration"][:16]


@cache
def defaults_are_fitted() -> bool:
    """Tell whether the defaults are the centre of a fit of what the model does now."""
    fitted: dict[str, Any] = json.loads(FITTED.read_text(encoding="utf-8"))
    held = {name: one.default for name, one in PARAMETERS.items() if name in fitted["defaults"]}
    same = held == fitted["defaults"] and fitted["behaviour"] == calibration_version()
    return bool(same)


def cpu_count() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def installed_version(name: str) -> str | None:
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
        "packages": {name: installed_version(name) for name in PACKAGES},
    }


def environment() -> dict[str, Any]:
    """Describe the interpreter, the system and the versions of the packages that matter.

    These are ``python``, ``implementation``, ``platform``, ``machine``, ``cpu_count`` and
    ``packages``: the version by name, None where not installed.
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

    The ``scenario`` is in full, after ``extends`` and overrides, the ``parameters`` with
    defaults, ``world_digest`` that of the tables it read. Seed, replicates and driver are as
    used, not as asked for. ValueError if the time at which it ``started`` has no time zone.
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
