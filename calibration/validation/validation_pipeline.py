"""Validate a calibration: its own checks and the steps after the fit, as one record and page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibration.checks import Verdict, thresholds_digest
from calibration.checks.verdict import MISSED, NOT_RUN, PASSED
from calibration.inference.posterior import Posterior, read_posterior
from calibration.published import CHECKS, POSTERIOR, stale_parts
from calibration.validation import validation_steps
from calibration.validation.validation_steps import StepResult, ValidationStep
from sim.core import files, provenance
from sim.core.errors import InputError
from sim.core.files import MachineError

if TYPE_CHECKING:
    from calibration.validation.validation_context import Notify

RECORD, PAGE = "validation.json", "validation.html"
TABLES = "table-0"
"""There where the runs of a calibration are; a published one has none."""


@dataclass(frozen=True)
class Validation:
    """Hold the verdicts on a calibration.

    Parameters
    ----------
    posterior
        What is judged.
    record
        Everything found, in terms of JSON: what ``validation.json`` holds.
    faults
        Steps that stopped with an error, with the error.
    is_new
        Whether it was made by this call and not read from ``validation.json``.
    """

    posterior: Posterior
    record: dict[str, Any]
    faults: tuple[str, ...] = ()
    is_new: bool = False

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Return the verdicts in the order of the protocol."""
        return tuple(Verdict(**entry) for entry in self.record["checks"])

    @property
    def counts(self) -> dict[str, int]:
        """Return how many checks were passed, missed and not run."""
        words = [verdict.verdict for verdict in self.verdicts]
        return {word: words.count(word) for word in (PASSED, MISSED, NOT_RUN)}

    def write(self, folder: Path) -> None:
        """Write ``validation.json`` and ``validation.html`` into a folder."""
        from calibration.validation.page.validation_page import validation_page

        files.write_json(folder / RECORD, self.record, indent=1)
        files.write_text(folder / PAGE, validation_page(self.record, self.posterior))


def validate(
    folder: Path,
    *,
    workers: int = 1,
    only: Sequence[str] = (),
    notify: Notify | None = None,
) -> Validation:
    """Carry out the validation of a calibration, or go on with it, or read it again.

    Where the calibration's tables are, steps that are not done yet are carried out; they and their
    runs are kept there, so that a stopped validation goes on. Where they are not, as with what is
    published, the verdicts are read from ``validation.json``.

    Parameters
    ----------
    folder
        Of the calibration.
    workers
        Processes that make runs.
    only
        Names of steps to carry out; the others are taken as they are. All by default.
    notify
        Told of progress.

    Raises
    ------
    InputError
        If the folder holds no calibration, or one of another version of the model.
    MachineError
        If the machine fails; the same call goes on later.
    """
    chosen = validation_steps.chosen_steps(only)
    posterior = read_posterior(folder / POSTERIOR)
    checks = _read(folder / CHECKS)
    if not (folder / TABLES).is_dir():
        return _read_again(folder, posterior, only)
    _refuse_stale(folder, posterior)
    mark = validation_steps.mark_of(posterior)
    found, faults = _carried_out(folder, chosen, mark, workers, notify or (lambda *_: None))
    record = _record(folder, posterior, checks, found, faults)
    return Validation(posterior, record, tuple(faults.values()), is_new=True)


def _carried_out(
    folder: Path, chosen: Sequence[ValidationStep], mark: str, workers: int, notify: Notify
) -> tuple[dict[str, StepResult], dict[str, str]]:
    """Carry out the steps left; return what each step found, and the errors of those that fail."""
    from calibration.validation.validation_context import ValidationContext

    held = {step.name: validation_steps.kept(folder, step, mark) for step in validation_steps.STEPS}
    found = {name: one for name, one in held.items() if one is not None}
    left = [step for step in chosen if step.name not in found]
    faults: dict[str, str] = {}
    trial: ValidationContext | None = None
    for number, step in enumerate(left):
        head = f"step {number + 1} of {len(left)}, {step.words}"
        notify(head, 0, 1)
        try:
            if trial is None:
                scratch = folder / validation_steps.FOUND / "runs"
                trial = ValidationContext.read(folder, workers=workers, scratch=scratch)
            of_step = replace(trial, notify=_with_heading(head, step.words, notify))
            found[step.name] = validation_steps.carry_out(of_step, folder, step, mark)
        except MachineError:
            raise
        # One step that fails must not keep the others from being judged.
        except Exception as fault:
            faults[step.name] = f"{step.check}: {type(fault).__name__}: {fault}"
    return found, faults


def _with_heading(head: str, words: str, notify: Notify) -> Notify:
    """Return what tells of a step's parts under its head."""

    def notify_step(what: str, done: int, of: int) -> None:
        notify(head if what == words else f"{head}: {what}", done, of)

    return notify_step


def _record(
    folder: Path,
    posterior: Posterior,
    checks: Mapping[str, Any],
    found: Mapping[str, StepResult],
    faults: Mapping[str, str],
) -> dict[str, Any]:
    """Return everything found in terms of JSON, the steps in their order."""
    rows = list(checks["checks"])
    for step in validation_steps.STEPS:
        if step.name in found:
            rows += [verdict.to_json() for verdict in found[step.name].verdicts]
        else:
            why = (
                f"stopped by an error, {faults[step.name]}"
                if step.name in faults
                else "not carried out yet"
            )
            rows.append(validation_steps.left_open(step, why).to_json())
    seconds = {
        step.name: found[step.name].seconds for step in validation_steps.STEPS if step.name in found
    }
    record = {
        "model_version": provenance.model_version(),
        "thresholds": thresholds_digest(),
        "posterior_sha256": hashlib.sha256((folder / POSTERIOR).read_bytes()).hexdigest(),
        "made_by": posterior.made_by,
        "environment": provenance.environment(),
        "seconds": {"fit": checks.get("seconds", {}), "steps": seconds},
        "checks": rows,
    }
    plain: dict[str, Any] = files.plain(record)
    return plain


def _read_again(folder: Path, posterior: Posterior, only: Sequence[str]) -> Validation:
    """Return the validation that is kept in a folder without tables."""
    if only:
        raise InputError(
            "has no tables, so that no step can be carried out",
            file=folder,
            allowed="a folder of the command calibrate",
        )
    record = _read(folder / RECORD)
    digest = hashlib.sha256((folder / POSTERIOR).read_bytes()).hexdigest()
    if record.get("posterior_sha256") != digest:
        raise InputError("belongs to another posterior", file=folder / RECORD)
    return Validation(posterior, record)


def _read(file: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            "is not there", file=file, allowed="a folder that the command calibrate wrote"
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read ({error})", file=file) from error
    return content


def _refuse_stale(folder: Path, posterior: Posterior) -> None:
    changed = stale_parts(posterior)
    if changed:
        raise InputError(
            f"the calibration belongs to another version of the model ({', '.join(changed)} "
            "changed since)",
            file=folder,
            allowed="one of this version; paradiplomacy calibrate makes it",
        )


def publish(folder: Path, target: Path) -> None:
    """Copy posterior and checks of a calibration into the folder where its validation goes."""
    for name in (POSTERIOR, CHECKS):
        files.write_bytes(target / name, (folder / name).read_bytes())
