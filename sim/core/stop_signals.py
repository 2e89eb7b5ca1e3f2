"""Stop the command line at Ctrl-C and SIGTERM: an exit code that says so, and no traceback.

Before and after a command's own work nothing is half done, and the process ends at once. In between
the signal is raised as an error, so that what is half written is removed again.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any, NoReturn

_AGAIN_SECONDS = 0.05


class TerminatedError(KeyboardInterrupt):
    """Stop as at Ctrl-C, since the process was sent SIGTERM."""


def exit_code(stop: KeyboardInterrupt) -> int:
    """Return the exit code that tells what stopped the process."""
    return 128 + (signal.SIGTERM if isinstance(stop, TerminatedError) else signal.SIGINT)


def end_at_signals() -> None:
    """Have signals end the process at once, where it does not ignore them."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)


@contextmanager
def raising() -> Iterator[None]:
    """Raise KeyboardInterrupt or TerminatedError at signals that would end the process at once."""
    answered = [n for n in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(n) is _end]
    hook = sys.unraisablehook
    if answered:
        sys.unraisablehook = _raise_again
    try:
        for number in answered:
            signal.signal(number, _raise)
        yield
    finally:
        for number in answered:
            signal.signal(number, _end)
        sys.unraisablehook = hook


def _end(number: int, _: object) -> NoReturn:
    os.write(2, b"paradiplomacy: stopped.\n")
    os._exit(128 + number)


def _raise(number: int, _: object) -> NoReturn:
    raise TerminatedError if number == signal.SIGTERM else KeyboardInterrupt


def _raise_again(lost: Any) -> None:
    """Send a signal once more that was raised where errors are dropped, as in a callback."""
    if issubclass(lost.exc_type, KeyboardInterrupt):
        number = exit_code(lost.exc_value) - 128
        Timer(_AGAIN_SECONDS, _thread.interrupt_main, (number,)).start()
    else:
        sys.__unraisablehook__(lost)
