"""The sizes of an Enformer, in one frozen value that checks itself."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from enformer.errors import EnformerLensError

TRUNKS = ("transformer", "dilated")


@dataclass(frozen=True)
class EnformerConfig:
    """Every size of the network; lengths are derived. Defaults are Avsec et al. 2021.

    Attributes:
        heads: tracks of each output head, by head name.
        window_length: bp the weights were trained on.
        target_bins: bins kept in the middle of the tokens.
        channels: width of the transformer; half of it is the width of the stem.
        depth: transformer layers, or dilated blocks.
        attention_heads: attention heads of each layer.
        key_size: width of a query or key.
        value_size: width of a value.
        position_features: width of the relative positional basis, a multiple of 6.
        downsamples: halvings of the length, the stem's included.
        filters_divisible_by: the tower's widths are rounded to multiples of this.
        dropout: rate after attention and in the feed-forward; an eighth of it before the heads.
        attention_dropout: rate on the attention weights.
        position_dropout: rate on the positional basis.
        trunk: what carries signals between tokens, "transformer" or "dilated" convolutions.
    """

    heads: Mapping[str, int] = field(
        default_factory=lambda: {"human": 5313, "mouse": 1643}, hash=False
    )
    window_length: int = 196_608
    target_bins: int = 896
    channels: int = 1536
    depth: int = 11
    attention_heads: int = 8
    key_size: int = 64
    value_size: int = 192
    position_features: int = 192
    downsamples: int = 7
    filters_divisible_by: int = 128
    dropout: float = 0.4
    attention_dropout: float = 0.05
    position_dropout: float = 0.01
    trunk: str = "transformer"

    def __post_init__(self) -> None:
        if not isinstance(self.heads, Mapping):
            raise self._refusal("heads must say how many tracks each head has.")
        object.__setattr__(self, "heads", MappingProxyType(dict(self.heads)))
        for rules in (self._rules_alone, self._rules_together):
            for wrong, failed in rules():
                if failed:
                    raise self._refusal(wrong)

    def _refusal(self, wrong: str) -> EnformerLensError:
        heads = dict(self.heads) if isinstance(self.heads, Mapping) else self.heads
        read = f"a model configuration {vars(self) | {'heads': heads}}"
        return EnformerLensError(wrong, read=read, do="Correct that value.")

    def _rules_alone(self) -> list[tuple[str, bool]]:
        """What each value must be; only then can they be compared."""
        values = self.to_dict()
        rates = ("dropout", "attention_dropout", "position_dropout")
        others = ("heads", "trunk", *rates)
        sizes = {name: size for name, size in values.items() if name not in others}
        sizes |= {f"tracks of {name}": tracks for name, tracks in self.heads.items()}
        return [
            ("A model needs a head with at least one track.", not self.heads),
            ("Heads are named by a letter, then letters, digits and _.",
             not all(re.fullmatch(r"[A-Za-z]\w*", str(name), re.ASCII) for name in self.heads)),
            *((f"{name} must be a whole number from 1 on, not {size!r}.",
               type(size) is not int or size < 1) for name, size in sizes.items()),
            *((f"{name} must be a rate in [0, 1), not {values[name]!r}.",
               not isinstance(values[name], int | float) or not 0 <= values[name] < 1)
              for name in rates),
            (f"trunk is one of {', '.join(TRUNKS)}, not {self.trunk!r}.", self.trunk not in TRUNKS),
        ]  # fmt: skip

    def _rules_together(self) -> list[tuple[str, bool]]:
        return [
            ("channels must be even.", self.channels % 2 != 0),
            ("position_features must be a multiple of 6.", self.position_features % 6 != 0),
            ("The window must hold at least two tokens.", self.tokens < 2),
            ("channels must be a multiple of filters_divisible_by.",
             self.channels % self.filters_divisible_by != 0),
            (f"window_length must be a multiple of {self.bin_size} bp.",
             self.window_length % self.bin_size != 0),
            (f"target_bins ({self.target_bins}) must not exceed the {self.tokens} tokens and must "
             "leave the same margin on both sides.",
             self.target_bins > self.tokens or (self.tokens - self.target_bins) % 2 != 0),
        ]  # fmt: skip

    @property
    def bin_size(self) -> int:
        """Bp of a token and of an output bin."""
        return 2**self.downsamples

    @property
    def tokens(self) -> int:
        """Positions inside the transformer for the trained window."""
        return self.window_length // self.bin_size

    @property
    def crop_bins(self) -> int:
        """Tokens dropped on each side before the heads."""
        return (self.tokens - self.target_bins) // 2

    @property
    def tower_channels(self) -> tuple[int, ...]:
        """Width after each conv tower block: exponentially spaced, rounded to the divisor."""
        first, blocks = self.channels // 2, self.downsamples - 1
        base = np.exp(np.log(self.channels / first) / max(blocks - 1, 1))
        widths = (first * base**step / self.filters_divisible_by for step in range(blocks))
        return tuple(int(np.round(width)) * self.filters_divisible_by for width in widths)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON; `EnformerConfig(**values)` restores them."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return values | {"heads": dict(self.heads)}

    def __reduce__(self) -> tuple[Callable[..., "EnformerConfig"], tuple[dict[str, Any]]]:
        # A mapping proxy can be neither copied nor pickled; models that hold a config must be.
        return _restore, (self.to_dict(),)


def _restore(values: dict[str, Any]) -> EnformerConfig:
    return EnformerConfig(**values)


OFFICIAL = EnformerConfig()
"""The published model: 196,608 bp, 896 bins, 5,313 human and 1,643 mouse tracks."""
