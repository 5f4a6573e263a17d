"""The whole network: published sizes and shapes, dtypes, lengths, gradients, initial weights."""

import math

import pytest
import torch

from enformer import OFFICIAL, Enformer, EnformerConfig, EnformerLensError
from enformer.model import cast_weights


@pytest.fixture(scope="module")
def published() -> Enformer:
    """The published size without memory: shapes only."""
    with torch.device("meta"):
        return Enformer(OFFICIAL).eval()


def _parameters(*modules: torch.nn.Module) -> int:
    return sum(p.numel() for module in modules for p in module.parameters())


def test_published_size_has_the_published_parameters(published):
    human, mouse = published.heads["human"], published.heads["mouse"]
    assert _parameters(published) == 251_221_292
    assert _parameters(published) - _parameters(human, mouse) == 229_845_504
    assert _parameters(published.transformer) == 174_242_816
    assert (_parameters(human), _parameters(mouse)) == (16_326_849, 5_048_939)


def test_published_size_has_the_published_shapes_stage_by_stage(published):
    x = torch.empty(1, 196_608, 4, device="meta")
    shapes = []
    with torch.no_grad():
        for _, stage in published.stages():
            x = stage(x)
            shapes.append(tuple(x.shape[1:]))
        outputs = published(torch.empty(2, 196_608, 4, device="meta"))
    tower = [(49_152, 768), (24_576, 896), (12_288, 1024), (6144, 1152), (3072, 1280), (1536, 1536)]
    assert shapes == [(98_304, 768), *tower, *[(1536, 1536)] * 11, (896, 1536), (896, 3072)]
    assert {k: tuple(v.shape) for k, v in outputs.items()} == {
        "human": (2, 896, 5313),
        "mouse": (2, 896, 1643),
    }


def test_only_the_asked_heads_are_computed(tiny_checkpoint):
    model, x = tiny_checkpoint.model, torch.zeros(1, 16_384, 4)
    assert set(model(x)) == {"human", "mouse"}
    assert set(model(x, heads=("mouse",))) == {"mouse"}
    assert torch.equal(model(x, heads=("mouse",))["mouse"], model(x)["mouse"])


def test_some_tracks_at_some_bins_are_those_of_the_whole(tiny_checkpoint):
    model, x = tiny_checkpoint.model, torch.randn(2, 16_384, 4)
    with torch.inference_mode():
        tokens, whole = model.tokens(x), model(x)["human"]
        found = model.read(tokens[:, [32 + 3, 32 + 60]], "human", (5, 0))
    torch.testing.assert_close(found, whole[:, [3, 60]][:, :, [5, 0]], rtol=1e-5, atol=1e-6)


def test_a_layer_computes_only_the_asked_tokens(tiny_checkpoint):
    layer = tiny_checkpoint.model.transformer[1]
    x = torch.randn(1, 128, tiny_checkpoint.config.channels)
    with torch.inference_mode():
        torch.testing.assert_close(layer(x, range(7, 20)), layer(x)[:, 7:20], rtol=1e-5, atol=1e-5)


def test_values_are_finite_not_negative_and_differ_between_sequences(tiny_checkpoint):
    torch.manual_seed(0)
    x = torch.nn.functional.one_hot(torch.randint(4, (2, 16_384)), 4).float()
    values = tiny_checkpoint.model(x)["human"]
    assert torch.isfinite(values).all()
    assert (values >= 0).all()
    assert not torch.allclose(values[0], values[1])


@pytest.mark.parametrize("length", [8192, 8320, 32_768])
def test_other_lengths_give_the_middle_bins(tiny_checkpoint, length):
    assert tiny_checkpoint.model(torch.zeros(1, length, 4))["human"].shape == (1, 64, 8)


@pytest.mark.parametrize("length", [0, 8191, 8000, 4096])
def test_lengths_that_cannot_be_used_are_refused(tiny_checkpoint, length):
    with pytest.raises(EnformerLensError, match="multiples of 128 bp of at least 8,192 bp"):
        tiny_checkpoint.model(torch.zeros(1, length, 4))


def test_an_unknown_head_is_refused_with_those_there_are(tiny_checkpoint):
    with pytest.raises(EnformerLensError, match="it has human, mouse"):
        tiny_checkpoint.model(torch.zeros(1, 16_384, 4), heads=("yeast",))


def test_batches_are_independent(tiny_checkpoint):
    torch.manual_seed(0)
    x = torch.nn.functional.one_hot(torch.randint(4, (3, 16_384)), 4).float()
    with torch.no_grad():
        together = tiny_checkpoint.model(x)["human"]
        alone = torch.cat([tiny_checkpoint.model(row[None])["human"] for row in x])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


def test_bfloat16_stays_close_and_keeps_norms_in_float32(tiny_config, tiny_checkpoint):
    model = Enformer(tiny_config).eval()
    model.load_state_dict(tiny_checkpoint.model.state_dict())
    cast_weights(model, torch.bfloat16)
    x = torch.nn.functional.one_hot(torch.randint(4, (1, 16_384)), 4).float()
    with torch.no_grad():
        exact, rough = tiny_checkpoint.model(x)["human"], model(x)["human"]
    assert model.dtype == torch.bfloat16
    assert model.stem.pointwise.norm.weight.dtype == torch.float32
    assert rough.dtype == torch.float32
    assert torch.corrcoef(torch.stack([exact.flatten(), rough.flatten()]))[0, 1] > 0.999


def test_the_gradient_is_the_slope(tiny_config, tiny_checkpoint):
    model = Enformer(tiny_config).eval()
    model.load_state_dict(tiny_checkpoint.model.state_dict())
    model.double()
    x = torch.rand(1, 8192, 4, dtype=torch.float64, requires_grad=True)

    def score(x: torch.Tensor) -> torch.Tensor:
        return model(x, heads=("human",))["human"][0, 30:34, :2].mean()

    (gradient,) = torch.autograd.grad(score(x), x)
    direction = torch.randn_like(x)
    step = 1e-4
    with torch.no_grad():
        slope = (score(x + step * direction) - score(x - step * direction)) / (2 * step)
    assert float((gradient * direction).sum()) == pytest.approx(float(slope), rel=1e-5)


def test_watch_hears_every_box_and_can_end_the_pass(tiny_checkpoint):
    heard: list[str] = []
    tiny_checkpoint.model(torch.zeros(1, 16_384, 4), watch=heard.append)
    assert heard[0] == "stem"
    assert "transformer 2 of 2" in heard

    def stop(name: str) -> None:
        if name == "conv tower 3 of 6":
            raise InterruptedError(name)

    with pytest.raises(InterruptedError):
        tiny_checkpoint.model(torch.zeros(1, 16_384, 4), watch=stop)


def test_initial_weights_have_sonnets_distributions():
    torch.manual_seed(0)
    config = EnformerConfig(heads={"human": 500}, channels=512, depth=1, key_size=64, value_size=64)
    model = Enformer(config)
    block, attention = model.transformer[0], model.transformer[0].attention
    drawn = {
        model.stem.pointwise.conv.weight: 256**-0.5 * 0.8796,
        model.conv_tower[0].conv.conv.weight: (5 * 256) ** -0.5 * 0.8796,
        block.expand.weight: 512**-0.5 * 0.8796,
        model.heads["human"].linear.weight: 1024**-0.5 * 0.8796,
        attention.query.weight: (2 / 512) ** 0.5,
        attention.relative_key.weight: (2 / 192) ** 0.5,
        attention.content_bias: 0.5,
    }
    for weight, deviation in drawn.items():
        assert weight.std().item() == pytest.approx(deviation, rel=0.1)
        assert weight.abs().max().item() < 2 * deviation / 0.8796 * 1.001
    assert not attention.output.weight.any()
    assert not block.expand.bias.any()
    assert torch.equal(model.stem.pool.weight, 2 * torch.eye(256))


def test_a_fresh_transformer_layer_adds_only_its_feed_forward(tiny_config):
    block = Enformer(tiny_config).eval().transformer[0]
    x = torch.randn(1, 8, tiny_config.channels)
    hidden = block.expand(block.feed_forward_norm(x)).relu()
    torch.testing.assert_close(block(x), x + block.contract(hidden))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"heads": {}}, "needs a head"),
        ({"heads": {"human": 0}}, "tracks of human must be a whole number from 1 on"),
        ({"channels": 100}, "multiple of filters_divisible_by"),
        ({"position_features": 100}, "multiple of 6"),
        ({"window_length": 1000}, "multiple of 128"),
        ({"target_bins": 1537}, "must not exceed"),
        ({"target_bins": 895}, "same margin"),
        ({"dropout": 1.0}, "dropout must be a rate in"),
        ({"depth": 0}, "depth must be a whole number from 1 on, not 0"),
    ],
)
def test_configurations_check_themselves(change, wrong):
    with pytest.raises(EnformerLensError, match=wrong):
        EnformerConfig(**change)


def test_lengths_of_the_published_configuration_are_derived():
    assert (OFFICIAL.bin_size, OFFICIAL.tokens, OFFICIAL.crop_bins) == (128, 1536, 320)
    assert OFFICIAL.tower_channels == (768, 896, 1024, 1152, 1280, 1536)
    assert math.prod((OFFICIAL.bin_size, OFFICIAL.target_bins)) == 114_688
    assert EnformerConfig(**OFFICIAL.to_dict()) == OFFICIAL
