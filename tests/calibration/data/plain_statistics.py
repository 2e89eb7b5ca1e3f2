"""Statistics that the tests of tables and experiments use."""

from __future__ import annotations

from calibration.claims.statistics.statistic import Parts, mean, ratio, statistic
from calibration.run_reading import Reading
from sim.core import enums as k


@statistic(unit="visits", value=mean)
def plain_local_visits(r: Reading, countries: tuple[str, ...] | None = None) -> Parts:
    """Count the visits of Chinese delegations to localities, or to those of some countries."""
    return (float(len(r.chosen(r.local_visits, countries=countries))),)


@statistic(unit="share", value=ratio)
def plain_share_from_lac(r: Reading) -> Parts:
    """Measure the share of local visits either way that are journeys of governors."""
    journeys = float(len(r.own_journeys))
    return journeys, journeys + float(len(r.local_visits))


@statistic(unit="twinnings", value=mean)
def plain_twinnings(r: Reading) -> Parts:
    """Count the twinnings."""
    return (float(len(r.events(k.TWINNING))),)
