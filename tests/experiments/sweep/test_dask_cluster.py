"""The same sweep on a Dask cluster: the same files, and killed workers survived.

Slow tests are so since schedulers and workers are processes that start, die and are missed.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from sim.cli.main import app
from sim.core.errors import InputError
from sim.core.files import MachineError
from sim.experiments.sweep import Sweep, dask_cluster, sweep
from sim.experiments.sweep.sweep_store import Store
from sim.experiments.worker_pool import import_paths
from tests.experiments.sweep.conftest import run_small

if TYPE_CHECKING:
    from tests.experiments.sweep.conftest import Small

Files = Callable[..., list[str]]

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals are sent differently"),
    pytest.mark.slow,  # each test starts a cluster, its workers or a command
]


@contextmanager
def collected() -> Iterator[None]:
    """Collect garbage on leaving, so that sockets left open are no later test's warning.

    Whether Dask leaves some when processes are killed depends on chance; that is not ours to mend.
    """
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            for _ in range(3):
                gc.collect()


@contextmanager
def local_cluster() -> Iterator[Any]:
    """Start a cluster of two processes with one thread each; a nanny replaces what is killed."""
    distributed = pytest.importorskip("distributed")
    with (
        collected(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
        ) as started,
    ):
        yield started


@pytest.fixture(scope="module", autouse=True)
def path_of_workers() -> Iterator[None]:
    """Let workers import the package from here, wherever they are started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", import_paths())
        yield


@pytest.fixture(scope="module")
def dask(path_of_workers: None) -> Iterator[Any]:
    """Return a local cluster, which gives up on a task that two workers have died of."""
    with (
        pytest.importorskip("dask").config.set({"distributed.scheduler.allowed-failures": 1}),
        local_cluster() as started,
    ):
        yield started


class Bare:
    """Hold the processes of a scheduler and of workers that nothing replaces."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []

    def start_scheduler(self) -> None:
        """Start the scheduler and wait for its address."""
        self.scheduler = self.start("scheduler", "--port", "0", "--host", "127.0.0.1")
        # An empty file is not written yet.
        wait_for(lambda: self.file.is_file() and bool(self.file.read_text(encoding="utf-8")))
        self.address = str(json.loads(self.file.read_text(encoding="utf-8"))["address"])

    def start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        """Start a scheduler or a worker."""
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard"]
        command += ["--scheduler-file", str(self.file), *options]
        null = subprocess.DEVNULL
        self.processes.append(subprocess.Popen(command, stdout=null, stderr=null))
        return self.processes[-1]

    def end(self) -> None:
        """Kill what is left."""
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def bare(tmp_path: Path, path_of_workers: None) -> Iterator[Bare]:
    """Return a scheduler without a worker."""
    pytest.importorskip("distributed")
    with collected():
        held = Bare(tmp_path)
        try:
            held.start_scheduler()
            yield held
        finally:
            held.end()


def wait_for(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def workers(dask: Any) -> list[int]:
    """Return the processes of the workers."""
    return [worker.process.pid for worker in dask.workers.values() if worker.process.pid]


def send(task: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the cluster carry out tasks otherwise; its workers don't know this module."""
    import_module("cloudpickle").register_pickle_by_value(sys.modules[__name__])
    monkeypatch.setattr(dask_cluster, "TASK", task)


def test_cluster_writes_the_files_of_one_worker(
    dask: Any, tmp_path: Path, small: Small, reference: Sweep, files: Files
) -> None:
    told: list[tuple[int, int]] = []
    small(tmp_path / "s", cluster=dask.scheduler_address, progress=lambda *n: told.append(n))
    assert files(tmp_path / "s") == files(reference.folder)
    assert (told[0], told[-1]) == ((0, 30), (30, 30))
    assert told == sorted(told)


def test_worker_of_the_cluster_killed_at_work_is_survived(
    dask: Any, tmp_path: Path, files: Files
) -> None:
    asked: dict[str, Any] = {
        "vary": {"turnover.fade": (0.2, 0.9)}, "design": "lhs", "n": 6, "replicates": 10,
        "end": "2002-12", "chunk": 4,
    }  # fmt: skip
    killed: list[int] = []

    def kill() -> None:
        wait_for(lambda: len(files(tmp_path / "s")) >= 4)
        killed.append(workers(dask)[0])
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    done = sweep("baseline", out=tmp_path / "s", cluster=dask.scheduler_address, **asked)
    killer.join()
    assert (done.status.left, done.status.failed) == (0, 0)
    assert killed[0] not in workers(dask)
    sweep("baseline", out=tmp_path / "one", workers=1, **asked)
    assert files(tmp_path / "s") == files(tmp_path / "one")


def kill_some(address: str, task: dict[str, Any]) -> None:
    """Carry out a task, but die of one of them."""
    if task["chunk"] == "00-000002":
        os.kill(os.getpid(), signal.SIGKILL)
    from sim.experiments.sweep import dask_cluster

    dask_cluster.carry_out_task(address, task)


def test_chunk_that_kills_the_workers_of_the_cluster_is_recorded(
    dask: Any, tmp_path: Path, small: Small, reference: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(kill_some, monkeypatch)
    done = small(tmp_path / "s", cluster=dask.scheduler_address)
    assert (done.status.left, done.status.failed) == (0, 5)
    assert done.failures["point"].tolist() == [2] * 5
    assert done.failures["error"].str.contains("killed the workers").all()
    others = done.frame["error"].isna()
    assert done.frame[others].equals(reference.frame[others])


def fill_up(address: str, task: dict[str, Any]) -> None:
    """Fail as a worker with a full disk does."""
    from sim.core.files import MachineError

    raise MachineError("cannot write the file: the disk is full", file=address)


def test_full_disk_on_the_cluster_stops_the_sweep(
    dask: Any, tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(fill_up, monkeypatch)
    with pytest.raises(MachineError, match="disk is full"):
        small(tmp_path / "s", cluster=dask.scheduler_address)
    assert Store(tmp_path / "s").shards() == []


def test_sweep_whose_workers_are_gone_stops_and_goes_on_later(
    bare: Bare, tmp_path: Path, reference: Sweep, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare.start("worker", "--no-nanny", "--nthreads", "1")
    with import_module("distributed").Client(bare.address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=120)
    send(kill_some, monkeypatch)
    with pytest.raises(MachineError, match="the cluster has had no worker for 2 seconds"):
        run_small(tmp_path / "s", cluster=bare.address, cluster_timeout=2.0)
    held = Sweep(tmp_path / "s")
    assert held.status.done == 10
    held.resume(workers=1)
    assert files(tmp_path / "s") == files(reference.folder)


def test_cluster_without_a_worker_is_told_by_the_command_with_how_to_go_on(
    bare: Bare, tmp_path: Path
) -> None:
    result = on_cluster(bare.address, tmp_path / "s", "--cluster-timeout", "1")
    assert result.exit_code == 1
    assert "no worker: waiting for one, 1 seconds at most" in result.stderr
    assert "the cluster has had no worker for 1 seconds" in result.stderr
    assert f"go on with: paradiplomacy sweep --resume {tmp_path / 's'}" in result.stderr


@pytest.mark.parametrize("ending", ["SIGKILL", "SIGSTOP"])
def test_scheduler_that_is_gone_or_hangs_is_told_by_the_command(
    bare: Bare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(dask_cluster, "LOOK_SECONDS", 0.5)
    monkeypatch.setattr(dask_cluster, "CLOSE_SECONDS", 1.0)
    submitted = threading.Event()

    def submit(task: Any) -> str:
        # However long it took to connect, no answer is waited for any longer.
        monkeypatch.setattr(dask_cluster, "CONNECT_SECONDS", 3.0)
        submitted.set()
        return str(task.chunk)

    monkeypatch.setattr(dask_cluster, "_key", submit)

    def strike() -> None:
        submitted.wait(120)
        bare.scheduler.send_signal(getattr(signal, ending))

    striker = threading.Thread(target=strike)
    striker.start()
    result = on_cluster(bare.address, tmp_path / "s")
    striker.join()
    assert result.exit_code == 1
    assert f"no Dask scheduler answers at {bare.address}" in result.stderr
    assert f"go on with: paradiplomacy sweep --resume {tmp_path / 's'}" in result.stderr


def on_cluster(address: str, out: Path, *options: str) -> Result:
    """Call the command for a sweep on a cluster."""
    asked = ("baseline", "--vary", "turnover.fade=0.2,0.9", "--end", "2000-02", "--out", str(out))
    return CliRunner().invoke(app, ["sweep", *asked, "--cluster", address, *options])


def test_cluster_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_cluster, "CONNECT_SECONDS", 1)
    with collected():
        result = on_cluster("tcp://127.0.0.1:9", tmp_path / "s")
    assert result.exit_code == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in result.stderr


def test_wrong_cluster_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="0 is too short"):
        run_small(tmp_path / "s", cluster="tcp://127.0.0.1:9", cluster_timeout=0.0)
    said = "'nowhere' is no address of a Dask scheduler"
    with collected(), pytest.raises(InputError, match=said):
        run_small(tmp_path / "s", cluster="nowhere")


def test_missing_dask_is_told(
    tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"paradiplomacy\[cluster\]"):
        small(tmp_path / "s", cluster="tcp://127.0.0.1:9")
