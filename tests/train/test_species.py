from dataclasses import replace
from pathlib import Path

import pytest

from enformer.errors import DataError
from train.species import PRESETS, Geometry, Species, read_species

TOML = """
[human]
genome = "hg38.fa"
tracks = "tables/human.tsv"
valid = "chr8"
test = ["chr9", "chr10"]
[mouse]
genome = "/data/mm10.fa"
tracks = "mouse.tsv"
preset = "mini"
bins = 256
"""


def test_the_published_geometry_is_the_default() -> None:
    geometry = Species("human", Path("g.fa"), Path("t.tsv")).geometry
    assert geometry == PRESETS["enformer"]
    assert (geometry.window_length, geometry.span, geometry.margin) == (196_608, 114_688, 40_960)
    assert PRESETS["borzoi"].span == 196_608


@pytest.mark.parametrize("lengths", [(100, 1, 128), (129, 1, 128), (128, 0, 128), (0, 1, 0)])
def test_bins_must_fit_into_the_window(lengths) -> None:
    with pytest.raises(DataError, match="fit into the window"):
        Geometry(*lengths)


def test_a_file_gives_several_species(tmp_path: Path) -> None:
    (tmp_path / "all.toml").write_text(TOML)
    human, mouse = read_species(tmp_path / "all.toml", {"max_unknown": 0.3, "bin_size": 64})
    assert (human.head, human.valid, human.test) == ("human", ("chr8",), ("chr9", "chr10"))
    assert human.genome == tmp_path / "hg38.fa"
    assert mouse.genome == Path("/data/mm10.fa")
    assert mouse.geometry == Geometry(131_072, 256, 64)
    assert human.max_unknown == mouse.max_unknown == 0.3


def test_choices_survive_json(toy) -> None:
    changed = replace(toy, blacklist=toy.tracks, stride=256, apart=True, train=("chr1",))
    assert Species.from_dict(changed.to_dict()) == changed


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("blacklits = 'x.bed'", "no option blacklits"),
        ("stride = 'wide'", "option stride"),
        ("apart = 1", "option apart"),
        ("stride = true", "option stride"),
        ("preset = 'enfomer'", "no such preset"),
        ("stride = 100", "multiple of the bin"),
        ("max_unknown = 2", "0 to 1"),
        ("train = ['chr8']", "named twice"),
        ("missing = 'mean'", "zero or median"),
        ("negative = 'drop'", "minus, absolute"),
        ("soft_clip = 'new'", "enformer or basenji"),
        ("regions = 'a.bed'\nwindows = 'b.bed'", "either regions or windows"),
        ("]", "cannot be read"),
    ],
)
def test_wrong_choices_are_named(tmp_path: Path, line: str, wrong: str) -> None:
    start = "[fly]\ngenome = 'g.fa'\ntracks = 't.tsv'\nvalid = 'chr8'\n"
    (tmp_path / "all.toml").write_text(start + line)
    with pytest.raises(DataError, match=wrong):
        read_species(tmp_path / "all.toml", {})


def test_missing_choices_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="lacks the option genome, tracks"):
        Species.from_options({"head": "human"})
    with pytest.raises(DataError, match="letters, digits"):
        Species("a b", Path("g.fa"), Path("t.tsv"))
    (tmp_path / "flat.toml").write_text("genome = 'g.fa'")
    for name in ("flat.toml", "gone.toml"):
        with pytest.raises(DataError, match=name):
            read_species(tmp_path / name, {})
