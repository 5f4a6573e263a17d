import gzip

import pytest

from app.locus import own_files
from app.locus.own_files import Features, intervals, kind_of, read_file
from app.locus.shelf import MOST, Shelf
from enformer.coordinates import Interval
from enformer.coverage import BedGraph, BigWig
from enformer.errors import EnformerLensError
from tests.measured import write_bigwig

WINDOW = Interval("chr11", 0, 1_000)
BED12 = "chr11\t100\t200\tDGB1\t0\t-\t110\t190\t0\t2\t20,50,\t0,50,\n"
GTF = (
    'chr11\tx\tgene\t101\t200\t.\t-\t.\tgene_id "ENSG1"; gene_name "HBB";\n'
    'chr11\tx\texon\t101\t150\t.\t-\t.\tgene_id "ENSG1"; transcript_id "T"; gene_name "HBB";\n'
)
TEXTS = {
    "own.bedgraph": ("chr11\t10\t20\t1.5\n", BedGraph),
    "own.txt": ("track type=bedGraph\nchr11\t10\t20\t1.5\n", BedGraph),
    "own.bdg.gz": ("chr11 10 20 1.5\n", BedGraph),
    "own.bed": ("11\t10\t20\tpeak\n", "intervals"),
    "numbers.bed": ("chr11\t10\t20\t7\n", "intervals"),
    "three.bed": ("chr11\t10\t20\n", "intervals"),
    "own.narrowPeak": ("chr11\t10\t20\tp\t5\t.\t1\t2\t3\t4\n", "intervals"),
    "joined.bed": ("chr11\t10\t20\tp\t5\t+\tchr11\t10\t20\tq\t7\t-\n", "intervals"),
    "twelve.bed": (BED12, "genes"),
    "own.gtf": (GTF, "genes"),
    "packed.gtf.gz": (GTF, "genes"),
}


def written(folder, name, text):
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", TEXTS)
def test_what_a_file_is_is_told_by_what_it_holds(tmp_path, name):
    text, kind = TEXTS[name]
    found = read_file(written(tmp_path, name, text))
    if isinstance(kind, str):
        assert isinstance(found, Features)
        assert kind_of(found) == kind
        assert [(g.start, g.end) for g in found.over(WINDOW)] in ([(10, 20)], [(100, 200)])
    else:
        assert isinstance(found, kind)
        assert kind_of(found) == "signal"


def test_a_bigwig_needs_no_name(tmp_path):
    path = write_bigwig(tmp_path / "own", [(10, 20, 1.0)])
    assert isinstance(read_file(path), BigWig)


def test_genes_have_their_exons_and_intervals_no_strand(tmp_path):
    (gene,) = read_file(written(tmp_path, "g.bed", BED12)).over(WINDOW)
    assert (gene.symbol, gene.strand, gene.exons) == ("DGB1", "-", ((100, 120), (150, 200)))
    (region,) = intervals(b"11\t10\t20\tpeak\t3\t+\n", "own").over(WINDOW)
    assert (region.symbol, region.strand) == ("peak", ".")


@pytest.mark.parametrize(
    ("name", "content", "wrong", "do"),
    [
        ("own.bb", b"\xeb\xf2\x89\x87" + b"\0" * 60, "bigBed", "bigBedToBed"),
        ("own.txt", b"hello world\n", "neither bigWig, bedGraph, BED", "0-based"),
        ("own.txt", b"", "neither bigWig", "Give one of these"),
        ("own.txt", b"\x89PNG\r\n\xff\xfe", "cannot be read", "Give one of these"),
        ("own.gz", b"\x1f\x8b\x08\0", "cannot be read", "Give one of these"),
        ("own.bed", b"chr11\t10\t20\np\tq\tr\n", "no BED", "Give BED"),
        ("own.bed", b"chr11\t20\t10\n", "no BED", "Give BED"),
        ("own.bed", b"NC_000011.9\t10\t20\tp\n", "hg19", "Give BED"),
        ("own.bed", BED12.replace("100", "900").encode(), "holds no genes", "Give BED with names"),
    ],
)
def test_a_bad_file_says_what_is_wrong_what_to_do_and_shows_an_example(
    tmp_path, name, content, wrong, do
):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(EnformerLensError) as refused:
        read_file(path)
    said = refused.value
    assert wrong in said.wrong
    assert do in said.do
    assert name in said.read
    example = tmp_path / "example.bed"
    example.write_text(said.example)
    assert isinstance(read_file(example), Features)


@pytest.mark.parametrize("name", ["own.bed", "own.bed.gz"])
def test_text_that_memory_should_not_hold_is_refused(tmp_path, monkeypatch, name):
    path = written(tmp_path, name, "chr11\t10\t20\tpeak\n" * 1000)
    assert len(read_file(path)) == 1000
    monkeypatch.setattr(own_files, "MOST_TEXT", 1_000)
    with pytest.raises(EnformerLensError, match="Make a bigWig"):
        read_file(path)


@pytest.fixture
def shelf():
    shelf = Shelf()
    yield shelf
    shelf.close()


def test_the_shelf_keeps_names_and_removes(shelf):
    shelf.upload("K562.bed", b"chr11\t1\t2\tx\n")
    shelf.upload("K562.bed.gz", gzip.compress(b"chr11\t1\t2\tx\n"))
    first, second = shelf.tracks
    assert [own.name for own in shelf.tracks] == ["K562", "K562 2"]
    assert first.key != second.key
    shelf.rename(first.key, "peaks")
    shelf.rename(second.key, "peaks")
    shelf.rename(second.key, "  ")
    assert [own.name for own in shelf.tracks] == ["peaks", "peaks 2"]
    shelf.change(second.key, use="both")
    shelf.remove(first.key)
    (left,) = shelf.tracks
    assert (left.name, left.use, left.file) == ("peaks 2", "both", "K562.bed.gz")


def test_what_cannot_be_read_is_a_problem_and_no_track(shelf):
    shelf.upload("own.bed", b"hello\n")
    shelf.open("/no/such/file.bw")
    shelf.paste("chr11\t5")
    assert shelf.tracks == ()
    assert [problem.wrong for problem in shelf.problems][1] == "There is no such file."
    assert len(shelf.problems) == 3


def test_pasted_lines_are_highlights(shelf):
    shelf.paste("chr11\t1\t2\tHS2\n")
    (own,) = shelf.tracks
    assert (own.kind, own.use, own.file) == ("intervals", "highlights", "pasted lines")


@pytest.mark.parametrize("name", ["../../up.bed", "/etc/x.bed", "..", "a\0b.bed", "C:\\x.bed"])
def test_an_uploaded_name_stays_in_the_folder_of_the_session(shelf, name):
    shelf.upload(name, b"chr11\t1\t2\n")
    assert shelf.problems == []
    assert "/" not in shelf.tracks[0].file


def test_uploads_are_deleted_at_the_end(tmp_path):
    shelf = Shelf()
    path = write_bigwig(tmp_path / "own.bw", [(10, 20, 1.0)])
    shelf.upload("own.bw", path.read_bytes())
    kept = shelf.tracks[0].content.path
    assert kept.exists()
    shelf.close()
    assert not kept.exists()


def test_a_session_holds_so_many(shelf):
    for _ in range(MOST + 1):
        shelf.paste("chr11\t1\t2\n")
    assert len(shelf.tracks) == MOST
    assert "Remove one" in shelf.problems[0].do
