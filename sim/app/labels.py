"""The tables of labels of the page, which stand in ``labels.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

from sim.app.theme import source

if TYPE_CHECKING:
    from sim.app.language import Translate


@cache
def label_tables() -> dict[str, dict[str, str]]:
    """Return all labels in English by table and key."""
    return tomllib.loads(source("labels.toml"))


def labels(table: str, _: Translate) -> dict[str, str]:
    """Return the labels of a table in the visitor's language by key, in the order of the file."""
    return {key: _(text) for key, text in label_tables()[table].items()}
