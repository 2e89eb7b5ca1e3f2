"""Which figures and tables belong to which section, drawn from the numbers of the verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from calibration.inference.posterior import Posterior
from calibration.validation.page import (
    fit_figures,
    later_figures,
    left_out_parts,
    predictive_figures,
)
from calibration.validation.page.words import CAPTIONS, SECTIONS
from sim.report import markup, style
from sim.report.intervals import number_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Checks = Mapping[str, Mapping[str, Any]]
Numbers = Mapping[str, Any]
Drawn = tuple[str, str, "Axes"]
"""Section, name of the caption, and what was drawn."""

_MOST_PAIRS = 8


class Part(NamedTuple):
    """Hold a figure of the page.

    Parameters
    ----------
    section
        Where it stands.
    svg
        The drawing.
    alt, caption
        What it shows: for who does not see it, and for who does.
    """

    section: str
    svg: bytes
    alt: str
    caption: str


def figures_of(checks: Checks, posterior: Posterior) -> list[Part]:
    """Return all figures that the verdicts have numbers for.

    Parameters
    ----------
    checks
        The verdicts by the name of the check.
    posterior
        Its draws.
    """

    def numbers(check: str, *keys: str) -> Numbers | None:
        held = checks.get(check, {}).get("numbers") or {}
        return held if all(held.get(key) is not None for key in keys) and held else None

    drawn: list[Drawn] = []
    for stem, key, draw, name in (
        ("simulation-based calibration", "differences", fit_figures.draw_ranks, "ranks"),
        ("coverage", "curve", fit_figures.draw_coverage, "coverage"),
    ):
        places = ("global", "local")
        found = [(where.capitalize(), numbers(f"{stem}, {where}", key)) for where in places]
        known = [(title, held) for title, held in found if held is not None]
        if known:
            drawn.append(("ranks", name, draw(known)))
    drawn += _of_the_fit(numbers("contraction", "contraction"), posterior)
    if held := numbers("posterior predictive", "p_values"):
        drawn.append(("targets", "targets", predictive_figures.draw_targets(held)))
        if "distances" in held:
            drawn.append(("targets", "distances", predictive_figures.draw_distances(held)))
    drawn += left_out_parts.figures(numbers)
    drawn += _of_later_steps(numbers)
    return [
        Part(section, svg_of(ax, CAPTIONS[name]), _alt(section, checks, name), CAPTIONS[name])
        for section, name, ax in drawn
    ]


def _of_the_fit(held: Numbers | None, posterior: Posterior) -> list[Drawn]:
    if held is None:
        return []
    drawn: list[Drawn] = [
        ("identifiability", "contraction", fit_figures.draw_contraction(held)),
    ]
    priors = fit_figures.marginals(posterior)
    if priors is not None:
        words = dict(zip(held["names"], held["words"], strict=True))
        ax = fit_figures.draw_posterior(posterior, priors, words)
        drawn.append(("identifiability", "posterior", ax))
    return drawn


def _of_later_steps(numbers: Any) -> list[Drawn]:
    drawn: list[Drawn] = []
    if held := numbers("power", "worlds", "size"):
        drawn.append(("power", "power", later_figures.draw_power(held)))
    if held := numbers("ablation", "mechanisms"):
        drawn.append(("ablation", "ablation", later_figures.draw_ablation(held)))
    if held := numbers("sensitivity", "indices"):
        drawn.append(("sensitivity", "sensitivity", later_figures.draw_sensitivity(held)))
    if held := numbers("what-ifs", "effects"):
        outcomes = list(dict.fromkeys(row["outcome"] for row in held["effects"]))
        first = "deals" if "deals" in outcomes else outcomes[0]
        drawn.append(("what-ifs", "what-ifs", later_figures.draw_what_ifs(held, first)))
    return drawn


def svg_of(ax: Axes, title: str) -> bytes:
    """Return a drawing as SVG, the same bytes for the same drawing."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "drawing.svg"
        style.save_as(style.figure_of(ax), target, title)
        return target.read_bytes()


def _alt(section: str, checks: Checks, name: str) -> str:
    """Return a caption with what was found, for readers who do not see the figure."""
    held = next(names for anchor, _, names in SECTIONS if anchor == section)
    said = [f"{check}: {checks[check]['found']}" for check in held if check in checks]
    return f"{CAPTIONS[name]} {'; '.join(said)}"


def tables_of(section: str, numbers: Mapping[str, Numbers]) -> list[str]:
    """Return the tables of a section as HTML.

    Parameters
    ----------
    section
        Its name.
    numbers
        Of its checks, by name.
    """
    makers = {
        "table": _prior_table,
        "ranks": _rank_table,
        "identifiability": _correlation_table,
        "left-out": left_out_parts.tables,
        "power": _world_table,
        "ablation": _mechanism_table,
        "what-ifs": _effect_table,
    }
    return makers[section](numbers) if section in makers else []


def _prior_table(numbers: Mapping[str, Numbers]) -> list[str]:
    held = numbers.get("prior predictive")
    if not held:
        return []
    outside = [i for i, out in enumerate(held["outside"]) if out]
    rows = [
        [held["names"][i], *(number_words(held[key][i])
                             for key in ("observed", "low", "median", "high"))]
        for i in outside
    ]  # fmt: skip
    head = ("Target", "Observed", "1 %", "Median", "99 %")
    return [markup.table("Targets outside what the prior allows", head, rows, range(1, 5))] * bool(
        rows
    )


def _rank_table(numbers: Mapping[str, Numbers]) -> list[str]:
    """Return adjusted p-values and coverage of every parameter and derived quantity."""
    columns: dict[str, Mapping[str, float]] = {}
    for where in ("global", "local"):
        ranks = numbers.get(f"simulation-based calibration, {where}")
        if ranks:
            columns[f"p, {where}"] = dict(zip(ranks["names"], ranks["adjusted"], strict=True))
        covered = numbers.get(f"coverage, {where}")
        for at, shares in (covered or {}).get("intervals", {}).items():
            words = f"in {100.0 * float(at):.0f} %, {where}"
            columns[words] = dict(zip(covered["names"], shares, strict=True))  # type: ignore[index]
    if not columns:
        return []
    names = next(iter(columns.values()))
    rows = [[name, *(f"{column[name]:.3f}" for column in columns.values())] for name in names]
    caption = "Adjusted p-values of an even spread, and shares of true values in central intervals"
    head = ("Parameter or derived quantity", *columns)
    return [markup.table(caption, head, rows, range(1, len(head)))]


def _correlation_table(numbers: Mapping[str, Numbers]) -> list[str]:
    held = numbers.get("correlation")
    if not held:
        return []
    names, matrix = held["names"], np.array(held["matrix"], dtype=np.float64)
    pairs = [(float(matrix[i, j]), i, j) for i in range(len(names)) for j in range(i)]
    pairs.sort(key=lambda pair: -abs(pair[0]))
    rows = [[names[i], names[j], f"{value:+.2f}"] for value, i, j in pairs[:_MOST_PAIRS]]
    parts = [markup.table("Largest correlations of the posterior", ("Parameter", "with", ""), rows,
                          (2,))]  # fmt: skip
    routes = numbers.get("two routes")
    if routes:
        rows = [
            [name, f"{routes['shift'][i]:+.2f}", f"{routes['ratio'][i]:.2f}", routes["wider"][i]]
            for i, name in enumerate(routes["names"])
        ]
        head = ("Parameter", "Shift of the mean, sd", "Ratio of sd", "Wider")
        parts.append(markup.table("The second route against the first", head, rows, (1, 2)))
    return parts


def _world_table(numbers: Mapping[str, Numbers]) -> list[str]:
    held = numbers.get("power")
    if not held:
        return []
    rows = [
        [world["id"], world["what"], f"{100.0 * (world['rejected'] or 0.0):.0f} %",
         number_words(world["median_p"]), "yes" if world["seen"] else "no"]
        for world in held["worlds"]
    ]  # fmt: skip
    head = ("World", "What is wrong in it", "Rejected", "Median p", "Seen")
    return [markup.table("Wrong worlds", head, rows, (2, 3))]


def _mechanism_table(numbers: Mapping[str, Numbers]) -> list[str]:
    held = numbers.get("ablation")
    if not held:
        return []
    rows = [
        [row["id"], row["what"], f"{row['loss']:+.2f}", f"{row['error']:.2f}",
         "supported" if row["supported"] else "unsupported"]
        for row in held["mechanisms"]
    ]  # fmt: skip
    head = ("Mechanism", "What is left out", "Loss", "Standard error", "In this record")
    return [markup.table("Mechanisms left out", head, rows, (2, 3))]


def _effect_table(numbers: Mapping[str, Numbers]) -> list[str]:
    held = numbers.get("what-ifs")
    if not held:
        return []
    rows = [
        [row["what_if"], str(row["outcome"]).replace("_", " "), number_words(row["baseline"]),
         f"{row['mean']:+.3g}", f"{row['low']:+.3g} to {row['high']:+.3g}",
         f"{100.0 * row['share']:.1f} %", f"{100.0 * row['by_draws']:.0f} %"]
        for row in held["effects"]
    ]  # fmt: skip
    head = ("What-if", "Outcome", "Baseline", "Change", "90 % of runs", "Monte Carlo error",
            "Of the variance, parameters")  # fmt: skip
    return [markup.table("What-ifs over the posterior", head, rows, range(2, 7))]
