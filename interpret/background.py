"""Scores random variants, so that an effect can be told from what any variant does.

    python -m interpret.background --genome hg38.fa.gz --model mini --count 1000 --out mini.npz

Positions are drawn evenly over the known bases of the genome, or of a BED file; ALT is a transition 2.1 times
as often as a transversion, as among known SNPs (dbSNP in exons and introns: 625,571 to 293,992; table 4 of
doi 10.1186/1756-0381-2-2). The same seed draws the same variants; a run that was stopped goes on where it
stopped.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import enformer
from enformer.checkpoint import Checkpoint
from enformer.coordinates import Interval, Variant
from enformer.errors import EnformerLensError
from enformer.genome import Genome
from enformer.provenance import versions
from interpret.effects import VariantEffect
from interpret.elements import read_elements
from interpret.percentiles import KEPT, KIND, Background
from interpret.variants import place_variants, score_variants

__all__ = ["Background", "draw", "main", "make"]

TRANSITIONS_PER_TRANSVERSION = 2.1
MOST_UNKNOWN = 0.1
"""Share of a window that may be N: a variant whose surroundings are missing says little of others."""
SAVED_EVERY = 25
_TRANSITION = {"A": "G", "G": "A", "C": "T", "T": "C"}
_TRIES = 20_000


def draw(
    checkpoint: Checkpoint,
    genome: Genome,
    seed: int = 0,
    regions: Sequence[Interval] = (),
) -> Iterator[Variant]:
    """Random single-base variants without end; the same for the same arguments.

    Args:
        checkpoint: whose windows around them must be known.
        genome: where they lie.
        seed: of the random numbers.
        regions: where to draw; the whole genome when empty.

    Raises:
        EnformerLensError: 20,000 places in a row are unknown.
    """
    places = list(regions) or [Interval(name, 0, bp) for name, bp in genome.contigs.items()]
    ends = np.cumsum([place.length for place in places])
    rng = np.random.default_rng(seed)
    failed = 0
    while failed < _TRIES:
        at, kind, other = int(rng.integers(ends[-1])), rng.random(), int(rng.integers(2))
        which = int(np.searchsorted(ends, at, side="right"))
        place = places[which]
        start = place.end - int(ends[which] - at)
        variant = _variant(genome, Interval(place.contig, start, start + 1), kind, other)
        if variant is not None and _known(checkpoint, genome, variant):
            failed = 0
            yield variant
        failed += 1
    raise EnformerLensError(
        f"{_TRIES:,} places in a row have no known sequence around them.",
        read=f"the genome {genome.assembly}" + (f" in {len(places):,} regions" if regions else ""),
        do="Give regions whose sequence the file holds, as a BED file.",
    )


def _variant(genome: Genome, place: Interval, kind: float, other: int) -> Variant | None:
    ref = genome.fetch(place)
    if ref not in _TRANSITION:
        return None
    transversions = [base for base in "ACGT" if base not in (ref, _TRANSITION[ref])]
    share = TRANSITIONS_PER_TRANSVERSION / (1 + TRANSITIONS_PER_TRANSVERSION)
    alt = _TRANSITION[ref] if kind < share else transversions[other]
    return Variant(place.contig, place.start + 1, ref, alt)


def _known(checkpoint: Checkpoint, genome: Genome, variant: Variant) -> bool:
    window = place_variants(checkpoint, genome, variant)
    return genome.fetch(window, pad=True).count("N") <= MOST_UNKNOWN * window.length


def make(
    checkpoint: Checkpoint,
    genome: Genome,
    count: int,
    out: Path,
    *,
    seed: int = 0,
    regions: Sequence[Interval] = (),
    command: str = "",
    shown: bool = False,
) -> Background:
    """Score random variants and write their quantiles; go on with what an earlier run left.

    Args:
        checkpoint: the model.
        genome: where the variants lie.
        count: how many.
        out: the file to write; `out` + `.partial.npz` beside it holds scores until all are there.
        seed: of the random numbers.
        regions: where to draw; the whole genome when empty.
        command: what was typed, for the record.
        shown: draw a progress bar.

    Raises:
        EnformerLensError: there are no such variants, or none are asked for.
    """
    if count < 1:
        raise EnformerLensError(
            "A background needs variants.", read=f"a count of {count}", do="Ask for 1,000."
        )
    about = _about(checkpoint, genome, count, seed, regions)
    out.parent.mkdir(parents=True, exist_ok=True)
    rows = _Rows(out.with_name(f"{out.name}.partial.npz"), about)
    drawn = islice(draw(checkpoint, genome, seed, regions), rows.done, count)
    effects = score_variants(checkpoint, genome, drawn)
    with tqdm(total=count, initial=rows.done, unit="variant", disable=not shown) as bar:
        for effect in effects:
            rows.add(effect)
            bar.update()
    made = {"command": command, "created": datetime.now(UTC).isoformat(timespec="seconds")}
    found = Background.of(rows.scores(), {**about, **made})
    found.save(out)
    rows.path.unlink(missing_ok=True)
    return found


class _Rows:
    """Scores so far, on disk every 25 variants."""

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self.path, self._about = path, json.dumps(about)
        self._rows: list[np.ndarray] = []
        if path.exists():
            with np.load(path, allow_pickle=False) as file:
                if str(file["about"]) == self._about:
                    self._rows = list(file["rows"])

    @property
    def done(self) -> int:
        return len(self._rows)

    def add(self, effect: VariantEffect) -> None:
        self._rows.append(np.stack([effect.scores[name] for name in KEPT]))
        if self.done % SAVED_EVERY == 0:
            partial = self.path.with_suffix(".writing.npz")
            np.savez(partial, about=np.array(self._about), rows=np.stack(self._rows))
            partial.replace(self.path)

    def scores(self) -> dict[str, np.ndarray]:
        whole = np.stack(self._rows, axis=1)
        return dict(zip(KEPT, whole, strict=True))


def _about(
    checkpoint: Checkpoint, genome: Genome, count: int, seed: int, regions: Iterable[Interval]
) -> dict[str, Any]:
    model = checkpoint.model
    return {
        "kind": KIND,
        "model": checkpoint.card.name,
        "sha256": checkpoint.sha256,
        "assembly": genome.assembly,
        "genome": genome.identity,
        "heads": dict(checkpoint.config.heads),
        "count": count,
        "seed": seed,
        "regions": [f"{r.contig}:{r.start}-{r.end}" for r in regions],
        "transitions_per_transversion": TRANSITIONS_PER_TRANSVERSION,
        "most_unknown": MOST_UNKNOWN,
        "device": model.device.type,
        "dtype": str(model.dtype).removeprefix("torch."),
        "versions": versions(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line.

    Returns:
        Exit status: 0 done, 1 refused, 130 interrupted.
    """
    parser = argparse.ArgumentParser("python -m interpret.background", description=__doc__)
    parser.add_argument("--genome", required=True, help="FASTA, hg38 or demo")
    parser.add_argument("--model", required=True, help="mini, official or a file")
    parser.add_argument("--count", type=int, default=1000, help="variants to draw")
    parser.add_argument("--out", type=Path, required=True, help="NPZ file to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--regions", help="BED file of where to draw; the whole genome if not given"
    )
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    asked = parser.parse_args(arguments)
    typed = sys.argv[1:] if arguments is None else arguments
    try:
        checkpoint = enformer.load(asked.model, asked.device, asked.dtype)
        elements = read_elements(asked.regions) if asked.regions else ()
        found = make(
            checkpoint,
            enformer.open_genome(asked.genome),
            asked.count,
            asked.out,
            seed=asked.seed,
            regions=[element.interval for element in elements],
            command=" ".join(["python -m interpret.background", *map(_bare, typed)]),
            shown=True,
        )
    except EnformerLensError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where it stopped.", file=sys.stderr)
        return 130
    print(f"{asked.out}: {found}")
    return 0


def _bare(argument: str) -> str:
    """A path without its folders, which say nothing to others."""
    return Path(argument).name if "/" in argument else argument


if __name__ == "__main__":
    sys.exit(main())
