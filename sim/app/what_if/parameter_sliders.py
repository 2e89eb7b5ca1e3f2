"""What the sliders tell of the parameters: group, unit, range, source and calibrated value."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from typing import Any

from sim.app.labels import labels
from sim.app.language import Translate
from sim.app.theme import source
from sim.core.parameters import PARAMETERS, Parameter
from sim.report.display_names import MINUS

OPEN = ("turnover", "authority")
"""Groups that are open at first."""


def step_of(entry: Parameter) -> float:
    """Return a round step that takes about a hundred presses of a key from end to end."""
    rough = (entry.high - entry.low) / 100.0
    unit = 10.0 ** math.floor(math.log10(rough))
    return float(f"{next(m * unit for m in (1, 2, 5, 10) if m * unit >= 0.999 * rough):.6g}")


@cache
def lever_table() -> dict[str, dict[str, Any]]:
    """Return the levers that matter first by name, as ``levers.toml`` tells of them."""
    return tomllib.loads(source("levers.toml"))


def lever_labels() -> dict[str, str]:
    """Return the labels of the levers that matter first, in English, by parameter."""
    return {row["parameter"]: row["label"] for row in lever_table().values()}


def main_levers(_: Translate, *, fitted: bool = True) -> list[dict[str, Any]]:
    """Return what is told of the few parameters that matter first, each in plain words."""
    levers = []
    for row in lever_table().values():
        less, more = _(row["ends"]).split(" … ")
        lever = _slider(PARAMETERS[row["parameter"]], _, fitted=fitted)
        levers.append(lever | {"label": _(row["label"]), "less": less, "more": more})
    return [{"title": "", "open": True, "levers": levers}]


def slider_groups(_: Translate, *, fitted: bool = True) -> list[dict[str, Any]]:
    """Return what is told of all other parameters by group; ``fitted`` if to this world."""
    groups = []
    titles, first = labels("parameter_groups", _), lever_labels()
    known = {entry.group for entry in PARAMETERS.values()}
    for group in [*(g for g in titles if g in known), *sorted(known - set(titles))]:
        mine = [e for e in PARAMETERS.values() if e.group == group and e.name not in first]
        # Those that were calibrated stand first.
        mine.sort(key=lambda entry: entry.prior is None)
        levers = [_slider(entry, _, fitted=fitted) for entry in mine]
        if levers:
            title = titles.get(group, group)
            groups.append({"title": title, "open": group in OPEN, "levers": levers})
    return groups


def _slider(entry: Parameter, _: Translate, *, fitted: bool) -> dict[str, Any]:
    ends = (entry.default, entry.low, entry.high)
    usual, low, high = (f"{value:g}".replace("-", MINUS) for value in ends)
    calibrated, default = _("calibrated: {value}", value=usual), _("default: {value}", value=usual)
    return {
        "name": entry.name,
        "label": _(entry.meaning),
        "low": entry.low,
        "high": entry.high,
        "step": step_of(entry),
        "usual": entry.default,
        "mark": calibrated if entry.prior and fitted else default,
        "range": _("{low} to {high}, {unit}", low=low, high=high, unit=_(entry.unit)),
        "source": _("Source: {source}", source=_(entry.source))
        if fitted
        else _("The default is that of the shipped world."),
    }


def parameter_words(name: str, _: Translate) -> str:
    """Return what a parameter is called where its change is told."""
    first = lever_labels()
    return _(first[name]).partition(":")[0] if name in first else _(PARAMETERS[name].meaning)[:-1]
