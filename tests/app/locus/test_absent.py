import pandas as pd
import pytest

from app.locus import absent
from enformer.tracks import TrackTable

DESCRIPTIONS = (
    "DNASE:K562",
    "DNASE:MCF-7",
    "CHIP:CTCF:MCF-7",
    "CAGE:CD14+ monocyte",
    "CAGE:liver, adult",
    "RNA:Skin, macrophage",
)
UNTRAINED = "it was not trained on a cell type or factor of that name"


@pytest.fixture(scope="module")
def table():
    rows = {"identifier": list("abcdef"), "description": DESCRIPTIONS}
    return TrackTable.from_rows(pd.DataFrame(rows), "human")


@pytest.mark.parametrize("text", ["", "K562", "dnase mcf-7", "ctcf", "macro", "human/3"])
def test_nothing_is_said_where_a_track_is_found(table, text):
    assert absent.of_search(text, table, "toy") == ""


def test_cells_that_no_track_is_of_are_told_with_what_follows(table):
    said = absent.of_search("microglia", table, "toy")
    assert said.startswith(f"No track of toy is of “microglia”: {UNTRAINED}")
    assert said.endswith("what it predicts for others need not hold there.")


def test_only_the_words_that_are_unknown_are_named(table):
    assert "“natural killer”" in absent.of_search("CAGE natural killer", table, "toy")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("MCF7", ["MCF-7"]),
        ("K-562", ["K562"]),
        ("monocytes", ["CD14+ monocyte"]),
        ("livre", ["liver, adult"]),
        ("microglia", []),
        ("abc", []),
    ],
)
def test_the_nearest_names_are_offered_where_a_simple_match_finds_some(table, text, near):
    assert absent.nearest(text, table) == near
    said = absent.of_search(text, table, "toy")
    assert [name for name in near if f"Nearest names: {name}. If none is meant" in said] == near
    assert UNTRAINED in said


def test_a_measurement_is_no_cell_type(table):
    assert (
        absent.of_search("H3K27ac K562", table, "toy") == "toy predicts no “H3K27ac” in any cells."
    )
    said = absent.of_search("microglia ATAC", table, "toy")
    assert said.startswith("No track of toy is of “microglia”:")
    assert said.endswith("toy predicts no “ATAC” in any cells.")


def test_known_words_that_no_track_holds_together_are_counted(table):
    said = absent.of_search("MCF-7 CAGE", table, "toy")
    assert said.endswith("one alone is held by: “MCF-7” 2, “CAGE” 2.")


@pytest.mark.parametrize(
    "name",
    ["K562_ATAC_rep1", "acc.K562.chr22", "MCF7.dnase.pl", "MCF-7 DNase", "own", "ENCFF123ABC",
     "monocyte-fold-change", "chip_H3K27ac_rep-2", "skin"],
)  # fmt: skip
def test_nothing_is_said_of_files_whose_name_fits_or_tells_of_no_cells(table, name):
    assert absent.of_file(name, table, "toy") == ""


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("microglia_ATAC_rep1.chr22", "microglia"),
        ("HL-60_dnase", "HL-60"),
        ("NK cells", "NK cells"),
    ],
)
def test_a_file_of_other_cells_is_told(table, name, cells):
    said = absent.of_file(name, table, "toy")
    assert said.startswith(
        f"No track of toy is of “{cells}”, as this file's name says: {UNTRAINED}"
    )
