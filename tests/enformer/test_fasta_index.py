import gzip
import os
from pathlib import Path

import pytest
from Bio import bgzf

from enformer import fasta_index
from enformer.errors import GenomeError
from enformer.fasta_index import open_indexed

TEXT = ">one first\nACGTACGTAC\nACGTACGTAC\nACG\n>two\nTTTTTTTTTT\nGG\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENFORMER_LENS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "toy.fa"
    path.write_text(TEXT)
    return path


@pytest.fixture
def compressed(tmp_path: Path) -> Path:
    path = tmp_path / "toy.fa.gz"
    with bgzf.BgzfWriter(str(path)) as file:
        file.write(TEXT.encode())
    return path


def lengths(path: Path) -> dict[str, int]:
    faidx = open_indexed(path)
    faidx.close()
    return {name: record.rlen for name, record in faidx.index.items()}


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_an_index_is_made_beside_the_file(plain: Path, cache: Path):
    assert lengths(plain) == {"one": 23, "two": 12}
    assert plain.with_name("toy.fa.fai").read_text() == "one\t23\t11\t10\t11\ntwo\t12\t42\t10\t11\n"
    assert files(cache) == []


def test_a_compressed_file_gets_both_indices(compressed: Path, tmp_path: Path):
    assert lengths(compressed) == {"one": 23, "two": 12}
    assert files(tmp_path) == ["toy.fa.gz", "toy.fa.gz.fai", "toy.fa.gz.gzi"]


def test_in_a_folder_that_cannot_be_written_the_index_goes_to_the_cache(
    plain: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
):
    # Tests may run as root, for whom every folder can be written: so say it cannot.
    monkeypatch.setattr(fasta_index.os, "access", lambda path, mode: False)
    assert lengths(plain) == lengths(plain) == {"one": 23, "two": 12}
    assert files(cache) == ["toy.fa.fai"]
    assert files(plain.parent) == ["toy.fa", "toy.fa.fai"]  # the second is the one in the cache
    assert not plain.with_name("toy.fa.fai").exists()


def test_a_cached_index_is_not_used_for_another_content(
    plain: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fasta_index.os, "access", lambda path, mode: False)
    lengths(plain)
    plain.write_text(TEXT + ">three\nAC\n")
    assert lengths(plain) == {"one": 23, "two": 12, "three": 2}


def test_half_an_index_is_left_alone(compressed: Path, cache: Path):
    fai = compressed.with_name("toy.fa.gz.fai")
    fai.write_text("mine")
    assert lengths(compressed) == {"one": 23, "two": 12}
    assert fai.read_text() == "mine"
    assert files(cache) == ["toy.fa.gz.fai", "toy.fa.gz.gzi"]


def test_an_index_older_than_its_file_is_used_if_it_fits(plain: Path):
    lengths(plain)
    fai = plain.with_name("toy.fa.fai")
    os.utime(fai, (1, 1))
    assert lengths(plain) == {"one": 23, "two": 12}
    assert fai.stat().st_mtime == 1


@pytest.mark.parametrize(
    "changed",
    [
        TEXT.replace(">two", ">dos"),  # a contig renamed
        TEXT.replace("ACG\n", "ACGT\n"),  # a base more in the first contig
        TEXT[:-6],  # cut short
        TEXT[:30],  # cut short before the second contig
        TEXT + ">three\nACGT\n",  # a contig more
        TEXT.replace("ACGTACGTAC\n", "ACGTA\nCGTAC\n"),  # other line lengths
    ],
)
def test_a_file_that_its_index_does_not_describe_is_refused(plain: Path, changed: str):
    lengths(plain)
    plain.write_text(changed)
    with pytest.raises(GenomeError, match=r"do not belong together.*delete .*toy\.fa\.fai"):
        open_indexed(plain)


@pytest.mark.parametrize("fai", ["", "one\t23\n", "one\tx\t11\t10\t11\n", "one\t23\t11\t10\t11\n"])
def test_a_broken_or_partial_index_is_refused_and_kept(plain: Path, fai: str):
    index = plain.with_name("toy.fa.fai")
    index.write_text(fai)
    with pytest.raises(GenomeError, match="do not belong together"):
        open_indexed(plain)
    assert index.read_text() == fai


def test_a_compressed_file_that_its_index_does_not_describe_is_refused(compressed: Path):
    lengths(compressed)
    with bgzf.BgzfWriter(str(compressed)) as file:
        file.write(TEXT.replace(">two", ">dos").encode())
    with pytest.raises(GenomeError, match="do not belong together"):
        open_indexed(compressed)


def test_a_broken_block_index_is_refused(compressed: Path):
    lengths(compressed)
    compressed.with_name("toy.fa.gz.gzi").write_bytes(b"\x05\0\0")
    with pytest.raises(GenomeError, match="do not belong together"):
        open_indexed(compressed)


def test_a_compressed_file_cut_short_is_refused(compressed: Path):
    compressed.write_bytes(compressed.read_bytes()[:-10])
    with pytest.raises(GenomeError, match="cut short: the end mark of bgzip is missing"):
        open_indexed(compressed)


def test_gzip_is_refused_with_the_command_that_helps(tmp_path: Path):
    path = tmp_path / "toy.fa.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    with pytest.raises(GenomeError, match=r"gunzip toy\.fa\.gz && bgzip toy\.fa"):
        open_indexed(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.fa", b""),
        ("words.fa", b"no header here\n"),
        ("binary.fa", b">one\n\xff\xfe\x00\n"),
        ("ragged.fa", b">one\nAC\nACGT\nA\n"),
        ("twice.fa", b">one\nAC\n>one\nAC\n"),
        ("plain.fa.gz", TEXT.encode()),
        ("nameless.fa", b">\nACGT\n"),
    ],
)
def test_what_is_no_fasta_is_refused_and_leaves_nothing_behind(
    tmp_path: Path, name: str, content: bytes
):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(GenomeError, match=f"Read the FASTA {name}"):
        open_indexed(path)
    assert files(tmp_path) == [name]


def test_a_compressed_file_under_a_plain_name_is_refused(compressed: Path):
    with pytest.raises(GenomeError, match="disagree on compression"):
        open_indexed(compressed.rename(compressed.with_name("toy.fa")))


def test_a_last_line_without_an_end_is_read(tmp_path: Path):
    path = tmp_path / "toy.fa"
    path.write_text(TEXT.rstrip())
    assert lengths(path) == {"one": 23, "two": 12}


def test_many_contigs_open(tmp_path: Path):
    path = tmp_path / "many.fa"
    path.write_text("".join(f">c{i}\nACGT\n" for i in range(1_000)))
    assert len(lengths(path)) == 1_000
