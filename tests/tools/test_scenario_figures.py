"""The published figures are drawn from runs at draws of the posterior."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.posteriors import made_up
from tools.scenario_figures import case_scenarios, main, make


def test_every_deep_case_has_a_scenario() -> None:
    found = case_scenarios()
    assert len(found) == 2
    for place, scenario in found.items():
        assert scenario.focus[0] == place


@pytest.mark.slow  # every published figure is drawn
def test_all_figures_are_drawn(tmp_path: Path) -> None:
    draws = made_up(tmp_path / "calibration", draws=2).first(2)
    files = make(tmp_path / "figures", draws, end="2008-12")
    names = {path.name for path in files}
    assert {"deals-map.png", "ties.svg", "funnel.png", "channels.png"} <= names
    assert {f"{scenario.name}.png" for scenario in case_scenarios().values()} <= names
    assert all(path.stat().st_size > 1000 for path in files)


def test_without_a_published_calibration_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("calibration.published.published_folder", lambda: tmp_path)
    assert main(["--out", str(tmp_path / "figures")]) == 2
    assert "no calibration is published" in capsys.readouterr().err
    assert not (tmp_path / "figures").exists()
