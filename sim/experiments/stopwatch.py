"""What a run spends its time on."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter


class Stopwatch:
    """Tell apart what a run spends its time on, from now on; the parts add up to the whole."""

    def __init__(self) -> None:
        self._last = perf_counter()
        self.parts: dict[str, float] = {}

    def lap(self, part: str) -> None:
        """Count the time since the last lap to a part."""
        now = perf_counter()
        self.parts[part] = self.parts.get(part, 0.0) + now - self._last
        self._last = now

    def resume(self) -> None:
        """Leave out the time since the last lap, in which the user was elsewhere."""
        self._last = perf_counter()

    def begin(self, part: str, seconds: float) -> None:
        """Put a part before all others."""
        self.parts = {part: seconds, **self.parts}

    @property
    def seconds(self) -> dict[str, float]:
        """Return the seconds of each part and, as ``total``, their sum."""
        seconds_by_part = {name: round(value, 3) for name, value in self.parts.items()}
        return {**seconds_by_part, "total": round(sum(seconds_by_part.values()), 3)}


def took_words(seconds: Mapping[str, float]) -> str:
    """Return how long a run took in all and in its parts."""
    parts = ", ".join(f"{name} {value:,.1f}" for name, value in seconds.items() if name != "total")
    return f"Took {seconds['total']:,.1f} s: {parts}"
