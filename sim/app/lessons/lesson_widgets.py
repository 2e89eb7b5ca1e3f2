"""Parts of the tab written for it: the row of lessons, the guess, the table of results.

Texts reach the browser as texts, never as HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import param
from panel.custom import JSComponent


class LessonList(JSComponent):
    """Show the lessons as a list of buttons.

    Parameters
    ----------
    lessons
        Pairs of name and title, in order.
    active
        Name of the lesson shown.
    label
        Accessible name of the list.
    """

    lessons = param.List(default=[], item_type=list)
    active = param.String(default="")
    label = param.String(default="")

    _esm = """
export function render({ model, el }) {
  const nav = document.createElement("nav"), list = document.createElement("ol");
  nav.setAttribute("aria-label", model.label); nav.append(list); el.append(nav);
  const buttons = model.lessons.map(([name, title], index) => {
    const item = document.createElement("li"), button = document.createElement("button");
    const count = document.createElement("span");
    count.className = "count"; count.textContent = index + 1;
    button.type = "button"; button.dataset.name = name; button.append(count, " ", title);
    button.addEventListener("click", () => { model.active = name; });
    item.append(button); list.append(item);
    return button;
  });
  const mark = () => {
    for (const button of buttons) {
      if (button.dataset.name === model.active) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  };
  model.on("active", mark); mark();
}
"""
    _stylesheets = [  # noqa: RUF012
        """
ol { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem; }
li { flex: 1 1 15rem; display: flex; }
button { flex: 1; text-align: left; font: 15px var(--font); color: var(--ink); cursor: pointer;
  background: var(--paper); border: 1px solid #767676; border-radius: 4px; padding: .5rem .7rem;
  min-height: 44px; }
button:hover { background: #ececec; }
button[aria-current] { border-color: var(--link); box-shadow: inset 5px 0 0 var(--link);
  font-weight: 600; }
.count { font-weight: 700; color: var(--link); margin-right: .2rem; }
"""
    ]


class Guess(JSComponent):
    """Ask for a guess; once it is committed it stands.

    Parameters
    ----------
    question
        What is to be predicted.
    choices
        What can be guessed, in order.
    committed
        Number of the guess, or -1 while there is none.
    answer
        Number of the right guess, or -1 while it is not known.
    texts
        ``commit``, ``again``, ``mine``, ``right`` and ``choose``.
    """

    question = param.String(default="")
    choices = param.List(default=[], item_type=str)
    committed = param.Integer(default=-1)
    answer = param.Integer(default=-1)
    texts = param.Dict(default={})

    _esm = """
export function render({ model, el }) {
  const texts = model.texts, form = document.createElement("form");
  const set = document.createElement("fieldset"), legend = document.createElement("legend");
  legend.textContent = model.question; set.append(legend);
  const rows = model.choices.map((text, index) => {
    const label = document.createElement("label"), input = document.createElement("input");
    const words = document.createElement("span"), mark = document.createElement("strong");
    input.type = "radio"; input.name = "guess"; input.value = index;
    const both = document.createElement("span"); both.append(words, " ", mark);
    words.textContent = text; label.append(input, both); set.append(label);
    return { label, input, mark };
  });
  const hint = document.createElement("p"); hint.setAttribute("role", "alert");
  const commit = document.createElement("button"); commit.type = "submit";
  commit.className = "commit"; commit.textContent = texts.commit;
  const again = document.createElement("button"); again.type = "button";
  again.className = "again"; again.textContent = texts.again;
  form.append(set, hint, commit, again); el.append(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = rows.findIndex(({ input }) => input.checked);
    hint.textContent = chosen < 0 ? texts.choose : "";
    if (chosen >= 0) model.send_msg({ guess: chosen });
  });
  again.addEventListener("click", () => model.send_msg({ guess: -1 }));
  const show = () => {
    const done = model.committed >= 0;
    rows.forEach(({ label, input, mark }, index) => {
      input.disabled = done;
      input.checked = done ? index === model.committed : input.checked && !done;
      const words = [];
      if (done && index === model.committed) words.push(texts.mine);
      if (index === model.answer) words.push("✓ " + texts.right);
      mark.textContent = words.join(" · ");
      label.classList.toggle("mine", done && index === model.committed);
      label.classList.toggle("right", index === model.answer);
    });
    commit.hidden = done; again.hidden = !done;
  };
  for (const name of ["committed", "answer"]) model.on(name, show);
  show();
}
"""
    _stylesheets = [  # noqa: RUF012
        """
fieldset { border: 0; margin: 0; padding: 0; }
legend { font-weight: 600; padding: 0; margin-bottom: .4rem; font-size: 1rem; }
label { display: flex; gap: .5rem; align-items: baseline; padding: .4rem .5rem; min-height: 28px;
  border-left: 5px solid transparent; cursor: pointer; }
label span { min-width: 0; }
label:hover { background: #f0f0ec; }
label.mine { border-left-color: var(--orange); background: #fdf3e0; }
label.right { border-left-color: var(--blue); background: #e8f2f9; }
input { accent-color: var(--link); width: 18px; height: 18px; flex: none; }
strong { font-size: .85rem; }
button { font: 600 15px var(--font); min-height: 42px; padding: .4rem 1rem; border-radius: 4px;
  cursor: pointer; margin-top: .4rem; }
.commit { color: #fff; background: var(--link); border: 1px solid var(--link); }
.again { color: var(--ink); background: var(--paper); border: 1px solid #767676; }
p { color: var(--red); margin: .3rem 0; min-height: 1.2rem; }
[hidden] { display: none; }
"""
    ]

    def __init__(self, on_guess: Callable[[int], None], **params: Any) -> None:
        super().__init__(**params)
        self._on_guess = on_guess

    def _handle_msg(self, data: Any) -> None:
        """Take a guess if it is one; -1 takes it back."""
        guess = data.get("guess") if isinstance(data, dict) else None
        if isinstance(guess, int) and not isinstance(guess, bool):
            self._on_guess(guess)


class Results(JSComponent):
    """Say how far the runs are and what they show; screen readers read it out.

    Parameters
    ----------
    progress
        How far the runs are.
    head, rows, caption
        The table; the first cell of a row names it.
    """

    progress = param.String(default="")
    caption = param.String(default="")
    head = param.List(default=[], item_type=str)
    rows = param.List(default=[], item_type=list)

    _esm = """
export function render({ model, el }) {
  const status = document.createElement("p"); status.setAttribute("role", "status");
  const wrap = document.createElement("div"); wrap.className = "wrap"; wrap.tabIndex = 0;
  wrap.setAttribute("role", "region");
  el.append(status, wrap);
  const line = (row, words, head) => words.forEach((text, index) => {
    const cell = document.createElement(head || index === 0 ? "th" : "td");
    if (cell.tagName === "TH") cell.scope = head ? "col" : "row";
    cell.textContent = text; row.append(cell);
  });
  const show = () => {
    status.textContent = model.progress;
    wrap.hidden = model.rows.length === 0; wrap.setAttribute("aria-label", model.caption);
    const table = document.createElement("table");
    table.createCaption().textContent = model.caption;
    line(table.createTHead().insertRow(), model.head, true);
    const body = table.createTBody();
    for (const row of model.rows) line(body.insertRow(), row, false);
    wrap.replaceChildren(table);
  };
  for (const name of ["progress", "rows"]) model.on(name, show);
  show();
}
"""
    _stylesheets = [  # noqa: RUF012
        """
p { margin: .3rem 0; color: var(--quiet); }
.wrap { overflow-x: auto; }
.wrap:focus-visible { outline: 3px solid var(--vermillion); }
table { border-collapse: collapse; width: 100%; background: var(--paper); font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { border-bottom: 1px solid #d0d0d0; padding: .35rem .6rem; text-align: right; }
th:first-child { text-align: left; }
tbody th { font-weight: 400; }
[hidden] { display: none; }
"""
    ]
