"""Elements from BED as people have it, and regions as they are asked for."""

import gzip

import pytest

from enformer import Interval
from enformer.errors import EnformerLensError
from interpret.elements import Element, as_element, read_elements

WINDOW = Interval("chr11", 1_000, 17_384)


def test_the_real_locus_control_region(shared_data):
    elements = read_elements(shared_data / "hg38" / "beta_globin_lcr.bed")
    assert len(elements) == 7
    assert elements[0] == Element(Interval("chr11", 5_270_790, 5_292_315), "LCR", 0.0)
    assert elements[5].label == "5'HS2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chr1\t5\t9\n", Element(Interval("chr1", 5, 9))),
        ("chr1\t5\t9\te1\n", Element(Interval("chr1", 5, 9), "e1")),
        ("chr1\t5\t9\tan element\t0.5\t+\n", Element(Interval("chr1", 5, 9), "an element", 0.5)),
        ("chr1 5 9 e1 7\n", Element(Interval("chr1", 5, 9), "e1", 7.0)),
        ("chr1\t5\t9\t.\t.\t.\n", Element(Interval("chr1", 5, 9))),
        ('chr1\t5\t9\t"HS\t3\n', Element(Interval("chr1", 5, 9), '"HS', 3.0)),
        ("chr1\t5\t9\tNA\t3\n", Element(Interval("chr1", 5, 9), "NA", 3.0)),
        (
            "chr1\t5\t9\te\t960\t-\t5\t9\t255,0,0\t1\t4,\t0,\n",
            Element(Interval("chr1", 5, 9), "e", 960.0),
        ),
        ("chr1\t5\t9\t.\t0\t.\t3.1\t-1\t-1\t2\n", Element(Interval("chr1", 5, 9), "", 0.0)),
        (
            "\ufefftrack name=x\n#h\n\nbrowser position\nchr1\t5\t9\r\n",
            Element(Interval("chr1", 5, 9)),
        ),
    ],
)
def test_every_kind_of_bed(tmp_path, text, expected):
    plain, packed = tmp_path / "plain.bed", tmp_path / "packed.bed"
    plain.write_text(text, encoding="utf-8", newline="")
    packed.write_bytes(gzip.compress(text.encode()))
    assert read_elements(plain) == (expected,)
    assert read_elements(str(packed)) == (expected,)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no rows"),
        (b"track name=x\n", "holds no rows"),
        (b"chr1\t5\n", "a row begins"),
        (b"chr1\t9\t5\n", "a row begins"),
        (b"chr1\t-5\t9\n", "a row begins"),
        (b"chr1\t5\t9\nchr1\tx\t9\n", "'chr1 x 9'"),
        (b"chr1\t5\t9\te\n" + b"chr1\t5\t9\t" + b"\t".join([b"e"] * 9), "no BED"),
        (b"chr1\t5\t9\te\tmany\n", "score of chr1 5 9 is 'many'"),
        (b"NC_000011.9\t5\t9\n", "hg19"),
        (b"\x1f\x8bnonsense", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_what_is_no_bed_is_refused(tmp_path, content, why):
    path = tmp_path / "some.bed"
    path.write_bytes(content)
    with pytest.raises(EnformerLensError, match="some.bed") as refusal:
        read_elements(path)
    assert why in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(EnformerLensError, match="cannot be read"):
        read_elements(tmp_path / "none.bed")


@pytest.mark.parametrize(
    "region", [(10, 20), Interval("chr11", 1_010, 1_020), Element(Interval("11", 1_010, 1_020))]
)
def test_a_region_is_written_in_three_ways(region):
    assert as_element(region, WINDOW) == Element(Interval("chr11", 1_010, 1_020))


def test_another_contig_stays_another_contig():
    elsewhere = Element(Interval("chr2", 5, 9), "e", 1.0)
    assert as_element(elsewhere, WINDOW) == elsewhere
