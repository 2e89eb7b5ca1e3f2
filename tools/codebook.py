"""The tables of docs/codebook.md: what a run counts and writes, from where the code names it."""

from __future__ import annotations

from collections.abc import Iterator

from sim.core import enums, state_fields
from sim.engine import events, outcomes
from sim.experiments import data_package


def columns(schema: str) -> Iterator[tuple[str, ...]]:
    """Yield the columns of the table of events or of projects with types and meanings."""
    for field in {"events": events.SCHEMA, "projects": outcomes.PROJECT_SCHEMA}[schema]:
        held = getattr(field.type, "value_type", field.type)
        held = f"list of {held}" if field.name == "causes" else held
        known = data_package.ColumnMeanings().of(field.name, schema)
        assert known is not None, f"{field.name} is not in {data_package.CODEBOOK.name}"
        unit = "" if known.unit in {"text", "number"} else f", {known.unit}"
        yield f"`{field.name}`", str(held), f"{known.meaning}{unit}"


def outcome_rows() -> Iterator[tuple[str, ...]]:
    """Yield every outcome with unit, tables that hold it, and meaning."""
    for outcome in (*outcomes.OUTCOMES, *outcomes.REGION):
        here = outcome.name in outcomes.FOR_REGION
        places = outcome in outcomes.OUTCOMES
        where = "all three" if here and places else "`per_run`" if here else "by place"
        yield f"`{outcome.name}`", outcome.unit, where, outcome.meaning


def series_rows() -> Iterator[tuple[str, ...]]:
    """Yield the series that are no counts of events."""
    for field in state_fields.SERIES:
        yield f"`{field.name}`", field.unit, field.meaning


def event_rows() -> Iterator[tuple[str, ...]]:
    """Yield every kind of event, how it is told, and the outcome that counts it."""
    for kind in enums.EVENTS.values():
        counted = f"`{kind.outcome[0]}`" if kind.outcome else ""
        yield f"`{kind.name}`", kind.sentence, counted, "yes" if kind.monthly else ""
