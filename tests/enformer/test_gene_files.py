import gzip
from pathlib import Path

import pytest

from enformer.errors import GenomeError
from enformer.gene_files import read_genes
from enformer.genes import Gene

BED12 = "chr11\t100\t200\tDGB1\t0\t-\t110\t190\t0\t2\t20,50,\t0,50,\n"
DGB1 = Gene("DGB1", "chr11", 100, 200, "-", exons=((100, 120), (150, 200)), coding=(110, 190))


def genes(path: Path, text: str) -> list[Gene]:
    path.write_text(text)
    return read_genes(path)[0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "genes.txt"


def test_bed12_gives_exons_and_coding_part(path: Path):
    assert genes(path, BED12) == [DGB1]


def test_gzip_and_windows_line_ends_are_read(path: Path):
    path.write_bytes(gzip.compress(BED12.replace("\n", "\r\n").encode()))
    assert read_genes(path)[0] == [DGB1]


def test_track_lines_comments_and_empty_lines_are_skipped(path: Path):
    text = "browser position chr11\ntrack name=mine\n# a remark\n\n" + BED12 + "# the end\n"
    assert genes(path, text) == [DGB1]


def test_a_byte_order_mark_is_no_part_of_the_contig(path: Path):
    path.write_bytes(b"\xef\xbb\xbf" + BED12.encode())
    assert read_genes(path)[0] == [DGB1]
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert read_genes(path)[0] == [DGB1]


def test_bed6_has_a_body_and_a_strand(path: Path):
    assert genes(path, "11\t100\t200\tDGB1\t0\t+\n") == [Gene("DGB1", "11", 100, 200, "+")]


def test_bed4_and_spaces_are_enough_for_a_region(path: Path):
    assert genes(path, "chr1 5 9 peak\n") == [Gene("peak", "chr1", 5, 9, ".")]


def test_an_untranslated_bed12_has_no_coding_part(path: Path):
    (gene,) = genes(path, BED12.replace("110\t190", "100\t100"))
    assert gene.coding is None
    assert gene.exons == DGB1.exons


def test_named_columns_give_identifier_and_aliases(path: Path):
    head = "#chr\tstart\tend\tname\tscore\tstrand\tEnsembl_ID\tgene_type\tprevious_symbols\n"
    row = "chr1\t5\t9\tDEMO1\t0\t+\tENSG00000000001\tprotein_coding\tOLD1, OLD2|OLDER\n"
    (gene,) = genes(path, head + row)
    assert gene.gene_id == "ENSG00000000001"
    assert gene.aliases == ("OLD1", "OLD2", "OLDER")


def test_an_ensembl_column_is_known_without_a_name(path: Path):
    (gene,) = genes(path, "chr1\t5\t9\tDEMO1\t0\t+\tENSG00000000001.4\n")
    assert gene.gene_id == "ENSG00000000001.4"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "it is empty"),
        ("# only a remark\n", "it is empty"),
        ("hello there\n", "neither BED"),
        ("chr1\t5\t9\n", "neither BED"),
        (">chr1\nACGT\n", "neither BED"),
        ("chr1\t5\t9\tA\nchr1\t5\n", "2 columns instead of 4"),
        ("chr1\t5\t9\tA\nchr1\tx\t9\tB\n", "invalid literal"),
        ("chr1\t9\t5\tA\n", "A lies at chr1 9 5"),
        ("chr1\t5\t9\tA\t0\t+\t5\t9\t0\t2\t1,1\t0\n", "blocks of A do not fit"),
        ("chr1\t5\t9\tA\t0\t+\t5\t9\t0\t3\t1,1\t0,3\n", "blocks of A do not fit"),
        ("chr1\t5\t9\tA\t0\t+\t5\t9\t0\t2\t1,2\t0,3\n", "blocks of A do not fit"),
        ("chr1\t5\t99999999999999999999\tA\n", "A lies at chr1 5 99999999999999999999"),
        ("\t5\t9\tA\n", "A lies at"),
        ("NC_000011.9\t5\t9\tA\n", r"hg19 \(GRCh37\)"),
        ("1\ta\tregion\t5\t9\t.\t+\t.\tID=x\n", "there are none"),
        ("1\ta\tgene\t5\tnine\t.\t+\t.\tID=x\n", "neither BED"),
        ("1\ta\tgene\t5\t9\t.\t+\t.\tID=x\n1\ta\tgene\t5\tnine\t.\t+\t.\tID=y\n", "nine"),
    ],
)
def test_what_is_no_gene_table_is_refused_with_the_reason(path: Path, text: str, wrong: str):
    with pytest.raises(GenomeError, match=f"Read the gene table genes.txt.*{wrong}.*GFF3 or GTF"):
        genes(path, text)


@pytest.mark.parametrize(
    "content", [b"\x1f\x8bjunk", b"\xff\xfe\x00\x01", gzip.compress(b"x" * 99)[:-9]]
)
def test_a_damaged_file_is_refused(path: Path, content: bytes):
    path.write_bytes(content)
    with pytest.raises(GenomeError, match="cannot be read"):
        read_genes(path)


def test_a_missing_file_is_refused(path: Path):
    with pytest.raises(GenomeError, match="No such file"):
        read_genes(path)
