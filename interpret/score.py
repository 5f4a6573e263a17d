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
from datetime import UTC, datetime
from pathlib import Path

import torch
from tqdm import tqdm

from enformer.checkpoint import Checkpoint, load
from enformer.errors import EnformerLensError, QueryError
from enformer.files import sha256_of, typed_path
from enformer.genome import Genome, open_genome
from enformer.provenance import CITATION, versions
from enformer.tracks import TrackId
from interpret.percentiles import Background
from interpret.score_columns import Columns
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
        default="SAD,SAR,SAX",
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
        default=0.5,
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
    provenance = _provenance(run)
    store = Store(run.work, provenance)
    try:
        provenance = {**provenance, "created": store.keep("created", _now())}
        _work(run, store)
        left_out = run.write(store, provenance)
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
    tracks = checkpoint.tracks.search(head=_heads(asked.heads, checkpoint, genome))
    columns = Columns.of(
        tracks,
        _split(asked.scores),
        [TrackId.parse(track) for track in _split(asked.tracks)],
        _split(asked.assay),
        () if background is None else tuple(background.absolute),
    )
    region = checkpoint.config.target_bins * checkpoint.config.bin_size
    grid = region // 8 if asked.grid is None else asked.grid
    shifts = _shifts(asked.shifts)
    what = (source, out, checkpoint, genome, columns)
    return Run(*what, grid, asked.outside, asked.rc, shifts, background)


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _heads(text: str | None, checkpoint: Checkpoint, genome: Genome) -> list[str]:
    """Those asked for; else those trained on the genome's assembly; else all."""
    asked = _split(text)
    for head in asked:
        checkpoint.tracks.of_head(head)  # refuses one that is not there
    return asked or list(checkpoint.heads_on(genome.assembly) or checkpoint.config.heads)


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


def _provenance(run: Run) -> dict[str, str]:
    """What the run is of and how it is done; a work file with another is refused."""
    checkpoint = run.checkpoint
    return {
        "method": "variant effect",
        "input": run.source.name,
        "input_sha256": sha256_of(run.source),
        "model": checkpoint.card.name,
        "model_sha256": checkpoint.sha256,
        "trained": "yes" if checkpoint.card.trained else "no, these weights were never trained",
        "assembly": run.genome.assembly,
        "genome": run.genome.identity,
        "heads": ",".join(run.columns.tracks.heads),
        "scores": ",".join(run.columns.scores),
        "tracks": ",".join(str(run.columns.tracks.ids[place]) for place in run.columns.chosen),
        "window_length": str(checkpoint.config.window_length),
        "grid": str(run.grid),
        "outside": str(run.outside),
        "reverse_complement": "yes" if run.reverse_complement else "no",
        "shifts": ",".join(map(str, run.shifts)),
        "background": "none" if run.background is None else str(run.background),
        "device": checkpoint.model.device.type,
        "dtype": str(checkpoint.model.dtype).removeprefix("torch."),
        "versions": ", ".join(f"{name} {number}" for name, number in versions().items()),
        "citation": CITATION,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


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
