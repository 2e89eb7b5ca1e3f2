"""Compare mesa.batch_run on the Mesa driver with a sweep of the same runs, in seconds.

    python benchmarks/batch_run.py [RUNS [LAST_MONTH]]

Both use two processes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import mesa

from sim.engine.model import ParadiplomacyModel
from sim.experiments.sweep import sweep
from sim.scenario.schema import load

WORKERS = 2


def main(runs: int, end: str = "2000-12") -> None:
    """Print what either takes for so many runs."""
    scenario = load("baseline").with_overrides(end=end)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "short.toml"
        file.write_text(scenario.dump_toml(), encoding="utf-8")
        clock = time.perf_counter()
        mesa.batch_run(
            ParadiplomacyModel,
            {"scenario": str(file), "replicate": range(runs)},
            number_processes=WORKERS,
            max_steps=scenario.n_months,
            display_progress=False,
        )
        batch = time.perf_counter() - clock
        clock = time.perf_counter()
        vary = {"turnover.fade": [0.6]}
        sweep(scenario, vary, replicates=runs, workers=WORKERS, out=f"{folder}/sweep")
        swept = time.perf_counter() - clock
    print(f"batch_run {batch:.1f} s, sweep {swept:.1f} s: {batch / swept:.1f} times")


if __name__ == "__main__":
    main(int((*sys.argv[1:2], "40")[0]), *sys.argv[2:3])
