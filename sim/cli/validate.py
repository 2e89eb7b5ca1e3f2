"""The command ``paradiplomacy validate``: judge the calibration, or set the model beside data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import options, output
from sim.core import folders
from sim.core.errors import InputError
from sim.report.figure_choice import USER_DATA, Format

if TYPE_CHECKING:
    from rich.table import Table

_USUAL_RUNS = 200
_USUAL_FOLDER = Path("results/calibration")
_GO_ON = "Steps and runs that have ended are kept; the same command goes on."


_Calibration = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Folder of the calibration.",
        show_default=f"{_USUAL_FOLDER.as_posix()}, else the published one",
    ),
]
_Only = Annotated[
    list[str] | None,
    typer.Option(metavar="STEP", help="Carry out this step alone; may be repeated."),
]
_Against = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.csv",
        help="Compare the model with this table instead; its columns: unit, year (optional), "
        "sector (optional), count or value.",
    ),
]
_Outcome = Annotated[
    str | None,
    typer.Option(
        help="With --against: the model's outcome to compare.",
        show_default="deals for counts, deal_value_usd_m for values",
    ),
]
_Layout = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="LAYOUT",
        help="With --against: gcdf, gcdf-adm1, cgit or sister-cities, as published.",
    ),
]
_Records = Annotated[
    Path | None,
    typer.Option(metavar="FILE.csv", help="With gcdf-adm1: the table of records, for years."),
]
_Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN=VALUE", help="With --format: keep such rows alone; may be repeated."
    ),
]
_Least = Annotated[
    float | None,
    typer.Option(metavar="USD_M", help="With --format: leave out smaller amounts and deals."),
]
_Level = Annotated[
    str | None,
    typer.Option(
        help="Bring the runs to the table's total: scaled or thinned.", show_default="as-is"
    ),
]
_Scenario = Annotated[
    str | None,
    typer.Option(help="A scenario's name or its file.", show_default="baseline"),
]
_Replicates = Annotated[
    int | None,
    typer.Option(
        help="Number of runs; without --against, of each model that the model is compared with.",
        show_default=f"{_USUAL_RUNS}; without --against, as before or as the thresholds say",
    ),
]
_First = Annotated[
    int | None,
    typer.Option("--from", metavar="YEAR", help="First year.", show_default="the table's"),
]
_Last = Annotated[
    int | None,
    typer.Option("--to", metavar="YEAR", help="Last year.", show_default="the table's"),
]
_Complete = Annotated[
    bool,
    typer.Option("--complete", help="Units that are not in the table count as zero."),
]
_By = Annotated[
    str | None, typer.Option(metavar="LEVEL", help="country adds localities up to countries.")
]
_Within = Annotated[
    list[str] | None,
    typer.Option(metavar="ISO3", help="Keep to this country; may be repeated."),
]
_Figures = Annotated[str | None, options.figures(USER_DATA, "With --against: which")]
_Format = Annotated[
    str | None,
    options.choice(
        "--figure-format",
        Format,
        "With --against: what figures are written as.",
        show_default="png",
    ),
]
_Out = Annotated[Path | None, options.out("the calibration's, or results/against-NAME-OF-FILE")]
_AGAINST = (
    ("outcome", "first", "last", "complete", "by", "within", "layout", "records", "where", "least",
     "level"),
    ("scenario", "replicates", "seed", "world", "posterior"),
    ("figures", "figure_format"),
)  # fmt: skip
"""Parameters that belong to --against: what is asked, what is run, how figures look."""


def validate(
    calibration: _Calibration = None,
    only: _Only = None,
    against: _Against = None,
    outcome: _Outcome = None,
    scenario: _Scenario = None,
    replicates: _Replicates = None,
    posterior: options.Posterior = None,
    first: _First = None,
    last: _Last = None,
    complete: _Complete = False,
    by: _By = None,
    within: _Within = None,
    layout: _Layout = None,
    records: _Records = None,
    where: _Where = None,
    least: _Least = None,
    level: _Level = None,
    seed: options.Seed = None,
    workers: options.Workers = None,
    out: _Out = None,
    overwrite: options.Overwrite = False,
    world: options.WorldFolder = None,
    figures: _Figures = None,
    figure_format: _Format = None,
    as_json: options.Json = False,
) -> None:
    """Judge the calibration by every check, or compare the model with a table of your own.

    Steps that are done are kept: the same command goes on where it stopped. Where a calibration's
    runs are not at hand, as with the published one, its verdicts are read again.
    """
    given = dict(locals())
    request, runs, looks = ({name: given[name] for name in names} for names in _AGAINST)
    if against is None:
        for name, value in {**request, **runs, **looks}.items():
            if name != "replicates" and value not in (None, False, ()):
                raise InputError("belongs to --against", argument=name)
        asked = {"only": only or [], "replicates": replicates}
        _judge(calibration, asked, workers, out, overwrite, as_json)
    elif only:
        raise InputError("does not go with --against", argument="only")
    else:
        runs["calibration"] = calibration
        request |= {"level": level or "as-is", "within": within or (), "where": where or ()}
        looks["figures"] = USER_DATA.chosen(figures or "usual")
        _compare(against, request, runs, looks, workers, out, overwrite, as_json)


def _judge(
    folder: Path | None,
    asked: dict[str, Any],
    workers: int | None,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Validate a calibration, write record and page, and print the verdicts.

    They go into the calibration's folder, or into ``out`` with copies of posterior and checks. What
    is published is only written where it is asked for. A step that stopped with an error is code 1.
    """
    from calibration.published import published_folder, stale_parts, warning_of
    from calibration.validation.summary import summary_of
    from calibration.validation.validation_pipeline import RECORD, publish
    from calibration.validation.validation_pipeline import validate as validate_calibration
    from sim.experiments.comparison.pairing import threads

    many = threads(workers)
    usual = _USUAL_FOLDER if _USUAL_FOLDER.is_dir() else published_folder()
    place = folder if folder is not None else usual
    target = None
    if out is not None and out.resolve() != place.resolve():
        target = folders.prepare_folder(out, overwrite, mark=RECORD)
    with output.resumable(_GO_ON, place), output.progress(as_json, stays=True) as notify:
        done = validate_calibration(place, workers=many, notify=notify, **asked)
    changed = stale_parts(done.posterior)
    if warning := warning_of(changed):
        typer.echo(f"paradiplomacy: {warning}", err=True)
    if target is not None:
        publish(place, target)
    written = target or (place if done.is_new or out is not None else None)
    if written is not None:
        done.write(written)
    shown = written or place
    if as_json:
        heads = {"folder": shown, "summary": summary_of(done.record, changed)}
        record = {**heads, "counts": done.counts, "faults": done.faults, **done.record}
        output.print_json(record)
    else:
        output.show_verdicts(done.verdicts, shown, done.faults)
    if done.faults:
        raise typer.Exit(1)


def _compare(
    file: Path,
    request: dict[str, Any],
    runs: dict[str, Any],
    looks: dict[str, Any],
    workers: int | None,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Compare the model with a user's table: ranks, concentration, calibration."""
    from calibration.user_data import ComparisonRequest, compare_with_table
    from sim.experiments.comparison.pairing import threads
    from sim.world import load_world

    tables, many = load_world(runs["world"]), threads(workers)
    drawn = options.drawn(runs["posterior"], runs["calibration"], tables)
    enough = options.runs(runs["replicates"], _USUAL_RUNS, runs["posterior"])
    place = out or folders.free_folder(f"against-{file.stem}")
    with (
        output.new_folder(place, overwrite) as folder,
        output.progress_bar(as_json, "runs") as progress,
    ):
        found = compare_with_table(
            file,
            ComparisonRequest(**request),
            scenario=runs["scenario"] or "baseline",
            replicates=enough or _USUAL_RUNS,
            seed=runs["seed"],
            workers=many,
            world=tables,
            draws=drawn.draws or None,
            progress=progress,
        )
        form = looks["figure_format"] or "png"
        found.write(folder, figures=looks["figures"], figure_format=form, overwrite=overwrite)
    if as_json:
        output.print_json({"folder": folder, **found.record})
    else:
        _print_comparison(found.record, folder)


def _print_comparison(record: dict[str, Any], folder: Path) -> None:
    """Print what is compared, the scores as a table, the findings and where the files are."""
    from sim.report.user_data_page import finding_sentences, notices, question, settings

    output.show(
        question(record),
        settings(record),
        _scores(record),
        "Rank correlations with 95 % intervals; of the score less is better.",
        *(f"- {line}" for line in (*finding_sentences(record), *notices(record))),
        f"\nFiles: {folder}",
        narrowest=output.NARROWEST,
    )


def _scores(record: dict[str, Any]) -> Table:
    """Return the scores of every prediction as a table."""
    from sim.report.interval_charts import interval_words, number_words
    from sim.report.phrases import whole_percent
    from sim.report.user_data_figures import LABELS

    rows = []
    for name, ranks in record["ranks"].items():
        found = record["calibration"]["predictions"].get(name)
        cells = ["–", "–", "–"]
        if found is not None:
            cells = [whole_percent(share) for share in found["coverage"].values()]
            cells.append(number_words(found["score"]))
        rows.append((LABELS[name], interval_words(ranks["rank"]), *cells))
    numbers = ("rank correlation", "in 50 %", "in 90 %", "score")
    return output.table({"prediction": "left"} | dict.fromkeys(numbers, "right"), rows)
