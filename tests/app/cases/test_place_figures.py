from __future__ import annotations

import numpy as np
import pytest
from bokeh.models import ColumnDataSource, Range1d, Scatter, Step

from sim.app.cases import documented_record, place_figures
from sim.app.cases.place_counts import effects
from sim.app.session import Session
from sim.report import figure_style
from sim.report.stated_totals import StatedTotal
from sim.world import World
from tests.app.cases.test_place_counts import made


@pytest.fixture(scope="module")
def session(world: World) -> Session:
    return Session(world)


@pytest.fixture(scope="module")
def facts(world: World) -> tuple[documented_record.Fact, ...]:
    return documented_record.facts_of(world, documented_record.first_pair(world)[1], 0, 251)


def axis() -> Range1d:
    return Range1d(2000.0, 2021.0)


def test_facts_of_a_year_are_spread_over_it(facts: tuple[documented_record.Fact, ...]) -> None:
    at = place_figures.positions(facts)
    for fact, x in zip(facts, at, strict=True):
        first = 2000.0 + fact.earliest / 12.0
        assert first - 1 / 12 <= x <= first + (1.0 if fact.whole_year else 0.25)
    lanes = {(fact.lane, round(float(x), 4)) for fact, x in zip(facts, at, strict=True)}
    assert len(lanes) == len(facts), "two marks cover each other"


def test_the_record_shows_every_fact_with_its_source(
    session: Session, facts: tuple[documented_record.Fact, ...]
) -> None:
    drawn = place_figures.record_plot(session, facts, axis())
    found = [r.data_source.data for r in drawn.renderers if "label" in r.data_source.data]
    (data,) = found
    assert list(data["label"]) == [fact.label for fact in facts]
    assert list(data["source"]) == [fact.source for fact in facts]
    hollow = [fill == figure_style.PAPER for fill in data["fill"]]
    assert hollow == [fact.whole_year for fact in facts]
    texts = next(
        r.data_source.data["text"] for r in drawn.renderers if "text" in r.data_source.data
    )
    assert sum(text.endswith(": none") for text in texts) == len(texts) - len(
        {fact.lane for fact in facts}
    )


def test_counts_are_bands_around_the_middle(session: Session) -> None:
    story = made({"deal": [0, 3]}, {"deal": [3]}, {"deal": [5]}, months=6, start=0)
    plot = place_figures.CountPlot(session, "deal", (), axis())
    plot.update(story)
    data = plot.source.data
    assert list(data["middle"]) == [0, 0, 0, 1, 1, 1]
    assert (np.asarray(data["middle_low"]) <= data["middle"]).all()
    assert (np.asarray(data["middle_high"]) >= data["middle"]).all()
    assert data["year"][0] == pytest.approx(2000 + 1 / 12)


def test_the_record_steps_up_at_each_fact(
    session: Session, facts: tuple[documented_record.Fact, ...]
) -> None:
    plot = place_figures.CountPlot(session, "visit_to_lac", facts, axis())
    (data,) = (r.data_source.data for r in plot.figure.renderers if isinstance(r.glyph, Step))
    many = sum(fact.kind == "visit_to_lac" for fact in facts)
    assert list(data["y"]) == [0, *range(1, many + 1), many]
    assert list(data["x"]) == sorted(data["x"])


def test_the_record_is_drawn_no_further_than_it_goes(
    session: Session, facts: tuple[documented_record.Fact, ...]
) -> None:
    plot = place_figures.CountPlot(session, "visit_to_lac", facts, Range1d(2000.0, 2036.0))
    (data,) = (r.data_source.data for r in plot.figure.renderers if isinstance(r.glyph, Step))
    assert data["x"][-1] == 2021.0


def test_a_stated_total_is_marked_where_its_period_ends(session: Session) -> None:
    totals = (
        StatedTotal("visit_to_lac", ("visit_to_lac",), 0, 11, 7, "seven", "page 4"),
        StatedTotal("visit", ("visit_to_lac", "visit_to_china"), 0, 11, 9, "nine", "page 5"),
    )
    plot = place_figures.CountPlot(session, "visit_to_lac", (), axis(), totals)
    (data,) = (r.data_source.data for r in plot.figure.renderers if isinstance(r.glyph, Scatter))
    assert data == {"x": [2001.0], "y": [7], "label": ["seven"], "source": ["page 4"]}


def test_a_total_of_visits_either_way_stands_beside_both(
    session: Session, facts: tuple[documented_record.Fact, ...]
) -> None:
    total = StatedTotal("visit", ("visit_to_lac", "visit_to_china"), 0, 251, 99, "many", "page 5")
    plot = place_figures.CountPlot(session, "visit", facts, axis(), (total,))
    plot.update(made({"visit_to_lac": [0]}, {"visit_to_china": [0]}, months=6, start=0))
    assert list(plot.source.data["middle"]) == [1] * 6
    found = {type(r.glyph): r.data_source.data for r in plot.figure.renderers}
    assert list(found[Scatter]["y"]) == [99]
    assert found[Step]["y"][-1] == sum(fact.kind in total.kinds for fact in facts)


def test_shares_are_drawn_for_each_first(session: Session) -> None:
    plot = place_figures.SharePlot(session, (), axis())
    plot.update(made({"deal": [1]}, {}))
    assert list(plot.source.data["deal"]) == [0, 0.5, 0.5, 0.5, 0.5, 0.5]
    assert set(plot.source.data) == {"x", *place_figures.SHARES}


def test_effects_are_drawn_by_name(session: Session) -> None:
    plot = place_figures.EffectPlot(session)
    plot.update(effects(made(*({} for _ in range(9))), made(*({"deal": [1, 2]} for _ in range(9)))))
    data = plot.source.data
    row = list(data["name"]).index("Deals")
    assert data["before"][row] == 0
    assert data["after"][row] == 2
    assert sum(data["after"]) == 2
    assert isinstance(plot.source, ColumnDataSource)
    assert plot.figure.x_range.end > 2
