"""Random numbers come from a published generator and depend on nothing but their key."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product

import numpy as np
import pytest

from sim.core import decisions, state, state_fields
from sim.core.jit import COMPILE, PACKAGE
from sim.core.rng import (
    draw,
    event_identity,
    key_of,
    mixed,
    philox,
    project_identity,
    random_bits,
    run_key,
)
from sim.core.state import Array, State

# Counter, key and result of Philox4x32-10 as published with Random123 (kat_vectors).
KNOWN_ANSWERS = [
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


def words(text: str) -> list[np.uint64]:
    return [np.uint64(int(word, 16)) for word in text.split()]


def head(seed: int = 1, replicate: int = 0) -> Array:
    """Return a run's record with the key of a seed and a replicate."""
    run = np.zeros(1, dtype=state.record_type(state_fields.RUN))
    run["key0"], run["key1"] = run_key(seed, replicate)
    return run


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(counter: str, key: str, result: str) -> None:
    found = philox(*words(counter), *words(key))
    assert [int(word) for word in found] == [int(word) for word in words(result)]


MASK = 2**64 - 1


def rrmxmx(x: int) -> int:
    """Return what the published mixer makes of a number, in whole numbers of any length."""
    x ^= (x >> 49 | x << 15 & MASK) ^ (x >> 24 | x << 40 & MASK)
    x = x * 0x9FB21C651E98DF25 & MASK
    x = (x ^ x >> 28) * 0x9FB21C651E98DF25 & MASK
    return x ^ x >> 28


@pytest.mark.parametrize("x", [0, 1, 2**63, MASK, 0x0123456789ABCDEF])
def test_mixing_is_the_published_one(x: int) -> None:
    assert int(mixed(np.uint64(x))) == rrmxmx(x)


KEYS = [(1, 2, 3, 4), (93, 2**32 - 1, 2**32 - 1, 0), (1001, 0, 0, 731), (2**31, 5, 0, 2**31)]


def test_a_draw_is_two_mixes_of_its_key() -> None:
    """Numbers of a seed stay: a change of this is another version of the model."""
    key0, key1 = run_key(7, 3)
    for decision, a, b, month in KEYS:
        stream = rrmxmx(key0 << 32 ^ key1 ^ decision << 32 ^ month)
        bits = rrmxmx(stream ^ a << 32 ^ b)
        assert int(random_bits(head(7, 3), decision, a, b, month)) == bits
        assert draw(head(7, 3), decision, a, b, month) == ((bits >> 11) + 0.5) / 2**53


@pytest.mark.skipif(not COMPILE, reason="compilation is off anyway")
def test_compilation_changes_no_draw() -> None:
    script = f"from tests.core.test_rng import *; print([float(draw(head(), *k)) for k in {KEYS}])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=PACKAGE.parent,
        env={**os.environ, "PARADIPLOMACY_COMPILE": "0"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str([float(draw(head(), *key)) for key in KEYS])


# Bits of each part of the key that differ between agents, months and decisions of a world.
PARTS = [
    ("seed", 64),
    ("replicate", 20),
    ("decision", 11),
    ("a", 32),
    ("b", 32),
    ("month", 10),
]
CENTRES = 1000


def bits_of(seed: int, replicate: int, *key: int) -> int:
    return int(random_bits(head(seed, replicate), *key))


def flips(part: int, bit: int) -> Array:
    """Return which of 64 bits a flipped bit of the key changes, around keys near each other."""
    changed = []
    for i in range(CENTRES):
        key = [1, i % 5, 1 + i % 90, i % 7, key_of(i // 7), i % 252]
        before = bits_of(*key)
        key[part] ^= 1 << bit
        changed.append(before ^ bits_of(*key))
    words = np.array(changed, dtype=np.uint64)
    return np.unpackbits(words.view(np.uint8).reshape(-1, 8), axis=1)


@pytest.mark.parametrize(("part", "bits"), list(enumerate(n for _, n in PARTS)), ids=dict(PARTS))
def test_every_bit_of_the_key_changes_every_bit_half_the_time(part: int, bits: int) -> None:
    """Each of the 64 bits flips with probability 1/2 within 5.5 standard errors.

    One of the 11,000 pairs of bits would be beyond that with a probability of 0.0004.
    """
    limit = 5.5 * 0.5 / np.sqrt(CENTRES)
    for bit in range(bits):
        rates = flips(part, bit).mean(axis=0)
        assert np.abs(rates - 0.5).max() < limit, f"bit {bit}"


def test_near_keys_have_no_bits_in_common() -> None:
    """Among 200,000 values of 64 bits two are equal with a probability of 1e-9."""
    run = head()
    keys = product(range(1, 11), range(20), range(20), range(50))
    found = {int(random_bits(run, *key)) for key in keys}
    assert len(found) == 200_000


def test_streams_of_identities_are_independent_of_each_other() -> None:
    """Neighbours in every part of the key are uncorrelated: 5 standard errors in 1,000 pairs."""
    run = head()
    streams = [
        [draw(run, d, a, b, t) for t in range(50) for b in range(40)]
        for d in (1, 2)
        for a in (3, 4)
    ]
    between = np.corrcoef(streams) - np.eye(4)
    assert np.abs(between).max() < 5.0 / np.sqrt(len(streams[0]))


@pytest.fixture(scope="module")
def sample() -> Array:
    """Return draws for 40 entities in 500 months, shape (40, 500)."""
    run = head()
    return np.array([[draw(run, 1, a, 0, t) for t in range(500)] for a in range(1, 41)])


def test_draws_lie_strictly_between_0_and_1(sample: Array) -> None:
    assert sample.min() > 0.0
    assert sample.max() < 1.0
    assert len(np.unique(sample)) == sample.size


def test_draws_are_uniform(sample: Array) -> None:
    counts, _ = np.histogram(sample, bins=50, range=(0.0, 1.0))
    expected = sample.size / 50
    chi_square = ((counts - expected) ** 2 / expected).sum()
    assert chi_square < 94.0, "0.01 % of uniform samples reach this with 49 degrees of freedom"


def test_draws_of_months_and_of_entities_are_independent(sample: Array) -> None:
    limit = 4.0 / np.sqrt(sample.shape[1])
    months = np.corrcoef(sample[:, :-1].ravel(), sample[:, 1:].ravel())[0, 1]
    assert abs(months) < 4.0 / np.sqrt(sample.size)
    between = np.corrcoef(sample) - np.eye(len(sample))
    assert np.abs(between).max() < 1.2 * limit


@pytest.mark.parametrize("argument", range(4))
def test_every_part_of_the_key_counts(argument: int) -> None:
    run = head()
    key = [1, 2, 3, 4]
    draws = set()
    for value in range(100):
        key[argument] = 1000 + value
        draws.add(draw(run, *key))
    assert len(draws) == 100


def test_the_order_of_identities_counts() -> None:
    assert draw(head(), 1, 2, 3, 4) != draw(head(), 1, 3, 2, 4)


@pytest.mark.parametrize(
    "pair",
    [
        ((1, 0), (2, 0)),
        ((1, 0), (1, 1)),
        ((0, 1), (1, 0)),
        ((1, 0), (1 + 2**32, 0)),
        ((2**62, 0), (2**62 + 1, 0)),
        ((1, 0), (1, 2**32)),
    ],
)
def test_seeds_and_replicates_differ(pair: tuple[tuple[int, int], tuple[int, int]]) -> None:
    one, other = pair
    assert run_key(*one) != run_key(*other)
    assert draw(head(*one), 1, 2, 3, 4) != draw(head(*other), 1, 2, 3, 4)


def test_a_draw_does_not_depend_on_those_before() -> None:
    run = head()
    first = draw(run, 5, 6, 7, 8)
    for t in range(10):
        draw(run, 1, 1, 1, t)
    assert draw(run, 5, 6, 7, 8) == first
    assert draw(head(), 5, 6, 7, 8) == first


def test_identities_take_the_high_bits_of_a_key() -> None:
    run = head()
    assert draw(run, 1, 2**32 - 1, 0, 0) != draw(run, 1, 2**31 - 1, 0, 0)


def test_decisions_have_a_number_each() -> None:
    numbers = {name: n for name, n in vars(decisions).items() if name.isupper()}
    assert len(numbers) > 50
    assert len(set(numbers.values())) == len(numbers)
    assert all(isinstance(n, int) and 0 < n < 2**32 for n in numbers.values())


def test_names_keep_their_identity() -> None:
    # Stored results refer to identities: a change of these numbers changes every run.
    assert key_of("actor", "firm:one") == 228432304
    assert key_of("country", "AAA") == 918005674
    assert key_of("actor", "firm:one") != key_of("firm:one", "actor")
    assert key_of("forum", 200, "x") == key_of("forum", "200", "x")
    assert all(0 < key_of(i) < 2**32 for i in range(1000))


def test_identities_of_events_and_projects_have_63_bits_and_differ() -> None:
    keys = list(product(range(38), (0, 1, 431), (0, 2**32 - 1), (0, 9), (0, 3)))
    events = {event_identity(*key) for key in keys}
    origins = list(product((0, 7, 2**32 - 1), range(432), (0, 9), range(13)))
    projects = {project_identity(*key) for key in origins}
    assert len(events) == len(keys)
    assert len(projects) == len(origins)
    assert all(0 < n < 2**63 for n in events | projects)


def test_identities_are_unique_in_a_run(finished: State) -> None:
    events = finished.event["id"][: int(finished.run["events"][0])]
    values, counts = np.unique(events, return_counts=True)
    twice = finished.event[np.isin(finished.event["id"], values[counts > 1])]
    assert not len(twice), f"kinds with the same identity: {sorted(set(twice['kind'].tolist()))}"
    projects = finished.project["key"][: int(finished.run["projects"][0])]
    assert len(np.unique(projects)) == len(projects)


def test_tables_have_identities_of_32_bits_without_repeats(template: State) -> None:
    for table in (template.country, template.place, template.actor, template.sector):
        assert len(np.unique(table["key"])) == len(table)
        assert table["key"].min() > 0
        assert table["key"].max() < 2**32
