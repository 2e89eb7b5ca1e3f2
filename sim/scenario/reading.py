"""Find scenario files, read them and lay a scenario over the ones it extends."""

from __future__ import annotations

import errno
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.core.errors import InputError
from sim.core.files import MachineError
from sim.core.line_finder import KeyPath, LineFinder, syntax_error_place
from sim.scenario.problems import Problem, closest, dotted, printable, shown

LARGEST_FILE = 1 << 18
"""Size in bytes above which a file is not taken for a scenario."""

_SLIPS = tuple(
    (re.compile(slip), hint)
    for slip, hint in (
        ("[\u201c\u201d\u201e\u2018\u2019]", 'straight quotes, as in "baseline"'),
        (r"=\s*\d{4}[-/]\d", 'months in quotes, as in "2014-01"'),
        (r"=\s*(True|False|TRUE|FALSE|yes|no)\b", "true or false in small letters"),
        (r"=\s*[-+]?\d+,\d", "a point before decimals, as in 0.5"),
        (r"=\s*[-+]?[\d.]+\s*%", "a number without a percent sign, as in 0.5"),
        (r"=\s*(?!true\b|false\b|inf\b|nan\b)[A-Za-z]", 'text in quotes, as in "baseline"'),
    )
)
"""What often stands in the place of TOML, and what to write instead."""
# What a scenario says about itself alone, so that no parent's word is taken for it.
OWN_FIELDS = ("name", "title", "question", "lineage")
_DEEPEST = 8
# The standard parser takes memory as the square of the parts of a dotted key.
_MOST_DOTS = 128


@dataclass(frozen=True)
class Document:
    """Hold one scenario file as read: its content and the lines of its keys."""

    file: Path
    data: dict[str, Any]
    finder: LineFinder

    @property
    def name(self) -> str:
        """Return the name of the file without its suffix."""
        return self.file.stem

    def error(self, path: KeyPath, message: str, **hints: Any) -> InputError:
        """Return the error about one place of the file, with ``allowed`` and ``nearest``."""
        line = self.finder.line_of(path)
        return InputError(message, file=self.file, line=line, field=dotted(path), **hints)


@dataclass
class Layers:
    """Hold a scenario laid over its parents: the files, itself first, and the merged content.

    Parameters stand under dotted names; ``origins`` has for each merged place the file it came from
    and its place there.
    """

    documents: list[Document]
    data: dict[str, Any] = field(default_factory=dict)
    origins: dict[KeyPath, tuple[Document, KeyPath]] = field(default_factory=dict)

    def locate(self, path: KeyPath) -> tuple[Document, KeyPath]:
        """Return the file and the place in it that a merged place came from."""
        for length in range(len(path), 0, -1):
            found = self.origins.get(path[:length])
            if found is not None:
                return found[0], (*found[1], *path[length:])
        return self.documents[0], path

    def error(self, problems: list[Problem]) -> InputError:
        """Return the error about the first problem: the scenario's own before its parents'."""
        ranked = []
        for number, problem in enumerate(problems):
            document, path = self.locate(problem.path)
            line = document.finder.line_of(path)
            rank = (self.documents.index(document), line or 0, number)
            ranked.append((rank, problem, document, path))
        _, problem, document, path = min(ranked, key=lambda entry: entry[0])
        return document.error(
            path, problem.message, allowed=problem.allowed, nearest=problem.nearest
        )


def shipped_folder() -> Path:
    """Return the folder of the scenarios that come with the package."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def names() -> tuple[str, ...]:
    """Return the names of the shipped scenarios in alphabetical order."""
    folder = shipped_folder()
    return tuple(sorted(p.stem for p in folder.glob("*.toml"))) if folder.is_dir() else ()


def find(name: str) -> Path:
    """Return the file of a shipped scenario; InputError if there is none of that name."""
    known = names()
    if name in known:
        return shipped_folder() / f"{name}.toml"
    here = {own: str(file) for file in _beside(Path()) for own in (file.stem, file.name)}
    near = closest(name, (*known, *here))
    raise InputError(
        f"there is no scenario {shown(name)}",
        allowed=f"{', '.join(known)}, or the path of a TOML file",
        nearest=near if near is None or near in known else here[near],
    )


def _beside(folder: Path) -> list[Path]:
    """Return the TOML files of a folder, none if it cannot be read."""
    try:
        return sorted(folder.glob("*.toml"))
    except OSError:
        return []


def locate(name_or_path: str | Path) -> Path:
    """Return the file that a name or a path means; InputError if no scenario has the name.

    A text with a path separator or the suffix ``.toml`` is a path; any other is the name of a
    shipped scenario, or else a file of that name.
    """
    if isinstance(name_or_path, Path) or is_path(name_or_path):
        return Path(name_or_path)
    if name_or_path not in names() and os.path.exists(name_or_path):  # noqa: PTH110
        return Path(name_or_path)
    return find(name_or_path)


def is_shipped(name_or_path: str | Path) -> bool:
    """Return whether a scenario is one of those shipped, given as :func:`locate` takes it."""
    return locate(name_or_path).parent == shipped_folder()


def is_path(text: str) -> bool:
    """Return whether a text is a path rather than a name."""
    return "/" in text or os.sep in text or text.endswith(".toml")


def _is_file(path: Path) -> bool:
    """Return whether a path is a file, False for what cannot be a path at all."""
    return os.path.isfile(path)  # noqa: PTH113 - unlike pathlib's it never raises


def read_document(file: Path) -> Document:
    """Read one scenario file.

    InputError if the file is missing, is no TOML file in UTF-8, or is empty; MachineError if
    the disk fails.
    """
    text = _decoded(_content(file), file)
    for number, content in enumerate(text.split("\n"), start=1):
        if content.count(".") > _MOST_DOTS and not content.lstrip().startswith("#"):
            raise InputError("has too many dots on one line", file=file, line=number)
    try:
        data = tomllib.loads(text)
        finder = LineFinder(text)
    except RecursionError:
        raise InputError("is nested too deeply", file=file) from None
    except ValueError as error:
        message, line = syntax_error_place(error, text)
        raise InputError(
            printable(message),
            file=file,
            line=line,
            allowed=_syntax_hint(text, line),
        ) from None
    if not data:
        raise InputError(
            "holds no scenario: the file is empty", file=file, allowed='for example extends = "..."'
        )
    return Document(file, data, finder)


def _syntax_hint(text: str, line: int | None) -> str | None:
    """Return what to write instead, for the slips most often made."""
    lines = text.splitlines()
    given = lines[line - 1] if line is not None and line <= len(lines) else ""
    return next((hint for slip, hint in _SLIPS if slip.search(given)), None)


def _content(file: Path) -> bytes:
    """Return the bytes of a file that may be a scenario."""
    if "\0" in str(file):
        raise InputError("is not a possible name", file=repr(str(file)))
    try:
        status = file.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError("is a folder", file=file, allowed="a scenario file (TOML)")
        if not stat.S_ISREG(status.st_mode):
            raise InputError("is not a regular file", file=file, allowed="a TOML file")
        if status.st_size > LARGEST_FILE:
            raise InputError("is too large for a scenario", file=file, allowed="at most 256 KiB")
        return file.read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file", file=file, nearest=_nearest_file(file)) from None
    except OSError as error:
        if error.errno in {errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE}:
            raise MachineError(f"cannot be read: {error.strerror}", file=file) from error
        raise InputError(f"cannot be read: {error.strerror}", file=file) from error


def _nearest_file(file: Path) -> str | None:
    """Return the scenario beside a missing file, or shipped, whose name is most like it."""
    siblings = {p.stem: str(p) for p in _beside(file.parent)}
    found = closest(file.stem, tuple(siblings))
    return siblings[found] if found else closest(file.stem, names())


def _decoded(content: bytes, file: Path) -> str:
    """Return the text of a file, which must be UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "is not a text in UTF-8", file=file, line=line, allowed="TOML, saved as UTF-8"
        ) from None


def read_layers(file: Path) -> Layers:
    """Read a scenario file and the ones it extends, and merge them.

    The scenario's own fields and parameters stand before its parent's; its interventions come
    after its parent's.

    InputError if a file cannot be read, a parent is missing, or scenarios extend each other in
    a circle.
    """
    documents: list[Document] = []
    seen: set[str] = set()
    current: Path | None = file
    while current is not None:
        real = os.path.realpath(current) if "\0" not in str(current) else str(current)
        if real in seen:
            circle = " → ".join([*(d.name for d in documents), current.stem])
            raise documents[-1].error(
                ("extends",), f"scenarios extend each other in a circle: {circle}"
            )
        seen.add(real)
        documents.append(read_document(current))
        current = _parent(documents)
    layers = Layers(documents)
    for document in reversed(documents):
        _lay_over(layers, document)
    return layers


def _parent(documents: list[Document]) -> Path | None:
    """Return the file that the last document extends, or None."""
    child = documents[-1]
    given = child.data.get("extends")
    if "extends" not in child.data:
        return None
    words = 'the name of a scenario or the path of a file, as in "baseline.toml"'
    if not isinstance(given, str):
        raise child.error(("extends",), f"{shown(given)} is not text in quotes", allowed=words)
    if is_path(given):
        candidates = [child.file.parent / given]
    else:
        beside = child.file.parent / f"{given}.toml"
        itself = _is_file(beside) and beside.resolve() == child.file.resolve()
        shipped = shipped_folder() / f"{given}.toml"
        # A copy of a shipped scenario may extend the one it was copied from.
        candidates = [shipped, beside] if itself else [beside, shipped]
    for candidate in candidates:
        if _is_file(candidate):
            return candidate
    chain = " → ".join([*(d.name for d in documents), printable(given)])
    siblings = sorted(p.stem for p in child.file.parent.glob("*.toml") if p != child.file)
    raise child.error(
        ("extends",),
        f"there is no scenario {shown(given)} to extend ({chain})",
        allowed=words,
        nearest=closest(Path(given).stem if is_path(given) else given, (*names(), *siblings)),
    )


def _lay_over(layers: Layers, document: Document) -> None:
    """Merge one document over the ones below it."""
    own = document is layers.documents[0]
    for key, value in document.data.items():
        if key == "extends" or (key in OWN_FIELDS and not own):
            continue
        if key == "parameters":
            _lay_parameters(layers, document, value)
        elif key == "interventions":
            _lay_interventions(layers, document, value)
        else:
            layers.data[key] = value
            layers.origins[(key,)] = (document, (key,))


def _lay_parameters(layers: Layers, document: Document, value: object) -> None:
    """Merge a table of parameters, nested or with dotted names."""
    if not isinstance(value, Mapping):
        raise document.error(
            ("parameters",), f"{shown(value)} is not a table", allowed="a table headed [parameters]"
        )
    merged = layers.data.setdefault("parameters", {})
    here: dict[str, KeyPath] = {}
    waiting: list[tuple[KeyPath, Mapping[str, Any]]] = [(("parameters",), value)]
    while waiting:
        above, table = waiting.pop()
        for key, item in table.items():
            path = (*above, key)
            name = ".".join(str(part) for part in path[1:])
            if isinstance(item, Mapping):
                if len(path) > _DEEPEST:
                    raise document.error(path, "is nested too deeply")
                waiting.append((path, item))
                continue
            if name in here:
                raise document.error(path, f"the parameter {shown(name)} is set twice in this file")
            here[name] = path
            merged[name] = item
            layers.origins[("parameters", name)] = (document, path)


def _lay_interventions(layers: Layers, document: Document, value: object) -> None:
    """Append a document's interventions to those of the layers below."""
    words = "tables headed [[interventions]], with two brackets"
    if not isinstance(value, list):
        raise document.error(("interventions",), f"{shown(value)} is not a list", allowed=words)
    merged = layers.data.setdefault("interventions", [])
    for number, item in enumerate(value):
        layers.origins[("interventions", len(merged))] = (document, ("interventions", number))
        merged.append(item)
