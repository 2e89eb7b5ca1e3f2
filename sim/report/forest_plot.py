"""Draw the effects of claims one under the other, on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from sim.report import figure_style
from sim.report.interval_charts import VERDICT_MARKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_IN_INTERVAL = 2.0 * 1.96
"""Standard errors that a 95 % interval is wide."""
_FARTHEST = 40.0
_FORMS = {"shown": "o", "weak": "D", "not shown": "s", "contrary": "X"}


def draw_forest(rows: Sequence[Mapping[str, Any]], ax: Axes | None = None) -> Axes:
    """Draw each claim's effect in standard errors, positive where the claim has it.

    Effects of more than 40 standard errors are drawn at 40.

    Parameters
    ----------
    rows
        Findings as in ``patterns.json``; those without an interval are left out.
    ax
        Axes to draw on; new ones by default.
    """
    shown = [row for row in rows if _standard_error(row["effect"]) > 0.0]
    height = 1.6 + 0.24 * max(len(shown), 3)
    host = figure_style.host_axes(
        ax, (9.0, height), (0.44, 0.75 / height, 0.53, 1.0 - 1.55 / height)
    )
    for y, row in enumerate(reversed(shown)):
        _draw(host, y, row)
    host.axvline(0.0, color=figure_style.INK, linewidth=1.0, zorder=0)
    host.set_yticks(range(len(shown)))
    titles = [shorten(row["title"], 58, placeholder=" …") for row in reversed(shown)]
    names = [row["id"] for row in reversed(shown)]
    host.set_yticklabels([f"{t}  {n}" for t, n in zip(titles, names, strict=True)])
    host.set_ylim(-0.8, len(shown) - 0.2)
    host.set_xscale("symlog", linthresh=2.0)
    against = any(_lowest(row) < -2.0 for row in shown)
    host.set_xlim(-_FARTHEST if against else -2.5, 1.3 * _FARTHEST)
    host.set_xticks([*((-20, -5) if against else ()), -2, 0, 2, 5, 10, 20, 40])
    host.xaxis.set_major_formatter(lambda value, _: "≥40" if value == _FARTHEST else f"{value:g}")
    host.set_xlabel("effect in standard errors, in the direction of the claim")
    figure_style.tidy(host, grid="x")
    host.tick_params(axis="y", labelsize=8.5, length=0)
    for verdict in dict.fromkeys(row["verdict"] for row in shown):
        colour = VERDICT_MARKS[verdict][1]
        host.plot([], [], _FORMS[verdict], color=colour, label=verdict)
    figure_style.legend(host, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4)
    return host


def _standard_error(effect: Mapping[str, float | None]) -> float:
    if effect["value"] is None or effect["low"] is None or effect["high"] is None:
        return 0.0
    return (effect["high"] - effect["low"]) / _IN_INTERVAL


def _scaled(row: Mapping[str, Any]) -> list[float]:
    """Return an effect and the ends of its interval in standard errors."""
    effect, sign = row["effect"], -1.0 if row["direction"] == "-" else 1.0
    unit = sign / _standard_error(effect)
    ends = (unit * float(effect[end]) for end in ("value", "low", "high"))
    return [max(-_FARTHEST, min(_FARTHEST, end)) for end in ends]


def _lowest(row: Mapping[str, Any]) -> float:
    return min(_scaled(row))


def _draw(ax: Axes, y: int, row: Mapping[str, Any]) -> None:
    """Draw one effect with its interval."""
    value, low, high = _scaled(row)
    colour = VERDICT_MARKS[row["verdict"]][1]
    ax.plot([low, high], [y, y], color=colour, linewidth=1.8)
    ax.plot([value], [y], _FORMS[row["verdict"]], color=colour, markersize=5.5)
