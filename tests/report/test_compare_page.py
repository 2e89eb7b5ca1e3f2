"""The words, figures and page of a comparison."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes

from sim.core.errors import InputError
from sim.engine.outcomes import REGION, SUMMED
from sim.experiments.comparison.saved_comparison import PairedRuns, paired_runs_of
from sim.report import compare_figures, compare_tables, compare_text
from sim.report.amount_words import amount, digits_of, percent, probability, rounded, share_words
from sim.report.cards import compare_card
from sim.report.compare_figures import GREY, POLITICS
from sim.report.compare_page import notebook_html, report_page, write_report
from sim.report.compare_text import (
    certainty_words,
    changes_words,
    effects_of,
    headlines,
    kind_words,
)
from sim.report.deal_filter import deal_filter
from sim.report.display_names import outcome_label
from sim.report.event_phrases import EventDescriber
from sim.report.explain_difference import between_of, between_record, between_table
from sim.report.figure_style import figure_of, save_as
from sim.results.comparison_result import Comparison, compare
from sim.scenario.schema import Scenario, build, load

# A whole report with its figures is drawn.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("judged_by_few")]

HOSTILE = "<script>alert('x')</script> & \"quoted\""
END, RUNS = "2009-12", 4


def scenario(name: str, **fields: object) -> Scenario:
    data = load("baseline").with_overrides(end=END, replicates=RUNS).model_dump(exclude_none=True)
    return build(data | {"name": name, "title": name, **fields})


def hostile_centre(name: str = "hostile", **fields: object) -> Scenario:
    order = {"month": "2003-01", "kind": "executive", "country": "BRA", "stance": -1.0}
    strain = {"month": "2003-01", "kind": "shock", "what": "strain", "value": 1.0}
    return scenario(name, interventions=[order, strain], **fields)


@pytest.fixture(scope="module")
def both() -> Comparison:
    marked = scenario("marked", title=HOSTILE, parameters={"turnover.fade": 0.9})
    return compare(scenario("base"), hostile_centre(), marked)


@pytest.fixture(scope="module")
def same() -> Comparison:
    return compare(scenario("base"), scenario("copy"), replicates=2)


@pytest.fixture(scope="module")
def twins(both: Comparison) -> PairedRuns:
    return paired_runs_of(both.worlds, both.labels, "hostile", 0)


def drawings(comparison: Comparison) -> dict[str, bytes]:
    empty = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    return dict.fromkeys(compare_figures.captions(comparison), empty)


class Page(HTMLParser):
    """Collect the text and the attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def source(both: Comparison) -> str:
    return report_page(both, drawings(both))


@pytest.mark.parametrize(
    ("value", "digits", "signed", "words"),
    [
        (1234.5, None, False, "1,234"),
        (12.345, None, True, "+12.3"),
        (-0.04567, None, True, "−0.0457"),
        (-3.0, 1, False, "−3.0"),
        (-0.001, 2, True, "0.00"),
        (0.0, None, True, "0.00"),
        (float("nan"), None, True, "none"),
    ],
)
def test_numbers_as_words(value: float, digits: int | None, signed: bool, words: str) -> None:
    assert amount(value, digits, signed=signed) == words


def test_digits_show_what_is_known() -> None:
    assert [digits_of(size, 2) for size in (1400.0, 14.0, 1.4, 0.14, 0.0014, 0.0, np.nan)] == [
        0,
        0,
        1,
        2,
        4,
        2,
        2,
    ]
    assert percent(-12.3, signed=True) == "−12 %"
    shares = (1.0, 0.997, 0.5, 0.001, 0.0)
    told = ["at least 97 %", "99 %", "50 %", "1 %", "at most 3 %"]
    assert [probability(share, 100) for share in shares] == told
    assert probability(1.0, 20) == "at least 86 %"
    assert share_words(0.31) == "about 30 %"
    assert share_words(0.02) == "less than 10 %"
    assert [rounded(n) for n in (7, 184, 16491)] == ["7", "190", "17,000"]


def test_every_outcome_and_event_has_words() -> None:
    labels = [outcome_label(name).words for name in (*SUMMED, *(o.name for o in REGION))]
    assert all(words[:1].isupper() for words in labels)


def test_headlines_say_what_changes_how_sure_and_why(both: Comparison) -> None:
    told = headlines(both, "hostile", EventDescriber(both.world))
    joined = " ".join(told)
    assert "The probability that “hostile” raises it is " in joined
    assert "Nine cases in ten differ by " in joined
    assert f"Of {len(SUMMED) + len(REGION)} outcomes" in joined
    assert "by chance alone" in joined
    assert "January 2003" in joined
    assert "most often in " in joined
    assert "deals exist in the baseline only" in joined


def test_a_difference_that_may_be_none_is_said_plainly(both: Comparison) -> None:
    effects = effects_of(both, "hostile").values()
    unclear = [e for e in effects if not e.distinguishable and not e.never]
    assert unclear
    for effect in unclear:
        assert f"which {effect.runs} runs do not tell from none" in effect.none_words
        if not np.isnan(effect.needed):
            assert "runs would tell a difference of this size" in effect.none_words
            assert ("; about " in effect.none_words) == (effect.needed <= compare_text.MOST_RUNS)
            assert "about over" not in effect.none_words
    few = replace(unclear[0], runs=1)
    assert few.none_words.startswith("too few runs (1 run) to tell")
    never = [e for e in effects if e.never]
    assert never
    assert never[0].none_words.startswith(f"no difference in {RUNS} runs")


def test_a_scenario_under_another_name_is_said_to_be_the_same(same: Comparison) -> None:
    words = "All differences are exactly zero: it is equal to the baseline in everything"
    assert headlines(same, "copy", EventDescriber(same.world))[0].startswith(words)
    assert words[:34] in compare_card(same)
    assert words in report_page(same, drawings(same))
    assert words in notebook_html(same)
    assert compare_figures.captions(same) == {}


def test_a_change_without_consequence_is_said_to_have_none() -> None:
    value = load("baseline").parameter_values()["turnover.fade"]
    change = {"month": "2000-03", "kind": "parameter", "parameter": "turnover.fade", "value": value}
    idle = compare(
        scenario("base", end="2000-03"), scenario("idle", end="2000-03", interventions=[change])
    )
    told = " ".join(headlines(idle, "idle", EventDescriber(idle.world)))
    assert "The two worlds hold the same events in every run" in told


def test_changes_are_named(both: Comparison) -> None:
    assert changes_words(both, "hostile") == (
        "2 interventions more: changes the national executive from 2003-01 (country BRA, stance "
        "-1); puts fiscal stress or strain from 2003-01 (value 1, what strain)"
    )
    assert re.fullmatch(r"turnover\.fade [\d.]+ to 0\.9", changes_words(both, "marked"))


def test_the_card_fits_a_terminal(both: Comparison) -> None:
    lines = compare_card(both).splitlines()
    assert {len(line) for line in lines} == {80}
    assert sum("What if:" in line for line in lines) == 2


def test_places_that_a_what_if_names_are_told_first(both: Comparison, source: str) -> None:
    assert compare_text.places_changed(both, "hostile") == [("country", "BRA")]
    assert compare_text.places_changed(both, "marked") == []
    rows = both.by_country.query("scenario == 'hostile' and country == 'BRA'")
    deals = compare_text.effect_of(next(rows[rows["outcome"] == "deals"].itertuples()))
    first = headlines(both, "hostile", EventDescriber(both.world))[0]
    assert first.startswith(f"Brazil, per run in the mean: deals formed {deals.difference} (from ")
    assert f"nine cases in ten {deals.cases}" in first
    card = compare_card(both)
    (row,) = re.findall(r"Brazil, per run .*\n.*Deals formed (.*) │", card)
    cells = (deals.baseline, deals.difference, deals.cases)
    assert row.split()[:2] == list(cells[:2])
    assert deals.cases in row
    # Above the sections, too, where there are several what-ifs.
    assert source.index("<li>Brazil, per run") < source.index('<section id="together"')


def test_too_many_places_are_left_to_the_tables(both: Comparison) -> None:
    named = [
        {"month": "2003-01", "kind": "shock", "what": "fiscal", "country": code, "value": 1.0}
        for code in ("ARG", "BRA", "CHL", "PER")
    ]
    found = copy(both)
    found.what_ifs = {"hostile": scenario("hostile", interventions=named)}
    assert compare_text.places_changed(found, "hostile") == []
    found.what_ifs = {"hostile": scenario("hostile", interventions=named[:3])}
    assert len(compare_text.places_changed(found, "hostile")) == 3


def test_no_label_of_the_card_is_cut(both: Comparison) -> None:
    assert "…" not in compare_card(both)
    assert "First contact to first " in compare_card(both)


def test_notebooks_show_a_table_a_what_if_with_everything_escaped(both: Comparison) -> None:
    text = both._repr_html_()
    assert text.count("<table>") == 2
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_the_page_asks_for_nothing_and_runs_nothing(source: str) -> None:
    assert not re.search(r"https?:|ftp:|file:", source, re.IGNORECASE)
    page = Page(source)
    assert not [tag for tag, _ in page.tags if tag in {"script", "link", "iframe", "object"}]
    images = [attributes["src"] for tag, attributes in page.tags if tag == "img"]
    assert len(images) == 9
    assert all(src.startswith("data:image/svg+xml;base64,") for src in images)
    assert HOSTILE in page.text


def test_the_page_has_its_sections_in_order(source: str) -> None:
    names = re.findall(r'<section id="([\w-]+)"', source)
    assert names == ["together", "what-if-1", "what-if-2", "changes", "reading", "provenance"]
    # What a reader needs first stands before everything else.
    assert source.index("<li>Deals formed: ") < source.index('<section id="together"')


def test_the_same_comparison_gives_the_same_page(both: Comparison, source: str) -> None:
    assert report_page(both, drawings(both)) == source


def test_tables_hold_the_numbers_of_the_frames(both: Comparison, source: str) -> None:
    tables = compare_tables.tables_of(both, "hostile", EventDescriber(both.world))
    rows = both.divergences[both.divergences["scenario"] == "hostile"]
    told = {row[0] for row in tables["divergences"].rows}
    named = [kind_words(kind, both.world) for kind in rows["kind"].unique()]
    assert told == {words[0].upper() + words[1:] for words in named}
    deals = both.deals_in_one_world
    mine = deals[deals["scenario"] == "hostile"]
    counts = [int(row[2].replace(",", "")) for row in tables["reasons"].rows]
    assert sum(counts) == len(mine) > 0
    first = mine[mine["replicate"] == mine["replicate"].min()]
    largest = str(first.sort_values("value_usd_m")["project_id"].iloc[-1])
    assert tables["deals"].rows[0][-1] == largest
    assert largest in source


def test_the_locality_table_says_so_when_none_is_left(both: Comparison, source: str) -> None:
    assert not both.by_locality["distinguishable"].any()
    assert not compare_tables.tables_of(both, "hostile", EventDescriber(both.world))[
        "localities"
    ].rows
    words = "told from none, after correction for the number of localities"
    assert " ".join(source.split()).count(words) == 2
    counted = compare_tables.flag_words(both, "hostile")
    assert "of 555 localities" in counted
    assert counted.endswith("0 are left.")


def test_the_map_hatches_what_may_be_none(both: Comparison) -> None:
    ax = both.plot_map("visits_to_lac")
    hatched = [part for part in ax.collections if part.get_hatch()]
    rows = both.by_locality
    rows = rows[(rows["scenario"] == "hostile") & (rows["outcome"] == "visits_to_lac")]
    expected = (rows["share_equal"] < 1) & ~rows["distinguishable"] & rows["difference"].notna()
    if not rows["distinguishable"].any():
        assert hatched == []
        return
    assert len(hatched) == 1
    assert len(hatched[0].get_paths()) == expected.sum() > 0
    assert f"mean not told from none: {expected.sum()}" in _keyed(ax)


def _keyed(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_the_key_of_the_map_names_what_is_drawn_and_nothing_else(
    both: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It once read "lower, higher: 0 distinguishable" over a map that was hatched all over."""
    rows = both.by_locality
    mine = (rows["scenario"] == "hostile") & (rows["outcome"] == "visits_to_lac")
    differ = int((mine & (rows["share_equal"] < 1)).sum())
    none = rows.assign(distinguishable=rows["distinguishable"] & ~mine)
    monkeypatch.setitem(both.__dict__, "by_locality", none)
    ax = both.plot_map("visits_to_lac")
    assert not [part for part in ax.collections if part.get_hatch()]
    assert _keyed(ax) == [
        f"of the {differ} that differ no mean is told from none",
        f"equal in all runs: {555 - differ}",
    ]
    sure = mine & (rows["difference"] < -1e-9)
    some = rows.assign(distinguishable=rows["distinguishable"] & ~mine | sure)
    monkeypatch.setitem(both.__dict__, "by_locality", some)
    ax = both.plot_map("visits_to_lac")
    assert _keyed(ax) == [
        f"mean lower: {sure.sum()}",
        f"mean not told from none: {differ - sure.sum()}",
        f"equal in all runs: {555 - differ}",
    ]


def test_the_scale_of_the_map_is_the_same_on_both_sides() -> None:
    norm = compare_figures.symmetric(4.0)
    shares = [float(norm(value)) for value in (-4.0, -1.0, 0.0, 1.0, 4.0)]
    assert shares == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])


def test_paths_have_a_panel_a_metric_and_a_line_a_what_if(both: Comparison) -> None:
    host = both.plot_paths(["deals", "ties", "views"])
    panels = [panel for panel in host.child_axes if panel.lines]
    assert len(panels) == 3
    rows = both.paths
    for panel, metric in zip(panels, ("deals", "ties", "views"), strict=True):
        lines = {line.get_label(): line for line in panel.lines}
        for label in both.labels:
            mine = rows[(rows["scenario"] == label) & (rows["metric"] == metric)]
            drawn = np.asarray(lines[label].get_ydata(), dtype=np.float64)
            np.testing.assert_allclose(drawn, mine["difference"].to_numpy())
    alone = both.plot_paths(["deals"], "marked")
    labels = [line.get_label() for panel in alone.child_axes for line in panel.lines]
    assert "marked" in labels
    assert "hostile" not in labels


def test_no_band_is_drawn_before_the_worlds_part(both: Comparison) -> None:
    paths = both.paths
    mine = paths[(paths["scenario"] == "marked") & (paths["metric"] == "deals")]
    before = (mine["share_equal"] == 1.0).to_numpy().cumprod().astype(bool)
    assert before.any()
    # The table holds what so few pairs could have missed.
    assert (mine["high"][before] > 0).all()
    host = both.plot_paths(["deals"], "marked")
    panel = next(panel for panel in host.child_axes if panel.lines)
    (area,) = (path for each in panel.collections for path in each.get_paths())
    drawn_at = np.asarray(panel.lines[0].get_xdata(), dtype=np.float64)[before]
    corners = np.asarray(area.vertices)
    inside = corners[corners[:, 0] <= drawn_at.max() + 1e-9]
    np.testing.assert_array_equal(inside[:, 1], 0.0)
    assert np.abs(corners[:, 1]).max() > 0


def test_the_forest_is_sorted_and_greys_what_may_be_none(both: Comparison) -> None:
    ax = both.plot_forest(what_if="hostile")
    rows = both.effects[both.effects["scenario"] == "hostile"].set_index("outcome")
    shown = [text.get_text() for text in ax.get_yticklabels()]
    lines = [line for line in ax.lines if line.get_marker() == "o"]
    points = [
        (float(y), float(x), line.get_color())
        for line in lines
        for x, y in np.asarray(line.get_xydata()).tolist()
    ]
    assert len(points) == len(shown) > 10
    values = [value for _, value, _ in sorted(points)]
    assert values == sorted(values, reverse=True)
    grey = sum(colour == GREY for _, _, colour in points)
    drawn = rows[(rows["share_equal"] < 1) & rows["percent"].notna() & rows["low"].notna()]
    drawn = drawn.drop(index=[name for name in POLITICS if name in drawn.index])
    assert len(drawn) == len(points)
    assert grey == (~drawn["distinguishable"]).sum()


def test_the_forest_draws_what_is_asked_for(both: Comparison) -> None:
    ax = both.plot_forest(["deals", "conversion"], "marked")
    assert len(ax.get_yticklabels()) == 2
    empty = both.plot_forest(["recognising"], "marked")
    assert (
        any("no outcome differs" in text.get_text() for text in empty.texts)
        or len(empty.get_yticklabels()) == 1
    )


def test_figures_can_be_drawn_into_axes_of_the_caller(both: Comparison) -> None:
    from sim.report.figure_style import new_figure

    figure = new_figure()
    ax = figure.add_subplot()
    for given in (both.plot_map(ax=ax), both.plot_forest(ax=ax), both.plot_paths(ax=ax)):
        assert given is ax


def test_report_and_figures_are_written_alike_twice(both: Comparison, tmp_path: Path) -> None:
    report, names = write_report(both, tmp_path, "all"), compare_figures.captions(both)
    place = tmp_path / "figures"
    assert {path.name for path in place.iterdir()} == {f"{name}.png" for name in names}
    drawn = {name: (place / f"{name}.png").read_bytes() for name in names}
    assert report_page(both, drawn) == report.read_text(encoding="utf-8")
    for name in ("hostile_map_deals", "hostile_paths", "marked_forest"):
        figure = figure_of(compare_figures.draw(both, name))
        path = save_as(figure, tmp_path / f"{name}.png", names[name])
        assert path.read_bytes() == (place / path.name).read_bytes()


def test_a_name_stands_for_the_figures_of_all_what_ifs(both: Comparison, tmp_path: Path) -> None:
    write_report(both, tmp_path, ("forest",), "svg")
    drawn = {path.name for path in (tmp_path / "figures").iterdir()}
    unlike = set(both.labels) - set(both.identical)
    assert drawn == {f"{label}_forest.svg" for label in unlike}


def lone(comparison: Comparison, side: str) -> str:
    rows = comparison.deals_in_one_world
    rows = rows[(rows["scenario"] == "hostile") & (rows["replicate"] == 0)]
    return str(rows.loc[rows["only_in"] == side, "project_id"].iloc[0])


def test_a_lone_deal_is_told_step_by_step(both: Comparison, twins: PairedRuns) -> None:
    project = lone(both, "baseline")
    text = between_of(twins, project)
    assert max(map(len, text.splitlines())) <= 78
    assert f"Project {project}, run 0" in text
    assert "In base only" in text
    assert " ≠ The deal on the project is formed" in text
    assert "What hostile lacks first" in text
    assert "The same project in hostile:" in text
    assert between_of(twins, project[:9].lower()) == text
    assert both.explain(project, "hostile") == text


def test_the_marks_are_those_of_the_logs(both: Comparison, twins: PairedRuns) -> None:
    """Every event told as missing is missing in the other log, and the first one is the root."""
    project = lone(both, "baseline")
    deals = both.deals_in_one_world
    row = deals[(deals["project_id"] == project) & (deals["replicate"] == 0)].iloc[0]
    text = between_of(twins, project)
    marked = [line for line in text.splitlines() if re.match(r"[\d-]{7}  ≠|         ≠", line)]
    assert len(marked) >= 1
    assert str(row["root_month"]) in text
    other = twins.logs[1]
    assert not ((other["project_id"] == project) & (other["kind"] == "deal")).any()


def test_the_interventions_that_came_before_are_named(both: Comparison, twins: PairedRuns) -> None:
    rows = both.deals_in_one_world.query("scenario == 'hostile' and replicate == 0")
    # A new executive counts for the deals of the country.
    some = rows[rows["locality"].str.startswith("BR")].groupby("only_in").head(4)["project_id"]
    texts = [between_of(twins, project) for project in some]
    whole = [" ".join(text.split()) for text in texts]
    shock = "what: strain, value: 1.0 (January 2003)"
    assert len([text for text in whole if shock in text]) == len(texts) > 0
    leader = re.compile(r"hostile changes the national executive in .*stance: -[\d.]+.*2003")
    assert [text for text in whole if leader.search(text)]


def test_deals_of_one_world_are_listed(both: Comparison, twins: PairedRuns) -> None:
    text = between_table(twins)
    rows = both.deals_in_one_world.query("scenario == 'hostile' and replicate == 0")
    assert "They part in" in text
    for side, name in (("baseline", "base"), ("what-if", "hostile")):
        mine = rows[rows["only_in"] == side]
        assert f"Deals in {name} only: {len(mine)}" in text
        for project in mine["project_id"]:
            assert str(project) in text


def test_deals_of_one_world_may_be_those_of_a_country_alone(twins: PairedRuns) -> None:
    every = between_record(twins, None)["deals"]
    brazil = deal_filter(twins.world, country="Brazil")
    mine = between_record(twins, None, brazil)["deals"]
    assert mine == [one for one in every if one["deal"]["country"] == "BRA"]
    assert 0 < len(mine) < len(every)
    listed = [line for line in between_table(twins, brazil).splitlines() if "; lacks " in line]
    assert len(listed) == len(mine)
    assert all(", Brazil, " in line for line in listed)


def test_worlds_without_a_difference_are_said_to_be_the_same(same: Comparison) -> None:
    twins = paired_runs_of(same.worlds, same.labels, "copy", 0)
    assert "Both worlds hold the same events." in between_table(twins)


def test_a_deal_of_both_worlds_is_said_to_be_one(both: Comparison, twins: PairedRuns) -> None:
    dealt = [set(log.loc[log["kind"] == "deal", "project_id"]) for log in twins.logs]
    project = min(dealt[0] & dealt[1])
    assert "is a deal in both worlds" in between_of(twins, project)
    proposed = set(twins.logs[0].loc[twins.logs[0]["kind"] == "lapse", "project_id"])
    neither = min(proposed - dealt[0] - dealt[1])
    assert "is a deal in neither world" in between_of(twins, neither)
    with pytest.raises(InputError, match="has no project '99x'"):
        between_of(twins, "99x")


def test_no_number_of_runs_is_told_that_nobody_would_make(both: Comparison) -> None:
    """A difference of nothing once needed "about 2,700,000" runs."""
    effect = next(iter(compare_text.effects_of(both, "hostile").values()))
    assert replace(effect, needed=2_700_000.0).needed_words == "over 10,000"
    assert replace(effect, needed=340.0).needed_words == "340"


def test_a_report_says_in_words_whether_parameters_are_included(both: Comparison) -> None:
    """No option of the command line stands in what a minister is handed."""
    fixed = report_page(both, drawings(both))
    assert "no fit of the model to the evidence is published" in " ".join(fixed.split())
    assert not re.search(r"(?<![-\w])--\w", Page(fixed.partition("</style>")[2]).text)
    source = {"drawn_from": {"changed_since_fit": []}, "draws": [{}] * 9}
    carried = copy(both)
    carried.manifest = both.manifest | source
    words = "Uncertain parameters are included: the pairs of runs take 9 draws"
    assert certainty_words(carried).startswith(words)
    assert words in " ".join(compare_card(carried).replace("│", " ").split())
