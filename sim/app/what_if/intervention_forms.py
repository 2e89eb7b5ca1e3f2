"""The interventions: a list of those there are, and one simple form for each kind.

What a form asks is read off the schema of the kind, so that a new field appears by itself. The
schema is also what judges the answer, on the server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import param
from panel.custom import JSComponent

from sim.app.language import Translate
from sim.app.what_if.form_styles import FORM
from sim.core.parameters import PARAMETERS
from sim.report.display_names import Names
from sim.scenario.intervention_fields import ALL
from sim.scenario.interventions import KINDS
from sim.world import World
from sim.world.actors import visitor_names

SHARED = ("month", "until", "every", "lasts", "note")
"""Fields that come first and last in every form."""


def kind_names(_: Translate) -> dict[str, str]:
    """Return what each kind of intervention does, in a few words."""
    return {
        "parameter": _("Set a parameter from a month on"),
        "authority": _("Change how far a country is decentralized"),
        "governor": _("Change the governor of a locality"),
        "executive": _("Change the national executive of a country"),
        "recognition": _("Switch diplomatic recognition"),
        "envelope": _("Scale the lending of policy banks"),
        "signal": _("Set the level of a signal"),
        "shock": _("Put stress on a country or on all"),
        "visit": _("Let a delegation come to a locality"),
        "twinning": _("Let a province and a locality twin"),
        "programme": _("Set a national programme for a sector"),
    }


def choice_names(_: Translate) -> dict[str, str]:
    """Return the names of choices that are words of the schema."""
    return {
        "true": _("yes"),
        "false": _("no"),
        ALL: _("all"),
        "fiscal": _("fiscal stress"),
        "strain": _("strained relations with China"),
    }


def field_names(_: Translate) -> dict[str, str]:
    """Return the labels of the fields."""
    return {
        "month": _("First month"),
        "until": _("Last month"),
        "every": _("Again after so many months"),
        "lasts": _("Months for which it holds"),
        "note": _("Note: why the change is made"),
        "parameter": _("Parameter"),
        "country": _("Country"),
        "locality": _("Locality"),
        "value": _("Value"),
        "change": _("Change by"),
        "name": _("Name of a new office-holder"),
        "new": _("A new office-holder without a name"),
        "will": _("Will to work with China, 0 to 1"),
        "aligned": _("Sides with the national executive"),
        "stance": _("Stance on China, −1 to 1"),
        "consolidation": _("Power consolidated in the executive, 0 to 1"),
        "recognises": _("Recognises"),
        "factor": _("Multiplied by"),
        "bank": _("Bank"),
        "signal": _("Signal"),
        "what": _("Kind of stress"),
        "actor": _("Who comes"),
        "province": _("Province"),
        "sector": _("Sector"),
    }


@cache
def tables(world: World) -> dict[str, list[list[str]]]:
    """Return what can be chosen for the fields that hold names: pairs of code and name."""
    names = Names(world)
    places = [
        [str(row.code), f"{names.country(str(row.iso3))}: {row.name}"]
        for row in world.localities[["code", "iso3", "name"]].itertuples(index=False, name="Row")
    ]
    found = {
        "countries": [[code, name] for code, name in names.countries.items()],
        "localities": places,
        "banks": _pairs(world, "banks", "code"),
        "signals": _pairs(world, "signals", "signal"),
        "provinces": _pairs(world, "provinces", "code"),
        "sectors": _pairs(world, "sectors", "code"),
        "travelling actors": [[code, name] for code, name in visitor_names(world).items()],
    }
    found = {table: sorted(pairs, key=lambda pair: pair[1]) for table, pairs in found.items()}
    return found | {"parameters": [[name, name] for name in PARAMETERS]}


def _pairs(world: World, table: str, column: str) -> list[list[str]]:
    frame = world.tables[table].drop_duplicates(column)
    words = frame["name"] if "name" in frame else frame[column].str.replace("_", " ")
    return [[str(c), str(w)] for c, w in zip(frame[column], words, strict=True)]


def forms(_: Translate) -> list[dict[str, Any]]:
    """Return the form of each kind: its fields, in order."""
    labels, choices, result = field_names(_), choice_names(_), []
    for kind, words in kind_names(_).items():
        model = KINDS[kind]
        schema = model.model_json_schema()["properties"]
        own = [name for name in model.model_fields if name not in {*SHARED, "kind", "id"}]
        order = [*(name for name in SHARED[:-1] if name in schema), *own, SHARED[-1]]
        fields = [
            _field(name, schema[name], model.model_fields[name].is_required())
            | {"label": labels[name], "help": _(model.model_fields[name].description or "")}
            for name in order
        ]
        for field in fields:
            if "options" in field:
                field["options"] = [[word, choices.get(word, word)] for word in field["options"]]
            if field.get("several"):
                field["first"] = [[ALL, choices[ALL]]]
        result.append({"kind": kind, "title": words, "fields": fields})
    return result


def _field(name: str, schema: Mapping[str, Any], required: bool) -> dict[str, Any]:
    """Return what a form must know to ask for a field, read off its schema."""
    inner: Mapping[str, Any] = next(
        (s for s in schema.get("anyOf", ()) if s.get("type") != "null"), {}
    )
    merged = {**schema, **inner}
    field: dict[str, Any] = {"name": name, "required": required}
    if "names" in merged:
        several = {"several": True} if merged.get("several") else {}
        return field | {"type": "choice", "table": merged["names"]} | several
    if "enum" in merged:
        return field | {"type": "choice", "options": list(merged["enum"])}
    if name in {"month", "until"}:
        return field | {"type": "month"}
    if merged["type"] in {"number", "integer"}:
        return field | {
            "type": "number",
            "whole": merged["type"] == "integer",
            "min": merged.get("minimum"),
            "max": merged.get("maximum"),
        }
    if merged["type"] == "boolean":
        return field | {"type": "choice", "options": ["true", "false"]}
    return field | {"type": "text", "longest": merged.get("maxLength", 200)}


def answered(data: object) -> dict[str, Any]:
    """Return the fields of an intervention from what a form sent; the schema judges them later.

    Numbers and truth values come as the texts of their inputs; what is left empty is left out.
    """
    if not isinstance(data, Mapping):
        return {}
    kind = data.get("kind")
    kind = kind if isinstance(kind, str) else None
    schema = KINDS[kind].model_json_schema()["properties"] if kind in KINDS else {}
    result: dict[str, Any] = {"kind": kind}
    for name, value in data.items():
        if name == "kind" or not isinstance(value, str) or not value.strip():
            continue
        form = _field(str(name), schema[name], False) if name in schema else {"type": "text"}
        result[str(name)] = _read(value.strip(), form)
    return result


def _read(text: str, form: Mapping[str, Any]) -> Any:
    """Return a text as the kind of value that a field holds; unchanged if it is none."""
    if form["type"] == "number":
        try:
            return int(text[:40]) if form["whole"] else float(text[:40])
        except ValueError:
            return text
    if form.get("options") == ["true", "false"]:
        return {"true": True, "false": False}.get(text, text)
    return text.split(",") if form.get("several") and "," in text else text


def change_sentence(change: Mapping[str, Any], world: World, _: Translate) -> str:
    """Return an intervention as one line."""
    kinds, labels, named, choices = kind_names(_), field_names(_), tables(world), choice_names(_)
    parts = []
    for name, value in change.items():
        if name in {"kind", "id", "month", "until", "note"}:
            continue
        schema = KINDS[change["kind"]].model_json_schema()["properties"][name]
        table = named.get(_field(name, schema, False).get("table", ""), [])
        chosen = dict(table) | choices
        one = chosen.get(str(value), chosen.get(str(value).lower(), value))
        several = isinstance(value, tuple)
        words = ", ".join(str(chosen.get(v, v)) for v in value) if several else one
        parts.append(
            f"{labels[name]}: {words:g}" if _is_number(words) else f"{labels[name]}: {words}"
        )
    when = change["month"] + (f" – {change['until']}" if "until" in change else "")
    note = f" ({change['note']})" if "note" in change else ""
    return f"{when} · {kinds[change['kind']]} · {', '.join(parts)}{note}"


def _is_number(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)


class Changes(JSComponent):
    """List the interventions and let the visitor add, edit and remove them.

    Parameters
    ----------
    forms, tables
        As :func:`forms` and :func:`tables` return them.
    items
        The interventions there are: ``sentence`` and ``fields`` of each.
    months
        First and last month of the run.
    error
        What is wrong with the last answer; empty if nothing is.
    number
        Counts answers.
    texts
        Words of the page around the forms.
    """

    forms = param.List(default=[], item_type=dict)
    tables = param.Dict(default={})
    items = param.List(default=[], item_type=dict)
    months = param.List(default=["2000-01", "2020-12"], item_type=str)
    error = param.String(default="")
    number = param.Integer(default=0)
    texts = param.Dict(default={})

    _esm = """
export function render({ model, el }) {
  const texts = model.texts;
  let editing = null;
  const make = (tag, cls, text) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const list = make("ol"), add = make("button", "plain", texts.add);
  const form = make("form"), fields = make("div", "fields"), error = make("p", "error");
  const kindLabel = make("label", "", texts.kind), kind = make("select");
  const save = make("button", "main", texts.save);
  const cancel = make("button", "plain", texts.cancel);
  const none = make("p", "none", texts.none);
  add.type = "button"; cancel.type = "button"; save.type = "submit"; form.noValidate = false;
  error.setAttribute("role", "alert");
  for (const entry of model.forms) kind.append(new Option(entry.title, entry.kind));
  kindLabel.append(kind);
  const buttons = make("div", "buttons"); buttons.append(save, cancel);
  form.append(kindLabel, fields, error, buttons); form.hidden = true;
  el.append(none, list, add, form);

  const input = (field, value) => {
    let node;
    if (field.type === "choice") {
      node = make("select");
      if (!field.required) node.append(new Option(texts.any, ""));
      const own = field.options || model.tables[field.table];
      for (const [code, name] of [...(field.first || []), ...own])
        node.append(new Option(name, code));
      // Several places cannot be chosen here; those of a file are kept.
      if (Array.isArray(value)) node.append(new Option(value.join(", "), String(value)));
    } else {
      node = make("input");
      node.type = field.type;
      if (field.type === "month") {
        [node.min, node.max] = model.months;
        node.placeholder = "2010-01"; node.pattern = "[0-9]{4}-[0-9]{2}";
      }
      if (field.type === "number") {
        node.step = field.whole ? 1 : "any";
        if (field.min !== null) node.min = field.min;
        if (field.max !== null) node.max = field.max;
      }
      if (field.type === "text") node.maxLength = Math.min(field.longest, 400);
    }
    node.name = field.name; node.required = field.required;
    if (value !== undefined) node.value = String(value);
    return node;
  };
  const build = (values) => {
    fields.replaceChildren();
    for (const field of model.forms.find((f) => f.kind === kind.value).fields) {
      const label = make("label", "", field.label + (field.required ? "" : " " + texts.optional));
      const node = input(field, values[field.name]);
      node.title = field.help;
      label.append(node); fields.append(label);
    }
  };
  const open = (index) => {
    editing = index;
    const values = index === null ? { month: "2010-01" } : model.items[index].fields;
    if (values.kind) kind.value = values.kind;
    error.textContent = "";
    build(values); form.hidden = false; add.hidden = true; kind.focus();
  };
  const shut = () => { form.hidden = true; add.hidden = false; };
  const show = () => {
    none.hidden = model.items.length > 0;
    list.replaceChildren();
    model.items.forEach((item, index) => {
      const row = make("li"), words = make("span", "", item.sentence);
      const edit = make("button", "plain", texts.edit);
      const gone = make("button", "plain", texts.remove);
      for (const button of [edit, gone]) {
        button.type = "button";
        button.setAttribute("aria-label", button.textContent + ": " + item.sentence);
      }
      edit.addEventListener("click", () => open(index));
      gone.addEventListener("click", () => {
        shut(); model.send_msg({ action: "remove", index });
      });
      const both = make("span", "buttons"); both.append(edit, gone);
      row.append(words, both); list.append(row);
    });
  };
  kind.addEventListener("change", () => build({ month: "2010-01" }));
  add.addEventListener("click", () => open(null));
  cancel.addEventListener("click", () => { shut(); add.focus(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = { kind: kind.value };
    for (const node of fields.querySelectorAll("input, select")) values[node.name] = node.value;
    model.send_msg({ action: "save", index: editing, fields: values });
  });
  model.on("items", show);
  model.on("number", () => {
    error.textContent = model.error;
    if (!model.error) { const was = !form.hidden; shut(); if (was) add.focus(); }
  });
  show();
}
"""
    _stylesheets = [  # noqa: RUF012
        FORM,
        """
ol { padding-left: 1.4rem; margin: .3rem 0; }
li { margin-bottom: .5rem; overflow-wrap: anywhere; }
.none { color: var(--quiet); margin: .2rem 0 .5rem; }
.buttons { display: inline-flex; gap: .4rem; margin-left: .4rem; flex-wrap: wrap; }
form { border: 1px solid #8a8a8a; border-radius: 4px; padding: .6rem; margin-top: .4rem; }
form > .buttons { margin: .6rem 0 0; }
label { display: block; font-size: .9rem; margin-bottom: .4rem; }
label input, label select { display: block; width: 100%; }
.fields { margin-top: .3rem; }
.error { color: var(--red); font-weight: 600; margin: .2rem 0; overflow-wrap: anywhere; }
.error:empty { display: none; }
[hidden] { display: none; }
""",
    ]

    def __init__(
        self,
        on_save: Callable[[int | None, dict[str, Any]], None],
        on_remove: Callable[[int], None],
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self._on_save, self._on_remove = on_save, on_remove

    def _handle_msg(self, data: Any) -> None:
        """Take what the browser says, if it is about an intervention that there is."""
        if not isinstance(data, Mapping):
            return
        index = data.get("index")
        if isinstance(index, int) and not 0 <= index < len(self.items):
            return
        if data.get("action") == "remove" and isinstance(index, int):
            self._on_remove(index)
        elif data.get("action") == "save" and (index is None or isinstance(index, int)):
            self._on_save(index, answered(data.get("fields")))


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
