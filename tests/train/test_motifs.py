import numpy as np
import pytest
import torch

from enformer.config import EnformerConfig
from enformer.errors import DataError
from enformer.model import Enformer
from train.motifs import as_filter, read_matrices, start_from_motifs

FILE = (
    """# counts
>M1_M1.TATA
0 0 0 20
20 0 0 0
0 0 0 20
20 0 0 0
>M2_M2.long
"""
    + "5 5 5 5\n" * 10
    + "0 20 0 0\n" * 15
)
TINY = EnformerConfig(
    {"human": 3}, 2048, 8, channels=16, depth=1, attention_heads=2, key_size=4, value_size=4,
    position_features=6, filters_divisible_by=2,
)  # fmt: skip


@pytest.fixture
def motif_file(tmp_path):
    (tmp_path / "motifs.pfm").write_text(FILE)
    return tmp_path / "motifs.pfm"


def test_log_odds_of_known_counts(motif_file) -> None:
    (matrix,) = read_matrices(motif_file, ["M1"])
    np.testing.assert_allclose(matrix[0], np.log2(4 * np.array([0.5, 0.5, 0.5, 20.5]) / 22))


def test_filters_answer_most_to_their_motif_and_have_unit_norm(motif_file) -> None:
    short, long = (as_filter(matrix, 15) for matrix in read_matrices(motif_file, ["M1", "M2"]))
    for values in (short, long):
        assert (values**2).sum() == pytest.approx(1)
        np.testing.assert_allclose(values.sum(axis=0), 0, atol=1e-12)
    assert long.argmax(axis=0).tolist() == [1] * 15  # the informative end was kept
    assert short.argmax(axis=0)[5:9].tolist() == [3, 0, 3, 0]


def test_first_filters_are_motifs_on_both_strands(motif_file) -> None:
    model = Enformer(TINY)
    before = model.stem.conv.weight.detach().clone()
    start_from_motifs(model, motif_file, ["M1", "M2"])
    weight = model.stem.conv.weight.detach()
    torch.testing.assert_close(weight[2:4], weight[:2].flip(1, 2))
    torch.testing.assert_close(weight[4:], before[4:])
    assert not torch.equal(weight[:4], before[:4])


def test_what_cannot_be_used_is_named(motif_file) -> None:
    with pytest.raises(DataError, match="lacks M9"):
        read_matrices(motif_file, ["M1", "M9"])
    with pytest.raises(DataError, match="need 10 filters"):
        start_from_motifs(Enformer(TINY), motif_file, ["M1"] * 5)
    with pytest.raises(DataError, match="cannot be read"):
        read_matrices(motif_file.with_name("none"), ["M1"])


def test_real_motifs(shared_data) -> None:
    names = ["MA0139.1", "MA0079.5"]
    ctcf, sp1 = read_matrices(shared_data / "JASPAR2022_vertebrates.pfm", names)
    assert ctcf.shape == (19, 4)
    best = "".join("ACGT"[i] for i in sp1.argmax(axis=1))
    assert "GGGCGG" in best or "CCGCCC" in best
