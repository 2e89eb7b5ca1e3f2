"""Validate a calibration: its own checks and the steps after the fit, as one record and page.

What a step found is kept beside a mark of everything it came from: the posterior with the versions
of rules and cases, the thresholds, and the code of the steps. Under another mark it is made anew.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from calibration.checks import Verdict, load_thresholds, thresholds_digest
from calibration.checks.verdict import MISSED, NOT_RUN, PASSED, not_run
from calibration.inference.posterior import Posterior, read_posterior
from calibration.published import CHECKS, POSTERIOR, stale_parts
from sim.core import files, folders, provenance
from sim.core.errors import InputError, unknown_name_error
from sim.core.files import MachineError

if TYPE_CHECKING:
    from calibration.validation.validation_context import Notify, ValidationContext

RECORD, PAGE = "validation.json", "validation.html"
TABLES = "table-0"
"""There where the runs of a calibration are; a published one has none."""
FEWEST = 100
"""Runs of each model compared, at least."""
FOUND = "validation"
"""Folder, inside a calibration's, of what the steps found."""
_HERE = Path(__file__).resolve().parent
_NO_PART = ("page", Path(__file__).name)
"""Sources here that decide nothing of what a step finds."""


class ValidationStep(NamedTuple):
    """Name a step as ``--only`` takes it, what it does, as words for people, and its verdict.

    ``does`` is ``module:function``; the function takes a context and returns a verdict or several.
    ``compares`` tells of a step whose findings hang on the runs of each model compared.
    """

    name: str
    does: str
    words: str
    check: str
    compares: bool = False


_FOLDER = "calibration.validation"
STEPS = (
    ValidationStep("cases", f"{_FOLDER}.left_out:leave_one_case_out",
         "leaving out one case at a time", "leave one case out"),
    ValidationStep("deep-cases", f"{_FOLDER}.left_out:without_focal_cases",
         "leaving out both deep cases", "leave deep cases out"),
    ValidationStep("temporal", f"{_FOLDER}.temporal_holdout:fit_to_2013",
         "fitting to 2013, predicting 2014 to 2020", "temporal"),
    ValidationStep("lists", f"{_FOLDER}.across_tiers:report_foretells_lists",
         "fitting to the report, foretelling the lists", "report foretells lists"),
    ValidationStep("report", f"{_FOLDER}.across_tiers:lists_foretell_report",
         "fitting to the lists, foretelling the report", "lists foretell report"),
    ValidationStep("wills", f"{_FOLDER}.coded_wills:coded_wills",
         "fitting with wills as coded", "coded wills"),
    ValidationStep("worlds", f"{_FOLDER}.model_comparison:wrong_worlds",
         "against wrong worlds", "wrong worlds", True),
    ValidationStep("mechanisms", f"{_FOLDER}.model_comparison:mechanisms_off",
         "against mechanisms off", "mechanisms", True),
    ValidationStep("rivals", f"{_FOLDER}.model_comparison:against_rivals",
         "against rivals without agents", "rivals without agents", True),
    ValidationStep("evidence", f"{_FOLDER}.evidence_design:further_evidence",
         "further evidence", "further evidence", True),
    ValidationStep("sensitivity", f"{_FOLDER}.sobol:sobol",
         "sensitivity within the posterior", "sensitivity"),
    ValidationStep("what-ifs", f"{_FOLDER}.what_ifs:what_ifs",
         "what-ifs over the posterior", "what-ifs"),
)  # fmt: skip


@dataclass(frozen=True)
class Validation:
    """Hold the verdicts on a calibration.

    ``record`` is everything found, as ``validation.json`` holds it; ``faults`` are the steps that
    stopped with an error; ``is_new`` tells whether it was made now and not read again.
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
    replicates: int | None = None,
    notify: Notify | None = None,
) -> Validation:
    """Carry out the validation of a calibration, or go on with it, or read it again.

    Where the calibration's tables are, steps that are not done yet are carried out, or those named
    by ``only``; they and their runs are kept there, so that a stopped validation goes on. Where the
    tables are not, as with what is published, the verdicts are read from ``validation.json``.
    ``replicates`` are made of each model that the model is compared with; by default as many
    as before, or as the thresholds say.

    Raises
    ------
    InputError
        If the folder holds no calibration, or one of another version of the model, or there is no
        step of a name.
    MachineError
        If the machine fails; the same call goes on later.
    """
    names = [step.name for step in STEPS]
    for name in [name for name in only if name not in names]:
        raise unknown_name_error(f"there is no step {name!r}", name, names, argument="only")
    if replicates is not None and replicates < FEWEST:
        allowed = f"{FEWEST} or more"
        raise InputError(f"{replicates} is too few", argument="replicates", allowed=allowed)
    posterior = read_posterior(folder / POSTERIOR)
    checks = _read(folder / CHECKS)
    if not (folder / TABLES).is_dir():
        return _read_again(folder, posterior, only)
    if changed := stale_parts(posterior):
        raise InputError(
            f"the calibration belongs to another version of the model ({', '.join(changed)} "
            "changed since)",
            file=folder,
            allowed="one of this version; paradiplomacy calibrate makes it",
        )
    chosen = [step for step in STEPS if step.name in only or not only]
    found, faults = _carry_out_left(
        folder, posterior, chosen, workers, replicates, notify or (lambda *_: None)
    )
    record = _record(folder, posterior, checks, found, faults)
    return Validation(posterior, record, tuple(faults.values()), is_new=True)


def publish(folder: Path, target: Path) -> None:
    """Copy posterior and checks of a calibration into the folder where its validation goes."""
    for name in (POSTERIOR, CHECKS):
        files.write_bytes(target / name, (folder / name).read_bytes())


def _mark_of(posterior: Posterior) -> str:
    """Return a mark of everything that steps come from; when a posterior was made is no part."""
    sources = [_HERE.parent / "rivals.py", _HERE.parent / "user_data/prediction_scores.py"] + [
        path
        for path in sorted(_HERE.rglob("*"))
        if path.suffix in (".py", ".toml") and path.relative_to(_HERE).parts[0] not in _NO_PART
    ]
    made_by = {name: value for name, value in posterior.made_by.items() if name != "started"}
    digest = hashlib.sha256(json.dumps(files.plain(made_by), sort_keys=True).encode())
    digest.update(posterior.values.astype("<f8").tobytes())
    digest.update(thresholds_digest().encode())
    digest.update(provenance.sources_digest(sources, _HERE.parent).encode())
    return digest.hexdigest()[:16]


def _kept(file: Path, mark: str, runs: int | None) -> dict[str, Any] | None:
    """Return the ``checks`` and ``seconds`` that a step found before from the same, if any.

    ``runs`` are those asked for of each model compared; None for any number.
    """
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        is_same = content["mark"] == mark and (not runs or content["runs"] in (None, runs))
        return content if is_same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _carry_out(step: ValidationStep, context: ValidationContext, file: Path, mark: str) -> None:
    """Carry out a step and keep what it found."""
    module, _, function = step.does.partition(":")
    began = time.perf_counter()
    found = getattr(importlib.import_module(module), function)(context)
    verdicts = [found] if isinstance(found, Verdict) else found
    seconds = round(time.perf_counter() - began, 1)
    folders.use_folder(file.parents[1])
    with files.faults(file.parent, "make the folder"):
        file.parent.mkdir(exist_ok=True)
    content = {
        "mark": mark,
        "runs": context.comparison_runs if step.compares else None,
        "seconds": seconds,
        "checks": [verdict.to_json() for verdict in verdicts],
    }
    files.write_json(file, content)


def _carry_out_left(
    folder: Path,
    posterior: Posterior,
    chosen: list[ValidationStep],
    workers: int,
    runs: int | None,
    notify: Notify,
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Carry out the steps left; return what each found, and the errors of those that fail."""
    from calibration.validation.validation_context import ValidationContext

    place, mark = folder / FOUND, _mark_of(posterior)
    usual = load_thresholds()["model_comparison"]["runs"]
    file_of = {step.name: place / f"{step.name}.json" for step in STEPS}
    left = [step for step in chosen if _kept(file_of[step.name], mark, runs) is None]
    faults: dict[str, str] = {}
    context: ValidationContext | None = None
    for number, step in enumerate(left):
        head = f"step {number + 1} of {len(left)}, {step.words}"
        notify(head, 0, 1)
        try:
            if context is None:
                context = ValidationContext.read(
                    folder, place / "runs", workers, notify, runs or usual
                )
            under_head = partial(_notify_part, notify, head, step.words)
            _carry_out(step, replace(context, notify=under_head), file_of[step.name], mark)
        except MachineError:
            raise
        # One step that fails must not keep the others from being judged.
        except Exception as fault:
            faults[step.name] = f"{step.check}: {type(fault).__name__}: {fault}"
    # Read as a later call will, so that both have the same numbers.
    found = {name: _kept(file, mark, runs) for name, file in file_of.items()}
    return {name: one for name, one in found.items() if one is not None}, faults


def _notify_part(notify: Notify, head: str, words: str, what: str, done: int, of: int) -> None:
    """Tell of a part of a step under the step's head."""
    notify(head if what == words else f"{head}: {what}", done, of)


def _record(
    folder: Path,
    posterior: Posterior,
    checks: Mapping[str, Any],
    found: Mapping[str, Mapping[str, Any]],
    faults: Mapping[str, str],
) -> dict[str, Any]:
    """Return everything found in terms of JSON, the steps in their order."""
    rows = list(checks["checks"])
    for step in STEPS:
        why = f"stopped by an error, {faults.get(step.name)}"
        why = why if step.name in faults else "not carried out yet"
        open_ = not_run(step.check, why, "see thresholds.toml").to_json()
        rows += found[step.name]["checks"] if step.name in found else [open_]
    record: dict[str, Any] = files.plain(
        {
            "model_version": provenance.model_version(),
            "thresholds": thresholds_digest(),
            "posterior_sha256": folders.digest(folder / POSTERIOR),
            "made_by": posterior.made_by,
            "environment": provenance.environment(),
            "seconds": {
                "fit": checks.get("seconds", {}),
                "steps": {name: one["seconds"] for name, one in found.items()},
            },
            "checks": rows,
        }
    )
    return record


def _read_again(folder: Path, posterior: Posterior, only: Sequence[str]) -> Validation:
    """Return the validation that is kept in a folder without tables."""
    if only:
        raise InputError(
            "has no tables, so that no step can be carried out",
            file=folder,
            allowed="a folder of the command calibrate",
        )
    record = _read(folder / RECORD)
    if record.get("posterior_sha256") != folders.digest(folder / POSTERIOR):
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
