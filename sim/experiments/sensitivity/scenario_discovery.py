"""Scenario discovery: the box of parameters in which an outcome is as asked for.

The boxes are found by the patient rule induction method (PRIM) of the EMA workbench.
"""

from __future__ import annotations

import operator
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.errors import InputError, unknown_name_error
from sim.experiments.design import Design
from sim.experiments.sensitivity.monte_carlo_noise import (
    LEAST_POINTS,
    Response,
    known_outcomes,
    response,
)

THRESHOLD = 0.8
"""Density a box should reach: the share of its points that are as asked for."""

MOST_BOXES = 3
_SIGNS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
_CONDITION = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(>=|<=|>|<)\s*(\S+)\s*")


@dataclass(frozen=True)
class Condition:
    """Ask that the mean outcome of a point is above or below a number."""

    outcome: str
    sign: str
    number: float

    @property
    def text(self) -> str:
        """Return the condition as it is written."""
        return f"{self.outcome} {self.sign} {self.number:g}"

    def holds(self, values: Any) -> npt.NDArray[np.bool_]:
        """Return where values meet it; an unknown value does not."""
        return np.asarray(_SIGNS[self.sign](values, self.number), dtype=bool)


def parse_condition(text: str, outcomes: Sequence[str]) -> Condition:
    """Return what ``deals>=400`` asks for; InputError if it is no such text or no such outcome."""
    where: dict[str, Any] = {"argument": "discover", "field": text}
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise InputError("is not a condition", **where, allowed="one such as deals>=400")
    name, sign, number = found.groups()
    if name not in outcomes:
        words = f"there is no outcome {name!r} in this sweep"
        raise unknown_name_error(words, name, outcomes, listed=False, **where)
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        what = f"{number!r} is not a number"
        raise InputError(what, **where, allowed="a number such as 400")
    return Condition(name, sign, value)


@dataclass(frozen=True)
class Limit:
    """Bound one parameter of a box."""

    parameter: str
    # The bounds, in the unit of the parameter.
    low: float
    high: float
    # Larger of the quasi-p-values of its bounds: how often chance alone would make the bound look
    # as useful.
    chance: float


@dataclass(frozen=True)
class DiscoveredBox:
    """Hold a box and how well it fits."""

    limits: tuple[Limit, ...]  # bounds of the parameters that are restricted
    coverage: float  # share of all points as asked for that lie inside
    density: float  # share of the points inside that are as asked for
    mass: float  # share of all points that lie inside
    points: int


@dataclass(frozen=True)
class Discovery:
    """Hold the boxes found for some conditions."""

    conditions: tuple[Condition, ...]  # what is asked for; all must hold
    # Points that are as asked for, and all points known.
    asked: int
    points: int
    # The boxes, the first found first; each is found among the points outside those before.
    boxes: tuple[DiscoveredBox, ...]

    @property
    def text(self) -> str:
        """Return the conditions as they are written."""
        return " and ".join(condition.text for condition in self.conditions)


def discovered(design: Design, runs: pd.DataFrame, texts: Sequence[str]) -> Discovery:
    """Return the boxes of a sweep's parameters in which conditions, as they are written, hold."""
    known = known_outcomes(design, runs)
    conditions = [parse_condition(text, known) for text in texts]
    names = dict.fromkeys(condition.outcome for condition in conditions)
    return discover(design, [response(design, runs, name) for name in names], conditions)


def discover(
    design: Design,
    answers: Sequence[Response],
    conditions: Iterable[Condition],
    threshold: float = THRESHOLD,
) -> Discovery:
    """Return the boxes of parameters in which the conditions hold, all of them.

    Given are the responses of the outcomes that the conditions name, and the density that a box
    should reach. Of those on the way from everything to the smallest box, the one with most
    coverage among those as dense is taken, or the densest if none is.

    InputError if no point or every point is as asked for, there are too few points, or the EMA
    workbench is missing or too old.
    """
    asked = tuple(conditions)
    means = {answer.outcome: answer.means for answer in answers}
    known = np.all([np.isfinite(means[one.outcome]) for one in asked], axis=0)
    inside = np.all([one.holds(means[one.outcome]) for one in asked], axis=0)[known]
    if len(inside) < LEAST_POINTS:
        raise InputError(
            f"{len(inside)} points with known outcomes are too few to find a box in",
            argument="discover",
            allowed=f"{LEAST_POINTS} points or more",
        )
    if inside.all() or not inside.any():
        which = "every point has" if inside.any() else "no point has"
        spans = [
            f"mean {name} goes from {np.nanmin(means[name]):.4g} to {np.nanmax(means[name]):.4g}"
            for name in dict.fromkeys(one.outcome for one in asked)
        ]
        text = " and ".join(one.text for one in asked)
        raise InputError(f"{which} {text}; {', '.join(spans)}", argument="discover")
    if not 0.0 < threshold <= 1.0:
        raise InputError("is not a share", field="threshold", allowed="more than 0, up to 1")
    prim = workbench()
    inputs = design.points[known].astype("float64").reset_index(drop=True)
    with warnings.catch_warnings():
        # Its use of other libraries is not for its users to mend.
        warnings.simplefilter("ignore")
        boxes = tuple(_boxes(prim.Prim(inputs, inside), threshold))
    return Discovery(asked, int(inside.sum()), len(inside), boxes)


def workbench() -> Any:
    """Return the PRIM module of the EMA workbench; InputError if it is missing or too old.

    Before 3.0 its limits are wrong with current pandas.
    """
    how = "pip install 'paradiplomacy[sensitivity]' brings it, on Python 3.12 or later"
    try:
        version = metadata.version("ema_workbench")
    except metadata.PackageNotFoundError:
        raise InputError(
            f"scenario discovery needs the EMA workbench, which is not installed; {how}"
        ) from None
    if int(version.split(".")[0]) < 3:
        raise InputError(
            f"scenario discovery needs the EMA workbench 3.0 or later, not {version}; {how}"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim
    return prim


def _boxes(algorithm: Any, threshold: float) -> Iterable[DiscoveredBox]:
    for number in range(MOST_BOXES):
        found = algorithm.find_box()
        if found is None:
            return
        box = _box(found, threshold)
        if number and (box.density < threshold or not box.limits):
            return
        yield box


def _box(found: Any, threshold: float) -> DiscoveredBox:
    """Return the box of the step of a peeling trajectory that is best."""
    steps: pd.DataFrame = found.peeling_trajectory
    dense = steps[steps["density"] >= threshold]
    by = ["coverage", "density"] if len(dense) else ["density", "coverage"]
    best = (dense if len(dense) else steps).sort_values(by, ascending=False, kind="stable")
    place = int(best["id"].iloc[0])
    found.select(place)
    step, limits = found.peeling_trajectory.iloc[place], found.box_lims[place]
    chances = found.p_values[place]
    restricted = tuple(
        Limit(
            str(name),
            float(limits[name].iloc[0]),
            float(limits[name].iloc[1]),
            max(float(value) for value in chances[name]),
        )
        for name in limits.columns
        if name in chances
    )
    coverage, density, mass = (float(step[name]) for name in ("coverage", "density", "mass"))
    return DiscoveredBox(restricted, coverage, density, mass, int(step["n"]))
