"""Dilated convolutions in the manner of Basenji2, as another way to carry signals between tokens.

Each block widens what a token sees, and adds to it: Kelley, D. R., PLoS Computational Biology 16, e1008050
(2020).
"""

from jaxtyping import Float
from torch import Tensor, nn

from enformer.config import EnformerConfig
from enformer.layers import ConvBlock

GROWTH = 1.5
"""Each block's dilation over the one before."""


def dilations(depth: int) -> list[int]:
    """In tokens, of each block: 1, 2, 2, 3, 5, 8, 11, 17, 26, 38, 58 at the published depth of 11."""
    return [round(GROWTH**block) for block in range(depth)]


def reach(depth: int) -> int:
    """Tokens that a token sees on each side."""
    return sum(dilations(depth))


class DilatedBlock(nn.Module):
    """A dilated convolution to half the width and a pointwise one back, added to the input."""

    def __init__(self, config: EnformerConfig, dilation: int) -> None:
        super().__init__()
        width = config.channels
        self.spread = ConvBlock(width, width // 2, 3, dilation)
        self.widen = ConvBlock(width // 2, width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self, x: Float[Tensor, "batch tokens channels"]
    ) -> Float[Tensor, "batch tokens channels"]:
        """Keeps the length; beyond the window there are zeros."""
        return x + self.dropout(self.widen(self.spread(x)))
