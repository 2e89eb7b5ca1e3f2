"""The tables of labels and phrases of the page, which stand in ``labels.toml``."""

from __future__ import annotations

import tomllib
from functools import cache

from sim.app.language import Translate
from sim.app.theme import source


@cache
def label_tables() -> dict[str, dict[str, str]]:
    """Return all labels in English by table and key."""
    return tomllib.loads(source("labels.toml"))


def labels(table: str, _: Translate) -> dict[str, str]:
    """Return the labels of a table in the visitor's language by key, in the order of the file."""
    return {key: _(text) for key, text in label_tables()[table].items()}


def say(key: str, _: Translate, **fields: object) -> str:
    """Return a label by table and key, such as ``result.never``, translated and filled in."""
    table, name = key.split(".")
    return _(label_tables()[table][name], **fields)
