"""Precomputed what-ifs over a few levers: paired runs at the points of a design.

The points are the baseline, every lever at each of its ends, and every two levers at theirs.
Between them the page interpolates; settings drawn at random are run too, to say how far off that
is.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, product
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
CHECKS = 8
"""Settings that are run to compare with what is interpolated."""
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
    """Return the points of the design: each lever at its ends alone, and with each other one."""
    alone: list[Setting] = [{lever.name: end} for lever in levers for end in lever.ends]
    both: list[Setting] = [
        dict(zip((one.name, other.name), ends, strict=True))
        for one, other in combinations(levers, 2)
        for ends in product(one.ends, other.ends)
    ]
    return alone + both


def checks(levers: Sequence[Lever], count: int = CHECKS) -> list[Setting]:
    """Return settings that move all levers, half-way or to an end, always the same."""
    rng = np.random.default_rng(1)
    return [
        {one.name: float(rng.choice(one.ends) * rng.choice([0.5, 1.0])) for one in levers}
        for _ in range(count)
    ]


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
    last = [end for _, end in CHUNKS]
    if pairs not in last:
        raise InputError(
            f"{pairs} is no number of pairs", argument="pairs", allowed=f"one of {last}"
        )
    levers = levers_of(scenario)
    points = design(levers)
    settings = points + checks(levers)
    chunks, cancel = CHUNKS[: last.index(pairs) + 1], Cancel()
    base = RunCache(scenario, world, None, carried)

    def runs_of(cache: RunCache) -> list[RunCounts]:
        return [run for chunk in chunks for run in cache.counted(chunk, cancel)]

    baseline = runs_of(base)
    scale = np.array([scale_of(name) for name in SHOWN])[:, None]

    def look(number: int) -> dict[str, Any]:
        what_if, draws = moved(scenario, carried, levers, settings[number])
        point = runs_of(RunCache(what_if, world, base, draws))
        return {"at": settings[number], **_differences(baseline, point, scale)}

    found = []
    for number, row in enumerate(in_order(look, len(settings), 2)):
        found.append(row)
        if progress is not None:
            progress(number + 1, len(settings))
    return {
        "levers": [_lever_row(lever) for lever in levers],
        "points": found[: len(points)],
        "checks": found[len(points) :],
        "pairs": pairs,
        "drawn": len(carried.draws),
        "baseline": _rounded(_yearly(baseline, scale)),
    }


def _lever_row(lever: Lever) -> dict[str, Any]:
    named = {"name": lever.name, "title": lever.label}
    return named | {"low": lever.low, "middle": lever.middle, "high": lever.high}


def _yearly(runs: Sequence[RunCounts], scale: Array) -> Array:
    """Return the mean path (outcomes, years) at the ends of years."""
    mean: Array = scale * np.mean([run.path for run in runs], axis=0)
    return mean[:, 11::12]


def _differences(
    base: Sequence[RunCounts], point: Sequence[RunCounts], scale: Array
) -> dict[str, Any]:
    """Return what each pair differs by at the end, and the means by year and by locality."""
    ends = [[run.path[:, -1] for run in runs] for runs in (base, point)]
    each = scale[:, 0] * (np.array(ends[1]) - np.array(ends[0]))
    rows = [SHOWN.index(name) for name in MAPPED]
    local = np.mean([p.local[rows] - b.local[rows] for b, p in zip(base, point, strict=True)], 0)
    return {
        "each": _rounded(each),
        "path": _rounded(_yearly(point, scale) - _yearly(base, scale)),
        "local": _rounded(local),
    }


def _rounded(values: Array) -> list[Any]:
    """Return numbers to three decimals, as lists."""
    found: list[Any] = np.round(values, 3).tolist()
    return found


def lever_page(
    scenario: Scenario,
    world: World,
    pairs: int,
    carried: CarriedDraws = FIXED,
    progress: Callable[[int, int], None] | None = None,
) -> str:
    """Return a page on which levers move among precomputed what-ifs."""
    from scipy.stats import t

    texts, tables = TextTable(world), label_tables()
    data = common_columns(world, texts)
    data |= lever_columns(scenario, world, pairs, carried, progress)

    def put(table: str, name: str) -> int:
        return texts.put(tables[table][name])

    for row in data["levers"]:
        row["title"] = texts.put(row["title"])
    because = carried.source.get("fixed_because", "posterior")
    data |= {
        "title": texts.put(scenario.title),
        "question": texts.put(scenario.question),
        "certainty": put("certainty", because if because in tables["certainty"] else "asked"),
        "outcomes": [put("outcomes", name) for name in SHOWN],
        "mapped": [SHOWN.index(name) for name in MAPPED],
        "first": scenario.start_month,
        "quantile": round(float(t.ppf(0.975, pairs - 1)), 4),
        "seed": scenario.seed,
    }
    return page_of(data, texts, "levers")
