"""Where Chinese actors go, and who receives them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.core import enums as k
from sim.rules import basics, outreach, pairs, powers, reception

if TYPE_CHECKING:
    from sim.world import World
    from tests.rules.conftest import Bench


def draw_of(bench: Bench, c: int) -> tuple[float, float]:
    """Return how much a locality and the centre of a country draw."""
    outreach.assess_country(bench.h, c, bench.t)
    country = bench.w.country[c]
    attraction = bench.w.place["attraction"]
    return float(attraction[country["first"]]), float(attraction[country["centre"]])


def test_authority_draws_outreach_to_localities_and_away_from_the_centre(bench: Bench) -> None:
    c = bench.country()
    bench.par(authority_effect=1.0, outreach_authority=1.6, outreach_centre_authority=2.0)
    local, centre = [], []
    for authority in (0.0, 0.5, 1.0):
        bench.w.country["authority"][c] = authority
        one, other = draw_of(bench, c)
        local.append(one)
        centre.append(other)
    assert local == sorted(local)
    assert local[0] < local[2]
    assert centre == sorted(centre, reverse=True)
    assert centre[0] > centre[2]


@pytest.mark.parametrize("cause", ["strain", "tension"])
def test_cooler_relations_turn_outreach_to_localities(bench: Bench, cause: str) -> None:
    c = bench.country()
    bench.par(outreach_strain=0.8, outreach_tension=0.5)
    bench.w.signal[bench.t, k.SIGNAL.us_china_tension] = 0.0
    local, centre = draw_of(bench, c)
    if cause == "strain":
        bench.w.country["strain"][c] = 1.0
    else:
        bench.w.signal[bench.t, k.SIGNAL.us_china_tension] = 1.0
    more, less = draw_of(bench, c)
    assert more > local
    assert less < centre


def test_lost_commodity_leverage_counts_less_where_security_ties_bind(bench: Bench) -> None:
    c = bench.country()
    bench.par(outreach_linkage=1.2)

    def gain(security: float) -> float:
        bench.w.country["security"][c] = security
        bench.w.signal[bench.t, k.SIGNAL.commodity_leverage] = 1.0
        before = draw_of(bench, c)[0]
        bench.w.signal[bench.t, k.SIGNAL.commodity_leverage] = 0.0
        return draw_of(bench, c)[0] / before

    assert gain(0.0) > gain(0.5) > gain(1.0)
    assert gain(1.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("table", "field", "sign"),
    [
        ("place", "demonstration", 1),
        ("place", "market", 1),
        ("place", "capital", 1),
        ("country", "smallness", -1),
    ],
)
def test_what_makes_a_locality_attractive(bench: Bench, table: str, field: str, sign: int) -> None:
    c = bench.country()
    row = c if table == "country" else int(bench.w.country["first"][c])
    getattr(bench.w, table)[field][row] = 0.0
    before = draw_of(bench, c)[0]
    getattr(bench.w, table)[field][row] = 1.0
    assert (draw_of(bench, c)[0] - before) * sign > 0.0


def test_agreements_draw_outreach_to_a_country(bench: Bench) -> None:
    c = bench.country()
    bench.w.accord[bench.t, c] = 0.0
    draw_of(bench, c)
    before = float(bench.w.country["pull"][c])
    bench.w.accord[bench.t, c] = 1.0
    draw_of(bench, c)
    assert bench.w.country["pull"][c] > before


def test_need_and_authority_raise_the_initiative_of_governors(bench: Bench) -> None:
    c = bench.country()
    base = outreach.initiative_of_country(bench.h, c, 0.2, bench.t)
    assert outreach.initiative_of_country(bench.h, c, 0.8, bench.t) > base
    bench.w.country["fiscal"][c] = 1.0
    assert outreach.initiative_of_country(bench.h, c, 0.2, bench.t) > base


def test_agreements_raise_the_initiative_of_governors(bench: Bench) -> None:
    c = bench.country()
    bench.w.accord[bench.t, c] = 0.0
    base = outreach.initiative_of_country(bench.h, c, 0.2, bench.t)
    bench.w.accord[bench.t, c] = 0.5
    raised = outreach.initiative_of_country(bench.h, c, 0.2, bench.t)
    assert raised - base == pytest.approx(0.5 * float(bench.w.par["outreach_accord"][0]))


def test_open_markets_turn_outreach_to_localities(bench: Bench) -> None:
    c = bench.country()
    bench.par(outreach_openness=1.0)
    local, centre = draw_of(bench, c)
    bench.w.country["tender"][c] = 1.0
    open_local, open_centre = draw_of(bench, c)
    assert open_local > local
    assert open_centre < centre


def test_a_countrys_draw_does_not_depend_on_how_it_is_divided(bench: Bench) -> None:
    w, c = bench.w, bench.country(least=4)
    first = int(w.country["first"][c])
    w.place["city_count"][first : first + 4] = 0
    w.place["demonstration"][first : first + 4] = 0.0
    w.place["capital"][first : first + 4] = 0
    w.added_authority[:] = 0.0
    w.place["added_authority"][:] = 0.0

    def pull(count: int) -> float:
        w.country["count"][c] = count
        w.place["market"][first : first + count] = math.log10(12.0 / count)
        outreach.assess_country(bench.h, c, bench.t)
        return float(w.country["local_pull"][c])

    assert pull(4) == pytest.approx(pull(2)) == pytest.approx(pull(1))


def test_delegations_rarely_leave_for_offices_without_authority(bench: Bench) -> None:
    w, c, a = bench.w, bench.country(), bench.actors(k.PROVINCE)[0]
    i, centre = bench.place(c), int(w.country["centre"][c])
    bench.par(outreach_powerless=0.6, authority_effect=1.0)

    def leaving(authority: float, place: int) -> float:
        w.country["authority"][c] = authority
        w.place["added_authority"][i] = 0.0
        months = range(1000)
        return float(np.mean([powers.is_worth_a_trip(bench.h, a, place, t) for t in months]))

    assert leaving(1.0, i) == 1.0
    assert leaving(0.0, centre) == 1.0
    assert leaving(0.0, i) == pytest.approx(0.4, abs=0.05)
    assert leaving(0.5, i) == pytest.approx(0.7, abs=0.05)


def test_who_works_without_recognition(bench: Bench) -> None:
    c = bench.country()
    friendship = bench.organisation(k.FRIENDSHIP)
    embassy = int(bench.w.country["embassy"][c])
    assert outreach.may_work_in(bench.h, embassy, c)
    assert outreach.chosen_country(bench.h, embassy, bench.t) == c
    bench.w.country["recognises"][c] = 0
    assert outreach.may_work_in(bench.h, friendship, c)
    assert not outreach.may_work_in(bench.h, embassy, c)
    assert outreach.chosen_country(bench.h, embassy, bench.t) == -1


def destinations(bench: Bench, a: int, months: int = 300) -> list[int]:
    """Return where an actor who travels every month goes."""
    bench.w.actor["rate"][a] = 1e9
    places = []
    for t in range(bench.t, bench.t + months):
        if t >= len(bench.w.signal):
            break
        outreach.seek_partner(bench.h, a, t)
        places.append(int(bench.w.actor["trip_place"][a]))
    return places


def test_the_friendship_association_reaches_countries_without_ties_the_embassy_does_not(
    bench: Bench,
) -> None:
    w = bench.w
    bench.take("outreach")
    c = bench.country()
    w.country["recognises"][:] = 0
    home = w.place["country"]
    reached = destinations(bench, bench.organisation(k.FRIENDSHIP))
    assert min(reached) >= 0
    assert len({int(home[i]) for i in reached}) > 3
    assert set(destinations(bench, int(w.country["embassy"][c]))) == {-1}
    w.country["recognises"][c] = 1
    abroad = destinations(bench, int(w.country["embassy"][c]))
    assert {int(home[i]) for i in abroad} == {c}


def departures(bench: Bench, a: int, months: int = 2000) -> float:
    """Return how many delegations an actor sends a month."""
    return float(np.mean([outreach.travels(bench.h, a, t) for t in range(months)]))


@pytest.mark.parametrize("kind", [k.PROVINCE, k.ORGANISATION, k.EMBASSY, k.FIRM])
def test_the_practised_travel_more(bench: Bench, kind: int) -> None:
    a = bench.actors(kind)[0]
    bench.w.run["outreach"] = 1.0
    for name in ("rate", "scale"):
        bench.w.actor[name][a] = 1.0
    bench.w.actor["active_since"][a] = 0
    bench.par(outreach_province_rate=0.1, outreach_organisation_rate=0.1,
              outreach_embassy_rate=0.1, outreach_firm_rate=0.1)  # fmt: skip
    found = {}
    for growth in (0.0, 2.0):
        bench.par(outreach_growth=growth)
        for practice in (0.0, 0.5, 1.0):
            bench.w.actor["practice"][a] = practice
            found[growth, practice] = departures(bench, a)
    assert found[0.0, 0.0] == found[0.0, 0.5] == found[0.0, 1.0] == found[2.0, 0.0]
    assert [found[2.0, p] for p in (0.0, 0.5, 1.0)] == pytest.approx([0.1, 0.2, 0.3], abs=0.03)


def test_technology_firms_travel_more(bench: Bench) -> None:
    a = bench.actors(k.FIRM)[0]
    bench.w.run["outreach"] = 1.0
    bench.w.actor["rate"][a], bench.w.actor["active_since"][a] = 1.0, 0
    found = {}
    for effect in (0.0, 2.0):
        bench.par(outreach_firm_rate=0.1, outreach_technology_rate=effect)
        for technology in (0, 1):
            bench.w.actor["technology"][a] = technology
            found[effect, technology] = departures(bench, a)
    assert found[0.0, 0] == found[0.0, 1] == found[2.0, 0]
    assert found[2.0, 0] == pytest.approx(0.1, abs=0.03)
    assert found[2.0, 1] == pytest.approx(0.3, abs=0.03)


def test_without_missions_all_bodies_are_alike(bench: Bench) -> None:
    c = bench.country()
    strong, weak = bench.organisation(k.PARTY), bench.organisation(k.EDUCATION)
    bench.w.run["outreach"] = 1.0
    bench.w.actor["rate"][[strong, weak]] = 4.0, 0.5
    bench.w.actor["centre_share"][[strong, weak]] = 1.0, 0.0
    bench.par(outreach_organisation_rate=0.1, outreach_mission=1.0)
    assert departures(bench, strong) == pytest.approx(0.4, abs=0.03)
    assert departures(bench, weak) == pytest.approx(0.05, abs=0.03)
    assert share_at_centre(bench, strong, c) == 1.0
    assert share_at_centre(bench, weak, c) == 0.0
    bench.par(outreach_mission=0.0)
    for a in (strong, weak):
        assert departures(bench, a) == pytest.approx(0.1, abs=0.03)
        assert share_at_centre(bench, a, c) == pytest.approx(0.5, abs=0.08)


def test_how_far_bodies_work_without_recognition(bench: Bench) -> None:
    c, a = bench.country(), bench.organisation(k.FRIENDSHIP)
    bench.take("outreach")
    bench.w.country["recognises"][c] = 0
    bench.w.country["pull"] = 1.0

    def share(draw: float) -> float:
        bench.par(outreach_unrecognised=draw)
        chosen = [outreach.chosen_country(bench.h, a, t) for t in range(600)]
        return chosen.count(c) / len(chosen)

    assert share(0.0) == 0.0
    assert not outreach.may_work_in(bench.h, a, c)
    some = share(1.0)
    assert outreach.may_work_in(bench.h, a, c)
    assert 0.0 < some < share(20.0)
    # Where Beijing is recognised everywhere the switch changes nothing.
    bench.w.country["recognises"] = 1
    assert share(0.0) == share(20.0)


def test_nobody_keeps_up_partners_where_bodies_do_not_work(bench: Bench) -> None:
    c, a = bench.country(), bench.organisation(k.FRIENDSHIP)
    i = bench.place(c)
    bench.take("outreach")
    bench.w.actor["first_tie"][a] = -1
    bench.w.tie_of[a] = -1
    bench.tie(a, i, 0.8)
    bench.w.country["recognises"][c] = 0
    assert outreach.known_partner(bench.h, a, bench.t) == i
    bench.par(outreach_unrecognised=0.0)
    assert outreach.known_partner(bench.h, a, bench.t) == -1


def test_strain_and_tension_restrain_executives_and_governors_unless_insulated(
    bench: Bench,
) -> None:
    c = bench.country()
    bench.par(initiative_strain=0.7, initiative_tension=0.5)
    found = {}
    for strain in (0.0, 1.0):
        for tension in (0.0, 1.0):
            bench.w.country["strain"][c] = strain
            bench.w.signal[bench.t, k.SIGNAL.us_china_tension] = tension
            outreach.assess_country(bench.h, c, bench.t)
            found[strain, tension] = float(bench.w.country["restraint"][c])
    assert list(found.values()) == pytest.approx([1.0, 0.5, 0.3, 0.15])
    for insulation, expected in ((1.0, 1.0), (0.5, 0.575), (0.0, 0.15)):
        bench.par(approval_insulation=insulation)
        assert outreach.local_restraint(bench.h, c) == pytest.approx(expected)


def test_firms_stay_at_home_until_they_are_active(bench: Bench) -> None:
    bench.take("outreach")
    a = bench.actors(k.FIRM)[0]
    bench.w.actor["active_since"][a] = bench.t + 20
    places = destinations(bench, a, 40)
    assert set(places[:20]) == {-1}
    assert min(places[20:]) >= 0


def test_coordination_steers_everyone_to_the_favoured_country(bench: Bench) -> None:
    bench.take("outreach")
    w, c = bench.w, bench.country()
    w.run["favoured"] = c
    a = bench.actors(k.PROVINCE)[0]
    bench.par(outreach_maintain=0.0, signals_coordination=0.0)
    alone = destinations(bench, a, 100)
    bench.par(signals_coordination=1.0)
    steered = destinations(bench, a, 100)
    assert {int(w.place["country"][i]) for i in steered} == {c}
    assert len({int(w.place["country"][i]) for i in alone}) > 3
    w.country["recognises"][c] = 0
    w.actor["needs_recognition"][a] = 1
    assert c not in {int(w.place["country"][i]) for i in destinations(bench, a, 100)}


def test_coordination_steers_trips_that_would_keep_up_partners_too(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    away = next(i for i in range(bench.localities) if w.place["country"][i] != c)
    bench.take("outreach")
    a, embassy = bench.actors(k.PROVINCE)[0], int(w.country["embassy"][w.place["country"][away]])
    bench.tie(a, away, 0.9)
    w.run["favoured"] = c
    bench.par(outreach_maintain=1.0, outreach_loyalty=50.0, signals_coordination=0.0)
    assert set(destinations(bench, a, 30)) == {away}
    bench.par(signals_coordination=1.0)
    assert {int(w.place["country"][i]) for i in destinations(bench, a, 30)} == {c}
    abroad = {int(w.place["country"][i]) for i in destinations(bench, embassy, 30) if i >= 0}
    assert abroad == {int(w.place["country"][away])}
    w.run["favoured"] = -1
    assert set(destinations(bench, a, 30)) == {away}


def test_known_partners_are_kept_up_by_trust(bench: Bench) -> None:
    c, a = bench.country(), bench.actors(k.PROVINCE)[0]
    one, other = bench.place(c, 0), bench.place(c, 1)
    bench.take("outreach")
    bench.w.actor["first_tie"][a] = -1
    bench.w.tie_of[a] = -1
    assert outreach.known_partner(bench.h, a, bench.t) == -1
    bench.w.place["attraction"][[one, other]] = 1.0
    bench.tie(a, one, 0.8)
    bench.tie(a, other, 0.2)
    bench.par(outreach_loyalty=6.0)
    chosen = [outreach.known_partner(bench.h, a, t) for t in range(300)]
    assert set(chosen) <= {one, other}
    assert chosen.count(one) > 5 * chosen.count(other)
    bench.par(outreach_loyalty=0.0)
    even = [outreach.known_partner(bench.h, a, t) for t in range(300)]
    assert 0.35 < even.count(one) / 300 < 0.65


def share_at_centre(bench: Bench, a: int, c: int) -> float:
    return float(np.mean([outreach.goes_to_centre(bench.h, a, c, t) for t in range(400)]))


def test_large_firms_go_to_the_centre_and_technology_firms_to_localities(bench: Bench) -> None:
    c, a = bench.country(), bench.actors(k.FIRM)[0]
    centre = int(bench.w.country["centre"][c])
    bench.w.place["attraction"][centre] = bench.w.country["local_pull"][c] = 1.0
    shares = {}
    for technology in (0, 1):
        for size in (0.1, 1.0):
            bench.w.actor["technology"][a] = technology
            bench.w.actor["scale"][a] = size
            shares[technology, size] = share_at_centre(bench, a, c)
    assert shares[0, 1.0] > shares[0, 0.1]
    assert shares[1, 1.0] < shares[0, 1.0]
    assert shares[1, 0.1] < 0.2


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_organisations_divide_their_contacts_by_mission(bench: Bench, share: float) -> None:
    c, a = bench.country(), bench.organisation(k.PARTY)
    bench.w.actor["centre_share"][a] = share
    assert share_at_centre(bench, a, c) == pytest.approx(share, abs=0.08)


def test_a_crowded_place_is_less_attractive_to_provinces(bench: Bench) -> None:
    i = bench.place(bench.country())
    province, firm = bench.actors(k.PROVINCE)[0], bench.actors(k.FIRM)[0]
    bench.w.match[firm, i] = 0.5
    bench.par(outreach_crowding=0.6)

    def fits(rivals: int, actor: int) -> float:
        bench.w.place["provinces"][i] = rivals
        return float(pairs.fit(bench.h, actor, i))

    assert fits(0, province) > fits(1, province) > fits(3, province) > fits(9, province)
    assert fits(3, firm) == fits(0, firm)
    # One's own living tie is no rival.
    alone = fits(0, province)
    bench.tie(province, i, 0.5)
    bench.par(outreach_trust=0.0)
    assert fits(1, province) == pytest.approx(alone)


def test_a_rivals_success_raises_a_provinces_effort(bench: Bench) -> None:
    w, (a, rival) = bench.w, bench.actors(k.PROVINCE)[:2]
    w.run["outreach"] = 1.0
    bench.par(outreach_province_rate=0.1, outreach_growth=0.0, outreach_emulation=2.0)
    w.actor["scale"][a] = 1.0
    alone = departures(bench, a)
    for _ in range(90):
        basics.count_success(bench.h, rival)
    assert departures(bench, a) > 1.5 * alone
    assert departures(bench, rival) < departures(bench, a)
    bench.par(outreach_emulation=0.0)
    assert departures(bench, a) == alone
    # Whoever is ahead need not try harder, and success is forgotten.
    bench.par(outreach_emulation=2.0)
    w.actor["success"][a] = 200.0
    assert departures(bench, a) == alone
    outreach.seek_partner(bench.h, a, bench.t)
    assert w.actor["success"][a] < 200.0


def test_embassies_tour_the_localities_not_visited_lately(bench: Bench) -> None:
    w, c = bench.w, bench.country()
    embassy = int(w.country["embassy"][c])
    one, other = bench.place(c, 0), bench.place(c, 1)
    w.place["attraction"][: len(w.place)] = 0.0
    w.place["attraction"][[one, other]] = 1.0
    w.country["local_pull"][c] = 1.0

    def share_of_one(since: int) -> float:
        chosen = []
        for t in range(bench.t, bench.t + 300):
            bench.tie(embassy, one, 0.9, latest=t - since)
            chosen.append(int(outreach.chosen_place(bench.h, embassy, c, t)))
        return chosen.count(one) / (chosen.count(one) + chosen.count(other))

    assert share_of_one(0) == 0.0
    assert 0.2 < share_of_one(12) < 0.45
    assert share_of_one(60) == pytest.approx(0.5, abs=0.08)


def test_a_firm_that_needs_a_coast_does_not_work_inland(bench: Bench, world: World) -> None:
    w = bench.w
    firm = bench.actors(k.FIRM)[0] + int(np.flatnonzero(world.firms["needs"] != "")[0])
    needed = world.firms["needs"].iloc[firm - bench.actors(k.FIRM)[0]]
    need = w.endowment[:, list(world.sectors["code"]).index(needed)]
    assert (need == 0.0).any()
    assert (w.match[firm][need == 0.0] == 0.0).all()
    assert (w.match[firm][need > 0.0] > 0.0).any()
    inland = int(np.flatnonzero(need == 0.0)[0])
    sector = int(w.strength[firm].argmax())
    w.endowment[inland, sector] = 1.0
    assert pairs.fit(bench.h, firm, inland) == 0.0
    assert not basics.can_work(bench.h, firm, inland, sector)


def test_match_and_trust_raise_the_fit(bench: Bench) -> None:
    i, a = bench.place(bench.country()), bench.actors(k.FIRM)[0]
    bench.par(outreach_match=1.5, outreach_trust=3.5)
    bench.w.match[a, i] = 0.1
    low = pairs.fit(bench.h, a, i)
    bench.w.match[a, i] = 0.9
    matched = pairs.fit(bench.h, a, i)
    bench.tie(a, i, 0.5)
    assert low < matched < pairs.fit(bench.h, a, i)


def test_offices_experience_and_diaspora_raise_affinity(bench: Bench) -> None:
    c, a = bench.country(), bench.actors(k.FIRM)[0]
    bench.w.office[a, c] = -1
    bench.w.country["diaspora"][c] = 0.0
    found = [outreach.affinity(bench.h, a, c, bench.t)]
    bench.w.experience[a, c] = 0.5
    found.append(outreach.affinity(bench.h, a, c, bench.t))
    bench.w.office[a, c] = bench.t
    found.append(outreach.affinity(bench.h, a, c, bench.t))
    bench.w.country["diaspora"][c] = 1.0
    found.append(outreach.affinity(bench.h, a, c, bench.t))
    assert found == sorted(set(found))
    diaspora, party = (bench.organisation(m) for m in (k.DIASPORA, k.PARTY))
    assert outreach.affinity(bench.h, diaspora, c, bench.t) > outreach.affinity(
        bench.h, party, c, bench.t
    )


def arrive(bench: Bench, i: int, worths: dict[int, float]) -> None:
    for a, worth in worths.items():
        bench.w.actor["trip_place"][a] = i
        bench.w.actor["trip_worth"][a] = worth
        bench.w.actor["trip_received"][a] = 0


@pytest.mark.parametrize("room", [1, 2, 3])
def test_an_office_receives_the_worthiest_it_has_room_for(bench: Bench, room: int) -> None:
    i = bench.place(bench.country())
    bench.w.actor["trip_place"] = -1
    bench.par(outreach_reception=room)
    arrive(bench, i, {0: 1.0, 1: 3.0, 2: 2.0, 3: 0.5})
    reception.gather_delegations(bench.h, bench.t)
    reception.receive_delegations(bench.h, i, bench.t)
    received = np.flatnonzero(bench.w.actor["trip_received"] == 1).tolist()
    assert received == sorted([1, 2, 0][:room])


def test_unwilling_offices_turn_some_away(bench: Bench) -> None:
    i = bench.place(bench.country())
    bench.par(outreach_reception=1.0)

    def received(will: float) -> int:
        bench.w.governor["will"][i] = will
        count = 0
        for t in range(200):
            bench.w.actor["trip_place"] = -1
            arrive(bench, i, {0: 1.0})
            reception.gather_delegations(bench.h, t)
            reception.receive_delegations(bench.h, i, t)
            count += int(bench.w.actor["trip_received"][0] == 1)
        return count

    assert received(1.0) == 200
    assert 70 < received(0.0) < 130


def test_every_delegation_is_listed_once_where_it_arrives(bench: Bench) -> None:
    w, i = bench.w, bench.place(bench.country())
    w.actor["trip_place"] = -1
    arrive(bench, i, {0: 1.0, 5: 1.0, 9: 1.0})
    arrive(bench, i + 1, {2: 1.0})
    reception.gather_delegations(bench.h, bench.t)
    listed = []
    a = int(w.place["guests"][i])
    while a >= 0:
        listed.append(a)
        a = int(w.actor["next_guest"][a])
    assert sorted(listed) == [0, 5, 9]
    assert w.place["guests"][i + 1] == 2
    assert (w.place["guests"] >= 0).sum() == 2


def test_sectors_come_from_strengths_and_endowments(bench: Bench) -> None:
    i, a = bench.place(bench.country()), bench.actors(k.FIRM)[0]
    bench.w.strength[a] = 0.0
    bench.w.strength[a, 4] = 1.0
    chosen = {outreach.sector_in_mind(bench.h, a, i, t) for t in range(50)}
    assert chosen == {4}


def test_the_centres_will_is_its_stance(bench: Bench) -> None:
    c = bench.country()
    centre = int(bench.w.country["centre"][c])
    for stance, will in ((-1.0, 0.0), (0.0, 0.5), (1.0, 1.0)):
        bench.w.country["stance"][c] = stance
        assert reception.office_will(bench.h, centre) == will
    i = bench.place(c)
    assert reception.office_will(bench.h, i) == 1.0
