"""The catalogue of phrases holds what is asked of it, and nothing that nobody says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.report.phrases import catalogue, phrase

SOURCES = [
    path.read_text(encoding="utf-8")
    for path in (Path(__file__).resolve().parents[2] / "sim" / "report").rglob("*.py")
]
KEYS = {key for text in SOURCES for key in re.findall(r'"([a-z_]+\.[a-z_]+)"', text)}
TABLES = {"calendar", "outcomes", "outcome_words", "designs", "indices"}
"""Sections that are looked up as a whole."""


def test_every_phrase_is_said_and_every_phrase_said_is_there() -> None:
    there = {
        f"{section}.{name}"
        for section, phrases in catalogue().items()
        if section not in TABLES and not section.endswith(("_captions", "_labels"))
        for name in phrases
    }
    sections = {key.partition(".")[0] for key in there}
    said = {key for key in KEYS if key.split(".")[0] in sections and not key.endswith(".html")}
    assert said == there


def test_a_phrase_is_filled_in_as_the_catalogue_says() -> None:
    assert phrase("user_data.covered", share=49.6, level=50) == "50 % lie in the 50 % interval"
    with pytest.raises(KeyError):
        phrase("user_data.covered", share=49.6)
