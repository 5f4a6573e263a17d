"""Predictions kept on disk: what was computed once opens at once, also after a restart.

Entries are plain NPZ bytes in a bounded folder; those not used for longest go first.
"""

import io
import json
import logging
import sqlite3
import zipfile
from pathlib import Path
from types import MappingProxyType
from typing import Any

import diskcache
import numpy as np

from enformer.checkpoint import Checkpoint
from enformer.coordinates import predicted_region
from enformer.errors import EnformerLensError
from enformer.predict import Prediction
from enformer.provenance import Provenance

LOG = logging.getLogger(__name__)
SIZE_LIMIT = 4 * 2**30
"""Bytes: about 150 predictions of the published model, both heads."""

_UNREADABLE = (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, EnformerLensError)


class ResultStore:
    """A folder of predictions by key. Safe to share between threads and processes.

    Args:
        folder: made when missing.
        size_limit: bytes the folder may take.
    """

    def __init__(self, folder: Path, size_limit: int = SIZE_LIMIT) -> None:
        self._cache = diskcache.Cache(
            str(folder),
            size_limit=size_limit,
            eviction_policy="least-recently-used",
            disk_min_file_size=0,  # one file each, none in the index
        )

    def put(self, key: str, prediction: Prediction) -> bool:
        """Keep a prediction; whether that worked. A full disk must not lose what was computed."""
        try:
            return bool(self._cache.set(key, to_bytes(prediction)))
        except (OSError, sqlite3.Error, diskcache.Timeout):
            LOG.exception("a result could not be kept on disk")
            return False

    def get(self, key: str, checkpoint: Checkpoint) -> Prediction | None:
        """The prediction kept under a key of this checkpoint; None when there is none (any more)."""
        try:
            stored: Any = self._cache.get(key)
            return None if stored is None else from_bytes(stored, checkpoint)
        except (*_UNREADABLE, sqlite3.Error, diskcache.Timeout):
            LOG.exception("a kept result cannot be read and is dropped")
            self._cache.pop(key)
            return None

    def close(self) -> None:
        """Let go of the folder."""
        self._cache.close()


def to_bytes(prediction: Prediction) -> bytes:
    """Values and provenance as NPZ, without pickles; the tracks stay with the checkpoint."""
    arrays: dict[str, Any] = {
        f"values/{head}": values for head, values in prediction.values.items()
    }
    provenance = np.frombuffer(prediction.provenance.to_json().encode(), dtype=np.uint8)
    heads = np.frombuffer(json.dumps(list(prediction.values)).encode(), dtype=np.uint8)
    file = io.BytesIO()
    np.savez(file, provenance=provenance, heads=heads, **arrays)
    return file.getvalue()


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
