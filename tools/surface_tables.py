"""What the surface of decentralization and turnover holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

EFFECT, FADE, PACE = "authority.effect", "turnover.fade", "turnover.pace"
REGION = {
    "deals": "deals formed",
    "contact_delay_months": "months from first contact to first deal",
    "ties_lost_share": "share of living ties lost at changes of office-holder",
}
"""Outcomes for the region: deals formed, time to deal, ties lost."""


@dataclass(frozen=True)
class SurfaceCase:
    """Place a documented case on the surface, at the scenario's own values.

    Parameters
    ----------
    scenario, title
        The scenario that tells it.
    locality, name, country
        ISO 3166-2 code, name and ISO 3166-1 code.
    authority
        Effective authority of the country's units, 0-1: the mean over the run of what is left of
        the index after ``authority.effect``, before a consolidated executive overrides it.
    changes_per_decade
        Changes of office-holder in ten years, mean over runs.
    deals, deals_low, deals_high
        Deals a run: mean and 90 % interval.
    with_deal
        Share of runs with a deal.
    """

    scenario: str
    title: str
    locality: str
    name: str
    country: str
    authority: float
    changes_per_decade: float
    deals: float
    deals_low: float
    deals_high: float
    with_deal: float


@dataclass(frozen=True)
class Surface:
    """Hold the surface.

    Parameters
    ----------
    table
        A row a point: the parameters, means over runs and their standard errors for the region
        (``deals``, ``deals_se`` …), and means for each case (``deals[LOCALITY]`` …).
    own
        The scenario's own values of the parameters.
    cases
        The cases placed.
    countries
        A row a country at the scenario's own values: ``authority``, ``changes_per_decade`` and
        ``deals`` per unit and run.
    manifest
        What is needed to make it again.
    """

    table: pd.DataFrame
    own: dict[str, float]
    cases: tuple[SurfaceCase, ...]
    countries: pd.DataFrame
    manifest: dict[str, Any]

    @property
    def grid(self) -> pd.DataFrame:
        """Return the points of the grid, the scenario's own point left out."""
        return self.table.iloc[:-1]
