"""The state of the page as the browser's address, and back.

A query string holds ``lang``, ``tab`` and, for every tab that has been opened, its fields as
``tab.field``. What does not look like that is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from sim.app.limits import ADDRESS_CHARACTERS, ADDRESS_FIELDS, VALUE_CHARACTERS

_NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")


@dataclass
class Address:
    """Hold what an address says: language and tab, or empty, and each tab's fields.

    ``large`` asks for large type; ``left_out`` tells whether something could not be read.
    """

    language: str = ""
    tab: str = ""
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    large: bool = False
    left_out: bool = False


def read_address(query: str, tabs: Collection[str]) -> Address:
    """Return what a query string, still quoted, says; a question mark in front may be missing."""
    address = Address()
    if len(query) > ADDRESS_CHARACTERS:
        return Address(left_out=True)
    try:
        pairs = parse_qsl(query.removeprefix("?"), max_num_fields=ADDRESS_FIELDS, errors="strict")
    except ValueError:
        return Address(left_out=True)
    for key, value in pairs:
        tab, dot, name = key.partition(".")
        if len(value) > VALUE_CHARACTERS or not value.isprintable():
            address.left_out = True
        elif key == "lang" and _NAME.fullmatch(value):
            address.language = value
        elif key == "projector" and value == "1":
            address.large = True
        elif key == "tab" and value in tabs:
            address.tab = value
        elif dot and tab in tabs and _FIELD.fullmatch(name):
            address.fields.setdefault(tab, {})[name] = value
        else:
            address.left_out = True
    return address


def write_address(
    language: str, tab: str, fields: Mapping[str, Mapping[str, str]], *, large: bool = False
) -> str:
    """Return the query string, question mark included, that brings the same page back."""
    pairs = [("lang", language), *([("projector", "1")] if large else []), ("tab", tab)]
    for name, values in fields.items():
        pairs += [(f"{name}.{key}", value) for key, value in sorted(values.items())]
    return "?" + urlencode(pairs)
