"""Tests of the checks: each passes because of its mechanism, and fails with it switched off."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from calibration.claims.claim import REPLICATES, Claim
from calibration.claims.claim_experiments import SEED, check_claims
from calibration.claims.claim_table import load_claims
from calibration.claims.effect_inference import SHOWN, Estimate, Evidence, verdict
from calibration.claims.findings import REFERENCE, Finding, checks_version, read_record
from sim.core import provenance
from sim.core.parameters import PARAMETERS

FILE = Path(__file__).resolve().parents[3] / REFERENCE
CLAIMS = load_claims()
SWITCHED = [claim for claim in CLAIMS if claim.experiment is not None]
THIN = [claim for claim in CLAIMS if claim.thin is not None]


@cache
def record() -> dict[str, Any]:
    if not FILE.is_file():
        pytest.skip("there is no reference result yet: run make patterns")
    return read_record(FILE)


def row_of(claim: Claim) -> dict[str, Any]:
    (row,) = (row for row in record()["claims"] if row["id"] == claim.id)
    return dict(row)


def estimate(given: dict[str, float | None]) -> Estimate:
    return Estimate(*(float("nan") if v is None else v for v in given.values()))


def test_the_reference_result_is_of_this_model_and_these_claims() -> None:
    assert record()["model_version"] == provenance.model_version(), "run make patterns"
    assert record()["checks_version"] == checks_version(CLAIMS), "run make patterns"
    assert record()["seed"] == SEED
    assert [row["id"] for row in record()["claims"]] == [claim.id for claim in CLAIMS]
    assert len(record()["claims"]) == 64


@pytest.mark.parametrize("claim", SWITCHED, ids=lambda claim: claim.id)
def test_no_claim_is_shown_that_passes_with_its_mechanism_off(claim: Claim) -> None:
    row = row_of(claim)
    assert row["runs"] == (claim.trial.replicates or REPLICATES)
    without = estimate(row["without"])
    assert not (row["verdict"] == SHOWN and claim.passes(without.low, without.high))


@pytest.mark.parametrize("claim", SWITCHED, ids=lambda claim: claim.id)
def test_the_verdict_follows_from_the_numbers(claim: Claim) -> None:
    row = row_of(claim)
    found = Evidence(*(estimate(row[name]) for name in ("with", "without", "effect")))
    assert verdict(claim, found) == row["verdict"]


@pytest.fixture(scope="module")
def thin_findings() -> dict[str, Finding]:
    """Return what the shorter experiments say about the claims that have one."""
    return {f.claim.id: f for f in check_claims(THIN, thin=True).findings}


def test_a_dozen_claims_have_a_shorter_experiment() -> None:
    assert len(THIN) >= 12


@pytest.mark.slow
@pytest.mark.parametrize("claim", THIN, ids=lambda claim: claim.id)
def test_a_check_passes_with_the_mechanism_on_and_fails_with_it_off(
    claim: Claim, thin_findings: dict[str, Finding]
) -> None:
    finding = thin_findings[claim.id]
    assert finding.evidence is not None
    without = finding.evidence.without
    assert not claim.passes(without.low, without.high)
    assert finding.verdict == SHOWN, finding.row()


def with_a_switch_that_does_nothing(claim: Claim) -> Claim:
    """Return a claim that is switched off by the defaults."""
    idle = {name: PARAMETERS[name].default for name in claim.trial.without}
    return claim.model_copy(update={"experiment": claim.trial.model_copy(update={"without": idle})})


@pytest.mark.slow
def test_a_switch_that_does_nothing_shows_no_claim() -> None:
    found = check_claims([with_a_switch_that_does_nothing(claim) for claim in THIN], thin=True)
    assert {f.claim.id for f in found.findings if f.verdict == SHOWN} == set()
    assert all(f.evidence is not None and f.evidence.effect.value == 0.0 for f in found.findings)


def test_most_claims_are_shown_and_the_counts_are_those_of_the_rows() -> None:
    verdicts = [row["verdict"] for row in record()["claims"]]
    assert len(verdicts) == 64
    for name, count in record()["counts"].items():
        assert verdicts.count(name) == count
    assert verdicts.count("shown") >= 58
