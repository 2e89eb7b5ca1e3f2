"""Weights of sectors in countries by one rule: ``python -m tools.places.weights SOURCES UNITS``.

SOURCES and UNITS as for endowments. A weight is a factor of the sector, its mean over the region,
times what the country has over the most of any country.

- mining, lithium, ports: the root of the sites listed, counted as for endowments;
- oil_gas: the root of production about 2010, oil and gas as oil, in ``oil_producers.csv``
  (general knowledge);
- agriculture: land times people outside the largest cities, to the power 0.15;
- all others: the country's product to the power 0.3.

Nothing is coded from projects. A weight below 0.01 is 0.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from sim.core.files import write_csv
from sim.world import SHIPPED, load_world
from tools.places.endowments import HARBOURS, Column, Units, counted_mines, land_of

MARKETS = {
    "digital": 0.94, "renewables": 0.94, "power": 1.05, "transport": 1.07, "manufacturing": 0.74,
    "health": 0.77, "finance": 0.61, "construction": 1.12,
}  # fmt: skip
"""Factors of the sectors that follow the economy (assumption)."""

FARM_EXPONENT = 0.15
"""How farming rises with land times people, an exponent of 0.3 on their mean (assumption)."""

MARKET_EXPONENT = 0.3
"""How they rise with a country's product; below 1 is concave (assumption)."""


def country_weights(units: Units) -> pd.DataFrame:
    """Return the table ``country_sectors``."""
    countries, sectors = units.world.countries["iso3"], units.world.sectors["code"]
    table = pd.concat(
        pd.DataFrame(
            {
                "iso3": countries.to_numpy(),
                "sector": sector,
                "weight": weight.reindex(countries).fillna(0.0).clip(0, 1).round(2).to_numpy(),
                "source": source,
            }
        )
        for sector, weight, source in _parts(units)
    )
    order = {code: number for number, code in enumerate([*countries, *sectors])}
    return table.sort_values(["iso3", "sector"], key=lambda column: column.map(order))


def _parts(units: Units) -> Iterator[tuple[str, Column, str]]:
    """Yield sector, weights by country, and source."""
    mines = counted_mines(units)
    for sector in ("mining", "lithium"):
        yield sector, _of_all(_by_country(units, mines[sector])) ** 0.5, "ICMM mines"
    ports = units.read("ports_by_unit.csv").groupby("code")[list(HARBOURS)].sum()
    harbours = _by_country(units, (ports * pd.Series(HARBOURS)).sum(axis=1))
    yield "ports", _of_all(harbours) ** 0.5, "World Port Index"
    oil = pd.read_csv(Path(__file__).with_name("oil_producers.csv")).set_index("iso3")
    known = "production about 2010: general knowledge, unverified"
    yield "oil_gas", _of_all(oil["thousand_barrels_a_day"]) ** 0.5, known
    farms = _by_country(units, units.land) * _by_country(units, units.rural())
    yield "agriculture", _of_all(farms) ** FARM_EXPONENT, "land and people"
    product = _of_all(units.world.countries.set_index("iso3")["gdp_usd_m"]) ** MARKET_EXPONENT
    for sector, factor in MARKETS.items():
        yield sector, factor * product, "rule: by product; factor: assumption"


def _by_country(units: Units, quantity: Column) -> Column:
    total: Column = quantity.groupby(units.iso3.reindex(quantity.index)).sum()
    return total


def _of_all(quantity: Column) -> Column:
    share: Column = quantity / quantity.max()
    return share


def main() -> None:
    """Write the weights of a world."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":", 1)[0])
    parser.add_argument("sources", type=Path, help="folder of the sources")
    parser.add_argument("polygons", type=Path, help="GeoJSON file of the units")
    parser.add_argument("folder", type=Path, nargs="?", default=SHIPPED, help="folder of tables")
    given = parser.parse_args()
    world = load_world(given.folder)
    units = Units(world, given.sources, land_of(given.polygons, given.folder))
    write_csv(given.folder / "country_sectors.csv", country_weights(units))


if __name__ == "__main__":
    main()
