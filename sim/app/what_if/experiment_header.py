"""The head of the tab: which scenario it begins from, what it is compared with, title, seed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import param
from panel.custom import JSComponent

from sim.app.language import Translate
from sim.app.limits import UPLOAD_BYTES
from sim.app.what_if.experiment import shipped
from sim.app.what_if.form_styles import FORM
from sim.scenario.schema import names


@cache
def titles(_: Translate) -> list[list[str]]:
    """Return name and title of each shipped scenario, the plain one first."""
    pairs = [[name, _(shipped(name).title)] for name in names()]
    return sorted(pairs, key=lambda pair: (pair[0] != "baseline", pair[1]))


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
    largest
        Bytes of the largest file that can be loaded.
    highest
        Highest seed.
    texts
        Words of the page around the fields.
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

    _esm = """
export function render({ model, el }) {
  const texts = model.texts;
  const labelled = (words, node, more) => {
    const label = document.createElement("label");
    label.textContent = words; label.append(node);
    if (more) label.className = more;
    return label;
  };
  const select = () => {
    const node = document.createElement("select");
    for (const [name, title] of model.scenarios) node.append(new Option(title, name));
    return node;
  };
  const start = select(), against = select();
  const title = document.createElement("input"), seed = document.createElement("input");
  const file = document.createElement("input"), again = document.createElement("button");
  const question = document.createElement("p"); question.className = "question";
  title.type = "text"; title.maxLength = 200; title.required = true;
  seed.type = "number"; seed.min = 0; seed.max = model.highest; seed.step = 1;
  seed.required = true;
  file.type = "file"; file.accept = ".toml";
  again.type = "button"; again.className = "plain"; again.textContent = texts.again;
  const row = document.createElement("div"); row.className = "row";
  row.append(labelled(texts.seed, seed), again);
  el.append(labelled(texts.start, start), question, labelled(texts.title, title),
    labelled(texts.against, against), row, labelled(texts.file, file, "file"));
  const send = (field, value) => model.send_msg({ field, value });
  start.addEventListener("change", () => send("start", start.value));
  against.addEventListener("change", () => send("against", against.value));
  again.addEventListener("click", () => send("start", model.start));
  for (const [name, node] of [["title", title], ["seed", seed]])
    node.addEventListener("change", () => {
      if (!node.checkValidity()) { node.reportValidity(); return; }
      send(name, name === "seed" ? Number(node.value) : node.value);
    });
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    const large = chosen.size > model.largest;
    const bytes = large ? new Uint8Array() : new Uint8Array(await chosen.arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    model.send_msg({ field: "file", name: chosen.name, large, value: btoa(text) });
    file.value = "";
  });
  const show = () => {
    start.value = model.start; against.value = model.against; title.value = model.title;
    seed.value = model.seed; question.textContent = model.question;
  };
  for (const name of ["start", "against", "title", "seed", "question"]) model.on(name, show);
  show();
}
"""
    _stylesheets = [  # noqa: RUF012
        FORM,
        """
label { display: block; font-size: .9rem; margin-bottom: .5rem; }
label input, label select { display: block; width: 100%; }
.row { display: flex; gap: .8rem; align-items: end; margin-bottom: .5rem; }
.row label { margin: 0; }
.row input { width: 7.5rem; }
.question { margin: -.2rem 0 .5rem; color: var(--quiet); font-size: .9rem;
  overflow-wrap: anywhere; }
.question:empty { display: none; }
.file input { border-style: dashed; }
""",
    ]

    def __init__(
        self,
        on_set: Callable[[str, Any], None],
        on_file: Callable[[bytes | None, str], None],
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self._on_set, self._on_file = on_set, on_file

    def _handle_msg(self, data: Any) -> None:
        """Take what the browser says, if it has the form of an answer."""
        if not isinstance(data, Mapping):
            return
        field, value = data.get("field"), data.get("value")
        if field == "file" and isinstance(value, str):
            self._take_file(data, value)
        elif field in {"start", "against", "title"} and isinstance(value, str):
            self._on_set(field, value)
        elif field == "seed" and isinstance(value, int | float) and value == int(value):
            self._on_set(field, int(value))

    def _take_file(self, data: Mapping[str, Any], value: str) -> None:
        try:
            content = base64.b64decode(value, validate=True)
        except (ValueError, binascii.Error):
            return
        name = data.get("name")
        self._on_file(None if data.get("large") else content, name if isinstance(name, str) else "")
