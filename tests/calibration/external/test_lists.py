"""The lists coded by others, and what such lists hold of runs made by hand."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from calibration.external import LIST_CHANCES_OF, Lists, lists_of, observed_lists
from calibration.external.lists import ALL, HERE, INFRASTRUCTURE, LARGE, positions, sectors
from calibration.model_simulator import load_conditions
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import month_index
from sim.core.state import State
from sim.engine.compiled import new_run_state
from sim.engine.initial_state import initial_state
from sim.world import World

CERTAIN = dict.fromkeys((chance.name for chance in LIST_CHANCES_OF), 0.0) | {
    "listed": 1.0,
    "twinned": 1.0,
}


@pytest.fixture
def begun(world: World) -> State:
    return new_run_state(initial_state(load_conditions(), world), 1, 0)


def with_loan(w: State, code: str, sector: str, loan: float, dealt: str, **given: int) -> None:
    """Add a loan for a work that is finished two years after the deal."""
    number, at = int(w.run["projects"][0]), positions()
    w.run["projects"] = number + 1
    place, month = at.locality[code], month_index(dealt)
    values = {
        "key": 1000 + number, "place": place, "country": w.place["country"][place],
        "sector": at.sector[sector], "stage": k.OPERATING, "level": k.CENTRAL,
        "channel": k.BY_EXECUTIVE, "needs_loan": 1, "loan": loan, "dealt": month,
        "started": month + 6, "ended": month + 24,
    } | given  # fmt: skip
    for name, value in values.items():
        w.project[name][number] = value


def test_totals_are_the_sources() -> None:
    real = observed_lists()
    assert real.found.tolist() == [558, 220, 164]
    assert real.by_year.sum(axis=(1, 2)).tolist() == [558, 220, 164]
    assert real.by_place.sum(axis=1).tolist() == [450, 176, 108]
    assert (real.by_place > 0).sum(axis=1).tolist() == [131, 77, 52]
    assert real.by_sector.sum() == 164
    assert real.twinnings_by_country.sum() == real.twinnings_by_province.sum() == 52
    np.testing.assert_array_equal(real.by_sector.sum(axis=1), real.by_year[LARGE].sum(axis=1))


def test_figures_stand_where_they_belong() -> None:
    real, at = observed_lists(), positions()
    assert real.by_year[:, at.country["ARG"], 14].tolist() == [7, 6, 7]
    assert real.by_place[:, at.locality["PE-LIM"]].tolist() == [28, 5, 4]
    energy, brazil = sectors().names.index("energy"), at.country["BRA"]
    assert real.by_sector[brazil, energy] == 21
    assert real.lags[0].tolist() == [1.19, 1.882, 2.867, 4.277, 6.376]
    assert real.twinnings_by_country[brazil] == 16
    assert real.twinnings_by_province[at.province["CN-GD"]] == 8


def test_every_figure_has_a_source_with_a_licence() -> None:
    def rows(name: str) -> list[dict[str, str]]:
        with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    known = {row["source"]: row for row in rows("sources")}
    assert all(row["licence"] and row["cite"] for row in known.values())
    assert {row["source"] for row in rows("counts") + rows("lags")} == set(known)


def test_a_list_holds_loans_of_its_years_alone(begun: State) -> None:
    with_loan(begun, "BR-SP", "power", 300.0, "2010-05")
    with_loan(begun, "BR-SP", "mining", 40.0, "2014-12")
    with_loan(begun, "PE-LIM", "digital", 4.0, "2003-01")
    with_loan(begun, "PE-LIM", "digital", 400.0, "2015-01")
    with_loan(begun, "PE-LIM", "mining", 400.0, "2010-01", needs_loan=0)
    with_loan(begun, "PE-LIM", "mining", 400.0, "2010-01", stage=k.CANCELLED)
    at, found = positions(), lists_of(Reading(begun), 1, CERTAIN)
    assert found.found.tolist() == found.by_year.sum(axis=(1, 2)).tolist() == [3, 2, 2]
    brazil, peru = at.country["BRA"], at.country["PER"]
    assert found.by_year[:, brazil, 10].tolist() == [1, 1, 1]
    assert found.by_year[:, brazil, 14].tolist() == [1, 0, 1]
    assert found.by_year[:, peru, 3].tolist() == [1, 1, 0]
    names = sectors().names
    assert found.by_sector[brazil].tolist() == [n in ("energy", "industry") for n in names]
    # Two thirds of the large records, three quarters of all, are confined to one unit.
    assert found.by_place[[ALL, LARGE]].sum(axis=1).tolist() == [2, 1]
    assert found.by_place[LARGE, at.locality["BR-SP"]] == 1
    np.testing.assert_allclose(found.lags, [[2.0] * 5, [1.5] * 5])


def test_a_list_is_cut_to_the_real_ones_length(begun: State) -> None:
    for number in range(240):
        place = "BR-SP" if number % 4 else "MX-JAL"
        with_loan(begun, place, "power", 300.0, f"{2005 + number // 30}-01")
    reading, at = Reading(begun), positions()
    found = lists_of(reading, 1, CERTAIN)
    assert found.found.tolist() == [240, 240, 240]
    assert found.by_year.sum(axis=(1, 2)).tolist() == [240, 220, 164]
    assert found.by_place[INFRASTRUCTURE:].sum(axis=1).tolist() == [176, 108]
    share = found.by_year[LARGE, at.country["MEX"]].sum() / 164
    assert share == pytest.approx(0.25, abs=0.08)
    other = lists_of(reading, 2, CERTAIN)
    assert (found.by_year[LARGE] != other.by_year[LARGE]).any()
    kept = [lists_of(reading, key, CERTAIN | {"listed": 0.5}).found[LARGE] for key in range(20)]
    assert np.mean(kept) == pytest.approx(120.0, abs=8.0)


def test_what_owners_finance_is_listed_more_rarely(begun: State) -> None:
    for _ in range(200):
        owned = {"needs_loan": 0, "channel": k.BY_ACQUISITION, "started": -1}
        with_loan(begun, "PE-LIM", "mining", 0.0, "2010-01", value=40, **owned)
    reading = Reading(begun)
    assert lists_of(reading, 1, CERTAIN).found[LARGE] == 0
    found = lists_of(reading, 1, CERTAIN | {"owned": 0.3})
    assert found.found[LARGE] == found.found[ALL] == pytest.approx(60, abs=20)
    assert (found.lags == 6.0).all()


def test_works_have_records_in_parts(begun: State) -> None:
    with_loan(begun, "BR-SP", "power", 300.0, "2010-05")
    number = [lists_of(Reading(begun), key, CERTAIN | {"parts": 0.4}).found for key in range(400)]
    assert np.mean(number) == pytest.approx(1.0 / 0.6, abs=0.15)
    assert np.mean(np.array(number) == 1) == pytest.approx(0.6, abs=0.08)


def test_records_go_astray_to_the_capital(begun: State) -> None:
    for _ in range(100):
        with_loan(begun, "BR-SP", "power", 300.0, "2010-05")
    found = lists_of(Reading(begun), 1, CERTAIN | {"astray": 0.3}).by_place[LARGE]
    at = positions()
    assert found[at.locality["BR-DF"]] + found[at.locality["BR-SP"]] == found.sum() == 66
    assert found[at.locality["BR-DF"]] == pytest.approx(20, abs=10)


def twinned(w: State, pairs: list[tuple[str, str, str]]) -> Reading:
    for number, (province, code, month) in enumerate(pairs):
        place = positions().locality[code]
        event = w.event[number : number + 1]
        event["kind"], event["id"], event["month"] = k.TWINNING, 7 + number, month_index(month)
        event["actor"], event["place"] = positions().actor[province], place
        event["country"] = w.place["country"][place]
    w.run["events"] = len(pairs)
    return Reading(w)


def test_twinnings_are_listed_to_september_2016(begun: State) -> None:
    pairs = [("CN-GD", "BR-SP", "2016-09"), ("CN-GD", "BR-SP", "2016-10"),
             ("CN-QH", "MX-JAL", "2001-01")]  # fmt: skip
    at, found = positions(), lists_of(twinned(begun, pairs), 1, CERTAIN)
    assert found.twinnings_by_province.sum() == found.twinnings_by_country.sum() == 2
    assert found.twinnings_by_province[at.province["CN-GD"]] == 1
    assert found.twinnings_by_country[at.country["MEX"]] == 1


def test_twinnings_of_the_large_are_listed_more_often(begun: State) -> None:
    pairs = [("CN-GD", "BR-SP", "2010-01"), ("CN-QH", "BR-AC", "2010-01")] * 100
    reading = twinned(begun, pairs)
    brazil, large = positions().country["BRA"], positions().province["CN-GD"]

    def share(**given: float) -> float:
        found: Lists = lists_of(reading, 3, CERTAIN | given)
        assert found.twinnings_by_country[brazil] == 52
        return float(found.twinnings_by_province[large] / 52)

    assert lists_of(reading, 3, CERTAIN | {"twinned": 0.2}).twinnings_by_country.sum() == 40
    assert share() == pytest.approx(0.5, abs=0.2)
    assert share(big_place=0.6) > 0.75
    assert share(big_province=0.6) > 0.75


def test_the_key_fixes_the_lists(conditioned: Reading) -> None:
    first, second = lists_of(conditioned, 5), lists_of(Reading(conditioned.w), 5)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    assert (lists_of(conditioned, 6).by_place[LARGE] != first.by_place[LARGE]).any()


def test_an_empty_run_has_empty_lists(begun: State) -> None:
    found = lists_of(Reading(begun), 1)
    assert not any(part.any() for part in found if part is not found.lags)
    assert (found.lags == 6.0).all()
