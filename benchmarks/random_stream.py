"""Write the random bits of runs to standard output, for a program that tests generators.

Use: ``python benchmarks/random_stream.py ORDERING [--seed N] | RNG_test stdin32 -tlmax 64GB``
(PractRand, by Chris Doty-Humphrey). Each value is the upper 32 bits of a keyed draw's. An ordering
is called by the part of the key that differs between neighbours; the parts after it change when
it is through. In ``bit`` neighbours differ in one bit of the decision, the month or an identity.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from sim.core.jit import rule
from sim.core.rng import random_bits, run_key
from sim.core.state import RECORDS, Array, record_type

PARTS = ("decision", "a", "b", "month", "replicate")
# How many bits of a counter, from the lowest, count up which part of the key.
ORDERINGS = {
    "a": (("a", 12), ("month", 8), ("decision", 6), ("b", 12)),
    "b": (("b", 12), ("month", 8), ("decision", 6), ("a", 12)),
    "month": (("month", 8), ("a", 12), ("decision", 6), ("b", 12)),
    "decision": (("decision", 7), ("a", 12), ("month", 8), ("b", 11)),
    "replicate": (("replicate", 12), ("a", 12), ("month", 8), ("b", 6)),
    "bit": 2 * (("a", 4), ("b", 4), ("month", 4), ("decision", 3), ("replicate", 4)),
}
RUNS = 4096
BLOCK = 1 << 18


def fill(block: Array, runs: Array, pieces: Array, key: Array, is_gray: bool, first: int) -> None:
    """Fill a block with the values from number ``first`` on, whose key is made of ``pieces``."""
    part, width = pieces[0, 0], pieces[0, 1]
    rest = low = -1
    for row in range(len(block)):
        count = first + row
        if is_gray:
            count ^= count >> 1
        if count >> width != rest:
            rest = left = count >> width
            key[:] = 0
            for name, bits, used in pieces[1:]:
                key[name] |= (left & ((1 << bits) - 1)) << used
                left >>= bits
            low = key[part]
        key[part] = low | (count & ((1 << width) - 1))
        run = runs[key[4] : key[4] + 1]
        block[row] = random_bits(run, key[0], key[1], key[2], key[3]) >> np.uint64(32)


def main() -> None:
    """Write blocks until the reader has had enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ordering", choices=list(ORDERINGS))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    runs = np.zeros(RUNS, dtype=record_type(RECORDS["run"]))
    for replicate in range(RUNS):
        runs[replicate]["key0"], runs[replicate]["key1"] = run_key(given.seed, replicate)
    pieces, used = [], dict.fromkeys(PARTS, 0)
    for name, bits in ORDERINGS[given.ordering]:
        pieces.append((PARTS.index(name), bits, used[name]))
        used[name] += bits
    compiled, key = rule(fill), np.zeros(len(PARTS), dtype=np.int64)
    block, first = np.empty(BLOCK, dtype="<u4"), 0
    while True:
        compiled(block, runs, np.array(pieces), key, given.ordering == "bit", first)
        try:
            sys.stdout.buffer.write(block.tobytes())
        except BrokenPipeError:
            return
        first += BLOCK


if __name__ == "__main__":
    main()
