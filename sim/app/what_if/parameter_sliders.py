"""The sliders of the model's parameters, grouped, with unit, range, source and calibrated value.

They are the browser's own sliders: reachable by keyboard and known to screen readers. Every text
reaches the browser as text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import param
from panel.custom import JSComponent

from sim.app.language import Translate
from sim.app.what_if.form_styles import FORM
from sim.core.parameters import PARAMETERS, Parameter

OPEN = ("turnover", "authority")
"""Groups that are open at first."""


def group_names(_: Translate) -> dict[str, str]:
    """Return the names of the groups of parameters, those most asked about first."""
    return {
        "turnover": _("Turnover: how ties fade"),
        "authority": _("Authority: who may say yes"),
        "office": _("Office-holders: will and alignment"),
        "outreach": _("Outreach from China"),
        "initiative": _("Initiative of governors"),
        "tie": _("Ties and trust"),
        "twinning": _("Twinning"),
        "approval": _("Approval"),
        "project": _("Projects"),
        "tender": _("Tenders"),
        "finance": _("Finance"),
        "acquisition": _("Acquisitions"),
        "construction": _("Construction"),
        "backlash": _("Public resistance"),
        "signals": _("Signals from China's leadership"),
        "recognition": _("Recognition"),
        "learning": _("Learning"),
        "views": _("Views of China"),
    }


def step_of(entry: Parameter) -> float:
    """Return a round step that takes about a hundred presses of a key from end to end."""
    rough = (entry.high - entry.low) / 100.0
    unit = 10.0 ** math.floor(math.log10(rough))
    return float(f"{next(m * unit for m in (1, 2, 5, 10) if m * unit >= 0.999 * rough):.6g}")


def described(_: Translate) -> list[dict[str, Any]]:
    """Return everything that is told of the parameters, a group at a time."""
    groups = []
    names = group_names(_)
    known = {entry.group for entry in PARAMETERS.values()}
    for group in [*(g for g in names if g in known), *sorted(known - set(names))]:
        mine = [entry for entry in PARAMETERS.values() if entry.group == group]
        # Those that were calibrated stand first.
        mine.sort(key=lambda entry: entry.prior is None)
        levers = [_lever(entry, _) for entry in mine]
        groups.append({"title": names.get(group, group), "open": group in OPEN, "levers": levers})
    return groups


def _lever(entry: Parameter, _: Translate) -> dict[str, Any]:
    usual = f"{entry.default:g}"
    return {
        "name": entry.name,
        "label": _(entry.meaning),
        "low": entry.low,
        "high": entry.high,
        "step": step_of(entry),
        "usual": entry.default,
        "mark": _("calibrated: {value}", value=usual)
        if entry.prior
        else _("default: {value}", value=usual),
        "range": _(
            "{low} to {high}, {unit}",
            low=f"{entry.low:g}",
            high=f"{entry.high:g}",
            unit=_(entry.unit),
        ),
        "source": _("Source: {source}", source=_(entry.source)),
    }


class Levers(JSComponent):
    """Show a slider for each parameter and tell when one is released.

    Parameters
    ----------
    groups
        As :func:`described` returns them.
    values
        Value of each parameter, by name.
    texts
        Words of the page around them: ``find``, ``reset``, ``exact``, ``none``, and ``changed``,
        a list that says of each number of parameters that so many are changed.
    """

    groups = param.List(default=[], item_type=dict)
    values = param.Dict(default={})
    texts = param.Dict(default={})

    _esm = """
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10,
  PageDown: -10, Home: -Infinity, End: Infinity };
const within = (lever, value) => Math.min(lever.high, Math.max(lever.low, value));
// Where a pointer lets go: the default if it is near, else a whole number of steps.
const snapped = (lever, value) => {
  if (Math.abs(value - lever.usual) < lever.step / 2) return lever.usual;
  const round = Number((Math.round(value / lever.step) * lever.step).toPrecision(10));
  return within(lever, round);
};
// Where a key leads: never past the default without stopping there.
const stepped = (lever, value, steps) => {
  const aim = snapped(lever, within(lever, value + steps * lever.step));
  const passed = (lever.usual - value) * (lever.usual - aim) < 0;
  return passed && Math.abs(steps) === 1 ? lever.usual : aim;
};
export function render({ model, el }) {
  const texts = model.texts, rows = new Map(), boxes = [];
  let waiting = null;
  const send = (name, value) => {
    clearTimeout(waiting);
    // Keys held down make many steps: only where they come to rest is told.
    waiting = setTimeout(() => model.send_msg({ name, value }), 150);
  };
  const make = (tag, cls, text) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const search = make("label", "find", texts.find);
  const field = make("input"); field.type = "search"; search.append(field);
  const none = make("p", "none", texts.none); none.hidden = true;
  el.append(search, none);
  for (const group of model.groups) {
    const box = make("details"), head = make("summary");
    box.open = group.open;
    const count = make("span", "count");
    head.append(make("span", "", group.title), count);
    box.append(head);
    const members = [];
    for (const lever of group.levers) {
      const row = make("div", "lever"), label = make("label", "", lever.label);
      const slider = make("input"), number = make("input"), usual = make("button", "usual");
      slider.type = "range"; slider.min = lever.low; slider.max = lever.high;
      // A step of the browser's own would round the default and what is typed or linked.
      slider.step = "any"; slider.id = "s-" + lever.name; label.htmlFor = slider.id;
      slider.dataset.name = lever.name;
      number.type = "number"; number.min = lever.low; number.max = lever.high;
      number.step = "any"; number.setAttribute("aria-label", texts.exact + ": " + lever.label);
      const track = make("div", "track"), pin = make("span", "pin");
      const share = (lever.usual - lever.low) / (lever.high - lever.low);
      pin.style.left = `calc(${100 * share}% + ${8 - 16 * share}px)`;
      pin.setAttribute("aria-hidden", "true");
      track.append(slider, pin);
      usual.type = "button"; usual.textContent = "▲ " + lever.mark;
      usual.title = texts.reset;
      usual.setAttribute("aria-label", texts.reset + ": " + lever.mark + ", " + lever.name);
      const more = make("details", "more");
      more.append(make("summary", "", lever.range), make("p", "", lever.source),
        make("p", "code", lever.name));
      const line = make("div", "line"); line.append(track, number);
      const under = make("div", "under"); under.append(usual, more);
      row.append(label, line, under);
      slider.addEventListener("input", () => {
        slider.value = snapped(lever, Number(slider.value)); number.value = slider.value;
      });
      slider.addEventListener("keydown", (event) => {
        const steps = KEYS[event.key];
        if (steps === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        slider.value = stepped(lever, Number(slider.value), steps);
        number.value = slider.value; send(lever.name, Number(slider.value));
      });
      slider.addEventListener("change", () => send(lever.name, Number(slider.value)));
      number.addEventListener("change", () => {
        if (number.value === "" || !number.checkValidity()) { number.reportValidity(); return; }
        slider.value = number.value; send(lever.name, Number(number.value));
      });
      usual.addEventListener("click", () => {
        slider.value = lever.usual; number.value = lever.usual; send(lever.name, lever.usual);
      });
      rows.set(lever.name, { row, slider, number, lever });
      members.push({ row, lever });
      box.append(row);
    }
    boxes.push({ box, members, count });
    el.append(box);
  }
  const show = () => {
    for (const [name, value] of Object.entries(model.values)) {
      const { row, slider, number, lever } = rows.get(name);
      slider.value = value; number.value = Number(value.toPrecision(10));
      slider.setAttribute("aria-valuetext", String(Number(value.toPrecision(10))));
      row.classList.toggle("changed", value !== lever.usual);
    }
    for (const { box, members, count } of boxes) {
      const changed = members.filter(({ lever }) => model.values[lever.name] !== lever.usual);
      count.textContent = changed.length ? texts.changed[changed.length] : "";
      if (changed.length) box.open = true;
    }
  };
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    let any = false;
    for (const { box, members } of boxes) {
      let found = false;
      for (const { row, lever } of members) {
        const hit = (lever.label + " " + lever.name).toLowerCase().includes(wanted);
        row.hidden = !hit; found = found || hit;
      }
      box.hidden = !found; any = any || found;
      if (wanted && found) box.open = true;
    }
    none.hidden = any;
  });
  model.on("values", show); show();
}
"""
    _stylesheets = [  # noqa: RUF012
        FORM,
        """
summary { cursor: pointer; font-weight: 600; padding: .45rem .2rem; min-height: 24px; }
details { border-top: 1px solid #c9c9c9; }
.count { color: var(--red); font-weight: 600; margin-left: .6rem; font-size: .85rem; }
.lever { padding: .35rem .5rem .5rem; border-left: 4px solid transparent; }
.lever.changed { border-left-color: var(--vermillion); background: #fff6f0; }
.lever label { display: block; font-size: .9rem; }
.line { display: flex; gap: .6rem; align-items: center; }
.line input[type=number] { width: 5.6rem; }
.track { position: relative; flex: 1; padding-bottom: 9px; }
.track input { width: 100%; margin: 0; height: 24px; accent-color: var(--blue); }
.pin { position: absolute; bottom: 0; width: 0; height: 0; margin-left: -6px;
  border: 6px solid transparent; border-top-width: 0; border-bottom: 9px solid var(--red); }
.under { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: baseline; }
.usual { background: none; border: 0; padding: .15rem 0; color: var(--red); cursor: pointer;
  font: .8rem var(--font); min-height: 24px; }
.usual:hover { text-decoration: underline; }
.more { border: 0; font-size: .8rem; color: var(--quiet); }
.more summary { font-weight: 400; padding: .15rem 0; }
.more p { margin: .1rem 0; }
.find { display: flex; gap: .6rem; align-items: center; margin-bottom: .5rem; font-size: .9rem; }
.find input { flex: 1; min-width: 0; }
[hidden] { display: none; }
""",
    ]

    def __init__(self, on_release: Callable[[str, float], None], **params: Any) -> None:
        super().__init__(**params)
        self._on_release = on_release

    def _handle_msg(self, data: Any) -> None:
        """Take what the browser says, if it is a number for a parameter that there is."""
        if not isinstance(data, Mapping):
            return
        name, value = data.get("name"), data.get("value")
        if not isinstance(value, int | float) or isinstance(value, bool):
            return
        if isinstance(name, str) and name in PARAMETERS:
            self._on_release(name, float(value))
