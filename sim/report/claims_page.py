"""The page of findings about claims: verdicts, and a small chart for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.core.plurals import counted
from sim.report.html_page import render
from sim.report.interval_charts import (
    EFFECT,
    VERDICT_MARKS,
    WITH,
    WITHOUT,
    chart,
    interval_words,
    number_words,
)

Row = Mapping[str, Any]
_ALONE = "the control is zero by construction, and no evidence"


def counted_verdicts(record: Row) -> str:
    """Return in words how many claims have each verdict, and how many of those shown alone."""
    counts, alone = record["counts"], record["by_construction"]
    words = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    more = f" Of those shown, {alone} by their pattern alone: {_ALONE}." if alone else ""
    return f"{counted(sum(counts.values()), 'claim')}: {words}.{more}"


def share_words(row: Row) -> str:
    """Return in words at how many of the draws a claim is shown, and whether by its pattern."""
    alone = f"; {_ALONE}" if row["by_construction"] else ""
    return "" if row["share"] is None else f"{row['share']:.0%} of draws{alone}"


def threshold_words(row: Row) -> str:
    """Return in words where the pattern should lie."""
    above, below = row["above"], row["below"]
    if above is not None and below is not None:
        return f"between {number_words(above)} and {number_words(below)}"
    if above is not None:
        return f"above {number_words(above)}"
    return f"below {number_words(below)}" if below is not None else ""


def patterns_page(
    record: Mapping[str, Any], texts: Mapping[str, tuple[str, str]] | None = None
) -> str:
    """Return the findings of ``patterns.json`` as HTML.

    ``texts`` holds each claim's sentence and its pattern in words, by its identity.
    """
    number = {"value": 0.5, "low": 0.2, "high": 0.8}
    legend = [
        (words, chart([("", number, mark)], words, width=48.0, axis=False))
        for words, mark in (
            ("with the mechanism", WITH),
            ("without it", WITHOUT),
            ("with minus without", EFFECT),
        )
    ]
    claims = []
    for row in record["claims"]:
        pattern = (texts or {}).get(row["id"], ("", ""))[1]
        words = {"pattern_words": pattern, "share_words": share_words(row)}
        claims.append({**row, **_charts(row), **words})
    runs = sorted({row["runs"] for row in record["claims"] if row["runs"]})
    ends = dict.fromkeys(f"{n:,}" for n in (runs[0], runs[-1])) if runs else ["none"]
    fields = {
        **record,
        "claims": claims,
        "counts": counted_verdicts(record),
        "legend": legend,
        "marks": VERDICT_MARKS,
        "runs": " to ".join(ends),
    }
    return render("claims.html", **fields)


def _charts(row: Row) -> dict[str, str]:
    """Return the charts of a claim, and what they say in words."""
    effect = interval_words(row["effect"])
    if row["verdict"] == "not expressed":
        return {"effect_words": effect}
    found = (
        f"with {interval_words(row['with'])}, without {interval_words(row['without'])} "
        f"({row['unit']}); should be {threshold_words(row)}"
    )
    should = f"{effect}, should be {'negative' if row['direction'] == '-' else 'positive'}"
    pair = [("with", row["with"], WITH), ("without", row["without"], WITHOUT)]
    ends = {"above": row["above"], "below": row["below"]}
    change = chart([("", row["effect"], EFFECT)], f"effect {should}", zero=True, width=190.0)
    return {
        "effect_words": effect,
        "pattern_chart": chart(pair, found, **ends),
        "pattern_found": found,
        "effect_chart": change,
        "effect_found": should,
    }
