"""Checking claims: verdicts in kind, the same for any number of workers."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.claims import statistics
from calibration.claims.claim import Claim
from calibration.claims.claim_experiments import check_claims
from calibration.claims.findings import Findings
from calibration.claims.statistics import Statistic
from calibration.claims.statistics.statistic import mean
from calibration.run_reading import Reading
from sim.core.errors import InputError
from tests.calibration.conftest import DRAWS


def test_verdicts_on_plain_claims(plain_findings: Findings) -> None:
    """A true claim, one that holds anyway, one about a change, a switch with nothing behind."""
    found = {f.claim.id: f.verdict for f in plain_findings.findings}
    assert found == {
        "T01": "shown",
        "T02": "weak",
        "T03": "shown",
        "T04": "not shown",
        "T05": "not expressed",
    }


def test_a_switch_with_nothing_behind_has_no_effect_at_all(plain_findings: Findings) -> None:
    """Both worlds have the same chance, so that not even luck tells them apart."""
    assert plain_findings.findings[3].row()["effect"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_findings_say_how_much_was_run(plain_findings: Findings) -> None:
    rows = [(f.runs, f.worlds, f.months) for f in plain_findings.findings]
    assert rows == [(2, 2, 48), (2, 2, 48), (2, 4, 60), (2, 2, 48), (0, 0, 0)]
    assert plain_findings.record()["draws"] == len(DRAWS)


def test_any_number_of_workers_finds_the_same(
    plain_claims: tuple[Claim, ...], plain_findings: Findings
) -> None:
    told: list[tuple[int, int]] = []
    again = check_claims(
        plain_claims, draws=DRAWS, replicates=2, workers=3, progress=lambda *done: told.append(done)
    )
    assert again.rows == plain_findings.rows
    assert told[-1] == (48, 48)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_another_seed_finds_other_numbers(
    plain_claims: tuple[Claim, ...], plain_findings: Findings
) -> None:
    (row,) = check_claims(plain_claims[:1], draws=DRAWS, replicates=2, seed=2).rows
    assert row["with"] != plain_findings.rows[0]["with"]
    assert row["verdict"] == "shown"


def test_a_claim_alone_finds_what_it_finds_among_others(
    plain_claims: tuple[Claim, ...], plain_findings: Findings
) -> None:
    assert (
        check_claims(plain_claims[2:3], draws=DRAWS, replicates=2).rows == plain_findings.rows[2:3]
    )


def test_claims_may_have_replicates_of_their_own(plain_claims: tuple[Claim, ...]) -> None:
    first, second = plain_claims[0], plain_claims[1]
    few = first.model_copy(update={"experiment": first.trial.model_copy(update={"replicates": 3})})
    more = second.model_copy(
        update={"experiment": second.trial.model_copy(update={"replicates": 6})}
    )
    found = check_claims([few, more])
    assert [f.runs for f in found.findings] == [3, 6]
    # What the first claim sees is the same as if it had been alone with its three runs.
    assert found.rows[:1] == check_claims([few]).rows


def test_a_draw_sets_what_a_claim_leaves_open(plain_claims: tuple[Claim, ...]) -> None:
    """The second claim switches off what the draw would set; the first is moved by it."""
    few = check_claims(plain_claims[:2], draws=[{"initiative.rate": -10.0}], replicates=2)
    many = check_claims(plain_claims[:2], draws=[{"initiative.rate": -7.5}], replicates=2)
    assert few.rows[1]["with"]["value"] < many.rows[1]["with"]["value"]
    assert few.rows[1]["without"] != few.rows[1]["effect"]
    assert few.rows[1]["effect"]["value"] == 0.0


def test_a_control_that_is_zero_by_construction_is_marked(plain_findings: Findings) -> None:
    """Nobody travels in the first claim's control; without visits there is nothing to measure."""
    marked = {f.claim.id: f.row()["by_construction"] for f in plain_findings.findings}
    assert marked["T02"] is False
    assert marked["T05"] is None
    assert plain_findings.by_construction == sum(
        1 for f in plain_findings.findings if f.verdict == "shown" and marked[f.claim.id]
    )


def broken(reading: Reading, countries: object = None) -> tuple[float, ...]:
    return (float("nan"),)


def test_a_statistic_that_is_no_number_is_an_error(
    plain_claims: tuple[Claim, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = str(plain_claims[0].statistic)
    spoilt = Statistic(name, "visits", "Nothing.", broken, mean)
    monkeypatch.setitem(statistics.STATISTICS, name, spoilt)
    with pytest.raises(ValueError, match=f"{name} has parts that are no numbers"):
        check_claims(plain_claims[:1], replicates=2)


def test_stopping_leaves_no_work_behind(plain_claims: tuple[Claim, ...]) -> None:
    """Ctrl-C arrives in the main thread, as this error does; nothing runs on afterwards."""
    calls = []

    def stop(done: int, total: int) -> None:
        calls.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_claims(plain_claims, replicates=40, workers=2, progress=stop)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("replicates", "seed", "workers", "field"),
    [(0, 1, 1, "replicates"), (2, -1, 1, "seed"), (2, 1, 0, "workers")],
)
def test_numbers_that_make_no_check(
    replicates: int, seed: int, workers: int, field: str, plain_claims: tuple[Claim, ...]
) -> None:
    with pytest.raises(InputError, match="out of range") as caught:
        check_claims(plain_claims, replicates=replicates, seed=seed, workers=workers)
    assert caught.value.field == field


def test_frame_has_a_row_for_each_claim(plain_findings: Findings) -> None:
    frame = plain_findings.frame
    assert frame["id"].tolist() == ["T01", "T02", "T03", "T04", "T05"]
    known = frame[frame["verdict"] != "not expressed"]
    assert np.all(known["effect_low"] <= known["effect"])
    assert np.all(known["effect"] <= known["effect_high"])
    assert frame["unit"].tolist()[:3] == ["visits", "share", "relative change"]
