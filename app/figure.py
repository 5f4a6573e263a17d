"""Draws a figure again from the provenance that was downloaded with it, byte for byte.

python -m app.figure provenance.json --out figure.pdf
python -m app.figure provenance.json --out figure.svg --genome hg38.fa --model weights.safetensors

Results that are kept from before are taken, others are computed. The model must have the recorded sha256,
and the genome the recorded identity. Without --form the ending of --out says what is written. The
provenance of a figure of the Locus view is read, too; --width says how wide that one is.

exit status: 0 done, 1 an error, told in words, 2 wrong usage, 130 interrupted
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast, get_args

from app import sheets
from app.computed import Computed
from app.figures.paper import Format
from app.panels import made
from app.places import Place, PlaceName, genome_names, open_place
from app.record import Record, software
from enformer.checkpoint import BUNDLED, Checkpoint, load
from enformer.errors import EnformerLensError
from enformer.files import typed_path
from enformer.genes import GeneIndex

FORMS = get_args(Format)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line.

    Returns:
        Exit status, as the module's text says.
    """
    asked = _parser().parse_args(arguments)
    try:
        _draw(asked)
    except EnformerLensError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; what was computed is kept.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    about, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m app.figure", description=about, epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("provenance", help="the JSON that was downloaded with the figure")
    parser.add_argument("--out", required=True, help="file to write, such as figure.pdf")
    parser.add_argument("--form", choices=FORMS, help="by default that of the ending of --out")
    parser.add_argument("--genome", help="demo, hg38 or a FASTA; by default the recorded one")
    parser.add_argument(
        "--model", help="mini, demo, official or a file; by default the recorded one"
    )
    return parser


def _draw(asked: argparse.Namespace) -> None:
    out = Path(asked.out)
    form = _form(asked.form or out.suffix.removeprefix(".").lower())
    text = _read(asked.provenance)
    out.write_bytes(drawn(text, form, asked.model or "", asked.genome or ""))


def drawn(provenance: str, form: Format, model: str = "", genome: str = "") -> bytes:
    """The figure of a provenance, which goes inside it as it stands.

    Args:
        provenance: JSON.
        form: of the figure.
        model: where the weights are, if not where the provenance says.
        genome: where the genome is, if not where the provenance says.

    Raises:
        EnformerLensError: it is none, or the model or the genome is another.
    """
    record = Record.from_json(provenance)
    source = Computed(_model(record, model), _place(record, genome))
    panels = [made(panel, source) for panel in record.plan.panels]
    _tell_versions(record)
    return sheets.render(record.plan, panels, form, provenance)


def _form(text: str) -> Format:
    if text not in FORMS:
        raise EnformerLensError(
            f"A figure is written as {', '.join(FORMS)}.",
            read=f'the ending "{text}"',
            do="Name a file that ends so, or say --form.",
            example="--out figure.pdf",
        )
    return cast(Format, text)


def _read(path: str) -> str:
    try:
        return typed_path(path, EnformerLensError).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EnformerLensError(
            f"It cannot be read ({error}).",
            read=path,
            do="Name the JSON that was downloaded with the figure.",
        ) from error


def _model(record: Record, given: str) -> Checkpoint:
    known = record.model
    if not given and known.source not in (*BUNDLED, "official"):
        raise EnformerLensError(
            f"The figure was drawn with the weights of a file, {known.source}.",
            read=f"the model {known.name}",
            do=f"Say where they are. Their sha256 is {known.sha256}.",
            example=f"--model {known.source}",
        )
    checkpoint = load(given or known.source)
    if checkpoint.sha256 != known.sha256:
        raise EnformerLensError(
            f"Its weights have the sha256 {checkpoint.sha256}; the figure was drawn with {known.sha256}.",
            read=f"the model {given or known.source}",
            do=f"Name the weights of {known.name} that the figure was drawn with.",
            example="--model weights.safetensors",
        )
    return checkpoint


def _place(record: Record, given: str) -> Place:
    """The genome, and of genes those in the record."""
    known = record.genome
    if not given and known.source not in genome_names():
        raise EnformerLensError(
            f"The figure was drawn on a genome in a file, {known.source}.",
            read=f"the genome {known.identity}",
            do="Say where it is.",
            example=f"--genome {known.source}",
        )
    genome = open_place(PlaceName.of(given or known.source, "", online=False)).genome
    if (genome.assembly, genome.identity) != (known.assembly, known.identity):
        raise EnformerLensError(
            f"It is {genome.assembly} ({genome.identity}); the figure was drawn on {known.assembly} "
            f"({known.identity}).",
            read=f"the genome {given or known.source}",
            do="Name the genome that the figure was drawn on; its file must be the same one.",
            example=f"--genome {known.source}",
        )
    return Place(genome.identity, genome, GeneIndex(record.genes))


def _tell_versions(record: Record) -> None:
    """Other versions may draw other bytes."""
    now = software()
    other = [
        f"{name} {now.get(name, 'missing')} instead of {number}"
        for name, number in record.versions.items()
        if now.get(name) != number
    ]
    if other:
        print(f"Drawn with {', '.join(other)}: bytes may differ.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
