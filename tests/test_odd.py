"""The ODD page agrees with the code."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sim.core.parameters import PARAMETERS
from sim.engine import agents
from sim.engine.timetable import PHASES, STEPS

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "odd.md"
PAGE = FILE.read_text(encoding="utf-8")
FIELDS = {p.field: name for name, p in PARAMETERS.items()}
MEANINGLESS = {"NEVER", "_LOW"}


def named_functions(text: str) -> list[tuple[str, str]]:
    """Return (file, function) of every mark of the form `rules/x.py: f, g`."""
    marks = re.findall(r"`(?:sim/)?([\w/]+\.py): ([\w,\s]+)`", text)
    return [(file, name) for file, names in marks for name in re.split(r",\s*", names)]


def submodels() -> dict[str, str]:
    chapter = PAGE.split("\n## 7. Submodels\n")[1].split("\n## 8. ")[0]
    parts = re.split(r"^### (.+)$", chapter, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@cache
def syntax(file: str) -> ast.Module:
    return ast.parse((ROOT / "sim" / file).read_text(encoding="utf-8"))


CALENDAR = "core/calendar.py"


def constants_of(file: str) -> dict[str, float]:
    """Return a module's own numbers with a name in capitals, and those of the calendar."""
    calendar = constants_of(CALENDAR) if file != CALENDAR else {}
    return calendar | {
        statement.targets[0].id: float(statement.value.value)
        for statement in syntax(file).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, int | float)
        and statement.targets[0].id not in MEANINGLESS
    }


def body_of(file: str, function: str) -> Iterator[ast.AST]:
    for node in syntax(file).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            yield from ast.walk(node)


def parameters_used(functions: list[tuple[str, str]]) -> set[str]:
    nodes = (node for f in functions for node in body_of(*f))
    return {FIELDS[n.attr] for n in nodes if isinstance(n, ast.Attribute) and n.attr in FIELDS}


def numbers_used(functions: list[tuple[str, str]]) -> tuple[set[float], set[float]]:
    """Return all numbers in the functions, and those that are real or have a name."""
    every, telling = set(), set()
    for file, function in functions:
        named = constants_of(file)
        for node in body_of(file, function):
            if isinstance(node, ast.Name) and node.id in named:
                telling.add(named[node.id])
            elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
                every.add(float(node.value))  # type: ignore[arg-type]
                if isinstance(node.value, float):
                    telling.add(node.value)
    return every | telling, telling - {0.0, 1.0}


def equations(text: str) -> str:
    return "\n".join(re.findall(r"```text\n(.*?)```", text, flags=re.S))


def parameters_written(text: str) -> set[str]:
    return set(PARAMETERS) & set(re.findall(r"\b[a-z]+\.[a-z_]+\b", equations(text)))


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_in_the_table_and_in_an_equation(name: str) -> None:
    assert f"| `{name}` |" in PAGE
    assert any(name in parameters_written(text) for text in submodels().values())


def test_every_step_and_phase_is_in_the_table_of_the_month() -> None:
    for step in STEPS:
        assert f"| {step.phase} | {step.who} | `{step.verb}` |" in PAGE
    assert {step.phase for step in STEPS} == set(PHASES)


def test_every_step_has_a_submodel() -> None:
    described = {name for text in submodels().values() for _, name in named_functions(text)}
    assert {step.verb for step in STEPS} <= described


def test_every_agent_class_is_described() -> None:
    for name in set(agents.__all__) - {"ChineseActor", "StateAgent"}:
        assert f"| `{name}` |" in PAGE


def test_generated_parts_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_functions_it_names_exist() -> None:
    named = named_functions(PAGE)
    assert len(named) > 100
    for file, function in named:
        module = importlib.import_module("sim." + file.removesuffix(".py").replace("/", "."))
        assert callable(getattr(module, function, None)), (file, function)


def test_claims_it_cites_are_in_range() -> None:
    cited = re.findall(r"\bM(\d+)\b", PAGE)
    assert cited
    assert all(len(number) == 2 and 1 <= int(number) <= 64 for number in cited)


@pytest.mark.parametrize("title", submodels())
def test_equations_hold_the_parameters_of_the_functions(title: str) -> None:
    text = submodels()[title]
    assert parameters_written(text) == parameters_used(named_functions(text))


@pytest.mark.parametrize("title", submodels())
def test_equations_hold_the_constants_of_the_functions(title: str) -> None:
    text = submodels()[title]
    every, telling = numbers_used(named_functions(text))
    plain = re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)", equations(text))
    written = {float(number) for number in plain}
    assert telling <= written | {2.0}, "constants the page leaves out"
    assert written <= every | {0.0, 1.0, 2.0, 10.0}, "constants the functions do not have"
