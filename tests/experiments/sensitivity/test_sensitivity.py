"""Sensitivity on functions whose answer is known, and what is told when runs are wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli.main import app
from sim.core import provenance
from sim.core.errors import InputError
from sim.experiments.sensitivity import indices
from sim.experiments.sensitivity.analysis import SweepFrames, _scarce
from sim.experiments.sensitivity.indices import delta, pawn, problem_of, to_salib
from sim.experiments.sweep import Sweep
from sim.report.cards import sweep_card
from sim.results.sensitivity_result import Sensitivity, sensitivity
from tests.experiments.sensitivity.toy_sweeps import Floats, ishigami, linear, shares_of, sweep_of

pytestmark = pytest.mark.slow  # indices are taken again for many resamples of the runs

# Ishigami and Homma (1990) with a = 7 and b = 0.1: exact indices.
FIRST = (0.3139, 0.4424, 0.0)
TOTAL = (0.5576, 0.4424, 0.2437)
NAMES = ("authority.effect", "turnover.fade", "turnover.lapse")


def column(found: Sensitivity, name: str, rows: tuple[str, ...] = NAMES) -> Floats:
    """Return one column of the table, in the order of the rows named."""
    table = found.table.set_index("parameter")
    return table.loc[list(rows), name].to_numpy(dtype=np.float64)


def test_sobol_indices_of_ishigami_are_the_exact_ones() -> None:
    found = sensitivity(sweep_of(ishigami, "sobol", 1024))
    assert column(found, "first") == pytest.approx(FIRST, abs=0.05)
    assert column(found, "total") == pytest.approx(TOTAL, abs=0.05)
    assert (column(found, "total_low") < TOTAL).all()
    assert (column(found, "total_high") > TOTAL).all()
    # Without replicates an effect that never goes one way cannot be told from chance.
    assert found.undecided() == ["turnover.lapse"]
    assert any("one run a point" in note for note in found.notes)


def test_morris_finds_what_matters_to_ishigami_and_what_interacts() -> None:
    found = sensitivity(sweep_of(ishigami, "morris", 200, replicates=3, noise=0.01))
    # Exact over the four levels: x2 always moves by 7 sin^2(pi / 3) = 5.25, over a step of 2/3.
    assert column(found, "mu_star")[1] == pytest.approx(7.875, abs=0.01)
    assert column(found, "sigma")[1] == pytest.approx(7.875, rel=0.03)
    assert column(found, "sigma")[2] > 5.0
    assert abs(column(found, "mu")[2]) < 2.0
    assert found.inert() == []
    assert (column(found, "inert") < 0.05).all()


@pytest.mark.parametrize(
    ("kind", "n", "method"),
    [
        ("sobol", 128, "auto"),
        ("morris", 60, "auto"),
        ("lhs", 300, "auto"),
        ("lhs", 300, "delta"),
        ("sobol", 128, "pawn"),
        ("morris", 100, "delta"),
    ],
)
def test_a_parameter_without_effect_is_told_from_ones_with(kind: str, n: int, method: str) -> None:
    sweep = sweep_of(linear, kind, n, replicates=4, noise=1.0)
    found = sensitivity(sweep, method=method)
    assert list(found.of()["parameter"]) == list(NAMES)
    assert found.inert() == ["turnover.lapse"]
    assert "Not distinguishable from inert: turnover.lapse." in repr(found)
    rows = found.of()
    main = found.method.main
    assert rows[f"{main}_low"].le(rows[main]).all()
    assert rows[f"{main}_high"].ge(rows[main]).all()


def test_chance_that_all_points_share_does_not_hide_an_effect() -> None:
    sweep = sweep_of(linear, "sobol", 64, replicates=3, shared=5.0)
    found = sensitivity(sweep)
    assert column(found, "inert") == pytest.approx(0.0, abs=1e-12)
    assert found.inert() == ["turnover.lapse"]
    assert column(found, "total")[2] == pytest.approx(0.0, abs=1e-12)
    assert column(found, "total", ("seed",))[0] > 0.5


def test_the_seed_has_a_row_where_the_scale_allows_one() -> None:
    for kind, name, same in (("sobol", "total", "share"), ("morris", "mu_star", "deviation")):
        found = sensitivity(sweep_of(linear, kind, 32, replicates=3, noise=1.0))
        assert column(found, name, ("seed",))[0] == found.noise[same].iloc[0]
    assert "seed" not in set(sensitivity(sweep_of(linear, "lhs", 40)).table["parameter"])


# Slow: the chance of a wrong verdict shows only over many sweeps.
@pytest.mark.parametrize(("kind", "n"), [("lhs", 100), ("sobol", 20), ("morris", 25)])
def test_dummies_stand_for_an_inert_parameter_on_any_design(
    kind: str, n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Intervals play no part.
    monkeypatch.setattr(indices, "RESAMPLES", 20)
    # Some 1 in 40 indices of an inert parameter should lie above the dummies.
    above = 0
    for seed in range(24):
        sweep = sweep_of(linear, kind, n, seed=seed)
        above += "turnover.lapse" not in sensitivity(sweep, method="pawn").inert()
    assert above <= 3


def test_pawn_is_salibs_but_for_the_last_value() -> None:
    salib = pytest.importorskip("SALib.analyze.pawn")
    sweep = sweep_of(linear, "lhs", 1000)
    x, y = shares_of(sweep.design), sweep.frame["deals"].to_numpy()
    theirs = salib.analyze(problem_of(sweep.design), x, y, S=10)["median"]
    assert [pawn(x[:, j], y) for j in range(3)] == pytest.approx(list(theirs), abs=0.003)


def test_pawn_takes_a_list_level_by_level() -> None:
    x = np.repeat([0.0, 1.0], 50)
    # The two halves of the outcomes are apart, each half a distance from both together.
    assert pawn(x, np.arange(100.0)) == pytest.approx(0.5)


def test_delta_is_salibs_estimate() -> None:
    salib = pytest.importorskip("SALib.analyze.delta")
    stream = np.random.default_rng(1)
    x = stream.random(500)
    y = 3.0 * x + stream.normal(size=500)
    classes = int(min(np.ceil(500 ** (2.0 / (7.0 + np.tanh(2.0)))), 48))
    edges = np.linspace(0, 500, classes + 1)
    theirs = salib.calc_delta(y, np.linspace(y.min(), y.max(), 100), x, edges)
    assert delta(x, y) == pytest.approx(theirs, rel=0.01)


def test_blocks_with_an_unknown_point_are_left_out_and_told() -> None:
    sweep = sweep_of(ishigami, "sobol", 256, replicates=2, noise=0.1)
    runs = sweep.frame.copy()
    runs["error"] = runs["error"].astype(object)
    gone = runs["point"].isin([7, 12])
    runs.loc[gone, "deals"] = np.nan
    runs.loc[gone, "error"] = "KeyError: gone"
    found = sensitivity(SweepFrames(sweep.design, runs))
    assert any("2 of 256 blocks of base points are left out" in note for note in found.notes)
    assert any("4 of 2,560 runs failed" in note for note in found.notes)
    assert column(found, "total") == pytest.approx(TOTAL, abs=0.12)


def test_one_failed_run_of_several_costs_no_block() -> None:
    sweep = sweep_of(linear, "morris", 20, replicates=3, noise=0.1)
    runs = sweep.frame.copy()
    runs.loc[0, "deals"] = np.nan
    notes = sensitivity(SweepFrames(sweep.design, runs)).notes
    assert not any("left out" in note for note in notes)
    assert any("1 of 240 runs have no number" in note for note in notes)


@pytest.mark.parametrize(("kind", "n"), [("sobol", 8), ("morris", 8), ("lhs", 30)])
def test_too_few_known_points_give_no_index_and_say_so(kind: str, n: int) -> None:
    sweep = sweep_of(linear, kind, n)
    runs = sweep.frame.copy()
    runs.loc[runs["point"] > 10, "deals"] = np.nan
    found = sensitivity(SweepFrames(sweep.design, runs))
    assert found.of()[found.method.main].isna().all()
    assert found.undecided() == list(NAMES)
    assert any("too few for indices" in note for note in found.notes)
    # An empty list would say that all of them matter.
    with pytest.raises(InputError, match="of no parameter is it known whether it matters to deals"):
        found.inert()
    assert found.summary["outcomes"]["deals"]["not_distinguishable_from_inert"] is None
    assert "distinguishable from" not in repr(found)


def test_an_outcome_that_was_not_looked_at_is_refused() -> None:
    found = sensitivity(sweep_of(linear, "lhs", 30), "deals")
    for ask in (found.of, found.inert, found.undecided):
        with pytest.raises(InputError, match="outcome: 'dealz' was not looked at"):
            ask("dealz")


def test_the_library_speaks_of_its_arguments() -> None:
    with pytest.raises(InputError, match=r"^outcomes: there is no outcome 'dealz'"):
        sensitivity(sweep_of(linear, "lhs", 30), "dealz")
    with pytest.raises(InputError, match=r"^method: "):
        sensitivity(sweep_of(linear, "lhs", 30), method="sobol")


def test_tables_go_into_the_folder_of_the_sweep_by_default(folder: Path) -> None:
    written = sensitivity(folder, "deals", "pawn").write()
    assert written == folder / "sensitivity"
    assert (written / "sensitivity.json").is_file()
    with pytest.raises(InputError, match=r"^folder: "):
        sensitivity(sweep_of(linear, "lhs", 30), "deals").write()


def test_an_outcome_that_never_varies_is_told() -> None:
    sweep = sweep_of(linear, "sobol", 8)
    found = sensitivity(SweepFrames(sweep.design, sweep.frame.assign(deals=3)))
    assert any("does not vary" in note for note in found.notes)
    assert found.of()["total"].isna().all()
    assert len(found.table) == 4


def test_indices_that_cannot_be_are_said_to_want_points() -> None:
    good = {"parameter": "a", "total": 0.5, "total_high": 0.7, "first": 0.4}
    assert _scarce("deals", [good]) == []
    wide = good | {"total_high": 1.3}
    assert _scarce("deals", [wide]) == ["deals: too few points: an interval reaches up to 1.30"]
    [told] = _scarce("deals", [good | {"first": 0.6}])
    assert told == "deals: too few points: the first order is above the total of a"


def test_a_method_needs_its_design() -> None:
    sweep = sweep_of(linear, "lhs", 30)
    with pytest.raises(InputError, match="need a sobol design; this sweep has a lhs"):
        sensitivity(sweep, method="sobol")
    with pytest.raises(InputError, match="no method 'fast'"):
        sensitivity(sweep, method="fast")
    assert sensitivity(sweep_of(linear, "sobol", 16), method="pawn").method.name == "pawn"


def test_the_same_sweep_gives_the_same_numbers() -> None:
    for kind, method in (
        ("sobol", "sobol"),
        ("morris", "morris"),
        ("lhs", "pawn"),
        ("lhs", "delta"),
    ):
        sweep = sweep_of(linear, kind, 32, replicates=2, noise=1.0)
        first, again = (sensitivity(sweep, method=method).table for _ in range(2))
        pd.testing.assert_frame_equal(first, again)


def test_salib_takes_what_it_is_given() -> None:
    salib = pytest.importorskip("SALib")
    sweep = sweep_of(ishigami, "sobol", 512)
    problem, inputs, outputs = to_salib(sweep.design, sweep.frame, "deals")
    specification = salib.ProblemSpec(problem)
    specification.set_samples(inputs)
    specification.set_results(outputs)
    specification.analyze_sobol(calc_second_order=False, seed=1)
    assert specification.analysis["ST"] == pytest.approx(TOTAL, abs=0.06)
    runs = sweep.frame.assign(memoranda=1.0)
    assert to_salib(sweep.design, runs, ["deals", "memoranda"])[2].shape == (len(inputs), 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small sweep of the model itself."""
    place = tmp_path_factory.mktemp("sweeps") / "sweep"
    vary = ["authority.effect=0..1", "turnover.fade=0,0.5,1"]
    sim.sweep(
        "baseline", vary, design="sobol", n=8, replicates=2, end="2001-06", workers=1, out=place
    )
    return place


def test_a_sweep_is_read_from_its_folder_or_taken_as_it_is(folder: Path) -> None:
    found = sim.sensitivity(folder, "memoranda")
    assert found.source["scenario"] == "baseline"
    assert found.source["model_version"] == provenance.model_version()
    assert set(found.of()["parameter"]) == {"authority.effect", "turnover.fade"}
    again = sensitivity(Sweep(folder), "memoranda")
    pd.testing.assert_frame_equal(found.table, again.table)


def test_a_sweep_hands_itself_over(folder: Path) -> None:
    sweep = Sweep(folder)
    problem, inputs, outputs = sweep.to_salib(["memoranda", "visits_to_lac"])
    assert problem["names"] == ["authority.effect", "turnover.fade"]
    assert inputs.shape == outputs.shape == (32, 2)
    experiments, outcomes = sweep.to_ema()
    assert len(experiments) == 32
    assert outcomes["visits_to_lac"] == pytest.approx(outputs[:, 1])


def test_what_is_no_sweep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not the folder of a sweep"):
        sensitivity(tmp_path)


def test_everything_is_written_and_can_be_read_again(folder: Path, tmp_path: Path) -> None:
    found = sensitivity(folder, ["visits_to_lac", "memoranda"])
    target = found.write(tmp_path / "out")
    table = pd.read_csv(target / "indices.csv")
    assert list(table.columns) == list(found.table.columns)
    assert table["total"].to_numpy() == pytest.approx(found.table["total"].to_numpy(), nan_ok=True)
    assert len(pd.read_csv(target / "noise.csv")) == 2
    summary = json.loads((target / "sensitivity.json").read_text())
    assert set(summary["outcomes"]) == {"visits_to_lac", "memoranda"}
    assert summary["source"] == found.source
    page = (target / "sensitivity.html").read_text()
    assert "http" not in page.replace("http-equiv", "")
    assert all(str(name) in page for name in found.design.points)
    for outcome in ("visits_to_lac", "memoranda"):
        assert (target / "figures" / f"sensitivity_{outcome}.png").stat().st_size > 1000
    first = (target / "sensitivity.html").read_bytes()
    assert (found.write(target, overwrite=True) / "sensitivity.html").read_bytes() == first
    again = found.write(target, figures="none", overwrite=True)
    assert not (again / "figures").exists()
    assert "<img" not in (again / "sensitivity.html").read_text()


def test_what_comes_in_is_escaped() -> None:
    sweep = sweep_of(linear, "lhs", 20)
    frames = SweepFrames(sweep.design, sweep.frame, {"scenario": "<script>alert(1)</script>"})
    found = sensitivity(frames)
    from sim.report.sensitivity_page import page_html

    page = page_html(found, {})
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_many_parameters_are_drawn_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indices, "RESAMPLES", 20)
    monkeypatch.setattr(indices, "DUMMIES", 20)
    vary = tuple(f"{name}={p.low}..{p.high}" for name, p in list(sim.PARAMETERS.items())[:30])
    axes = sensitivity(sweep_of(linear, "lhs", 40, vary=vary)).plot()
    assert len(axes.get_yticklabels()) == 25
    assert "the first 25 of 30" in " ".join(text.get_text() for text in axes.texts)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["sensitivity", *arguments])
    return done.exit_code, done.output


def test_the_command_writes_beside_the_runs_and_prints_what_matters(folder: Path) -> None:
    code, text = run(str(folder), "--outcome", "visits_to_lac")
    assert code == 0
    assert text.startswith("Sobol' indices from a Sobol' design of 32 points")
    assert (folder / "sensitivity" / "sensitivity.html").is_file()
    assert str(folder / "sensitivity") in text


def test_an_unfinished_sweep_is_headed_by_what_is_there(folder: Path, tmp_path: Path) -> None:
    part = tmp_path / "part"
    shutil.copytree(folder, part, ignore=shutil.ignore_patterns("sensitivity"))
    for file in sorted((part / "runs").iterdir())[2:]:
        file.unlink()
    there = "10 of 32 points, 20 of 64 runs"
    code, text = run(str(part), "--outcome", "visits_to_lac")
    assert code == 0
    assert text.startswith(f"{there}: Sobol' indices from a Sobol' design, the sweep is not")
    page = (part / "sensitivity" / "sensitivity.html").read_text(encoding="utf-8")
    assert f"{there}:" in page.split("<table")[0]
    assert page.count(there) == 2  # the headline and the provenance
    record = json.loads((part / "sensitivity" / "sensitivity.json").read_text(encoding="utf-8"))
    assert next(iter(record)) == "runs"
    assert record["runs"]["told"] == there
    assert (record["runs"]["done"], record["runs"]["left"]) == (20, 44)
    assert there in sim.sensitivity(part, "visits_to_lac")._repr_html_()
    whole = sim.sensitivity(folder, "visits_to_lac").summary["runs"]
    assert (whole["left"], whole["told"]) == (0, "32 points")
    # The sweep's own card and count say it too.
    assert sweep_card(Sweep(part)).splitlines()[1] == f"Not finished: {there}"
    assert there in repr(Sweep(part))
    told = json.loads(CliRunner().invoke(app, ["sweep", "--status", str(part), "--json"]).stdout)
    assert (told["points_with_runs"], told["points"]) == (10, 32)


def test_the_command_prints_json(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    code, text = run(str(folder), "--json", "--method", "pawn", "--out", str(out))
    assert code == 0
    told = json.loads(text)
    assert told["method"] == "pawn"
    assert told["folder"] == out.as_posix()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--outcome", "deal"), "Did you mean 'deals'"),
        (("--method", "morris"), "need a morris design"),
        (("--discover", "deals=400"), "is not a condition"),
    ],
)
def test_wrong_input_ends_with_code_two(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, text = run(str(folder), *arguments)
    assert code == 2
    assert said in text
