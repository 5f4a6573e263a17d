import pytest
from hypothesis import given
from hypothesis import strategies as st

from enformer.alleles import check, shorten, trim
from enformer.errors import QueryError


@pytest.mark.parametrize(
    ("ref", "alt", "reason"),
    [
        ("T", "<DEL>", "names a kind of change"),
        ("T", "*", "earlier deletion"),
        ("T", ".", "ALT is missing"),
        (".", "T", "REF is missing"),
        ("T", "", "ALT is missing"),
        ("T", "G]17:198982]", "breakend"),
        ("U", "A", "write T for U"),
        ("T", "R", "more than one base"),
        ("T", "I", "no allele"),
        ("T", "A\nC", "no allele"),
        ("T", "T", "the same"),
    ],
)
def test_each_refusal_gives_its_reason(ref: str, alt: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason) as caught:
        check("chr1:5", ref, alt)
    assert caught.value.read
    assert caught.value.do
    assert caught.value.example


def test_bases_and_n_pass() -> None:
    check("chr1:5", "ACGTN", "A")


@pytest.mark.parametrize(
    ("ref", "alt", "expected"),
    [
        ("A", "C", (10, "A", "C")),
        ("CACAG", "CACAT", (14, "G", "T")),
        ("TGGG", "TG", (11, "GG", "")),
        ("TC", "TTC", (10, "", "T")),
        ("ACGT", "AT", (11, "CG", "")),
        ("A", "A", (10, "", "")),
    ],
)
def test_trim(ref: str, alt: str, expected: tuple[int, str, str]) -> None:
    assert trim(10, ref, alt) == expected


@given(st.text("AC", max_size=8), st.text("AC", max_size=8))
def test_trim_keeps_what_the_alleles_differ_in(ref: str, alt: str) -> None:
    start, short_ref, short_alt = trim(0, ref, alt)
    head, tail = ref[:start], ref[start + len(short_ref) :]
    assert (head + short_ref + tail, head + short_alt + tail) == (ref, alt)
    if short_ref and short_alt:
        assert short_ref[0] != short_alt[0]
        assert short_ref[-1] != short_alt[-1]


@given(st.text(), st.integers(5, 80))
def test_shorten_is_one_printable_line(text: str, longest: int) -> None:
    line = shorten(text, longest)
    assert line.isprintable()
    assert len(line) <= longest + 1
