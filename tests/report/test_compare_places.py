"""What a comparison says of places when all that varies lies between draws of parameters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.core.state import record_type
from sim.core.state_fields import EVENT
from sim.experiments.comparison.comparison_tables import Tally
from sim.experiments.comparison.divergence import Log, RunDifference
from sim.experiments.comparison.paired_comparison import ComparisonTables
from sim.experiments.comparison.paired_simulation import COMPARED, PairedSimulation, Replicate
from sim.report import compare_figures, compare_tables
from sim.report.event_phrases import EventDescriber
from sim.scenario.schema import load
from sim.world import World

EACH, COUNTRY, LOCALITY = 2, "ARG", "AR-Y"
OF_DRAWS = [4.0, -1.0, 4.0, -1.0, 4.0] * 4
"""How many more deals each draw gives, without any chance: in 3 draws of 5 it is higher."""
LIE = "−1.0 to +4.0"
"""Where nine pairs in ten lie; the 95 % interval of the mean of draws is +0.8 to +3.2."""

SPREAD = "+2.0; −1.0\u00a0to\u00a0+4.0; raises:\u00a060\u00a0%"


@pytest.fixture(scope="module")
def between_draws(world: World) -> ComparisonTables:
    base = load("baseline").with_overrides(end="2000-06", replicates=EACH * len(OF_DRAWS))
    what_if = base.with_overrides(parameters={"turnover.fade": 0.9})
    draws = [{"turnover.fade": 0.5}] * len(OF_DRAWS)
    worlds = PairedSimulation((base, what_if), world, 1, draws)
    months = {"country": len(worlds.at.country), "locality": len(worlds.at.locality)}
    tally = Tally({**months, "month": base.n_months})
    nothing = Log(np.zeros(0, dtype=record_type(EVENT)))
    places = {"country": worlds.at.country[COUNTRY], "locality": worlds.at.locality[LOCALITY]}
    for number in range(base.replicates):
        zero = {part: np.zeros(pairs.count.shape) for part, pairs in tally.pairs.items()}
        changed = {part: values.copy() for part, values in zero.items()}
        for part, outcomes in COMPARED.items():
            row = [outcome.name for outcome in outcomes].index("deals")
            where = (row, places[part]) if part in places else row
            changed[part][where] += OF_DRAWS[number // EACH]
        parted = RunDifference.between(nothing, nothing)
        tally.add(Replicate(number, (zero, changed), (parted,), number % EACH > 0), 0)
    manifest = {"replicates": base.replicates, "draws": draws, "model_version": "test"}
    return ComparisonTables(worlds, ["draws"], [tally], pd.DataFrame(), manifest)


def row_of(frame: pd.DataFrame, **wanted: str) -> pd.Series:
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    (row,) = (row for _, row in frame.iterrows())
    return row


def test_places_range_over_draws_as_the_region_does(between_draws: ComparisonTables) -> None:
    """An interval of the mean alone would leave out the draws in which there are fewer deals."""
    region = row_of(between_draws.effects, outcome="deals")
    at_place = row_of(between_draws.by_locality, outcome="deals", locality=LOCALITY)
    in_country = row_of(between_draws.by_country, outcome="deals", country=COUNTRY)
    at_end = row_of(between_draws.paths, metric="deals", month="2000-06")
    for row in (region, at_place, in_country, at_end):
        assert (row["p05"], row["median"], row["p95"]) == (-1.0, 4.0, 4.0)
        assert (row["share_higher"], row["share_lower"]) == (0.6, 0.4)
        assert row["by_parameters"] == 1.0
        assert row["low"] > 0.0
    assert at_place["distinguishable"]
    elsewhere = between_draws.by_locality.query("outcome == 'deals' and locality != @LOCALITY")
    assert (elsewhere[["p05", "p95"]] == 0.0).all(axis=None)


def test_tables_of_places_tell_of_parameters_and_chance(between_draws: ComparisonTables) -> None:
    tables = compare_tables.tables_of(between_draws, "draws", EventDescriber(between_draws.world))
    for name in ("key", "all_outcomes", "countries", "localities"):
        assert "over parameters and chance" in tables[name].caption, name
        (row,) = (row for row in tables[name].rows if {LIE, SPREAD} & set(row))
        assert any(cell.endswith(("60 %", "60\u00a0%")) for cell in row), row
    (country,) = tables["countries"].rows
    assert country[:2] == ("Argentina", SPREAD)
    (place,) = tables["localities"].rows
    assert place[3:7] == ("+2.0", "±1.2", LIE, "raises: 60 %")
    together = compare_tables.together_table(between_draws)
    assert SPREAD in {row[2] for row in together.rows}


def test_figures_of_places_tell_of_parameters_and_chance(between_draws: ComparisonTables) -> None:
    for name in ("map_deals", "forest", "paths"):
        host = compare_figures.draw(between_draws, f"draws_{name}")
        parts = [host, *host.child_axes]
        said = " ".join(text.get_text() for part in parts for text in part.texts)
        assert "over parameters and chance" in said, name
    host = compare_figures.plot_paths(between_draws, ["deals"])
    panel = next(panel for panel in host.child_axes if panel.lines)
    (area,) = (path for each in panel.collections for path in each.get_paths())
    heights = np.asarray(area.vertices)[:, 1]
    assert (heights.min(), heights.max()) == (-1.0, 4.0)


def test_parameters_held_fixed_are_said_to_be(between_draws: ComparisonTables) -> None:
    manifest = between_draws.manifest | {"draws": []}
    tallies = list(between_draws.tallies.values())
    fixed = ComparisonTables(between_draws.worlds, ["draws"], tallies, pd.DataFrame(), manifest)
    tables = compare_tables.tables_of(fixed, "draws", EventDescriber(fixed.world))
    for name in ("key", "all_outcomes", "countries", "localities"):
        assert "over chance alone" in tables[name].caption, name
