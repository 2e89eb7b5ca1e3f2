"""The one error a user's input can cause."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class InputError(Exception):
    """Report one thing wrong with what the user gave.

    The command line prints ``str(error)`` and exits with code 2.

    Parameters
    ----------
    message
        What is wrong, in one sentence.
    file, line, field
        Where it is wrong, as far as known. ``line`` counts from 1.
    allowed
        What would be accepted, in words.
    nearest
        The valid name closest to the one given.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        field: str | None = None,
        allowed: str | None = None,
        nearest: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = None if file is None else str(file)
        self.line = line
        self.field = field
        self.allowed = allowed
        self.nearest = nearest

    def __str__(self) -> str:
        where = self.file or ""
        if where and self.line is not None:
            where = f"{where}, line {self.line}"
        parts = [f"{where}: " if where else ""]
        parts.append(f"{self.field}: {self.message}" if self.field else self.message)
        if self.allowed:
            parts.append(f"{_stop_after(parts[-1])} Allowed: {self.allowed}.")
        if self.nearest:
            parts.append(f"{_stop_after(parts[-1])} Did you mean {self.nearest!r}?")
        return "".join(parts)


def _stop_after(text: str) -> str:
    """Return the full stop that a sentence still lacks."""
    return "" if text.endswith((".", "!", "?")) else "."


def nearest_name(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name most like ``name``, or None if none is alike."""
    names = sorted(set(valid))
    by_folded = {n.casefold(): n for n in names}
    found = difflib.get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.5)
    return by_folded[found[0]] if found else None
