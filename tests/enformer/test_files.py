from pathlib import Path

import pytest

import enformer
from enformer.errors import CheckpointError, GenomeError, TrackError
from enformer.files import sha256_of, typed_path
from enformer.genes import GeneIndex
from enformer.tracks import TrackTable

IMPOSSIBLE = ["~nobody-of-this-name/genome.fa", "genome\0.fa", "x" * 5000]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_a_path_that_cannot_be_is_refused_wherever_one_is_typed(text: str):
    with pytest.raises(GenomeError, match="No file can have that path"):
        enformer.open_genome(text)
    with pytest.raises(CheckpointError, match="No file can have that path"):
        enformer.load(text)
    with pytest.raises(TrackError, match="No file can have that path"):
        TrackTable.read(text, "human")
    with pytest.raises(GenomeError, match="No file can have that path"):
        GeneIndex.read(text)


def test_home_is_expanded_whether_or_not_the_file_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "genome.fa").touch()
    assert typed_path("~/genome.fa", GenomeError) == tmp_path / "genome.fa"
    assert typed_path("~/none/genome.fa", GenomeError) == tmp_path / "none" / "genome.fa"


def test_the_digest_is_that_of_the_content(tmp_path: Path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    # FIPS 180-4's own example.
    assert sha256_of(path).startswith("ba7816bf8f01cfea414140de5dae2223")
