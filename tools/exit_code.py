"""What a tool says of a fault, and the exit code that it ends with."""

from __future__ import annotations

import sys

from sim.core.errors import InputError
from sim.core.files import MachineError


def told(error: InputError | MachineError) -> int:
    """Print a fault; return 2 where the input is wrong, 1 for a fault of the machine."""
    sys.stderr.write(f"{error}\n")
    return 2 if isinstance(error, InputError) else 1
