"""Precomputed what-ifs over a few levers: paired runs at the settings of a design.

The settings are every lever at each of its ends, and settings of all levers that lie evenly, nearer
the ends than the middle. Through them a surface is laid that the page reads off: the logarithm of
each mean, against the baseline's, is a sum of terms of the levers, their squares and the products
of every two. Settings of another draw are run too, to say how far off that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.app.export.exported_page import common_columns, page_of
from sim.app.export.text_table import TextTable
from sim.app.labels import label_tables
from sim.app.thread_pool import Cancel
from sim.app.what_if.experiment import SHOWN
from sim.app.what_if.paired_trial import CHUNKS, FIXED, CarriedDraws, RunCache
from sim.app.what_if.parameter_sliders import lever_table
from sim.app.what_if.result_sentences import scale_of
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.experiments.worker_pool import in_order
from sim.scenario.schema import build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.app.what_if.paired_trial import RunCounts
    from sim.core.state import Array
    from sim.scenario.schema import Scenario
    from sim.world import World

Setting = Mapping[str, float]
"""How far each lever is moved that is moved at all: -1 to 0 towards its low end, to 1 its high."""
POINTS = 128
"""Settings of the design that move all levers, a power of 2."""
CHECKS, CORNERS = 16, 8
"""Settings that are run to compare with: anywhere, and with every lever at an end."""
ROOM = 0.05
"""Share of a mean's largest value that is added to it before its logarithm is taken."""
MAPPED = ("deals", "trust")
"""Outcomes whose differences are kept by locality."""


class Lever(NamedTuple):
    """Hold a lever: what it sets, at its ends and in the middle; an end may be missing."""

    name: str
    label: str
    sets: Mapping[str, Any]
    low: float | None
    middle: float
    high: float | None

    @property
    def ends(self) -> tuple[float, ...]:
        """Return the positions of the ends that there are."""
        return tuple(p for p, end in ((-1.0, self.low), (1.0, self.high)) if end is not None)

    def value(self, position: float) -> float:
        """Return what is set at a position from -1 to 1."""
        end = self.low if position < 0 else self.high
        return self.middle + abs(position) * ((self.middle if end is None else end) - self.middle)


def levers_of(scenario: Scenario) -> list[Lever]:
    """Return the levers of a scenario, their middle where the scenario stands."""
    values, found = scenario.parameter_values(), []
    for name, known in lever_table().items():
        if "exported" not in known:
            continue
        row = dict(known["exported"])
        label, low, high = row.pop("label"), row.pop("low", None), row.pop("high", None)
        if "kind" not in row:
            row["parameter"] = known["parameter"]
        if row.get("until", "9999") >= scenario.end:
            row.pop("until", None)
        middle = row.pop("middle", None)
        if middle is None:
            middle = 0.0 if "added" in row else values[row["parameter"]]
        found.append(Lever(name, label, row, low, middle, high))
    return found


def moved(
    scenario: Scenario, carried: CarriedDraws, levers: Sequence[Lever], setting: Setting
) -> tuple[Scenario, CarriedDraws]:
    """Return a scenario, and the draws that its pairs take, with levers moved."""
    data = scenario.model_dump(exclude_none=True)
    parameters, orders = dict(scenario.parameters), list(data["interventions"])
    draws = [dict(draw) for draw in carried.draws]
    for lever in levers:
        if not setting.get(lever.name):
            continue
        value, sets = lever.value(setting[lever.name]), dict(lever.sets)
        if "added" in sets:
            name = sets["parameter"]
            drawn = [draw for draw in draws if name in draw]
            # A value of its own would do away with what is drawn.
            for values in drawn or [parameters]:
                before = values.get(name, scenario.parameter_values()[name])
                values[name] = min(max(before + value, PARAMETERS[name].low), PARAMETERS[name].high)
        elif "parameter" in sets:
            parameters[sets["parameter"]] = value
        else:
            field = sets.pop("field")
            orders.append({"month": scenario.start, **sets, field: value})
    changed = build(data | {"parameters": parameters, "interventions": orders})
    return changed, CarriedDraws(tuple(draws), carried.source)


def design(levers: Sequence[Lever]) -> list[Setting]:
    """Return the settings of the design: each lever alone at its ends, then all levers moved."""
    alone: list[Setting] = [{lever.name: end} for lever in levers for end in lever.ends]
    # As many near the ends as a sum of powers needs.
    shares = (1.0 - np.cos(np.pi * _even(levers, POINTS, 1))) / 2.0
    return alone + _settings(levers, shares)


def checks(levers: Sequence[Lever]) -> list[Setting]:
    """Return settings that the design does not hold, always the same."""
    corners = np.rint(np.random.default_rng(1).random((CORNERS, len(levers))))
    return _settings(levers, np.vstack([_even(levers, CHECKS, 2), corners]))


def _even(levers: Sequence[Lever], count: int, seed: int) -> Array:
    """Return shares (count, levers) from 0 to 1 that fill the room evenly."""
    from scipy.stats.qmc import Sobol

    shares: Array = Sobol(len(levers), seed=seed).random(count)
    return shares


def _settings(levers: Sequence[Lever], shares: Array) -> list[Setting]:
    """Return settings whose levers are at shares (n, levers) of their ways."""
    low = np.array([min(0.0, *lever.ends) for lever in levers])
    high = np.array([max(0.0, *lever.ends) for lever in levers])
    names = [lever.name for lever in levers]
    rows = np.round(low + shares * (high - low), 4).tolist()
    return [dict(zip(names, row, strict=True)) for row in rows]


def terms(levers: Sequence[Lever], settings: Sequence[Setting]) -> Array:
    """Return the terms (settings, terms): levers, their squares, products of every two."""
    x = np.array([[setting.get(lever.name, 0.0) for lever in levers] for setting in settings])
    both = [x[:, i] * x[:, j] for i, j in combinations(range(len(levers)), 2)]
    return np.column_stack([x, x**2, *both])


class Surface(NamedTuple):
    """Hold what stands for means (columns): log(mean + room) = start + terms @ weights."""

    start: Array
    weights: Array
    room: Array

    @classmethod
    def of(cls, base: Array, at: Array, means: Array) -> Surface:
        """Return the surface that is nearest to means (settings, columns) at terms.

        It goes through the means (columns) of the baseline, where all terms are 0.
        """
        room = np.maximum(ROOM * np.maximum(means.max(axis=0), base), 1e-6)
        start = np.log(base + room)
        weights = np.linalg.lstsq(at, np.log(means + room) - start, rcond=None)[0]
        return cls(start, weights, room)

    def means(self, at: Array) -> Array:
        """Return the means (settings, columns) at terms (settings, terms)."""
        means: Array = np.maximum(np.exp(self.start + at @ self.weights) - self.room, 0.0)
        return means

    def columns(self) -> dict[str, list[Any]]:
        """Return the arrays to five significant figures, as JSON takes them."""
        return {name: _short(values) for name, values in self._asdict().items()}


def _chunks(pairs: int) -> tuple[tuple[int, int], ...]:
    last = [end for _, end in CHUNKS]
    if pairs not in last:
        raise InputError(
            f"{pairs} is no number of pairs", argument="pairs", allowed=f"one of {last}"
        )
    return CHUNKS[: last.index(pairs) + 1]


def lever_columns(
    scenario: Scenario,
    world: World,
    pairs: int,
    carried: CarriedDraws = FIXED,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Run the design and return its differences from the baseline as JSON takes them.

    ``pairs`` is a multiple of 5 from 5 to 100.
    """
    levers = levers_of(scenario)
    points, held = design(levers), checks(levers)
    settings: list[Setting] = [*points, *held]
    chunks, cancel = _chunks(pairs), Cancel()
    base = RunCache(scenario, world, None, carried)
    baseline = _counts([run for chunk in chunks for run in base.counted(chunk, cancel)])

    def look(number: int) -> Counts:
        what_if, draws = moved(scenario, carried, levers, settings[number])
        cache = RunCache(what_if, world, base, draws)
        return _counts([run for chunk in chunks for run in cache.counted(chunk, cancel)])

    found: list[Counts] = []
    for number, counts in enumerate(in_order(look, len(settings), 2)):
        found.append(counts)
        if progress is not None:
            progress(number + 1, len(settings))
    run, direct, at = found[: len(points)], found[len(points) :], terms(levers, points)

    def surface(name: str) -> Surface:
        means = np.array([getattr(counts, name).ravel() for counts in run])
        return Surface.of(getattr(baseline, name).ravel(), at, means)

    paths = surface("path")
    spread = [_spread(counts.each - baseline.each) for counts in run]
    # A run differs from its pair as soon as any lever is moved.
    always = np.column_stack([np.ones(len(at)), at])
    years = baseline.path.shape[1]
    ends = paths.means(terms(levers, held))[:, years - 1 :: years]
    known = np.array([counts.path[:, -1] for counts in direct])
    off, effect = abs(ends - known), abs(known - baseline.path[:, -1])
    return {
        "levers": [_lever_row(lever) for lever in levers],
        "points": len(points),
        "pairs": pairs,
        "drawn": len(carried.draws),
        "years": years,
        "path": paths.columns(),
        "local": surface("local").columns(),
        "spread": _short(np.linalg.lstsq(always, np.array(spread), rcond=None)[0]),
        "checks": len(held),
        "off": _short(np.array([np.median(off, 0), off.max(0), np.median(effect, 0)])),
    }


def _lever_row(lever: Lever) -> dict[str, Any]:
    named = {"name": lever.name, "title": lever.label}
    return named | {"low": lever.low, "middle": lever.middle, "high": lever.high}


class Counts(NamedTuple):
    """Hold what is counted at one setting, outcomes as they are shown.

    The end of each run (runs, outcomes), the mean path (outcomes, years) each twelve months back
    from the end, and means by locality (``MAPPED``, localities).
    """

    each: Array
    path: Array
    local: Array


def _counts(runs: Sequence[RunCounts]) -> Counts:
    scale = np.array([scale_of(name) for name in SHOWN])[:, None]
    paths = scale * np.array([run.path for run in runs])
    local = np.mean([run.local[[SHOWN.index(name) for name in MAPPED]] for run in runs], axis=0)
    return Counts(paths[:, :, -1], paths.mean(axis=0)[:, ::-12][:, ::-1], local)


def _spread(differences: Array) -> Array:
    """Return of pairs (pairs, outcomes): the mean's 95 % interval, and where nine in ten lie.

    Outcomes follow one another in each of: half the interval, the 5 % and the 95 % quantile from
    the mean.
    """
    from scipy.stats import t

    count, mean = len(differences), differences.mean(axis=0)
    error = differences.std(axis=0, ddof=1) / np.sqrt(count)
    tails = np.quantile(differences, [0.05, 0.95], axis=0) - mean
    return np.concatenate([t.ppf(0.975, count - 1) * error, *tails])


def _short(values: Array) -> list[Any]:
    """Return numbers to five significant figures, as lists."""
    size = np.floor(np.log10(np.maximum(np.abs(values), 1e-12)))
    found: list[Any] = (np.rint(values * 10.0 ** (4 - size)) / 10.0 ** (4 - size)).tolist()
    return found


def lever_error(data: Mapping[str, Any]) -> str:
    """Return how far off the surface of :func:`lever_columns` is, as a sentence."""
    median, most, change = (row[SHOWN.index("deals")] for row in data["off"])
    return (
        f"At {data['checks']} settings run as a check, mean deals read off the surface are off by "
        f"{median:.1f} at the median and by {most:.1f} at most; "
        f"half of the changes there are larger than {change:.1f}."
    )


def lever_page(
    scenario: Scenario, world: World, columns: Mapping[str, Any], source: Mapping[str, Any]
) -> str:
    """Return a page on which levers move among the what-ifs of :func:`lever_columns`.

    ``source`` tells where the draws of its parameters come from, or why there are none.
    """
    texts, tables = TextTable(world), label_tables()
    data = common_columns(world, texts) | dict(columns)
    data["levers"] = [row | {"title": texts.put(row["title"])} for row in columns["levers"]]
    because = source.get("fixed_because", "posterior")
    data |= {
        "title": texts.put(scenario.title),
        "question": texts.put(scenario.question),
        "certainty": texts.put(
            tables["certainty"][because if because in tables["certainty"] else "asked"]
        ),
        "outcomes": [texts.put(tables["outcomes"][name]) for name in SHOWN],
        "mapped": [SHOWN.index(name) for name in MAPPED],
        "last": scenario.end_month,
        "seed": scenario.seed,
    }
    return page_of(data, texts, "levers")
