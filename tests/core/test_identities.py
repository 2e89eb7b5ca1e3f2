from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.identities import (
    EVENT,
    PROJECT,
    as_written,
    is_written,
    numbers_of,
    text_of,
    texts_of,
)

NUMBERS = st.integers(1, 2**63 - 1)


@given(numbers=st.lists(NUMBERS, max_size=20))
def test_identities_come_back_whole_and_keep_their_order(numbers: list[int]) -> None:
    texts = texts_of(EVENT, np.array(numbers, dtype=np.int64)).to_pylist()
    assert texts == [text_of(EVENT, number) for number in numbers]
    assert numbers_of(texts).tolist() == numbers
    assert sorted(texts) == [text_of(EVENT, number) for number in sorted(numbers)]
    assert all(is_written(EVENT, text) for text in texts)


@given(number=NUMBERS)
def test_a_spreadsheet_takes_an_identity_for_text(number: int) -> None:
    """Neither all digits nor digits with an exponent: those would be rounded."""
    with pytest.raises(ValueError, match="could not convert"):
        float(text_of(PROJECT, number))


@given(number=NUMBERS, length=st.integers(1, 14))
def test_an_identity_may_be_typed_in_small_letters_and_without_its_letter(
    number: int, length: int
) -> None:
    text = text_of(PROJECT, number)
    assert as_written(PROJECT, f" {text[:length].lower()} ") == text[:length]
    assert as_written(PROJECT, text[1:].replace("1", "l").replace("0", "o")) == text


def test_nothing_has_no_identity() -> None:
    assert texts_of(PROJECT, np.array([0, 1, 0])).to_pylist() == [None, "P0000000000001", None]
    assert texts_of(PROJECT, np.zeros(0, dtype=np.int64)).to_pylist() == []
    assert numbers_of([]).tolist() == []
    assert as_written(PROJECT, "  ") == ""


@pytest.mark.parametrize("text", ["", "E", "E123", "P0000000000001", "4611686018427387905"])
def test_what_is_no_identity_of_an_event(text: str) -> None:
    assert not is_written(EVENT, text)
