from __future__ import annotations

import dataclasses
import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from sim.core.parameters import PARAMETERS
from sim.report import figures, html_page, label_placement, run_summaries
from sim.report.biography import example_of
from sim.report.figure_choice import RUN
from sim.report.figure_style import figure_of, save_as
from sim.report.phrases import caution
from sim.report.run_page import report_page, write_report
from sim.results.run_result import Run, run
from sim.scenario.schema import build

pytestmark = pytest.mark.slow  # a whole report with its figures is drawn

HOSTILE = "<script>alert('x')</script> & \"quoted\" </title><img src=http://example.org/x>"
VOID = {"meta", "img", "br", "link", "input"}


class Page(HTMLParser):
    """Collect the elements of a page and check that they close in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data.replace("\u00a0", " ")

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def drawings(run: Run) -> dict[str, bytes]:
    return dict.fromkeys(figures.captions(run), b"<svg xmlns='http://www.w3.org/2000/svg'/>")


def with_scenario(run: Run, **changes: object) -> Run:
    scenario = build(run.scenario.model_dump(exclude_none=True) | changes)
    return Run(scenario, run.world, run.driver, run.tables, run.per_run, run.manifest)


@pytest.fixture(scope="module")
def source(small_run: Run) -> str:
    return report_page(small_run, drawings(small_run))


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


@pytest.mark.parametrize(
    ("form", "address"), [("png", "data:image/png;base64,"), ("svg", "data:image/svg+xml;base64,")]
)
def test_report_and_figures_are_written_alike_twice(
    small_run: Run, tmp_path: Path, form: str, address: str
) -> None:
    report, names = write_report(small_run, tmp_path, "all", form), figures.captions(small_run)
    assert report == tmp_path / "report.html"
    place = tmp_path / "figures"
    assert {p.name for p in place.iterdir()} == {f"{name}.{form}" for name in names}
    text = report.read_text(encoding="utf-8")
    drawn = {name: (place / f"{name}.{form}").read_bytes() for name in names}
    assert report_page(small_run, drawn) == text
    assert len(Page(text).all("img")) == len(drawn)
    assert all(image["src"].startswith(address) for image in Page(text).all("img"))
    assert all(caption.endswith(".") for caption in names.values())

    def again(name: str) -> Path:
        target = tmp_path / f"{name}.{form}"
        return save_as(figure_of(figures.draw(small_run, name)), target, names[name])

    # Codes of countries are placed anew.
    label_placement._placed.cache_clear()
    with ThreadPoolExecutor(2) as pool:
        for path in pool.map(again, ["funnel", "channels", "map_deals"]):
            assert path.read_bytes() == (place / path.name).read_bytes()


def test_only_the_figures_asked_for_are_drawn(small_run: Run, tmp_path: Path) -> None:
    usual = {name for name in figures.captions(small_run) if name.startswith(RUN.usual)}
    place = tmp_path / "usual"
    page = Page(write_report(small_run, place).read_text(encoding="utf-8"))
    assert {path.stem for path in (place / "figures").iterdir()} == usual
    assert len(page.all("img")) == len(usual) == 6
    few = write_report(small_run, tmp_path, "map_trust,countries")
    page = Page(few.read_text(encoding="utf-8"))
    assert len(page.all("img")) == 2
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        "map_trust.png", "countries.png"
    }  # fmt: skip
    page = Page(write_report(small_run, tmp_path / "none", "none").read_text(encoding="utf-8"))
    assert not page.all("img")
    assert "Key outcomes" in page.text
    assert "Ties, channels and sectors" not in page.text
    assert not (tmp_path / "none" / "figures").exists()


def test_page_asks_for_nothing_from_elsewhere(source: str, page: Page) -> None:
    assert not re.search(r"https?:|ftp:|file:", source, re.IGNORECASE)
    assert "<script" not in source
    assert not page.all("script") + page.all("link") + page.all("iframe") + page.all("object")
    assert all(image["src"].startswith("data:image/svg+xml;base64,") for image in page.all("img"))
    assert all(link["href"].startswith("#") for link in page.all("a"))
    assert "url(" not in source
    assert "@import" not in source
    policy = next(m for m in page.all("meta") if m.get("http-equiv"))
    assert policy["content"] == html_page.POLICY
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on")]


def test_page_can_be_read_without_seeing_it(page: Page) -> None:
    assert page.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(len(image["alt"]) > 20 for image in page.all("img"))
    assert len(page.all("figure")) == len(page.all("figcaption")) == len(page.all("img"))
    assert len(page.all("table")) == len(page.all("caption")) > 3
    assert {cell.get("scope") for cell in page.all("th")} == {"row", "col"}
    for tag in ("header", "main", "nav", "footer"):
        assert len(page.all(tag)) == 1
    identities = [a["id"] for _, a in page.elements if "id" in a]
    assert len(identities) == len(set(identities))
    assert {link["href"][1:] for link in page.all("a")} <= set(identities)


def test_page_tells_the_run(small_run: Run, page: Page) -> None:
    scenario = small_run.scenario
    for text in (
        scenario.question,
        scenario.dump_toml().strip(),
        small_run.manifest["model_version"],
        small_run.world.digest,
        "90 % interval",
        caution(small_run.world.digest),
    ):
        assert text in page.text
    for name in small_run.world.countries["name"]:
        assert str(name) in page.text
    for code in run_summaries.places_of(small_run):
        life = example_of(small_run, code)
        assert life is None or f"Project {life.project}" in page.text
    assert small_run.manifest["started"] not in page.text


def test_page_lists_what_the_scenario_changes(small_run: Run) -> None:
    name, entry = next((n, p) for n, p in PARAMETERS.items() if p.low < p.default)
    value = (entry.low + entry.default) / 2
    change = {"kind": "parameter", "month": "2005-01", "parameter": name, "value": entry.low}
    run = with_scenario(small_run, parameters={name: value}, interventions=[change])
    text = Page(report_page(run, drawings(run))).text
    for part in (name, f"{value:g}", f"{entry.default:g}", entry.meaning, "2005-01"):
        assert part in text


def test_hostile_words_stay_words(small_run: Run) -> None:
    run = with_scenario(small_run, title=HOSTILE, question=f"{HOSTILE}?")
    tables = dict(run.world.tables)
    tables["localities"] = tables["localities"].assign(name=HOSTILE)
    tables["countries"] = tables["countries"].assign(name=HOSTILE)
    tables["firms"] = tables["firms"].assign(name=HOSTILE)
    run.world = dataclasses.replace(run.world, tables=tables)
    text = report_page(run, drawings(run))
    page = Page(text)
    assert not page.all("script")
    assert all("http" not in image["src"] for image in page.all("img"))
    assert len(page.all("title")) == 1
    assert HOSTILE in page.text
    assert "<script" not in text


def test_colours_have_enough_contrast() -> None:
    css = (files("sim.report") / "templates" / "page.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css))
    for ink in ("ink", "quiet", "accent"):
        for paper in ("#ffffff", colours["wash"]):
            assert contrast(colours[ink], paper) >= 4.5
    assert contrast(colours["ink"], "#fff5ec") >= 4.5


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("drawn", [False, True])
def test_intervals_say_whether_they_hold_parameters(drawn: bool) -> None:
    draws = [{"turnover.fade": value} for value in (0.2, 0.8)] if drawn else ()
    made = run("baseline", end="2000-03", replicates=2, draws=draws)
    text = " ".join(Page(report_page(made, drawings(made))).text.split())
    here, other = "over parameters and chance", "over chance alone"
    here, other = (here, other) if drawn else (other, here)
    # Of the region, of places looked at or of countries, and of all outcomes.
    assert text.count(f"90 % interval {here}") >= 3
    assert other not in text
    assert ("parameters and rules are held fixed" in text) is not drawn
    assert ("Each run takes a set of parameters" in text) is drawn
