"""The page shows every verdict and a figure for whatever the verdicts have numbers for."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from calibration.checks.verdict import not_run
from calibration.inference.posterior import Posterior, read_posterior
from calibration.validation import validation_pipeline as validation
from calibration.validation.page.validation_page import SECTIONS, validation_page
from calibration.validation.summary import rivals_words, summary_of
from calibration.validation.validation_pipeline import STEPS
from sim.core import files
from tests.calibration.validation import made_up_validation as made_up


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Posterior]:
    """Return a record with numbers for every figure, and its posterior."""
    folder = made_up.folder_of(tmp_path_factory.mktemp("page") / "calibration")
    posterior = read_posterior(folder / "posterior.parquet")
    checks = [*made_up.own_checks(posterior, 1200), *made_up.later_checks(posterior.names)]
    checks += [not_run("<new> check", "it & that", "never")]
    record = files.plain(
        {
            "model_version": "0.1.0+abc",
            "thresholds": "t",
            "posterior_sha256": "p",
            "made_by": posterior.made_by,
            "environment": {"cpu_count": 2},
            "seconds": {"fit": {"all": 60.0}, "steps": {"worlds": 30.0}},
            "checks": [verdict.to_json() for verdict in checks],
        }
    )
    return record, posterior


@pytest.fixture(scope="module")
def page(held: tuple[dict[str, Any], Posterior]) -> str:
    return validation_page(*held)


class Reader(HTMLParser):
    """Gather rows of the first table, alternative texts, anchors and links."""

    def __init__(self) -> None:
        super().__init__()
        self.alts: list[str] = []
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.anchors.add(str(given["id"]))
        if tag == "a":
            self.links.append(str(given.get("href")))
        if tag == "img":
            self.alts.append(str(given["alt"]))
            self.sources.append(str(given["src"]))


def test_every_verdict_stands_in_the_first_table(
    page: str, held: tuple[dict[str, Any], Posterior]
) -> None:
    table = page.split('<section id="verdicts"')[1].split("<tbody>")[1].split("</tbody>")[0]
    for entry in held[0]["checks"]:
        if "<" in entry["check"]:
            continue
        assert f">{entry['check']}</a>" in table
    assert "&lt;new&gt; check" in table
    assert len(re.findall("<tr>", table)) == len(held[0]["checks"])
    words = [entry["verdict"] for entry in held[0]["checks"]]
    said = f"{len(words)} checks: {words.count('passed')} passed, {words.count('missed')} missed"
    assert said in page


def test_misses_are_named_at_the_top(page: str) -> None:
    top = page.split("<nav")[0]
    assert "Missed:" in top
    assert "wrong worlds" in top


def test_the_top_says_whether_a_rival_foretells_as_well(page: str) -> None:
    assert "does not reject 3 (rivals-0, rivals-1, rivals-2)" in page.split("<nav")[0]
    models = made_up.compared("rivals", 4)["models"]
    worse = {
        "checks": [{"check": "rivals without agents", "numbers": {"models": models}}],
    }
    assert "Better than" not in rivals_words(worse)
    models[0]["p_right"] = models[3]["p_right"] = 0.01
    assert "record is odd: rivals-0." in rivals_words(worse)
    assert "In 1 of the comparisons" in rivals_words(worse)
    for row in models:
        row["rejected"] = True
    assert "rejects each of the 4 rivals" in rivals_words(worse)
    assert "has been compared" in rivals_words({"checks": []})


def test_the_summary_counts_what_the_record_shows(
    held: tuple[dict[str, Any], Posterior], tmp_path: Path
) -> None:
    claims = tmp_path / "patterns.json"
    content = {"counts": {"shown": 30}, "drawn_from": {"priors": 100}}
    files.write_json(claims, content)
    found = summary_of(held[0], claims=claims)
    assert found["wrong_worlds_with_power_080"] == 4
    assert (found["wrong_worlds"], found["wrong_worlds_rejected"]) == (16, 1)
    assert (found["mechanisms"], found["mechanisms_supported"]) == (12, 1)
    # Claims judged over the prior say nothing of the posterior.
    assert found["claims_shown_over_posterior"] is None
    files.write_json(claims, content | {"drawn_from": {"file_sha256": "p"}})
    assert summary_of(held[0], claims=claims)["claims_shown_over_posterior"] == 30
    tests = found["blind_tests"]
    assert list(tests) == ["leave one case out", "leave deep cases out", "temporal",
                           "report foretells lists", "lists foretell report"]  # fmt: skip
    assert tests["temporal"]["scores"] == {
        "scores": {"model": 0.4, "persistence": 0.5, "trend": 0.6}
    }
    unknown = summary_of({"checks": []}, ["behaviour"], tmp_path / "none.json")
    assert unknown.pop("changed_since_fit") == ["behaviour"]
    assert unknown.pop("blind_tests") == {}
    assert set(unknown.values()) == {None}


def test_the_page_needs_nothing_else_and_links_lead_somewhere(page: str) -> None:
    reader = Reader()
    reader.feed(page)
    assert all(source.startswith("data:") for source in reader.sources)
    assert all(link.removeprefix("#") in reader.anchors for link in reader.links)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_there_is_a_figure_for_every_kind_of_numbers(page: str) -> None:
    reader = Reader()
    reader.feed(page)
    starts = ("Where true values", "How often central", "How much the posterior", "Each free",
              "Each target", "How far the record", "Power against each wrong", "Power against the",
              "Power against each rival", "Total effects", "What each shipped",
              "Where what is on record of left-out", "How much better or worse",
              "The deep cases' record",
              "Where what is on record of 2014", "The record of 2014")  # fmt: skip
    for start in starts:
        assert sum(alt.startswith(start) for alt in reader.alts) == 1, start


def test_texts_are_escaped(page: str) -> None:
    assert "It is &lt;wrong&gt;." in page
    assert "<wrong>" not in page
    assert "it &amp; that" in page
    assert "What else would have to be known" in page


def test_the_same_numbers_give_the_same_drawings(
    page: str, held: tuple[dict[str, Any], Posterior]
) -> None:
    """One of each kind: lines, bars, small panels, rows with intervals, rows of numbers."""
    record, posterior = held
    kinds = {
        "coverage, global",
        "coverage, local",
        "contraction",
        "wrong worlds",
        "leave one case out",
    }
    some = [entry for entry in record["checks"] if entry["check"] in kinds]
    first, again = Reader(), Reader()
    first.feed(page)
    again.feed(validation_page({**record, "checks": some}, posterior))
    assert len(again.sources) == 6
    assert set(again.sources) < set(first.sources)


def test_a_validation_without_numbers_still_has_a_page(
    held: tuple[dict[str, Any], Posterior],
) -> None:
    record, posterior = held
    bare = [{**entry, "numbers": {}} for entry in record["checks"]]
    reader = Reader()
    reader.feed(validation_page({**record, "checks": bare}, posterior))
    assert reader.alts == []


def test_every_check_has_a_section_and_says_what_it_asks() -> None:
    named = [check for part in SECTIONS for check in part["asks"]]
    assert len(set(named)) == len(named)
    assert all(text for part in SECTIONS for text in part["asks"].values())
    assert {step.check for step in STEPS} <= set(named)


def test_record_and_page_are_written(tmp_path: Path) -> None:
    folder = made_up.folder_of(tmp_path / "calibration", rows=1000)
    posterior = read_posterior(folder / "posterior.parquet")
    record = {"model_version": "v", "thresholds": "t", "posterior_sha256": "p",
              "made_by": posterior.made_by, "environment": {}, "checks": [],
              "seconds": {"fit": {}, "steps": {}}}  # fmt: skip
    validation.Validation(posterior, record).write(tmp_path)
    assert (tmp_path / "validation.json").is_file()
    assert "0 checks" in (tmp_path / "validation.html").read_text(encoding="utf-8")
