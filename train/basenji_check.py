"""Every record of a prepared file against the Basenji data set that it was made from."""

import re
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
from jaxtyping import Float16, UInt8

from enformer.coordinates import Interval
from enformer.errors import DataError
from train.basenji import BasenjiFolder
from train.flanks import Flanks
from train.hdf5 import array_of, group_of
from train.species import SPLITS


def check(folders: Sequence[BasenjiFolder], out: Path) -> int:
    """Compares every record of `out` with its source; returns how many agree.

    Works back from the file: letters from the one-hot, flanks against the letters of the genome, sums
    in float64 from the stored float16.

    Raises:
        DataError: a record differs.
    """
    agreed = 0
    with h5py.File(out) as file:
        for folder in folders:
            for split in SPLITS:
                group = group_of(file, f"{folder.head}/{split}")
                for number, (sequence, target) in enumerate(folder.raw(split)):
                    _check_record(folder, group, number, sequence, target)
                    agreed += 1
    return agreed


def _check_record(
    folder: BasenjiFolder,
    group: h5py.Group,
    number: int,
    sequence: bytes,
    target: Float16[np.ndarray, "bins tracks"],
) -> None:
    one_hot, sums = (array_of(group, name)[number] for name in ("sequences", "targets"))
    letters = np.where(one_hot.any(axis=1), one_hot.argmax(axis=1), 4).astype(np.uint8)
    margin = (len(one_hot) - folder.statistics["seq_length"]) // 2
    middle = slice(margin, len(one_hot) - margin)
    same_letters = sequence in (letters[middle].tobytes(), one_hot[middle].tobytes())
    if same_letters and folder.flanks is not None:
        same_letters = _same_flanks(folder.flanks, group, number, letters, margin)
    exact = np.add.reduceat(
        target.astype(np.float64), np.arange(0, len(target), folder.pool), axis=0
    )
    if not (same_letters and np.allclose(sums, exact, rtol=1e-6, atol=0)):
        part = "targets differ" if same_letters else "sequence differs"
        raise DataError(
            f"The {part} from the source.",
            read=f"record {number} of {group.name} in {group.file.filename}",
            do="Prepare the file again.",
        )


def _same_flanks(
    flanks: Flanks,
    group: h5py.Group,
    number: int,
    letters: UInt8[np.ndarray, " length"],
    margin: int,
) -> bool:
    contig, start, end = (array_of(group, name)[number] for name in ("contig", "start", "end"))
    window = Interval(contig.decode(), int(start), int(end))
    read, held = flanks.genome.fetch(window, pad=True), letters.tobytes()
    expected = re.sub(b"[^ACGT]", b"N", read.encode()).translate(
        bytes.maketrans(b"ACGTN", bytes(range(5)))
    )
    return held[:margin] == expected[:margin] and held[-margin:] == expected[-margin:]
