from pathlib import Path

import pytest

from enformer.cache import cache_dir


def test_the_environment_chooses_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ENFORMER_LENS_CACHE", str(tmp_path / "here"))
    assert cache_dir() == tmp_path / "here"
    assert cache_dir("genomes", "hg38") == tmp_path / "here" / "genomes" / "hg38"
    assert cache_dir("genomes", "hg38").is_dir()


def test_an_empty_setting_means_the_platforms_own_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("ENFORMER_LENS_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = cache_dir()
    assert folder.name == "enformer-lens"
    assert tmp_path in folder.parents
