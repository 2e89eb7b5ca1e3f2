"""Objects show themselves in a notebook, whatever their words."""

from __future__ import annotations

import sim
from sim.core.notebook import facts_html
from sim.engine.model import ParadiplomacyModel


def test_words_are_no_markup_and_what_is_empty_is_left_out() -> None:
    html = facts_html("a & b", {"<i>": "<script>", "none": "", "zero": 0})
    assert "a &amp; b" in html
    assert "<script>" not in html
    assert html.count("<tr>") == 2


def test_scenario_world_and_model_say_what_they_are() -> None:
    scenario = sim.load("no-twinning")
    assert "twinning.rate 0" in scenario._repr_html_()
    assert "555 rows" in sim.load_world()._repr_html_()
    shown = ParadiplomacyModel("jujuy", end="2000-02")._repr_html_()
    assert "2000-01" in shown
    assert "governor" in shown
