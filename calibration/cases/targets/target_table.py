"""The table of targets: what a run is held against."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import calibration.cases.targets.focal_cases
import calibration.cases.targets.independent_lists
import calibration.cases.targets.other_places
import calibration.cases.targets.region
import calibration.cases.targets.tenure  # noqa: F401
from calibration.cases.targets.measure_registry import MEASURES, Measure
from sim.core.errors import nearest_name
from sim.scenario.reading import read_document

if TYPE_CHECKING:
    from sim.core.line_finder import KeyPath
    from sim.scenario.reading import Document

FILE = Path(__file__).resolve().parents[1] / "targets.toml"

KINDS = {
    "value": "sd",
    "interval": "half_width",
    "at_least": "slack",
}
"""Kinds of observed values, each with the field that holds its own uncertainty."""

SCALES = ("plain", "log1p")

TIERS = (1, 2)
"""Tiers of evidence: the report, and lists coded independently of it."""


class Target(NamedTuple):
    """Describe one summary statistic that runs are held against.

    ``tier`` is one of :data:`TIERS`; ``table`` is the table of evidence, all of whose targets are
    of one tier. ``definition`` says what was observed, ``simulated`` names the measure of a run,
    with ``args``.
    ``observed`` is the value, the middle of an ``interval`` or the bound of an inequality;
    ``uncertainty`` its standard deviation, half the width or the slack. The scale is ``log1p``
    where ratios matter more than differences, else ``plain``.
    """

    id: str
    tier: int
    table: str
    definition: str
    simulated: str
    observed: float
    kind: str
    uncertainty: float
    source: str
    args: Mapping[str, Any]
    scale: str

    @property
    def measure(self) -> Measure:
        """Return the measure."""
        return MEASURES[self.simulated]


@cache
def load_targets(file: Path = FILE) -> tuple[Target, ...]:
    """Return the targets in the order of the table; an InputError if it is not valid."""
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
        if any(t.table == target.table and t.tier != target.tier for t in found.values()):
            raise document.error((*path, "tier"), "differs from that of others of its table")
        found[target.id] = target
    return tuple(found.values())


def _target(document: Document, path: KeyPath, entry: Any) -> Target:
    """Return one entry as a target."""

    def given(name: str, kind: type | tuple[type, ...], allowed: str) -> Any:
        value = entry.get(name)
        if not isinstance(value, kind) or isinstance(value, bool) or value == "":
            raise document.error((*path, name), "is missing or of the wrong type", allowed=allowed)
        return value

    def chosen(name: str, known: tuple[str, ...], default: str | None = None) -> str:
        value = str(entry.get(name, default))
        if value not in known:
            raise document.error(
                (*path, name),
                f"{value!r} is not known",
                allowed=" or ".join(known),
                nearest=nearest_name(value, known),
            )
        return value

    kind = chosen("kind", tuple(KINDS))
    own = KINDS[kind]
    number = float(given(own, (int, float), "a number"))
    if number < 0.0 or (own == "slack" and not 0.0 < number <= 1.0):
        allowed = "above 0, at most 1" if own == "slack" else "0 or more"
        raise document.error((*path, own), f"{number:g} is out of range", allowed=allowed)
    tier = given("tier", int, "1 or 2")
    if tier not in TIERS:
        raise document.error((*path, "tier"), f"{tier} is not known", allowed="1 or 2")
    fields = {*Target._fields, own} - {"uncertainty"}
    for name in entry:
        if name not in fields:
            near = nearest_name(name, fields)
            raise document.error((*path, name), "is not a field of this kind", nearest=near)
    simulated, args = chosen("simulated", tuple(MEASURES)), entry.get("args", {})
    _, *names = inspect.signature(MEASURES[simulated].take).parameters
    if not isinstance(args, dict) or set(args) != set(names):
        words = ", ".join(names) or "none"
        raise document.error((*path, "args"), f"do not fit {simulated}", allowed=words)
    return Target(
        **{name: given(name, str, "a text") for name in ("id", "table", "definition", "source")},
        tier=tier,
        simulated=simulated,
        observed=float(given("observed", (int, float), "a number")),
        kind=kind,
        uncertainty=number,
        args=args,
        scale=chosen("scale", SCALES, "plain"),
    )
