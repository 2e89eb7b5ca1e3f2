"""Why a deal exists in one of two worlds only, told step by step."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from sim.core.identities import EVENT, PROJECT, as_written, text_of
from sim.experiments.comparison.divergence import NOWHERE, LoneDeal, Sides, lone_deals
from sim.report.biography import (
    WIDTH,
    Life,
    events_by_id,
    find_project,
    headline,
    life_of,
    shown_reasons,
)
from sim.report.compare_text import fate_words, kind_words
from sim.report.display_names import money, month_words, plain_word
from sim.report.event_phrases import ORDERS, Event, EventDescriber
from sim.report.explanation import event_record, life_record
from sim.scenario.intervention_fields import codes_in

if TYPE_CHECKING:
    from sim.experiments.comparison.paired_runs import PairedRuns
    from sim.scenario.interventions import Intervention

SHARED, ALONE = "=", "≠"
"""Marks of an event that both worlds hold, and of one that only this world holds."""


class _PairedEvents:
    """Hold two worlds with the names and events that telling needs."""

    def __init__(self, pair: PairedRuns) -> None:
        self.pair = pair
        self.names = EventDescriber(pair.world)
        self.sides: Sides = pair.sides()
        self.events: tuple[dict[str, Event], dict[str, Event]] = (
            events_by_id(pair.logs[0], pair.replicate),
            events_by_id(pair.logs[1], pair.replicate),
        )

    def event(self, side: int, position: int) -> Event | None:
        """Return the event at a position of a log, None if there is none."""
        if position == NOWHERE:
            return None
        number = int(self.sides.logs[side].events["id"][position])
        return self.events[side][text_of(EVENT, number)]

    def project(self, found: LoneDeal) -> str:
        """Return the project of a deal that only one world has."""
        number = int(self.sides.logs[found.side].events["project"][found.deal])
        return text_of(PROJECT, number)

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
            found += [
                f"{name} {self.ordered(change)} ({month_words(change.month)})"
                for change in sorted(apart, key=lambda change: change.month)
                if change.month <= root.month and self.reaches(change, root.country)
            ]
        return found

    def reaches(self, change: Intervention, country: str | None) -> bool:
        """Return whether an intervention is about a country, one of its localities or all."""
        codes = self.homes(change)
        return not codes or country in codes

    def homes(self, change: Intervention) -> list[str | None]:
        """Return the countries that an intervention is about, none if it is about all."""
        localities = codes_in(getattr(change, "locality", None))
        countries = codes_in(getattr(change, "country", None))
        return [*countries, *(self.names.home.get(code) for code in localities)]

    def ordered(self, change: Intervention) -> str:
        """Return what an intervention does and sets, such as ``stance: -0.8``."""
        localities = codes_in(getattr(change, "locality", None))
        homes = self.homes(change)
        places = [self.names.place(code, None) for code in localities]
        places = places or [self.names.place(None, code) for code in homes or [None]]
        data = change.model_dump(exclude_none=True)
        apart = {"month", "kind", "note", "id", "country", "locality"}
        sets = ", ".join(f"{plain_word(n)}: {v}" for n, v in data.items() if n not in apart)
        return f"{ORDERS[change.kind]} in {', '.join(places)}" + (f", {sets}" if sets else "")

    def cause(self, side: int, event: Event | None) -> Event | None:
        """Return the first cause of an event outside its own project."""
        if event is None:
            return None
        found = (self.events[side].get(c) for c in event.causes)
        return next((c for c in found if c is not None and c.project != event.project), None)


def between_of(pair: PairedRuns, deal: str) -> str:
    """Tell why a deal exists in one of two worlds only, as text of at most 78 columns.

    The chain of its causes is told in the world that has it, each event marked as one that both
    worlds hold or not; then the first event on the chain that the other world lacks, and what
    became of the same project there.

    Parameters
    ----------
    pair
        The two worlds.
    deal
        ``project_id`` or the beginning of one.

    Raises
    ------
    InputError
        If neither world has such a project.
    """
    paired = _PairedEvents(pair)
    lone = {paired.project(d): d for d in lone_deals(paired.sides)}
    project = _project(pair, deal, lone)
    if project not in lone:
        return _both(paired, project)
    found = lone[project]
    life = life_of(pair.logs[found.side], project, pair.replicate)
    what, how = headline(life, paired.names)
    rule = "─" * WIDTH
    here, there = pair.names[found.side], pair.names[1 - found.side]
    head = [
        *wrap(what, WIDTH),
        f"Project {project}, run {pair.replicate}",
        *wrap(f"In {here} only: {how}", WIDTH),
        rule,
    ]
    body = [text for texts in _lines(paired, found, life) for text in texts]
    legend = f"{SHARED} in both worlds   {ALONE} not in {there}"
    return "\n".join([*head, *body, rule, legend, "", *_verdict(paired, found, there)])


def _project(pair: PairedRuns, deal: str, lone: dict[str, LoneDeal]) -> str:
    """Return the project meant, preferring one that is a deal in one world only."""
    text = as_written(PROJECT, deal)
    fitting = [p for p in lone if text and p.startswith(text)]
    if len(fitting) == 1:
        return fitting[0]
    first, second = (set(log["project_id"].dropna()) for log in pair.logs)
    known = any(p.startswith(text) for p in first)
    side = 0 if known or not any(p.startswith(text) for p in second) else 1
    return find_project(pair.logs[side], deal, pair.replicate)


def _lines(paired: _PairedEvents, found: LoneDeal, life: Life) -> list[list[str]]:
    """Return the lines of text of each event of the chain."""
    other = paired.events[1 - found.side]
    result = []
    month, before = "", None
    for line in life.lines:
        shown = line.event.month if line.event.month != month else ""
        month = line.event.month
        mark = SHARED if line.event.event_id in other else ALONE
        text = paired.names.line_sentence(line.event, line.causes, life.project)
        texts = wrap(text, WIDTH, initial_indent=f"{shown:7}  {mark} ", subsequent_indent=" " * 11)
        causes = shown_reasons(line, before)
        if causes:
            because = paired.names.reason(line.event, causes)
            texts += wrap(because, WIDTH, initial_indent=" " * 13, subsequent_indent=" " * 13)
        before = line.event
        result.append(texts)
    return result


def _verdict(paired: _PairedEvents, found: LoneDeal, there: str) -> list[str]:
    """Say what is missing in the other world first, and what became of the project there."""
    side = found.side
    root, fate = paired.event(side, found.root), paired.event(1 - side, found.fate)
    instead = paired.event(1 - side, found.instead)
    assert root is not None
    lacks = f"What {there} lacks first ({month_words(root.month)}): {paired.sentence(side, root)}"
    if found.steps > 2:
        lacks += f" With it {found.steps - 1} more events up to the deal are missing there."
    texts = [lacks]
    if instead is not None:
        texts.append(
            f"What {there} has in its place that month: {paired.sentence(1 - side, instead)}"
        )
    end = fate_words(fate, paired.cause(1 - side, fate), paired.names)
    texts.append(f"The same project in {there}: {end}.")
    changed = paired.interventions(root)
    if changed:
        texts.append(f"What the scenarios differ by until then: {'; '.join(changed)}.")
    return [line for text in texts for line in wrap(text, WIDTH, subsequent_indent="  ")]


def _both(paired: _PairedEvents, project: str) -> str:
    """Tell of a project that is a deal in both worlds or in neither."""
    lines, deals = [], 0
    for side, name in enumerate(paired.pair.names):
        own = [e for e in paired.events[side].values() if e.project == project]
        deal = next((e for e in own if e.kind == "deal"), None)
        last = own[-1] if own else None
        if deal is not None:
            deals += 1
            words = f"deal formed in {month_words(deal.month)}, {money(deal.value)}"
        else:
            words = fate_words(last, paired.cause(side, last), paired.names)
        lines += wrap(f"{name}: {words}.", WIDTH, subsequent_indent="  ")
    head = "is a deal in both worlds" if deals else "is a deal in neither world"
    return "\n".join([f"Project {project} {head}.", *lines])


def between_table(pair: PairedRuns) -> str:
    """Return the deals that exist in one of two worlds only as a table in plain text."""
    paired = _PairedEvents(pair)
    sides, names = paired.sides, paired.names
    one, other = pair.names
    lines = [f"Run {pair.replicate}: {one} beside {other}"]
    if sides.parting is None:
        return "\n".join([*lines, "Both worlds hold the same events."])
    first = paired.event(*sides.parting)
    assert first is not None
    lines += wrap(
        f"They part in {month_words(first.month)}. The first event that only "
        f"{pair.names[sides.parting[0]]} has: {paired.sentence(sides.parting[0], first)}",
        WIDTH,
    )
    found = lone_deals(sides)
    for side, name in enumerate(pair.names):
        mine = [deal for deal in found if deal.side == side]
        lines += ["", f"Deals in {name} only: {len(mine)}"]
        if mine:
            lines.append(f"{'Deal':<16}{'Month':<9}{'Value':>16}  Place, sector; what is missing")
        for deal in mine:
            event, root = paired.event(side, deal.deal), paired.event(side, deal.root)
            fate = paired.event(1 - side, deal.fate)
            assert event is not None
            assert root is not None
            where = names.place(event.locality, event.country)
            end = fate_words(fate, None, names)
            missing = f"{kind_words(root.kind)} ({month_words(root.month)}); {end}"
            lines.append(
                f"{event.project!s:<16}{event.month:<9}{money(event.value):>16}  {where}, "
                f"{names.sector(event.sector)}; lacks {missing}"
            )
    return "\n".join(lines)


def between_record(pair: PairedRuns, deal: str | None) -> dict[str, Any]:
    """Return what :func:`between_of` tells of a deal, or :func:`between_table` of all, as data.

    Raises
    ------
    InputError
        If neither world has such a project.
    """
    paired = _PairedEvents(pair)
    found = lone_deals(paired.sides)
    if deal is None:
        first = paired.sides.parting
        parting = first and {
            "world": pair.names[first[0]],
            "event": _record(paired.event(*first)),
        }
        return {"parting": parting, "deals": [_lone_record(paired, one) for one in found]}
    lone = {paired.project(one): one for one in found}
    project = _project(pair, deal, lone)
    if project not in lone:
        ends = []
        for events in paired.events:
            own = [event for event in events.values() if event.project == project]
            ends.append(_record(own[-1] if own else None))
        return {
            "project_id": project,
            "only_in": None,
            "ends": dict(zip(pair.names, ends, strict=True)),
        }
    side = lone[project].side
    life = life_record(life_of(pair.logs[side], project, pair.replicate), paired.names)
    for step in life["steps"]:
        step["in_both"] = step["event"]["event_id"] in paired.events[1 - side]
    return {**_lone_record(paired, lone[project]), **life}


def _record(event: Event | None) -> dict[str, Any] | None:
    return None if event is None else event_record(event)


def _lone_record(paired: _PairedEvents, found: LoneDeal) -> dict[str, Any]:
    """Return a deal of one world only, and what the other lacks and holds instead."""
    side, root = found.side, paired.event(found.side, found.root)
    assert root is not None
    return {
        "project_id": paired.project(found),
        "only_in": paired.pair.names[side],
        "deal": _record(paired.event(side, found.deal)),
        "lacks_first": _record(root),
        "events_lacking": found.steps,
        "instead": _record(paired.event(1 - side, found.instead)),
        "last_in_the_other": _record(paired.event(1 - side, found.fate)),
        "scenarios_differ": paired.interventions(root),
    }
