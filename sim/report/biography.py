"""The biography of a project: its causes, from the first contact to its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.core.enums import EVENTS
from sim.core.errors import InputError, nearest_name
from sim.core.identities import PROJECT as PROJECT_LETTER
from sim.core.identities import as_written
from sim.core.plurals import counted
from sim.experiments.saved_run import read_events
from sim.report.display_names import money, month_words
from sim.report.event_phrases import Event, EventDescriber
from sim.report.figure_style import BLUE, GREEN, VERMILLION
from sim.world import load_world

if TYPE_CHECKING:
    from sim.world import World

PROJECT, TIES, POLITICS, SIGNALS, ELSEWHERE = "project", "ties", "politics", "signals", "elsewhere"


@dataclass(frozen=True)
class LaneLook:
    """Hold a lane's mark and meaning in text; its name, colour and marker in a figure."""

    mark: str
    meaning: str
    name: str
    colour: str
    marker: str


LANES = {
    POLITICS: LaneLook("▲", "politics", "Politics", VERMILLION, "triangle"),
    SIGNALS: LaneLook("◇", "policy and forums", "Policy and forums", "#8a5a00", "diamond"),
    ELSEWHERE: LaneLook(
        "◆", "elsewhere: another project or place", "Elsewhere", "#6e6e6e", "square"
    ),
    TIES: LaneLook("○", "contacts and ties", "Contacts and ties", GREEN, "circle"),
    PROJECT: LaneLook("●", "the project", "The project", BLUE, "star"),
}
"""Lanes of a timeline from top to bottom; colour is not the only sign."""

CONTACTS = frozenset(kind.name for kind in EVENTS.values() if kind.contact)
"""Kinds of events by which two sides meet."""

COLUMNS = [
    "event_id",
    "month",
    "kind",
    "chinese_actor",
    "country",
    "locality",
    "initiator",
    "sector",
    "project_id",
    "value_usd_m",
    "causes",
]
MOST_TIES = 24
"""Contacts told one by one; of more, those are left out that led to nothing else."""
WIDTH = 78
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Line:
    """Hold one line of a biography: an event, its lane and its causes."""

    event: Event
    lane: str
    causes: tuple[Event, ...]


@dataclass(frozen=True)
class Life:
    """Hold a project's life: its identity and its lines in order.

    Parameters
    ----------
    project, replicate
        Which project of which run.
    lines
        From the first contact on.
    left_out
        Number of contacts not told.
    """

    project: str
    replicate: int
    lines: tuple[Line, ...]
    left_out: int

    @property
    def own(self) -> list[Event]:
        """Return the project's own events."""
        return [line.event for line in self.lines if line.lane == PROJECT]

    @property
    def met(self) -> Event | None:
        """Return the first contact, None if the project came without one."""
        first = self.lines[0].event
        return first if first.kind in CONTACTS else None


def project_ids(events: pd.DataFrame, replicate: int, *, deals: bool = True) -> list[str]:
    """Return the projects of a run in the order of their deals, or all as first proposed.

    Raises
    ------
    InputError
        If the log has no such run.
    """
    mine = _of_run(events, replicate)
    kinds = ("deal",) if deals else ("proposal", "acquisition")
    found = mine.loc[mine["kind"].isin(kinds), "project_id"].dropna()
    return list(dict.fromkeys(str(p) for p in found))


def _of_run(events: pd.DataFrame, replicate: int) -> pd.DataFrame:
    mine = events[events["replicate"] == replicate]
    if mine.empty:
        last = -1 if events.empty else int(events["replicate"].max())
        raise InputError(
            f"there is no log of run {replicate}", field="replicate", allowed=f"0 to {last}"
        )
    return mine


def find_project(events: pd.DataFrame, deal: str, replicate: int) -> str:
    """Return the project that an identity, or the beginning of one, stands for.

    Raises
    ------
    InputError
        If no project of the run, or more than one, begins with it.
    """
    text = as_written(PROJECT_LETTER, deal)
    every = project_ids(events, replicate, deals=False)
    fitting = [p for p in every if p.startswith(text)] if text else []
    if len(fitting) == 1:
        return fitting[0]
    known = project_ids(events, replicate)
    some = ", ".join(fitting[:5] or known[:5])
    raise InputError(
        f"{counted(len(fitting), 'project')} begin with {text!r}"
        if fitting
        else f"run {replicate} has no project {deal.strip()!r}",
        field="deal",
        allowed=f"a project_id or its beginning, such as {some}" if some else None,
        nearest=None if fitting else nearest_name(text, known),
    )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def events_by_id(events: pd.DataFrame, replicate: int) -> dict[str, Event]:
    """Return the events of one run by identity, in the order of the log."""
    mine = _of_run(events, replicate)
    rows = mine[COLUMNS].itertuples(index=False, name=None)
    ordered = mine["intervention"].tolist() if "intervention" in mine else [None] * len(mine)
    found = {}
    for order, row in enumerate(rows):
        key, month, kind, actor, country, locality, initiator, sector, project, value, causes = row
        found[str(key)] = Event(
            event_id=str(key),
            month=str(month),
            kind=str(kind),
            actor=_text(actor),
            country=_text(country),
            locality=_text(locality),
            initiator=str(initiator),
            sector=_text(sector),
            project=_text(project),
            value=None if pd.isna(value) else float(value),
            causes=tuple(causes),
            order=order,
            intervention=_text(ordered[order]),
        )
    return found


def life_of(events: pd.DataFrame, deal: str, replicate: int = 0) -> Life:
    """Walk the causes of a project back and return its life.

    The walk follows the project's own events and those of its place; it names causes in other
    places and other projects but does not follow them. What happened before the first contact
    is told as a reason only.

    Parameters
    ----------
    events
        Event log with the columns of :data:`sim.engine.events.SCHEMA`.
    deal
        ``project_id`` or the beginning of one, in any case of letters.
    replicate
        Which run.

    Raises
    ------
    InputError
        If there is no such run or project.
    """
    project = find_project(events, deal, replicate)
    return life_in(events_by_id(events, replicate), project, replicate)


def life_in(log: dict[str, Event], project: str, replicate: int = 0) -> Life:
    """Return the life of a project of a log that is at hand by identity, as :func:`life_of`."""
    own = [event for event in log.values() if event.project == project]
    place = own[0].locality
    lanes = {event.event_id: PROJECT for event in own}
    waiting = list(own)
    while waiting:
        for cause in waiting.pop().causes:
            if cause in lanes or cause not in log:
                continue
            event = log[cause]
            lanes[cause] = _lane(event, place)
            if lanes[cause] != ELSEWHERE:
                waiting.append(event)
    shown_events = sorted((log[key] for key in lanes), key=lambda e: e.order)
    first = next((i for i, e in enumerate(shown_events) if _opens(e, lanes)), 0)
    kept, left_out = _shortened(shown_events[first:], lanes)
    lines = tuple(Line(e, lanes[e.event_id], _causes(e, log)) for e in kept)
    return Life(project, replicate, lines, left_out)


def _lane(event: Event, place: str | None) -> str:
    """Return the lane of a cause outside the project, whose place is given."""
    if event.project is not None or event.locality not in (None, place):
        return ELSEWHERE
    return EVENTS[event.kind].lane


def _opens(event: Event, lanes: dict[str, str]) -> bool:
    """Return whether a biography may begin with an event: a contact, or the project itself."""
    lane = lanes[event.event_id]
    return lane == PROJECT or (lane == TIES and event.kind in CONTACTS)


def _causes(event: Event, log: dict[str, Event]) -> tuple[Event, ...]:
    return tuple(log[cause] for cause in event.causes if cause in log)


def _shortened(shown_events: list[Event], lanes: dict[str, str]) -> tuple[list[Event], int]:
    """Leave out contacts that only led to further contacts, where there are many."""
    ties = [e for e in shown_events if lanes[e.event_id] == TIES]
    if len(ties) <= MOST_TIES:
        return shown_events, 0
    needed = {c for e in shown_events if lanes[e.event_id] != TIES for c in e.causes}
    needed |= {ties[0].event_id}
    # The latest contacts lead up to the project most directly.
    spare = [e.event_id for e in ties if e.event_id not in needed]
    gone = set(spare[: len(ties) - MOST_TIES])
    return [e for e in shown_events if e.event_id not in gone], len(gone)


def headline(life: Life, names: EventDescriber) -> tuple[str, str]:
    """Return what and where a project is, and how it went, each as one line."""
    own = life.own
    first, last = own[0], own[-1]
    place = names.place(first.locality, first.country)
    if first.locality is not None:
        place += f", {names.country(first.country)}"
    sector = names.sectors.get(first.sector or "", "Project")
    deal = next((e for e in own if e.kind == "deal"), None)
    if deal is None:
        return f"{sector} in {place}", f"No deal: it ends with {last.kind.replace('_', ' ')}."
    words = f"{money(deal.value)}, deal formed in {month_words(deal.month)}"
    if life.met is not None:
        words += f", {_months(life.met.month, deal.month)} after the first contact"
    return f"{sector} in {place}", words + "."


def _months(start: str, end: str) -> str:
    (y0, m0), (y1, m1) = ((int(part) for part in text.split("-")) for text in (start, end))
    count = 12 * (y1 - y0) + m1 - m0
    return counted(count, "month")


def shown_reasons(line: Line, before: Event | None) -> tuple[Event, ...]:
    """Return the causes worth naming: not the step of the project just told."""
    obvious = before.event_id if before is not None else None
    own = line.event.project is not None
    return tuple(
        cause
        for cause in line.causes
        if cause.event_id != obvious and not (own and cause.project == line.event.project)
    )


def text_of(life: Life, names: EventDescriber) -> str:
    """Return a life as a timeline in plain text, at most 78 columns wide."""
    what, how = headline(life, names)
    rule = "─" * WIDTH
    head = [
        *wrap(what, WIDTH),
        f"Project {life.project}, run {life.replicate}",
        *wrap(how, WIDTH),
        rule,
    ]
    if life.met is None:
        head.append("No contact came before this project.")
    used = {line.lane for line in life.lines}
    body = [text for texts in _entries(life, names) for text in texts]
    if life.left_out:
        body.append(f"{'':11}… {life.left_out} further contacts are not shown.")
    legend = [
        f"{look.mark} {look.meaning}" for lane, look in reversed(LANES.items()) if lane in used
    ]
    # Spaces that must not break keep a mark and its meaning on one line.
    whole = wrap("   ".join(entry.replace(" ", NO_BREAK) for entry in legend), WIDTH)
    return "\n".join([*head, *body, rule, *(line.replace(NO_BREAK, " ") for line in whole)])


def _entries(life: Life, names: EventDescriber) -> Iterable[list[str]]:
    """Yield the lines of text of each event."""
    before: Event | None = None
    month = ""
    for line in life.lines:
        mark = LANES[line.lane].mark
        shown = line.event.month if line.event.month != month else ""
        month = line.event.month
        told = names.line_sentence(line.event, line.causes, life.project)
        texts = _wrapped(told, f"{shown:7}  {mark} ")
        causes = shown_reasons(line, before)
        if causes:
            texts += _wrapped(names.reason(line.event, causes), " " * 13, " " * 13)
        before = line.event
        yield texts


def _wrapped(text: str, first: str, rest: str = " " * 11) -> list[str]:
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest)


def biography_of(
    events: pd.DataFrame, deal: str, replicate: int = 0, world: World | None = None
) -> str:
    """Tell how a project came about, from the first contact on.

    Parameters
    ----------
    events, deal, replicate
        As for :func:`life_of`.
    world
        Tables that names are looked up in; the shipped ones by default.

    Raises
    ------
    InputError
        If there is no such run or project.
    """
    names = EventDescriber(load_world() if world is None else world)
    return text_of(life_of(events, deal, replicate), names)


def deals_of(events: pd.DataFrame, replicate: int = 0) -> list[Event]:
    """Return the deals of a run in the order of the log.

    Raises
    ------
    InputError
        If there is no such run.
    """
    return [e for e in events_by_id(events, replicate).values() if e.kind == "deal"]


def biography(
    run_folder: str | Path, deal: str, replicate: int = 0, world: World | None = None
) -> str:
    """Tell how a project of a run that was written to a folder came about.

    Raises
    ------
    InputError
        If the folder holds no finished run, or there is no such project in it.
    """
    return biography_of(read_events(run_folder, replicate), deal, replicate, world)


def deals_table(events: pd.DataFrame, replicate: int = 0, world: World | None = None) -> str:
    """Return the deals of a run as a table in plain text: month, place, sector, value, identity.

    Parameters
    ----------
    events, replicate, world
        As for :func:`biography_of`.

    Raises
    ------
    InputError
        If there is no such run.
    """
    names = EventDescriber(load_world() if world is None else world)
    lines = [f"{'Deal':<16}{'Month':<9}{'Value':>16}  Place and sector"]
    for event in deals_of(events, replicate):
        place = names.place(event.locality, event.country)
        where = f"{place}, {names.country(event.country)}" if event.locality else place
        what = f"{where}: {names.sector(event.sector)}"
        lines.append(f"{event.project!s:<16}{event.month:<9}{money(event.value):>16}  {what}")
    if len(lines) == 1:
        return f"Run {replicate} has no deals."
    return "\n".join([f"Deals of run {replicate}", *lines])
