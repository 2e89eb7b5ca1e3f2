"""Compiled code is kept on disk, found again by the next process, never stale, and in bounds."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from numba.types import Array

from sim.core import decisions, jit, parameters, rule_compiler, state, state_fields
from sim.core import enums as kinds
from sim.core import state_pointer as handle
from sim.core.errors import InputError
from sim.core.state import State
from sim.core.state_fields import RECORDS
from sim.core.state_pointer import LAYOUT, layout_digest
from sim.engine import compiled as engine
from sim.engine import dispatch as schedule
from sim.engine import timetable
from sim.engine.compiled import has_room
from sim.rules import basics, learning

pytestmark = pytest.mark.slow  # code is compiled anew in processes of its own

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "sim"
compiled = pytest.mark.skipif(not jit.COMPILE, reason="compilation is off")

ASK = """
from sim.core.state_pointer import handle
from sim.engine.compiled import has_room
from sim.engine.initial_state import initial_state
from sim.scenario.schema import load
from sim.world import load_world
world = load_world()
assert has_room(handle(initial_state(load("baseline", world), world)))
"""


def python(code: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        # The folder it starts in comes before PYTHONPATH.
        cwd=environment.get("PYTHONPATH", ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


@compiled
def test_another_process_finds_the_compiled_code(template: State) -> None:
    assert has_room(handle.handle(template))
    done = python(ASK, NUMBA_DEBUG_CACHE="1")
    about = [line for line in done.stdout.splitlines() if "compiled.has_room" in line]
    assert any("data loaded" in line for line in about)
    assert not any("saved" in line for line in about)


# --- never stale


def test_compiled_code_lies_in_a_folder_named_after_the_sources_wherever_that_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    assert jit.cache_folder() == tmp_path / "mine" / "paradiplomacy" / jit.source_hash()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "given"))
    assert jit.cache_folder() == tmp_path / "given" / jit.source_hash()


def test_every_file_with_a_rule_is_among_the_sources() -> None:
    with_rules = {path for path in PACKAGE.rglob("*.py") if "\n@rule\n" in path.read_text("utf-8")}
    assert len(with_rules) > 10
    assert with_rules <= set(jit.compiled_sources())


def test_no_import_of_a_source_stands_after_a_definition() -> None:
    modules = {s: content for s, content in jit.compiled_sources().items() if s.suffix == ".py"}
    for source, content in modules.items():
        whole = ast.parse(content)
        at_once = [node for node in whole.body if isinstance(node, ast.Import | ast.ImportFrom)]
        head = ast.parse(jit._DEFINITION.split(content.decode(), maxsplit=1)[0])
        assert [ast.dump(n) for n in head.body if isinstance(n, ast.Import | ast.ImportFrom)] == [
            ast.dump(node) for node in at_once
        ], source


@compiled
def test_all_that_a_rule_refers_to_is_among_the_sources() -> None:
    sources = {str(path) for path in jit.compiled_sources()}
    rules = {
        id(value): value
        for name, module in sys.modules.items()
        if name.startswith("sim.") and getattr(module, "__file__", None) in sources
        for value in vars(module).values()
        if hasattr(value, "py_func")
    }
    assert len(rules) > 100
    for function in rules.values():
        code = function.py_func.__code__
        assert code.co_filename in sources
        for name in set(code.co_names) & set(function.py_func.__globals__):
            value = function.py_func.__globals__[name]
            owner = str(getattr(value, "__module__", None) or getattr(value, "__name__", ""))
            if owner.startswith("sim"):
                assert sys.modules[owner].__file__ in sources, name


def reversed_pair(text: str, first: str, second: str) -> str:
    """Return the text with two pieces in each other's place."""
    assert text.count(first) == text.count(second) == 1
    return text.replace(first, "\0").replace(second, first).replace("\0", second)


@pytest.mark.parametrize(
    ("module", "first", "second"),
    [
        (parameters.TABLE, "[authority.effect]", "[authority.slope]"),
        (kinds, "_add(EventKind(2,", "_add(EventKind(3,"),
        (decisions, "EXECUTIVE_BLOC = 2", "EXECUTIVE_STANCE = 3"),
        (timetable, '"read_policy"', '"favour_country"'),
        (schedule, "verb < V.read_policy", "verb < V.assess_country"),
        (state_fields, 'Field("personal"', 'Field("institutional"'),
        (handle, '"strain": (np', '"fiscal": (np'),
        (basics, "1.0 - tie.personal", "1.0 - tie.institutional"),
        (kinds.SIGNAL_TABLE, "policy_emphasis", "commodity_leverage"),
        (learning, "RECENT = 0.97", "NEIGHBOUR_SHARE = 0.5"),
        (engine, "2 * ties", "7 * projects"),
    ],
    ids=lambda value: getattr(value, "__name__", getattr(value, "name", "")),
)
def test_another_order_in_a_table_that_compiled_code_reads_is_another_key(
    module: Any, first: str, second: str, tmp_path: Path
) -> None:
    for source in jit.compiled_sources():
        copy = tmp_path / source.relative_to(PACKAGE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
    hashed = jit.source_hash.__wrapped__
    assert hashed(tmp_path) == jit.source_hash()
    file = module if isinstance(module, Path) else Path(module.__file__)
    changed = tmp_path / file.relative_to(PACKAGE)
    text = changed.read_text(encoding="utf-8")
    changed.write_text(reversed_pair(text, first, second), encoding="utf-8")
    assert hashed(tmp_path) != jit.source_hash()


def test_a_rule_that_reads_an_undeclared_signal_is_refused_in_words() -> None:
    def hasten(w: Any, month: int) -> None:
        w.run[0].outreach = w.signal[month, kinds.SIGNAL.policy_emphasys]

    with pytest.raises(InputError, match=r"hasten .*'policy_emphasys'.*signals\.csv") as caught:
        jit.rule(hasten)
    assert caught.value.nearest == "policy_emphasis"
    assert caught.value.file == __file__


@pytest.mark.parametrize("table", RECORDS)
def test_another_order_of_fields_is_another_layout(table: str) -> None:
    first, second, *rest = RECORDS[table]
    other = state.record_type((second, first, *rest))
    assert layout_digest(LAYOUT | {table: (other, 1)}) != layout_digest(LAYOUT)


def test_another_order_or_shape_of_arrays_is_another_layout() -> None:
    names = list(LAYOUT)
    assert layout_digest({n: LAYOUT[n] for n in reversed(names)}) != layout_digest(LAYOUT)
    dtype, dimensions = LAYOUT["series"]
    other = LAYOUT | {"series": (dtype, dimensions + 1)}
    assert layout_digest(other) != layout_digest(LAYOUT)


COMPARE = """
import sys, numba
import sim.core.jit
numba.config.CACHE_DIR = sys.argv[1]
from sim.core.state_pointer import handle
from sim.engine.initial_state import initial_state
from sim.rules.basics import local_authority
from sim.scenario.schema import load
from sim.world import load_world
world = load_world()
w = initial_state(load("baseline", world), world)
w.run["mean_authority"], w.par["authority_effect"] = 0.5, 1.0
w.country["authority"], w.country["consolidation"] = 0.25, 0.0
print(sim.core.jit.PACKAGE, *w.par.dtype.names[:1])
print(local_authority(handle(w), 0), local_authority.py_func(handle(w), 0))
"""


@compiled
def test_code_compiled_for_another_order_of_parameters_does_not_run(tmp_path: Path) -> None:
    """Even from a folder of compiled code that two states of the sources share."""
    leave = shutil.ignore_patterns("app", "report", "__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "sim", ignore=leave)
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    table = tmp_path / "sim" / "core" / "parameters.toml"
    head, first, second, rest = table.read_text(encoding="utf-8").split("\n[", 3)
    for entries in ((first, second), (second, first)):
        table.write_text("\n[".join((head, *entries, rest)), encoding="utf-8")
        done = python(COMPARE, tmp_path / "shared", PYTHONPATH=str(tmp_path))
        package, field, *authority = done.stdout.split()
        assert package == str(tmp_path / "sim")
        assert entries[0].startswith(f"{field.replace('_', '.')}]")
        assert authority == ["0.25", "0.25"]
    assert list((tmp_path / "shared").rglob("*.nbc"))


# --- a folder that cannot be written


AGAIN = """
import subprocess, sys
from sim.core import jit
assert not jit.is_warm()
if len(sys.argv) < 2:
    subprocess.run([sys.executable, "-c", "from sim.core import jit"], check=True)
"""


@compiled
@pytest.mark.parametrize("variable", ["XDG_CACHE_HOME", "HOME", "NUMBA_CACHE_DIR"])
def test_that_compiled_code_cannot_be_kept_is_said_once_in_every_command(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CACHE_HOME", "NUMBA_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "file"
    file.touch()
    for _ in range(2):
        told = python(AGAIN, **{variable: str(file / "folder")}).stderr.splitlines()
        assert len(told) == 1
        assert told[0].startswith("compiled code cannot be kept")
        assert str(file) in told[0]
        assert "XDG_CACHE_HOME" in told[0]


# --- in bounds


def raises_index_error(take: Callable[[], object]) -> None:
    with pytest.raises(IndexError):
        take()


def test_nothing_is_read_or_written_out_of_bounds(template: State) -> None:
    w = engine.new_run_state(template, 1, 0)
    h, months, countries = handle.handle(w), len(w.signal), len(w.country)
    before = w.series.tobytes()
    raises_index_error(lambda: learning.record_series(h, 0, months))
    raises_index_error(lambda: learning.record_series(h, countries, 0))
    raises_index_error(lambda: basics.local_authority(h, 10**9))
    assert w.series.tobytes() == before
    w.run["events"] = len(w.event)
    raises_index_error(lambda: basics.record(h, 0, 0, -1, -1, 0, -1, 0, 0.0, 0, 0, 0))


@compiled
def test_an_index_that_stands_for_none_is_out_of_bounds(template: State) -> None:
    w = engine.new_run_state(template, 1, 0)
    h = handle.handle(w)
    raises_index_error(lambda: basics.local_authority(h, -1))
    raises_index_error(lambda: basics.has_office(h, -1, 0, 0))
    raises_index_error(lambda: basics.has_office(h, 0, -1, 0))
    before = w.office.tobytes()
    raises_index_error(lambda: basics.open_office(h, 0, -1, 0, 0))
    assert w.office.tobytes() == before


@compiled
def test_a_constant_that_a_caller_writes_compiles_no_code_of_its_own(finished: State) -> None:
    run_months: Any = engine.run_months
    run_months.translated.compile(run_months.signatures[0])
    rules = [rule for rule in vars(basics).values() if hasattr(rule, "translated")]
    assert basics.record in rules
    called = [rule.translated for rule in rules if rule.translated.signatures]
    assert len(called) > 10
    for translated in called:
        # An array that Python hands over is of another type than one of the state.
        by_rules = [
            types for types in translated.signatures if not any(type(x) is Array for x in types)
        ]
        assert len(by_rules) <= 1, translated.py_func.__name__


# --- translated once, optimised as one


@compiled
def test_an_interrupted_compilation_goes_on_where_it_was(tmp_path: Path) -> None:
    places = {"NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_DEBUG_CACHE": "1"}
    python(ASK, **places)
    entries = [*tmp_path.rglob("compiled.has_room-*")]
    assert entries
    for file in entries:
        file.unlink()
    told = python(ASK, **places).stdout.splitlines()
    about = [line for line in told if "translated.compiled.short_pool" in line]
    assert any("data loaded" in line for line in about)
    assert any("compiled.has_room" in line and "data saved" in line for line in told)


@compiled
def test_translations_of_several_processes_fit_together(tmp_path: Path) -> None:
    places = {"NUMBA_CACHE_DIR": str(tmp_path)}
    python(ASK, **places)
    for pattern in ("compiled.has_room-*", "translated.compiled.short_pool-*"):
        files = [*tmp_path.rglob(pattern)]
        assert files
        for file in files:
            file.unlink()
    # Another process compiles other things, then one of the rules anew, and links both. Were rules
    # named by how many were compiled before, it would call what is not there.
    others = "import numba\nfor n in range(9): numba.njit(lambda x: x)(n)\n"
    python(f"{others}{ASK}", **places)


@compiled
def test_the_engine_is_warm_once_its_last_rule_is_machine_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(jit, "_CAN_KEEP", True)
    folder = jit.cache_folder() / "engine"
    folder.mkdir(parents=True)
    (folder / "translated.compiled.run_months-60.py311.1.nbc").touch()
    assert not jit.is_warm()
    (folder / "compiled.run_months-60.py311.1.nbc").touch()
    assert jit.is_warm()


@compiled
def test_whoever_watches_hears_which_rule_is_compiled_and_how_far_it_is() -> None:
    @jit.rule
    def doubled(x: float) -> float:
        return 2.0 * x

    @jit.rule
    def more(x: float) -> float:
        return doubled(x) + 1.0

    told: list[tuple[str, int, int]] = []
    with jit.told_of_compilation(lambda *news: told.append(news)):
        assert more(3.0) == 7.0
    assert [what for what, _, _ in told] == ["more", "doubled", "optimising more"]
    assert all(0 <= done <= total for _, done, total in told)
    more(3)
    assert len(told) == 3


@compiled
def test_a_rule_that_others_call_and_python_too_is_one_rule() -> None:
    @jit.rule
    def halved(x: float) -> float:
        return x / 2.0

    @jit.rule
    def quartered(x: float) -> float:
        return halved(halved(x))

    assert (quartered(8.0), halved(8.0), quartered(4.0)) == (2.0, 4.0, 1.0)
    assert len(halved.translated.signatures) == 1  # type: ignore[attr-defined]


def test_processes_that_keep_code_at_once_leave_each_signature_its_own(tmp_path: Path) -> None:
    """One is halfway through keeping its code when another keeps that of another signature."""
    one, other = (rule_compiler.CodeFiles(str(tmp_path), "rule", "stamp") for _ in range(2))
    write = one._save_data

    def interrupted(name: str, data: str) -> None:
        other.save("of integers", "code for integers")
        write(name, data)

    one._save_data = interrupted
    one.save("of floats", "code for floats")
    assert one.load("of integers") == "code for integers"
    assert one.load("of floats") == "code for floats"
