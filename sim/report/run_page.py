"""The report of a run: figures in a folder and one page that holds everything."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.core.parameters import PARAMETERS
from sim.core.plurals import counted
from sim.engine.outcomes import OUTCOMES, REGION, SUMMED
from sim.experiments.run_settings import changed_words, settings_words, titled
from sim.report import figures, html_markup, run_summaries
from sim.report.biography import text_of
from sim.report.display_names import Names, intervention_cells
from sim.report.event_phrases import EventDescriber
from sim.report.example_project import example_of
from sim.report.locality_timeline import visits_on_record
from sim.report.run_card import CAUTION, key_rows, place_of

if TYPE_CHECKING:
    from sim.experiments.run import RunTables
    from sim.report.run_summaries import Spread
    from sim.world import World

INTERVAL = "90 % interval"
READING = """\
The model is run many times with the same scenario and different chance. Each number is given as \
the median of these runs, with half of them above and half below, and as the interval that holds \
nine runs out of ten: one run in twenty lies below it and one in twenty above.
The interval shows how much chance matters within the model. It does not say how sure the model \
itself is: parameters and rules are held fixed.
With few runs the ends of an interval are uncertain. Two scenarios should be compared with the \
same seed, so that they share their chance and differ only by what was changed.
History happened once. A documented case inside the interval is one the model can bring about; \
one outside is a case it misses.""".splitlines()
"""How to read the intervals, a paragraph a line."""


def write_report(run: RunTables, folder: str | Path) -> Path:
    """Write the figures of a run and its report.

    Parameters
    ----------
    run
        The run.
    folder
        Gets ``figures/`` and ``report.html``; files of these names are replaced.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError, MachineError
        If the folder cannot be written to.
    """
    save = partial(figures.save_figures, run)
    return html_markup.write_report(folder, save, partial(report_page, run))


def report_page(run: RunTables, drawings: dict[str, bytes]) -> str:
    """Return the report as HTML, the same for the same run.

    Parameters
    ----------
    run
        The run.
    drawings
        The SVG of each figure named by :func:`sim.report.figures.captions`.
    """
    scenario = run.scenario
    shown = _figures(run, drawings)
    sections = (
        ("results", "Results", [_key_table(run), *_named(shown, ("map_deals", "funnel"))]),
        ("scenario", "The scenario", _scenario(run)),
        ("places", "Places looked at closely", _places(run, shown)),
        ("countries", "By country", [*_named(shown, ("countries",)), _country_table(run)]),
        (
            "ties",
            "Ties, channels and sectors",
            _named(shown, ("ties", "map_trust", "channels", "sectors")),
        ),
        ("outcomes", "All outcomes", [_outcome_table(run)]),
        ("reading", "How to read the intervals", [html_markup.paragraph(text) for text in READING]),
        ("provenance", "Where this comes from", _provenance(run)),
    )
    top = "\n".join(
        [
            html_markup.heading(1, titled(scenario)),
            html_markup.paragraph(scenario.question, "question") if scenario.question else "",
            html_markup.paragraph(
                f"{settings_words(run.simulated)}. {changed_words(run.simulated)}."
            ),
            html_markup.paragraph(CAUTION, "notice"),
        ]
    )
    version = run.manifest["model_version"]
    return html_markup.page(
        f"{titled(scenario)}: report", top, sections, f"Paradiplomacy {version}."
    )


def _figures(run: RunTables, drawings: dict[str, bytes]) -> dict[str, str]:
    """Return each figure as HTML."""
    found = {}
    for name, caption in figures.captions(run).items():
        kind = "square" if name.startswith("map_") else ""
        found[name] = html_markup.figure(drawings[name], _alt(run, name, caption), caption, kind)
    return found


def _alt(run: RunTables, name: str, caption: str) -> str:
    """Return what a figure says in words, for readers who don't see it."""
    place = name.removeprefix("timeline_")
    if place != name:
        numbers = place_of(run, place)
        return (
            f"Timeline of {numbers.name}. Visits on record: {visits_on_record(run, place)}. In the "
            f"runs, visits {numbers.visits.words()}, twinnings "
            f"{numbers.twinnings.words()}, deals {numbers.deals.words()} at the end of the run; "
            f"{100 * numbers.with_deal:.0f} % of runs have a deal."
        )
    return f"{caption} The numbers are in the tables of this page."


def _named(shown: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [shown[name] for name in names]


def _key_table(run: RunTables) -> str:
    rows = [
        (row.words, row.median, f"{row.low} to {row.high}" if row.low else "", row.unit)
        for row in key_rows(run)
    ]
    runs = len(run.per_run)
    caption = f"Key outcomes for the whole region, {counted(runs, 'run')}"
    return html_markup.table(caption, ("Outcome", "Median", INTERVAL, "Unit"), rows, (1, 2))


def _scenario(run: RunTables) -> list[str]:
    scenario = run.scenario
    pairs = [
        ("Name", scenario.name),
        ("Months", f"{scenario.start} to {scenario.end}"),
        ("Runs", f"{scenario.replicates:,}"),
        ("Seed", str(scenario.seed)),
    ]
    if scenario.lineage:
        pairs.append(("Built on", ", ".join(scenario.lineage)))
    parts = [html_markup.facts(pairs)]
    changed = [
        (name, f"{value:g}", f"{PARAMETERS[name].default:g}", PARAMETERS[name].unit, meaning)
        for name, value in scenario.parameters.items()
        for meaning in (PARAMETERS[name].meaning,)
    ]
    if changed:
        head = ("Parameter", "Value", "Default", "Unit", "Meaning")
        parts.append(html_markup.table("Parameters that differ", head, changed, (1, 2)))
    else:
        parts.append(html_markup.paragraph("All parameters have their default values."))
    if scenario.interventions:
        changes = [intervention_cells(change) for change in scenario.interventions]
        columns = ("Month", "Kind", "What changes", "Why")
        parts.append(html_markup.table("Interventions", columns, changes))
    else:
        parts.append(html_markup.paragraph("Nothing is changed in the middle of the run."))
    parts += beyond_the_record(run.world, scenario.end)
    parts.append(html_markup.heading(3, "The scenario as a file"))
    parts.append(html_markup.preformatted(scenario.dump_toml().strip(), "Scenario file"))
    return parts


def beyond_the_record(world: World, end: str) -> list[str]:
    """Return where the record of what is known beforehand ends, as far as a run goes past it."""
    from sim.engine.record_coverage import words

    sentences = words(world, end)
    return (
        [html_markup.heading(3, "Where the record ends"), html_markup.bullets(sentences)]
        if sentences
        else []
    )


def _places(run: RunTables, shown: dict[str, str]) -> list[str]:
    names = EventDescriber(run.world)
    codes = run_summaries.places_of(run)
    rows = []
    for code in codes:
        place = place_of(run, code)
        rows.append(
            (
                f"{place.name} ({code})",
                visits_on_record(run, code),
                *(
                    s.words(join="–")
                    for s in (place.visits, place.twinnings, place.memoranda, place.deals)
                ),
                f"{100 * place.with_deal:.0f} %",
                place.value_usd_m.words(join="–"),
            )
        )
    head = (
        "Place",
        "Visits on record",
        "Visits either way",
        "Twinnings",
        "Memoranda",
        "Deals",
        "Runs with a deal",
        "Value, US$ million",
    )
    caption = f"Outcomes per run: median and {INTERVAL}"
    parts = [html_markup.table(caption, head, rows, range(2, 8))]
    for code in codes:
        parts += [
            html_markup.heading(
                3, f"{names.place(code, None)}, {names.country(names.home.get(code))}"
            ),
            shown[f"timeline_{code}"],
            *_example(run, code, names),
        ]
    return parts


def _example(run: RunTables, code: str, names: EventDescriber) -> list[str]:
    """Return the biography of one project of a place."""
    life = example_of(run, code)
    if life is None:
        return [
            html_markup.paragraph("No project was proposed here in any run whose log was kept.")
        ]
    ended = any(event.kind == "deal" for event in life.own)
    words = "How one deal came about" if ended else "How one project failed or is still open"
    said = f"{words}, in run {life.replicate}: one course of events among many."
    return [html_markup.paragraph(said), html_markup.preformatted(text_of(life, names), words)]


COUNTRY_COLUMNS = (
    ("deals", "Deals", "{:,.0f}"),
    ("deal_value_usd_m", "Value, US$ billion", "{:,.1f}"),
    ("deals_local", "Decided locally", "{:,.0f}"),
    ("visits_to_lac", "Visits from China", "{:,.0f}"),
    ("visits_to_china", "Visits to China", "{:,.0f}"),
    ("twinnings", "Twinnings", "{:,.0f}"),
    ("memoranda", "Memoranda", "{:,.0f}"),
)


def _country_table(run: RunTables) -> str:
    names = Names(run.world)
    spreads: dict[str, dict[str, Spread]] = {}
    for column, _, _ in COUNTRY_COLUMNS:
        wide = run.by_country.pivot(index="replicate", columns="country", values=column)
        wide = wide / 1000.0 if column.endswith("usd_m") else wide
        spreads[column] = {str(code): run_summaries.spread(wide[code]) for code in wide.columns}
    deals = spreads["deals"]
    order = sorted(deals, key=lambda code: (-float(deals[code].median), -float(deals[code].mean)))
    rows = [
        (
            names.country(code),
            *(spreads[column][code].words(pattern, "–") for column, _, pattern in COUNTRY_COLUMNS),
        )
        for code in order
    ]
    head = ("Country", *(words for _, words, _ in COUNTRY_COLUMNS))
    caption = f"Outcomes per run by country: median and {INTERVAL}, most deals first"
    return html_markup.table(caption, head, rows, range(1, len(head)))


def _outcome_table(run: RunTables) -> str:
    by_name = {outcome.name: outcome for outcome in (*OUTCOMES, *REGION)}
    rows = []
    for name in (*SUMMED, *(outcome.name for outcome in REGION)):
        if name not in run.per_run:
            continue
        numbers = run_summaries.spread(run.per_run[name])
        pattern = "{:,.0f}" if by_name[name].unit in {"count", "US$ million"} else "{:,.3g}"
        words = [
            "none" if value != value else pattern.format(value)  # noqa: PLR0124
            for value in (float(numbers.median), float(numbers.low), float(numbers.high))
        ]
        interval = f"{words[1]} to {words[2]}"
        rows.append((name, by_name[name].meaning, words[0], interval, by_name[name].unit))
    head = ("Outcome", "Meaning", "Median", INTERVAL, "Unit")
    return html_markup.table("Every outcome for the whole region", head, rows, (2, 3))


def _parameters(run: RunTables) -> str:
    count = len(run.manifest.get("draws", ()))
    return f"{counted(count, 'draw')}, one a run" if count else "one set, the scenario's"


def _provenance(run: RunTables) -> list[str]:
    pairs = [
        ("Model", str(run.manifest["model_version"])),
        ("Scenario", run.scenario.digest),
        ("Tables of the world", run.world.digest),
        ("Seed", str(run.scenario.seed)),
        (
            "Runs",
            f"{len(run.per_run):,}, of which {run_summaries.logs_kept(run):,} with their event log",
        ),
        ("Parameters", _parameters(run)),
        ("Driver", run.driver),
    ]
    return [
        html_markup.facts(pairs),
        html_markup.paragraph(
            "The same model, scenario, tables and seed give the same numbers. The manifest beside "
            "this page holds every parameter and the software used; events.parquet holds every "
            "decision with its causes."
        ),
    ]
