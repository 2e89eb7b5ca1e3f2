"""What a release holds, as an RO-Crate: ``python -m tools.release_crate FOLDER``.

The folder holds the wheel and the source archive; the metadata of the software go beside them.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.core import files, folders, provenance
from sim.core.errors import InputError
from sim.core.version import __version__
from sim.experiments import data_package
from tools.exit_code import reporting

ROOT = Path(__file__).resolve().parents[1]
CODEMETA, CITATION = "codemeta.json", "CITATION.cff"
ABOUT = {
    ".whl": ("Wheel, to be installed", "application/zip"),
    ".gz": ("Source archive with the published results", "application/gzip"),
    ".json": ("Metadata of the software, as CodeMeta 3", "application/ld+json"),
    ".cff": ("How to cite the software", "application/yaml"),
}
"""What a file of a release is, and its media type, by its suffix."""


def release_crate(folder: Path) -> dict[str, Any]:
    """Return the RO-Crate of the files in a folder, all of one release.

    Raises
    ------
    InputError
        If wheel or source archive of the present version are not there.
    """
    held = sorted(p.name for p in folder.iterdir() if p.suffix in ABOUT and p.name != folders.CRATE)
    for end in (".whl", ".gz"):
        if not any(n.endswith(end) and f"-{__version__}" in n for n in held):
            raise InputError(f"holds no {end} file of version {__version__}", file=folder)
    meta = json.loads((ROOT / CODEMETA).read_text(encoding="utf-8"))
    authors = [one | {"@id": f"#author-{n}"} for n, one in enumerate(meta["author"], start=1)]
    by = data_package.references(authors)
    root = {
        "name": f"{meta['name']} {__version__}",
        "description": meta["description"],
        "version": __version__,
        "identifier": provenance.model_version(),
        "keywords": ", ".join(meta["keywords"]),
        "author": by,
        "publisher": by[0],
        "datePublished": datetime.now(UTC).isoformat(timespec="seconds"),
        "mentions": {"@id": "#software"},
    }
    parts = [_part(folder, name) for name in held]
    return data_package.crate_of(root, parts, [data_package.software_entity(__version__), *authors])


def _part(folder: Path, name: str) -> dict[str, Any]:
    words, media = ABOUT[Path(name).suffix]
    entity = data_package.file_entity(folder, name, folders.digest(folder / name))
    return entity | {"description": words, "encodingFormat": media}


@reporting
def main(folder: Path) -> None:
    """Put metadata beside a release's files."""
    for name in (CODEMETA, CITATION):
        files.write_bytes(folder / name, (ROOT / name).read_bytes())
    files.write_json(folder / folders.CRATE, release_crate(folder))


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
