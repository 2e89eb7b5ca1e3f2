"""What is shown, as tables of texts: for those who read rather than look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.app.language import Translate
from sim.app.what_if.downloads import scale_of
from sim.app.what_if.paired_results import Shown
from sim.app.what_if.result_charts import place_words
from sim.report.compare_text import effect_of
from sim.report.display_names import Names

if TYPE_CHECKING:
    from sim.world import World

ROWS = 15
"""Localities listed."""


def place_table(shown: Shown, outcome: str, world: World, _: Translate) -> dict[str, Any]:
    """Return the localities that differ most, those first that can be told from none."""
    frame, names = shown.places(outcome), Names(world)
    frame = frame[frame["share_equal"] < 1]
    frame = frame.assign(size=frame["difference"].abs())
    frame = frame.sort_values(["distinguishable", "size"], ascending=False, kind="stable")
    frame = frame.head(ROWS)
    texts = place_words(frame, scale_of(outcome), _)
    return {
        "caption": _("The localities that differ most, as a table"),
        "head": [_("Locality"), _("Difference, with its 95 % interval")],
        "rows": [
            [f"{place}, {names.country(country)}", words]
            for place, country, words in zip(frame["name"], frame["country"], texts, strict=True)
        ],
    }


def outcome_table(shown: Shown, _: Translate) -> dict[str, Any]:
    """Return all outcomes for the region with their differences."""
    rows = []
    for row in shown.effects.itertuples(index=False):
        effect = effect_of(row)
        words = _(effect.words) + (f", {effect.unit}" if effect.unit else "")
        sure = _("yes") if effect.distinguishable else _("no")
        cells = [effect.baseline, effect.what_if, effect.difference, effect.interval, sure]
        rows.append([words, *cells])
    return {
        "caption": _("All outcomes for the region, as a table"),
        "head": [
            _("Outcome"),
            _("Compared with"),
            _("What if"),
            _("Difference"),
            _("95 % interval"),
            _("Told from none"),
        ],
        "rows": rows,
    }
