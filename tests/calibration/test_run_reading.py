from __future__ import annotations

import numpy as np
import pytest

from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import month_index
from sim.core.state import State
from sim.engine.initial_state import initial_state
from sim.scenario.schema import load
from sim.world import World
from sim.world.positions import Positions


@pytest.fixture(scope="module")
def reading(finished: State) -> Reading:
    return Reading(finished)


def test_events_of_all_kinds_make_up_the_log(reading: Reading) -> None:
    kinds = [reading.events(kind) for kind in range(len(k.EVENT_KINDS))]
    assert sum(len(rows) for rows in kinds) == len(reading.log)
    for kind, rows in enumerate(kinds):
        assert (rows["kind"] == kind).all()
        assert (np.diff(rows["month"]) >= 0).all()


def test_events_are_found_by_their_identity(reading: Reading) -> None:
    rows = np.array([5, 0, len(reading.log) - 1])
    identities = reading.log["id"][rows]
    assert reading.rows_of(identities).tolist() == rows.tolist()
    assert reading.rows_of(np.array([0, 12345])).tolist() == [-1, -1]
    months = reading.field_of(np.append(identities, 0), "month")
    assert months.tolist() == [*reading.log["month"][rows], -1]


def test_causes_stand_before_their_effects(reading: Reading) -> None:
    first = reading.field_of(reading.log["cause0"], "month")
    assert (first <= reading.log["month"]).all()
    assert (first >= 0).any()


def test_visits_are_split_between_localities_and_centres(reading: Reading) -> None:
    local = reading.local_visits
    assert 0 < len(local) < len(reading.visits)
    assert (local["place"] < reading.localities).all()
    assert reading.by_locality(reading.visits).sum() == len(local)
    assert reading.by_country(reading.visits).sum() == len(reading.visits)


def test_deals_are_acquired_or_negotiated_at_either_level(reading: Reading) -> None:
    negotiated = reading.negotiated
    bought = reading.deals[reading.deals["channel"] == k.BY_ACQUISITION]
    assert len(negotiated) + len(bought) == len(reading.deals)
    central = negotiated[negotiated["level"] == k.CENTRAL]
    assert len(reading.local_deals) + len(central) == len(negotiated)


def test_deals_that_arose_at_the_centre_are_decided_there(reading: Reading) -> None:
    central = reading.deals[reading.arose_at_centre]
    assert len(central) > 0
    assert (central["level"] == k.CENTRAL).all()
    planned = reading.deals["channel"] == k.BY_EXECUTIVE
    assert reading.arose_at_centre[planned].all()


def test_memoranda_waiting_for_a_decision_are_left_out(reading: Reading) -> None:
    assert (reading.memoranda["signed"] >= 0).all()
    assert not (reading.memoranda["stage"] == k.SIGNED).any()
    signed = (reading.projects["signed"] >= 0).sum()
    waiting = (reading.projects["stage"] == k.SIGNED).sum()
    assert len(reading.memoranda) == signed - waiting


def test_ties_begun_by_visits_began_in_the_month_of_the_visit(reading: Reading) -> None:
    ties = reading.begun_by_visit
    assert 0 < len(ties) < len(reading.ties)
    assert (reading.field_of(ties["first_event"], "month") == ties["since"]).all()
    assert (reading.field_of(ties["first_event"], "actor") == ties["actor"]).all()


def test_recognition_follows_its_calendar(reading: Reading, world: World) -> None:
    at = Positions(world)
    table = world.recognition
    for code, c in at.country.items():
        rows = table[table["iso3"] == code].sort_values("start")
        for month in (0, 60, 131):
            held = rows[rows["start"] <= month]["recognises"].iloc[-1]
            assert reading.recognised[month, c] == (held == "PRC"), (code, month)
    assert not reading.recognised.all()


def test_recognition_counts_from_the_first_month_of_a_later_start(world: World) -> None:
    from sim.engine.compiled import simulate
    from sim.scenario.schema import build

    data = load("baseline", world).model_dump(exclude_none=True)
    scenario = build(data | {"start": "2007-01", "end": "2007-12"})
    late = Reading(simulate(initial_state(scenario, world), 1, 0))
    assert late.recognised.shape == (12, late.countries)
    costa_rica = late.rows_named("country", ["CRI"])[0]
    switch = month_index("2007-06") - late.start
    assert late.recognised[:, costa_rica].tolist() == [m >= switch for m in range(12)]
    assert late.years_from(None) == 1.0


def test_names_are_found_as_in_the_tables(reading: Reading, world: World) -> None:
    at = Positions(world)
    assert reading.rows_named("country", ["BRA", "CHL"]).tolist() == [
        at.country["BRA"],
        at.country["CHL"],
    ]
    assert reading.rows_named("locality", ["CL-CO"]).tolist() == [at.locality["CL-CO"]]
    assert reading.rows_named("sector", ["ports"]).tolist() == [at.sector["ports"]]
    actors = ["CN-HB", "organisation:cpaffc"]
    assert reading.rows_named("actor", actors).tolist() == [at.actor[code] for code in actors]
    with pytest.raises(KeyError):
        reading.rows_named("country", ["XXX"])


def test_records_are_chosen_by_month_and_place(reading: Reading) -> None:
    rows = reading.chosen(
        reading.local_visits, since="2004-01", until="2005-12", countries=["BRA", "ARG"]
    )
    assert set(rows["month"] // 12) <= {4, 5}
    assert set(rows["country"]) <= set(reading.rows_named("country", ["BRA", "ARG"]))
    months = reading.local_visits["month"]
    there = np.isin(reading.local_visits["country"], reading.rows_named("country", ["BRA", "ARG"]))
    assert len(rows) == ((months >= 48) & (months < 72) & there).sum() > 0
    assert len(reading.chosen(reading.local_visits)) == len(reading.local_visits)


def test_years_are_those_of_the_run(reading: Reading) -> None:
    assert reading.years_from(None) == 11.0
    assert reading.years_from("2009-01") == 2.0
    assert reading.years_from("2009-01", "2009-06") == 0.5
    assert reading.years_from(None, "2030-01") == 11.0
    assert reading.years_from("2015-01") == 0.0


def test_differences_within_countries_add_up_to_nothing(reading: Reading) -> None:
    inner = reading.within_countries(reading.economy)
    sums = np.bincount(reading.country_of, weights=inner)
    assert np.abs(sums).max() < 1e-9
    assert np.ptp(inner) > 0.0


def test_authority_is_the_mean_of_the_index(reading: Reading, finished: State) -> None:
    assert reading.authority.shape == (reading.countries,)
    assert reading.authority[3] == pytest.approx(finished.authority[:132, 3].mean())


def test_a_run_in_which_nothing_happened_can_be_read(template: State) -> None:
    reading = Reading(template)
    assert len(reading.log) == len(reading.deals) == len(reading.begun_by_visit) == 0
    assert reading.rows_of(np.array([1, 2])).tolist() == [-1, -1]
    assert reading.by_locality(reading.visits).tolist() == [0] * reading.localities
    assert len(reading.arose_at_centre) == len(reading.memoranda) == 0
