from __future__ import annotations

import pytest

from sim.app.address import Address, read_address, write_address
from sim.app.limits import ADDRESS_CHARACTERS, VALUE_CHARACTERS

TABS = ("watch", "why")


def test_what_is_written_is_read_back() -> None:
    fields = {"watch": {"seed": "7", "look": "place:A B&C"}, "why": {"deal": "12"}}
    query = write_address("es", "why", fields, large=True)
    assert read_address(query, TABS) == Address("es", "why", fields, large=True)


@pytest.mark.parametrize(
    "query",
    [
        "?tab=nothing",
        "?elsewhere.seed=1",
        "?watch.=1",
        "?watch.seed=" + "9" * (VALUE_CHARACTERS + 1),
        "?watch.seed=%00",
        "?lang=../../x",
        "?x=" + "a" * ADDRESS_CHARACTERS,
        "?" + "&".join(f"watch.a{i}=1" for i in range(200)),
    ],
)
def test_what_cannot_be_read_is_left_out(query: str) -> None:
    read = read_address(query, TABS)
    assert read.left_out
    assert (read.language, read.tab, read.fields) == ("", "", {})
