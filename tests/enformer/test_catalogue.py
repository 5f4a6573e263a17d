from pathlib import Path

from enformer.catalogue import ASSETS, Asset, AssetFile
from enformer.files import sha256_of
from enformer.tracks import TrackTable


def test_the_track_tables_are_those_of_the_published_heads(shared_data: Path):
    for file in ASSETS["tracks"].files:
        path = shared_data / "tracks" / file.name
        assert path.stat().st_size == file.size
        assert sha256_of(path) == file.sha256
        head = file.name.removeprefix("targets_").removesuffix(".txt")
        assert len(TrackTable.read(path, head)) == {"human": 5313, "mouse": 1643}[head]


def test_the_digest_of_the_configuration_is_that_of_its_known_content(
    tmp_path: Path, published_config: str
):
    path = tmp_path / "config.json"
    path.write_text(published_config)
    file = ASSETS["official"].files[0]
    assert (file.name, file.size, file.sha256) == ("config.json", 439, sha256_of(path))


def test_the_motifs_are_those_of_the_shared_data(shared_data: Path):
    jaspar = ASSETS["jaspar"]
    (file,) = jaspar.files
    path = shared_data / file.name
    assert (path.stat().st_size, sha256_of(path)) == (file.size, file.sha256)
    commit = jaspar.url(file).split("/")[5]
    assert len(commit) == 40


def test_addresses_pin_the_commit():
    official = ASSETS["official"]
    assert official.url(official.files[1]).endswith(
        f"/EleutherAI/enformer-official-rough/resolve/{official.revision}/pytorch_model.bin"
    )
    assert len(official.revision) == 40
    tracks = ASSETS["tracks"]
    assert tracks.url(tracks.files[0]) == (
        "https://raw.githubusercontent.com/calico/basenji/master/"
        "manuscripts/cross2020/targets_human.txt"
    )


def test_the_text_shown_says_licence_size_and_checks():
    text = str(ASSETS["official"])
    assert "CC-BY-4.0" in text
    assert "1,005,149,571 bytes, sha256 99b09d60" in text
    unknown = Asset("x", "X", "MIT", (AssetFile("x.bin", 5, None, "https://example.org/x.bin"),))
    assert "no public checksum known" in str(unknown)
    assert unknown.variable == "ENFORMER_LENS_X"
