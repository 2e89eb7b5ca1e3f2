from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from sim.core import enums as kinds
from sim.core.errors import InputError
from sim.report import figure_style, figures, run_summaries
from sim.report.figure_choice import RUN, belonging, known_format
from sim.report.locality_timeline import LANES
from sim.report.phrases import catalogue
from sim.report.timeline_lanes import MARK, rows_of
from sim.results.run_result import Run
from sim.world import World
from sim.world.table_schemas import TABLES

pytestmark = pytest.mark.slow  # every figure is drawn

ALL = [*figures.FIGURES, "timeline_0", "timeline_1"]


@pytest.fixture(scope="module")
def empty_run(small_run: Run) -> Run:
    """Return a run in which nothing came of anything."""
    tables = dict(small_run.tables)
    tables["projects"] = tables["projects"].slice(0, 0)
    tables["events"] = tables["events"].slice(0, 0)
    per_run = small_run.per_run.copy()
    per_run.loc[:, per_run.columns != "replicate"] = 0.0
    for name in ("by_country", "by_locality"):
        table = tables[name]
        zeros = np.zeros(len(table), dtype=np.int64)
        for column in ("deals", "visits_to_lac", "visits_to_china", "twinnings", "memoranda"):
            table = table.set_column(table.schema.get_field_index(column), column, [zeros])
        tables[name] = table
    return Run(
        small_run.scenario, small_run.world, small_run.driver, tables, per_run, small_run.manifest
    )


def drawn(run: Run, name: str) -> Axes:
    if name in {"timeline_0", "timeline_1"}:
        name = f"timeline_{run_summaries.places_of(run)[int(name[-1])]}"
    return figures.draw(run, name)


def every_axes(figure: Figure) -> list[Axes]:
    """Return all axes of a figure, those inside others too."""
    return list(figure.findobj(Axes))


def boxes(figure: Figure) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Return the text and frame, in pixels, of what is written on a figure."""
    figure.draw_without_rendering()
    hidden = {
        id(label)
        for axes in figure.findobj(Axes)
        for axis, (low, high) in (
            (axes.xaxis, sorted(axes.get_xlim())),
            (axes.yaxis, sorted(axes.get_ylim())),
        )
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        for label in (tick.label1, tick.label2)
        # Ticks beyond the limits keep a text that is never drawn.
        if not axes.axison
        or not axis.get_visible()
        or not low - 1e-9 <= tick.get_loc() <= high + 1e-9
    }
    found = []
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if id(text) in hidden or not text.get_visible() or not text.get_text().strip():
            continue
        box = text.get_window_extent()
        found.append((text.get_text(), (box.x0, box.y0, box.x1, box.y1)))
    return found


def cover(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 1.0 and high > 1.5


@pytest.mark.parametrize("name", ALL)
def test_texts_keep_apart_and_inside_and_say_where_they_come_from(
    small_run: Run, name: str
) -> None:
    figure = figure_style.figure_of(drawn(small_run, name))
    written = boxes(figure)
    assert len(written) > 5
    width, height = figure.bbox.width, figure.bbox.height
    outside = [
        text
        for text, (x0, y0, x1, y1) in written
        if x0 < 0 or y0 < 0 or x1 > width + 0.5 or y1 > height
    ]
    assert not outside
    pairs = itertools.combinations(written, 2)
    assert not [(a, b) for (a, one), (b, other) in pairs if cover(one, other)]
    source = figure_style.stamp_text(small_run)
    assert [text for text, _ in written].count(source) == 1
    for part in ("baseline", "seed 2020", "3 replicates", small_run.manifest["model_version"]):
        assert part in source


@pytest.mark.parametrize("name", ALL)
def test_figures_of_a_run_without_events(empty_run: Run, name: str) -> None:
    figure_style.figure_of(drawn(empty_run, name)).draw_without_rendering()


def test_a_figure_is_saved_by_its_ending(small_run: Run, tmp_path: Path) -> None:
    figure = figure_style.figure_of(small_run.plot_funnel())
    figure_style.save_as(figure, tmp_path / "f.pdf", "Funnel")
    assert (tmp_path / "f.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(InputError, match=r"\.png, \.svg or \.pdf"):
        figure_style.save_as(figure, tmp_path / "f.gif", "Funnel")
    assert [p.name for p in tmp_path.iterdir()] == ["f.pdf"]


@pytest.mark.parametrize(
    "plot",
    [
        lambda run, ax: run.plot_map("trust", ax=ax),
        lambda run, ax: run.plot_ties(ax=ax),
        lambda run, ax: run.plot_funnel(ax=ax),
        lambda run, ax: run.plot_timeline(run_summaries.places_of(run)[0], ax=ax),
        lambda run, ax: run.plot_channels(ax=ax),
        figures.plot_sectors,
        figures.plot_countries,
    ],
)
def test_figures_go_onto_the_axes_given(small_run: Run, plot: Callable[[Run, Axes], Axes]) -> None:
    figure = figure_style.new_figure(12, 6)
    left, right = figure.subplots(1, 2)
    assert plot(small_run, right) is right
    assert not left.lines
    assert not left.patches
    figure.draw_without_rendering()


def test_a_scale_of_colour_survives_among_other_colours(tmp_path: Path) -> None:
    """Many greys, as at the rims of letters, leave the scale its colours."""
    figure = Figure(figsize=(4, 3), dpi=figure_style.DPI)
    greys = np.linspace(0, 1, 400).reshape(20, 20, 1) * (1.0, 1.0, 0.95)
    figure.add_axes((0, 0.1, 1, 0.9)).imshow(greys, aspect="auto", interpolation="nearest")
    scale = figure.add_axes((0, 0, 1, 0.1))
    scale.imshow(np.linspace(0, 1, 256)[np.newaxis], cmap="plasma", aspect="auto")
    for axes in figure.axes:
        axes.set_axis_off()
    figure_style.save_as(figure, tmp_path / "scale.png", "A scale")
    strip = np.asarray(Image.open(tmp_path / "scale.png").convert("RGB"))[-20].astype(int)
    colourful = (strip.max(axis=1) - strip.min(axis=1) > 60).mean()
    assert colourful > 0.95


def test_wrong_names_are_refused(small_run: Run) -> None:
    with pytest.raises(InputError, match="Did you mean 'deals'"):
        small_run.plot_map("deal")
    place = run_summaries.places_of(small_run)[0]
    with pytest.raises(InputError, match="Did you mean"):
        small_run.plot_timeline(place.lower())


def test_figures_leave_the_global_state_alone() -> None:
    for path in Path(figures.__file__).parent.glob("*.py"):
        assert "pyplot" not in path.read_text(encoding="utf-8"), path.name


def test_funnel_agrees_with_the_counts_of_each_run(small_run: Run) -> None:
    numbers = run_summaries.funnel(small_run)
    reached = dict(zip(numbers.steps, numbers.reached.T, strict=True))
    per_run = small_run.per_run
    for step, column in (("proposals", "proposals"), ("deals", "deals")):
        assert reached[step].tolist() == per_run[column].tolist()
    assert reached["memoranda"].tolist() == per_run["memoranda"].tolist()
    assert reached["completed"].tolist() == per_run["completions"].tolist()
    lost = dict(zip(run_summaries.LOSSES, numbers.lost.sum(axis=1).T, strict=True))
    for loss, column in (
        ("lapsed", "lapses"),
        ("refused", "refusals"),
        ("lost_in_tender", "tenders_lost"),
    ):
        assert lost[loss].tolist() == per_run[column].tolist()
    assert (numbers.lost.sum(axis=(1, 2)) + reached["completed"] <= reached["proposals"]).all()


def test_counts_by_month_hold_every_event(small_run: Run) -> None:
    events = run_summaries.slim_events(small_run)
    counts = run_summaries.counts_by_month(small_run, events)
    assert counts.shape == (3, 132)
    lengths = events.groupby("replicate").size()
    assert counts.sum(axis=1).tolist() == lengths.tolist()
    first = small_run.tables["events"].filter(
        pc.equal(small_run.tables["events"]["month"], "2000-01")
    )
    assert counts[:, 0].sum() == len(first)


def test_sums_over_twelve_months() -> None:
    counts = np.ones((2, 30))
    sums, first = run_summaries.per_year(counts)
    assert first == 11
    assert sums.shape == (2, 19)
    assert (sums == 12).all()
    assert run_summaries.per_year(counts[:, :24])[1] == 0


def test_spread_leaves_out_what_is_not_known() -> None:
    numbers = run_summaries.spread([1.0, np.nan, 3.0])
    assert float(numbers.median) == float(numbers.mean) == 2.0
    assert run_summaries.spread([np.nan]).words() == "none"
    assert run_summaries.spread([2.0, 2.0]).words() == "2 [2 to 2]"


def test_ranks_go_by_median_then_mean_then_name(small_run: Run) -> None:
    table = run_summaries.ranked(run_summaries.totals(small_run, "", "country"))
    columns = (-table["median"], -table["mean"], table.index)
    keys = list(zip(*columns, strict=True))
    assert keys == sorted(keys)
    per_run = run_summaries.totals(small_run, "", "sector").sum(axis=1)
    assert per_run.tolist() == small_run.per_run["deals"].tolist()


def test_bars_of_channels_add_up_to_the_deals(small_run: Run) -> None:
    ax = small_run.plot_channels()
    width = sum(bar.get_width() for bars in ax.containers[:-1] for bar in bars)
    assert width == pytest.approx(small_run.per_run["deals"].mean())


def test_timeline_shows_the_documented_record(small_run: Run) -> None:
    place = run_summaries.places_of(small_run)[0]
    table = small_run.world.documented
    mine = table[
        (table["locality"] == place)
        & table["kind"].isin(["visit_to_lac", "visit_to_china"])
        & (table["date"].str[:4] <= "2010")
    ]
    panels = small_run.plot_timeline(place).child_axes
    visits = next(ax for ax in panels if ax.get_ylabel() == "visits so far")
    lines = [line for line in visits.lines if line.get_label() == "dated events"]
    known = table[(table["locality"] == place) & (table["date"].str[:4] <= "2010")]
    assert bool(lines) == bool(len(known))
    if lines:
        assert np.asarray(lines[0].get_ydata())[-1] == len(mine)
    middle = next(line for line in visits.lines if line.get_label() == "runs")
    rows = small_run.by_locality[small_run.by_locality["locality"] == place]
    total = (rows["visits_to_lac"] + rows["visits_to_china"]).median()
    assert np.asarray(middle.get_ydata())[-1] == total


def test_every_kind_has_its_words_and_lane(world: World) -> None:
    assert set(catalogue()["channel_labels"]) == set(kinds.CHANNELS)
    assert set(figures.LEVEL_LOOK) == set(kinds.LEVELS)
    assert set(figures.LOSS_COLOURS) == set(run_summaries.LOSSES) <= set(kinds.STAGES)
    assert {name for name, _ in run_summaries.STEPS} < set(catalogue()["step_labels"])
    assert sorted(kind for _, _, held in LANES for kind in held) == sorted(
        TABLES["documented"]["kind"].allowed
    )


@given(
    st.lists(st.floats(2000, 2021, allow_nan=False), max_size=40),
    st.floats(0.05, 3.0),
)
def test_marks_of_a_lane_do_not_cover_each_other(years: list[float], scale: float) -> None:
    marks = sorted(years)
    rows = rows_of(marks, scale)
    for (one, a), (other, b) in itertools.combinations(zip(rows, marks, strict=True), 2):
        assert one != other or abs(a - b) * scale >= MARK


def test_figures_are_chosen_by_name() -> None:
    assert set(RUN.every) == {*figures.FIGURES, "timeline"}
    assert RUN.chosen(True) == RUN.chosen("usual") == RUN.usual
    assert RUN.chosen("all") == RUN.every
    assert RUN.chosen("none") == RUN.chosen(False) == ()
    assert RUN.chosen(" ties, map_deals,ties") == RUN.chosen(["ties", "map_deals"])
    with pytest.raises(InputError, match=r"no figure 'tie'.* Did you mean 'ties'"):
        RUN.chosen("map_deals,tie")
    with pytest.raises(InputError, match=r"no format 'gif'. Allowed: png, svg"):
        known_format("gif")
    names = dict.fromkeys(("map_deals", "map_trust", "timeline_AR-Y", "timeline_CL-CO"), "")
    assert list(belonging(names, ("timeline", "map_trust"))) == list(names)[1:]


def test_a_png_keeps_its_colours(small_run: Run, tmp_path: Path) -> None:
    figure = figure_style.figure_of(figures.plot_ties(small_run))
    figure.savefig(tmp_path / "full.png", dpi=150)
    file = figure_style.save_as(figure, tmp_path / "f.png", "Ties")
    with Image.open(file) as image, Image.open(tmp_path / "full.png") as whole:
        assert image.info["Title"] == "Ties"
        assert image.mode == "P"
        one, full = (np.asarray(held.convert("RGB"), dtype=np.int64) for held in (image, whole))
    assert file.stat().st_size < 0.5 * (tmp_path / "full.png").stat().st_size
    # Bands and lines keep their colours; only rims of letters and lines take a near one.
    away = np.abs(one - full).max(axis=2)
    assert (away > 0).mean() < 0.05
    assert away.mean() < 0.5
