import h5py
import numpy as np
import pytest

from enformer.errors import DataError
from train.hdf5 import array_of, group_of


def test_members_are_found_by_kind(tmp_path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["head/values"] = np.arange(3)
        assert array_of(group_of(file, "head"), "values")[1] == 1
        with pytest.raises(DataError, match="no group tail"):
            group_of(file, "tail")
        with pytest.raises(DataError, match="no array head"):
            array_of(file, "head")
