"""A number stands with the form of its noun that goes with it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.core.plurals import counted


@pytest.mark.parametrize(
    ("count", "noun", "words"),
    [
        (1, "run", "1 run"),
        (0, "run", "0 runs"),
        (2000, "paired run", "2,000 paired runs"),
        (1, "country", "1 country"),
        (np.int64(2), "country", "2 countries"),
        (2, "locality", "2 localities"),
        (2, "day", "2 days"),
        (1.0, "replicate", "1 replicate"),
        (1.04, "replicate", "1.04 replicates"),
    ],
)
def test_noun_follows_the_number(count: float, noun: str, words: str) -> None:
    assert counted(count, noun) == words


def test_an_uncommon_plural_can_be_given() -> None:
    assert counted(2, "memorandum", "memoranda") == "2 memoranda"
    assert counted(1, "memorandum", "memoranda") == "1 memorandum"
