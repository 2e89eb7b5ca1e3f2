"""The offices of a world at the outset: places by tier, and how heads take local office."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.core import enums as k
from sim.core import state, state_fields
from sim.core.rng import key_of
from sim.engine.monthly_inputs import Array
from sim.rules.basics import NEVER
from sim.world import NO_MONTH, World
from sim.world.positions import Positions


def fill(table: Array, columns: dict[str, Any]) -> Array:
    """Write columns into a table of records and return it."""
    for name, values in columns.items():
        table[name] = values
    return table


def records(fields: tuple[state_fields.Field, ...], rows: int) -> Array:
    """Return a table of records, all zero."""
    return np.zeros(rows, dtype=state.record_type(fields))


def log10(values: Any, reference: float) -> Array:
    """Return sizes in factors of ten of a reference."""
    result: Array = np.log10(np.maximum(np.asarray(values, dtype=float), 1e-3) / reference)
    return result


def homes(at: Positions) -> Array:
    """Return the country of every local office."""
    home = np.array([at.country[c] for c in at.localities["iso3"]], dtype=np.int64)
    return np.concatenate([home, home[at.cities["unit"]]])


def city_shares(at: Positions) -> Array:
    """Return the share of its unit's population, and so of its economy, that each city has."""
    units = at.localities["population"].to_numpy()[at.cities["unit"]]
    result: Array = np.minimum(1.0, at.cities["population"].to_numpy() / units)
    return result


def places_of(world: World, at: Positions) -> Array:
    """Return the places: localities, cities and centres."""
    localities, cities, countries = at.localities, at.cities, world.countries
    tiers = np.repeat([k.REGION, k.CITY, k.CENTRE], [len(localities), len(cities), len(countries)])
    rows = records(state_fields.PLACE, len(tiers))
    unit = np.arange(len(rows))
    unit[tiers == k.CITY] = cities["unit"]
    count = np.bincount(cities["unit"], minlength=len(rows))
    economy = localities["gdp_usd_m"].to_numpy()
    capital = localities["capital"].to_numpy()
    of_countries = countries["gdp_usd_m"].to_numpy()
    economies = [economy, economy[cities["unit"]] * city_shares(at), of_countries]
    fill(
        rows,
        {
            "key": [key_of("locality", c) for c in localities["code"]]
            + [key_of("city", c) for c in cities["code"]]
            + [key_of("centre", c) for c in countries["iso3"]],
            "country": [*homes(at), *range(len(countries))],
            "tier": tiers,
            "unit": unit,
            "first_city": np.where(count > 0, len(localities) + np.cumsum(count) - count, -1),
            "city_count": count,
            "market": log10(np.concatenate(economies), 10_000.0),
            "capital": np.concatenate([capital, capital[cities["unit"]], np.zeros(len(countries))]),
            "alone": 1.0,
            "standing": 1.0,
            "trusted": -1,
            "first_tie": -1,
            "deal_near": -1,
            "guests": -1,
        },
    )
    return rows


def local_heads(world: World, at: Positions, start: int, holders: Array, terms: Array) -> Array:
    """Return the offices of governors, then those of mayors."""
    table, home, localities = world.countries, homes(at), len(at.locality)
    elected = table["mayor_selection"] == "elected"
    since = table["elected_since"].replace(NO_MONTH, NEVER)
    rules = {
        "selection": (table["governor_selection"], table["mayor_selection"]),
        "elected_since": (since, np.where(elected, -NEVER, NEVER)),
        "term": (table["governor_term_months"], table["mayor_term_months"]),
        "anchor": (table["governor_anchor"], table["mayor_anchor"]),
        "reelection": (table["governor_reelection"], table["mayor_reelection"]),
    }
    words = {"selection": k.SELECTIONS, "reelection": k.REELECTIONS}

    def numbers(name: str, column: Any) -> Array:
        return np.array([words[name].index(x) for x in column] if name in words else column)

    return fill(
        records(state_fields.GOVERNOR, len(home)),
        {
            name: np.concatenate(
                [numbers(name, regional)[home[:localities]], numbers(name, own)[home[localities:]]]
            )
            for name, (regional, own) in rules.items()
        }
        | {
            "until": start,
            "review": start,
            "next_documented": holders[:, 0],
            "last_documented": holders[:, 1],
            "first_term": terms[:, 0],
            "last_term": terms[:, 1],
            "order": -1,
            "trip_actor": -1,
            "trip_host": -1,
            "trip_forum": -1,
            "trip_firm": -1,
            "invited_by": -1,
            "wish_sector": -1,
            "wish_actor": -1,
        },
    )
