"""Parts of the page written for it: the way from tab to tab, and the notices.

Texts reach the browser as texts, never as HTML.
"""

from __future__ import annotations

import param
from panel.custom import JSComponent


class Navigation(JSComponent):
    """Show the tabs and the languages.

    Parameters
    ----------
    tabs, languages
        Pairs of name and title.
    active, language
        Name of the tab shown, code of the page's language.
    labels
        Accessible names of the list of tabs and of the list of languages.
    """

    tabs = param.List(default=[], item_type=list)
    languages = param.List(default=[], item_type=list)
    active = param.String(default="")
    language = param.String(default="en")
    labels = param.List(default=["Tabs", "Language"], item_type=str)

    _esm = """
export function render({ model, el }) {
  const bar = document.createElement("div"); bar.className = "bar";
  const nav = document.createElement("nav"); nav.className = "tabs";
  nav.setAttribute("aria-label", model.labels[0]);
  const lang = document.createElement("nav"); lang.className = "languages";
  lang.setAttribute("aria-label", model.labels[1]);
  for (const [name, title] of model.tabs) {
    const button = document.createElement("button");
    button.type = "button"; button.textContent = title; button.dataset.name = name;
    button.addEventListener("click", () => { model.active = name; });
    nav.append(button);
  }
  for (const [code, title] of model.languages) {
    const link = document.createElement("a");
    link.textContent = title; link.lang = code; link.hreflang = code;
    link.href = "?lang=" + encodeURIComponent(code);
    if (code === model.language) link.setAttribute("aria-current", "true");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const url = new URL(window.location.href);
      url.searchParams.set("lang", code);
      window.location.assign(url.href);
    });
    lang.append(link);
  }
  const mark = () => {
    for (const button of nav.children) {
      if (button.dataset.name === model.active) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
  };
  model.on("active", mark); mark();
  bar.append(nav, lang); el.append(bar);
}
"""
    _stylesheets = [  # noqa: RUF012
        """
.bar { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: end;
  gap: .2rem 1rem; }
.tabs { display: flex; flex-wrap: wrap; gap: .15rem; }
.tabs button { font: 600 16px var(--font); color: var(--ink); background: none; cursor: pointer;
  border: 0; border-bottom: 4px solid transparent; padding: .5rem .8rem; min-height: 40px; }
.tabs button:hover { background: #ececec; }
.tabs button[aria-current] { color: var(--link); border-bottom-color: var(--link); }
.languages { display: flex; gap: .3rem; padding-bottom: .4rem; }
.languages a { padding: .25rem .4rem; color: var(--link); }
.languages a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
"""
    ]


class Notices(JSComponent):
    """Show the latest notice until it is put away; screen readers read it out.

    Parameters
    ----------
    text
        The notice; empty shows none.
    kind
        ``info`` or ``error``.
    number
        Counts notices, so that the same text can be shown twice.
    close
        Accessible name of the button that puts it away.
    """

    text = param.String(default="")
    kind = param.String(default="info")
    number = param.Integer(default=0)
    close = param.String(default="Close")

    _esm = """
export function render({ model, el }) {
  const box = document.createElement("div"); box.setAttribute("role", "status");
  const show = () => {
    box.replaceChildren();
    box.className = model.text ? "notice " + model.kind : "";
    if (!model.text) return;
    const text = document.createElement("span"); text.textContent = model.text;
    const button = document.createElement("button"); button.type = "button";
    button.textContent = "×"; button.setAttribute("aria-label", model.close);
    button.addEventListener("click", () => { model.text = ""; });
    box.append(text, button);
  };
  model.on("number", show); model.on("text", show); show();
  el.append(box);
}
"""
    _stylesheets = [  # noqa: RUF012
        """
.notice { display: flex; justify-content: space-between; gap: 1rem; padding: .4rem .8rem;
  background: #e8f2f9; border-left: 5px solid var(--blue); margin-bottom: .6rem; }
.notice.error { background: #fdeee6; border-left-color: var(--vermillion); }
.notice button { font: 18px var(--font); background: none; border: 1px solid #767676;
  border-radius: 4px; width: 32px; height: 32px; cursor: pointer; }
"""
    ]
