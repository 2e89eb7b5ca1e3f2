"""The page docs/mechanisms.md: what carries each claim, how it is checked and what came of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from calibration.claims.claim import REPLICATES, Claim, ClaimExperiment
from calibration.claims.effect_inference import SHOWN
from sim.core.parameters import PARAMETERS
from sim.core.plurals import counted
from sim.report.claims_page import counted_verdicts, share_words, threshold_words
from sim.report.interval_charts import interval_words

Record = Mapping[str, Any]

_NOTICE = "<!-- Written by docs/generate.py from patterns.toml and results/reference/. -->"

_INTRODUCTION = """\
The report (Myers 2020, *Going Local*) makes {count} causal claims about China's subnational
outreach. Each has a switch in the model and a pattern that must follow from it.
`paradiplomacy patterns` runs the model with the mechanism and without, in paired worlds at a
hundred draws of the free parameters from the posterior, and compares; `make patterns` renews this
page. A draw shows a claim if the pattern with the mechanism lies where it should and the paired
effect has the sign claimed. A claim is *shown* if 90 % of the draws show it and the pattern does
not hold in as many without the mechanism, *weak* if half of them do, *contrary* if at 90 % the
effect has the other sign, and otherwise *not shown*. Where nothing at all is left without the
mechanism, the control is zero by construction: it is no evidence, and the pattern alone decides.
Numbers are medians over the draws, with the interval of nine draws in ten.

A verdict is about the model, not about the world. The rules were written from these claims, and
the experiments, switches and thresholds were settled with the model's results in sight. *Shown*
therefore says that a mechanism does here what the report says of it and that nothing else in the
model does it instead. It is no evidence that the claim is true."""


def mechanisms_page(claims: Sequence[Claim], record: Record | None) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    claims
        All claims.
    record
        What ``patterns.json`` holds; None if the claims have not been checked yet.
    """
    rows = {row["id"]: row for row in record["claims"]} if record is not None else {}
    parts = ["# Where each claim lives, and whether the model shows it", _NOTICE]
    parts += [_INTRODUCTION.format(count=len(claims)), *_summary(claims, record, rows)]
    parts.append(_table(claims, rows))
    parts += [part for claim in claims for part in _section(claim, rows.get(claim.id))]
    return "\n\n".join(parts) + "\n"


def _summary(
    claims: Sequence[Claim], record: Record | None, rows: Mapping[str, Record]
) -> list[str]:
    """Return the verdicts counted and the claims that are not shown, as findings."""
    if record is None:
        return ["The claims have not been checked yet."]
    latest = f"Latest check, of model {record['model_version']}, with seed {record['seed']}"
    parts = [f"{latest}: {counted_verdicts(record)}"]
    open_ = [claim for claim in claims if rows.get(claim.id, {}).get("verdict") != SHOWN]
    if not open_:
        return [*parts, "Every claim is shown."]
    lines = [f"- **{c.id} {c.title}**: {_verdict_text(c, rows.get(c.id))}" for c in open_]
    return [*parts, "## Findings: what is not shown", "\n".join(lines)]


def _anchor(claim: Claim) -> str:
    """Return the anchor that a claim's heading has on the site and where Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", f"{claim.id} {claim.title}".lower()).replace(" ", "-")


def _verdict_text(claim: Claim, row: Record | None) -> str:
    """Return the verdict on a claim in words."""
    if claim.not_expressed is not None:
        return f"not expressed. {claim.not_expressed}"
    if row is None:
        return "not checked yet."
    sign = "negative" if row["direction"] == "-" else "positive"
    return (
        f"{row['verdict']}, {share_words(row)}. With the mechanism {interval_words(row['with'])}, "
        f"without it {interval_words(row['without'])}, "
        f"should be {threshold_words(row)} ({row['unit']}); "
        f"effect {interval_words(row['effect'])}, should be {sign}."
    )


def _table(claims: Sequence[Claim], rows: Mapping[str, Record]) -> str:
    lines = [
        "## All claims",
        "",
        "| | claim | verdict | shown at | effect [90 % of draws] |",
        "|---|---|---|---|---|",
    ]
    for claim in claims:
        row = rows.get(claim.id)
        verdict = row["verdict"] if row else "not checked yet"
        effect = interval_words(row["effect"]) if row else ""
        at = share_words(row) if row else ""
        title = claim.title.replace("|", "\\|")
        lines.append(f"| [{claim.id}](#{_anchor(claim)}) | {title} | {verdict} | {at} | {effect} |")
    return "\n".join(lines)


def _section(claim: Claim, row: Record | None) -> list[str]:
    """Return the part of the page about one claim."""
    facts = [
        f"- Report: {claim.section}",
        f"- Lives in: {_places(claim.where)}",
        f"- Parameters: {', '.join(_parameter(name) for name in claim.parameters) or 'none'}",
        f"- Pattern: {claim.pattern}",
    ]
    if claim.experiment is not None:
        facts.append(f"- Check: {_check(claim, claim.experiment)}")
    facts.append(f"- Verdict: {_verdict_text(claim, row)}")
    head = f"## {claim.id} {claim.title}"
    return [head, claim.claim, "\n".join(facts)]


def _places(where: Iterable[str]) -> str:
    """Return files with their functions, each file once."""
    by_file: dict[str, list[str]] = {}
    for place in where:
        file, _, name = place.partition(":")
        by_file.setdefault(file, []).append(f"`{name}`")
    named = (f"`{file}`: {', '.join(names)}" for file, names in by_file.items())
    return "; ".join(named) or "nowhere"


def _parameter(name: str) -> str:
    entry = PARAMETERS[name]
    return f"`{name}` ({entry.default:g} {entry.unit})"


def _check(claim: Claim, experiment: ClaimExperiment) -> str:
    """Return the experiment and the check in words."""
    runs = experiment.replicates or REPLICATES
    words = [
        f"`{claim.statistic}` ({claim.measure.unit}): {claim.measure.meaning.rstrip('.')}",
        f"{experiment.start} to {experiment.end}",
        f"{counted(runs, 'run')} of each world at a draw",
    ]
    common = _changed(experiment.world, experiment.interventions)
    if common:
        words.append(f"everywhere {common}")
    words.append(f"the mechanism is switched off by {_changed(experiment.without, ())}")
    change = experiment.change
    if change is not None:
        control = _changed(change.against, change.against_interventions) or "the defaults"
        treated = _changed(change.parameters, change.interventions)
        verb = "relative to" if experiment.contrast == "ratio" else "minus"
        words.append(f"the pattern is that of {treated} {verb} that of {control}")
    thresholds = threshold_words({"above": claim.above, "below": claim.below})
    words.append(f"with the mechanism it must lie {thresholds}")
    return "; ".join(words) + "."


def _changed(parameters: Mapping[str, float], interventions: Sequence[Record]) -> str:
    """Return in words what a world sets."""
    words = [f"`{name} = {value:g}`" for name, value in parameters.items()]
    kinds = Counter(_kind(order) for order in interventions)
    words += [kind if count == 1 else f"{count} of {kind}" for kind, count in kinds.items()]
    return ", ".join(words)


def _kind(order: Record) -> str:
    """Return an intervention in short words: its kind, and what it sets to what."""
    shown = [
        f"{name} {_short(value)}"
        for name, value in order.items()
        if name not in ("kind", "note", "id")
    ]
    return f"*{order.get('kind', 'intervention')}* ({', '.join(shown)})"


def _short(value: object) -> str:
    """Return a value, and of long lists the number of items."""
    if isinstance(value, list):
        return f"each of {len(value)}" if len(value) > 6 else "/".join(str(item) for item in value)
    return str(value)
