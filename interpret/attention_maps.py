"""Whole attention maps: of one layer in memory, of all layers in a file."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import h5py
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from enformer.coordinates import Interval
from enformer.errors import EnformerLensError, QueryError
from enformer.files import typed_path
from enformer.model import Enformer
from enformer.provenance import Provenance
from interpret.attention_pass import check_layer, show_attention, stages_of, tokens_of
from interpret.attention_summary import OnTokens
from interpret.origin import Cancel, Progress, interval_of, stamped
from interpret.target import as_batch

_CHUNK = 128
"""Queries of one attention head in one piece of a file: a row is read from every head in little time."""


@dataclass(frozen=True, eq=False)
class AttentionMaps(OnTokens):
    """Every weight of one layer. Softmax, before dropout: those of a query sum to 1.

    Attributes:
        weights: from query to key; float32, or float16, which keeps three digits down to 6e-5.
        layer: counted from 0.
        bin_size: bp of a token.
        interval: the window.
        provenance: where it comes from.
    """

    weights: Float[np.ndarray, "heads queries tokens"]
    layer: int
    bin_size: int
    interval: Interval
    provenance: Provenance | None

    @property
    def tokens(self) -> int:
        """Of the window, uncropped."""
        return self.weights.shape[-1]


def attention_weights(
    model: Enformer, one_hot: Float[Tensor, "*batch length 4"], layer: int
) -> Float[Tensor, "samples heads tokens tokens"]:
    """Softmax weights of one layer, before dropout, float32 (float64 for a float64 model).

    Args:
        model: left as it is.
        one_hot: one sequence or a batch of them.
        layer: counted from 0; those after it are not computed.

    Raises:
        QueryError: the model has no such layer.
    """
    check_layer(model, layer)
    x = (one_hot.unsqueeze(0) if one_hot.dim() == 2 else one_hot).to(model.device)
    tokens = tokens_of(model, x.shape[1])
    shape = (len(x), model.config.attention_heads, tokens, tokens)
    dtype = torch.promote_types(model.dtype, torch.float32)
    found = torch.empty(shape, dtype=dtype, device=model.device)

    def keep(sample: int, head: int, first: int, weights: Tensor) -> None:
        found[sample, head, first : first + len(weights)] = weights

    show_attention(model, x, lambda at: keep if at == layer else None, layer + 1)
    return found


def attention_maps(
    model: Enformer,
    one_hot: Float[Tensor, "*batch length 4"],
    layer: int,
    *,
    dtype: str = "float32",
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> AttentionMaps:
    """The whole maps of one layer; those after it are not computed.

    Args:
        model: left as it is.
        one_hot: one sequence.
        layer: counted from 0.
        dtype: "float32", or "float16" at half the size.
        origin: where the sequence comes from.
        progress: told before each stage.
        cancel: asked before each stage.

    Raises:
        QueryError: the model has no such layer.
        Cancelled: `cancel` said so.
    """
    check_layer(model, layer)
    x = as_batch(one_hot, model)
    interval = interval_of(origin, x.shape[1])
    tokens = tokens_of(model, x.shape[1])
    found = np.empty((model.config.attention_heads, tokens, tokens), np.dtype(dtype))

    def keep(_sample: int, head: int, first: int, weights: Tensor) -> None:
        found[head, first : first + len(weights)] = weights.cpu().numpy()

    steps = stages_of(model, layer + 1, progress, cancel)
    show_attention(model, x, lambda at: keep if at == layer else None, layer + 1, steps)
    steps.finish()
    found.setflags(write=False)
    made = stamped(origin, "attention maps", layer=layer, values=dtype)
    return AttentionMaps(found, layer, model.config.bin_size, interval, made)


def save_attention(
    path: str | Path,
    model: Enformer,
    one_hot: Float[Tensor, "*batch length 4"],
    *,
    origin: Provenance | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Path:
    """All maps of all layers into one HDF5 file, whole or not at all, in one forward pass.

    The array `attention` is (layers, heads, queries, keys), float16; what it is stands in its attributes.
    Each tile is written as soon as it is computed, so memory does not grow.

    Args:
        path: of the file; one that exists is replaced when the new one is whole.
        model: left as it is.
        one_hot: one sequence.
        origin: where the sequence comes from.
        progress: told before each stage.
        cancel: asked before each stage.

    Returns:
        The path.

    Raises:
        EnformerLensError: the file cannot be written.
        Cancelled: `cancel` said so.
    """
    target, x = typed_path(path, EnformerLensError), as_batch(one_hot, model)
    config, tokens = model.config, tokens_of(model, x.shape[1])
    shape = (config.depth, config.attention_heads, tokens, tokens)
    attributes = _attributes(interval_of(origin, x.shape[1]), config.bin_size, origin)
    steps = stages_of(model, config.depth, progress, cancel)
    with _written_whole(target, 2 * int(np.prod(shape))) as part, h5py.File(part, "w") as file:
        chunks = (1, 1, min(_CHUNK, tokens), tokens)
        maps = file.create_dataset("attention", shape, "f2", chunks=chunks)
        maps.attrs.update(attributes)
        show_attention(model, x, lambda layer: partial(_write, maps, layer), steps=steps)
    steps.finish()
    return target


def read_attention(path: str | Path, layer: int) -> AttentionMaps:
    """The maps of one layer from a file of `save_attention`, float16.

    Raises:
        EnformerLensError: the file holds no attention.
        QueryError: it has no such layer.
    """
    source = typed_path(path, EnformerLensError)
    try:
        with h5py.File(source) as file:
            return _layer_of(source, file.get("attention"), layer)
    except (OSError, KeyError) as error:
        raise _unusable(source, f"It holds no attention: {error}.") from error


def _write(
    maps: h5py.Dataset, layer: int, _sample: int, head: int, first: int, weights: Tensor
) -> None:
    maps[layer, head, first : first + len(weights)] = weights.half().cpu().numpy()


def _layer_of(source: Path, maps: object, layer: int) -> AttentionMaps:
    if not isinstance(maps, h5py.Dataset):
        raise _unusable(source, "It has no array `attention`.")
    if not 0 <= layer < len(maps):
        raise QueryError(
            f"This file has the layers 0 to {len(maps) - 1}.",
            read=f"the layer {layer}",
            do="Choose one of them.",
        )
    about: dict[str, Any] = dict(maps.attrs)
    interval = Interval(about["contig"], int(about["start"]), int(about["end"]))
    made = Provenance.from_json(about["provenance"]) if "provenance" in about else None
    weights = maps[layer]
    weights.setflags(write=False)
    return AttentionMaps(weights, layer, int(about["bin_size"]), interval, made)


def _attributes(
    interval: Interval, bin_size: int, origin: Provenance | None
) -> dict[str, str | int]:
    """What the array is; the interval is 0-based half-open."""
    found = {
        "axes": "layers, heads, queries, keys",
        "about": "softmax attention weights before dropout; those of a query sum to 1",
        "contig": interval.contig,
        "start": interval.start,
        "end": interval.end,
        "bin_size": bin_size,
    }
    made = stamped(origin, "attention maps", layer="all", values="float16")
    return found | ({} if made is None else {"provenance": made.to_json()})


@contextmanager
def _written_whole(target: Path, size: int) -> Iterator[Path]:
    """A file beside the target that takes its place at the end; where that cannot be, it is said now."""
    part = target.with_name(f"{target.name}.{uuid4().hex[:8]}.part")
    try:
        free = shutil.disk_usage(target.parent).free
        if free < size:
            raise OSError(f"it needs {size / 1e6:,.1f} MB and {free / 1e6:,.1f} are free")
        if target.is_dir():
            raise IsADirectoryError("it is a directory")
        yield part
        os.replace(part, target)
    except OSError as error:
        raise _unusable(target, f"It cannot be written: {error}.") from error
    finally:
        part.unlink(missing_ok=True)


def _unusable(path: Path, wrong: str) -> EnformerLensError:
    return EnformerLensError(wrong, read=f"the file {path}", do="Choose another path.")
