"""An exported file holds what the run holds, in every language, and says what cannot be written."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.app.export import animation, lever_design
from sim.app.export.exported_page import MOST_BYTES, world_page, write_page
from sim.app.export.run_recorder import RunRecorder, recorder_of
from sim.app.what_if.experiment import SHOWN
from sim.app.what_if.paired_trial import FIXED, CarriedDraws
from sim.cli.main import app
from sim.core import enums as k
from sim.core.errors import InputError
from sim.engine.compiled import simulate
from sim.engine.initial_state import initial_state
from sim.results.run_result import run
from sim.scenario.schema import load
from sim.world import World

END = "2004-12"


def data_of(page: str) -> dict[str, Any]:
    """Return what a page holds, unpacked as a browser does."""
    found = re.search(r'id="data">([^<]*)<', page)
    assert found is not None
    held: dict[str, Any] = json.loads(gzip.decompress(b64decode(found[1])))
    return held


@pytest.fixture(scope="module")
def recorder(world: World) -> RunRecorder:
    scenario = load("jujuy", world).with_overrides(end=END)
    made = RunRecorder(scenario, world, replicate=1)
    made.record()
    return made


def test_figures_in_the_file_are_those_of_the_run(recorder: RunRecorder, tmp_path: Path) -> None:
    page = world_page([recorder])
    assert write_page(tmp_path / "world.html", page) == (tmp_path / "world.html").stat().st_size
    data, same = data_of(page), run(recorder.scenario, replicates=2, world=recorder.world)
    shown = data["worlds"][0]
    quanta = {one["name"]: one["quantum"] for one in data["measures"]}
    rows = same.by_locality[same.by_locality["replicate"] == 1].set_index("locality")
    scenario, count = recorder.scenario, len(data["codes"])
    end = simulate(initial_state(scenario, recorder.world), scenario.seed, 1)
    for name, known, within in (
        ("deals", rows.loc[data["codes"], "deals"].to_numpy(), 0.0),
        ("trust", end.place["trust"][:count], quanta["trust"] / 2 + 1e-6),
    ):
        last = np.array(shown["values"][name]).sum(axis=0)[:count]
        assert known.any()
        np.testing.assert_allclose(last * quanta[name], known, rtol=0.0, atol=within)
    # Firms follow localities and provinces.
    at = recorder.at
    first, count_firms = at.actor_offset[k.FIRM], len(recorder.world.firms)
    deals = np.array(shown["values"]["deals"]).sum(axis=0)[-count_firms:]
    assert deals.tolist() == recorder.frames[-1].actor_deals[first : first + count_firms].tolist()
    assert deals.any()
    nodes = np.array(data["actors"]["node"])[first : first + count_firms]
    for kind in ("map", "tiles"):
        drawn = data["maps"][kind]
        assert len(drawn["shapes"]) == len(drawn["centres"]) - 1 == nodes[-1] + 1
    trust = np.array(shown["ties"]["trust"]).sum(axis=0) / 100
    np.testing.assert_allclose(trust, recorder.frames[-1].tie_trust, atol=0.011)
    assert trust.any()
    events = same.events[same.events["replicate"] == 1]
    months = shown["first"] + np.cumsum(shown["events"]["month"])
    assert [f"{2000 + m // 12}-{m % 12 + 1:02d}" for m in months] == events["month"].tolist()
    assert len({len(texts) for texts in data["texts"].values()}) == 1
    project = shown["events"]["project"]
    identities = recorder.events_until(recorder.last)["project"].tolist()
    order = list(dict.fromkeys(identity for identity in identities if identity))
    assert project["number"] == [order.index(i) if i else -1 for i in identities]
    assert len(project["sector"]) == len(project["value"]) == len(order) > 0
    said = shown["events"]["sentence"]
    assert len({tuple(texts[i] for i in said) for texts in data["texts"].values()}) == 3


def test_levers_interpolate_between_what_was_run(world: World) -> None:
    scenario = load("baseline", world).with_overrides(end="2001-12")
    levers = lever_design.levers_of(scenario)
    points = lever_design.design(levers)
    assert len({tuple(sorted(point.items())) for point in points}) == len(points)
    turnover = next(lever for lever in levers if lever.name == "turnover")
    assert [turnover.value(p) for p in (-1.0, -0.5, 0.0, 1.0)] == [0.5, 0.75, 1.0, 2.0]
    for setting in (*points, *lever_design.checks(levers)):
        what_if, _ = lever_design.moved(scenario, FIXED, levers, setting)
        assert what_if.parameter_values()["turnover.pace"] == turnover.value(
            setting.get("turnover", 0.0)
        )


def test_a_lever_of_a_drawn_parameter_moves_every_draw(world: World) -> None:
    scenario = load("baseline", world)
    levers, setting = lever_design.levers_of(scenario), {"will": 0.5}
    name, before = "office.will_centre", scenario.parameter_values()["office.will_centre"]
    what_if, held = lever_design.moved(scenario, FIXED, levers, setting)
    assert what_if.parameter_values()[name] == before + 0.5
    assert held.draws == ()
    drawn = CarriedDraws(({name: -1.5}, {name: 2.9}, {name: -0.5, "turnover.fade": 0.1}))
    what_if, shifted = lever_design.moved(scenario, drawn, levers, setting)
    assert what_if.parameter_values()[name] == before
    assert shifted.draws == ({name: -1.0}, {name: 3.0}, {name: 0.0, "turnover.fade": 0.1})


def test_a_surface_gives_back_the_means_that_it_is_laid_through(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lever_design, "ROOM", 0.0)
    levers = lever_design.levers_of(load("baseline", world))
    at = lever_design.terms(levers, lever_design.design(levers))
    truth = np.random.default_rng(0).normal(0.0, 0.2, (at.shape[1], 3))
    base = np.array([2.0, 300.0, 0.0])
    means = base * np.exp(at @ truth)
    surface = lever_design.Surface.of(base, at, means)
    np.testing.assert_allclose(surface.means(0 * at[:1])[0], base, atol=1e-12)
    np.testing.assert_allclose(surface.means(at), means, rtol=1e-4, atol=1e-12)


def test_the_error_told_is_that_of_the_surface_in_the_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lever_design, "POINTS", 32)
    scenario = load("baseline", world).with_overrides(end="2001-12")
    counted: list[lever_design.Counts] = []
    count = lever_design._counts

    def kept(runs: Any) -> lever_design.Counts:
        counted.append(count(runs))
        return counted[-1]

    monkeypatch.setattr(lever_design, "_counts", kept)
    monkeypatch.setattr(lever_design, "in_order", lambda work, n, _: map(work, range(n)))
    data = lever_design.lever_columns(scenario, world, 5)
    levers = lever_design.levers_of(scenario)
    points, held = lever_design.design(levers), lever_design.checks(levers)
    assert [data["points"], data["checks"], data["years"]] == [len(points), len(held), 2]
    assert not any(setting in points for setting in held)
    base, direct = counted[0], counted[-len(held) :]
    for each, path, _local in counted:
        assert (each.shape, path.shape) == ((5, len(SHOWN)), (len(SHOWN), 2))
        np.testing.assert_allclose(each.mean(axis=0), path[:, -1])
    surface = lever_design.Surface(
        *(np.array(data["path"][name]) for name in ("start", "weights", "room"))
    )
    ends = surface.means(lever_design.terms(levers, held))[:, 1::2]
    known = np.array([counts.path[:, -1] for counts in direct])
    np.testing.assert_allclose(data["off"][0], np.median(abs(ends - known), axis=0), atol=0.05)
    np.testing.assert_allclose(data["off"][1], abs(ends - known).max(axis=0), atol=0.05)
    changes = abs(known - base.path[:, -1])
    np.testing.assert_allclose(data["off"][2], np.median(changes, axis=0), rtol=1e-3)
    assert changes[:, 0].max() > 0
    said = lever_design.lever_error(data)
    assert f"off by {np.median(abs(ends - known)[:, 0]):.1f} at the median" in said


def test_what_cannot_be_written_is_said(
    recorder: RunRecorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matplotlib.animation.FFMpegWriter.isAvailable", lambda: False)
    with pytest.raises(InputError, match="ffmpeg"):
        animation.write_animation(recorder, tmp_path / "world.mp4")
    with pytest.raises(InputError, match="MB"):
        write_page(tmp_path / "world.html", "x" * (MOST_BYTES + 1))
    with pytest.raises(InputError, match="0 to"):
        recorder_of("jujuy", recorder.world, 100_000)
    there = tmp_path / "there.html"
    there.touch()
    for words, said in (
        (["jujuy"], "--html FILE"),
        (["jujuy", "baseline", "--gif", "world.gif"], "shows one world"),
        (["jujuy", "--levers", "--gif", "world.gif"], "--levers"),
        (["jujuy", "--gif", "world.gif", "--measure", "truth"], "trust"),
        (["jujuy", "--gif", "world.gif", "--lang", "xx"], "pt"),
        (["jujuu", "--html", str(tmp_path / "world.html")], "jujuy"),
        (["jujuy", "--html", "world.gif"], ".html"),
        (["jujuy", "--gif", "world.html"], ".mp4"),
        (["jujuy", "--map", "world.txt"], ".svg"),
        (["jujuy", "--html", str(there)], "--overwrite"),
    ):
        result = CliRunner().invoke(app, ["export", *words])
        assert (result.exit_code, said in result.output) == (2, True), result.output
    assert [file.read_text() for file in tmp_path.iterdir()] == [""]
