"""What findings are written as, and read from."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from calibration.claims.claim import Claim
from calibration.claims.effect_inference import VERDICTS
from calibration.claims.findings import REFERENCE, Findings, checks_version, read_record
from sim.core import provenance
from sim.core.errors import InputError


def test_files_hold_a_row_for_each_claim(plain_findings: Findings, tmp_path: Path) -> None:
    folder = plain_findings.write(tmp_path / "out")
    assert sorted(p.name for p in folder.iterdir()) == [
        "patterns.csv",
        "patterns.html",
        "patterns.json",
    ]
    record = read_record(folder / "patterns.json")
    assert record == plain_findings.record()
    assert record["model_version"] == provenance.model_version()
    assert record["counts"] == {v: int(v != "contrary") + (v == "shown") for v in VERDICTS}
    with (folder / "patterns.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["id"] for row in rows] == [row["id"] for row in record["claims"]]
    published = Path(__file__).resolve().parents[3] / REFERENCE.with_suffix(".csv")
    if published.is_file():
        assert ",".join(rows[0]) == published.read_text(encoding="utf-8").splitlines()[0]
    assert float(rows[0]["effect_low"]) == record["claims"][0]["effect"]["low"]
    assert "T05 Weather decides" in (folder / "patterns.html").read_text("utf-8").replace(
        "</b>", ""
    )


def test_files_are_not_replaced_unasked(plain_findings: Findings, tmp_path: Path) -> None:
    plain_findings.write(tmp_path)
    with pytest.raises(InputError, match="not empty"):
        plain_findings.write(tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    plain_findings.write(tmp_path, overwrite=True)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_claim_not_expressed_has_no_numbers(plain_findings: Findings) -> None:
    row = plain_findings.rows[4]
    assert row["effect"] == {"value": None, "low": None, "high": None}
    assert (row["unit"], row["share"], row["runs"]) == (None, None, 0)


def test_findings_say_in_short_what_they_hold(plain_findings: Findings) -> None:
    text = "Findings(5 claims: 2 shown, 1 weak, 1 not shown, 1 not expressed)"
    assert repr(plain_findings) == text


def test_version_of_checks_follows_what_decides_them(plain_claims: tuple[Claim, ...]) -> None:
    version = checks_version(plain_claims)
    assert version == checks_version(list(plain_claims))
    reworded = plain_claims[0].model_copy(update={"pattern": "Said otherwise."})
    assert checks_version([reworded, *plain_claims[1:]]) == version
    stricter = plain_claims[0].model_copy(update={"above": 101.0})
    assert checks_version([stricter, *plain_claims[1:]]) != version


@pytest.mark.parametrize("content", [None, "{", "[]", '{"claims": 1}'])
def test_a_file_without_findings(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "patterns.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        read_record(file)


def test_rows_are_plain_json(plain_findings: Findings) -> None:
    assert json.loads(json.dumps(plain_findings.rows, allow_nan=False)) == plain_findings.rows


def test_plot_shows_the_share_of_draws_of_each_claim(plain_findings: Findings) -> None:
    from matplotlib.axes import Axes

    ax = plain_findings.plot()
    assert isinstance(ax, Axes)
    # A claim not expressed has no draws that could show it.
    labels = [label.get_text()[-3:] for label in ax.get_yticklabels()]
    assert labels == ["T01", "T02", "T03", "T04"]
    assert ax.get_xlim()[1] > 1.0
