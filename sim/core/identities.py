"""Identities of events and projects as short text.

An identity is a number of 63 bits. Spreadsheets and browsers count in floating point and round it,
so files and pages hold text: a letter for what it names and thirteen digits of Crockford's base 32,
whose order is that of the numbers. Read back, capitals don't matter, and neither do the letters
that are taken for digits.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from sim.core.state import Array

EVENT, PROJECT = "E", "P"
LENGTH = 14
"""Characters of an identity."""

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BYTES = np.frombuffer(_DIGITS.encode(), dtype=np.uint8)
_VALUE = np.zeros(256, dtype=np.int64)
_VALUE[_BYTES] = np.arange(32)
_SHIFTS = tuple(range(60, -1, -5))
# Two digits at a time are looked up, as one number of 16 bits: that is several times as fast.
_PAIRS = np.array([a + b for a in _DIGITS for b in _DIGITS], dtype="S2").view(np.uint16)
_MISREAD = str.maketrans("ILO", "110")


def text_of(letter: str, number: int) -> str:
    """Return the text of one identity."""
    return letter + "".join(_DIGITS[number >> shift & 31] for shift in _SHIFTS)


def texts_of(letter: str, numbers: Array) -> pa.Array:
    """Return identities (n,) as an Arrow array of text, null where the number is 0."""
    known = numbers != 0
    mine = numbers[known]
    first = np.array([letter + digit for digit in _DIGITS[:8]], dtype="S2").view(np.uint16)
    signs = np.empty((len(mine), LENGTH // 2), dtype=np.uint16)
    signs[:, 0] = first[mine >> 60]
    for pair in range(1, LENGTH // 2):
        signs[:, pair] = _PAIRS[(mine >> (60 - 10 * pair)) & 1023]
    ends = np.arange(len(mine) + 1, dtype=np.int32) * LENGTH
    result = pa.StringArray.from_buffers(len(mine), pa.py_buffer(ends), pa.py_buffer(signs))
    if known.all():
        return result
    return result.take(pa.array(np.cumsum(known) - 1, mask=~known))


def numbers_of(texts: Iterable[str]) -> Array:
    """Return the numbers (n,) of identities in full, as :func:`texts_of` gives them."""
    signs = np.array(list(texts), dtype=f"S{LENGTH}").view(np.uint8).reshape(-1, LENGTH)
    result = np.zeros(len(signs), dtype=np.int64)
    for place, shift in enumerate(_SHIFTS, start=1):
        result |= _VALUE[signs[:, place]] << shift
    return result


def is_written(letter: str, text: str) -> bool:
    """Return whether a text is an identity as files hold it."""
    digits = text.removeprefix(letter)
    return len(text) == LENGTH and len(digits) == LENGTH - 1 and set(digits) <= set(_DIGITS)


def as_written(letter: str, given: str) -> str:
    """Return an identity, or its beginning, as files hold it; the letter may be left out."""
    text = given.strip().upper()
    return text and letter + text.removeprefix(letter).translate(_MISREAD)
