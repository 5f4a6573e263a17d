import dataclasses

import pytest
import torch

from enformer import Enformer, EnformerConfig
from enformer.dilated import DilatedBlock, dilations, reach


def mixing(config: EnformerConfig) -> Enformer:
    """A model whose blocks are no longer the identity they start as."""
    torch.manual_seed(0)
    model = Enformer(config).eval()
    for block in model.dilated:
        torch.nn.init.normal_(block.widen.conv.weight, std=0.2)
    return model


@pytest.fixture(scope="module")
def config(tiny_config) -> EnformerConfig:
    return dataclasses.replace(tiny_config, trunk="dilated", depth=4)


def test_the_published_depth_sees_about_20_kb_on_each_side():
    assert dilations(11) == [1, 2, 2, 3, 5, 8, 11, 17, 26, 38, 58]
    assert reach(11) * 128 == 21_888


def test_a_block_is_its_formula(config):
    torch.manual_seed(0)
    block = DilatedBlock(config, 3).eval()
    x = torch.randn(1, 20, config.channels)
    spread = block.spread.conv
    hidden = torch.nn.functional.silu(1.702 * x / (1 + 1e-5) ** 0.5) / 1.702
    hidden = torch.nn.functional.pad(hidden, (0, 0, 3, 3))
    taps = [hidden[:, 3 * k : 3 * k + 20] @ spread.weight[:, :, k].T for k in range(3)]
    assert torch.allclose(block.spread(x), sum(taps) + spread.bias, atol=1e-5)
    assert torch.allclose(block(x), x + block.widen(block.spread(x)))


def test_a_token_sees_as_far_as_it_says_and_no_farther(config):
    model = mixing(config)
    far = reach(config.depth)
    x = torch.randn(1, 64, config.channels)
    changed = x.clone()
    changed[0, 32] += 1
    with torch.no_grad():
        moved = (model.mix(changed) - model.mix(x)).abs().amax(-1)[0] > 0
    places = moved.nonzero().flatten()
    assert (places.min(), places.max()) == (32 - far, 32 + far)


def test_some_queries_are_part_of_the_whole(config):
    model = mixing(config)
    x = torch.randn(1, 128, config.channels)
    with torch.no_grad():
        assert torch.equal(model.mix(x, range(5, 9)), model.mix(x)[:, 5:9])


def test_a_transformer_mixes_as_its_layers_do(tiny_checkpoint):
    model = tiny_checkpoint.model
    one_hot = torch.eye(4)[torch.randint(4, (1, 16_384))]
    with torch.no_grad():
        whole = model.mix(model.conv_trunk(one_hot))
        assert torch.allclose(whole, model.tokens(one_hot), atol=1e-6)
        part = model.mix(model.conv_trunk(one_hot), range(3, 7))
    assert torch.allclose(part, whole[:, 3:7], atol=1e-5)


def test_fresh_blocks_change_nothing(config):
    model = Enformer(config).eval()
    x = torch.randn(1, 16, config.channels)
    assert torch.equal(model.mix(x), x)


def test_an_unknown_trunk_is_refused(tiny_config):
    with pytest.raises(ValueError, match="trunk is one of transformer, dilated"):
        dataclasses.replace(tiny_config, trunk="mamba")
