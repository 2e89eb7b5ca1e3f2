"""Turn a mechanism off, or up, and what is documented of it weakens, or strengthens.

Runs pair by replicate. Margins are wide: the tests are about the direction of an effect, not its
size, and hold while parameters are calibrated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from sim import kinds as k
from sim import outcomes
from sim.engine import simulate
from sim.initial import initial_state
from sim.scenario import load
from sim.state import Array, State
from sim.world import World

REPLICATES = 12
END = "2014-12"

Measured = dict[str, Array]
Measure = Callable[..., Measured]


def measures(w: State) -> dict[str, float]:
    """Return the outcomes of one run, with a few that only these tests need."""
    result = outcomes.for_region(w, outcomes.by_place(w))
    log = w.event[: int(w.run["events"][0])]
    projects = w.project[: int(w.run["projects"][0])]
    dealt = projects[projects["dealt"] >= 0]
    strong = w.authority[0] >= np.sort(w.authority[0])[-5]
    local = dealt[dealt["level"] == k.LOCAL]
    visits = log[log["kind"] == k.VISIT_TO_LAC]
    pitched = (projects["initiator"] == k.CHINA) & (projects["channel"] == k.FIRM)
    wished = (projects["initiator"] == k.LAC) & (projects["channel"] != k.BY_EXECUTIVE)
    by_firms = visits["actor"][w.actor["kind"][visits["actor"]] == k.FIRM]
    return result | {
        "local_deals_where_authority_is_high": outcomes.ratio(
            float(strong[local["country"]].sum()), len(local)
        ),
        "loans": float(np.isin(log["kind"], (k.LOAN_LOCAL, k.LOAN_SOVEREIGN)).sum()),
        "loan_usd_m": float(dealt["loan"].sum()),
        "visits_at_centre": float((visits["place"] >= int(w.run["localities"][0])).sum()),
        "monthly_concentration": monthly_concentration(visits),
        "firm_visits": float(len(by_firms)),
        "pitched": float(pitched.sum()),
        "wished": float(wished.sum()),
        "forum_visits": float(
            ((log["kind"] == k.VISIT_TO_CHINA) & (log["initiator"] == k.CHINA)).sum()
        ),
        "institutional": float(w.tie["institutional"][: int(w.run["ties"][0])].sum()),
        "offices": float((log["kind"] == k.OFFICE_OPENED).sum()),
        "rotations": float((log["kind"] == k.AMBASSADOR_ROTATION).sum()),
        "demonstration": float(w.place["demonstration"].sum()),
    }


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
    known: dict[tuple[tuple[str, float], ...], Measured] = {}

    def measured(**parameters: float) -> Measured:
        named = {name.replace("__", "."): value for name, value in parameters.items()}
        key = tuple(sorted(named.items()))
        if key not in known:
            scenario = base.with_overrides(parameters=named)
            template = initial_state(scenario, world)
            runs = [measures(simulate(template, scenario.seed, r)) for r in range(REPLICATES)]
            known[key] = {name: np.array([run[name] for run in runs]) for name in runs[0]}
        return known[key]

    return measured


def assert_rises(one: Mapping[str, Array], other: Mapping[str, Array], name: str) -> None:
    """Check that an outcome is higher in the second, far beyond the noise of paired runs."""
    gain = other[name] - one[name]
    gain = gain[~np.isnan(gain)]
    assert len(gain) >= REPLICATES // 2
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    assert gain.mean() > 3.0 * error, f"{name}: {one[name].mean():.3g} to {other[name].mean():.3g}"
    assert gain.mean() > 0.0


# What rises (+) or falls (-) when a parameter goes from one value to another.
EFFECTS = [
    ("turnover.fade", 0.0, 0.95, {"ties_lost": "+", "ties_lost_share": "+"}),
    ("turnover.lapse", 0.0, 1.0, {"deals": "-"}),
    ("turnover.pace", 0.5, 3.0, {"governor_changes": "+", "ties_lost": "+"}),
    ("authority.effect", 0.0, 1.0, {"local_deals_where_authority_is_high": "+"}),
    ("authority.threshold", 0.1, 0.9, {"deals_local": "-"}),
    ("signals.policy", 0.0, 2.0, {"visits_to_lac": "+"}),
    ("signals.forum", 0.0, 1.0, {"forum_visits": "+"}),
    ("signals.slowdown", 0.0, 3.0, {"memoranda": "-"}),
    ("outreach.province_rate", 0.02, 0.2, {"visits_to_lac": "+", "deals": "+"}),
    ("outreach.firm_rate", 0.0, 0.1, {"firm_visits": "+", "pitched": "+"}),
    ("outreach.market", 0.2, 3.0, {"gini_countries": "+"}),
    ("outreach.centre", -3.0, 2.0, {"visits_at_centre": "+"}),
    ("outreach.reception", 1.0, 6.0, {"declined_visits": "-"}),
    ("initiative.rate", -12.0, -5.0, {"visits_to_china": "+", "visits_from_lac": "+"}),
    ("tie.consolidation", 0.0, 0.1, {"institutional": "+", "ties_lost_share": "-"}),
    ("tie.introduction", 0.0, 1.0, {"introductions": "+"}),
    ("twinning.rate", 0.01, 0.1, {"twinnings": "+", "university_links": "+", "institutional": "+"}),
    ("twinning.unprompted", 0.0, 3.0, {"twinnings_after_contact": "-"}),
    ("twinning.security", 0.0, 1.0, {"twinnings": "-"}),
    ("project.wish", 0.0, 0.9, {"wished": "+", "share_from_lac": "+"}),
    ("project.pitch", 0.0, 1.0, {"pitched": "+"}),
    ("approval.local", 0.02, 0.9, {"deals_local": "+"}),
    ("approval.central", 0.001, 0.2, {"deals_central": "+", "approvals_central": "+"}),
    ("approval.veto", 0.0, 0.5, {"vetoes": "+"}),
    ("approval.refusal", 0.0, 0.5, {"refusals": "+"}),
    ("tender.rivals", 0.0, 40.0, {"tenders_lost": "+"}),
    ("finance.envelope", 0.02, 3.0, {"loans": "+", "loan_usd_m": "+"}),
    ("finance.local_loans", 0.0, 1.0, {"local_loans": "+", "local_debt_usd_m": "+"}),
    ("finance.withholding", 0.0, 0.5, {"funds_withheld": "+"}),
    ("backlash.rate", 0.0005, 0.05, {"backlashes": "+", "cancelled_backlash": "+"}),
    ("construction.stall", 0.0, 0.1, {"completions": "-"}),
    ("acquisition.rate", 0.001, 0.05, {"deals_acquired": "+"}),
    ("learning.demonstration", 0.0, 1.0, {"demonstration": "+"}),
    ("learning.office", 0.0, 0.2, {"offices": "+"}),
    ("views.gain", 0.0, 0.02, {"views": "+"}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "low", "high", "signs"), EFFECTS, ids=[e[0] for e in EFFECTS])
def test_what_a_parameter_does(
    measure: Measure, name: str, low: float, high: float, signs: dict[str, str]
) -> None:
    one = measure(**{name: low})
    other = measure(**{name: high})
    for outcome, sign in signs.items():
        if sign == "+":
            assert_rises(one, other, outcome)
        else:
            assert_rises(other, one, outcome)


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("twinning.rate", ["twinnings", "university_links"]),
        ("twinning.institute", ["confucius_institutes"]),
        ("acquisition.rate", ["deals_acquired"]),
        ("finance.envelope", ["loans", "local_debt_usd_m"]),
        ("project.pitch", ["pitched"]),
        ("project.wish", ["wished"]),
        ("project.matching", ["memoranda", "deals_local", "deals_central"]),
        ("signals.forum", ["forum_visits"]),
        ("approval.local", ["approvals_local", "deals_local"]),
        ("approval.central", ["approvals_central", "deals_central"]),
        ("approval.veto", ["vetoes"]),
        ("backlash.rate", ["backlashes", "cancelled_backlash"]),
        ("finance.withholding", ["funds_withheld", "cancelled_withheld"]),
        ("learning.demonstration", ["demonstration"]),
        ("learning.office", ["offices"]),
    ],
)
def test_nothing_is_left_of_a_mechanism_turned_off(
    measure: Measure, name: str, gone: list[str]
) -> None:
    default, without = measure(), measure(**{name: 0.0})
    for outcome in gone:
        assert not without[outcome].any(), outcome
        assert default[outcome].any(), f"{outcome} does not occur by default either"


def test_coordination_makes_the_trips_of_a_month_alike(measure: Measure) -> None:
    # Trips to known partners are not steered, so that they would only blur the effect.
    explorers = {"outreach__maintain": 0.0}
    one = measure(signals__coordination=0.0, **explorers)
    other = measure(signals__coordination=0.9, **explorers)
    assert_rises(one, other, "monthly_concentration")
    assert other["monthly_concentration"].mean() > 1.3 * one["monthly_concentration"].mean()


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
