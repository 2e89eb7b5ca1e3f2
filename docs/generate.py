"""Write the parts of docs/odd.md that follow from the code; with --check, tell whether they do."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from sim import state
from sim.parameters import PARAMETERS
from sim.timetable import STEPS

PAGE = Path(__file__).parent / "odd.md"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def timetable() -> str:
    """Return the month as a table."""
    rows = [
        (s.phase, s.who, f"`{s.verb}`", s.reason, "in order" if s.ordered else "any") for s in STEPS
    ]
    return _table(("phase", "who", "step", "why", "order"), rows)


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
            p.prior or "fixed",
        )
        for p in PARAMETERS.values()
    ]
    return _table(("name", "unit", "range", "default", "meaning", "source", "prior"), rows)


def variables() -> str:
    """Return the state variables of the entities."""
    shown = ("country", "governor", "place", "actor", "tie", "project")
    rows = [(name, f"`{f.name}`", f.unit, f.meaning) for name in shown for f in state.RECORDS[name]]
    return _table(("entity", "variable", "unit", "meaning"), rows)


PARTS = {"timetable": timetable, "parameters": parameters, "variables": variables}


def renewed(text: str) -> str:
    """Return the page with its generated parts made anew."""
    for name, make in PARTS.items():
        pattern = rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)"
        body = make()
        text = re.sub(pattern, lambda m, b=body: f"{m[1]}{b}\n{m[2]}", text, flags=re.S)
    return text


def main() -> int:
    """Renew the page, or check it; return the exit code."""
    text = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv[1:]:
        return 0 if renewed(text) == text else 1
    PAGE.write_text(renewed(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
