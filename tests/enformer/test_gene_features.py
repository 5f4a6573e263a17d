from pathlib import Path

import pytest

from enformer.gene_files import read_genes
from enformer.genes import Gene, GeneIndex


def genes(path: Path, text: str) -> list[Gene]:
    path.write_text(text)
    return read_genes(path)[0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "genes.txt"


ONE, TWO = 'gene_id "ENSG00000000001"; ', 'gene_id "ENSG00000000002"; '
FIRST = ONE + 'transcript_id "ENST00000000001"; gene_name "DEMO1"; '
SECOND = ONE + 'transcript_id "ENST00000000002"; tag "basic"; tag "MANE_Select"; '
GTF = "#!genome-build toy\n" + "".join(
    f"{contig}\ttoy\t{kind}\t{start}\t{end}\t.\t{strand}\t.\t{attributes}\n"
    for contig, kind, start, end, strand, attributes in [
        ("1", "gene", 101, 200, "-", ONE + 'gene_version "5"; gene_name "DEMO1"; level 2;'),
        ("1", "transcript", 101, 180, "-", FIRST),
        ("1", "exon", 101, 180, "-", FIRST),
        ("1", "transcript", 101, 200, "-", SECOND),
        ("1", "exon", 151, 200, "-", SECOND),
        ("1", "exon", 101, 120, "-", SECOND),
        ("1", "CDS", 151, 190, "-", SECOND),
        ("1", "CDS", 114, 120, "-", SECOND),
        ("1", "stop_codon", 111, 113, "-", SECOND),
        ("X", "gene", 5, 9, "+", TWO + 'gene_version "1";'),
    ]
)


def test_gtf_gives_the_mane_transcript_with_its_stop_codon(path: Path):
    path.write_text(GTF)
    found, transcripts = read_genes(path)
    demo = Gene(
        "DEMO1", "1", 100, 200, "-", gene_id="ENSG00000000001",
        exons=((100, 120), (150, 200)), coding=(110, 190),
    )  # fmt: skip
    unnamed = Gene("ENSG00000000002", "X", 4, 9, "+", gene_id="ENSG00000000002")
    assert found == [demo, unnamed]
    assert transcripts == {"ENST00000000001": demo, "ENST00000000002": demo}
    assert GeneIndex.read(path).search("enst00000000001.4") == [demo]


def test_without_a_tag_the_transcript_with_most_exonic_bases_is_taken(path: Path):
    (demo, _) = genes(path, GTF.replace('tag "MANE_Select";', ""))
    assert demo.exons == ((100, 180),)
    assert demo.coding is None


def test_gtf_without_gene_rows_takes_what_the_exons_span(path: Path):
    rows = [row for row in GTF.splitlines() if "\texon\t" in row]
    (demo,) = genes(path, "\n".join(rows))
    assert (demo.symbol, demo.start, demo.end, demo.exons[0]) == ("DEMO1", 100, 200, (100, 120))


NCBI_GTF = (
    'NC_000011.10\tBestRefSeq\tgene\t101\t200\t.\t+\t.\tgene_id "DEMO1"; transcript_id ""; '
    'db_xref "GeneID:1"; gene "DEMO1"; gene_synonym "OLD1"; gene_synonym "OLD 2"; \n'
    'NC_000011.10\tBestRefSeq\texon\t101\t200\t.\t+\t.\tgene_id "DEMO1"; transcript_id "NM_1.2"; '
    'gene "DEMO1"; tag "MANE Select"; exon_number "1"; \n'
)


def test_ncbi_gtf_gives_synonyms(path: Path):
    (gene,) = genes(path, NCBI_GTF)
    assert gene.aliases == ("OLD1", "OLD 2")
    assert gene.exons == ((100, 200),)


ENSEMBL_GFF = """\
##gff-version 3
##sequence-region 1 1 1000
1\ttoy\tchromosome\t1\t1000\t.\t.\t.\tID=chromosome:1
1\thavana\tgene\t101\t200\t.\t-\t.\tID=gene:ENSG00000000001;Name=DEMO1;biotype=protein_coding;gene_id=ENSG00000000001;version=5
1\thavana\tmRNA\t101\t180\t.\t-\t.\tID=transcript:ENST00000000001;Parent=gene:ENSG00000000001;tag=basic
1\thavana\tmRNA\t101\t200\t.\t-\t.\tID=transcript:ENST00000000002;Parent=gene:ENSG00000000001;tag=basic,Ensembl_canonical
1\thavana\texon\t101\t120\t.\t-\t.\tParent=transcript:ENST00000000001,transcript:ENST00000000002;Name=E1
1\thavana\texon\t151\t200\t.\t-\t.\tParent=transcript:ENST00000000002;Name=E2
1\thavana\tCDS\t151\t190\t.\t-\t0\tID=CDS:P2;Parent=transcript:ENST00000000002
1\thavana\texon\t130\t180\t.\t-\t.\tParent=transcript:ENST00000000001;Name=E3
###
1\thavana\tncRNA_gene\t501\t600\t.\t+\t.\tID=gene:ENSG00000000002;Name=DEMO%2C2;gene_id=ENSG00000000002
"""


def test_gff3_shares_exons_between_transcripts_and_decodes_names(path: Path):
    path.write_text(ENSEMBL_GFF)
    found, transcripts = read_genes(path)
    demo = Gene(
        "DEMO1", "1", 100, 200, "-", gene_id="ENSG00000000001",
        exons=((100, 120), (150, 200)), coding=(150, 190),
    )  # fmt: skip
    assert found[0] == demo
    assert found[1].symbol == "DEMO,2"
    assert set(transcripts) == {"ENST00000000001", "ENST00000000002"}


def test_a_gene_on_two_contigs_is_two_genes(path: Path):
    """As in the GTF files of UCSC, which have no rows of genes: PAR genes, and alternative loci."""
    rows = [
        f'{contig}\tx\texon\t{start}\t{start + 99}\t.\t+\t.\tgene_id "A"; transcript_id "{name}";'
        for contig, start, name in [
            ("chrX", 101, "T"),
            ("chrY", 5001, "T_dup1"),
            ("chrX", 301, "T"),
        ]
    ]
    path.write_text("\n".join(rows) + "\n")
    found, transcripts = read_genes(path)
    assert [(gene.contig, gene.start, gene.end) for gene in found] == [
        ("chrX", 100, 400),
        ("chrY", 5000, 5100),
    ]
    assert transcripts["T_dup1"].contig == "chrY"


def test_genes_without_an_identifier_are_all_kept(path: Path):
    row = "chr1\tx\tgene\t{}\t{}\t.\t+\t.\tName={}\n"
    found = genes(path, row.format(11, 20, "FIRST") + row.format(31, 40, "SECOND"))
    assert [(gene.symbol, gene.start) for gene in found] == [("FIRST", 10), ("SECOND", 30)]


YEAST_GFF = """\
chrI\tSGD\tgene\t101\t200\t.\t+\t.\tID=YAL001C;Name=YAL001C;gene=TFC3;Alias=TFC3,FUN24
chrI\tSGD\tCDS\t101\t150\t.\t+\t0\tParent=YAL001C;Name=YAL001C_CDS
##FASTA
>chrI
ACGT
"""


def test_a_gene_may_hold_its_coding_part_itself_and_sequence_after_it_is_ignored(path: Path):
    (gene,) = genes(path, YEAST_GFF)
    assert gene.symbol == "TFC3"
    assert gene.aliases == ("FUN24", "YAL001C")
    assert gene.exons == ((100, 150),)
    assert gene.coding == (100, 150)
