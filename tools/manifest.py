"""What is published, file by file: ``python -m tools.manifest`` writes the manifest anew.

The manifest of ``results/reference/`` names every file with its hash, the versions they belong to,
and the commands that make them. It is not written while a file belongs to another version. A
posterior may: the manifest says which model it was fitted to.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from calibration.claims.findings import REFERENCE as PATTERNS
from calibration.inference.posterior import read_posterior
from calibration.published import POSTERIOR, stale_parts
from sim.core import files, provenance
from sim.core.errors import InputError
from sim.world import load_world
from tools.exit_code import reporting

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / PATTERNS.parent
MANIFEST = "manifest.json"
COMMANDS = (
    "make calibration",
    "make patterns",
    "make headline",
    "make screening",
    "make surface",
    "make figures",
    "make turnover",
    "make manifest",
)
"""What makes the files, in order; ``make reproduce`` does all of it."""
PACKAGES = ("scikit-learn", "threadpoolctl", "statsmodels", "arviz", "bayesflow", "jax", "SALib")
"""Packages whose versions the manifest holds beside those of a run."""
_VERSIONED = (
    "patterns.json",
    "headline_figures.json",
    "screening.json",
    "decentralization-turnover.json",
)


def published(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size and hash of every file in a folder but the manifest, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST:
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            found[name] = {"bytes": len(content), "sha256": digest}
    return found


def outdated(folder: Path) -> list[str]:
    """Return the files that belong to another version of the model than the present one."""
    found = []
    for name in _VERSIONED:
        path = folder / name
        if path.is_file():
            record = json.loads(path.read_text(encoding="utf-8"))
            if record.get("model_version") != provenance.model_version():
                found.append(name)
    posterior = folder / "calibration" / POSTERIOR
    if posterior.is_file():
        record = _json(folder / "calibration" / "validation.json")
        if record.get("posterior_sha256") != hashlib.sha256(posterior.read_bytes()).hexdigest():
            found.append("calibration/validation.json")
    return found


def fit_of(folder: Path) -> dict[str, Any]:
    """Return the model that the posterior in a folder was fitted to, and what changed since."""
    file = folder / "calibration" / POSTERIOR
    if not file.is_file():
        return {}
    held = read_posterior(file)
    return {"model_version": held.made_by["model_version"], "changed_since": stale_parts(held)}


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of what is published in a folder.

    Raises
    ------
    InputError
        If a file belongs to another version of the model.
    """
    old = outdated(folder)
    if old:
        raise InputError(
            f"{', '.join(old)}: of another version of the model",
            file=folder,
            allowed="files of the present version; make reproduce makes all of them",
        )
    environment = provenance.environment()
    environment["packages"] |= {name: provenance.installed_version(name) for name in PACKAGES}
    return {
        "software": provenance.DISTRIBUTION,
        "model_version": provenance.model_version(),
        "behaviour": provenance.calibration_version(),
        "fitted_to": fit_of(folder),
        "world": load_world().digest,
        "commands": list(COMMANDS),
        "environment": environment,
        "files": published(folder),
    }


@reporting
def main(folder: Path = REFERENCE) -> None:
    """Write the manifest."""
    files.write_json(folder / MANIFEST, manifest_of(folder))


if __name__ == "__main__":
    raise SystemExit(main())
