"""Figures and tables of what was predicted without having been seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from calibration.checks import load_thresholds
from calibration.validation.page.fit_figures import OUTSIDE
from calibration.validation.page.step_figures import finish_rows, row_figure
from sim.report import figure_style
from sim.report.display_names import plain_word
from sim.report.figure_style import FAINT, INK, PAPER, QUIET, told_apart
from sim.report.html_page import Table
from sim.report.interval_charts import number_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = Mapping[str, Any]
Row = Mapping[str, Any]

CASES, DEEP, LATER = "leave one case out", "leave deep cases out", "temporal"
_WHO = {
    "model": "Model",
    "regression": "Regression",
    "persistence": "Persistence",
    "trend": "Trend",
}
_MOST_ROWS, _BINS = 24, 10


def _counts(cases: Sequence[Row]) -> list[dict[str, Any]]:
    """Return a row a case and outcome."""
    return [
        {"name": f"{case['case']}, {plain_word(outcome)}", "observed": observed,
         "low": case["low"][outcome], "high": case["high"][outcome]}
        for case in cases
        for outcome, observed in case["observed"].items()
    ]  # fmt: skip


def draw_pit(groups: Mapping[str, Sequence[float]], what: str) -> Axes:
    """Draw where held-out observations lie in their predictions: PIT values by who predicted."""
    from scipy.stats import binom

    parts = figure_style.columns(len(groups), 0.08)
    host, axes = figure_style.panels(None, (11.0, 4.2), (0.07, 0.15, 0.9, 0.64), parts)
    tallest = 0.0
    for number, (ax, (who, values)) in enumerate(zip(axes, groups.items(), strict=True)):
        low, high = binom.ppf((0.05, 0.95), len(values), 1.0 / _BINS)
        ax.axhspan(low, high, color=FAINT, linewidth=0, label="90 % of even samples, each bar")
        counts, _, _ = ax.hist(
            values,
            _BINS,
            range=(0.0, 1.0),
            color=figure_style.CYCLE[number],
            edgecolor=PAPER,
            alpha=0.85,
        )
        for end in (low, high):
            ax.axhline(end, color="#8a8a8a", linewidth=1.0)
        ax.axhline(len(values) / _BINS, color=INK, linewidth=1.0, linestyle="--", label="even")
        ax.set_xlim(0.0, 1.0)
        ax.set_xlabel("PIT: place in the prediction")
        figure_style.tidy(ax)
        figure_style.set_title(ax, _WHO.get(who, who), f"{len(values):,} {what}")
        tallest = max(tallest, float(np.max(counts)), high)
    for ax in axes:
        ax.set_ylim(0.0, 1.3 * tallest)
    axes[0].set_ylabel("Observations")
    figure_style.legend(axes[0], loc="upper right")
    return host


def draw_scores(cases: Sequence[Row]) -> Axes:
    """Draw by how much the model scores each left-out case better than the regression."""
    rows = pd.DataFrame(cases)
    rows["apart"] = rows["score"].astype(float) - rows["regression"].astype(float)
    rows = rows.sort_values("apart", ascending=False, kind="stable", ignore_index=True)
    ax = row_figure(len(rows), left=0.33)
    words = "the model is better ({} cases)", "the regression is better ({} cases)"
    for mask, look, label in told_apart(rows["apart"] > 0.0, words):
        apart = rows.loc[mask, "apart"]
        figure_style.draw_intervals(
            ax, apart.index, 0.0, apart, apart, look, width=2.0, label=label
        )
    ax.axvline(0.0, color=QUIET, linewidth=1.0)
    how = f"sum over {len(rows)} cases {rows['apart'].sum():+.1f}"
    label = "Log score of the model less that of the regression"
    titles = "Cases predicted without having been seen", how
    return finish_rows(ax, list(rows["case"]), label, titles, 2, left=-0.52)


def _share(check: str) -> float:
    """Return what share of predictions the intervals of a check hold."""
    limits = load_thresholds()[check.replace(" ", "_")]
    return float(limits["coverage"] if check == CASES else limits["inside"])


def draw_counts(counts: Sequence[Row], title: str, check: str) -> Axes:
    """Draw what is on record beside the interval predicted by a check, a row a count."""
    rows = pd.DataFrame(counts).astype({"observed": float, "low": float, "high": float})
    ax = row_figure(len(rows), left=0.33)
    ax.hlines(rows.index, rows["low"], rows["high"], color=FAINT, linewidth=9.0,
              label=f"{100.0 * _share(check):.0f} % predicted")  # fmt: skip
    for end in ("low", "high"):
        ax.plot(rows[end], rows.index, "|", color="#8a8a8a", markersize=9.0)
    inside = rows["observed"].between(rows["low"], rows["high"])
    words = "on record, inside ({})", "on record, outside ({})"
    for mask, (colour, form), label in told_apart(inside, words, OUTSIDE):
        mine = rows.loc[mask, "observed"]
        ax.plot(mine, mine.index, form, color=colour, markersize=6.5, label=label)
    ax.locator_params(axis="x", integer=True)
    titles = title, f"{inside.sum()} of {len(rows)} rows inside"
    return finish_rows(ax, list(rows["name"]), "Events on record", titles, 3, left=-0.52)


def case_tables(numbers: Mapping[str, Numbers]) -> list[Table]:
    """Return the tables of cases left out, given the numbers of the section's checks."""
    captions = ((CASES, "Each case left out"), (DEEP, "Both deep cases left out"))
    return [
        _case_table(caption, numbers[check]["cases"], _share(check))
        for check, caption in captions
        if (numbers.get(check) or {}).get("cases")
    ]


def _case_table(caption: str, cases: Sequence[Row], share: float) -> Table:
    outcomes = list(cases[0]["observed"])
    rows = []
    for case in cases:
        cells = [
            f"{number_words(case['observed'][name])} ({number_words(case['low'][name])} to "
            f"{number_words(case['high'][name])})"
            for name in outcomes
        ]
        scores = [number_words(case.get(key)) for key in ("score", "regression")]
        rows.append([case["case"], str(case.get("country") or "–"), *cells, *scores])
    words = [f"{plain_word(name).capitalize()} ({100.0 * share:.0f} %)" for name in outcomes]
    head = ("Case", "Country", *words, "Log score", "Regression's")
    return Table(caption, head, rows, range(2, len(head)))


def _draw_later(held: Numbers) -> Axes:
    rows = [{"name": f"{row['country']}, {plain_word(row['outcome'])}", **row}
            for row in held["rows"]]  # fmt: skip
    # Those with most: the others are zeros in a zero interval.
    rows.sort(key=lambda row: -max(row["observed"], row["high"]))
    return draw_counts(rows[:_MOST_ROWS], "2014 to 2020", LATER)


FIGURES: tuple[tuple[str, str, tuple[str, ...], Callable[[Numbers], Axes]], ...] = (
    ("pit-cases", CASES, ("pit",), lambda held: draw_pit(held["pit"], "counts of cases")),
    ("scores", CASES, ("cases",), lambda held: draw_scores(held["cases"])),
    ("deep", DEEP, ("cases",),
     lambda held: draw_counts(_counts(held["cases"]), "Both left out", DEEP)),
    ("pit-later", LATER, ("pit",), lambda held: draw_pit(held["pit"], "counts by country")),
    ("later", LATER, ("rows",), _draw_later),
)  # fmt: skip
"""Name of the caption, check, numbers needed and drawing of each figure."""


def _by_predictor(key: str) -> Callable[[Numbers], list[list[str]]]:
    return lambda held: [[_WHO.get(who, who), number_words(value)]
                         for who, value in (held.get(key) or {}).items()]  # fmt: skip


TABLES = (
    (DEEP, "Both deep cases together",
     ("Predicted by", "Joint probability of both outcomes"), _by_predictor("joint"), (1,)),
    (LATER, "2014 to 2020",
     ("Predicted by", "Ranked probability score, less is better"), _by_predictor("scores"), (1,)),
)  # fmt: skip
"""Check, caption, columns, rows and columns of numbers of each table that is not of cases."""
