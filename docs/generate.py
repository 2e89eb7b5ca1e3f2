"""Write what in docs/ follows from the code; with --check, tell whether it does.

That is parts of odd.md, calibration.md, codebook.md, figures.md, json.md, page.md and
sensitivity.md, and all of mechanisms.md, which follows from the table of claims and the latest
check of them.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from calibration import headline_figures
from calibration.cases.case_tables import DEPTHS, load_cases, load_events
from calibration.cases.dated_events import dated
from calibration.cases.observation_model import CHANCES_OF
from calibration.cases.observed_events import KINDS as EVENT_KINDS
from calibration.cases.office_clocks import clocks
from calibration.cases.targets import KINDS as TARGET_KINDS
from calibration.cases.targets import load_targets
from calibration.claims.claim_table import load_claims
from calibration.claims.findings import REFERENCE, read_record
from calibration.external import LIST_CHANCES_OF
from calibration.external.lists import positions
from calibration.keyed_draws import Chance
from calibration.published import published_folder, read_published, stale_parts
from sim.app import limits
from sim.app.lessons.lesson import lessons
from sim.core import state_fields
from sim.core.calendar import month_name
from sim.core.enums import ACTOR_TYPES
from sim.core.files import write_text
from sim.core.parameters import PARAMETERS
from sim.engine import agents
from sim.engine.record_coverage import rules_from
from sim.engine.timetable import STEPS
from sim.report.interval_charts import interval_words, number_words
from sim.scenario.interventions import KINDS
from sim.world import load_world
from sim.world.authority import agreement
from sim.world.positions import Positions
from sim.world.table_schemas import TABLES
from tools import codebook
from tools.mechanisms_page import mechanisms_page

PAGE = Path(__file__).parent / "odd.md"
CALIBRATION = Path(__file__).parent / "calibration.md"
THE_PAGE = Path(__file__).parent / "page.md"
CODEBOOK = Path(__file__).parent / "codebook.md"
JSON_PAGE = Path(__file__).parent / "json.md"
SCHEMAS = Path(__file__).parents[1] / "sim" / "schemas"
MECHANISMS = Path(__file__).parent / "mechanisms.md"
FIGURES = Path(__file__).parent / "figures.md"
SENSITIVITY = Path(__file__).parent / "sensitivity.md"
RESULT = Path(__file__).parents[1] / REFERENCE

CLASSES = {
    "governor": agents.Governor,
    "mayor": agents.Mayor,
    "executive": agents.NationalExecutive,
    "province": agents.Province,
    "organisation": agents.QuasiGovernmentalBody,
    "embassy": agents.Embassy,
    "firm": agents.Firm,
    "bank": agents.PolicyBank,
    "association": agents.BusinessAssociation,
}
"""Classes by type; in the timetable governors and mayors act as ``local_head`` too, an executive as
``centre``."""


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (head, *rows)]
    cells.insert(1, ["---"] * len(head))
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n", 1)[0]


def timetable() -> str:
    """Return the month as a table."""
    rows = [
        (str(i), s.phase, s.who, f"`{s.verb}`", s.reason, "by identity" if s.ordered else "any")
        for i, s in enumerate(STEPS, 1)
    ]
    return _table(("", "phase", "who", "step", "why", "order"), rows)


def agent_classes() -> str:
    """Return the agents: class, number in the shipped world, what they do, steps they take."""
    world = load_world()
    at = Positions(world)
    ends = [*list(at.actor_offset.values())[1:], len(at.actor_codes)]
    number = {
        ACTOR_TYPES[kind]: end - first
        for (kind, first), end in zip(at.actor_offset.items(), ends, strict=True)
    }
    number |= {"governor": len(at.locality), "mayor": len(at.city), "executive": len(at.country)}
    rows = []
    for who, cls in CLASSES.items():
        verbs = dict.fromkeys(s.verb for s in STEPS if s.who in cls.roles)
        steps = ", ".join(f"`{verb}`" for verb in verbs)
        rows.append((who, f"`{cls.__name__}`", str(number[who]), _first_line(cls), steps))
    return _table(("in the timetable", "class", "number", "what it does", "steps it takes"), rows)


def variables() -> str:
    """Return the state variables of the entities."""
    shown = ("run", "country", "governor", "place", "actor", "tie", "project", "sector")
    rows = [
        (name, f"`{f.name}`", f.unit, f.meaning)
        for name in shown
        for f in state_fields.RECORDS[name]
    ]
    return _table(("entity", "variable", "unit", "meaning"), rows)


def inputs() -> str:
    """Return the tables of a world with their number of rows in the shipped one."""
    tables = load_world().tables
    rows = [(f"`{t.name}.csv`", str(len(tables[t.name])), t.meaning) for t in TABLES.values()]
    return _table(("table", "rows", "one row"), rows)


def interventions() -> str:
    """Return the kinds of intervention with their own fields; optional ones stand in brackets."""
    rows = []
    for kind, model in KINDS.items():
        names = [name for name in model.model_fields if name not in {"kind", "month", "id", "note"}]
        shown = [f"`{n}`" if model.model_fields[n].is_required() else f"(`{n}`)" for n in names]
        rows.append((f"`{kind}`", _first_line(model), ", ".join(shown)))
    return _table(("kind", "what it does", "fields"), rows)


def parameters() -> str:
    """Return the table of parameters."""
    rows = [
        (
            f"`{p.name}`",
            p.unit,
            f"{p.low:g} to {p.high:g}",
            f"{p.default:g}",
            p.meaning,
            p.source,
            p.prior or "held fixed",
        )
        for p in PARAMETERS.values()
    ]
    return _table(("name", "unit", "range", "default", "meaning", "source", "prior"), rows)


def cases() -> str:
    """Return the documented cases with their number of events."""
    events = [event.case for event in load_events()]
    ordered = sorted(load_cases().values(), key=lambda case: DEPTHS.index(case.depth))
    rows = [
        (case.depth, case.name, case.country, ", ".join(case.localities),
         str(events.count(case.id)), case.outcome, case.source)
        for case in ordered
    ]  # fmt: skip
    return _table(("depth", "case", "country", "localities", "events", "outcome", "source"), rows)


def targets() -> str:
    """Return the table of targets."""
    rows = [
        (f"`{t.id}`", f"{t.table} ({t.tier})", t.definition, f"{t.observed:.4g}", f"`{t.kind}`",
         f"{TARGET_KINDS[t.kind]} {t.uncertainty:g}", t.measure.unit, t.measure.meaning, t.source)
        for t in load_targets()
    ]  # fmt: skip
    head = (
        "target",
        "table (tier)",
        "observed",
        "value",
        "kind",
        "own uncertainty",
        "unit",
        "in a run",
        "source",
    )
    return _table(head, rows)


def dated_rows() -> str:
    """Return the dated events with the clocks of their offices."""
    rows, held, places = dated(), clocks(), list(positions().locality)
    since, until, aligned = (held.of(field, rows).tolist() for field in held)
    known = {-1: "", 0: "no", 1: "yes"}
    told = [
        (EVENT_KINDS[row["kind"]].replace("_", " "), places[row["place"]],
         month_name(int(row["month"]))[: 7 if row["exact"] else 4],
         "mayor" if row["mayor"] else "governor", str(since[i]), str(until[i]), known[aligned[i]])
        for i, row in enumerate(rows)
    ]  # fmt: skip
    head = ("event", "unit", "date", "office", "months since a change", "until the next", "aligned")
    return _table(head, sorted(told, key=lambda row: (row[0], row[2], row[1])))


def chances(unknown: Iterable[Chance] = CHANCES_OF) -> str:
    """Return the chances of documentation, or others."""
    rows = [
        (f"`{c.name}`", c.meaning, c.unit, f"{c.low:g} to {c.high:g}",
         "uniform in the logarithm" if c.log else "uniform", c.reason)
        for c in unknown
    ]  # fmt: skip
    return _table(("chance", "that", "unit", "range", "prior", "because"), rows)


def posterior() -> str:
    """Return what the published posterior says of each free parameter."""
    held = read_published()
    record = json.loads((published_folder() / "checks.json").read_text(encoding="utf-8"))
    found = next(v for v in record["checks"] if v["check"] == "contraction")["numbers"]
    low, middle, high = np.quantile(held.values, (0.05, 0.5, 0.95), axis=0)
    rows = [
        (f"`{name}`", held.made_by["prior"][name], f"{middle[j]:.3g}",
         f"{low[j]:.3g} to {high[j]:.3g}", f"{found['contraction'][j]:.2f}", found["words"][j])
        for j, name in enumerate(held.names)
    ]  # fmt: skip
    head = ("parameter", "prior", "median", "90 % interval", "contraction", "what the data say")
    return f"{_table(head, rows)}\n\n{_model_of_the_fit()}"


def _model_of_the_fit() -> str:
    """Return which version of the model was fitted, and whether the present one is another."""
    held = read_published()
    told, changed = f"Fitted to model {held.made_by['model_version']}.", stale_parts(held)
    if not changed:
        return told
    return (
        f"{told} **This is the earlier model's fit**: {', '.join(changed)} changed since, and the "
        "present model has not been fitted yet."
    )


def verdicts() -> str:
    """Return every check of the published calibration with its verdict."""
    folder = published_folder()
    file = next(f for f in (folder / "validation.json", folder / "checks.json") if f.is_file())
    record = json.loads(file.read_text(encoding="utf-8"))
    rows = [(v["check"], v["verdict"], v["found"], v["threshold"]) for v in record["checks"]]
    head = ("check", "verdict", "found", "passes when")
    return f"{_table(head, rows)}\n\n{_model_of_the_fit()}"


def lesson_table() -> str:
    """Return the lessons with the question of each."""
    return _table(
        ("lesson", "question"),
        [(lesson.title, lesson.question) for lesson in lessons().values()],
    )


def limit_table() -> str:
    """Return the limits with what each is of."""
    rows = []
    body = ast.parse(inspect.getsource(limits)).body
    for given, said in itertools.pairwise(body):
        if isinstance(given, ast.Assign) and isinstance(said, ast.Expr):
            name = ast.unparse(given.targets[0])
            rows.append(
                (f"`{name}`", f"{getattr(limits, name):,}", str(ast.literal_eval(said.value)))
            )
    return _table(("limit", "value", "of what"), rows)


def series() -> str:
    """Return up to when each series is known, and what holds afterwards."""
    rows = [
        (name, one["from"] + (f" to {one['to']}, by place" if "to" in one else ""), one["rule"])
        for name, one in rules_from(load_world()).items()
    ]
    return _table(("series", "from", "then"), rows)


def authority_agreement() -> str:
    """Return how far the coded index of authority agrees with the Regional Authority Index."""
    rows = [
        (one.scores, str(one.countries), f"{one.pearson:.2f}", f"{one.spearman:.2f}")
        for one in agreement(load_world())
    ]
    return _table(("scores of 2010", "countries", "Pearson", "Spearman"), rows)


def outputs() -> str:
    """Return the keys of what each command prints as JSON, from the schemas."""
    told = []
    for file in sorted(SCHEMAS.glob("*.json")):
        schema = json.loads(file.read_text(encoding="utf-8"))
        told.append(f"### {schema['title']}\n\nSchema: `sim/schemas/{file.name}`.")
        for shape in schema.get("anyOf", [schema]):
            if "description" in shape:
                told.append(shape["description"])
            told.append(_table(("key", "type", "meaning"), list(_keys(shape))))
    return "\n\n".join(told)


def _columns(table: str) -> str:
    """Return the columns of a table of a run."""
    return _table(("column", "type", "content"), list(codebook.columns(table)))


def _keys(shape: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the keys of an object with their types and meanings."""
    for key, value in shape["properties"].items():
        kinds = value.get("type", ["object", "null"] if "anyOf" in value else "object")
        words = kinds if isinstance(kinds, str) else " or ".join(kinds)
        yield f"`{key}`", words, value["description"]


CODEBOOK_PARTS = {
    "outcomes": lambda: _table(("outcome", "unit", "in", "meaning"), list(codebook.outcome_rows())),
    "series_fields": lambda: _table(("series", "unit", "meaning"), list(codebook.series_rows())),
    "event_columns": lambda: _columns("events"),
    "events": lambda: _table(
        ("kind", "how it is told", "outcome", "by month"), list(codebook.event_rows())
    ),
    "project_columns": lambda: _columns("projects"),
}
PAGE_PARTS = {"lessons": lesson_table, "limits": limit_table}
CALIBRATION_PARTS = {
    "cases": cases,
    "targets": targets,
    "dated": dated_rows,
    "chances": chances,
    "list_chances": partial(chances, LIST_CHANCES_OF),
    "posterior": posterior,
    "verdicts": verdicts,
}
PARTS = {
    "agents": agent_classes,
    "variables": variables,
    "timetable": timetable,
    "inputs": inputs,
    "authority": authority_agreement,
    "series": series,
    "interventions": interventions,
    "parameters": parameters,
}


def renewed(page: Path, parts: dict[str, Callable[[], str]]) -> str:
    """Return a page with its generated parts made anew.

    Raises
    ------
    ValueError
        If a part's markers are not there exactly once.
    """
    text = page.read_text(encoding="utf-8")
    for name, make in parts.items():
        pattern = rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)"
        body = make()
        text, found = re.subn(pattern, lambda m, b=body: f"{m[1]}{b}\n{m[2]}", text, flags=re.S)
        if found != 1:
            raise ValueError(f"{page.name} has {found} parts marked {name!r}, not one")
    return text


def mechanisms() -> str:
    """Return the page about claims, with the latest check of them if there is one."""
    return mechanisms_page(load_claims(), read_record(RESULT) if RESULT.is_file() else None)


def headline() -> str:
    """Return the table of headline figures, with the model they are of."""
    record = headline_figures.read_record(RESULT.parent)
    rows = []
    for row in record["rows"]:
        found = number_words(row["defaults"]), interval_words({**row, "value": row["median"]})
        if row["unit"] == "year":
            found = (found[0].replace(",", ""), re.sub(r"(\d),(\d)", r"\1\2", found[1]))
        rows.append((row["finding"], row["figure"], *found, row["earlier"], row["data"]))
    columns = ("finding", "figure", "defaults", "over draws", "earlier model", "report or data")
    drawn, each = f"{record['draws']} draws from the {record['drawn_from']}", record["replicates"]
    return f"{_table(columns, rows)}\n\nModel {record['model_version']}; {drawn}, {each} runs each."


def screening() -> str:
    """Return the parameters that no outcome notices, with claims they carry, and the strongest."""
    file = RESULT.parent / "screening.json"
    if not file.is_file():
        return "No screening is published yet."
    record = json.loads(file.read_text(encoding="utf-8"))
    claims = load_claims()
    carried = {
        row["parameter"]: ", ".join(c.id for c in claims if row["parameter"] in c.parameters)
        for row in record["rows"]
        if not row["noticed"]
    }
    most = sorted(record["rows"], key=lambda row: -row["total_effect"])[:10]
    rows = [(f"`{r['parameter']}`", r["outcome"], f"{r['total_effect']:.2f}") for r in most]
    silent = ", ".join(f"`{name}` ({ids})" if ids else f"`{name}`" for name, ids in carried.items())
    return (
        f"Of {len(record['rows'])} parameters of model {record['model_version']}, from "
        f"{record['points']} points: not noticed are {silent or 'none'}. Those "
        f"that move an outcome most:\n\n"
        f"{_table(('parameter', 'outcome', 'total effect'), rows)}"
    )


def main() -> int:
    """Renew the pages, or check them; return the exit code."""
    pages = {
        PAGE: renewed(PAGE, PARTS),
        CALIBRATION: renewed(CALIBRATION, CALIBRATION_PARTS),
        THE_PAGE: renewed(THE_PAGE, PAGE_PARTS),
        CODEBOOK: renewed(CODEBOOK, CODEBOOK_PARTS),
        JSON_PAGE: renewed(JSON_PAGE, {"outputs": outputs}),
        MECHANISMS: mechanisms(),
        FIGURES: renewed(FIGURES, {"headline": headline}),
        SENSITIVITY: renewed(SENSITIVITY, {"screening": screening}),
    }
    outdated = [
        page.name
        for page, new in pages.items()
        if not page.is_file() or page.read_text(encoding="utf-8") != new
    ]
    if "--check" in sys.argv[1:]:
        for name in outdated:
            sys.stderr.write(f"{name} is out of date; run: python docs/generate.py\n")
        return int(bool(outdated))
    for page, new in pages.items():
        write_text(page, new)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
