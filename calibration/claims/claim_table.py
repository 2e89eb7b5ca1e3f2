"""The table of claims: read ``patterns.toml`` and check all of it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from calibration.claims.claim import Change, Claim, ClaimExperiment, Thin
from calibration.claims.claim_scenarios import argument_problems, world_problems
from calibration.claims.statistics import STATISTICS
from sim.core.errors import InputError
from sim.core.line_finder import KeyPath
from sim.core.parameters import PARAMETERS
from sim.scenario.problems import NO_SUCH_FIELD, Problem, closest, problem_of, shown
from sim.scenario.reading import Document, read_document
from sim.world import World

TABLE = Path(__file__).resolve().parents[1] / "patterns.toml"
"""The shipped table."""

_INNER: dict[Any, type[BaseModel]] = {
    "experiment": ClaimExperiment,
    "change": Change,
    "thin": Thin,
}


def load_claims(file: str | Path = TABLE, world: World | None = None) -> tuple[Claim, ...]:
    """Return the claims of a TOML file of ``[[claim]]`` tables, all of it checked.

    Interventions name countries and so on of ``world``. An InputError tells what is wrong, with the
    file, the line and the field.
    """
    document = read_document(Path(file))
    for key in document.data:
        if key not in ("claim", "lists"):
            raise document.error((key,), "there is no such table", allowed="[lists] and [[claim]]")
    lists = _lists(document)
    entries = document.data.get("claim")
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise document.error(("claim",), "is not a list of tables", allowed="[[claim]]")
    claims: dict[str, Claim] = {}
    for number, entry in enumerate(entries):
        path = ("claim", number)
        claim = _claim(document, path, _with_lists(document, path, entry, lists))
        if claim.id in claims:
            raise document.error((*path, "id"), f"{shown(claim.id)} is given twice")
        for problem in _problems(claim, world):
            raise _located(document, path, problem)
        claims[claim.id] = claim
    return tuple(claims.values())


def select_claims(claims: Sequence[Claim], ids: Iterable[str]) -> tuple[Claim, ...]:
    """Return the claims of some identities in the table's order; all if none is named.

    An InputError tells that there is no claim of an identity.
    """
    known = {claim.id: claim for claim in claims}
    chosen = [text.strip().upper() for text in ids]
    for text in chosen:
        if text not in known:
            padded = f"{text[:1]}{text[1:].zfill(2)}"
            raise InputError(
                f"there is no claim {shown(text)}",
                argument="only",
                allowed=f"an identity from {claims[0].id} to {claims[-1].id}",
                nearest=padded if padded in known else closest(text, tuple(known)),
            )
    return tuple(c for c in claims if not chosen or c.id in chosen)


def _lists(document: Document) -> dict[str, list[str]]:
    """Return the lists of localities that the table names once and claims use by name."""
    given = document.data.get("lists", {})
    if not isinstance(given, dict):
        raise document.error(("lists",), "is not a table", allowed="[lists]")
    for name, codes in given.items():
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise document.error(("lists", name), "is not a list of codes of localities")
    return given


def _with_lists(document: Document, path: KeyPath, part: Any, lists: dict[str, list[str]]) -> Any:
    """Return a part of a claim with lists in the place of their names.

    Those are named by ``localities`` among arguments and by ``each`` of an intervention, which
    stands for its ``locality``.
    """
    if isinstance(part, list):
        return [_with_lists(document, (*path, i), item, lists) for i, item in enumerate(part)]
    if not isinstance(part, dict):
        return part
    found = {}
    for key, value in part.items():
        at = (*path, key)
        is_argument = path[-1] == "args" and key == "localities" and isinstance(value, str)
        if is_argument or (key == "each" and "experiment" in path):
            if not isinstance(value, str) or value not in lists:
                near = closest(value, tuple(lists))
                raise document.error(at, f"there is no list {shown(value)}", nearest=near)
            found[key] = lists[value]
        else:
            found[key] = _with_lists(document, at, value, lists)
    if "experiment" in path and "each" in found:
        found["locality"] = found.pop("each")
    return found


def _claim(document: Document, path: KeyPath, entry: dict[str, Any]) -> Claim:
    """Return one claim from its table, or raise what is wrong, with its line."""
    try:
        return Claim.model_validate(entry)
    except ValidationError as error:
        problems = []
        for detail in error.errors(include_url=False):
            inner = [_INNER[part] for part in detail["loc"] if part in _INNER]
            problems.append(problem_of(detail, inner[-1] if inner else Claim))
    # A name misspelt is missing too; the misspelling tells more.
    raise _located(document, path, min(problems, key=lambda p: p.message != NO_SUCH_FIELD))


def _located(document: Document, path: KeyPath, problem: Problem) -> InputError:
    """Return a problem as an error about its line of the file."""
    return document.error(
        (*path, *problem.path), problem.message, allowed=problem.allowed, nearest=problem.nearest
    )


def _problems(claim: Claim, world: World | None) -> list[Problem]:
    """Return what is wrong with a claim's names and worlds."""
    names = tuple(PARAMETERS)
    found = [
        Problem(
            ("parameters", i), f"there is no parameter {shown(name)}", None, closest(name, names)
        )
        for i, name in enumerate(claim.parameters)
        if name not in PARAMETERS
    ]
    if claim.experiment is None:
        return found
    if claim.statistic not in STATISTICS:
        message = f"there is no statistic {shown(claim.statistic)}"
        near = closest(claim.statistic, tuple(STATISTICS))
        return [*found, Problem(("statistic",), message, nearest=near)]
    try:
        inspect.signature(claim.measure.measure).bind(None, **claim.args)
    except TypeError as error:
        found.append(Problem(("args",), f"does not suit {claim.statistic}: {error}"))
    return found or argument_problems(claim, world) or world_problems(claim, world)
