"""The members of a prepared HDF5 file: typed access, and the arrays of a split."""

from collections.abc import Sequence

import h5py

from enformer.errors import DataError


def group_of(parent: h5py.Group, name: str) -> h5py.Group:
    """The group of that name.

    Raises:
        DataError: there is none.
    """
    found = parent.get(name)
    if not isinstance(found, h5py.Group):
        raise _lacking(parent, f"group {name}")
    return found


def array_of(parent: h5py.Group, name: str) -> h5py.Dataset:
    """The array of that name, read when indexed.

    Raises:
        DataError: there is none.
    """
    found = parent.get(name)
    if not isinstance(found, h5py.Dataset):
        raise _lacking(parent, f"array {name}")
    return found


def create_split(
    group: h5py.Group, windows: Sequence[tuple[str, int, int]], length: int, bins: int, tracks: int
) -> tuple[h5py.Dataset, h5py.Dataset]:
    """Adds the windows (contig, 0-based start, end) and room for their records to a split.

    Returns:
        The arrays `sequences` (records, length, 4) and `targets` (records, bins, tracks), one
        compressed chunk per record.
    """
    group.create_dataset("contig", data=[row[0] for row in windows], dtype=h5py.string_dtype())
    for column, name in ((1, "start"), (2, "end")):
        group.create_dataset(name, data=[row[column] for row in windows], dtype="i8")

    def room(name: str, kind: str, *shape: int) -> h5py.Dataset:
        packing = {"chunks": (1, *shape), "compression": "gzip"} if windows else {}
        return group.create_dataset(name, (len(windows), *shape), kind, **packing)

    return room("sequences", "u1", length, 4), room("targets", "f4", bins, tracks)


def copy_chunks(source: h5py.Dataset, to: h5py.Dataset, first: int) -> None:
    """Copies records as they are stored, without unpacking them; both have one chunk per record.

    Args:
        source: records that `create_split` made room for.
        to: another such array, of the same kind and shape of records.
        first: the record of `to` that the first one becomes.
    """
    rest = (0,) * (source.ndim - 1)
    for number in range(len(source)):
        mask, packed = source.id.read_direct_chunk((number, *rest))
        to.id.write_direct_chunk((first + number, *rest), packed, filter_mask=mask)


def _lacking(parent: h5py.Group, what: str) -> DataError:
    held = ", ".join(parent) or "nothing"
    return DataError(
        f"It has no {what}.",
        read=f"{parent.file.filename}, where {parent.name} holds {held}",
        do="Make the file with train.prepare.",
    )
