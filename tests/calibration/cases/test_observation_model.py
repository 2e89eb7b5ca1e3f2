from __future__ import annotations

import numpy as np
import pytest

from calibration.cases.observation_model import (
    CHANCES_OF,
    NAMES,
    chances,
    documented,
    failures,
    happened,
)
from calibration.cases.observed_events import (
    ACQUISITION,
    CENTRAL_DEAL,
    FAILURE,
    JOURNEY,
    KINDS,
    LINK,
    LOCAL_DEAL,
    MEMORANDUM,
    TWINNING,
    VISIT,
    studied,
)
from calibration.keyed_draws import TOLD, uniforms
from calibration.run_reading import Reading
from sim.core import enums as k

CERTAIN = dict.fromkeys(NAMES, 1.0) | {"fading": 0.0}
NOTHING = CERTAIN | {"visit": 0.0}


def test_draws_hang_on_key_purpose_and_identity_alone() -> None:
    ids = np.array([5, 2**62 + 1, 2**33, 7], dtype=np.int64)
    found = uniforms(1, TOLD, ids)
    assert ((found > 0.0) & (found < 1.0)).all()
    assert len(set(found)) == 4
    np.testing.assert_array_equal(uniforms(1, TOLD, ids[::-1]), found[::-1])
    assert not np.isin(uniforms(2, TOLD, ids), found).any()
    assert not np.isin(uniforms(1, TOLD + 1, ids), found).any()


def test_draws_are_uniform() -> None:
    found = np.sort(uniforms(3, TOLD, np.arange(20_000)))
    # Kolmogorov's distance at 20,000 draws stays below 0.0138 with probability 0.999.
    assert np.abs(found - (np.arange(20_000) + 0.5) / 20_000).max() < 0.0138


def test_chances_stay_in_their_limits_and_fill_them() -> None:
    table = np.array([list(chances(key).values()) for key in range(400)])
    low = np.array([chance.low for chance in CHANCES_OF])
    high = np.array([chance.high for chance in CHANCES_OF])
    assert (table >= low).all()
    assert (table <= high).all()
    middle = np.array([float(chance.at(np.array(0.5))) for chance in CHANCES_OF])
    assert np.abs((table < middle).mean(axis=0) - 0.5).max() < 0.1
    assert chances(3) == chances(3) != chances(4)


def test_what_happened_is_all_that_the_log_holds(conditioned: Reading) -> None:
    rows, identities = happened(conditioned)
    count = dict(enumerate(np.bincount(rows["kind"], minlength=len(KINDS)).tolist()))
    log = conditioned.log
    local = (log["place"] >= 0) & (log["place"] < conditioned.localities)

    def logged(kind: int, chosen: object = True) -> int:
        return int(((log["kind"] == kind) & chosen).sum())

    assert count[VISIT] == logged(k.VISIT_TO_LAC, local) > 0
    assert count[JOURNEY] == logged(k.VISIT_TO_CHINA) > 0
    assert count[TWINNING] == logged(k.TWINNING) > 0
    assert count[LINK] == logged(k.UNIVERSITY_LINK) > 0
    assert count[MEMORANDUM] == logged(k.MEMORANDUM, local) > 0
    assert count[LOCAL_DEAL] + count[CENTRAL_DEAL] + count[ACQUISITION] == logged(k.DEAL) > 0
    assert count[FAILURE] == sum(len(found) for _, found in failures(conditioned)) > 0
    assert len(set(identities.tolist())) == len(rows)
    assert rows["dated"].all()


def test_a_province_acts_itself_or_by_a_firm_of_its(conditioned: Reading) -> None:
    rows, identities = happened(conditioned)
    event = dict(
        zip(conditioned.log["id"].tolist(), conditioned.log["actor"].tolist(), strict=True)
    )
    actor, chosen = conditioned.w.actor, np.isin(rows["kind"], (VISIT, JOURNEY, TWINNING))
    expected = []
    for identity in identities[chosen].tolist():
        one = actor[event[identity]]
        expected.append(one["row"] if one["kind"] == k.PROVINCE else one["home"])
    assert rows["province"][chosen].tolist() == expected
    for kind in (k.PROVINCE, k.FIRM, k.EMBASSY):
        of_kind = chosen & (rows["channel"] == kind)
        assert of_kind.any()
        assert (rows["province"][of_kind] >= 0).any() == (kind != k.EMBASSY)
    assert (rows["province"][rows["kind"] == TWINNING] >= 0).all()


def test_failures_are_what_the_log_says(conditioned: Reading) -> None:
    ways = dict(failures(conditioned))
    log = conditioned.log
    resisted = set(log["id"][log["kind"] == k.BACKLASH].tolist())
    ended = log[log["kind"] == k.CANCELLATION]
    assert len(ways[0]) == sum(cause in resisted for cause in ended["cause0"].tolist())
    assert len(ways[2]) == int((log["kind"] == k.VETO).sum())


def test_certainty_tells_everything(conditioned: Reading) -> None:
    rows = documented(conditioned, 1, CERTAIN)
    np.testing.assert_array_equal(rows, happened(conditioned)[0])


def test_nothing_is_told_of_other_places_without_a_chance(conditioned: Reading) -> None:
    rows = documented(conditioned, 1, NOTHING)
    assert len(rows) > 0
    for row in rows:
        case = studied()[row["case"]]
        assert row["place"] == case.place
        assert case.first <= row["month"] <= case.last


def test_twinnings_and_deals_of_deep_cases_are_always_told(conditioned: Reading) -> None:
    rows, _ = happened(conditioned)
    sure = np.isin(rows["kind"], (TWINNING, LOCAL_DEAL, CENTRAL_DEAL, ACQUISITION))
    expected = int((sure & (rows["case"] >= 0)).sum())
    assert expected > 0
    for key in range(5):
        found = documented(conditioned, key)
        told = np.isin(found["kind"], (TWINNING, LOCAL_DEAL, CENTRAL_DEAL, ACQUISITION))
        assert int((told & (found["case"] >= 0)).sum()) == expected


def share_told(reading: Reading, given: dict[str, float], chosen: int, keys: int = 40) -> float:
    rows, _ = happened(reading)
    there = int(((rows["kind"] == chosen) & (rows["case"] < 0)).sum())
    told = [documented(reading, key, given) for key in range(keys)]
    found = sum(int(((r["kind"] == chosen) & (r["case"] < 0)).sum()) for r in told)
    return found / (there * keys)


def test_the_share_told_is_the_chance(conditioned: Reading) -> None:
    given = CERTAIN | {"visit": 0.1, "journey": 2.0, "deal": 0.0}
    assert share_told(conditioned, given, VISIT) == pytest.approx(0.1, abs=0.005)
    assert share_told(conditioned, given, JOURNEY) == pytest.approx(0.2, abs=0.01)
    assert share_told(conditioned, given, LOCAL_DEAL) == 0.0


def test_ambassadors_are_told_more_often(conditioned: Reading) -> None:
    given = CERTAIN | {"visit": 0.05, "embassy": 8.0, "deal": 0.0}
    happened_rows, _ = happened(conditioned)
    told = documented(conditioned, 5, given)

    def share(embassy: bool) -> float:
        def count(rows: np.ndarray[tuple[int], np.dtype[np.void]]) -> int:
            visits = rows[(rows["kind"] == VISIT) & (rows["case"] < 0)]
            return int(((visits["channel"] == k.EMBASSY) == embassy).sum())

        return count(told) / count(happened_rows)

    assert share(True) > 4.0 * share(False)


def test_older_events_are_told_less(conditioned: Reading) -> None:
    given = CERTAIN | {"visit": 0.5, "deal": 0.0, "fading": 0.2}
    rows, _ = happened(conditioned)
    told = documented(conditioned, 2, given)

    def share(first: int, last: int) -> float:
        def count(table: np.ndarray[tuple[int], np.dtype[np.void]]) -> int:
            visits = (table["kind"] == VISIT) & (table["case"] < 0)
            return int((visits & (table["month"] >= first) & (table["month"] <= last)).sum())

        return count(told) / count(rows)

    # Chances of a half of exp(-0.2 x years before mid-2019), over 2004-05 and 2019-07 to 2020.
    assert share(48, 71) == pytest.approx(0.5 * np.exp(-0.2 * 14.5), abs=0.03)
    assert share(234, 251) == pytest.approx(0.5, abs=0.06)


def test_places_with_a_deal_told_are_told_more_of(conditioned: Reading) -> None:
    given = CERTAIN | {"visit": 0.02, "deal": 50.0}
    plain = documented(conditioned, 3, given)
    named = documented(conditioned, 3, given | {"named": 10.0})
    deals = plain[(plain["kind"] >= LOCAL_DEAL) & (plain["case"] < 0)]
    places = set(deals["place"].tolist()) - {-1}

    def visits(rows: np.ndarray[tuple[int], np.dtype[np.void]], inside: bool) -> int:
        chosen = rows[(rows["kind"] == VISIT) & (rows["case"] < 0)]
        return int((np.isin(chosen["place"], list(places)) == inside).sum())

    assert visits(named, True) > 5 * visits(plain, True)
    assert visits(named, False) == visits(plain, False)


def test_dates_of_deep_cases_are_rarer_than_counts(conditioned: Reading) -> None:
    given = NOTHING | {"dated": 0.4}
    trips = [documented(conditioned, key, given) for key in range(60)]
    dated = np.concatenate([rows["dated"][rows["kind"] <= JOURNEY] for rows in trips])
    assert dated.mean() == pytest.approx(0.4, abs=0.05)
