"""Tables of results in forms that other programs read: CSV, and Stata's, which R reads too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sim.core import files, folders, provenance
from sim.core.errors import InputError, known_name, known_names
from sim.experiments.data_package import ColumnMeanings, write_dictionary
from sim.experiments.sweep import Sweep
from sim.experiments.sweep.storage import place_of
from sim.experiments.sweep.sweep_store import PLAN, RUNS

RECORD = "tables.json"
"""The file that exported tables are known by."""
FORMS = ("csv", "stata")
_LONGEST_NAME, _LONGEST_LABEL, _LONGEST_TEXT = 32, 80, 2000
"""What Stata takes: letters of a variable's name, of its label, and of a text of fixed length."""


def export_tables(
    folder: str | Path,
    out: str | Path,
    form: str = "csv",
    *,
    only: Sequence[str] = (),
    overwrite: bool = False,
) -> list[Path]:
    """Write the tables of results as CSV or for Stata; return the files.

    Months stay text of the form YYYY-MM, lists become text with spaces between. The folder, or
    a sweep's address, holds a run, a comparison, a sweep or an analysis; ``out`` is new or
    empty, or may be replaced where ``overwrite`` allows it. A ``datapackage.json`` there says
    what the columns mean; a file for Stata (.dta) has it as the labels of its variables. Tables
    may be chosen by ``only``, their names.

    InputError or MachineError if there is no such form or table, or ``out`` may not be written
    to.
    """
    known_name("form", form, FORMS, argument="form")
    place, held = place_of(folder), _names(folder)
    known_names("table", only, held, argument="only")
    record = {
        "software": provenance.DISTRIBUTION,
        "model_version": provenance.model_version(),
        "tables_of": place.shown(),
    }
    written = []
    with folders.results(out, overwrite, record, mark=RECORD) as target:
        meanings = _meanings(folder)
        for name in only or held:
            frame = _plain(_frame(folder, name))
            if form == "csv":
                written.append(target / f"{name}.csv")
                files.write_csv(written[-1], frame)
            else:
                written.append(target / f"{name}.dta")
                _write_stata(written[-1], frame, name, meanings)
        write_dictionary(target, f"Tables of {place.shown()}", meanings)
    return written


def _names(folder: str | Path) -> list[str]:
    """Return the names of the tables that a folder holds; InputError if there is none."""
    place = place_of(folder)
    if PLAN in (files_held := place.names("")):
        return ["points", RUNS, *Sweep(folder).plan.tables]
    found = [Path(n).stem for n in files_held if Path(n).suffix in {".csv", ".parquet"}]
    if not found or not {"manifest.json", "sensitivity.json"} & set(files_held):
        raise InputError(
            "holds no tables of results",
            file=folder,
            allowed="the folder of a run, a comparison, a sweep or an analysis",
        )
    return sorted(found)


def _frame(folder: str | Path, name: str) -> pd.DataFrame:
    if PLAN in place_of(folder).names(""):
        kept = Sweep(folder)
        if name == "points":
            return kept.points.rename_axis("point").reset_index()
        return kept.frame if name == RUNS else kept.table(name).to_pandas(use_threads=False)
    path = Path(folder) / f"{name}.parquet"
    try:
        return pd.read_parquet(path) if path.is_file() else pd.read_csv(path.with_suffix(".csv"))
    except (ValueError, OSError) as error:
        raise InputError("cannot be read as a table", file=path) from error


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose lists are text."""
    if "causes" in frame:
        frame["causes"] = [" ".join(values) for values in frame["causes"]]
    return frame


def _meanings(folder: str | Path) -> ColumnMeanings:
    """Return what columns mean as the folder itself says, which knows the world it ran on."""
    place = place_of(folder)
    try:
        return ColumnMeanings(kept=json.loads(place.read(folders.PACKAGE)))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return ColumnMeanings(Sweep(folder).world if PLAN in place.names("") else None)


def _write_stata(path: Path, frame: pd.DataFrame, table: str, meanings: ColumnMeanings) -> None:
    """Write a frame for Stata 14 and later, with the columns' meanings as labels."""
    columns: dict[str, pd.Series] = {}
    labels, long = {}, []
    for column, name in zip(frame, _variables(map(str, frame)), strict=True):
        values = frame[column]
        if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
            values = values.astype("float64") if values.dtype == "boolean" else values
            values = values.replace([np.inf, -np.inf], np.nan)
        else:
            values = values.astype(object).where(values.notna(), "").astype(str)
            if values.str.len().max() > _LONGEST_TEXT:
                long.append(name)
        columns[name] = values
        known = meanings.of(str(column), table)
        labels[name] = f"{known.meaning} ({known.unit})"[:_LONGEST_LABEL] if known else ""
    made = pd.DataFrame(columns)
    with files.replacing(path) as partial:
        made.to_stata(
            partial, write_index=False, version=118, variable_labels=labels, convert_strl=long
        )


def _variables(names: Iterator[str]) -> Iterator[str]:
    """Yield names of columns as Stata takes them, each once."""
    seen = set[str]()
    for name in names:
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)[:_LONGEST_NAME]
        if plain[:1].isdigit():
            plain = f"_{plain}"[:_LONGEST_NAME]
        count, made = 1, plain
        while made in seen:
            count += 1
            made = f"{plain[: _LONGEST_NAME - len(str(count)) - 1]}_{count}"
        seen.add(made)
        yield made
