"""The files of a plan: what is to be run and the points, each with a copy.

The plan holds a hash of itself and of the points. A file that cannot be read is replaced by its
copy; one that can be read but says something else than when the sweep was begun is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from sim.core import files, provenance
from sim.core.errors import InputError
from sim.core.version import __version__
from sim.experiments.design import Design
from sim.experiments.saved_run import scenario_of_record
from sim.experiments.sweep.parquet import parquet_bytes, parquet_table
from sim.experiments.sweep.storage import Storage
from sim.experiments.sweep.sweep_plan import FORMAT, Block, SweepPlan

if TYPE_CHECKING:
    import pandas as pd

PLAN, POINTS, COPIES = "plan.json", "points.parquet", "copies"
_UNREADABLE = (FileNotFoundError, ValueError, KeyError, TypeError, pa.ArrowException)
_Content = TypeVar("_Content")


def has_plan(place: Storage) -> bool:
    """Return whether a sweep was begun at a place."""
    return PLAN in place.names("") or PLAN in place.names(COPIES)


def write_plan(place: Storage, plan: SweepPlan) -> None:
    """Write the points and then the plan; the plan says how many of the points count."""
    points = plan.design.points.reset_index(drop=True)
    points.insert(0, "point", range(len(points)))
    table = pa.Table.from_pandas(points, preserve_index=False, nthreads=1)
    content = plan.to_json() | {
        "points_digest": plan.points_digest,
        "software": provenance.DISTRIBUTION,
        "version": __version__,
        "environment": provenance.environment(),
    }
    content = files.plain(content)
    content["digest"] = _digest(content)
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2)
    for name, data in ((POINTS, parquet_bytes(table)), (PLAN, f"{text}\n".encode())):
        place.write(f"{COPIES}/{name}", data)
        place.write(name, data)


def read_plan(place: Storage) -> tuple[SweepPlan, dict[str, str]]:
    """Return the plan, and for each file whose copy was read, by name, why.

    Raises
    ------
    InputError
        If there is none, it cannot be read, or plan or points were changed.
    """
    where, lost = place.shown(), dict[str, str]()
    try:
        data = _read(place, PLAN, lambda content: _checked(place, content), lost)
        points = _read(place, POINTS, _points, lost).iloc[: data["points"]]
        plan = SweepPlan(
            scenario=scenario_of_record(data["scenario"]),
            model_version=data["model_version"],
            world_digest=data["world"]["digest"],
            design=Design.from_json(data["design"], points),
            blocks=tuple(Block(*bounds) for bounds in data["blocks"]),
            chunk_runs=data["chunk_runs"],
            tables=tuple(data["tables"]),
        )
    except FileNotFoundError:
        raise InputError(
            "is not the folder of a sweep",
            file=where,
            allowed=f"a folder that holds {PLAN} and {POINTS}, as the command sweep writes it",
        ) from None
    except _UNREADABLE as error:
        raise InputError(f"the plan cannot be read ({error})", file=where) from error
    if data.get("points_digest", plan.points_digest) != plan.points_digest:
        raise _changed(place, POINTS)
    return plan, lost


def mend(place: Storage, lost: Mapping[str, str]) -> None:
    """Put back what :func:`read_plan` found lost, and renew copies that are."""
    for name in (POINTS, PLAN):
        copy = f"{COPIES}/{name}"
        if name in lost:
            place.write(name, place.read(copy))
            continue
        content = place.read(name)
        if name not in place.names(COPIES) or place.read(copy) != content:
            place.write(copy, content)


def _read(
    place: Storage, name: str, parse: Callable[[bytes], _Content], lost: dict[str, str]
) -> _Content:
    """Return what a file says, or what its copy says where the file cannot be read."""
    try:
        return parse(place.read(name))
    except _UNREADABLE as fault:
        try:
            found = parse(place.read(f"{COPIES}/{name}"))
        except _UNREADABLE:
            raise fault from None
        is_gone = isinstance(fault, FileNotFoundError)
        why = "is missing" if is_gone else "cannot be read"
        lost[name] = f"{why}; its copy in {COPIES}/ is used"
        return found


def _checked(place: Storage, content: bytes) -> dict[str, Any]:
    """Return what a plan says, if it says what was written."""
    data = json.loads(content)
    if data["format"] != FORMAT:
        raise InputError(
            f"was written in layout {data['format']}, not {FORMAT}", file=place.shown()
        )
    # Sweeps of earlier versions hold no hashes.
    if {"digest", "points_digest"} & set(data) and data.pop("digest", None) != _digest(data):
        raise _changed(place, PLAN)
    return dict(data)


def _points(content: bytes) -> pd.DataFrame:
    points: pd.DataFrame = parquet_table(content).to_pandas(use_threads=False)
    return points.drop(columns="point")


def _changed(place: Storage, name: str) -> InputError:
    return InputError(
        "was changed after the sweep was begun; nothing was run",
        file=place.shown(name),
        allowed=f"the file as it was, which is kept as {COPIES}/{name}; "
        "what is to be run otherwise is another sweep, in a new folder",
    )


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
