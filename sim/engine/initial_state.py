"""The state of a world at the first month of a scenario."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sim.core import enums as k
from sim.core import state, state_fields
from sim.core.column_table import ColumnTable
from sim.core.errors import InputError
from sim.core.rng import key_of
from sim.core.state import State
from sim.engine import monthly_inputs
from sim.engine.initial_offices import (
    city_shares,
    fill,
    homes,
    local_heads,
    log10,
    places_of,
    records,
)
from sim.engine.monthly_inputs import Array, changed_matrices, orders, rows_of
from sim.rules.basics import NEVER
from sim.scenario.expansion import plain_interventions
from sim.scenario.schema import Scenario
from sim.world import NO_MONTH, World
from sim.world.coded_authority import REVENUE_HIGH
from sim.world.endowment import endowment_matrix
from sim.world.neighbours import neighbours
from sim.world.positions import Positions

PROVINCE_REFERENCE = 300.0
"""US$ billion; the economy of a province of relative size 1."""

# Memory that is never touched costs nothing; growing costs a copy. Columns that lie a power of two
# apart would compete for the same lines of the processor's cache.
_ROOM = {"tie": 12296, "project": 8200, "event": 131072}
_PLACES = 735
"""Rows that suffice for a run of a world of so many places."""


def initial_state(scenario: Scenario, world: World) -> State:
    """Return what all runs of a scenario begin with.

    Each copies it (:func:`sim.engine.compiled.new_run_state`).

    The two key words are left at zero and offices empty: a run fills them by seed and replicate.
    """
    at = Positions(world)
    changes = plain_interventions(scenario, world)
    matrices, mean_authority = changed_matrices(scenario, changes, world, at)
    strength, endowment = _strengths(world, at), _endowments(world, at)
    par = np.zeros(1, dtype=state.record_type(state_fields.PARAMETER))
    par.view(np.float64)[:] = list(scenario.parameter_values().values())
    neighbour_start, neighbour = neighbours(world.grid, list(at.locality))
    start = scenario.start_month
    leader, holder = _leaders(world, at, start), _holders(world, at, scenario)
    recognition, term = _recognitions(world, at, start), _terms(world, at)
    countries = _countries(world, at, start, leader[1], recognition[1])
    places, offices = places_of(world, at), _offices(world, at)
    t, c = len(matrices["signal"]), len(countries)
    result = State(
        run=_run(scenario, world, mean_authority, at),
        par=par,
        par_values=par.view(np.float64).reshape(-1),
        country=ColumnTable.from_records(countries),
        governor=ColumnTable.from_records(local_heads(world, at, start, holder[1], term[1])),
        place=ColumnTable.from_records(places),
        actor=ColumnTable.from_records(_agents(world, at, offices)),
        tie_of=np.full((len(at.actor), len(places)), -1, dtype=np.int32, order="F"),
        office=offices,
        experience=np.zeros((len(at.actor), c)),
        national=np.full((len(at.actor), c), -1, dtype=np.int64),
        series=np.zeros((t, c, len(state_fields.SERIES))),
        **_growing_tables(len(places)),
        sector=_sectors(world),
        strength=np.asfortranarray(strength),
        firm_from=firms_from(strength, at.actor_offset[k.FIRM], at.actor_offset[k.BANK]),
        endowment=endowment,
        match=np.asfortranarray(_match(world, at, strength, endowment)),
        neighbour_start=neighbour_start.astype(np.int64),
        neighbour=neighbour.astype(np.int64),
        **matrices,
        leader=leader[0],
        holder=holder[0],
        term=term[0],
        recognition=recognition[0],
        forum=_forums(world, at, t),
        intervention=orders(changes, at),
    )
    _check_keys(result)
    return result


def _growing_tables(places: int) -> dict[str, Any]:
    """Return the empty tables to which a run adds rows, with room for a world's size."""
    size = max(1, places // _PLACES)
    return {name: state.empty_table(name, rows * size) for name, rows in _ROOM.items()}


def _run(scenario: Scenario, world: World, mean_authority: float, at: Positions) -> Array:
    return fill(
        records(state_fields.RUN, 1),
        {
            "start": scenario.start_month,
            "end": scenario.end_month,
            "localities": len(at.locality),
            "local_offices": at.centre(0),
            "provinces": len(world.provinces),
            "first_firm": at.actor_offset[k.FIRM],
            "end_firm": at.actor_offset[k.BANK],
            "end_bank": at.actor_offset[k.ASSOCIATION],
            "mean_authority": mean_authority,
            "favoured": -1,
            "forum": -1,
        },
    )


def _countries(
    world: World, at: Positions, start: int, leaders: Array, recognitions: Array
) -> Array:
    table = world.countries
    home = homes(at)
    n, localities = len(table), len(at.locality)
    count = np.bincount(home[:localities], minlength=n)
    cities = np.bincount(home[localities:], minlength=n)
    market = log10(table["gdp_usd_m"], 100_000.0)
    unset = ("order", "recognition_order", "changed", "plan_sector", "trip_actor")
    return fill(
        records(state_fields.COUNTRY, n),
        {
            "key": [key_of("country", c) for c in table["iso3"]],
            "first": np.cumsum(count) - count,
            "count": count,
            "first_city": localities + np.cumsum(cities) - cities,
            "city_count": cities,
            "centre": at.centre(0) + np.arange(n),
            "embassy": at.actor_offset[k.EMBASSY] + np.arange(n),
            "market": market,
            "resources": _resources(world),
            "smallness": 1.0 / (1.0 + 10.0 ** (2.0 * (market + 0.7))),
            "own_revenue": np.minimum(1.0, table["own_revenue"].fillna(0.0) / REVENUE_HIGH),
            "tender": table["tender_regime"],
            "security": table["security_ties"],
            "diaspora": table["diaspora"],
            "municipal": table["municipal_authority"],
            "executive_term": table["executive_term_months"],
            "executive_anchor": table["executive_anchor"],
            "executive_reelection": [k.REELECTIONS.index(x) for x in table["executive_reelection"]],
            "executives_until": table["executives_until"],
            "recognition_until": table["recognition_until"],
            "next_executive": leaders[:, 0],
            "last_executive": leaders[:, 1],
            "next_recognition": recognitions[:, 0],
            "last_recognition": recognitions[:, 1],
            "recognises": recognitions[:, 2],
            "reputation": 0.7,
            **dict.fromkeys(unset, -1),
        },
    )


def _resources(world: World) -> Array:
    """Return the weight of each country's strongest commodity, which a loan may be backed with."""
    sectors, weights = world.sectors, world.country_sectors
    commodities = sectors.loc[sectors["commodity"] == 1, "code"]
    strongest = weights[weights["sector"].isin(commodities)].groupby("iso3")["weight"].max()
    return np.array([strongest.get(c, 0.0) for c in world.countries["iso3"]])


def _agents(world: World, at: Positions, offices: Array) -> Array:
    rows = records(state_fields.ACTOR, len(at.actor_codes))
    starts = [*at.actor_offset.values(), len(rows)]
    fill(
        rows,
        {
            "key": [key_of("actor", code) for code in at.actor_codes],
            "home": -1,
            "country": -1,
            "mission": -1,
            "scale": 1.0,
            "rate": 1.0,
            "active_since": -NEVER,
            "first_loan": -1,
            "first_tie": -1,
            "best_wish": -1,
            "next_university": NEVER,
            "first_office": np.where(offices < 0, NEVER, offices).min(axis=1, initial=NEVER),
            "invited_to": -1,
            "trip_place": -1,
            "trip_partner": -1,
            "pitch_place": -1,
            "target_place": -1,
        },
    )
    by_kind = [rows[a:b] for a, b in pairwise(starts)]
    for kind, part in enumerate(by_kind):
        part["kind"] = kind
        part["row"] = np.arange(len(part))
    provinces, organisations, embassies, firms, banks, associations = by_kind
    provinces["needs_recognition"] = 1
    provinces["scale"] = world.provinces["gdp_usd_bn"] / PROVINCE_REFERENCE
    embassies["country"] = np.arange(len(embassies))
    embassies["needs_recognition"] = 1
    _fill_organisations(organisations, world)
    _fill_firms(firms, world, at)
    banks["local_loans"] = world.banks["local_loans"]
    diaspora = world.countries["diaspora"].to_numpy()
    associations["country"] = np.flatnonzero(diaspora > 0)
    associations["rate"] = diaspora[diaspora > 0]
    return rows


def _fill_organisations(rows: Array, world: World) -> None:
    table = world.organisations
    rows["mission"] = [k.MISSIONS.index(m) for m in table["mission"]]
    rows["rate"] = table["capacity"]
    rows["needs_recognition"] = table["needs_recognition"]
    rows["centre_share"] = table["centre_share"]


def _fill_firms(rows: Array, world: World, at: Positions) -> None:
    table = world.firms
    rows["home"] = [at.province.get(c, -1) for c in table["home"]]
    rows["scale"] = table["size"]
    rows["rate"] = 0.5 + table["size"]
    rows["technology"] = table["technology"]
    rows["acquirer"] = table["acquirer"]
    rows["active_since"] = table["active_since"].replace(NO_MONTH, -NEVER)


def _sectors(world: World) -> Array:
    table = world.sectors
    names = {
        "central": "central_level",
        "value": "value_usd_m",
        "spread": "value_log_sd",
        "visibility": "visibility",
        "loan_need": "loan_need",
        "duration": "duration_months",
        "acquisition": "acquisition",
        "technology": "technology",
        "municipal": "municipal",
        "size_driven": "size_driven",
        "weight": "frequency",
    }
    rows = fill(records(state_fields.SECTOR, len(table)), {f: table[c] for f, c in names.items()})
    rows["key"] = [key_of("sector", c) for c in table["code"]]
    return rows


def _strengths(world: World, at: Positions) -> Array:
    """Return (A, S); actors without a table of sectors are at home in all of them equally."""
    strength = np.zeros((len(at.actor), len(at.sector)))
    for row in rows_of(world.province_sectors):
        strength[at.actor[row.province], at.sector[row.sector]] = row.strength
    for row in rows_of(world.firm_sectors):
        strength[at.actor[f"firm:{row.firm}"], at.sector[row.sector]] = row.strength
    firms = range(at.actor_offset[k.FIRM], at.actor_offset[k.BANK])
    for a in range(len(strength)):
        if a not in firms:
            strength[a] = np.maximum(strength[a], 0.1 if strength[a].any() else 0.5)
    return strength


def firms_from(strength: Array, first: int, end: int) -> Array:
    """Return (A + 1, S): the first firm from an actor on that works in a sector, -1 if none does.

    ``strength`` is (A, S); firms are the actors from ``first`` to before ``end``.
    """
    found = np.full((len(strength) + 1, strength.shape[1]), -1, dtype=np.int64, order="F")
    for a in range(end - 1, -1, -1):
        found[a] = np.where((a >= first) & (strength[a] > 0.0), a, found[a + 1])
    return found


def _endowments(world: World, at: Positions) -> Array:
    """Return (P, S); a national government has what its best endowed locality has.

    A city has all that its unit has in sectors that mayors decide on, and of the others, mines and
    fields among them, its share of the unit's population.
    """
    by_code = dict(zip(world.localities["code"], endowment_matrix(world), strict=True))
    local = np.array([by_code[code] for code in at.locality])
    municipal = world.sectors["municipal"].to_numpy() == 1
    share = np.where(municipal, 1.0, city_shares(at)[:, np.newaxis])
    cities = local[at.cities["unit"]] * share
    centres = np.zeros((len(at.country), local.shape[1]))
    np.maximum.at(centres, homes(at)[: len(local)], local)
    return np.concatenate([local, cities, centres])


def _match(world: World, at: Positions, strength: Array, endowment: Array) -> Array:
    """Return (A, P): endowments weighted by the actor's strengths, 0 where a firm cannot work."""
    total = np.maximum(strength.sum(axis=1, keepdims=True), 1e-9)
    match = np.ascontiguousarray((strength / total) @ endowment.T)
    for row in rows_of(world.firms[world.firms["needs"] != ""]):
        match[at.actor[f"firm:{row.code}"], endowment[:, at.sector[row.needs]] <= 0.0] = 0.0
    return match


def _offices(world: World, at: Positions) -> Array:
    office = np.full((len(at.actor), len(at.country)), -1, dtype=np.int64)
    for row in rows_of(world.organisation_offices):
        since = 0 if row.since == NO_MONTH else max(0, row.since)
        office[at.actor[f"organisation:{row.organisation}"], at.country[row.iso3]] = since
    return office


def _forums(world: World, at: Positions, months: int) -> Array:
    table = monthly_inputs.forum_calendar(world, months)
    columns = {
        "month": table["month"],
        "host": [at.province.get(c, -1) for c in table["place"]],
        "reach": table["reach"],
        "needs_recognition": table["needs_recognition"],
        "key": [key_of("forum", m, n) for m, n in zip(table["month"], table["name"], strict=True)],
    }
    rows = fill(records(state_fields.FORUM, len(table)), columns)
    # Of two forums in one month the first is asked for first: their keys settle which that is.
    return rows[np.lexsort((rows["key"], rows["month"]))]


def _calendar(
    table: pd.DataFrame, column: str, owners: dict[str, int], start: int
) -> tuple[pd.DataFrame, Array]:
    """Return rows by owner and start, and each owner's (next, end) in them.

    An owner's rows begin at the last that has started, or the first if none has.
    """
    table = table[table[column].isin(owners)]
    owner, starts = table[column].map(owners).to_numpy(dtype=np.int64), table["start"].to_numpy()
    sizes, begun = (np.bincount(o, minlength=len(owners)) for o in (owner, owner[starts <= start]))
    ends = np.cumsum(sizes)
    ranges = np.stack([ends - sizes + np.maximum(begun - 1, 0), ends], axis=1)
    return table.iloc[np.lexsort((starts, owner))], ranges


def _leaders(world: World, at: Positions, start: int) -> tuple[Array, Array]:
    """Return the executives' calendar and each country's (next, end) rows in it."""
    table, ranges = _calendar(world.executives, "iso3", at.country, start)
    named = zip(table["iso3"], table["name"], table["start"].tolist(), strict=True)
    blocs = zip(table["iso3"], table["bloc"], strict=True)
    columns = {
        "month": table["start"],
        "key": [key_of("executive", *names) for names in named],
        "bloc": [key_of("bloc", *names) for names in blocs],
        "stance": table["stance"],
        "consolidation": table["consolidation"],
    }
    return fill(records(state_fields.LEADER, len(table)), columns), ranges


def _holders(world: World, at: Positions, scenario: Scenario) -> tuple[Array, Array]:
    """Return documented office-holders and each locality's (next, end) rows among them.

    Their wills were coded after what they did, so a scenario may leave them to be drawn.
    """
    table, ranges = _calendar(world.governors, "locality", at.local_office, scenario.start_month)
    named = zip(table["locality"], table["name"], strict=True)
    columns = {
        "start": table["start"],
        "end": table["end"].replace(NO_MONTH, -1),
        "key": [key_of("governor", *names) for names in named],
        "aligned": table["aligned"].fillna(-1),
        "will": table["will"] if scenario.wills == "documented" else np.nan,
    }
    return fill(records(state_fields.HOLDER, len(table)), columns), ranges


def _terms(world: World, at: Positions) -> tuple[Array, Array]:
    """Return the dated terms and each locality's rows among them, (first, end): its country's."""
    table = world.terms.sort_values(["iso3", "locality", "start"])
    blocs = zip(table["iso3"], table["bloc"], strict=True)
    columns = {
        "start": table["start"],
        "bloc": [key_of("bloc", iso3, bloc) if bloc else 0 for iso3, bloc in blocs],
        "reelection": [k.REELECTIONS.index(x) if x else -1 for x in table["reelection"]],
    }
    owners = table["locality"].where(table["locality"] != "", table["iso3"]).to_numpy()
    rows = {owner: np.flatnonzero(owners == owner)[[0, -1]] + [0, 1] for owner in set(owners)}
    none = np.zeros(2, dtype=np.int64)
    places = zip(at.localities["code"], at.localities["iso3"], strict=True)
    ranges = [rows.get(code, rows.get(iso3, none)) for code, iso3 in places]
    # Of mayors' terms none is dated.
    ranges += [none for _ in at.city]
    return fill(records(state_fields.TERM, len(table)), columns), np.array(ranges)


def _recognitions(world: World, at: Positions, start: int) -> tuple[Array, Array]:
    """Return the recognition calendar and each country's (next, end, recognised before)."""
    table, ranges = _calendar(world.recognition, "iso3", at.country, start)
    columns = {"month": table["start"], "recognises": table["recognises"] == "PRC"}
    rows = fill(records(state_fields.RECOGNITION, len(table)), columns)
    held = rows["recognises"][ranges[:, 0]]
    ranges[:, 0] += 1
    return rows, np.column_stack([ranges, held])


def _check_keys(w: State) -> None:
    """Refuse a world in which two names have the same 32-bit identity."""
    for table in (w.country, w.place, w.actor, w.sector):
        if len(np.unique(table["key"])) != len(table):
            raise InputError("two names in the tables have the same identity; rename one of them")
