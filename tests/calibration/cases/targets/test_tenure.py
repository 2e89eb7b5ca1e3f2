from __future__ import annotations

import numpy as np
import pytest

from calibration.cases.observed_events import JOURNEY, LOCAL_DEAL, ROW, TWINNING, VISIT
from calibration.cases.targets import MEASURES
from calibration.external.lists import positions
from sim.core.calendar import month_index
from sim.core.state import Array

# In CO-BOY terms of four years begin in January 2012, 2016 and 2020; of its blocs none is known.
EVENTS = (
    (VISIT, "CO-BOY", "2016-03", 0.0),
    (JOURNEY, "CO-BOY", "2017-01", 0.0),
    (VISIT, "CO-BOY", "2019-06", 0.0),
    (VISIT, "CL-LR", "2018-04", 0.0),
    (TWINNING, "CO-BOY", "2018-01", 0.0),
    (LOCAL_DEAL, "MX-BCN", "2018-12", 500.0),
    (LOCAL_DEAL, "CL-LR", "2018-12", 20.0),
)


def rows() -> Array:
    found = np.zeros(len(EVENTS), dtype=ROW)
    for row, (kind, locality, month, value) in zip(found, EVENTS, strict=True):
        row["kind"], row["place"] = kind, positions().locality[locality]
        row["month"], row["value"], row["exact"] = month_index(month), value, True
        row["country"] = positions().country[positions().localities["iso3"].iloc[int(row["place"])]]
    return found


def take(name: str, of: Array | None = None, **args: object) -> float:
    return MEASURES[name].take(rows() if of is None else of, **args)


def test_visits_by_the_clock() -> None:
    assert take("visits_in_first_year") == 0.5
    assert take("visits_after_change") == pytest.approx(2.0 / 3.0)


def test_months_in_office() -> None:
    assert take("months_in_office", kinds=["twinning"]) == 24.0
    assert take("months_in_office", kinds=["visit_to_china"]) == 12.0


def test_alignment_counts_where_it_is_known() -> None:
    assert take("aligned_heads", kinds=["deal_local"]) == 0.5
    assert take("aligned_heads", kinds=["visit_to_lac"]) == 1.0


def test_authority_is_that_of_the_places_of_large_deals() -> None:
    large, both = (take("authority_at_deals", least=least) for least in (100.0, 0.0))
    assert large > both > 0.0


@pytest.mark.parametrize(
    ("name", "args", "value"),
    [
        ("visits_in_first_year", {}, 0.5),
        ("visits_after_change", {}, 0.5),
        ("months_in_office", {"kinds": ["twinning"]}, 24.0),
        ("aligned_heads", {"kinds": ["deal_local"]}, 0.5),
        ("authority_at_deals", {"least": 0.0}, 0.5),
    ],
)
def test_nothing_has_a_stand_in(name: str, args: dict[str, object], value: float) -> None:
    assert take(name, rows()[:0], **args) == value
