"""Numbers in English sentences."""

from __future__ import annotations


def counted(count: float, noun: str, many: str | None = None) -> str:
    """Return a number with its noun in the form that goes with it: 1 run, 2,000 runs.

    What is no whole number is told in three figures. The noun is in the singular; ``many`` is
    its plural where it is not made with ``s`` or ``ies``.
    """
    text = f"{count:,.0f}" if float(count).is_integer() else f"{count:.3g}"
    if many is None:
        many = f"{noun[:-1]}ies" if noun.endswith(("ry", "ty")) else f"{noun}s"
    return f"{text} {noun if text == '1' else many}"
