"""Endowments of all localities by one rule: ``python -m tools.places.endowments SOURCES UNITS``.

SOURCES is a folder with ``mines_by_unit.csv`` (ICMM Global Mining Dataset 2025, CC BY 4.0),
``power_plants_by_unit.csv`` (WRI Global Power Plant Database 1.3.0, CC BY 4.0),
``ports_by_unit.csv`` (World Port Index, public domain) and ``sector_shares_by_unit.csv``
(DANE, Banco Central de Chile: free with credit); UNITS a GeoJSON file as for outlines.

An endowment is the root of a quantity over the region's largest: endowments are skewed, as the
quantities are, but a site of a hundredth of the largest still counts for a tenth of it.

- mining, lithium: mines listed; one whose place is uncertain counts for a quarter;
- ports: 8 for a large harbour, 4 for a medium, 2 for a small, 1 for a very small one;
- oil_gas: value added of extraction where it is published, else the shares of production about 2010
  in ``oil_basins.csv`` (general knowledge), over the country's largest, times its weight;
- power, renewables: capacity up to 2010 or of unknown year, without and with wind and sun alone;
  and at least half of the country's weight times the root of the unit's size over the country's
  largest, since plants are built where there are none yet: population for power, else land;
- agriculture: the weight times that root, of land times people outside the largest city
  (``unit_size_capital.csv``, GeoNames, CC BY 4.0), a tenth of all at least;
- agriculture and manufacturing besides: times the root of the unit's share of it over the
  country's, where it is published.

Nothing is coded from projects. A unit without a row in a sector in which its country has rows has
none; all other cells follow :mod:`sim.world.endowment`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from sim.core.errors import InputError
from sim.core.files import write_csv
from sim.world import SHIPPED, load_world
from sim.world.endowment import market_rule, weights_of
from sim.world.tables import World
from tools.places.outlines import area, former_codes, read_rings

UNCERTAIN = 0.25
BUILT_ANYWHERE = 0.5
YEARS = (2000, 2010)
"""Years of published shares that count: before most of what the model is to explain."""

HARBOURS = {"large": 8, "medium": 4, "small": 2, "very_small": 1}
OPEN = ("Solar", "Wind")
WASTE = ("Biomass", "Waste", "Other")

Column = pd.Series  # of numbers by locality


def endowments(world: World, sources: Path, land: Column) -> pd.DataFrame:
    """Return the table ``endowments``.

    Parameters
    ----------
    world
        The world whose localities are endowed.
    sources
        Folder of the tables named above.
    land
        Area of each locality, in any unit; localities without it have none.
    """
    parts = list(_parts(Units(world, sources, land)))
    table = pd.concat(
        pd.DataFrame({"sector": sector, "value": values.clip(0, 1).round(2), "source": source})
        for sector, values, source in parts
    )
    table = table[table["value"] > 0].rename_axis("locality").reset_index()
    order = {code: number for number, code in enumerate(world.localities["code"])}
    return table.sort_values(["locality", "sector"], key=lambda c: c.map(lambda x: order.get(x, x)))


class Units:
    """Hold a world's localities and the sources, by code."""

    def __init__(self, world: World, sources: Path, land: Column) -> None:
        self.world, self.sources = world, sources
        self.former = former_codes(world.folder)
        self.frame = world.localities.set_index("code")
        self.iso3 = self.frame["iso3"]
        self.people = self.frame["population"].astype(float)
        self.land = land.reindex(self.frame.index).fillna(0.0)

    def read(self, name: str) -> pd.DataFrame:
        """Return a source with the localities' present codes."""
        path = self.sources / name
        if not path.exists():
            raise InputError("this source is missing", file=path)
        table = pd.read_csv(path)
        table["code"] = table["code"].replace(self.former)
        return table[table["code"].isin(self.frame.index)]

    def weight(self, sector: str) -> Column:
        """Return each locality's country's weight in a sector."""
        return pd.Series(weights_of(self.world, sector), index=self.frame.index)

    def rural(self) -> Column:
        """Return the people outside the largest city, at least a tenth of all."""
        cities = self.read("unit_size_capital.csv").groupby("code")["largest_city_population"].max()
        outside = self.people - cities.reindex(self.people.index).fillna(0.0)
        return outside.clip(lower=0.1 * self.people)

    def of_largest(self, quantity: Column) -> Column:
        """Return the root of a quantity over the largest of the country."""
        largest = quantity.groupby(self.iso3).transform("max")
        return (quantity / largest.where(largest > 0)).fillna(0.0) ** 0.5

    def shares(self, sector: str) -> Column:
        """Return the published share of a sector in a unit's product, mean of the years at hand."""
        table = self.read("sector_shares_by_unit.csv")
        table = table[table["sector"] == sector]
        early = table["year"].between(*YEARS)
        first = table.groupby("iso3")["year"].transform("min")
        kept = table[early | ((first > YEARS[1]) & (table["year"] <= first + 2))]
        shares: Column = kept.groupby("code")["share_of_unit_gdp"].mean()
        return shares


def _of_region(quantity: Column) -> Column:
    over: Column = quantity[quantity > 0] / quantity.max()
    return over**0.5


def counted_mines(units: Units) -> dict[str, Column]:
    """Return how many mines each locality has, of lithium and of all else."""
    mines = units.read("mines_by_unit.csv")
    sure = mines["mines_confident"]
    mines["quantity"] = sure + UNCERTAIN * (mines["mines"] - sure)
    lithium = mines["commodity"] == "lithium"
    parts = {"mining": mines[~lithium], "lithium": mines[lithium]}
    return {sector: rows.groupby("code")["quantity"].sum() for sector, rows in parts.items()}


def _parts(units: Units) -> Iterator[tuple[str, Column, str]]:
    """Yield sector, values by locality, and source."""
    for sector, mines in counted_mines(units).items():
        yield sector, _of_region(mines), "ICMM mines"
    ports = units.read("ports_by_unit.csv").groupby("code")[list(HARBOURS)].sum()
    yield "ports", _of_region((ports * pd.Series(HARBOURS)).sum(axis=1)), "World Port Index"
    yield from _oil(units)
    plants = units.read("power_plants_by_unit.csv")
    plants["mw"] = plants["mw_to_2010"] + plants["mw_year_unknown"]
    old = plants[~plants["fuel"].isin([*OPEN, *WASTE])]
    for sector, rows, size in (
        ("power", old, units.people),
        ("renewables", plants[plants["fuel"].isin(OPEN)], units.land),
    ):
        built = _of_region(rows.groupby("code")["mw"].sum()).reindex(units.frame.index).fillna(0.0)
        least = BUILT_ANYWHERE * units.weight(sector) * units.of_largest(size)
        yield sector, built.combine(least, max), "WRI plants; size"
    farms = units.weight("agriculture") * units.of_largest(units.land * units.rural())
    factor = _over_country(units, "agriculture")
    yield "agriculture", farms[factor.isna()], "land and people"
    yield "agriculture", (farms * factor).dropna(), "land and people; DANE accounts"
    market = pd.Series(market_rule(units.world, "manufacturing"), index=units.frame.index)
    factor = _over_country(units, "manufacturing")
    yield "manufacturing", (market * factor).dropna(), "people; DANE, Banco Central de Chile"


def _oil(units: Units) -> Iterator[tuple[str, Column, str]]:
    basins = pd.read_csv(Path(__file__).with_name("oil_basins.csv")).set_index("code")["share"]
    published = units.shares("oil and gas")
    added = (published * units.frame["gdp_usd_m"]).reindex(published.index)
    for quantity, source in (
        (basins, "basins: general knowledge, unverified"),
        (added, "DANE accounts"),
    ):
        spread = units.of_largest(quantity.reindex(units.frame.index).fillna(0.0))
        yield "oil_gas", units.weight("oil_gas") * spread, source


def _over_country(units: Units, sector: str) -> Column:
    """Return the root of each unit's published share of a sector over its country's, else NaN."""
    share = units.shares(sector).reindex(units.frame.index)
    product = units.frame["gdp_usd_m"].where(share.notna())
    total, whole = ((x.groupby(units.iso3).transform("sum")) for x in (share * product, product))
    return (share * whole / total) ** 0.5


def land_of(polygons: Path, folder: Path) -> Column:
    """Return the area of each locality with an outline."""
    rings = read_rings(polygons, former_codes(folder))
    return pd.Series({code: sum(area(ring) for ring in found) for code, found in rings.items()})


def main() -> None:
    """Write the endowments of a world."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":", 1)[0])
    parser.add_argument("sources", type=Path, help="folder of the sources")
    parser.add_argument("polygons", type=Path, help="GeoJSON file of the units")
    parser.add_argument("folder", type=Path, nargs="?", default=SHIPPED, help="folder of tables")
    given = parser.parse_args()
    land = land_of(given.polygons, given.folder)
    table = endowments(load_world(given.folder), given.sources, land)
    write_csv(given.folder / "endowments.csv", table)


if __name__ == "__main__":
    main()
