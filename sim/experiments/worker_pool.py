"""Worker processes: tasks go in and news come out as lines over pipes; nothing else is shared.

A worker that dies is replaced and its task given out again. Pools of the standard library and of
loky end with the first worker that dies, and don't say in which run. Threads, where they do, take
turns in :func:`in_order`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from sim.core.errors import InputError
from sim.core.files import MachineError

DEATHS = 3
"""Workers that one thing may take with it before it is taken for the cause."""

Notify = Callable[[int], None]

_Result = TypeVar("_Result")

_ROOT = Path(__file__).resolve().parents[2]
_ONE_CORE = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


def import_paths() -> str:
    """Return the ``PYTHONPATH`` under which another process finds these packages."""
    return os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))


class Worker:
    """Hold one worker's process, started by a command, and what it is doing.

    ``news`` gets the worker and what it says, each line of JSON as it comes; None once it has
    ended. ``more`` are further variables of its environment.
    """

    def __init__(
        self, command: Sequence[str], news: SimpleQueue[tuple[Worker, Any]], more: dict[str, str]
    ) -> None:
        self.ready = False
        self.task: Any = None
        self.run = 0
        is_installed = _ROOT.name in {"site-packages", "dist-packages"}
        paths = {} if is_installed else {"PYTHONPATH": import_paths()}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **_ONE_CORE, **more, **paths},
            # Ctrl-C in the terminal is the caller's to act on, not the workers'.
            start_new_session=True,
        )
        self.listener = Thread(target=self._listen, args=(news,), daemon=True)
        self.listener.start()

    def _listen(self, news: SimpleQueue[tuple[Worker, Any]]) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                news.put((self, json.loads(line)))
            except ValueError:
                break  # A line cut off by the worker's death.
        news.put((self, None))

    def give(self, task: Any) -> None:
        """Send a task, or end the worker when there is none (None)."""
        self.task, self.run = task, 0
        assert self.process.stdin is not None
        # If the worker has died meanwhile, the listener says so.
        with suppress(OSError):
            if task is None:
                self.process.stdin.close()
            else:
                self.process.stdin.write(json.dumps(task, default=asdict) + "\n")
                self.process.stdin.flush()

    def end(self) -> None:
        """Stop the process at once and wait for it."""
        self.process.kill()
        self.process.wait()
        self.listener.join()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


class WorkerPool:
    """Share tasks, in terms of JSON or as dataclasses, among worker processes of this machine.

    ``command`` starts a worker, which must :func:`serve`; ``size`` is the most workers at once.
    ``advance`` is called with the number of further runs that have ended, below zero where they are
    lost; ``environment`` holds further variables of the workers' environment.
    """

    def __init__(
        self,
        command: Sequence[str],
        tasks: Iterator[Any],
        size: int,
        advance: Notify,
        **environment: str,
    ) -> None:
        self.command, self.tasks, self.size = command, tasks, size
        self.advance, self.environment = advance, environment
        self.again: list[Any] = []
        self.news: SimpleQueue[tuple[Worker, Any]] = SimpleQueue()
        self.workers: list[Worker] = []
        self.deaths: Counter[Any] = Counter()
        self.failed_starts = 0
        self.spent = False

    def work(self) -> None:
        """Carry out all tasks.

        InputError or MachineError if a worker cannot go on for a reason that would stop the others
        too.
        """
        try:
            # Where the engine is not compiled yet, the others wait until the first has done it.
            self._start()
            while self.workers:
                self._hear(*self.news.get())
        finally:
            for worker in self.workers:
                worker.end()

    def requeue(self, worker: Worker) -> Any:
        """Return what is to be done again of a dead worker's task, None for nothing.

        MachineError if the task has taken too many workers with it.
        """
        self.deaths[worker.task] += 1
        if self.deaths[worker.task] >= DEATHS:
            raise MachineError(f"workers keep dying (exit code {worker.process.returncode})")
        return worker.task

    def _fill_up(self) -> None:
        # A worker started for nothing would start the next when it says that it is warm.
        while len(self.workers) < self.size and not self.spent:
            self._start()

    def _start(self) -> None:
        self.workers.append(Worker(self.command, self.news, self.environment))

    def _next(self) -> Any:
        task = self.again.pop() if self.again else next(self.tasks, None)
        self.spent = task is None
        return task

    def _hear(self, worker: Worker, news: dict[str, Any] | None) -> None:
        if news is None:
            self._replace(worker)
        elif "fault" in news:
            kind = InputError if news["fault"] == "input" else MachineError
            raise kind(news["message"])
        elif "warm" in news:
            if news["warm"]:
                self._fill_up()
        elif "ready" in news:
            worker.ready, self.failed_starts = True, 0
            worker.give(self._next())
            if worker.task is not None:
                self._fill_up()
        elif "run" in news:
            worker.run = news["run"]
            self.advance(int(worker.run > 0))
        else:
            worker.give(self._next())

    def _replace(self, worker: Worker) -> None:
        """Take leave of a worker that has ended, and replace it where work is left."""
        worker.end()
        self.workers.remove(worker)
        if not worker.ready:
            self.failed_starts += 1
            if self.failed_starts >= DEATHS:
                code = worker.process.returncode
                raise MachineError(f"workers end as soon as they start (exit code {code})")
        elif worker.task is None:
            return
        else:
            self.advance(-worker.run)
            again = self.requeue(worker)
            if again is not None:
                self.again.append(again)
        self._start()


def serve(begin: Callable[[], Callable[[Any, Notify], Any]]) -> None:
    """Carry out tasks until no more come, say how far they are, and end the process.

    So a worker does not outlive the caller that started it. ``begin`` makes ready and returns what
    carries out a task; it is given the task, in terms of JSON, and a function to call with the
    place of each run that begins, from 0, and with their number after the last.
    """
    from sim.core.jit import is_warm

    # Where a system sends Ctrl-C to all processes, the caller decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Whatever else is printed must not be taken for news.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def notify(**news: Any) -> None:
        stream.write(json.dumps(news) + "\n")
        stream.flush()

    try:
        notify(warm=is_warm())
        carry_out = begin()
        notify(ready=True)
        for line in sys.stdin:
            carry_out(json.loads(line), lambda run: notify(run=run))
            notify(done=True)
    except BrokenPipeError:
        os._exit(1)
    except InputError as error:
        notify(fault="input", message=str(error))
    except (MachineError, OSError) as error:
        notify(fault="machine", message=str(error))
    sys.stderr.flush()
    # Everything is written; taking the libraries down would only take time.
    os._exit(0)


def in_order(
    function: Callable[[int], _Result], count: int, workers: int
) -> Generator[_Result, None, None]:
    """Yield what a function returns for 0 to ``count`` - 1, in order, computed by threads."""
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[_Result]] = deque()
    try:
        for number in range(count):
            waiting.append(pool.submit(function, number))
            # Few are held at a time, so that memory does not grow with their number.
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
