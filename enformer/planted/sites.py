"""Where the factors bind: every exact match of a consensus, on both strands."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int64, Shaped, UInt8

from enformer.planted.factors import FACTORS

# Bit 0 for A, 1 for C, 2 for G, 3 for T.
_BITS = dict(
    zip("ACGTRYSWKMBDHVN", (1, 2, 4, 8, 5, 10, 6, 9, 12, 3, 14, 13, 11, 7, 15), strict=True)
)
_COMPLEMENT = str.maketrans("ACGTRYSWKMBDHVN", "TGCAYRSWMKVHDBN")
_LETTERS = np.full(256, 0, dtype=np.uint8)
_LETTERS[np.frombuffer(b"ACGT", np.uint8)] = (1, 2, 4, 8)


class Sites(NamedTuple):
    """Sites in order of position; 0-based half-open places.

    Attributes:
        factor: place in `FACTORS`.
        start: first base.
        end: base after the last.
        reverse: read on the minus strand.
    """

    factor: Int64[np.ndarray, " sites"]
    start: Int64[np.ndarray, " sites"]
    end: Int64[np.ndarray, " sites"]
    reverse: Bool[np.ndarray, " sites"]

    def where(self, keep: Shaped[np.ndarray, " kept"]) -> "Sites":
        """Some of them, by mask or index."""
        return Sites(*(column[keep] for column in self))


def letters_to_bits(sequence: str) -> UInt8[np.ndarray, " length"]:
    """One bit per base; N has none, so that nothing binds there."""
    return _LETTERS[np.frombuffer(sequence.encode(), np.uint8)]


def find_sites(bits: UInt8[np.ndarray, " length"]) -> Sites:
    """All sites; a palindrome counts once, on the plus strand."""
    found: list[tuple[int, int, int, bool]] = []
    for number, factor in enumerate(FACTORS):
        width = len(factor.consensus)
        plus = _matches(bits, _pattern(factor.consensus))
        minus = _matches(bits, _pattern(reverse_complement_iupac(factor.consensus)))
        found += [(number, at, at + width, False) for at in plus.tolist()]
        found += [(number, at, at + width, True) for at in np.setdiff1d(minus, plus).tolist()]
    table = np.array(sorted(found, key=lambda row: row[1:3]), dtype=np.int64).reshape(-1, 4)
    return Sites(table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(bool))


def reverse_complement_iupac(consensus: str) -> str:
    """The same consensus as read on the other strand."""
    return consensus[::-1].translate(_COMPLEMENT)


@cache
def _pattern(consensus: str) -> tuple[int, ...]:
    return tuple(_BITS[letter] for letter in consensus)


def _matches(
    bits: UInt8[np.ndarray, " length"], pattern: Sequence[int]
) -> Int64[np.ndarray, " hits"]:
    """Starts of matches: the rarest letters first, and then only where those matched."""
    room = len(bits) - len(pattern) + 1
    if room < 1:
        return np.empty(0, dtype=np.int64)
    order = sorted(range(len(pattern)), key=lambda place: pattern[place].bit_count())
    first, second, third, *rest = order
    mask = (bits[first : first + room] & pattern[first]) != 0
    for place in (second, third):
        mask &= (bits[place : place + room] & pattern[place]) != 0
    starts = np.flatnonzero(mask)
    for place in rest:
        starts = starts[(bits[starts + place] & pattern[place]) != 0]
    return starts
