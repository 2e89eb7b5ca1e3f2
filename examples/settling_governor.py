"""A type of agent of your own: governors who plan no journey in their first year in office."""

from __future__ import annotations

import sim
from sim.engine.agents import Governor

YEAR = 12


class SettlingGovernor(Governor):
    """Stay at home for a year after taking office."""

    def plan_journey(self) -> None:
        """Plan as any governor does, then call it off if the office is new."""
        super().plan_journey()
        if self.model.month - self.since < YEAR:
            self.trip_actor = self.trip_host = self.trip_forum = -1


if __name__ == "__main__":
    for name, agents in {"as shipped": {}, "settling": {"governor": SettlingGovernor}}.items():
        run = sim.run("baseline", end="2001-06", replicates=1, driver="mesa", agents=agents)
        journeys = run.per_run["visits_to_china"].iloc[0]
        print(f"Journeys to China to June 2001, governors {name}: {journeys:g}")  # noqa: T201
