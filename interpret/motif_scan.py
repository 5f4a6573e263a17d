"""Motifs in short sequences by FIMO's test: the step that seqlets, peaks and variants share."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
import pandas as pd
from jaxtyping import Float

from enformer.sequence import BASES, one_hot
from interpret.motif_files import Motif

_ONE_AT_A_TIME = Lock()  # numba's threads end the process when two callers use them at once
COLUMNS = ("motif", "sequence", "start", "end", "strand", "score", "p_value")
_LEAST = 1e-4
"""Added to every frequency before its logarithm, as memelite does: scores are the same."""


def scan_letters(letters: Sequence[str], motifs: Sequence[Motif], threshold: float) -> pd.DataFrame:
    """Hits of up to a p-value on both strands, the smallest p-value of each sequence first.

    P-values are of equal base frequencies, with odds rounded to tenths (memelite). There is no hit of a motif
    longer than the sequences, and none over an unknown base.

    Args:
        letters: of one length.
        motifs: what is looked for.
        threshold: largest p-value.

    Returns:
        The columns `COLUMNS`; motif and sequence are counted from 0, start and end in the sequence.
    """
    from memelite import fimo  # numba and its compiled code: only who scans waits for them

    bases = np.stack([one_hot(text).numpy().T for text in letters])
    # memelite names a motif by a key; two of a collection may share a name
    matrices = {str(i): motif.frequencies for i, motif in enumerate(motifs)}
    with _ONE_AT_A_TIME:
        frames = [found for found in fimo(matrices, bases, threshold=threshold) if len(found)]
    if not frames:
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.concat(frames, ignore_index=True)
    table = table.rename(
        columns={"motif_name": "motif", "sequence_name": "sequence", "p-value": "p_value"}
    ).astype({"motif": int, "sequence": int})
    places = zip(table["sequence"], table["start"], table["end"], strict=True)
    known = np.array(["N" not in letters[i][a:b] for i, a, b in places], dtype=bool)
    return table[known].sort_values(["sequence", "p_value"], kind="stable")[list(COLUMNS)]


def best_score(motif: Motif, letters: str, starts: range) -> float:
    """The highest log2 odds of a motif over some starts on either strand; minus infinity where none fits."""
    odds = np.log2((motif.frequencies + _LEAST) * len(BASES))
    fitting = [
        letters[at : at + motif.width] for at in starts if 0 <= at <= len(letters) - motif.width
    ]
    scores = [max(_score(odds, text), _score(odds[::-1, ::-1], text)) for text in fitting]
    return max(scores, default=-np.inf)


def _score(odds: Float[np.ndarray, "bases width"], letters: str) -> float:
    rows = [BASES.find(letter) for letter in letters]
    return -np.inf if -1 in rows else float(odds[rows, range(len(rows))].sum())
