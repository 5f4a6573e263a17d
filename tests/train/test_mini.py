"""The bundled model is what its card says."""

from pathlib import Path

import pytest

from enformer.checkpoint import BUNDLED, load
from train.basenji import find_folders, write
from train.dataset import Windows
from train.evaluate import score
from train.metrics import as_figures, summarise


def test_it_is_a_small_enformer_with_a_card() -> None:
    mini = load("mini", device="cpu")
    assert BUNDLED["mini"].stat().st_size < 8_000_000
    assert (mini.config.window_length, mini.config.tokens, mini.config.target_bins) == (
        131_072,
        1024,
        512,
    )
    assert dict(mini.config.heads) == {"human": 74, "mouse": 32}
    assert mini.card.trained
    assert mini.card.name == "mini"
    assert "Apache-2.0" in mini.card.licence
    assert dict(mini.card.assemblies) == {"human": "hg38", "mouse": "mm10"}
    assert "valid" in mini.card.split
    assert mini.card.summary
    assert mini.card.data


def test_held_out_figures_are_those_of_the_card(shared_data: Path, tmp_path: Path) -> None:
    mini = load("mini", device="cpu", dtype="float32")
    write(find_folders(shared_data / "basenji_tiny/hg38"), tmp_path / "human.h5")
    figures = as_figures(
        summarise(score(mini.model, Windows(tmp_path / "human.h5", "human", "test")))
    )
    assert set(figures) == {"human/CAGE", "human/DNASE", "human/RNA"}
    for name, value in figures.items():
        stated = mini.card.figures[f"mean Pearson, {name.replace('/', ' ')}, test"]
        assert value == pytest.approx(stated, abs=2e-3)
