"""Totals that the evidence states for a place beside its dated events.

The evidence dates some events and counts others without dates, so a number of dated events says
too little where a total is stated. A stated total is a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sim.core.calendar import month_index, month_name
from sim.world import World

VISIT = "visit"
"""Visits either way."""
KINDS = {VISIT: ("visit_to_lac", "visit_to_china")}
"""Kinds of dated events that a total counts where it is not of one kind."""


class StatedTotal(NamedTuple):
    """Hold one total: at least so many of some kinds of dated events, from one month to another.

    Months count from January 2000; ``label`` and ``source`` are the words of the evidence and the
    passage.
    """

    kind: str
    kinds: tuple[str, ...]
    first: int
    last: int
    at_least: int
    label: str
    source: str

    @property
    def period(self) -> tuple[str, str]:
        """Return the first and last month as YYYY-MM."""
        return month_name(self.first), month_name(self.last)


def record_end(world: World) -> int:
    """Return the last month that the record covers, from January 2000; -1 if it names none.

    It is the last month that a dated event or a stated total names. An event known to the year only
    names none.
    """
    dates = world.documented["date"].astype(str)
    dated = max((month_index(date[:7]) for date in dates if len(date) > 4), default=-1)
    return max(dated, int(world.stated["end"].max()) - 1 if len(world.stated) else -1)


def stated_of(world: World, code: str, first: int, last: int) -> tuple[StatedTotal, ...]:
    """Return the totals of a locality (ISO 3166-2) whose whole period lies between two months.

    Months count from January 2000. A part of a period has no known total.
    """
    table = world.stated
    held = (table["locality"] == code) & (table["start"] >= first) & (table["end"] - 1 <= last)
    rows: Any = table[held].itertuples()
    return tuple(
        StatedTotal(
            row.kind,
            KINDS.get(row.kind, (row.kind,)),
            int(row.start),
            int(row.end) - 1,
            int(row.at_least),
            row.label,
            row.source,
        )
        for row in rows
    )


def least(
    dated: Mapping[str, Sequence[int]], totals: Sequence[StatedTotal], kinds: Sequence[str]
) -> int:
    """Return how many events of some kinds there were at least.

    ``dated`` holds the months of dated events, from January 2000, by kind. Totals of other kinds
    count for nothing; what is dated outside the period of a total comes on top of it.
    """
    left = {kind: list(dated.get(kind, ())) for kind in kinds}
    count = 0
    for total in totals:
        if not set(total.kinds) <= set(kinds):
            continue
        inside = 0
        for kind in total.kinds:
            outside = [month for month in left[kind] if not total.first <= month <= total.last]
            inside += len(left[kind]) - len(outside)
            left[kind] = outside
        count += max(inside, total.at_least)
    return count + sum(len(months) for months in left.values())
