"""Style sheet shared by the forms of the tab."""

from __future__ import annotations

FORM = """
* { box-sizing: border-box; }
input, select, textarea { font: 15px var(--font); color: var(--ink); background: var(--paper);
  border: 1px solid #767676; border-radius: 4px; padding: .25rem .4rem; min-height: 32px;
  max-width: 100%; }
input[type=range] { border: 0; padding: 0; background: none; }
button { cursor: pointer; }
button.plain, label.plain { font: 15px var(--font); color: var(--ink); background: var(--paper);
  border: 1px solid #767676; border-radius: 4px; padding: .3rem .7rem; min-height: 32px; }
button.main { font: 600 15px var(--font); color: #fff; background: var(--link);
  border: 1px solid var(--link); border-radius: 4px; padding: .3rem .8rem; min-height: 34px; }
:focus-visible { outline: 3px solid var(--vermillion); outline-offset: 1px; }
"""
