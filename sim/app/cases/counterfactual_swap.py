"""Give one place a cause of the other: its authority, its governor's will, its continuity.

A swap holds from the month in which the place's tie is documented, so that both worlds share
what came before. Authority and will are a scenario's interventions. That nobody leaves office
cannot be ordered by one: for continuity the calendars of office-holders are changed instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.core.calendar import EPOCH_YEAR, month_name
from sim.scenario.interventions import AuthorityChange, GovernorChange, Intervention
from sim.scenario.schema import Scenario, build
from sim.world import World
from sim.world.authority import LAST_YEAR, monthly_authority
from sim.world.positions import Positions
from sim.world.tables import NO_MONTH

AUTHORITY, WILL, CONTINUITY, TURNOVER, ALL = "authority", "will", "continuity", "turnover", "all"
CHAMPION, INDIFFERENT = 0.9, 0.1
"""Will of a governor who champions a tie and of one who does not care, where none is documented."""
WILLING = 0.7
"""Will from which a governor counts as a champion."""
TERM = 48
"""Months in office beyond which a documented head counts as steady: a usual term."""
TENURE = 24
"""Months a head stays in office where turnover is given."""


@dataclass(frozen=True)
class Conditions:
    """Hold what a place is like between two months, which count from January 2000.

    The mean of its country's index of authority and the highest documented will of a head, 0 to 1
    (None if there is none), and the months of the longest documented time in office.
    """

    code: str
    country: str
    since: int
    end: int
    authority: float
    will: float | None
    longest: int

    def is_steadier(self, other: Conditions) -> bool:
        """Return whether a head is known to have stayed, no shorter than at another place."""
        return self.longest > max(TERM, other.longest - 1)


class Swap(NamedTuple):
    """Hold what a place is given, by one of the five keys; nan stands for no value."""

    key: str
    before: float = np.nan
    after: float = np.nan
    documented: bool = True


def conditions_of(world: World, code: str, since: int, end: int) -> Conditions:
    """Return what a place is like between two months, counted from January 2000."""
    localities = world.localities
    country = str(localities.loc[localities["code"] == code, "iso3"].iloc[0])
    authority = _authority(world, country)
    heads = world.governors[world.governors["locality"] == code]
    last = heads["end"].where(heads["end"] != NO_MONTH, end + 1).clip(upper=end + 1)
    months = last - heads["start"].clip(lower=since)
    wills = heads["will"][months > 0]
    stays = months[months > 0].groupby(heads["name"]).sum()
    return Conditions(
        code=code,
        country=country,
        since=since,
        end=end,
        authority=float(np.mean([authority(t) for t in range(since, end + 1)])),
        will=float(wills.max()) if wills.notna().any() else None,
        longest=int(stays.max()) if len(stays) else 0,
    )


def _authority(world: World, country: str) -> Callable[[int], float]:
    """Return a function from a month to a country's index of authority."""
    at = Positions(world)
    months = 12 * (LAST_YEAR + 1 - EPOCH_YEAR)
    index = monthly_authority(world, at, months)[0][:, at.country[country]]
    return lambda month: float(index[min(month, months - 1)])


def swaps(mine: Conditions, other: Conditions) -> tuple[Swap, ...]:
    """Return what a place may be given from another, one cause each, then all together."""
    given = other.will
    if given is None:
        given = CHAMPION if mine.will is None or mine.will < WILLING else INDIFFERENT
    before = np.nan if mine.will is None else mine.will
    return (
        Swap(AUTHORITY, mine.authority, other.authority),
        Swap(WILL, before, given, other.will is not None),
        Swap(TURNOVER if mine.is_steadier(other) else CONTINUITY),
        Swap(ALL),
    )


def apply(
    swap: Swap, mine: Conditions, other: Conditions, scenario: Scenario, world: World
) -> tuple[Scenario, World]:
    """Return scenario and world in which a place has been given a cause; or raise InputError."""
    parts = swaps(mine, other)[:-1] if swap.key == ALL else (swap,)
    keys = {part.key for part in parts}
    will = next((part.after for part in parts if part.key == WILL), None)
    changes: list[Intervention] = []
    if AUTHORITY in keys:
        changes += _authority_changes(mine, other, world)
    if will is not None or TURNOVER in keys:
        changes += _governor_changes(mine, will, new_heads=TURNOVER in keys)
    data = {name: getattr(scenario, name) for name in type(scenario).model_fields}
    data["name"] = f"{scenario.name[:40]}-{swap.key}"
    data["interventions"] = (*scenario.interventions, *changes)
    return build(data), steady_world(world, mine) if CONTINUITY in keys else world


def _authority_changes(mine: Conditions, other: Conditions, world: World) -> list[Intervention]:
    """Return orders that give a country another's authority, year by year."""
    authority = _authority(world, other.country)
    months = range(mine.since, mine.end + 1)
    return [
        AuthorityChange(
            kind="authority", month=month_name(t), country=mine.country, value=authority(t)
        )
        for t in months
        if t == mine.since or authority(t) != authority(t - 1)
    ]


def _governor_changes(mine: Conditions, will: float | None, *, new_heads: bool) -> list[Any]:
    """Return orders that give whoever is in office a will, and new heads by and by.

    The will is given anew each month, so that it holds for new heads too.
    """
    result = []
    for month in range(mine.since, mine.end + 1):
        turn = new_heads and month > mine.since and (month - mine.since) % TENURE == 0
        if will is None and not turn:
            continue
        result.append(
            GovernorChange(
                kind="governor",
                month=month_name(month),
                locality=mine.code,
                name=f"another head from {month_name(month)} on" if turn else None,
                will=mine.will if will is None else will,
            )
        )
    return result


def steady_world(world: World, mine: Conditions) -> World:
    """Return a world in which those in office at a place and in its country stay from a month on.

    With the executive, since appointed heads and projects in central power go with it.
    """
    governors, executives = world.governors, world.executives
    here = governors["locality"] == mine.code
    begun = here & (governors["start"] <= mine.since)
    holds = begun & ((governors["end"] == NO_MONTH) | (governors["end"] > mine.since))
    heads = governors[~here | begun].copy()
    if holds.any():
        heads.loc[governors.index[holds][-1], "end"] = NO_MONTH
    else:
        row = dict.fromkeys(governors.columns, "") | {
            "locality": mine.code,
            "name": f"head from {month_name(mine.since)} on",
            "start": mine.since,
            "end": NO_MONTH,
            "aligned": np.nan,
            "will": np.nan,
        }
        heads = pd.concat([heads, pd.DataFrame([row]).astype(governors.dtypes)], ignore_index=True)
    gone = (executives["iso3"] == mine.country) & (executives["start"] > mine.since)
    tables = {
        **world.tables,
        "governors": heads.reset_index(drop=True),
        "executives": executives[~gone].reset_index(drop=True),
    }
    text = f"{world.digest} steady {mine.code} {mine.since}"
    return replace(world, tables=tables, digest=hashlib.sha256(text.encode()).hexdigest())
