from __future__ import annotations

from calibration.cases.observed_events import case_number, studied
from calibration.model_simulator import load_conditions
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.calendar import month_index
from sim.scenario.schema import load


def test_conditions_are_the_baseline_with_the_beginning_of_one_case() -> None:
    conditions, baseline = load_conditions(), load("baseline")
    assert (conditions.start, conditions.end) == ("2000-01", "2020-12")
    assert conditions.parameters == baseline.parameters
    assert [item.kind for item in conditions.interventions] == ["visit", "twinning"]


def test_the_beginning_is_that_of_the_scenario_of_the_case() -> None:
    def told(name: str) -> list[dict[str, object]]:
        scenario = load(name) if name != "conditions" else load_conditions()
        return [item.model_dump(exclude={"note", "id"}) for item in scenario.interventions]

    assert told("conditions") == told("coquimbo")


def test_the_given_events_happen(conditioned: Reading) -> None:
    case = studied()[case_number("coquimbo")]
    twinnings = conditioned.events(k.TWINNING)
    mine = twinnings[twinnings["place"] == case.place]
    assert month_index("2007-10") in mine["month"]
    visits = conditioned.local_visits
    assert case.first in visits["month"][visits["place"] == case.place]
