"""The page of a sensitivity analysis: figures and tables in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.core import files, folders, provenance
from sim.core.parameters import PARAMETERS
from sim.core.plurals import counted
from sim.report import figure_style, html_markup
from sim.report.sensitivity_bars import plot_indices
from sim.report.sensitivity_card import (
    NAMES,
    discovery_lines,
    headline,
    number,
    percent,
    seed_sentence,
    settings,
    table_rows,
    titled,
    verdicts,
)

if TYPE_CHECKING:
    from sim.experiments.sensitivity.analysis import SensitivityTables
    from sim.experiments.sensitivity.scenario_discovery import Discovery

READING = {
    "sobol": (
        "The first order says how much of the variance a parameter explains by itself, the total "
        "effect how much it explains by itself and together with others. Totals add up to more "
        "than one where parameters act together."
    ),
    "morris": (
        "mu* says how far the outcome moves when a parameter goes through its whole range, on "
        "average over where the others stand. A sigma as large as mu* means that the move depends "
        "on the others or on where the parameter stands."
    ),
    "pawn": (
        "The distribution of the outcome over the points in a slice of a parameter is compared "
        "with that over all points. The index is the largest gap between the two, as the median "
        "over ten slices or over a list's values."
    ),
    "delta": (
        "The density of the outcome over the points in a slice of a parameter is compared with "
        "that over all points. The index is half the area between the two, on average over slices."
    ),
}
INERT = {
    "sobol": (
        "A parameter without effect still seems to matter where runs differ by chance. How much is "
        "estimated from the replicates: the red marks. A parameter whose interval reaches down to "
        "its mark is not distinguishable from an inert one."
    ),
    "pawn": (
        "A dummy parameter, the column of the design in random order, shows how large the index of "
        "a parameter without effect gets: 97.5 % of dummies stay below the red marks. A parameter "
        "below its mark is not distinguishable from an inert one."
    ),
}
INERT["morris"], INERT["delta"] = INERT["sobol"], INERT["pawn"]


INTERVALS = (
    (
        "Replicates of a point are averaged before anything else. Intervals are 95 % intervals by "
        "bootstrap: over blocks of base points, trajectories or points. They say how sure the "
        "indices are for this model over these ranges, not how sure the model is."
    ),
    (
        "The seed's share is what chance leaves of the variance of a single run. No parameter can "
        "explain it."
    ),
)


def write_page(found: SensitivityTables, folder: Path) -> Path:
    """Write the figures and ``sensitivity.html`` into a folder and return the page.

    Raises
    ------
    InputError, MachineError
        If they cannot be written.
    """
    place = folders.make_folder(folder / "figures")
    drawings = {}
    for outcome in found.outcomes:
        drawing = figure_style.figure_of(plot_indices(found, outcome))
        _, svg = figure_style.save(
            drawing, place, f"sensitivity_{outcome}", f"Sensitivity of {outcome}"
        )
        drawings[outcome] = svg.read_bytes()
    target = folder / "sensitivity.html"
    files.write_text(target, page_html(found, drawings))
    return target


def page_html(found: SensitivityTables, drawings: dict[str, bytes]) -> str:
    """Return the page as HTML; ``drawings`` holds the SVG of each outcome's figure."""
    sections = [
        (name, name, [*_figure(found, name, drawings), *_outcome(found, name)])
        for name in found.outcomes
    ]
    if found.discovery is not None:
        sections.append(("boxes", "Where it happens", _boxes(found.discovery)))
    sections += [
        ("parameters", "What was varied", [_parameters(found)]),
        ("reading", "How to read this", [html_markup.paragraph(text) for text in reading(found)]),
        ("provenance", "Where this comes from", [_provenance(found)]),
    ]
    top = [
        html_markup.heading(1, "What matters to the outcomes"),
        html_markup.paragraph(f"{headline(found)}.", "question"),
        *(html_markup.paragraph(f"{text}.") for text in settings(found)),
        *(html_markup.paragraph(note, "notice") for note in found.notes),
    ]
    foot = f"Paradiplomacy {provenance.model_version()}."
    return html_markup.page("Sensitivity: report", "\n".join(top), sections, foot)


def body_html(found: SensitivityTables) -> str:
    """Return the tables as HTML, for a notebook."""
    tables = [part for name in found.outcomes for part in _outcome(found, name)]
    texts = [headline(found), *settings(found)]
    return "\n".join([*(html_markup.paragraph(f"{text}.") for text in texts), *tables])


def reading(found: SensitivityTables) -> list[str]:
    """Return how to read the indices, a paragraph an item."""
    return [READING[found.method.name], INERT[found.method.name], *INTERVALS]


def _figure(found: SensitivityTables, name: str, drawings: dict[str, bytes]) -> list[str]:
    if name not in drawings:
        return []
    first = found.of(name)["parameter"].head(3)
    alt = f"Bars of the indices; the largest are of {', '.join(first)}. The table has the numbers."
    return [
        html_markup.figure(drawings[name], alt, f"{titled(name)}: how much each parameter matters.")
    ]


def _outcome(found: SensitivityTables, name: str) -> list[str]:
    head, rows = table_rows(found, name)
    main = NAMES.get(found.method.main, found.method.main)
    caption = f"{name}: {main} and its 95 % interval, largest first"
    return [
        html_markup.table(caption, head, rows, range(1, len(head) - 1)),
        *(html_markup.paragraph(text) for text in verdicts(found, name)),
        html_markup.paragraph(seed_sentence(found, name)),
    ]


def _boxes(found: Discovery) -> list[str]:
    parts = [html_markup.paragraph(discovery_lines(found)[0])]
    for place, box in enumerate(found.boxes, start=1):
        caption = (
            f"Box {place}: density {percent(box.density)}, coverage {percent(box.coverage)}, "
            f"{counted(box.points, 'point')}"
        )
        rows = [
            (x.parameter, f"{x.low:.4g}", f"{x.high:.4g}", f"{x.chance:.2g}") for x in box.limits
        ]
        head = ("Parameter", "From", "To", "Quasi-p")
        parts.append(html_markup.table(caption, head, rows, (1, 2, 3)))
    parts.append(
        html_markup.paragraph(
            "Found by the patient rule induction method on the means of the points. Density is the "
            "share of a box's points that are as asked for, coverage the share of all such points "
            "that it holds. A large quasi-p says that a bound may be there by chance."
        )
    )
    return parts


def _parameters(found: SensitivityTables) -> str:
    rows = []
    for one in found.design.varied:
        entry = PARAMETERS.get(one.name)
        low, high = one.bounds
        span = f"{number(low)} to {number(high)}"
        if one.values is not None:
            span = ", ".join(number(value) for value in one.values)
        unit_and_meaning = ("", "") if entry is None else (entry.unit, entry.meaning)
        rows.append((one.name, span, *unit_and_meaning))
    return html_markup.table("Parameters", ("Parameter", "Values", "Unit", "Meaning"), rows)


def _provenance(found: SensitivityTables) -> str:
    source = found.source
    pairs = [
        ("Sweep's model", str(source.get("model_version", "not recorded"))),
        ("Scenario", str(source.get("scenario", "not recorded"))),
        ("Design", f"{found.design.kind}, seed {found.design.seed}"),
        ("Points", found.status.points_text.removesuffix(" points")),
    ]
    return html_markup.facts(pairs)
