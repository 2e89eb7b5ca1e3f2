"""What a check returns, and the thresholds it is held to."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

THRESHOLDS = Path(__file__).resolve().parents[1] / "thresholds.toml"

PASSED, MISSED, NOT_RUN = "passed", "missed", "not run"


@dataclass(frozen=True)
class Verdict:
    """Say what a check found: ``passed``, ``missed`` or ``not run``.

    What was found and what passes are one sentence each; ``numbers`` holds everything a figure or
    a table of the check needs.
    """

    check: str
    verdict: str
    found: str
    threshold: str
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Return whether the check was passed."""
        return self.verdict == PASSED

    def to_json(self) -> dict[str, Any]:
        """Return the verdict in terms of JSON."""
        return asdict(self)


def judged(
    check: str, passed: bool, found: str, threshold: str, numbers: Mapping[str, Any]
) -> Verdict:
    """Return a verdict, passed or missed."""
    return Verdict(check, PASSED if passed else MISSED, found, threshold, numbers)


def not_run(
    check: str, why: str, threshold: str, numbers: Mapping[str, Any] | None = None
) -> Verdict:
    """Return the verdict of a check that was not run, with the reason and what is known."""
    return Verdict(check, NOT_RUN, why, threshold, numbers or {})


@cache
def load_thresholds() -> dict[str, dict[str, Any]]:
    """Return the thresholds by check."""
    return tomllib.loads(THRESHOLDS.read_text(encoding="utf-8"))


def thresholds_digest() -> str:
    """Return a hash of the thresholds, so that a result names those it was held to."""
    content = THRESHOLDS.read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(content).hexdigest()[:16]


def chosen_names(names: Sequence[str], chosen: Iterable[Any]) -> list[str]:
    """Return the names for which a mask is true."""
    return [name for name, is_chosen in zip(names, chosen, strict=True) if is_chosen]


def listed(names: list[str], most: int = 4) -> str:
    """Return names as words, the first few of them."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
