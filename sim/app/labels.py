"""The tables of labels of the page, which stand in ``labels.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.app.language import Translate


@cache
def label_tables() -> dict[str, dict[str, str]]:
    """Return all labels in English by table and key."""
    return tomllib.loads(Path(__file__).with_name("labels.toml").read_text(encoding="utf-8"))


def labels(table: str, _: Translate) -> dict[str, str]:
    """Return the labels of a table in the visitor's language by key, in the order of the file."""
    return {key: _(text) for key, text in label_tables()[table].items()}
