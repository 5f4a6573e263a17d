"""Which tracks of two models belong together."""

from pathlib import Path

import pandas as pd
import pytest
import torch

from enformer.card import untrained_card
from enformer.checkpoint import Checkpoint
from enformer.config import EnformerConfig
from enformer.errors import TrackError
from enformer.model import Enformer
from enformer.tracks import TrackId, TrackTable
from interpret.track_pairs import (
    ACROSS,
    ASSAY,
    CHOSEN,
    SAME,
    TrackPair,
    match_assays,
    match_tracks,
    species_of,
    unmatched,
)


def model(assemblies: dict[str, str] | None = None, **heads: list[str]) -> Checkpoint:
    """A network without weights whose tracks are written `identifier=description`, by head."""
    tables = []
    for head, tracks in heads.items():
        rows = pd.DataFrame([t.split("=") for t in tracks], columns=["identifier", "description"])
        tables.append(TrackTable.from_rows(rows, head))
    sizes = {head: len(tracks) for head, tracks in heads.items()}
    config = EnformerConfig(heads=sizes, channels=64, depth=1, filters_divisible_by=32)
    with torch.device("meta"):
        network = Enformer(config)
    card = untrained_card("toy", assemblies)
    return Checkpoint(network, config, TrackTable.concat(tables), card, "ab" * 32, Path("toy"))


def written(pairs) -> list[str]:
    return [str(pair) for pair in pairs]


def test_assay_target_and_biosample_decide_in_any_case_and_order():
    a = model(human=["a=DNASE:K562", "b=CHIP:CTCF:HepG2", "c=CAGE:liver"])
    b = model(human=["x=CHIP:CTCF:hepg2", "y=DNASE:K562", "z=CHIP:H3K27ac:HepG2"])
    found = match_tracks(a, b)
    assert written(found) == ["human/0:human/1", "human/1:human/0"]
    assert {pair.basis for pair in found} == {SAME}
    assert written(unmatched(a.tracks, [p.a for p in found])) == ["human/2"]
    assert written(unmatched(b.tracks, [p.b for p in found])) == ["human/2"]


def test_replicates_go_by_identifier_first_and_then_in_order_and_none_twice():
    a = model(human=["r1=DNASE:K562", "r2=DNASE:K562", "r3=DNASE:K562"])
    b = model(human=["other=DNASE:K562", "r1=DNASE:K562"])
    assert written(match_tracks(a, b)) == ["human/0:human/1", "human/1:human/0"]


def test_the_same_species_comes_before_another():
    a = model(human=["a=DNASE:liver"], mouse=["b=DNASE:liver"])
    b = model(mouse=["x=DNASE:liver"], human=["y=DNASE:liver"])
    assert written(match_tracks(a, b)) == ["human/0:human/0", "mouse/0:mouse/0"]
    alone = model(human=["a=DNASE:liver"])
    (pair,) = match_tracks(alone, model(mouse=["x=DNASE:liver"]))
    assert pair.basis == ACROSS


def test_an_assembly_says_the_species_where_it_is_known():
    a = model({"own": "GRCh38"}, own=["a=DNASE:liver"])
    assert species_of(a) == {"own": "human"}
    assert species_of(model({"human": "demo"}, human=["a=DNASE:x"])) == {"human": "human"}
    b = model({"human": "hg38", "mouse": "mm10"}, mouse=["m=DNASE:liver"], human=["h=DNASE:liver"])
    (pair,) = match_tracks(a, b)
    assert (str(pair), pair.basis) == ("own/0:human/0", SAME)


def test_strands_do_not_mix(tiny_checkpoint):
    pairs = match_tracks(tiny_checkpoint, tiny_checkpoint)
    assert [pair.a for pair in pairs] == list(tiny_checkpoint.tracks.ids)
    assert all(pair.a == pair.b for pair in pairs)


def test_one_pair_for_each_assay_and_target_where_cells_differ():
    a = model(human=["a=DNASE:K562", "b=DNASE:HepG2", "c=CHIP:CTCF:K562", "d=RNA:liver"])
    b = model(human=["x=CHIP:CTCF:blood", "y=CHIP:H3K27ac:blood", "z=DNASE:blood"])
    assert match_tracks(a, b) == ()
    found = match_assays(a, b)
    assert written(found) == ["human/0:human/2", "human/2:human/0"]
    assert {pair.basis for pair in found} == {ASSAY}


def test_a_pair_is_written_and_read_back():
    pair = TrackPair(TrackId("human", 3), TrackId("mouse", 12))
    assert TrackPair.parse(str(pair)) == pair
    assert pair.basis == CHOSEN
    with pytest.raises(TrackError, match="head"):
        TrackPair.parse("human/3")
