"""The state of a run: a named tuple of tables and matrices.

Compiled rules and Mesa agents read and write the same arrays. The fields of the tables, with units
and meanings, stand in :mod:`sim.core.state_fields`.
"""

from __future__ import annotations

from copy import copy
from typing import Any, NamedTuple

import numpy as np

from sim.core.column_table import ColumnTable, log_records
from sim.core.state_fields import RECORDS, Field

Array = np.ndarray[Any, Any]


def record_type(fields: tuple[Field, ...]) -> np.dtype[Any]:
    """Return the record dtype of a table of fields; all fields are 8 bytes wide."""
    return np.dtype((np.record, [(f.name, np.int64 if f.kind == "i" else float) for f in fields]))


def empty_table(name: str, rows: int) -> Any:
    """Return a pool of the state: all fields zero, but those of events, which hold anything."""
    make = ColumnTable if name in COLUMN_TABLES else log_records
    return make(record_type(RECORDS[name]), rows)


class State(NamedTuple):
    """Everything a run reads and writes.

    Shapes: C countries, L localities, O = L + cities local offices, P = O + C places, A actors,
    S sectors, T months, K signals.
    """

    # changing in a run
    run: Array  # (1,) RUN
    par: Array  # (1,) PARAMETER
    par_values: Array  # (number of parameters,) the same memory as ``par``
    country: ColumnTable  # (C,) COUNTRY
    governor: ColumnTable  # (O,) GOVERNOR
    place: ColumnTable  # (P,) PLACE
    actor: ColumnTable  # (A,) ACTOR
    tie_of: Array  # (A, P) row in ``tie``, -1 if the two have not met
    office: Array  # (A, C) month an office opened, -1 if none
    experience: Array  # (A, C) experience of the actor in the country, 0-1
    national: Array  # (A, C) month of the firm's latest central approval there, -1 if none
    series: Array  # (T, C, number of SERIES fields)
    forum: Array  # FORUM, sorted by month and key
    intervention: Array  # INTERVENTION, sorted by month
    tie: ColumnTable  # (capacity,) TIE
    project: ColumnTable  # (capacity,) PROJECT
    event: Array  # (capacity,) EVENT
    # fixed in a run
    sector: Array  # (S,) SECTOR
    strength: Array  # (A, S) strength of the actor in the sector, 0-1
    firm_from: Array  # (A + 1, S) first firm from an actor on with strength in the sector, or -1
    endowment: Array  # (P, S) endowment of the place for the sector, 0-1
    match: Array  # (A, P) fit of the actor's strengths with the place's endowments, 0-1
    neighbour_start: Array  # (L + 1,) where a locality's neighbours begin
    neighbour: Array  # neighbours on the country grid, one list after the other
    signal: Array  # (T, K) level of each signal
    authority: Array  # (T, C) authority index
    added_authority: Array  # (T, L) what is added to it in a locality, -1 to 1
    turnover: Array  # (T, L) pace of governors' turnover, 0: that of the parameter turnover.pace
    strain: Array  # (T, C) strain of bilateral relations, 0-1
    fiscal: Array  # (T, C) fiscal stress, 0-1
    accord: Array  # (T, C) how far agreements with China are in force, 0-1
    programme: Array  # (T, C, S) strength of a national programme, 0-1
    envelope: Array  # (T, A) US$ million a bank may add to its commitments that month
    leader: Array  # LEADER, sorted by country and month
    holder: Array  # HOLDER, sorted by locality and month
    term: Array  # TERM, sorted by country or locality and month
    recognition: Array  # RECOGNITION, sorted by country and month


CHANGING = ("run", "par", "country", "governor", "place", "actor", "tie_of", "office",
            "experience", "national", "series", "forum", "intervention")  # fmt: skip
POOLS = ("tie", "project", "event")
COLUMN_TABLES = ("country", "governor", "place", "actor", "tie", "project")  # swept every month


def copy_state(template: State) -> State:
    """Return a state that shares the fixed arrays with ``template`` and owns all others."""
    fresh = {name: copy(getattr(template, name)) for name in CHANGING}
    fresh["par_values"] = fresh["par"].view(np.float64).reshape(-1)
    for name in POOLS:
        old, used = getattr(template, name), int(getattr(template.run[0], name + "s"))
        fresh[name] = empty_table(name, len(old))
        if used:
            fresh[name][:used] = old[:used]
    return template._replace(**fresh)


def grown(state: State, name: str) -> State:
    """Return the state with twice the room in one of its pools."""
    new = empty_table(name, 2 * len(old := getattr(state, name)))
    new[: len(old)] = old[:]
    return state._replace(**{name: new})
