"""The steps of the validation after the fit, in order; each keeps its verdicts, so that it resumes.

What a step found is kept beside a mark of everything it came from: the posterior with the versions
of rules and cases, the thresholds, and the code of the steps. Under another mark it is made anew.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from calibration.checks import Verdict, thresholds_digest
from calibration.checks.verdict import not_run
from sim.core import files, folders, provenance
from sim.core.errors import InputError, nearest_name

if TYPE_CHECKING:
    from calibration.inference.posterior import Posterior
    from calibration.validation.validation_context import ValidationContext

_HERE = Path(__file__).resolve().parent
_KINDS = (".py", ".toml")
_NO_PART = ("page", "validation_steps.py", "validate.py")
FOUND = "validation"
"""Folder, inside a calibration's, of what the steps found."""


class ValidationStep(NamedTuple):
    """Name a step.

    Parameters
    ----------
    name
        As ``--only`` takes it.
    does
        ``module:function``; the function takes a trial and returns a verdict or several.
    words
        What it does, for people.
    check
        Name of its verdict.
    """

    name: str
    does: str
    words: str
    check: str


STEPS = (
    ValidationStep("cases", "calibration.validation.left_out:leave_one_case_out",
         "leaving out one case at a time", "leave one case out"),
    ValidationStep("deep-cases", "calibration.validation.left_out:without_focal_cases",
         "leaving out both deep cases", "leave deep cases out"),
    ValidationStep("temporal", "calibration.validation.temporal_holdout:fit_to_2013",
         "fitting to 2013, predicting 2014 to 2020", "temporal"),
    ValidationStep("power", "calibration.validation.power:power", "wrong worlds", "power"),
    ValidationStep("ablation", "calibration.validation.ablation:ablation",
         "mechanisms off", "ablation"),
    ValidationStep("sensitivity", "calibration.validation.sobol:sobol",
         "sensitivity within the posterior", "sensitivity"),
    ValidationStep("what-ifs", "calibration.validation.what_ifs:what_ifs",
         "what-ifs over the posterior", "what-ifs"),
)  # fmt: skip


class StepResult(NamedTuple):
    """Hold what a step found, and the seconds it took."""

    verdicts: tuple[Verdict, ...]
    seconds: float


def chosen_steps(only: Sequence[str]) -> tuple[ValidationStep, ...]:
    """Return the steps of the names given, all of them by default, in their order.

    Raises
    ------
    InputError
        If there is no step of a name.
    """
    names = [step.name for step in STEPS]
    for name in only:
        if name not in names:
            raise InputError(
                f"there is no step {name!r}",
                argument="only",
                allowed=", ".join(names),
                nearest=nearest_name(name, names),
            )
    return tuple(step for step in STEPS if not only or step.name in only)


def mark_of(posterior: Posterior) -> str:
    """Return a mark of everything that the steps of a calibration come from.

    Parameters
    ----------
    posterior
        The calibration's; when it was made does not matter.
    """
    sources = [
        path
        for path in sorted(_HERE.rglob("*"))
        if path.suffix in _KINDS and path.relative_to(_HERE).parts[0] not in _NO_PART
    ]
    made_by = {name: value for name, value in posterior.made_by.items() if name != "started"}
    digest = hashlib.sha256(json.dumps(files.plain(made_by), sort_keys=True).encode())
    digest.update(posterior.values.astype("<f8").tobytes())
    digest.update(thresholds_digest().encode())
    digest.update(provenance.sources_digest(sources, _HERE).encode())
    return digest.hexdigest()[:16]


def kept(folder: Path, step: ValidationStep, mark: str) -> StepResult | None:
    """Return what a step found before from the same, if it is there and whole.

    Parameters
    ----------
    folder
        Of the calibration.
    step
        Which step.
    mark
        As :func:`mark_of` returns it.
    """
    try:
        content = json.loads(_file(folder, step).read_text(encoding="utf-8"))
        if content["mark"] != mark:
            return None
        verdicts = tuple(Verdict(**entry) for entry in content["checks"])
        return StepResult(verdicts, float(content["seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def carry_out(
    trial: ValidationContext, folder: Path, step: ValidationStep, mark: str
) -> StepResult:
    """Carry out a step and keep what it found; parameters as in :func:`kept`."""
    module, _, function = step.does.partition(":")
    began = time.perf_counter()
    found = getattr(importlib.import_module(module), function)(trial)
    verdicts = (found,) if isinstance(found, Verdict) else tuple(found)
    seconds = round(time.perf_counter() - began, 1)
    content = {
        "mark": mark,
        "seconds": seconds,
        "checks": [verdict.to_json() for verdict in verdicts],
    }
    target = _file(folder, step)
    folders.use_folder(folder)
    with files.faults(target.parent, "make the folder"):
        target.parent.mkdir(exist_ok=True)
    files.write_json(target, content)
    # Read back as a later call will, so that both have the same numbers.
    return kept(folder, step, mark) or StepResult(verdicts, seconds)


def left_open(step: ValidationStep, why: str) -> Verdict:
    """Return the verdict on a step that was not carried out."""
    return not_run(step.check, why, "see thresholds.toml")


def _file(folder: Path, step: ValidationStep) -> Path:
    return folder / FOUND / f"{step.name}.json"
