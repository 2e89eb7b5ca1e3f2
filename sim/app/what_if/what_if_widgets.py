"""Parts of the tab that are written for it: settings, sliders, interventions, the result.

They are the browser's own fields, reachable by keyboard and known to screen readers.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import param

from sim.app.labels import labels
from sim.app.language import Translate, TranslateCount
from sim.app.limits import UPLOAD_BYTES
from sim.app.navigation import Component
from sim.app.theme import source
from sim.app.what_if.intervention_forms import answered
from sim.core.parameters import PARAMETERS


def sheets(*names: str) -> list[str]:
    """Return the style sheets of these names, which stand beside this module."""
    return [source(f"what_if/{name}.css") for name in names]


class Setup(Component):
    """Ask for the fields of an experiment and a file: ``on_set(field, value)``, ``on_file``.

    ``scenarios`` are pairs of name and title, ``question`` is that of the scenario; ``drawn`` says
    whether parameters can be drawn at all. A file is of at most ``largest`` bytes.
    """

    scenarios = param.List(default=[], item_type=list)
    start = param.String(default="")
    against = param.String(default="")
    title = param.String(default="")
    seed = param.Integer(default=0)
    question = param.String(default="")
    fixed = param.Boolean(default=False)
    drawn = param.Boolean(default=False)
    largest = param.Integer(default=UPLOAD_BYTES)
    highest = param.Integer(default=0)
    texts = param.Dict(default={})

    _esm = "setup.js"
    _stylesheets = sheets("forms", "setup")

    def _take(self, data: Mapping[str, Any], *callbacks: Callable[..., object]) -> None:
        on_set, on_file = callbacks
        field, value, name = data.get("field"), data.get("value"), data.get("name")
        if field == "file" and isinstance(value, str):
            try:
                content = base64.b64decode(value, validate=True)
            except ValueError:
                return
            # None stands for a file that is too large to send.
            on_file(None if data.get("large") else content, name if isinstance(name, str) else "")
        elif (field in {"start", "against", "title"} and isinstance(value, str)) or (
            field == "fixed" and isinstance(value, bool)
        ):
            on_set(field, value)
        elif field == "seed" and isinstance(value, int | float) and value == int(value):
            on_set(field, int(value))


class ParameterSliders(Component):
    """Show a slider for each parameter: ``on_release(name, value)``, and ``on_move`` on its way.

    ``groups`` come from :mod:`sim.app.what_if.parameter_sliders`; ``effect`` is the one parameter
    that is changed and what that comes to, in words.
    """

    groups = param.List(default=[], item_type=dict)
    effect = param.List(default=["", ""], item_type=str)
    values = param.Dict(default={})
    texts = param.Dict(default={})

    _esm = "sliders.js"
    _stylesheets = sheets("forms", "sliders")

    def _take(self, data: Mapping[str, Any], *callbacks: Callable[..., object]) -> None:
        on_release, on_move = callbacks
        name, value = data.get("name"), data.get("value")
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and isinstance(name, str) and name in PARAMETERS:
            (on_move if data.get("moving") else on_release)(name, float(data["value"]))


def slider_texts(_: Translate, n: TranslateCount) -> dict[str, str | list[str]]:
    """Return the words around the sliders; of ``changed`` one for each number of parameters."""
    changed = [n("{n} changed", "{n} changed", i) for i in range(len(PARAMETERS) + 1)]
    return {**labels("sliders", _), "changed": changed}


class InterventionList(Component):
    """List the interventions, to add, edit and remove: ``on_save(index, fields)``, ``on_remove``.

    ``forms`` and ``tables`` come from :mod:`sim.app.what_if.intervention_forms`; of each of the
    ``items`` there are ``sentence`` and ``fields``, and ``months`` are the ends of the run.
    ``error`` is what is wrong with the last answer, and ``number`` counts answers.
    """

    forms = param.List(default=[], item_type=dict)
    tables = param.Dict(default={})
    items = param.List(default=[], item_type=dict)
    months = param.List(default=["2000-01", "2020-12"], item_type=str)
    error = param.String(default="")
    number = param.Integer(default=0)
    texts = param.Dict(default={})

    _esm = "interventions.js"
    _stylesheets = sheets("forms", "interventions")

    def _take(self, data: Mapping[str, Any], *callbacks: Callable[..., object]) -> None:
        on_save, on_remove = callbacks
        index = data.get("index")
        if isinstance(index, int) and not 0 <= index < len(self.items):
            return
        if data.get("action") == "remove" and isinstance(index, int):
            on_remove(index)
        elif data.get("action") == "save" and (index is None or isinstance(index, int)):
            on_save(index, answered(data.get("fields")))


class ResultText(Component):
    """Say what changes and how far the runs are; a headline is read out when it is final."""

    headline = param.String(default="")
    progress = param.String(default="")
    busy = param.Boolean(default=False)

    _esm = "result_text.js"
    _stylesheets = sheets("result_text")


class ResultTable(Component):
    """Show a table of texts behind a line that opens it; the first column names the rows."""

    caption = param.String(default="")
    head = param.List(default=[], item_type=str)
    rows = param.List(default=[], item_type=list)

    _esm = "result_table.js"
    _stylesheets = sheets("result_table")
