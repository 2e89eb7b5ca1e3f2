"""The manifest says everything, and the model's version follows what the model does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import sim
from sim.core import provenance
from tests.test_docs import ROOT


def sample_manifest(started: datetime) -> dict[str, object]:
    return provenance.manifest(
        scenario={"name": "baseline", "end": "2020-12"},
        parameters={"turnover.fade": 0.6},
        world_digest="ab12",
        seed=7,
        replicates=3,
        driver="compiled",
        started=started,
        seconds=1.23456,
    )


def test_environment_names_versions_of_what_is_installed() -> None:
    found = provenance.environment()
    assert found["packages"]["numpy"]
    assert found["cpu_count"] >= 1
    assert set(found["packages"]) == set(provenance.PACKAGES)


def test_environment_is_a_copy() -> None:
    provenance.environment()["packages"].clear()
    assert provenance.environment()["packages"]["numpy"]


def test_missing_package_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "PACKAGES", ("no-such-distribution",))
    provenance._environment.cache_clear()
    try:
        assert provenance.environment()["packages"] == {"no-such-distribution": None}
    finally:
        provenance._environment.cache_clear()


def test_model_version_starts_with_the_package_version() -> None:
    version, digest = provenance.model_version().split("+")
    assert version == sim.__version__
    assert len(digest) == 12


def test_model_sources_hold_the_rules_and_leave_presentation_out() -> None:
    root = Path(sim.__file__).parent
    names = {path.relative_to(root).as_posix() for path in provenance.model_sources()}
    assert {"core/rng.py", "core/state.py", "core/parameters.py", "engine/dispatch.py"} <= names
    assert "core/parameters.toml" in names
    assert any(name.startswith("rules/") for name in names)
    assert not any(name.startswith(("report/", "cli", "experiments/")) for name in names)


def test_an_installed_package_is_the_same_model_as_the_sources(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else it would look for its version where none is kept, and compile and run to find it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    monkeypatch.setattr(provenance, "_PACKAGE_FOLDER", copied(tmp_path))
    sources = provenance.model_sources_digest()
    for source, target in included.items():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / source, tmp_path / target)
    assert any((tmp_path / "sim" / "_scenarios").iterdir())
    assert provenance.model_sources_digest() == sources


def digest_of(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return provenance.sources_digest([path], folder)


def test_digest_of_tables_follows_names_and_content_but_not_line_ends(tmp_path: Path) -> None:
    first = digest_of(tmp_path, "a.csv", b"x,1\ny,2\n")
    assert digest_of(tmp_path, "a.csv", b"x,1\r\ny,2\r\n") == first
    assert digest_of(tmp_path, "a.csv", b"x,1\ny,3\n") != first
    assert digest_of(tmp_path, "b.csv", b"x,1\ny,2\n") != first


def test_digest_of_sources_leaves_out_what_does_nothing(tmp_path: Path) -> None:
    plain = b'def f(x):\n    "What."\n    return x + 1\n'
    same = b'"""Module."""\n# why\ndef f( x ):\n    """What, then."""\n\n    return (x + 1)\n'
    first = digest_of(tmp_path, "a.py", plain)
    assert digest_of(tmp_path, "a.py", same) == first
    for other in (b"x - 1", b"x + 2", b"x + 1.0", b"None"):
        assert digest_of(tmp_path, "a.py", plain.replace(b"x + 1", other)) != first


def version_in(folder: Path, cache: Path) -> str:
    code = "from sim.core import provenance as p; print(p.model_version(), p.calibration_version())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "XDG_CACHE_HOME": str(cache)},
    )
    return done.stdout.strip()


def versions_kept(folder: Path) -> list[Path]:
    """Return the files of the cache: that by the bytes of the sources, that by what they say."""
    files = (folder / "cache" / "paradiplomacy" / "versions").iterdir()
    return sorted(files, key=lambda file: file.stem == json.loads(file.read_text())["sources"][:32])


def copied(folder: Path) -> Path:
    package = Path(sim.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__", "app", "_scenarios")
    return Path(shutil.copytree(package, folder / "sim", ignore=ignored))


def test_a_comma_in_a_docstring_leaves_everything_fresh(tmp_path: Path) -> None:
    package = copied(tmp_path)
    held = provenance._versions()
    (package / "model_version.json").write_text(json.dumps(held))
    for name in ("core/errors.py", "core/rng.py", "rules/ties.py"):
        path = package / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"""', '"""Well, ', 1) + "\n# why\n", encoding="utf-8")
    here = f"{provenance.model_version()} {provenance.calibration_version()}"
    assert version_in(tmp_path, tmp_path / "cache") == here
    # It was found in the committed file, by the sources, and is kept by their bytes.
    records = [json.loads(kept.read_text()) for kept in versions_kept(tmp_path)]
    assert records == [held, held]


SHORT_DIGESTS = """

def digests():
    from sim.rules.basics import logistic

    text = repr(logistic(0.5))
    return {name: hashlib.sha256(f"{name} {text}".encode()).hexdigest()
            for name in ("model", "calibration")}
"""
"""What stands for the digests of runs, for which all rules would be compiled."""


@pytest.mark.slow  # processes compile a rule
def test_an_edited_rule_has_a_version_of_its_own_that_is_kept(tmp_path: Path) -> None:
    package = copied(tmp_path)
    path, digest = package / "rules" / "basics.py", package / "engine" / "behaviour_digest.py"
    runs, sign, main = digest.read_text(encoding="utf-8").partition("\ndef main(")
    digest.write_text(runs + SHORT_DIGESTS + sign + main, encoding="utf-8")
    before = version_in(tmp_path, tmp_path / "cache")
    text = path.read_text(encoding="utf-8")
    assert "return 1.0 / (1.0 + math.exp(-x))" in text
    path.write_text(text.replace("math.exp(-x)", "math.exp(-1.01 * x)"), encoding="utf-8")
    first = version_in(tmp_path, tmp_path / "cache")
    assert not set(first.split()) & set(before.split())
    assert "unrun" not in before + first
    held = sorted(versions_kept(tmp_path), key=lambda file: file.stat().st_mtime_ns)
    *_, by_bytes, by_sources = held
    record = json.loads(by_sources.read_text())
    assert first.split()[0].endswith(record["model"][:12])
    # It is looked up from then on, by the sources where only their layout has changed.
    for kept in (by_bytes, by_sources):
        kept.write_text(json.dumps(record | {"model": "kept" * 8}))
    assert version_in(tmp_path, tmp_path / "cache").split()[0].endswith("+keptkeptkept")
    path.write_text(path.read_text(encoding="utf-8") + "\n# why\n", encoding="utf-8")
    assert version_in(tmp_path, tmp_path / "cache").split()[0].endswith("+keptkeptkept")


def test_sources_that_do_not_run_are_a_version_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(provenance, "_PACKAGE_FOLDER", tmp_path / "sim")
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "__init__.py").write_text("")
    found = provenance._taken_anew("abc")
    assert found == {"sources": "abc", "model": "unrun-abc", "calibration": "unrun-abc"}


def test_manifest_holds_what_a_repetition_needs() -> None:
    started = datetime(2024, 5, 1, 12, tzinfo=timezone(timedelta(hours=-5)))
    made = sample_manifest(started)
    assert made["scenario"] == {"name": "baseline", "end": "2020-12"}
    assert made["parameters"] == {"turnover.fade": 0.6}
    assert made["world"] == {"digest": "ab12"}
    assert (made["seed"], made["replicates"], made["driver"]) == (7, 3, "compiled")
    assert made["started"] == "2024-05-01T17:00:00+00:00"
    assert made["seconds"] == 1.235
    assert made["model_version"] == provenance.model_version()
    json.dumps(made, allow_nan=False)


def test_manifest_refuses_a_start_without_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        sample_manifest(datetime.now(tz=UTC).replace(tzinfo=None))
