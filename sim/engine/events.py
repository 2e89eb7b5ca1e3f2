"""The event log as a table: one row a decision, with its causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sim.core import enums as k
from sim.core import identities
from sim.core.calendar import month_name
from sim.core.rng import event_identity
from sim.core.state import Array, State
from sim.engine.timetable import STEPS
from sim.scenario.interventions import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from sim.world.positions import Positions

SCHEMA = pa.schema(
    [
        ("replicate", pa.int32()),
        ("event_id", pa.string()),
        ("month", pa.dictionary(pa.int16(), pa.string())),
        ("kind", pa.dictionary(pa.int8(), pa.string())),
        ("chinese_actor", pa.dictionary(pa.int16(), pa.string())),
        ("chinese_actor_type", pa.dictionary(pa.int8(), pa.string())),
        ("country", pa.dictionary(pa.int16(), pa.string())),
        ("locality", pa.dictionary(pa.int16(), pa.string())),
        ("city", pa.dictionary(pa.int16(), pa.string())),
        ("initiator", pa.dictionary(pa.int8(), pa.string())),
        ("sector", pa.dictionary(pa.int8(), pa.string())),
        ("project_id", pa.string()),
        ("value_usd_m", pa.float64()),
        ("causes", pa.list_(pa.string())),
        ("intervention", pa.dictionary(pa.int8(), pa.string())),
    ]
)
"""Columns of a log in memory; what does not apply is null.

Words are dictionary-encoded, since a log has many rows. Frames and files hold them as plain text,
which compares and sorts as text does (:func:`to_frame`, :func:`sim.core.files.write_parquet`).
"""

WORDS = tuple(field.name for field in SCHEMA if pa.types.is_dictionary(field.type))
"""Columns that hold one of few words."""

_ORDERED = np.array([step.ordered for step in STEPS])


def canonical_log(w: State) -> Array:
    """Return the run's events in the one order that does not depend on who acted first.

    Events stand by month and step. Within a step whose agents act in the order of identity the
    order of recording counts; within any other, kind, place and actor decide, so that a change of
    executive stands before what it lets lapse anywhere in the country.
    """
    log = w.event[: int(w.run["events"][0])]
    rank = np.arange(len(log))
    free = ~_ORDERED[log["step"]]
    keys = [np.where(free, log[name], 0) for name in ("id", "actor", "place", "kind")]
    order = np.lexsort((rank, *keys, log["step"], log["month"]))
    result: Array = log[order]
    return result


def _words(values: Array, words: list[str], width: Any, missing: Array | None = None) -> pa.Array:
    """Return numbers as dictionary-encoded words; negative numbers are null."""
    gone = values < 0 if missing is None else missing
    indices = pa.array(np.where(gone, 0, values), type=width, mask=gone)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, type=pa.string()))


def ordered_kinds(w: State, log: Array) -> Array:
    """Return the kind of each event that is an intervention, -1 for all others.

    The identity of such an event holds the order's number (:func:`sim.rules.basics.record`).
    """
    kinds = np.full(len(log), -1, dtype=np.int64)
    for row in np.flatnonzero(log["kind"] == k.INTERVENTION):
        month, place = int(log["month"][row]), int(log["office"][row])
        key = int(w.place["key"][place]) if place >= 0 else 0
        for number in np.flatnonzero(w.intervention["month"] == month):
            if event_identity(k.INTERVENTION, month, 0, key, number + 2) == log["id"][row]:
                kinds[row] = w.intervention["kind"][number]
    return kinds


def event_table(w: State, at: Positions, replicate: int) -> pa.Table:
    """Return one run's log as an Arrow table with the columns of :data:`SCHEMA`."""
    log = canonical_log(w)
    elsewhere = (log["place"] < 0) | (log["place"] >= len(at.locality))
    ordered = ordered_kinds(w, log)
    months = [month_name(t) for t in range(int(w.run["end"][0]) + 1)]
    types = np.where(log["actor"] < 0, -1, w.actor["kind"][log["actor"]])
    causes = np.stack([log["cause0"], log["cause1"], log["cause2"]], axis=1)
    given = causes != 0
    offsets = np.concatenate([[0], np.cumsum(given.sum(axis=1))]).astype(np.int32)
    columns = [
        pa.array(np.full(len(log), replicate, dtype=np.int32)),
        identities.texts_of(identities.EVENT, log["id"]),
        _words(log["month"], months, pa.int16()),
        _words(log["kind"], list(k.EVENT_KINDS), pa.int8()),
        _words(log["actor"], at.actor_codes, pa.int16()),
        _words(types, list(k.ACTOR_TYPES), pa.int8()),
        _words(log["country"], list(at.country), pa.int16()),
        _words(log["place"], list(at.locality), pa.int16(), elsewhere),
        _words(at.city_of(log["office"]), list(at.city), pa.int16()),
        _words(log["initiator"], list(k.INITIATORS), pa.int8()),
        _words(log["sector"], list(at.sector), pa.int8()),
        identities.texts_of(identities.PROJECT, log["project"]),
        pa.array(log["value"], mask=log["value"] == 0.0),
        pa.ListArray.from_arrays(offsets, identities.texts_of(identities.EVENT, causes[given])),
        _words(ordered, list(KINDS), pa.int8()),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a frame whose words are plain text, not categories.

    Categories without an order refuse to be compared, and sort by when they were first listed.
    """
    plain = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    frame: pd.DataFrame = table.cast(pa.schema(plain)).to_pandas()
    return frame
