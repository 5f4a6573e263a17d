import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from Bio import bgzf

from enformer.coordinates import Interval
from enformer.errors import GenomeError
from enformer.fasta import FastaGenome
from enformer.genome import open_genome

LETTERS = random.Random(0)
CONTIGS = {"chr1": 150_000, "chr2": 997, "chr3": 60}
SEQUENCES = {name: "".join(LETTERS.choices("ACGTacgtN", k=bp)) for name, bp in CONTIGS.items()}


def fasta(sequences: dict[str, str], width: int = 60, end: str = "\n") -> str:
    def lines(text: str) -> str:
        return end.join(text[i : i + width] for i in range(0, len(text), width))

    return "".join(f">{name} some words{end}{lines(text)}{end}" for name, text in sequences.items())


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENFORMER_LENS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "toy.fa"
    path.write_text(fasta(SEQUENCES))
    return path


@pytest.fixture
def compressed(tmp_path: Path) -> Path:
    path = tmp_path / "toy.fa.gz"
    with bgzf.BgzfWriter(str(path)) as file:
        file.write(fasta(SEQUENCES).encode())
    return path


@pytest.mark.parametrize("kind", ["plain", "compressed"])
def test_every_stretch_is_what_slicing_gives(kind: str, request: pytest.FixtureRequest):
    genome = FastaGenome(request.getfixturevalue(kind))
    assert dict(genome.contigs) == CONTIGS
    for name, text in SEQUENCES.items():
        assert genome.fetch(Interval(name, 0, len(text))) == text.upper()
        for _ in range(50):
            start = LETTERS.randrange(len(text))
            end = LETTERS.randint(start + 1, len(text))
            assert genome.fetch(Interval(name, start, end)) == text[start:end].upper()


def test_a_stretch_that_begins_a_full_block_is_read(compressed: Path):
    # pyfaidx alone asks for byte 65,536 of the block before, which does not exist.
    header = len(">chr1 some words\n")
    bp = (65_536 - header) // 61 * 60 + (65_536 - header) % 61
    genome = FastaGenome(compressed)
    for start in range(bp - 2, bp + 3):
        interval = Interval("chr1", start, start + 10)
        assert genome.fetch(interval) == SEQUENCES["chr1"][start : start + 10].upper()


def test_windows_line_ends_are_read(tmp_path: Path):
    path = tmp_path / "dos.fa"
    path.write_bytes(fasta(SEQUENCES, end="\r\n").encode())
    genome = FastaGenome(path)
    assert genome.fetch(Interval("chr1", 100, 1_000)) == SEQUENCES["chr1"][100:1_000].upper()


@pytest.mark.parametrize("kind", ["plain", "compressed"])
def test_threads_get_the_same_as_one_alone(kind: str, request: pytest.FixtureRequest):
    genome = FastaGenome(request.getfixturevalue(kind))
    starts = [LETTERS.randrange(140_000) for _ in range(400)]
    together = threading.Barrier(8)

    def read(starts: list[int]) -> list[str]:
        together.wait()
        return [genome.fetch(Interval("chr1", start, start + 9_000)) for start in starts]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(read, [starts[i::8] for i in range(8)]))
    for i, texts in enumerate(found):
        wanted = [SEQUENCES["chr1"][start : start + 9_000].upper() for start in starts[i::8]]
        assert texts == wanted


def test_a_file_that_changed_since_is_noticed(plain: Path):
    genome = FastaGenome(plain)
    plain.write_text(fasta(SEQUENCES).replace("A", "C"))
    os.utime(plain, (1, 1))
    with pytest.raises(GenomeError, match="changed after it was opened"):
        genome.fetch(Interval("chr1", 0, 10))


def test_a_file_that_went_away_is_noticed(plain: Path):
    genome = FastaGenome(plain)
    plain.unlink()
    with pytest.raises(GenomeError, match="no longer there"):
        genome.fetch(Interval("chr1", 0, 10))


def test_damage_inside_a_compressed_file_is_an_error_not_bases(compressed: Path):
    FastaGenome(compressed).close()
    content = bytearray(compressed.read_bytes())
    middle = len(content) // 2  # not in the first or last block, which opening looks at
    content[middle : middle + 200] = bytes(200)
    compressed.write_bytes(bytes(content))
    genome = FastaGenome(compressed)
    with pytest.raises(GenomeError, match=r"cannot be read there|cut short"):
        genome.fetch(Interval("chr1", 0, 150_000))


def test_an_unknown_assembly_is_named_by_its_file_and_says_what_models_know(plain: Path):
    genome = open_genome(plain)
    assert genome.assembly == "toy"
    assert genome.description.startswith("toy from the file toy.fa: 3 contigs, 151.1 kb.")
    assert "hg38 and mm10, not on this" in genome.description


def test_a_name_that_lengths_contradict_is_refused(plain: Path):
    with pytest.raises(GenomeError, match=r"chr1 has 150,000 bp here and 248,956,422 bp in hg38"):
        open_genome(plain, assembly="GRCh38")


def test_a_name_that_nothing_contradicts_is_taken(tmp_path: Path):
    path = tmp_path / "part.fa"
    path.write_text(fasta({"scaffold1": "ACGT" * 30}))
    assert open_genome(path, assembly="sacCer3").assembly == "sacCer3"


@pytest.mark.parametrize("assembly", [None, "hg38", "hg19"])
def test_hg19_is_refused_whatever_it_is_called(tmp_path: Path, assembly: str | None):
    path = tmp_path / "genome.fa"
    path.write_text(">22\n" + "N" * 51_304_566 + "\n")
    with pytest.raises(GenomeError, match=r"This is hg19 \(GRCh37\)"):
        open_genome(path, assembly=assembly)


@pytest.mark.parametrize(
    ("name", "contig"),
    [("hg19_part.fa", "chr11"), ("GRCh37.fa", "11"), ("human.fa", "NC_000011.9")],
)
def test_a_part_of_hg19_is_known_by_its_name_or_accession(tmp_path: Path, name: str, contig: str):
    path = tmp_path / name
    path.write_text(fasta({contig: "ACGT" * 30}))
    with pytest.raises(GenomeError, match=r"This is hg19 \(GRCh37\)"):
        open_genome(path)
    part = tmp_path / "NOT_HG19L.fa"
    part.write_text(fasta({"NC_000011.10": "ACGT" * 30, "NC_012920.1": "ACGT"}))
    assert open_genome(part).length("11") == 120


def test_a_fasta_without_bases_is_refused(tmp_path: Path):
    path = tmp_path / "names.fa"
    path.write_text(">chr1\n>chr2\n")
    with pytest.raises(GenomeError, match="no contig that has bases"):
        open_genome(path)


def test_identity_pins_content_and_not_the_way_it_is_opened(plain: Path, tmp_path: Path):
    first = FastaGenome(plain).identity
    assert first == open_genome(str(plain)).identity
    assert first.startswith("toy:toy.fa:")
    plain.write_text(fasta(SEQUENCES | {"chr4": "ACGT"}))
    (tmp_path / "toy.fa.fai").unlink()
    assert FastaGenome(plain).identity != first


def test_real_hg38_is_recognised_and_known_bases_are_there(shared_data: Path):
    genome = open_genome(shared_data / "hg38" / "hg38_partial.fa.gz")
    assert genome.assembly == "hg38"
    assert genome.length("NC_000022.11") == 50_818_468
    # rs334 has T on the forward strand, in the codon of HBB's glutamate 7.
    assert genome.fetch(Interval.parse("11:5227002")) == "T"
    assert genome.fetch(Interval("chr11", 5_227_018, 5_227_021)) == "CAT"  # HBB's start codon
    assert set(genome.fetch(Interval("chr11", 0, 1_000))) == {"N"}


def test_real_yeast_is_refused_as_gzip_and_named_by_its_file_after(
    shared_data: Path, tmp_path: Path
):
    import gzip

    (source,) = (shared_data / "yeast").glob("*.fa.gz")
    with pytest.raises(GenomeError, match=r"gunzip .* && bgzip"):
        open_genome(source)
    path = tmp_path / source.name.removesuffix(".gz")
    path.write_bytes(gzip.decompress(source.read_bytes()))
    genome = open_genome(path)
    assert genome.assembly == "Saccharomyces_cerevisiae.R64-1-1.dna.toplevel"
    assert len(genome.contigs) == 17
    assert genome.length("chrMT") == genome.contigs["Mito"]
