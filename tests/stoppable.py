"""The command line as a process that signals stop, however the tests were started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT_SECONDS = 240

# A shell that starts the tests in the background has them, and all they start, ignore SIGINT.
_HEARING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
_START = _HEARING + "from sim.__main__ import main; main()"
# Python imports a module of this name before anything else.
_FIRST = "sitecustomize.py"
_HANG = """
import pathlib, sys, time

class Hang:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            self.hang()

    def hang(self):
        {how}

def wait():
    pathlib.Path({reached!r}).touch()
    while True:
        time.sleep(0.01)

sys.meta_path.insert(0, Hang())
"""
# An error raised while an object is taken down goes nowhere; then the import goes on waiting.
_SWALLOWING = "type('Dying', (), {'__del__': lambda self: wait()})(); wait()"


def stoppable(*arguments: str) -> list[str]:
    """Return the command that runs ``paradiplomacy`` with some arguments."""
    return [sys.executable, "-c", _START, *arguments]


class Hanging:
    """Hold a process that waits for ever where it imports a module.

    Parameters
    ----------
    folder
        An empty one for what the process needs.
    command
        What to start.
    module
        Where it waits.
    swallowing
        Wait where an error raised goes nowhere.
    """

    def __init__(
        self, folder: Path, command: list[str], module: str, *, swallowing: bool = False
    ) -> None:
        self.reached = folder / "reached"
        how = _SWALLOWING if swallowing else "wait()"
        code = _HANG.format(module=module, reached=str(self.reached), how=how)
        (folder / _FIRST).write_text(_HEARING + code, encoding="utf-8")
        path = os.pathsep.join((str(folder), str(ROOT)))
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )

    def stopped_by(self, number: int) -> tuple[int, str]:
        """Return exit code and error stream, after a signal where it waits."""
        try:
            wait_for(self.reached.exists, self.process)
            self.process.send_signal(number)
            _, said = self.process.communicate(timeout=LIMIT_SECONDS)
        finally:
            self.process.kill()
        return self.process.returncode, said


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until a condition holds, a process ends or the limit is over."""
    limit = time.monotonic() + LIMIT_SECONDS
    while not condition() and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.02)
