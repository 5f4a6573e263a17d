import torch

from enformer.attention import RelativeAttention
from enformer.model import Enformer
from train.geometry import measure_by


def test_a_part_of_a_window_has_the_distances_of_the_whole(tiny_config) -> None:
    """Far tokens silenced, a window and its middle give one answer only where distances are one measure."""
    torch.manual_seed(0)
    layer = RelativeAttention(tiny_config).eval()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    x = torch.randn(1, 20, tiny_config.channels)
    layer.span = 64
    whole = layer.weights(x)[..., 5:15, 5:15]
    part = layer.weights(x[:, 5:15])
    torch.testing.assert_close(whole / whole.sum(-1, keepdim=True), part, rtol=1e-4, atol=1e-6)


def test_every_layer_measures_by_the_window(tiny_config) -> None:
    model = Enformer(tiny_config)
    measure_by(model, 64)
    layers = [m for m in model.modules() if isinstance(m, RelativeAttention)]
    assert len(layers) == tiny_config.depth
    assert {layer.span for layer in layers} == {64}
