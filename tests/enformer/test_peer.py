"""Piece by piece against enformer-pytorch 0.8.12 on shared weights.

Where it differs from the published code, and so from ours:
- its gamma features are divided by their maximum over features, not over positions; only the table it ships
  for 1,536 tokens is right, and that holds TensorFlow's float32 rounding of late columns (up to 0.0025);
- its attention biases start with deviation 1, Sonnet's with 0.5 (no matter once weights are loaded);
- its crop keeps one token too many where the margin is odd; no published size has an odd margin.
"""

import warnings

import pytest
import torch

from enformer import Enformer, EnformerConfig
from enformer.eleuther import ALIAS
from enformer.positions import relative_basis
from enformer.published import rename
from enformer.weights import fill
from tests.vectors.seeded import published_tensors

# Two heads of the published width, so that the peer's table of 32 gamma functions fits a narrow model.
CONFIG = EnformerConfig(
    heads={"human": 16, "mouse": 8},
    window_length=16_384,
    target_bins=64,
    channels=384,
    depth=2,
    attention_heads=2,
)


@pytest.fixture(scope="module")
def peer_module():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its dependencies' deprecations are not ours to mend
        from enformer_pytorch import modeling_enformer
    return modeling_enformer


@pytest.fixture(scope="module")
def models(peer_module):
    """The same seeded weights in both implementations."""
    tensors = published_tensors(CONFIG)
    with torch.device("meta"):
        ours = Enformer(CONFIG)
    fill(ours, rename(tensors, CONFIG, "seeded"), "seeded")
    peer = peer_module.Enformer.from_hparams(
        dim=CONFIG.channels,
        depth=CONFIG.depth,
        heads=CONFIG.attention_heads,
        output_heads=dict(CONFIG.heads),
        target_length=CONFIG.target_bins,
    )
    missing, surplus = peer.load_state_dict(tensors, strict=False)
    assert not surplus
    assert all(name.startswith(ALIAS) for name in missing)
    return ours.eval().requires_grad_(False), peer.eval().requires_grad_(False)


@pytest.fixture
def corrected(peer_module, monkeypatch):
    """The peer's gamma features with the published axis, a maximum over positions, in float64."""

    def gamma(positions, features, seq_len, dtype=torch.float, **_):
        mean = torch.linspace(seq_len / features, seq_len, features, dtype=torch.double)[None]
        deviation = seq_len / (2 * features)
        concentration, rate = (mean / deviation) ** 2, mean / deviation**2
        density = peer_module.gamma_pdf(positions.double().abs()[:, None], concentration, rate)
        return ((density + 1e-8) / (density + 1e-8).amax(dim=0)).to(dtype)

    monkeypatch.setattr(peer_module, "get_positional_features_gamma", gamma)


@pytest.fixture(scope="module")
def one_hot() -> torch.Tensor:
    bases = torch.randint(4, (2, 16_384), generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.one_hot(bases, 4).float()


def test_stem_and_tower_agree_block_by_block(models, one_hot):
    ours, peer = models
    x, y = one_hot, one_hot.transpose(1, 2)
    pairs = [(ours.stem, peer.stem), *zip(ours.conv_tower, peer.conv_tower, strict=True)]
    for our_stage, peer_stage in pairs:
        x, y = our_stage(x), peer_stage(y)
        torch.testing.assert_close(x, y.transpose(1, 2), rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("tokens", [100, 128, 1024])
@pytest.mark.usefixtures("corrected")
def test_basis_agrees_at_any_length_once_the_axis_is_corrected(peer_module, tokens):
    want = peer_module.get_positional_embed(tokens, 192, "cpu", use_tf_gamma=False)
    torch.testing.assert_close(relative_basis(tokens, 192), want, rtol=0, atol=1e-5)


def test_basis_agrees_with_the_peers_table_at_1536_tokens(peer_module):
    want = peer_module.get_positional_embed(1536, 192, "cpu", use_tf_gamma=True)
    torch.testing.assert_close(relative_basis(1536, 192), want, rtol=0, atol=3e-3)


def test_uncorrected_features_are_another_function(peer_module):
    wrong = peer_module.get_positional_embed(128, 192, "cpu", use_tf_gamma=False)
    assert (relative_basis(128, 192) - wrong).abs().max() > 0.5


@pytest.mark.parametrize("tokens", [100, 128])
@pytest.mark.usefixtures("corrected")
def test_transformer_blocks_agree(models, tokens):
    ours, peer = models
    x = torch.randn(2, tokens, CONFIG.channels, generator=torch.Generator().manual_seed(1))
    for our_block, peer_block in zip(ours.transformer, peer.transformer, strict=True):
        torch.testing.assert_close(our_block(x), peer_block(x), rtol=1e-4, atol=1e-4)


def test_attention_agrees_with_the_peers_table_at_1536_tokens(models):
    ours, peer = models
    x = torch.randn(1, 1536, CONFIG.channels, generator=torch.Generator().manual_seed(1))
    attention = peer.transformer[0][0].fn[1]
    attention.use_tf_gamma = True
    want = attention(x)
    attention.use_tf_gamma = False
    torch.testing.assert_close(ours.transformer[0].attention(x), want, rtol=0, atol=2e-3)
    assert want.std() > 0.05


@pytest.mark.usefixtures("corrected")
def test_heads_agree_end_to_end(models, one_hot):
    ours, peer = models
    found, want = ours(one_hot), peer(one_hot)
    for head in CONFIG.heads:
        torch.testing.assert_close(found[head], want[head], rtol=1e-4, atol=2e-5)


def test_the_wrong_axis_shows_in_the_heads(models, one_hot):
    ours, peer = models
    assert (ours(one_hot)["human"] - peer(one_hot)["human"]).abs().max() > 1e-3
