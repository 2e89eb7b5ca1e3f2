"""Chinese actors have one code each, whose first word tells the type."""

from __future__ import annotations

import pytest

from sim.core import enums as k
from sim.world import World
from sim.world.actors import VISITORS, actor_names, posting, visitor_names
from sim.world.positions import Positions


def test_codes_are_those_of_the_arrays_and_tell_the_type(world: World) -> None:
    names = actor_names(world)
    at = Positions(world)
    assert [code for codes in names.values() for code in codes] == at.actor_codes
    assert {kind: at.actor_codes[first] for kind, first in at.actor_offset.items()} == {
        kind: next(iter(codes)) for kind, codes in names.items()
    }
    for kind, codes in names.items():
        for code in codes:
            word, colon, _ = code.partition(":")
            assert (kind == k.PROVINCE) == (not colon)
            assert kind == k.PROVINCE or word == k.ACTOR_TYPES[kind]


def test_banks_and_associations_send_no_delegations(world: World) -> None:
    visitors = visitor_names(world)
    everyone = actor_names(world)
    assert set(visitors) == {code for kind in VISITORS for code in everyone[kind]}
    assert not set(visitors) & {*everyone[k.BANK], *everyone[k.ASSOCIATION]}


@pytest.mark.parametrize(
    ("code", "country"), [("embassy:CHL", "CHL"), ("firm:huawei", None), ("CN-HA", None)]
)
def test_only_embassies_are_posted(code: str, country: str | None) -> None:
    assert posting(code) == country
