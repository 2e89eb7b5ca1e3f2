"""Choose a project of a locality whose biography is worth reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engine.events import to_frame
from sim.report.biography import life_of
from sim.report.run_summaries import STEPS

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.run import RunTables
    from sim.report.biography import Life


def log_of(run: RunTables, replicate: int) -> pd.DataFrame:
    """Return the event log of one run as a frame."""
    import pyarrow.compute as pc

    table = run.tables["events"]
    return to_frame(table.filter(pc.equal(table["replicate"], replicate)))


def example_of(run: RunTables, locality: str) -> Life | None:
    """Return the life of the project of a locality that came furthest, None without projects.

    A deal that went through approval is preferred to an acquisition, and one that was decided
    locally to others; among equals the first of the lowest run is taken.
    """
    columns = ["replicate", "project_id", "locality", "level", *(name for _, name in STEPS)]
    frame = run.tables["projects"].select(columns).to_pandas()
    frame = frame[frame["locality"] == locality].copy()
    if frame.empty:
        return None
    frame["reached"] = frame[[name for _, name in STEPS]].notna().sum(axis=1)
    frame["local"] = frame["level"] == "local"
    order = frame.sort_values(
        ["reached", "local", "replicate", "month_proposed", "project_id"],
        ascending=[False, False, True, True, True],
        kind="stable",
    )
    best = order.iloc[0]
    replicate = int(best["replicate"])
    return life_of(log_of(run, replicate), str(best["project_id"]), replicate)
