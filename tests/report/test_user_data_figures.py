from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from calibration.user_data import ComparisonRequest, TableComparison, compare_with_table
from sim.report import figure_style
from sim.report.user_data_figures import MOST_UNITS, drawings, shown_units
from sim.report.user_data_page import (
    _against_rivals,
    comparison_page,
    finding_sentences,
    how,
    notices,
    question,
    write_page,
)
from sim.scenario.schema import load

UNITS = ("BR-SP", "BR-BA", "AR-Y", "AR-B", "CL-CO", "CL-AN", "PE-LIM")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> TableComparison:
    file = tmp_path_factory.mktemp("table") / "a <b> & c.csv"
    rows = [f"{unit},{2000 + n % 3},{'ports' if n % 2 else 'mining'},{n}" for n, unit in
            enumerate(UNITS, start=1)]  # fmt: skip
    file.write_text("unit,year,sector,count\n" + "\n".join(rows) + "\n")
    scenario = load("baseline").with_overrides(end="2002-12", replicates=20)
    wanted = ComparisonRequest(outcome="proposals", complete=True)
    return compare_with_table(file, wanted, scenario=scenario, replicates=None)


@pytest.fixture(scope="module")
def drawn(found: TableComparison) -> dict[str, Axes]:
    return {name: draw() for name, draw in drawings(found.record, found.units).items()}


def test_every_figure_is_drawn(drawn: dict[str, Axes]) -> None:
    names = ["units", "ranks", "concentration", "calibration", "years", "sectors"]
    assert list(drawn) == names


def test_the_units_with_most_are_shown(found: TableComparison, drawn: dict[str, Axes]) -> None:
    rows = shown_units(found.units)
    assert len(rows) == MOST_UNITS
    assert rows["unit"].iloc[0] == "PE-LIM"
    labels = [label.get_text() for label in drawn["units"].get_yticklabels()]
    assert labels[0].endswith("(PER)")


def test_the_table_is_drawn_where_it_lies(found: TableComparison, drawn: dict[str, Axes]) -> None:
    (seen,) = [line for line in drawn["years"].lines if line.get_label() == "the table"]
    assert np.asarray(seen.get_ydata()).tolist() == [
        row["observed"] for row in found.record["years"]
    ]


def test_labels_stay_inside_the_figure(drawn: dict[str, Axes]) -> None:
    for name, ax in drawn.items():
        figure = figure_style.figure_of(ax)
        box = ax.get_tightbbox()
        assert box is not None, name
        assert box.x0 >= 0.0, name
        assert box.y0 >= 0.0, name
        assert box.x1 <= figure.bbox.x1 + 1.0, name
        assert box.y1 <= figure.bbox.y1 + 1.0, name


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.loaded += [str(held[name]) for name in ("src",) if held.get(name)]
        if tag == "a":
            self.links.add(str(held["href"]).removeprefix("#"))
        if held.get("id"):
            self.anchors.add(str(held["id"]))


def test_the_page_is_whole_escaped_and_loads_nothing(
    found: TableComparison, tmp_path: Path
) -> None:
    page = write_page(found.record, found.units, tmp_path).read_text(encoding="utf-8")
    parser = _Parser()
    parser.feed(page)
    assert parser.loaded
    assert all(source.startswith("data:") for source in parser.loaded)
    assert parser.links <= parser.anchors
    assert "a &lt;b&gt; &amp; c.csv" in page
    assert "<b>" not in page
    drawn = {path.name for path in (tmp_path / "figures").iterdir()}
    assert {"calibration.png", "ranks.png", "units.png"} <= drawn


def test_only_the_figures_asked_for_are_drawn(found: TableComparison, tmp_path: Path) -> None:
    page = write_page(found.record, found.units, tmp_path, ("ranks",), "svg")
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["ranks.svg"]
    assert page.read_text(encoding="utf-8").count("<img") == 1


def test_the_page_says_what_was_found_and_how(
    found: TableComparison, drawn: dict[str, Axes]
) -> None:
    page = comparison_page(found.record, found.units, dict.fromkeys(drawn, b"<svg/>"))
    for words in ("count as zero", "Gini coefficient", "GDP × authority", "mining, ports"):
        assert words in page
    assert [text.split(":")[0] for text in finding_sentences(found.record)] == [
        *("Level", "Ranking", "Rivals", "Concentration", "Calibration"),
    ]
    assert question(found.record).startswith("Projects proposed, 2000 to 2002, in 555 localities")
    assert how(found.record)["Sectors"] == "mining, ports"


def test_rivals_are_beaten_drawn_with_or_lost_to(found: TableComparison) -> None:
    ends = {"gdp": (-2.0, -1.0), "size": (1.0, 2.0), "population": (-1.0, 1.0)}
    rows = {name: {"model_minus": {"low": low, "high": high}} for name, (low, high) in ends.items()}
    record = {"calibration": {"predictions": {"model": {}, **rows}}}
    assert _against_rivals(record) == (
        "Rivals: by the score of its predictions the model beats GDP; cannot be told from "
        "population; loses to power of GDP."
    )
    assert "by rank alone" in _against_rivals({"calibration": {"predictions": {"model": {}}}})


def test_notices_depend_on_the_table(found: TableComparison) -> None:
    assert len(notices(found.record)) == 1
    compared = {**found.record["compared"], "only_positive": True, "sectors_ignored": True}
    warned = notices({**found.record, "compared": compared, "draws": 5})
    assert ["--complete" in text for text in warned] == [True, False]
    assert "no sectors" in warned[1]


def test_rows_set_aside_and_names_not_resolved_are_told(found: TableComparison) -> None:
    names = [{"name": "Perru", "rows": 2, "nearest": "PER"}, {"name": "Oz", "rows": 1,
                                                             "nearest": None}]  # fmt: skip
    compared = {
        **found.record["compared"],
        "rows": 7,
        "aside": {"late": 3, "unresolved": 3},
        "unknown": {"unresolved": names},
        "brought_to": "thinned",
        "factor": 1.0,
    }
    record = {**found.record, "compared": compared}
    _, thinned, aside, unknown = notices(record)
    assert "nothing was left out" in thinned
    assert aside.startswith("Of 13 rows of the file, set aside: 6 (3 after the last year run")
    assert "Perru (2 rows; PER?), Oz (1 row)" in unknown
    assert "say nothing of the level" in finding_sentences(record)[0]
    assert how(record)["Runs"].endswith("thinned by 1")


def test_a_unit_outside_its_interval_is_listed(found: TableComparison) -> None:
    record, units = found.record, found.units
    page = comparison_page(record, units, {"units": b"", "ranks": b"", "concentration": b"",
                                        "calibration": b""})  # fmt: skip
    assert "more than predicted" in page
    calm = pd.DataFrame(units).assign(observed=units["median"])
    quiet = comparison_page(record, calm, dict.fromkeys(
        ("units", "ranks", "concentration", "calibration"), b""))  # fmt: skip
    assert "No unit lies outside" in quiet
