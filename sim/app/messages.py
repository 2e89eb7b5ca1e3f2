"""Every text of the page that is translated, and the catalogues that translate them.

Texts stand in the code, as arguments of ``_`` and ``n``, or are data: lessons, sentences of
events, parameters, scenarios, outcomes, case studies and names of the world's tables. ``make
messages`` brings the catalogues of all languages up to date: new texts are added without a
translation, those that are gone are dropped.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sim.app.language import FOLDER, SOURCE, languages, read_catalogue, untranslated

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

APP = Path(__file__).parent
SHARED = [APP.parent / "report" / f"{name}.py" for name in ("display_names", "event_phrases")]
"""Modules of the reports whose words the page uses too."""
KEYWORDS = {"_": None, "n": (1, 2)}


@dataclass(frozen=True)
class Message:
    """Hold one text: its singular, its plural where it has one, and what it belongs to."""

    text: str
    plural: str | None
    about: str


def messages() -> list[Message]:
    """Return every text once, in the order of where it stands."""
    found: dict[str, Message] = {}
    for message in (*_in_code(), *_in_data()):
        if message.text:
            found.setdefault(message.text, message)
    return list(found.values())


def _in_code() -> Iterator[Message]:
    """Yield the texts that stand in the code of the page."""
    for file in (*sorted(APP.rglob("*.py")), *SHARED):
        about = file.relative_to(APP if APP in file.parents else APP.parent).as_posix()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in sorted(_calls(tree), key=lambda call: (call.lineno, call.col_offset)):
            texts = _texts(node)
            if texts:
                yield Message(texts[0], texts[1] if len(texts) > 1 else None, about)


def _calls(tree: ast.Module) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _texts(call: ast.Call) -> list[str]:
    """Return the texts that a call translates, none if it translates none that is written out."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    wanted = {"_": 1, "n": 2}.get(name, 0)
    given = [node.value for node in call.args[:wanted] if isinstance(node, ast.Constant)]
    texts = [value for value in given if isinstance(value, str)]
    return texts if wanted and len(texts) == wanted else []


def _in_data() -> Iterator[Message]:
    """Yield the texts that are data."""
    for about, texts in (
        ("lessons", _lesson_texts()),
        ("case studies", _study_texts()),
        ("sentences of events", _sentence_texts()),
        ("parameters", _parameter_texts()),
        ("scenarios", _scenario_texts()),
        ("interventions", _intervention_texts()),
        ("outcomes", _outcome_texts()),
        ("the month", _month_texts()),
        ("names", _name_texts()),
    ):
        for text in texts:
            yield Message(text, None, about)


def _lesson_texts() -> Iterator[str]:
    from sim.app.lessons.lesson import lessons

    for lesson in lessons().values():
        yield from lesson.texts()


def _study_texts() -> Iterator[str]:
    from sim.app.cases.documented_record import studies_shown

    for study in studies_shown().values():
        yield from (study.actors, study.holders, study.outcome)


def _sentence_texts() -> Iterator[str]:
    from sim.core.enums import EVENTS
    from sim.report import locality_timeline
    from sim.report.biography import LANES
    from sim.report.event_phrases import ORDERED

    for kind in EVENTS.values():
        yield from (kind.sentence, kind.reason, kind.setting)
    yield from ORDERED.values()
    yield from (look.name for look in LANES.values())
    yield from (name for name, _, _ in locality_timeline.LANES)


def _parameter_texts() -> Iterator[str]:
    from sim.core.parameters import PARAMETERS

    for entry in PARAMETERS.values():
        yield from (entry.meaning, entry.unit, entry.source)


def _scenario_texts() -> Iterator[str]:
    from sim.scenario.schema import names, outline

    for name in names():
        scenario = outline(name)
        yield from (scenario.title, scenario.question)


def _intervention_texts() -> Iterator[str]:
    from sim.scenario.interventions import KINDS

    for model in KINDS.values():
        yield model.label
        for field in model.model_fields.values():
            yield field.description or ""


def _outcome_texts() -> Iterator[str]:
    from sim.experiments.comparison.paired_simulation import REGION_OUTCOMES
    from sim.report.display_names import outcome_label

    for outcome in REGION_OUTCOMES:
        yield from (outcome_label(outcome.name).with_unit, outcome.unit)


def _month_texts() -> Iterator[str]:
    from sim.engine.timetable import STEPS
    from sim.report.display_names import MONTHS

    yield from MONTHS
    yield from (step.reason for step in STEPS)


def _name_texts() -> Iterator[str]:
    from sim.report.display_names import Names
    from sim.world import load_world

    world = load_world()
    names = Names(world)
    yield from names.countries.values()
    yield from (names.sector(code) for code in names.sectors)
    yield from names.sectors.values()
    yield from world.provinces["name"]
    for kind, table in (
        ("organisation", world.organisations),
        ("bank", world.banks),
        ("firm", world.firms),
    ):
        yield from (names.actor(f"{kind}:{code}") for code in table["code"])
    yield from names.forums.values()
    yield from world.tables["documented"]["label"]
    yield from world.tables["stated"]["label"]


def renewed(code: str) -> Catalog:
    """Return a catalogue with every text, translated where the file has a translation."""
    from babel.messages.catalog import Catalog

    old = read_catalogue(code)
    fresh = Catalog(locale=code, project="paradiplomacy", charset="utf-8", fuzzy=False)
    for message in messages():
        known = old.get(message.text)
        text = (message.text, message.plural) if message.plural else message.text
        same = known is not None and known.id == text
        fresh.add(
            text,
            known.string if same and known is not None else None,
            auto_comments=[message.about],
            flags=["python-brace-format"] if "{" in message.text else [],
        )
    return fresh


def po_text(catalogue: Catalog) -> bytes:
    """Return a catalogue as the text of its file, without anything that changes by itself."""
    from babel.messages.pofile import write_po

    out = BytesIO()
    write_po(out, catalogue, width=100, omit_header=True)
    head = (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: paradiplomacy\\n"\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def update(*, write: bool = True) -> dict[str, list[str]]:
    """Bring every catalogue up to date; return what it lacks, by language.

    Parameters
    ----------
    write
        Whether to write the catalogues; otherwise those that would change lack that, too.
    """
    from sim.core.files import write_bytes

    missing = {}
    for code in languages():
        if code == SOURCE:
            continue
        catalogue = renewed(code)
        missing[code] = untranslated(catalogue)
        file, content = FOLDER / code / "LC_MESSAGES" / "app.po", po_text(catalogue)
        if write:
            write_bytes(file, content)
        elif file.read_bytes() != content:
            missing[code].append("(the catalogue is not up to date: make messages)")
    return missing
