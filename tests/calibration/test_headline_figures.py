"""The headline figures belong to the present model, and can be measured again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration import headline_figures as headline
from calibration.claims.statistics import STATISTICS
from calibration.run_reading import Reading
from sim.core import provenance
from sim.core.parameters import PARAMETERS
from sim.core.state import State

FOLDER = Path(__file__).resolve().parents[2] / headline.REFERENCE
FIGURES = {one.id: one for one in headline.load_figures()}


def rows() -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in headline.read_record(FOLDER)["rows"]}


def test_the_table_is_of_this_model_and_these_figures() -> None:
    record = headline.read_record(FOLDER)
    assert record["model_version"] == provenance.model_version(), "run make headline"
    assert record["figures_version"] == headline.figures_version(), "run make headline"
    assert record["draws"] >= headline.DRAWS == 100
    assert [row["id"] for row in record["rows"]] == list(FIGURES)


@pytest.mark.slow
def test_a_few_figures_measured_again_lie_where_the_table_says() -> None:
    names = ("chile-share", "turnover-pace", "embassy-through", "own-finance", "capitals")
    again = headline.measured([FIGURES[name] for name in names], headline.free_draws(8)[0], 1)
    for name, values in zip(names, again, strict=True):
        row = rows()[name]
        assert row["low"] <= float(np.nanmedian(values)) <= row["high"], name


@pytest.mark.parametrize("one", FIGURES.values(), ids=lambda one: one.id)
def test_every_figure_is_a_number_of_any_run(finished: State, one: headline.HeadlineFigure) -> None:
    parts = STATISTICS[one.statistic].parts(Reading(finished), one.args)
    assert np.isfinite(parts).all()
    assert one.data or one.earlier


@pytest.mark.parametrize("one", FIGURES.values(), ids=lambda one: one.id)
def test_the_worlds_of_a_figure_can_be_made(one: headline.HeadlineFigure) -> None:
    """A parameter that was renamed, or a place that is gone, is found here."""
    for world in one.worlds():
        assert set(world.parameters) <= set(PARAMETERS)


def test_a_deal_passes_through_all_that_led_to_it(finished: State) -> None:
    """What is a deal's first channel is among its causes too; all causes are more than none."""
    reading = Reading(finished)
    kinds = ("province", "organisation", "embassy", "firm", "bank", "association")

    def share(name: str, *of: str) -> float:
        statistic = STATISTICS[name]
        return float(statistic.value(np.array(statistic.parts(reading, {"kinds": list(of)}))))

    for kind in kinds[:3]:
        assert share("share_through", kind) >= share("share_by_channel", kind)
    assert share("share_through", *kinds) == 1.0
    assert share("share_through") == 0.0


def test_thinned_to_all_its_records_a_list_touches_what_it_touches(finished: State) -> None:
    reading = Reading(finished)
    touched = (reading.by_locality(reading.deals) > 0).mean()
    measure = STATISTICS["units_touched"].parts
    (every,) = measure(reading, {"records": 10**6, "until": "2020-12"})
    (one,) = measure(reading, {"records": 1, "until": "2020-12"})
    assert every == pytest.approx(touched)
    assert one == pytest.approx(1.0 / reading.localities)


def test_a_row_has_median_and_interval_or_the_mean_of_chances() -> None:
    figures = [FIGURES["own-finance"], FIGURES["coquimbo-dozens"]]
    values = np.array([0.0, 0.5, 1.0])
    first, second = headline.rows_of(figures, [values[1:2]] * 2, [values] * 2)
    assert (first["median"], first["low"], first["high"]) == (0.5, 0.05, 0.95)
    assert (second["median"], second["low"]) == (0.5, None)
    assert first["defaults"] == 0.5


@pytest.mark.parametrize("option", ["--draws", "--workers"])
def test_a_wrong_number_is_one_message_and_code_2(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        headline.main([option, "0"])
    assert stopped.value.code == 2
    assert f"{option[2:]}: 0 is too few" in capsys.readouterr().err
