import io
import json
import zipfile

import numpy as np
import pandas as pd
import pyBigWig
import pytest

from app.computing.predictions import Answer
from app.downloads import FIGURES, WIDTHS, Shown, link, telling, zipped
from app.figures import paper
from app.figures.data import locus_picture
from app.state import Query
from enformer import Interval, TrackId, Variant, open_genome, predict
from enformer.errors import EnformerLensError
from enformer.export import FORMATS
from enformer.provenance import Provenance

TRACKS = (TrackId("human", 6), TrackId("human", 0))
WINDOW = Interval("demo1", 300_000, 316_384)
LENGTH = 600_000


@pytest.fixture(scope="module")
def genome():
    return open_genome("demo")


@pytest.fixture(scope="module")
def shown(tiny_checkpoint, genome):
    reference = predict(tiny_checkpoint, genome, WINDOW)
    view = Interval("demo1", 306_000, 309_000)
    picture = locus_picture(reference, TRACKS, (), LENGTH, view)
    return Shown(Answer(reference), picture, TRACKS, LENGTH)


@pytest.fixture(scope="module")
def with_variant(tiny_checkpoint, genome):
    ref = genome.fetch(Interval("demo1", 308_000, 308_001))
    variant = Variant("demo1", 308_001, ref, "A" if ref != "A" else "C")
    reference = predict(tiny_checkpoint, genome, WINDOW)
    alternative = predict(tiny_checkpoint, genome, WINDOW, variant=variant)
    picture = locus_picture(reference, TRACKS, (), LENGTH, alt=alternative)
    return Shown(Answer(reference, alternative), picture, TRACKS, LENGTH)


def values(shown: Shown) -> np.ndarray:
    return shown.answer.reference.values["human"][:, [6, 0]]


def test_tsv_holds_the_shown_tracks_in_their_order(shown):
    name, _, make = shown.data("TSV")
    table = pd.read_csv(io.BytesIO(make()), sep="\t", comment="#")
    assert name.endswith(".tsv")
    assert list(table.columns[-2:]) == ["human/6", "human/0"]
    np.testing.assert_allclose(table[["human/6", "human/0"]].to_numpy(), values(shown), rtol=1e-6)


def test_npz_opens_with_numpy(shown):
    _, _, make = shown.data("NPZ")
    with np.load(io.BytesIO(make())) as file:
        np.testing.assert_array_equal(file["values"], values(shown))


def test_bedgraph_names_each_track(shown):
    text = shown.data("bedGraph")[2]().decode()
    assert text.count("track type=bedGraph") == 2
    assert "never trained" in text


def test_bigwigs_come_in_a_zip_and_open(shown, tmp_path):
    name, _, make = shown.data("bigWig")
    assert name.endswith(".bigwig.zip")
    with zipfile.ZipFile(io.BytesIO(make())) as archive:
        (first, *_) = [name for name in archive.namelist() if name.endswith(".bw")]
        archive.extract(first, tmp_path)
    with pyBigWig.open(str(tmp_path / first)) as file:
        assert file.chroms() == {"demo1": LENGTH}
        region = shown.answer.reference.region
        got = file.values("demo1", region.start, region.start + 1)[0]
    assert got == pytest.approx(float(values(shown)[0, 0]), rel=1e-6)


def test_a_single_track_is_one_bigwig(shown):
    single = Shown(shown.answer, shown.picture, TRACKS[:1], LENGTH)
    name, _, make = single.data("bigWig")
    assert name.endswith(".bw")
    assert make()[:4] in (b"\x26\xfc\x8f\x88", b"\x88\x8f\xfc\x26")


@pytest.mark.parametrize("form", FORMATS)
def test_a_variant_gives_both_alleles(with_variant, form):
    name, _, make = with_variant.data(form)
    assert name.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(make())) as archive:
        folders = {file.split("/")[0] for file in archive.namelist()}
    assert folders == {"REF", "ALT"}


@pytest.mark.parametrize(
    ("form", "magic"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")]
)
def test_figures_carry_their_provenance(shown, form, magic):
    name, mime, make = shown.figure(form, 89)
    content = make()
    assert content.startswith(magic)
    assert mime == FIGURES[form]
    assert name.endswith(f"_89mm.{form}")
    weights = shown.answer.reference.provenance.sha256
    assert any(weights.encode(code) in content for code in ("ascii", "utf-16-be"))


def test_the_zip_holds_everything_with_its_provenance(shown):
    _, _, make = shown.everything(183)
    with zipfile.ZipFile(io.BytesIO(make())) as archive:
        names = archive.namelist()
        (beside,) = [name for name in names if name.endswith(".json")]
        text = archive.read(beside).decode()
    assert len(names) == len(FIGURES) + len(FORMATS) + 1
    assert Provenance.from_json(text).tracks == ("human/6", "human/0")
    assert json.loads(text)["view"] == [306_000, 309_000]


def test_the_provenance_of_a_variant_names_it(with_variant):
    assert Provenance.from_json(with_variant.provenance).variant == with_variant.picture.variant


def test_file_names_are_safe_and_say_what_is_inside(with_variant):
    assert with_variant.stem.startswith("tiny_untrained_demo_demo1-")
    assert not set(with_variant.stem) & set('/\\:*?"<>| ,')


def test_a_failure_is_told_and_a_success_forgets_it():
    problems: list[str] = []

    def fails() -> bytes:
        raise EnformerLensError("Too many tracks.", do="Choose fewer.")

    with pytest.raises(EnformerLensError):
        telling(fails, problems)()
    assert problems == ["Too many tracks. Choose fewer."]
    assert telling(lambda: b"fine", problems)() == b"fine"
    assert problems == []


def test_widths_are_those_of_the_paper_figures():
    assert WIDTHS == paper.WIDTHS


def test_zips_of_the_same_files_are_the_same():
    assert zipped({"a": b"1", "b": b"2"}) == zipped({"a": b"1", "b": b"2"})


def test_the_link_is_read_back_by_the_app():
    from urllib.parse import parse_qsl

    query = Query("chr11:5,227,002 T>A", "mini", "hg38", ("human/3",), (5_226_000, 5_228_000))
    parameters = dict(parse_qsl(link(query).partition("?")[2]))
    assert Query.from_url(parameters) == query
