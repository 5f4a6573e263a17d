"""What every test may ask for: the real data, the golden vectors, a tiny model."""

import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

# As enformer/threads.py does, which cannot be imported before pytest checks the types of its package.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
import torch

# A busy machine is no error: how long an example took says nothing about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-screenshots",
        action="store_true",
        help="let the browser tests rewrite the pictures in docs/",
    )


def need(path: Path, what: str) -> Path:
    """The path; without it a test fails in CI and is skipped elsewhere, saying what is missing."""
    if not path.exists():
        reason = f"{what} not found at {path}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return path


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real genome, tracks and variants: `ENFORMER_LENS_DATA`, or ../shared/data."""
    given = os.environ.get("ENFORMER_LENS_DATA")
    return need(Path(given) if given else ROOT.parent / "shared" / "data", "shared data")


@pytest.fixture(scope="session")
def golden(shared_data: Path) -> Path:
    """Vectors computed by the published TensorFlow code, beside the shared data."""
    return need(shared_data.parent / "golden", "golden vectors")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the cache of the person who runs it."""
    monkeypatch.setenv("ENFORMER_LENS_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def tiny_config():
    """An Enformer small enough to run in milliseconds: 16,384 bp, 128 tokens, 64 bins."""
    from enformer import EnformerConfig

    return EnformerConfig(
        heads={"human": 8, "mouse": 4},
        window_length=16_384,
        target_bins=64,
        channels=64,
        depth=2,
        attention_heads=4,
        key_size=16,
        value_size=24,
        position_features=24,
        filters_divisible_by=32,
    )


@pytest.fixture(scope="session")
def tiny_tracks(tiny_config):
    """Tracks of the tiny model: stranded CAGE pairs, then DNASE."""
    from enformer import TrackTable

    def rows(head: str, count: int) -> pd.DataFrame:
        half = count // 2
        cage = [
            (f"{head}{i // 2}{'+-'[i % 2]}", "CAGE:K562", i + 1 - 2 * (i % 2)) for i in range(half)
        ]
        dnase = [(f"{head}{i}", f"DNASE:cell {i}", i) for i in range(half, count)]
        return pd.DataFrame(cage + dnase, columns=["identifier", "description", "strand_pair"])

    return TrackTable.concat(
        TrackTable.from_rows(rows(head, count), head) for head, count in tiny_config.heads.items()
    )


@pytest.fixture(scope="session")
def tiny_checkpoint(tiny_config, tiny_tracks, tmp_path_factory):
    """The tiny model with random weights, through a file as any model."""
    import enformer
    from enformer.card import untrained_card

    torch.manual_seed(0)
    model = enformer.Enformer(tiny_config)
    scramble(model)
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    enformer.save(path, model, tiny_tracks, untrained_card("tiny", {"human": "demo"}))
    return enformer.load(path, device="cpu")


def scramble(model: torch.nn.Module) -> None:
    """Random values where the initial ones are zero or one, so that no layer is a bystander."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            noise = (
                torch.randn(tensor.shape, generator=generator) if tensor.is_floating_point() else 0
            )
            if name.endswith("running_var"):
                tensor.copy_(noise.abs() + 0.5)
            elif tensor.dim() == 1:
                tensor.add_(0.1 * noise)
            elif "output" in name:
                tensor.copy_(noise / tensor.shape[-1] ** 0.5)
