"""The bars: what is measured, what it must reach and what it should reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """Name a measurement, say what it is, with its unit, and what it must and should reach.

    Where nothing is asked, ``least`` and ``aim`` are None.
    """

    name: str
    what: str
    least: float | None = None
    aim: float | None = None
    lower_is_better: bool = True

    def verdict(self, value: float) -> str:
        """Return how the value stands to the bar: ``aim``, ``ok``, ``missed`` or nothing."""
        if self.least is None or self.aim is None:
            return ""
        sign = 1.0 if self.lower_is_better else -1.0
        if sign * value <= sign * self.aim:
            return "aim"
        return "ok" if sign * value <= sign * self.least else "missed"


BARS = (
    Bar("run_ms", "one run of the region, compiled, warm (ms)", 20, 10),
    Bar("mesa_empty_ratio", "that, over an empty Mesa loop of as many agents (times)", 0.5, 0.25),
    Bar("mesa_ratio", "Mesa agents with the same rules, over that (times)", 300, 500, False),
    Bar("python_ratio", "agents in plain Python, over that (times)", 2500, 4000, False),
    Bar("cold_start_s", "a first run with nothing compiled (s)", 25, 20),
    Bar("user_run_s", "run baseline --replicates 20, warm (s)", 5, 3),
    Bar("scaling_10x", "ten times the world, over the region (times)", 20, 12),
    Bar("ns_per_draw", "one keyed random number (ns)"),
    Bar("pairing_gain", "variance, independent seeds over paired runs (times)", 5, 20, False),
    Bar("sweep_efficiency", "share of the engine's speed that a sweep keeps", 0.9, 0.95, False),
    Bar("sweep_peak_mb", "memory of a sweep, all processes (MiB)", 614, 410),
    Bar("page_pairs_s", "What if on the page: 100 pairs of runs (s)", 1.5, 1),
)
