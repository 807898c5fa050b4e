"""Counter-based random numbers: one independent stream for each purpose and subject.

The generator is Philox4x32-10 (Salmon et al., SC'11, doi:10.1145/2063384.2063405). A number is a
pure function of (seed, purpose, subject, index), so a result does not depend on threads, chunks or
on how many subjects were drawn before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leucel.core.errors import InputError, Problem

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = 0x9E3779B9
_WEYL_1 = 0xBB67AE85
_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_ROUNDS = 10


def philox4x32(counter: NDArray[np.uint32], key: tuple[int, int]) -> NDArray[np.uint32]:
    """Philox4x32-10 of each counter.

    Parameters
    ----------
    counter : (..., 4) uint32.
    key : two 32-bit words.

    Returns
    -------
    (..., 4) uint32 of random words.
    """
    words = [counter[..., i].astype(np.uint64) for i in range(4)]
    k0, k1 = key
    for _ in range(_ROUNDS):
        product_0 = words[0] * _MULTIPLIER_0
        product_1 = words[2] * _MULTIPLIER_1
        words = [
            (product_1 >> _SHIFT) ^ words[1] ^ np.uint64(k0),
            product_1 & _MASK,
            (product_0 >> _SHIFT) ^ words[3] ^ np.uint64(k1),
            product_0 & _MASK,
        ]
        k0 = (k0 + _WEYL_0) & 0xFFFFFFFF
        k1 = (k1 + _WEYL_1) & 0xFFFFFFFF
    return np.stack(words, axis=-1).astype(np.uint32)


@dataclass(frozen=True, slots=True)
class RandomStream:
    """Random numbers of one run; children differ by purpose, rows by subject.

    Parameters
    ----------
    seed : non-negative integer below 2**64.

    Examples
    --------
    >>> stream = RandomStream(7)
    >>> few = stream.uniform("age", subjects=3)
    >>> many = stream.uniform("age", subjects=1000)
    >>> bool((few == many[:3]).all())
    True
    """

    seed: int

    def __post_init__(self) -> None:
        whole = isinstance(self.seed, int | np.integer) and not isinstance(self.seed, bool)
        # A float would be accepted by the comparison and then name another stream than its integer.
        if not (whole and 0 <= self.seed < 2**64):
            raise InputError(
                Problem(
                    what="the seed is out of range",
                    received=repr(self.seed),
                    allowed="an integer from 0 to 2**64 - 1",
                )
            )

    def uniform(
        self, purpose: str, *, subjects: int, size: int = 1, replicate: int = 0, first: int = 0
    ) -> NDArray[np.float64]:
        """Uniform numbers in the open interval (0, 1), 52 bits.

        Parameters
        ----------
        purpose : name of what is drawn ("age", "eta_k_growth"); other names give other numbers.
        subjects : number of subjects N.
        size : numbers for each subject.
        replicate : replicate of the whole draw.
        first : index of the first subject.

        Returns
        -------
        (N,) when `size` is 1, else (N, size).
        """
        digest = hashlib.blake2b(
            f"{self.seed}\x1f{purpose}\x1f{replicate}".encode(), digest_size=8
        ).digest()
        key = (int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little"))
        blocks = (size + 1) // 2
        ids = np.arange(first, first + subjects, dtype=np.uint64)
        counter = np.zeros((subjects, blocks, 4), dtype=np.uint32)
        counter[..., 0] = np.arange(blocks, dtype=np.uint32)
        counter[..., 1] = (ids & _MASK).astype(np.uint32)[:, None]
        counter[..., 2] = (ids >> _SHIFT).astype(np.uint32)[:, None]
        words = philox4x32(counter, key).astype(np.uint64)
        high = np.stack([words[..., 0], words[..., 2]], axis=-1)
        low = np.stack([words[..., 1], words[..., 3]], axis=-1)
        values = _open_unit(high, low).reshape(subjects, 2 * blocks)[:, :size]
        return values[:, 0].copy() if size == 1 else values.copy()

    def normal(
        self, purpose: str, *, subjects: int, size: int = 1, replicate: int = 0, first: int = 0
    ) -> NDArray[np.float64]:
        """Standard normal numbers by inversion; arguments as in `uniform`."""
        return ndtri(
            self.uniform(purpose, subjects=subjects, size=size, replicate=replicate, first=first)
        )


def _open_unit(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Two 32-bit words as a number that is never 0 and never 1."""
    # With 53 bits the largest number plus one half would round to 1, and its normal to infinity.
    bits = (high >> np.uint64(6)) * np.uint64(2**26) + (low >> np.uint64(6))
    return (bits.astype(np.float64) + 0.5) * 2.0**-52
