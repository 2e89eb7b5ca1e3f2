"""Bring the catalogues of the page up to date with its texts; say what is not translated.

Texts stand in the code, as arguments of ``_`` and ``n``, in templates, or are data: lessons,
sentences of events, parameters, scenarios, outcomes, case studies and names of the world's tables.
New texts are added to every catalogue without a translation, those that are gone are dropped.

With ``--check`` nothing is written, and what is missing is an error, as for a release.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from sim import app, report
from sim.app.cases.documented_record import STUDIES
from sim.app.language import FOLDER, SOURCE, languages, read_catalogue, untranslated
from sim.cli.app import case_studies
from sim.core.files import write_bytes

APP, REPORT = (Path(str(package.__file__)).parent for package in (app, report))
SHARED = ("display_names", "event_phrases")
"""Modules of the reports whose words the page uses too."""
KEYWORDS = {"_": None, "n": (1, 2)}
HEAD = """msgid ""
msgstr ""
"Project-Id-Version: paradiplomacy\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""

Message = tuple[str, str | None, str]
"""A text, its plural where it has one, and what it belongs to."""


def messages() -> list[Message]:
    """Return every text once, in the order of where it stands."""
    found: dict[str, Message] = {}
    for message in (*in_code(), *in_templates(), *in_data()):
        if message[0]:
            found.setdefault(message[0], message)
    return list(found.values())


def in_code() -> Iterator[Message]:
    """Yield the texts that stand in the code; Babel itself overlooks those inside f-strings."""
    for file in (*sorted(APP.rglob("*.py")), *(REPORT / f"{name}.py" for name in SHARED)):
        about = file.relative_to(APP if APP in file.parents else APP.parent).as_posix()
        calls = (n for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.Call))
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            if texts := texts_of(call):
                yield texts[0], texts[1] if len(texts) > 1 else None, about


def texts_of(call: ast.Call) -> list[str]:
    """Return the texts that a call translates, none if it translates none that is written out."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    many = {"_": 1, "n": 2}.get(name, 0)
    given = [node.value for node in call.args[:many] if isinstance(node, ast.Constant)]
    texts = [value for value in given if isinstance(value, str)]
    return texts if len(texts) == many else []


def in_templates() -> Iterator[Message]:
    """Yield the texts that stand in templates of HTML."""
    for file in sorted(APP.rglob("*.html")):
        about = file.relative_to(APP).as_posix()
        for _line, found, *_rest in extract_from_file("jinja2", file, keywords=KEYWORDS):
            one, many = (found, None) if isinstance(found, str) else found
            yield one, many, about


def in_data() -> Iterator[Message]:
    """Yield the texts that are data."""
    for about, texts in data().items():
        for text in texts:
            yield text, None, about


def data() -> dict[str, list[str]]:
    """Return the texts that are data by what they belong to."""
    from sim.app.labels import label_tables
    from sim.app.lessons.lesson import lessons
    from sim.app.what_if.parameter_sliders import lever_table
    from sim.core.enums import EVENTS
    from sim.core.parameters import PARAMETERS
    from sim.engine.timetable import STEPS
    from sim.experiments.comparison.paired_simulation import REGION_OUTCOMES
    from sim.report import locality_timeline
    from sim.report.biography import LANES
    from sim.report.display_names import MONTHS, outcome_label
    from sim.report.event_phrases import GO_BETWEEN, ORDERED
    from sim.scenario.interventions import KINDS
    from sim.scenario.schema import names, outline

    scenarios = [outline(name) for name in names()]
    texts = [t for kind in EVENTS.values() for t in (kind.sentence, kind.reason, kind.setting)]
    texts += ORDERED.values()
    lanes = [look.name for look in LANES.values()] + [lane[0] for lane in locality_timeline.LANES]
    levers = [part for row in lever_table().values() for part in (row, row.get("exported", {}))]
    fields = [field for model in KINDS.values() for field in model.model_fields.values()]
    return {
        "labels": [
            *(text for table in label_tables().values() for text in table.values()),
            *(part[field] for part in levers for field in ("label", "ends") if field in part),
        ],
        "lessons": [text for lesson in lessons().values() for text in lesson.texts()],
        "case studies": [t for s in STUDIES.values() for t in (s.actors, s.holders, s.outcome)],
        "sentences of events": [
            *texts,
            *(text.replace("governor", "mayor") for text in texts if "governor" in text),
            *GO_BETWEEN.values(),
            *lanes,
        ],
        "parameters": [t for e in PARAMETERS.values() for t in (e.meaning, e.unit, e.source)],
        "scenarios": [text for each in scenarios for text in (each.title, each.question)],
        "interventions": [
            *(model.label for model in KINDS.values()),
            *(field.description or "" for field in fields),
        ],
        "outcomes": [
            *(outcome_label(outcome.name).with_unit for outcome in REGION_OUTCOMES),
            *(outcome.unit for outcome in REGION_OUTCOMES),
        ],
        "the month": [*MONTHS, *(step.reason for step in STEPS)],
        "names": world_names(),
    }


def world_names() -> list[str]:
    """Return the names in the world's tables, and the labels of what is documented."""
    from sim.report.display_names import Names
    from sim.world import load_world

    world = load_world()
    names = Names(world)
    actors = {"organisation": world.organisations, "bank": world.banks, "firm": world.firms}
    return [
        *names.countries.values(),
        *(names.sector(code) for code in names.sectors),
        *names.sectors.values(),
        *world.provinces["name"],
        *(names.actor(f"{kind}:{c}") for kind, table in actors.items() for c in table["code"]),
        *names.forums.values(),
        *world.tables["documented"]["label"],
        *world.tables["stated"]["label"],
        *world.sides["name"],
        *world.tables["signals"]["name"],
    ]


def renewed(code: str) -> Catalog:
    """Return a catalogue with every text, translated where the file has a translation."""
    old = read_catalogue(code)
    fresh = Catalog(locale=code, project="paradiplomacy", charset="utf-8", fuzzy=False)
    for text, plural, about in messages():
        known: Any = old.get(text)
        key = (text, plural) if plural else text
        fresh.add(
            key,
            known.string if known is not None and known.id == key else None,
            auto_comments=[about],
            flags=["python-brace-format"] if "{" in text else [],
        )
    return fresh


def po_text(catalogue: Catalog) -> bytes:
    """Return a catalogue as the text of its file, without anything that changes by itself."""
    out = BytesIO()
    write_po(out, catalogue, width=100, omit_header=True)
    head = HEAD.format(language=catalogue.locale_identifier, plural=catalogue.plural_forms)
    return head.encode() + out.getvalue()


def update(*, write: bool = True) -> dict[str, list[str]]:
    """Bring every catalogue up to date; return what it lacks, by language.

    Without ``write`` nothing is written, and those that would change lack that, too.
    """
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


if __name__ == "__main__":
    STUDIES.update(case_studies())
    check = "--check" in sys.argv[1:]
    found = update(write=not check)
    for language, texts in found.items():
        print(f"{language}: {'not translated:' if texts else 'complete'}")  # noqa: T201
        for text in texts:
            print(f"  {text}")  # noqa: T201
    if check and any(found.values()):
        sys.exit(1)
