"""Turn a mechanism off, or up, and what is documented of it weakens, or strengthens.

Runs pair by replicate. Margins are wide: the tests are about the direction of an effect, not its
size, and hold while parameters are calibrated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from sim.core import enums as k
from sim.core.state import Array, State
from sim.engine import outcomes
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.engine.timetable import STEPS
from sim.experiments.parameter_draws import with_parameters
from sim.scenario.schema import load
from sim.world import World

pytestmark = pytest.mark.slow  # each parameter takes pairs of runs of the whole region

REPLICATES = 12
END = "2014-12"

Measured = dict[str, Array]
Measure = Callable[..., Measured]


def measures(w: State) -> dict[str, float]:
    """Return the outcomes of one run, with a few that only these tests need."""
    counted = outcomes.count_events(w)
    result = outcomes.for_region(w, outcomes.by_place(w, counted), counted)
    log = w.event[: int(w.run["events"][0])]
    projects = w.project[: int(w.run["projects"][0])]
    dealt = projects[projects["dealt"] >= 0]
    strong = w.authority[0] >= np.sort(w.authority[0])[-5]
    local = dealt[dealt["level"] == k.LOCAL]
    visits = log[log["kind"] == k.VISIT_TO_LAC]
    visitors = w.actor["kind"][visits["actor"]]
    return (
        result
        | proposed(w, log, projects)
        | of_switches(w, log, projects)
        | {
            "local_deals_where_authority_is_high": outcomes.ratio(
                float(strong[local["country"]].sum()), len(local)
            ),
            "deals_in_capitals": outcomes.ratio(
                float(w.place["capital"][dealt["place"]].sum()), len(dealt)
            ),
            "loans": float(np.isin(log["kind"], (k.LOAN_LOCAL, k.LOAN_SOVEREIGN)).sum()),
            "loan_usd_m": float(dealt["loan"].sum()),
            "visits_at_centre": float((visits["place"] >= int(w.run["localities"][0])).sum()),
            "monthly_concentration": monthly_concentration(visits),
            "firm_visits": float((visitors == k.FIRM).sum()),
            "forum_visits": float(
                ((log["kind"] == k.VISIT_TO_CHINA) & (log["initiator"] == k.CHINA)).sum()
            ),
            "institutional": float(w.tie["institutional"][: int(w.run["ties"][0])].sum()),
            "offices": float((log["kind"] == k.OFFICE_OPENED).sum()),
            "visits_of_top_pairs": visits_of_top_pairs(visits[visitors == k.PROVINCE]),
            "rotations": float((log["kind"] == k.AMBASSADOR_ROTATION).sum()),
            "demonstration": float(w.place["demonstration"].sum()),
        }
    )


def visits_of_top_pairs(visits: Array) -> float:
    """Return the share of visits that the twentieth of pairs with most of them carries."""
    pairs = visits["actor"].astype(np.int64) * 10_000 + visits["place"]
    counts = np.sort(np.unique(pairs, return_counts=True)[1])[::-1]
    return outcomes.ratio(float(counts[: max(1, len(counts) // 20)].sum()), len(visits))


def proposed(w: State, log: Array, projects: Array) -> dict[str, float]:
    """Return how many projects were proposed, and memoranda signed, by which step of the month.

    The initiator does not tell: a wish is China's initiative where China began the relationship.
    """
    proposals = log[log["kind"] == k.PROPOSAL]
    verb_of = np.array([step.verb for step in STEPS])
    verbs = verb_of[proposals["step"]]
    # A plan of the executive may name no Chinese actor.
    kinds = np.where(proposals["actor"] >= 0, w.actor["kind"][proposals["actor"]], -1)
    technology = (w.actor["technology"][proposals["actor"]] == 1) & (proposals["actor"] >= 0)
    pitched = verbs == "register_pitch"
    signed = verb_of[log["step"][log["kind"] == k.MEMORANDUM]]
    # What was settled on a journey is signed in the very step of its proposal.
    settled = float((signed == "register_wish").sum())
    planned = projects["channel"] == k.BY_EXECUTIVE
    return {
        "wished": float((verbs == "register_wish").sum()) - settled,
        "pitched": float((pitched & (kinds == k.FIRM)).sum()),
        "pitched_by_provinces": float((pitched & (kinds == k.PROVINCE)).sum()),
        "pitched_technology": float((pitched & technology).sum()),
        "planned": float(planned.sum()),
        "planned_central": outcomes.ratio(
            float(w.sector["central"][projects["sector"][planned]].sum()), float(planned.sum())
        ),
        "planned_market": outcomes.ratio(
            float(w.place["market"][projects["place"][planned]].sum()), float(planned.sum())
        ),
        "settled_on_journeys": settled,
        "matched": float((signed == "sign_memoranda").sum()),
    }


def of_switches(w: State, log: Array, projects: Array) -> dict[str, float]:
    """Return outcomes that only one rule each moves."""
    localities = int(w.run["localities"][0])
    ties = w.tie[: int(w.run["ties"][0])]
    visits = log[log["kind"] == k.VISIT_TO_LAC]
    travelled = log["place"][log["kind"] == k.VISIT_TO_CHINA]
    bodies = visits[w.actor["kind"][visits["actor"]] == k.ORGANISATION]
    never = np.setdiff1d(
        np.flatnonzero(w.country["recognises"] == 0),
        log["country"][log["kind"] == k.RECOGNITION_SWITCH],
    )
    doors = log[log["kind"] == k.INTRODUCTION]
    forums = log["id"][(log["kind"] == k.VISIT_TO_CHINA) & (log["initiator"] == k.CHINA)]
    firms = w.actor["kind"][doors["actor"]] == k.FIRM
    on_journeys = np.array([step.verb for step in STEPS])[doors["step"]] == "make_journey"
    trips = np.bincount(bodies["actor"], minlength=len(w.actor))
    trips = trips[w.actor["kind"] == k.ORGANISATION]
    sent = visits[visits["place"] < localities]
    sent = sent[w.actor["kind"][sent["actor"]] == k.PROVINCE]
    hands = projects["hands"][(projects["dealt"] >= 0)]
    led = doors["cause0"][w.actor["kind"][doors["actor"]] == k.PROVINCE]
    return {
        "visits_to_cities": float((visits["office"] != visits["place"]).sum()),
        "ties_of_cities": float((w.place["tier"][ties["place"]] == k.CITY).sum()),
        "visits_of_provinces": float(len(sent)),
        "places_of_provinces": float(len(np.unique(sent["place"]))),
        "provinces_in_a_place": len(np.unique(sent["actor"] * localities + sent["place"]))
        / len(np.unique(sent["place"])),
        "deals_by_embassy": float((hands >> k.EMBASSY & 1).sum()),
        "provinces_led": float(np.isin(led, bodies["id"]).sum()),
        "countries_twinned": float(len(np.unique(ties["country"][ties["twinned"] >= 0]))),
        "provinces_without_recognition": float(np.isin(sent["country"], never).sum()),
        "bodies_without_recognition": float(np.isin(bodies["country"], never).sum()),
        "inequality_of_bodies": outcomes.gini(trips),
        "bodies_at_centre": outcomes.ratio(
            float((bodies["place"] >= localities).sum()), len(bodies)
        ),
        "journeys_of_large": float((w.place["market"][travelled] > 0.0).mean()),
        "showcases": float((np.isin(doors["cause0"], forums) & firms & on_journeys).sum()),
        "at_behest": float((ties["firm_request_of"] >= 0).sum()),
        "practice": float(w.actor["practice"].sum()),
        "experience": float(w.experience.sum()),
        "known_targets": known_targets(w, projects),
    }


def known_targets(w: State, projects: Array) -> float:
    """Return the share of firms' targets that lie where somebody had been before the bid."""
    bids = projects[projects["channel"] == k.BY_ACQUISITION]
    ties = w.tie[: int(w.run["ties"][0])]
    first = np.full(len(w.place), 10**6)
    np.minimum.at(first, ties["place"], ties["since"])
    return outcomes.ratio(float((first[bids["place"]] < bids["proposed"]).sum()), len(bids))


def monthly_concentration(visits: Array) -> float:
    """Return how far the visits of a month go to one country, averaged over months."""
    shares = []
    for t in np.unique(visits["month"]):
        countries = visits["country"][visits["month"] == t]
        if len(countries) > 3:
            shares.append(np.bincount(countries).max() / len(countries))
    return float(np.mean(shares))


@pytest.fixture(scope="module")
def measure(world: World) -> Measure:
    """Return a function from parameters to outcomes, one number a replicate."""
    base = load("baseline", world).with_overrides(end=END)
    template = initial_state(base, world)
    known: dict[tuple[tuple[str, float], ...], list[dict[str, float]]] = {}

    def measured(replicates: int = REPLICATES, **parameters: float) -> Measured:
        named = {name.replace("__", "."): value for name, value in parameters.items()}
        runs = known.setdefault(tuple(sorted(named.items())), [])
        begun = with_parameters(template, base.with_overrides(parameters=named))
        while len(runs) < replicates:
            runs.append(measures(simulate(begun, base.seed, len(runs))))
        return {name: np.array([run[name] for run in runs[:replicates]]) for name in runs[0]}

    return measured


def rises(one: Array, other: Array, errors: float = 3.0) -> bool:
    """Tell whether numbers are higher in the second, by so many standard errors of paired runs."""
    gain = other - one
    gain = gain[~np.isnan(gain)]
    error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) >= REPLICATES // 2 else np.inf
    return bool(gain.mean() > max(errors * error, 0.0))


def assert_rises(one: Mapping[str, Array], other: Mapping[str, Array], name: str) -> None:
    """Check that an outcome is higher in the second, far beyond the noise of paired runs."""
    assert rises(one[name], other[name]), f"{name}: {one[name].mean()} to {other[name].mean()}"


# What rises (+) or falls (-) when a parameter goes from one value to another.
EFFECTS = [
    ("turnover.fade", 0.0, 0.95, {"ties_lost_share": "+", "visits_to_lac": "-", "deals": "-"}),
    ("turnover.transition", 0.0, 1.0, {"ties_lost_share": "-"}),
    ("turnover.lapse_approved", 0.0, 1.0, {"lapses": "+", "deals": "-"}),
    ("turnover.lapse", 0.0, 1.0, {"deals": "-"}),
    ("turnover.pace", 0.5, 3.0, {"governor_changes": "+", "ties_lost": "+"}),
    ("authority.effect", 0.0, 1.0, {"local_deals_where_authority_is_high": "+"}),
    ("authority.threshold", 0.1, 0.9, {"deals_local": "-"}),
    ("authority.municipal", 0.0, 1.5, {"deals_municipal": "+", "visits_to_cities": "+"}),
    ("authority.municipal_margin", 0.0, 0.5, {"deals_municipal": "-"}),
    ("outreach.tiers", 0.05, 1.0, {"ties_of_cities": "+"}),
    ("outreach.courtesy", 0.0, 1.0, {"ties_of_cities": "+"}),
    ("outreach.courtesy_contact", 0.0, 1.0, {"institutional": "+"}),
    ("initiative.mayor", -4.0, 1.0, {"visits_to_china": "+"}),
    ("signals.policy", 0.0, 2.0, {"visits_to_lac": "+"}),
    ("signals.forum", 0.0, 1.0, {"forum_visits": "+"}),
    ("signals.showcase", 0.0, 1.0, {"showcases": "+"}),
    ("signals.slowdown", 0.0, 3.0, {"memoranda": "-"}),
    ("office.will_effect", 0.0, 1.0, {"refusals": "+"}),
    ("office.will_elasticity", 1.0, 3.0, {"wished": "-", "approvals_local": "-"}),
    ("pair.spread", 0.0, 2.0, {"visits_of_top_pairs": "+"}),
    ("memory.need", 0.0, 1.0, {"introductions": "-", "deals": "-"}),
    ("memory.decay", 0.0, 0.1, {"deals": "-"}),
    ("outreach.province_rate", 0.02, 0.2, {"visits_to_lac": "+", "deals": "+"}),
    ("outreach.firm_rate", 0.0, 0.1, {"firm_visits": "+", "pitched": "+"}),
    ("outreach.growth", 0.0, 8.0, {"visits_to_lac": "+", "practice": "+"}),
    ("outreach.technology_rate", 0.0, 6.0, {"firm_visits": "+", "pitched_technology": "+"}),
    ("outreach.mission", 0.0, 1.0, {"inequality_of_bodies": "+"}),
    ("outreach.unrecognised", 0.2, 2.0, {"bodies_without_recognition": "+"}),
    ("outreach.emulation", 0.0, 3.0, {"visits_of_provinces": "+", "places_of_provinces": "+"}),
    ("outreach.embassy_rate", 0.02, 0.6, {"deals_by_embassy": "+", "share_passed_on": "+"}),
    ("outreach.technology_office", 0.0, 1.0, {"offices": "+"}),
    ("outreach.led", 0.0, 1.0, {"provinces_led": "+"}),
    ("outreach.market", 0.2, 3.0, {"gini_countries": "+"}),
    ("outreach.capital", 0.0, 1.0, {"deals_in_capitals": "+"}),
    ("project.site_market", 0.0, 2.3, {"planned_market": "+"}),
    ("outreach.powerless", 0.0, 1.0, {"visits_to_lac": "-"}),
    ("outreach.openness", 0.0, 3.0, {"visits_at_centre": "-"}),
    ("project.site_capital", 0.0, 3.0, {"deals_in_capitals": "+"}),
    ("outreach.centre", -3.0, 2.0, {"visits_at_centre": "+"}),
    ("outreach.reception", 1.0, 6.0, {"declined_visits": "-"}),
    ("initiative.rate", -12.0, -5.0, {"visits_to_china": "+", "visits_from_lac": "+"}),
    ("initiative.means", 0.0, 3.0, {"journeys_of_large": "+"}),
    ("initiative.strain", 0.0, 1.0, {"state_visits": "-"}),
    ("tie.consolidation", 0.0, 0.1, {"institutional": "+", "ties_lost_share": "-"}),
    ("tie.introduction", 0.0, 1.0, {"introductions": "+"}),
    ("twinning.rate", 0.01, 0.1, {"twinnings": "+", "university_links": "+", "institutional": "+"}),
    ("twinning.capacity", 2.0, 12.0, {"twinnings": "+"}),
    ("twinning.market", 0.0, 1.5, {"countries_twinned": "-"}),
    ("twinning.standing", 0.0, 3.0, {"twinnings": "-"}),
    ("twinning.unprompted", 0.0, 3.0, {"twinnings_after_contact": "-"}),
    ("twinning.security", 0.0, 1.0, {"twinnings": "-"}),
    ("twinning.engagement", 0.0, 1.0, {"twinnings": "+", "twinnings_after_contact": "+"}),
    ("twinning.behest", 0.5, 5.0, {"at_behest": "+"}),
    ("project.wish", 0.0, 0.9, {"wished": "+", "deals": "+"}),
    ("project.pitch", 0.0, 1.0, {"pitched": "+"}),
    ("project.reconnaissance", 0.0, 1.0, {"pitched_by_provinces": "-"}),
    ("project.passing", 0.0, 4.0, {"share_passed_on": "+", "memoranda": "+"}),
    ("project.expertise", 0.0, 1.0, {"pitched_technology": "-"}),
    ("project.journey", 0.0, 1.0, {"settled_on_journeys": "+", "share_from_lac": "+"}),
    ("project.executive", 0.001, 0.2, {"planned": "+"}),
    ("project.executive_authority", 0.0, 2.0, {"planned": "+"}),
    ("project.executive_sector", 0.0, 3.0, {"planned_central": "+"}),
    ("approval.local", 0.02, 0.9, {"deals_local": "+"}),
    ("approval.central", 0.001, 0.2, {"deals_central": "+", "approvals_central": "+"}),
    ("approval.insulation", 0.0, 1.0, {"visits_to_china": "+", "approvals_local": "+"}),
    ("approval.consolidation", 0.0, 5.0, {"planned": "+", "approvals_central": "+"}),
    ("approval.endorsement", 0.0, 4.0, {"approvals_local": "+"}),
    ("approval.reinforcement", 0.0, 4.0, {"approvals_local": "+", "approvals_central": "+"}),
    ("approval.veto", 0.0, 0.5, {"vetoes": "+"}),
    ("approval.refusal", 0.0, 0.5, {"refusals": "+"}),
    ("tender.rivals", 0.0, 40.0, {"tenders_lost": "+"}),
    ("finance.envelope", 0.02, 3.0, {"loans": "+", "loan_usd_m": "+"}),
    ("finance.local_loans", 0.0, 1.0, {"local_loans": "+", "local_debt_usd_m": "+"}),
    ("finance.withholding", 0.0, 0.5, {"funds_withheld": "+"}),
    ("backlash.rate", 0.0005, 0.05, {"backlashes": "+", "cancelled_backlash": "+"}),
    ("backlash.referendum", 0.0, 1.0, {"referendums": "+", "cancelled_referendum": "+"}),
    ("construction.stall", 0.0, 0.1, {"completions": "-"}),
    ("acquisition.rate", 0.001, 0.05, {"deals_acquired": "+"}),
    ("learning.experience", 0.02, 0.5, {"experience": "+", "offices": "+"}),
    ("learning.practice", 0.005, 0.5, {"practice": "+", "visits_to_lac": "+"}),
    ("learning.demonstration", 0.0, 1.0, {"demonstration": "+"}),
    ("learning.office", 0.0, 0.2, {"offices": "+"}),
    ("views.gain", 0.0, 0.02, {"views": "+"}),
]


@pytest.mark.parametrize(("name", "low", "high", "signs"), EFFECTS, ids=[e[0] for e in EFFECTS])
def test_what_a_parameter_does(
    measure: Measure, name: str, low: float, high: float, signs: dict[str, str]
) -> None:
    # What half of the runs show as surely as all are asked to needs no more of them.
    for replicates, errors in ((REPLICATES // 2, 4.0), (REPLICATES, 3.0)):
        one, other = (measure(replicates, **{name: value}) for value in (low, high))
        left = [
            f"{outcome}: {one[outcome].mean():.3g} to {other[outcome].mean():.3g}"
            for outcome, sign in signs.items()
            for less, more in [(one, other) if sign == "+" else (other, one)]
            if not rises(less[outcome], more[outcome], errors)
        ]
        if not left:
            return
    pytest.fail("; ".join(left))


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("twinning.rate", ["twinnings", "university_links"]),
        ("twinning.behest", ["at_behest"]),
        ("twinning.institute", ["confucius_institutes"]),
        ("acquisition.rate", ["deals_acquired"]),
        ("finance.envelope", ["loans", "local_debt_usd_m"]),
        ("project.pitch", ["pitched"]),
        ("project.wish", ["wished"]),
        ("project.matching", ["matched"]),
        ("project.journey", ["settled_on_journeys"]),
        ("project.executive", ["planned"]),
        ("outreach.unrecognised", ["bodies_without_recognition"]),
        ("signals.forum", ["forum_visits"]),
        ("signals.showcase", ["showcases"]),
        ("approval.local", ["approvals_local", "deals_local"]),
        ("approval.veto", ["vetoes"]),
        ("backlash.rate", ["backlashes", "cancelled_backlash"]),
        ("backlash.referendum", ["referendums", "cancelled_referendum"]),
        ("finance.withholding", ["funds_withheld", "cancelled_withheld"]),
        ("learning.practice", ["practice"]),
        ("learning.experience", ["experience"]),
        ("learning.demonstration", ["demonstration"]),
    ],
)
def test_nothing_is_left_of_a_mechanism_turned_off(
    measure: Measure, name: str, gone: list[str]
) -> None:
    default, without = measure(), measure(**{name: 0.0})
    for outcome in gone:
        assert not without[outcome].any(), outcome
        assert default[outcome].any(), f"{outcome} does not occur by default either"


def test_offices_are_opened_by_experience_or_a_technology_firms_visit(measure: Measure) -> None:
    without = measure(learning__office=0.0, outreach__technology_office=0.0)
    assert not without["offices"].any()
    assert measure(learning__office=0.0)["offices"].any()


def test_the_centre_approves_what_it_is_asked_or_what_it_borrowed_for(measure: Measure) -> None:
    alone = measure(approval__central=0.0, finance__offer=0.0)
    for outcome in ("approvals_central", "deals_central"):
        assert not alone[outcome].any(), outcome
    assert measure(approval__central=0.0)["approvals_central"].any()


def test_strain_prevents_plans_for_which_no_bank_offers_a_loan(measure: Measure) -> None:
    # Credit on offer grows until it is taken up: with it, strain moves plans from place to place.
    free = measure(initiative__strain=0.0, finance__offer=0.0)
    strained = measure(initiative__strain=1.0, finance__offer=0.0)
    assert_rises(strained, free, "planned")


def test_coordination_makes_the_trips_of_a_month_alike(measure: Measure) -> None:
    # Trips to known partners are not steered, so that they would only blur the effect.
    explorers = {"outreach__maintain": 0.0}
    one = measure(signals__coordination=0.0, **explorers)
    other = measure(signals__coordination=0.9, **explorers)
    assert_rises(one, other, "monthly_concentration")
    assert other["monthly_concentration"].mean() > 1.3 * one["monthly_concentration"].mean()


def test_competition_spreads_provinces_and_a_herd_gathers(measure: Measure) -> None:
    # With one effort, crowding alone decides how they divide; emulation adds effort.
    competing = measure(outreach__crowding=1.5, outreach__emulation=0.0)
    herding = measure(outreach__crowding=-1.5, outreach__emulation=0.0)
    assert_rises(competing, herding, "provinces_in_a_place")
    assert_rises(herding, competing, "places_of_provinces")
    emulating = measure(outreach__crowding=1.5, outreach__emulation=3.0)
    assert_rises(competing, emulating, "visits_of_provinces")
    assert_rises(competing, emulating, "places_of_provinces")


def test_provinces_do_not_go_alone_where_taiwan_is_recognised(measure: Measure) -> None:
    found = measure()
    assert not found["provinces_without_recognition"].any()
    assert found["bodies_without_recognition"].mean() > 0.0


def test_acquirers_prefer_places_that_have_become_known(measure: Measure) -> None:
    # Bids are rare by default, too rare to compare where they go.
    often = {"acquisition__rate": 0.1}
    one, other = measure(acquisition__trust=0.0, **often), measure(acquisition__trust=6.0, **often)
    assert_rises(one, other, "known_targets")


def test_without_matches_journeys_and_plans_only_acquisitions_are_left(measure: Measure) -> None:
    plans = {"project__executive": 0.0}
    without = measure(project__matching=0.0, project__journey=0.0, **plans)
    for outcome in ("memoranda", "deals_local", "deals_central"):
        assert not without[outcome].any(), outcome
    assert without["deals_acquired"].any()
    by_journeys = measure(project__matching=0.0, **plans)
    assert (by_journeys["memoranda"] == by_journeys["settled_on_journeys"]).all()


def test_the_comparison_is_not_satisfied_by_noise(measure: Measure) -> None:
    for outcome in ("deals", "visits_to_lac", "twinnings"):
        with pytest.raises(AssertionError):
            assert_rises(measure(), measure(), outcome)


def test_the_documented_outlines_of_the_region(measure: Measure) -> None:
    """Deals concentrate, outreach is mostly China's, twinning mostly follows a contact."""
    base = measure()
    assert base["deals"].mean() > 30.0
    assert base["gini_countries"].mean() > 0.5
    assert base["visits_per_deal"].mean() > 1.0
    assert base["twinnings_after_contact"].mean() > 0.5
    assert 0.0 < base["conversion"].mean() < 1.0
    assert base["countries_with_deals"].mean() < 33.0
