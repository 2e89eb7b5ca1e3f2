"""Ties: how trust grows, is handed on and is lost, and what begins new ties."""

from __future__ import annotations

import numpy as np

from calibration.claims.statistics.statistic import (
    Array,
    Parts,
    least_lead,
    mean,
    ratio,
    statistic,
)
from calibration.run_reading import MONTHS_A_YEAR, Reading
from sim.core import enums as k


def total_trust(ties: Array) -> Array:
    """Return the trust of ties: personal and institutional trust each suffice."""
    return 1.0 - (1.0 - ties["personal"]) * (1.0 - ties["institutional"])


@statistic(unit="share", value=ratio)
def ties_lost_at_turnover(reading: Reading) -> Parts:
    """Return the share of living ties that a change of governor breaks."""
    lost = reading.events(k.TIE_LOST)
    exposed = reading.w.place["exposed"][: reading.localities]
    return float(reading.is_local(lost).sum()), float(exposed.sum())


@statistic(unit="trust", value=mean)
def best_trust(reading: Reading, countries: list[str]) -> Parts:
    """Return the trust of localities in the actor they trust most, at the end of the run."""
    there = np.isin(reading.country_of, reading.country_rows(countries))
    return (float(reading.w.place["trust"][: reading.localities][there].mean()),)


@statistic(unit="trust", value=least_lead)
def trust_by_contact(reading: Reading) -> Parts:
    """Tell by how much ties with repeated, recent contact lead others in trust.

    Mean trust of localities' ties of at least four meetings with the last one in the past two
    years. Its lead is the lesser of two: over ties as recent with one meeting, and over ties of
    as many meetings with no contact for five years.
    """
    ties = reading.ties[reading.is_local(reading.ties)]
    trust, often = total_trust(ties), ties["visits"] >= 4
    idle = reading.end - ties["latest"]
    recent = idle < 2 * MONTHS_A_YEAR
    groups = (
        often & recent,
        (ties["visits"] == 1) & recent,
        often & (idle >= 5 * MONTHS_A_YEAR),
    )
    parts: list[float] = []
    for group in groups:
        parts += [float(trust[group].sum()), float(group.sum())]
    return tuple(parts)


def _attendance(reading: Reading) -> tuple[Array, Array]:
    """Return the months of forums (F,) and who attended (F, L).

    Left out are forums with less than a year of the run before or after them.
    """
    months = np.unique(reading.events(k.FORUM)["month"])
    whole = (months - MONTHS_A_YEAR >= reading.start) & (months + MONTHS_A_YEAR <= reading.end + 1)
    months = months[whole]
    trips = reading.journeys[reading.journeys["initiator"] == k.CHINA]
    came = np.zeros((len(months), reading.localities), dtype=bool)
    if len(months):
        at = np.minimum(np.searchsorted(months, trips["month"]), len(months) - 1)
        held = months[at] == trips["month"]
        came[at[held], trips["place"][held]] = True
    return months, came


@statistic(unit="ties per forum", value=ratio)
def ties_after_forums(reading: Reading) -> Parts:
    """Tell how many new ties with provinces a forum gives to the units that attend.

    Ties begun in the year from the forum less those of the year before, for units that attend,
    beyond the same difference for the other units of their country; added up over units.
    """
    months, came = _attendance(reading)
    ties = reading.ties[reading.is_local(reading.ties)]
    ties = ties[ties["kind"] == k.PROVINCE]
    length = reading.end - reading.start + 2
    begun = np.zeros((length, reading.localities), dtype=np.int32)
    np.add.at(begun, (ties["since"] - reading.start + 1, ties["place"]), 1)
    begun = begun.cumsum(axis=0)
    at = months - reading.start
    change = begun[at + MONTHS_A_YEAR] - 2 * begun[at] + begun[at - MONTHS_A_YEAR]
    # Sums by country follow from localities standing in order of country.
    first = reading.w.country["first"]
    away = np.add.reduceat(~came, first, axis=1, dtype=np.int64)
    usual = np.add.reduceat(np.where(came, 0, change), first, axis=1)
    usual = np.repeat(usual / np.maximum(1, away), reading.w.country["count"], axis=1)
    return float((change - usual)[came].sum()), float(len(months))
