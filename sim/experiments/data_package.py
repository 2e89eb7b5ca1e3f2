"""What the tables of a folder hold, column by column, and where they come from, for machines.

Each folder of results has a ``datapackage.json`` (Frictionless Data Package 1) that says of every
table what its columns mean and in which unit, and an ``ro-crate-metadata.json`` (RO-Crate 1.2) that
names every file with its hash, the software and the scenario. The words of columns are those of
``codebook.toml``, of outcomes and of parameters, and speak of the world's sender.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pyarrow import parquet, types

from sim.core import files, folders
from sim.core.folders import CRATE, PACKAGE
from sim.core.parameters import PARAMETERS
from sim.core.provenance import DISTRIBUTION, LICENSE
from sim.engine import outcomes
from sim.experiments.comparison.paired_simulation import PATHS
from sim.experiments.sender_words import sender_words
from sim.world import World

CODEBOOK = Path(__file__).with_name("codebook.toml")
MEDIA = {
    ".csv": "text/csv",
    ".dta": "application/x-stata-dta",
    ".html": "text/html",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
TABLES = {".csv", ".dta", ".parquet"}
_TEXT = {"text", "code", "identity", "YYYY-MM"}
_CRATE_PROFILE = "https://w3id.org/ro/crate/1.2"


_COUNTED = [outcomes.BY_EVENT[name][0] for name in outcomes.SERIES_COUNTS]
_METRICS = {"series": (*_COUNTED, *PATHS[len(_COUNTED) :]), "paths": PATHS}


class ColumnMeaning(NamedTuple):
    """Hold what a column means and its unit."""

    meaning: str
    unit: str

    @property
    def kind(self) -> str:
        """Return its type in the words of the Table Schema."""
        if self.unit == "true or false":
            return "boolean"
        return "string" if self.unit in _TEXT or self.unit.startswith("ISO ") else "number"


@cache
def _codebook() -> dict[str, dict[str, Any]]:
    return tomllib.loads(CODEBOOK.read_text(encoding="utf-8"))


@cache
def _measured() -> dict[str, ColumnMeaning]:
    """Return the outcomes, the metrics of the monthly series and the parameters by name."""
    found = {name: ColumnMeaning(p.meaning, p.unit) for name, p in PARAMETERS.items()}
    listed = (*PATHS, *outcomes.OUTCOMES, *outcomes.REGION)
    return found | {one.name: ColumnMeaning(one.meaning, one.unit) for one in listed}


class ColumnMeanings:
    """Say what columns mean, in words that speak of a world's sender.

    What a folder has said of its columns, in the data dictionary ``kept`` there, stays.
    """

    def __init__(self, world: World | None = None, kept: Mapping[str, Any] | None = None) -> None:
        self._words = sender_words(world)
        self._kept = {
            (table["name"].replace("-", "_"), field["name"]): field
            for table in (kept or {}).get("resources", ())
            for field in table["schema"]["fields"]
        }

    def of(self, name: str, table: str = "") -> ColumnMeaning | None:
        """Return what a column of a table means, None if the codebook does not have it."""
        kept = self._kept.get((table, name), {})
        if {"description", "unit"} <= set(kept):
            return ColumnMeaning(kept["description"], kept["unit"])
        book = _codebook()
        entry = book.get(table, {}).get(name) or book["columns"].get(name) or _measured().get(name)
        if entry is not None:
            return ColumnMeaning(self._words(entry[0]), self._words(entry[1]))
        what_if, colon, rest = name.rpartition(": ")
        if colon and (found := self.of(rest, "effects")):
            return ColumnMeaning(f"{what_if}: {found.meaning}", found.unit)
        # The longest first: one prefix begins with another.
        for prefix in sorted(book["prefixes"], key=len, reverse=True):
            if name.startswith(prefix) and (found := self.of(name.removeprefix(prefix))):
                return ColumnMeaning(f"{found.meaning} {book['prefixes'][prefix]}", found.unit)
        return None

    def metrics(self, table: str) -> list[dict[str, str]]:
        """Return what the column ``metric`` of a table may hold, as a Table Schema says it."""
        kept: list[dict[str, str]] = self._kept.get((table, "metric"), {}).get("categories", [])
        return kept or [
            {"value": one.name, "label": self._words(one.meaning), "unit": one.unit}
            for one in _METRICS[table]
        ]


def columns_of(table: Path) -> dict[str, str | None]:
    """Return the columns of a file with their types; of CSV, which has none, None."""
    if table.suffix == ".dta":
        import pandas as pd

        with pd.read_stata(table, iterator=True) as stata:
            return dict.fromkeys(stata.variable_labels())
    if table.suffix == ".csv":
        import csv

        with table.open(encoding="utf-8", newline="") as stream:
            return dict.fromkeys(next(csv.reader(stream), []))

    def kind(of: Any) -> str:
        if types.is_list(of):
            return "array"
        if types.is_boolean(of) or types.is_integer(of):
            return "boolean" if types.is_boolean(of) else "integer"
        return "number" if types.is_floating(of) else "string"

    return {field.name: kind(field.type) for field in parquet.read_schema(table)}


def table_schema(table: Path, name: str, meanings: ColumnMeanings) -> dict[str, Any]:
    """Return what a table holds, as a Frictionless Table Schema."""
    fields = []
    for column, kind in columns_of(table).items():
        known = meanings.of(column, name)
        field: dict[str, Any] = {"name": column, "type": kind or (known.kind if known else "any")}
        if known is not None:
            field |= {"description": known.meaning, "unit": known.unit}
        if column == "metric":
            field["categories"] = meanings.metrics(name)
        fields.append(field)
    return {"fields": fields, "missingValues": [""]}


def data_package(
    folder: Path,
    tables: Mapping[str, list[str]],
    digests: Mapping[str, str],
    title: str,
    meanings: ColumnMeanings,
) -> dict[str, Any]:
    """Return the data dictionary of a folder.

    ``tables`` are the files of each table, of one schema, by the table's name; ``digests`` the
    SHA-256 of files, as far as known; ``title`` says what was simulated.
    """
    resources = []
    for name, paths in tables.items():
        first = folder / paths[0]
        schema = table_schema(first, name, meanings)
        one: dict[str, Any] = {
            "name": name.replace("_", "-"),
            "path": paths[0] if len(paths) == 1 else paths,
            "format": first.suffix.removeprefix("."),
            "mediatype": MEDIA[first.suffix],
            "encoding": "utf-8",
        }
        if len(paths) == 1 and paths[0] in digests:
            one |= {"bytes": first.stat().st_size, "hash": f"sha256:{digests[paths[0]]}"}
        resources.append(one | {"schema": schema})
    return {
        "profile": "data-package",
        "title": title,
        "licenses": [LICENSE],
        "resources": resources,
    }


def crate(record: Mapping[str, Any], parts: Iterable[dict[str, Any]], title: str) -> dict[str, Any]:
    """Return the RO-Crate of a folder.

    ``record`` is its manifest or plan, ``parts`` the entities of what it holds.
    """
    scenario, held = record["scenario"], list(parts)
    named = ("model_version", "seed", "replicates")
    facts = {"world": record["world"]["digest"]} | {name: record[name] for name in named}
    properties = [
        {"@id": f"#{name}", "@type": "PropertyValue", "name": name, "value": value}
        for name, value in facts.items()
    ]
    listed, began = references(held), record["started"]
    root: dict[str, Any] = {"name": title, "description": scenario["question"] or scenario["title"]}
    root |= {"mentions": {"@id": "#run"}, "datePublished": began}
    run: dict[str, Any] = {"@id": "#run", "@type": "CreateAction"}
    run |= {"name": f"Simulation of {scenario['name']}"}
    run |= {"instrument": {"@id": "#software"}, "result": listed}
    run |= {"object": [{"@id": "#scenario"}, *references(properties)]}
    simulated = {"@id": "#scenario", "@type": "CreativeWork", "name": scenario["title"]}
    simulated |= {"temporalCoverage": f"{scenario['start']}/{scenario['end']}"}
    return crate_of(
        root,
        held,
        [
            run | {"startTime": began},
            software_entity(record["version"]),
            simulated,
            *properties,
        ],
    )


def crate_of(
    root: dict[str, Any], parts: Iterable[dict[str, Any]], others: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    """Return an RO-Crate: what the whole is, the entities of its parts, and other entities."""
    held, licence = list(parts), {"@id": LICENSE["path"]}
    graph: list[dict[str, Any]] = [
        {"@id": CRATE, "@type": "CreativeWork", "about": {"@id": "./"}}
        | {"conformsTo": {"@id": _CRATE_PROFILE}},
        {"@id": "./", "@type": "Dataset", "license": licence, "hasPart": references(held)} | root,
        licence
        | {"@type": "CreativeWork", "name": LICENSE["title"]}
        | {"description": "Of the software, its tables and what is made with them"},
    ]
    return {"@context": f"{_CRATE_PROFILE}/context", "@graph": [*graph, *others, *held]}


def software_entity(version: str) -> dict[str, Any]:
    """Return how an RO-Crate names this software."""
    return {
        "@id": "#software",
        "@type": "SoftwareApplication",
        "name": DISTRIBUTION,
        "version": version,
        "url": f"pkg:pypi/{DISTRIBUTION}@{version}",
        "license": {"@id": LICENSE["path"]},
    }


def references(entities: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return how other entities refer to these."""
    return [{"@id": one["@id"]} for one in entities]


def file_entity(folder: Path, name: str, digest: str | None) -> dict[str, Any]:
    """Return how an RO-Crate names a file."""
    entity: dict[str, Any] = {"@id": name, "@type": "File", "name": name}
    if (media := MEDIA.get(Path(name).suffix)) is not None:
        entity["encodingFormat"] = media
    if digest is not None:
        entity |= {"contentSize": str((folder / name).stat().st_size), "sha256": digest}
    return entity


def write_dictionary(folder: Path, title: str, meanings: ColumnMeanings) -> None:
    """Write the data dictionary of the tables that were written into a folder so far."""
    digests = folders.written_files(folder)
    tables = {Path(n).stem: [n] for n in digests if Path(n).suffix in TABLES}
    package = data_package(folder, tables, digests, title, meanings)
    files.write_json(folder / PACKAGE, package, indent=None)


def describe_result(folder: Path, manifest: Mapping[str, Any], world: World) -> None:
    """Write the data dictionary and the RO-Crate of a result that lacks its manifest alone.

    InputError or MachineError as of :func:`sim.core.files.replacing`.
    """
    record = sender_words(world).record(manifest)
    write_dictionary(folder, _title(record), ColumnMeanings(world))
    found = folders.written_files(folder)
    parts = [file_entity(folder, name, digest) for name, digest in found.items()]
    parts.append(file_entity(folder, "manifest.json", None))
    files.write_json(folder / CRATE, crate(record, parts, _title(record)))


def sweep_description(
    folder: Path, plan: Mapping[str, Any], tables: Mapping[str, list[str]], world: World | None
) -> dict[str, dict[str, Any]]:
    """Return what describes the folder of a sweep, by the name of its file.

    ``plan`` is its record, ``tables`` the files of each table; their own names hold their hashes.
    ``world`` are the tables it ran on, if they are at hand.
    """
    record = sender_words(world).record(plan)
    title = f"Sweep of {_title(record)}"
    digests = {name: folders.digest(folder / name) for name in ("plan.json", *tables["points"])}
    parts = [file_entity(folder, name, digest) for name, digest in digests.items()]
    parts += [
        {"@id": f"{name}/", "@type": "Dataset", "name": f"{name}, {len(paths)} files"}
        for name, paths in tables.items()
        if name != "points"
    ]
    parts.append(file_entity(folder, PACKAGE, None))
    package = data_package(folder, tables, digests, title, ColumnMeanings(world))
    # The plan keeps no time of day, so that equal plans are equal files.
    planned = datetime.fromtimestamp((folder / "plan.json").stat().st_mtime, UTC)
    dated = {"started": planned.isoformat(timespec="seconds"), **record}
    return {PACKAGE: package, CRATE: crate(dated, parts, title)}


def _title(record: Mapping[str, Any]) -> str:
    scenario = record["scenario"]
    return f"{scenario['title']}, {scenario['start']} to {scenario['end']}"
