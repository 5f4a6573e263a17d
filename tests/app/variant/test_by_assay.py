"""Effects by biosample and assay, on the planted tracks of a tiny model."""

import numpy as np
import pandas as pd
import pytest

import enformer
from app.locus import matrix
from app.variant import by_assay
from app.variant.varying import Ranking
from enformer.coordinates import Variant
from interpret.variants import score_variants


@pytest.fixture(scope="module")
def checkpoint(planted_model):
    return enformer.load(planted_model, device="cpu")


@pytest.fixture(scope="module")
def effect(checkpoint):
    genome = enformer.open_genome("demo")
    (found,) = score_variants(checkpoint, genome, [Variant.parse("demo1:301635:A>G")])
    return found


@pytest.mark.parametrize("order", ["abs", "up", "down"])
def test_each_cell_is_the_most_changed_of_its_tracks(checkpoint, effect, order):
    table = by_assay.table(effect, checkpoint.tracks, Ranking("SAD", order, "human"))
    rows = effect.table(checkpoint.tracks)
    rows = rows[rows["head"] == "human"]
    rows = rows.assign(kind=matrix.kinds(rows))
    size = {"abs": np.abs, "up": lambda x: x, "down": lambda x: -x}[order]
    for biosample in table.index:
        for kind in table.columns:
            mine = rows[(rows["biosample"] == biosample) & (rows["kind"] == kind)]["SAD"]
            best = mine.loc[size(mine).idxmax()] if len(mine) else np.nan
            np.testing.assert_equal(table.loc[biosample, kind], best)
    assert table.size == rows[["biosample", "kind"]].drop_duplicates().shape[0]


def test_rows_and_columns_begin_with_the_most_changed(checkpoint, effect):
    table = by_assay.table(effect, checkpoint.tracks, Ranking("SAD", "abs", "human"))
    assert abs(table.iloc[0, 0]) == np.nanmax(np.abs(table.to_numpy()))
    assert table.abs().max(axis=1).is_monotonic_decreasing


@pytest.mark.parametrize("dark", [False, True])
def test_opposite_effects_lie_on_opposite_ends_of_the_scale(dark):
    found = pd.DataFrame({"CAGE": [1.0, -1.0, np.nan]}, index=["gain", "loss", "none"])
    html = by_assay.coloured(found, dark).to_html()
    colours = {line for line in html.splitlines() if "background-color" in line}
    assert len(colours) == 2
    assert by_assay.coloured(found * 0, dark).to_html().count("background-color") == 1
