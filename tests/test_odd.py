"""The ODD page agrees with the code."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

from sim import agents
from sim.parameters import PARAMETERS
from sim.timetable import PHASES, STEPS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")


def test_every_parameter_phase_step_and_agent_is_described() -> None:
    for name in PARAMETERS:
        assert f"`{name}`" in PAGE
    for step in STEPS:
        assert f"| {step.who} | `{step.verb}` |" in PAGE
    for phase in PHASES:
        assert phase in PAGE
    for name in set(agents.__all__) - {"ChineseActor", "StateAgent"}:
        assert f"`{name}`" in PAGE


def test_generated_parts_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, "run: python docs/generate.py"


def test_functions_it_names_exist() -> None:
    named = re.findall(r"`(?:sim/)?([\w/]+)\.py: (\w+)`", PAGE.replace("\n", " "))
    assert len(named) > 15
    for path, function in named:
        module = importlib.import_module("sim." + path.replace("/", "."))
        assert callable(getattr(module, function)), (path, function)


def test_claims_it_cites_are_in_range() -> None:
    assert all(1 <= int(number) <= 64 for number in re.findall(r"\bM(\d+)\b", PAGE))
