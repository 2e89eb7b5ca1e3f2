"""Measures of totals, against counts of the log and the projects one by one."""

from __future__ import annotations

import pytest

from calibration.cases.dated_events import dated
from calibration.cases.observation_model import chances
from calibration.cases.observed_events import recorded
from calibration.cases.targets import MEASURES, Found
from calibration.external import observed_lists
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import month_index


@pytest.fixture
def found(conditioned: Reading) -> Found:
    return Found(
        conditioned, recorded(), dated(), chances(1) | {"since_2000": 0.8}, observed_lists()
    )


def test_older_twinnings_are_added(found: Found) -> None:
    last = month_index("2018-12")
    signed = sum(e["kind"] == k.TWINNING and e["month"] <= last for e in found.reading.log)
    assert signed > 0
    assert MEASURES["twinnings_by"].take(found, until="2018-12") == pytest.approx(signed / 0.8)


def test_forum_guests_are_localities(found: Found) -> None:
    rows = found.reading.journeys
    guests = rows[rows["initiator"] == k.CHINA]
    month = int(guests["month"][0])
    there = {int(e["place"]) for e in guests if e["month"] == month}
    name = f"{2000 + month // 12}-{month % 12 + 1:02d}"
    assert MEASURES["localities_at_forums"].take(found, month=name) == len(there) > 0


def test_deals_of_the_centre(found: Found) -> None:
    country, sector = (
        int(found.reading.rows_named("country", ["ECU"])[0]),
        int(found.reading.rows_named("sector", ["power"])[0]),
    )
    expected = sum(
        d["country"] == country
        and d["sector"] == sector
        and d["level"] == k.CENTRAL
        and d["channel"] != k.BY_ACQUISITION
        and month_index("2003-01") <= d["dealt"]
        for d in found.reading.deals
    )
    args = {"countries": ["ECU"], "sectors": ["power"], "since": "2003-01", "until": "2020-12"}
    assert MEASURES["deals_of_the_centre"].take(found, **args) == expected


def test_twinnings_after_contact(found: Found) -> None:
    pairs = [(t["since"], t["twinned"]) for t in found.reading.ties if t["twinned"] >= 0]
    share = sum(since < signed for since, signed in pairs) / len(pairs)
    assert 0.0 < share < 1.0
    assert MEASURES["twinned_after_contact"].take(found) == pytest.approx(share)


def test_reach(found: Found) -> None:
    visits = found.reading.local_visits
    countries = len({int(v["country"]) for v in visits})
    expected = countries / found.reading.countries
    assert MEASURES["countries_reached"].take(found) == pytest.approx(expected)


def test_loans_to_localities(found: Found) -> None:
    deals = found.reading.local_deals
    lent = sum(d["finance"] == k.LOCAL_LOAN for d in deals)
    assert MEASURES["share_of_local_loans"].take(found) == pytest.approx(lent / len(deals))


def test_visits_of_a_case_count_its_record(found: Found) -> None:
    # In the report's record, every visit of a case is dated.
    assert MEASURES["visits_received"].take(found, case="jujuy") == 3.0
    assert MEASURES["visits_either_way"].take(found, case="coquimbo") == 11.0
    state = found.reading.events(k.STATE_VISIT)
    country = int(found.reading.rows_named("country", ["ARG"])[0])
    central = int(((state["country"] == country) & (state["month"] >= 191)).sum())
    out = MEASURES["journeys_made"].take(found, case="jujuy")
    assert out == 5 + central
    share = MEASURES["share_of_journeys"].take(found, case="jujuy")
    assert share == pytest.approx(out / (out + 3.0))
