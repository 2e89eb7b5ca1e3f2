"""The command line as a process that Ctrl-C stops, however the tests were started."""

from __future__ import annotations

import sys

# A shell that starts the tests in the background has them, and all they start, ignore SIGINT.
_START = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from sim.cli import main; main()"
)


def stoppable(*arguments: str) -> list[str]:
    """Return the command that runs ``paradiplomacy`` with some arguments."""
    return [sys.executable, "-c", _START, *arguments]
