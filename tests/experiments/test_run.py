"""A run writes the files and columns agreed on, whole or not at all, and the same bytes again."""

from __future__ import annotations

import errno
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.core import files, provenance
from sim.core.calendar import month_index
from sim.core.errors import InputError
from sim.core.files import MachineError
from sim.core.parameters import PARAMETERS
from sim.engine import outcomes
from sim.experiments.run import LOGS_KEPT
from sim.results.run_result import Run
from sim.scenario.schema import Scenario, load
from sim.world import World

pytestmark = pytest.mark.slow  # each test runs the whole region

EVENTS = [
    "replicate", "event_id", "month", "kind", "chinese_actor", "chinese_actor_type", "country",
    "locality", "city", "initiator", "sector", "project_id", "value_usd_m", "causes",
    "intervention",
]  # fmt: skip
DEALS = [
    "replicate", "project_id", "month_proposed", "month_deal", "country", "locality", "sector",
    "level", "channel", "initiator", "firm", "bank", "finance", "value_usd_m", "stage",
]  # fmt: skip
FILES = {
    "manifest.json", "events.parquet", "deals.parquet", "series.parquet", "by_country.parquet",
    "by_locality.parquet", "summary.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def tiny(world: World) -> Scenario:
    """Return a scenario of some months that has a little of everything."""
    parameters = {"outreach.province_rate": 0.3, "project.wish": 0.9, "approval.local": 1.0}
    return load("baseline", world).with_overrides(
        end="2001-12", replicates=2, parameters=parameters
    )


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- files and columns


def test_the_files_agreed_on_are_written(small_run_folder: Path) -> None:
    assert {path.name for path in small_run_folder.iterdir()} >= FILES


def test_events_have_the_columns_agreed_on(small_run_folder: Path) -> None:
    table = pq.read_table(small_run_folder / "events.parquet")
    assert table.column_names == EVENTS
    assert table.schema.field("event_id").type == pa.string()
    assert table.schema.field("project_id").type == pa.string()
    assert table.schema.field("causes").type.value_type == pa.string()
    for name in ("replicate", "event_id", "month", "kind", "initiator", "causes"):
        assert table[name].null_count == 0, name


def test_events_speak_in_codes(small_run: Run, world: World) -> None:
    frame = small_run.events
    assert set(frame["country"].dropna()) <= set(world.countries["iso3"])
    assert set(frame["locality"].dropna()) <= set(world.localities["code"])
    assert set(frame["sector"].dropna()) <= set(world.sectors["code"])
    assert set(frame["initiator"]) == {"china", "lac", "none"}
    assert frame["month"].astype(str).str.fullmatch(r"\d{4}-\d{2}").all()
    assert frame["month"].astype(str).min() >= small_run.scenario.start
    assert frame["month"].astype(str).max() <= small_run.scenario.end
    known = frame["chinese_actor"].notna()
    assert (frame["chinese_actor_type"].notna() == known).all()


def test_deals_have_the_columns_agreed_on(small_run: Run, small_run_folder: Path) -> None:
    table = pq.read_table(small_run_folder / "deals.parquet")
    assert set(DEALS) <= set(table.column_names)
    assert table["month_deal"].null_count == 0
    assert table.num_rows == len(small_run.deals) > 0
    assert set(small_run.deals["level"]) <= {"municipal", "local", "central", "none"}
    assert set(small_run.deals["finance"]) <= {"own", "sovereign", "local"}


@pytest.mark.parametrize("name", ["events", "projects", "deals", "series", "by_locality"])
def test_months_and_words_compare_and_sort_as_text(
    small_run: Run, small_run_folder: Path, name: str
) -> None:
    """A month is text in every table: one that could not be compared says nothing of it."""
    read = pd.read_parquet(small_run_folder / f"{name}.parquet")
    for frame in (getattr(small_run, name), read):
        assert not [c for c in frame if isinstance(frame[c].dtype, pd.CategoricalDtype)]
        months = [
            c for c in map(str, frame) if c.startswith(("month", "first")) and c != "months_to_deal"
        ]
        for column in months:
            known = frame[column].dropna()
            assert known.str.fullmatch(r"\d{4}-\d{2}").all(), column
            late = known[known >= "2001-07"]
            assert late.tolist() == [month for month in known if month >= "2001-07"], column
        assert months
    sorted_by_kind = small_run.events.sort_values("kind")["kind"].tolist()
    assert sorted_by_kind == sorted(sorted_by_kind)
    with_few_empty_groups = small_run.events.groupby(["locality", "chinese_actor"]).size()
    assert (with_few_empty_groups > 0).all()


def test_first_contacts_are_months_of_the_run(small_run: Run) -> None:
    frame = small_run.by_locality
    both = frame[frame["months_to_deal"].notna()]
    gap = both["first_deal"].map(month_index) - both["first_contact"].map(month_index)
    assert gap.tolist() == both["months_to_deal"].tolist()
    assert len(gap) > 100
    assert set(small_run.by_country["first_deal"].dropna()) <= set(small_run.deals["month_deal"])
    deals = small_run.deals.groupby(["replicate", "locality"])["month_deal"].min()
    mine = frame.set_index(["replicate", "locality"])["first_deal"].dropna()
    assert mine.sort_index().equals(deals.sort_index().rename("first_deal"))


def test_localities_have_every_outcome_in_every_replicate(small_run: Run, world: World) -> None:
    frame = small_run.by_locality
    assert frame.columns.tolist() == [
        "replicate", "country", "locality", "name", *(o.name for o in outcomes.OUTCOMES)
    ]  # fmt: skip
    assert len(frame) == 3 * len(world.localities)
    assert not frame.duplicated(["replicate", "locality"]).any()
    home = world.localities.set_index("code")["iso3"]
    assert (frame["country"] == frame["locality"].map(home)).all()


def test_series_are_month_by_country_by_metric(small_run: Run, world: World) -> None:
    frame = small_run.series
    assert frame.columns.tolist() == ["month", "country", "metric", "mean", "median", "q05", "q95"]
    months = small_run.scenario.n_months
    assert len(frame) == months * len(world.countries) * len(outcomes.SERIES_METRICS)
    assert not frame.duplicated(["month", "country", "metric"]).any()
    assert (frame["q05"] <= frame["median"]).all()
    assert (frame["median"] <= frame["q95"]).all()


# --- numbers that must agree


def test_sums_agree_with_the_log(small_run: Run) -> None:
    kinds = small_run.events.groupby("replicate")["kind"].value_counts().unstack(fill_value=0)
    for name, (_, kind) in outcomes.BY_EVENT.items():
        if kind in kinds:
            assert small_run.per_run[name].tolist() == kinds[kind].tolist(), name
    local = small_run.by_locality.groupby("replicate")[["deals", "memoranda"]].sum()
    assert local["deals"].tolist() == small_run.per_run["deals"].tolist()
    assert local["memoranda"].tolist() == small_run.per_run["memoranda"].tolist()
    country = small_run.by_country.groupby("replicate")[["deals", "visits_to_lac"]].sum()
    assert country["visits_to_lac"].tolist() == small_run.per_run["visits_to_lac"].tolist()


def test_sums_agree_with_the_table_of_deals(small_run: Run) -> None:
    deals = small_run.deals.groupby("replicate")
    assert small_run.per_run["deals"].tolist() == deals.size().tolist()
    value = deals["value_usd_m"].sum()
    assert small_run.per_run["deal_value_usd_m"].tolist() == pytest.approx(value.tolist())
    parts = ["deals_local", "deals_central", "deals_acquired"]
    assert small_run.per_run[parts].sum(axis=1).tolist() == deals.size().tolist()


def test_series_agree_with_the_log(small_run: Run) -> None:
    series = small_run.series
    mean = series[series["metric"] == "deals"]["mean"].sum()
    assert mean == pytest.approx(small_run.per_run["deals"].mean())


def test_the_summary_gives_medians_and_intervals(small_run: Run) -> None:
    numbers = small_run.per_run["deals"].to_numpy()
    spread = small_run.summary["outcomes"]["deals"]
    assert spread["mean"] == pytest.approx(numbers.mean())
    assert spread["median"] == np.median(numbers)
    assert [spread["q05"], spread["q95"]] == pytest.approx(np.quantile(numbers, [0.05, 0.95]))
    assert small_run.summary["replicates"] == 3
    json.dumps(small_run.summary, allow_nan=True)


def test_the_focus_is_told_apart(world: World) -> None:
    run = sim.run(load("jujuy", world).with_overrides(end="2000-06", replicates=2))
    assert set(run.summary["focus"]) == {"AR-Y"}
    assert run.summary["focus"]["AR-Y"]["deals"]["mean"] >= 0.0


def test_an_outcome_that_never_occurs_is_none_in_the_summary(world: World) -> None:
    none = load("baseline", world).with_overrides(
        end="2000-02", replicates=2, parameters={"project.matching": 0.0, "acquisition.rate": 0.0}
    )
    run = sim.run(none)
    assert run.summary["outcomes"]["deals"]["mean"] == 0.0
    assert run.summary["outcomes"]["visits_per_deal"]["mean"] is None
    assert not len(run.deals)


# --- the same again


def test_the_same_run_gives_the_same_bytes(tiny: Scenario, tmp_path: Path) -> None:
    one = sim.run(tiny).write(tmp_path / "one", figures=False)
    other = sim.run(tiny, driver="mesa").write(tmp_path / "other", figures=False)
    again = sim.run(tiny).write(tmp_path / "again", figures=False)
    varying = {"manifest.json", "ro-crate-metadata.json"}  # both say when
    first = {name: d for name, d in digests(one).items() if name not in varying}
    assert first == {name: d for name, d in digests(again).items() if name not in varying}
    by_agents = {name: d for name, d in digests(other).items() if name not in varying}
    # The summary names the driver; no table does.
    differing = {name for name in first if first[name] != by_agents[name]}
    assert differing <= {"summary.json"}
    assert pq.read_table(one / "events.parquet").equals(pq.read_table(other / "events.parquet"))


def test_a_replicate_does_not_depend_on_how_many_there_are(tiny: Scenario) -> None:
    few, more = sim.run(tiny, replicates=1), sim.run(tiny, replicates=3)
    first = more.events[more.events["replicate"] == 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(few.events.astype(object), first.astype(object))


def test_seed_and_overrides_replace_what_the_scenario_says(tiny: Scenario) -> None:
    run = sim.run(tiny, seed=9, replicates=1, parameters={"twinning.rate": 0.0})
    assert (run.scenario.seed, run.scenario.replicates) == (9, 1)
    assert run.scenario.parameters["twinning.rate"] == 0.0
    assert (run.events["kind"] != "twinning").all()
    assert run.manifest["seed"] == 9
    assert run.manifest["parameters"]["twinning.rate"] == 0.0


def test_progress_is_told_after_each_replicate(tiny: Scenario) -> None:
    told: list[tuple[int, int]] = []
    sim.run(tiny, replicates=3, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_logs_of_many_runs_are_not_all_kept(
    tiny: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LOGS_KEPT >= 100
    monkeypatch.setattr("sim.experiments.run.LOGS_KEPT", 2)
    run = sim.run(tiny, replicates=4)
    assert set(run.events["replicate"]) == {0, 1}
    assert len(run.per_run) == 4
    assert set(run.by_country["replicate"]) == {0, 1, 2, 3}
    assert run.manifest["logs_kept"] == 2


# --- the manifest


def test_the_manifest_says_everything_needed_to_repeat_the_run(
    small_run: Run, small_run_folder: Path
) -> None:
    manifest = json.loads((small_run_folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["model_version"] == provenance.model_version()
    assert Scenario.model_validate(manifest["scenario"]) == small_run.scenario
    assert set(manifest["parameters"]) == set(PARAMETERS)
    assert manifest["world"]["digest"] == small_run.world.digest
    assert manifest["environment"]["packages"]["mesa"]
    assert manifest["environment"]["python"]
    seconds = manifest["seconds"]
    assert set(seconds) == {"simulating", "writing", "total"}
    assert seconds["total"] == pytest.approx(seconds["simulating"] + seconds["writing"])
    assert (manifest["seed"], manifest["replicates"], manifest["driver"]) == (
        small_run.scenario.seed, 3, "compiled",
    )  # fmt: skip


# --- what can go wrong


def test_a_folder_that_is_not_empty_is_refused_before_anything_runs(
    tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "precious.txt").write_text("mine", encoding="utf-8")

    def never(*_: Any) -> None:
        pytest.fail("the run was started")

    monkeypatch.setattr("sim.experiments.run.simulate_extended", never)
    with pytest.raises(InputError, match="not empty"):
        sim.run(tiny, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_an_unknown_driver_is_refused(tiny: Scenario) -> None:
    with pytest.raises(InputError, match="Allowed: compiled, mesa"):
        sim.run(tiny, driver="fast")


def test_an_unknown_parameter_is_refused_with_the_nearest_name(tiny: Scenario) -> None:
    with pytest.raises(InputError, match=r"turnover\.fade"):
        sim.run(tiny, parameters={"turnover.fad": 0.1})


@pytest.mark.parametrize("fails_at", [1, 4, 8])
def test_a_full_disk_leaves_no_half_written_file(
    tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    run = sim.run(tiny, replicates=1)
    calls = 0
    sync = files._sync_file

    def full(path: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        sync(path)

    monkeypatch.setattr(files, "_sync_file", full)
    with pytest.raises(MachineError, match="disk is full"):
        run.write(tmp_path / "out", figures=False)
    left = sorted((tmp_path / "out").iterdir())
    assert len(left) == fails_at - 1
    assert not [path.name for path in left if path.name.startswith(".")]
    assert not (tmp_path / "out" / "manifest.json").exists(), "a manifest marks a whole run"
    for path in left:
        if path.suffix == ".parquet":
            pq.read_table(path)


def test_ctrl_c_in_the_middle_of_writing_leaves_whole_files(
    tiny: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = sim.run(tiny, replicates=1)

    def interrupt(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "_sync_file", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run.write(tmp_path / "out", figures=False)
    assert not list((tmp_path / "out").iterdir())


def test_a_run_shows_itself(small_run: Run) -> None:
    assert "baseline" in repr(small_run)
    assert "3 replicates" in repr(small_run)


def test_the_last_month_may_be_given() -> None:
    made = sim.run("baseline", end="2000-02", replicates=1)
    assert made.scenario.end == "2000-02"
    assert set(made.series["month"]) == {"2000-01", "2000-02"}
