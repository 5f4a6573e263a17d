"""Typed access to the members of an HDF5 file."""

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


def _lacking(parent: h5py.Group, what: str) -> DataError:
    held = ", ".join(parent) or "nothing"
    return DataError(
        f"It has no {what}.",
        read=f"{parent.file.filename}, where {parent.name} holds {held}",
        do="Make the file with train.prepare.",
    )
