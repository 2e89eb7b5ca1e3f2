"""A made-up validation: a calibration's folder, quick steps, and numbers for every figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from calibration import checks
from calibration.checks import Verdict
from calibration.checks.verdict import judged, not_run
from calibration.inference.posterior import Posterior
from calibration.validation.validation_pipeline import ValidationStep
from sim.core import files
from tests.posteriors import made_up, the_simulator

STEPS = (
    ValidationStep("first", f"{__name__}:first", "the first", "first"),
    ValidationStep("second", f"{__name__}:second", "the second", "second"),
    ValidationStep("third", f"{__name__}:third", "the third", "third", compares=True),
)
calls: list[str] = []
broken: set[str] = set()


def first(trial: Any) -> Verdict:
    """Pass, and tell of it."""
    calls.append("first")
    trial.notify("the first", 1, 1)
    return judged("first", True, "all is well", "always", {"value": float("nan")})


def second(trial: Any) -> list[Verdict]:
    """Return two verdicts, or break."""
    calls.append("second")
    if "second" in broken:
        raise ValueError("it broke")
    return [
        judged("second", False, "<b>it</b> is off & out", "never", {}),
        not_run("second again", "nothing to see", "never"),
    ]


def third(trial: Any) -> Verdict:
    """Be stopped, or pass."""
    calls.append("third")
    if "third" in broken:
        raise KeyboardInterrupt
    return judged("third", True, "well", "always", {})


def folder_of(path: Path, *, rows: int = 1200) -> Path:
    """Write a made-up calibration whose own checks hold numbers, and return its folder."""
    posterior = made_up(path, draws=300, changes={"seed": "1"})
    posterior = with_prior(posterior)
    posterior.write(path / "posterior.parquet")
    (path / "table-0").mkdir(exist_ok=True)
    content = {
        "made_by": posterior.made_by,
        "seconds": {"fit": 60.0},
        "checks": [verdict.to_json() for verdict in own_checks(posterior, rows)],
    }
    files.write_json(path / "checks.json", content)
    return path


def with_prior(posterior: Posterior) -> Posterior:
    """Return a posterior that says which prior it had."""
    held = the_simulator()
    made_by = {**posterior.made_by, "prior": held.prior.texts, "runs": [16_000, 12_000, 1_000]}
    return Posterior(posterior.names, posterior.values, posterior.derived, made_by)


def own_checks(posterior: Posterior, rows: int) -> list[Verdict]:
    """Return verdicts of the calibration's own checks, on made-up numbers."""
    rng = np.random.default_rng(3)
    names = posterior.names
    levels = rng.random((rows, len(names)))
    levels[:, 0] **= 1.5
    scores = rng.normal(0.0, np.linspace(0.3, 1.1, len(names)), (300, len(names)))
    simulator = the_simulator()
    observed = simulator.observed
    statistics = observed * rng.lognormal(0.0, 0.4, (400, len(observed)))
    statistics[:, 3] = observed[3]
    found = [
        checks.table_is_whole(statistics, simulator.statistics, [(1, i) for i in range(400)]),
        checks.prior_predictive(statistics * 0.1, observed, simulator.statistics),
    ]
    for where in ("global", "local"):
        found += [
            checks.simulation_based_calibration(levels, names, where=where),
            checks.coverage(levels, names, where=where),
        ]
    second = scores + rng.normal(0.0, 0.1, scores.shape)
    return [
        *found,
        checks.contraction(scores, names),
        checks.correlation(scores, names),
        checks.routes_agree(scores, second, names),
        checks.joint_predictive(statistics, observed, simulator.statistics),
    ]


def later_checks(names: tuple[str, ...]) -> list[Verdict]:
    """Return verdicts of the steps after the fit, on made-up numbers of their form."""
    rng = np.random.default_rng(4)
    indices = [
        {"outcome": outcome, "parameter": name, "total": float(total), "half_width": 0.03}
        for outcome in ("deals", "twinnings", "local_share_of_deals")
        for name, total in zip(names, rng.dirichlet(np.ones(len(names))), strict=True)
    ]
    effects = [
        {"what_if": f"what-if-{i}", "outcome": outcome, "baseline": 40.0, "mean": float(i - 2),
         "low": i - 6.0, "high": i + 3.0, "error_of_mean": 0.2, "share": 0.04, "by_draws": 0.5}
        for i in range(6)
        for outcome in ("deals", "visits_to_lac")
    ]  # fmt: skip
    said = ("something", "a threshold")
    wills = [
        {"name": name, "drawn": [0.1, 0.2, 0.3], "coded": [0.2, 0.3, 0.4], "shift": 1.25}
        for name in names
    ]
    return [
        *(judged(check, True, *said, numbers) for check, numbers in left_out_numbers().items()),
        *(
            judged(check, False, *said, compared(check, count))
            for check, count in (
                ("wrong worlds", 16),
                ("mechanisms", 12),
                ("rivals without agents", 4),
            )
        ),
        judged(
            "further evidence",
            True,
            *said,
            {
                "designs": [
                    {
                        "id": "panel",
                        "what": "Visits.",
                        "places": 12,
                        "years": 21,
                        "mean_power": 0.4,
                        "told": 1,
                        "power": {"world-1": 0.4},
                    },
                ]
            },
        ),
        judged("coded wills", True, *said, {"rows": wills}),
        judged("sensitivity", True, *said, {"indices": indices}),
        judged("what-ifs", True, *said, {"effects": effects, "runs": 400, "draws": 200}),
    ]


def compared(check: str, count: int) -> dict[str, Any]:
    """Return made-up numbers of comparisons with other models."""
    rows = []
    for i, power in enumerate(np.linspace(0.0, 1.0, count).tolist()):
        test = {"power": power, "p": 1.0 - power, "p_right": 0.5, "used": [["a_count", 0.1]]}
        tier = {**test, "p": 0.3}
        rows.append({
            "id": f"{check.split()[0]}-{i}", "what": "It is <wrong>.", "evidence": "both tiers",
            "runs": 400, "lost": 0, "power": power, "p": 1.0 - power, "p_right": 0.5,
            "adjusted": 1.0, "rejected": power > 0.95, "supported": power > 0.95,
            "tests": {"both tiers": test, "tier one": tier} if i else {"both tiers": test},
        })  # fmt: skip
    return {"models": rows, "level": 0.05}


def left_out_numbers() -> dict[str, dict[str, Any]]:
    """Return made-up numbers of what was predicted without having been seen, by check."""
    rng = np.random.default_rng(5)
    outcomes = ("visits", "twinnings", "local_deals")

    def case(name: str) -> dict[str, Any]:
        return {
            "case": name, "country": "ARG", "score": float(-rng.gamma(3.0)),
            "observed": {outcome: int(rng.poisson(2)) for outcome in outcomes},
            "low": dict.fromkeys(outcomes, 0), "high": dict.fromkeys(outcomes, 4),
            "regression": float(-rng.gamma(3.0)),
        }  # fmt: skip

    later = [
        {"country": f"C{i}", "outcome": outcome, "observed": int(rng.poisson(3)), "low": 0,
         "median": 2, "high": 6}
        for i in range(12) for outcome in outcomes
    ]  # fmt: skip
    pit = {who: rng.random(90).tolist() for who in ("model", "regression")}
    foretold = {
        "rows": [{"target": f"one_{i}", "table": "lags", "observed": 1.0, "low": 0.5 * i,
                  "median": 1.5, "high": 2.0, "inside": i < 3} for i in range(6)],
        "scores": {"model": 0.4, "prior": 0.5}, "coverage": 0.5, "usual": [0.8, 1.0],
        "beside": {"prior": {"change": -0.1, "error": 0.05}},
    }  # fmt: skip
    return {
        "leave one case out": {"pit": pit, "cases": [case(f"Case number {i}") for i in range(30)]},
        "leave deep cases out": {"cases": [case("One"), case("Other")],
                                 "joint": {"model": 0.2, "regression": 0.1}},
        "temporal": {"rows": later, "pit": {"model": pit["model"]},
                     "scores": {"model": 0.4, "persistence": 0.5, "trend": 0.6}},
        "report foretells lists": foretold,
        "lists foretell report": foretold,
    }  # fmt: skip
