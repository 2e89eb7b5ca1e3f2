from __future__ import annotations

import numpy as np
import pytest

from calibration.cases.observed_events import ROW, VISIT
from calibration.cases.office_clocks import clocks
from calibration.external.lists import positions
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import month_index
from sim.core.state import Array


def event(locality: str, month: str, *, mayor: bool = False, exact: bool = True) -> Array:
    row = np.zeros(1, dtype=ROW)
    row["kind"], row["case"], row["mayor"], row["exact"] = VISIT, -1, mayor, exact
    row["place"] = positions().locality[locality]
    row["country"] = positions().country[positions().localities["iso3"].iloc[int(row["place"][0])]]
    row["month"] = month_index(month)
    return row


def clock(*rows: Array) -> list[tuple[int, ...]]:
    held = clocks()
    told = np.concatenate(rows)
    return [tuple(x) for x in np.column_stack([held.of(field, told) for field in held]).tolist()]


@pytest.mark.parametrize(
    ("locality", "month", "expected"),
    [
        # A governor named in the evidence, re-elected in 2019: his time goes on.
        ("AR-Y", "2020-03", (51, 45, -1)),
        ("AR-Y", "2016-01", (1, 95, 1)),
        # Dated terms of a state, of another party than the president's and then of the same.
        ("MX-BCN", "2018-11", (60, 12, 0)),
        ("MX-BCN", "2019-12", (1, 23, 1)),
        # Terms by the country's rule, and appointed heads who go with the executive.
        ("CO-BOY", "2019-12", (47, 1, -1)),
        ("CL-LR", "2018-04", (1, 39, 1)),
    ],
)
def test_clocks_follow_the_calendars(
    locality: str, month: str, expected: tuple[int, int, int]
) -> None:
    assert clock(event(locality, month)) == [expected]


def test_mayors_have_clocks_of_their_own() -> None:
    governor, mayor = clock(event("BR-PR", "2013-02"), event("BR-PR", "2013-02", mayor=True))
    assert (governor[0], mayor[0]) == (25, 1)


def test_the_middle_of_the_year_stands_for_an_unknown_month() -> None:
    exact, year = clock(event("CO-BOY", "2018-01"), event("CO-BOY", "2018-01", exact=False))
    assert year[0] - exact[0] == 6
    undated = event("CO-BOY", "2018-01")
    undated["month"] = -1
    assert clock(undated) == [(-1, -1, -1)]


def test_elected_heads_of_a_run_take_office_when_the_clocks_say(conditioned: Reading) -> None:
    changes = conditioned.events(k.GOVERNOR_CHANGE)
    local = changes[changes["office"] < conditioned.localities]
    elected = conditioned.w.governor["selection"][local["office"]] == k.ELECTED
    local = local[elected & (local["month"] > 24)]
    since = clocks().since[local["month"], local["office"]]
    assert len(local) > 500
    # The rest are offices whose heads are named only until some date, or that came to be elected.
    assert (since == 0).mean() > 0.9
