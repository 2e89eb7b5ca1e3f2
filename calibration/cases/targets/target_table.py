"""The table of targets: what a run is held against."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import calibration.cases.targets.focal_cases
import calibration.cases.targets.other_places
import calibration.cases.targets.region  # noqa: F401
from calibration.cases.targets.measure import MEASURES, Measure
from sim.core.errors import nearest_name
from sim.scenario.reading import read_document

if TYPE_CHECKING:
    from sim.scenario.reading import Document
    from sim.scenario.toml_lines import KeyPath

FILE = Path(__file__).resolve().parents[1] / "targets.toml"

KINDS = {
    "value": "sd",
    "interval": "half_width",
    "at_least": "slack",
    "at_most": "slack",
}
"""Kinds of observed values, each with the field that holds its own uncertainty."""

SCALES = ("plain", "log1p")


@dataclass(frozen=True)
class Target:
    """Describe one summary statistic that runs are held against.

    Parameters
    ----------
    id
        Name in the table.
    definition
        What was observed, in words.
    simulated
        Name of the measure of a run, in :data:`calibration.cases.targets.measure.MEASURES`.
    args
        Arguments of the measure.
    observed
        The observed value; the middle of an ``interval``, the bound of an inequality.
    kind
        One of :data:`KINDS`.
    uncertainty
        Standard deviation of a value, half the width of an interval, slack of an inequality.
    scale
        ``log1p`` where ratios matter more than differences, else ``plain``.
    source
        Passage of the report.
    """

    id: str
    definition: str
    simulated: str
    observed: float
    kind: str
    uncertainty: float
    source: str
    args: Mapping[str, Any] = field(default_factory=dict)
    scale: str = "plain"

    @property
    def measure(self) -> Measure:
        """Return the measure."""
        return MEASURES[self.simulated]


@cache
def load_targets(file: Path = FILE) -> tuple[Target, ...]:
    """Return the targets in the order of the table.

    Raises
    ------
    InputError
        If the table is not valid.
    """
    document = read_document(file)
    entries = document.data.get("targets")
    if not isinstance(entries, list) or not entries:
        raise document.error(("targets",), "holds no targets", allowed="[[targets]]")
    found: dict[str, Target] = {}
    for number, entry in enumerate(entries):
        path: KeyPath = ("targets", number)
        target = _target(document, path, entry)
        if target.id in found:
            raise document.error((*path, "id"), f"{target.id!r} stands twice")
        found[target.id] = target
    return tuple(found.values())


def _target(document: Document, path: KeyPath, entry: Any) -> Target:
    """Return one entry as a target."""

    def given(name: str, kind: type | tuple[type, ...]) -> Any:
        value = entry.get(name)
        if not isinstance(value, kind) or isinstance(value, bool) or value == "":
            words = "a number" if kind == (int, float) else "a text"
            raise document.error((*path, name), "is missing or of the wrong type", allowed=words)
        return value

    def chosen(name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = str(entry.get(name, default))
        if value not in allowed:
            near = nearest_name(value, allowed)
            words = " or ".join(allowed)
            raise document.error(
                (*path, name), f"{value!r} is not known", allowed=words, nearest=near
            )
        return value

    kind = chosen("kind", tuple(KINDS))
    number = float(given(KINDS[kind], (int, float)))
    if number < 0.0 or (KINDS[kind] == "slack" and not 0.0 < number <= 1.0):
        allowed = "above 0, at most 1" if KINDS[kind] == "slack" else "0 or more"
        raise document.error((*path, KINDS[kind]), f"{number:g} is out of range", allowed=allowed)
    known = {"id", "definition", "source", "simulated", "observed", "kind", "scale", "args"}
    for name in entry:
        if name not in known | {KINDS[kind]}:
            near = nearest_name(name, known | {KINDS[kind]})
            raise document.error((*path, name), "is not a field of this kind", nearest=near)
    simulated = chosen("simulated", tuple(MEASURES))
    args = entry.get("args", {})
    _check_args(document, (*path, "args"), simulated, args)
    return Target(
        id=given("id", str),
        definition=given("definition", str),
        simulated=simulated,
        observed=float(given("observed", (int, float))),
        kind=kind,
        uncertainty=number,
        source=given("source", str),
        args=args,
        scale=chosen("scale", SCALES, "plain"),
    )


def _check_args(document: Document, path: KeyPath, simulated: str, args: Any) -> None:
    """Refuse arguments that the measure does not take."""
    _, *names = inspect.signature(MEASURES[simulated].take).parameters
    if not isinstance(args, dict) or set(args) != set(names):
        words = ", ".join(names) or "none"
        raise document.error(path, f"do not fit {simulated}", allowed=words)
