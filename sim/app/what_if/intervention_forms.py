"""One simple form for each kind of intervention, read off its schema, and its answers.

A new field of a kind appears by itself. The schema also judges the answer, on the server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import ValidationError

from sim.app.labels import label_tables, labels, say
from sim.app.language import Translate
from sim.core.errors import InputError
from sim.core.parameters import PARAMETERS
from sim.report.display_names import Names, plain_word
from sim.report.phrases import capital
from sim.scenario.intervention_fields import ALL
from sim.scenario.interventions import KINDS
from sim.scenario.world_names import OFFICES, TRAVELLERS
from sim.world import World
from sim.world.actors import visitor_names

SHARED = ("month", "until", "every", "lasts", "note")
"""Fields that come first and last in every form."""
NAMED = (("banks", "code"), ("signals", "signal"), ("provinces", "code"))
"""Tables with names, and the column of their codes."""


def tables(world: World, _: Translate) -> dict[str, list[list[str]]]:
    """Return what can be chosen for the fields that hold names: pairs of code and name."""
    names, groups = Names(world, _), labels("parameter_groups", _)
    offices = {
        code: f"{names.country(names.home[code])}: {names.place(code, None)}"
        for code in (*names.localities, *names.cities)
    }
    found: dict[str, Any] = {
        "countries": {code: names.country(code) for code in names.countries},
        "localities": {code: offices[code] for code in names.localities},
        OFFICES: offices,
        **{table: world.tables[table].set_index(key)["name"].map(_) for table, key in NAMED},
        "sectors": {code: capital(names.sector(code)) for code in names.sectors},
        TRAVELLERS: {code: capital(names.actor(code)) for code in visitor_names(world)},
        "parameters": {
            name: f"{groups.get(entry.group, entry.group)}: {_(entry.meaning)}"
            for name, entry in PARAMETERS.items()
        },
    }
    pairs = {table: [[str(c), str(n)] for c, n in known.items()] for table, known in found.items()}
    return {table: sorted(known, key=lambda pair: pair[1]) for table, known in pairs.items()}


@cache
def _fields_of(kind: str) -> dict[str, dict[str, Any]]:
    """Return what a form must know to ask for each field of a kind, by name and in order."""
    model = KINDS[kind]
    schema = model.model_json_schema()["properties"]
    own = [name for name in model.model_fields if name not in {*SHARED, "kind", "id"}]
    order = [*(name for name in SHARED[:-1] if name in schema), *own, SHARED[-1]]
    required = {name for name in order if model.model_fields[name].is_required()}
    return {name: _field(name, schema[name]) | {"required": name in required} for name in order}


def _field(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    options: Sequence[Mapping[str, Any]] = schema.get("anyOf", ())
    merged = {**schema, **next((s for s in options if s.get("type") != "null"), {})}
    field = {"name": name, "type": "choice"}
    if "names" in merged:
        table = OFFICES if merged.get("cities") else merged["names"]
        return field | {"table": table, "several": bool(merged.get("several"))}
    if "enum" in merged:
        return field | {"options": list(merged["enum"])}
    if merged["type"] == "boolean":
        return field | {"options": ["true", "false"]}
    if name in {"month", "until"}:
        return field | {"type": "month"}
    if merged["type"] in {"number", "integer"}:
        limits = {"min": merged.get("minimum"), "max": merged.get("maximum")}
        return field | {"type": "number", "whole": merged["type"] == "integer"} | limits
    return field | {"type": "text", "longest": merged.get("maxLength", 200)}


def _example(field: Mapping[str, Any]) -> Any:
    """Return some value that a field takes."""
    if field["type"] == "number":
        return (int if field["whole"] else float)(field["min"] or 0)
    options = field.get("options", ["2010-01"])
    return options[0] == "true" if options == ["true", "false"] else options[0]


@cache
def alternatives(kind: str) -> dict[str, tuple[str, ...]]:
    """Return, for each field of a kind that others may stand in for, those others.

    They are what the schema says it misses where only what it always requires is given.
    """
    fields, found = _fields_of(kind), dict[str, tuple[str, ...]]()
    given = {name: _example(field) for name, field in fields.items() if field["required"]}
    while True:
        try:
            KINDS[kind].model_validate(given | {"kind": kind})
        except ValidationError as error:
            context = error.errors()[0].get("ctx", {})
            names = [*context.get("path", ()), *_named(context.get("allowed", ""))]
            missing = [name for name in names if name in fields]
            if not missing or missing[0] in given:
                return found
            found |= {name: tuple(n for n in missing if n != name) for name in missing}
            given[missing[0]] = _example(fields[missing[0]])
        else:
            return found


def _named(text: str) -> list[str]:
    """Return the names that stand in single quotes in a message."""
    return re.findall(r"'(\w+)'", text)


def _titles(_: Translate) -> Callable[[str], str]:
    """Return a function that says what a field is called."""
    known = labels("intervention_fields", _)
    return lambda name: known.get(name, plain_word(name))


def refusal(error: InputError, _: Translate) -> str:
    """Return what is wrong with an answered form, in the words that stand beside its fields."""
    title, field = _titles(_), (error.field or "").rpartition(".")[2]
    one_of = ", ".join(map(title, _named(error.message)))
    if error.message.startswith("give at least one of"):
        return _("Give at least one of these: {fields}.", fields=one_of)
    if error.message.startswith("give ") and one_of:
        return _("Give exactly one of these: {fields}.", fields=one_of)
    if error.message == "is missing":
        return _("{field} is missing.", field=title(field))
    allowed = f". Allowed: {error.allowed}" if error.allowed else ""
    words = re.sub(r"'(\w+)'", lambda name: f"“{title(name[1])}”", error.message + allowed)
    is_field = field in label_tables()["intervention_fields"]
    return f"{title(field)}: {words}." if is_field else f"{words}."


def forms(_: Translate) -> list[dict[str, Any]]:
    """Return the form of each kind: its fields, in order."""
    return [
        {
            "kind": kind,
            "title": _(model.label),
            "fields": [_asked(kind, field, _) for field in _fields_of(kind).values()],
        }
        for kind, model in KINDS.items()
    ]


def _asked(kind: str, field: Mapping[str, Any], _: Translate) -> dict[str, Any]:
    """Return a field of a form with the words around it."""
    title, choices, name = _titles(_), labels("choices", _), field["name"]
    others = alternatives(kind).get(name, ())
    hint = "" if field["required"] else say("intervention_form.optional", _)
    if len(others) == 1:
        hint = _("(needed unless you give: {other})", other=title(others[0]))
    elif others:
        hint = _("(at least one of those marked so)")
    shown = "locality_or_city" if field.get("table") == OFFICES else name
    asked = {**field, "label": title(shown), "hint": hint}
    asked["help"] = _(KINDS[kind].model_fields[name].description or "")
    if "options" in field:
        asked["options"] = [[word, choices.get(word, word)] for word in field["options"]]
    if field.get("several"):
        asked["first"] = [[ALL, choices[ALL]]]
    return asked


def answered(data: object) -> dict[str, Any]:
    """Return the fields of an intervention from the texts of a form, empty ones left out."""
    if not isinstance(data, Mapping):
        return {}
    kind = data.get("kind")
    kind = kind if isinstance(kind, str) else None
    fields = _fields_of(kind) if kind in KINDS else {}
    texts = {str(name): value.strip() for name, value in data.items() if isinstance(value, str)}
    given = {name: text for name, text in texts.items() if text and name != "kind"}
    return {"kind": kind} | {
        name: _read(text, fields.get(name, {})) for name, text in given.items()
    }


def _read(text: str, field: Mapping[str, Any]) -> Any:
    """Return a text as the kind of value that a field holds; unchanged if it is none."""
    if field.get("type") == "number":
        try:
            return int(text[:40]) if field["whole"] else float(text[:40])
        except ValueError:
            return text
    if field.get("options") == ["true", "false"]:
        return {"true": True, "false": False}.get(text, text)
    return text.split(",") if field.get("several") and "," in text else text


def intervention_sentence(change: Mapping[str, Any], world: World, _: Translate) -> str:
    """Return an intervention as one line."""
    title, choices = _titles(_), labels("choices", _)
    fields, known = _fields_of(change["kind"]), tables(world, _)
    parts = []
    for name, value in change.items():
        if name in {"kind", "id", "month", "until", "note"}:
            continue
        named = dict(known.get(fields[name].get("table", ""), ())) | choices
        if isinstance(value, bool):
            words = named[str(value).lower()]
        elif isinstance(value, float | int):
            words = f"{value:g}"
        else:
            codes = [value] if isinstance(value, str) else value
            words = ", ".join(named.get(code, code) for code in codes)
        parts.append(f"{title(name)}: {words}")
    when = change["month"] + (f" – {change['until']}" if "until" in change else "")
    note = f" ({change['note']})" if "note" in change else ""
    kind = _(KINDS[change["kind"]].label)
    return f"{when} · {kind} · {', '.join(parts)}{note}"


def replaced(
    items: Sequence[dict[str, Any]], index: int | None, change: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return interventions with one added, or put in the place of another, whose id it keeps."""
    if index is None:
        return [*items, change]
    kept = {"id": items[index]["id"]} if "id" in items[index] else {}
    return [change | kept if i == index else item for i, item in enumerate(items)]
