"""Reads Basenji's TFRecords without TensorFlow: zlib, record framing, `tf.train.Example`."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import google_crc32c
import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory
from jaxtyping import Float16, UInt8

from enformer.errors import DataError

_LABEL_REPEATED = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED
_LABEL_OPTIONAL = descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL
_STRING = descriptor_pb2.FieldDescriptorProto.TYPE_STRING
_BYTES = descriptor_pb2.FieldDescriptorProto.TYPE_BYTES
_MESSAGE = descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE


def _add_field(
    owner: descriptor_pb2.DescriptorProto, name: str, kind: int, label: int, type_name: str = ""
) -> None:
    owner.field.add(name=name, number=len(owner.field) + 1, type=kind, label=label)
    if type_name:
        owner.field[-1].type_name = f".enformer_lens.{type_name}"


def _example_class() -> type[message.Message]:
    """The part of tensorflow/core/example that holds bytes; other features are skipped unread."""
    file = descriptor_pb2.FileDescriptorProto(
        name="enformer_lens/example.proto", package="enformer_lens", syntax="proto3"
    )
    _add_field(file.message_type.add(name="BytesList"), "value", _BYTES, _LABEL_REPEATED)
    feature = file.message_type.add(name="Feature")
    _add_field(feature, "bytes_list", _MESSAGE, _LABEL_OPTIONAL, "BytesList")
    features = file.message_type.add(name="Features")
    entry = features.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    _add_field(entry, "key", _STRING, _LABEL_OPTIONAL)
    _add_field(entry, "value", _MESSAGE, _LABEL_OPTIONAL, "Feature")
    _add_field(features, "feature", _MESSAGE, _LABEL_REPEATED, "Features.FeatureEntry")
    example = file.message_type.add(name="Example")
    _add_field(example, "features", _MESSAGE, _LABEL_OPTIONAL, "Features")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = pool.FindMessageTypeByName("enformer_lens.Example")
    return message_factory.GetMessageClass(found)


Example = _example_class()
"""`tf.train.Example` with its bytes features: `.features.feature[name].bytes_list.value[0]`."""


def masked_crc32c(data: bytes) -> int:
    """Checksum of a record: CRC-32C rotated and offset as TensorFlow's record writer does."""
    crc = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def read_payloads(path: Path) -> Iterator[bytes]:
    """Yields the payload of each record of a zlib-compressed TFRecord file.

    Raises:
        DataError: the file is truncated, not zlib, or a checksum disagrees.
    """
    try:
        data = zlib.decompress(path.read_bytes())
    except zlib.error as error:
        raise _broken(path, f"It is not a whole zlib stream ({error}).") from error
    start = 0
    while start < len(data):
        header = _checked(path, data, start, 8)
        (length,) = struct.unpack("<Q", header)
        yield _checked(path, data, start + 12, length)
        start += 16 + length


def _checked(path: Path, data: bytes, start: int, length: int) -> bytes:
    """The `length` bytes at `start`, after their checksum was found right."""
    stop = start + length
    if stop + 4 > len(data):
        raise _broken(path, f"The record at byte {start:,} runs past the end of the file.")
    part, (expected,) = data[start:stop], struct.unpack("<I", data[stop : stop + 4])
    if masked_crc32c(part) != expected:
        raise _broken(path, f"The checksum at byte {start:,} disagrees with the data.")
    return part


def _broken(path: Path, wrong: str) -> DataError:
    return DataError(wrong, read=f"the TFRecord file {path}", do="Copy the file again.")


def read_features(path: Path, names: tuple[str, ...]) -> Iterator[tuple[bytes, ...]]:
    """Yields the raw bytes of the named features of each record.

    Raises:
        DataError: a record is no `tf.train.Example` or lacks a feature.
    """
    for number, payload in enumerate(read_payloads(path)):
        example = Example()
        try:
            example.ParseFromString(payload)
        except message.DecodeError as error:
            raise _broken(path, f"Record {number} is no tf.train.Example.") from error
        held = example.features.feature  # pyright: ignore[reportAttributeAccessIssue]
        missing = [name for name in names if not held[name].bytes_list.value]
        if missing:
            raise _broken(path, f"Record {number} has no bytes feature {', '.join(missing)}.")
        yield tuple(held[name].bytes_list.value[0] for name in names)


def decode_sequence(raw: bytes, length: int) -> UInt8[np.ndarray, "length 4"]:
    """One-hot of a `sequence` feature: an index 0..4 per base (4 is N), or 4 bytes per base.

    Raises:
        DataError: the size fits neither encoding, or a value is out of range.
    """
    values = np.frombuffer(raw, np.uint8)
    if len(values) == length and values.max(initial=0) <= 4:
        return np.eye(5, 4, dtype=np.uint8)[values]
    if len(values) == 4 * length and values.max(initial=0) <= 1:
        return values.reshape(length, 4)
    raise DataError(
        "That is neither one index 0..4 per base nor a one-hot of 4 bytes per base.",
        read=f"a sequence of {len(values):,} bytes, largest value {values.max(initial=0)}, "
        f"for {length:,} bp",
        do="Check seq_length in statistics.json.",
    )


def decode_target(raw: bytes, bins: int, tracks: int) -> Float16[np.ndarray, "bins tracks"]:
    """Values of a `target` feature, float16 as stored.

    Raises:
        DataError: the size is not bins x tracks.
    """
    if len(raw) != 2 * bins * tracks:
        raise DataError(
            f"A target of {bins:,} bins and {tracks:,} tracks has {2 * bins * tracks:,} bytes.",
            read=f"a target of {len(raw):,} bytes",
            do="Check target_length and num_targets in statistics.json.",
        )
    return np.frombuffer(raw, "<f2").reshape(bins, tracks)
