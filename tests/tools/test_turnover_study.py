"""The event study of changes of office-holder and the dose-responses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tools.turnover_study import GROUPS, OUTCOMES, YEARS, around_changes, intervals, study, write


def test_years_are_counted_from_the_change() -> None:
    months, change = 120, 50
    persons = np.ones((months, 2), dtype=np.int64)
    blocs = np.ones_like(persons)
    persons[change:, 0] = 2
    blocs[change:, 0] = 9
    # A change without three whole years after it does not count.
    persons[100:, 1] = 3
    counts = np.zeros((months, 2))
    counts[change - 1, 0] = 5.0
    counts[change, 0] = 2.0
    counts[change + 12, 0] = 1.0
    counts[change, 1] = 70.0
    found = around_changes(persons, blocs, counts)
    assert dict(zip(YEARS, found["another bloc"].tolist(), strict=True)) == {
        -3: 0.0, -2: 0.0, -1: 5.0, 1: 2.0, 2: 1.0, 3: 0.0,
    }  # fmt: skip
    assert not found["the same bloc"].any()


@pytest.mark.slow  # some forty runs of the region
def test_table_and_figure_are_written(tmp_path: Path) -> None:
    table = study(2, end="2008-12")
    found = intervals(table)
    assert set(found["study"]) == {"event", "turnover.pace", "authority.effect"}
    assert set(found["outcome"]) == set(OUTCOMES)
    assert set(found["group"]) == {*GROUPS, "all"}
    rows = table[(table["study"] == "event") & (table["at"] == -1)]
    assert rows["index"].dropna().eq(1.0).all()
    files = write(table, tmp_path)
    assert {path.name for path in files} == {"turnover.csv", "turnover.png", "turnover.svg"}
    assert all(path.stat().st_size > 1000 for path in files)
