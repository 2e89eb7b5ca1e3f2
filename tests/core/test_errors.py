"""What the user is told to have got wrong."""

from __future__ import annotations

import pytest

from sim.core.errors import InputError, nearest_name
from sim.core.parameters import PARAMETERS


@pytest.mark.parametrize(
    ("message", "hints", "said"),
    [
        ("is wrong", {}, "is wrong"),
        ("is wrong", {"nearest": "b"}, "is wrong. Did you mean 'b'?"),
        ("is wrong.", {"nearest": "b"}, "is wrong. Did you mean 'b'?"),
        ("is wrong", {"allowed": "b or c"}, "is wrong. Allowed: b or c."),
        ("why?", {"allowed": "b", "nearest": "b"}, "why? Allowed: b. Did you mean 'b'?"),
        ("is wrong", {"file": "a.toml", "line": 3, "field": "x"}, "a.toml, line 3: x: is wrong"),
    ],
)
def test_hints_follow_the_message_as_sentences(
    message: str, hints: dict[str, str | int], said: str
) -> None:
    assert str(InputError(message, **hints)) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "valid", "nearest"),
    [
        ("nothing", list(PARAMETERS), None),
        ("M99", ["M58", "M59"], None),
        ("country", ["unit", "count"], None),
        ("yaer", ["unit", "year"], "year"),
        ("AR-YY", ["AR-Y", "AR-X"], "AR-Y"),
        ("UY-TT", ["TT-UY", "HT-TT"], None),
        ("litium", ["lithium", "mining"], "lithium"),
        ("sao paulo", ["São Paulo", "Pará"], "São Paulo"),
        ("pabe", ["pace", "page"], None),
    ],
)
def test_a_name_is_suggested_only_where_a_slip_is_likely(
    given: str, valid: list[str], nearest: str | None
) -> None:
    assert nearest_name(given, valid) == nearest
