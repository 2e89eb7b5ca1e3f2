"""What is known month by month beforehand, with a scenario's changes written in.

A plain intervention (:mod:`sim.scenario.expansion`) writes into these matrices what does not depend
on what happens in a run. Those on parameters, office-holders and recognition are orders
that the rules carry out (:func:`sim.rules.politics.apply_interventions`), and so are visits and
twinnings (:func:`sim.rules.scheduled_contacts.arrange_contacts`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from sim.core import state, state_fields
from sim.core.calendar import EPOCH_YEAR
from sim.core.rng import key_of
from sim.scenario.interventions import KINDS, Intervention
from sim.scenario.schema import Scenario
from sim.world import NO_MONTH, World
from sim.world.authority import monthly_authority
from sim.world.positions import Positions
from sim.world.table_schemas import TABLES

Array = state.Array
FORUM_CYCLE = 24
"""Months after which the schedule of forums repeats once the table has ended."""


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield a table's rows; their cells have the types the schema has checked."""
    yield from table.itertuples()


def _spread(
    table: pd.DataFrame, target: Array, at: Callable[[Any], tuple[int, ...]], value: str
) -> None:
    """Write rows with start and end (the first month after; blank: open) into a month matrix."""
    for row in rows_of(table):
        first = max(0, row.start)
        last = len(target) if row.end == NO_MONTH else min(len(target), row.end)
        where: Any = (slice(first, last), *at(row))
        if first < last:
            target[where] = getattr(row, value)


def month_matrices(
    world: World, at: Positions, months: int, index: str = "rai"
) -> dict[str, Array]:
    """Return a world's matrices, months from January 2000, named as in ``sim.core.state``.

    ``index`` chooses the index of authority (:data:`sim.world.authority.INDICES`).
    """
    countries, sectors = len(at.country), len(at.sector)
    authority, added_authority = monthly_authority(world, at, months, index)
    default = world.signals.set_index("signal")["default"]
    signal = np.tile(default.loc[list(at.signal)].to_numpy(dtype=float), (months, 1))
    strain = np.zeros((months, countries))
    fiscal = np.zeros((months, countries))
    programme = np.zeros((months, countries, sectors))
    _spread(world.signal_levels, signal, lambda r: (at.signal[r.signal],), "value")
    _spread(world.strains, strain, lambda r: (at.country[r.iso3],), "value")
    _spread(world.fiscal, fiscal, lambda r: (at.country[r.iso3],), "value")
    _spread(
        world.programmes,
        programme,
        lambda r: (at.country[r.iso3], at.sector[r.sector]),
        "strength",
    )
    return {
        "authority": authority,
        "added_authority": added_authority,
        "turnover": np.zeros((months, len(at.locality))),
        "signal": signal,
        "strain": strain,
        "fiscal": fiscal,
        "accord": _accords(world, at, months),
        "programme": programme,
        "envelope": _envelopes(world, at, months),
    }


def _accords(world: World, at: Positions, months: int) -> Array:
    """Return how many kinds of agreement are signed, as a share of all; a second adds nothing."""
    kinds = TABLES["agreements"]["kind"].allowed
    signed = np.zeros((months, len(at.country), len(kinds)))
    for row in rows_of(world.agreements):
        signed[max(0, row.start) :, at.country[row.iso3], kinds.index(row.kind)] = 1.0
    accord: Array = signed.mean(axis=2)
    return accord


def _envelopes(world: World, at: Positions, months: int) -> Array:
    """Return what each bank may add to its commitments each month, US$ million."""
    envelope = np.zeros((months, len(at.actor)))
    table = world.envelopes.pivot(index="year", columns="bank", values="usd_m")
    years = np.minimum(EPOCH_YEAR + np.arange(months) // 12, table.index.max())
    years = np.maximum(years, table.index.min())
    for code, position in at.bank.items():
        envelope[:, position] = table[code].loc[years].to_numpy() / 12.0
    return envelope


def forum_calendar(world: World, months: int) -> pd.DataFrame:
    """Return the forums of so many months from January 2000; those of the last two years repeat."""
    table = world.forums
    last = int(table["month"].max()) if len(table) else months
    cycle = table[table["month"] > last - FORUM_CYCLE]
    shifts = range(FORUM_CYCLE, months - last + FORUM_CYCLE, FORUM_CYCLE)
    later = pd.concat([table, *(cycle.assign(month=cycle["month"] + n) for n in shifts)])
    return later[later["month"] < max(months, last + 1)]


def changed_matrices(
    scenario: Scenario, changes: Iterable[Intervention], world: World, at: Positions
) -> tuple[dict[str, Any], float]:
    """Return the month matrices, the plain changes written in, and the mean of authority.

    The mean that ``authority.effect`` shrinks to is that of the world without these changes.
    """
    matrices = month_matrices(world, at, scenario.end_month + 1, scenario.authority_index)
    mean_authority = float(matrices["authority"][scenario.start_month].mean())
    for change in sorted(changes, key=lambda c: c.month):
        change.write_in(matrices, at)
    return matrices, mean_authority


def orders(changes: Iterable[Intervention], at: Positions) -> Array:
    """Return plain interventions as records for the rules, sorted by month."""
    changes = sorted(changes, key=lambda change: change.month_index)
    table = np.zeros(len(changes), dtype=state.record_type(state_fields.INTERVENTION))
    unsaid = {"target": -1, "value": math.nan, "second": math.nan, "actor": -1}
    for row, change in zip(table, changes, strict=True):
        said = {
            "month": change.month_index,
            "kind": list(KINDS).index(change.kind),
            "order": change.carried_out,
            "place": change.place(at),
            "key": key_of("intervention", *change.key),
        }
        for name, value in (unsaid | said | change.order(at)).items():
            row[name] = value
    return table
