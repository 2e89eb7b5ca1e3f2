"""What the figures of a comparison share: colours, small print and looking names up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.core.errors import InputError, nearest_name
from sim.experiments.run_settings import stamp_words
from sim.report import figure_style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.engine.outcomes import Outcome
    from sim.experiments.comparison.paired_comparison import ComparisonTables

GREY = "#8c8c8c"
LOWER, HIGHER = figure_style.VERMILLION, figure_style.BLUE


def known_outcome(name: str, outcomes: Sequence[Outcome], what: str) -> Outcome:
    """Return the outcome of a name.

    Raises
    ------
    InputError
        If there is none among those given.
    """
    known = {o.name: o for o in outcomes}
    if name not in known:
        raise InputError(
            f"there is no {what} {name!r}",
            allowed=", ".join(known),
            nearest=nearest_name(name, known),
        )
    return known[name]


def rows_of(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Return the rows of one what-if."""
    return frame[frame["scenario"] == label]


def stamp(ax: Axes, comparison: ComparisonTables) -> None:
    """Write in small print at the lower edge where a figure comes from, once."""
    words = stamp_words(comparison.simulated, "paired run")
    text = f"{words} · model {comparison.manifest['model_version']}"
    figure_style.small_print(figure_style.figure_of(ax), text)
