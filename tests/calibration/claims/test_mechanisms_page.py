"""The page docs/mechanisms.md says of each claim where it lives and what came of it."""

from __future__ import annotations

from calibration.claims.claim import Claim
from calibration.claims.findings import Findings
from tools.mechanisms_page import mechanisms_page


def section(page: str, identity: str) -> str:
    return page.split(f"\n## {identity} ")[1].split("\n## ")[0]


def test_each_claim_has_its_place_parameters_check_and_verdict(
    plain_claims: tuple[Claim, ...], plain_findings: Findings
) -> None:
    page = mechanisms_page(plain_claims, plain_findings.record())
    text = section(page, "T03")
    assert "- Lives in: `sim/rules/outreach.py`: `goes_to_centre`" in text
    assert "`outreach.strain` (0.8 utility)" in text
    assert "switched off by `outreach.strain = 0`" in text
    assert "must lie above 0.005" in text
    assert "- Verdict: shown, 100% of draws" in text
    assert all(f"](#{claim.id.lower()}-" in page for claim in plain_claims)
    assert page.count("| shown |") == 2


def test_what_is_not_shown_stands_at_the_top(
    plain_claims: tuple[Claim, ...], plain_findings: Findings
) -> None:
    page = mechanisms_page(plain_claims, plain_findings.record())
    findings = page.split("## Findings: what is not shown")[1].split("\n## ")[0]
    assert [line[4:7] for line in findings.splitlines() if line] == ["T02", "T04", "T05"]
    assert "not expressed. The model has no weather." in findings


def test_with_all_shown_there_are_no_findings(
    plain_claims: tuple[Claim, ...], plain_findings: Findings
) -> None:
    page = mechanisms_page([plain_claims[0], plain_claims[2]], plain_findings.record())
    assert "Every claim is shown." in page
    assert "## Findings" not in page


def test_without_a_check_the_page_says_so(plain_claims: tuple[Claim, ...]) -> None:
    page = mechanisms_page(plain_claims, None)
    assert "have not been checked yet" in page
    assert "not checked yet" in section(page, "T01")
