"""Comparisons against the runs they are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from calibration.inference.posterior import Posterior
from sim.core.calendar import month_index
from sim.core.errors import InputError
from sim.experiments.comparison import comparison_tables
from sim.experiments.comparison.comparison_tables import LONG, TABLES, file_of
from sim.experiments.comparison.paired_simulation import (
    PATHS,
    PairedSimulation,
    with_common_draw,
)
from sim.experiments.comparison.pairing import labels_of, same_world
from sim.experiments.comparison.saved_comparison import read_paired_runs
from sim.experiments.parameter_draws import with_parameters
from sim.results.comparison_result import Comparison, compare
from sim.results.run_result import Run
from sim.scenario.schema import Scenario, load
from sim.world import World

# Each test compares pairs of runs of the whole region.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("judged_by_few")]

END, RUNS = "2006-12", 5
CHANGE = "2004-03"


def baseline() -> Scenario:
    return load("baseline").with_overrides(end=END, replicates=RUNS)


def what_if(**fields: Any) -> Scenario:
    from sim.scenario.schema import build

    data = baseline().model_dump(exclude_none=True)
    return build(data | {"name": "what-if", "title": "A hostile centre", **fields})


HOSTILE = {
    "interventions": [
        {"month": CHANGE, "kind": "executive", "country": "BRA", "name": "X", "stance": -1.0}
    ]
}


@pytest.fixture(scope="module")
def both() -> Comparison:
    return compare(baseline(), "no-twinning", what_if(**HOSTILE), end=END)


@pytest.fixture(scope="module")
def base_run() -> Run:
    return sim.run(baseline())


@pytest.fixture(scope="module")
def other_run() -> Run:
    scenario = load("no-twinning").with_overrides(end=END, replicates=RUNS)
    return sim.run(scenario)


@pytest.fixture(scope="module")
def hostile_run() -> Run:
    return sim.run(what_if(**HOSTILE))


def of(frame: pd.DataFrame, label: str = "no-twinning", **wanted: str) -> pd.DataFrame:
    rows = frame[frame["scenario"] == label]
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    return rows.reset_index(drop=True)


def test_differences_are_those_of_the_runs_themselves(
    both: Comparison, base_run: Run, other_run: Run
) -> None:
    rows = of(both.effects).set_index("outcome")
    for name in base_run.per_run.columns.drop("replicate"):
        gaps = (other_run.per_run[name] - base_run.per_run[name]).dropna()
        assert rows.loc[name, "difference"] == pytest.approx(gaps.mean(), abs=1e-9, nan_ok=True), (
            name
        )
        assert rows.loc[name, "runs"] == len(gaps)
        assert rows.loc[name, "share_lower"] == pytest.approx((gaps < 0).mean(), nan_ok=True)
    assert rows.loc["twinnings", "what_if"] == 0.0
    assert rows.loc["twinnings", "distinguishable"]


def numbers(column: pd.Series) -> np.ndarray:
    """Return an outcome as numbers: of a month how many months it is from January 2000."""
    if column.name == "first_contact":
        column = column.map(month_index, na_action="ignore")
    return column.to_numpy(dtype=float)


@pytest.mark.parametrize(
    ("table", "place"), [("by_country", "country"), ("by_locality", "locality")]
)
def test_places_have_the_differences_of_the_runs(
    both: Comparison, base_run: Run, other_run: Run, table: str, place: str
) -> None:
    one, other = getattr(base_run, table), getattr(other_run, table)
    differing = 0.0
    for outcome in ("visits_to_lac", "deal_value_usd_m", "first_contact"):
        gaps = numbers(other[outcome]) - numbers(one[outcome])
        wide = pd.DataFrame({"place": one[place], "gap": gaps}).groupby("place")["gap"].mean()
        rows = of(getattr(both, table), outcome=outcome).set_index(place)["difference"]
        assert set(rows.index) == set(wide.index)
        np.testing.assert_allclose(rows[wide.index], wide, atol=1e-9)
        differing += wide.abs().sum()
    assert differing > 0


def test_per_run_holds_every_scenario_of_every_replicate(both: Comparison, base_run: Run) -> None:
    mine = of(both.per_run, "baseline").drop(columns="scenario")
    pd.testing.assert_frame_equal(
        mine[base_run.per_run.columns], base_run.per_run, check_dtype=False
    )
    assert set(both.per_run["scenario"]) == {"baseline", "no-twinning", "what-if"}


def test_paths_end_where_the_effects_are(both: Comparison) -> None:
    effects = of(both.effects).set_index("outcome")
    paths = of(both.paths, month=END).set_index("metric")
    for name in ("visits_to_lac", "memoranda", "deals", "deal_value_usd_m"):
        for column in ("baseline", "difference", "low", "high"):
            assert paths.loc[name, column] == pytest.approx(effects.loc[name, column]), name
    assert len(of(both.paths)) == len(PATHS) * baseline().n_months
    assert paths.loc["views", "baseline"] == pytest.approx(effects.loc["views", "baseline"])


def test_before_a_change_paths_are_equal(both: Comparison) -> None:
    rows = of(both.paths, "what-if")
    before = rows[rows["month"] < CHANGE]
    assert (before["difference"] == 0).all()
    assert (rows["difference"] != 0).any()


@pytest.mark.parametrize("workers", [1, 3])
def test_numbers_do_not_depend_on_the_number_of_workers(both: Comparison, workers: int) -> None:
    again = compare(baseline(), "no-twinning", what_if(**HOSTILE), end=END, workers=workers)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(both, name))


def test_worlds_part_where_their_logs_part(both: Comparison, base_run: Run, other_run: Run) -> None:
    rows = of(both.divergences)
    for replicate in range(RUNS):
        one, other = (
            run.events[run.events["replicate"] == replicate] for run in (base_run, other_run)
        )
        lost = one[~one["event_id"].isin(other["event_id"])]
        won = other[~other["event_id"].isin(one["event_id"])]
        row = rows.loc[replicate]
        assert row["events_only_baseline"] == len(lost)
        assert row["events_only_what_if"] == len(won)
        assert row["month"] == min(lost["month"].astype(str).min(), won["month"].astype(str).min())
        assert row["kind"] == "twinning"
        assert row["only_in"] == "baseline"
        first = lost.iloc[0]
        assert (row["chinese_actor"], row["locality"]) == (
            first["chinese_actor"],
            first["locality"],
        )


def test_a_what_if_parts_not_before_its_change(both: Comparison) -> None:
    rows = of(both.divergences, "what-if")
    assert (rows["month"] >= CHANGE).all()
    assert not (rows["kind"] == "intervention").any()


def test_deals_in_one_world_are_those_of_one_run_only(
    both: Comparison, base_run: Run, other_run: Run
) -> None:
    keys = ["replicate", "project_id"]
    one, other = (
        set(run.deals[keys].itertuples(index=False, name=None)) for run in (base_run, other_run)
    )
    rows = of(both.deals_in_one_world)
    found = {
        side: set(group[keys].itertuples(index=False, name=None))
        for side, group in rows.groupby("only_in")
    }
    expected = {"baseline": one - other, "what-if": other - one}
    assert found == {side: deals for side, deals in expected.items() if deals}
    counts = of(both.divergences)
    assert counts["deals_only_baseline"].sum() == len(one - other) > 0
    assert counts["deals_only_what_if"].sum() == len(other - one)


def test_a_lost_deal_is_told_with_what_became_of_its_project(
    both: Comparison, other_run: Run, hostile_run: Run
) -> None:
    met: list[bool] = []
    for label, run in (("no-twinning", other_run), ("what-if", hostile_run)):
        rows = of(both.deals_in_one_world, label, only_in="baseline")
        there = run.projects.set_index(["replicate", "project_id"])
        proposed = [
            key in there.index for key in zip(rows["replicate"], rows["project_id"], strict=True)
        ]
        assert rows["fate_kind"].notna().tolist() == proposed
        assert (rows["root_month"] <= rows["month"]).all()
        assert not rows["fate_kind"].isin(["deal"]).any()
        assert (rows["steps"] >= 1).all()
        met += proposed
    assert any(met)
    assert not all(met)


def test_the_root_of_a_lost_deal_is_missing_in_the_other_world(
    both: Comparison, base_run: Run, other_run: Run
) -> None:
    rows = of(both.deals_in_one_world, only_in="baseline")
    columns = ["replicate", "month", "kind", "chinese_actor", "locality", "country"]
    roots = rows[["replicate", *(f"root_{name}" for name in columns[1:])]].fillna("")
    here, there = (
        set(run.events[columns].astype(object).fillna("").itertuples(index=False, name=None))
        for run in (base_run, other_run)
    )
    for root in roots.itertuples(index=False, name=None):
        assert root in here
    missing = [root not in there for root in roots.itertuples(index=False, name=None)]
    # Events of several projects can share month, actor and place, so not quite all.
    assert np.mean(missing) > 0.9


def test_deals_are_counted_in_all_runs_and_listed_in_the_first(
    monkeypatch: pytest.MonkeyPatch, both: Comparison
) -> None:
    monkeypatch.setattr(comparison_tables, "DEALS_LISTED", 2)
    short = compare(baseline(), "no-twinning", end=END)
    assert set(short.deals_in_one_world["replicate"]) <= {0, 1}
    pd.testing.assert_frame_equal(short.divergences, of(both.divergences))


def test_a_scenario_compared_with_itself_differs_by_exactly_nothing() -> None:
    same = compare(baseline(), what_if(), replicates=3)
    assert same.identical == ["what-if"]
    for frame in (same.effects, same.by_country, same.by_locality, same.paths):
        known = frame["difference"].notna()
        assert known.any()
        assert (frame.loc[known, ["difference", "low", "high"]] == 0.0).all(axis=None)
        assert not frame.get("distinguishable", pd.Series(False)).any()
    assert same.divergences["month"].isna().all()
    assert same.divergences["identical"].all()
    assert same.deals_in_one_world.empty
    assert same_world(baseline(), what_if())


def test_a_change_without_consequence_is_the_same_as_none() -> None:
    """A parameter that is set to what it is in the last month changes nothing but the log."""
    change = {"month": END, "kind": "parameter", "parameter": "turnover.fade"}
    value = baseline().parameter_values()["turnover.fade"]
    other = what_if(interventions=[change | {"value": value}])
    result = compare(baseline(), other, replicates=2)
    assert not same_world(baseline(), other)
    assert (result.effects["difference"].dropna() == 0).all()
    assert result.divergences["month"].isna().all()


def test_pairing_gains_over_independent_seeds(both: Comparison) -> None:
    gain = of(both.effects, outcome="visits_to_lac")["gain"].iloc[0]
    assert gain > 5


def test_settings_hold_in_every_scenario() -> None:
    result = compare(
        "baseline",
        "no-twinning",
        end="2001-12",
        replicates=2,
        seed=9,
        parameters={"turnover.fade": 0.9},
    )
    for scenario in (result.baseline, *result.what_ifs.values()):
        assert scenario.parameter_values()["turnover.fade"] == 0.9
        assert (scenario.seed, scenario.replicates, scenario.end) == (9, 2, "2001-12")
    assert result.what_ifs["no-twinning"].parameter_values()["twinning.rate"] == 0.0


def test_draws_of_parameters_are_shared_by_all_worlds() -> None:
    draws = [{"turnover.fade": 0.1, "twinning.rate": 0.01}, {"turnover.fade": 0.9}]
    result = compare(baseline(), "no-twinning", end="2003-12", replicates=3, draws=draws)
    for replicate, draw in enumerate([draws[0], *draws]):
        kept = {"twinning.rate": 0.0, "turnover.fade": draw["turnover.fade"]}
        for label, scenario, own in (
            ("baseline", baseline(), draw),
            ("no-twinning", load("no-twinning"), kept),
        ):
            chosen = scenario.with_overrides(end="2003-12", replicates=3, parameters=own)
            alone = sim.run(chosen).per_run.iloc[replicate]
            mine = of(result.per_run, label).iloc[replicate]
            assert mine["ties_lost"] == alone["ties_lost"]
            assert mine["visits_to_lac"] == alone["visits_to_lac"]
    assert result.manifest["draws"] == draws


def test_the_posterior_is_carried_by_default(carrying: Posterior, tmp_path: Path) -> None:
    """Draws as wide as the priors make cases range wider than chance alone does."""
    given: dict[str, Any] = {"end": "2010-12", "replicates": 40}
    drawn = compare("baseline", "no-twinning", **given)
    fixed = compare("baseline", "no-twinning", **given, fixed=True)
    assert drawn.manifest["draws"] == carrying.first(20)
    assert drawn.manifest["drawn_from"]["changed_since_fit"] == []
    assert fixed.manifest["drawn_from"] == {"fixed_because": "asked"}
    assert (drawn.summary["fixed_because"], fixed.summary["fixed_because"]) == (None, "asked")
    one, other = (of(each.effects).set_index("outcome") for each in (drawn, fixed))
    width = (one["p95"] - one["p05"]) / (other["p95"] - other["p05"])
    assert width["twinnings"] > 1.5
    assert one["by_parameters"]["twinnings"] > 0.3
    assert np.isnan(other["by_parameters"]).all()
    # The probability of a sign is a count over pairs, of draws and chance together.
    wide = drawn.per_run.pivot(index="replicate", columns="scenario", values="visits_to_lac")
    lower = (wide["no-twinning"] < wide["baseline"]).mean()
    assert one["share_lower"]["visits_to_lac"] == lower
    # A replicate that is run again takes the draw that it had.
    folder = drawn.write(tmp_path / "out", figures=False)
    for log, name in zip(
        read_paired_runs(folder, "no-twinning", 3).logs, ("baseline", "no-twinning"), strict=True
    ):
        assert (log["kind"] == "visit_to_lac").sum() == wide.loc[3, name]


def test_draws_given_and_fixed_parameters_exclude_each_other() -> None:
    with pytest.raises(InputError, match="excludes draws"):
        compare("baseline", "no-twinning", draws=[{"turnover.fade": 0.1}], fixed=True)


def test_a_draw_leaves_alone_what_a_what_if_changes() -> None:
    other = load("no-twinning")
    mixed = with_common_draw(other, load("baseline"), {"twinning.rate": 0.5, "turnover.fade": 0.3})
    assert mixed.parameter_values()["twinning.rate"] == 0.0
    assert mixed.parameter_values()["turnover.fade"] == 0.3


def test_what_ifs_of_one_name_are_told_apart() -> None:
    scenarios = [baseline(), what_if(), what_if(name="baseline"), what_if()]
    assert labels_of(scenarios) == ["what-if", "baseline-2", "what-if-2"]


def test_scenarios_over_other_months_are_refused() -> None:
    late = what_if(start="2001-01")
    with pytest.raises(InputError, match=r"start: 'what-if' has 2001-01 where .* has 2000-01"):
        compare(baseline(), late)
    with pytest.raises(InputError, match=r"end: 'what-if' has 2004-12"):
        compare(baseline(), what_if(end="2004-12"))


@pytest.mark.parametrize(
    ("given", "options", "said"),
    [
        (("baseline",), {}, "nothing to compare"),
        (("baseline", "no-twining"), {}, "Did you mean 'no-twinning'"),
        (("baseline", "no-twinning"), {"replicates": 1}, "one run says nothing"),
        (("baseline", "no-twinning"), {"workers": 0}, "workers: 0 is too few"),
        (("baseline", "no-twinning"), {"parameters": {"turnover.fad": 1}}, "turnover.fade"),
        (("baseline", "no-twinning"), {"seed": -1}, "seed"),
    ],
)
def test_wrong_input_is_refused_before_anything_runs(
    given: tuple[str, ...], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        compare(*given, **options, progress=lambda done, total: pytest.fail("it ran"))


def test_progress_counts_replicates() -> None:
    seen: list[tuple[int, int]] = []
    compare(
        baseline(), "no-twinning", end="2000-06", replicates=3, progress=lambda *n: seen.append(n)
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_an_interruption_stops_the_runs_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    plain = PairedSimulation.replicate

    def counted(self: Any, number: int) -> Any:
        begun.append(number)
        return plain(self, number)

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(PairedSimulation, "replicate", counted)
    options: dict[str, Any] = {"end": "2000-03", "replicates": 50, "workers": 2}
    with pytest.raises(KeyboardInterrupt):
        compare("baseline", "no-twinning", **options, out=tmp_path, progress=interrupt)
    assert max(begun) < 6
    assert list(tmp_path.iterdir()) == []


def test_chance_is_reckoned_with_where_many_places_are_looked_at(both: Comparison) -> None:
    rows = of(both.flagged, outcome="visits_to_lac").set_index("of")
    places = of(both.by_locality, outcome="visits_to_lac")
    assert rows.loc["locality", "places"] == len(places) == 555
    differ = float(rows["differ"]["locality"])
    assert rows.loc["locality", "by_chance"] == pytest.approx(0.05 * differ)
    assert differ == (places["share_equal"] < 1).sum() > 0
    assert rows.loc["locality", "below"] == (places["p_value"] < 0.05).sum()
    assert (places["p_adjusted"] >= places["p_value"] - 1e-12).all()
    assert (places.loc[places["distinguishable"], "p_adjusted"] < 0.05).all()


def test_side_by_side_has_a_column_a_what_if(both: Comparison) -> None:
    table = both.side_by_side.set_index("outcome")
    for label in both.labels:
        rows = of(both.effects, label).set_index("outcome")
        pd.testing.assert_series_equal(
            table[f"{label}: difference"], rows["difference"], check_names=False
        )


def test_a_written_comparison_holds_every_table(both: Comparison, tmp_path: Path) -> None:
    folder = both.write(tmp_path / "out", figures=False)
    for name in TABLES:
        frame = getattr(both, name)
        file = folder / file_of(name)
        back = (pd.read_parquet if name in LONG else pd.read_csv)(file)
        assert list(back.columns) == list(frame.columns)
        assert len(back) == len(frame)
    back = pd.read_parquet(folder / "deals_in_one_world.parquet")
    assert (back["project_id"] == both.deals_in_one_world["project_id"]).all()
    back = pd.read_csv(folder / "effects.csv")
    np.testing.assert_allclose(back["difference"], both.effects["difference"], rtol=1e-9)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["what_ifs"]) == ["no-twinning", "what-if"]
    assert manifest["scenario"]["name"] == "baseline"
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["effects"]["no-twinning"]["twinnings"]["what_if"] == 0.0
    with pytest.raises(InputError, match="not empty"):
        both.write(folder)


def test_unknown_what_ifs_and_outcomes_are_named(both: Comparison) -> None:
    with pytest.raises(InputError, match="Did you mean 'no-twinning'"):
        both.plot_map(what_if="no-twining")
    with pytest.raises(InputError, match="Did you mean 'deals'"):
        both.plot_map("deal")
    with pytest.raises(InputError, match="Did you mean 'memoranda'"):
        both.plot_paths(["memorandum"])
    with pytest.raises(InputError, match="Did you mean 'conversion'"):
        both.plot_forest(["conversions"])


def test_twins_read_from_a_comparison_are_those_of_the_runs(
    both: Comparison, base_run: Run, other_run: Run, tmp_path: Path, world: World
) -> None:
    folder = both.write(tmp_path / "both", figures=False)
    one = base_run.write(tmp_path / "one", figures=False)
    other = other_run.write(tmp_path / "other", figures=False)
    again = read_paired_runs(folder, "no-twinning", 1)
    read = read_paired_runs(one, str(other), 1)
    assert again.names == read.names == ("baseline", "no-twinning")
    for mine, its in zip(again.logs, read.logs, strict=True):
        assert mine["event_id"].tolist() == its["event_id"].tolist()
    assert (again.sides().parting is None) is (read.sides().parting is None) is False
    with pytest.raises(InputError, match="Did you mean 'no-twinning'"):
        read_paired_runs(folder, "no-twining")
    with pytest.raises(InputError, match="no run 7"):
        read_paired_runs(folder, "no-twinning", 7)
    with pytest.raises(InputError, match="holds a comparison"):
        read_paired_runs(one, str(folder))


def test_runs_that_share_no_chance_are_not_set_side_by_side(base_run: Run, tmp_path: Path) -> None:
    one = base_run.write(tmp_path / "one", figures=False)
    short = baseline().with_overrides(end="2000-06", replicates=1)
    seed = sim.run(short.with_overrides(seed=1)).write(tmp_path / "seed", figures=False)
    with pytest.raises(InputError, match="the seed differs, 1 and 2020"):
        read_paired_runs(one, str(seed))
    months = sim.run(short).write(tmp_path / "months", figures=False)
    with pytest.raises(InputError, match="the last month differs, 2000-06 and 2006-12"):
        read_paired_runs(one, str(months))
    with pytest.raises(InputError, match="not the folder of a finished run"):
        read_paired_runs(one, str(tmp_path / "nothing"))


def test_a_comparison_of_another_model_is_not_repeated(both: Comparison, tmp_path: Path) -> None:
    folder = both.write(tmp_path / "both", figures=False)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"model_version": "0.0.1+old"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"another version of the model, 0\.0\.1\+old"):
        read_paired_runs(folder, "no-twinning")


def test_only_parameters_are_exchanged_for_a_draw(world: World) -> None:
    from sim.engine.initial_state import initial_state

    other = what_if(**HOSTILE).with_overrides(
        parameters={"office.will_centre": 0.4, "turnover.fade": 0.1}
    )
    exchanged = with_parameters(initial_state(what_if(**HOSTILE), world), other)
    made = initial_state(other, world)
    # Rows of the log that are not used hold anything.
    for name in (field for field in made._fields if field != "event"):
        one, two = getattr(exchanged, name), getattr(made, name)
        assert (one.dtype, one.tobytes()) == (two.dtype, two.tobytes()), name
    assert np.shares_memory(exchanged.par, exchanged.par_values)
