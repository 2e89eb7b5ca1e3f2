"""Lists of localities that a table of claims names once and uses by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.scenario.problems import closest, shown

if TYPE_CHECKING:
    from sim.core.line_finder import KeyPath
    from sim.scenario.reading import Document

Lists = Mapping[str, list[str]]

_ORDERS = ("interventions", "against_interventions")


def read_lists(document: Document) -> Lists:
    """Return the lists of a table by name.

    Raises
    ------
    InputError
        If one is not a list of codes.
    """
    given = document.data.get("lists", {})
    if not isinstance(given, dict):
        raise document.error(("lists",), "is not a table", allowed="[lists]")
    for name, codes in given.items():
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise document.error(("lists", name), "is not a list of codes of localities")
    return given


def with_lists(
    document: Document, path: KeyPath, entry: Mapping[str, Any], lists: Lists
) -> dict[str, Any]:
    """Return a claim's table with the lists it names in the place of their names.

    Parameters
    ----------
    document, path, entry
        The claim's table and where it is.
    lists
        Lists by name.

    Raises
    ------
    InputError
        If there is no list of a name.
    """
    data = dict(entry)
    args = data.get("args")
    if isinstance(args, dict) and isinstance(args.get("localities"), str):
        codes = _named(document, (*path, "args", "localities"), args["localities"], lists)
        data["args"] = args | {"localities": codes}
    experiment = data.get("experiment")
    if isinstance(experiment, dict):
        at: KeyPath = (*path, "experiment")
        experiment = _orders(document, at, experiment, lists)
        if isinstance(change := experiment.get("change"), dict):
            experiment["change"] = _orders(document, (*at, "change"), change, lists)
        data["experiment"] = experiment
    return data


def _orders(
    document: Document, path: KeyPath, table: Mapping[str, Any], lists: Lists
) -> dict[str, Any]:
    """Return a table whose interventions on ``each`` of a list name its localities."""
    data = dict(table)
    for name in _ORDERS:
        entries = data.get(name)
        if isinstance(entries, list):
            data[name] = [
                _order(document, (*path, name, number), item, lists)
                for number, item in enumerate(entries)
            ]
    return data


def _order(document: Document, path: KeyPath, entry: object, lists: Lists) -> object:
    if not isinstance(entry, dict) or "each" not in entry:
        return entry
    codes = _named(document, (*path, "each"), entry["each"], lists)
    return {key: value for key, value in entry.items() if key != "each"} | {"locality": codes}


def _named(document: Document, path: KeyPath, name: object, lists: Lists) -> list[str]:
    """Return the list of a name."""
    if not isinstance(name, str) or name not in lists:
        near = closest(name, tuple(lists))
        raise document.error(path, f"there is no list {shown(name)}", nearest=near)
    return lists[name]
