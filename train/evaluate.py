"""Scores a model on held-out windows: Pearson in its four variants, per assay and head, as a report.

Writes report.html (self-contained), report.md with its figures as SVG, PDF and PNG, and every number as
summary.json, scores.tsv, samples.tsv, genes.tsv, cage-HEAD.npz, density.tsv and examples.tsv.

    python -m train.evaluate CHECKPOINT DATA.h5 --split test --out DIR
    python -m train.evaluate CHECKPOINT DATA.h5 --genes human=genes.gtf.gz --out DIR
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float
from torch import nn
from tqdm import tqdm

from enformer.checkpoint import Checkpoint, load
from enformer.demo import demo_genes
from enformer.errors import DataError, EnformerLensError
from enformer.genes import GeneIndex
from enformer.sequence import reverse_complement_one_hot
from train.dataset import Windows, heads_of
from train.head_scores import HeadResult, HeadScores, examples_of
from train.metrics import StreamingPearson
from train.report import compose, write_report
from train.report_data import Evaluation, provenance_of
from train.report_page import to_markdown

COLUMNS = ["head", "index", "assay", "description", "pearson"]


class Scored(NamedTuple):
    """A record's number in the split, its prediction and its measurement."""

    number: int
    predicted: Float[np.ndarray, "bins tracks"]
    observed: Float[np.ndarray, "bins tracks"]


@torch.inference_mode()
def predict_head(
    model: nn.Module,
    one_hot: Float[torch.Tensor, "batch length 4"],
    head: str,
    flip_pairs: np.ndarray | None = None,
) -> Float[np.ndarray, "batch bins tracks"]:
    """Predictions of one head; with `flip_pairs` the mean over both strands."""
    forward = model(one_hot, heads=(head,))[head].float()
    if flip_pairs is not None:
        other = model(reverse_complement_one_hot(one_hot), heads=(head,))[head].float()
        forward = (forward + other.flip(1)[..., torch.from_numpy(flip_pairs.copy())]) / 2
    return forward.cpu().numpy()


def predictions(
    model: nn.Module, windows: Windows, numbers: Iterable[int], both_strands: bool = False
) -> Iterator[Scored]:
    """Predicts records one by one, in evaluation mode; the model's mode is restored at the end.

    Raises:
        DataError: the model's bins are not those of the data.
    """
    pairs = windows.tracks.strand_pairs(windows.head) if both_strands else None
    device, was_training = next(model.parameters()).device, model.training
    model.eval()
    try:
        for number in numbers:
            record = windows[number]
            one_hot = torch.from_numpy(record.one_hot[None]).to(device, torch.float32)
            predicted = predict_head(model, one_hot, windows.head, pairs)[0]
            _require_same_bins(len(predicted), windows)
            yield Scored(number, predicted, record.targets)
    finally:
        model.train(was_training)


def score(model: nn.Module, windows: Windows, both_strands: bool = False) -> pd.DataFrame:
    """Pearson of each track of a head over all positions of a split: variant (a) alone.

    Returns:
        One row per track: head, index, assay, description, pearson (NaN where there is none).
    """
    pearson = StreamingPearson(len(windows.tracks))
    for _, predicted, observed in predictions(model, windows, range(len(windows)), both_strands):
        pearson.update(predicted, observed)
    return windows.tracks.frame.assign(pearson=pearson.compute())[COLUMNS]


def evaluate_head(
    model: nn.Module, windows: Windows, both_strands: bool = False, genes: GeneIndex | None = None
) -> HeadResult:
    """All four correlations of a head over a split, and the examples of its report."""
    scores = HeadScores(windows.tracks, windows.bin_size, genes)
    numbers = tqdm(range(len(windows)), windows.head, unit="window", leave=False)
    for number, predicted, observed in predictions(model, windows, numbers, both_strands):
        scores.update(number, windows.intervals[number], predicted, observed)
    tracks, examples = scores.example_tracks(), []
    for shown in predictions(model, windows, scores.example_windows(), both_strands):
        region = windows.intervals[shown.number].resize(windows.bins * windows.bin_size)
        examples += examples_of(
            scores, shown.number, region, tracks, shown.predicted, shown.observed
        )
    return HeadResult(
        head=windows.head,
        assembly=windows.assembly,
        windows=len(windows),
        tracks=scores.frame(),
        density=scores.density.frame(windows.head),
        examples=tuple(examples),
        genes=None if scores.genes is None else scores.genes.compute(),
    )


def require_same_tracks(model_tracks: Iterable[str], data_tracks: Iterable[str], head: str) -> None:
    """Refuses to score tracks against others' measurements.

    Raises:
        DataError: identifiers differ.
    """
    if list(model_tracks) != list(data_tracks):
        raise DataError(
            f"The tracks of head {head} of the model are not those of the data.",
            read="a model and a data file",
            do="Evaluate on data prepared from the same track table.",
        )


def read_genes(asked: Sequence[str], heads: Sequence[str]) -> dict[str, GeneIndex]:
    """Gene models of each head, from `HEAD=FILE`, `HEAD=demo`, or `FILE` where there is one head.

    Raises:
        DataError: it is not said whose genes they are, or no head has that name.
        GenomeError: a file holds no genes.
    """
    found: dict[str, GeneIndex] = {}
    for text in asked:
        named, source = _head_and_source(text)
        head = named or (heads[0] if len(heads) == 1 else "")
        if head not in heads:
            raise DataError(
                "It does not say of which head they are the genes.",
                read=f"the gene models {text}",
                do=f"Name one of the heads {', '.join(heads)} before them.",
                example=f"--genes {heads[0]}={source}",
            )
        found[head] = demo_genes() if source == "demo" else GeneIndex.read(source)
    return found


def evaluate(
    checkpoint: Checkpoint,
    data: Path,
    split: str,
    both_strands: bool = False,
    genes: Sequence[str] = (),
) -> Evaluation:
    """Scores every head that the model and the data share.

    Args:
        checkpoint: the model.
        data: made by `train.prepare`.
        split: train, valid or test.
        both_strands: average the predictions of both strands.
        genes: gene models as `read_genes` takes them.

    Raises:
        DataError: they share no head, or have other tracks or bins, or the split is empty.
    """
    heads = [head for head in heads_of(data) if head in checkpoint.config.heads]
    held = {head: Windows(data, head, split) for head in heads}
    held = {head: windows for head, windows in held.items() if len(windows)}
    if not held:
        raise DataError(
            f"The model and the {split} split of the data share no head with windows.",
            read=f"{data} with heads {', '.join(heads_of(data))}",
            do=f"The model's heads are {', '.join(checkpoint.config.heads)}; prepare data for these.",
        )
    for head, windows in held.items():
        ours = checkpoint.tracks.of_head(head).frame
        require_same_tracks(ours["identifier"], windows.tracks.frame["identifier"], head)
    models = read_genes(genes, list(held))
    results = [
        evaluate_head(checkpoint.model, windows, both_strands, models.get(head))
        for head, windows in held.items()
    ]
    origin = provenance_of(checkpoint, data, held, both_strands, _by_head(genes, held))
    return Evaluation(tuple(results), origin)


def _by_head(genes: Sequence[str], held: Mapping[str, Windows]) -> dict[str, str]:
    """Name of the gene models of each head, without their folder."""
    first = next(iter(held))
    parts = [_head_and_source(text) for text in genes]
    return {named or first: Path(source).name for named, source in parts}


def _head_and_source(text: str) -> tuple[str, str]:
    """`human=genes.bed` in two; no head where there is no `=`."""
    named, sign, source = text.partition("=")
    return (named, source) if sign else ("", text)


def _require_same_bins(bins: int, windows: Windows) -> None:
    if bins != windows.bins:
        raise DataError(
            f"The model predicts {bins:,} bins of these windows, and the data have {windows.bins:,}.",
            read=f"windows of {windows.window_length:,} bp of head {windows.head}",
            do="Prepare data with the model's window and bins.",
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line: `python -m train.evaluate CHECKPOINT DATA.h5 --split test --out DIR`."""
    parser = argparse.ArgumentParser(
        "python -m train.evaluate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "checkpoint", help="a .safetensors file, a folder, or a bundled model's name"
    )
    parser.add_argument("data", type=Path, help="a file made by train.prepare")
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"))
    parser.add_argument("--out", type=Path, required=True, help="folder for report and tables")
    parser.add_argument("--both-strands", action="store_true", help="average both strands")
    parser.add_argument(
        "--genes", nargs="+", default=[], metavar="HEAD=FILE",
        help="gene models for variants (c) and (d): BED, GFF3 or GTF, or `demo`",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    try:
        checkpoint = load(given.checkpoint)
        found = evaluate(checkpoint, given.data, given.split, given.both_strands, given.genes)
        write_report(found, given.out)
    except (EnformerLensError, OSError) as error:
        parser.exit(1, f"{error}\n")
    print(to_markdown(compose(found, pictures={})))


if __name__ == "__main__":
    main()
