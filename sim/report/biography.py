"""The biography of a project: its causes, from the first contact to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.compute as pc

from sim.core.calendar import month_index
from sim.core.enums import EVENTS
from sim.core.errors import InputError, nearest_name
from sim.core.identities import PROJECT as PROJECT_LETTER
from sim.core.identities import as_written
from sim.core.plurals import counted
from sim.engine.events import to_frame
from sim.experiments.run import RunTables
from sim.report.deal_filter import DealFilter
from sim.report.event_phrases import Event, EventDescriber
from sim.report.figure_style import BLUE, GREEN, VERMILLION
from sim.report.line_breaks import NO_BREAK, wrap
from sim.report.phrases import phrase
from sim.report.run_summaries import STEPS
from sim.world import World, load_world

PROJECT, TIES, POLITICS, SIGNALS, ELSEWHERE = "project", "ties", "politics", "signals", "elsewhere"


class LaneLook(NamedTuple):
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

_COLUMN = {"chinese_actor": "actor", "project_id": "project", "value_usd_m": "value"}
"""Columns of the log that an event holds under another name."""
ANY = DealFilter()
MOST_TIES = 24
"""Contacts told one by one; of more, those are left out that led to nothing else."""
WIDTH = 76
"""Columns of a life as text: it fits into a card."""
RULE = "─" * WIDTH
DEAL_LINE = "{:<16}{:<9}{:>16}  {}"


@dataclass(frozen=True)
class Line:
    """Hold one line of a biography: an event, its lane and its causes."""

    event: Event
    lane: str
    causes: tuple[Event, ...]


@dataclass(frozen=True)
class Biography:
    """Hold a project of a run, its lines from the first contact on, and how many are left out."""

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

    InputError if the log has no such run.
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

    InputError if no project of the run, or more than one, begins with it.
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


def events_by_id(events: pd.DataFrame, replicate: int) -> dict[str, Event]:
    """Return the events of one run by identity, in the order of the log."""
    names = [field.name for field in fields(Event)]
    mine = _of_run(events, replicate).rename(columns=_COLUMN).reindex(columns=names)
    plain = mine.astype(object).where(mine.notna(), None)
    plain = plain.assign(causes=plain["causes"].map(tuple), order=range(len(plain)))
    rows: Any = plain.itertuples(index=False, name=None)
    return {row[0]: Event(*row) for row in rows}


def trace_project(events: pd.DataFrame, deal: str, replicate: int = 0) -> Biography:
    """Walk the causes of a project back and return its life.

    The walk follows the project's own events and those of its place; it names causes in other
    places and other projects but does not follow them. What happened before the first contact
    is told as a reason only. The log has the columns of :data:`sim.engine.events.SCHEMA`; a deal
    is named by its ``project_id`` or the beginning of it, in any case of letters.

    InputError if there is no such run or project.
    """
    mine = _of_run(events, replicate)
    project = find_project(mine, deal, replicate)
    return trace_in_log(events_by_id(_leading_to(mine, project), replicate), project, replicate)


def _leading_to(mine: pd.DataFrame, project: str) -> pd.DataFrame:
    """Return the events of a project and all that they follow from: few of a whole log."""
    causes = dict(zip(mine["event_id"], mine["causes"], strict=True))
    found = set(mine.loc[mine["project_id"] == project, "event_id"])
    waiting = list(found)
    while waiting:
        new = set(causes.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return mine[mine["event_id"].isin(found)]


def trace_in_log(log: Mapping[str, Event], project: str, replicate: int = 0) -> Biography:
    """Return the biography of a project of a log by identity, as :func:`trace_project`."""
    own = [event for event in log.values() if event.project == project]
    place = own[0].locality
    lanes = {event.event_id: PROJECT for event in own}
    waiting = list(own)
    while waiting:
        for cause in waiting.pop().causes:
            if cause in lanes or cause not in log:
                continue
            event = log[cause]
            away = event.project is not None or event.locality not in (None, place)
            lanes[cause] = ELSEWHERE if away else EVENTS[event.kind].lane
            if not away:
                waiting.append(event)
    lines = [
        Line(event, lanes[event.event_id], tuple(log[c] for c in event.causes if c in log))
        for event in sorted((log[key] for key in lanes), key=lambda e: e.order)
    ]
    # A biography begins with a contact, or with the project itself.
    begins = (
        line.lane == PROJECT or (line.lane == TIES and line.event.kind in CONTACTS)
        for line in lines
    )
    first = next((i for i, opens in enumerate(begins) if opens), 0)
    shown, left_out = _shortened(lines[first:])
    return Biography(project, replicate, tuple(shown), left_out)


def _shortened(lines: list[Line]) -> tuple[list[Line], int]:
    """Leave out contacts that only led to further contacts, where there are many."""
    ties = [line.event.event_id for line in lines if line.lane == TIES]
    if len(ties) <= MOST_TIES:
        return lines, 0
    needed = {c for line in lines if line.lane != TIES for c in line.event.causes} | {ties[0]}
    # The latest contacts lead up to the project most directly.
    spare = [key for key in ties if key not in needed]
    gone = set(spare[: len(ties) - MOST_TIES])
    return [line for line in lines if line.event.event_id not in gone], len(gone)


MISSING = {
    "proposal": "biography.no_firm",
    "memorandum": "biography.no_approval",
    "approval_local": "biography.no_award",
    "approval_central": "biography.no_award",
    "award": "biography.no_finance",
}
"""What a project that lapsed lacked, by the last step it had reached."""


def headline(life: Biography, names: EventDescriber) -> tuple[str, str]:
    """Return what and where a project is, and how it went, each as one line."""
    own = life.own
    first, last = own[0], own[-1]
    place = names.place(first.locality, first.country, first.city)
    if first.locality is not None:
        place += f", {names.country(first.country)}"
    what = phrase(
        "biography.what", sector=names.sectors.get(first.sector or "", "Project"), place=place
    )
    deal = next((e for e in own if e.kind == "deal"), None)
    if deal is None:
        end = last.kind.replace("_", " ")
        if last.kind != "lapse":
            return what, phrase("biography.no_deal", end=end)
        reached = [e.kind for e in own if e.kind in MISSING]
        missing = phrase(MISSING[reached[-1]], office=names.office(last))
        return what, phrase("biography.no_deal", end=f"{end}; {missing}")
    fields = {"value": names.money(deal.value), "month": names.month(deal.month)}
    if life.met is None:
        return what, phrase("biography.deal", **fields)
    months = counted(month_index(deal.month) - month_index(life.met.month), "month")
    return what, phrase("biography.deal_after", **fields, months=months)


def timeline_lines(
    life: Biography,
    names: EventDescriber,
    mark: Callable[[Line], str] = lambda line: LANES[line.lane].mark,
    only_in: str = "",
) -> list[str]:
    """Return a heading and the events of a life with a mark each, at most 76 columns wide.

    The mark is that of the lane if nothing else is said.
    """
    what, how = headline(life, names)
    run = phrase("biography.project", project=life.project, replicate=life.replicate)
    lines = [*wrap(what, WIDTH), run, *wrap(only_in + how, WIDTH), RULE]
    if life.met is None and not only_in:
        lines.append(phrase("biography.no_contact"))
    before: Event | None = None
    for line in life.lines:
        event = line.event
        month = "" if before is not None and event.month == before.month else event.month
        sentence = names.line_sentence(event, line.causes, life.project)
        lines += _indented(sentence, f"{month:7}  {mark(line)} ", 11)
        # The step of the project that stands just before is no reason worth naming.
        just_before = before.event_id if before is not None else None
        causes = [
            cause
            for cause in line.causes
            if cause.event_id != just_before
            and (event.project is None or cause.project != event.project)
        ]
        if causes:
            lines += _indented(names.reason(event, causes), " " * 13, 13)
        before = event
    return lines


def story_title(life: Biography) -> str:
    """Return what a life is told for: how a deal came about, or how there was none."""
    ended = any(event.kind == "deal" for event in life.own)
    return phrase("biography.story" if ended else "biography.no_story")


def _indented(text: str, first: str, rest: int) -> list[str]:
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * rest)


def text_of(life: Biography, names: EventDescriber) -> str:
    """Return a life as a timeline in plain text, at most 76 columns wide."""
    lines = timeline_lines(life, names)
    if life.left_out:
        lines.append(" " * 11 + phrase("biography.left_out", count=life.left_out))
    used = {line.lane for line in life.lines}
    legend = [
        f"{look.mark} {look.meaning}" for lane, look in reversed(LANES.items()) if lane in used
    ]
    # Spaces that must not break keep a mark and its meaning on one line.
    whole = wrap("   ".join(entry.replace(" ", NO_BREAK) for entry in legend), WIDTH)
    return "\n".join([*lines, RULE, *whole])


def biography_of(
    events: pd.DataFrame, deal: str, replicate: int = 0, world: World | None = None
) -> str:
    """Tell how a project came about, from the first contact on, as :func:`trace_project`.

    Names are looked up in the tables of a world, the shipped ones by default.

    InputError if there is no such run or project.
    """
    names = EventDescriber(load_world() if world is None else world)
    return text_of(trace_project(events, deal, replicate), names)


def deals_of(events: pd.DataFrame, replicate: int = 0, meant: DealFilter = ANY) -> list[Event]:
    """Return the deals of a run that are meant, in the order of the log.

    InputError if there is no such run.
    """
    every = events_by_id(events, replicate).values()
    return [event for event in every if event.kind == "deal" and meant.fits(event)]


def deals_table(
    events: pd.DataFrame,
    replicate: int = 0,
    world: World | None = None,
    meant: DealFilter = ANY,
) -> str:
    """Return the deals of a run that are meant as a table in plain text, one a line.

    InputError if there is no such run.
    """
    names = EventDescriber(load_world() if world is None else world)
    deals = deals_of(events, replicate, meant)
    if not deals:
        none = "biography.no_deals" if meant == ANY else "biography.no_such_deals"
        return phrase(none, replicate=replicate)
    head = DEAL_LINE.format("Deal", "Month", "Value", "Place and sector")
    lines = [phrase("biography.deals", replicate=replicate), head]
    for event in deals:
        what = f"{deal_place(event, names)}: {names.sector(event.sector)}"
        lines.append(
            DEAL_LINE.format(str(event.project), event.month, names.money(event.value), what)
        )
    return "\n".join(lines)


def deal_place(event: Event, names: EventDescriber) -> str:
    """Return where a deal is, with the country."""
    place = names.place(event.locality, event.country, event.city)
    return f"{place}, {names.country(event.country)}" if event.locality else place


def event_record(event: Event) -> dict[str, Any]:
    """Return an event by the names of the columns of the log, for machines."""
    column = {name: key for key, name in _COLUMN.items()}
    return {column.get(k, k): value for k, value in asdict(event).items() if k != "order"}


def biography_record(life: Biography, names: EventDescriber) -> dict[str, Any]:
    """Return a life for machines: each event, what was decided, and the events it came of."""
    what, how = headline(life, names)
    steps = [
        {
            "event": event_record(line.event),
            "lane": line.lane,
            "decision": names.line_sentence(line.event, line.causes, life.project),
            "causes": [event_record(cause) for cause in line.causes],
        }
        for line in life.lines
    ]
    return {
        "project_id": life.project,
        "what": what,
        "how": how,
        "steps": steps,
        "contacts_left_out": life.left_out,
    }


def example_of(run: RunTables, locality: str) -> Biography | None:
    """Return the life of the project of a locality that came furthest, None without projects.

    A deal that went through approval is preferred to an acquisition, and one that was decided
    locally to others; among equals the first of the lowest run is taken.
    """
    months = [name for _, name in STEPS]
    columns = ["replicate", "project_id", "locality", "level", *months]
    frame = run.tables["projects"].select(columns).to_pandas()
    frame = frame[frame["locality"] == locality]
    if frame.empty:
        return None
    frame = frame.assign(
        reached=-frame[months].notna().sum(axis=1),
        other=~frame["level"].isin(("local", "municipal")),
    )
    order = ["reached", "other", "replicate", "month_proposed", "project_id"]
    best = frame.sort_values(order, kind="stable").iloc[0]
    replicate, events = int(best["replicate"]), run.tables["events"]
    log = to_frame(events.filter(pc.equal(events["replicate"], replicate)))
    return trace_project(log, str(best["project_id"]), replicate)
