from __future__ import annotations

import pytest

from sim.report.line_breaks import unbroken, wrap

NO_BREAK = "\u00a0"


@pytest.mark.parametrize(
    "text",
    [
        "10 %",
        "US$ 4 billion",
        "{share} %",
        "US$ {amount} million",
        "US$ 12 millones",
        "3 milhões",
        "US$ billion",
    ],
)
def test_a_number_stays_with_its_unit(text: str) -> None:
    assert unbroken(f"at most {text} of it") == f"at most {text.replace(' ', NO_BREAK)} of it"


@pytest.mark.parametrize("text", ["a % b", "12 pairs", "1 millionth", "US$ much", "a million"])
def test_other_spaces_stay(text: str) -> None:
    assert unbroken(text) == text


def test_a_line_of_a_card_does_not_begin_with_a_unit() -> None:
    assert wrap("it is 12 % of all", 8) == ["it is", "12 % of", "all"]
