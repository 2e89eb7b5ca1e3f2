"""The worlds of a claim: what each sets, and that equal worlds are one."""

from __future__ import annotations

from typing import Any

import numpy as np

from calibration.claims.claim import Claim
from calibration.claims.claim_experiments import ClaimPlan
from calibration.claims.claim_scenarios import ROLES, load_baseline, scenarios_of
from calibration.claims.world_runs import Templates
from sim.core.parameters import PARAMETERS
from sim.core.state import State
from sim.engine.initial_state import initial_state
from sim.experiments.parameter_draws import with_parameters
from sim.scenario.schema import Scenario
from sim.world import World, load_world


def changed(claim: Claim, **experiment: Any) -> Claim:
    """Return a claim whose experiment has other fields."""
    trial = claim.trial.model_copy(update=experiment)
    return claim.model_copy(update={"experiment": trial})


def test_a_claim_without_a_change_has_two_worlds(plain_claims: tuple[Claim, ...]) -> None:
    worlds = scenarios_of(plain_claims[0])
    assert tuple(worlds) == ROLES[:2]
    assert worlds["with"].parameters == {}
    assert worlds["without"].parameters == plain_claims[0].trial.without
    assert {w.end for w in worlds.values()} == {"2003-12"}


def test_a_claim_about_a_change_has_four_worlds(plain_claims: tuple[Claim, ...]) -> None:
    worlds = scenarios_of(plain_claims[2])
    assert tuple(worlds) == ROLES
    assert [len(w.interventions) for w in worlds.values()] == [5, 5, 0, 0]
    assert [w.parameters for w in worlds.values()] == [{}, {"outreach.strain": 0.0}] * 2


def test_a_list_stands_for_an_intervention_with_each_value(
    plain_claims: tuple[Claim, ...],
) -> None:
    months, localities = ["2001-01", "2002-01"], ["AR-B", "BR-SP", "CL-RM"]
    order = {"month": months, "kind": "governor", "locality": localities, "will": 0.9}
    claim = changed(plain_claims[0], interventions=(order,))
    made = scenarios_of(claim)["without"].model_dump()["interventions"]
    assert {(item["month"], item["locality"]) for item in made} == {
        (month, locality) for month in months for locality in localities
    }
    assert len(made) == 6


def test_what_a_claim_sets_to_its_default_is_not_drawn(plain_claims: tuple[Claim, ...]) -> None:
    fade = PARAMETERS["turnover.fade"].default
    world = scenarios_of(changed(plain_claims[0], world={"turnover.fade": fade}))["with"]
    template = initial_state(world, load_world())
    state = with_parameters(template, world, {"turnover.fade": 0.123, "tie.contact": 0.3})
    assert state.par["turnover_fade"][0] == fade
    assert state.par["tie_contact"][0] == 0.3


def test_worlds_that_claims_share_run_once(plain_claims: tuple[Claim, ...]) -> None:
    first, second, third, fourth, _ = plain_claims
    plan = ClaimPlan([first, second, fourth], replicates=4)
    # Three claims with the same months: the baseline and three worlds without something.
    assert len(plan.worlds) == 4
    assert plan.runs == 16
    shared = plan.worlds[plan.roles["T01"]["with"]]
    assert len(shared.measurements) == 3
    assert sorted(len(part) for _, part in plan.chunks()) == [1, 1, 1, 1]
    assert len(ClaimPlan([third], replicates=25).worlds) == 4


def test_chunks_cover_every_run_once(plain_claims: tuple[Claim, ...]) -> None:
    plan = ClaimPlan(plain_claims, [{}] * 23, replicates=3)
    runs = [(key, draw) for key, part in plan.chunks() for draw in part]
    assert 3 * len(runs) == 3 * len(set(runs)) == plan.runs


def differing(a: State, b: State) -> list[str]:
    """Return the arrays whose bytes differ; some hold nan, and rows of events not used anything."""

    def held(w: State, name: str) -> Any:
        return w.event[: w.run[0]["events"]] if name == "event" else getattr(w, name)

    pairs = {name: (held(a, name), held(b, name)) for name in State._fields}
    return [name for name, (one, other) in pairs.items() if one.tobytes() != other.tobytes()]


def test_worlds_that_differ_by_parameters_may_share_a_template(world: World) -> None:
    """The initial state depends on parameters nowhere but in their own table."""
    plain = load_baseline().with_overrides(end="2001-12")
    for bound in ("low", "high"):
        values = {name: getattr(entry, bound) for name, entry in PARAMETERS.items()}
        other = plain.with_overrides(parameters=values)
        template = with_parameters(initial_state(plain, world), other, {})
        fresh = initial_state(other, world)
        assert not [n for n in differing(template, fresh) if n not in ("par", "par_values")]
        assert template.par.tobytes() == fresh.par.tobytes()
        assert np.shares_memory(template.par, template.par_values)


def test_templates_are_kept_for_worlds_that_differ_by_parameters(world: World) -> None:
    templates = Templates(world)
    plain = load_baseline().with_overrides(end="2001-12")
    other: Scenario = plain.with_overrides(parameters={"turnover.fade": 0.1})
    first, second = templates.initial(plain, {}), templates.initial(other, {})
    assert first.place is second.place
    assert first.par["turnover_fade"][0] != second.par["turnover_fade"][0]
    longer = templates.initial(plain.with_overrides(end="2002-12"), {})
    assert len(longer.signal) > len(first.signal)
