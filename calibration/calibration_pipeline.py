"""Calibrate: two tables of runs, two fits, the checks, and the posterior as a file.

The first table is drawn from the prior. Its posterior says where the second is drawn: from the
prior truncated to a box, so that more runs lie where they matter. A truncated prior gives the same
posterior as the full one wherever the box holds all of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from calibration import checks
from calibration.checks import Verdict
from calibration.inference import neural
from calibration.inference.fit import Draws, Fit, box_around, fit
from calibration.inference.learned_summaries import NETWORKS, need_extra
from calibration.inference.posterior import Posterior, to_inference_data
from calibration.inference.prior import Array, Prior
from calibration.inference.reference_table import Progress, Rows, Wave, build, load_simulator
from calibration.published import CHECKS, POSTERIOR, SIMULATOR
from sim.core import files, folders, provenance
from sim.core.errors import InputError
from sim.experiments.run_settings import at_least

FEWEST = 200
DATA = "posterior.nc"
PRIOR_WAVE, TRUNCATED_WAVE, PREDICTIVE_WAVE = 0, 1, 2

Notify = Callable[[str, int, int], None]
"""Called with what is done, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class CalibrationSettings:
    """Hold what a calibration is asked to do.

    ``runs``, ``truncated_runs`` and ``predictive_runs`` are the sizes of the three tables, ``seed``
    is that of all draws and runs, ``networks`` the size of each ensemble. Workers are processes
    that make runs and threads that train networks. The simulator is named as
    ``module:function``.
    """

    runs: int
    truncated_runs: int
    predictive_runs: int
    seed: int = 1
    networks: int = NETWORKS
    workers: int = 1
    simulator: str = SIMULATOR

    def __post_init__(self) -> None:
        for name in ("runs", "truncated_runs", "predictive_runs"):
            at_least(FEWEST, getattr(self, name), name)
        at_least(1, self.workers, "workers")
        if not 0 <= self.seed < 2**31:
            allowed = "a whole number below 2**31"
            raise InputError(f"{self.seed} is out of range", field="seed", allowed=allowed)


def usual_settings(**given: Any) -> CalibrationSettings:
    """Return settings, with the thresholds' sizes where none is given (None)."""
    limits = checks.load_thresholds()
    usual = {
        "runs": limits["table"]["runs"],
        "truncated_runs": limits["table"]["truncated_runs"],
        "predictive_runs": limits["posterior_predictive"]["runs"],
        "workers": provenance.cpu_count(),
    }
    return CalibrationSettings(
        **usual | {name: value for name, value in given.items() if value is not None}
    )


class Calibration(NamedTuple):
    """Hold what came of a calibration.

    ``scores`` are the posterior's draws as normal scores of the full prior (N, P), ``seconds`` the
    time taken by each part; there is one verdict a check.
    """

    posterior: Posterior
    verdicts: tuple[Verdict, ...]
    scores: Array
    seconds: dict[str, float]


def calibrate(
    folder: Path, settings: CalibrationSettings, notify: Notify | None = None
) -> Calibration:
    """Calibrate, or go on with what is in a folder, and write tables, posterior and checks there.

    An InputError tells that the folder holds another calibration, or that the extra ``calibrate``
    is missing, a MachineError that the machine fails; the same call goes on later.
    """
    require_extra()
    return _Calibrating(folder, settings, notify or (lambda *_: None)).done()


_WRITTEN = (
    POSTERIOR, CHECKS, DATA, "validation.*", "validation/*.json",
    *(f"{runs}/{name}" for runs in ("table-[0-9]", "validation/runs/*") for name in (
        "runs/*.parquet", "set-aside/*.parquet", "points.parquet", ".lock", "plan.json"
    )),
)  # fmt: skip
"""What a calibration and its validation leave in a folder."""


def clear(folder: Path) -> None:
    """Remove a calibration, and nothing that somebody else put into its folder.

    An InputError tells that the folder holds something else.
    """
    held = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [path for pattern in _WRITTEN for path in folder.glob(pattern)]
    if held and not any(path.name in {"plan.json", CHECKS} for path in found):
        raise InputError(
            f"the folder does not hold a calibration (it holds {held[0].name!r})",
            file=folder,
            allowed="the folder of a calibration, or an empty or new one",
        )
    folders.remove(folder, [path.relative_to(folder).as_posix() for path in found])


def require_extra() -> None:
    """Refuse to begin without the packages of the extra ``calibrate``."""
    for name in ("sklearn", "threadpoolctl"):
        if find_spec(name) is None:
            raise need_extra(ImportError(name=name))


class _Calibrating:
    """Carry out a calibration."""

    def __init__(self, folder: Path, settings: CalibrationSettings, notify: Notify) -> None:
        self.folder, self.settings, self.notify = folder, settings, notify
        self.simulator = load_simulator(settings.simulator)
        self.seconds: dict[str, float] = {}
        self.verdicts: list[Verdict] = []
        self.tables: list[Rows] = []

    def done(self) -> Calibration:
        """Do everything and write it."""
        started, settings = datetime.now(UTC), self.settings
        prior, observed = self.simulator.prior, self.simulator.observed
        names = self.simulator.statistics
        values = prior.draw(settings.runs, settings.seed, PRIOR_WAVE)
        first = self._table("runs from the prior", PRIOR_WAVE, values)
        self.verdicts.append(checks.prior_predictive(first.statistics, observed, names))
        wide = self._fit("global", prior, first)
        box = box_around(prior, wide.draws(observed, seed=settings.seed))
        values = box.draw(settings.truncated_runs, settings.seed, TRUNCATED_WAVE)
        second = self._table("runs from the truncated prior", TRUNCATED_WAVE, values)
        more = first.chosen(box.contains(first.values))
        narrow = self._fit("local", box, second, more)
        draws = narrow.draws(observed, seed=settings.seed)
        self.verdicts.append(checks.contraction(draws.scores, prior.names))
        self.verdicts.append(checks.correlation(draws.scores, prior.names))
        self.verdicts.append(self._second_route(box, Rows.joined((second, more)), draws))
        values = np.resize(draws.values, (settings.predictive_runs, draws.values.shape[1]))
        predicted = self._table("runs from the posterior", PREDICTIVE_WAVE, values)
        self.verdicts.append(checks.joint_predictive(predicted.statistics, observed, names))
        made = Rows.joined(self.tables)
        self.verdicts.insert(0, checks.table_is_whole(made.statistics, names, made.keys))
        posterior = self._posterior(draws, box, started)
        found = Calibration(posterior, tuple(self.verdicts), draws.scores, self.seconds)
        self._write(found, predicted)
        return found

    @contextmanager
    def _timed(self, what: str) -> Iterator[Progress]:
        began = time.perf_counter()
        yield partial(self.notify, what)
        self.seconds[what] = time.perf_counter() - began

    def _table(self, what: str, number: int, values: Array) -> Rows:
        """Return the finite rows of a table of runs at values (N, P), made or found."""
        settings = self.settings
        wave = Wave(self.folder / f"table-{number}", number, settings.seed, values)
        with self._timed(what) as notify:
            rows = build(wave, settings.simulator, workers=settings.workers, progress=notify)
        self.tables.append(rows)
        finite = rows.finite()
        if len(finite.values) < FEWEST / 2:
            raise InputError("hardly any run gave numbers", file=wave.folder)
        return finite

    def _fit(self, where: str, prior: Prior, rows: Rows, more: Rows | None = None) -> Fit:
        with self._timed(f"{where} fit") as notify:
            notify(0, 1)
            found = fit(
                prior,
                rows,
                self.simulator.derived,
                more=more,
                seed=self.settings.seed,
                networks=self.settings.networks,
                workers=self.settings.workers,
                progress=notify,
            )
            self.verdicts += found.verdicts(where)
        return found

    def _second_route(self, box: Prior, taught: Rows, draws: Draws) -> Verdict:
        """Return whether neural posterior estimation agrees, where it is installed."""
        if not neural.is_installed():
            return neural.missing()
        with self._timed("second route") as notify:
            notify(0, 1)
            scores = neural.draws(
                box.scores(taught.values),
                taught.statistics,
                self.simulator.observed,
                len(draws.values),
                self.settings.seed,
                self.settings.networks,
            )
        second = box.whole().scores(box.values(scores))
        return checks.routes_agree(draws.scores, second, box.names)

    def _posterior(self, draws: Draws, box: Prior, started: datetime) -> Posterior:
        settings = self.settings
        made_by = {
            **self.simulator.identity,
            "model_version": provenance.model_version(),
            "thresholds": checks.thresholds_digest(),
            "prior": box.texts,
            "box": box.box.tolist(),
            "seed": settings.seed,
            "runs": [settings.runs, settings.truncated_runs, settings.predictive_runs],
            "networks": settings.networks,
            "started": started.isoformat(timespec="seconds"),
        }
        derived = {name: draws.derived[:, j] for j, name in enumerate(self.simulator.derived)}
        return Posterior(self.simulator.prior.names, draws.values, derived, made_by)

    def _write(self, found: Calibration, predicted: Rows) -> None:
        """Write posterior, InferenceData and checks; the checks come last."""
        found.posterior.write(self.folder / POSTERIOR)
        data = to_inference_data(
            found.posterior,
            prior=self.simulator.prior.draw(len(found.scores), self.settings.seed, 99),
            observed=self.simulator.observed,
            predicted=predicted.statistics,
            statistics=self.simulator.statistics,
        )
        if data is not None:
            with files.replacing(self.folder / DATA) as partial_file:
                data.to_netcdf(str(partial_file))
        content = {
            "made_by": found.posterior.made_by,
            "environment": provenance.environment(),
            "seconds": {name: round(value, 1) for name, value in self.seconds.items()},
            "central": found.posterior.central(),
            "checks": [verdict.to_json() for verdict in found.verdicts],
        }
        files.write_json(self.folder / CHECKS, content)
