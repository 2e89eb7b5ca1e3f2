"""A session of one visitor for tests: English, and work is done at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sim.world import World


class FakeSession:
    """Stand in for a visitor's session."""

    language = "en"

    def __init__(self, world: World) -> None:
        self.world = world
        self.notices: list[str] = []
        self.opened: list[tuple[str, dict[str, str]]] = []
        self.touched = 0

    def _(self, text: str, /, **fields: object) -> str:
        return text.format(**fields) if fields else text

    def n(self, singular: str, plural: str, count: int, /, **fields: object) -> str:
        return (singular if count == 1 else plural).format(n=count, **fields)

    def submit(
        self,
        work: Callable[[Any], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        *,
        key: str = "",
    ) -> None:
        done(work(lambda: False))

    def notify(self, text: str, kind: str = "info") -> None:
        self.notices.append(text)

    def open(self, tab: str, state: Mapping[str, str]) -> None:
        self.opened.append((tab, dict(state)))

    def touch(self) -> None:
        self.touched += 1
