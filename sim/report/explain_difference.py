"""Why a deal exists in one of two worlds only, told step by step."""

from __future__ import annotations

from typing import Any

from sim.core.identities import EVENT, PROJECT, as_written, text_of
from sim.experiments.comparison.divergence import NOWHERE, LoneDeal, Sides, lone_deals
from sim.experiments.comparison.saved_comparison import PairedRuns
from sim.report.biography import (
    ANY,
    DEAL_LINE,
    RULE,
    WIDTH,
    biography_record,
    deal_place,
    event_record,
    events_by_id,
    find_project,
    timeline_lines,
    trace_project,
)
from sim.report.compare_text import fate_words, kind_words
from sim.report.deal_filter import DealFilter
from sim.report.display_names import plain_word
from sim.report.event_phrases import ORDERS, Event, EventDescriber
from sim.report.line_breaks import wrap
from sim.report.phrases import phrase
from sim.scenario.intervention_fields import codes_in
from sim.scenario.interventions import Intervention

SHARED, ALONE = "=", "≠"
"""Marks of an event that both worlds hold, and of one that only this world holds."""


class _PairedEvents:
    """Hold two worlds with the names and events that telling needs."""

    def __init__(self, pair: PairedRuns) -> None:
        self.pair = pair
        self.names = EventDescriber(pair.world)
        self.sides: Sides = pair.sides()
        self.events = tuple(events_by_id(log, pair.replicate) for log in pair.logs)
        self.deals = lone_deals(self.sides)
        self.lone = {self.project(deal): deal for deal in self.deals}

    def found(self, side: int, position: int) -> Event | None:
        """Return the event at a position of a log, None if there is none."""
        return None if position == NOWHERE else self.event(side, position)

    def event(self, side: int, position: int) -> Event:
        """Return the event at a position of a log."""
        number = int(self.sides.logs[side].events["id"][position])
        return self.events[side][text_of(EVENT, number)]

    def of_side(self, side: int, meant: DealFilter) -> list[LoneDeal]:
        """Return the deals meant that only one world has."""
        return [
            deal
            for deal in self.deals
            if deal.side == side and meant.fits(self.event(side, deal.deal))
        ]

    def project(self, deal: LoneDeal) -> str:
        """Return the project of a deal that only one world has."""
        return text_of(PROJECT, int(self.sides.logs[deal.side].events["project"][deal.deal]))

    def meant(self, deal: str) -> str:
        """Return the project meant, preferring one that is a deal in one world only."""
        text = as_written(PROJECT, deal)
        fitting = [p for p in self.lone if text and p.startswith(text)]
        if len(fitting) == 1:
            return fitting[0]
        first, second = (log["project_id"].dropna().str.startswith(text) for log in self.pair.logs)
        log = self.pair.logs[int(not first.any() and second.any())]
        return find_project(log, deal, self.pair.replicate)

    def own(self, project: str) -> list[list[Event]]:
        """Return the events of a project in either world."""
        return [[e for e in log.values() if e.project == project] for log in self.events]

    def sentence(self, side: int, event: Event) -> str:
        """Return what happened, with the project of another place named."""
        causes = tuple(self.events[side][c] for c in event.causes if c in self.events[side])
        return self.names.sentence(event, causes)

    def interventions(self, root: Event) -> list[str]:
        """Return what only one scenario had ordered by then, where the event is or everywhere."""
        found = []
        for name, mine, other in zip(
            self.pair.names, self.pair.scenarios, self.pair.scenarios[::-1], strict=True
        ):
            apart = [change for change in mine.interventions if change not in other.interventions]
            for change in sorted(apart, key=lambda change: change.month):
                homes = self.homes(change)
                if change.month <= root.month and (not homes or root.country in homes):
                    month = self.names.month(change.month)
                    found.append(f"{name} {self.ordered(change)} ({month})")
        return found

    def homes(self, change: Intervention) -> list[str | None]:
        """Return the countries that an intervention is about, none if it is about all."""
        localities = codes_in(getattr(change, "locality", None))
        countries = codes_in(getattr(change, "country", None))
        return [*countries, *(self.names.home.get(code) for code in localities)]

    def ordered(self, change: Intervention) -> str:
        """Return what an intervention does and sets, such as ``stance: -0.8``."""
        localities = codes_in(getattr(change, "locality", None))
        places = [self.names.place(code, None) for code in localities]
        places = places or [self.names.place(None, code) for code in self.homes(change) or [None]]
        apart = {"month", "kind", "note", "id", "country", "locality"}
        data = change.model_dump(exclude_none=True, exclude=apart)
        sets = ", ".join(f"{plain_word(name)}: {value}" for name, value in data.items())
        return f"{ORDERS[change.kind]} in {', '.join(places)}" + (f", {sets}" if sets else "")

    def fate(self, side: int, event: Event | None) -> str:
        """Say what became of a project whose last event in a world is given, and why."""
        found = (self.events[side].get(c) for c in (event.causes if event else ()))
        causes = (c for c in found if c is not None and event and c.project != event.project)
        return fate_words(event, next(causes, None), self.names)


def between_of(pair: PairedRuns, deal: str) -> str:
    """Tell why a deal exists in one of two worlds only, as text of at most 78 columns.

    The chain of its causes is told in the world that has it, each event marked as one that both
    worlds hold or not; then the first event on the chain that the other world lacks, and what
    became of the same project there. A deal is named by its ``project_id`` or its beginning.

    InputError if neither world has such a project.
    """
    paired = _PairedEvents(pair)
    project = paired.meant(deal)
    if project not in paired.lone:
        return _both(paired, project)
    found = paired.lone[project]
    here, there = pair.names[found.side], pair.names[1 - found.side]
    other = paired.events[1 - found.side]
    lines = timeline_lines(
        trace_project(pair.logs[found.side], project, pair.replicate),
        paired.names,
        lambda line: SHARED if line.event.event_id in other else ALONE,
        only_in=phrase("difference.only_in", here=here),
    )
    legend = phrase("difference.legend", shared=SHARED, alone=ALONE, there=there)
    texts = _verdict(paired, found, there)
    verdict = [line for text in texts for line in wrap(text, WIDTH, subsequent_indent="  ")]
    return "\n".join([*lines, RULE, legend, "", *verdict])


def _verdict(paired: _PairedEvents, found: LoneDeal, there: str) -> list[str]:
    """Say what is missing in the other world first, and what became of the project there."""
    side, root = found.side, paired.event(found.side, found.root)
    instead = paired.found(1 - side, found.instead)
    lacks = phrase(
        "difference.lacks",
        there=there,
        month=paired.names.month(root.month),
        what=paired.sentence(side, root),
    )
    if found.steps > 2:
        lacks += phrase("difference.more_lacking", count=found.steps - 1)
    texts = [lacks]
    if instead is not None:
        what = paired.sentence(1 - side, instead)
        texts.append(phrase("difference.instead", there=there, what=what))
    end = paired.fate(1 - side, paired.found(1 - side, found.fate))
    texts.append(phrase("difference.fate", there=there, end=end))
    changed = paired.interventions(root)
    return [*texts, *([phrase("difference.scenarios", what="; ".join(changed))] if changed else [])]


def _both(paired: _PairedEvents, project: str) -> str:
    """Tell of a project that is a deal in both worlds or in neither."""
    lines, deals = [], 0
    for side, own in enumerate(paired.own(project)):
        deal = next((e for e in own if e.kind == "deal"), None)
        words = paired.fate(side, own[-1] if own else None)
        if deal is not None:
            deals += 1
            month, value = paired.names.month(deal.month), paired.names.money(deal.value)
            words = phrase("difference.deal", month=month, value=value)
        lines += wrap(f"{paired.pair.names[side]}: {words}.", WIDTH, subsequent_indent="  ")
    head = phrase("difference.in_both" if deals else "difference.in_neither", project=project)
    return "\n".join([head, *lines])


def between_table(pair: PairedRuns, meant: DealFilter = ANY) -> str:
    """Return the deals that exist in one of two worlds only as a table in plain text.

    Those that are ``meant`` alone are counted and listed.
    """
    paired = _PairedEvents(pair)
    parting, names = paired.sides.parting, paired.names
    one, other = pair.names
    lines = [phrase("difference.title", replicate=pair.replicate, one=one, other=other)]
    if parting is None:
        return "\n".join([*lines, phrase("difference.same")])
    first = paired.event(*parting)
    text = phrase(
        "difference.parting",
        month=names.month(first.month),
        name=pair.names[parting[0]],
        what=paired.sentence(parting[0], first),
    )
    lines += wrap(text, WIDTH)
    for side, name in enumerate(pair.names):
        mine = paired.of_side(side, meant)
        lines += ["", phrase("difference.deals", name=name, count=len(mine))]
        if mine:
            head = ("Deal", "Month", "Value", "Place, sector; what is missing")
            lines.append(DEAL_LINE.format(*head))
        for deal in mine:
            event, root = paired.event(side, deal.deal), paired.event(side, deal.root)
            missing = phrase(
                "difference.missing",
                place=deal_place(event, names),
                sector=names.sector(event.sector),
                what=kind_words(root.kind, names.world),
                month=names.month(root.month),
                end=fate_words(paired.found(1 - side, deal.fate), None, names),
            )
            cells = (str(event.project), event.month, names.money(event.value), missing)
            lines.append(DEAL_LINE.format(*cells))
    return "\n".join(lines)


def between_record(pair: PairedRuns, deal: str | None, meant: DealFilter = ANY) -> dict[str, Any]:
    """Return what :func:`between_of` tells of a deal, or :func:`between_table` of all, as data.

    InputError if neither world has such a project.
    """
    paired = _PairedEvents(pair)
    if deal is None:
        first = paired.sides.parting
        parting = first and {
            "world": pair.names[first[0]],
            "event": _record(paired.event(*first)),
        }
        deals = [deal for side in (0, 1) for deal in paired.of_side(side, meant)]
        return {"parting": parting, "deals": [_lone_record(paired, one) for one in deals]}
    project = paired.meant(deal)
    if project not in paired.lone:
        last = [own[-1] if own else None for own in paired.own(project)]
        ends = dict(zip(pair.names, map(_record, last), strict=True))
        return {"project_id": project, "only_in": None, "ends": ends}
    side = paired.lone[project].side
    life = biography_record(trace_project(pair.logs[side], project, pair.replicate), paired.names)
    for step in life["steps"]:
        step["in_both"] = step["event"]["event_id"] in paired.events[1 - side]
    return {**_lone_record(paired, paired.lone[project]), **life}


def _record(event: Event | None) -> dict[str, Any] | None:
    return None if event is None else event_record(event)


def _lone_record(paired: _PairedEvents, found: LoneDeal) -> dict[str, Any]:
    """Return a deal of one world only, and what the other lacks and holds instead."""
    side, root = found.side, paired.event(found.side, found.root)
    return {
        "project_id": paired.project(found),
        "only_in": paired.pair.names[side],
        "deal": _record(paired.found(side, found.deal)),
        "lacks_first": _record(root),
        "events_lacking": found.steps,
        "instead": _record(paired.found(1 - side, found.instead)),
        "last_in_the_other": _record(paired.found(1 - side, found.fate)),
        "scenarios_differ": paired.interventions(root),
    }
