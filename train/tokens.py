"""Training on what frozen convolutions make of each window, computed once: several times as fast on a CPU."""

import hashlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float16
from torch import Tensor, nn
from tqdm import tqdm

from enformer.model import Enformer
from enformer.sequence import reverse_complement_one_hot
from train.augment import draw
from train.dataset import Record, Sampling, StepBatches, Windows


class OnTokens(nn.Module):
    """A model without its convolutions; weights are the model's own."""

    def __init__(self, model: Enformer) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, tokens: Float[Tensor, "batch tokens channels"], heads: Collection[str]
    ) -> dict[str, Float[Tensor, "batch bins _"]]:
        """Tracks of the heads."""
        return self.model.predict_from(tokens, heads)


class TokenBatches(StepBatches):
    """Batches of tokens in place of bases, of whole windows or of a part at a random place.

    Args:
        windows: of each head.
        tokens: of each head, from `keep_tokens`.
        sampling: how they are drawn; shifts and mutations are not possible any more.
    """

    def __init__(
        self,
        windows: Mapping[str, Windows],
        tokens: Mapping[str, Float16[np.ndarray, "records strands tokens channels"]],
        sampling: Sampling,
    ) -> None:
        super().__init__(windows, sampling)
        self.tokens = dict(tokens)

    def _draw(self, head: str, index: int, random: np.random.Generator) -> Record:
        held, how = self.windows[head], self.sampling
        flip = draw(random, 0, how.reverse_complement).reverse_complement
        targets = held.targets(index)
        if flip:
            targets = targets[::-1, self.pairs[head]]
        first = int(random.integers(held.bins - how.bins + 1))
        length = how.window_length // held.bin_size
        start = (self.tokens[head].shape[2] - held.bins - length + how.bins) // 2 + first
        tokens = self.tokens[head][index, int(flip), start : start + length]
        return Record(tokens.astype(np.float32), targets[first : first + how.bins].copy())


def tokens_path(model: Enformer, windows: Windows) -> Path:
    """Beside the data, named after them and after the weights of the convolutions."""
    digest = hashlib.sha256()
    for part in (model.stem, model.conv_tower):
        for tensor in part.state_dict().values():
            digest.update(tensor.cpu().numpy().tobytes())
    size = windows.path.stat().st_size
    name = (
        f"{windows.path.stem}-{size}-{windows.head}-{windows.split}-{digest.hexdigest()[:12]}.npy"
    )
    return windows.path.with_name(name)


@torch.inference_mode()
def keep_tokens(
    model: Enformer, windows: Windows
) -> Float16[np.ndarray, "records strands tokens channels"]:
    """Tokens of every window, as it is and reverse-complemented; computed once and kept on disk.

    Args:
        model: on any device, float32; its convolutions run as in inference.
        windows: of one head and split.
    """
    path = tokens_path(model, windows)
    if not path.is_file():
        partial = path.with_suffix(".part")
        shape = len(windows), 2, windows.window_length // windows.bin_size, model.config.channels
        held = np.lib.format.open_memmap(partial, "w+", np.float16, shape)
        training = model.training
        model.eval()
        for index, record in enumerate(tqdm(windows, f"tokens of {windows.head}", leave=False)):
            one_hot = torch.from_numpy(record.one_hot[None]).to(model.device, torch.float32)
            for strand, read in enumerate((one_hot, reverse_complement_one_hot(one_hot))):
                held[index, strand] = model.conv_trunk(read)[0].cpu().numpy()
        model.train(training)
        held.flush()
        os.replace(partial, path)
    return np.load(path, mmap_mode="r")
