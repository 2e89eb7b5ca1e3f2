"""Twinnings, links of universities and Confucius Institutes."""

from __future__ import annotations

import numpy as np

from calibration.claims.statistics.association import UNDEFINED, slope
from calibration.claims.statistics.statistic import Array, Parts, ratio, statistic
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import month_index


def _twinned(reading: Reading) -> Array:
    return reading.ties[reading.ties["twinned"] >= 0]


@statistic(unit="share per unit of security ties", value=ratio)
def twinnings_by_security(reading: Reading) -> Parts:
    """Tell how twinning of known pairs varies with the country's security ties to China.

    Slope over ties of provinces with localities of being twinned (0 or 1) on security ties (0-1),
    given how often and for how long the two have met.
    """
    ties = reading.ties[reading.is_local(reading.ties)]
    ties = ties[(ties["kind"] == k.PROVINCE) & (ties["since"] != ties["twinned"])]
    if len(ties) < 4:
        return UNDEFINED
    return slope(
        (ties["twinned"] >= 0).astype(np.float64),
        reading.w.country["security"][ties["country"]],
        np.log(np.maximum(1, ties["visits"])),
        ties["since"].astype(np.float64),
    )


@statistic(unit="share", value=ratio)
def twinnings_after_contact(reading: Reading) -> Parts:
    """Return the share of twinnings between a province and a unit that had met before."""
    twinned = _twinned(reading)
    return float((twinned["since"] < twinned["twinned"]).sum()), float(len(twinned))


@statistic(unit="share", value=ratio)
def twinnings_at_behest(reading: Reading) -> Parts:
    """Return the share of twinnings at the behest of a firm of the province."""
    twinned = _twinned(reading)
    return float((twinned["firm_request_of"] >= 0).sum()), float(len(twinned))


@statistic(unit="share", value=ratio)
def university_links_of_twins(reading: Reading, within: int = 36) -> Parts:
    """Return the share of twinned pairs whose universities link within some months.

    Pairs twinned that long before the end of the run.
    """
    twinned = _twinned(reading)
    twinned = twinned[twinned["twinned"] <= reading.end - within]
    wait = twinned["university"] - twinned["twinned"]
    return float(((wait > 0) & (wait <= within)).sum()), float(len(twinned))


@statistic(unit="share per log contact", value=ratio)
def institutes_by_contact(reading: Reading, before: str) -> Parts:
    """Tell how Confucius Institutes go where localities had contact with China before.

    Slope over localities of hosting an institute opened from a month on (0 or 1) on
    log(1 + visits and journeys before it), within countries and given the economy.
    """
    month = month_index(before)
    opened = reading.events(k.CONFUCIUS_INSTITUTE)
    opened = reading.by_locality(opened[opened["month"] >= month])
    groups = (reading.local_visits, reading.journeys)
    contact = sum(reading.by_locality(rows[rows["month"] < month]) for rows in groups)
    size = np.exp(reading.economy)
    columns = [np.log1p(contact), (opened > 0).astype(np.float64), reading.economy, size]
    cause, outcome, *controls = (reading.within_countries(column) for column in columns)
    return slope(outcome, cause, *controls)
