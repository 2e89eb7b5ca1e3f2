"""One simple form for each kind of intervention, read off its schema, and its answers.

A new field of a kind appears by itself. The schema also judges the answer, on the server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sim.app.labels import labels
from sim.app.language import Translate
from sim.core.parameters import PARAMETERS
from sim.report.display_names import Names, plain_word
from sim.scenario.intervention_fields import ALL
from sim.scenario.interventions import KINDS
from sim.world import World
from sim.world.actors import visitor_names

SHARED = ("month", "until", "every", "lasts", "note")
"""Fields that come first and last in every form."""
NAMED = (("banks", "code"), ("signals", "signal"), ("provinces", "code"))
"""Tables with names, and the column of their codes."""


@cache
def tables(world: World) -> dict[str, list[list[str]]]:
    """Return what can be chosen for the fields that hold names: pairs of code and name."""
    names = Names(world)
    found: dict[str, Any] = {
        "countries": names.countries,
        "localities": {
            code: f"{names.country(names.home[code])}: {name}"
            for code, name in names.localities.items()
        },
        **{table: world.tables[table].set_index(key)["name"] for table, key in NAMED},
        "sectors": names.sectors,
        "travelling actors": visitor_names(world),
    }
    pairs = {table: [[str(c), str(n)] for c, n in known.items()] for table, known in found.items()}
    ordered = {table: sorted(known, key=lambda pair: pair[1]) for table, known in pairs.items()}
    return ordered | {"parameters": [[name, name] for name in PARAMETERS]}


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
        return field | {"table": merged["names"], "several": bool(merged.get("several"))}
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


def forms(_: Translate) -> list[dict[str, Any]]:
    """Return the form of each kind: its fields, in order."""
    titles, choices = labels("intervention_fields", _), labels("choices", _)
    result = []
    for kind, model in KINDS.items():
        fields = []
        for name, field in _fields_of(kind).items():
            description = model.model_fields[name].description or ""
            title = titles.get(name, plain_word(name))
            more: dict[str, Any] = {"label": title, "help": _(description)}
            if "options" in field:
                more["options"] = [[word, choices.get(word, word)] for word in field["options"]]
            if field.get("several"):
                more["first"] = [[ALL, choices[ALL]]]
            fields.append(field | more)
        result.append({"kind": kind, "title": _(model.label), "fields": fields})
    return result


def answered(data: object) -> dict[str, Any]:
    """Return the fields of an intervention from what a form sent; the schema judges them later.

    Numbers and truth values come as the texts of their inputs; what is left empty is left out.
    """
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
    titles, choices = labels("intervention_fields", _), labels("choices", _)
    fields = _fields_of(change["kind"])
    parts = []
    for name, value in change.items():
        if name in {"kind", "id", "month", "until", "note"}:
            continue
        named = dict(tables(world).get(fields[name].get("table", ""), ())) | choices
        if isinstance(value, bool):
            words = named[str(value).lower()]
        elif isinstance(value, float | int):
            words = f"{value:g}"
        else:
            codes = [value] if isinstance(value, str) else value
            words = ", ".join(named.get(code, code) for code in codes)
        parts.append(f"{titles.get(name, plain_word(name))}: {words}")
    when = change["month"] + (f" – {change['until']}" if "until" in change else "")
    note = f" ({change['note']})" if "note" in change else ""
    kind = _(KINDS[change["kind"]].label)
    return f"{when} · {kind} · {', '.join(parts)}{note}"


def replaced(
    items: Sequence[dict[str, Any]], index: int | None, change: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return interventions with one added, or one put in the place of another.

    An intervention keeps the short name that the form does not ask for.
    """
    if index is None:
        return [*items, change]
    kept = {"id": items[index]["id"]} if "id" in items[index] else {}
    return [change | kept if i == index else item for i, item in enumerate(items)]
