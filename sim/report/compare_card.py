"""The card of a comparison: what changes and how sure that is, on one screen."""

from __future__ import annotations

from html import escape
from textwrap import shorten, wrap
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.run_settings import changed_words, settings_words, titled
from sim.experiments.stopwatch import took_words
from sim.report.compare_text import (
    INTERVAL,
    EffectText,
    changes_words,
    deals_words,
    divergence_words,
    effects_of,
    identical_words,
)
from sim.report.event_phrases import EventDescriber
from sim.report.run_card import CAUTION, KEYS, WIDTH

if TYPE_CHECKING:
    from sim.experiments.comparison.paired_comparison import ComparisonTables

INNER = WIDTH - 4


def compare_card(comparison: ComparisonTables) -> str:
    """Return a comparison as plain text of at most 80 columns, a block a what-if."""
    names = EventDescriber(comparison.world)
    blocks = [_heading(comparison)]
    for label in comparison.labels:
        blocks.append(_what_if(comparison, label))
        if label in comparison.identical:
            blocks.append(wrap(identical_words(comparison, label), INNER))
            continue
        effects = effects_of(comparison, label)
        blocks.append([*_table(effects), *_unclear(effects)])
        texts = [divergence_words(comparison, label, names), deals_words(comparison, label)]
        blocks.append([line for text in texts for line in wrap(text, INNER)])
    blocks.append(_ending(comparison))
    edge = "─" * (WIDTH - 2)
    lines = [f"┌{edge}┐"]
    for number, block in enumerate(blocks):
        if number:
            lines.append(f"├{edge}┤")
        lines += [f"│ {line[:INNER]:<{INNER}} │" for line in block]
    return "\n".join([*lines, f"└{edge}┘"])


def _heading(comparison: ComparisonTables) -> list[str]:
    base = comparison.baseline
    text = changed_words(comparison.simulated)
    return [
        shorten(f"Baseline: {titled(base)}", INNER, placeholder=" …"),
        settings_words(comparison.simulated, "paired run")[:INNER],
        *wrap(text, INNER, max_lines=2, placeholder=" …"),
    ]


def _what_if(comparison: ComparisonTables, label: str) -> list[str]:
    scenario = comparison.what_ifs[label]
    return [
        shorten(f"What if: {scenario.title} ({label})", INNER, placeholder=" …"),
        shorten(f"Changed: {changes_words(comparison, label)}", INNER, placeholder=" …"),
    ]


def _table(effects: dict[str, EffectText]) -> list[str]:
    head = f"{'Region, per run':<27}{'baseline':>9}{'change':>9}"
    lines = [f"{head}  {INTERVAL:<18}{'sure':>11}"]
    for key in KEYS:
        effect = effects[key.name]
        unit = key.unit.replace("US$ billion", "US$ bn")
        words = shorten(f"{effect.words}, {unit}" if unit else effect.words, 27, placeholder="…")
        sure = effect.sure.partition(", ")[2].replace("over ", ">")
        mark = sure if effect.distinguishable else "may be none"
        lines.append(
            f"{words:<27}{effect.baseline:>9}{effect.difference:>9}  "
            f"{effect.interval:<18}{mark:>11}"
        )
    return lines


def _unclear(effects: dict[str, EffectText]) -> list[str]:
    """Say of the key outcomes that may not differ at all what it would take to know."""
    unclear = [effects[key.name] for key in KEYS if not effects[key.name].distinguishable]
    lines = []
    for effect in unclear[:3]:
        lines += wrap(f"{effect.words}: {effect.none_words}.", INNER, subsequent_indent="  ")
    if len(unclear) > 3:
        lines.append(f"and {len(unclear) - 3} more that may be none; see effects.csv.")
    return lines


def _ending(comparison: ComparisonTables) -> list[str]:
    version = comparison.manifest["model_version"]
    gain = comparison.effects.loc[comparison.effects["outcome"] == "deals", "gain"]
    text = ", ".join(f"{value:,.0f}×" for value in gain if np.isfinite(value))
    lines = [took_words(comparison.manifest["seconds"])[:INNER], f"model {version}"[:INNER]]
    if text:
        words = f"Deals: variance of independent over paired differences {text}"
        lines.append(shorten(words, INNER, placeholder=" …"))
    return [*lines, CAUTION[:INNER]]


def card_html(comparison: ComparisonTables) -> str:
    """Return a comparison as a fragment of HTML, for notebooks."""
    base = comparison.baseline
    made = f"model {comparison.manifest['model_version']}"
    what = f"{settings_words(comparison.simulated, 'paired run')} · {made}. "
    what += f"{changed_words(comparison.simulated)}."
    parts = [f"<div><strong>Compared with: {escape(titled(base))}</strong><br>"]
    parts.append(f"<small>{escape(what)}</small>")
    names = EventDescriber(comparison.world)
    for label in comparison.labels:
        title = comparison.what_ifs[label].title
        parts.append(f"<p><strong>{escape(title)}</strong> ({escape(label)})<br>")
        parts.append(f"{escape(changes_words(comparison, label))}</p>")
        if label in comparison.identical:
            parts.append(f"<p>{escape(identical_words(comparison, label))}</p>")
            continue
        parts.append(_html_table(effects_of(comparison, label)))
        parts.append(f"<p>{escape(divergence_words(comparison, label, names))}</p>")
    return "".join([*parts, f"<small>{escape(CAUTION)}</small></div>"])


def _html_table(effects: dict[str, EffectText]) -> str:
    head = ("", "baseline", "change", INTERVAL, "unit", "direction")
    top = "".join(f"<th scope='col'>{escape(word)}</th>" for word in head)
    rows = []
    for key in KEYS:
        effect = effects[key.name]
        shade = "" if effect.distinguishable else " style='color:#767676'"
        sure = effect.sure if effect.distinguishable else f"{effect.sure}: may be none"
        cells = (effect.baseline, effect.difference, effect.interval, effect.unit, sure)
        rows.append(
            f"<tr{shade}><th scope='row' style='text-align:left'>{escape(effect.words)}</th>"
            + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            + "</tr>"
        )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
