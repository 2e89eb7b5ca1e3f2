"""The one error a user's input can cause."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

_WORDS = re.compile(r"[^\W_]+")
_PLACE = re.compile(r"[A-Za-z]{2}-(?=[A-Za-z0-9]{1,4}$)")
_LONGEST_COMPARED = 80
_MOST_SHOWN = 500
"""Most errors that are told one by one."""
_MOST_CANDIDATES = 12

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
Near = str | tuple[str, ...] | None
"""What may be meant: a name, several of which none is likelier, or nothing."""


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
        The valid name that is most likely meant, or several that may be, in words.
    argument
        Name of the Python argument that is wrong, before ``field``; the command line names its
        option instead.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        field: str | None = None,
        allowed: str | None = None,
        nearest: Near = None,
        argument: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = None if file is None else str(file)
        self.line = line
        self.field = field
        self.allowed = allowed
        self.nearest = nearest
        self.argument = argument

    def __str__(self) -> str:
        where = self.file or ""
        if where and self.line is not None:
            where = f"{where}, line {self.line}"
        parts = [f"{where}: " if where else ""]
        parts.append(f"{self._where}: {self.message}" if self._where else self.message)
        if self.allowed:
            parts.append(f"{_stop_after(parts[-1])} Allowed: {self.allowed}.")
        if isinstance(self.nearest, tuple):
            parts.append(f"{_stop_after(parts[-1])} It may mean {_either(self.nearest)}.")
        elif self.nearest:
            parts.append(f"{_stop_after(parts[-1])} Did you mean {self.nearest!r}?")
        return "".join(parts)

    @property
    def errors(self) -> tuple[InputError, ...]:
        """Return each thing that is wrong, one by one."""
        return (self,)

    def to_json(self) -> dict[str, Any]:
        """Return the error in terms of JSON; the field with the argument before it."""
        names = ("message", "file", "line", "allowed")
        several = isinstance(self.nearest, tuple)
        return {name: getattr(self, name) for name in names} | {
            "field": self._where or None,
            "nearest": None if several else self.nearest,
            "candidates": list(self.nearest or ()) if several else [],
        }

    @property
    def _where(self) -> str:
        """Return the argument and the field that are wrong, as far as known."""
        return " ".join(name for name in (self.argument, self.field) if name)


class ManyInputsError(InputError):
    """Report several things wrong with what the user gave, at least one.

    Its own message and place are those of the first.
    """

    def __init__(self, errors: Sequence[InputError]) -> None:
        first = errors[0]
        super().__init__(first.message)
        self.__dict__ |= vars(first) | {"argument": None}
        self._errors = tuple(errors)

    @property
    def errors(self) -> tuple[InputError, ...]:
        """Return each thing that is wrong, in order."""
        return self._errors

    def __str__(self) -> str:
        lines = [f"  {error}" for error in self.errors[:_MOST_SHOWN]]
        if len(self.errors) > _MOST_SHOWN:
            lines.append(f"  and {len(self.errors) - _MOST_SHOWN:,} more")
        return "\n".join((f"{len(self.errors):,} faults:", *lines))


def refuse(errors: Sequence[InputError]) -> NoReturn:
    """Raise what is wrong, as one error."""
    raise errors[0] if len(errors) == 1 else ManyInputsError(errors)


def each_of(call: Callable[[_Given], _Made], given: Iterable[_Given]) -> list[_Made]:
    """Return what a call makes of each thing given; what is wrong with any is raised as one error.

    InputError of all that the calls raise.
    """
    made: list[_Made] = []
    faults: list[InputError] = []
    for one in given:
        try:
            made.append(call(one))
        except InputError as error:
            faults += error.errors
    if faults:
        refuse(faults)
    return made


def known_name(what: str, given: str, valid: Iterable[str], **place: Any) -> str:
    """Return the name given; refuse one that is none of the valid ones.

    ``what`` it names is a word such as "table"; ``place`` is as :func:`unknown_name_error` takes
    it.
    """
    names = list(map(str, valid))
    if given not in names:
        raise unknown_name_error(f"there is no {what} {given!r}", given, names, **place)
    return given


def known_names(what: str, given: Iterable[str], valid: Iterable[str], **place: Any) -> list[str]:
    """Return the names given; those that :func:`known_name` refuses are refused at once."""
    known = list(valid)
    return each_of(lambda name: known_name(what, name, known, **place), given)


def _either(names: Sequence[str]) -> str:
    """Return names as a list in words, cut to a readable length."""
    if len(names) > _MOST_CANDIDATES:
        return f"{', '.join(names[:_MOST_CANDIDATES])} or {len(names) - _MOST_CANDIDATES} more"
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _stop_after(text: str) -> str:
    """Return the full stop that a sentence still lacks."""
    return "" if text.endswith((".", "!", "?")) else "."


def folded(text: str) -> str:
    """Return a text without accents, capitals and differences between marks and spaces."""
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in parts if not unicodedata.combining(c)).casefold()
    return " ".join(_WORDS.findall(bare)) or bare


def nearest_name(name: str, valid: Iterable[str], *, parts: bool = True) -> str | None:
    """Return the valid name that ``name`` most likely is a slip for, or None.

    One slip is allowed in four to seven letters, two in eight to twelve, three in more; in three or
    fewer, only a letter too many or too few. Where two names are as alike, or a code such as
    ``AR-Y`` would move to another country, nothing is said. With ``parts`` a name may also begin
    with ``name`` or hold it as a word.
    """
    given = folded(name)[:_LONGEST_COMPARED]
    names: dict[str, set[str]] = {}
    for one in valid:
        names.setdefault(folded(one), set()).add(one)
    if given not in names:
        kept = _PLACE.match(name)
        close = [
            (ratio, other)
            for other in difflib.get_close_matches(given, list(names), n=5, cutoff=0.74)
            if (ratio := _likeness(given, other)) >= _least_likeness(given, other)
            and (kept is None or other.startswith(folded(kept.group())))
        ]
        close += _with_part(given, names) if parts and not close else []
        best = {other for ratio, other in close if ratio == max(close)[0]}
        given = best.pop() if len(best) == 1 else ""
    found = names.get(given, set())
    return next(iter(found)) if len(found) == 1 else None


def nearest_beside(path: Path) -> str | None:
    """Return the file or folder, beside one that is missing, whose name is most likely meant."""
    try:
        beside = {other.name for other in path.parent.iterdir() if other.suffix == path.suffix}
    except OSError:
        return None
    return nearest_name(path.name, beside - {path.name})


def unknown_name_error(
    message: str, given: str, valid: Iterable[str], *, listed: bool = True, **place: Any
) -> InputError:
    """Return the error that a name is none of the valid ones, with the nearest.

    Unless they are too many to be ``listed``, it tells all of them; ``place`` says where the name
    stands, as :class:`InputError` takes it.
    """
    names = list(map(str, valid))
    allowed = ", ".join(names) if listed else None
    return InputError(message, allowed=allowed, nearest=nearest_name(given, names), **place)


def _likeness(name: str, other: str) -> float:
    return difflib.SequenceMatcher(None, other, name).ratio()


def _least_likeness(name: str, other: str) -> float:
    """Return how alike two texts of their lengths must be for one to be a slip for the other."""
    longest = max(len(name), len(other))
    if longest <= 3:
        return 0.8
    slips = 1 if longest < 8 else 2 if longest < 13 else 3
    return 1.0 - slips / longest - 1e-9


def _with_part(given: str, names: Iterable[str]) -> list[tuple[float, str]]:
    """Return the names that begin with a text or hold it as a word."""
    if len(given) < 4:
        return []
    return [(1.0, n) for n in names if n.startswith(given) or f" {given} " in f" {n} "]
