"""Scores the variants of a VCF file with a model.

python -m interpret.score calls.vcf.gz --genome hg38.fa --model mini --out effects.parquet

Every record of the input comes back in its order, with a row for each ALT: its scores, or a status and a
reason why it has none. What is done is kept beside the output in `<out>.work.sqlite`; after a kill or
Ctrl-C the same command goes on, and the file is the same as that of a run without one.

columns of the output
  record, contig, position, id, ref, alt, alt_number   as in the input
  status, reason         scored, or a word and a sentence that say why not
  variant, window        what was scored, trimmed and left-aligned, and the model's input, which reads N
                         beyond the ends of the contig
and for each score S of --scores
  S_top, S_track, S_track_name   the value of the track with the largest absolute effect, and which that is
  S_percentile           where that value lies among random variants (with a background)
  S_CAGE, S_DNASE, ...   the value with the largest absolute size of each assay
  S:human/4828, ...      the value of each track of --tracks and --assay
In VCF they are INFO fields with one value for each ALT, named EL_S_top and so on; an index is made if the
records are sorted. Tables say what each column means: TSV in its `#` lines, Parquet in its metadata.

exit status
  0 all alleles scored    3 some could not be scored    4 none could be scored
  1 an error, told in words    2 wrong usage    130 interrupted; the same command goes on
"""

import argparse
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from enformer.checkpoint import Checkpoint, load
from enformer.errors import EnformerLensError, QueryError
from enformer.files import sha256_of, typed_path
from enformer.genome import open_genome
from enformer.provenance import now
from interpret.percentiles import Background
from interpret.score_options import Options, provenance
from interpret.score_output import kind_of
from interpret.score_reasons import SCORED, STATUSES
from interpret.score_run import Run, work_file
from interpret.score_store import Store
from interpret.scores import SCORES

ALL, ERROR, SOME, NONE, INTERRUPTED = 0, 1, 3, 4, 130
"""Exit status; argparse gives 2."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line.

    Returns:
        Exit status, as the module's text says.
    """
    asked = _parser().parse_args(arguments)
    try:
        return _run(asked)
    except EnformerLensError as error:
        _say(str(error))
        return ERROR
    except OSError as error:
        _say(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
        return ERROR
    except (sqlite3.Error, MemoryError, torch.OutOfMemoryError) as error:
        _say(
            f"It had to stop: {error}. What is scored is kept: the same command goes on from there."
        )
        return ERROR
    except KeyboardInterrupt:
        _say("Stopped. What is scored is kept: the same command goes on from there.")
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m interpret.score",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("vcf", help="VCF (plain, gzip, bgzip) or BCF, in any order")
    parser.add_argument("--genome", required=True, help="FASTA, hg38 (by window), or demo")
    parser.add_argument("--model", default="mini", help="mini, official, or a file (%(default)s)")
    parser.add_argument("--out", required=True, help="*.parquet, *.tsv or *.vcf.gz")
    parser.add_argument("--heads", help="such as human,mouse; else those of the genome's assembly")
    parser.add_argument("--tracks", help="tracks with columns of their own: human/4828,human/12")
    parser.add_argument("--assay", help="the same for all tracks of assays: CAGE,DNASE")
    parser.add_argument(
        "--scores",
        default=",".join(Options.scores),
        help="; ".join(f"{name}: {kind.about}" for name, kind in SCORES.items()) + " (%(default)s)",
    )
    parser.add_argument(
        "--grid",
        type=int,
        help="middles of windows lie this many bp apart, so that neighbours share one pass of REF; 1 puts "
        "each variant in the middle of its own (an eighth of the predicted region)",
    )
    parser.add_argument(
        "--outside",
        type=float,
        default=Options.outside,
        help="share of a window that may lie beyond the ends of the contig (%(default)s)",
    )
    parser.add_argument("--rc", action="store_true", help="average with the other strand")
    parser.add_argument("--shifts", default="0", help="average over shifts in bp: 0,1,-1 (0)")
    parser.add_argument(
        "--background",
        default="auto",
        help="file of python -m interpret.background, none, or auto: the model's own (%(default)s)",
    )
    parser.add_argument("--device", default="auto", help="cpu, cuda, mps, auto (%(default)s)")
    parser.add_argument("--dtype", default="auto", help="float32, bfloat16, auto (%(default)s)")
    parser.add_argument(
        "--restart", action="store_true", help="forget what was done, and replace the output"
    )
    return parser


def _run(asked: argparse.Namespace) -> int:
    out = _output(asked)
    run = _prepared(asked, out)
    origin = provenance(run, sha256_of(run.source))
    store = Store(run.work, origin)
    try:
        origin = {**origin, "created": store.keep("created", now())}
        _work(run, store)
        left_out = run.write(store, origin)
        counts = store.counts()
        store.remove()
    finally:
        store.close()
    return _report(counts, left_out, out)


def _output(asked: argparse.Namespace) -> Path:
    """The path of the output, after what is there has been made sure of."""
    out = typed_path(asked.out, EnformerLensError)
    kind_of(out)
    if not out.parent.is_dir():
        raise EnformerLensError(
            "Its folder is not there.", read=f"the output {asked.out}", do="Make the folder first."
        )
    work = work_file(out)
    if asked.restart:
        work.unlink(missing_ok=True)
    elif out.exists() and not work.exists():
        raise EnformerLensError(
            "It is there already.",
            read=f"the output {asked.out}",
            do="Choose another, or replace it with --restart.",
        )
    return out


def _prepared(asked: argparse.Namespace, out: Path) -> Run:
    source = typed_path(asked.vcf, QueryError)
    if not source.is_file():
        raise QueryError("There is no such file.", read=str(source), do="Give a VCF or BCF file.")
    genome = open_genome(asked.genome)
    checkpoint = load(asked.model, device=asked.device, dtype=asked.dtype)
    background = _background(asked.background, checkpoint)
    return _options(asked).run(source, out, checkpoint, genome, background)


def _options(asked: argparse.Namespace) -> Options:
    return Options(
        scores=_split(asked.scores),
        heads=_split(asked.heads),
        tracks=_split(asked.tracks),
        assays=_split(asked.assay),
        grid=asked.grid,
        outside=asked.outside,
        reverse_complement=asked.rc,
        shifts=_shifts(asked.shifts),
    )


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _shifts(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in _split(text))
    except ValueError as error:
        raise EnformerLensError(
            "Shifts are whole numbers of bp.",
            read=f"--shifts {text}",
            do="Write them like --shifts=0,1,-1.",
        ) from error


def _background(text: str, checkpoint: Checkpoint) -> Background | None:
    if text == "none":
        return None
    return Background.bundled(checkpoint) if text == "auto" else Background.load(text)


def _work(run: Run, store: Store) -> None:
    """Both long parts, with their rate and the time left."""
    with tqdm(desc="reading", unit=" records", initial=store.records(), disable=None) as bar:
        run.take_in(store, bar.update)
    waiting, counts = store.waiting(), store.counts()
    done = counts.get(SCORED, 0) + counts.get("failed", 0)
    with tqdm(
        desc="scoring", unit=" alleles", total=done + waiting, initial=done, disable=None
    ) as bar:
        run.score(store, bar.update)


def _report(counts: dict[str, int], left_out: int, out: Path) -> int:
    """Says what has become of the alleles, and gives the exit status."""
    total, scored = sum(counts.values()), counts.get(SCORED, 0)
    _say(f"{scored:,} of {total:,} alleles scored, in {out}")
    for status, about in STATUSES.items():
        if status != SCORED and status in counts:
            _say(f"  {counts[status]:,} {status}: {about}")
    if left_out:
        _say(f"{left_out:,} rows that are no VCF could not be written into one.")
    if scored == total:
        return ALL
    return SOME if scored else NONE


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
