"""What the tabs of the page have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import Any

from panel.viewable import Viewable

from sim.app.labels import say
from sim.app.session import Session


class Tab(ABC):
    """Be one part of the page, for one visitor."""

    name: str

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def title(self) -> str:
        """Return the tab's title in the visitor's language."""
        return say(f"tabs.{self.name}", self.session._)

    @abstractmethod
    def view(self) -> Viewable:
        """Build what is shown; called once, when the tab is first opened."""

    @abstractmethod
    def state(self) -> dict[str, str]:
        """Return what of the tab belongs into the address."""

    @abstractmethod
    def restore(self, state: Mapping[str, str]) -> None:
        """Take up a state; what is not valid is left out with a notice."""

    @abstractmethod
    def close(self) -> None:
        """Stop work and drop memory: the visitor has left."""

    def valid(
        self, state: Mapping[str, str], readers: Mapping[str, Callable[[str], Any]]
    ) -> dict[str, Any]:
        """Return the fields of a state that can be read; say so if one cannot."""
        good = {}
        for name, text in state.items():
            try:
                good[name] = readers[name](text)
            except (KeyError, ValueError):
                continue
        if len(good) < len(state):
            self.session.say_left_out()
        return good


def where(is_valid: Callable[[str], bool]) -> Callable[[str], str]:
    """Return a reader that takes what is valid."""

    def read(text: str) -> str:
        if not is_valid(text):
            raise ValueError(text)
        return text

    return read


def one_of(known: Collection[str]) -> Callable[[str], str]:
    """Return a reader that takes what is known."""
    return where(known.__contains__)


def whole(most: int, least: int = 0) -> Callable[[str], int]:
    """Return a reader of whole numbers up to the highest one that is valid."""

    def read(text: str) -> int:
        if not (text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most):
            raise ValueError(text)
        return int(text)

    return read
