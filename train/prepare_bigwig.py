"""The command `train.prepare bigwig`."""

import argparse
import re
from pathlib import Path
from typing import Any

from enformer.errors import DataError
from enformer.genome import open_genome
from train.basenji import HEADS
from train.build import build
from train.species import PRESETS, Species, read_species

_ABOUT = """\
Makes windows of genomes and their bigWigs. The track table is a Basenji targets file: tab-separated
columns index, identifier, file, clip, clip_soft, scale, sum_stat (sum, mean, max, sum_sqrt or
mean_sqrt), strand_pair, description.

Several species go into one file by --species FILE.toml, with one table for each head. Options of the
command line then hold for every table that does not set them, and paths in the file are relative to it:

    [human]
    genome = "hg38.fa"
    tracks = "human.tsv"
    valid = ["chr8"]
    test = ["chr9"]
    [mouse]
    genome = "mm10.fa"
    tracks = "mouse.tsv"
    regions = "mouse_folds.bed"     # fourth column fold0 to fold7
    valid = ["fold3"]
    test = ["fold4"]

No base is predicted in two splits: test keeps its windows before valid, and valid before train. The
context around a training window may still reach sequence (never targets) of a held-out region; the
command counts such windows, and --apart drops them.

Run it again after it was stopped, and it goes on. The parts, in OUT.parts, take as much space as OUT.
"""


def add_to(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to those of `train.prepare`."""
    parser = kinds.add_parser(
        "bigwig",
        help="genomes and bigWig files",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_files(parser)
    _add_windows(parser)
    _add_values(parser)
    parser.set_defaults(run=_run)


def _add_files(parser: argparse.ArgumentParser) -> None:
    files = parser.add_argument_group("files")
    files.add_argument("--out", type=Path, required=True, help="the HDF5 file to write")
    files.add_argument("--genome", type=Path, help="FASTA, plain or bgzip")
    files.add_argument("--tracks", type=Path, help="the track table")
    files.add_argument("--folder", type=Path,
                       help="what its column file is relative to (the folder of the table)")  # fmt: skip
    files.add_argument(
        "--head", help="output head the tracks become (human, mouse, or the assembly)"
    )
    files.add_argument("--assembly", help="of the genome, where its contigs do not tell")
    files.add_argument("--species", type=Path, help="TOML file of several heads")
    files.add_argument("--workers", type=int, default=1, help="processes (1)")
    files.add_argument("--fresh", action="store_true",
                       help="replace OUT, and what a stopped run left of it")  # fmt: skip


def _add_windows(parser: argparse.ArgumentParser) -> None:
    some = parser.add_argument_group("windows")
    presets = ", ".join(f"{name} {g.window_length:,} bp with {g.bins:,} × {g.bin_size}"
                        for name, g in PRESETS.items())  # fmt: skip
    some.add_argument("--preset", choices=PRESETS, help=f"lengths ({presets}); enformer if none")
    some.add_argument("--window", type=int, metavar="BP", help="bp of sequence")
    some.add_argument("--bins", type=int, metavar="N", help="bins of targets in its middle")
    some.add_argument("--bin-size", type=int, metavar="BP", help="bp of a bin")
    some.add_argument("--stride", type=int, metavar="BP",
                      help="between training windows (the predicted region)")  # fmt: skip
    some.add_argument("--held-out-stride", type=int, metavar="BP",
                      help="between valid and test windows (the predicted region)")  # fmt: skip
    for split, rest in (
        ("train", "all that is in no other split"),
        ("valid", "none"),
        ("test", "none"),
    ):
        some.add_argument(f"--{split}", nargs="+", metavar="NAME",
                          help=f"contigs, or names in the BED, of the {split} split ({rest})")  # fmt: skip
    bed = some.add_mutually_exclusive_group()
    bed.add_argument("--regions", type=Path, metavar="BED",
                     help="tile these regions; the fourth column is a split or fold")  # fmt: skip
    bed.add_argument("--windows", type=Path, metavar="BED",
                     help="the rows are the windows, such as Basenji's sequences.bed")  # fmt: skip
    some.add_argument("--apart", action="store_true", default=None,
                      help="drop training windows whose context reaches a held-out region")  # fmt: skip
    for name, what, usual in (("unknown", "N", 0.1), ("blacklisted", "blacklist", 0.5),
                              ("unmappable", "unmappable bases", 0.5)):  # fmt: skip
        some.add_argument(f"--max-{name}", type=float, metavar="SHARE",
                          help=f"largest share of {what} in a predicted region ({usual})")  # fmt: skip


def _add_values(parser: argparse.ArgumentParser) -> None:
    some = parser.add_argument_group("values")
    some.add_argument("--blacklist", type=Path, metavar="BED",
                      help="regions (and 20 bp around) held to the median of their window")  # fmt: skip
    some.add_argument("--unmappable", type=Path, metavar="BED",
                      help="bins half in it are held to the first quartile of their window")  # fmt: skip
    some.add_argument("--missing", choices=("zero", "median"),
                      help="what bases that a bigWig leaves out count (zero)")  # fmt: skip
    some.add_argument("--negative", choices=("minus", "absolute", "zero"),
                      help="minus: a file without positive values is a minus strand, mixed signs are "
                      "refused; absolute: drop signs; zero: set to zero (minus)")  # fmt: skip
    some.add_argument("--soft-clip", choices=("enformer", "basenji"),
                      help="x above c becomes c + √(x − c), or c − 1 + √(x − c + 1) (enformer)")  # fmt: skip


def _run(given: argparse.Namespace) -> str:
    left = ("out", "species", "workers", "fresh", "run")
    options = {k: v for k, v in vars(given).items() if k not in left and v is not None}
    if given.species is None:
        species = [Species.from_options({"head": _usual_head(options), **options})]
    elif given.head is None:
        species = read_species(given.species, options)
    else:
        raise DataError(
            "The tables of a species file name the heads.", read="--head with --species",
            do="Leave --head out.",
        )  # fmt: skip
    return "\n".join(build(species, given.out, given.workers, given.fresh))


def _usual_head(options: dict[str, Any]) -> str:
    """What a head is called that was not named: human, mouse, or as its assembly."""
    if "head" in options or "genome" not in options:
        return ""
    assembly = open_genome(options["genome"], options.get("assembly")).assembly
    return HEADS.get(assembly, re.sub(r"\W", "_", assembly))
