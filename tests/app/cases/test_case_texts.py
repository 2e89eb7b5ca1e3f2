from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from html import unescape
from typing import Any

import numpy as np
import pytest

from sim.app.cases import case_texts, documented_record
from sim.app.cases import counterfactual_swap as e
from sim.app.cases.place_counts import NAMES, SwapEffect, effects
from sim.app.session import Session
from sim.report.stated_totals import KINDS, StatedTotal
from sim.world import World
from tests.app.cases.test_place_counts import made


@pytest.fixture(scope="module")
def session(world: World) -> Session:
    return Session(world)


def fact(kind: str) -> documented_record.Fact:
    return documented_record.Fact("2001-03", kind, f"<b>{kind}</b>", "page 3")


def total(kind: str, count: int) -> StatedTotal:
    return StatedTotal(kind, KINDS.get(kind, (kind,)), 12, 17, count, "<i>many", "page 4")


def cells(row: str) -> list[str]:
    """Return the texts of a table's cells but for the names of rows."""
    return re.findall("<td[^>]*>(.*?)</td>", row)


def said(session: Session, *given: Any) -> list[str]:
    """Return the sentences on what the runs make of a place."""
    text = case_texts.place_text(session, *given)
    return [unescape(found) for found in re.findall(r"<p>(.*?)</p>", text, re.DOTALL)]


def on_record(
    *facts: documented_record.Fact, totals: Sequence[StatedTotal] = ()
) -> tuple[documented_record.RecordCount, ...]:
    return documented_record.counts_of(facts, totals, NAMES)


def effect(low: float, high: float) -> SwapEffect:
    middle = (low + high) / 2
    cases = -2.0, 3.0, 0.6, 0.25
    return SwapEffect("deal", 1.0, 1.0 + middle, middle, low, high, 240.0, *cases, 0.2, 0.4, 60)


def test_what_the_record_has_more_of_is_said(session: Session) -> None:
    story = made(*({"visit_to_lac": [1, 2, 3]} for _ in range(10)))
    texts = said(session, "Here", on_record(fact("deal"), fact("deal")), story)
    assert "3 visits from China" in texts[0]
    assert texts[1] == "No run of 10 has a deal."
    assert "record has more than the model: deals (2 dated)" in texts[2]
    assert "model has more than is on record: visits from China (0 dated)" in texts[2]


def test_a_stated_total_is_what_is_compared(session: Session) -> None:
    story = made(*({"visit_to_lac": [1, 2, 3]} for _ in range(10)))
    counts = on_record(totals=[total("visit_to_lac", 3)])
    inside = said(session, "Here", counts, story)
    assert inside[2] == "Every number on record lies inside the model's 90\u00a0% range."
    fewer = said(session, "Here", on_record(totals=[total("visit_to_lac", 4)]), story)
    told = "record has more than the model: visits from China (0 dated, at least 4 stated)."
    assert told in fewer[2]


def test_what_is_stated_of_both_ways_is_compared_together(session: Session) -> None:
    story = made(*({"visit_to_lac": [1, 2], "visit_to_china": [3]} for _ in range(10)))
    counts = on_record(fact("visit_to_lac"), totals=[total("visit", 3)])
    texts = said(session, "Here", counts, story)
    assert texts[2] == "Every number on record lies inside the model's 90\u00a0% range."
    row = case_texts.number_table(session, counts, story).partition("Visits either way")[2]
    assert cells(row) == ["1 dated, at least 3 stated", "3", "3 to 3", "100\u00a0%"]


def test_stated_totals_are_listed_with_their_source(session: Session) -> None:
    text = case_texts.record_list(session, (), [total("visit", 3)])
    assert "2001-01 – 2001-06" in text
    assert "&lt;i&gt;many" in text
    assert "page 4" in text
    assert "Stated beside" not in case_texts.record_list(session, (), ())


def test_numbers_inside_the_range_are_said_to_be(session: Session) -> None:
    story = made({"deal": [1]}, {"deal": [1, 2]}, {"deal": [2]})
    texts = said(session, "Here", on_record(fact("deal")), story)
    assert texts[1].startswith("3 of 3 runs have a deal")
    assert texts[1].endswith("in 2001.")
    assert texts[2] == "Every number on record lies inside the model's 90\u00a0% range."


def test_one_run_is_told_as_one(session: Session) -> None:
    texts = said(session, "Here", on_record(), made({"deal": [1]}, {}))
    assert texts[1] == "1 of 2 runs has a deal, the first in 2001."


def test_without_runs_nothing_is_claimed(session: Session) -> None:
    none = replace(made({}), counts=made({}).counts[:0])
    assert said(session, "Here", on_record(), none) == ["The first runs are under way."]
    assert "–" in case_texts.number_table(session, on_record(), none)
    text = swap_text(session, e.Swap(e.ALL), (), "Here", "May 2005")
    assert text.count("<p>") == 2
    assert "The first pairs of runs are under way." in text


def test_the_table_counts_the_record_and_the_runs(session: Session) -> None:
    story = made({"deal": [1, 2]}, {"deal": [1, 2]})
    text = case_texts.number_table(session, on_record(fact("deal")), story)
    row = text[text.index("Deals") :]
    assert cells(row) == ["1 dated", "2", "2 to 2", "100\u00a0%"]
    assert "Numbers in 2 runs" in text


def test_texts_of_the_record_are_escaped(session: Session) -> None:
    text = case_texts.record_list(session, (fact("deal"),), ())
    assert "<b>deal" not in text
    assert "&lt;b&gt;deal&lt;/b&gt;" in text
    assert "Nothing is documented" in case_texts.record_list(session, (), ())


def test_what_a_scenario_puts_in_is_said(session: Session, world: World) -> None:
    one, other = (
        said(session, "Here", (), made({}), documented_record.scenario_of(world, code))
        for code in documented_record.first_pair(world)
    )
    assert not any("Put in" in text for text in one)
    assert "1 visit and 1 twinning" in other[-1]


swap_text = partial(case_texts.swap_text, judged=True)
effect_table = partial(case_texts.effect_table, judged=True)


def test_a_clear_difference_is_told_from_one_that_may_be_none(session: Session) -> None:
    clear, unclear = (
        swap_text(session, e.Swap(e.ALL), (effect(low, 1.5),), "Here", "May 2005")
        for low in (0.5, -0.5)
    )
    assert "tell the mean difference of +1.00 from none" in clear
    assert "do not tell" not in clear
    told = "do not tell the mean difference of +0.5 from none: its 95\u00a0% interval"
    assert told in unclear
    assert "About 240 pairs would tell" in unclear
    # A mean that is clear is no case that is sure.
    for text in (clear, unclear):
        assert (
            "in ten lie between −2.0 and +3.0. The probability of more deals is 60\u00a0%" in text
        )
        assert "of fewer 25\u00a0%" in text
        assert "over chance alone" in text
    told = effect_table(session, (effect(0.5, 1.5),), 9)
    assert "9 pairs in 10, over chance alone" in told
    assert all(words in told for words in ("−2.0 to +3.0", "60\u00a0%", "25\u00a0%"))
    assert "not clear" in effect_table(session, (effect(-0.5, 1.5),), 9)
    assert "not clear" not in effect_table(session, (effect(0.5, 1.5),), 9)


def test_a_difference_is_judged_once_when_all_runs_are_in(session: Session) -> None:
    """On four pairs a swap was once clear that on twelve was not, and on 28 the other way."""
    early = partial(case_texts.swap_text, judged=False)
    text = early(session, e.Swap(e.ALL), (effect(0.5, 1.5),), "Here", "May 2005")
    assert "when all 60 pairs of runs are in" in text
    assert "95\u00a0% interval" not in text
    table = case_texts.effect_table(session, (effect(-0.5, 1.5),), 9, judged=False)
    assert "not clear" not in table


def test_numbers_show_what_is_meant(session: Session) -> None:
    """Ends were once rounded to nothing: "between +0.0 and +0.6"."""
    text = swap_text(session, e.Swap(e.ALL), (effect(0.02, 0.62),), "Here", "May 2005")
    assert "goes from +0.02 to +0.62" in text


def test_every_number_is_in_the_table_of_effects(session: Session) -> None:
    before, after = made(*({} for _ in range(9))), made(*({"deal": [1]} for _ in range(9)))
    text = effect_table(session, effects(before, after), 9)
    assert text.count('scope="row"') == len(NAMES)


def test_every_exchange_has_a_title_and_says_what_it_does(session: Session) -> None:
    given = [
        e.Swap(e.AUTHORITY, 0.1, 0.8),
        e.Swap(e.WILL, 0.3, 0.9),
        e.Swap(e.WILL, np.nan, 0.9, documented=False),
        e.Swap(e.WILL, 0.9, 0.1, documented=False),
        e.Swap(e.CONTINUITY),
        e.Swap(e.TURNOVER),
        e.Swap(e.ALL),
    ]
    titles = [case_texts.swap_title(session, x, "There") for x in given]
    told = [swap_text(session, x, (), "Here", "May 2005") for x in given]
    assert len(set(titles)) == len(given)
    assert all("May 2005" in text and "nan" not in text for text in told)
    assert "0.80" in told[0]
    assert "0.10" in told[0]
    assert "champion" in titles[2]
