"""Agreement with the published code, on seeded weights that any NumPy can rebuild."""

from pathlib import Path

import numpy as np
import pytest
import torch

from enformer import Enformer
from enformer.positions import relative_basis
from enformer.published import rename
from enformer.weights import fill
from tests.vectors.seeded import SMALL, golden_input, published_tensors

VECTORS = Path(__file__).parents[1] / "vectors" / "published_small.npz"


@pytest.fixture(scope="module")
def model() -> Enformer:
    with torch.device("meta"):
        model = Enformer(SMALL)
    fill(model, rename(published_tensors(SMALL), SMALL, "seeded"), "seeded")
    return model.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def results(model):
    """Heads, embedding and attention of the golden input, as NumPy arrays."""
    x = golden_input(int(np.load(VECTORS)["seed"]))
    attention = []
    with torch.no_grad():
        heads, embedding = model(x), model.trunk(x)
        for name, stage in model.stages():
            if name.startswith("transformer"):
                attention.append(stage.attention.weights(stage.attention_norm(x))[0])
            x = stage(x)
    found = {name: value.numpy() for name, value in heads.items()}
    return found | {"embedding": embedding.numpy(), "attention": torch.stack(attention).numpy()}


def test_heads_and_embedding_agree_with_the_stored_cut(results):
    want = np.load(VECTORS)
    close = {"rtol": 0, "atol": 2e-5}
    np.testing.assert_allclose(results["human"][:, ::4, ::128], want["human"], **close)
    np.testing.assert_allclose(results["mouse"][:, ::4, ::128], want["mouse"], **close)
    np.testing.assert_allclose(results["embedding"][:, ::16, ::8], want["embedding"], **close)


def test_attention_rows_agree_with_the_stored_cut(results):
    want = np.load(VECTORS)["attention_rows"]
    np.testing.assert_allclose(results["attention"][:, :, ::64], want, rtol=0, atol=1e-5)


def test_everything_agrees_with_the_full_vectors(results, golden):
    want = np.load(golden / "enformer_small.npz")
    close = {"rtol": 0, "atol": 2e-5}
    np.testing.assert_allclose(results["human"][:, :, ::16], want["human"], **close)
    np.testing.assert_allclose(results["mouse"][:, :, ::16], want["mouse"], **close)
    np.testing.assert_allclose(results["embedding"][:, ::4], want["embedding"], **close)
    rows = results["attention"][:, :, ::16]
    np.testing.assert_allclose(rows, want["attention_rows"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(
        results["attention"], want["attention"], rtol=0, atol=1e-3
    )  # float16


@pytest.mark.parametrize(("tokens", "features", "name"), [(128, 48, "basis")])
def test_basis_agrees_with_the_stored_cut(tokens, features, name):
    found = relative_basis(tokens, features).numpy()[::4]
    np.testing.assert_allclose(found, np.load(VECTORS)[name], rtol=0, atol=5e-3)


def test_basis_agrees_at_published_size(golden):
    want = np.load(golden / "enformer_small.npz")["basis_full_width"]
    np.testing.assert_allclose(relative_basis(1536, 192).numpy()[::16], want, rtol=0, atol=5e-3)
