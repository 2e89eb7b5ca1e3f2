"""The simulator to calibrate: the model under its conditions, as a report would tell of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from calibration.cases import observed_statistics
from calibration.cases.conditions import load_conditions
from calibration.checks import load_thresholds
from calibration.inference import prior
from calibration.inference.prior import Array, Prior
from calibration.inference.simulator_protocol import Observation
from calibration.run_reading import Reading
from sim.core import enums, provenance
from sim.core.errors import InputError, nearest_name
from sim.core.parameters import PARAMETERS
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.world import load_world

_HERE = Path(__file__).resolve().parent
_KINDS = (".py", ".csv", ".toml")


def observation_version() -> str:
    """Return a hash of all that turns a run into its statistics."""
    cases = [path for path in (_HERE / "cases").rglob("*") if path.suffix in _KINDS]
    sources = [_HERE / "run_reading.py", *sorted(cases)]
    return provenance.sources_digest(sources, _HERE)[:16]


class Documented:
    """Make runs of the model at given parameters and observe them as documented ones.

    Parameters
    ----------
    fixed
        Values of parameters, free or not, that hold in all runs whatever is asked of these. They
        may lie outside a parameter's range: a world that is wrong on purpose has no other way
        to turn a rule round.
    derived
        The derived quantities, as the thresholds word them; those of the thresholds by default.

    Raises
    ------
    InputError
        If there is no parameter of a name in ``fixed``.
    """

    def __init__(
        self,
        fixed: Mapping[str, float] | None = None,
        derived: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.prior: Prior = prior.free_parameters()
        self.statistics = observed_statistics.names()
        self.observed: Array = observed_statistics.observed()
        self.fixed = dict(fixed or {})
        self._wanted = dict(load_thresholds()["derived"] if derived is None else derived)
        self.derived = tuple(self._wanted)
        self._world = load_world()
        self._conditions = load_conditions()
        countries, outcomes = (
            len(self._world.tables["countries"]["iso3"]),
            observed_statistics.OUTCOMES,
        )
        localities = len(self._world.tables["localities"]["code"])
        self.shapes: Mapping[str, tuple[int, ...]] = {
            "by_locality": (localities, len(outcomes)),
            "by_country": (countries, len(observed_statistics.PERIODS) + 1, len(outcomes)),
        }
        names = list(PARAMETERS)
        self._columns = [names.index(name) for name in self.prior.names]
        for name in self.fixed:
            if name not in PARAMETERS:
                near = nearest_name(name, PARAMETERS)
                raise InputError(f"there is no parameter {name!r}", field="fixed", nearest=near)
        self._fixed_columns = [names.index(name) for name in self.fixed]
        self._fixed_values = list(self.fixed.values())

    @cached_property
    def identity(self) -> Mapping[str, str]:
        """Return what decides a run: the model's behaviour, conditions, priors, observation."""
        held = self._conditions.parameter_values()
        fixed = {name: value for name, value in held.items() if name not in self.prior.names}
        months = self._conditions.model_dump_json(include={"start", "end", "interventions"})
        texts = (repr(sorted(fixed.items())), months)
        conditions = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
        varied = {"fixed": repr(sorted(self.fixed.items()))} if self.fixed else {}
        return varied | {
            "behaviour": provenance.calibration_version(),
            "conditions": conditions,
            "priors": repr(sorted(self.prior.texts.items())),
            "observation": observation_version(),
            "derived_from": repr(sorted(self._wanted.items())),
        }

    @cached_property
    def _template(self) -> Any:
        return initial_state(self._conditions, self._world)

    def finished(self, values: Array, seed: int, replicate: int) -> tuple[Reading, int]:
        """Return one run at the parameters' values (P,), and the key of what is told of it."""
        par = self._template.par.copy()
        flat = par.view(np.float64).reshape(-1)
        flat[self._columns] = values
        flat[self._fixed_columns] = self._fixed_values
        begun = self._template._replace(par=par, par_values=flat)
        # Waves keep replicates apart, and seeds the tables.
        return Reading(simulate(begun, seed, replicate)), (seed * 2**32 + replicate) % 2**63

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        """Return one run at the parameters' values (P,)."""
        reading, key = self.finished(values, seed, replicate)
        counts = observed_statistics.counts(reading)
        return Observation(
            observed_statistics.observe(reading, key),
            np.array([derived_of(reading, asked) for asked in self._wanted.values()]),
            {"by_locality": counts.by_locality, "by_country": counts.by_country},
        )


def derived_of(reading: Reading, asked: Mapping[str, Any]) -> float:
    """Return a derived quantity of a run: how many deals or twinnings, where and until when."""
    fields: dict[str, Any] = {name: asked.get(name) for name in ("localities", "until")}
    if asked["outcome"] == "twinnings":
        return float(len(reading.chosen(reading.events(enums.TWINNING), **fields)))
    return float(len(reading.chosen(reading.negotiated, field="dealt", **fields)))


def simulator() -> Documented:
    """Return the simulator."""
    return Documented()
