"""Results kept in memory while they fit: those not used for longest go first."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from threading import Lock
from typing import Any, TypeVar

import numpy as np

LIMIT = 256 * 2**20
"""Bytes. Of the published model that is six full maps of a layer, or about thirty contributions."""

T = TypeVar("T")


class Memory:
    """Results by key. Safe to share between threads.

    Args:
        limit: bytes that the arrays may take together; the result used last stays, however large.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], T | None]) -> T | None:
        """What is kept under a key, else what `make` makes, which is then kept unless it is None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        made = make()
        if made is not None:
            self._keep(key, made)
        return made

    def _keep(self, key: str, made: Any) -> None:
        with self._lock:
            self._kept[key] = (made, array_bytes(made))
            self._kept.move_to_end(key)
            while self.held > self._limit and len(self._kept) > 1:
                self._kept.popitem(last=False)

    @property
    def held(self) -> int:
        """Bytes that are held now."""
        return sum(size for _, size in self._kept.values())


def array_bytes(value: Any) -> int:
    """Bytes of all arrays in a result."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if is_dataclass(value):
        return sum(array_bytes(getattr(value, item.name)) for item in fields(value))
    if isinstance(value, Mapping):
        return sum(map(array_bytes, value.values()))
    return sum(map(array_bytes, value)) if isinstance(value, tuple | list) else 0
