"""The rules of RO-Crate 1.2 that a folder's metadata must keep."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROFILE = "https://w3id.org/ro/crate/1.2"
METADATA = "ro-crate-metadata.json"
NEEDED = {
    "File": {"name", "encodingFormat"},
    "Dataset": {"name"},
    "SoftwareApplication": {"name", "url", "version"},
    "CreativeWork": {"name"},
    "Organization": {"name"},
    "PropertyValue": {"name", "value"},
    "CreateAction": {"name", "instrument", "result"},
}
"""Fields that an entity must have, by its type."""


def crate_faults(folder: Path) -> list[str]:
    """Return what is wrong with the RO-Crate of a folder."""
    held = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    entities = {one["@id"]: one for one in held["@graph"]}
    return [
        *(["context"] if held["@context"] != f"{PROFILE}/context" else []),
        *(["an identifier twice"] if len(entities) < len(held["@graph"]) else []),
        *_frame_faults(entities),
        *_part_faults(folder, entities),
        *(f"{one} is not described" for one in _references(held["@graph"]) - set(entities)),
    ]


def _frame_faults(entities: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the descriptor and the root, and fields that are lacking."""
    descriptor, root = entities.get(METADATA, {}), entities.get("./", {})
    if descriptor.get("conformsTo") != {"@id": PROFILE} or descriptor.get("about") != {"@id": "./"}:
        yield "descriptor"
    if root.get("@type") != "Dataset":
        yield "root"
    for name in ("name", "description", "datePublished", "license", "hasPart"):
        if not root.get(name):
            yield f"the root has no {name}"
    for name, one in entities.items():
        if name != METADATA and (lacks := NEEDED[one["@type"]] - set(one)):
            yield f"{name} has no {lacks}"


def _part_faults(folder: Path, entities: dict[str, Any]) -> Iterator[str]:
    """Yield parts that are not there, or other than they are said to be."""
    for part in (one["@id"] for one in entities["./"]["hasPart"]):
        path, told = folder / part, entities.get(part, {})
        if not path.exists():
            yield f"{part} is not there"
        elif "sha256" in told:
            content = path.read_bytes()
            found = hashlib.sha256(content).hexdigest(), str(len(content))
            if found != (told["sha256"], told["contentSize"]):
                yield f"{part} is another"


def _references(value: Any) -> set[str]:
    """Return what is referred to, but for the profile, anywhere in a value."""
    if isinstance(value, list):
        return set().union(*map(_references, value))
    if not isinstance(value, dict):
        return set()
    if set(value) == {"@id"}:
        return {value["@id"]} - {PROFILE}
    return set().union(*map(_references, value.values()))
