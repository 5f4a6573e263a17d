from dataclasses import replace

import numpy as np

from app.figures.alt_text import describe
from enformer.genes import Gene


def test_says_where_what_and_how_high(picture):
    values = np.zeros(64, dtype=np.float32)
    values[5] = 2.5
    lane = replace(picture.lanes[2], values=values)
    assert describe(replace(picture, lanes=(lane,))) == (
        "Predicted tracks over chr11:8,097-16,288 (hg38). Genes: ACP1, HBB, LCR. "
        "Tracks, each with its highest value in view: CAGE K562 2.5 at chr11:8,737-8,864."
    )


def test_the_highest_value_is_one_in_view(picture):
    values = np.arange(64, dtype=np.float32)
    lane = replace(picture.lanes[2], values=values)
    seen = replace(picture, lanes=(lane,), view=picture.bin_interval(9))
    assert "CAGE K562 9 at chr11:9,249-9,376" in describe(seen)


def test_says_so_without_genes_or_training(at_the_end):
    text = describe(at_the_end)
    assert "No genes in view." in text
    assert text.endswith("The weights were never trained.")


def test_outside_the_predicted_region_there_is_no_value(at_the_end):
    text = describe(replace(at_the_end, view=at_the_end.padding[0]))
    assert "DNase K562 · T0 none" in text


def test_names_the_variant_and_counts_many_genes(overlaid):
    many = tuple(Gene(f"G{i:02}", "chr11", 12_000, 12_100, "+") for i in range(15))
    text = describe(replace(overlaid, genes=many))
    assert "Variant chr11:12,001 T>A, REF and ALT overlaid." in text
    assert "G11 and 3 more." in text
