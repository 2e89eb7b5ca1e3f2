"""What the sliders tell of the parameters: group, unit, range, source and calibrated value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.app.labels import labels
from sim.core.parameters import PARAMETERS, Parameter

if TYPE_CHECKING:
    from sim.app.language import Translate

OPEN = ("turnover", "authority")
"""Groups that are open at first."""


def step_of(entry: Parameter) -> float:
    """Return a round step that takes about a hundred presses of a key from end to end."""
    rough = (entry.high - entry.low) / 100.0
    unit = 10.0 ** math.floor(math.log10(rough))
    return float(f"{next(m * unit for m in (1, 2, 5, 10) if m * unit >= 0.999 * rough):.6g}")


def slider_groups(_: Translate) -> list[dict[str, Any]]:
    """Return everything that is told of the parameters, a group at a time."""
    groups = []
    titles = labels("parameter_groups", _)
    known = {entry.group for entry in PARAMETERS.values()}
    for group in [*(g for g in titles if g in known), *sorted(known - set(titles))]:
        mine = [entry for entry in PARAMETERS.values() if entry.group == group]
        # Those that were calibrated stand first.
        mine.sort(key=lambda entry: entry.prior is None)
        levers = [_slider(entry, _) for entry in mine]
        groups.append({"title": titles.get(group, group), "open": group in OPEN, "levers": levers})
    return groups


def _slider(entry: Parameter, _: Translate) -> dict[str, Any]:
    usual, low, high = (f"{value:g}" for value in (entry.default, entry.low, entry.high))
    calibrated, default = _("calibrated: {value}", value=usual), _("default: {value}", value=usual)
    return {
        "name": entry.name,
        "label": _(entry.meaning),
        "low": entry.low,
        "high": entry.high,
        "step": step_of(entry),
        "usual": entry.default,
        "mark": calibrated if entry.prior else default,
        "range": _("{low} to {high}, {unit}", low=low, high=high, unit=_(entry.unit)),
        "source": _("Source: {source}", source=_(entry.source)),
    }
