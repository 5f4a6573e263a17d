from dataclasses import replace
from itertools import combinations

from app.figures.data import Highlight
from app.figures.marks import LETTER, OUTSIDE, PADDING, marks
from enformer.coordinates import Interval, Variant

EM = 100.0


def by_kind(picture):
    return {mark.kind: mark for mark in marks(picture, EM)}


def test_nothing_is_marked_inside_the_predicted_region(picture):
    assert marks(picture, EM) == ()


def test_what_was_not_predicted_and_the_padding(at_the_end):
    found = [(m.kind, m.start, m.end, m.label) for m in marks(at_the_end, EM)]
    assert found == [
        ("outside", 0, 1_096, OUTSIDE),
        ("outside", 9_288, 13_384, OUTSIDE),
        ("padding", -3_000, 0, PADDING),
    ]


def test_names_of_washes_that_do_not_fit_are_left_out(at_the_end):
    assert [mark.label for mark in marks(at_the_end, 1_000)] == ["", "", ""]


def test_the_variant_stands_at_its_base(overlaid):
    mark = by_kind(overlaid)["variant"]
    assert (mark.start, mark.end, mark.middle, mark.label) == (12_000, 12_001, 12_000.5, "T>A")


def test_long_alleles_are_cut(overlaid):
    variant = Variant("chr11", 12_001, "T", "T" + "ACGT" * 20)
    assert by_kind(replace(overlaid, variant=variant))["variant"].label == "T>TACGTA… (81 bp)"


def test_names_at_the_edge_stay_in_view(overlaid):
    mark = by_kind(replace(overlaid, variant=Variant("chr11", 11_051, "T", "A")))["variant"]
    assert mark.middle - LETTER * EM * len(mark.label) / 2 >= overlaid.view.start


def test_names_of_marks_never_collide(picture):
    close = tuple(
        Highlight(Interval("chr11", 9_000 + 50 * i, 9_400 + 60 * i), f"site {i}") for i in range(5)
    )
    found = marks(replace(picture, highlights=close), EM)
    for one, other in combinations(found, 2):
        apart = (
            abs(one.middle - other.middle) >= LETTER * EM * (len(one.label) + len(other.label)) / 2
        )
        assert one.row != other.row or apart
    assert len({mark.row for mark in found}) > 1


def test_a_highlight_of_one_base_is_a_line_from_afar(picture):
    one = replace(picture, highlights=(Highlight(Interval("chr11", 9_000, 9_001), "marked"),))
    (mark,) = marks(one, EM)
    assert mark.is_line(EM)
    assert not mark.is_line(2.0)  # from near its wash is seen
