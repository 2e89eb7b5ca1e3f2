"""What holds of every statistic as the shipped table uses it."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.claims.claim import Claim
from calibration.claims.claim_table import load_claims
from calibration.claims.statistics import STATISTICS
from calibration.run_reading import Reading
from sim.core.state import State
from sim.engine.compiled import simulate

CLAIMS = {claim.id: claim for claim in load_claims()}


@pytest.fixture(scope="module")
def states(template: State) -> list[State]:
    """Return three runs of the baseline until the end of 2010."""
    return [simulate(template, 1, replicate) for replicate in range(3)]


USES = {repr((c.statistic, sorted(c.args.items()))): c for c in CLAIMS.values()}
"""One claim for each statistic with the arguments it is used with."""


@pytest.mark.parametrize("claim", list(USES.values()), ids=lambda c: f"{c.id}-{c.statistic}")
def test_statistics_of_runs_are_numbers_and_always_the_same(
    states: list[State], claim: Claim
) -> None:
    measured = [claim.measure.parts(Reading(w), claim.args) for w in states]
    again = [claim.measure.parts(Reading(w), claim.args) for w in states]
    assert measured == again
    assert np.isfinite(measured).all()
    value = claim.measure.value(np.mean(measured, axis=0))
    assert np.isfinite(value)


def test_measuring_leaves_no_trace(states: list[State]) -> None:
    """Statistics measured one after the other on one reading are as on readings of their own."""
    alone = {c.id: c.measure.parts(Reading(states[0]), c.args) for c in CLAIMS.values()}
    reading = Reading(states[0])
    together = {
        c.id: c.measure.parts(reading, c.args) for c in sorted(CLAIMS.values(), key=lambda c: c.id)
    }
    backwards = {c.id: c.measure.parts(reading, c.args) for c in reversed(CLAIMS.values())}
    assert alone == together == backwards


def test_the_table_uses_every_statistic() -> None:
    used = {claim.statistic for claim in CLAIMS.values()}
    shipped = {
        name
        for name, entry in STATISTICS.items()
        if entry.measure.__module__.startswith("calibration.claims.")
    }
    assert used == shipped


def test_no_place_is_named_in_the_code() -> None:
    from pathlib import Path

    import calibration
    from sim.world import load_world

    world = load_world()
    codes = [*world.countries["iso3"], *world.localities["code"], *world.provinces["code"]]
    root = Path(str(calibration.__file__)).parent
    for file in [root / "run_reading.py", *sorted((root / "claims" / "statistics").glob("*.py"))]:
        text = file.read_text(encoding="utf-8")
        assert not [code for code in codes if f'"{code}"' in text], file
