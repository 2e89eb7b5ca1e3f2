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
from calibration.validation.page.page_sections import SECTIONS
from calibration.validation.page.validation_page import validation_page
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
            "seconds": {"fit": {"all": 60.0}, "steps": {"power": 30.0}},
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
    table = page.split("<tbody>")[1].split("</tbody>")[0]
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
    assert "power" in top


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
              "Each target", "How far the record", "How many runs of each", "What the log score",
              "Total effects", "What each shipped", "Where what is on record of left-out",
              "How much better or worse", "The deep cases' record",
              "Where what is on record of 2014", "The record of 2014")  # fmt: skip
    for start in starts:
        assert sum(alt.startswith(start) for alt in reader.alts) == 1, start


def test_texts_are_escaped(page: str) -> None:
    assert "It is &lt;wrong&gt;." in page
    assert "<wrong>" not in page
    assert "it &amp; that" in page


def test_the_same_numbers_give_the_same_drawings(
    page: str, held: tuple[dict[str, Any], Posterior]
) -> None:
    """One of each kind: lines, bars, small panels, rows with intervals, rows of numbers."""
    record, posterior = held
    kinds = {"coverage, global", "coverage, local", "contraction", "power", "leave one case out"}
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
