"""Keyed, counter-based random numbers.

Every random number is a function of (seed, replicate, decision, two identities, month): there is no
generator whose state could be advanced by something unrelated. A draw is two mixes by rrmxmx
(Evensen 2018, mostlymangling.blogspot.com, *On the mixing functions in "Fast Splittable
Pseudorandom Number Generators"*): one turns the run's key, the decision and the month into a
stream's key, one turns that and the identities into bits. A mix is one-to-one: keys that differ in
one of these two pairs alone never share their bits. What is rare, the key of a run and identities
of events and projects, is of Philox4x32-10 (Salmon et al. 2011, *Parallel random numbers: as easy
as 1, 2, 3*, SC11).
"""

from __future__ import annotations

import zlib

import numpy as np

from sim.core.jit import COMPILE, rule

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_RRMXMX = np.uint64(0x9FB21C651E98DF25)
_11, _15, _24 = np.uint64(11), np.uint64(15), np.uint64(24)
_28, _40, _49 = np.uint64(28), np.uint64(40), np.uint64(49)
_EVENT_KEY = np.uint64(0x50415241)
_PROJECT_KEY = np.uint64(0x50524F4A)


@rule
def _round(c0, c1, c2, c3, k0, k1):
    p0 = _M0 * c0
    p1 = _M1 * c2
    return (p1 >> _32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW


@rule
def philox(c0, c1, c2, c3, k0, k1):
    """Return the four 32-bit words of Philox4x32-10 for a counter and a key.

    All arguments and results are ``uint64`` numbers below 2**32.
    """
    # Ten rounds written out: as a loop they take twice as long.
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    return c0, c1, c2, c3


if COMPILE:

    @rule
    def _product(x, y):
        return x * y
else:

    def _product(x, y):
        # Numbers of numpy would warn of the overflow that is meant.
        return np.uint64(int(x) * int(y) & 0xFFFFFFFFFFFFFFFF)


@rule
def mixed(x):
    """Return the 64 bits of ``x`` mixed by rrmxmx, one-to-one."""
    x ^= ((x >> _49) | (x << _15)) ^ ((x >> _24) | (x << _40))
    x = _product(x, _RRMXMX)
    x = _product(x ^ (x >> _28), _RRMXMX)
    return x ^ (x >> _28)


@rule
def random_bits(run, decision, a, b, month):
    """Return the 64 random bits behind :func:`draw`."""
    head = run[0]
    key = (np.uint64(head.key0) << _32) ^ np.uint64(head.key1)
    stream = mixed(key ^ (np.uint64(decision) << _32) ^ np.uint64(month))
    return mixed(stream ^ (np.uint64(a) << _32) ^ np.uint64(b))


@rule
def draw(run, decision, a, b, month):
    """Return a uniform number in (0, 1) for a decision, two identities and a month.

    Parameters
    ----------
    run
        The run's record array; its two key words carry seed and replicate.
    decision
        A number of :mod:`sim.core.decisions`.
    a, b
        Stable 32-bit identities; 0 where the decision needs only one.
    month
        Months since January 2000.
    """
    bits = random_bits(run, decision, a, b, month)
    return (float(bits >> _11) + 0.5) / 9007199254740992.0


@rule
def _identity(c0, c1, c2, c3, key):
    w0, w1, _, _ = philox(np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3), key, key)
    return np.int64((w0 << np.uint64(31)) | (w1 >> np.uint64(1)))


@rule
def event_identity(kind, month, a, b, c):
    """Return the 63-bit identity of an event from its kind, month and three 32-bit identities."""
    return _identity(kind * 4096 + month, a, b, c, _EVENT_KEY)


@rule
def project_identity(origin, month, place, sector):
    """Return the 63-bit identity of a project from where and when it was first proposed.

    ``origin`` is the 32-bit identity of who proposed it.
    """
    return _identity(sector * 4096 + month, origin, place, 0, _PROJECT_KEY)


def key_of(*names: object) -> int:
    """Return the stable 32-bit identity of a name, never zero."""
    return zlib.crc32("/".join(str(n) for n in names).encode()) or 1


def run_key(seed: int, replicate: int) -> tuple[int, int]:
    """Return the two key words that carry a seed and a replicate number."""
    words = philox(
        np.uint64(seed & 0xFFFFFFFF),
        np.uint64((seed >> 32) & 0xFFFFFFFF),
        np.uint64(replicate & 0xFFFFFFFF),
        np.uint64((replicate >> 32) & 0xFFFFFFFF),
        _EVENT_KEY,
        _PROJECT_KEY,
    )
    return int(words[0]), int(words[1])
