"""A genome of a few kilobases with bigWigs, for the tests of what makes training data."""

from pathlib import Path

import numpy as np
import pyBigWig

from train.species import Geometry, Species

COLUMNS = "\tidentifier\tfile\tclip\tclip_soft\tscale\tsum_stat\tstrand_pair\tdescription\n"
TRACKS = """0\topen\topen.bw\t40\t20\t2.0\tsum\t0\tDNASE:x
1\tmean\topen.bw\t128\t\t1.0\tmean\t1\tDNASE:y
2\tcage+\topen.bw\t\t\t0.5\tsum_sqrt\t3\tCAGE:z
3\tcage-\tminus.bw\t128\t32\t1.0\tmax\t2\tCAGE:z
"""


def write_bigwig(path: Path, values: dict[str, np.ndarray], lengths: dict[str, int]) -> None:
    """A value for each base from the first on; what follows stays without."""
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader(list(lengths.items()))
        for contig, bases in values.items():
            file.addEntries(contig, 0, values=bases.tolist(), span=1, step=1)


def write_toy(folder: Path) -> Species:
    """Writes the files of the fixture `toy`."""
    random, lengths = np.random.default_rng(0), {"chr1": 4096, "chr2": 3072, "chr3": 3072}
    fasta = {name: random.choice(list("ACGTacgt"), bp) for name, bp in lengths.items()}
    fasta["chr1"][1500:2048] = "N"
    text = "".join(f">{name}\n{''.join(bases)}\n" for name, bases in fasta.items())
    (folder / "toy.fa").write_text(text)
    (folder / "tracks.tsv").write_text(COLUMNS + TRACKS)
    for name, sign in (("open", 1), ("minus", -1)):
        values = {c: sign * random.gamma(0.2, 1, bp - 100) for c, bp in lengths.items()}
        write_bigwig(folder / f"{name}.bw", values, lengths)
    return Species("aux", folder / "toy.fa", folder / "tracks.tsv", assembly="toy",
                   geometry=Geometry(1024, 4), valid=("chr2",), test=("chr3",))  # fmt: skip
