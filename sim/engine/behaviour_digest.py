"""What the model does, as digests: the event logs of a fixed set of runs and their inputs.

Two digests are taken of the same runs under the shipped tables. ``model`` is of all of them to a
year past every table. ``calibration`` is of those with parameters from the priors, cut to the
months of the evidence: a change that acts only later leaves a calibration valid. Numbers count with
some six digits, so that another machine's last bits do not matter.

``python -m sim.engine.behaviour_digest`` prints the digests, with ``--write`` into the committed
file.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.core import files, provenance, state_fields
from sim.core.calendar import month_index
from sim.core.parameters import PARAMETERS, Parameter, prior_terms
from sim.core.state import Array, State
from sim.engine.compiled import simulate
from sim.engine.events import canonical_log
from sim.engine.initial_state import initial_state
from sim.scenario.schema import Scenario, build
from sim.world import World, load_world

if TYPE_CHECKING:
    from sim.core.state_fields import Field

SEED = 38
EVIDENCE_END, END = "2020-12", "2041-12"
"""Last months of the two digests."""
DEFAULTS, PRIOR, CORNER = "defaults", "prior", "corner"
TRIALS = (DEFAULTS, PRIOR, PRIOR, PRIOR, CORNER)
"""Where the parameters of the runs of each scenario come from."""

_EVENT = ("id", "month", "kind", "actor", "country", "place", "initiator", "sector", "project",
          "value", "cause0", "cause1", "cause2")  # fmt: skip
_TABLES = ("country", "place", "actor", "sector")
_CALENDARS = {"leader": "month", "holder": "start", "recognition": "month", "forum": "month"}
_FIXED = ("strength", "endowment", "match", "neighbour_start", "neighbour", "office")
_MONTHLY = ("signal", "authority", "strain", "fiscal", "accord", "programme", "envelope")
_ROWS = re.compile(r"(next|last)_(executive|recognition|documented)")
"""Fields that count rows of the calendars, later rows too."""


class ReferenceRun(NamedTuple):
    """Hold one run of the set: its scenario, the parameters' source and its replicate number."""

    scenario: Scenario
    source: str
    replicate: int


def scenarios(world: World) -> list[dict[str, Any]]:
    """Return the scenarios: nothing changed, every kind of intervention, a late start."""
    plain = {"name": "plain", "title": "plain", "end": END}
    return [
        plain,
        plain | {"name": "changed", "interventions": list(_interventions(world))},
        plain | {"name": "late", "start": "2012-04"},
    ]


def _interventions(world: World) -> Iterator[dict[str, Any]]:
    """Yield an intervention of most kinds, on rows spread over a world's tables.

    Further kinds would make the digest another without a change of the model.
    """
    pick = random.Random(SEED)

    def one(table: str, column: str) -> str:
        # Further rows hardly ever change which is chosen.
        key = pick.random()
        names = {str(name) for name in world.tables[table][column]}
        return min(names, key=lambda name: hashlib.sha256(f"{key} {name}".encode()).digest())

    for year in (2004, 2009, 2014, 2019, 2032):
        month = {"month": f"{year}-0{1 + int(pick.random() * 9)}"}
        yield month | {"kind": "parameter", "parameter": "project.wish", "value": pick.random()}
        yield month | {"kind": "authority", "country": one("countries", "iso3"), "change": 0.3}
        yield month | {"kind": "governor", "locality": one("localities", "code"), "will": 0.9}
        yield month | {"kind": "governor", "locality": one("governors", "locality"), "name": "N"}
        yield month | {"kind": "executive", "country": one("countries", "iso3"), "name": "N"}
        yield month | {"kind": "executive", "country": one("countries", "iso3"), "stance": -0.8}
        yield month | {"kind": "recognition", "country": one("recognition", "iso3"),
                       "recognises": "PRC" if year % 2 else "Taiwan"}  # fmt: skip
        yield month | {"kind": "envelope", "factor": 0.5 + pick.random()}
        yield month | {"kind": "signal", "signal": one("signal_levels", "signal"), "value": 0.7,
                       "until": f"{year + 1}-06"}  # fmt: skip
        yield month | {"kind": "shock", "what": "strain", "value": 0.6, "until": f"{year}-12"}
        yield month | {"kind": "shock", "what": "fiscal", "value": 0.6, "until": f"{year}-12",
                       "country": one("countries", "iso3")}  # fmt: skip
        place, sender = one("localities", "code"), one("provinces", "code")
        yield month | {"kind": "visit", "locality": place, "actor": sender}
        yield month | {"kind": "twinning", "locality": place, "province": sender}
        yield month | {"kind": "programme", "country": one("countries", "iso3"), "value": 0.8,
                       "sector": one("sectors", "code"), "until": f"{year + 2}-12"}  # fmt: skip


def trials(world: World) -> Iterator[ReferenceRun]:
    """Yield the runs; parameters are drawn anew for each."""
    number = 0
    for data in scenarios(world):
        for source in TRIALS:
            chosen = _values(source, random.Random(SEED + number))
            yield ReferenceRun(build(data | {"parameters": chosen}), source, number)
            number += 1


def _values(source: str, pick: random.Random) -> dict[str, float]:
    """Return parameters: none, the free ones within their priors, or any at ends of ranges."""
    if source == DEFAULTS:
        return {}
    if source == PRIOR:
        # Few lie far out, where runs take long.
        return {
            p.name: _within(p, (pick.random() + pick.random()) / 2.0)
            for p in PARAMETERS.values()
            if p.prior
        }
    # Most keep their defaults, so that a run at a corner is still one of the model.
    ends = {p.name: (pick.random(), pick.random()) for p in PARAMETERS.values()}
    return {
        name: PARAMETERS[name].high if end < 0.5 else PARAMETERS[name].low
        for name, (chance, end) in ends.items()
        if chance < 0.15
    }


def _within(parameter: Parameter, share: float) -> float:
    """Return a value within a prior: a share of the way between its bounds, or the range's."""
    low, high = parameter.low, parameter.high
    form, *ends = prior_terms(parameter.prior or "") or ("",)
    if form.endswith("uniform"):
        low, high = ends
    logarithmic = form == "loguniform"
    return low * (high / low) ** share if logarithmic else low + (high - low) * share


def digests(world: World | None = None) -> dict[str, str]:
    """Return the digests ``model`` and ``calibration``, in hexadecimal."""
    tables = load_world() if world is None else world
    last = {"model": month_index(END), "calibration": month_index(EVIDENCE_END)}
    kept = {name: hashlib.sha256() for name in last}
    plain = build(scenarios(tables)[0])
    for name, digest in kept.items():
        for part, values in _inputs(initial_state(plain, tables), last[name]):
            _add(digest, part, values)
    for trial in trials(tables):
        log = canonical_log(simulate(initial_state(trial.scenario, tables), SEED, trial.replicate))
        for name, digest in kept.items():
            if name == "model" or trial.source == PRIOR:
                cut = log[log["month"] <= last[name]]
                for field in _EVENT:
                    _add(digest, field, cut[field])
    return {name: digest.hexdigest() for name, digest in kept.items()}


def _inputs(w: State, last: int) -> Iterator[tuple[str, Array]]:
    """Yield what the tables of a world become, up to a month.

    A field with one value in all rows is left out, and so that a later month is as good as none, so
    is one that differs only in months after the last.
    """
    for name in _FIXED:
        yield name, np.minimum(getattr(w, name), last + 1) if name == "office" else getattr(w, name)
    for name in _MONTHLY:
        values = getattr(w, name)[: last + 1]
        # A signal that never changes says nothing; what a rule makes of it shows in the events.
        yield name, values[:, (values != values[0]).any(axis=0)] if name == "signal" else values
    for name in (*_TABLES, *_CALENDARS):
        rows = getattr(w, name)
        if name in _CALENDARS:
            rows = rows[rows[_CALENDARS[name]] <= last]
        for field in state_fields.RECORDS[name]:
            values = _field(rows, field, last)
            if len(values) and not _ROWS.fullmatch(field.name) and (values != values[0]).any():
                yield f"{name}.{field.name}", values


def _field(rows: Array, field: Field, last: int) -> Array:
    values: Array = rows[field.name]
    return np.minimum(values, last + 1) if field.unit == "month" else values


def _add(digest: Any, name: str, values: Array) -> None:
    """Add an array to a digest; real numbers count with 20 binary digits."""
    digest.update(f"\0{name}{values.shape}".encode())
    if values.dtype.kind != "f":
        digest.update(np.ascontiguousarray(values, dtype="<i8").tobytes())
        return
    mantissa, exponent = np.frexp(np.nan_to_num(values, nan=-1e300))
    digest.update(np.round(mantissa * 2.0**20).astype("<i4").tobytes())
    digest.update(exponent.astype("<i4").tobytes())


def main(arguments: list[str]) -> int:
    """Print the digests with the hash of the sources they are of; write them where asked to."""
    found = {"sources": provenance.model_sources_digest(), **digests()}
    sys.stdout.write(json.dumps(found) + "\n")
    if "--write" in arguments:
        files.write_json(provenance.VERSIONS, found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
