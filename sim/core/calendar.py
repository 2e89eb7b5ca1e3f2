"""Months as integers counted from January 2000, and their text form YYYY-MM."""

from __future__ import annotations

import re

EPOCH_YEAR = 2000
MONTHS_A_YEAR = 12
_PATTERN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def month_index(text: str) -> int:
    """Return the month's number, 0 for January 2000 (negative before).

    Raises
    ------
    ValueError
        If ``text`` is not of the form YYYY-MM.
    """
    found = _PATTERN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a month of the form YYYY-MM")
    return (int(found.group(1)) - EPOCH_YEAR) * 12 + int(found.group(2)) - 1


def month_name(index: int) -> str:
    """Return the text form YYYY-MM of a month's number."""
    years, month = divmod(int(index), 12)
    return f"{EPOCH_YEAR + years:04d}-{month + 1:02d}"


def year_of(index: int) -> int:
    """Return the calendar year of a month's number."""
    return EPOCH_YEAR + index // 12
