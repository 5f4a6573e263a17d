"""Models whose answers are known: every method is asked about one of them.

The toys are Enformers of the tiny config (16,384 bp, 128 tokens, 64 bins, heads human 8 and mouse 4) that
replace what stands between the one-hot and the heads. `scalar`, `model.tokens`, `model.read` and
`model(one_hot)` agree; stem, tower and transformer keep random weights and have no part in it. Where a method
runs those itself, use `hand_model`: an unchanged Enformer, its weights set by hand.
"""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

import enformer
from enformer.layers import crop
from interpret import Target

MOTIF = "TGACTCATCGTA"
"""Twelve bases: a random window of the tiny config holds it, or all but one of it, once in 1,600 windows."""


class Toy(enformer.Enformer):
    """One value a token, `measure`; track t of either head is `t + 1` times that of its bin."""

    measure: Callable[[Tensor], Tensor]
    """From (batch, length, 4) to (batch, tokens); each toy has its own."""

    def __init__(self, config: enformer.EnformerConfig) -> None:
        super().__init__(config)
        self.eval().requires_grad_(False)

    def tokens(self, one_hot, watch=None):
        self.check_length(one_hot.shape[1])
        return self.measure(one_hot.to(self.dtype)).unsqueeze(-1)

    def read(self, tokens, head, tracks):
        return tokens.float() * (1 + torch.tensor(list(tracks), device=tokens.device))

    def forward(self, one_hot, heads=None, watch=None):
        wanted = self.config.heads if heads is None else heads
        self.check_heads(wanted)
        bins = crop(self.tokens(one_hot), self.config.target_bins)
        return {name: self.read(bins, name, range(self.config.heads[name])) for name in wanted}


class LinearToy(Toy):
    """Every token is `sum(weight * one_hot)` over the whole window, `weight` (16,384, 4) random normal.

    So for track t and any bins, reduced by the mean: the gradient is `(t + 1) weight` everywhere; a base's
    contribution `(t + 1) weight (x - baseline)`, whatever the number of steps, with no completeness gap; a
    mutation's effect `(t + 1) (weight[alt] - weight[ref])`; and effects of several edits add up.
    """

    def __init__(self, config: enformer.EnformerConfig) -> None:
        super().__init__(config)
        generator = torch.Generator().manual_seed(7)
        self.weight = torch.randn(config.window_length, 4, generator=generator)

    def measure(self, one_hot):
        total = (one_hot * self.weight.to(one_hot)).sum((1, 2))
        return total.unsqueeze(1).expand(-1, one_hot.shape[1] // self.config.bin_size)


class MotifToy(Toy):
    """Every token is `1 - exp(-matches)`, where each place of the window that reads `MOTIF` adds 1 to matches
    and each that reads all but one of its bases adds 0.5; anything less adds nothing.

    Forward strand only. With `reach` (a number of tokens; None for everywhere) a place counts for a token
    `exp(-distance / reach)` times, by the tokens between that in which the motif starts and that token.
    So a window without the motif has 0 everywhere and no gradient. With one copy only its 12 bases matter,
    each alike, and changing anything else does nothing; a second copy adds less than the first.
    """

    def __init__(self, config: enformer.EnformerConfig, reach: float | None = None) -> None:
        super().__init__(config)
        self.reach = reach

    def measure(self, one_hot):
        motif = enformer.one_hot(MOTIF).T.unsqueeze(0).to(one_hot)
        same = F.conv1d(one_hot.transpose(1, 2), motif).squeeze(1)
        places = F.pad(F.relu(same - (len(MOTIF) - 2)) / 2, (0, len(MOTIF) - 1))
        by_token = places.unflatten(1, (-1, self.config.bin_size)).sum(2)
        return 1 - torch.exp(-(by_token @ self._closeness(by_token)))

    def _closeness(self, by_token):
        where = torch.arange(by_token.shape[1], device=by_token.device).to(by_token)
        apart = (where[:, None] - where).abs()
        return torch.exp(-apart / self.reach) if self.reach else torch.ones_like(apart)


@pytest.fixture
def linear_toy(tiny_config) -> LinearToy:
    """A model that is linear in the one-hot: see `LinearToy`; `.weight` is what it holds."""
    return LinearToy(tiny_config)


@pytest.fixture
def motif_toy(tiny_config) -> MotifToy:
    """A model that reads one motif anywhere and saturates: see `MotifToy`."""
    return MotifToy(tiny_config)


@pytest.fixture
def near_motif_toy(tiny_config) -> MotifToy:
    """The same, but the motif counts less with distance: `exp(-tokens / 8)`."""
    return MotifToy(tiny_config, reach=8.0)


@pytest.fixture
def hand_model(tiny_config) -> enformer.Enformer:
    """A real Enformer that looks for `MOTIF`; all of it computes, with weights set by hand.

    Channel 0 of the trunk is 4 in a token that holds the motif and about 0 elsewhere (where the motif lies in
    two tokens, its base 5 counts, 0-based). In layer 1 every attention head of every token attends to tokens
    with the motif, `exp(7.9)` times as much as to others, and head 0 writes what it finds into channel 1;
    layer 2 attends uniformly and adds nothing. All tracks of all bins read channel 1: 7.6 with one motif
    anywhere in the window, 0.69 (softplus of 0) without.
    """
    model = enformer.Enformer(tiny_config).eval().requires_grad_(False)
    for parameter in model.parameters():
        parameter.zero_()
    for module in model.modules():
        if isinstance(module, torch.nn.LayerNorm | torch.nn.BatchNorm2d):
            module.weight.fill_(1)
    for stage in (model.stem, *model.conv_tower):
        stage.pool.weight.fill_diagonal_(8)  # the larger of two
    motif = enformer.one_hot(MOTIF).T
    model.stem.conv.weight[0, :, -len(MOTIF) - 1 : -1] = 8 * motif
    model.stem.conv.bias[0] = 4 - 8 * len(MOTIF)  # 4 for the motif, -4 with one base wrong
    for stage in model.conv_tower:
        stage.conv.conv.weight[0, 0, 2] = 1
    _attend_to_channel_0(model.transformer[0].attention)
    model.final_pointwise.block.conv.weight[:, 1, 0] = 1
    for head in model.heads.values():
        head.linear.weight[:, 0] = 1
    return model


def _attend_to_channel_0(attention: torch.nn.Module) -> None:
    """Layer normalisation makes of (v, 0, 0, ...) about (7.9, -0.1, ...), whatever v > 0: a switch."""
    heads, size = attention.heads, attention.key_size
    attention.key.weight[::size, 0] = 1
    attention.content_bias[:, :, :, 0] = 1
    attention.value.weight[0, 0] = 1
    assert heads * size == attention.key.weight.shape[0]
    attention.output.weight[1, 0] = 1


@pytest.fixture(scope="session")
def toy_sequence(tiny_config) -> str:
    """Random bases, 16,384 bp, with one `MOTIF` at 8,000 and none nearer than two bases elsewhere."""
    codes = torch.randint(
        4, (tiny_config.window_length,), generator=torch.Generator().manual_seed(3)
    )
    letters = "".join("ACGT"[code] for code in codes)
    return letters[:8000] + MOTIF + letters[8000 + len(MOTIF) :]


@pytest.fixture
def toy_target() -> Target:
    """Track 1 of human over the two middle bins."""
    return Target("human", (1,), (31, 32))
