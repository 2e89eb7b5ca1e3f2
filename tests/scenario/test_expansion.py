"""An intervention on many places and months does what as many plain ones do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.core import enums as k
from sim.core.calendar import month_index, month_name
from sim.core.errors import InputError
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.scenario.expansion import plain_interventions
from sim.scenario.schema import Scenario, build, load
from sim.world import World
from sim.world.positions import Positions

START, END = "2003-01", "2008-12"
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        file = tmp_path / "short.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return written


def made(*changes: dict[str, Any], **fields: Any) -> Scenario:
    given = {"name": "x", "title": "x", "start": START, "end": END, "interventions": changes}
    return build(given | fields)


def log_of(scenario: Scenario, world: World) -> bytes:
    """Return the events of a run, byte for byte."""
    w = simulate(initial_state(scenario, world), 7, 0)
    log: bytes = w.event[: int(w.run["events"][0])].tobytes()
    return log


def homes(world: World, country: str) -> list[str]:
    table = world.localities
    return [str(code) for code in table.loc[table["iso3"] == country, "code"]]


def test_four_lines_do_what_their_long_form_does(write: Write, world: World) -> None:
    text = """\
start = "2003-01"
end = "2008-12"
[[interventions]]
kind = "governor"
country = "BRA"
month = "2003-01"
every = 24
new = true
"""
    short = load(write(text), world)
    months = ["2003-01", "2005-01", "2007-01"]
    long = made(
        *(
            {"kind": "governor", "locality": code, "month": month, "name": "A. Person"}
            for month in months
            for code in homes(world, "BRA")
        )
    )
    assert log_of(short, world) == log_of(long, world)
    listed = made(
        {"kind": "governor", "locality": homes(world, "BRA"), "month": "2003-01", "every": 24,
         "new": True}
    )  # fmt: skip
    assert log_of(listed, world) == log_of(long, world)


def test_three_lines_change_governors_every_two_years(write: Write, world: World) -> None:
    """Brazil's law has terms of four years from January 2003 on; some governors are documented."""
    text = """\
extends = "baseline"
end = "2014-12"
interventions = [{ kind = "turnover", country = "BRA", month = "2000-01", pace = 2 }]
"""
    assert len(text.splitlines()) == 3
    at, scenario = Positions(world), load(write(text), world)
    assert {c.locality for c in plain_interventions(scenario, world)} == set(homes(world, "BRA"))  # type: ignore[attr-defined]
    plain = load("baseline", world).with_overrides(end="2014-12", seed=scenario.seed)
    documented = set(world.governors["locality"])
    free = [at.locality[code] for code in homes(world, "BRA") if code not in documented]

    def changes(chosen: Scenario) -> dict[int, int]:
        w = simulate(initial_state(chosen, world), chosen.seed, 0)
        log = w.event[: int(w.run["events"][0])]
        log = log[(log["kind"] == k.GOVERNOR_CHANGE) & np.isin(log["office"], free)]
        return dict(zip(*np.unique(log["month"], return_counts=True), strict=True))

    slow, fast = changes(plain), changes(scenario)
    assert {month % 48 for month in slow} == {36}
    assert {month % 24 for month in fast} == {12}
    assert sum(fast.values()) > 1.5 * sum(slow.values())


def test_interventions_are_added_by_their_fields(world: World) -> None:
    change = {"kind": "turnover", "country": "BRA", "month": "2003-01", "pace": 2.0}
    scenario = load("hostile-president", world)
    number = len(scenario.interventions) + 1
    more = scenario.with_interventions(change, world=world)
    assert more.interventions[:-1] == scenario.interventions
    assert more.interventions[-1].model_dump(exclude_none=True) == change
    with pytest.raises(InputError, match="BRAZ") as caught:
        scenario.with_interventions({**change, "country": "BRAZ"}, world=world)
    assert (caught.value.nearest, caught.value.field) == ("BRA", f"interventions.{number}.country")
    with pytest.raises(InputError, match="pace: 7 is out of range"):
        scenario.with_interventions({**change, "pace": 7}, world=world)


def test_every_governor_is_new_every_two_years_in_three_lines(write: Write, world: World) -> None:
    text = """\
extends = "baseline"
end = "2008-12"
interventions = [{ kind = "governor", country = "BRA", month = "2003-01", every = 24, new = true }]
"""
    plain = plain_interventions(load(write(text), world), world)
    assert {change.month for change in plain} == {"2003-01", "2005-01", "2007-01"}
    assert len(plain) == 3 * len(homes(world, "BRA"))


def test_plain_interventions_stay_as_they_are(world: World) -> None:
    scenario = load("hostile-president", world)
    assert all(
        one is other
        for one, other in zip(
            plain_interventions(scenario, world), scenario.interventions, strict=True
        )
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "authority", "value": 0.9},
        {"kind": "executive", "stance": -0.5},
        {"kind": "recognition", "recognises": "PRC"},
        {"kind": "programme", "sector": "renewables", "value": 0.5},
        {"kind": "shock", "what": "fiscal", "value": 0.5},
    ],
)
def test_countries_are_taken_one_by_one(fields: dict[str, Any], world: World) -> None:
    countries = list(world.countries["iso3"])
    month = {"month": "2004-01"}
    several = made(fields | month | {"country": countries[:3]})
    assert [c.country for c in plain_interventions(several, world)] == countries[:3]  # type: ignore[attr-defined]
    every = plain_interventions(made(fields | month | {"country": "all"}), world)
    assert len(every) == (1 if fields["kind"] == "shock" else len(countries))


def test_what_a_calendar_holds_ends(world: World) -> None:
    at = Positions(world)
    c, m = at.country["CHL"], month_index("2004-01")
    base = initial_state(made(), world)
    w = initial_state(
        made(
            {"kind": "authority", "month": "2004-01", "until": "2004-06", "country": "CHL",
             "value": 0.9},
            {"kind": "envelope", "month": "2004-01", "every": 12, "lasts": 3, "factor": 0.5},
        ),
        world,
    )  # fmt: skip
    assert (w.authority[m : m + 6, c] == 0.9).all()
    assert (w.authority[m + 6 :] == base.authority[m + 6 :]).all()
    halved = w.envelope != base.envelope
    bank = next(iter(at.bank.values()))
    months = [month_name(t) for t in range(len(halved)) if halved[t, bank]]
    assert months[:4] == ["2004-01", "2004-02", "2004-03", "2005-01"]


def test_a_parameter_gets_back_the_value_of_the_run(world: World) -> None:
    change = {"kind": "parameter", "parameter": "turnover.fade", "month": "2004-01", "value": 0.9}
    other = change | {"month": "2004-03", "value": 0.2}
    for own in (0.1, 0.4):
        short = made(
            change | {"until": "2004-06"}, other | {"until": "2004-04"},
            parameters={"turnover.fade": own},
        )  # fmt: skip
        long = made(
            change, other, change | {"month": "2004-05"},
            change | {"month": "2004-07", "value": own},
            parameters={"turnover.fade": own},
        )  # fmt: skip
        assert log_of(short, world) == log_of(long, world)


def test_recognition_goes_back_to_the_calendar(world: World) -> None:
    table = world.recognition.sort_values("start")
    later = table[table["start"] > month_index("2004-06")].iloc[0]
    country, switch = str(later["iso3"]), month_name(int(later["start"]))
    other = "Taiwan" if later["recognises"] == "PRC" else "PRC"
    change = {"kind": "recognition", "country": country, "recognises": later["recognises"]}
    short = made(change | {"month": "2003-03", "until": "2003-08"}, end="2012-12")
    found = [(c.month, c.recognises) for c in plain_interventions(short, world)]  # type: ignore[attr-defined]
    assert found[:3] == [
        ("2003-03", later["recognises"]),
        ("2003-09", other),
        (switch, later["recognises"]),
    ]


def test_clashes_are_found_among_the_plain_ones(write: Write, world: World) -> None:
    text = """\
[[interventions]]
kind = "governor"
locality = "all"
month = "2003-01"
every = 24
new = true

[[interventions]]
kind = "governor"
month = "2007-01"
locality = "BR-SP"
will = 0.9
"""
    with pytest.raises(InputError) as caught:
        load(write(text), world)
    assert caught.value.line == 8
    assert caught.value.field == "interventions.2"
    assert "in 2007-01 (BR-SP) as intervention 1" in caught.value.message


@pytest.mark.parametrize(
    ("line", "number", "field", "near"),
    [
        ('locality = ["BR-SP", "São Paulo"]', 3, "interventions.1.locality.2", "BR-SP"),
        ('country = ["BRA", "BRB", "Brasil"]', 3, "interventions.1.country.3", "BRA"),
        ('locality = "al"', 3, "interventions.1.locality", None),
    ],
)
def test_unknown_names_are_told_with_their_place(
    line: str, number: int, field: str, near: str | None, write: Write, world: World
) -> None:
    text = f'[[interventions]]\nkind = "visit"\n{line}\nactor = "CN-HA"\nmonth = "2005-01"\n'
    with pytest.raises(InputError) as caught:
        load(write(text), world)
    assert (caught.value.line, caught.value.field) == (number, field)
    if near is not None:
        assert near in str(caught.value.nearest)


def test_an_endless_number_of_changes_is_refused(write: Write, world: World) -> None:
    text = """\
[[interventions]]
kind = "visit"
locality = "all"
actor = "CN-HA"
month = "2000-01"
every = 1
"""
    with pytest.raises(InputError, match="at most 100,000"):
        load(write(text), world)
