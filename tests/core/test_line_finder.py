"""The line finder knows where every key of a valid TOML text stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.core.line_finder import KeyPath, LineFinder, syntax_error_place

TEXT = '''\
# a comment with a key = 1
name = "x" # and = more
"quoted.key" = """
many = lines
[not.a.table]
"""
literal = \'\'\'
it's = "here" \'\'\'

a.b . "c d" = 1
'single' = 'q"'
[parameters]
"turnover.fade" = 0.5
tie.contact = 0.1 # comment ]
[parameters.views]
gain = 0.1

[[interventions]]
month = "2010-01"
list = [1, [2, "]"], # comment ]
  3,
  { x = 1, y = "}" },
]
[interventions.sub]
deep = 1
[[interventions]]
month = '2011-01'
inline = { p = { q = [ 1 ] }, r = 2 }
  [[interventions.inner]]
  z = 1
  [[interventions.inner]]
  z = 2
[one.two.three]
'''

EXPECTED: dict[KeyPath, int] = {
    ("name",): 2,
    ("quoted.key",): 3,
    ("literal",): 7,
    ("a",): 10,
    ("a", "b", "c d"): 10,
    ("single",): 11,
    ("parameters",): 12,
    ("parameters", "turnover.fade"): 13,
    ("parameters", "tie"): 14,
    ("parameters", "tie", "contact"): 14,
    ("parameters", "views", "gain"): 16,
    ("interventions",): 18,
    ("interventions", 0): 18,
    ("interventions", 0, "month"): 19,
    ("interventions", 0, "list", 0): 20,
    ("interventions", 0, "list", 1, 1): 20,
    ("interventions", 0, "list", 2): 21,
    ("interventions", 0, "list", 3, "y"): 22,
    ("interventions", 0, "sub", "deep"): 25,
    ("interventions", 1): 26,
    ("interventions", 1, "month"): 27,
    ("interventions", 1, "inline", "p", "q", 0): 28,
    ("interventions", 1, "inline", "r"): 28,
    ("interventions", 1, "inner", 0, "z"): 30,
    ("interventions", 1, "inner", 1): 31,
    ("interventions", 1, "inner", 1, "z"): 32,
    ("one",): 33,
    ("one", "two", "three"): 33,
}


def paths(value: Any, above: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the path of everything in a parsed TOML value."""
    parts: Any = value.items() if isinstance(value, dict) else ()
    parts = enumerate(value) if isinstance(value, list) else parts
    for key, item in parts:
        yield (*above, key)
        yield from paths(item, (*above, key))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_of_all_kinds_of_keys(end: str) -> None:
    finder = LineFinder(TEXT.replace("\n", end))
    assert {path: finder.lines.get(path) for path in EXPECTED} == EXPECTED


def test_every_path_of_the_parsed_text_has_a_line_and_no_other() -> None:
    assert set(LineFinder(TEXT).lines) == set(paths(tomllib.loads(TEXT)))


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml")), ids=lambda p: p.stem
)
def test_every_path_of_the_shipped_scenarios_is_found(file: Path) -> None:
    text = file.read_text("utf-8")
    assert set(LineFinder(text).lines) == set(paths(tomllib.loads(text)))


def test_what_is_missing_is_placed_at_what_is_around_it() -> None:
    finder = LineFinder(TEXT)
    assert finder.line_of(("interventions", 1, "no", "such")) == 26
    assert finder.line_of(("nowhere",)) is None
    assert finder.line_of(()) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb = ", 2), ("a = 1\nb = [1,\n\n", 2), ("a = 1\n\nb == 2\n", 3), ("a=1\na=2", 2)],
)
def test_syntax_errors_keep_the_parsers_line(text: str, line: int) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    message, found = syntax_error_place(caught.value, text)
    assert found == line
    assert message.startswith("is not valid TOML: ")
    assert "line" not in message.removeprefix("is not valid TOML: ")


@pytest.mark.parametrize("text", ["[", "a", "a = [", 'a = "', "[[a", "]", "a = {b", "\x00"])
def test_texts_that_are_not_valid_do_not_hang_it(text: str) -> None:
    assert LineFinder(text).lines is not None
