"""What tests of commands share."""

from __future__ import annotations

import pytest


@pytest.fixture
def without_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have runs write their tables alone: figures and report take seconds."""
    monkeypatch.setattr("sim.report.figure_workers.MOST", 0)
    monkeypatch.setattr("sim.results.run_result.Run.write_report", lambda *_: None)
