"""Which figures of a result are drawn: the usual ones, all, none, or those that are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from sim.core.errors import each_of, known_name, unknown_name_error

Format = StrEnum("Format", {"PNG": "png", "SVG": "svg"})
"""What figures are written as; PNG unless SVG is asked for."""
Choice = bool | str | Iterable[str]
"""``all``, ``none`` or names, as an option gives them; True stands for the usual ones."""


class FigureNames(NamedTuple):
    """Hold the names of the figures of a kind of result: the usual ones, and the others."""

    usual: tuple[str, ...]
    other: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """Return all names."""
        return self.usual + self.other

    @property
    def help(self) -> str:
        """Return what an option by which to choose says."""
        usual, also = ", ".join(self.usual), ", ".join(self.other)
        return f"{usual}; also {also}" if also else usual

    def chosen(self, given: Choice) -> tuple[str, ...]:
        """Return the names asked for, each once.

        InputError if one is none of those known.
        """
        if isinstance(given, bool):
            return self.usual if given else ()
        words = given.split(",") if isinstance(given, str) else given
        names = tuple(dict.fromkeys(word.strip() for word in words))
        if names in {("all",), ("none",), ("usual",)}:
            return {"all": self.every, "none": (), "usual": self.usual}[names[0]]

        def known_one(name: str) -> str:
            if name in self.every:
                return name
            known = (*self.every, "all", "none")
            message = f"there is no figure {name!r}"
            raise unknown_name_error(message, name, known, argument="figures")

        return tuple(each_of(known_one, names))


RUN = FigureNames(
    ("map_deals", "funnel", "channels", "ties", "timeline"), ("countries", "sectors", "map_trust")
)
"""What the scenario's question asks for; the others show what the tables of the report say too."""
COMPARISON = FigureNames(("forest", "paths", "map_deals"), ("map_trust",))
SENSITIVITY = FigureNames(("sensitivity",))
USER_DATA = FigureNames(("units", "ranks", "concentration", "calibration", "years", "sectors"))


def belonging(captions: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return the captions of the figures that names stand for.

    A name stands for its figure and for all that add a place, an outcome or a what-if to it.
    """
    chosen = tuple(names)
    return {
        figure: caption
        for figure, caption in captions.items()
        if any(
            figure == name or figure.startswith(f"{name}_") or figure.endswith(f"_{name}")
            for name in chosen
        )
    }


def known_format(form: str) -> str:
    """Return what figures are to be written as; InputError if it is no :data:`Format`."""
    return known_name("format", form, Format, argument="figure_format")
