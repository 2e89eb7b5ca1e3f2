from __future__ import annotations

import numpy as np
import pytest

from calibration.cases.observed_events import (
    ACQUISITION,
    CENTRAL_DEAL,
    JOURNEY,
    LINK,
    LOCAL_DEAL,
    MEMORANDUM,
    ROW,
    TWINNING,
    VISIT,
    case_number,
)
from calibration.cases.targets import MEASURES
from sim.core.calendar import month_index
from sim.core.state import Array

CASE = "coquimbo"


def record(*events: tuple[int, str, bool]) -> Array:
    """Return a record of one deep case: kind, month and whether dated."""
    rows = np.zeros(len(events), dtype=ROW)
    rows["case"] = case_number(CASE)
    for row, (kind, month, dated) in zip(rows, events, strict=True):
        row["kind"], row["month"], row["dated"] = kind, month_index(month), dated
    return rows


ROWS = record(
    (VISIT, "2005-09", False),
    (VISIT, "2006-03", True),
    (JOURNEY, "2009-01", True),
    (JOURNEY, "2009-12", True),
    (JOURNEY, "2012-12", False),
    (TWINNING, "2007-09", True),
    (LINK, "2010-10", True),
    (MEMORANDUM, "2008-01", True),
    (LOCAL_DEAL, "2011-09", True),
    (CENTRAL_DEAL, "2012-09", True),
    (ACQUISITION, "2013-09", True),
)


def take(name: str, rows: Array = ROWS, **args: object) -> float:
    return MEASURES[name].take(rows, case=CASE, **args)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("months_to_contact", 3.0),
        ("twinnings", 1.0),
        ("months_to_twinning", 24.0),
        ("deals", 3.0),
        ("deals_in_local_power", 1.0),
        ("memoranda", 1.0),
    ],
)
def test_measures_of_a_case(name: str, value: float) -> None:
    assert take(name) == value
    # The other case is not touched by what happens in this one.
    assert MEASURES[name].take(ROWS, case="jujuy") != value


def test_a_twinning_before_the_first_contact_told_takes_no_time() -> None:
    rows = record((TWINNING, "2006-01", True), (VISIT, "2007-01", True))
    assert take("months_to_twinning", rows) == 0.0


def test_visits_with_the_province_twinned_first_are_a_share_of_dated_ones() -> None:
    rows = record(
        (VISIT, "2006-03", True),
        (JOURNEY, "2007-01", True),
        (VISIT, "2007-02", False),
        (TWINNING, "2012-09", True),
        (TWINNING, "2007-09", True),
        (VISIT, "2010-10", True),
    )
    rows["province"] = (3, 5, 3, 5, 3, -1)
    assert take("share_with_twin", rows) == pytest.approx(1 / 3)
    rows["province"][4] = 5
    assert take("share_with_twin", rows) == pytest.approx(1 / 3)
    rows["province"][[1, 5]] = 3
    assert take("share_with_twin", rows) == 0.0
    assert take("share_with_twin", rows[rows["kind"] != TWINNING]) == 0.0
    assert take("share_with_twin", rows[3:5]) == 0.5


def test_dated_visits_count_by_year() -> None:
    assert take("dated_visits", first=2005, last=2020) == 3.0
    assert take("dated_visits", first=2007, last=2009) == 2.0


def test_quiet_years_have_no_dated_visit() -> None:
    assert take("quiet_years", years=[2005, 2006, 2009, 2012]) == 2.0
    assert take("longest_quiet", first=2005, last=2012) == 3.0
    assert take("longest_quiet", first=2005, last=2009) == 2.0
    assert take("longest_quiet", rows=ROWS[:0], first=2005, last=2009) == 5.0
