"""Where weights come from, in words a person reads: command, settings, data, parent, versions."""

import hashlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from enformer.checkpoint import Checkpoint
from enformer.provenance import versions
from train.settings import FitConfig

PATHS = {"data", "out", "start", "auxiliary", "card", "finetune"}
"""Settings that other lines tell, or that say nothing of the weights."""


def lineage(config: FitConfig, origin: str, steps: int, processes: int, command: str) -> str:
    """One line each: what the card says already, then what this run adds.

    Args:
        config: of the run.
        origin: what its weights started from, of `told_of`.
        steps: done so far.
        processes: that trained together.
        command: that started it; "" where it was called from Python.
    """
    files = [path for path in (config.data, config.auxiliary) if path is not None]
    lines = [
        str(config.card.get("lineage", "")),
        f"command: {command}" if command else "",
        f"steps: {steps:,} of {config.steps:,}, each on {config.batch_size} windows, "
        f"by {processes} process{'es' * (processes > 1)}",
        f"settings: {_settings(config)}",
        *(f"data: {path.name} (contents {identity(path)})" for path in files),
        f"started from: {origin}",
        "versions: " + ", ".join(f"{name} {number}" for name, number in versions().items()),
    ]
    return "\n".join(line for line in lines if line)


def identity(path: Path) -> str:
    """A digest of what a prepared file says of itself: tracks, statistics, windows, sizes.

    The arrays themselves, which may hold a terabyte, enter by their shapes and by the means and
    largest values that the file states.
    """
    digest = hashlib.sha256()
    with h5py.File(path) as file:

        def add(name: str, item: h5py.Group | h5py.Dataset) -> None:
            known = {key: str(value) for key, value in item.attrs.items()}
            digest.update(json.dumps([name, known], sort_keys=True).encode())
            if isinstance(item, h5py.Dataset):
                digest.update(str(item.shape).encode())
                if item.ndim == 1:
                    digest.update(str(np.asarray(item).tolist()).encode())

        file.visititems(add)
    return f"sha256 {digest.hexdigest()}"


def _settings(config: FitConfig) -> str:
    told = {entry.name for entry in fields(config)} - PATHS - {"steps", "batch_size"}
    changed = {
        entry.name: getattr(config, entry.name)
        for entry in fields(config)
        if entry.name in told and getattr(config, entry.name) != _default(entry)
    }
    return "; ".join(f"{name} {_shown(value)}" for name, value in changed.items()) or "as they are"


def _default(entry: Any) -> object:
    return entry.default_factory() if callable(entry.default_factory) else entry.default


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={part}" for name, part in value.items())
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def told_of(config: FitConfig, parent: Checkpoint | None) -> str:
    """What the weights started from: name and digest of the parent, and what was kept of it."""
    if parent is None:
        return f"weights drawn anew, seed {config.seed}"
    told = f"{parent.card.name} (sha256 {parent.sha256})"
    if (tuning := config.finetune) is None:
        return told
    statistics = "kept" if tuning.freeze_statistics else "learned again"
    return (
        f"{told}, fine-tuned; frozen {tuning.freeze}, statistics {statistics}, "
        f"layer decay {tuning.layer_decay:g}"
    )
