"""Read a finished run: its log, projects and ties, with the selections that statistics share.

A reading is a view of a state (:class:`sim.core.state.State`); what it works out it works out once.
Codes of countries and localities are found by their identities, so that no tables are needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from sim.core import enums as k
from sim.core.calendar import MONTHS_A_YEAR, month_index
from sim.core.rng import key_of
from sim.core.state import Array, State


class Reading:
    """Hold one finished run.

    Parameters
    ----------
    w
        The state after the last month.

    Attributes
    ----------
    log, projects, ties
        The records in use, in the order of recording.
    start, end
        First and last month run, counted from January 2000.
    localities, countries
        How many there are; places from ``localities`` on are national governments. What is of a
        city is placed in its unit, and what a mayor decides on is decided locally.
    """

    def __init__(self, w: State) -> None:
        run = w.run[0]
        self.w = w
        self.start, self.end = int(run["start"]), int(run["end"])
        self.localities, self.countries = int(run["localities"]), len(w.country)
        self.log: Array = w.event[: int(run["events"])]
        self.projects = self._placed(w.project[: int(run["projects"])].copy())
        self.projects["level"][self.projects["level"] == k.MUNICIPAL] = k.LOCAL
        self.ties = self._placed(w.tie[: int(run["ties"])])

    def _placed(self, rows: Array) -> Array:
        rows["place"] = self.w.place["unit"][rows["place"]]
        return rows

    @cached_property
    def first_met(self) -> Array:
        """Return the month in which each actor and place met, past the run's end if never (A, P).

        A place is a locality with its cities.
        """
        first = np.full(self.w.tie_of.shape, self.end + 1, dtype=np.int64)
        np.minimum.at(first, (self.ties["actor"], self.ties["place"]), self.ties["since"])
        return first

    @cached_property
    def _by_kind(self) -> list[Array]:
        """Return the log's rows by kind of event, in the order of recording."""
        kind = self.log["kind"].astype(np.int16)
        order = np.argsort(kind, kind="stable")
        ends = np.cumsum(np.bincount(kind, minlength=len(k.EVENT_KINDS)))
        return np.split(order, ends[:-1])

    def events(self, kind: int) -> Array:
        """Return the events of one kind (:mod:`sim.core.enums`)."""
        return self.log[self._by_kind[kind]]

    @cached_property
    def _identities(self) -> tuple[Array, Array]:
        order = np.argsort(self.log["id"], kind="stable")
        return self.log["id"][order], order

    def rows_of(self, identities: Array) -> Array:
        """Return the rows of the log that hold events, given their identities; -1 if none does."""
        known, order = self._identities
        if not len(known):
            return np.full(len(identities), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(known, identities), len(known) - 1)
        return np.where(known[at] == identities, order[at], -1)

    def field_of(self, identities: Array, name: str) -> Array:
        """Return a field of the events with the identities given, -1 where there is none."""
        rows = self.rows_of(identities)
        return np.where(rows < 0, -1, self.log[name][rows]) if len(self.log) else rows

    # --- contacts

    def is_local(self, rows: Array) -> Array:
        """Tell of each record whether its place is a locality."""
        return (rows["place"] >= 0) & (rows["place"] < self.localities)

    def _local(self, rows: Array) -> Array:
        return rows[self.is_local(rows)]

    @cached_property
    def visits(self) -> Array:
        """Return the visits of Chinese delegations that were received."""
        return self.events(k.VISIT_TO_LAC)

    @cached_property
    def local_visits(self) -> Array:
        """Return the visits that went to localities."""
        return self._local(self.visits)

    @cached_property
    def journeys(self) -> Array:
        """Return the journeys of governors to China, to forums or of their own accord."""
        return self.events(k.VISIT_TO_CHINA)

    @cached_property
    def own_journeys(self) -> Array:
        """Return the journeys of governors on the initiative of their own side."""
        return np.asarray(self.journeys[self.journeys["initiator"] == k.LAC])

    @cached_property
    def introductions(self) -> Array:
        """Return the introductions of Chinese actors to localities."""
        return self._local(self.events(k.INTRODUCTION))

    @cached_property
    def local_ties(self) -> Array:
        """Return the ties of localities."""
        return self._local(self.ties)

    @cached_property
    def twinned(self) -> Array:
        """Return the ties that became twinnings."""
        return self.ties[self.ties["twinned"] >= 0]

    @cached_property
    def begun_by_visit(self) -> Array:
        """Return the ties, with localities or centres, that a Chinese visit began."""
        first = self.field_of(self.ties["first_event"], "kind")
        return np.asarray(self.ties[first == k.VISIT_TO_LAC])

    def by_country(self, rows: Array) -> Array:
        """Return how many records there are by country (C,)."""
        return np.bincount(rows["country"], minlength=self.countries)

    def by_locality(self, rows: Array) -> Array:
        """Return how many records there are by locality (L,); others are left out."""
        return np.bincount(self._local(rows)["place"], minlength=self.localities)

    def kind_of(self, actors: Array) -> Array:
        """Return the kinds of actors, given their indices; all of these must exist."""
        return self.w.actor["kind"][actors]

    def province_of(self, actors: Array) -> Array:
        """Return the Chinese provinces that actors are or come from; -1 for others and for -1."""
        actor = self.w.actor
        is_province = actor["kind"] == k.PROVINCE
        province = np.where(is_province, actor["row"], actor["home"])
        return np.append(province, -1)[actors]

    # --- projects

    @cached_property
    def signed(self) -> Array:
        """Return the projects that got as far as a memorandum."""
        return self.projects[self.projects["signed"] >= 0]

    @cached_property
    def memoranda(self) -> Array:
        """Return the projects with a memorandum, less those still waiting when the run ended."""
        decided = (self.signed["approved"] >= 0) | (self.signed["stage"] >= k.FIRST_ENDED)
        return np.asarray(self.signed[decided])

    @cached_property
    def deals(self) -> Array:
        """Return the projects that became deals."""
        return self.projects[self.projects["dealt"] >= 0]

    @cached_property
    def offices(self) -> Array:
        """Return the place of each deal's office, which may be a city (number of deals,)."""
        return self.w.project["place"][: len(self.projects)][self.projects["dealt"] >= 0]

    @cached_property
    def negotiated(self) -> Array:
        """Return the deals that were negotiated with a government: all but acquisitions."""
        return np.asarray(self.deals[self.deals["channel"] != k.BY_ACQUISITION])

    @cached_property
    def local_deals(self) -> Array:
        """Return the deals that localities decided on."""
        return np.asarray(self.deals[self.deals["level"] == k.LOCAL])

    @cached_property
    def arose_at_centre(self) -> Array:
        """Tell of each deal whether it began at a national government (number of deals,).

        It did if the executive planned it or if it was pitched on a visit there, which is then
        its first cause.
        """
        planned = self.deals["channel"] == k.BY_EXECUTIVE
        central = self.deals["level"] == k.CENTRAL
        where = self.field_of(self.deals["cause0"], "place")
        return np.asarray(planned | (central & (where >= self.localities)))

    # --- circumstances

    @cached_property
    def authority(self) -> Array:
        """Return the authority index by country, mean over the months of the run (C,)."""
        return np.asarray(self.w.authority[self.start : self.end + 1].mean(axis=0))

    @cached_property
    def local_authority(self) -> Array:
        """Return the authority index by locality, mean over the months of the run (L,)."""
        months = slice(self.start, self.end + 1)
        added = self.w.added_authority[months, : self.localities].mean(axis=0)
        return np.asarray(np.clip(self.authority[self.country_of] + added, 0.0, 1.0))

    @property
    def country_of(self) -> Array:
        """Return the country of each locality (L,)."""
        return self.w.place["country"][: self.localities]

    @property
    def economy(self) -> Array:
        """Return the size of each locality's economy, log10 of US$ 10 billion (L,)."""
        return self.w.place["market"][: self.localities]

    def within_countries(self, values: Array) -> Array:
        """Return the differences of values of localities from their country's mean (L,)."""
        home = self.country_of
        count = np.bincount(home, minlength=self.countries)
        total = np.bincount(home, weights=values, minlength=self.countries)
        return np.asarray(values - (total / np.maximum(1, count))[home])

    @cached_property
    def recognised(self) -> Array:
        """Tell whether Beijing was recognised, by month of the run and country (T, C)."""
        switches = self.events(k.RECOGNITION_SWITCH)
        turns = np.zeros((self.end - self.start + 1, self.countries), dtype=np.int64)
        np.add.at(turns, (switches["month"] - self.start, switches["country"]), 1)
        # Switches yet to come after a month, the last month's own not among them.
        later = turns[::-1].cumsum(axis=0)[::-1] - turns
        return np.asarray((self.w.country["recognises"] == 1) ^ (later % 2 == 1))

    # --- names: a KeyError tells of one that is not in this world

    def rows_named(self, table: str, codes: Iterable[str]) -> Array:
        """Return the indices of countries, localities, sectors or actors, by the table's noun."""
        keys = getattr(self.w, "place" if table == "locality" else table)["key"]
        index = {int(key): i for i, key in enumerate(keys)}
        return np.array([index[key_of(table, code)] for code in codes], dtype=np.int64)

    def chosen(
        self,
        rows: Array,
        *,
        field: str = "month",
        since: str | None = None,
        until: str | None = None,
        countries: Iterable[str] | None = None,
        localities: Iterable[str] | None = None,
    ) -> Array:
        """Return the records of certain months and places.

        Parameters
        ----------
        rows
            Events, projects or ties.
        field
            The field that holds the month that counts.
        since, until
            First and last month, as in ``2008-01``; by default those of the run.
        countries, localities
            Codes; by default all.
        """
        keep = np.ones(len(rows), dtype=bool)
        if since is not None:
            keep &= rows[field] >= month_index(since)
        if until is not None:
            keep &= rows[field] <= month_index(until)
        if countries is not None:
            keep &= np.isin(rows["country"], self.rows_named("country", countries))
        if localities is not None:
            keep &= np.isin(rows["place"], self.rows_named("locality", localities))
        return rows[keep]

    def years_from(self, since: str | None, until: str | None = None) -> float:
        """Return the years of the run between two months, both inclusive."""
        first = self.start if since is None else max(self.start, month_index(since))
        last = self.end if until is None else min(self.end, month_index(until))
        return max(0, last - first + 1) / MONTHS_A_YEAR
