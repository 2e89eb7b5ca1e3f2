"""The steps of a validation are kept, so that a stopped one goes on, and redone when stale."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from calibration.inference.posterior import Posterior, read_posterior
from calibration.validation import validation_pipeline as validation
from calibration.validation.validation_context import ValidationContext
from sim.core.errors import InputError
from tests.calibration.validation import made_up_validation as made_up

REAL = validation.STEPS


@dataclass(frozen=True)
class NoTrial:
    """Stand in for a trial whose tables nobody reads."""

    notify: Any = None
    comparison_runs: int = 2000


@pytest.fixture(autouse=True)
def made_up_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(validation, "STEPS", made_up.STEPS)
    monkeypatch.setattr(ValidationContext, "read", lambda *given: NoTrial(None, given[-1]))
    made_up.calls.clear()
    made_up.broken.clear()
    yield
    made_up.broken.clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made_up.folder_of(tmp_path / "calibration")


def verdicts(done: validation.Validation) -> dict[str, str]:
    return {verdict.check: verdict.verdict for verdict in done.verdicts}


def test_every_step_is_carried_out_once_and_kept(folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    done = validation.validate(folder, notify=lambda *words: told.append(words))
    assert made_up.calls == ["first", "second", "third"]
    found = verdicts(done)
    assert list(found)[-4:] == ["first", "second", "second again", "third"]
    assert [found[name] for name in list(found)[-4:]] == ["passed", "missed", "not run", "passed"]
    assert ("step 1 of 3, the first", 1, 1) in told
    again = validation.validate(folder)
    assert made_up.calls == ["first", "second", "third"]
    assert again.record["checks"] == done.record["checks"]
    assert again.record["seconds"] == done.record["seconds"]


def test_a_stopped_validation_goes_on(folder: Path) -> None:
    made_up.broken.add("third")
    with pytest.raises(KeyboardInterrupt):
        validation.validate(folder)
    made_up.broken.clear()
    validation.validate(folder)
    assert made_up.calls == ["first", "second", "third", "third"]


def test_a_step_that_breaks_keeps_no_other_from_being_judged(folder: Path) -> None:
    made_up.broken.add("second")
    done = validation.validate(folder)
    assert verdicts(done)["third"] == "passed"
    assert verdicts(done)["second"] == "not run"
    assert done.faults == ("second: ValueError: it broke",)
    # It is not kept, so that it is tried again.
    made_up.broken.clear()
    assert verdicts(validation.validate(folder))["second"] == "missed"


def test_steps_can_be_carried_out_one_by_one(folder: Path) -> None:
    done = validation.validate(folder, only=["third"])
    assert made_up.calls == ["third"]
    assert verdicts(done)["first"] == "not run"
    with pytest.raises(InputError, match="Did you mean 'third'"):
        validation.validate(folder, only=["thirt"])


@pytest.mark.parametrize("changed", ["values", "versions", "code", "thresholds"])
def test_a_step_whose_inputs_changed_is_done_again(
    changed: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validation.validate(folder)
    held = read_posterior(folder / "posterior.parquet")
    if changed == "values":
        replace(held, values=held.values[::-1]).write(folder / "posterior.parquet")
    elif changed == "versions":
        replace(held, made_by={**held.made_by, "seed": 2}).write(folder / "posterior.parquet")
    elif changed == "code":
        monkeypatch.setattr("sim.core.provenance.sources_digest", lambda *_: "other")
        monkeypatch.setattr(validation, "stale_parts", lambda _: [])
    else:
        monkeypatch.setattr(validation, "thresholds_digest", lambda: "other")
    validation.validate(folder)
    assert made_up.calls == ["first", "second", "third"] * 2


def test_a_comparison_is_made_again_for_another_number_of_runs(folder: Path) -> None:
    validation.validate(folder, replicates=400)
    # Any number will do where none is asked for.
    validation.validate(folder)
    validation.validate(folder, replicates=400)
    assert made_up.calls == ["first", "second", "third"]
    validation.validate(folder, replicates=500)
    assert made_up.calls == ["first", "second", "third", "third"]
    with pytest.raises(InputError, match="too few"):
        validation.validate(folder, replicates=20)


def test_when_a_calibration_was_made_does_not_matter(folder: Path) -> None:
    validation.validate(folder)
    held = read_posterior(folder / "posterior.parquet")
    later: Posterior = replace(held, made_by={**held.made_by, "started": "later"})
    later.write(folder / "posterior.parquet")
    validation.validate(folder)
    assert made_up.calls == ["first", "second", "third"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"mark": 1}'])
def test_a_damaged_file_of_a_step_is_made_again(folder: Path, content: str) -> None:
    validation.validate(folder)
    (folder / "validation" / "second.json").write_text(content)
    validation.validate(folder)
    assert made_up.calls == ["first", "second", "third", "second"]


def test_what_is_published_is_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "calibration.validation.page.validation_page.validation_page", lambda *_: "a page"
    )
    done = validation.validate(folder)
    target = tmp_path / "published"
    target.mkdir()
    validation.publish(folder, target)
    done.write(target)
    assert sorted(path.name for path in target.iterdir()) == [
        "checks.json", "posterior.parquet", "validation.html", "validation.json",
    ]  # fmt: skip
    again = validation.validate(target)
    assert again.record == done.record
    assert not again.is_new
    with pytest.raises(InputError, match="no step can be carried out"):
        validation.validate(target, only=["first"])
    record = json.loads((target / "validation.json").read_text(encoding="utf-8"))
    (target / "validation.json").write_text(json.dumps(record | {"posterior_sha256": "other"}))
    with pytest.raises(InputError, match="another posterior"):
        validation.validate(target)


def test_a_stale_calibration_and_an_empty_folder_are_refused(folder: Path, tmp_path: Path) -> None:
    held = read_posterior(folder / "posterior.parquet")
    replace(held, made_by={**held.made_by, "behaviour": "others"}).write(
        folder / "posterior.parquet"
    )
    with pytest.raises(InputError, match="another version of the model"):
        validation.validate(folder)
    with pytest.raises(InputError, match="is not there"):
        validation.validate(tmp_path / "nowhere")
    assert made_up.calls == []


def test_the_real_steps_can_be_found() -> None:
    assert len({step.name for step in REAL}) == len(REAL)
    for step in REAL:
        module, _, function = step.does.partition(":")
        assert callable(getattr(importlib.import_module(module), function))
