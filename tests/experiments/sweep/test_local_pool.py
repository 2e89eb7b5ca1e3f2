"""Workers of this machine: the same files however many there are, and whatever kills them.

Slow tests are so since several workers start and die one after the other.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from sim.core.errors import InputError
from sim.core.files import MachineError
from sim.experiments.sweep import Sweep, local_pool

if TYPE_CHECKING:
    from sim.experiments.worker_pool import Worker
    from tests.experiments.sweep.conftest import Misbehave, Small

Files = Callable[..., list[str]]

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals are sent differently"),
    pytest.mark.slow,  # each test starts workers, and most kill some
]


def test_two_workers_write_the_files_of_one(
    tmp_path: Path, small: Small, reference: Sweep, files: Files
) -> None:
    told: list[int] = []
    sweep = small(tmp_path / "s", workers=2, progress=lambda done, _: told.append(done))
    assert files(tmp_path / "s") == files(reference.folder)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 30)
    assert sweep.status.left == 0


def test_killed_worker_is_replaced_and_its_chunk_made_again(
    tmp_path: Path, small: Small, reference: Sweep, files: Files, misbehave: Misbehave
) -> None:
    misbehave("""
        def before_run(fade, replicate):
            if replicate == 3 and first_time("killed"):
                kill()
    """)
    sweep = small(tmp_path / "s", workers=2)
    assert (tmp_path / "killed").exists()
    assert len(list(tmp_path.glob("worker-*"))) == 3
    assert files(tmp_path / "s") == files(reference.folder)
    assert sweep.status.failed == 0


def test_run_and_chunk_that_kill_their_workers_are_recorded_and_no_other(
    tmp_path: Path,
    small: Small,
    reference: Sweep,
    misbehave: Misbehave,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_pool, "DEATHS", 2)
    fade = float(reference.points["turnover.fade"][1])
    misbehave(f"""
        def before_run(fade, replicate):
            if fade == {fade!r} and replicate == 2:
                kill()

        def before_write(chunk):
            if chunk == "00-000003":
                kill()
    """)
    sweep = small(tmp_path / "s", workers=2, tables=["by_country"])
    failed = sweep.failures
    assert list(zip(failed["point"], failed["replicate"], strict=True)) == [
        (1, 2), *((3, replicate) for replicate in range(5))
    ]  # fmt: skip
    assert set(failed["error"]) == {"killed 2 workers (they ended in the middle of it)"}
    assert sweep.status.left == 0
    others = sweep.frame["error"].isna()
    assert sweep.frame[others].equals(reference.frame[others])
    assert sorted(set(sweep.table("by_country")["point"].to_pylist())) == [0, 1, 2, 4, 5]


def test_nobody_is_hired_once_no_work_is_left(
    reference: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    hired: list[int] = []
    monkeypatch.setattr(
        local_pool.LocalPool, "_start", lambda self: hired.append(self.workers.append(None))
    )
    pool = local_pool.LocalPool(reference.store, reference.plan, 2, iter(()), lambda runs: None)
    pool._hear(cast("Worker", None), {"warm": True})
    assert len(hired) == 2
    pool.workers.clear()
    assert pool._next() is None
    pool._hear(cast("Worker", None), {"warm": True})
    assert len(hired) == 2


def test_workers_that_never_start_are_a_fault(
    tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_pool, "COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(MachineError, match=r"as soon as they start \(exit code 3\)"):
        small(tmp_path / "s", workers=2)


def test_workers_of_another_model_are_refused(
    tmp_path: Path, small: Small, misbehave: Misbehave
) -> None:
    misbehave("""
        from sim.core import provenance
        provenance.model_version = lambda: "9.9+abc"
    """)
    with pytest.raises(InputError, match=r"there, 9\.9\+abc here"):
        small(tmp_path / "s", workers=2)


def test_full_disk_of_a_worker_stops_the_sweep(
    tmp_path: Path, small: Small, reference: Sweep, misbehave: Misbehave, files: Files
) -> None:
    misbehave("""
        def before_write(chunk):
            from sim.core.files import MachineError
            if chunk == "00-000003":
                raise MachineError("cannot write the file: the disk is full", file=chunk)
    """)
    with pytest.raises(MachineError, match="disk is full"):
        small(tmp_path / "s", workers=2)
    assert set(files(tmp_path / "s")) < set(files(reference.folder))
    assert Sweep(tmp_path / "s").resume(workers=1).status.left == 0
    assert files(tmp_path / "s") == files(reference.folder)


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs a list of processes")
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_sweep_that_dies_leaves_whole_files_and_no_workers(
    tmp_path: Path, reference: Sweep, files: Files, misbehave: Misbehave, sent: signal.Signals
) -> None:
    misbehave("""
        parent = os.getppid()

        def before_run(fade, replicate):
            while os.getppid() == parent and len(list(here.glob("s/runs/[!.]*"))) >= 2:
                time.sleep(0.02)
    """)
    # Started in the background, a process has its children ignore SIGINT.
    script = f"""
import signal
import sim
from sim.experiments.sweep import local_pool
signal.signal(signal.SIGINT, signal.default_int_handler)
local_pool.COMMAND = {local_pool.COMMAND!r}
vary = {{"turnover.fade": (0.2, 0.9), "authority.effect": (0.0, 1.0)}}
sim.sweep("baseline", vary, design="lhs", n=6, replicates=5, end="2000-06", chunk=5,
          out={str(tmp_path / "s")!r}, workers=2)
"""
    root = str(Path(__file__).resolve().parents[3])
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": root},
    ) as sweeping:
        limit = time.monotonic() + 120
        while len(files(tmp_path / "s")) < 2 and time.monotonic() < limit:
            time.sleep(0.02)
        sweeping.send_signal(sent)
    limit = time.monotonic() + 120
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "s/runs").glob("[!.]*")}
    assert {path.name for path in kept} < set(files(reference.folder))
    workers = [int(path.name.split("-")[1]) for path in tmp_path.glob("worker-*")]
    while any(map(is_alive, workers)) and time.monotonic() < limit:
        time.sleep(0.02)
    assert not any(map(is_alive, workers))
    made: list[int] = []
    done = Sweep(tmp_path / "s").resume(workers=1, progress=lambda count, _: made.append(count))
    assert made[0] >= 5 * len(kept)
    assert done.status.left == 0
    assert files(tmp_path / "s") == files(reference.folder)
    assert all(path.stat().st_mtime_ns == then for path, then in kept.items())
