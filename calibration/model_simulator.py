"""The simulator to calibrate: the model under its conditions, as a report would tell of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from calibration.cases import observed_statistics
from calibration.checks import load_thresholds
from calibration.inference import prior
from calibration.inference.prior import Array, Prior
from calibration.inference.reference_table import Observation
from calibration.run_reading import Reading
from sim.core import enums, provenance
from sim.core.errors import InputError, nearest_name
from sim.core.parameters import PARAMETERS
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.experiments.parameter_draws import with_values
from sim.scenario.schema import Scenario, build, load
from sim.world import load_world

_HERE = Path(__file__).resolve().parent
_KINDS = (".py", ".csv", ".toml")


def observation_version() -> str:
    """Return a hash of all that turns a run into its statistics."""
    folders = (_HERE / "cases", _HERE / "external")
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in _KINDS]
    sources = [_HERE / "run_reading.py", _HERE / "keyed_draws.py", *sorted(files)]
    return provenance.sources_digest(sources, _HERE)[:16]


def load_conditions(wills: str = "drawn") -> Scenario:
    """Return the scenario of every simulated observation: what was known beforehand.

    These are office-holders, alignment and authority as the world's tables have them, and what
    ``conditions.toml`` adds. ``wills`` are those of the office-holders whom the tables name:
    ``drawn`` like everyone's, or ``documented``, as coded after what they did. An InputError tells
    that they are neither.
    """
    found = load(_HERE / "cases" / "conditions.toml")
    if wills == found.wills:
        return found
    return build(found.model_dump(exclude_none=True) | {"wills": wills})


class Documented:
    """Make runs of the model at given parameters and observe them as documented ones.

    ``fixed`` holds values of parameters, free or not, that hold in all runs whatever is asked of
    these. They may lie outside a parameter's range: a world that is wrong on purpose has no other
    way to turn a rule round. ``derived`` are the derived quantities, as the thresholds word them;
    those of the thresholds by default; ``wills`` those of the conditions.
    """

    def __init__(
        self,
        fixed: Mapping[str, float] | None = None,
        derived: Mapping[str, Mapping[str, Any]] | None = None,
        wills: str = "drawn",
    ) -> None:
        self.prior: Prior = prior.free_parameters()
        self.statistics = observed_statistics.names()
        self.observed: Array = observed_statistics.observed()
        self.fixed = dict(fixed or {})
        self._quantities = dict(load_thresholds()["derived"] if derived is None else derived)
        self.derived = tuple(self._quantities)
        self._conditions = load_conditions(wills)
        counted = observed_statistics.observed_counts()._asdict()
        self.shapes: Mapping[str, tuple[int, ...]] = {
            name: counts.shape for name, counts in counted.items()
        }
        for name in self.fixed:
            if name not in PARAMETERS:
                near = nearest_name(name, PARAMETERS)
                raise InputError(f"there is no parameter {name!r}", field="fixed", nearest=near)
        names = list(PARAMETERS)
        self._columns = [names.index(name) for name in (*self.prior.names, *self.fixed)]

    @cached_property
    def identity(self) -> Mapping[str, str]:
        """Return what decides a run: the model's behaviour, conditions, priors, observation."""
        held = self._conditions.parameter_values()
        fixed = {name: value for name, value in held.items() if name not in self.prior.names}
        months = self._conditions.model_dump_json(
            include={"start", "end", "interventions", "wills"}
        )
        texts = (repr(sorted(fixed.items())), months)
        conditions = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
        varied = {"fixed": repr(sorted(self.fixed.items()))} if self.fixed else {}
        return varied | {
            "behaviour": provenance.calibration_version(),
            "conditions": conditions,
            "priors": repr(sorted(self.prior.texts.items())),
            "observation": observation_version(),
            "derived_from": repr(sorted(self._quantities.items())),
        }

    @cached_property
    def _template(self) -> Any:
        return initial_state(self._conditions, load_world())

    def finished(self, values: Array, seed: int, replicate: int) -> tuple[Reading, int]:
        """Return one run at the parameters' values (P,), and the key of what is told of it."""
        # What is held fixed comes last, over the value of a free parameter.
        begun = with_values(self._template, [*values, *self.fixed.values()], self._columns)
        # Waves keep replicates apart, and seeds the tables.
        return Reading(simulate(begun, seed, replicate)), (seed * 2**32 + replicate) % 2**63

    def run(self, values: Array, seed: int, replicate: int) -> Observation:
        """Return one run at the parameters' values (P,)."""
        reading, key = self.finished(values, seed, replicate)
        return Observation(
            observed_statistics.observe(reading, key),
            np.array([_derived(reading, **quantity) for quantity in self._quantities.values()]),
            observed_statistics.counts(reading)._asdict(),
        )


def _derived(
    reading: Reading,
    outcome: str,
    localities: Iterable[str] | None = None,
    until: str | None = None,
) -> float:
    """Return a derived quantity of a run: how many deals or twinnings, where and until when."""
    twinnings = outcome == "twinnings"
    rows = reading.events(enums.TWINNING) if twinnings else reading.negotiated
    field = "month" if twinnings else "dealt"
    return float(len(reading.chosen(rows, field=field, localities=localities, until=until)))


def simulator(wills: str = "drawn") -> Documented:
    """Return the simulator, with wills of named office-holders as the conditions take them."""
    return Documented(wills=wills)
