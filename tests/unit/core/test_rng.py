"""Random streams: known answers, independence of chunks, open interval."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leucel.core import InputError, RandomStream, philox4x32

ONES = 0xFFFFFFFF
# Random123 1.14, tests/kat_vectors, philox 4x32 10 (doi:10.1145/2063384.2063405).
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
]
# One chance in a million under the null hypothesis; the seed is fixed, so no test flickers.
KOLMOGOROV_LIMIT = 2.7


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_known_answers(counter, key, answer) -> None:
    words = philox4x32(np.array([counter], dtype=np.uint32), key)
    assert tuple(int(word) for word in words[0]) == answer


def test_the_philox_of_a_table_is_that_of_its_rows() -> None:
    counters = np.arange(24, dtype=np.uint32).reshape(2, 3, 4)
    table = philox4x32(counters, (1, 2))
    assert table.shape == (2, 3, 4)
    for row in np.ndindex(2, 3):
        np.testing.assert_array_equal(table[row], philox4x32(counters[row], (1, 2)))


def test_a_subject_keeps_its_numbers_whatever_is_drawn_around_it() -> None:
    stream = RandomStream(11)
    whole = stream.uniform("eta", subjects=100, size=3)
    chunks = [stream.uniform("eta", subjects=n, size=3, first=f) for f, n in ((0, 7), (7, 93))]
    np.testing.assert_array_equal(whole, np.concatenate(chunks))
    np.testing.assert_array_equal(
        whole[:, 0], stream.uniform("eta", subjects=100, size=1), strict=True
    )


def test_purpose_replicate_seed_and_subject_all_change_the_numbers() -> None:
    first = RandomStream(1).uniform("age", subjects=50)
    others = [
        RandomStream(1).uniform("sex", subjects=50),
        RandomStream(1).uniform("age", subjects=50, replicate=1),
        RandomStream(2).uniform("age", subjects=50),
        RandomStream(1).uniform("age", subjects=50, first=50),
    ]
    for other in others:
        assert not np.any(first == other)


def test_subjects_beyond_32_bits_have_their_own_numbers() -> None:
    stream = RandomStream(3)
    low = stream.uniform("x", subjects=1, first=5)
    high = stream.uniform("x", subjects=1, first=5 + 2**32)
    assert low != high


@pytest.mark.parametrize("word", [0, ONES])
def test_the_ends_of_the_interval_are_never_reached(monkeypatch, word) -> None:
    """The extreme words would give 0 and 1, and their normals infinity."""

    def constant(counter, key):
        return np.full(counter.shape, word, dtype=np.uint32)

    monkeypatch.setattr("leucel.core.rng.philox4x32", constant)
    value = RandomStream(0).uniform("x", subjects=1)
    assert 0.0 < value[0] < 1.0
    assert math.isfinite(RandomStream(0).normal("x", subjects=1)[0])


def test_uniform_numbers_are_uniform_and_normal_ones_normal() -> None:
    n = 200_000
    from scipy.special import ndtr

    stream = RandomStream(2024)
    for sample in (
        stream.uniform("u", subjects=n),
        stream.uniform("u", subjects=2, size=n // 2).ravel(),
        ndtr(stream.normal("z", subjects=n)),
    ):
        ordered = np.sort(sample)
        steps = np.arange(1, n + 1) / n
        distance = max(np.max(steps - ordered), np.max(ordered - steps + 1 / n))
        assert distance * math.sqrt(n) < KOLMOGOROV_LIMIT


def test_columns_are_uncorrelated() -> None:
    z = RandomStream(5).normal("eta", subjects=100_000, size=4)
    off = np.corrcoef(z, rowvar=False)[np.triu_indices(4, 1)]
    # Five standard errors of a correlation of 100,000 pairs.
    assert np.max(np.abs(off)) < 5 / math.sqrt(100_000)


def test_no_subjects_give_no_numbers() -> None:
    assert RandomStream(0).uniform("x", subjects=0).shape == (0,)
    assert RandomStream(0).uniform("x", subjects=0, size=3).shape == (0, 3)


@pytest.mark.parametrize("seed", [-1, 2**64, 7.0, True, "7", None])
def test_a_seed_that_is_no_seed_is_refused(seed) -> None:
    with pytest.raises(InputError, match="seed is out of range"):
        RandomStream(seed)


@pytest.mark.parametrize("seed", [0, 2**64 - 1, np.int64(7)])
def test_whole_numbers_are_seeds(seed) -> None:
    draw = RandomStream(seed).uniform("x", subjects=1)
    assert draw == RandomStream(int(seed)).uniform("x", subjects=1)
