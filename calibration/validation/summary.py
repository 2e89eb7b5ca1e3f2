"""The validation in a few numbers: what is told apart, what is shown, what is foretold unseen."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from calibration.checks import load_thresholds
from calibration.published import published_folder
from calibration.validation.evidence_classifier import LEVEL

Record = Mapping[str, Any]

TEXTS: dict[str, Any] = tomllib.loads(
    (files("calibration.validation.page") / "page_texts.toml").read_text(encoding="utf-8")
)
"""Texts of the page: its sections with what each check asks, captions, and words of the summary."""
_UNSEEN = "left-out"
"""The section of the blind tests."""
_ENDS = 2


def summary_of(
    record: Record, changed: Sequence[str] = (), claims: Path | None = None
) -> dict[str, Any]:
    """Return the summary of what ``validation.json`` holds; None for what is not known.

    ``changed`` is what has changed in the model since the fit. ``claims`` is a ``patterns.json``,
    the published one by default; its claims count only if judged over draws of the posterior.
    """
    entries = {entry["check"]: entry for entry in record["checks"]}
    high = load_thresholds()["model_comparison"]["high_power"]
    worlds, mechanisms, rivals = (
        (entries.get(check) or {}).get("numbers", {}).get("models")
        for check in ("wrong worlds", "mechanisms", "rivals without agents")
    )
    return {
        "wrong_worlds": _count(worlds, lambda _: True),
        "wrong_worlds_with_power_080": _count(worlds, lambda row: row["power"] >= high),
        "wrong_worlds_rejected": _count(worlds, lambda row: row["rejected"]),
        "mechanisms": _count(mechanisms, lambda _: True),
        "mechanisms_supported": _count(mechanisms, lambda row: row["supported"]),
        "rivals": _count(rivals, lambda _: True),
        "rivals_rejected": _count(rivals, lambda row: row["rejected"]),
        "claims_shown_over_posterior": _claims_shown(
            claims or published_folder().parent / "patterns.json"
        ),
        "blind_tests": _blind_tests(entries),
        "changed_since_fit": list(changed),
    }


def rivals_words(record: Record) -> str:
    """Return whether a rival without agents foretells as well, and what the agents add."""
    words: Mapping[str, str] = TEXTS["summary"]
    entries = {entry["check"]: entry for entry in record["checks"]}
    rows = (entries.get("rivals without agents") or {}).get("numbers", {}).get("models")
    if not rows:
        return words["no_rivals"]
    alike = [row for row in rows if not row["rejected"]]
    said = [words["alike" if alike else "none_alike"]]
    better = [row["id"] for row in alike if row["p_right"] < LEVEL]
    neither = sum(row["rejected"] and row["p_right"] < LEVEL for row in rows)
    said += [words["better"]] * bool(better) + [words["neither"]] * bool(neither)
    counts = {
        "alike": ", ".join(row["id"] for row in alike), "count": len(alike), "of": len(rows),
        "better": ", ".join(better), "neither": neither,
    }  # fmt: skip
    return " ".join([*said, words["agents"]]).format(**counts)


def _count(rows: list[dict[str, Any]] | None, is_counted: Any) -> int | None:
    return None if rows is None else sum(bool(is_counted(row)) for row in rows)


def _claims_shown(file: Path) -> int | None:
    """Return how many claims are shown over the posterior; None if they were judged otherwise."""
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        over_posterior = "file_sha256" in held["drawn_from"]
        return int(held["counts"]["shown"]) if over_posterior else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _blind_tests(entries: Mapping[str, Record]) -> dict[str, Any]:
    """Return verdict and scores of each test on what the fit has not seen."""
    unseen = next(part["asks"] for part in TEXTS["sections"] if part["name"] == _UNSEEN)
    found = {}
    for check in (name for name in unseen if name in entries):
        entry = entries[check]
        scores = {name: value for name, value in entry["numbers"].items() if _is_score(value)}
        found[check] = {"verdict": entry["verdict"], "found": entry["found"], "scores": scores}
    return found


def _is_score(value: Any) -> bool:
    """Return whether something is a number, an interval, or holds nothing else by name."""
    if isinstance(value, dict):
        return bool(value) and all(_is_score(one) for one in value.values())
    if isinstance(value, list):
        return len(value) == _ENDS and all(isinstance(end, int | float) for end in value)
    return isinstance(value, int | float)
