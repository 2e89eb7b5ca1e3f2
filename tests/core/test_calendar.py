"""Months are written YYYY-MM and in no other way."""

from __future__ import annotations

import pytest

from sim.core.calendar import month_index, month_name


def test_months_are_counted_from_january_2000() -> None:
    assert [month_index(text) for text in ("2000-01", "1999-12", "2035-07")] == [0, -1, 426]
    assert month_name(426) == "2035-07"


@pytest.mark.parametrize(
    "text", ["2000-01\n", "2000-01 ", " 2000-01", "٢٠٠٠-٠١", "２０００-01", "2000-13", "2000-1", ""]
)
def test_other_texts_are_no_months(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM"):
        month_index(text)
