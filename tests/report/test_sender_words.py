"""A run on a world with another sender speaks of that one, in all that people read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.text import Text

import sim
from sim.app.language import Language, forms, languages, read_catalogue
from sim.core.enums import EVENTS
from sim.core.parameters import PARAMETERS
from sim.engine.outcomes import OUTCOMES, REGION
from sim.experiments.comparison.paired_simulation import PATHS
from sim.experiments.data_package import CODEBOOK
from sim.experiments.sender_words import sender_words
from sim.report import biography, compare_figures, figures
from sim.report.cards import compare_card, run_card
from sim.report.compare_page import notebook_html as compared_in_notebook
from sim.report.compare_page import report_page as compare_page
from sim.report.event_phrases import EventDescriber
from sim.report.figure_choice import COMPARISON
from sim.report.figure_style import figure_of
from sim.report.phrases import catalogue
from sim.report.run_page import notebook_html, report_page
from sim.results.table_export import export_tables
from sim.world import SHIPPED, World, load_world

EXAMPLE = Path(__file__).parents[2] / "examples" / "ethiopia-ghana-kenya"
WRITTEN = re.compile(
    r"\b(?:China|Chinese|Beijing|Confucius|Latin America|[Cc]hin[oa]s?|chinês|chines\w+|Pekín|"
    r"Pequim|Confucio|Confúcio|América Latina)\b"
)


def with_sides(folder: Path, source: Path, sides: str) -> World:
    for path in source.glob("*.csv"):
        text = path.read_text(encoding="utf-8").replace("China-Africa", "India-Africa")
        (folder / path.name).write_text(text, encoding="utf-8")
    (folder / "sides.csv").write_text(f"side,name,source\n{sides}", encoding="utf-8")
    return load_world(folder)


@pytest.fixture(scope="module")
def indian(tmp_path_factory: pytest.TempPathFactory) -> World:
    sides = "region,East Africa,test\nsender,India,test\nadjective,Indian,test\n"
    return with_sides(tmp_path_factory.mktemp("india"), EXAMPLE, sides)


@pytest.fixture(scope="module")
def run(indian: World) -> sim.Run:
    return sim.run("baseline", world=indian, end="2012-12", replicates=2)


@pytest.fixture(scope="module")
def compared(indian: World) -> sim.Comparison:
    return sim.compare("baseline", "us-china-tension", "ofdi-slowdown", world=indian, replicates=2,
                       end="2014-12", workers=1, fixed=True)  # fmt: skip


def speaks(text: str) -> None:
    """Require that a text names the sender of this world and not the one texts are written of."""
    assert "India" in text
    assert WRITTEN.findall(text.replace("ofdi-slowdown", "").replace("us-china-tension", "")) == []


def drawn(ax: object) -> str:
    figure = figure_of(ax)  # type: ignore[arg-type]
    return "\n".join(str(one.get_text()) for one in figure.findobj(Text))


def test_cards_and_reports(run: sim.Run, compared: sim.Comparison) -> None:
    nothing = dict.fromkeys(figures.captions(run), b"")
    for text in (run_card(run), report_page(run, nothing), notebook_html(run)):
        speaks(text)
    nothing = dict.fromkeys(compare_figures.captions(compared), b"")
    for text in (
        compare_card(compared), compare_page(compared, nothing), compared_in_notebook(compared),
    ):  # fmt: skip
        speaks(text)
    assert "US-India tension from 2012" in compare_card(compared)


def test_figures(run: sim.Run, compared: sim.Comparison) -> None:
    place = str(run.world.localities["code"].iloc[0])
    texts = [drawn(figures.draw(run, name)) for name in (*figures.FIGURES, f"timeline_{place}")]
    texts += [
        drawn(compare_figures.FIGURES[name](compared, "ofdi-slowdown")) for name in COMPARISON.every
    ]
    texts += [*figures.captions(run).values(), *compare_figures.captions(compared).values()]
    speaks("\n".join(texts))


def test_stories_of_deals(run: sim.Run) -> None:
    events, names = run.events, EventDescriber(run.world)
    deals = biography.deals_of(events, 0)
    lives = [biography.trace_project(events, str(deal.project), 0) for deal in deals[:20]]
    speaks("\n".join(biography.text_of(life, names) for life in lives))


def written_texts() -> Iterator[tuple[str, str, str]]:
    """Yield a language, a text and its translation, for each text of the page and of events."""
    for code in languages():
        if code != "en":
            for message in read_catalogue(code):
                for original, text in zip(forms(message.id), forms(message.string), strict=False):
                    if original:
                        yield "en", original, original
                        yield code, original, text
    for kind in EVENTS.values():
        for text in (kind.sentence, kind.reason, kind.phrase, kind.setting, kind.ending):
            yield "en", text, text


def stata_labels(folder: Path) -> str:
    found = []
    for file in folder.glob("*.dta"):
        with pd.read_stata(file, iterator=True) as stream:
            found += [f"{name}: {label}" for name, label in stream.variable_labels().items()]
    return "\n".join(found)


def test_what_describes_files(run: sim.Run, compared: sim.Comparison, tmp_path: Path) -> None:
    swept = sim.sweep(
        "baseline", ["turnover.fade=0.2..0.8"], n=2, end="2000-03", replicates=1, workers=1,
        world=run.world, tables=("by_country",), out=tmp_path / "swept",
    )  # fmt: skip
    folders = [
        run.write(tmp_path / "run", figures=False),
        compared.write(tmp_path / "compared", figures=False),
        Path(swept.folder),
    ]
    for folder in folders:
        export_tables(folder, folder.parent / f"{folder.name}-stata", "stata")
        exported = folder.parent / f"{folder.name}-stata"
        texts = [stata_labels(exported)]
        for described in (folder, exported):
            texts += [path.read_text("utf-8") for path in described.glob("datapackage.json")]
        texts += [(folder / "ro-crate-metadata.json").read_text("utf-8")]
        assert len(texts) == 4
        for text in texts[:3]:
            assert "delegations received from India" in text
            # These are codes that the tables hold.
            speaks(re.sub(r"china or lac|\bchinese_actor(_type)?\b", "", text))
        speaks(texts[3])
    assert "China" not in swept._repr_html_()


@pytest.fixture(scope="module")
def without_adjective(tmp_path_factory: pytest.TempPathFactory) -> World:
    sides = "region,East Africa,test\nsender,India,test\n"
    return with_sides(tmp_path_factory.mktemp("bare"), EXAMPLE, sides)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("highest trust in a Chinese actor at the end", "highest trust in an actor of India at"),
        ("A Chinese province visits.", "A province of India visits."),
        ("doors opened for another Chinese actor", "doors opened for another actor of India"),
        ("A new Chinese ambassador arrives", "A new ambassador of India arrives"),
        ("Chinese diaspora", "Diaspora of India"),
        ("the Chinese business association in {country}", "the business association of India in {"),
        ("debt of localities to Chinese banks", "debt of localities to banks of India"),
        ("views of China", "views of India"),
    ],
)
def test_a_sender_without_an_adjective(text: str, spoken: str, without_adjective: World) -> None:
    assert sender_words(without_adjective)(text).startswith(spoken)


def test_no_text_takes_the_name_for_an_adjective(without_adjective: World) -> None:
    words = sender_words(without_adjective)
    texts = [original for code, original, _ in written_texts() if code == "en"]
    entries = tomllib.loads(CODEBOOK.read_text("utf-8"))["columns"].values()
    texts += [meaning for meaning, _ in entries]
    texts += [one.meaning for one in (*PATHS, *OUTCOMES, *REGION)]
    texts += [one.meaning for one in PARAMETERS.values()]
    of_its_own = [text for text in texts if "Chinese" in text]
    assert len(of_its_own) > 30
    for text in of_its_own:
        spoken = words(text)
        assert WRITTEN.findall(spoken) == []
        assert re.search(r"\b[Aa]n? India\b|(?<!of )\bIndia [a-z]", spoken) is None, spoken


def test_every_text_of_the_page_in_every_language(indian: World, tmp_path: Path) -> None:
    # Names in the shipped tables are not texts: of them each stays what it is.
    sides = "region,East Africa,test\nsender,India,test\n"
    kept = sender_words(with_sides(tmp_path, SHIPPED, sides))
    checked = 0
    for code, original, text in written_texts():
        if kept(original) == original and WRITTEN.search(original):
            continue
        if re.search(r"China [A-Z]|Latin American", original):
            continue
        spoken = sender_words(indian)(text, code, original)
        assert WRITTEN.findall(spoken) == [], (code, spoken)
        checked += spoken != text
    assert checked > 200
    assert Language("es", indian).text("a Chinese actor") == "un actor de India"
    assert Language("pt", indian).text("Visits from China") == "Visitas de India"
    assert Language("es", load_world()).text("a Chinese actor") == "un actor chino"


def test_names_in_the_tables_and_titles_of_ones_own_stay(tmp_path: Path) -> None:
    world = with_sides(tmp_path, SHIPPED, "sender,India,test\n")
    names, words = EventDescriber(world), sender_words(world)
    assert names.actor("bank:cdb") == "China Development Bank"
    assert names.actor(None) == "an actor of India"
    baseline = sim.load("baseline")
    assert words.scenario(baseline).question == baseline.question.replace("China", "India")
    own = baseline.model_copy(update={"title": "China's answer", "question": ""})
    assert words.scenario(own).title == "China's answer"


@pytest.mark.parametrize(
    ("sides", "sentence"),
    [
        ("sender,China,test\n", "A new Chinese ambassador arrives in"),
        ("sender,India,test\nadjective,Indian,test\n", "A new Indian ambassador arrives in"),
        ("", "A new foreign ambassador arrives in"),
    ],
)
def test_what_belongs_to_the_sender(sides: str, sentence: str, tmp_path: Path) -> None:
    words = sender_words(with_sides(tmp_path, EXAMPLE, sides))
    assert words(EVENTS["ambassador_rotation"].sentence).startswith(sentence)
    holds = words(EVENTS["forum"].sentence)
    assert (
        holds
        == f"{'China' if 'China' in sides else 'India' if sides else 'The sender'} holds {{forum}}."
    )


def test_only_these_phrases_speak_of_the_sender() -> None:
    # Those that do are put through the sender's words where they are said.
    found = {name for name, section in catalogue().items() if WRITTEN.search(str(section))}
    assert found <= {
        "outcomes", "outcome_words", "run_captions", "comparison_captions", "channel_labels",
    }  # fmt: skip
