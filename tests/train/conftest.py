"""A tiny Basenji data set, written with TensorFlow's framing by code that shares nothing with the reader."""

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import google_crc32c
import numpy as np
import pytest

from tests.train.toy_genome import write_toy
from train.species import Species

LENGTH, FINE_BINS, CROP = 2048, 32, 512
TARGETS = """\tidentifier\tfile\tclip\tclip_soft\tscale\tsum_stat\tstrand_pair\tdescription
0\tcage+\tc.w5\t384\t64\t1.0\tsum_sqrt\t1\tCAGE:blood
1\tcage-\tc.w5\t384\t64\t1.0\tsum_sqrt\t0\tCAGE:blood
2\tdnase\td.w5\t128\t32\t2.0\tmean\t2\tDNASE:K562
"""
TRACKS, BASES = 3, np.frombuffer(b"ACGTN", np.uint8)
TINY_MODEL = {
    "channels": 16, "depth": 1, "attention_heads": 2, "key_size": 4, "value_size": 4,
    "position_features": 6, "filters_divisible_by": 2, "dropout": 0.1,
}  # fmt: skip


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def field(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def example(**features: bytes) -> bytes:
    """Wire form of a tf.train.Example whose features are bytes lists."""
    entries = b""
    for name, value in features.items():
        feature = field(1, field(1, value))
        entries += field(1, field(1, name.encode()) + field(2, feature))
    return field(1, entries)


def framed(payload: bytes) -> bytes:
    def checksum(data: bytes) -> bytes:
        crc = google_crc32c.value(data)
        return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) % 2**32)

    size = struct.pack("<Q", len(payload))
    return size + checksum(size) + payload + checksum(payload)


def write_tfrecord(path: Path, payloads: list[bytes]) -> None:
    path.write_bytes(zlib.compress(b"".join(framed(payload) for payload in payloads)))


def write_species(
    folder: Path, counts: dict[str, int], one_hot: bool = False, seed: int = 0
) -> dict:
    """Writes one species; returns bases (0..4) and float16 targets of each split."""
    random, written, bed = np.random.default_rng(seed), {}, []
    (folder / "tfrecords").mkdir(parents=True)
    for split, count in counts.items():
        bases = random.integers(0, 5, (count, LENGTH)).astype(np.uint8)
        targets = random.gamma(0.5, 2.0, (count, FINE_BINS, TRACKS)).astype(np.float16)
        coded = np.eye(5, 4, dtype=np.uint8)[bases] if one_hot else bases
        records = [
            example(sequence=coded[i].tobytes(), target=targets[i].tobytes()) for i in range(count)
        ]
        # Eleven files: their order must be numeric, not alphabetic.
        for number in range(11 if count > 10 else 1):
            part = records[number : number + 1] if number < 10 and count > 10 else records[number:]
            write_tfrecord(folder / "tfrecords" / f"{split}-{number}.tfr", part)
        bed += [
            f"chr1\t{CROP + 5000 * i}\t{CROP + 5000 * i + 1024}\t{split}\n" for i in range(count)
        ]
        written[split] = SimpleNamespace(bases=bases, targets=targets)
    facts = {
        "num_targets": TRACKS, "seq_length": LENGTH, "seq_1hot": True, "pool_width": 32,
        "crop_bp": CROP, "target_length": FINE_BINS, **{f"{s}_seqs": n for s, n in counts.items()},
    }  # fmt: skip
    (folder / "statistics.json").write_text(json.dumps(facts))
    (folder / "sequences.bed").write_text("".join(bed))
    (folder / "targets.txt").write_text(TARGETS)
    return written


@pytest.fixture
def toy(tmp_path: Path) -> Species:
    """Three contigs, N at chr1:1501-2048, four tracks of two bigWigs that end 100 bp early."""
    return write_toy(tmp_path)


@pytest.fixture
def species(tmp_path: Path) -> SimpleNamespace:
    """hg38 with index encoding and mm10 with one-hot encoding under one folder."""
    root = tmp_path / "basenji"
    human = write_species(root / "hg38", {"train": 12, "valid": 3, "test": 2})
    mouse = write_species(root / "mm10", {"train": 5, "valid": 2, "test": 2}, True, seed=1)
    return SimpleNamespace(root=root, human=human, mouse=mouse)


@pytest.fixture
def prepared(species: SimpleNamespace, tmp_path: Path) -> Path:
    """The data set as HDF5."""
    from train.basenji import find_folders, write

    write(find_folders(species.root), tmp_path / "tiny.h5")
    return tmp_path / "tiny.h5"


@pytest.fixture
def fit_config(prepared: Path, tmp_path: Path) -> Callable[..., Any]:
    """A run of a tiny model on the tiny data; arguments change it."""
    from train.settings import FitConfig

    def make(**changes: Any) -> FitConfig:
        values = {
            "data": prepared, "out": tmp_path / "run", "steps": 6, "model": TINY_MODEL,
            "batch_size": 2, "warmup": 2, "evaluate_every": 3, "average": 0.9,
            "card": {"name": "tiny", "title": "Tiny", "summary": "For tests."},
        }  # fmt: skip
        return FitConfig(**{**values, **changes})

    return make
