"""What the user is told to have got wrong."""

from __future__ import annotations

import pytest

from sim.errors import InputError


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
