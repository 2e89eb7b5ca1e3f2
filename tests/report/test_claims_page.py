"""The page of claims: every claim with its charts, escaped, loading nothing."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from sim.report.claims_page import counted_verdicts, patterns_page, share_words, threshold_words
from sim.report.figure_style import BLUE
from sim.report.interval_charts import (
    CIRCLE,
    WITH,
    WITHOUT,
    chart,
    interval_words,
    number_words,
    ticks,
)

SVG = "{http://www.w3.org/2000/svg}"


def estimate(value: float | None, low: float | None, high: float | None) -> dict[str, float | None]:
    return {"value": value, "low": low, "high": high}


def row(identity: str, verdict: str, **changes: Any) -> dict[str, Any]:
    found = {
        "id": identity,
        "title": f"Claim {identity}",
        "section": "conclusion",
        "verdict": verdict,
        "share": None if verdict == "not expressed" else 0.93,
        "by_construction": None if verdict == "not expressed" else False,
        "unit": "share",
        "statistic": "anything",
        "with": estimate(0.4, 0.3, 0.5),
        "without": estimate(0.1, 0.0, 0.2),
        "effect": estimate(0.3, 0.2, 0.4),
        "above": 0.25,
        "below": None,
        "direction": "+",
        "runs": 2,
        "worlds": 2,
        "months": 240,
    }
    return found | changes


def record(*rows: dict[str, Any]) -> dict[str, Any]:
    verdicts = [r["verdict"] for r in rows]
    return {
        "model_version": "0.1.0+abc",
        "checks_version": "def",
        "seed": 1,
        "draws": 100,
        "by_construction": sum(bool(r["by_construction"]) for r in rows),
        "counts": {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)},
        "claims": list(rows),
    }


NOTHING = estimate(None, None, None)
ROWS = (
    row("M01", "shown"),
    row("M02", "weak", without=estimate(0.3, 0.26, 0.34)),
    row("M03", "contrary", direction="-", above=None, below=0.2),
    row("M04", "not shown", effect=NOTHING, without=NOTHING),
    row("M05", "not expressed", **{"with": NOTHING, "without": NOTHING, "effect": NOTHING}),
)


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_every_claim_has_a_row_with_two_charts() -> None:
    page = patterns_page(record(*ROWS))
    for found in ROWS:
        (line,) = re.findall(rf'<tr id="{found["id"]}">.*</tr>', page)
        assert line.count("<svg ") == (0 if found["verdict"] == "not expressed" else 2)
        assert f"</span> {found['verdict']}</span>" in line


def test_the_page_says_first_what_is_not_shown() -> None:
    page = patterns_page(record(*ROWS))
    assert "5 claims: 1 shown, 1 weak, 1 contrary, 1 not shown, 1 not expressed." in page
    listed = page.split('<section id="open"')[1].split("</section>")[0]
    assert re.findall(r'href="#(M\d\d)"', listed) == ["M02", "M03", "M04"]
    assert '<section id="open"' not in patterns_page(record(ROWS[0]))


def test_texts_are_escaped_and_nothing_is_loaded() -> None:
    hostile = "<script>alert(1)</script>"
    page = patterns_page(
        record(row("M01", "shown", title=hostile, section=hostile, unit=hostile)),
        {"M01": (hostile, hostile)},
    )
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 4
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_the_same_findings_give_the_same_page() -> None:
    assert patterns_page(record(*ROWS)) == patterns_page(record(*ROWS))


def test_a_chart_puts_marks_where_the_numbers_are() -> None:
    svg = drawn(
        chart(
            [
                ("with", estimate(0.4, 0.3, 0.5), WITH),
                ("without", estimate(0.1, 0.0, 0.2), WITHOUT),
            ],
            "words",
            above=0.25,
        )
    )
    (circle,) = svg.findall(f"{SVG}circle")
    band, square = svg.findall(f"{SVG}rect")
    x_with, x_without = float(circle.get("cx", "")), float(square.get("x", "")) + 4.0
    threshold = float(band.get("x", ""))
    assert 0 < x_without < threshold < x_with < 300
    # Equal steps of numbers are equal steps of pixels: 0.1 to 0.25 as 0.25 to 0.4.
    assert threshold - x_without == pytest.approx(x_with - threshold, abs=0.3)
    assert circle.get("fill") == BLUE
    assert svg.get("aria-label") == "words"


@pytest.mark.parametrize(
    ("above", "below", "ends"), [(None, 0.2, 1), (0.2, None, 1), (0.1, 0.3, 2), (None, None, 0)]
)
def test_a_chart_has_a_dashed_line_for_each_threshold(
    above: float | None, below: float | None, ends: int
) -> None:
    svg = drawn(chart([("", estimate(0.2, 0.1, 0.3), WITH)], "w", above=above, below=below))
    dashed = [line for line in svg.findall(f"{SVG}line") if line.get("stroke-dasharray")]
    assert len(dashed) == ends


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0])
def test_a_chart_of_one_number_has_room(value: float) -> None:
    svg = drawn(chart([("", estimate(value, value, value), (BLUE, CIRCLE))], "w"))
    (circle,) = svg.findall(f"{SVG}circle")
    assert 10 < float(circle.get("cx", "")) < 290


def test_a_number_that_is_not_defined_is_said_in_words() -> None:
    assert "not defined" in chart([("with", NOTHING, WITH)], "w", zero=True)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (0.0, "0"),
        (0.123456, "0.123"),
        (-0.00123, "-0.0012"),
        (12345.6, "12,346"),
    ],
)
def test_numbers_in_words(value: float | None, words: str) -> None:
    assert number_words(value) == words


def test_intervals_and_thresholds_in_words() -> None:
    assert interval_words(estimate(0.4, 0.3, 0.5)) == "0.4 [0.3, 0.5]"
    assert interval_words(estimate(0.4, None, None)) == "0.4"
    assert threshold_words({"above": 1.0, "below": None}) == "above 1"
    assert threshold_words({"above": None, "below": 0.5}) == "below 0.5"
    assert threshold_words({"above": 0.1, "below": 0.5}) == "between 0.1 and 0.5"


def test_claims_shown_by_their_pattern_alone_are_told_apart() -> None:
    told = counted_verdicts(record(row("M01", "shown")))
    assert told == "1 claim: 1 shown."
    alone = row("M01", "shown", by_construction=True)
    assert "1 by their pattern alone" in counted_verdicts(record(alone))
    assert share_words(alone) == (
        "93% of draws; the control is zero by construction, and no evidence"
    )


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.2, 17.0), (0.011, 0.012), (100, 5e5)])
def test_ticks_are_few_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 5
    assert low - 1e-9 <= found[0]
    assert found[-1] <= high + 1e-9
    assert ticks(1.0, 1.0) == [1.0]
