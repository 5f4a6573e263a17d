"""DNA as letters and as numbers: bases in the order A, C, G, T."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from enformer.errors import EnformerLensError

BASES = "ACGT"
AMBIGUOUS = "NRYSWKMBDHV"
"""IUPAC letters that stand for several bases: rows of zeros, as in the model's training."""

_COMPLEMENT = str.maketrans("ACGTNRYSWKMBDHVacgtnryswkmbdhv", "TGCANYRSWMKVHDBtgcanyrswmkvhdb")
_KNOWN = (BASES + AMBIGUOUS + BASES.lower() + AMBIGUOUS.lower()).encode()


def one_hot(sequence: str) -> Float[Tensor, "length 4"]:
    """One row per base, upper or lower case; N and other ambiguous letters are rows of zeros.

    Raises:
        EnformerLensError: a character that is no IUPAC letter of DNA.
    """
    codes = np.frombuffer(sequence.encode("ascii", "replace"), dtype=np.uint8)
    table = np.full(256, -1, dtype=np.int8)
    table[list(_KNOWN)] = 4
    for index, base in enumerate(BASES):
        table[[ord(base), ord(base.lower())]] = index
    indices = table[codes]
    if (indices < 0).any():
        raise _not_dna(sequence, int((indices < 0).argmax()))
    return torch.from_numpy(np.eye(5, 4, dtype=np.float32)[indices])


def letters_of(one_hot: Float[Tensor, "length 4"]) -> str:
    """The sequence of a one-hot; N where no base is."""
    codes = torch.where((one_hot != 0).any(-1), one_hot.argmax(-1), len(BASES)).cpu().numpy()
    return np.frombuffer(f"{BASES}N".encode(), dtype=np.uint8)[codes].tobytes().decode()


def reverse_complement(sequence: str) -> str:
    """The other strand, read in its own direction; ambiguous letters are complemented too."""
    return sequence.translate(_COMPLEMENT)[::-1]


def reverse_complement_one_hot(
    one_hot: Float[Tensor, "*batch length 4"],
) -> Float[Tensor, "*batch length 4"]:
    """The other strand: with bases in the order A, C, G, T both axes are flipped."""
    return one_hot.flip(-1, -2)


def _not_dna(sequence: str, place: int) -> EnformerLensError:
    return EnformerLensError(
        f"Character {place + 1:,} is {sequence[place]!r}, which is no letter of DNA.",
        read=f"a sequence of {len(sequence):,} characters",
        do=f"Use {BASES} and, where a base is not known, N.",
        example="ACGTN",
    )
