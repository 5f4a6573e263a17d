"""The scalar that is explained."""

import copy

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from enformer import EnformerLensError, Interval, TrackTable, one_hot
from enformer.coordinates import predicted_region, window_around
from enformer.errors import QueryError
from enformer.genes import Gene
from interpret.target import Target, as_batch, scalar

NUMBERS = st.sets(st.integers(0, 5000), min_size=1, max_size=8).map(tuple)


@given(NUMBERS, NUMBERS, st.sampled_from(["mean", "sum"]))
def test_a_target_survives_its_own_spelling(tracks, bins, reduce):
    target = Target("human", tracks, bins, reduce)
    assert Target.parse(str(target)) == target


@pytest.mark.parametrize(
    ("text", "tracks", "bins", "reduce"),
    [
        ("human/3@447", (3,), (447,), "mean"),
        ("human/0,3@447-449", (0, 3), (447, 448, 449), "mean"),
        (" mouse/1-2+7@0:sum ", (1, 2, 7), (0,), "sum"),
    ],
)
def test_what_a_person_writes(text, tracks, bins, reduce):
    found = Target.parse(text)
    assert (found.tracks, found.bins, found.reduce) == (tracks, bins, reduce)


def test_order_and_repeats_make_no_other_target():
    assert Target("human", (3, 0, 3), (2, 1)) == Target("human", (0, 3), (1, 2))
    assert str(Target("human", (0, 1, 2, 5), (9,), "sum")) == "human/0-2,5@9:sum"


@pytest.mark.parametrize(
    "text",
    ["", "human", "human/3", "human@3", "human/x@3", "human/5-3@1", "human/1@2:max", "h/1-@2"],
)
def test_other_texts_are_refused_with_an_example(text):
    with pytest.raises(QueryError, match="head/track|ascending") as caught:
        Target.parse(text)
    assert Target.parse(caught.value.example)


@pytest.mark.parametrize("fields", [((), (1,)), ((1,), ()), ((-1,), (1,)), ((1,), (1,), "median")])
def test_a_target_checks_itself(fields):
    with pytest.raises(QueryError, match=r"at least one|reduced"):
        Target("human", *fields)


@pytest.mark.parametrize(
    ("target", "wrong"),
    [
        (Target("yeast", (0,), (0,)), "heads are human, mouse"),
        (Target("human", (8,), (0,)), "human has 8 tracks"),
        (Target("mouse", (3,), (64,)), "64 bins"),
    ],
)
def test_what_the_model_lacks_is_named(tiny_config, target, wrong):
    with pytest.raises(QueryError, match=wrong):
        target.check(tiny_config)


@pytest.mark.parametrize("reduce", ["mean", "sum"])
def test_three_ways_to_the_same_number(tiny_checkpoint, reduce):
    """In float64: bins of random weights are nearly alike, and float32 would hide a wrong one."""
    model = copy.deepcopy(tiny_checkpoint.model).double()
    target = Target("mouse", (1, 3), (0, 40, 63), reduce)
    x = torch.nn.functional.one_hot(torch.randint(4, (2, 16_384)), 4).float()
    with torch.inference_mode():
        whole = model(x, ("mouse",))["mouse"]
        by_hand = whole.numpy()[:, [0, 40, 63]][:, :, [1, 3]]
        tokens = target.tokens(model.config)
        part = model.tokens(x)[:, tokens.start : tokens.stop]
    want = getattr(np, reduce)(by_hand, axis=(1, 2))
    np.testing.assert_allclose(target.of(whole), want, rtol=1e-9)
    np.testing.assert_allclose(scalar(model, x, target), want, rtol=1e-9)
    np.testing.assert_allclose(target.read(model, part, tokens.start), want, rtol=1e-9)


@pytest.mark.parametrize("length", [8_192, 16_384, 20_480])
def test_the_bins_are_the_middle_of_a_window_of_any_length(near_motif_toy, length):
    """What a bin says falls by an eighth from one to the next, so another bin would be noticed."""
    x, target = torch.zeros(1, length, 4), Target("human", (1,), (3, 4, 20), "sum")
    x[0, 5000:5012] = one_hot("TGACTCATCGTA")  # what the toy reads
    want = target.of(near_motif_toy(x)["human"])
    assert want > 0.01
    torch.testing.assert_close(scalar(near_motif_toy, x, target), want)


def test_bins_over_a_region(tiny_config):
    window = window_around(100_000, "chr1", tiny_config)
    start = predicted_region(window, tiny_config).start
    region = Interval("chr1", start + 128 * 5 + 127, start + 128 * 6 + 1)
    assert Target.over(region, window, tiny_config, "human", (2,)).bins == (5, 6)
    with pytest.raises(QueryError, match="outside the predicted region"):
        Target.over(Interval("chr1", 5, 6), window, tiny_config, "human", (2,))


@pytest.mark.parametrize(("strand", "tracks"), [("+", (0, 2)), ("-", (1, 3)), (".", (0, 1, 2, 3))])
def test_a_gene_is_read_at_its_tss_on_its_strand(tiny_config, tiny_tracks, strand, tracks):
    window = window_around(100_000, "chr1", tiny_config)
    start = predicted_region(window, tiny_config).start
    tss = start + 128 * 30 + 5
    body = (tss - 900, tss + 1) if strand == "-" else (tss, tss + 900)
    gene = Gene("G", "chr1", *body, strand)
    found = Target.of_gene(gene, window, tiny_config, tiny_tracks, "human")
    assert found.bins == (29, 30, 31)
    assert found.tracks == tracks


def test_a_gene_whose_tss_has_no_bin_is_refused(tiny_config, tiny_tracks):
    window = window_around(100_000, "chr1", tiny_config)
    start = predicted_region(window, tiny_config).start
    gene = Gene("G", "chr1", start - 1, start + 900, "+")
    with pytest.raises(QueryError, match="outside the predicted region"):
        Target.of_gene(gene, window, tiny_config, tiny_tracks, "human")
    inside = Gene("G", "chr1", start, start + 900, "+")
    assert Target.of_gene(inside, window, tiny_config, tiny_tracks, "human").bins == (0, 1)


def test_without_cage_a_gene_needs_tracks(tiny_config):
    rows = pd.DataFrame({"identifier": ["a"], "description": ["DNASE:K562"]})
    table = TrackTable.from_rows(rows, "human")
    window = window_around(100_000, "chr1", tiny_config)
    gene = Gene("G", "chr1", 100_000, 100_900, "+")
    with pytest.raises(QueryError, match="no CAGE track"):
        Target.of_gene(gene, window, tiny_config, table, "human")
    assert Target.of_gene(gene, window, tiny_config, table, "human", (0,)).tracks == (0,)


def test_the_other_strand_sees_the_same_scalar(tiny_checkpoint, tiny_config):
    target = Target("human", (0, 5), (3, 4), "sum")
    mirrored = target.mirrored(tiny_config, tiny_checkpoint.tracks)
    assert mirrored == Target("human", (1, 5), (59, 60), "sum")
    assert mirrored.mirrored(tiny_config, tiny_checkpoint.tracks) == target


@pytest.mark.parametrize("shape", [(4, 16), (2, 16, 4), (16,)])
def test_a_method_explains_one_sequence(tiny_checkpoint, shape):
    with pytest.raises(EnformerLensError, match="one sequence"):
        as_batch(torch.zeros(shape), tiny_checkpoint.model)
    assert as_batch(torch.zeros(16, 4), tiny_checkpoint.model).shape == (1, 16, 4)
