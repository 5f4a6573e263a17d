"""Turns published training data into the HDF5 file that `train.fit` reads.

Layout of the file: `/<head>/<split>/{sequences, targets, contig, start, end}` with one-hot
sequences (records, length, 4) of uint8, targets (records, bins, tracks) of float32 and the 0-based
window of each record; `/<head>` has the attributes `tracks` (JSON), `statistics` (JSON) and `assembly`.

    python -m train.prepare basenji DIR OUT.h5
    python -m train.prepare bigwig TARGETS.txt BIGWIGS/ GENOME.fa OUT.h5 --head NAME --contigs chr22
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from enformer.errors import EnformerLensError
from enformer.genome import open_genome
from train.basenji import check, find_folders, write
from train.bigwig import BigWigSource, write_bigwig


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line: `python -m train.prepare basenji DIR OUT.h5`, or `bigwig`."""
    parser = argparse.ArgumentParser("python -m train.prepare", description=__doc__)
    kinds = parser.add_subparsers(required=True, metavar="SOURCE")
    _add_basenji(kinds.add_parser("basenji", help="Basenji TFRecords, both sequence encodings"))
    _add_bigwig(kinds.add_parser("bigwig", help="a genome and bigWig files"))
    given = parser.parse_args(arguments)
    try:
        print(given.run(given))
    except (EnformerLensError, OSError) as error:
        parser.exit(1, f"{error}\n")


def _add_basenji(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a species folder, or the one above hg38/, mm10/")
    parser.add_argument("out", type=Path, help="the HDF5 file to write")
    parser.add_argument("--head", help="output head of a lone folder, such as human")
    parser.add_argument("--bin-size", type=int, default=128, help="bp of a target bin (128)")
    parser.add_argument("--check", action="store_true", help="only compare OUT.h5 with DIR")
    parser.set_defaults(run=_run_basenji)


def _run_basenji(given: argparse.Namespace) -> str:
    folders = find_folders(given.folder, given.head, given.bin_size)
    if not given.check:
        write(folders, given.out)
    agreed = check(folders, given.out)
    heads = ", ".join(f"{f.head} {len(f.tracks())} tracks" for f in folders)
    return f"{given.out}: {agreed} records agree with the source ({heads})."


def _add_bigwig(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", type=Path, help="Basenji targets file with a column `file`")
    parser.add_argument("folder", type=Path, help="folder of the bigWig files")
    parser.add_argument("genome", help="FASTA; N is unknown sequence")
    parser.add_argument("out", type=Path, help="the HDF5 file to write")
    parser.add_argument("--head", required=True, help="output head the tracks become")
    parser.add_argument("--contigs", nargs="+", required=True, help="contigs to tile")
    parser.add_argument("--assembly", help="assembly of the genome, where its contigs do not tell")
    parser.set_defaults(run=_run_bigwig)


def _run_bigwig(given: argparse.Namespace) -> str:
    genome = open_genome(given.genome, given.assembly)
    source = BigWigSource(given.targets, given.folder, genome, tuple(given.contigs), given.head)
    return f"{given.out}: {write_bigwig(source, given.out)} windows of {len(source.tracks)} tracks."


if __name__ == "__main__":
    main()
