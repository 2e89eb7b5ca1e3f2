"""A comparison with a user's table: findings in sentences, figures and tables in one file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sim.core.plurals import counted
from sim.experiments.run_settings import changed_words, settings_words
from sim.report import html_page
from sim.report.figure_choice import USER_DATA, Choice, Format
from sim.report.html_page import Figure, Table
from sim.report.interval_charts import interval_words, number_words
from sim.report.phrases import capital, catalogue, phrase, whole_percent
from sim.report.user_data_figures import LABELS, MEASURES, MODEL, MOST_UNITS, drawings, shown_units

Record = Mapping[str, Any]

UNLIKELY = 0.05
"""Chance below which a departure is called more than chance."""
MOST_MISSES = 15
MOST_NAMES = 8
AS_IS = "as-is"


def range_words(found: Record) -> str:
    """Return a predictive median with its 90 % interval."""
    return interval_words({"value": found["median"], "low": found["q05"], "high": found["q95"]})


def question(record: Record) -> str:
    """Return in a sentence what is compared with what."""
    compared = record["compared"]
    return phrase(
        "user_data.question",
        meaning=capital(compared["meaning"]),
        years=_years(record),
        units=counted(compared["units"], compared["level"]),
        file=compared["file"],
        runs=counted(record["replicates"], "run"),
        scenario=record["scenario"],
    )


def _years(record: Record) -> str:
    return " to ".join(str(year) for year in dict.fromkeys(record["compared"]["years"]))


def settings(record: Record) -> str:
    """Return what was simulated, in a line."""
    return f"{settings_words(record)}. {changed_words(record)}."


def finding_sentences(record: Record) -> list[str]:
    """Return the findings, a sentence or two each."""
    total = record["total"]
    brought = record["compared"]["brought_to"] != AS_IS
    level = phrase(
        "user_data.brought" if brought else "user_data.level",
        total=number_words(total["observed"]),
        where="inside" if total["inside"] else "outside",
        range=range_words(total),
    )
    return [
        level,
        _ranking(record),
        _against_rivals(record),
        _concentration(record),
        _calibration(record),
    ]


def _ranking(record: Record) -> str:
    ranks = record["ranks"]
    mine = ranks[MODEL]["rank"]
    if mine["value"] is None:
        return phrase("user_data.no_ranking")
    true = range_words(ranks[MODEL]["if_true"])
    words = phrase("user_data.ranking", rank=interval_words(mine), if_true=true)
    rivals = {n: r for n, r in ranks.items() if n != MODEL and r["rank"]["value"] is not None}
    if not rivals:
        return words
    best = max(rivals, key=lambda name: float(rivals[name]["rank"]["value"]))
    return words + phrase(
        "user_data.best_ranking",
        name=LABELS[best],
        rank=interval_words(rivals[best]["rank"]),
        verdict=_better(rivals[best]["model_minus"], "ranks"),
    )


def _better(apart: Record, what: str) -> str:
    """Return whether the model ranks or predicts better than another prediction."""
    words = interval_words(apart)
    if apart["low"] is None or apart["low"] <= 0.0 <= apart["high"]:
        return phrase("user_data.not_told_apart", difference=words)
    how = "better" if apart["low"] > 0.0 else "worse"
    return phrase("user_data.told_apart", what=what, how=how, difference=words)


def _against_rivals(record: Record) -> str:
    """Return which rivals the model beats, draws with and loses to by their scores."""
    found = record["calibration"]["predictions"]
    told: dict[str, list[str]] = {"beats": [], "draws": [], "loses": []}
    for name, row in found.items():
        if name == MODEL:
            continue
        low, high = row["model_minus"]["low"], row["model_minus"]["high"]
        # A score is better when it is lower.
        better, worse = low is not None and high < 0.0, low is not None and low > 0.0
        told["beats" if better else "loses" if worse else "draws"].append(LABELS[name])
    words = {how: ", ".join(names) or "none" for how, names in told.items()}
    return phrase("user_data.rivals" if len(found) > 1 else "user_data.no_rivals", **words)


def _concentration(record: Record) -> str:
    rows = [row for row in record["concentration"] if row["predictions"][MODEL].get("p")]
    measures = counted(len(rows), "measure")
    parts = [
        phrase(
            "user_data.against",
            measure=MEASURES[row["measure"]],
            observed=number_words(row["observed"]),
            range=range_words(row["predictions"][MODEL]),
        )
        for row in rows
        if not row["predictions"][MODEL]["inside"]
    ]
    if not parts:
        return phrase("user_data.concentrated_as_predicted", measures=measures)
    listed = "; ".join(parts)
    return phrase("user_data.concentration", count=len(parts), measures=measures, listed=listed)


def _calibration(record: Record) -> str:
    found = record["calibration"]["predictions"]
    model = found[MODEL]
    covered = " and ".join(
        phrase("user_data.covered", share=100.0 * share, level=level)
        for level, share in model["coverage"].items()
    )
    words = phrase(
        "user_data.calibration",
        covered=covered,
        verdict="no more than" if model["p"] >= UNLIKELY else "more than",
        p=number_words(model["p"]),
    )
    rivals = {name: row for name, row in found.items() if name != MODEL}
    if not rivals:
        return words
    best = min(rivals, key=lambda name: float(rivals[name]["score"]))
    # A score is better when it is lower, so that the ends of the difference are turned round.
    value, low, high = (rivals[best]["model_minus"][end] for end in ("value", "high", "low"))
    turned = {"value": value, "low": low, "high": high}
    verdict = _better({k: v if v is None else -v for k, v in turned.items()}, "predicts")
    return words + phrase("user_data.best_calibration", name=LABELS[best], verdict=verdict)


def notices(record: Record) -> list[str]:
    """Return what a reader must know before believing the numbers."""
    compared = record["compared"]
    known = {
        "user_data.no_draws": not record["draws"],
        "user_data.only_positive": compared["only_positive"],
        "user_data.sectors_ignored": compared["sectors_ignored"],
        "user_data.not_thinned": compared["brought_to"] == "thinned" and compared["factor"] == 1.0,
    }
    found = [phrase(key, outcome=compared["outcome"]) for key, holds in known.items() if holds]
    aside, names = _aside(record), _unknown(record, "unresolved")
    return found + [phrase("user_data.aside", **aside)] * bool(compared["aside"]) + names


def _aside(record: Record) -> dict[str, str]:
    """Return how many rows were set aside, and why."""
    compared, words = record["compared"], catalogue()["set_aside_labels"]
    aside: Mapping[str, int] = compared["aside"]
    reasons = ", ".join(f"{count:,} {words[reason]}" for reason, count in aside.items())
    rows, count = counted(compared["rows"] + sum(aside.values()), "row"), sum(aside.values())
    return {"rows": rows, "count": f"{count:,}", "reasons": reasons}


def _unknown(record: Record, reason: str) -> list[str]:
    """Return the names that could not be resolved in a sentence, if any."""
    names = record["compared"]["unknown"].get(reason, [])
    told = [
        phrase("user_data.unknown_name", name=one["name"], rows=counted(one["rows"], "row"),
               nearest=f"; {one['nearest']}?" if one["nearest"] else "")
        for one in names[:MOST_NAMES]
    ] + ["…"] * (len(names) > MOST_NAMES)  # fmt: skip
    return [phrase("user_data.unknown", names=", ".join(told))] if names else []


def how(record: Record) -> dict[str, str]:
    """Return how the comparison was made, as names and what they stand for."""
    compared, draws = record["compared"], record["draws"]
    units = counted(compared["units"], compared["level"])
    scope = phrase(
        "user_data.complete" if compared["complete"] else "user_data.listed",
        units=units,
        others=compared["units"] - compared["listed"],
    )
    if compared["within"]:
        scope += f"; within {', '.join(compared['within'])}"
    left = f", {_aside(record)['count']} set aside" if compared["aside"] else ""
    form = f" ({compared['layout']})" if compared["layout"] else ""
    brought = f", {compared['brought_to']} by {compared['factor']:.3g}"
    by_country = compared["resampled"] == "countries"
    groups = "countries with all their localities" if by_country else "units"
    return {
        "Table": f"{compared['file']}, {counted(compared['rows'], 'row')}{left}{form}",
        "Units": scope,
        "Outcome": f"{compared['outcome']} ({compared['unit']}): {compared['meaning']}",
        "Years": _years(record),
        "Sectors": ", ".join(compared["sectors"]) or "all",
        "Least amount": f"US$ {compared['least']:g} million" if compared["least"] else "none",
        "Other regions": " ".join(_unknown(record, "elsewhere")) or "none",
        "Runs": settings_words(record) + brought * (compared["brought_to"] != AS_IS),
        "Scenario": changed_words(record),
        "Parameter sets": f"{draws:,}" if draws else "one, the scenario's",
        "Resamples": f"{record['resamples']:,} of {groups}",
    }


def captions(units: pd.DataFrame) -> dict[str, str]:
    """Return the captions of the figures by name."""
    few = {"shown": len(shown_units(units)), "count": len(units)}
    more = phrase("user_data.few_units", **few) if len(units) > MOST_UNITS else ""
    found = {name: str(text) for name, text in catalogue()["user_data_captions"].items()}
    return found | {"units": found["units"] + more}


def write_page(
    record: Record,
    units: pd.DataFrame,
    folder: Path,
    figures: Choice = True,
    form: str = Format.PNG,
) -> Path:
    """Write ``figures/`` and ``against.html`` into a folder; return the page.

    Which ``figures`` is as in :data:`sim.report.figure_choice.USER_DATA`, ``form`` png or svg.

    InputError or MachineError if there is no such figure, or the folder cannot be written to.
    """
    draw, words = drawings(record, units), captions(units)
    known = {name: words[name] for name in USER_DATA.every if name in draw}
    page, html = folder / "against.html", partial(comparison_page, record, units)
    chosen = figures, form
    return html_page.write_report(page, USER_DATA, chosen, known, lambda name: draw[name](), html)


def comparison_page(record: Record, units: pd.DataFrame, pictures: Mapping[str, bytes]) -> str:
    """Return the page as HTML from what ``against.json`` holds, its units, and the figures."""
    words, found = captions(units), finding_sentences(record)
    alt = dict(
        zip(("total", "ranks", "rivals", "concentration", "calibration"), found, strict=True)
    )
    figures = {
        name: Figure(held, alt.get(name, words[name]), words[name])
        for name, held in pictures.items()
    }
    return html_page.render(
        "user_data.html",
        title=phrase("user_data.title"),
        question=question(record),
        settings=settings(record),
        notices=notices(record),
        findings=found,
        figures=dict.fromkeys(words) | figures,
        misses=_misses(units),
        ranks=_rank_table(record),
        concentration=_concentration_table(record),
        calibration=_calibration_table(record),
        how=how(record),
        record=record,
        model_version=record["model_version"],
    )


def _estimate(found: Record | None) -> str:
    return "–" if found is None else interval_words(found)


def _misses(units: pd.DataFrame) -> Table:
    """Return the units that lie farthest from the runs as a table."""
    middle = (units["pit_low"] + units["pit_high"]) / 2.0
    outside = ~units["observed"].between(units["q05"], units["q95"])
    order = (middle - 0.5).abs()[outside].sort_values(ascending=False, kind="stable").index
    rows = [
        (
            f"{row['name']} ({row['unit']})",
            number_words(row["observed"]),
            range_words(dict(row)),
            "more than predicted" if row["observed"] > row["q95"] else "less than predicted",
        )
        for _, row in units.loc[order[:MOST_MISSES]].iterrows()
    ]
    caption = f"Units outside their 90 % interval: {len(order)} of {len(units)}"
    caption += f", the farthest {MOST_MISSES}" if len(order) > MOST_MISSES else ""
    return Table(caption, ("Unit", "Table", "Runs", ""), rows, (1, 2))


def _rank_table(record: Record) -> Table:
    rows = [
        [LABELS[name], _estimate(found["rank"]), _estimate(found.get("model_minus"))]
        for name, found in record["ranks"].items()
    ]
    head = ("Prediction", "Rank correlation", "Model minus this")
    return Table("Rank correlations with the table, 95 % intervals", head, rows, (1, 2))


def _concentration_table(record: Record) -> Table:
    """Return measures of concentration as a table, one row a prediction."""
    measures = record["concentration"]
    rows = [
        [LABELS[name], *(range_words(row["predictions"][name]) for row in measures)]
        for name in measures[0]["predictions"]
    ]
    rows.insert(0, ["the table", *(number_words(row["observed"]) for row in measures)])
    head = ("", *(MEASURES[row["measure"]] for row in measures))
    caption = "Concentration: predictive medians with 90 % intervals"
    return Table(caption, head, rows, range(1, len(head)))


def _calibration_table(record: Record) -> Table:
    """Return coverage, departure from uniform and scores as a table."""
    found = record["calibration"]["predictions"]
    true = found[MODEL]["coverage_if_true"]
    rows = []
    for name, row in found.items():
        shares = [whole_percent(share) for share in row["coverage"].values()]
        p = number_words(row["p"]) if "p" in row else ""
        cells = [number_words(row["departure"]), p, number_words(row["score"])]
        rows.append([LABELS[name], *shares, *cells, _estimate(row.get("model_minus"))])
    ends = [f"{100.0 * t['q05']:.0f} to {100.0 * t['q95']:.0f} %" for t in true.values()]
    rows.append(["were the model true", *ends, "", "", "", ""])
    head = (
        *("Prediction", *(f"In the {level} % interval" for level in true)),
        *("Departure from uniform", "p", "Score", "Model's score minus this"),
    )
    caption = "Calibration, and the mean ranked probability score (lower is better)"
    return Table(caption, head, rows, range(1, len(head)))
