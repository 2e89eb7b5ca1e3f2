"""Parts of the tab that are written for it: settings, sliders, interventions, the result.

They are the browser's own fields, reachable by keyboard and known to screen readers. Texts reach
the browser as texts, never as HTML; what the browser says is only taken if it can be an answer.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import param
from panel.custom import JSComponent

from sim.app.labels import labels
from sim.app.limits import UPLOAD_BYTES
from sim.app.theme import source
from sim.app.what_if.intervention_forms import answered
from sim.core.parameters import PARAMETERS

if TYPE_CHECKING:
    from sim.app.language import Translate, TranslateCount


def sheets(*names: str) -> list[str]:
    """Return the style sheets of these names, which stand beside this module."""
    return [source(f"what_if/{name}.css") for name in names]


class Setup(JSComponent):
    """Ask which scenario is changed, what it is compared with, its title and its seed.

    Parameters
    ----------
    scenarios
        Name and title of each shipped scenario.
    start, against, title, seed
        What is set; see :class:`sim.app.what_if.experiment.Experiment`.
    question
        The scenario's question.
    largest, highest
        Bytes of the largest file that can be loaded, and highest seed.
    """

    scenarios = param.List(default=[], item_type=list)
    start = param.String(default="")
    against = param.String(default="")
    title = param.String(default="")
    seed = param.Integer(default=0)
    question = param.String(default="")
    largest = param.Integer(default=UPLOAD_BYTES)
    highest = param.Integer(default=0)
    texts = param.Dict(default={})

    _esm = "setup.js"
    _stylesheets = sheets("forms", "setup")

    def __init__(
        self,
        on_set: Callable[[str, Any], None],
        on_file: Callable[[bytes | None, str], None],
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self._on_set, self._on_file = on_set, on_file

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, Mapping):
            return
        field, value, name = data.get("field"), data.get("value"), data.get("name")
        if field == "file" and isinstance(value, str):
            try:
                content = base64.b64decode(value, validate=True)
            except (ValueError, binascii.Error):
                return
            # None stands for a file that is too large to send.
            given = None if data.get("large") else content
            self._on_file(given, name if isinstance(name, str) else "")
        elif field in {"start", "against", "title"} and isinstance(value, str):
            self._on_set(field, value)
        elif field == "seed" and isinstance(value, int | float) and value == int(value):
            self._on_set(field, int(value))


class ParameterSliders(JSComponent):
    """Show a slider for each parameter and tell where one is released or passes by.

    Parameters
    ----------
    groups
        See :func:`sim.app.what_if.parameter_sliders.slider_groups`.
    values
        Value of each parameter, by name.
    """

    groups = param.List(default=[], item_type=dict)
    values = param.Dict(default={})
    texts = param.Dict(default={})

    _esm = "sliders.js"
    _stylesheets = sheets("forms", "sliders")

    def __init__(
        self,
        on_release: Callable[[str, float], None],
        on_move: Callable[[str, float], None],
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self._on_release, self._on_move = on_release, on_move

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, Mapping):
            return
        name, value = data.get("name"), data.get("value")
        if not isinstance(value, int | float) or isinstance(value, bool):
            return
        if isinstance(name, str) and name in PARAMETERS:
            (self._on_move if data.get("moving") else self._on_release)(name, float(value))


def slider_texts(_: Translate, n: TranslateCount) -> dict[str, str | list[str]]:
    """Return the words around the sliders; of ``changed`` one for each number of parameters."""
    changed = [n("{n} changed", "{n} changed", i) for i in range(len(PARAMETERS) + 1)]
    return {**labels("sliders", _), "changed": changed}


class InterventionList(JSComponent):
    """List the interventions and let the visitor add, edit and remove them.

    Parameters
    ----------
    forms, tables
        See :mod:`sim.app.what_if.intervention_forms`.
    items
        The interventions there are: ``sentence`` and ``fields`` of each.
    months
        First and last month of the run.
    error, number
        What is wrong with the last answer, empty if nothing is, and the count of answers.
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

    def __init__(
        self,
        on_save: Callable[[int | None, dict[str, Any]], None],
        on_remove: Callable[[int], None],
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self._on_save, self._on_remove = on_save, on_remove

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, Mapping):
            return
        index = data.get("index")
        if isinstance(index, int) and not 0 <= index < len(self.items):
            return
        if data.get("action") == "remove" and isinstance(index, int):
            self._on_remove(index)
        elif data.get("action") == "save" and (index is None or isinstance(index, int)):
            self._on_save(index, answered(data.get("fields")))


class ResultText(JSComponent):
    """Say what changes, how sure that is and whether runs are under way.

    Screen readers read the headline out when it is new and final.
    """

    headline = param.String(default="")
    progress = param.String(default="")
    busy = param.Boolean(default=False)

    _esm = "result_text.js"
    _stylesheets = sheets("result_text")


class ResultTable(JSComponent):
    """Show a table of texts behind a line that opens it; the first column names the rows."""

    caption = param.String(default="")
    head = param.List(default=[], item_type=str)
    rows = param.List(default=[], item_type=list)

    _esm = "result_table.js"
    _stylesheets = sheets("result_table")
