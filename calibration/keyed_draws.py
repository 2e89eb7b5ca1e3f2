"""Draws of an observation, fixed by its key, and the unknown chances that each one draws."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.core.jit import rule
from sim.core.rng import philox, run_key
from sim.core.state import Array

# Purposes of draws, apart from the decisions of a run (sim.core.decisions).
CHANCES, COUNTED, TOLD, NOISE, BOUND = 300, 301, 302, 303, 304
LIST_CHANCES, LISTED, PARTS, CUT, CONFINED, ASTRAY, DATED, TIED = range(310, 318)

Chances = dict[str, float]


class Chance(NamedTuple):
    """Describe one unknown of the documentation; a prior is uniform, maybe in the logarithm."""

    name: str
    unit: str
    low: float
    high: float
    log: bool
    meaning: str
    reason: str

    def at(self, u: Array) -> Array:
        """Return the values at quantiles ``u`` of the prior."""
        if self.log:
            return np.asarray(self.low * (self.high / self.low) ** u)
        return np.asarray(self.low + (self.high - self.low) * u)


def read_chances(file: Path) -> tuple[Chance, ...]:
    """Return the unknowns that a table lists."""
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["chances"]
    return tuple(Chance(**entry) for entry in entries)


@rule
def _fill(ids, purpose, k0, k1, out):  # type: ignore[no-untyped-def]
    """Write a uniform number in (0, 1) for each identity."""
    for i in range(len(ids)):
        low = np.uint64(ids[i]) & np.uint64(0xFFFFFFFF)
        high = np.uint64(ids[i]) >> np.uint64(32)
        word, _, _, _ = philox(np.uint64(purpose), low, high, np.uint64(0), k0, k1)
        out[i] = (float(word) + 0.5) / 4294967296.0


def uniforms(key: int, purpose: int, identities: Array) -> Array:
    """Return a number in (0, 1) for each identity, fixed by the key and the purpose.

    The key names the observation; identities are whole numbers from 0 to 2**63.
    """
    found = np.empty(len(identities))
    k0, k1 = (np.uint64(word) for word in run_key(key, 0))
    ids = np.ascontiguousarray(identities, dtype=np.int64)
    _fill(ids, purpose, k0, k1, found)  # type: ignore[no-untyped-call]
    return found


def drawn_chances(key: int, purpose: int, unknown: tuple[Chance, ...]) -> Chances:
    """Return the chances of one observation, drawn from their priors."""
    u = uniforms(key, purpose, np.arange(len(unknown)))
    return {chance.name: float(chance.at(u[i])) for i, chance in enumerate(unknown)}
