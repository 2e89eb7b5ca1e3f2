"""The same sweep on a Dask cluster: the same files, and killed workers survived."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sim.errors import InputError
from sim.experiments.sweep import Sweep, cluster, sweep
from sim.experiments.sweep.store import Store
from sim.files import MachineError

if TYPE_CHECKING:
    from tests.experiments.sweep.conftest import Small

Files = Callable[..., list[str]]

# Dask leaves sockets to the garbage collector and warns of its own ways.
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(os.name == "nt", reason="signals are sent differently"),
]


@pytest.fixture(scope="module")
def dask() -> Iterator[Any]:
    """Return a local cluster of two processes with one thread each."""
    distributed = pytest.importorskip("distributed")
    root = str(Path(__file__).resolve().parents[3])
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as started:
        yield started


def workers(dask: Any) -> list[int]:
    """Return the processes of the workers."""
    return [worker.process.pid for worker in dask.workers.values() if worker.process.pid]


def send(task: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the cluster carry out orders otherwise; its workers don't know this module."""
    import_module("cloudpickle").register_pickle_by_value(sys.modules[__name__])
    monkeypatch.setattr(cluster, "TASK", task)


@pytest.mark.slow
def test_cluster_writes_the_files_of_one_worker(
    dask: Any, tmp_path: Path, small: Small, reference: Sweep, files: Files
) -> None:
    told: list[tuple[int, int]] = []
    small(tmp_path / "s", cluster=dask.scheduler_address, progress=lambda *n: told.append(n))
    assert files(tmp_path / "s") == files(reference.folder)
    assert (told[0], told[-1]) == ((0, 30), (30, 30))
    assert told == sorted(told)


@pytest.mark.slow
def test_worker_of_the_cluster_killed_at_work_is_survived(
    dask: Any, tmp_path: Path, files: Files
) -> None:
    asked: dict[str, Any] = {
        "vary": {"turnover.fade": (0.2, 0.9)}, "design": "lhs", "n": 8, "replicates": 10,
        "end": "2003-12", "chunk": 4,
    }  # fmt: skip
    killed: list[int] = []

    def kill() -> None:
        limit = time.monotonic() + 120
        while len(files(tmp_path / "s")) < 4 and time.monotonic() < limit:
            time.sleep(0.01)
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


def kill_some(address: str, order: dict[str, Any]) -> None:
    """Carry out an order, but die of one of them."""
    if order["chunk"] == "00-000002":
        os.kill(os.getpid(), signal.SIGKILL)
    from sim.experiments.sweep import cluster

    cluster.task(address, order)


@pytest.mark.slow
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


def fill_up(address: str, order: dict[str, Any]) -> None:
    """Fail as a worker with a full disk does."""
    from sim.files import MachineError

    raise MachineError("cannot write the file: the disk is full", file=address)


@pytest.mark.slow
def test_full_disk_on_the_cluster_stops_the_sweep(
    dask: Any, tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(fill_up, monkeypatch)
    with pytest.raises(MachineError, match="disk is full"):
        small(tmp_path / "s", cluster=dask.scheduler_address)
    assert Store.at(tmp_path / "s").shards() == []


def test_cluster_that_does_not_answer_is_told(
    tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(InputError, match="no Dask scheduler answers at tcp://"):
        small(tmp_path / "s", cluster="tcp://127.0.0.1:9")


def test_missing_dask_is_told(
    tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"paradiplomacy\[cluster\]"):
        small(tmp_path / "s", cluster="tcp://127.0.0.1:9")
