"""The fit with wills as coded beside the one with drawn wills.

The wills of office-holders whom the evidence names were coded after reading what they did. So they
are no condition of the fit, and a second fit that takes them as documented shows what they would
have decided. Both are made from as many runs of the prior, in the same way.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calibration.checks import Verdict
from calibration.checks.verdict import judged
from calibration.inference.fit import Draws
from calibration.inference.prior import Array
from calibration.inference.reference_table import Rows
from calibration.published import SIMULATOR
from calibration.validation.observed_counts import posterior_given
from calibration.validation.validation_context import ValidationContext

WAVE = 620
CODED = f"{SIMULATOR}:documented"
RUNS = 4_000
DRAWS = 1_000
_ENDS = (0.05, 0.5, 0.95)
_APART = 0.5
"""Standard deviations from which on a shift is told of."""


def coded_wills(context: ValidationContext) -> Verdict:
    """Tell how far the posterior moves if wills are taken as coded; nothing can be missed."""
    drawn = context.first.chosen(np.arange(min(RUNS, len(context.first.values))))
    values = context.prior.draw(len(drawn.values), context.seed, WAVE)
    coded = context.runs("coded-wills", values, number=WAVE, simulator=CODED).finite()
    names = (*context.prior.names, *context.simulator.derived)
    return compared(_draws(context, drawn), _draws(context, coded), names)


def _draws(context: ValidationContext, rows: Rows) -> Draws:
    return posterior_given(context, rows, context.simulator.observed, DRAWS)


def compared(drawn: Draws, coded: Draws, names: tuple[str, ...]) -> Verdict:
    """Compare two posteriors of parameters and derived quantities, by name."""
    rows = [
        _row(name, before, after)
        for name, before, after in zip(names, _columns(drawn), _columns(coded), strict=True)
    ]
    moved = [f"{row['name']} {row['shift']:+.1f}" for row in rows if abs(row["shift"]) >= _APART]
    said = f"{len(moved)} of {len(rows)} means move by half a standard deviation or more"
    return judged(
        "coded wills",
        True,
        f"{said}: {', '.join(moved)}" if moved else said,
        "none: it is told how far they move",
        {"rows": rows},
    )


def _columns(draws: Draws) -> Array:
    return np.column_stack([draws.values, draws.derived]).T


def _row(name: str, drawn: Array, coded: Array) -> dict[str, Any]:
    """Return quantiles of a quantity in both fits, and the shift in standard deviations."""
    spread = float(drawn.std()) or 1.0
    return {
        "name": name,
        "drawn": np.quantile(drawn, _ENDS).tolist(),
        "coded": np.quantile(coded, _ENDS).tolist(),
        "shift": float(coded.mean() - drawn.mean()) / spread,
    }
