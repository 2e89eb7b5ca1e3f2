"""Designs: which points of the space of parameters a sweep visits.

A list of values is scanned, a range is sampled, and a file of points is taken as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.core.errors import InputError, nearest_name
from sim.core.parameters import PARAMETERS
from sim.core.plurals import counted
from sim.experiments.samplers import LAYOUTS, MORRIS_LEVELS

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("grid", "lhs", "sobol", "morris")
"""Designs that are laid out here; anything else is the path of a file of points."""

DEFAULT_N = {"grid": 5, "lhs": 100, "sobol": 64, "morris": 20}
"""Steps per range (grid), points (lhs), base points (sobol) or trajectories (morris)."""

MOST_POINTS = 10_000_000
EXAMPLE = "name=low..high for a range or name=a,b,c for a list, such as turnover.fade=0.2..0.9"


@dataclass(frozen=True)
class Varied:
    """Name a parameter and what it is varied over: a list of values or a range.

    Parameters
    ----------
    name
        Name of the parameter.
    values
        Values in rising order, of a list; None for a range.
    low, high
        Ends of a range, inclusive; None for a list.
    """

    name: str
    values: tuple[float, ...] | None = None
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
        """Return what :func:`parse_vary` reads back."""
        if self.values is not None:
            return f"{self.name}={','.join(_shortest(value) for value in self.values)}"
        return f"{self.name}={_shortest(self.low)}..{_shortest(self.high)}"

    def at(self, shares: Any) -> Any:
        """Return the values at shares of the way from low to high, as an array of floats.

        A list is treated as values of equal probability: a share is turned into the value whose
        stretch of [0, 1] it falls into.
        """
        import numpy as np

        shares = np.asarray(shares, dtype=np.float64)
        if self.values is None:
            low, high = self.bounds
            return np.clip(low + shares * (high - low), low, high)
        count = len(self.values)
        # A third of the way is the second of three values, whatever the rounding.
        place = np.floor(shares * count + 1e-9).astype(np.int64)
        return np.asarray(self.values, dtype=np.float64)[np.clip(place, 0, count - 1)]


def _shortest(value: float | None) -> str:
    """Return the shortest text that reads back as the same number."""
    return "" if value is None else repr(float(value))


def parse_vary(text: str) -> Varied:
    """Return what ``name=low..high`` or ``name=a,b,c`` says.

    Raises
    ------
    InputError
        If it is of neither form, names no parameter, leaves the parameter's range, or the range
        or list is empty, reversed or says a value twice.
    """
    where = text
    name, equals, rest = (part.strip() for part in text.partition("="))
    if not equals or not rest:
        raise InputError("says no values", argument="vary", field=where, allowed=EXAMPLE)
    if name not in PARAMETERS:
        raise InputError(
            f"there is no parameter {name!r}",
            argument="vary",
            field=where,
            nearest=nearest_name(name, PARAMETERS),
        )
    if ".." in rest:
        first, _, last = rest.partition("..")
        low, high = _number(name, first, where), _number(name, last, where)
        if low >= high:
            what = "is empty" if low == high else "runs backwards"
            raise InputError(f"the range {what}", argument="vary", field=where, allowed=EXAMPLE)
        return Varied(name, low=low, high=high)
    values = [_number(name, part, where) for part in rest.split(",")]
    if len(set(values)) < len(values):
        twice = next(value for value in values if values.count(value) > 1)
        raise InputError(f"says {twice:g} twice", argument="vary", field=where)
    return Varied(name, values=tuple(sorted(values)))


def _number(name: str, text: str, where: str) -> float:
    """Return one value of a parameter, checked against its range."""
    entry = PARAMETERS[name]
    allowed = f"{entry.low:g} to {entry.high:g} ({entry.unit})"
    try:
        value = float(text)
    except ValueError:
        raise InputError(
            f"{text.strip()!r} is not a number", argument="vary", field=where, allowed=allowed
        ) from None
    if not entry.low <= value <= entry.high:  # also refuses nan
        raise InputError(
            f"{value:g} is out of range", argument="vary", field=where, allowed=allowed
        )
    return value


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
        ``draws`` and ``drawn`` (:mod:`sim.experiments.design_with_draws`).
    """

    kind: str
    varied: tuple[Varied, ...]
    points: pd.DataFrame
    seed: int
    settings: dict[str, Any]

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

        Raises
        ------
        InputError
            If the record is not one of a design, or does not fit the points.
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
        return cls(kind, varied, _framed(points.to_numpy(), varied), seed, settings)

    def extended(self, n: int) -> Design:
        """Return the design with ``n`` further base points, its present points first.

        ``sobol`` goes on in the same sequence. ``lhs`` and ``morris`` append a block that is
        laid out by itself, with its own stream of random numbers: a fresh hypercube of ``n``
        points, or ``n`` more trajectories.

        Raises
        ------
        InputError
            If ``n`` is not positive, or the design is a grid or a file, which have no next point.
        """
        if self.kind not in KINDS or self.kind == "grid" or self.draws:
            raise InputError(
                "draws have no next point to go on with"
                if self.draws
                else f"a {self.kind} has no next point to go on with",
                argument="design",
                allowed="a new sweep with longer lists or another file",
            )
        _check_count(self.kind, n)
        blocks = [*self.settings["blocks"], n]
        more = _block(self.kind, self.varied, blocks, self.seed)
        import numpy as np

        notes = [note for note in self.notes if note not in _notes(self.kind, self.settings)]
        settings = {**self.settings, "blocks": blocks}
        settings["notes"] = [*notes, *_notes(self.kind, settings)]
        points = _framed(np.vstack([self.points.to_numpy(), more]), self.varied)
        return replace(self, points=points, settings=settings)


def _recorded(text: str) -> Varied:
    """Return what a record says of one parameter; a file may hold it constant."""
    name, _, rest = text.partition("=")
    low, dots, high = rest.partition("..")
    if dots:
        return Varied(name, low=float(low), high=float(high))
    return Varied(name, values=tuple(float(value) for value in rest.split(",")))


def _framed(points: Any, varied: Sequence[Varied]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    names = pd.Index([one.name for one in varied], dtype=object)
    return pd.DataFrame(np.asarray(points, dtype=np.float64), columns=names)


def make_design(
    kind: str | Path,
    varied: Iterable[Varied | str] = (),
    n: int | None = None,
    seed: int = 1,
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
    chosen = tuple(parse_vary(one) if isinstance(one, str) else one for one in varied)
    names = [one.name for one in chosen]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"varies {name} a second time", argument="vary")
    if str(kind) not in KINDS:
        return _from_file(str(kind), chosen, n, seed)
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
    _check_levels(kind, chosen)
    settings: dict[str, Any] = {"n": n} if kind == "grid" else {"blocks": [n]}
    if kind == "morris":
        settings["levels"] = MORRIS_LEVELS
    _check_size(kind, chosen, n)
    points = _grid(chosen, n) if kind == "grid" else _block(kind, chosen, [n], seed)
    settings["notes"] = _notes(kind, settings)
    return Design(kind, chosen, _framed(points, chosen), seed, settings)


def _check_count(kind: str, n: int) -> None:
    least = 2 if kind in {"grid", "morris"} else 1
    if n < least:
        raise InputError(f"{n} is too few for a {kind}", argument="n", allowed=f"{least} or more")


def _check_levels(kind: str, varied: Sequence[Varied]) -> None:
    """Refuse a parameter with a single value where effects are to be measured."""
    if kind not in {"sobol", "morris"}:
        return
    for one in varied:
        if one.values is not None and len(one.values) < 2:
            raise InputError(
                f"a {kind} design cannot vary a parameter with a single value",
                argument="vary",
                field=one.text,
                allowed="two values or more; one that is held at a value is set, not varied",
            )


def _check_size(kind: str, varied: Sequence[Varied], n: int) -> None:
    sizes = [n if one.values is None else len(one.values) for one in varied]
    per_n = {"grid": 0, "lhs": 1, "sobol": len(varied) + 2, "morris": len(varied) + 1}[kind]
    count = math.prod(sizes) if kind == "grid" else n * per_n
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
    import numpy as np

    axes = [
        np.linspace(*one.bounds, n) if one.values is None else np.asarray(one.values)
        for one in varied
    ]
    return np.array(list(product(*axes)), dtype=np.float64)


def _block(kind: str, varied: Sequence[Varied], blocks: Sequence[int], seed: int) -> Any:
    """Return the points of the last of the blocks, an array (points, parameters)."""
    import numpy as np

    shares = LAYOUTS[kind](len(varied), blocks, seed)
    return np.stack([one.at(shares[:, i]) for i, one in enumerate(varied)], axis=1)


def _from_file(path: str, varied: Sequence[Varied], n: int | None, seed: int) -> Design:
    """Return the design of a CSV or Parquet file, one row a point."""
    from sim.experiments.point_files import read_points

    points = read_points(path, KINDS)
    if n is not None:
        raise InputError(
            "a file of points says how many there are",
            argument="n",
            allowed="no number of points with a file",
        )
    if varied:
        raise InputError(
            "a file of points says what varies",
            argument="vary",
            allowed="nothing varied with a file",
        )
    chosen = tuple(
        Varied(str(name), low=float(column.min()), high=float(column.max()))
        for name, column in points.items()
    )
    repeated = int(points.duplicated().sum())
    say = "says" if repeated == 1 else "say"
    repeated_points = f"{counted(repeated, 'point')} {say} what another one says already"
    notes = [repeated_points] if repeated else []
    settings = {"file": Path(path).name, "notes": notes}
    return Design("file", chosen, _framed(points.to_numpy(), chosen), seed, settings)
