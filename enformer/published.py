"""The published weights as PyTorch tensors: a directory like EleutherAI/enformer-official-rough."""

import json
from pathlib import Path

import pandas as pd

from enformer.card import ModelCard
from enformer.config import OFFICIAL, EnformerConfig
from enformer.eleuther import ALIAS, POOLS, published_names
from enformer.errors import CheckpointError
from enformer.fetch import locate
from enformer.tracks import TrackTable
from enformer.weights import Tensors, read_safetensors, read_torch

WEIGHT_FILES = {
    "model.safetensors": lambda path: read_safetensors(path)[0],
    "pytorch_model.bin": read_torch,
}
"""Readers of the two forms the weights come in; safetensors first."""

_UNREADABLE = (OSError, LookupError, TypeError, AttributeError, ArithmeticError)
_UNREADABLE += (UnicodeDecodeError, json.JSONDecodeError)

OFFICIAL_CARD = ModelCard(
    name="official",
    title="Enformer, published weights",
    trained=True,
    summary=(
        "Predicts 5,313 human and 1,643 mouse tracks of chromatin and transcription. Good for promoters and "
        "nearby enhancers; distal enhancers are often under-weighted, and cell types outside its tracks are "
        "not predicted."
    ),
    data="Basenji2 data: ENCODE, FANTOM5 and others (Avsec et al. 2021).",
    split="By homology-aware folds of the paper; genes in the training folds were seen.",
    licence="CC-BY-4.0",
    assemblies={"human": "hg38", "mouse": "mm10"},
    lineage="DeepMind's weights as converted in EleutherAI/enformer-official-rough.",
)


def find_official() -> Path:
    """Where the published weights lie: `ENFORMER_LENS_OFFICIAL`, or where they were fetched to.

    Raises:
        CheckpointError: they are not on this machine.
    """
    if (place := locate("official")) is not None:
        return place
    raise CheckpointError(
        "The published weights (about 1 GB) are not on this machine.",
        read="the model 'official'",
        do="Fetch them, or set ENFORMER_LENS_OFFICIAL to a directory that holds them.",
        example="python -m enformer.assets fetch official",
    )


def read_published(
    folder: Path,
) -> tuple[Tensors, EnformerConfig, TrackTable, ModelCard, Path]:
    """Weights under our names, configuration, tracks, card, and the file of weights.

    Raises:
        CheckpointError: a file is missing or is not what it should be.
    """
    config = read_config(folder / "config.json")
    weights = next((folder / name for name in WEIGHT_FILES if (folder / name).is_file()), None)
    if weights is None:
        raise CheckpointError(
            f"It holds neither {' nor '.join(WEIGHT_FILES)}.",
            read=str(folder),
            do="Give the directory the weights were downloaded to.",
        )
    tensors = rename(WEIGHT_FILES[weights.name](weights), config, str(weights))
    return tensors, config, read_tracks(folder, config), _card(folder, config), weights


def read_config(path: Path) -> EnformerConfig:
    """The sizes in a published config.json; `window_length` may be added to it.

    Raises:
        CheckpointError: the file is missing or lacks a size.
    """
    try:
        given = json.loads(path.read_text())
        per_head = given["dim"] // given["heads"]
        return EnformerConfig(
            heads=given["output_heads"],
            window_length=given.get("window_length", OFFICIAL.window_length),
            target_bins=given["target_length"],
            channels=given["dim"],
            depth=given["depth"],
            attention_heads=given["heads"],
            key_size=given["attn_dim_key"],
            value_size=per_head,
            position_features=per_head,
            downsamples=given["num_downsamples"],
            filters_divisible_by=given["dim_divisible_by"],
            dropout=given["dropout_rate"],
            attention_dropout=given["attn_dropout"],
            position_dropout=given["pos_dropout"],
        )
    except _UNREADABLE as error:
        raise CheckpointError(
            f"It cannot be read as the configuration of an Enformer ({error!r}).",
            read=str(path),
            do="Give the directory of the published weights, config.json included.",
        ) from error


def rename(tensors: Tensors, config: EnformerConfig, source: str) -> Tensors:
    """Published names to ours; the repeated `_trunk.*` are dropped, nothing else may be left over.

    Raises:
        CheckpointError: a tensor is missing or unknown.
    """
    ours = {theirs: name for name, theirs in published_names(config).items()}
    unique = {name: tensor for name, tensor in tensors.items() if not name.startswith(ALIAS)}
    missing, surplus = sorted(ours.keys() - unique.keys()), sorted(unique.keys() - ours.keys())
    if missing or surplus:
        raise CheckpointError(
            f"It lacks {missing[:3]} and has the unknown {surplus[:3]}.",
            read=source,
            do="Check that the weights are complete and belong to this config.json.",
        )
    named = {ours[theirs]: tensor for theirs, tensor in unique.items()}
    return {k: v.flatten(1) if k.endswith(POOLS) and v.dim() > 2 else v for k, v in named.items()}


def read_tracks(folder: Path, config: EnformerConfig) -> TrackTable:
    """`targets_<head>.txt` beside the weights; numbered tracks where there is none.

    Heads of the published sizes take the published tables, where those were fetched before.
    """
    return TrackTable.concat(_head_tracks(folder, head, n) for head, n in config.heads.items())


def _head_tracks(folder: Path, head: str, tracks: int) -> TrackTable:
    published = locate("tracks") if OFFICIAL.heads.get(head) == tracks else None
    for place in (folder, published):
        if place is not None and (path := place / f"targets_{head}.txt").is_file():
            return TrackTable.read(path, head)
    names = [f"{head} track {index}" for index in range(tracks)]
    return TrackTable.from_rows(pd.DataFrame({"identifier": names, "description": names}), head)


def _card(folder: Path, config: EnformerConfig) -> ModelCard:
    if config == OFFICIAL and config.heads == OFFICIAL.heads:
        return OFFICIAL_CARD
    return ModelCard(
        name=folder.name,
        title=f"Enformer from {folder.name}",
        trained=True,
        summary="Weights without a card: nothing is known of their training or quality.",
    )
