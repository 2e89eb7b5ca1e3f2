"""How far the record of each series reaches, and which rule takes its place from then on.

A world's tables say what happened up to some month. A run may go on: each series of levels then
keeps the value in force, forums repeat, and offices change by each country's rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.core.calendar import EPOCH_YEAR, month_name
from sim.engine.monthly_inputs import FORUM_CYCLE
from sim.world import World

HELD = "the value then in force is held"
REPEATED = f"the schedule of the last {FORUM_CYCLE} months is repeated"


def _dated(table: str) -> Callable[[World], Any]:
    """Return what gives the last month named in a table."""
    return lambda world: (
        world.tables[table][[c for c in ("start", "end", "month") if c in world.tables[table]]]
        .to_numpy()
        .max(initial=-1)
    )


def _year(months: Any) -> Any:
    return (months - EPOCH_YEAR) * 12 + 11


class Series(NamedTuple):
    """Say of one series of a world where its record ends and what holds afterwards.

    ``ends`` gives the last month of the record: one, or one for each country or place.
    """

    name: str
    ends: Callable[[World], Any]
    rule: str


SERIES = (
    Series("local authority", _dated("regional_authority"), HELD),
    Series("signals", _dated("signal_levels"), HELD),
    Series("strain of relations", _dated("strains"), HELD),
    Series("fiscal stress", _dated("fiscal"), HELD),
    Series("agreements", _dated("agreements"), HELD),
    Series("national programmes", _dated("programmes"), HELD),
    Series("envelopes of banks", lambda world: _year(world.envelopes["year"].max()), HELD),
    Series("forums", _dated("forums"), REPEATED),
    Series(
        "national executives",
        lambda world: world.countries["executives_until"],
        "elections by the country's rules",
    ),
    Series(
        "recognition",
        lambda world: world.countries["recognition_until"],
        "a chance to switch to Beijing",
    ),
    Series("dated terms", _dated("terms"), "terms by the country's rules"),
    Series("documented governors", _dated("governors"), "changes by the country's rules"),
)
"""Every series of a world that is known beforehand, with the one rule for its time after."""


def rules_from(world: World) -> dict[str, dict[str, str]]:
    """Return from which month on a rule takes the place of the record, by series.

    Returns
    -------
    dict
        For each series ``rule``, and the month ``from``; ``to``, where the places differ, is the
        month from which it holds for the last of them.
    """
    found = {}
    for series in SERIES:
        ends = np.atleast_1d(series.ends(world))
        first, last = int(ends.min()) + 1, int(ends.max()) + 1
        found[series.name] = {"rule": series.rule, "from": month_name(first)}
        if last != first:
            found[series.name]["to"] = month_name(last)
    return found


def words(world: World, end: str) -> list[str]:
    """Return a sentence for each series whose rule begins by the end of a run, as YYYY-MM."""
    return [
        f"{name[:1].upper()}{name[1:]}: from {one['from']}"
        + (f", for the last place from {one['to']}," if "to" in one else "")
        + f" {one['rule']}."
        for name, one in rules_from(world).items()
        if one["from"] <= end
    ]
