"""What came of an experiment, as text: the sentences, and tables for those who read them.

Texts reach the browser as texts, never as HTML.
"""

from __future__ import annotations

import param
from panel.custom import JSComponent


class ResultText(JSComponent):
    """Say what changes and how sure that is; screen readers read it out when it is new.

    Parameters
    ----------
    headline
        The sentence.
    progress
        How far the runs are.
    busy
        Whether runs are under way.
    """

    headline = param.String(default="")
    progress = param.String(default="")
    busy = param.Boolean(default=False)

    _esm = """
export function render({ model, el }) {
  const box = document.createElement("div"); box.className = "said";
  const head = document.createElement("p"); head.className = "headline";
  head.setAttribute("role", "status");
  const progress = document.createElement("p"); progress.className = "progress";
  box.append(head, progress); el.append(box);
  const show = () => {
    if (head.textContent !== model.headline) head.textContent = model.headline;
    progress.textContent = model.progress;
    box.classList.toggle("busy", model.busy);
    box.setAttribute("aria-busy", String(model.busy));
  };
  for (const name of ["headline", "progress", "busy"]) model.on(name, show);
  show();
}
"""
    _stylesheets = [  # noqa: RUF012
        """
.said { background: var(--paper); border: 1px solid #8a8a8a; border-left: 6px solid var(--blue);
  border-radius: 4px; padding: .5rem .9rem; }
.said.busy { border-left-color: var(--orange); }
p { margin: .25rem 0; font-size: .92rem; overflow-wrap: anywhere; }
.headline { font-size: 1.1rem; font-weight: 600; }
.progress { color: var(--quiet); font-size: .85rem; }
@media (max-width: 900px) { .headline { font-size: .95rem; } .said { padding: .2rem .6rem; } }
"""
    ]


class Lines(JSComponent):
    """Show sentences, a paragraph each.

    Parameters
    ----------
    lines
        The sentences.
    """

    lines = param.List(default=[], item_type=str)

    _esm = """
export function render({ model, el }) {
  const box = document.createElement("div"); el.append(box);
  const show = () => box.replaceChildren(...model.lines.map((line) => {
    const p = document.createElement("p"); p.textContent = line; return p;
  }));
  model.on("lines", show); show();
}
"""
    _stylesheets = [  # noqa: RUF012
        "p { margin: .25rem 0; font-size: .95rem; overflow-wrap: anywhere; }"
    ]


class ResultTable(JSComponent):
    """Show a table behind a line that opens it.

    Parameters
    ----------
    caption
        What the table holds; the line that opens it.
    head
        Titles of the columns; the first column names the rows.
    rows
        Cells as texts.
    """

    caption = param.String(default="")
    head = param.List(default=[], item_type=str)
    rows = param.List(default=[], item_type=list)

    _esm = """
export function render({ model, el }) {
  const box = document.createElement("details"), summary = document.createElement("summary");
  const wrap = document.createElement("div"), table = document.createElement("table");
  wrap.className = "wrap"; wrap.tabIndex = 0; wrap.setAttribute("role", "region");
  wrap.append(table); box.append(summary, wrap); el.append(box);
  const cells = (row, tag, words) => {
    words.forEach((text, index) => {
      const cell = document.createElement(index === 0 && tag === "td" ? "th" : tag);
      if (tag === "th") cell.scope = "col"; else if (index === 0) cell.scope = "row";
      cell.textContent = text; row.append(cell);
    });
  };
  const show = () => {
    summary.textContent = model.caption; wrap.setAttribute("aria-label", model.caption);
    table.replaceChildren();
    cells(table.createTHead().insertRow(), "th", model.head);
    const body = table.createTBody();
    for (const row of model.rows) cells(body.insertRow(), "td", row);
  };
  for (const name of ["caption", "head", "rows"]) model.on(name, show);
  show();
}
"""
    _stylesheets = [  # noqa: RUF012
        """
summary { cursor: pointer; font-weight: 600; padding: .4rem 0; min-height: 24px; }
.wrap { overflow-x: auto; max-height: 420px; overflow-y: auto; }
.wrap:focus-visible, summary:focus-visible { outline: 3px solid var(--vermillion); }
table { border-collapse: collapse; font-size: .88rem; background: var(--paper); width: 100%; }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid #d9d9d9; }
th:first-child { text-align: left; }
thead th { position: sticky; top: 0; background: var(--paper); }
tbody th { font-weight: 400; }
"""
    ]


class MapKey(JSComponent):
    """Say what the colours and the hatching of the difference map mean.

    Parameters
    ----------
    low, high
        Ends of the scale as words.
    colours
        From the lowest over zero to the highest.
    texts
        ``unsure`` and ``equal``.
    """

    low = param.String(default="")
    high = param.String(default="")
    colours = param.List(default=[], item_type=str)
    texts = param.Dict(default={})

    _esm = """
export function render({ model, el }) {
  const box = document.createElement("div"); box.className = "key";
  const make = (cls, text) => {
    const node = document.createElement("span"); node.className = cls;
    if (text) node.textContent = text;
    return node;
  };
  const low = make("end"), high = make("end"), ramp = make("ramp");
  ramp.style.background = `linear-gradient(to right, ${model.colours.join(",")})`;
  box.append(low, ramp, high, make("box hatched"), make("", model.texts.unsure),
    make("box"), make("", model.texts.equal));
  el.append(box);
  const show = () => { low.textContent = model.low; high.textContent = model.high; };
  for (const name of ["low", "high"]) model.on(name, show);
  show();
}
"""
    _stylesheets = [  # noqa: RUF012
        """
.key { display: flex; flex-wrap: wrap; gap: .3rem .5rem; align-items: center; font-size: .88rem; }
.ramp { width: 120px; height: 14px; border: 1px solid #767676; }
.box { width: 16px; height: 14px; border: 1px solid #767676; background: #fff; margin-left: .6rem; }
.hatched { background: repeating-linear-gradient(135deg, #555 0 1px, #eef 1px 5px); }
"""
    ]
