"""Cut `published_small.npz` from the full golden vectors: `python tests/vectors/cut.py GOLDEN.npz`.

What is kept was computed by the published TensorFlow code (deepmind-research f5de0ed, TensorFlow 2.21, CPU,
float32) with the weights and the input of `seeded.py`.
"""

import sys
from pathlib import Path

import numpy as np


def cut(source: Path) -> None:
    """Keep every fourth bin of every eighth stored track, and as little of the rest."""
    full = np.load(source)
    np.savez_compressed(
        Path(__file__).with_name("published_small.npz"),
        seed=full["seed"],
        human=full["human"][:, ::4, ::8],
        mouse=full["mouse"][:, ::4, ::8],
        embedding=full["embedding"][:, ::4, ::8],
        attention_rows=full["attention_rows"][:, :, ::4],
        basis=full["basis"][::4],
    )


if __name__ == "__main__":
    cut(Path(sys.argv[1]))
