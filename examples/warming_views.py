"""A call each month: views of China never fall below a floor, and are recorded as they come."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

import sim
from sim.core.calendar import month_name
from sim.core.state import State

FLOOR = 0.0
"""Lowest views of China, -1 to 1."""
seen: defaultdict[str, list[float]] = defaultdict(list)
"""Mean views by month, one entry a replicate."""


def hold_views(state: State, month: int) -> None:
    """Raise views that are below the floor; keep their mean."""
    views = state.country["views"]
    views[:] = np.maximum(views, FLOOR)
    seen[month_name(month)].append(float(views.mean()))


if __name__ == "__main__":
    run = sim.run("baseline", end="2005-12", replicates=3, each_month=hold_views)
    means = ", ".join(f"{views:.3f}" for views in seen["2005-12"])
    print(f"Mean views of China in December 2005, by replicate: {means}")  # noqa: T201
    print(f"The manifest names {run.manifest['extensions']['each_month']}.")  # noqa: T201
