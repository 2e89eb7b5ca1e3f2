"""Cards: what was run, compared or swept and what came of it, on one screen of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.core.plurals import counted
from sim.experiments.run_settings import changed_words, settings_words, titled
from sim.experiments.stopwatch import took_words
from sim.report.compare_text import (
    INTERVAL,
    changes_words,
    deals_words,
    divergence_words,
    effects_of,
    identical_words,
)
from sim.report.display_names import CARD_OUTCOMES, Names, OutcomeLabel
from sim.report.event_phrases import EventDescriber
from sim.report.phrases import phrase
from sim.report.run_summaries import key_rows, locality_spreads, most_deals, places_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.experiments.comparison.paired_comparison import ComparisonTables
    from sim.experiments.run import RunTables
    from sim.experiments.sweep import Sweep

WIDTH = 80
INNER = WIDTH - 4
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
    """Return a run on one screen: 80 columns of plain text."""
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
    made = phrase("card.driver", driver=run.driver, version=run.manifest["model_version"])
    return card(
        [
            [
                _line(titled(run.scenario)),
                *_few(run.scenario.question),
                settings_words(run.simulated),
                *_few(changed_words(run.simulated)),
            ],
            outcomes,
            _few(most_deals(run), 3),
            places,
            [took_words(run.manifest["seconds"]), made, phrase("card.caution")],
        ]
    )


def compare_card(comparison: ComparisonTables) -> str:
    """Return a comparison as 80 columns of plain text, some blocks a what-if."""
    names = EventDescriber(comparison.world)
    blocks = [
        [
            _line(phrase("card.baseline", title=titled(comparison.baseline))),
            settings_words(comparison.simulated, "paired run"),
            *_few(changed_words(comparison.simulated)),
        ]
    ]
    for label in comparison.labels:
        title, changes = comparison.what_ifs[label].title, changes_words(comparison, label)
        head = phrase("card.what_if", title=title, label=label)
        blocks.append([_line(head), _line(phrase("card.changed", changes=changes))])
        if label in comparison.identical:
            blocks.append(wrap(identical_words(comparison, label), INNER))
            continue
        blocks.append(_effects(comparison, label))
        texts = divergence_words(comparison, label, names), deals_words(comparison, label)
        blocks.append([line for text in texts for line in wrap(text, INNER)])
    gain = comparison.effects.loc[comparison.effects["outcome"] == "deals", "gain"]
    gains = ", ".join(f"{value:,.0f}×" for value in gain if np.isfinite(value))
    version = comparison.manifest["model_version"]
    ending = [took_words(comparison.manifest["seconds"]), phrase("card.model", version=version)]
    ending += [_line(phrase("card.gain", gains=gains))] if gains else []
    return card([*blocks, [*ending, phrase("card.caution")]])


def _effects(comparison: ComparisonTables, label: str) -> list[str]:
    """Return the key outcomes of a what-if, and what it would take to know of unclear ones."""
    layout = "{:<27}{:>9}{:>9}  {:<18}{:>11}"
    lines = [layout.format("Region, per run", "baseline", "change", INTERVAL, "sure")]
    effects, unclear = effects_of(comparison, label), []
    for effect in (effects[outcome.name] for outcome in CARD_OUTCOMES):
        words = shorten(effect.label.replace("US$ billion", "US$ bn"), 27, placeholder="…")
        sure = effect.sure.partition(", ")[2].replace("over ", ">")
        sure = sure if effect.distinguishable else "may be none"
        cells = effect.baseline, effect.difference, effect.interval, sure
        lines.append(layout.format(words, *cells))
        unclear += [] if effect.distinguishable else [effect]
    for effect in unclear[:3]:
        text = f"{effect.words}: {effect.none_words}."
        lines += wrap(text, INNER, subsequent_indent="  ")
    more = len(unclear) - 3
    return [*lines, *([phrase("card.more_unclear", count=more)] if more > 0 else [])]


def sweep_card(sweep: Sweep) -> str:
    """Return what was swept, how far it is, and how outcomes range over the points, as text."""
    plan, status = sweep.plan, sweep.status
    well, runs = status.done - status.failed, counted(status.runs, "run")
    said = {"points": counted(status.points, "point"), "kind": sweep.design.kind}
    counts = {"runs": runs, "done": well, "failed": status.failed, "left": status.left}
    lines = [
        phrase("sweep.title", title=titled(plan.scenario)),
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
            cells = (_mean(outcome, ends[end]) for end in ENDS)
            lines.append(layout.format(outcome.words, *cells, outcome.unit).rstrip())
        lines += ["", phrase("card.caution")]
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


def _mean(outcome: OutcomeLabel, value: float | None) -> str:
    """Return a mean as its outcome is shown; small ones keep a decimal."""
    if value is None:
        return "none"
    scaled = outcome.scale * value
    return (outcome.pattern if abs(scaled) >= _ROUND else "{:,.1f}").format(scaled)


def _failures(sweep: Sweep) -> list[str]:
    """Return the first failures; all of them are in the column ``error``."""
    failures = sweep.failures
    lines = [
        "  " + shorten(phrase("sweep.failure", **dict(row)), WIDTH - 2, placeholder=" …")
        for _, row in failures.head(_FAILURES_SHOWN).iterrows()
    ]
    lines += ["  …"] if len(failures) > _FAILURES_SHOWN else []
    return [phrase("sweep.failed", runs=counted(len(failures), "run")), *lines]
