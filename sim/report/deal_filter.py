"""Which deals are meant by country, place, sector and year."""

from __future__ import annotations

from dataclasses import dataclass

from sim.core.errors import InputError, folded, nearest_name
from sim.report.event_phrases import Event
from sim.world import World
from sim.world.names import COUNTRIES, LOCALITIES, PlaceNames

_MOST_LISTED = 20
"""Most codes that a message lists."""


@dataclass(frozen=True)
class DealFilter:
    """Hold the codes of which a deal must have one, and its year; None allows any."""

    countries: frozenset[str] | None = None
    places: frozenset[str] | None = None
    sectors: frozenset[str] | None = None
    year: int | None = None

    def fits(self, deal: Event) -> bool:
        """Return whether a deal is meant."""
        return (
            (self.countries is None or deal.country in self.countries)
            and (self.places is None or not self.places.isdisjoint({deal.locality, deal.city}))
            and (self.sectors is None or deal.sector in self.sectors)
            and (self.year is None or deal.month.startswith(f"{self.year:04}-"))
        )


def deal_filter(
    world: World,
    country: str | None = None,
    place: str | None = None,
    sector: str | None = None,
    year: int | None = None,
) -> DealFilter:
    """Return the filter for names or codes of a world, whatever their capitals and accents.

    A place is a first-level unit or a city; of several with one name each is meant.

    InputError if the world has nothing of such a name or code.
    """
    return DealFilter(
        _codes(world, "country", country, COUNTRIES),
        _codes(world, "place", place, LOCALITIES, "cities"),
        _codes(world, "sector", sector, "", "sectors"),
        year,
    )


def _codes(
    world: World, argument: str, given: str | None, level: str, table: str = ""
) -> frozenset[str] | None:
    """Return the codes that a text names: of places of a level, or of a table's rows."""
    if given is None:
        return None
    known = PlaceNames.of(world.tables)
    rows = [(place.code, place.name) for place in known.places.values() if place.level == level]
    found = {code for code in known.called(given) if known.places[code].level == level}
    if table:
        columns = (world.tables[table][name].astype(str) for name in ("code", "name"))
        rows += list(zip(*columns, strict=True))
    found |= {row[0] for row in rows if folded(given) in map(folded, row)}
    if not found:
        # A code that differs from its name in capitals alone is no second thing that may be meant.
        words = {folded(word): word for row in rows for word in row[::-1]}
        few = ", ".join(code for code, _ in rows) if len(rows) <= _MOST_LISTED else ""
        raise InputError(
            f"there is no {argument} {given!r}",
            argument=argument,
            allowed=few or "a name or a code of the tables",
            nearest=nearest_name(given, words.values()),
        )
    return frozenset(found)
