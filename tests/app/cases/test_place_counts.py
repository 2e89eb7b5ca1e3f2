from __future__ import annotations

import numpy as np
import pytest

from sim.app.cases import place_counts as c
from sim.results.run_result import Run
from sim.scenario.schema import load
from sim.world import World


def made(*runs: dict[str, list[int]], months: int = 6, start: int = 12) -> c.PlaceCounts:
    """Return a chronicle of runs given as the months of each kind."""
    counts = np.zeros((len(runs), len(c.NAMES), months), dtype=np.uint16)
    for r, run in enumerate(runs):
        for name, at in run.items():
            np.add.at(counts[r, c.NAMES.index(name)], at, 1)
    return c.PlaceCounts(start, counts)


def test_counts_are_those_of_the_event_log(small_run: Run, world: World) -> None:
    scenario = load("baseline", world).with_overrides(end="2010-12")
    code = str(small_run.by_locality.groupby("locality")["deals"].sum().idxmax())
    begun = c.prepare(scenario, world, code)
    counts = np.stack([c.count_run(begun, replicate) for replicate in range(3)])
    assert counts.shape == (3, len(c.NAMES), scenario.n_months)
    mine = small_run.events[small_run.events["locality"] == code]
    for r in range(3):
        for i, name in enumerate(c.NAMES):
            told = mine[(mine["replicate"] == r) & (mine["kind"] == name)]
            months = [int(m[:4]) * 12 + int(m[5:]) - 1 - 2000 * 12 for m in told["month"]]
            assert np.repeat(np.arange(scenario.n_months), counts[r, i]).tolist() == months
    assert counts[:, c.NAMES.index("deal")].sum() > 0


def test_runs_come_in_batches_and_add_up(world: World) -> None:
    scenario = load("baseline", world).with_overrides(end="2003-12")
    begun = c.prepare(scenario, world, str(world.localities["code"].iloc[0]))
    none = c.no_runs(scenario)
    assert none.runs == 0
    assert np.isnan(none.so_far("deal").median).all()
    runs = [c.count_run(begun, replicate) for replicate in range(4)]
    assert (none.with_more(runs[:2]).with_more(runs[2:]).counts == np.stack(runs)).all()


def test_an_unknown_place_is_a_key_error(world: World) -> None:
    with pytest.raises(KeyError):
        c.prepare(load("baseline", world), world, "nowhere")


def test_shares_and_first_months() -> None:
    story = made({"deal": [1, 4]}, {"deal": [3]}, {}, {})
    assert story.share_by("deal").tolist() == [0, 0.25, 0.25, 0.5, 0.5, 0.5]
    assert story.share_by("twinning").tolist() == [0] * 6
    assert story.middle_first("deal") == 12 + 1
    assert story.middle_first("twinning") is None


def test_numbers_per_run_and_so_far() -> None:
    story = made({"visit_to_lac": [0, 0, 5]}, {"visit_to_lac": [2], "visit_to_china": [2]})
    assert story.of("visit_to_lac").tolist() == [3, 1]
    assert story.so_far("visit_to_lac").median.tolist() == [1, 1, 1.5, 1.5, 1.5, 2]
    assert story.so_far("visit_to_lac", "visit_to_china").median[-1] == 2.5


def test_too_few_pairs_say_nothing() -> None:
    few = made(*({"deal": [1]} for _ in range(c.LEAST - 1)))
    assert c.effects(few, few) == ()


def test_a_difference_in_every_pair_is_clear() -> None:
    before = made(*({} for _ in range(40)))
    after = made(*({"deal": [1] * (1 + r % 2)} for r in range(40)))
    found = {effect.name: effect for effect in c.effects(before, after)}
    deal, visit = found["deal"], found["visit_to_lac"]
    assert deal.difference == pytest.approx(1.5)
    assert deal.low < 1.5 < deal.high
    assert deal.is_clear
    assert (deal.share_before, deal.share_after) == (0.0, 1.0)
    assert visit.difference == 0.0
    assert not visit.is_clear


def test_only_runs_that_both_have_are_compared() -> None:
    before = made(*({} for _ in range(10)))
    after = made(*({"deal": [2]} for _ in range(10)), *({"deal": [1, 2, 3]} for _ in range(10)))
    found = {effect.name: effect for effect in c.effects(before, after)}
    assert found["deal"].after == 1.0
