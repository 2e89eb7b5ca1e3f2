"""Figures and tables of what was predicted without having been seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.checks import load_thresholds
from calibration.validation.page.predictive_figures import draw_pit
from calibration.validation.page.step_figures import finish_rows, rows_of
from sim.report import figure_style
from sim.report.display_names import plain_word
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
_MARKS = ("o", "s", "^", "D")
_MOST_ROWS = 24


def _named(groups: Mapping[str, Sequence[float]]) -> dict[str, Sequence[float]]:
    return {_WHO.get(who, who): values for who, values in groups.items()}


def _counts(cases: Sequence[Row]) -> list[dict[str, Any]]:
    """Return a row a case and outcome."""
    return [
        {"name": f"{case['case']}, {plain_word(outcome)}", "observed": observed,
         "low": case["low"][outcome], "high": case["high"][outcome]}
        for case in cases
        for outcome, observed in case["observed"].items()
    ]  # fmt: skip


def draw_scores(cases: Sequence[Row]) -> Axes:
    """Draw by how much the model scores each left-out case better than the regression.

    Parameters
    ----------
    cases
        One a case, with its log scores.
    """
    rows = sorted(cases, key=lambda row: float(row["score"]) - float(row["regression"]))
    apart = np.array([float(row["score"]) - float(row["regression"]) for row in rows])
    ax = rows_of(len(rows), left=0.33)
    for better, colour, mark, words in (
        (True, figure_style.BLUE, "o", "the model is better"),
        (False, figure_style.ORANGE, "s", "the regression is better"),
    ):
        chosen = np.flatnonzero((apart > 0.0) == better)
        ax.hlines(chosen, 0.0, apart[chosen], color=colour, linewidth=2.0)
        ax.plot(apart[chosen], chosen, mark, color=colour, markersize=6.0,
                label=f"{words} ({len(chosen)} cases)")  # fmt: skip
    ax.axvline(0.0, color=figure_style.QUIET, linewidth=1.0)
    how = f"sum over {len(rows)} cases {apart.sum():+.1f}"
    label = "Log score of the model less that of the regression"
    titles = "Cases predicted without having been seen", how
    return finish_rows(ax, [row["case"] for row in rows], label, titles, 2, left=-0.52)


def _share(check: str) -> float:
    """Return what share of predictions the intervals of a check hold."""
    limits = load_thresholds()[check.replace(" ", "_")]
    return float(limits["coverage"] if check == CASES else limits["inside"])


def draw_counts(rows: Sequence[Row], title: str, share: float) -> Axes:
    """Draw what is on record beside the interval predicted, a row a count.

    Parameters
    ----------
    rows
        ``name``, ``observed``, ``low`` and ``high`` of each, the first on top.
    title
        What was left out.
    share
        Of what is predicted, between ``low`` and ``high``.
    """
    from matplotlib.ticker import MaxNLocator

    ax = rows_of(len(rows), left=0.33)
    place = np.arange(len(rows))[::-1]
    observed, low, high = (
        np.array([float(row[key]) for row in rows]) for key in ("observed", "low", "high")
    )
    ax.hlines(
        place,
        low,
        high,
        color=figure_style.FAINT,
        linewidth=9.0,
        label=f"{100.0 * share:.0f} % predicted",
    )
    ax.plot(low, place, "|", high, place, "|", color="#8a8a8a", markersize=9.0)
    inside = (observed >= low) & (observed <= high)
    for chosen, colour, mark, words in (
        (inside, figure_style.BLUE, "o", "on record, inside"),
        (~inside, figure_style.VERMILLION, "D", "on record, outside"),
    ):
        ax.plot(observed[chosen], place[chosen], mark, color=colour, markersize=6.5,
                label=f"{words} ({chosen.sum()})")  # fmt: skip
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    how = f"{inside.sum()} of {len(rows)} rows inside"
    return finish_rows(ax, [row["name"] for row in rows], "Events on record", (title, how), 3,
                       places=place, left=-0.52)  # fmt: skip


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
    return draw_counts(rows[:_MOST_ROWS], "2014 to 2020", _share(LATER))


FIGURES: tuple[tuple[str, str, tuple[str, ...], Callable[[Numbers], Axes]], ...] = (
    ("pit-cases", CASES, ("pit",), lambda held: draw_pit(_named(held["pit"]), "counts of cases")),
    ("scores", CASES, ("cases",), lambda held: draw_scores(held["cases"])),
    ("deep", DEEP, ("cases",),
     lambda held: draw_counts(_counts(held["cases"]), "Both left out", _share(DEEP))),
    ("pit-later", LATER, ("pit",), lambda held: draw_pit(_named(held["pit"]), "counts by country")),
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
