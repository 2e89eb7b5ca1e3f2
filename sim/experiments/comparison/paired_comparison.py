"""Compare what-ifs with a baseline: how much differs, how sure that is, and why.

The runs are paired: a replicate of the what-if takes the same seed and replicate number as the
baseline's, and so the same draws, and differs only in what follows from the change. The statistics
are in :mod:`sim.experiments.comparison.paired_statistics`, the paired runs in
:mod:`sim.experiments.comparison.paired_simulation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from sim.core import files, folders
from sim.core.calendar import month_name
from sim.core.errors import unknown_name_error
from sim.core.plurals import counted
from sim.core.state import Array
from sim.engine.extensions import AddedStep, EachMonth, Extensions
from sim.engine.record_coverage import rules_from
from sim.experiments import parameter_draws
from sim.experiments.comparison import comparison_tables, pairing
from sim.experiments.comparison.comparison_tables import Tally, effect_frame
from sim.experiments.comparison.paired_simulation import COMPARED, PairedSimulation
from sim.experiments.run_settings import base_manifest, changed, simulated
from sim.experiments.stopwatch import Stopwatch
from sim.scenario.schema import Scenario
from sim.world import World, load_world

Progress = Callable[[int, int], None]
Made = TypeVar("Made", bound="ComparisonTables")

BASELINE = "baseline"


class ComparisonTables:
    """Hold how what-ifs differ from a baseline.

    Parameters
    ----------
    worlds
        The scenarios and the tables they ran on.
    labels
        Name of each what-if, unique.
    tallies
        What was gathered of each; none where the tables are read from files.
    per_run
        One row a scenario and replicate with the outcomes for the region.
    manifest
        Everything needed to repeat the comparison.
    """

    def __init__(
        self,
        worlds: PairedSimulation,
        labels: Sequence[str],
        tallies: Sequence[Tally],
        per_run: pd.DataFrame,
        manifest: dict[str, Any],
    ) -> None:
        self.worlds = worlds
        self.world = worlds.world
        self.baseline = worlds.scenarios[0]
        self.labels = tuple(labels)
        self.what_ifs = dict(zip(labels, worlds.scenarios[1:], strict=True))
        self.tallies = dict(zip(labels, tallies, strict=bool(tallies)))
        self.per_run = per_run
        self.manifest = manifest
        self.stopwatch = Stopwatch()

    @property
    def replicates(self) -> int:
        """Return the number of paired runs."""
        return int(self.manifest["replicates"])

    @cached_property
    def identical(self) -> list[str]:
        """Return the what-ifs that are the same as the baseline in every event of every run."""
        return [label for label, tally in self.tallies.items() if tally.identical]

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Return the difference of each outcome for the region, by what-if.

        ``distinguishable`` says whether the 95 % interval lies on one side of zero;
        ``p_adjusted`` takes into account how many outcomes are looked at.
        """
        return self._differences("region", {})

    @cached_property
    def by_country(self) -> pd.DataFrame:
        """Return the difference of each outcome by what-if and country.

        ``distinguishable`` holds after correction for the number of countries that differ in a run.
        """
        return self._differences("country", {"country": list(self.worlds.at.country)})

    @cached_property
    def by_locality(self) -> pd.DataFrame:
        """Return the difference of each outcome by what-if and locality (ISO 3166-2).

        ``distinguishable`` holds after correction for the number of localities that differ in a
        run.
        """
        table = self.worlds.at.localities
        columns = {"country": "iso3", "locality": "code", "name": "name"}
        places = {name: table[column].tolist() for name, column in columns.items()}
        return self._differences("locality", places)

    @cached_property
    def paths(self) -> pd.DataFrame:
        """Return the difference for the region by what-if, month and metric."""
        first = self.baseline.start_month
        months = [month_name(first + t) for t in range(self.baseline.n_months)]
        frame = self._differences("month", {"month": months}, "metric")
        return frame.drop(columns=["p_adjusted", "distinguishable"])

    def _differences(
        self, part: str, places: Mapping[str, Sequence[str]], name: str = "outcome"
    ) -> pd.DataFrame:
        """Return the differences of what is counted by region, country, locality or month."""
        return self._joined(
            lambda tally: effect_frame(
                tally.pairs[part], COMPARED[part], places, tally.identical, name
            )
        )

    @cached_property
    def divergences(self) -> pd.DataFrame:
        """Return where and when the two worlds first part, by what-if and replicate."""
        frame_of, at = comparison_tables.divergence_frame, self.worlds.at
        return self._joined(lambda tally: frame_of(tally.parted, at))

    @cached_property
    def deals_in_one_world(self) -> pd.DataFrame:
        """Return the deals that only one of two worlds has, and why the other lacks them."""
        frame_of, at = comparison_tables.deal_frame, self.worlds.at
        return self._joined(lambda tally: frame_of(tally.parted, at))

    @cached_property
    def flagged(self) -> pd.DataFrame:
        """Return how many places are called different, and how many chance alone would call."""
        places = {"country": self.by_country, "locality": self.by_locality}
        frames = [comparison_tables.flag_frame(frame, of) for of, frame in places.items()]
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def side_by_side(self) -> pd.DataFrame:
        """Return the baseline's mean and each what-if's difference, one row an outcome."""
        return comparison_tables.side_by_side(self.effects, self.labels)

    @cached_property
    def simulated(self) -> dict[str, Any]:
        """Return months, replicates, seed and changes of the baseline."""
        draws = len(self.manifest.get("draws", ()))
        return simulated(self.baseline, replicates=self.replicates, draws=draws)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Return what a reader needs first, for machines."""
        return {
            "baseline": self.baseline.name,
            **self.simulated,
            "what_ifs": list(self.labels),
            "what_ifs_changed": {
                label: changed(scenario, self.replicates)
                for label, scenario in self.what_ifs.items()
            },
            "fixed_because": self.manifest.get("drawn_from", {}).get("fixed_because"),
            "model_version": self.manifest["model_version"],
            "identical": self.identical,
            "effects": {
                label: rows.drop(columns="scenario").set_index("outcome").to_dict("index")
                for label, rows in self.effects.groupby("scenario", sort=False)
            },
            "divergences": {
                label: comparison_tables.parting_summary(rows)
                for label, rows in self.divergences.groupby("scenario", sort=False)
            },
        }

    def _joined(self, frame_of: Callable[[Tally], pd.DataFrame]) -> pd.DataFrame:
        """Return one frame of all what-ifs, the first column naming them."""
        frames = {label: frame_of(tally) for label, tally in self.tallies.items()}
        joined = pd.concat(frames, names=["scenario"])
        return joined.reset_index("scenario").reset_index(drop=True)

    def label_of(self, what_if: str | None) -> str:
        """Return the name of a what-if, by default the first; InputError if there is none."""
        if what_if is None:
            return self.labels[0]
        if what_if not in self.labels:
            raise unknown_name_error(
                f"there is no what-if {what_if!r} in this comparison", what_if, self.labels
            )
        return what_if

    @property
    def pairs(self) -> str:
        """Return in words how many paired runs there are."""
        return counted(self.replicates, "paired run")

    def __repr__(self) -> str:
        deals = self.effects[self.effects["outcome"] == "deals"]
        words = ", ".join(
            f"{row.scenario!r}: deals {row.difference:+.2f} [{row.low:+.2f}, {row.high:+.2f}]"
            for row in deals.itertuples()
        )
        return f"{type(self).__name__}({self.baseline.name!r}, {self.pairs}; {words})"

    def write_tables(self, folder: Path) -> None:
        """Write all tables and the summary into a folder that is there."""
        for name in comparison_tables.TABLES:
            file, frame = folder / comparison_tables.file_of(name), getattr(self, name)
            if name in comparison_tables.LONG:
                files.write_parquet(file, frame)
            else:
                files.write_csv(file, frame, digits=10)
        files.write_json(folder / "summary.json", self.summary)
        self.stopwatch.lap("writing")


def compare_tables(
    made: type[Made],
    baseline: str | Path | Scenario,
    *what_ifs: str | Path | Scenario,
    world: World | None = None,
    workers: int | None = None,
    draws: Sequence[Mapping[str, float]] = (),
    each_month: EachMonth | None = None,
    added_steps: Sequence[AddedStep] = (),
    out: str | Path | None = None,
    progress: Progress | None = None,
    **changes: Any,
) -> Made:
    """Return the tables of paired runs, as the kind asked for, or refuse what is not valid.

    The arguments are those of :func:`sim.results.comparison_result.compare`, ``changes`` its
    ``replicates``, ``seed``, ``parameters`` and ``end``; a folder given as ``out`` is checked and
    made, and not written to.
    """
    started, stopwatch = datetime.now(UTC), Stopwatch()
    extensions = Extensions(each_month, added_steps)
    world = world if world is not None else load_world()
    given = pairing.loaded((baseline, *what_ifs), world)
    chosen = pairing.paired_scenarios(given, **changes)
    threads, known = pairing.threads(workers), parameter_draws.checked(draws)
    worlds = PairedSimulation(chosen, world, chosen[0].seed, known, extensions)
    if out is not None:
        folders.prepare_folder(out)
    total, at = chosen[0].replicates, worlds.at
    lengths = {"country": len(at.country), "locality": len(at.locality)}
    tallies = [Tally({**lengths, "month": chosen[0].n_months}) for _ in chosen[1:]]
    regions: list[Array] = []
    # Closed at once on Ctrl-C, so that no thread starts another replicate.
    with closing(worlds.replicates(total, threads)) as replicates_done:
        for done in replicates_done:
            for number, tally in enumerate(tallies):
                tally.add(done, number)
            regions.append(np.stack([seen["region"] for seen in done.seen]))
            if progress is not None:
                progress(done.number + 1, total)
    labels = pairing.labels_of(chosen)
    manifest = _manifest(worlds, labels, threads, started)
    per_run = comparison_tables.per_run_frame(regions, [BASELINE, *labels])
    result = made(worlds, labels, tallies, per_run, manifest)
    stopwatch.lap("simulating")
    result.stopwatch, manifest["seconds"] = stopwatch, stopwatch.seconds
    return result


def _manifest(
    worlds: PairedSimulation, labels: Sequence[str], workers: int, started: datetime
) -> dict[str, Any]:
    """Describe a comparison completely enough to repeat it."""
    base, *what_ifs = worlds.scenarios
    manifest = base_manifest(base, worlds.world, "compiled", started)
    if worlds.extensions:
        manifest["extensions"] = worlds.extensions.record
    records = [
        {"scenario": one.model_dump(mode="json"), "parameters": one.parameter_values()}
        for one in what_ifs
    ]
    return manifest | {
        "rules_from": rules_from(worlds.world),
        "kind": "comparison",
        "what_ifs": dict(zip(labels, records, strict=True)),
        "draws": [dict(draw) for draw in worlds.draws],
        "workers": workers,
    }
