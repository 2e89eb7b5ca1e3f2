"""Draw the surface of decentralization and turnover, with the cases on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report import figure_style
from tools.surface_tables import EFFECT, FADE, PACE, REGION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tools.surface_tables import Surface, SurfaceCase

WIDTH, HEIGHT = 15.0, 14.2
TITLES = {
    "deals": "Deals formed",
    "contact_delay_months": "Months to the first deal",
    "ties_lost_share": "Share of ties lost",
}
X_WORDS = "authority.effect: how far countries differ in authority"
Y_WORDS = "turnover.fade: trust lost at a change"


def draw(surface: Surface) -> Figure:
    """Return the figure: the region at the law's pace and at the fastest, then the cases."""
    figure = figure_style.new_figure(WIDTH, HEIGHT)
    grid = figure.add_gridspec(
        3, 3, left=0.06, right=0.965, top=0.875, bottom=0.065, wspace=0.3, hspace=0.52
    )
    paces = sorted(set(surface.grid[PACE]))
    for row, pace in enumerate((paces[0], paces[-1])):
        for column, name in enumerate(REGION):
            ends = _ends(surface, name)
            ax = figure.add_subplot(grid[row, column])
            _heat(ax, surface, name, pace, ends)
            figure_style.set_title(ax, TITLES[name], _pace_words(pace))
    ends = _ends(surface, *(f"deals[{case.locality}]" for case in surface.cases))
    for column, case in enumerate(surface.cases[:2]):
        ax = figure.add_subplot(grid[2, column])
        _heat(ax, surface, f"deals[{case.locality}]", paces[0], ends)
        figure_style.set_title(ax, f"Deals in {case.name}", _case_words(case))
    _plane(figure.add_subplot(grid[2, 2]), surface)
    _heading(figure, surface)
    return figure


def _pace_words(pace: float) -> str:
    return "governors change as the law says" if pace == 1.0 else f"{pace:g} times as often"


def _case_words(case: SurfaceCase) -> str:
    return (
        f"at the point {case.deals:.1f} a run ({case.deals_low:.0f} to {case.deals_high:.0f}); "
        f"{100 * case.with_deal:.0f} % of runs have one"
    )


def _ends(surface: Surface, *names: str) -> tuple[float, float]:
    """Return the ends of a colour scale that panels share; 0 and 1 where nothing is known."""
    values = surface.grid[list(names)].to_numpy(dtype=float)
    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    return low, high if high > low else low + 1.0


def _heat(ax: Axes, surface: Surface, name: str, pace: float, ends: tuple[float, float]) -> None:
    """Draw one outcome over effect and fade at a pace, with contours and the scenario's point."""
    rows = surface.grid[surface.grid[PACE] == pace]
    wide = rows.pivot(index=FADE, columns=EFFECT, values=name)
    x, y = wide.columns.to_numpy(dtype=float), wide.index.to_numpy(dtype=float)
    values = wide.to_numpy(dtype=float)
    heat = ax.pcolormesh(
        x, y, values, cmap=figure_style.MAP_COLOURS, vmin=ends[0], vmax=ends[1], shading="nearest"
    )
    if min(values.shape) > 3 and _is_smooth(values):
        lines = ax.contour(x, y, values, levels=6, colors="white", linewidths=0.9)
        lines.set_path_effects(_outline())
        for label in ax.clabel(lines, fontsize=8.5, fmt="%.3g"):
            label.set(path_effects=_outline(), color="white")
    own = surface.own
    if own[PACE] == pace:
        ax.plot(
            own[EFFECT],
            own[FADE],
            marker="o",
            markersize=10,
            markerfacecolor=figure_style.VERMILLION,
            markeredgecolor="white",
            markeredgewidth=1.6,
            clip_on=False,
            zorder=5,
        )
    figure_style.tidy(ax, grid="")
    ax.set_xlabel(X_WORDS, fontsize=9.5)
    ax.set_ylabel(Y_WORDS, fontsize=9.5)
    bar = figure_style.figure_of(ax).colorbar(heat, ax=ax, fraction=0.046, pad=0.03)
    bar.ax.tick_params(labelsize=9)
    bar.outline.set_visible(False)


def _is_smooth(values: Any) -> bool:
    """Return whether neighbours differ little beside the range, so that contours mean something.

    Replicates share their seeds between points: the roughness tells more than standard errors do.
    """
    span = float(np.nanmax(values) - np.nanmin(values))
    rough = max(float(np.nanstd(np.diff(values, 2, axis=axis))) for axis in (0, 1)) / 6.0**0.5
    return span > 0.0 and rough < 0.03 * span


def _outline() -> list[Any]:
    from matplotlib import patheffects

    return [patheffects.withStroke(linewidth=2.2, foreground="#333333")]


def _plane(ax: Axes, surface: Surface) -> None:
    """Draw countries and cases by effective authority and turnover; sizes say deals per unit."""
    table = surface.countries
    most = max(float(table["deals"].max()), 1e-9)
    ax.scatter(
        table["authority"],
        table["changes_per_decade"],
        s=14.0 + 260.0 * table["deals"] / most,
        color="#9a9a9a",
        alpha=0.6,
        edgecolors="white",
        linewidths=0.7,
        label="countries (size: deals per unit)",
    )
    for case, colour, marker in zip(
        surface.cases,
        (figure_style.VERMILLION, figure_style.BLUE, figure_style.GREEN),
        "DsP",
        strict=False,
    ):
        ax.scatter(
            [case.authority],
            [case.changes_per_decade],
            s=95,
            color=colour,
            marker=marker,
            edgecolors="white",
            linewidths=1.2,
            zorder=4,
            label=f"{case.name}: {case.deals:.1f} deals a run",
        )
    figure_style.tidy(ax)
    ax.set_xlabel("effective local authority, 0-1", fontsize=9.5)
    ax.set_ylabel("changes of office-holder per decade", fontsize=9.5)
    ax.set_ylim(0.0, 1.42 * float(table["changes_per_decade"].max()))
    figure_style.legend(ax, loc="upper right", fontsize=9, scatterpoints=1)
    figure_style.set_title(ax, "Where the cases lie", "at the scenario's own values")


def _heading(figure: Figure, surface: Surface) -> None:
    manifest, settings = surface.manifest, surface.manifest["settings"]
    figure.text(
        0.06,
        0.972,
        "Decentralization and turnover",
        fontsize=21,
        fontweight="bold",
        color=figure_style.INK,
        va="top",
    )
    figure.text(
        0.06,
        0.94,
        "Means over runs at every combination of the two parameters. "
        "Orange point: the scenario's own values. Panels of one outcome share their colours.",
        fontsize=11.5,
        color=figure_style.QUIET,
        va="top",
    )
    text = (
        f"{manifest['scenario']['name']} · {manifest['runs']:,} runs, {settings['replicates']} a "
        f"point · seed {settings['seed']} · model {manifest['model_version']}"
    )
    figure.text(
        0.995,
        0.006,
        text,
        ha="right",
        va="bottom",
        fontsize=figure_style.STAMP_SIZE,
        color="#6a6a6a",
    )
