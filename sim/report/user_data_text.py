"""What a comparison with a user's table says, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.core.plurals import counted
from sim.experiments.run_settings import changed_words, settings_words
from sim.report.interval_charts import interval_words, number_words
from sim.report.user_data_figures import LABELS, MEASURES, MODEL

Record = Mapping[str, Any]

UNLIKELY = 0.05
"""Chance below which a departure is called more than chance."""


def _units(record: Record, count: int) -> str:
    level = record["compared"]["level"]
    return counted(count, level)


def range_words(found: Record) -> str:
    """Return a predictive median with its 90 % interval."""
    return interval_words({"value": found["median"], "low": found["q05"], "high": found["q95"]})


def question(record: Record) -> str:
    """Return in a sentence what is compared with what."""
    compared = record["compared"]
    first, last = compared["years"]
    years = f"{first} to {last}" if first != last else f"{first}"
    return (
        f"{compared['meaning'][:1].upper()}{compared['meaning'][1:]}, {years}, in "
        f"{_units(record, compared['units'])}: {compared['file']} beside "
        f"{counted(record['replicates'], 'run')} of {record['scenario']}."
    )


def settings(record: Record) -> str:
    """Return what was simulated, in a line."""
    return f"{settings_words(record)}. {changed_words(record)}."


def finding_sentences(record: Record) -> list[str]:
    """Return the findings, a sentence or two each."""
    return [
        _total(record),
        _ranking(record),
        _given_size(record),
        _concentration(record),
        _calibration(record),
    ]


def _total(record: Record) -> str:
    total = record["total"]
    where = "inside" if total["inside"] else "outside"
    return (
        f"Level: the table has {number_words(total['observed'])} in all, {where} the 90 % "
        f"interval of the runs, {range_words(total)}."
    )


def _ranking(record: Record) -> str:
    ranks = record["ranks"]
    mine = ranks[MODEL]["rank"]
    if mine["value"] is None:
        return "Ranking: the model or the table has all units equal, so nothing can be ranked."
    words = (
        f"Ranking: the model's means and the table correlate by ranks with {interval_words(mine)}. "
        f"Were the model true, chance would leave {range_words(ranks[MODEL]['if_true']['rank'])}."
    )
    naive = {n: r for n, r in ranks.items() if n != MODEL and r["rank"]["value"] is not None}
    if not naive:
        return words
    best = max(naive, key=lambda name: float(naive[name]["rank"]["value"]))
    apart = naive[best]["model_minus"]
    return (
        f"{words} The best naive predictor, {LABELS[best]}, has "
        f"{interval_words(naive[best]['rank'])}; {_better(apart, 'ranks better', 'ranks worse')}."
    )


def _better(apart: Record, better: str, worse: str) -> str:
    """Return whether the model can be told from another prediction."""
    words = f"difference in the model's favour {interval_words(apart)}"
    if apart["low"] is None or apart["low"] <= 0.0 <= apart["high"]:
        return f"the model cannot be told from it ({words})"
    return f"the model {better if apart['low'] > 0.0 else worse} ({words})"


def _given_size(record: Record) -> str:
    found = record["ranks"][MODEL]["partial"]
    if found["value"] is None:
        return "Beyond size: the correlation given GDP is not defined here."
    if found["low"] is not None and found["low"] > 0.0:
        words = "so the model says more than size does"
    elif found["high"] is not None and found["high"] < 0.0:
        words = "so beyond size the model points the wrong way"
    else:
        words = "which cannot be told from nothing beyond size"
    return (
        f"Beyond size: given GDP, the model's rank correlation is {interval_words(found)}, {words}."
    )


def _concentration(record: Record) -> str:
    rows = [row for row in record["concentration"] if row["predictions"][MODEL].get("p")]
    out = [row for row in rows if not row["predictions"][MODEL]["inside"]]
    measures = counted(len(rows), "measure")
    if not out:
        return (
            f"Concentration: none of {measures} of the table lies outside the 90 % interval of "
            "the runs."
        )
    parts = [
        f"{MEASURES[row['measure']]} {number_words(row['observed'])} against "
        f"{range_words(row['predictions'][MODEL])}"
        for row in out
    ]
    return (
        f"Concentration: {len(out)} of {measures} outside the 90 % interval of the runs: "
        f" {'; '.join(parts)}."
    )


def _calibration(record: Record) -> str:
    found = record["calibration"]["predictions"]
    model = found[MODEL]
    covered = " and ".join(
        f"{100.0 * s:.0f} % lie in the {level} % interval" for level, s in model["coverage"].items()
    )
    verdict = "no more than" if model["p"] >= UNLIKELY else "more than"
    words = (
        f"Calibration: of the units {covered}. "
        f"The departure from uniform is {verdict} chance explains (p = {number_words(model['p'])})."
    )
    naive = {name: row for name, row in found.items() if name != MODEL}
    if not naive:
        return words
    best = min(naive, key=lambda name: float(naive[name]["score"]))
    apart = naive[best]["model_minus"]
    turned = {
        end: None if apart[other] is None else -apart[other]
        for end, other in (("value", "value"), ("low", "high"), ("high", "low"))
    }
    verdict = _better(turned, "predicts better", "predicts worse")
    return (
        f"{words} By the ranked probability score, the best naive prediction is that by "
        f"{LABELS[best]}; {verdict}."
    )


def notices(record: Record) -> list[str]:
    """Return what a reader must know before believing the numbers."""
    compared, found = record["compared"], []
    if not record["draws"]:
        found.append(
            "Parameters are held at the scenario's values, so the intervals hold chance within "
            "the model alone and are too narrow for what is not known about it."
        )
    if compared["only_positive"]:
        found.append(
            "Every unit of the table has something in it. If units with nothing were left out, "
            "the model looks too low in those listed and concentration cannot be judged: give "
            "--complete if a unit that is not listed has nothing."
        )
    if compared["sectors_ignored"]:
        found.append(f"{compared['outcome']} has no sectors; those of the table were added up.")
    return found


def how(record: Record) -> list[tuple[str, str]]:
    """Return how the comparison was made, as names and what they stand for."""
    compared = record["compared"]
    listed, units = compared["listed"], compared["units"]
    scope = (
        f"all {_units(record, units)}; those not listed, {units - listed:,}, count as zero"
        if compared["complete"]
        else f"the {_units(record, units)} listed, no others"
    )
    if compared["within"]:
        scope += f"; within {', '.join(compared['within'])}"
    left = f", {compared['left_out']:,} left out" if compared["left_out"] else ""
    groups = (
        "countries with all their localities" if compared["resampled"] == "countries" else "units"
    )
    return [
        ("Table", f"{compared['file']}, {counted(compared['rows'], 'row')}{left}"),
        ("Units", scope),
        ("Outcome", f"{compared['outcome']} ({compared['unit']}): {compared['meaning']}"),
        ("Years", " to ".join(str(year) for year in dict.fromkeys(compared["years"]))),
        ("Sectors", ", ".join(compared["sectors"]) or "all"),
        ("Runs", settings_words(record)),
        ("Scenario", changed_words(record)),
        ("Parameter sets", f"{record['draws']:,}" if record["draws"] else "one, the scenario's"),
        ("Resamples", f"{record['resamples']:,} of {groups}"),
    ]
