"""Changes to a training example that leave what it says true."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer, UInt8


@dataclass(frozen=True)
class Augmentation:
    """What is done to one example.

    Attributes:
        shift: bp the sequence moves to the right under fixed targets; bases that enter are N.
        reverse_complement: read the other strand.
    """

    shift: int = 0
    reverse_complement: bool = False


def draw(random: np.random.Generator, max_shift: int, flip: bool) -> Augmentation:
    """A shift in [-max_shift, max_shift] and, where `flip` is allowed, a fair coin for the strand."""
    shift = int(random.integers(-max_shift, max_shift + 1))
    return Augmentation(shift, bool(flip and random.integers(2)))


def shift_sequence(
    one_hot: UInt8[np.ndarray, "length 4"], shift: int
) -> UInt8[np.ndarray, "length 4"]:
    """Moves the sequence by `shift` bp, to the right where positive; N (zeros) enters."""
    moved = np.zeros_like(one_hot)
    length = len(one_hot)
    moved[max(shift, 0) : length + min(shift, 0)] = one_hot[max(-shift, 0) : length - max(shift, 0)]
    return moved


def augment(
    one_hot: UInt8[np.ndarray, "length 4"],
    targets: Float[np.ndarray, "bins tracks"],
    augmentation: Augmentation,
    strand_pairs: Integer[np.ndarray, " tracks"],
) -> tuple[UInt8[np.ndarray, "length 4"], Float[np.ndarray, "bins tracks"]]:
    """Shifts the sequence only, then reverse-complements sequence and targets.

    On the other strand positions run backwards, A reads as T and C as G (both axes of ACGT flip),
    and a stranded track shows what its partner `strand_pairs[track]` showed.
    """
    if augmentation.shift:
        one_hot = shift_sequence(one_hot, augmentation.shift)
    if augmentation.reverse_complement:
        one_hot, targets = one_hot[::-1, ::-1], targets[::-1, strand_pairs]
    return np.ascontiguousarray(one_hot), np.ascontiguousarray(targets)


def mutate(
    one_hot: UInt8[np.ndarray, "length 4"], rate: float, random: np.random.Generator
) -> UInt8[np.ndarray, "length 4"]:
    """Draws each base anew with this probability, so that no window can be learnt by heart.

    A real element survives a few per cent of substitutions; a memorised stretch does not.
    """
    if not rate:
        return one_hot
    places = np.flatnonzero(random.random(len(one_hot)) < rate)
    places = places[one_hot[places].any(axis=1)]  # N stays N
    mutated = one_hot.copy()
    mutated[places] = np.eye(4, dtype=np.uint8)[random.integers(4, size=len(places))]
    return mutated
