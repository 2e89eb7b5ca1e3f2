"""What each locality has to offer in each sector."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.world.tables import World

RESOURCE_FACTOR = 0.3
"""Share of the country's weight that a locality without a documented site has (assumption)."""

SIZE_EXPONENT = 0.3
"""How endowment grows with population in size-driven sectors; below 1 is concave (assumption)."""


def endowment_matrix(world: World) -> NDArray[np.float64]:
    """Return the endowment of every locality in every sector.

    A value in ``endowments.csv`` counts as it is. All others follow a rule. With ``w`` the
    country's weight in the sector (``country_sectors.csv``; 0 if it has no row):

    - sectors tied to a site, as mines and ports (``size_driven`` 0): ``RESOURCE_FACTOR * w``,
      since most localities of a country rich in something have little of it;
    - sectors tied to a market (``size_driven`` 1): ``w * (p / p_max) ** SIZE_EXPONENT``,
      with ``p`` the locality's population and ``p_max`` that of the region's largest
      locality. The function is concave: a locality with a tenth of the population has half
      of the market, because small ones need cameras and hospitals too.

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
    *Going Local*, conclusion; the rule's two constants are assumptions.
    """
    import numpy as np

    population = world.localities["population"].to_numpy(dtype=np.float64)
    market = (population / population.max()) ** SIZE_EXPONENT
    size_driven = world.sectors["size_driven"].to_numpy() == 1
    factor = np.where(size_driven[np.newaxis, :], market[:, np.newaxis], RESOURCE_FACTOR)
    matrix: NDArray[np.float64] = _country_weights(world) * factor
    rows = _positions(world.localities["code"].tolist())
    columns = _positions(world.sectors["code"].tolist())
    for locality, sector, value in zip(
        world.endowments["locality"],
        world.endowments["sector"],
        world.endowments["value"],
        strict=True,
    ):
        matrix[rows[locality], columns[sector]] = value
    return matrix


def _country_weights(world: World) -> NDArray[np.float64]:
    """Return each locality's country weights, shape (n_localities, n_sectors)."""
    import numpy as np

    countries = _positions(world.countries["iso3"].tolist())
    columns = _positions(world.sectors["code"].tolist())
    weights = np.zeros((len(countries), len(columns)))
    table = world.country_sectors
    rows = [countries[iso3] for iso3 in table["iso3"]]
    weights[rows, [columns[sector] for sector in table["sector"]]] = table["weight"]
    belongs = [countries[iso3] for iso3 in world.localities["iso3"]]
    picked: NDArray[np.float64] = weights[belongs]
    return picked


def _positions(codes: list[str]) -> dict[str, int]:
    """Return the row of each code."""
    return {code: row for row, code in enumerate(codes)}
