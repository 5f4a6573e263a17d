import h5py
import numpy as np
import pytest

from enformer.errors import DataError
from train.hdf5 import array_of, copy_chunks, create_split, group_of


def test_members_are_found_by_kind(tmp_path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["head/values"] = np.arange(3)
        assert array_of(group_of(file, "head"), "values")[1] == 1
        with pytest.raises(DataError, match="no group tail"):
            group_of(file, "tail")
        with pytest.raises(DataError, match="no array head"):
            array_of(file, "head")


def test_chunks_are_copied_as_they_are(tmp_path) -> None:
    random = np.random.default_rng(0)
    rows = [("chr1", start, start + 64) for start in range(5)]
    sequences = random.integers(0, 2, (5, 64, 4), np.uint8)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        parts = [create_split(file.create_group(name), some, 64, 4, 2)[0]
                 for name, some in (("one", rows[:2]), ("two", rows[2:]))]  # fmt: skip
        parts[0][:], parts[1][:] = sequences[:2], sequences[2:]
        whole, targets = create_split(file.create_group("whole"), rows, 64, 4, 2)
        for first, part in ((0, parts[0]), (2, parts[1])):
            copy_chunks(part, whole, first)
        np.testing.assert_array_equal(whole, sequences)
        assert whole.id.get_storage_size() == sum(part.id.get_storage_size() for part in parts)
        assert (whole.chunks, targets.chunks) == ((1, 64, 4), (1, 4, 2))
