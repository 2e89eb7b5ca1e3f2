"""The tab's parts on the server: what the browser says is judged, whatever it says."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from sim.app.limits import UPLOAD_BYTES
from sim.app.thread_pool import Cancel
from sim.app.what_if import intervention_forms, parameter_sliders, result_charts
from sim.app.what_if.experiment import Experiment, begin, to_address
from sim.app.what_if.paired_trial import TrialResult
from sim.app.what_if.result_sentences import outcome_table, place_table
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.report.display_names import Names
from sim.scenario.interventions import KINDS
from sim.scenario.schema import names
from sim.scenario.world_names import OFFICES
from sim.world import World, load_world
from tests.app.what_if.conftest import english

pytest.importorskip("panel")

from sim.app.session import Session
from sim.app.what_if.what_if_tab import WhatIfTab, scenario_titles
from sim.app.what_if.what_if_widgets import ParameterSliders, Setup


@pytest.fixture
def tab(world: World, short: Experiment, _few_pairs: None) -> Any:
    made = WhatIfTab(Session(world))
    made.restore(to_address(short))
    return made


def test_what_cannot_be_told_from_none_is_hatched(tab: Any) -> None:
    tab.view()
    drawn = tab.map
    assert len(drawn.hatching.data["x0"]) == 0
    tab._release("outreach.province_rate", 0.09)
    rows = tab.result.places(tab.experiment.outcome).set_index("locality").loc[drawn.codes]
    unsure = ((rows["share_equal"] < 1) & ~rows["distinguishable"]).to_numpy()
    lines = drawn.hatching.data
    assert len(lines["x0"]) == 3 * unsure.sum() > 0
    middles = np.reshape((lines["x0"] + lines["x1"]) / 2, (-1, 3)).mean(axis=1)
    np.testing.assert_allclose(middles, np.asarray(drawn.source.data["x"])[unsure])


def test_every_parameter_has_its_slider() -> None:
    main = parameter_sliders.main_levers(english)
    assert 6 <= len(main[0]["levers"]) <= 8
    groups = [*main, *parameter_sliders.slider_groups(english)]
    shown = [lever for group in groups for lever in group["levers"]]
    assert sorted(lever["name"] for lever in shown) == sorted(PARAMETERS)
    marks = {lever["name"]: lever["mark"] for lever in shown}
    for entry in PARAMETERS.values():
        word = "calibrated" if entry.prior else "default"
        assert marks[entry.name] == f"{word}: {entry.default:g}".replace("-", "\N{MINUS SIGN}")
        assert 0 < parameter_sliders.step_of(entry) <= (entry.high - entry.low) / 40
    assert groups[0]["open"]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"name": "x", "value": 1},
        {"name": "turnover.fade", "value": "1"},
        {"name": "turnover.fade", "value": True},
        {"name": ["turnover.fade"], "value": 1},
    ],
)
def test_a_slider_takes_numbers_for_parameters_only(data: Any) -> None:
    taken: list[tuple[str, float]] = []
    passed: list[tuple[str, float]] = []
    part = ParameterSliders(lambda *given: taken.append(given), lambda *given: passed.append(given))
    part._handle_msg(data)
    assert taken == []
    part._handle_msg({"name": "turnover.fade", "value": 0.5, "moving": True})
    part._handle_msg({"name": "turnover.fade", "value": 1})
    assert (passed, taken) == ([("turnover.fade", 0.5)], [("turnover.fade", 1.0)])


def test_every_kind_has_a_form_of_its_own_fields() -> None:
    forms = {form["kind"]: form["fields"] for form in intervention_forms.forms(english)}
    assert set(forms) == set(KINDS)
    for kind, fields in forms.items():
        expected = set(KINDS[kind].model_fields) - {"kind", "id"}
        assert {field["name"] for field in fields} == expected
    aligned = next(field for field in forms["governor"] if field["name"] == "aligned")
    assert aligned["options"] == [["true", "yes"], ["false", "no"]]


def test_a_form_tells_which_fields_stand_in_for_one_another() -> None:
    assert intervention_forms.alternatives("authority") == {
        "country": ("locality",),
        "locality": ("country",),
        "value": ("change",),
        "change": ("value",),
    }
    assert intervention_forms.alternatives("shock") == {}
    forms = {form["kind"]: form["fields"] for form in intervention_forms.forms(english)}
    hints = {field["name"]: field["hint"] for field in forms["governor"]}
    assert hints["month"] == ""
    assert hints["locality"] == "(needed unless you give: Country)"
    assert hints["will"] == "(at least one of those marked so)"
    assert hints["note"] == "(may stay empty)"


def test_parameters_are_offered_by_their_meaning(world: World) -> None:
    offered = dict(intervention_forms.tables(world, english)["parameters"])
    assert set(offered) == set(PARAMETERS)
    assert offered["turnover.fade"].endswith(PARAMETERS["turnover.fade"].meaning)


def test_cities_are_offered_where_a_scenario_may_name_them(world: World) -> None:
    offered = intervention_forms.tables(world, english)
    forms = {form["kind"]: form["fields"] for form in intervention_forms.forms(english)}
    with_cities = set()
    for kind, fields in forms.items():
        for field in fields:
            if field["name"] == "locality":
                codes = {code for code, _ in offered[field["table"]]}
                assert codes >= set(world.localities["code"])
                assert codes.isdisjoint(world.cities["code"]) or codes > set(world.cities["code"])
                with_cities |= {kind} if codes > set(world.cities["code"]) else set()
                assert field["label"] == ("Locality or city" if kind in with_cities else "Locality")
    assert with_cities == {"governor", "visit", "twinning"}
    names = [name for _, name in offered[OFFICES]]
    assert len({name.lower() for name in names}) == len(names)
    assert dict(offered[OFFICES])["AR-S.rosario"] == "Argentina: Rosario (city)"
    change = {"month": "2001-01", "kind": "governor", "locality": "AR-S.rosario", "will": 0.9}
    told = intervention_forms.intervention_sentence(change, world, english)
    assert "Argentina: Rosario (city)" in told


def test_a_refusal_speaks_as_the_form_does(world: World) -> None:
    def told(**fields: Any) -> str:
        with pytest.raises(InputError) as refused:
            begin().with_interventions([{"month": "2010-01", **fields}], world)
        return intervention_forms.refusal(refused.value, english)

    assert told(kind="governor", locality="CL-CO") == (
        "Give at least one of these: Name of a new office-holder, A new office-holder without "
        "a name, Will to work with China, 0 to 1, Sides with the national executive."
    )
    assert told(kind="governor", will=0.5) == "Locality is missing."
    high = told(kind="shock", what="fiscal", value=2.0)
    assert high == "Value: 2.0 is out of range. Allowed: a number from 0 to 1."


def test_answers_become_fields() -> None:
    given = {"kind": "governor", "month": "2001-01", "locality": "CL-CO", "will": " 0.9 "}
    assert intervention_forms.answered(given | {"aligned": "false", "name": "", "note": "1"}) == {
        "kind": "governor",
        "month": "2001-01",
        "locality": "CL-CO",
        "will": 0.9,
        "aligned": False,
        "note": "1",
    }
    assert intervention_forms.answered({"kind": "shock", "value": "much"}) == {
        "kind": "shock",
        "value": "much",
    }
    assert intervention_forms.answered(None) == {}
    assert intervention_forms.answered({"kind": ["x"], "value": {}}) == {"kind": None}


def test_an_intervention_keeps_its_short_name_when_edited() -> None:
    items: list[dict[str, Any]] = [{"id": "a", "value": 1}, {"value": 2}]
    assert intervention_forms.replaced(items, 0, {"value": 3}) == [
        {"value": 3, "id": "a"},
        {"value": 2},
    ]
    assert intervention_forms.replaced(items, None, {"value": 3}) == [*items, {"value": 3}]


def test_an_intervention_is_told_with_names(world: World) -> None:
    change = {
        "month": "2001-01",
        "kind": "shock",
        "what": "strain",
        "value": 0.5,
        "until": "2002-01",
    }
    assert intervention_forms.intervention_sentence(
        change | {"country": "CHL", "note": "why"}, world, english
    ) == (
        "2001-01 – 2002-01 · Put stress on a country or on all · Kind of stress: strained "
        "relations with China, Value: 0.5, Country: Chile (why)"
    )


def test_the_head_takes_answers_of_the_right_kind() -> None:
    said: list[Any] = []
    part = Setup(lambda *given: said.append(given), lambda *given: said.append(given))
    for data in (None, {"field": "start", "value": 1}, {"field": "seed", "value": "1"}):
        part._handle_msg(data)
    part._handle_msg({"field": "file", "value": "%%", "name": "x"})
    assert said == []
    part._handle_msg({"field": "seed", "value": 3.0})
    text = base64.b64encode(b"abc").decode()
    part._handle_msg({"field": "file", "value": text, "name": "x.toml", "large": False})
    part._handle_msg({"field": "file", "value": "", "name": 5, "large": True})
    part._handle_msg({"field": "fixed", "value": 1})
    part._handle_msg({"field": "fixed", "value": True})
    assert said == [("seed", 3), (b"abc", "x.toml"), (None, ""), ("fixed", True)]


def test_colours_tell_sign_size_and_sureness() -> None:
    gaps = np.array([-1.0, 0.0, 1.0, 1.0])
    low, none, high, pale = result_charts.colours(gaps, np.array([True, True, True, False]), 1.0)
    # White but for rounding.
    assert int(none[1:], 16) >= 0xFEFEFE
    assert len({low, none, high, pale}) == 4


def test_the_tab_shows_what_its_address_says(tab: Any) -> None:
    tab.view()
    assert tab.result.pairs == 12
    assert tab.summary.headline.startswith("Nothing is changed yet")
    tab._release("outreach.province_rate", 0.09)
    assert tab.state()["p"] == "outreach.province_rate:0.09"
    assert tab.summary.headline.startswith("Deals formed")
    assert not tab.summary.busy or tab.result.pairs == 12
    assert tab.bands.source.data["year"][-1] == 2007.0
    tab._set("fixed", True)
    assert tab.setup.fixed
    assert tab.state()["f"] == "1"
    before = tab.result
    tab._set("outcome", "trust")
    assert tab.result is before
    assert tab.summary.headline.startswith("Trust")
    tab.close()
    assert tab.result is None


def test_the_result_follows_a_slider_and_keeps_up(
    tab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab.view()
    setting, jobs = tab.experiment, []
    monkeypatch.setattr(
        tab.session, "submit", lambda work, done, *_, key: jobs.append((work, done))
    )

    def finish() -> float:
        """Do what was asked for until something is shown; return the value it is shown for."""
        asked, before = list(jobs), tab.result
        jobs.clear()
        for work, done in asked:
            if tab.result is before:
                done(work(Cancel()))
        return float(tab.result.experiment.scenario.parameters["turnover.fade"])

    for value in (0.9, 0.8, 0.7):
        tab._move("turnover.fade", value)
    # What was passed while nothing was known of the first is left out.
    assert [finish(), finish()] == [0.9, 0.7]
    assert tab.experiment == setting
    assert "p" not in tab.state()
    assert not jobs
    tab._move("turnover.fade", 0.6)
    tab._release("turnover.fade", 0.5)
    jobs[: len(jobs) // 2] = []
    assert finish() == 0.5
    assert tab.state()["p"] == "turnover.fade:0.5"
    # It is at rest where it was shown already.
    tab._move("turnover.fade", 0.4)
    finish()
    tab._release("turnover.fade", 0.4)
    assert not jobs
    tab._move("turnover.fade", 7.0)
    assert not jobs


def test_going_back_to_a_result_that_is_shown_is_no_wait_without_end(tab: Any) -> None:
    tab.view()
    first = tab.result
    tab._trial = None
    tab._run(tab.experiment)
    assert tab.result is not first
    assert not tab.summary.busy


def test_charts_are_shown_with_the_first_results(tab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(tab.session, "submit", lambda *given, key: begun.append(given))
    tab.view()
    seen = []
    for work, done, _failed in begun:
        assert tab.charts.visible == (tab.result is not None)
        seen.append(tab.charts.visible)
        done(work(Cancel()))
    # Of twelve pairs, in chunks of four, eight are the first milestone.
    assert seen == [False, False, True]
    assert tab.charts.visible


def test_what_is_wrong_is_told_and_changes_nothing(tab: Any) -> None:
    told: list[str] = []
    tab.session.on_notice = lambda text, kind: told.append(text)
    tab.view()
    before = tab.experiment
    tab._release("turnover.fade", 7.0)
    tab._set("start", "../baseline")
    tab._set("title", "")
    tab._set("seed", 10**12)
    tab._upload(None, "large.toml")
    tab._upload(b"[[[", "wrong.toml")
    assert len(told) == 6
    tab.restore(tab.state() | {"p": "no.such:1"})
    assert len(told) == 7
    assert str(UPLOAD_BYTES)[:2] in told[4]
    assert tab.experiment == before
    tab._save_intervention(None, {"kind": "authority", "month": "2001-01", "country": "CHL"})
    assert tab.interventions.error == "Give exactly one of these: Value, Change by."
    assert tab.experiment == before


def test_interventions_come_and_go(tab: Any) -> None:
    tab.view()
    change = {"kind": "authority", "month": "2001-01", "country": "CHL", "change": 0.3}
    tab._save_intervention(None, change)
    assert [item["fields"] for item in tab.interventions.items] == [change]
    tab._save_intervention(0, change | {"change": -0.3})
    assert tab.experiment.interventions()[0]["change"] == -0.3
    tab._remove_intervention(0)
    assert tab.experiment.interventions() == []


def test_tables_name_places_and_outcomes(shown: TrialResult, world: World) -> None:
    places = place_table(shown, "visits_to_lac", Names(world), english)
    assert 0 < len(places["rows"]) <= 15
    assert all(len(row) == len(places["head"]) for row in places["rows"])
    outcomes = outcome_table(shown, english)
    assert len(outcomes["rows"]) == len(shown.effects)
    assert {len(row) for row in outcomes["rows"]} == {len(outcomes["head"])}
    assert len(names()) == len(scenario_titles(english, load_world()))
