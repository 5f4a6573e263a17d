from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.figures.gene_strokes import BODY_Y, THICK, THIN, strokes
from app.figures.genes import FLAG, LETTER, blocks, chevrons, layout
from enformer.coordinates import Interval
from enformer.genes import Gene

VIEW = Interval("chr1", 100_000, 200_000)
EM = 2_000.0
ROW = st.tuples(
    st.integers(0, 10**6), st.integers(0, 300_000), st.integers(1, 150_000), st.sampled_from("+-.")
)
ROWS = st.lists(ROW, max_size=40, unique=True)


def genes_of(rows):
    return [
        Gene(f"GENE{n}", "chr1", start, start + size, strand) for n, start, size, strand in rows
    ]


def band(placed):
    """What a gene takes of the upper part of its row: its name and its flag, apart."""
    spans = []
    if placed.label:
        width = LETTER * EM * len(placed.label)
        spans.append(
            (
                placed.anchor - width * placed.leftwards,
                placed.anchor + width * (not placed.leftwards),
            )
        )
    if placed.flag:
        spans.append(tuple(sorted(placed.flag_span(EM))))
    return spans


def overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


@given(ROWS, st.integers(1, 6))
def test_nothing_in_a_row_overlaps(rows, max_rows):
    genes = genes_of(rows)
    found = layout(genes, VIEW, EM, max_rows)
    for one, other in combinations(found.placed, 2):
        if one.row == other.row:
            assert not overlap(one.visible, other.visible)
            assert not any(overlap(a, b) for a in band(one) for b in band(other))


@given(ROWS, st.integers(1, 6))
def test_every_gene_in_view_is_drawn_once_within_the_rows(rows, max_rows):
    genes = genes_of(rows)
    found = layout(genes, VIEW, EM, max_rows)
    in_view = {g for g in genes if g.start < VIEW.end and g.end > VIEW.start}
    drawn = [placed.gene for placed in found.placed] + list(found.overflow)
    assert sorted(map(str, drawn)) == sorted(map(str, in_view))
    assert found.rows <= max_rows + bool(found.overflow)
    assert all(placed.row < found.rows for placed in found.placed)


@given(ROWS)
def test_names_stay_in_view(rows):
    for placed in layout(genes_of(rows), VIEW, EM).placed:
        for start, end in band(placed)[: bool(placed.label)]:
            assert VIEW.start - 1e-6 <= start < end <= VIEW.end + 1e-6


@given(ROWS)
def test_the_order_of_genes_does_not_matter_with_room_for_all(rows):
    genes = genes_of(rows)
    one, other = layout(genes, VIEW, EM, 99), layout(genes[::-1], VIEW, EM, 99)
    assert one.rows == other.rows
    assert one.overflow == ()
    assert one.unlabelled == 0


def test_forty_genes_collapse_to_the_longest_and_the_one_asked_for():
    genes = [
        Gene(f"LONGNAME{i}", "chr1", 100_000 + 900 * i, 130_000 + 1_900 * i, "+") for i in range(40)
    ]
    found = layout(genes, VIEW, EM, 4, focus="LONGNAME3")
    assert found.rows == 5
    assert len(found.placed) + len(found.overflow) == 40
    names = [placed.label for placed in found.placed if placed.label]
    assert "LONGNAME3" in names
    assert {"LONGNAME39", "LONGNAME38"} <= set(names)
    assert found.unlabelled == 40 - len(names)


def test_a_name_hangs_on_the_start_of_transcription():
    plus, minus = (Gene("ABC", "chr1", 140_000, 150_000, strand) for strand in "+-")
    (found,) = layout([plus], VIEW, EM).placed
    assert (found.flag, found.leftwards) == (True, False)
    assert found.anchor > found.flag_span(EM)[1] == 140_000.5 + FLAG * EM
    (found,) = layout([minus], VIEW, EM).placed
    assert (found.flag, found.leftwards) == (True, True)
    assert found.anchor < found.flag_span(EM)[1] == 149_999.5 - FLAG * EM


def test_a_gene_that_starts_out_of_view_has_no_flag():
    (found,) = layout([Gene("ABC", "chr1", 50_000, 150_000, "+")], VIEW, EM).placed
    assert (found.flag, found.anchor, found.visible) == (False, 100_000, (100_000, 150_000))


def test_repeated_genes_are_drawn_once():
    gene = Gene("ABC", "chr1", 140_000, 150_000, "+")
    assert len(layout([gene, gene], VIEW, EM).placed) == 1


def test_coding_parts_are_thick():
    gene = Gene("A", "chr1", 0, 100, "+", exons=((0, 30), (50, 100)), coding=(10, 80))
    assert blocks(gene) == ((0, 10, False), (10, 30, True), (50, 80, True), (80, 100, False))


def test_without_exons_or_coding_part():
    assert blocks(Gene("A", "chr1", 5, 9, "+")) == ((5, 9, False),)
    assert blocks(Gene("A", "chr1", 0, 9, "+", exons=((0, 3), (5, 9)))) == (
        (0, 3, False),
        (5, 9, False),
    )


def test_chevrons_stay_off_exons_and_ends():
    gene = Gene("A", "chr1", 110_000, 190_000, "-", exons=((110_000, 120_000), (150_000, 190_000)))
    (placed,) = layout([gene], VIEW, EM).placed
    assert chevrons(placed, 5_000, 1_000) == (125_000, 130_000, 135_000, 140_000, 145_000)


@pytest.mark.parametrize("strand", ["+", "-"])
def test_strokes_point_where_transcription_goes(strand):
    gene = Gene(
        "A", "chr1", 120_000, 180_000, strand, exons=((120_000, 121_000), (170_000, 180_000))
    )
    drawn = strokes(layout([gene], VIEW, EM), VIEW, EM)
    sign = 1 if strand == "+" else -1
    arrows = [path for path in drawn.marks if path[0][0] == path[2][0]]
    assert len(arrows) > 2
    assert all((path[1][0] - path[0][0]) * sign > 0 for path in arrows)


def test_boxes_are_as_high_as_their_kind_and_cut_to_the_view():
    gene = Gene("A", "chr1", 0, 150_000, "+", exons=((0, 150_000),), coding=(0, 140_000))
    drawn = strokes(layout([gene], VIEW, EM), VIEW, EM)
    thick, thin = drawn.exons
    assert {x for x, _ in thick} == {100_000, 140_000}
    assert {y for _, y in thick} == {BODY_Y - THICK, BODY_Y + THICK}
    assert {x for x, _ in thin} == {140_000, 150_000}
    assert {y for _, y in thin} == {BODY_Y - THIN, BODY_Y + THIN}


def test_named_regions_are_not_drawn_as_genes():
    region = Gene("LCR", "chr1", 120_000, 150_000, ".")
    drawn = strokes(layout([region], VIEW, EM), VIEW, EM)
    assert (len(drawn.regions), drawn.exons, drawn.marks, drawn.inside) == (1, [], [], [])
