"""The repeated box of the convolutional trunk: the stem, and each block of the conv tower."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from enformer.layers import Conv, ConvBlock, SoftmaxPool
from enformer.stage_gradient import convolve_by_tiles, mix_by_tiles
from enformer.tiles import tiles, widened


class ConvStage(nn.Module):
    """A convolution, a residual pointwise block and a pool."""

    def __init__(self, conv: Conv | ConvBlock, channels: int, width: int) -> None:
        super().__init__()
        self.conv = conv
        self.pointwise = ConvBlock(channels, channels)
        self.pool = SoftmaxPool(channels)
        self.halo = 2 * -(-(width // 2) // 2)  # even, so that a tile's pairs stay pairs

    def forward(
        self, x: Float[Tensor, "batch length inputs"]
    ) -> Float[Tensor, "batch half outputs"]:
        """Halves an even length."""
        learns = self.training or (torch.is_grad_enabled() and self._has_weights_to_learn())
        if learns and x.device.type != "cpu":
            return self._whole(x)
        if learns or (torch.is_grad_enabled() and x.requires_grad):
            return self._with_gradients(x)
        return self._by_tiles(x)

    def _whole(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return self.pool(x + self.pointwise(x))

    def _with_gradients(self, x: Tensor) -> Tensor:
        norm, conv = (
            (None, self.conv) if isinstance(self.conv, Conv) else (self.conv.norm, self.conv.conv)
        )
        wide = convolve_by_tiles(x, norm and norm.as_affine(x), conv.weight, conv.bias)
        norm, conv = self.pointwise.norm, self.pointwise.conv
        return mix_by_tiles(wide, norm.as_affine(wide), conv.weight, conv.bias, self.pool.weight)

    def _by_tiles(self, x: Tensor) -> Tensor:
        pieces = []
        for start, stop in tiles(x.shape[1]):
            left, right = widened(start, stop, self.halo, x.shape[1])
            piece = self._whole(x[:, left:right])
            pieces.append(piece[:, (start - left) // 2 : (stop - left) // 2])
        return torch.cat(pieces, dim=1)

    def _has_weights_to_learn(self) -> bool:
        return any(parameter.requires_grad for parameter in self.parameters())
