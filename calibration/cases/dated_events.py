"""Events whose month is known, to be held against the clocks of the offices concerned.

From the report these are the visits outside the cases that it studies with a month, ambassadors'
and others, and the deals in local power; from public pages the twinnings of ``dated_ties.csv``,
which were found one by one and are no whole list. A run gives as many of each: of its visits and
deals those likeliest to be told, of its twinnings any. So the luck of a small number is the run's
too.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from calibration.cases.observed_events import (
    JOURNEY,
    LAST_MONTH,
    LOCAL_DEAL,
    ROW,
    TWINNING,
    VISIT,
    recorded,
)
from calibration.cases.office_clocks import clocks
from calibration.external.lists import positions
from sim.core import enums as k
from sim.core.state import Array
from sim.core.table_reader import read_table
from sim.world.table_schemas import column

TIES = Path(__file__).with_name("dated_ties.csv")
EMBASSY_VISITS, OTHER_VISITS, DEALS, TWINNINGS = range(4)
_COLUMNS = (
    column("locality", "text", "ISO 3166-2 code of the unit."),
    column("tier", "text", "Whose office.", "governor", "mayor"),
    column("place", "text", "Name."),
    column("partner", "text", "Chinese partner."),
    column("date", "month", "Month of signing."),
    column("kind", "text", "Kind.", "twinning", "friendly relation"),
    column("source", "source"),
    column("licence", "text", "Licence."),
)


@cache
def dated() -> Array:
    """Return the dated events of report and pages as rows of :data:`ROW`, deep cases left out."""
    told = recorded()
    sheet = read_table(TIES, _COLUMNS)
    sheet.refuse()
    ties = np.zeros(len(sheet), dtype=ROW)
    number = positions()
    ties["kind"], ties["case"], ties["way"] = TWINNING, -1, -1
    ties["channel"], ties["dated"], ties["exact"] = k.PROVINCE, True, True
    ties["place"] = [number.locality[str(code)] for code in sheet.cells["locality"]]
    ties["month"] = sheet.values["date"]
    ties["mayor"] = np.array(sheet.cells["tier"]) == "mayor"
    home = number.localities["iso3"].map(number.country).to_numpy()
    ties["country"] = home[ties["place"]]
    rows = np.concatenate([told[told["kind"] != TWINNING], ties])
    found: Array = rows[group_of(rows) >= 0]
    found.flags.writeable = False
    return found


def group_of(rows: Array) -> Array:
    """Return the group of events that each row belongs to (N,), -1 if to none."""
    kind, exact = rows["kind"], rows["exact"]
    trip = ((kind == VISIT) | (kind == JOURNEY)) & exact
    by_embassy = (kind == VISIT) & (rows["channel"] == k.EMBASSY)
    found = np.select(
        [trip & by_embassy, trip, kind == LOCAL_DEAL, (kind == TWINNING) & exact],
        [EMBASSY_VISITS, OTHER_VISITS, DEALS, TWINNINGS],
        -1,
    )
    known = (rows["place"] >= 0) & (rows["month"] >= 0) & (rows["month"] <= LAST_MONTH)
    known[known] = clocks().of(clocks().since, rows[known]) >= 0
    found[~known | (rows["case"] >= 0)] = -1
    return np.asarray(found)


@cache
def _sizes() -> tuple[int, ...]:
    return tuple(np.bincount(group_of(dated()), minlength=4).tolist())


def dated_sample(rows: Array, luck: Array, chance: Array) -> Array:
    """Return as many of a run's events of each group as :func:`dated` has, or all if fewer.

    ``luck`` and ``chance`` (N,) are each event's uniform number and its chance of being told.
    """
    group = group_of(rows)
    wait = -np.log(luck) / np.where(group == TWINNINGS, 1.0, np.maximum(chance, 1e-12))
    chosen = []
    for number, size in enumerate(_sizes()):
        mine = np.flatnonzero(group == number)
        chosen.append(mine[np.argsort(wait[mine], kind="stable")[:size]])
    return np.asarray(rows[np.concatenate(chosen)])
