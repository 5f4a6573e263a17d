"""Bookmarks: their names, and their file read back or refused."""

import json

import pytest

from app.asking.bookmarks import Bookmark, free_name, read, write
from app.asking.question import Query
from enformer.errors import EnformerLensError

QUERY = Query(
    "chr11:5,227,002 T>A", "mini", "hg38", tracks=("human/3", "human/1"), zoom=(0, 5_290_000), layer=2,
    evidence="peaks:20:2", mark=(5, 9),
)  # fmt: skip
ONE = Bookmark(
    "Sickle cell", QUERY, "ab" * 32, "hg38:GRCh38", "hg38", "2026-11-28T01:02:03+00:00", "A note."
)


def test_a_file_is_read_back():
    pasted = Bookmark(
        "Pasted", Query("ACGT" * 2_000), "0" * 64, "sequence:1", "sequence", ONE.created
    )
    held = (ONE, pasted)
    assert read(write(held).encode(), "mine.json") == held
    assert read(write(()).encode(), "none.json") == ()


def test_a_file_holds_the_link_weights_genome_date_and_note():
    (row,) = json.loads(write([ONE]))["bookmarks"]
    assert row["query"]["locus"] == "chr11:5,227,002 T>A"
    assert row["query"]["zoom"] == "1-5290000"
    assert "model_sha" not in row["query"]
    kept = {
        "model_sha256": "ab" * 32,
        "genome": "hg38:GRCh38",
        "created": ONE.created,
        "note": "A note.",
    }
    assert kept.items() <= row.items()


def test_what_is_recalled_remembers_what_answered_it():
    assert ONE.recalled.model_sha == "ab" * 32
    assert ONE.recalled.assembly == "hg38"
    assert Query.from_url(ONE.recalled.to_url()) == ONE.recalled


def changed(**parts) -> bytes:
    held = json.loads(write([ONE]))
    held["bookmarks"][0] |= parts
    return json.dumps(held).encode()


WRONG = {
    b"\xff\xfe": "is no JSON",
    b"[1": "is no JSON",
    b"[]": 'does not say "format"',
    b'{"format": "enformer-lens-bookmarks", "version": 2}': "version is 2; this app reads version 1",
    b'{"format": "enformer-lens-bookmarks", "version": 1}': "are no list",
    b'{"format": "enformer-lens-bookmarks", "version": 1, "bookmarks": [7]}': "no object",
    changed(name=" "): "Its name has 1 characters",
    changed(note=5): '"note" is missing or no text',
    changed(model_sha256="12"): "'12', no sha256",
    changed(created="yesterday"): "'yesterday', no date",
    changed(query=["locus"]): "no object of texts",
    changed(query={"zoom": "9-1"}): "zoom = '9-1'",
    changed(query={"colour": "red"}): "colour = 'red'",
}


@pytest.mark.parametrize("content", WRONG)
def test_what_is_no_such_file_is_refused(content):
    with pytest.raises(EnformerLensError, match=WRONG[content].replace("(", r"\(")) as refusal:
        read(content, "mine.json")
    assert "mine.json" in refusal.value.read
    assert "Export" in refusal.value.do


def test_a_name_that_is_taken_gets_a_number():
    assert free_name(" HBB ", ["x"]) == "HBB"
    assert free_name("HBB", ["HBB", "HBB (2)"]) == "HBB (3)"
