"""Designs: which points of the space of parameters a sweep visits.

A list of values is scanned, a range is sampled, and a file of points is taken as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.core.errors import InputError, each_of, known_name, nearest_name
from sim.core.parameters import PARAMETERS
from sim.core.plurals import counted
from sim.core.table_reader import Column, read_table
from sim.experiments.samplers import LAYOUTS, MORRIS_LEVELS

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("grid", "lhs", "sobol", "morris")
"""Designs that are laid out here; anything else is the path of a file of points."""

DEFAULT_N = {"grid": 5, "lhs": 100, "sobol": 64, "morris": 20}
"""Steps per range (grid), points (lhs), base points (sobol) or trajectories (morris)."""

MOST_POINTS = 10_000_000
EXAMPLE = "name=low..high for a range or name=a,b,c for a list, such as turnover.fade=0.2..0.9"
FILES = "a .csv or .parquet file whose columns are parameters, one row a point"


@dataclass(frozen=True)
class Varied:
    """Name a parameter and what it is varied over: a list of values or a range."""

    name: str
    values: tuple[float, ...] | None = None  # values in rising order, of a list; None for a range
    # Ends of a range, inclusive; None for a list.
    low: float | None = None
    high: float | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the smallest and the largest value."""
        if self.values is not None:
            return self.values[0], self.values[-1]
        assert self.low is not None
        assert self.high is not None
        return self.low, self.high

    @property
    def text(self) -> str:
        """Return what :func:`parse_vary` reads back, with the shortest exact numbers."""
        values, sign = (self.bounds, "..") if self.values is None else (self.values, ",")
        return f"{self.name}={sign.join(repr(float(value)) for value in values)}"

    def at(self, shares: Any) -> Any:
        """Return the values at shares of the way from low to high, as an array of floats.

        A list is treated as values of equal probability: a share is turned into the value whose
        stretch of [0, 1] it falls into.
        """
        shares = np.asarray(shares, dtype=np.float64)
        if self.values is None:
            low, high = self.bounds
            return np.clip(low + shares * (high - low), low, high)
        count = len(self.values)
        # A third of the way is the second of three values, whatever the rounding.
        place = np.floor(shares * count + 1e-9).astype(np.int64)
        return np.asarray(self.values, dtype=np.float64)[np.clip(place, 0, count - 1)]


def varied_of(given: Iterable[Varied | str]) -> tuple[Varied, ...]:
    """Return what varies, read where it is text; InputError of all that is wrong."""
    return tuple(each_of(lambda one: parse_vary(one) if isinstance(one, str) else one, given))


def parse_vary(text: str) -> Varied:
    """Return what ``name=low..high`` or ``name=a,b,c`` says.

    InputError if it is of neither form, names no parameter, leaves the parameter's range, or the
    range or list is empty, reversed or says a value twice.
    """
    where: dict[str, Any] = {"argument": "vary", "field": text}
    name, equals, rest = (part.strip() for part in text.partition("="))
    if not equals or not rest:
        raise InputError("says no values", **where, allowed=EXAMPLE)
    check_name(name, **where)
    if ".." in rest:
        first, _, last = rest.partition("..")
        low, high = (_number(name, part, where) for part in (first, last))
        if low >= high:
            what = "is empty" if low == high else "runs backwards"
            raise InputError(f"the range {what}", **where, allowed=EXAMPLE)
        return Varied(name, low=low, high=high)
    values = [_number(name, part, where) for part in rest.split(",")]
    if len(set(values)) < len(values):
        twice = next(value for value in values if values.count(value) > 1)
        raise InputError(f"says {twice:g} twice", **where)
    return Varied(name, values=tuple(sorted(values)))


def _number(name: str, text: str, where: dict[str, Any]) -> float:
    try:
        value = float(text)
    except ValueError:
        raise InputError(
            f"{text.strip()!r} is not a number", **where, allowed=_allowed(name)
        ) from None
    check_value(name, value, **where)
    return value


def check_name(name: str, **where: Any) -> None:
    """Refuse a name that is no parameter's; ``where`` is the place of it in what a user gave."""
    known_name("parameter", name, PARAMETERS, listed=False, **where)


def check_value(name: str, value: float, **where: Any) -> None:
    """Refuse a value that is out of a parameter's range, nan included."""
    if not PARAMETERS[name].low <= value <= PARAMETERS[name].high:
        raise InputError(f"{value:g} is out of range", **where, allowed=_allowed(name))


def _allowed(name: str) -> str:
    """Return the range of a parameter in words."""
    entry = PARAMETERS[name]
    return f"{entry.low:g} to {entry.high:g} ({entry.unit})"


@dataclass(frozen=True)
class Design:
    """Hold the points of a sweep and how they were laid out.

    Parameters
    ----------
    kind
        ``grid``, ``lhs``, ``sobol``, ``morris`` or ``file``; ``draws`` where draws of parameters
        are all there is.
    varied
        The parameters, in the order of the columns.
    points
        One row a point, indexed from 0; columns are parameters, float64. Points may repeat.
    seed
        Seed of the layout.
    settings
        What else made it, in terms of JSON: ``blocks``, the sizes laid out one after the other;
        ``notes``, what the user should be told; of a design crossed with draws of parameters,
        ``draws`` and ``drawn`` (:mod:`sim.experiments.parameter_draws`).
    """

    kind: str
    varied: tuple[Varied, ...]
    points: pd.DataFrame
    seed: int
    settings: dict[str, Any]

    @classmethod
    def of(
        cls, kind: str, varied: tuple[Varied, ...], points: Any, seed: int, settings: dict[str, Any]
    ) -> Design:
        """Return the design of an array of points (points, parameters)."""
        import pandas as pd

        names = pd.Index([one.name for one in varied], dtype=object)
        frame = pd.DataFrame(np.asarray(points, dtype=np.float64), columns=names)
        return cls(kind, varied, frame, seed, settings)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what the user should be told about the design."""
        return tuple(self.settings.get("notes", ()))

    @property
    def draws(self) -> int:
        """Return with how many draws of parameters the points are crossed; 0 without any.

        Point ``p`` has draw ``p % draws``.
        """
        return int(self.settings.get("draws", 0))

    @property
    def description(self) -> str:
        """Return what varies, in words; parameters that come with the draws are counted."""
        drawn = int(self.settings.get("drawn", 0))
        names = [one.name for one in self.varied][: len(self.varied) - drawn]
        words = [f"{counted(drawn, 'parameter')} in {counted(self.draws, 'draw')}"] if drawn else []
        return ", ".join([*names, *words])

    def to_json(self) -> dict[str, Any]:
        """Return everything but the points in terms of JSON."""
        return {
            "kind": self.kind,
            "vary": [one.text for one in self.varied],
            "points": len(self.points),
            "seed": self.seed,
            "settings": self.settings,
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any], points: pd.DataFrame) -> Design:
        """Return the design of a record made by :meth:`to_json` and its points.

        InputError if the record is not one of a design, or does not fit the points.
        """
        try:
            varied = tuple(_recorded(text) for text in record["vary"])
            kind, seed = str(record["kind"]), int(record["seed"])
            settings, count = dict(record["settings"]), int(record["points"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("is not the record of a design", field="design") from error
        names = [one.name for one in varied]
        if len(points) != count or list(points.columns) != names:
            raise InputError(
                "the points are not those of the design",
                field="design",
                allowed=f"{counted(count, 'point')} of {', '.join(names)}",
            )
        return cls.of(kind, varied, points.to_numpy(), seed, settings)

    def extended(self, n: int) -> Design:
        """Return the design with ``n`` further base points, its present points first.

        ``sobol`` goes on in the same sequence. ``lhs`` and ``morris`` append a block that is
        laid out by itself, with its own stream of random numbers: a fresh hypercube of ``n``
        points, or ``n`` more trajectories.

        InputError if ``n`` is not positive, or the design is a grid or a file, which have no next
        point.
        """
        if self.kind not in LAYOUTS or self.draws:
            whose = "draws have" if self.draws else f"a {self.kind} has"
            raise InputError(
                f"{whose} no next point to go on with",
                argument="design",
                allowed="a new sweep with longer lists or another file",
            )
        _check_count(self.kind, n)
        blocks = [*self.settings["blocks"], n]
        points = np.vstack(
            [self.points.to_numpy(), _block(self.kind, self.varied, blocks, self.seed)]
        )
        notes = [note for note in self.notes if note not in _notes(self.kind, self.settings)]
        settings = {**self.settings, "blocks": blocks}
        settings["notes"] = [*notes, *_notes(self.kind, settings)]
        return self.of(self.kind, self.varied, points, self.seed, settings)


def _recorded(text: str) -> Varied:
    """Return what a record says of one parameter; a file may hold it constant."""
    name, _, rest = text.partition("=")
    low, dots, high = rest.partition("..")
    if dots:
        return Varied(name, low=float(low), high=float(high))
    return Varied(name, values=tuple(float(value) for value in rest.split(",")))


def make_design(
    kind: str | Path, varied: Iterable[Varied | str] = (), n: int | None = None, seed: int = 1
) -> Design:
    """Lay out the points of a sweep.

    Parameters
    ----------
    kind
        ``grid``, ``lhs``, ``sobol``, ``morris``, or the path of a CSV or Parquet file of points.
    varied
        What varies, as :class:`Varied` or in the form :func:`parse_vary` reads.
    n
        Steps per range (grid), points (lhs), base points (sobol: n x (parameters + 2) points) or
        trajectories (morris: n x (parameters + 1) points). None takes :data:`DEFAULT_N`.
    seed
        Seed of the layout.

    Raises
    ------
    InputError
        If what is asked for is contradictory or not valid, or SALib is missing for ``sobol`` or
        ``morris``.
    """
    chosen = varied_of(varied)
    names = [one.name for one in chosen]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"varies {name} a second time", argument="vary")
    if str(kind) not in KINDS:
        return _from_file(Path(kind), chosen, n, seed)
    kind = str(kind)
    if not chosen:
        raise InputError(f"a {kind} needs something to vary", argument="vary", allowed=EXAMPLE)
    if kind == "grid" and n is not None and all(one.values is not None for one in chosen):
        raise InputError(
            "a grid of lists has the size of its lists",
            argument="n",
            allowed="ranges with a number of points, or neither",
        )
    n = DEFAULT_N[kind] if n is None else n
    _check_count(kind, n)
    _check_space(kind, chosen, n)
    settings: dict[str, Any] = {"n": n} if kind == "grid" else {"blocks": [n]}
    if kind == "morris":
        settings["levels"] = MORRIS_LEVELS
    points = _grid(chosen, n) if kind == "grid" else _block(kind, chosen, [n], seed)
    settings["notes"] = _notes(kind, settings)
    return Design.of(kind, chosen, points, seed, settings)


def _check_count(kind: str, n: int) -> None:
    least = 2 if kind in {"grid", "morris"} else 1
    if n < least:
        raise InputError(f"{n} is too few for a {kind}", argument="n", allowed=f"{least} or more")


def _check_space(kind: str, varied: Sequence[Varied], n: int) -> None:
    """Refuse a single value of a parameter whose effect is to be measured, or too many points."""
    for one in varied:
        if kind in {"sobol", "morris"} and one.values is not None and len(one.values) < 2:
            raise InputError(
                f"a {kind} design cannot vary a parameter with a single value",
                argument="vary",
                field=one.text,
                allowed="two values or more; one that is held at a value is set, not varied",
            )
    sizes = [n if one.values is None else len(one.values) for one in varied]
    per_n = {"lhs": 1, "sobol": len(varied) + 2, "morris": len(varied) + 1}
    count = math.prod(sizes) if kind == "grid" else n * per_n[kind]
    if count > MOST_POINTS:
        raise InputError(
            f"the {kind} would have {count:,} points",
            argument="design",
            allowed=f"{MOST_POINTS:,} points or fewer; lhs covers many parameters with few points",
        )


def _notes(kind: str, settings: Mapping[str, Any]) -> list[str]:
    blocks = settings.get("blocks", [])
    total = sum(blocks)
    if kind == "sobol" and total & (total - 1):
        better = 1 << total.bit_length()
        why = f"a Sobol' sequence is balanced only at powers of two ({better // 2} or {better})"
        return [f"{counted(total, 'base point')}: {why}"]
    if kind == "lhs" and len(blocks) > 1:
        sizes = " + ".join(str(size) for size in blocks)
        return [f"{sizes} points: each block is a Latin hypercube by itself, the whole is not"]
    return []


def _grid(varied: Sequence[Varied], n: int) -> Any:
    """Return every combination, the last parameter changing fastest."""
    axes = [np.linspace(*one.bounds, n) if one.values is None else one.values for one in varied]
    return np.array(list(product(*axes)), dtype=np.float64)


def _block(kind: str, varied: Sequence[Varied], blocks: Sequence[int], seed: int) -> Any:
    """Return the points of the last of the blocks, an array (points, parameters)."""
    shares = LAYOUTS[kind](len(varied), blocks, seed)
    return np.stack([one.at(shares[:, i]) for i, one in enumerate(varied)], axis=1)


def _from_file(file: Path, varied: Sequence[Varied], n: int | None, seed: int) -> Design:
    """Return the design of a table of points, as :mod:`sim.core.table_reader` reads it."""
    if not file.is_file():
        raise InputError(
            f"there is no design or file {str(file)!r}",
            argument="design",
            allowed=", ".join((*KINDS, FILES)),
            nearest=nearest_name(str(file), KINDS),
        )
    columns = tuple(
        Column(name, "number", low=one.low, high=one.high, present=False, words=_allowed(name))
        for name, one in PARAMETERS.items()
    )
    table = read_table(file, columns, header="parameters, such as turnover.pace")
    table.refuse()
    if not table.values:
        raise InputError("holds no points", file=file, allowed=FILES)
    for argument, given, what, allowed in (
        ("n", n is not None, "says how many there are", "no number of points with a file"),
        ("vary", varied, "says what varies", "nothing varied with a file"),
    ):
        if given:
            raise InputError(f"a file of points {what}", argument=argument, allowed=allowed)
    points = np.array(list(table.values.values()), dtype=np.float64).T
    ends = zip(table.values, points.min(axis=0), points.max(axis=0), strict=True)
    chosen = tuple(Varied(str(name), low=float(low), high=float(high)) for name, low, high in ends)
    repeated = len(points) - len(np.unique(points, axis=0))
    say = "says" if repeated == 1 else "say"
    notes = (
        [f"{counted(repeated, 'point')} {say} what another one says already"] if repeated else []
    )
    return Design.of("file", chosen, points, seed, {"file": file.name, "notes": notes})
