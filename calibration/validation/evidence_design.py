"""Design of further evidence: what else would have to be known to tell wrong worlds from the model.

Candidates, listed in ``worlds.toml``, are counts that a field study or a search in archives would
bring, made from the runs' own counts with a share of them found. Each is added to all statistics
there are, for the wrong worlds against which these have little power.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from calibration.cases.observed_statistics import OUTCOMES
from calibration.checks import Verdict, load_thresholds
from calibration.checks.verdict import judged
from calibration.inference.prior import Array
from calibration.inference.reference_table import Rows
from calibration.validation.evidence_classifier import LEVEL, held_out_scores, in_threads
from calibration.validation.model_comparison import Comparisons
from calibration.validation.model_variants import BOTH, Variant, load_table, wrong_models
from calibration.validation.validation_context import ValidationContext

_MOST_UNITS = 60
"""Units that are counted one by one; of more, only how what is found is spread."""
_TOP = 0.1


class EvidenceDesign(NamedTuple):
    """Hold a candidate: what share of which outcomes is found, where, in so many place-years.

    ``units`` are those most visited in the model's runs; or all countries are searched, by period.
    """

    id: str
    what: str
    found: Mapping[str, float]
    places: int
    years: int
    units: int = 0
    countries: bool = False

    def counts(self, rows: Rows, units: Array, rng: np.random.Generator) -> Array:
        """Return what such evidence would tell of runs: logarithms of counts, shares (N, F)."""
        parts = []
        for outcome, share in self.found.items():
            at = OUTCOMES.index(outcome)
            if self.countries:
                of = rows.counts["by_country"][:, :, :, at].reshape(len(rows.values), -1)
                parts.append(np.log1p(rng.binomial(of, share)))
            else:
                of = rows.counts["by_locality"][:, units[: self.units], at]
                parts += _spread(rng.binomial(of, share))
        return np.concatenate(parts, axis=1)


def _spread(counts: Array) -> list[Array]:
    """Return how counts by unit (N, U) are spread: in all, touched, in the largest; each of few."""
    total, ordered = counts.sum(axis=1), np.sort(counts, axis=1)
    largest = ordered[:, -max(1, int(_TOP * counts.shape[1])) :].sum(axis=1)
    found = [np.log1p(total), (counts > 0).mean(axis=1), largest / np.maximum(total, 1)]
    few = [np.log1p(counts)] if counts.shape[1] <= _MOST_UNITS else []
    return [np.column_stack(found), *few]


def _power(
    compare: Comparisons, right: Rows, wrong: Rows, units: Array, design: EvidenceDesign | None
) -> float:
    """Return the power against a world by what there is and by a candidate."""
    seed, known = compare.context.seed, compare.evidence[BOTH]
    rng = np.random.default_rng(seed)
    ours, others = (
        np.column_stack([
            rows.statistics[:, known], *([design.counts(rows, units, rng)] if design else [])
        ])
        for rows in (right, wrong)
    )  # fmt: skip
    # Any record will do: power is that of the model's runs.
    repeats = load_thresholds()["model_comparison"]["repeats"]
    return held_out_scores(ours, others, ours[0], seed, repeats).power


def further_evidence(
    context: ValidationContext, worlds: tuple[Variant, ...] | None = None
) -> Verdict:
    """Tell what power each candidate would bring against the worlds that are hard to tell."""
    compare, high = Comparisons.of(context), load_thresholds()["model_comparison"]["high_power"]
    designs = [EvidenceDesign(**entry) for entry in load_table()["designs"]]
    worlds = wrong_models() if worlds is None else worlds
    right = context.first.chosen(np.arange(len(compare.right)))
    visits = right.counts["by_locality"][:, :, OUTCOMES.index("visits")].mean(axis=0)
    units = np.argsort(-visits, kind="stable")
    known, added = {}, {}
    for number, world in enumerate(worlds):
        runs = compare.runs_of(world).finite()
        power_of = partial(_power, compare, right, runs, units)
        (known[world.id],) = in_threads(power_of, (None,), 1)
        if known[world.id] < high:
            added[world.id] = in_threads(power_of, designs, context.workers)
        context.notify("further evidence", number + 1, len(worlds))
    rows = []
    for number, design in enumerate(designs):
        power = {world: found[number] for world, found in added.items()}
        rows.append({
            **design._asdict(),
            "power": power,
            "mean_power": float(np.mean(list(power.values()))) if power else None,
            "told": sum(one >= high for one in power.values()),
        })  # fmt: skip
    best = max(rows, key=lambda row: row["mean_power"] or 0.0)
    known = {world: known[world] for world in added}
    found = (
        f"{len(added)} of {len(worlds)} wrong worlds are hard to tell; {best['id']} would raise "
        f"the mean power from {np.mean(list(known.values())):.0%} to {best['mean_power']:.0%} "
        f"and tell {best['told']} of them"
        if added
        else "no wrong world is hard to tell"
    )
    numbers = {"designs": rows, "known": known, "level": LEVEL}
    return judged("further evidence", True, found, "nothing can be missed here", numbers)
