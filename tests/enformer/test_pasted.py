import pytest
from hypothesis import given
from hypothesis import strategies as st

from enformer.errors import QueryError
from enformer.pasted import PastedSequence, match_fasta, match_raw

DNA = "ACGTACGTACGTACGTACGTACGT"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (">seq one\nACGT\nacgt\n", PastedSequence("seq one", "ACGTACGT", ())),
        ("\n>\r\nAC GT\r\n\r\nNN\r\n", PastedSequence("", "ACGTNN", ())),
        (">s\n;comment\nAC", PastedSequence("s", "AC", ())),
        (f">chr1 part {DNA}", PastedSequence("chr1 part", DNA, ())),
        (">rna\nACGU", PastedSequence("rna", "ACGT", ("1 U read as T.",))),
    ],
)
def test_fasta(text: str, expected: PastedSequence) -> None:
    assert match_fasta(text) == expected


def test_ambiguous_letters_are_kept_and_noted() -> None:
    found = match_fasta(">s\nACRYN")
    assert found is not None
    assert found.bases == "ACRYN"
    assert "several bases: 2" in found.notes[0]


@pytest.mark.parametrize(
    "text",
    [DNA, DNA.lower(), f" {DNA}\n{DNA} ", "1 acgtacgtac gtacgtacgt\n21 acgtacgtac", DNA + "RYK"],
)
def test_raw(text: str) -> None:
    found = match_raw(text)
    assert found is not None
    assert found.bases == "".join(letter for letter in text.upper() if letter.isalpha())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HBB",
        "GATTACA",
        "KRAS HRAS NRAS KRAS HRAS NRAS",
        "chr11:5,225,000-5,310,000",
        "hello world" * 9,
    ],
)
def test_other_text_is_no_sequence(text: str) -> None:
    assert match_raw(text) is None
    assert match_fasta(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (">", "no sequence"),
        (">name only", "no sequence"),
        (">a\nAC\n>b\nAC", "more than one"),
        (">a\nACGJACGT", "J cannot be read as bases, first at letter 4"),
        (">a\nAC-GT", "- cannot be read"),
        (">a\nMVHLTPEEKSAVTALWGKVNVDEVGGEALGRLLVVYPWTQRF", "protein"),
        (DNA + "X" + DNA, "X cannot be read"),
        ("chr1" + DNA, "1 cannot be read"),
        (DNA + "ß", "ß cannot be read"),
        (DNA + "ſ", "ſ cannot be read"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason) as caught:
        match_fasta(text) or match_raw(text)
    assert match_raw(caught.value.example)


@given(st.text("ACGTUNRYSWKMBDHVacgtunryswkmbdhv", min_size=1))
def test_any_iupac_letters_under_a_header_are_read(letters: str) -> None:
    found = match_fasta(f">x\n{letters}")
    assert found is not None
    assert len(found.bases) == len(letters)
    assert found.bases == letters.upper().replace("U", "T")
