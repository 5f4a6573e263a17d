"""The network that a run trains: its sizes from the configuration, heads and lengths from the data."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from enformer.attention import RelativeAttention
from enformer.config import EnformerConfig
from enformer.errors import DataError
from enformer.model import Enformer
from train.dataset import Windows, heads_of
from train.settings import FitConfig


def training_windows(path: Path | None) -> dict[str, Windows]:
    """The training split of every head of a prepared file; none of no file."""
    return {} if path is None else {head: Windows(path, head, "train") for head in heads_of(path)}


def full_geometry(config: FitConfig, windows: Mapping[str, Windows]) -> EnformerConfig:
    """The network on whole windows of the data.

    Raises:
        DataError: the heads' windows or bins differ.
    """
    lengths = {(held.window_length, held.bins, held.bin_size) for held in windows.values()}
    if len(lengths) != 1:
        raise DataError(
            "All heads need the same window, bins and bin size.",
            read=f"{config.data} with {sorted(lengths)}",
            do="Prepare the species with the same lengths.",
        )
    ((window_length, bins, bin_size),) = lengths
    model = config.model_config({h: len(w.tracks) for h, w in windows.items()}, window_length, bins)
    if model.bin_size != bin_size:
        raise DataError(
            f"The network has bins of {model.bin_size} bp and the data of {bin_size} bp.",
            read=f"{config.data} and the downsamples of the model",
            do="Change downsamples, or --bin-size of train.prepare.",
        )
    return model


def training_geometry(config: FitConfig, full: EnformerConfig) -> EnformerConfig:
    """The same network on the shorter windows it is trained on; the weights fit both."""
    bins = config.crop_bins or full.target_bins
    margin = full.crop_bins if config.crop_margin < 0 else config.crop_margin
    length = (bins + 2 * margin) * full.bin_size
    return dataclasses.replace(full, window_length=length, target_bins=bins)


def measure_by(model: Enformer, tokens: int) -> None:
    """Lets attention measure distances by a window of so many tokens, in place, whatever it is given."""
    for module in model.modules():
        if isinstance(module, RelativeAttention):
            module.span = tokens
