"""Cards: what was run, compared or swept and what came of it, on one screen of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.core.plurals import counted
from sim.experiments.comparison.paired_comparison import ComparisonTables
from sim.experiments.run import RunTables
from sim.experiments.run_settings import changed_words, settings_words, titled
from sim.experiments.sender_words import sender_words
from sim.experiments.stopwatch import took_words
from sim.experiments.sweep import Sweep
from sim.report.biography import RULE, example_of, headline, story_title, timeline_lines
from sim.report.compare_text import (
    CASES,
    EffectText,
    certainty_words,
    changes_words,
    deals_words,
    divergence_words,
    effects_at,
    effects_of,
    identical_words,
    place_name,
    places_changed,
)
from sim.report.display_names import CARD_OUTCOMES, Names, OutcomeLabel
from sim.report.event_phrases import EventDescriber
from sim.report.line_breaks import wrap
from sim.report.locality_timeline import documented_in, visits_on_record
from sim.report.phrases import caution, phrase, sides_words
from sim.report.run_summaries import (
    key_rows,
    locality_spreads,
    most_deals,
    places_of,
    spread,
)

if TYPE_CHECKING:
    from rich.console import RenderableType


WIDTH = 80
INNER = WIDTH - 4
PLACE_ROWS = (
    ("Visits either way", "visits", ""),
    ("Twinnings", "twinnings", "twinning"),
    ("Memoranda signed", "memoranda", "memorandum"),
    ("Deals formed", "deals", "deal"),
    ("Value, US$ million", "deal_value_usd_m", ""),
)
"""Outcomes of a place on its card: words, name and kind on record."""
_STORY_LINES = 18
ENDS = ("lowest", "middle", "highest")
_FAILURES_SHOWN = 3
_ROUND = 10.0


def card(blocks: Iterable[Sequence[str]]) -> str:
    """Return blocks of lines in one frame of 80 columns; what is longer than a line is cut."""
    from rich.box import SQUARE
    from rich.table import Table
    from rich.text import Text

    frame = Table(box=SQUARE, show_header=False, show_lines=True, width=WIDTH)
    for block in blocks:
        frame.add_row(Text("\n".join(block), no_wrap=True, overflow="ellipsis"))
    return _printed(frame, WIDTH)


def aligned(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table as lines, its columns flush right but for the first and the last."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    for place in range(len(head)):
        grid.add_column(justify="left" if place in {0, len(head) - 1} else "right", no_wrap=True)
    for row in (head, *rows):
        grid.add_row(*row)
    return [f"  {line.rstrip()}" for line in _printed(grid, 500).splitlines()]


def _printed(thing: RenderableType, width: int) -> str:
    from rich.console import Console

    out = StringIO()
    console = Console(file=out, width=width, color_system=None, markup=False, emoji=False)
    console.print(thing)
    return out.getvalue().rstrip("\n")


def _line(text: str) -> str:
    return shorten(text, INNER, placeholder=" …")


def _few(text: str, most: int = 2) -> list[str]:
    return wrap(text, INNER, max_lines=most, placeholder=" …")


def run_card(run: RunTables) -> str:
    """Return a run on one screen: 80 columns of plain text.

    A scenario that looks at places tells of them, with the first one's record and the story of a
    deal there; any other of the region.
    """
    scenario = sender_words(run.world).scenario(run.scenario)
    head = [
        _line(titled(scenario)),
        *_few(scenario.question),
        *([] if run.world.is_shipped else _few(sides_words(run.world))),
        settings_words(run.simulated),
        *_few(changed_words(run.simulated)),
    ]
    made = phrase("card.driver", driver=run.driver, version=run.manifest["model_version"])
    ending = [took_words(run.manifest["seconds"]), made, caution(run.world.digest)]
    told = _case_blocks(run) if run.scenario.focus else _region_blocks(run)
    return card([head, *told, ending])


def _case_blocks(run: RunTables) -> list[list[str]]:
    """Return the places looked at, each beside its record, a story, and the region in short."""
    names = EventDescriber(run.world)
    blocks = [
        [f"{names.full_place(code)} ({code})", *_beside_record(run, code)]
        for code in run.scenario.focus
    ]
    life = example_of(run, run.scenario.focus[0])
    if life is not None:
        _, _, told = "\n".join(timeline_lines(life, names)).partition(f"{RULE}\n")
        lines = told.splitlines()
        if len(lines) > _STORY_LINES:
            lines = [*lines[: _STORY_LINES // 3], "…", *lines[-2 * _STORY_LINES // 3 :]]
        who = phrase("biography.project", project=life.project, replicate=life.replicate)
        blocks.append([f"{story_title(life)}: {headline(life, names)[0]}", who, *lines])
    deals = spread(run.per_run["deals"]).words()
    region = phrase("card.region", deals=deals), most_deals(run)
    return [*blocks, [line for text in region for line in _few(text, 3)]]


def _beside_record(run: RunTables, code: str) -> list[str]:
    """Return what runs show of a place, and what is on record, in rows."""
    layout, found = "{:<20}{:>7}  {:<14}{}", locality_spreads(run, code)
    facts = documented_in(run, code)
    lines = [layout.format("Per run", "median", "90 % interval", "on record")]
    for words, name, kind in PLACE_ROWS:
        dates = facts.loc[facts["kind"] == kind, "date"]
        record = f"{len(dates)}, first {dates.iloc[0]}" if len(dates) else ""
        record = visits_on_record(run, code) if name == "visits" else record
        first, *more = wrap(record, INNER - 43) or [""]
        lines.append(layout.format(words, *found[name].cells(), first).rstrip())
        lines += [" " * 43 + text for text in more]
    share = f"{100 * found['with_deal'].mean:.0f} %"
    return [*lines, layout.format("Runs with a deal", share, "", "").rstrip()]


def _region_blocks(run: RunTables) -> list[list[str]]:
    """Return outcomes of the region, the countries with most deals, and some places."""
    layout = "{:<30}{:>10}   {:<21}{}"
    head = ("Region, per run", "median", "90 % interval", "unit")
    outcomes = [layout.format(*row).rstrip() for row in (head, *key_rows(run))]
    names, layout = Names(run.world), "{:<24}{:<16}{:<12}{:<11}{}"
    places = [layout.format("Place", "visits", "twinnings", "deals", "with a deal")]
    for code in places_of(run):
        found = locality_spreads(run, code)
        name = shorten(f"{names.place(code, None)} ({code})", 23, placeholder="…")
        cells = (found[key].words(join="–") for key in ("visits", "twinnings", "deals"))
        places.append(layout.format(name, *cells, f"{100 * found['with_deal'].mean:.0f} % of runs"))
    return [outcomes, _few(most_deals(run), 3), *([places] if places[1:] else [])]


def compare_card(comparison: ComparisonTables) -> str:
    """Return a comparison as 80 columns of plain text, some blocks a what-if."""
    names, words = EventDescriber(comparison.world), sender_words(comparison.world)
    blocks = [
        [
            _line(phrase("card.baseline", title=titled(words.scenario(comparison.baseline)))),
            settings_words(comparison.simulated, "paired run"),
            *_few(changed_words(comparison.simulated)),
        ]
    ]
    for label in comparison.labels:
        title = words.scenario(comparison.what_ifs[label]).title
        changes = changes_words(comparison, label)
        head = phrase("card.what_if", title=title, label=label)
        blocks.append([_line(head), *_few(phrase("card.changed", changes=changes), 4)])
        if label in comparison.identical:
            blocks.append(wrap(identical_words(comparison, label), INNER))
            continue
        blocks.append(_effects(comparison, label))
        for place in places_changed(comparison, label):
            head = phrase("card.at_place", place=place_name(place, names))
            blocks.append(_effect_rows(head, effects_at(comparison, label, place)))
        texts = divergence_words(comparison, label, names), deals_words(comparison, label)
        blocks.append([line for text in texts for line in wrap(text, INNER)])
    gain = comparison.effects.loc[comparison.effects["outcome"] == "deals", "gain"]
    gains = ", ".join(f"{value:,.0f}×" for value in gain if np.isfinite(value))
    version = comparison.manifest["model_version"]
    ending = [took_words(comparison.manifest["seconds"]), phrase("card.model", version=version)]
    ending += [_line(phrase("card.gain", gains=gains))] if gains else []
    return card([*blocks, [*ending, *wrap(certainty_words(comparison), INNER)]])


def _effects(comparison: ComparisonTables, label: str) -> list[str]:
    """Return the key outcomes of a what-if, and what it would take to know of unclear ones."""
    known = effects_of(comparison, label)
    effects = [known[outcome.name] for outcome in CARD_OUTCOMES]
    lines = _effect_rows(phrase("card.region_per_run"), effects)
    unclear = [effect for effect in effects if not effect.distinguishable]
    for effect in unclear[:3]:
        text = f"{effect.words}: {effect.none_words}."
        lines += wrap(text, INNER, subsequent_indent="  ")
    more = len(unclear) - 3
    return [*lines, *([phrase("card.more_unclear", count=more)] if more > 0 else [])]


def _effect_rows(head: str, effects: Iterable[EffectText]) -> list[str]:
    """Return effects in rows below their heads; a label that is too long goes on below."""
    layout, width = "{:<27}{:>9}{:>9}  {:<18}{:>11}", 27
    head = head if len(head) < width else f"{head[: width - 2]}…"
    lines = [layout.format(head, "baseline", "change", CASES.lower(), "probability")]
    for effect in effects:
        words, *more = wrap(effect.label.replace("US$ billion", "US$ bn"), width - 1)
        likelier = effect.likelier.replace(" in all runs", "").replace(": at least ", " >")
        cells = effect.baseline, effect.difference, effect.cases
        likelier = likelier.replace(" %", "%").replace(":", "")
        lines += [layout.format(words, *cells, likelier), *(f"  {text}" for text in more)]
    return lines


def sweep_card(sweep: Sweep) -> str:
    """Return what was swept, how far it is, and how outcomes range over the points, as text."""
    plan, status = sweep.plan, sweep.status
    spoken = sender_words(sweep.world)
    well, runs = status.done - status.failed, counted(status.runs, "run")
    said = {"points": counted(status.points, "point"), "kind": sweep.design.kind}
    counts = {"runs": runs, "done": well, "failed": status.failed, "left": status.left}
    lines = [
        phrase("sweep.title", title=titled(spoken.scenario(plan.scenario))),
        *([phrase("sweep.unfinished", points=status.points_text)] if status.left else []),
        phrase("sweep.points", **said, description=sweep.design.description),
        phrase("sweep.settings", settings=settings_words(plan.simulated)),
        changed_words(plan.simulated),
        phrase("sweep.runs", **counts),
        *(phrase("sweep.note", note=note) for note in sweep.notes),
        *(phrase("sweep.set_aside", file=d.file, reason=d.reason) for d in sweep.damages),
    ]
    if well:
        layout = "{:<34}{:>12}{:>12}{:>12}  {}"
        lines += ["", layout.format("Means over replicates, by point", *ENDS, "").rstrip()]
        for outcome, ends in zip(CARD_OUTCOMES, ranges(sweep).values(), strict=True):
            cells = _means(outcome, [ends[end] for end in ENDS])
            lines.append(layout.format(spoken(outcome.words), *cells, outcome.unit).rstrip())
        lines += ["", caution(plan.world_digest)]
    return "\n".join([*lines, *(["", *_failures(sweep)] if status.failed else [])])


def ranges(sweep: Sweep) -> dict[str, Any]:
    """Return the lowest, middle and highest point of each key outcome, means over replicates."""
    means = sweep.means([outcome.name for outcome in CARD_OUTCOMES])
    result: dict[str, Any] = {}
    for name in means.columns:
        known = means[name].dropna().to_numpy()
        ends = (known.min(), np.median(known), known.max()) if len(known) else (None,) * 3
        result[name] = dict(zip(ENDS, ends, strict=True))
    return result


def _means(outcome: OutcomeLabel, values: Sequence[float | None]) -> list[str]:
    """Return means as their outcome is shown; where one is small, all keep a decimal."""
    scaled = [None if value is None else outcome.scale * value for value in values]
    small = any(value is not None and abs(value) < _ROUND for value in scaled)
    pattern = "{:,.1f}" if small else outcome.pattern
    return ["none" if value is None else pattern.format(value) for value in scaled]


def _failures(sweep: Sweep) -> list[str]:
    """Return the first failures; all of them are in the column ``error``."""
    failures = sweep.failures
    lines = [
        "  " + shorten(phrase("sweep.failure", **dict(row)), WIDTH - 2, placeholder=" …")
        for _, row in failures.head(_FAILURES_SHOWN).iterrows()
    ]
    lines += ["  …"] if len(failures) > _FAILURES_SHOWN else []
    return [phrase("sweep.failed", runs=counted(len(failures), "run")), *lines]
