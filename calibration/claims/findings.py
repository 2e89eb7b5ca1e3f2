"""What came of checking claims: a row for each, as a frame, files and a drawing."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from calibration.claims.claim import Claim
from calibration.claims.effect_inference import SHARE, SHOWN, VERDICTS, DrawSpread, Evidence, spread
from sim.core import files, folders, provenance
from sim.core.errors import InputError, nearest_beside
from sim.report.claims_page import patterns_page
from sim.report.interval_charts import draw_shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REFERENCE = Path("results") / "reference" / "patterns.json"
"""The committed result, from the project's folder."""

_FOLDER = Path(__file__).resolve().parents[1]
_SOURCES = (
    "run_reading.py",
    "claims/claim_scenarios.py",
    "claims/effect_inference.py",
    "claims/claim_experiments.py",
    "claims/world_runs.py",
)
_DIGITS = 6


@dataclass(frozen=True)
class Finding:
    """Hold what the runs say about one claim; there is no evidence if it is not expressed.

    The verdict is one of :data:`calibration.claims.effect_inference.VERDICTS`. With it go the
    replicates of each world at a draw, the number of worlds and the months of each run.
    """

    claim: Claim
    verdict: str
    evidence: Evidence | None = None
    runs: int = 0
    worlds: int = 0
    months: int = 0

    def row(self) -> dict[str, Any]:
        """Return the finding in terms that JSON knows."""
        claim, found, unit = self.claim, self.evidence, None
        if claim.experiment is not None:
            ratio = claim.experiment.contrast == "ratio"
            unit = "relative change" if ratio else claim.measure.unit
        three = (found.with_, found.without, found.effect) if found else (np.empty(0),) * 3
        with_, without, effect = (rounded(spread(values)) for values in three)
        return {
            "id": claim.id,
            "title": claim.title,
            "section": claim.section,
            "verdict": self.verdict,
            "share": round(float(found.shows(claim).mean()), 4) if found else None,
            "by_construction": found.is_by_construction if found else None,
            "unit": unit,
            "statistic": claim.statistic,
            "with": with_,
            "without": without,
            "effect": effect,
            "above": claim.above,
            "below": claim.below,
            "direction": claim.direction,
            "runs": self.runs,
            "worlds": self.worlds,
            "months": self.months,
        }


def rounded(given: DrawSpread) -> dict[str, float | None]:
    """Return a spread with the digits that mean something, None where there is none."""
    return {
        name: float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
        for name, value in given._asdict().items()
    }


@dataclass(frozen=True)
class Findings:
    """Hold the findings of one check, in the order of the claims.

    With them go the seed of the runs, the number of draws and where these come from.
    """

    findings: tuple[Finding, ...]
    seed: int
    draws: int = 1
    source: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Return the findings in terms that JSON knows."""
        return [finding.row() for finding in self.findings]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return one row a claim; estimates have columns such as ``effect_low``."""
        return pd.DataFrame([_spread(row) for row in self.rows])

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return how many claims have each verdict."""
        found = Counter(finding.verdict for finding in self.findings)
        return {name: found[name] for name in VERDICTS}

    @property
    def by_construction(self) -> int:
        """Return how many of the claims shown have a control that is zero by construction."""
        shown = (f.evidence for f in self.findings if f.verdict == SHOWN)
        return sum(1 for found in shown if found and found.is_by_construction)

    def record(self) -> dict[str, Any]:
        """Return all that ``patterns.json`` holds."""
        return {
            "model_version": provenance.model_version(),
            "checks_version": checks_version([finding.claim for finding in self.findings]),
            "seed": self.seed,
            "draws": self.draws,
            "drawn_from": dict(self.source),
            "share_shown": SHARE,
            "counts": self.counts,
            "by_construction": self.by_construction,
            "claims": self.rows,
        }

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share of draws that show each claim."""
        return draw_shares(self.rows, SHARE, ax)

    def write(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write ``patterns.json``, ``patterns.csv`` and ``patterns.html``, making the folder.

        ``overwrite`` replaces files of these names. An InputError tells that the folder is not
        empty, and not to be overwritten, or cannot be written to.
        """
        target = folders.prepare_folder(folder, overwrite, mark="patterns.json")
        record = self.record()
        texts = {f.claim.id: (f.claim.claim, f.claim.pattern) for f in self.findings}
        files.write_csv(target / "patterns.csv", self.frame)
        files.write_text(target / "patterns.html", patterns_page(record, texts))
        files.write_json(target / "patterns.json", record)
        return target

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items() if count)
        return f"Findings({len(self.findings)} claims: {counts})"


def _spread(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its estimates spread over columns."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            ends = {f"{name}_{end}": value[end] for end in ("low", "high")}
            flat |= {name: value["value"], **ends}
        else:
            flat[name] = value
    return flat


def checks_version(claims: Sequence[Claim]) -> str:
    """Return a hash of all that makes the findings beside the model: claims and statistics."""
    statistics = sorted(_FOLDER.glob("claims/statistics/*.py"))
    sources = [*(_FOLDER / name for name in _SOURCES), *statistics]
    digest = hashlib.sha256(provenance.sources_digest(sources, _FOLDER).encode())
    for claim in claims:
        content = claim.model_dump(exclude={"claim", "pattern", "where", "parameters", "thin"})
        digest.update(json.dumps(content, sort_keys=True).encode())
    return digest.hexdigest()[:12]


def read_record(file: str | Path) -> dict[str, Any]:
    """Return what a ``patterns.json`` holds; an InputError if there is none such."""
    path = Path(file)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("there is no such file", file=path, nearest=nearest_beside(path)) from None
    except ValueError as error:
        raise InputError(f"is not JSON: {error}", file=path) from None
    if not isinstance(record, dict) or not isinstance(record.get("claims"), list):
        raise InputError("holds no findings about claims", file=path)
    return record
