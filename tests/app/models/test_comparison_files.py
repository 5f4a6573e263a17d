"""Files of a comparison, read by pandas and as JSON."""

import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app.figures.comparison_data import Side, comparison_picture
from app.figures.scatter_data import scatter_picture
from app.models.comparison_files import ComparisonFiles
from app.result_files import everything
from enformer.coordinates import Interval
from enformer.tracks import TrackId
from interpret.agreement import agreement
from interpret.stored import unpack
from interpret.track_pairs import SAME, TrackPair
from tests.app.figures.conftest import predicted

WINDOW = Interval("chr11", 4_000, 20_384)
VIEW = Interval("chr11", 9_000, 12_000)


@pytest.fixture(scope="module")
def files() -> ComparisonFiles:
    one = predicted(0, WINDOW)
    other = predicted(1, WINDOW)
    other = replace(other, provenance=replace(other.provenance, model="other", sha256="cd" * 32))
    pairs = [TrackPair(TrackId("human", n), TrackId("human", n), SAME) for n in (2, 5)]
    found = agreement(one, other, pairs, within=VIEW)
    sides = (Side("A toy", one.tracks, WINDOW), Side("B other", other.tracks, WINDOW))
    return ComparisonFiles(found, comparison_picture(found, sides, [], 135_086_622, VIEW), "stem")


def test_the_table_has_both_tracks_over_the_common_bins(files):
    text = files.write_table().decode()
    table = pd.read_csv(io.StringIO(text), sep="\t", comment="#")
    assert list(table.columns[6:]) == ["A human/2", "B human/2", "A human/5", "B human/5"]
    assert (table["start_1based"] == table["start_0based"] + 1).all()
    assert table["start_0based"].iloc[0] == files.found.interval.start
    assert np.array_equal(table["B human/5"].to_numpy(np.float32), files.found.b[1])
    counted = table[table["in_r"] == 1]
    assert len(counted) == files.found.count == 24
    assert np.isclose(counted["A human/2"].corr(counted["B human/2"]), files.found.r[0])


def test_the_head_of_the_table_names_both_models_and_each_pair(files):
    lines = [line for line in files.write_table().decode().splitlines() if line.startswith("#")]
    assert "# A model: toy" in lines
    assert "# B model: other" in lines
    assert "# values: REF" in lines
    pairs = [line for line in lines if line.startswith("# pair ")]
    assert len(pairs) == 2
    assert files.picture.said[0] in pairs[0]
    assert pairs[0].endswith(SAME)


def test_the_provenance_is_of_both(files):
    made = json.loads(files.provenance)
    assert (made["a"]["model"], made["b"]["model"]) == ("toy", "other")
    assert made["b"]["sha256"] == "cd" * 32
    assert made["view"] == [9_000, 12_000]
    assert [pair["a"] for pair in made["pairs"]] == ["human/2", "human/5"]
    assert np.allclose([pair["pearson_r"] for pair in made["pairs"]], files.found.r)
    still = replace(files.found, r=np.full(2, np.nan))
    made = json.loads(replace(files, found=still).provenance)
    assert [pair["pearson_r"] for pair in made["pairs"]] == [None, None]


def test_the_zip_holds_what_was_computed(files, tmp_path):
    import zipfile

    name, _, make = everything(files, 120)
    with zipfile.ZipFile(io.BytesIO(make())) as packed:
        assert name == "stem.zip"
        again = unpack(packed.read("stem.npz"))
    assert np.array_equal(again.r, files.found.r)


def test_the_scatter_is_another_figure_of_the_same_values(files):
    points = scatter_picture(files.found, files.picture, 1)
    name, _, make = files.scatter(points, "svg", 89)
    assert name == "stem_scatter_89mm.svg"
    assert points.said in make().decode()


def test_the_menu_offers_every_file_and_the_scatter_beside_it(files):
    def page(files, points) -> None:
        from app.models.comparison_files import menu

        menu(files, points)

    points = scatter_picture(files.found, files.picture, 0)
    app = AppTest.from_function(page, kwargs={"files": files, "points": points}, default_timeout=60)
    app.run()
    assert not app.exception
    labels = [button.label for button in app.get("download_button")]
    scatters = ["Scatter SVG", "Scatter PDF", "Scatter PNG"]
    assert labels == ["TSV", "NPZ", "SVG", "PDF", "PNG", "JSON", "ZIP", *scatters]
