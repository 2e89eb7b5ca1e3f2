"""Calendars: what is known month by month beforehand, with a scenario's changes written in.

Authority, signals, shocks, programmes and envelopes do not depend on what happens in a run, so a
scenario's interventions on them are carried out here, as plain ones
(:mod:`sim.scenario.expansion`). Those on parameters, office-holders and
recognition become orders that the rules carry out
(:func:`sim.rules.politics.apply_interventions`), and so do visits and twinnings
(:func:`sim.rules.scheduled_contacts.arrange_contacts`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd

from sim.core import enums as k
from sim.core import state
from sim.core.calendar import EPOCH_YEAR
from sim.core.parameters import PARAMETERS
from sim.core.rng import key_of
from sim.scenario.expansion import one_code
from sim.scenario.interventions import (
    AuthorityChange,
    EnvelopeChange,
    ExecutiveChange,
    GovernorChange,
    Intervention,
    ParameterChange,
    Programme,
    RecognitionSwitch,
    Shock,
    SignalChange,
    Twinning,
    Visit,
)
from sim.scenario.schema import Scenario
from sim.world import NO_MONTH, World
from sim.world.actors import actor_names
from sim.world.authority import authority_index

Array = state.Array
FORUM_CYCLE = 24
"""Months after which the schedule of forums repeats once the table has ended."""


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield a table's rows; their cells have the types the schema has checked."""
    yield from table.itertuples()


class Positions:
    """Find the index of a code in the order the arrays use."""

    def __init__(self, world: World) -> None:
        def numbered(codes: Iterable[str]) -> dict[str, int]:
            return {str(code): i for i, code in enumerate(codes)}

        self.country = numbered(world.countries["iso3"])
        order = world.localities["iso3"].map(self.country)
        self.localities = world.localities.iloc[np.argsort(order.to_numpy(), kind="stable")]
        self.locality = numbered(self.localities["code"])
        self.sector = numbered(world.sectors["code"])
        self.province = numbered(world.provinces["code"])
        self.actor_offset, self.actor_codes = _actors(world)
        self.actor = {code: i for i, code in enumerate(self.actor_codes)}
        self.bank = {c: self.actor[f"bank:{c}"] for c in world.banks["code"]}

    def centre(self, country: int) -> int:
        """Return the place of a national government."""
        return len(self.locality) + country


def _actors(world: World) -> tuple[dict[int, int], list[str]]:
    """Return where each type of actor begins, and the codes of all actors in order."""
    names = actor_names(world)
    starts = accumulate((len(codes) for codes in names.values()), initial=0)
    # The last start is the end of all, which no type begins at.
    offsets = dict(zip(names, starts, strict=False))
    return offsets, [code for codes in names.values() for code in codes]


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


def month_matrices(world: World, at: Positions, months: int) -> dict[str, Array]:
    """Return the month matrices of a world, named as in :class:`sim.core.state.State`.

    Parameters
    ----------
    months
        Number of months from January 2000.
    """
    countries, sectors = len(at.country), len(at.sector)
    index = authority_index(world).pivot(index="year", columns="iso3", values="index")
    index = index[list(at.country)]
    years = np.minimum(EPOCH_YEAR + np.arange(months) // 12, index.index.max())
    default = world.signals.set_index("signal")["default"]
    signal = np.tile(default.loc[list(k.SIGNALS)].to_numpy(dtype=float), (months, 1))
    strain = np.zeros((months, countries))
    fiscal = np.zeros((months, countries))
    programme = np.zeros((months, countries, sectors))
    _spread(world.signal_levels, signal, lambda r: (k.SIGNALS.index(r.signal),), "value")
    _spread(world.strains, strain, lambda r: (at.country[r.iso3],), "value")
    _spread(world.fiscal, fiscal, lambda r: (at.country[r.iso3],), "value")
    _spread(
        world.programmes,
        programme,
        lambda r: (at.country[r.iso3], at.sector[r.sector]),
        "strength",
    )
    return {
        "authority": index.loc[years].to_numpy(dtype=float, copy=True),
        "signal": signal,
        "strain": strain,
        "fiscal": fiscal,
        "accord": _accords(world, at, months),
        "programme": programme,
        "envelope": _envelopes(world, at, months),
    }


def _accords(world: World, at: Positions, months: int) -> Array:
    """Return how many kinds of agreement are in force, as a share of all kinds."""
    kinds = 5
    accord = np.zeros((months, len(at.country)))
    for row in rows_of(world.agreements):
        accord[max(0, row.start) :, at.country[row.iso3]] += 1.0 / kinds
    return np.minimum(accord, 1.0)


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
    """Return the forums of a world up to a month; after the last, those of two years repeat.

    Parameters
    ----------
    months
        Number of months from January 2000.
    """
    table = world.forums
    last = int(table["month"].max()) if len(table) else months
    cycle = table[table["month"] > last - FORUM_CYCLE]
    shifts = range(FORUM_CYCLE, months - last + FORUM_CYCLE, FORUM_CYCLE)
    later = pd.concat([table, *(cycle.assign(month=cycle["month"] + n) for n in shifts)])
    return later[later["month"] < max(months, last + 1)]


def changed_matrices(
    scenario: Scenario, changes: Iterable[Intervention], world: World, at: Positions
) -> tuple[dict[str, Array], float]:
    """Return the month matrices, the plain changes written in, and the mean of authority.

    The mean that ``authority.effect`` shrinks to is that of the world without these changes.
    """
    matrices = month_matrices(world, at, scenario.end_month + 1)
    mean_authority = float(matrices["authority"][scenario.start_month].mean())
    for change in sorted(changes, key=lambda c: c.month):
        write_in(change, matrices, at)
    return matrices, mean_authority


def write_in(change: Intervention, matrices: dict[str, Array], at: Positions) -> None:
    """Write a plain intervention on a calendar into the month matrices; leave others alone."""
    last = None if change.until_index is None else change.until_index + 1
    months = slice(change.month_index, last)
    if isinstance(change, AuthorityChange):
        column = matrices["authority"][months, at.country[one_code(change.country)]]
        column[:] = change.value if change.value is not None else column + (change.change or 0.0)
        np.clip(column, 0.0, 1.0, out=column)
    elif isinstance(change, EnvelopeChange):
        banks = at.bank.values() if change.bank is None else [at.bank[change.bank]]
        matrices["envelope"][months, list(banks)] *= change.factor
    elif isinstance(change, SignalChange):
        matrices["signal"][months, k.SIGNALS.index(change.signal)] = change.value
    elif isinstance(change, Shock):
        every = change.country is None
        where = slice(None) if every else at.country[one_code(change.country)]
        matrices[change.what][months, where] = change.value
    elif isinstance(change, Programme):
        c, s = at.country[one_code(change.country)], at.sector[change.sector]
        matrices["programme"][months, c, s] = change.value


def orders(changes: Iterable[Intervention], at: Positions) -> Array:
    """Return plain interventions as records for the rules, sorted by month."""
    rows = sorted((_order(change, at) for change in changes), key=lambda row: row[0])
    table = np.zeros(len(rows), dtype=state.record_type(state.INTERVENTION))
    for i, row in enumerate(rows):
        table[i] = (*row, 0)
    return table


def _order(change: Intervention, at: Positions) -> tuple[Any, ...]:
    """Return (month, kind, target, key, value, second, replaces, actor) of an intervention."""
    kind = k.INTERVENTIONS.index(change.kind)
    month, nan = change.month_index, math.nan
    key = key_of("intervention", *change.key)

    def known(x: float | bool | None) -> float:
        return nan if x is None else float(x)

    if isinstance(change, ParameterChange):
        target = list(PARAMETERS).index(change.parameter)
        return (month, kind, target, key, change.value, nan, 0, -1)
    if isinstance(change, GovernorChange):
        replaces = int(change.replaces)
        traits = (known(change.will), known(change.aligned))
        return (month, kind, at.locality[one_code(change.locality)], key, *traits, replaces, -1)
    if isinstance(change, ExecutiveChange):
        replaces = int(change.replaces)
        traits = (known(change.stance), known(change.consolidation))
        return (month, kind, at.country[one_code(change.country)], key, *traits, replaces, -1)
    if isinstance(change, RecognitionSwitch):
        recognises = float(change.recognises == "PRC")
        return (month, kind, at.country[one_code(change.country)], key, recognises, nan, 0, -1)
    if isinstance(change, Visit | Twinning):
        actor = at.actor[change.actor if isinstance(change, Visit) else change.province]
        return (month, kind, at.locality[one_code(change.locality)], key, nan, nan, 0, actor)
    code = getattr(change, "country", None)
    return (month, kind, -1 if code is None else at.country[one_code(code)], key, nan, nan, 0, -1)
