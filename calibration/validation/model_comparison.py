"""Model comparison: which other models the record rejects, and which it could.

The model is held against worlds that are wrong on purpose, itself without a mechanism, and rivals
without agents. Parameters are free on both sides: runs are drawn from the priors. The score is that
of :mod:`calibration.validation.evidence_classifier`, on both tiers of the evidence together, on
each tier and on each table. Each model is judged by one of these, named in ``worlds.toml`` before
any fit; the others are published beside it.

Power is the share of the model's own runs that would reject the other one, p how often a run of the
other looks as much like the model as the record does, and ``p_right`` how often one of the model
looks as little like it. ``log_odds`` are the record's own: above zero it is more like the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import false_discovery_control

from calibration.cases import observed_statistics
from calibration.checks import Verdict, load_thresholds
from calibration.checks.verdict import judged, listed
from calibration.inference.prior import Array
from calibration.inference.reference_table import Rows
from calibration.rivals import list_rival
from calibration.validation.evidence_classifier import LEVEL, held_out_scores, in_threads
from calibration.validation.model_variants import (
    BOTH,
    Variant,
    load_table,
    mechanisms,
    wrong_models,
)
from calibration.validation.validation_context import ValidationContext

TIERS = ("tier one", "tier two")
WAVE = 100
_RIGHT = 4
"""Runs of the model itself, which are at hand, are up to so many times those of another."""
_USED = 5
"""Statistics told of for each comparison, those that move its score most."""

Evidence = Mapping[str, Array]
"""Places of statistics by the name of a tier or table."""


@cache
def evidence() -> Evidence:
    """Return the places of the statistics of both tiers, of each tier and of each table."""
    columns = observed_statistics.columns
    found = {BOTH: columns()}
    found |= {name: columns(tier=i + 1) for i, name in enumerate(TIERS)}
    tables = {name: columns(table=name) for name in observed_statistics.tables()}
    unions: Mapping[str, list[str]] = load_table()["evidence"]
    joined = {
        name: np.concatenate([tables[one] for one in parts]) for name, parts in unions.items()
    }
    return found | joined | tables


def wrong_worlds(context: ValidationContext, worlds: tuple[Variant, ...] | None = None) -> Verdict:
    """Judge whether the record tells the model from worlds that are wrong on purpose."""
    limits = load_thresholds()["model_comparison"]
    rows = Comparisons.of(context).variants(wrong_models() if worlds is None else worlds)
    strong = sum(row["power"] >= limits["high_power"] for row in rows)
    rejected = [row["id"] for row in rows if row["rejected"]]
    weak = [f"{row['id']} ({row['power']:.0%})" for row in rows
            if row["power"] < limits["high_power"]]  # fmt: skip
    return judged(
        "wrong worlds",
        strong >= limits["least_worlds"],
        f"power of {limits['high_power']:.0%} against {strong} of {len(rows)} worlds; the record "
        f"rejects {len(rejected)}; less power against {listed(weak, len(weak)) or 'none'}",
        f"power of {limits['high_power']:.0%} at the level of {LEVEL:.0%} against at least "
        f"{limits['least_worlds']} worlds",
        {"models": rows, "level": LEVEL},
    )


def mechanisms_off(
    context: ValidationContext, without: tuple[Variant, ...] | None = None
) -> Verdict:
    """Judge how many mechanisms the record needs: it rejects the model without them."""
    least = load_thresholds()["model_comparison"]["least_mechanisms"]
    rows = Comparisons.of(context).variants(mechanisms() if without is None else without)
    for row in rows:
        row["supported"] = row["p"] < LEVEL
    bare = [f"{row['id']} (p {row['p']:.2g})" for row in rows if not row["supported"]]
    supported = len(rows) - len(bare)
    return judged(
        "mechanisms",
        supported >= least,
        f"{supported} of {len(rows)} mechanisms supported; not supported: "
        f"{listed(bare, len(bare)) or 'none'}",
        f"p below {LEVEL:g} without it, for at least {least} mechanisms",
        {"models": rows, "level": LEVEL},
    )


def against_rivals(context: ValidationContext, others: Sequence[Other] | None = None) -> Verdict:
    """Judge whether the record tells the model from rivals without agents."""
    compare = Comparisons.of(context)
    rows = compare.rows(_rivals(compare.runs, context.seed) if others is None else others)
    like = [f"{row['id']} (p {row['p']:.2g}, power {row['power']:.0%})" for row in rows
            if not row["rejected"]]  # fmt: skip
    odd = sum(row["p_right"] < LEVEL for row in rows)
    return judged(
        "rivals without agents",
        not like,
        f"the record rejects {len(rows) - len(like)} of {len(rows)} rivals; it allows "
        f"{listed(like, len(like)) or 'none'}; it is odd among the model's own runs in {odd} of "
        f"these comparisons",
        f"every rival rejected at {LEVEL:.0%}",
        {"models": rows, "level": LEVEL},
    )


class Other(NamedTuple):
    """Hold runs of another model: statistics (M, K), nan in those that it does not make.

    ``evidence`` names what it is judged by; ``about`` is published of it as it is.
    """

    evidence: str
    statistics: Array
    about: Mapping[str, Any]


class Comparisons(NamedTuple):
    """Compare the model with others: its runs (N, K), the record (K,), and the evidence.

    ``runs`` are those of each other model.
    """

    context: ValidationContext
    right: Array
    evidence: Evidence
    runs: int

    @classmethod
    def of(cls, context: ValidationContext) -> Comparisons:
        """Return what a context's model is compared by."""
        runs = context.comparison_runs
        right = context.first.statistics[: _RIGHT * runs]
        return cls(context, right, evidence(), runs)

    def variants(self, variants: Sequence[Variant]) -> list[dict[str, Any]]:
        """Return what is published of variants of the model, at draws from its prior."""
        others = []
        for number, variant in enumerate(variants):
            made = self.runs_of(variant).statistics
            others.append(Other(variant.evidence, made, variant.published))
            self.context.notify("runs of other models", number + 1, len(variants))
        return self.rows(others)

    def runs_of(self, variant: Variant) -> Rows:
        """Return runs of a variant, those made before among them."""
        context, every = self.context, (*wrong_models(), *mechanisms())
        # A wave keeps random numbers apart; variants that fix the same share it, and their runs.
        alike = [i for i, one in enumerate(every) if one.fixed == variant.fixed]
        wave = WAVE + (alike[0] if alike else len(every))
        values = context.prior.draw(self.runs, context.seed, wave)
        name = f"compared-{every[alike[0]].id if alike else variant.id}"
        return context.runs(name, values, number=wave, simulator=variant.simulator)

    def rows(self, others: Sequence[Other]) -> list[dict[str, Any]]:
        """Return what is published of other models, p-values adjusted for their number."""
        rows = []
        for number, other in enumerate(others):
            rows.append(self._row(other))
            self.context.notify("comparisons", number + 1, len(others))
        _adjust(rows, [row["tests"][row["evidence"]] for row in rows], "adjusted")
        every = [test for row in rows for test in row["tests"].values()]
        _adjust(every, every, "adjusted_over_all")
        return rows

    def _row(self, other: Other) -> dict[str, Any]:
        limits = load_thresholds()["model_comparison"]
        runs = other.statistics[~np.isnan(other.statistics).all(axis=1)]
        made = np.asarray(~np.isnan(runs).all(axis=0))
        possible = {name: at for name, at in self.evidence.items() if len(at) and made[at].all()}
        found = in_threads(lambda at: self._test(runs, at), possible.values(), self.context.workers)
        tests = dict(zip(possible, found, strict=True))
        if other.evidence not in tests:
            raise ValueError(f"{other.about['id']} makes nothing of {other.evidence}")
        of = tests[other.evidence]
        return {
            **other.about,
            "evidence": other.evidence,
            "runs": len(runs),
            "lost": len(other.statistics) - len(runs),
            **{name: of[name] for name in ("power", "p", "p_right", "log_odds")},
            "rejected": of["p"] < LEVEL and of["power"] >= limits["least_power"],
            "tests": tests,
        }

    def _test(self, runs: Array, places: Array) -> dict[str, Any]:
        """Return power, p-values and what was used of a comparison on some statistics."""
        simulator = self.context.simulator
        right, wrong = (
            part[np.isfinite(part).all(axis=1)] for part in (self.right[:, places], runs[:, places])
        )
        repeats = load_thresholds()["model_comparison"]["repeats"]
        found = held_out_scores(
            right, wrong, simulator.observed[places], self.context.seed, repeats
        )
        most = np.argsort(-np.abs(found.slopes), kind="stable")[:_USED]
        used = [[simulator.statistics[places[i]], round(float(found.slopes[i]), 4)] for i in most]
        return {
            "power": found.power,
            "p": found.p,
            "p_right": found.p_right,
            "log_odds": found.record,
            "used": used,
        }


def _rivals(runs: int, seed: int) -> list[Other]:
    """Return what each rival without agents foretells of the lists."""
    found = []
    for number, entry in enumerate(load_table()["rivals"]):
        statistics = rival_statistics(
            entry["id"], runs, np.random.default_rng([seed, WAVE, number])
        )
        about = {name: entry[name] for name in ("id", "what")}
        found.append(Other(entry["evidence"], statistics, about))
    return found


def rival_statistics(name: str, runs: int, rng: np.random.Generator) -> Array:
    """Return what a rival foretells of the lists (runs, K), with the numbers' own errors.

    Statistics of the first tier are nan.
    """
    places, rival = observed_statistics.columns(tier=2), list_rival(name)
    found = np.full((runs, len(observed_statistics.names())), np.nan)
    for row in found:
        row[places] = observed_statistics.of_lists(rival.draw(rng))
        row[:] = observed_statistics.uncertain(row, int(rng.integers(2**62)))
    return found


def _adjust(rows: Sequence[dict[str, Any]], tests: Sequence[Mapping[str, Any]], name: str) -> None:
    """Give rows the p-values of tests adjusted for their number (Benjamini and Hochberg)."""
    if rows:
        adjusted = false_discovery_control([test["p"] for test in tests], method="bh")
        for row, value in zip(rows, adjusted.tolist(), strict=True):
            row[name] = value
