"""The initial weights of the published model: the defaults of DeepMind's Sonnet."""

import math

import torch
from torch import Tensor, nn

from enformer.attention import RelativeAttention
from enformer.dilated import DilatedBlock

# Standard deviation of a unit normal cut at two deviations; Sonnet's VarianceScaling divides by it.
TRUNCATED_DEVIATION = 0.87962566103423978


@torch.no_grad()
def initialise(model: nn.Module) -> None:
    """Draw every weight anew, in place, from torch's global generator.

    Convolutions and matrices: normal of deviation `fan_in ** -0.5` cut at two deviations, bias zero.
    Queries, keys, values, relative keys and the two attention biases: variance scaling by 2. Attention's
    output projection and the last convolution of a dilated block: zero. Normalisations (1, 0) and pools
    (2 I) are set where they are made.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv1d | nn.Linear):
            _truncated_normal(module.weight, module.weight[0].numel() ** -0.5)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for module in model.modules():
        if isinstance(module, RelativeAttention):
            _initialise_attention(module)
        elif isinstance(module, DilatedBlock):
            nn.init.zeros_(module.widen.conv.weight)


def _initialise_attention(attention: RelativeAttention) -> None:
    for linear in (attention.query, attention.key, attention.value, attention.relative_key):
        _variance_scaling(linear.weight, linear.in_features)
    for bias in (attention.content_bias, attention.position_bias):
        # Sonnet reads (1, heads, 1, key_size) as a kernel of `heads` taps with one input.
        _variance_scaling(bias, attention.heads)
    nn.init.zeros_(attention.output.weight)


@torch.no_grad()
def scale_attention(model: nn.Module, gain: float) -> None:
    """Multiply queries and attention biases, and so the logits, in place.

    In a narrow model they start so large that a query looks at a few keys, whatever these hold, and the
    softmax passes hardly any gradient; with a gain of 0.1 every key has a share at first.
    """
    for module in model.modules():
        if isinstance(module, RelativeAttention):
            for tensor in (module.query.weight, module.content_bias, module.position_bias):
                tensor.mul_(gain)


def _variance_scaling(weight: Tensor, fan_in: int) -> None:
    _truncated_normal(weight, math.sqrt(2 / fan_in) / TRUNCATED_DEVIATION)


def _truncated_normal(weight: Tensor, deviation: float) -> None:
    nn.init.trunc_normal_(weight, std=deviation, a=-2 * deviation, b=2 * deviation)
