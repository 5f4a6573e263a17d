"""Held-out figures of a card, by assay and split."""

import pandas as pd

from app.models.held_out import HeldOut

FIGURES = {
    "mean Pearson, human CHIP:CTCF, valid": 0.9,
    "mean Pearson, human CAGE, valid": 0.5,
    "mean Pearson, human CAGE, test": 0.4,
    "mean Pearson, human CAGE, test, both strands": 0.45,
    "knock-out, Spearman within 20 kb": 0.85,
}


def test_rows_are_assays_and_columns_splits_in_the_cards_order():
    found = HeldOut.of(FIGURES)
    assert list(found.pearson.columns) == ["valid", "test", "test, both strands"]
    assert list(found.pearson.index) == [("human", "CHIP:CTCF"), ("human", "CAGE")]
    assert found.pearson.loc[("human", "CAGE")].tolist() == [0.5, 0.4, 0.45]
    assert pd.isna(found.pearson.loc[("human", "CHIP:CTCF"), "test"])


def test_bars_show_the_test_split_where_there_is_one():
    assert HeldOut.of(FIGURES).split == "test"
    assert HeldOut.of({"mean Pearson, human CAGE, valid": 0.5}).split == "valid"


def test_what_is_no_correlation_by_assay_is_kept_apart():
    assert HeldOut.of(FIGURES).others == {"knock-out, Spearman within 20 kb": 0.85}
    assert len(HeldOut.of({}).pearson) == 0
