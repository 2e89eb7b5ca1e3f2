"""A worker process: orders go in and news come out as lines over pipes; nothing else is shared."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_ONE_CORE = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


def surroundings(**more: str) -> dict[str, str]:
    """Return the environment of a worker: these packages, wherever they lie, on one core.

    Parameters
    ----------
    more
        Further variables.
    """
    found = {**os.environ, **_ONE_CORE, **more}
    if _ROOT.name not in {"site-packages", "dist-packages"}:
        paths = (str(_ROOT), os.environ.get("PYTHONPATH"))
        found["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return found


class WorkerProcess:
    """Hold one worker's process and listen to it.

    Parameters
    ----------
    command
        What to start.
    news
        Gets the worker and what it says, each line of JSON as it comes; None once it has ended.
    environment
        As :func:`surroundings` gives it.
    own_session
        Whether Ctrl-C in the terminal stays away from the process.
    """

    def __init__(
        self,
        command: Sequence[str],
        news: SimpleQueue[tuple[Any, Any]],
        environment: dict[str, str],
        *,
        own_session: bool = False,
    ) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
            start_new_session=own_session,
        )
        self.listener = Thread(target=self._listen, args=(news,), daemon=True)
        self.listener.start()

    def _listen(self, news: SimpleQueue[tuple[Any, Any]]) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                news.put((self, json.loads(line)))
            except ValueError:
                break  # A line cut off by the worker's death.
        news.put((self, None))

    def send(self, line: str | None) -> None:
        """Send an order, or end the worker when there is none."""
        assert self.process.stdin is not None
        # If the worker has died meanwhile, the listener says so.
        with suppress(OSError):
            if line is None:
                self.process.stdin.close()
            else:
                self.process.stdin.write(f"{line}\n")
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
