"""The command `train.prepare basenji`."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from enformer.errors import DataError
from train.basenji import find_folders, write
from train.basenji_check import check


def add_to(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to those of `train.prepare`."""
    parser = kinds.add_parser("basenji", help="Basenji TFRecords, both sequence encodings")
    parser.add_argument("folder", type=Path, help="a species folder, or the one above hg38/, mm10/")
    parser.add_argument("out", type=Path, help="the HDF5 file to write")
    parser.add_argument("--head", help="output head of a lone folder, such as human")
    parser.add_argument("--bin-size", type=int, default=128, help="bp of a target bin (128)")
    parser.add_argument("--window", type=int, metavar="BP",
                        help="extend the windows to this length; the bases come from --genome")  # fmt: skip
    parser.add_argument("--genome", action="append", default=[], metavar="[HEAD=]FASTA",
                        help="genome of a head, once for each; its bases must agree with the stored ones. "
                        "Where it is N, stored bases stay and added ones are unknown")  # fmt: skip
    parser.add_argument("--check", action="store_true", help="only compare OUT.h5 with DIR")
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> str:
    folders = find_folders(given.folder, given.head, given.bin_size, given.window)
    genomes = _genomes(given.genome, [folder.head for folder in folders])
    folders = [replace(folder, genome=genomes.get(folder.head)) for folder in folders]
    if not given.check:
        write(folders, given.out)
    told = [f"{f.head}: {f.flanks.sentence()}\n" for f in folders if f.flanks and not given.check]
    agreed = check(folders, given.out)
    heads = ", ".join(f"{f.head} {len(f.tracks())} tracks" for f in folders)
    return f"{''.join(told)}{given.out}: {agreed} records agree with the source ({heads})."


def _genomes(given: Sequence[str], heads: Sequence[str]) -> dict[str, Path]:
    """The FASTA of each head, from `HEAD=FASTA`, or a bare path where there is only one head."""
    pairs = [text.rpartition("=") for text in given]
    named = {head or heads[0]: Path(path) for head, _, path in pairs}
    unclear = any(not head for head, _, _ in pairs) and len(heads) > 1
    if unclear or not named.keys() <= set(heads) or len(named) < len(pairs):
        raise DataError(
            f"The heads are {', '.join(heads)}, each with a genome of its own.",
            read=f"--genome {' '.join(given)}",
            do="Name the head of each genome.",
            example=" ".join(f"--genome {head}={head}.fa" for head in heads),
        )
    return named
