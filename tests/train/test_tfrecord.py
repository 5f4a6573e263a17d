import zlib
from pathlib import Path

import numpy as np
import pytest

from enformer.errors import DataError
from train.tfrecord import (
    decode_sequence,
    decode_target,
    masked_crc32c,
    read_features,
    read_payloads,
)


def test_masked_checksum_of_the_crc32c_check_value() -> None:
    # CRC-32C of "123456789" is 0xE3069283 (RFC 3720); masked by hand.
    crc = 0xE3069283
    assert masked_crc32c(b"123456789") == ((crc >> 15 | crc << 17) + 0xA282EAD8) % 2**32


def test_reads_what_was_written(species) -> None:
    records = list(
        read_features(species.root / "mm10/tfrecords/train-0.tfr", ("target", "sequence"))
    )
    written = species.mouse["train"]
    assert len(records) == 5
    for (target, sequence), bases, values in zip(
        records, written.bases, written.targets, strict=True
    ):
        assert target == values.tobytes()
        np.testing.assert_array_equal(decode_sequence(sequence, 2048), np.eye(5, 4)[bases])


def test_both_encodings_give_the_same_one_hot() -> None:
    bases = np.array([0, 1, 2, 3, 4, 0], np.uint8)
    one_hot = np.eye(5, 4, dtype=np.uint8)[bases]
    np.testing.assert_array_equal(decode_sequence(bases.tobytes(), 6), one_hot)
    np.testing.assert_array_equal(decode_sequence(one_hot.tobytes(), 6), one_hot)


@pytest.mark.parametrize("raw", [b"\0" * 5, b"\0" * 23, b"\5" + b"\0" * 5, b"\2" + b"\0" * 23])
def test_refuses_other_sequences(raw: bytes) -> None:
    with pytest.raises(DataError, match="neither one index"):
        decode_sequence(raw, 6)


def test_refuses_a_target_of_another_size() -> None:
    with pytest.raises(DataError, match="has 24 bytes"):
        decode_target(b"\0" * 22, 4, 3)


def damaged(path: Path, out: Path, byte: int) -> Path:
    data = bytearray(zlib.decompress(path.read_bytes()))
    data[byte] ^= 1
    out.write_bytes(zlib.compress(bytes(data)))
    return out


@pytest.mark.parametrize("byte", [0, 9, 100])
def test_a_flipped_bit_is_noticed(species, tmp_path: Path, byte: int) -> None:
    source = species.root / "mm10/tfrecords/train-0.tfr"
    with pytest.raises(DataError, match="checksum at byte"):
        list(read_payloads(damaged(source, tmp_path / "bad.tfr", byte)))


def test_truncated_and_foreign_files_are_refused(species, tmp_path: Path) -> None:
    source, bad = species.root / "mm10/tfrecords/train-0.tfr", tmp_path / "bad.tfr"
    bad.write_bytes(source.read_bytes()[:-20])
    with pytest.raises(DataError, match="not a whole zlib"):
        list(read_payloads(bad))
    bad.write_bytes(zlib.compress(zlib.decompress(source.read_bytes())[:-20]))
    with pytest.raises(DataError, match="runs past the end"):
        list(read_payloads(bad))
    with pytest.raises(DataError, match="no bytes feature umap"):
        list(read_features(source, ("umap",)))


def test_an_empty_file_has_no_records(tmp_path: Path) -> None:
    (tmp_path / "empty.tfr").write_bytes(zlib.compress(b""))
    assert list(read_payloads(tmp_path / "empty.tfr")) == []
