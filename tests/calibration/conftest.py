from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibration.claims.claim import Claim
from calibration.claims.claim_table import load_claims
from calibration.claims.findings import Findings
from calibration.claims.statistics import STATISTICS
from calibration.run_reading import Reading
from sim.world import World

DATA = Path(__file__).parent / "data"
PLAIN = DATA / "plain.toml"
DRAWS = tuple({"tie.contact": contact, "initiative.rate": -8.8} for contact in (0.2, 0.3, 0.4))
"""Draws of parameters for the claims of the test table, one of which sets one of them itself."""


@pytest.fixture(scope="session", autouse=True)
def plain_statistics() -> Iterator[None]:
    """Register the statistics of the test table while the tests of this folder run."""
    known = set(STATISTICS)
    sys.path.insert(0, str(DATA))
    try:
        importlib.import_module("plain_statistics")
        yield
    finally:
        sys.path.remove(str(DATA))
        sys.modules.pop("plain_statistics", None)
        for name in set(STATISTICS) - known:
            del STATISTICS[name]


@pytest.fixture(scope="session")
def plain_claims(plain_statistics: None) -> tuple[Claim, ...]:
    """Return the claims of the test table."""
    return load_claims(PLAIN)


@pytest.fixture(scope="session")
def plain_findings(plain_claims: tuple[Claim, ...]) -> Findings:
    """Return what two runs of each world at three draws say about the claims of the test table."""
    from calibration.claims.claim_experiments import check_claims

    return check_claims(plain_claims, draws=DRAWS, replicates=2, workers=1)


@pytest.fixture(scope="session")
def conditioned(world: World) -> Reading:
    """Return a run under the conditions of comparison; leave it as it is."""
    from calibration.model_simulator import load_conditions
    from sim.engine.compiled import simulate
    from sim.engine.initial_state import initial_state

    return Reading(simulate(initial_state(load_conditions(), world), 7, 0))
