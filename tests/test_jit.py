"""Compiled code is kept on disk, found again by the next process, and never stale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim import jit
from sim.engine import has_room
from sim.handle import handle
from sim.state import State

ROOT = Path(__file__).resolve().parents[1]

ASK = """
from sim.engine import has_room
from sim.handle import handle
from sim.initial import initial_state
from sim.scenario import load
from sim.world import load_world
world = load_world()
assert has_room(handle(initial_state(load("baseline", world), world)))
"""


@pytest.mark.skipif(not jit.COMPILE, reason="compilation is off")
def test_another_process_finds_the_compiled_code(template: State) -> None:
    assert has_room(handle(template))
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NUMBA_DEBUG_CACHE": "1", "PYTHONPATH": str(ROOT)},
    )
    about = [line for line in done.stdout.splitlines() if "engine.has_room" in line]
    assert any("data loaded" in line for line in about)
    assert not any("saved" in line for line in about)


def test_the_folder_of_compiled_code_is_named_after_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    file = tmp_path / "engine.py"
    file.write_text("one", encoding="utf-8")
    monkeypatch.setattr(jit, "compiled_sources", lambda: [file])
    before = jit.cache_folder()
    assert before.is_relative_to(tmp_path)
    assert jit.cache_folder() == before
    file.write_text("two", encoding="utf-8")
    assert jit.cache_folder() != before


def test_every_file_with_a_rule_is_among_the_sources() -> None:
    with_rules = {
        path for path in (ROOT / "sim").rglob("*.py") if "\n@rule\n" in path.read_text("utf-8")
    }
    assert len(with_rules) > 10
    assert with_rules <= set(jit.compiled_sources())
