"""A release is described by an RO-Crate that keeps the rules."""

from __future__ import annotations

import json
from pathlib import Path

import sim
from tests.crates import METADATA, crate_faults
from tools.release_crate import main


def test_a_release_is_described_whole(tmp_path: Path) -> None:
    assert main(tmp_path) == 2
    names = {f"paradiplomacy-{sim.__version__}{end}" for end in ("-py3-none-any.whl", ".tar.gz")}
    for name in names:
        (tmp_path / name).write_bytes(b"held")
    assert main(tmp_path) == 0
    assert crate_faults(tmp_path) == []
    entities = {
        one["@id"]: one
        for one in json.loads((tmp_path / METADATA).read_text(encoding="utf-8"))["@graph"]
    }
    root = entities["./"]
    parts = {part["@id"] for part in root["hasPart"]}
    assert parts == names | {"codemeta.json", "CITATION.cff"}
    assert entities[root["author"][0]["@id"]]["name"] in Path("CITATION.cff").read_text("utf-8")
    (tmp_path / "CITATION.cff").write_bytes(b"other")
    assert crate_faults(tmp_path) == ["CITATION.cff is another"]
