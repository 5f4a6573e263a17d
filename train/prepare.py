r"""Turns genomes and bigWigs, or published training data, into the HDF5 file that `train.fit` reads.

    python -m train.prepare bigwig --genome hg38.fa --tracks tracks.tsv --head human \
        --valid chr8 --test chr9 --blacklist blacklist.bed --workers 8 --out data.h5
    python -m train.prepare bigwig --species species.toml --out data.h5
    python -m train.prepare basenji DIR OUT.h5 [--genome hg38.fa --window 196608]
    python -m train.prepare check data.h5

The file holds `/<head>/<split>/{sequences, targets, contig, start, end}`: one-hot sequences
(records, length, 4) of uint8, targets (records, bins, tracks) of float32, one compressed chunk a
record, and the 0-based window of each. `/<head>` has the attributes `tracks`, `statistics` and
`source` (JSON), `assembly` and `bin_size`.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from enformer.errors import EnformerLensError
from train import prepare_basenji, prepare_bigwig
from train.audit import audit


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line: `python -m train.prepare bigwig`, `basenji` or `check`."""
    parser = argparse.ArgumentParser(
        "python -m train.prepare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(required=True, metavar="SOURCE")
    prepare_bigwig.add_to(kinds)
    prepare_basenji.add_to(kinds)
    _add_check(kinds)
    given = parser.parse_args(arguments)
    try:
        print(given.run(given))
    except (EnformerLensError, OSError) as error:
        parser.exit(1, f"{error}\n")
    except KeyboardInterrupt:
        parser.exit(130, "Stopped. The same command goes on from here.\n")


def _add_check(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = kinds.add_parser(
        "check",
        help="a prepared file against its bigWigs and FASTA",
        description="Reads random windows again from the bigWigs and the FASTA, by other libraries "
        "and other code than prepared them, and says how many agree.",
    )
    parser.add_argument("data", type=Path, help="the HDF5 file")
    parser.add_argument("--records", type=int, default=20, help="windows of each head (20)")
    parser.add_argument("--seed", type=int, default=0, help="which windows (0)")
    parser.add_argument("--genome", type=Path, help="where the FASTA lies now, if it was moved")
    parser.add_argument("--tracks", type=Path, help="where the track table lies now")
    parser.add_argument("--folder", type=Path, help="where the bigWigs lie now")
    parser.add_argument("--head", help="only this head")
    parser.set_defaults(run=_run_check)


def _run_check(given: argparse.Namespace) -> str:
    moved = {name: getattr(given, name) for name in ("genome", "tracks", "folder")}
    found = audit(given.data, given.records, given.seed, given.head, moved)
    return "\n".join(found)


if __name__ == "__main__":
    main()
