from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from sim.report import figure_style
from sim.report.compare_figures import _draw_effects
from sim.report.figures import _draw_steps


def test_labels_of_five_digits_end_inside_their_panel() -> None:
    """They once ran into the next panel and lost their bracket."""
    box, part = (0.175, 0.11, 0.8, 0.76), (0.0, 0.0, 0.54, 1.0)
    _, (ax,) = figure_style.panels(None, (10.0, 6.0), box, [part])
    reached = np.array([[19_803.0, 1_916.0], [20_978.0, 2_132.0]])
    numbers: Any = SimpleNamespace(steps=("visits", "proposals"), reached=reached)
    _draw_steps(ax, numbers)
    figure_style.figure_of(ax).draw_without_rendering()
    right = ax.get_window_extent().x1
    assert ax.texts
    assert max(text.get_window_extent().x1 for text in ax.texts) <= right


def test_an_interval_that_is_cut_ends_in_an_arrow() -> None:
    ax = figure_style.host_axes(None, (6.0, 4.0), (0.1, 0.1, 0.8, 0.8))
    rows = pd.DataFrame(
        {
            "percent": [-1.0] * 20 + [50.0],
            "p05": [-2.0] * 20 + [-90.0],
            "p95": [1.0] * 20 + [190.0],
            "baseline": 100.0,
            "distinguishable": False,
        }
    )
    _draw_effects(ax, rows)
    edge = ax.get_xlim()[1]
    arrows = {
        (line.get_marker(), round(y))
        for line in ax.lines
        for y in np.asarray(line.get_ydata()).tolist()
        if line.get_marker() in {"<", ">"}
    }
    assert edge < 90.0
    assert arrows == {("<", 20), (">", 20)}
