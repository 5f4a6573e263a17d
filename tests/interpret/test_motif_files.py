from pathlib import Path

import numpy as np
import pytest

from enformer.errors import EnformerLensError
from interpret.motif_files import read_motifs

COUNTS = np.array([[9, 0, 1], [0, 10, 2], [1, 0, 3], [0, 0, 4]])
JASPAR = """>MA0001.1\tTAL1::GATA1
A  [ 9  0  1 ]
C  [ 0 10  2 ]
G  [ 1  0  3 ]
T  [ 0  0  4 ]
"""
FOUR_ROWS = ">MA0001.1 TAL1::GATA1\n9 0 1\n0 10 2\n1 0 3\n0 0 4\n"
FOUR_COLUMNS = "# a comment\n>MA0001.1_MA0001.1.TAL1::GATA1\n9 0 1 0\n0 10 0 0\n1 2 3 4\n"
MEME = """MEME version 4

ALPHABET= ACGT

MOTIF MA0001.1 TAL1::GATA1
letter-probability matrix: alength= 4 w= 3 nsites= 10 E= 0
0.9 0 0.1 0
0 1 0 0
0.1 0.2 0.3 0.4
URL x
"""


@pytest.mark.parametrize("text", [JASPAR, FOUR_ROWS, FOUR_COLUMNS, JASPAR.replace("\n", "\r\n")])
def test_counts_become_frequencies(tmp_path: Path, text: str):
    path = tmp_path / "motifs.txt"
    path.write_bytes(text.encode())
    (motif,) = read_motifs(path)
    assert (motif.id, motif.name, motif.width) == ("MA0001.1", "TAL1::GATA1", 3)
    np.testing.assert_allclose(motif.frequencies, (COUNTS + 0.025) / 10.1)


def test_meme(tmp_path: Path):
    path = tmp_path / "motifs.meme"
    path.write_text(MEME + MEME[MEME.index("MOTIF") :].replace("MA0001.1 TAL1::GATA1", "alone"))
    first, second = read_motifs(path)
    assert (first.id, first.name) == ("MA0001.1", "TAL1::GATA1")
    assert (second.id, second.name) == ("alone", "alone")
    np.testing.assert_allclose(first.frequencies, COUNTS / 10)


def test_jaspar_whole(shared_data: Path):
    motifs = read_motifs(shared_data / "JASPAR2022_vertebrates.pfm")
    assert len(motifs) == 838
    known = {motif.id: motif for motif in motifs}
    assert len(known) == 838
    names = {"MA0035.4": "GATA1", "MA0493.2": "KLF1", "MA0140.2": "GATA1::TAL1", "MA0841.1": "NFE2"}
    assert {identity: known[identity].name for identity in names} == names
    assert {"CTCF"} <= {motif.name for motif in motifs}
    arnt = known["MA0004.1"]
    assert (arnt.name, arnt.width) == ("Arnt", 6)
    np.testing.assert_allclose(arnt.frequencies[:, 0], (np.array([4, 16, 0, 0]) + 0.025) / 20.1)
    for motif in motifs:
        np.testing.assert_allclose(motif.frequencies.sum(0), 1)


@pytest.mark.parametrize(
    "text", ["", "hello\n", ">only a title\n", ">x\n1 2 3 4\n0 0 0 a\n", ">x\n-1 0 2 0\n"]
)
def test_files_without_motifs_are_refused_in_words(tmp_path: Path, text: str):
    path = tmp_path / "no.pfm"
    path.write_text(text)
    with pytest.raises(EnformerLensError, match=r"the motifs in no\.pfm"):
        read_motifs(path)
    with pytest.raises(EnformerLensError, match="cannot be read"):
        read_motifs(tmp_path / "gone.pfm")
