"""Starts the first filters of a network as known transcription factor motifs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from Bio import motifs
from jaxtyping import Float

from enformer.errors import DataError
from enformer.model import Enformer

PSEUDOCOUNT = 0.5


def read_matrices(path: Path, names: Sequence[str]) -> list[Float[np.ndarray, "width 4"]]:
    """Log2 odds against even bases of the motifs whose names contain these identifiers.

    Args:
        path: motifs with one row of A, C, G, T counts per position under a `>name` line.
        names: identifiers such as MA0139.1, in the order wanted.

    Raises:
        DataError: the file cannot be read or an identifier is missing.
    """
    try:
        with path.open() as file:
            held = {str(motif.name): motif for motif in motifs.parse(file, "clusterbuster")}
    except (OSError, ValueError) as error:
        raise _unusable(path, f"It cannot be read: {error}.") from error
    found = [next((m for name, m in held.items() if wanted in name), None) for wanted in names]
    if None in found:
        lacking = [name for name, motif in zip(names, found, strict=True) if motif is None]
        raise _unusable(path, f"It lacks {', '.join(lacking)}.")
    return [_log_odds(motif.counts) for motif in found if motif is not None]


def _log_odds(counts: dict[str, list[float]]) -> Float[np.ndarray, "width 4"]:
    table = np.array([counts[base] for base in "ACGT"]).T + PSEUDOCOUNT
    return np.log2(4 * table / table.sum(axis=1, keepdims=True))


def as_filter(log_odds: Float[np.ndarray, "width 4"], width: int) -> Float[np.ndarray, "4 {width}"]:
    """The most informative `width` positions, centred, of mean 0 and the variance of a fresh filter."""
    if len(log_odds) > width:
        strength = np.convolve((log_odds.clip(0) ** 2).sum(axis=1), np.ones(width), "valid")
        log_odds = log_odds[strength.argmax() :][:width]
    held = np.zeros((width, 4))
    start = (width - len(log_odds)) // 2
    held[start : start + len(log_odds)] = log_odds - log_odds.mean(axis=1, keepdims=True)
    # One-hot input picks one of four weights per position; the initial filters have variance 1 / (4 width).
    return (held / np.sqrt((held**2).sum())).T


@torch.no_grad()
def start_from_motifs(model: Enformer, path: Path, names: Sequence[str]) -> None:
    """Replaces the first filters of the stem by the motifs and, after them, their reverse complements.

    Raises:
        DataError: there are more motifs than half of the filters.
    """
    weight = model.stem.conv.weight
    if 2 * len(names) > len(weight):
        raise _unusable(path, f"{len(names)} motifs on both strands need {2 * len(names)} filters.")
    filters = [as_filter(matrix, weight.shape[2]) for matrix in read_matrices(path, names)]
    both = filters + [motif[::-1, ::-1] for motif in filters]
    for number, values in enumerate(both):
        weight[number] = torch.from_numpy(values.copy())


def _unusable(path: Path, wrong: str) -> DataError:
    return DataError(
        wrong,
        read=f"the motif file {path}",
        do="Change init_motifs or motifs in the configuration.",
    )
