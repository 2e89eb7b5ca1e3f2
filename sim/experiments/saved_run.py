"""Read a run back from the folder it was written to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa
from pyarrow import parquet

from sim.core.errors import InputError, nearest_beside
from sim.core.folders import digest
from sim.core.provenance import model_version
from sim.engine.events import WORDS, to_frame
from sim.scenario.schema import Scenario, build
from sim.world import World, load_world

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.run import RunTables

    Made = TypeVar("Made", bound=RunTables)

TABLES = ("events", "projects", "series", "by_country", "by_locality")
"""Tables of a run that are read back, each from a file of its name."""


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Return the manifest of a finished run.

    InputError if the folder does not hold one, or the manifest cannot be read.
    """
    path = Path(folder) / "manifest.json"
    if not path.is_file():
        raise InputError(
            "is not the folder of a finished run",
            file=folder,
            allowed="a folder that holds a manifest.json, as the command run writes it",
            nearest=nearest_beside(path.parent),
        )
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError("cannot be read as a manifest", file=path) from error
    if not isinstance(manifest, dict) or "scenario" not in manifest:
        raise InputError("is not the manifest of a run", file=path)
    return manifest


def read_run(
    folder: str | Path, manifest: dict[str, Any], world: World | None, made: type[Made]
) -> Made:
    """Return the run that was written to a folder, as the kind asked for.

    Event logs that were not written are made again when the log is first asked for. ``manifest`` is
    what :func:`read_manifest` returns; ``world`` are the tables it ran on, by default the shipped
    ones.

    InputError if a table is missing or unreadable, or the run was made on other tables than
    ``world``.
    """
    place = Path(folder)
    world = load_world() if world is None else world
    require_same_world(place, manifest, world)
    scenario = scenario_of_record(manifest["scenario"])
    tables = {name: _table(place, manifest, name) for name in TABLES}
    per_run = _table(place, manifest, "per_run").to_pandas()
    run = made(scenario, world, manifest["driver"], tables, per_run, manifest)
    missing = range(_logs_written(manifest), manifest["logs_kept"])
    if missing:
        written = run.tables.pop("events")
        run.tables = _TablesAtHand(
            run.tables, written, lambda: _logs_again(place, manifest, world, missing)
        )
    return run


class _TablesAtHand(dict[str, "pa.Table"]):
    """Hold tables by name, of which the event log is completed when it is first asked for."""

    def __init__(
        self, tables: dict[str, pa.Table], written: pa.Table, more: Callable[[], list[pa.Table]]
    ) -> None:
        super().__init__(tables)
        self._written, self._more = written, more

    def __missing__(self, name: str) -> pa.Table:
        """Return the log of all runs."""
        if name != "events":
            raise KeyError(name)
        again = [log.cast(self._written.schema) for log in self._more()]
        self[name] = pa.concat_tables([self._written, *again])
        return self[name]


def require_same_world(folder: Path, manifest: dict[str, Any], world: World) -> None:
    """Refuse results of other tables of the world."""
    if manifest["world"]["digest"] != world.digest:
        raise InputError(
            "was made on other tables of the world than those at hand",
            file=folder,
            allowed="the folder of tables that it was made with",
        )


def read_events(
    folder: str | Path, replicate: int | None = None, world: World | None = None
) -> pd.DataFrame:
    """Return the event log of one replicate of a run that was written to a folder.

    A log that was not written is made again. Without ``replicate`` all logs are returned that were
    written. ``world`` is as for :func:`read_run`.

    InputError if the folder does not hold a finished run, there is no such replicate, the log is
    missing or unreadable, or it was not written and cannot be made again.
    """
    manifest, place = read_manifest(folder), Path(folder)
    if replicate is None:
        return to_frame(_table(place, manifest, "events"))
    count = manifest["replicates"]
    if not 0 <= replicate < count:
        raise InputError(
            f"there is no log of run {replicate}", field="replicate", allowed=f"0 to {count - 1}"
        )
    if replicate < _logs_written(manifest):
        return to_frame(_table(place, manifest, "events", [("replicate", "=", replicate)]))
    (log,) = _logs_again(place, manifest, world or load_world(), (replicate,))
    return to_frame(log)


def _logs_written(manifest: dict[str, Any]) -> int:
    # Earlier versions wrote every log that they kept.
    return int(manifest.get("logs_written", manifest["logs_kept"]))


def _logs_again(
    folder: Path, manifest: dict[str, Any], world: World, replicates: Iterable[int]
) -> list[pa.Table]:
    """Return the logs of replicates, made again; InputError if they cannot be."""
    from sim.engine.extensions import Extensions
    from sim.experiments.run import Collector

    require_repeatable(folder, manifest, world, f"a run with --logs {manifest['replicates']}")
    scenario, draws = scenario_of_record(manifest["scenario"]), tuple(manifest.get("draws", ()))
    collector = Collector(scenario, world, "compiled", draws, Extensions())
    return [collector.log_of(replicate) for replicate in replicates]


def require_repeatable(folder: Path, manifest: dict[str, Any], world: World, allowed: str) -> None:
    """Refuse results whose runs cannot be made again, saying what is ``allowed`` instead."""
    if "extensions" in manifest:
        raise InputError(
            "was made with code that the manifest names but does not hold, so that its runs "
            "cannot be made again",
            file=folder,
            allowed=allowed,
        )
    for words, then, now in (
        ("another version of the model", manifest["model_version"], model_version()),
        ("other tables of the world", manifest["world"]["digest"], world.digest),
    ):
        if then != now:
            raise InputError(
                f"was made with {words}, {then}, not {now}, so that its runs cannot be made again",
                file=folder,
                allowed=allowed,
            )


def scenario_of_record(record: dict[str, Any]) -> Scenario:
    """Return the scenario that a manifest or plan holds; a field that is None was left out.

    InputError if the fields do not make a scenario.
    """
    return build(_without_blanks(record))


def _without_blanks(value: Any) -> Any:
    """Return nested data without the fields that are None, as a scenario is built from."""
    if isinstance(value, dict):
        return {name: _without_blanks(item) for name, item in value.items() if item is not None}
    return [_without_blanks(item) for item in value] if isinstance(value, list) else value


def require_as_written(folder: Path, manifest: dict[str, Any], name: str) -> Path:
    """Return the path of a file of a result; InputError if it holds something else than written."""
    path, written = folder / name, manifest.get("written")
    # Runs of earlier versions list names alone.
    if isinstance(written, dict) and path.is_file() and digest(path) != written.get(name):
        raise InputError(
            "was damaged or changed after the run: its content does not fit its SHA-256 in "
            "manifest.json",
            file=path,
            allowed="the table as it was written; make the run again",
        )
    return path


def _table(
    folder: Path,
    manifest: dict[str, Any],
    name: str,
    chosen: list[tuple[str, str, int]] | None = None,
) -> Any:
    """Return a table of the run, or its chosen rows, as an Arrow table, if it is as written."""
    path = require_as_written(folder, manifest, f"{name}.parquet")
    try:
        table = parquet.read_table(
            path,
            filters=chosen,
            use_threads=False,
            # These have many rows of few words.
            read_dictionary={"events": list(WORDS), "series": ["month", "country", "metric"]}.get(
                name
            ),
            page_checksum_verification=True,
        )
    except FileNotFoundError:
        raise InputError("this table of the run is missing", file=path) from None
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError("cannot be read as a table", file=path) from error
    if name == "events" and pa.types.is_integer(table.schema.field("event_id").type):
        raise InputError(
            "was written by a version whose identities are numbers, not text",
            file=path,
            allowed="a run of this version: make it again",
        )
    return table
