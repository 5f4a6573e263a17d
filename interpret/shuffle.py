"""Shuffles that keep every dinucleotide: the same composition, no motif left but by chance.

A sequence is a walk over the bases along its dinucleotides; a shuffle is another walk along the same
ones. All are equally likely (Altschul & Erickson, Mol. Biol. Evol. 1985): draw the last step out of each
base so that they lead to where the sequence ends, put the other steps in any order, and walk.
"""

from itertools import product

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from enformer.errors import EnformerLensError

_Codes = Int[np.ndarray, " length"]


def dinucleotide_shuffles(
    one_hot: Float[Tensor, "length 4"], count: int, seed: int = 0
) -> Float[Tensor, "count length 4"]:
    """Shuffles of a sequence with the same number of each dinucleotide.

    What is no base (N, a row of zeros) stays where it is, and each known stretch between is shuffled by
    itself; its first and last base stay. Shuffle i is the same whatever the count.

    Args:
        one_hot: the sequence.
        count: how many.
        seed: of the random numbers, from 0 on.

    Raises:
        EnformerLensError: a count below one, or a negative seed.
    """
    _check(count, seed)
    known = ((one_hot == 1).sum(-1) == 1) & ((one_hot != 0).sum(-1) == 1)
    codes = one_hot.argmax(-1).cpu().numpy()
    edges = np.flatnonzero(np.diff(known.cpu().numpy().astype(np.int8), prepend=0, append=0))
    stretches = list(zip(edges[::2], edges[1::2], strict=True))
    shuffles = one_hot.repeat(count, 1, 1)
    for index, shuffle in enumerate(shuffles):
        random = np.random.default_rng([seed, index])
        for start, end in stretches:
            order = torch.from_numpy(_shuffled(codes[start:end], random)).to(one_hot.device)
            shuffle[start:end] = torch.eye(4, dtype=one_hot.dtype, device=one_hot.device)[order]
    return shuffles


def _shuffled(codes: _Codes, random: np.random.Generator) -> _Codes:
    """One shuffle of bases 0 to 3."""
    if len(codes) < 4:
        return codes  # with both ends kept there is nothing to exchange
    steps = [codes[1:][codes[:-1] == base] for base in range(4)]
    counts = np.stack([np.bincount(to, minlength=4) for to in steps])
    lasts = _last_steps(counts, int(codes[-1]), random)
    walks = [iter(_ordered(to, last, random)) for to, last in zip(steps, lasts, strict=True)]
    walk = [at := int(codes[0])]
    for _ in range(len(codes) - 1):
        walk.append(at := next(walks[at]))
    return np.array(walk, dtype=codes.dtype)


def _last_steps(
    counts: Int[np.ndarray, "bases bases"], end: int, random: np.random.Generator
) -> list[int | None]:
    """For each base where its last step leads; none for the end and for bases that are not there.

    Of the few ways that all lead to the end, each is as likely as there are steps to take it by.
    """
    leaving = [base for base in range(4) if base != end and counts[base].any()]
    ways = [dict(zip(leaving, to, strict=True)) for to in product(range(4), repeat=len(leaving))]
    ways = [way for way in ways if all(_arrives(way, base, end) for base in leaving)]
    weights = np.array(
        [np.prod([counts[pair] for pair in way.items()], dtype=float) for way in ways]
    )
    way = ways[random.choice(len(ways), p=weights / weights.sum())]
    return [way.get(base) for base in range(4)]


def _arrives(way: dict[int, int], base: int, end: int) -> bool:
    for _ in range(len(way)):
        base = way.get(base, base)
    return base == end


def _ordered(to: _Codes, last: int | None, random: np.random.Generator) -> list[int]:
    """The steps out of a base in random order, the given one last."""
    if last is None:
        return random.permutation(to).tolist()
    others = np.delete(to, np.flatnonzero(to == last)[0])
    return [*random.permutation(others).tolist(), last]


def _check(count: int, seed: int) -> None:
    if count < 1 or seed < 0:
        raise EnformerLensError(
            "It takes at least one shuffle and a seed from 0 on.",
            read=f"{count} shuffles with seed {seed}",
            do="Correct the number.",
            example="5 shuffles with seed 0",
        )
