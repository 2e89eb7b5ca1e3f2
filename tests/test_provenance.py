"""The manifest says everything, and the model's version follows the model's sources."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import sim
from sim import provenance


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
    assert {"rng.py", "state.py", "schedule.py", "decisions.py", "parameters.py"} <= names
    assert any(name.startswith("rules/") for name in names)
    assert not any(name.startswith(("report/", "cli", "experiments/")) for name in names)


def test_digest_follows_names_and_content_but_not_line_ends(tmp_path: Path) -> None:
    def digest(name: str, content: bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content)
        return provenance.sources_digest([path], tmp_path)

    first = digest("a.py", b"x = 1\ny = 2\n")
    assert digest("a.py", b"x = 1\r\ny = 2\r\n") == first
    assert digest("a.py", b"x = 1\ny = 3\n") != first
    assert digest("b.py", b"x = 1\ny = 2\n") != first


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


def test_parts_of_the_time_add_up_to_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card once told the time of simulating as the whole."""
    clock = iter([10.0, 14.5, 60.0, 110.2, 118.3])
    monkeypatch.setattr(provenance, "perf_counter", lambda: next(clock))
    watch = provenance.Stopwatch()
    watch.lap("simulating")
    watch.resume()
    watch.lap("figures")
    watch.lap("writing")
    watch.begin("loading", 2.0)
    assert watch.seconds == {
        "loading": 2.0, "simulating": 4.5, "figures": 50.2, "writing": 8.1, "total": 64.8
    }  # fmt: skip
    words = "Took 64.8 s: loading 2.0, simulating 4.5, figures 50.2, writing 8.1"
    assert provenance.took_words(watch.seconds) == words
