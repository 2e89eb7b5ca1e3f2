"""Tests of the checks: each passes because of its mechanism, and fails with it switched off."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from calibration.claims.claim import REPLICATES, Claim
from calibration.claims.claim_experiments import DRAWS, SEED, check_claims
from calibration.claims.claim_table import load_claims
from calibration.claims.effect_inference import HALF, SHARE, SHOWN, WEAK
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


def test_the_reference_result_is_of_this_model_and_these_claims() -> None:
    assert record()["model_version"] == provenance.model_version(), "run make patterns"
    assert record()["checks_version"] == checks_version(CLAIMS), "run make patterns"
    assert (record()["seed"], record()["draws"]) == (SEED, DRAWS)
    assert DRAWS >= 100
    assert [row["id"] for row in record()["claims"]] == [claim.id for claim in CLAIMS]
    assert len(record()["claims"]) == 64


@pytest.mark.parametrize("claim", SWITCHED, ids=lambda claim: claim.id)
def test_the_verdict_follows_from_the_share_of_draws(claim: Claim) -> None:
    row = row_of(claim)
    assert row["runs"] == (claim.trial.replicates or REPLICATES)
    assert row["verdict"] != SHOWN or row["share"] >= SHARE
    assert row["verdict"] != WEAK or row["share"] >= HALF
    assert not row["by_construction"] or row["without"]["value"] in (None, 0.0)


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
    (without,) = finding.evidence.without
    assert not claim.passes(without, without)
    # What the whole experiment does not show, a shorter one at the defaults need not.
    assert finding.verdict == SHOWN or row_of(claim)["verdict"] != SHOWN, finding.row()


def with_a_switch_that_does_nothing(claim: Claim) -> Claim:
    """Return a claim that is switched off by the defaults."""
    idle = {name: PARAMETERS[name].default for name in claim.trial.without}
    return claim.model_copy(update={"experiment": claim.trial.model_copy(update={"without": idle})})


@pytest.mark.slow
def test_a_switch_that_does_nothing_shows_no_claim() -> None:
    found = check_claims([with_a_switch_that_does_nothing(claim) for claim in THIN], thin=True)
    assert {f.claim.id for f in found.findings if f.verdict == SHOWN} == set()
    assert all(f.evidence is not None and not f.evidence.effect.any() for f in found.findings)


def test_the_counts_are_those_of_the_rows() -> None:
    """How many are shown is a finding, not a target."""
    rows = record()["claims"]
    for name, count in record()["counts"].items():
        assert sum(row["verdict"] == name for row in rows) == count
    alone = [row for row in rows if row["by_construction"] and row["verdict"] == SHOWN]
    assert len(alone) == record()["by_construction"]
