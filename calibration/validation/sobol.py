"""Sensitivity: which parameters matter, within what the posterior leaves open.

Sobol' indices over the box of each parameter's central posterior range. All runs of a block have
the same random numbers, so that two points differ by their parameters alone; blocks differ in
points and numbers, and how far they are apart says how well an index is known. With random numbers
of its own for each run, a parameter without effect would seem to matter as much as chance does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from calibration.checks import Verdict, load_thresholds
from calibration.checks.verdict import judged, listed
from calibration.inference.prior import Array, Prior
from calibration.inference.reference_table import WAVE as REPLICATES
from calibration.inference.reference_table import Observation, Rows
from calibration.model_simulator import Documented
from calibration.validation.model_variants import load_table
from calibration.validation.validation_context import ValidationContext
from sim.experiments.design import Design, Varied, make_design
from sim.experiments.sensitivity.analysis import SEED_ROW, SweepFrames, sensitivity_tables

RANGE = (0.05, 0.95)
"""Quantiles of the posterior that bound the box."""
BASE = 180
"""Base points of a block; each brings as many runs as there are parameters, and two."""
WAVE = 150
NORMAL = 1.96
SHARE, VISITS = "local_share_of_deals", "visits"


class BlockSimulator(Documented):
    """Make runs that share their random numbers, in blocks of so many runs."""

    def __init__(self, size: int) -> None:
        super().__init__(derived=load_table()["outcomes"])
        self.size = size

    @cached_property
    def identity(self) -> Mapping[str, str]:
        """Return what decides a run, the size of a block among it."""
        return {**super().identity, "runs_of_a_block": str(self.size)}

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        """Return one run, with the random numbers of its block."""
        wave, row = divmod(replicate, REPLICATES)
        return super().run(values, seed, wave * REPLICATES + row // self.size)


def simulator(size: str) -> BlockSimulator:
    """Return the simulator of blocks of a size."""
    return BlockSimulator(int(size))


class Blocks(NamedTuple):
    """Lay out points in blocks, each a Sobol' design of its own over a box.

    The box is the prior, truncated to where the points lie; designs are over the unit cube, that
    is, probabilities under the box.
    """

    box: Prior
    designs: tuple[Design, ...]

    @classmethod
    def over(cls, context: ValidationContext, blocks: int, base: int) -> Blocks:
        """Return blocks over the parameters' central posterior ranges."""
        prior = context.prior
        low, high = np.quantile(prior.shares(context.posterior.values), RANGE, axis=0)
        varied = [Varied(name, low=0.0, high=1.0) for name in prior.names]
        designs = [
            make_design("sobol", varied, base, seed=context.seed + 1000 * block)
            for block in range(blocks)
        ]
        return cls(prior.truncated(low.tolist(), high.tolist()), tuple(designs))

    @property
    def size(self) -> int:
        """Return the number of points of a block."""
        return len(self.designs[0].points)

    @property
    def bases(self) -> Array:
        """Return which points are base points, among those of all blocks."""
        return np.arange(0, self.size * len(self.designs), len(self.box.names) + 2)

    @property
    def values(self) -> Array:
        """Return the parameters at all points, block by block (N, P)."""
        shares = np.concatenate([design.points.to_numpy() for design in self.designs])
        return self.box.values(ndtri(np.clip(shares, 1e-9, 1.0 - 1e-9)))

    def indices(self, answers: pd.DataFrame) -> pd.DataFrame:
        """Return a row a block, outcome and parameter, given a column an outcome, a row a point."""
        found = []
        for block, design in enumerate(self.designs):
            rows = slice(block * self.size, (block + 1) * self.size)
            frame = answers.iloc[rows].reset_index(drop=True)
            frame.insert(0, "point", np.arange(self.size))
            frame.insert(1, "replicate", 0)
            table = sensitivity_tables(SweepFrames(design, frame), list(answers.columns)).table
            found.append(table[table["parameter"] != SEED_ROW].assign(block=block))
        return pd.concat(found, ignore_index=True)


def sobol(context: ValidationContext, base: int = BASE, simulated: str | None = None) -> Verdict:
    """Judge whether it is known how much each parameter matters.

    ``base`` is the number of base points of a block, ``simulated`` the ``module:function`` that
    makes the simulator of blocks of a size given as text.
    """
    limits = load_thresholds()["sensitivity"]
    blocks = Blocks.over(context, limits["blocks"], base)
    made = f"{__name__}:simulator" if simulated is None else simulated
    names, values = tuple(load_table()["outcomes"]), blocks.values
    runs = context.runs("sobol", values, number=WAVE, simulator=f"{made}:{blocks.size}")
    # The base points once more, with other random numbers: what chance does by itself.
    again = context.runs(
        "sobol-chance", values[blocks.bases], number=WAVE + 1, simulator=f"{made}:{base}"
    )
    answers, repeated = outcomes_of(runs, names), outcomes_of(again, names)
    chance = chance_shares(answers.iloc[blocks.bases], repeated, limits["blocks"])
    by_index = blocks.indices(answers).groupby(["outcome", "parameter"], sort=False)
    rows = [_row(block) for _, block in by_index]
    most, count = limits["most_half_width"], len(runs.values) + len(again.values)
    wide = [f"{row['parameter']} on {row['outcome']}" for row in rows if row["half_width"] > most]
    largest = max(row["half_width"] for row in rows)
    found = f"largest half-width {largest:.3f}; {len(wide)} of {len(rows)} above {most:g}"
    return judged(
        "sensitivity",
        not wide,
        f"{found}: {listed(wide)}" if wide else found,
        f"half-widths of total effects at most {most:g}, {count:,} runs",
        {"indices": rows, "chance": chance, "runs": count, "range": list(RANGE)},
    )


def outcomes_of(rows: Rows, names: tuple[str, ...]) -> pd.DataFrame:
    """Return the outcomes of runs: counts as logarithms, the share of deals that are local.

    ``names`` are those of the runs' derived quantities, which are the outcomes of the table of
    worlds.
    """
    found = {name: np.log1p(rows.derived[:, j]) for j, name in enumerate(names)}
    visits, _, local = np.moveaxis(rows.counts["by_locality"].sum(axis=1), 1, 0)
    deals = rows.derived[:, names.index("deals")]
    found[SHARE] = np.where(deals > 0.0, local / np.maximum(deals, 1.0), 0.5)
    found[VISITS] = np.where(np.isfinite(deals), np.log1p(visits), np.nan)
    return pd.DataFrame(found)


def chance_shares(first: pd.DataFrame, second: pd.DataFrame, blocks: int) -> dict[str, float]:
    """Return the share of each outcome's variance that is left at one point.

    The frames hold outcomes at the same points by other random numbers, block by block.
    """
    shares = {}
    for name in first:
        pairs = np.stack([first[name].to_numpy(), second[name].to_numpy()])
        pairs = pairs.reshape(2, blocks, -1)
        apart = np.nanvar(pairs[0] - pairs[1], axis=1).mean()
        spread = np.nanvar(pairs, axis=2).mean()
        shares[str(name)] = float(0.5 * apart / spread) if spread > 0.0 else float("nan")
    return shares


def half_width(block: pd.DataFrame) -> float:
    """Return half the width of an index's 95 % interval, from the rows of its blocks.

    The larger of two: by resampling base points within blocks, and by the blocks' differences.
    """
    within = (block["total_high"] - block["total_low"]).to_numpy() / 2.0
    count = len(block)
    by_points = float(np.sqrt((within**2).sum()) / count)
    by_blocks = float(NORMAL * block["total"].std(ddof=1) / np.sqrt(count))
    return max(by_points, by_blocks)


def _row(block: pd.DataFrame) -> dict[str, Any]:
    """Return what is published of an index, from the rows of its blocks."""
    # Where a block's outcome does not vary there is no index: it could be anything.
    known = bool(np.isfinite(block["total"]).all())
    return {
        "outcome": block["outcome"].iloc[0],
        "parameter": block["parameter"].iloc[0],
        "total": float(block["total"].mean()) if known else 0.0,
        "first": float(block["first"].mean()) if known else 0.0,
        "half_width": half_width(block) if known else 1.0,
        "blocks": block["total"].round(4).tolist() if known else [],
    }
