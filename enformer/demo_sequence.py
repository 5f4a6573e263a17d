"""Random DNA that is the same with every version of NumPy, and writing motifs into it."""

from typing import Literal

import numpy as np
from jaxtyping import Int64, UInt8, UInt64

Strand = Literal["+", "-"]

_ROW = 1024
_COMPLEMENT = str.maketrans("ACGT", "TGCA")
_LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)

# How often one base (row) is followed by another (column), A C G T, in thousandths: the same read on
# both strands. CG is rare in the background and common in islands.
_BACKGROUND = ((98, 50, 70, 77), (73, 52, 10, 70), (59, 42, 52, 50), (65, 59, 73, 98))
_ISLAND = ((40, 50, 70, 30), (70, 100, 80, 70), (60, 100, 100, 50), (20, 60, 70, 40))


class Dice:
    """Whole numbers from the raw stream of PCG64, which NumPy promises never to change."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def words(self, count: int) -> UInt64[np.ndarray, " count"]:
        """Numbers below 2**32."""
        return self._bits.random_raw(count) >> np.uint64(32)

    def integer(self, low: int, high: int) -> int:
        """A number from low to high - 1."""
        return low + int(self.words(1)[0]) % (high - low)

    def strand(self) -> Strand:
        """Either strand, as likely."""
        return "+" if self.integer(0, 2) else "-"


def background(dice: Dice, length: int) -> UInt8[np.ndarray, " length"]:
    """DNA codes (0..3 = ACGT) of the first-order chain that most of the genome follows."""
    return _chain(dice, length, _BACKGROUND)


def island(dice: Dice, length: int) -> UInt8[np.ndarray, " length"]:
    """DNA codes rich in G, C and CpG."""
    return _chain(dice, length, _ISLAND)


def _chain(
    dice: Dice, length: int, pairs: tuple[tuple[int, ...], ...]
) -> UInt8[np.ndarray, " length"]:
    """Walks rows of 1,024 bp side by side; a row does not know how the one before it ended."""
    counts = np.array(pairs, dtype=np.int64)
    limits = _limits(counts)
    rows = -(-length // _ROW)
    words = dice.words(rows * _ROW).astype(np.int64).reshape(_ROW, rows)
    codes = np.empty((_ROW, rows), dtype=np.uint8)
    codes[0] = (words[0][:, None] >= _limits(counts.sum(0)[None])[:, :3]).sum(1)
    for step in range(1, _ROW):
        codes[step] = (words[step][:, None] >= limits[codes[step - 1], :3]).sum(1)
    return codes.T.reshape(-1)[:length].copy()


def _limits(counts: Int64[np.ndarray, "rows 4"]) -> Int64[np.ndarray, "rows 4"]:
    return (np.cumsum(counts, axis=1) << 32) // counts.sum(axis=1, keepdims=True)


class Writer:
    """DNA codes of one contig, to be written over."""

    def __init__(self, codes: UInt8[np.ndarray, " length"]) -> None:
        self._codes = codes

    def put(self, start: int, codes: UInt8[np.ndarray, " part"]) -> None:
        """Writes codes from a position on."""
        self._codes[start : start + len(codes)] = codes

    def write(self, start: int, text: str) -> None:
        """Writes letters from a position on."""
        self.put(start, np.array(["ACGT".index(base) for base in text], dtype=np.uint8))

    def motif(self, anchor: int, offset: int, text: str, strand: str) -> None:
        """Writes a motif whose first base lies `offset` bp downstream of the anchor on a strand."""
        if strand == "+":
            self.write(anchor + offset, text)
        else:
            self.write(anchor - offset - len(text) + 1, text[::-1].translate(_COMPLEMENT))

    def text(self) -> str:
        """The contig in letters."""
        return _LETTERS[self._codes].tobytes().decode()
