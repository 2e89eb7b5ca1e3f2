from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.core.calendar import month_index
from sim.core.enums import EVENTS, EventKind
from sim.core.errors import InputError
from sim.experiments.saved_run import read_events
from sim.report import biography as b
from sim.report import figure_style
from sim.report.compare_text import kind_words
from sim.report.deal_filter import deal_filter
from sim.report.event_phrases import Event, EventDescriber
from sim.report.timeline_lanes import draw_biography
from sim.results.run_result import Run
from sim.world import World

pytestmark = pytest.mark.slow  # projects are traced through runs of the whole region


@pytest.fixture(scope="module")
def events(small_run: Run) -> pd.DataFrame:
    frame = small_run.events
    return frame[frame["replicate"] == 0]


@pytest.fixture(scope="module")
def deals(events: pd.DataFrame) -> list[str]:
    return b.project_ids(events, 0)


@pytest.fixture(scope="module")
def lives(events: pd.DataFrame, deals: list[str]) -> list[b.Biography]:
    return [b.trace_project(events, deal) for deal in deals]


def event(key: str, kind: str, month: str = "2005-01", country: str | None = None) -> Event:
    return Event(key, month, kind, None, country, None)


def test_every_forum_of_a_month_has_its_own_name(events: pd.DataFrame, world: World) -> None:
    held, names = events[events["kind"] == "forum"], EventDescriber(world)
    for month, ids in held.groupby("month", observed=True)["event_id"]:
        listed = world.forums.loc[world.forums["month"] == month_index(str(month)), "name"]
        assert sorted(names.forum(key) for key in ids) == sorted(listed)
    assert held["month"].duplicated().any(), "no month has several"
    key, month = held[["event_id", "month"]].iloc[0]
    assert names.sentence(event(key, "forum", month)) == f"China holds {names.forum(key)}."


def test_a_life_begins_with_a_contact_or_with_the_project(lives: list[b.Biography]) -> None:
    assert len(lives) > 10
    for life in lives:
        first = life.lines[0]
        assert first.event.kind in b.CONTACTS or first.lane == b.PROJECT
        assert (life.met is None) == (first.lane == b.PROJECT)
    assert sum(life.met is not None for life in lives) > len(lives) / 2


def test_causes_exist_come_first_and_lead_to_the_project(
    events: pd.DataFrame, lives: list[b.Biography]
) -> None:
    position = {key: i for i, key in enumerate(events["event_id"])}
    for life in lives:
        places = [position[line.event.event_id] for line in life.lines]
        assert places == sorted(places)
        needed = {cause for line in life.lines for cause in line.event.causes}
        for line in life.lines:
            assert len(line.causes) == len(line.event.causes)
            for cause in line.causes:
                assert position[cause.event_id] < position[line.event.event_id]
                assert cause.month <= line.event.month
            assert line.lane == b.PROJECT or life.left_out or line.event.event_id in needed


def test_a_life_holds_every_event_of_its_project(
    events: pd.DataFrame, lives: list[b.Biography]
) -> None:
    for life in lives:
        mine = events.loc[events["project_id"] == life.project, "event_id"]
        assert [e.event_id for e in life.own] == mine.tolist()
        assert {e.project for e in life.own} == {life.project}


def test_lanes_tell_what_belongs_elsewhere(lives: list[b.Biography]) -> None:
    for life in lives:
        place = life.own[0].locality
        for line in life.lines:
            away = line.event.locality not in (None, place)
            other = line.event.project not in (None, life.project)
            assert (line.lane == b.ELSEWHERE) == (away or other)


def test_text_is_narrow_and_names_things(world: World, lives: list[b.Biography]) -> None:
    names = EventDescriber(world)
    for life in lives:
        text = b.text_of(life, names)
        assert max(map(len, text.splitlines())) <= b.WIDTH
        assert str(life.project) in text
        assert "\u00a0" not in text
        assert not re.search(r"\b(?:firm|bank|embassy|organisation|association):|\{|\bNone\b", text)
        months = re.findall(r"^(\d{4}-\d\d)  ", text, re.MULTILINE)
        assert months == sorted(set(months))


def test_a_beginning_that_fits_one_project_will_do(events: pd.DataFrame, deals: list[str]) -> None:
    every, deal = b.project_ids(events, 0, deals=False), deals[0]
    short = next(deal[:n] for n in range(1, 20) if sum(p.startswith(deal[:n]) for p in every) == 1)
    assert b.find_project(events, short, 0) == deals[0]
    assert b.biography_of(events, short) == b.biography_of(events, deals[0])
    # As typed by hand: without the letter, in small letters, with O for 0 and l for 1.
    typed = deal[1:].lower().replace("0", "o").replace("1", "l")
    assert b.find_project(events, typed, 0) == deal


def test_wrong_deals_and_runs_are_refused(events: pd.DataFrame, deals: list[str]) -> None:
    with pytest.raises(InputError, match=f"no project 'none'.*{deals[0]}"):
        b.biography_of(events, "none")
    with pytest.raises(InputError, match="projects begin with 'P1'"):
        b.biography_of(events, "1")
    with pytest.raises(InputError, match="no project ''"):
        b.biography_of(events, "")
    wrong = f"{deals[0]}0"
    with pytest.raises(InputError, match=f"Did you mean '{deals[0]}'"):
        b.biography_of(events, wrong)
    with pytest.raises(InputError, match="Allowed: 0 to 0"):
        b.biography_of(events, deals[0], replicate=7)


def test_biography_from_a_folder_is_the_same(
    small_run: Run, small_run_folder: Path, deals: list[str]
) -> None:
    text = b.biography_of(small_run.events, deals[0])
    assert b.biography_of(read_events(small_run_folder, 0), deals[0]) == text
    assert small_run.explain(deals[0]) == text
    with pytest.raises(InputError, match="Allowed: 0 to 2"):
        read_events(small_run_folder, 3)
    with pytest.raises(InputError, match="not the folder of a finished run"):
        read_events(small_run_folder.parent, 0)


def test_table_lists_every_deal(small_run: Run, events: pd.DataFrame, deals: list[str]) -> None:
    lines = b.deals_table(events).splitlines()
    assert [line.split()[0] for line in lines[2:]] == deals
    rows = small_run.deals[small_run.deals["replicate"] == 0]
    assert sorted(deals) == sorted(rows["project_id"])
    nothing = events[events["kind"] != "deal"]
    assert b.deals_table(nothing) == "Run 0 has no deals."


def test_deals_are_listed_by_country_place_sector_and_year(
    events: pd.DataFrame, world: World
) -> None:
    every = b.deals_of(events)
    one = next(deal for deal in every if deal.locality is not None)
    units = dict(zip(world.localities["code"], world.localities["name"], strict=True))
    unit, year = units[one.locality], int(one.month[:4])
    filters: dict[str, Any] = {
        "country": (one.country or "").lower(),
        "place": unit.upper(),
        "sector": one.sector,
        "year": year,
    }
    homes = {code for code, name in units.items() if name == unit}
    has: dict[str, Callable[[Event], bool]] = {
        "country": lambda e: e.country == one.country,
        "place": lambda e: e.locality in homes,
        "sector": lambda e: e.sector == one.sector,
        "year": lambda e: e.month[:4] == one.month[:4],
    }
    for name, value in filters.items():
        meant = deal_filter(world, **{name: value})
        found = b.deals_of(events, 0, meant)
        assert found == [e for e in every if has[name](e)]
        assert 0 < len(found) < len(every)
        assert len(b.deals_table(events, 0, world, meant).splitlines()) == len(found) + 2
    assert one in b.deals_of(events, 0, deal_filter(world, **filters))
    nobody = deal_filter(world, year=1999)
    assert b.deals_table(events, 0, world, nobody) == "Run 0 has no such deals."


@pytest.mark.parametrize(
    ("name", "given", "nearest"),
    [
        ("country", "Argentinia", "Argentina"),
        ("place", "AR-YY", "AR-Y"),
        ("sector", "x", None),
        ("sector", "litium", "lithium"),
    ],
)
def test_a_filter_for_what_is_not_there_is_refused(
    name: str, given: str, nearest: str | None, world: World
) -> None:
    wanted: dict[str, Any] = {name: given}
    with pytest.raises(InputError, match=f"there is no {name} '{given}'") as caught:
        deal_filter(world, **wanted)
    assert caught.value.nearest == nearest


def test_many_contacts_are_shortened_but_the_first_stays(world: World) -> None:
    count = 60
    rows = [
        {
            "event_id": str(n),
            "kind": "visit_to_lac",
            "project_id": None,
            "causes": [str(n - 1)] if n > 1 else [],
        }
        for n in range(1, count + 1)
    ]
    rows.append(
        {"event_id": "99", "kind": "proposal", "project_id": "P5", "causes": ["30", str(count)]}
    )
    frame = pd.DataFrame(rows).assign(
        replicate=0,
        month=[f"{2000 + n // 12}-{n % 12 + 1:02d}" for n in range(len(rows))],
        chinese_actor="p",
        country="c",
        locality="l",
        initiator="china",
        sector="s",
        value_usd_m=1.0,
    )
    life = b.trace_project(frame, "P5")
    told = [line.event.event_id for line in life.lines]
    assert life.left_out == count - b.MOST_TIES
    assert {"1", "30", str(count), "99"} <= set(told)
    assert "36 further contacts" in b.text_of(life, EventDescriber(world))


def test_what_happened_elsewhere_is_named_but_not_followed(world: World) -> None:
    frame = pd.DataFrame(
        [
            {
                "event_id": "1",
                "kind": "visit_to_lac",
                "locality": "l",
                "project_id": None,
                "causes": [],
            },
            {
                "event_id": "2",
                "kind": "visit_to_lac",
                "locality": "m",
                "project_id": None,
                "causes": [],
            },
            {"event_id": "3", "kind": "deal", "locality": "m", "project_id": "P8", "causes": ["2"]},
            {
                "event_id": "4",
                "kind": "proposal",
                "locality": "l",
                "project_id": "P9",
                "causes": ["1", "3"],
            },
        ]
    ).assign(
        replicate=0,
        initiator="china",
        country="c",
        value_usd_m=1.0,
        month="2005-01",
        chinese_actor="p",
        sector="s",
    )
    life = b.trace_project(frame, "P9")
    assert [line.event.event_id for line in life.lines] == ["1", "3", "4"]
    assert life.lines[1].lane == b.ELSEWHERE
    assert "another project in m" in b.text_of(life, EventDescriber(world))


def test_a_project_without_contact_says_so() -> None:
    frame = pd.DataFrame(
        {
            "replicate": [0, 0],
            "event_id": ["1", "2"],
            "month": ["2005-01", "2005-02"],
            "kind": ["executive_change", "proposal"],
            "chinese_actor": [None, "p"],
            "country": ["c", "c"],
            "locality": [None, "l"],
            "initiator": ["none", "lac"],
            "sector": [None, "s"],
            "project_id": [None, "P9"],
            "value_usd_m": [None, 2.0],
            "causes": [[], ["1"]],
        }
    )
    text = b.biography_of(frame, "P9")
    assert "No contact came before" in text
    assert "The national executive of c proposes a project in l" in text
    assert "after the change of national executive (January 2005)" in text


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.name)
def test_every_kind_is_put_into_words(kind: EventKind, world: World) -> None:
    names = EventDescriber(world)
    told = names.sentence(event("1", kind.name))
    assert told.endswith(".")
    assert told[0].isupper()
    assert names.reason(event("99", "deal"), [event("1", kind.name)]).startswith("after ")
    words = [told, names.name(event("1", kind.name)), kind_words(kind.name, world), kind.ending]
    assert not [text for text in words if "{" in text or text != text.strip()]
    assert kind.lane in b.LANES


def test_office_holders_are_named_where_documented(world: World) -> None:
    names = EventDescriber(world)
    row = world.executives.iloc[-1]
    month = f"{2000 + row['start'] // 12}-{row['start'] % 12 + 1:02d}"
    told = names.sentence(event("1", "executive_change", month, country=row["iso3"]))
    assert (
        str(world.executives.loc[world.executives["iso3"] == row["iso3"], "name"].iloc[-1]) in told
    )
    settled = event("2", "approval_central", "2030-01", country=row["iso3"])
    cause = event("1", "executive_change", month, country=row["iso3"])
    assert "in office since" in names.reason(settled, [cause])


def test_words_for_money_and_months(world: World) -> None:
    names = EventDescriber(world)
    money, month_words = names.money, names.month
    assert money(1234.0) == "US$ 1.2 billion"
    assert money(40.2) == "US$ 40 million"
    assert money(7.0) == "US$ 7.0 million"
    assert money(None) == money(float("nan")) == "an unknown value"
    assert month_words("2016-07") == "July 2016"
    assert month_words("2016") == "2016"


def test_drawing_numbers_every_line_of_a_life(
    events: pd.DataFrame, lives: list[b.Biography]
) -> None:
    for life in (max(lives, key=lambda one: len(one.lines)), lives[0]):
        host = draw_biography(events, life.project, note="where from")
        figure_style.figure_of(host).draw_without_rendering()
        lanes, key = host.child_axes
        numbers = sorted(int(text.get_text()) for text in lanes.texts)
        assert numbers == list(range(1, len(life.lines) + 1))
        finding_sentences = " ".join(text.get_text().strip() for text in key.texts)
        for line in life.lines:
            assert line.event.month in finding_sentences
        assert any("where from" in text.get_text() for text in figure_style.figure_of(host).texts)
