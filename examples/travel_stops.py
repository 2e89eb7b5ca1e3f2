"""A rule of your own: travel between China and the region stops between two months."""

from __future__ import annotations

from typing import Any

import sim
from sim.core.calendar import month_index
from sim.core.jit import rule
from sim.engine.extensions import AddedStep

FIRST, LAST = month_index("2000-04"), month_index("2000-09")


@rule
def stop_travel(w: Any, month: int) -> None:
    """Call off every journey planned this month, from either side.

    Contacts that a scenario arranges take place all the same.
    """
    if month < FIRST or month > LAST:
        return
    for actor in range(len(w.actor)):
        w.actor[actor].trip_place = -1
        w.actor[actor].trip_partner = -1
    for governor in range(len(w.governor)):
        w.governor[governor].trip_actor = -1
        w.governor[governor].trip_host = -1
        w.governor[governor].trip_forum = -1
    for country in range(len(w.country)):
        w.country[country].trip_actor = -1


STEP = AddedStep(
    rule=stop_travel,
    who="world",
    after="executive: plan_state_visit",
    reason="all have planned by then, and nobody has left",
)

if __name__ == "__main__":
    run = sim.run("baseline", end="2000-12", replicates=3, added_steps=[STEP])
    visits = run.events[run.events["kind"] == "visit_to_lac"]
    print("Visits from China by month, in three runs:")  # noqa: T201
    print(visits.groupby("month").size().to_string())  # noqa: T201
