"""Explains a prediction without the app.

python -m interpret explain ACP1 --target CAGE --genes genes.bed --genome hg38.fa --model mini --out acp1

LOCUS is a locus, a gene (with --genes) or a variant, as typed in the app; a variant comes with its ALT.
The target is head/tracks@bins as in human/0,3@447-449; head/tracks, over the bins of the locus; or an assay:
CAGE is that of the gene at its TSS where a gene was typed. README.txt in the folder says what each file is.
Variants of a VCF are scored with python -m interpret.score.

exit status: 0 done, 1 an error, told in words, 2 wrong usage, 130 interrupted
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from enformer.checkpoint import load
from enformer.errors import EnformerLensError
from enformer.files import typed_path
from enformer.genes import GeneIndex
from enformer.genome import open_genome
from interpret.asked import Asked
from interpret.explain import Explainer, Options
from interpret.origin import Progress


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line.

    Returns:
        Exit status, as the module's text says.
    """
    asked = _parser().parse_args(arguments)
    try:
        _explain(asked)
    except EnformerLensError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or 'A file'} cannot be used: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The files that are there are whole.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "python -m interpret", description=__doc__, formatter_class=form
    )
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser(
        "explain", help="one target", description=__doc__, formatter_class=form
    )
    one.add_argument("locus", help="a locus, a gene or a variant")
    one.add_argument("--target", required=True, help="human/0,3@447-449, human/0,3, or CAGE")
    one.add_argument("--genome", required=True, help="FASTA, hg38 (by window), or demo")
    one.add_argument("--model", default="mini", help="mini, official, or a file (%(default)s)")
    one.add_argument("--out", required=True, help="folder for the files; made if it is not there")
    one.add_argument("--genes", help="genes: BED6, BED12, GFF3 or GTF")
    one.add_argument(
        "--elements", type=Path, help="BED of candidates; else predicted open chromatin"
    )
    one.add_argument("--motifs", help="MEME or JASPAR file, or jaspar to fetch JASPAR 2022")
    one.add_argument("--steps", type=int, default=50, help="of integrated gradients (%(default)s)")
    one.add_argument("--baseline", default="zeros", help="zeros, uniform, shuffles (%(default)s)")
    one.add_argument("--rc", action="store_true", help="average contributions over both strands")
    one.add_argument("--scan", action="store_true", help="knock out tile after tile of the window")
    one.add_argument("--tile", type=int, default=2_048, help="bp of a tile (%(default)s)")
    one.add_argument("--shuffles", type=int, default=5, help="of each element (%(default)s)")
    one.add_argument("--device", default="auto", help="cpu, cuda, mps, auto (%(default)s)")
    one.add_argument("--dtype", default="auto", help="float32, bfloat16, auto (%(default)s)")
    one.add_argument("--replace", action="store_true", help="write into a folder that is not empty")
    return parser


def _explain(asked: argparse.Namespace) -> None:
    folder = _folder(asked)
    genome = open_genome(asked.genome)
    genes = None if asked.genes is None else GeneIndex.read(asked.genes)
    checkpoint = load(asked.model, device=asked.device, dtype=asked.dtype)
    what = Asked.read(asked.locus, asked.target, checkpoint, genome, genes)
    options = Options(
        elements=asked.elements,
        motifs=asked.motifs,
        steps=asked.steps,
        baseline=asked.baseline,
        scan=asked.scan,
        tile=asked.tile,
        shuffles=asked.shuffles,
        reverse_complement=asked.rc,
    )
    folder.mkdir(parents=True, exist_ok=True)
    with tqdm(total=100, unit="%", disable=None) as bar:
        Explainer(what, folder, options, lambda name: _shown(bar, name)).run()
    print((folder / "README.txt").read_text())


def _folder(asked: argparse.Namespace) -> Path:
    folder = typed_path(asked.out, EnformerLensError)
    if folder.exists() and not folder.is_dir():
        raise EnformerLensError("It is a file.", read=asked.out, do="Name a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not asked.replace:
        raise EnformerLensError(
            "The folder is not empty.", read=asked.out, do="Name another, or add --replace."
        )
    return folder


def _shown(bar: tqdm, name: str) -> Progress:
    """The progress of one part on the bar, from 0 to 100 %."""
    bar.reset()
    bar.set_description(name)

    def tell(done: float, doing: str) -> None:
        bar.update(100 * done - bar.n)
        bar.set_postfix_str(doing)

    return tell


if __name__ == "__main__":
    sys.exit(main())
