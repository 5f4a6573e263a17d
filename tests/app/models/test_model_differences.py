"""Two models side by side in words."""

from dataclasses import replace

import pytest
import torch

import enformer
from app.models.model_differences import differences, kinship
from tests.conftest import scramble


@pytest.fixture(scope="module")
def child(tiny_checkpoint, tmp_path_factory):
    """A model of the same sizes and tracks whose lineage names the first one's weights."""
    torch.manual_seed(3)
    model = enformer.Enformer(tiny_checkpoint.config)
    scramble(model)
    card = replace(
        tiny_checkpoint.card, name="child", trained=True, assemblies={"human": "hg38"},
        lineage=f"started from: tiny (sha256 {tiny_checkpoint.sha256}), fine-tuned",
        figures={"mean Pearson, human CAGE, test": 0.5},
    )  # fmt: skip
    path = tmp_path_factory.mktemp("child") / "child.safetensors"
    enformer.save(path, model, tiny_checkpoint.tracks, card)
    return enformer.load(path, device="cpu")


def facts(a, b, assembly="demo") -> dict[str, tuple[str, str]]:
    table = differences(a, b, ("A", "B"), assembly)
    return {name: (one, other) for name, one, other in table.itertuples(index=False)}


def test_sizes_are_those_of_the_networks(tiny_checkpoint, child):
    found = facts(tiny_checkpoint, child)
    count = sum(p.numel() for p in tiny_checkpoint.model.parameters())
    assert found["Parameters"] == (f"{count:,}", f"{count:,}")
    assert found["Window"][0] == "16,384 bp"
    assert found["What a bin sees"][0] == "the whole window, at least 4,096 bp on each side"
    assert found["Tracks"][0] == "8 human, 4 mouse"


def test_it_says_who_knows_the_genome_and_who_was_never_trained(tiny_checkpoint, child):
    found = facts(tiny_checkpoint, child)
    assert found["On demo"] == (
        "trained on it (head human)",
        "child was not trained on this genome",
    )
    assert "never trained" in found["Weights"][0]
    assert "never trained" not in found["Weights"][1]


def test_held_out_figures_stand_in_one_row_and_are_missing_where_nobody_measured(
    tiny_checkpoint, child
):
    assert facts(tiny_checkpoint, child)["Held-out r, human CAGE"] == ("–", "0.500 (test)")


def test_dilated_convolutions_see_so_far(tiny_checkpoint):
    config = replace(tiny_checkpoint.config, trunk="dilated", depth=2)
    model = enformer.Enformer(config)
    other = replace(tiny_checkpoint, config=config, model=model, sha256="cd" * 32)
    assert facts(tiny_checkpoint, other)["What a bin sees"][1] == "about 384 bp on each side"
    assert any("differ in trunk" in said for said in kinship(tiny_checkpoint, other))


def test_descent_is_read_from_the_lineage_both_ways(tiny_checkpoint, child):
    assert kinship(tiny_checkpoint, child)[0].startswith("B was trained from the weights of A")
    assert kinship(child, tiny_checkpoint)[0].startswith("A was trained from the weights of B")
    assert kinship(child, child)[0] == "A and B are the same weights."
    orphan = replace(child, card=replace(child.card, lineage=""))
    assert kinship(tiny_checkpoint, orphan)[0].startswith("Neither names")
    assert "Same architecture." in kinship(tiny_checkpoint, child)


def test_tracks_are_compared_by_identifier(tiny_checkpoint, child):
    assert kinship(tiny_checkpoint, child)[-1] == "Their track tables are identical."
    fewer = replace(child, tracks=child.tracks.search(head=["human"]))
    assert "8 of the 12 tracks of A and of the 8 of B" in kinship(tiny_checkpoint, fewer)[-1]
