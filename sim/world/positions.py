"""Where the rows of a world's tables stand in the arrays of a run."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from sim.core.enums import SIGNALS
from sim.world import World
from sim.world.actors import actor_names


class Positions:
    """Find the index of a code in the order the arrays use."""

    def __init__(self, world: World) -> None:
        def numbered(codes: Iterable[str]) -> dict[str, int]:
            return {str(code): i for i, code in enumerate(codes)}

        self.country = numbered(world.countries["iso3"])
        order = world.localities["iso3"].map(self.country)
        self.localities = world.localities.iloc[np.argsort(order.to_numpy(), kind="stable")]
        self.locality = numbered(self.localities["code"])
        # Cities follow their units, the largest of a unit first.
        cities = world.cities.assign(unit=world.cities["locality"].map(self.locality))
        self.cities = cities.sort_values(
            ["unit", "population", "code"], ascending=[True, False, True]
        )
        self.city = numbered(self.cities["code"])
        self.local_office = numbered([*self.locality, *self.city])
        self.sector = numbered(world.sectors["code"])
        self.province = numbered(world.provinces["code"])
        # Compiled rules know the columns of the signals that they read.
        self.signal = numbered(dict.fromkeys([*SIGNALS, *world.signals["signal"]]))
        names = actor_names(world)
        starts = accumulate((len(codes) for codes in names.values()), initial=0)
        # The last start is the end of all, which no type begins at.
        self.actor_offset = dict(zip(names, starts, strict=False))
        self.actor_codes = [code for codes in names.values() for code in codes]
        self.actor = {code: i for i, code in enumerate(self.actor_codes)}
        self.bank = {c: self.actor[f"bank:{c}"] for c in world.banks["code"]}

    def city_of(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of the city that each place is, -1 if it is none."""
        number = places - len(self.locality)
        return np.where((number >= 0) & (number < len(self.city)), number, -1)

    def centre(self, country: int) -> int:
        """Return the place of a national government."""
        return len(self.locality) + len(self.city) + country
