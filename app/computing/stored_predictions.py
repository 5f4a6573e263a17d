"""Predictions as bytes and back: NPZ, without pickles; the tracks stay with the checkpoint."""

import io
import json
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np

from enformer.checkpoint import Checkpoint
from enformer.coordinates import predicted_region
from enformer.predict import Prediction
from enformer.provenance import Provenance


def to_bytes(prediction: Prediction) -> bytes:
    """Values and provenance."""
    arrays: dict[str, Any] = {
        f"values/{head}": values for head, values in prediction.values.items()
    }
    provenance = np.frombuffer(prediction.provenance.to_json().encode(), dtype=np.uint8)
    heads = np.frombuffer(json.dumps(list(prediction.values)).encode(), dtype=np.uint8)
    file = io.BytesIO()
    np.savez(file, provenance=provenance, heads=heads, **arrays)
    return file.getvalue()


def reader(checkpoint: Checkpoint) -> Callable[[bytes], Prediction]:
    """What reads predictions of this checkpoint."""
    return lambda stored: from_bytes(stored, checkpoint)


def from_bytes(stored: bytes, checkpoint: Checkpoint) -> Prediction:
    """What `to_bytes` wrote, for the checkpoint that made it.

    Raises:
        EnformerLensError, ValueError, KeyError: it is something else, or of another model.
    """
    with np.load(io.BytesIO(stored), allow_pickle=False) as file:
        provenance = Provenance.from_json(file["provenance"].tobytes().decode())
        heads = json.loads(file["heads"].tobytes())
        values = {head: file[f"values/{head}"] for head in heads}
    if provenance.sha256 != checkpoint.sha256:
        raise ValueError(f"kept for the model {provenance.sha256}")
    for array in values.values():
        array.setflags(write=False)
    return Prediction(
        window=provenance.interval,
        region=predicted_region(provenance.interval, checkpoint.config),
        values=MappingProxyType(values),
        tracks=checkpoint.tracks.search(head=heads),
        config=checkpoint.config,
        provenance=provenance,
        variant=provenance.variant,
    )
