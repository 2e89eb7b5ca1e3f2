"""Measures of totals for the region, which do not pass through the telling of single events."""

from __future__ import annotations

import numpy as np

from calibration.cases.targets.measure_registry import Found, of_run
from sim.core import enums as k


@of_run(unit="twinnings")
def twinnings_by(found: Found, until: str) -> float:
    """Count the twinnings signed by a month, those before 2000 added.

    The model starts without any; the share signed since is one of the chances of documentation.
    """
    signed = found.reading.chosen(found.reading.events(k.TWINNING), until=until)
    return len(signed) / found.chances["since_2000"]


@of_run(unit="localities")
def localities_at_forums(found: Found, month: str) -> float:
    """Count the localities whose heads go to a forum of a month."""
    rows = found.reading.chosen(found.reading.journeys, since=month, until=month)
    return float(len(np.unique(rows["place"][rows["initiator"] == k.CHINA])))


@of_run(unit="deals")
def deals_of_the_centre(
    found: Found, countries: list[str], sectors: list[str], since: str, until: str
) -> float:
    """Count the deals of a sector that national governments decided between two months."""
    reading = found.reading
    rows = reading.chosen(
        reading.negotiated, field="dealt", since=since, until=until, countries=countries
    )
    of_sector = np.isin(rows["sector"], reading.rows_named("sector", sectors))
    return float(((rows["level"] == k.CENTRAL) & of_sector).sum())


@of_run(unit="share")
def twinned_after_contact(found: Found) -> float:
    """Return the share of twinnings that follow a contact; a half if there are none."""
    signed = found.reading.twinned
    return float((signed["since"] < signed["twinned"]).mean()) if len(signed) else 0.5


@of_run(unit="share")
def countries_reached(found: Found) -> float:
    """Return the share of countries with a visit to a locality."""
    return float((found.reading.by_country(found.reading.local_visits) > 0).mean())


@of_run(unit="share")
def share_of_local_loans(found: Found) -> float:
    """Return the share of local deals with a loan to the locality; zero if there are none."""
    rows = found.reading.local_deals
    return float((rows["finance"] == k.LOCAL_LOAN).mean()) if len(rows) else 0.0
