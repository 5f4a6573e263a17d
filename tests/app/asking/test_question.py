"""What a link asks for beyond a place: parts knocked out, and the slice of attention."""

import pytest

from app.asking.question import MOST_KNOCKOUTS, Query


def test_knock_outs_are_read_as_they_are_written():
    query = Query(knockouts=((9, 20), (0, 5)))
    assert query.to_url()["knockouts"] == "10-20,1-5"
    assert Query.from_url(query.to_url()).knockouts == query.knockouts


@pytest.mark.parametrize("text", ["", "x", "5", "9-3", ",,"])
def test_parts_that_make_no_sense_are_passed_over(text):
    assert Query.from_url({"knockouts": text}).knockouts == ()
    assert Query.from_url({"knockouts": f"{text},1-5"}).knockouts == ((0, 5),)


def test_each_part_is_asked_once_and_only_so_many():
    assert Query.from_url({"knockouts": "1-5,1-5"}).knockouts == ((0, 5),)
    many = ",".join(f"{i}-{i + 9}" for i in range(1, 30))
    assert len(Query.from_url({"knockouts": many}).knockouts) == MOST_KNOCKOUTS


@pytest.mark.parametrize(("text", "read"), [("row", "row"), ("column", "column"), ("both", "")])
def test_a_slice_is_a_row_or_a_column(text, read):
    assert Query.from_url({"slice": text}).slice == read


@pytest.mark.parametrize(
    ("text", "read"), [("alt", "alt"), ("difference", "difference"), ("ref", "")]
)
def test_an_allele_is_alt_or_the_difference(text, read):
    assert Query.from_url({"allele": text}).allele == read
    assert Query(allele=read).to_url() == ({"allele": read} if read else {})
