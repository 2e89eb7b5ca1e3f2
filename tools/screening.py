"""Which parameters no outcome of the region notices: ``python -m tools.screening``.

A radial screening (Campolongo, Saltelli and Cariboni 2011, Computer Physics Communications 182):
from points drawn from the priors, fixed parameters at their defaults, each parameter alone is moved
to another value of its range, in two runs with the same chance before and after. Half the mean
product of both runs' squared-up changes over the outcome's variance is the total effect (Jansen
1999), free of what chance adds: an effect that goes one way in one run and another way in the next
has the mean zero. A parameter is noticed if that mean lies above zero in some outcome, beyond what
resampling the points gives one in forty times over all outcomes together.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from calibration.claims.claim_scenarios import load_baseline
from calibration.inference.prior import free_parameters
from calibration.published import prior_draws
from sim.core import files, folders, provenance
from sim.core.parameters import PARAMETERS
from sim.core.state import Array
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.engine.outcomes import FOR_REGION, by_place, count_events, for_region
from sim.experiments.parameter_draws import Draw, with_parameters
from sim.experiments.run_settings import at_least
from sim.world import load_world
from tools.exit_code import reporting
from tools.manifest import REFERENCE

NAME = "screening"
POINTS, SEED, RUNS = 20, 1, 2
_RESAMPLES, _ALPHA = 4000, 0.025
_WIDE = 50.0
"""Ratio of a range's ends from which on values are drawn by their logarithm."""


def moved(points: int) -> list[tuple[Draw, dict[str, float]]]:
    """Return each point, and the other value that each parameter is moved to from there."""
    rng = np.random.default_rng(SEED)
    prior = free_parameters()
    found: list[tuple[Draw, dict[str, float]]] = []
    others = prior.draw(points, SEED, stream=1).tolist()
    for draw, other in zip(prior_draws(points), others, strict=True):
        values = {p.name: _other(p.low, p.high, rng.random()) for p in PARAMETERS.values()}
        found.append((draw, values | dict(zip(prior.names, other, strict=True))))
    return found


def _other(low: float, high: float, share: float) -> float:
    if low > 0.0 and high / low >= _WIDE:
        return float(low * (high / low) ** share)
    return low + share * (high - low)


def changes(
    point: int, template: Any, draw: Draw, values: Mapping[str, float]
) -> tuple[Array, Array]:
    """Return the outcomes at a point (R, K) and how each parameter changes them (P, R, K)."""
    scenario = load_baseline()

    def outcomes(parameters: Draw) -> Array:
        begun = with_parameters(template, scenario, parameters)
        rows = []
        for run in range(RUNS):
            w = simulate(begun, SEED, point * RUNS + run)
            counted = count_events(w)
            found = for_region(w, by_place(w, counted), counted)
            rows.append([found[name] for name in FOR_REGION])
        # Counts and sums of money spread over factors of ten between points.
        return np.asarray(np.arcsinh(rows))

    here = outcomes(draw)
    return here, np.array([outcomes({**draw, n: v}) - here for n, v in values.items()])


def screen(points: int = POINTS, workers: int | None = None) -> list[dict[str, Any]]:
    """Return a row a parameter: the outcome that it moves most, by how much, and who notices it."""
    template = initial_state(load_baseline(), load_world())
    with ThreadPoolExecutor(workers or provenance.cpu_count()) as pool:
        jobs = [
            pool.submit(changes, point, template, draw, values)
            for point, (draw, values) in enumerate(moved(points))
        ]
        found = [_counted(job.result(), done, points) for done, job in enumerate(jobs, 1)]
    here = np.concatenate([one for one, _ in found])
    variance = np.nanvar(here, axis=0)
    return rows_of(variance, np.array([one for _, one in found]), list(PARAMETERS), FOR_REGION)


def _counted(result: Any, done: int, total: int) -> Any:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {total} points" + ("\n" if done == total else ""))
    return result


def rows_of(
    variance: Array, moves: Array, parameters: Sequence[str], outcomes: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the rows from the outcomes' variance (K,) and the changes (points, P, R, K).

    Outcomes that do not vary are left out; where one is not defined, it has not changed.
    """
    known = np.flatnonzero(variance > 0.0)
    product = np.nan_to_num(moves[..., known]).prod(axis=2)
    total = product / (2.0 * variance[known])
    rng = np.random.default_rng(SEED)
    weights = rng.multinomial(len(total), np.full(len(total), 1.0 / len(total)), _RESAMPLES)
    names = [outcomes[int(place)] for place in known]
    rows: list[dict[str, Any]] = []
    for parameter, shares in zip(parameters, total.transpose(1, 0, 2), strict=True):
        means = shares.mean(axis=0)
        low = np.quantile(weights @ shares / len(shares), _ALPHA / len(names), axis=0)
        noticed = (low > 0.0) & (means > 0.0)
        most = int(np.argmax(np.where(noticed, means, means - 1e6)))
        rows.append(
            {
                "parameter": parameter,
                "noticed": int(noticed.sum()),
                "outcome": names[most],
                "total_effect": float(f"{means[most]:.3g}"),
                "inert": not np.nan_to_num(moves[:, len(rows)]).any(),
            }
        )
    return rows


@reporting
def main(arguments: Sequence[str] | None = None) -> None:
    """Screen all parameters and write the published table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=REFERENCE, help="folder to write to")
    parser.add_argument("--draws", type=int, default=POINTS, help="draws from the priors")
    parser.add_argument("--workers", type=int, help="threads")
    given = parser.parse_args(arguments)
    at_least(1, given.draws, "--draws")
    at_least(1, given.workers, "--workers")
    rows = screen(given.draws, given.workers)
    record = {"model_version": provenance.model_version(), "points": given.draws, "rows": rows}
    file = folders.make_folder(given.out) / f"{NAME}.json"
    files.write_json(file, record)
    silent = [row["parameter"] for row in rows if not row["noticed"]]
    sys.stdout.write(f"{len(silent)} of {len(rows)} parameters are not noticed by any outcome:\n")
    sys.stdout.write("".join(f"  {name}\n" for name in silent) + f"{file}\n")


if __name__ == "__main__":
    raise SystemExit(main())
