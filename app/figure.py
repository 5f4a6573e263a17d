"""Draws a figure again from the provenance that was downloaded with it, byte for byte.

python -m app.figure provenance.json --out figure.pdf
python -m app.figure provenance.json --out figure.svg --genome hg38.fa --model weights.safetensors

Results that are kept from before are taken, others are computed. The model must have the recorded sha256,
and the genome the recorded identity. Without --form the ending of --out says what is written. The
provenance of a figure of the Locus or Variant view is read, too: --width says how wide that one is, --genes
where its genes are.

exit status: 0 done, 1 an error, told in words, 2 wrong usage, 130 interrupted
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast, get_args

from app.asking.places import Place, PlaceName, genome_names, open_place
from app.figures.paper import WIDTHS, Format
from app.sheet import sheets
from app.sheet.computed import Computed
from app.sheet.panels import made
from app.sheet.record import Record, software
from app.sheet.single import Single
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
    parser.add_argument(
        "--genes", default="", help="BED, GFF3 or GTF, for a figure of the Locus view"
    )
    parser.add_argument("--width", type=int, choices=WIDTHS, default=WIDTHS[-1],
                        help="mm, for a figure of the Locus view")  # fmt: skip
    return parser


def _draw(asked: argparse.Namespace) -> None:
    out = Path(asked.out)
    form = _form(asked.form or out.suffix.removeprefix(".").lower())
    text = _read(asked.provenance)
    single, given = Single.from_json(text), (asked.model or "", asked.genome or "")
    if single is None:
        _write(out, drawn(text, form, *given))
    else:
        if single.own:
            print(f"Drawn without its maker's files: {', '.join(single.own)}.", file=sys.stderr)
        source = _source(single, *given, asked.genes)
        _write(out, single.render(source, asked.width, form, text))


def drawn(provenance: str, form: Format, model: str = "", genome: str = "") -> bytes:
    """The sheet of a provenance, which goes inside it as it stands.

    Args:
        provenance: JSON.
        form: of the figure.
        model: where the weights are, if not where the provenance says.
        genome: where the genome is, if not where the provenance says.

    Raises:
        EnformerLensError: it is none, or the model or the genome is another.
    """
    record = Record.from_json(provenance)
    checkpoint = _model(record.model.source, record.model.sha256, model)
    known = record.genome
    place = _place(known.source, (known.assembly, known.identity), genome)
    place = Place(place.key, place.genome, GeneIndex(record.genes))
    source = Computed(checkpoint, place)
    panels = [made(panel, source) for panel in record.plan.panels]
    _tell_versions(record.versions)
    return sheets.render(record.plan, panels, form, provenance)


def _source(single: Single, model: str, genome: str, genes: str) -> Computed:
    """Of a figure that stands alone, whose file names model and genome but not where they are."""
    known = single.made
    checkpoint = _model(known.model, known.sha256, model)
    place = _place(known.assembly, (known.assembly, known.genome), genome, genes)
    _tell_versions(known.versions)
    return Computed(checkpoint, place)


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


def _write(out: Path, figure: bytes) -> None:
    try:
        out.write_bytes(figure)
    except OSError as error:
        raise EnformerLensError(
            f"It cannot be written ({error}).",
            read=f"--out {out}",
            do="Name a file in a folder that exists and that you may write to.",
            example="--out figure.pdf",
        ) from error


def _model(source: str, sha256: str, given: str) -> Checkpoint:
    """The weights, once they are known to be the same."""
    if not given and source not in (*BUNDLED, "official"):
        raise EnformerLensError(
            f"Its weights are in a file, and their sha256 is {sha256}.",
            read=f"the figure of the model {source}",
            do="Say where that file is.",
            example=f"--model {source}",
        )
    checkpoint = load(given or source)
    if checkpoint.sha256 != sha256:
        raise EnformerLensError(
            f"Its weights have the sha256 {checkpoint.sha256}; the figure was drawn with {sha256}.",
            read=f"the model {given or source}",
            do=f"Name the weights of {source} that the figure was drawn with.",
            example="--model weights.safetensors",
        )
    return checkpoint


def _place(source: str, known: tuple[str, str], given: str, genes: str = "") -> Place:
    """The genome, once it is known to be the same by assembly and identity."""
    if not given and source not in genome_names():
        raise EnformerLensError(
            f"It was drawn on a genome in a file, {source}.",
            read=f"the figure of {known[0]} ({known[1]})",
            do="Say where that file is.",
            example=f"--genome {source}",
        )
    place = open_place(PlaceName.of(given or source, genes, online=False))
    found = (place.genome.assembly, place.genome.identity)
    if found != known:
        raise EnformerLensError(
            f"It is {found[0]} ({found[1]}); the figure was drawn on {known[0]} ({known[1]}).",
            read=f"the genome {given or source}",
            do="Name the genome that the figure was drawn on; its file must be the same one.",
            example=f"--genome {source}",
        )
    return place


def _tell_versions(recorded: Mapping[str, str]) -> None:
    """Other versions may draw other bytes."""
    now = software()
    other = [
        f"{name} {now.get(name, 'missing')} instead of {number}"
        for name, number in recorded.items()
        if now.get(name) != number
    ]
    if other:
        print(f"Drawn with {', '.join(other)}: bytes may differ.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
