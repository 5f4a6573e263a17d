import gzip
from pathlib import Path

import pysam
import pytest

from enformer.errors import QueryError
from interpret.vcf import Record, VcfFile

HEADER = "##fileformat=VCFv4.2\n"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
GOOD = "chr1\t13\trs1\tA\tG,T\t.\t.\t.\n"


def read(path: Path) -> list[Record]:
    with VcfFile(path) as file:
        return list(file)


def write(folder: Path, text: str) -> Path:
    path = folder / "calls.vcf"
    path.write_bytes(text.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(QueryError) as refused:
        read(path)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "records", "assembly"),
    [
        ("eqtl.vcf", 8, None),
        ("eqtl_flip.vcf", 8, None),
        ("bcftools_norm_messy.vcf", 24, None),
        ("gatk_multi-allelic.vcf", 7, "hg19"),
        ("gatk_triple_allele.vcf", 8, "hg38"),
    ],
)
def test_real_files_come_back_whole(
    shared_data: Path, name: str, records: int, assembly: str | None
):
    path = shared_data / "vcf" / name
    rows = [line for line in path.read_text().splitlines() if line and line[0] != "#"]
    with VcfFile(path) as file:
        found = list(file)
    assert file.assembly == assembly
    assert [record.number for record in found] == list(range(1, records + 1))
    assert [record.line for record in found] == rows
    assert not any(record.fault for record in found)
    for record, row in zip(found, rows, strict=True):
        contig, position, name, ref, alts = row.split("\t")[:5]
        assert (record.contig, str(record.position), record.name) == (contig, position, name)
        assert (record.ref, ",".join(record.alts)) == (ref, alts)


@pytest.mark.parametrize(
    "text",
    [
        HEADER + COLUMNS + GOOD,
        HEADER + GOOD,
        COLUMNS + GOOD,
        (HEADER + COLUMNS + GOOD).replace("\n", "\r\n"),
        HEADER + COLUMNS + GOOD.replace("\t.\t.\t.\n", "\n"),
        HEADER + COLUMNS + "\n" + GOOD.rstrip("\n"),
    ],
    ids=["whole", "no columns", "no format", "windows", "five cells", "blank line, no end"],
)
def test_what_is_left_out_is_filled_in(tmp_path: Path, text: str):
    (record,) = read(write(tmp_path, text))
    assert (record.contig, record.position, record.name) == ("chr1", 13, "rs1")
    assert (record.ref, record.alts, record.fault) == ("A", ("G", "T"), "")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("chr1\t11\t.\tA\n", "4 of the 5 columns"),
        ("chr1 11 . A T . . .\n", "1 of the 5 columns"),
        ("chr1\tabc\t.\tA\tT\t.\t.\t.\n", "'abc' is no number"),
        (" chr1\t11\t.\tA\tT\t.\t.\t.\n", "htslib refuses it"),
    ],
)
def test_a_row_that_htslib_refuses_stops_nothing(tmp_path: Path, row: str, why: str):
    before, broken, after = read(write(tmp_path, HEADER + COLUMNS + GOOD + row + GOOD))
    assert (before.fault, after.fault, after.number, after.position) == ("", "", 3, 13)
    assert why in broken.fault
    assert broken.line == row.rstrip("\n")


def test_alts_come_as_they_stand(tmp_path: Path):
    alts = ["<DEL>", "*", "A[chr2:1[", "g", "Y"]
    rows = [f"chr1\t10\t.\tA\t{alt}\t.\t.\t.\n" for alt in [",".join(alts), "."]]
    several, none = read(write(tmp_path, HEADER + COLUMNS + "".join(rows)))
    assert several.alts == tuple(alts)
    assert none.alts == (".",)


def test_packed_and_binary_files_say_the_same(shared_data: Path, tmp_path: Path):
    text = shared_data / "vcf" / "gatk_triple_allele.vcf"
    gz, bgz, bcf = (tmp_path / f"calls.{end}" for end in ("vcf.gz", "vcf.bgz", "bcf"))
    gz.write_bytes(gzip.compress(text.read_bytes()))
    pysam.tabix_compress(str(text), str(bgz))
    with (
        pysam.VariantFile(str(text)) as source,
        pysam.VariantFile(str(bcf), "wb", header=source.header) as out,
    ):
        for record in source:
            out.write(record)
    plain = read(text)
    assert read(gz) == read(bgz) == plain
    what = [(r.number, r.contig, r.position, r.name, r.ref, r.alts) for r in plain]
    assert [(r.number, r.contig, r.position, r.name, r.ref, r.alts) for r in read(bcf)] == what


@pytest.mark.parametrize(
    ("hint", "assembly"),
    [
        ("##contig=<ID=1,length=249250621>", "hg19"),
        ("##contig=<ID=chr1,length=248956422>", "hg38"),
        ("##contig=<ID=NC_000011.9>", "hg19"),
        ("##reference=file:///refs/hs37d5.fa", "hg19"),
        ("##reference=GRCh38.p14", "hg38"),
        ("##contig=<ID=1,length=2147483647>", None),
        ("##source=hg19 tools", None),
    ],
)
def test_the_header_tells_the_assembly(tmp_path: Path, hint: str, assembly: str | None):
    with VcfFile(write(tmp_path, f"{HEADER}{hint}\n{COLUMNS}{GOOD}")) as file:
        assert file.assembly == assembly


def test_files_that_are_no_vcf_are_refused_in_words(tmp_path: Path, shared_data: Path):
    assert "no such file" in refusal(tmp_path / "none.vcf")
    assert "no VCF" in refusal(write(tmp_path, ""))
    assert "no VCF" in refusal(write(tmp_path, "hello\n"))
    assert "tabs" in refusal(write(tmp_path, HEADER + COLUMNS.replace("\t", " ") + GOOD))
    assert "cannot be read" in refusal(tmp_path)


def test_a_file_cut_short_is_told(shared_data: Path, tmp_path: Path):
    whole = gzip.compress((shared_data / "vcf" / "bcftools_norm_messy.vcf").read_bytes())
    short = tmp_path / "short.vcf.gz"
    short.write_bytes(whole[: len(whole) * 3 // 4])
    assert "breaks off after record" in refusal(short)
    short.write_bytes(whole[:30])
    assert "cannot be read" in refusal(short)


def test_stopping_early_leaves_nothing_running(tmp_path: Path):
    path = write(tmp_path, HEADER + COLUMNS + GOOD * 50_000)
    with VcfFile(path) as file:
        assert next(iter(file)).number == 1
        assert len(file._text.rows) < 50_000  # the pipe holds the reading back
