"""Results kept on disk: what was computed once opens at once, also after a restart.

Entries are plain bytes in a bounded folder; those not used for longest go first.
"""

import logging
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import diskcache

from enformer.errors import EnformerLensError

LOG = logging.getLogger(__name__)
SIZE_LIMIT = 4 * 2**30
"""Bytes: about 150 predictions of the published model, both heads."""

T = TypeVar("T")
# What reading a damaged entry, or one of an older version, may raise.
_UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    zipfile.BadZipFile,
    EnformerLensError,
)


class ResultStore:
    """A folder of results by key. Safe to share between threads and processes.

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

    def put(self, key: str, stored: bytes) -> bool:
        """Keep a result; whether that worked. A full disk must not lose what was computed."""
        try:
            return bool(self._cache.set(key, stored))
        except (OSError, sqlite3.Error, diskcache.Timeout):
            LOG.exception("a result could not be kept on disk")
            return False

    def get(self, key: str, read: Callable[[bytes], T]) -> T | None:
        """What `read` makes of the result kept under a key; None when there is none (any more).

        Args:
            key: as it was put.
            read: what it cannot read is dropped.
        """
        try:
            stored: Any = self._cache.get(key)
            return None if stored is None else read(stored)
        except (*_UNREADABLE, sqlite3.Error, diskcache.Timeout):
            LOG.exception("a kept result cannot be read and is dropped")
            self._cache.pop(key)
            return None

    def close(self) -> None:
        """Let go of the folder."""
        self._cache.close()
