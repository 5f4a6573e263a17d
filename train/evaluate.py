"""Scores a model on held-out windows: Pearson per track over all positions of all sequences.

python -m train.evaluate CHECKPOINT DATA.h5 --split test --out DIR
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from torch import nn
from tqdm import tqdm

from enformer.checkpoint import load
from enformer.errors import DataError, EnformerLensError
from enformer.sequence import reverse_complement_one_hot
from train.dataset import Windows, heads_of
from train.metrics import AssaySummary, StreamingPearson, summarise

COLUMNS = ["head", "index", "assay", "description", "pearson"]
METRIC = "Pearson per track over all positions of all sequences"


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


def score(model: nn.Module, windows: Windows, both_strands: bool = False) -> pd.DataFrame:
    """Pearson of each track of a head over a split; constant tracks are NaN.

    The model's mode is restored.

    Returns:
        One row per track: head, index, assay, description, pearson.
    """
    pearson = StreamingPearson(len(windows.tracks))
    pairs = windows.tracks.strand_pairs(windows.head) if both_strands else None
    device, was_training = next(model.parameters()).device, model.training
    model.eval()
    try:
        for record in windows:
            one_hot = torch.from_numpy(record.one_hot[None]).to(device, torch.float32)
            pearson.update(predict_head(model, one_hot, windows.head, pairs)[0], record.targets)
    finally:
        model.train(was_training)
    return windows.tracks.frame.assign(pearson=pearson.compute())[COLUMNS]


def to_markdown(summaries: Sequence[AssaySummary], caption: str) -> str:
    """The summary as a Markdown table under a caption."""
    lines = [
        caption,
        "",
        "| head | assay | tracks | mean Pearson | median | constant, not counted |",
    ]
    lines.append("|---|---|---:|---:|---:|---:|")
    lines += [
        f"| {s.head} | {s.assay} | {s.tracks} | {s.mean:.3f} | {s.median:.3f} | {s.constant} |"
        for s in summaries
    ]
    return "\n".join(lines) + "\n"


def draw_scores(frame: pd.DataFrame, caption: str) -> Figure:
    """One dot per track in a column per head and assay, with a bar at the mean."""
    scored = frame.dropna(subset=["pearson"])
    groups = list(scored.groupby(["head", "assay"], sort=True))
    figure = Figure(figsize=(1.2 + 0.8 * max(len(groups), 1), 3.0), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for place, (_, group) in enumerate(groups):
        values = np.sort(group["pearson"].to_numpy())
        spread = np.linspace(-0.25, 0.25, len(values)) if len(values) > 1 else np.zeros(1)
        axes.plot(place + spread, values, "o", markersize=3, color="#0072B2", alpha=0.7)
        axes.hlines(values.mean(), place - 0.35, place + 0.35, color="#D55E00", linewidth=1.5)
    labels = [f"{head}\n{assay}\nn = {len(group)}" for (head, assay), group in groups]
    axes.set_xticks(range(len(groups)), labels, fontsize=7)
    axes.axhline(0, color="0.7", linewidth=0.5, zorder=0)
    axes.set_ylabel("Pearson r", fontsize=7)
    axes.tick_params(axis="y", labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(caption, fontsize=7)
    return figure


def write_report(frame: pd.DataFrame, caption: str, out: Path) -> str:
    """Writes scores.tsv, summary.md, scores.svg and scores.png to `out`; returns the Markdown."""
    out.mkdir(parents=True, exist_ok=True)
    frame.to_csv(out / "scores.tsv", sep="\t", index=False, float_format="%.6f", na_rep="nan")
    markdown = to_markdown(summarise(frame), caption)
    (out / "summary.md").write_text(markdown)
    figure = draw_scores(frame, caption)
    figure.savefig(out / "scores.svg")
    figure.savefig(out / "scores.png", dpi=200)
    return markdown


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line: `python -m train.evaluate CHECKPOINT DATA.h5 --split test --out DIR`."""
    parser = argparse.ArgumentParser("python -m train.evaluate", description=__doc__)
    parser.add_argument(
        "checkpoint", help="a .safetensors file, a folder, or a bundled model's name"
    )
    parser.add_argument("data", type=Path, help="a file made by train.prepare")
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"))
    parser.add_argument("--out", type=Path, required=True, help="folder for tables and figure")
    parser.add_argument("--both-strands", action="store_true", help="average both strands")
    given = parser.parse_args(arguments)
    try:
        frame = _score_checkpoint(given.checkpoint, given.data, given.split, given.both_strands)
    except (EnformerLensError, OSError) as error:
        parser.exit(1, f"{error}\n")
    strands = ", mean of both strands" if given.both_strands else ""
    caption = f"{given.checkpoint}, {given.split} split of {given.data.name}: {METRIC}{strands}"
    print(write_report(frame, caption, given.out))


def _score_checkpoint(source: str, data: Path, split: str, both_strands: bool) -> pd.DataFrame:
    checkpoint = load(source)
    frames = []
    heads = [head for head in heads_of(data) if head in checkpoint.config.heads]
    for head in tqdm(heads, "heads", leave=False):
        windows = Windows(data, head, split)
        ours = checkpoint.tracks.of_head(head)
        require_same_tracks(ours.frame["identifier"], windows.tracks.frame["identifier"], head)
        frames.append(score(checkpoint.model, windows, both_strands))
    return pd.concat(frames, ignore_index=True)


if __name__ == "__main__":
    main()
