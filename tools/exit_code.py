"""What a tool says of a fault, and the exit code that it ends with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from sim.core.errors import InputError
from sim.core.files import MachineError

_Given = ParamSpec("_Given")


def reporting(main: Callable[_Given, int | None]) -> Callable[_Given, int]:
    """Have a tool's main function return its exit code and say a fault in a sentence.

    The code is 0 where it returns none, 2 where the input is wrong, 1 for a fault of the machine.
    """

    @wraps(main)
    def reported(*given: _Given.args, **named: _Given.kwargs) -> int:
        try:
            return main(*given, **named) or 0
        except (InputError, MachineError) as error:
            sys.stderr.write(f"{error}\n")
            return 2 if isinstance(error, InputError) else 1

    return reported
