"""What a report on a run would hold, as numbers beside those of the report itself.

``observe`` gives the vector of a run, ``observed`` that of the report, both in the order of
``names``. The uncertainty of each observed number is added to the run's, not to the report's: a run
at the true parameters is then a draw of the same kind as the report (Wilkinson 2013, *Approximate
Bayesian computation gives exact results under the assumption of model error*).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from calibration.cases.observation_model import chances, documented, observation
from calibration.cases.observed_events import JOURNEY, LOCAL_DEAL, TWINNING, VISIT, recorded
from calibration.cases.targets import Found, load_targets
from calibration.external import Lists, lists_of
from calibration.external.lists import positions
from calibration.keyed_draws import BOUND, NOISE, uniforms
from calibration.run_reading import Reading
from sim.core import enums as k
from sim.core.rng import key_of
from sim.core.state import Array

PERIODS = (96, 168)
"""First months of the second and third period: 2000-07, 2008-13, 2014-20."""

OUTCOMES = ("visits", "twinnings", "local_deals")
"""Outcomes counted: visits either way, twinnings, deals in local power."""


class Counts(NamedTuple):
    """Hold counts of :data:`OUTCOMES`, int32: by locality (L, 3), and by country and period.

    The latter are (C, 3, 3).
    """

    by_locality: Array
    by_country: Array


def names() -> tuple[str, ...]:
    """Return the names of the targets, in the order of all vectors."""
    return tuple(target.id for target in load_targets())


def tables() -> dict[str, int]:
    """Return the tier of each table of evidence, in the order of the vectors."""
    return {target.table: target.tier for target in load_targets()}


def columns(tier: int | None = None, table: str | None = None) -> Array:
    """Return the places in the vectors of the targets of a tier or table, by default of all."""
    return np.array([
        i for i, target in enumerate(load_targets())
        if tier in (None, target.tier) and table in (None, target.table)
    ], dtype=np.int64)  # fmt: skip


def observed() -> Array:
    """Return the report's vector (n_targets,)."""
    return np.array([target.observed for target in load_targets()])


def measured(reading: Reading, key: int) -> Array:
    """Return the vector of a run before the uncertainty of the observed numbers is added."""
    given = chances(key)
    found = Found(reading, *observation(reading, key, given), given, lists_of(reading, key))
    values = []
    for target in load_targets():
        value = target.measure.of_run(found, **target.args)
        if not np.isfinite(value):
            raise ValueError(f"the target {target.id} is not finite: {value}")
        values.append(value)
    return np.array(values)


def of_lists(lists: Lists) -> Array:
    """Return the numbers of tier two for given lists, in the order of ``columns(tier=2)``."""
    targets = [target for target in load_targets() if target.measure.of == "lists"]
    return np.array([target.measure.take(lists, **target.args) for target in targets])


def observe(reading: Reading, key: int) -> Array:
    """Return the vector that a report on a run would hold (n_targets,), all finite.

    The run is one under the conditions (``conditions.toml``). The key is a whole
    number that names the observation; the same key gives the same chances of being told and the
    same luck.
    """
    return uncertain(measured(reading, key), key)


def uncertain(vector: Array, key: int) -> Array:
    """Return a vector (n_targets,) with the uncertainty of the observed numbers added.

    A value gets a normal error, an interval an error uniform over its width. For an inequality the
    report states a lower bound on the number that it does not know exactly: the number times
    u**slack with u uniform in (0, 1).
    """
    targets = load_targets()
    ids = np.array([key_of("target", target.id) for target in targets])
    u, v = uniforms(key, NOISE, ids), uniforms(key, BOUND, ids)
    kind = np.array([target.kind for target in targets])
    own = np.array([target.uncertainty for target in targets])
    found: Array = np.select(
        [kind == "value", kind == "interval"],
        [vector + own * ndtri(u), vector + own * (2.0 * u - 1.0)],
        vector * v**own,
    )
    return found


def counts(reading: Reading, key: int | None = None) -> Counts:
    """Count visits either way, twinnings and local deals of a run.

    If a key is given, only what is told under it is counted, dated visits alone in deep cases, to
    be held against :func:`observed_counts`; else all that happened.
    """
    size = (reading.localities, reading.countries)
    if key is not None:
        return _counts_of(documented(reading, key), *size)
    trips = np.concatenate([reading.local_visits, reading.journeys])
    twinnings, deals = reading.events(k.TWINNING), reading.local_deals
    deals = deals[deals["channel"] != k.BY_ACQUISITION]
    parts = ((trips, "month"), (twinnings, "month"), (deals, "dealt"))
    return _counted([(rows["place"], rows["country"], rows[month]) for rows, month in parts], *size)


def observed_counts() -> Counts:
    """Count the same in the report's record, without what has no year in periods."""
    number = positions()
    return _counts_of(recorded(), len(number.locality), len(number.country))


def _counts_of(rows: Array, localities: int, countries: int) -> Counts:
    kind = rows["kind"]
    trips = ((kind == VISIT) | (kind == JOURNEY)) & rows["dated"]
    chosen = [rows[mask] for mask in (trips, kind == TWINNING, kind == LOCAL_DEAL)]
    return _counted([(r["place"], r["country"], r["month"]) for r in chosen], localities, countries)


def _counted(outcomes: list[tuple[Array, Array, Array]], localities: int, countries: int) -> Counts:
    """Count outcomes, each given as places, countries and months of its records."""
    by_locality = np.zeros((localities, len(OUTCOMES)), dtype=np.int32)
    by_country = np.zeros((countries, len(PERIODS) + 1, len(OUTCOMES)), dtype=np.int32)
    for i, (place, country, month) in enumerate(outcomes):
        local = (place >= 0) & (place < localities)
        by_locality[:, i] = np.bincount(place[local], minlength=localities)
        dated = month >= 0
        periods = np.digitize(month[dated], PERIODS)
        np.add.at(by_country[:, :, i], (country[dated], periods), 1)
    return Counts(by_locality, by_country)
