"""Check claims: run their worlds at many draws of the parameters and judge each claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calibration.claims.claim import REPLICATES, Claim
from calibration.claims.claim_scenarios import scenarios_of
from calibration.claims.claim_table import load_claims
from calibration.claims.effect_inference import evidence, verdict
from calibration.claims.findings import Finding, Findings
from calibration.claims.world_runs import (
    MOST_REPLICATES,
    Measurement,
    Progress,
    WorldPlan,
    run_worlds,
)
from sim.core.errors import InputError
from sim.core.provenance import cpu_count
from sim.experiments.parameter_draws import Draw
from sim.scenario.schema import LARGEST_SEED
from sim.world import World, load_world

SEED = 1
DRAWS = 100
"""Draws at which the published check is made."""


class ClaimPlan(WorldPlan):
    """Hold the worlds of some claims and, by claim, their keys and replicates.

    ``replicates`` is the number of runs of each world at a draw; None for what each claim says.
    """

    def __init__(
        self, claims: Sequence[Claim], draws: Sequence[Draw] = ({},), replicates: int | None = None
    ) -> None:
        super().__init__(draws)
        self.roles: dict[str, dict[str, str]] = {}
        self.replicates: dict[str, int] = {}
        for claim in claims:
            if claim.experiment is None:
                continue
            count = replicates or claim.experiment.replicates or REPLICATES
            self.replicates[claim.id] = count
            asked = measurement_of(claim)
            self.roles[claim.id] = {
                role: self.add(scenario, asked, count)
                for role, scenario in scenarios_of(claim).items()
            }


def measurement_of(claim: Claim) -> Measurement:
    """Return what a claim measures on each run."""
    return Measurement.of(str(claim.statistic), claim.args)


def check_claims(
    claims: Sequence[Claim] | None = None,
    *,
    draws: Sequence[Draw] = ({},),
    source: Mapping[str, object] | None = None,
    replicates: int | None = None,
    seed: int = SEED,
    workers: int | None = None,
    thin: bool = False,
    world: World | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Check claims in paired worlds, with their mechanism and without, at draws of parameters.

    Parameters
    ----------
    claims
        Those to check; all of the shipped table by default.
    draws
        Values of parameters by name, the same in all worlds but for what a claim itself sets;
        the defaults alone unless others are given.
    source
        Where the draws come from, for the record.
    replicates
        Runs of each world at each draw; else what each claim says, or 1.
    seed
        Seed of all worlds.
    workers
        Number of threads; as many as there are processors by default.
    thin
        Whether to run the shorter experiments that claims name for tests.
    world
        Tables of another region.
    progress
        Called with (done, total) runs now and then.

    Returns
    -------
    Findings
        One a claim, with ``frame``, ``plot`` and ``write``.

    Raises
    ------
    InputError
        If a number given is not valid.
    """
    _check_numbers(replicates, seed, workers)
    chosen = list(load_claims(world=world) if claims is None else claims)
    if thin:
        chosen = [claim.thinned() for claim in chosen]
    plan = ClaimPlan(chosen, draws, replicates)
    tables = world if world is not None else load_world()
    parts = run_worlds(plan, seed, workers or cpu_count(), tables, progress)
    found = []
    for claim in chosen:
        if claim.experiment is None:
            found.append(Finding(claim, verdict(claim, None)))
            continue
        count, roles = plan.replicates[claim.id], plan.roles[claim.id]
        mine = {role: parts[key][measurement_of(claim)][:, :count] for role, key in roles.items()}
        shown = evidence(mine, claim.measure.value, claim.experiment.contrast)
        months = plan.worlds[roles["with"]].scenario.n_months
        judged = verdict(claim, shown)
        found.append(Finding(claim, judged, shown, count, len(set(roles.values())), months))
    return Findings(tuple(found), seed, len(draws), dict(source or {}))


def _check_numbers(replicates: int | None, seed: int, workers: int | None) -> None:
    """Refuse numbers that no check can be made with."""
    for name, given, low, high in (
        ("replicates", replicates, 1, MOST_REPLICATES),
        ("seed", seed, 0, LARGEST_SEED),
        ("workers", workers, 1, 1024),
    ):
        if given is not None and not low <= given <= high:
            allowed = f"a whole number from {low} to {high}"
            raise InputError(f"{given} is out of range", field=name, allowed=allowed)
