"""What each locality has to offer in each sector."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.world.tables import World

RESOURCE_FACTOR = 0.3
"""Share of the country's weight that its largest locality has without a known site (assumption)."""

SITE_EXPONENT = 0.5
"""How that falls with population within the country: most localities have little (assumption)."""

SIZE_EXPONENT = 0.4
"""How endowment grows with population in size-driven sectors; below 1 is concave (assumption)."""


def endowment_matrix(world: World) -> NDArray[np.float64]:
    """Return the endowment of every locality in every sector.

    A value in ``endowments.csv`` counts as it is (``tools/places/endowments.py`` makes those of
    the shipped world). All others follow a rule. With ``w`` the country's weight in the sector
    (``country_sectors.csv``; 0 if it has no row) and ``p`` the locality's population:

    - sectors tied to a site, as mines and ports (``size_driven`` 0): 0 where ``endowments.csv``
      knows sites in the country; else ``RESOURCE_FACTOR * w * (p / p_country) ** SITE_EXPONENT``,
      with ``p_country`` the population of the country's largest locality;
    - sectors tied to a market (``size_driven`` 1): ``w * (p / p_max) ** SIZE_EXPONENT``, with
      ``p_max`` the population of the region's largest locality. The function is concave: a
      locality with a tenth of the population has two fifths of the market, because small ones
      need cameras and hospitals too.

    Parameters
    ----------
    world
        The world; its localities, sectors, country_sectors and endowments are read.

    Returns
    -------
    ndarray of float64, shape (n_localities, n_sectors)
        Endowments in [0, 1]; rows as in ``localities.csv``, columns as in ``sectors.csv``.

    Notes
    -----
    That larger economies and a match of sectors attract outreach is a claim of Myers (2020),
    *Going Local*, conclusion; the rule's constants are assumptions.
    """
    rows = _positions(world.localities["code"].tolist())
    columns = _positions(world.sectors["code"].tolist())
    matrix = np.column_stack([_by_rule(world, sector) for sector in columns])
    of_country = world.localities["iso3"].to_numpy()
    known = world.endowments
    at = [rows[locality] for locality in known["locality"]]
    in_sector = [columns[sector] for sector in known["sector"]]
    tied = world.sectors["size_driven"].to_numpy() == 0
    for country, column in set(zip(of_country[at], in_sector, strict=True)):
        if tied[column]:
            matrix[of_country == country, column] = 0.0
    matrix[at, in_sector] = known["value"]
    return matrix


def _by_rule(world: World, sector: str) -> NDArray[np.float64]:
    """Return the endowments in one sector where no site is known, shape (n_localities,)."""
    driven = world.sectors.set_index("code")["size_driven"]
    if driven[sector] == 1:
        return market_rule(world, sector)
    people = world.localities["population"]
    largest = people.groupby(world.localities["iso3"]).transform("max")
    share: NDArray[np.float64] = ((people / largest) ** SITE_EXPONENT).to_numpy()
    return RESOURCE_FACTOR * weights_of(world, sector) * share


def market_rule(world: World, sector: str) -> NDArray[np.float64]:
    """Return the endowments in a sector tied to a market, shape (n_localities,)."""
    people = world.localities["population"]
    market: NDArray[np.float64] = ((people / people.max()) ** SIZE_EXPONENT).to_numpy()
    return weights_of(world, sector) * market


def weights_of(world: World, sector: str) -> NDArray[np.float64]:
    """Return each locality's country's weight in a sector, shape (n_localities,)."""
    table = world.country_sectors
    weight = table[table["sector"] == sector].set_index("iso3")["weight"]
    weights: NDArray[np.float64] = (
        world.localities["iso3"].map(weight).fillna(0.0).to_numpy(dtype=float)
    )
    return weights


def _positions(codes: list[str]) -> dict[str, int]:
    """Return the row of each code."""
    return {code: row for row, code in enumerate(codes)}
