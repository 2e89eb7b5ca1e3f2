"""What must hold for the package as a whole: layers, data kept out of code, plain sizes."""

from __future__ import annotations

import ast
import csv
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sim
from sim.core.provenance import LICENSE

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "sim"
TABLES = PACKAGE / "world" / "lac"
FILES = sorted(PACKAGE.rglob("*.py"))
CALIBRATION = sorted((ROOT / "calibration").rglob("*.py"))
TOOLS = sorted((ROOT / "tools").rglob("*.py"))

# Lowest first. A module imports from its own layer and those before it, nothing else, be it at
# once, when it is called, or for types only.
LAYERS = {
    "sim": (
        "core",
        "world",
        "scenario",
        "rules",
        "engine",
        "experiments",
        "report",
        "app",
        "results",
        "benchmark",
        "cli",
        "__main__",
    ),
    "calibration": (
        "run_reading",
        "scaling",
        "keyed_draws",
        "external",
        "cases",
        "rivals",
        "claims",
        "checks",
        "inference",
        "model_simulator",
        "published",
        "headline_measures",
        "headline_figures",
        "user_data",
        "calibration_pipeline",
        "adopt",
        "validation",
    ),
}
LAYER_OF = {
    f"{package}.{part}": place
    for package, parts in LAYERS.items()
    for place, part in enumerate(parts)
}


def module_name(path: Path) -> str:
    """Return the dotted name of a module of the package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in (*FILES, *CALIBRATION, *TOOLS)}


def layer_name(module: str) -> str:
    """Return the package and the part of it in which a module stands."""
    return ".".join(module.split(".")[:2])


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(name: str) -> frozenset[str]:
    """Return the modules that one imports, at once or late, when the code runs or for types."""
    found = set()
    for node in ast.walk(tree_of(MODULES[name])):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            full = {f"{base}.{alias.name}" for alias in node.names}
            found |= {module if module in MODULES else base for module in full}
    return frozenset(found - {name})


@pytest.mark.parametrize("name", sorted(name for name in MODULES if "." in name))
def test_module_imports_only_from_its_layer_and_those_below(name: str) -> None:
    package, part = name.split(".")[:2]
    assert package == "tools" or layer_name(name) in LAYER_OF, f"give {name} a place in LAYERS"
    for imported in imports(name):
        top = imported.partition(".")[0]
        if package != "tools":
            assert top not in {"tests", "benchmarks", "tools"}
        # What users call, on the command line or from Python, may ask for what is published.
        if package == "sim" and part not in {"cli", "results"}:
            assert top != "calibration", f"{name} imports {imported}"
        if package == "calibration":
            assert layer_name(imported) not in {"sim", "sim.cli"}, f"{name} imports {imported}"
        if top == package and layer_name(name) in LAYER_OF and "." in imported:
            below = LAYER_OF[layer_name(imported)] <= LAYER_OF[layer_name(name)]
            assert below, f"{name} imports {imported}"


def test_imports_have_no_cycle() -> None:
    graph = {name: {other for other in imports(name) if other in MODULES} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"modules import each other: {error.args[1]}")


def rows(table: str) -> list[dict[str, str]]:
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def any_of(words: set[str]) -> re.Pattern[str]:
    longest_first = sorted((re.escape(word) for word in words), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first)})(?![\w-])")


@cache
def codes_in_data() -> re.Pattern[str]:
    """Return a pattern of the codes of countries, localities, provinces and named actors."""
    codes = {row["iso3"] for row in rows("countries")}
    for table in ("localities", "provinces", "organisations", "banks"):
        codes |= {row["code"] for row in rows(table)}
    return any_of(codes)


@cache
def names_in_data() -> re.Pattern[str]:
    """Return a pattern of the countries, cases, people and actors that the data names."""
    focus = {
        code
        for path in (ROOT / "scenarios").glob("*.toml")
        for code in tomllib.loads(path.read_text(encoding="utf-8")).get("focus", [])
    }
    documented = {row["locality"] for row in rows("documented")} | focus
    names = {row["name"] for row in rows("localities") if row["code"] in documented}
    names |= {row["name"] for row in rows("firms") if row["archetype"] == "0"}
    for table in ("countries", "provinces", "executives", "governors"):
        names |= {row["name"] for row in rows(table)}
    return any_of({name for name in names if len(name) > 2})


def named(text: str) -> list[str]:
    """Return what a text of the code names. Sentences may cite a case or a source."""
    is_sentence = len(text.split()) > 3
    found = [] if is_sentence else names_in_data().findall(text)
    return found + codes_in_data().findall(text)


def docstrings(tree: ast.Module) -> set[int]:
    """Return the identities of the nodes that are documentation: texts standing alone."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def words_of_code(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and text of every name and text constant, documentation left out."""
    tree = tree_of(path)
    apart = docstrings(tree)
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield line, node.value
        for field in ("id", "attr", "name", "arg"):
            text = getattr(node, field, None)
            if isinstance(text, str):
                yield line, text.replace("_", " ")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_code_names_no_country_case_or_actor(path: Path) -> None:
    found = [
        f"line {line}: {', '.join(names)} in {text!r}"
        for line, text in words_of_code(path)
        if (names := named(text))
    ]
    assert not found, "these belong into the data: " + "; ".join(found)


def test_the_search_for_names_finds_them() -> None:
    country = rows("countries")[0]
    assert named(country["iso3"])
    assert named(country["name"])
    assert named(f"a sentence that turns on the code {country['iso3']}")
    assert not named("an ordinary text")


def tracked() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run(
        [git, "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


# The brackets keep these patterns from matching themselves.
REGISTRIES = re.compile(
    r"pypi[.]org|pythonhosted[.]|anaconda[.]|npmjs[.]|index[-]url", re.IGNORECASE
)
MACHINE_PATHS = re.compile(r"(?<![\w.~/)}$-])/(?:root|home|Users|work|tmp|opt|mnt|var)/\w")


def test_tracked_files_name_no_registry_and_no_machine_path() -> None:
    found = []
    for path in tracked():
        if path.suffix in {".gif", ".gz", ".parquet", ".pdf", ".png"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if MACHINE_PATHS.search(line) or REGISTRIES.search(line):
                found.append(f"{path.relative_to(ROOT)}, line {number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "path", [*FILES, *CALIBRATION, *TOOLS], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_files_and_functions_stay_short(path: Path) -> None:
    assert path.stem not in {"util", "utils", "helpers", "misc", "common"}
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 440, f"{lines} lines"
    for node in ast.walk(tree_of(path)):
        if isinstance(node, FUNCTION):
            own = len(own_lines(node))
            assert own <= 45, f"{node.name} has {own} lines of its own"


FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def lines_of(node: ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[int]:
    """Return the lines of a function without its docstring and the functions inside it."""
    lines = lines_of(function)
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        lines -= lines_of(first)
    for inner in ast.walk(function):
        if isinstance(inner, FUNCTION) and inner is not function:
            lines -= lines_of(inner)
    return lines


def test_public_names_load() -> None:
    for name in sim.__all__:
        assert getattr(sim, name) is not None
    assert dir(sim) == sorted(sim.__all__)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        sim.nothing  # noqa: B018


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, sim; "
        "heavy = {'numpy', 'pandas', 'numba', 'mesa', 'matplotlib', 'pydantic', 'typer', 'rich'}; "
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr


def test_changelog_and_citation_name_the_version() -> None:
    for name in ("CHANGELOG.md", "CITATION.cff"):
        assert sim.__version__ in (ROOT / name).read_text(encoding="utf-8")


def test_scenarios_are_shipped_under_their_own_name() -> None:
    with (ROOT / "pyproject.toml").open("rb") as stream:
        build = tomllib.load(stream)["tool"]["hatch"]["build"]["targets"]["wheel"]
    published = "results/reference/calibration"
    assert build["force-include"] == {
        "scenarios": "sim/_scenarios",
        f"{published}/posterior.parquet": "calibration/_published/posterior.parquet",
        f"{published}/checks.json": "calibration/_published/checks.json",
    }
    assert list((ROOT / "scenarios").glob("*.toml"))


@pytest.mark.parametrize("path", [*FILES, *CALIBRATION, *TOOLS], ids=lambda path: path.stem)
def test_no_module_acts_when_it_is_imported(path: Path) -> None:
    """Whoever imports a module, as a server may, must not thereby run a command."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    called = [
        node.value.func.id
        for node in body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
    ]
    assert called == []


def documented_names() -> list[str]:
    """Return every dotted name that the documents and docstrings refer to, the page's left out."""
    documents = (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
    found: set[str] = set()
    for paths, pattern in (
        (documents, r"(?<![\w/.])(sim(?:\.[A-Za-z]\w*)+)"),
        (FILES, r":\w+:`~?(sim(?:\.[A-Za-z]\w*)+)`"),
    ):
        for path in paths:
            found.update(re.findall(pattern, path.read_text(encoding="utf-8")))
    return sorted(name for name in found if not name.startswith("sim.app."))


ATTRIBUTE = """
import sys
import sim
missing = []
for name in sys.argv[1:]:
    found = sim
    try:
        for part in name.split(".")[1:]:
            found = getattr(found, part)
    except AttributeError:
        missing.append(name)
sys.exit(", ".join(missing) or 0)
"""


def test_documented_names_need_no_import_but_that_of_the_package() -> None:
    names = documented_names()
    assert "sim.Sweep" in names
    assert len(names) > 30
    done = subprocess.run(
        [sys.executable, "-c", ATTRIBUTE, *names],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr


def texts_of_errors(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of what the library says of wrong input."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("InputError", "error")):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield inner.lineno, inner.value


LIBRARY = [*sorted((PACKAGE / "experiments").rglob("*.py")), *CALIBRATION]


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_messages_of_the_library_name_no_option(path: Path) -> None:
    option = re.compile(r"(?<![\w-])--?[a-z]")
    found = [
        f"line {line}: {text!r}"
        for line, text in texts_of_errors(path)
        if option.search(text) and "paradiplomacy" not in text
    ]
    assert not found, "name the argument; the command line names its option: " + "; ".join(found)


@pytest.mark.parametrize(
    "name", ["replicates", "seed", "parameters", "end", "world", "draws", "out", "progress"]
)
def test_what_runs_scenarios_takes_the_same_arguments(name: str) -> None:
    defaults = {
        repr(inspect.signature(function).parameters[name].default)
        for function in (sim.run, sim.compare, sim.sweep)
    }
    assert len(defaults) == 1


def test_what_is_cited_says_what_the_package_says_of_itself() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    described = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    cited = (ROOT / "CITATION.cff").read_text("utf-8")
    for name in ("name", "description", "keywords"):
        assert described[name] == project[name]
    authors = [one["name"] for one in project["authors"]]
    assert [one["name"] for one in described["author"]] == authors
    assert described["version"] == sim.__version__
    assert described["license"] == LICENSE["path"]
    assert described["runtimePlatform"] == f"Python {project['requires-python']}"
    lines = [f"version: {sim.__version__}", f"license: {project['license']}"]
    assert project["license"] == LICENSE["name"]
    assert {*lines, *(f"  - name: {name}" for name in authors)} <= set(cited.splitlines())
