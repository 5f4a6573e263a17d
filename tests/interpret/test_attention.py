"""Attention reduced while it is computed: against whole maps, plain products and models of known answers."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

import enformer
from enformer import EnformerConfig, Interval
from enformer.errors import Cancelled, EnformerLensError, QueryError
from enformer.model import cast_weights
from enformer.positions import relative_basis
from enformer.published import rename
from enformer.weights import fill
from interpret.attention import attention_summary, attention_weights, difference
from interpret.origin import Subject
from tests.vectors.seeded import SMALL, golden_input, published_tensors

VECTORS = Path(__file__).parents[1] / "vectors" / "published_small.npz"


@pytest.fixture(scope="module")
def x(tiny_config):
    """A random window, (length, 4)."""
    generator = torch.Generator().manual_seed(5)
    bases = torch.randint(4, (tiny_config.window_length,), generator=generator)
    return torch.nn.functional.one_hot(bases, 4).float()


@pytest.fixture(scope="module")
def maps(tiny_checkpoint, x):
    """All maps, (layers, heads, tokens, tokens), float64."""
    model = tiny_checkpoint.model
    layers = [attention_weights(model, x, layer)[0] for layer in range(model.config.depth)]
    return torch.stack(layers).double().numpy()


@pytest.fixture(scope="module")
def summary(tiny_checkpoint, x):
    return attention_summary(
        tiny_checkpoint.model, x, queries=(64, 3, 64), keys=range(9, 13), pool=10, keep_rollout=True
    )


def plain_products(attention, x):
    """(heads, tokens, tokens) of one layer from (tokens, channels), in float64, distance by distance."""
    weights = {name: p.double().numpy() for name, p in attention.named_parameters()}
    heads, n = attention.heads, len(x)
    offset = np.arange(n) - np.arange(n)[:, None] + n - 1
    basis = relative_basis(n, attention.features).double().numpy()

    def split(rows, name):
        return (rows @ weights[f"{name}.weight"].T).reshape(len(rows), heads, -1)

    q, k, r = split(x, "query"), split(x, "key"), split(basis, "relative_key")
    q = q / np.sqrt(attention.key_size)
    found = []
    for h in range(heads):
        content = (q[:, h] + weights["content_bias"][0, h]) @ k[:, h].T
        position = (q[:, h] + weights["position_bias"][0, h]) @ r[:, h].T
        logits = content + np.take_along_axis(position, offset, axis=1)
        raised = np.exp(logits - logits.max(1, keepdims=True))
        found.append(raised / raised.sum(1, keepdims=True))
    return np.stack(found)


def test_weights_agree_with_plain_matrix_products(tiny_checkpoint, x, maps):
    tokens = tiny_checkpoint.model.conv_trunk(x.unsqueeze(0))
    for layer, block in enumerate(tiny_checkpoint.model.transformer):
        want = plain_products(block.attention, block.attention_norm(tokens)[0].double().numpy())
        np.testing.assert_allclose(maps[layer], want, rtol=1e-3, atol=1e-6)
        tokens = block(tokens)


def test_rows_sum_to_one(maps, summary):
    np.testing.assert_allclose(maps.sum(-1), 1, rtol=1e-5)
    np.testing.assert_allclose(summary.rows.sum(-1), 1, rtol=1e-5)
    np.testing.assert_allclose(summary.rollout_rows.sum(-1), 1, rtol=1e-5)


def test_slices_are_those_of_the_whole_maps(summary, maps):
    assert summary.queries == (64, 3)
    assert summary.keys == (9, 10, 11, 12)
    close = {"rtol": 1e-5, "atol": 1e-7}
    np.testing.assert_allclose(summary.rows, maps[:, :, [64, 3]], **close)
    np.testing.assert_allclose(summary.row(3), maps[:, :, 3], **close)
    np.testing.assert_allclose(summary.column(11), maps[..., 11], **close)
    np.testing.assert_allclose(summary.columns[1, 2, 0], maps[1, 2, :, 9], **close)


@pytest.mark.parametrize("pool", [1, 7, 16, 96, 127, 128])
def test_cells_are_means_and_maxima_of_their_tokens(tiny_checkpoint, x, maps, pool):
    found = attention_summary(tiny_checkpoint.model, x, pool=pool)
    edges = (found.cell_edges - found.interval.start) // found.bin_size
    assert set(np.diff(edges)) <= {128 // pool, -(-128 // pool)}
    assert (edges[0], edges[-1], len(edges)) == (0, 128, pool + 1)
    for row in {0, pool // 3, pool - 1}:
        for column in range(pool):
            cell = maps[..., edges[row] : edges[row + 1], edges[column] : edges[column + 1]]
            mean, largest = found.pooled_mean[..., row, column], found.pooled_max[..., row, column]
            np.testing.assert_allclose(mean, cell.mean((-2, -1)), rtol=1e-4)
            np.testing.assert_allclose(largest, cell.max((-2, -1)), rtol=1e-5)


def test_figures_are_those_of_the_whole_maps(summary, maps):
    n = maps.shape[-1]
    diagonals = [np.diagonal(maps, d, 2, 3).mean(-1) for d in range(1 - n, n)]
    np.testing.assert_allclose(summary.profile, np.stack(diagonals, -1), rtol=1e-4, atol=1e-8)
    entropy = -(maps * np.log2(maps)).sum(-1).mean(-1)
    np.testing.assert_allclose(summary.entropy, entropy, rtol=1e-4)
    np.testing.assert_allclose(summary.received, maps.mean(2), rtol=1e-4)
    np.testing.assert_allclose(summary.squared, (maps**2).sum(-1).mean(-1), rtol=1e-4)
    apart = np.abs(np.arange(n) - np.arange(n)[:, None])
    np.testing.assert_allclose(summary.distance, 128 * (maps * apart).sum(-1).mean(-1), rtol=1e-4)
    assert (summary.offsets[0], summary.offsets[n - 1], len(summary.offsets)) == (
        -127 * 128,
        0,
        255,
    )


def test_rollout_multiplies_renormalised_means_over_layers(summary, maps):
    want = np.eye(128)
    for layer in maps.mean(1):
        residual = layer + np.eye(128)
        want = residual / residual.sum(1, keepdims=True) @ want
    np.testing.assert_allclose(summary.rollout, want, rtol=1e-4, atol=1e-8)
    np.testing.assert_allclose(summary.rollout_rows, want[[64, 3]], rtol=1e-4, atol=1e-8)
    cell = want[12:25, 115:128].mean()  # the second cell of ten and the last
    np.testing.assert_allclose(summary.rollout_pooled[1, 9], cell, rtol=1e-4)


def test_means_over_heads_and_layers(summary, maps):
    cell = maps[..., 12:25, 38:51].mean((-2, -1))
    np.testing.assert_allclose(summary.layer_means[:, 1, 3], cell.mean(1), rtol=1e-4)
    np.testing.assert_allclose(summary.mean[1, 3], cell.mean(), rtol=1e-4)


def test_tiles_and_their_number_change_nothing(tiny_checkpoint, x, summary, monkeypatch):
    monkeypatch.setattr("enformer.attend.TILE", 1)
    monkeypatch.setattr("enformer.attend.FEWEST", 50)
    found = attention_summary(tiny_checkpoint.model, x, queries=(64, 3), keys=(9,), pool=10)
    for name in ("rows", "pooled_mean", "pooled_max", "profile", "entropy", "rollout_pooled"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(summary, name), rtol=1e-4, atol=1e-7
        )
    assert found.rollout is None


def offset_model(tiny_config: EnformerConfig, offsets: list[int]) -> enformer.Enformer:
    """Whatever the sequence, head h of every layer attends from token i to token i + offsets[h].

    The relative keys alone decide: a sum of the many positional features is found that is 300 at one distance
    and 0 at every other. Without that token in the window a query attends to all tokens alike.
    """
    config = EnformerConfig(**tiny_config.to_dict() | {"position_features": 192})
    model = enformer.Enformer(config).eval().requires_grad_(False)
    basis = relative_basis(config.tokens, 192).double()
    for block in model.transformer:
        attention = block.attention
        for part in (attention.query, attention.key, attention.relative_key):
            part.weight.zero_()
        attention.position_bias.zero_()
        attention.position_bias[:, :, :, 0] = 1
        for head, offset in enumerate(offsets):
            wanted = torch.zeros(len(basis), dtype=torch.float64)
            wanted[config.tokens - 1 + offset] = 300
            sum_of = torch.linalg.pinv(basis, rtol=1e-6) @ wanted
            attention.relative_key.weight[head * config.key_size] = sum_of.float()
    return model


def test_a_model_that_attends_one_offset(tiny_config, x):
    offsets = [0, 1, -1, 0]
    model = offset_model(tiny_config, offsets)
    found = attention_summary(model, x, queries=(40,), keys=(40,), pool=128)
    for head, offset in enumerate(offsets):
        want = np.eye(128, k=offset)
        if offset:
            want[127 if offset == 1 else 0] = 1 / 128
        for layer in range(2):
            close = {"atol": 1e-4}
            np.testing.assert_allclose(found.pooled_mean[layer, head], want, **close)
            np.testing.assert_allclose(found.pooled_max[layer, head], want, **close)
            np.testing.assert_allclose(found.rows[layer, head, 0], want[40], **close)
            np.testing.assert_allclose(found.columns[layer, head, 0], want[:, 40], **close)
            diagonals = [np.diagonal(want, d).mean() for d in range(-127, 128)]
            np.testing.assert_allclose(found.profile[layer, head], diagonals, **close)
    # 127 queries look at their neighbour, one at all tokens: 63.5 tokens away on average, 7 bits
    apart, bits = 128 * (127 + 63.5) / 128, 7 / 128
    np.testing.assert_allclose(found.distance, [[0, apart, apart, 0]] * 2, atol=0.5)
    np.testing.assert_allclose(found.entropy, [[0, bits, bits, 0]] * 2, atol=1e-3)
    # two layers of (I + M) / 2, where M is a half 0, a quarter +1, a quarter -1
    steps = np.convolve([1 / 8, 6 / 8, 1 / 8], [1 / 8, 6 / 8, 1 / 8])
    np.testing.assert_allclose(found.rollout_rows[0, 38:43], steps, atol=1e-4)


def test_equal_tokens_are_attended_alike(tiny_config, x):
    model = enformer.Enformer(tiny_config).eval().requires_grad_(False)
    for parameter in model.transformer.parameters():
        parameter.zero_()
    found = attention_summary(model, x, pool=7)
    np.testing.assert_allclose(found.entropy, 7, rtol=1e-5)  # log2(128)
    np.testing.assert_allclose(found.pooled_max, 1 / 128, rtol=1e-5)
    np.testing.assert_allclose(found.profile, 1 / 128, rtol=1e-5)
    np.testing.assert_allclose(found.distance, 128 * (128**2 - 1) / (3 * 128), rtol=1e-5)


def test_weights_of_a_batch_are_those_of_each(tiny_checkpoint, x):
    both = torch.stack([x.flip(0), x])
    found = attention_weights(tiny_checkpoint.model, both, 1)
    assert found.dtype == torch.float32
    assert found.shape == (2, 4, 128, 128)
    alone = attention_weights(tiny_checkpoint.model, x, 1)
    torch.testing.assert_close(found[1:], alone, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_other_dtypes(tiny_checkpoint, x, maps, dtype):
    model = cast_weights(copy.deepcopy(tiny_checkpoint.model), dtype)
    if dtype == torch.float64:
        model = model.double()
    weights = attention_weights(model, x, 1)[0].double().numpy()
    error = 0.1 if dtype == torch.bfloat16 else 1e-4
    np.testing.assert_allclose(weights, maps[1], atol=error)
    found = attention_summary(model, x, queries=(7,), pool=10)
    assert found.rows.dtype == found.rollout_pooled.dtype == np.float32
    np.testing.assert_allclose(found.rows[1, :, 0], weights[:, 7], atol=1e-6)
    np.testing.assert_allclose(found.rows.sum(-1), 1, rtol=1e-5)


def test_weights_are_those_before_dropout(tiny_checkpoint, x, maps):
    model = copy.deepcopy(tiny_checkpoint.model)
    for block in model.transformer:
        block.attention.train()
        block.attention.attention_dropout.p, block.attention.position_dropout.p = 0.5, 0.0
    found = attention_summary(model, x, queries=range(128))
    np.testing.assert_allclose(found.rows[0], maps[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.rows[1].sum(-1), 1, rtol=1e-5)
    assert np.abs(found.rows[1] - maps[1]).max() > 1e-3  # what layer 1 passed on was dropped out


def test_a_window_of_n_is_finite(tiny_checkpoint, x):
    found = attention_summary(tiny_checkpoint.model, torch.zeros_like(x), queries=(5,), pool=10)
    np.testing.assert_allclose(found.rows.sum(-1), 1, rtol=1e-5)
    assert all(
        np.isfinite(getattr(found, name)).all() for name in ("profile", "entropy", "distance")
    )


def test_the_model_is_left_as_it_was(tiny_checkpoint, x):
    model = tiny_checkpoint.model
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    attention_summary(model, x)
    attention_weights(model, x, 0)
    after = model.state_dict()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())
    assert not model.training
    assert not any(module._forward_hooks for module in model.modules())


def test_a_model_in_training_mode_is_asked_as_in_evaluation_and_left_as_it_was(tiny_checkpoint, x):
    model = copy.deepcopy(tiny_checkpoint.model).requires_grad_().train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    found = attention_summary(model, x, queries=(7,))
    want = attention_summary(tiny_checkpoint.model, x, queries=(7,))
    np.testing.assert_allclose(found.rows, want.rows, rtol=1e-5)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert model.training


def test_progress_ends_at_one_and_cancel_ends_at_once(tiny_checkpoint, x):
    told = []
    attention_summary(tiny_checkpoint.model, x, progress=lambda *step: told.append(step))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(set(fractions))
    assert (fractions[0], fractions[-1]) == (0, 1)
    assert told[-2][1] == "attention of layer 2 of 2"
    with pytest.raises(Cancelled):
        attention_summary(tiny_checkpoint.model, x, cancel=lambda: True)


def test_what_is_not_there_is_named(tiny_checkpoint, x, summary):
    model = tiny_checkpoint.model
    for layer in (-1, 2):
        with pytest.raises(QueryError, match=f"layer {layer}.*layers 0 to 1"):
            attention_weights(model, x, layer)
    with pytest.raises(QueryError, match="token 128.*tokens 0 to 127"):
        attention_summary(model, x, queries=(4, 128))
    with pytest.raises(QueryError, match="token -1.*tokens 0 to 127"):
        attention_summary(model, x, keys=(-1,))
    for pool in (0, 129):
        with pytest.raises(QueryError, match=f"pool {pool}.*1 to 128 cells"):
            attention_summary(model, x, pool=pool)
    with pytest.raises(QueryError, match="token 5.*it has 64, 3"):
        summary.row(5)
    with pytest.raises(EnformerLensError, match="multiples of 128"):
        attention_summary(model, x[:1000])


@pytest.fixture(scope="module")
def subject(tiny_checkpoint):
    return Subject.read(
        tiny_checkpoint, enformer.open_genome("demo"), Interval("demo1", 100_000, 100_001)
    )


def test_a_result_says_where_it_comes_from(subject):
    found = attention_summary(
        subject.model, subject.one_hot, queries=(64,), pool=10, origin=subject.provenance
    )
    assert found.interval == subject.window
    assert found.provenance.method == "attention"
    assert found.provenance.options["queries"] == [64]
    assert found.token_at(100_000) == 64
    with pytest.raises(EnformerLensError, match="16,384 bp"):
        attention_summary(
            subject.model,
            torch.cat([subject.one_hot] * 2),
            origin=subject.provenance,
        )


def test_ref_minus_alt(subject, tiny_checkpoint):
    letter = subject.sequence[8192]
    alt_letter = "ACGT"[("ACGT".index(letter) + 1) % 4]
    variant = enformer.Variant("demo1", subject.window.start + 8193, letter, alt_letter)
    other = Subject.read(tiny_checkpoint, subject.genome, variant)
    ref, alt = (
        attention_summary(each.model, each.one_hot, queries=(64,), pool=10, origin=each.provenance)
        for each in (subject, other)
    )
    found = difference(ref=ref, alt=alt)
    np.testing.assert_array_equal(found.rows, ref.rows - alt.rows)
    np.testing.assert_array_equal(found.entropy, ref.entropy - alt.entropy)
    np.testing.assert_allclose(found.rows.sum(-1), 0, atol=1e-5)
    assert np.abs(found.rows).max() > 0
    assert found.provenance.variant == variant
    assert found.provenance.method == "attention, REF minus ALT"
    assert not difference(ref=ref, alt=ref).pooled_max.any()
    moved = Subject.read(tiny_checkpoint, subject.genome, subject.window.shift(128))
    far = attention_summary(
        moved.model, moved.one_hot, queries=(64,), pool=10, origin=moved.provenance
    )
    with pytest.raises(EnformerLensError, match="differ in their interval"):
        difference(ref=far, alt=alt)


def test_other_choices_are_no_difference(tiny_checkpoint, x, summary):
    for what, options in {
        "queries": {"queries": (1,)},
        "pool": {"queries": (64, 3), "pool": 11},
    }.items():
        options = {"pool": 10, "keys": range(9, 13)} | options
        other = attention_summary(tiny_checkpoint.model, x, **options)
        with pytest.raises(EnformerLensError, match=f"differ in their {what}"):
            difference(ref=summary, alt=other)


@pytest.fixture(scope="module")
def published():
    with torch.device("meta"):
        model = enformer.Enformer(SMALL)
    fill(model, rename(published_tensors(SMALL), SMALL, "seeded"), "seeded")
    return model.eval().requires_grad_(False)


def test_agreement_with_the_published_code(published):
    stored = np.load(VECTORS)
    one_hot, want = golden_input(int(stored["seed"])), stored["attention_rows"]
    found = attention_summary(published, one_hot, queries=(0, 64))
    np.testing.assert_allclose(found.rows, want, rtol=0, atol=1e-5)


def test_agreement_with_all_of_the_published_maps(published, golden):
    stored = np.load(golden / "enformer_small.npz")
    one_hot = golden_input(int(stored["seed"]))
    found = [attention_weights(published, one_hot, layer)[0] for layer in range(2)]
    rows = torch.stack(found)[:, :, ::16]
    np.testing.assert_allclose(rows, stored["attention_rows"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(torch.stack(found), stored["attention"], rtol=0, atol=1e-3)
