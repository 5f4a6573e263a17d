"""Answers of public services, kept on disk. A cache that is broken or cannot be written is no cache."""

import logging
import sqlite3
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import diskcache

from enformer.cache import cache_dir

_BROKEN = (sqlite3.Error, OSError, diskcache.Timeout)
_SIZE_LIMIT = 2 * 2**30
_Value = TypeVar("_Value")


class Answers:
    """Texts by key; the oldest go when there are more than 2 GiB. Safe between threads and processes."""

    def __init__(self, folder: Path | None = None) -> None:
        """Opens nothing yet.

        Args:
            folder: where; by default a folder in the cache.
        """
        self._folder = folder

    @cached_property
    def _disk(self) -> diskcache.Cache:
        folder = self._folder or cache_dir("answers")
        return diskcache.Cache(str(folder), size_limit=_SIZE_LIMIT)

    def get(self, key: str) -> str | None:
        """The text kept under a key, if any."""
        found = self._tried(lambda: self._disk.get(key))
        return found if isinstance(found, str) else None

    def put(self, key: str, text: str, days: int | None = None) -> None:
        """Keeps a text, for good or for some days."""
        seconds = None if days is None else days * 86_400
        self._tried(lambda: self._disk.set(key, text, expire=seconds))

    def _tried(self, action: Callable[[], _Value]) -> _Value | None:
        try:
            return action()
        except _BROKEN as broken:
            logging.getLogger(__name__).warning("The cache of answers cannot be used: %s", broken)
            return None
