"""The positional basis against the formulas, written out again in plain NumPy and SciPy."""

import numpy as np
import pytest
import torch
from scipy.stats import gamma as gamma_distribution

from enformer.positions import central_mask, exponential, gamma, relative_basis

DISTANCE = torch.arange(200, dtype=torch.float64)


def test_exponential_halves_at_its_half_lives():
    found = exponential(DISTANCE, functions=3, tokens=128)
    half_lives = [8, 32, 128]
    assert [float(found[h, i]) for i, h in enumerate(half_lives)] == pytest.approx([0.5] * 3)


def test_central_mask_is_one_within_its_width():
    found = central_mask(DISTANCE, functions=4).sum(0)
    assert found.tolist() == [1, 3, 7, 15]


def test_gamma_is_the_density_over_its_maximum_over_positions():
    found = gamma(DISTANCE, functions=8, tokens=128).numpy()
    mean, deviation = np.linspace(16, 128, 8), 8
    shape, scale = (mean / deviation) ** 2, deviation**2 / mean
    want = gamma_distribution.pdf(DISTANCE.numpy()[:, None], shape, scale=scale) + 1e-8
    np.testing.assert_allclose(found, want / want.max(0), rtol=1e-9)
    assert found.max(0).tolist() == [1] * 8


@pytest.mark.parametrize(("tokens", "features"), [(2, 6), (100, 24), (1024, 96), (1536, 192)])
def test_basis_has_a_symmetric_and_an_antisymmetric_half(tokens, features):
    basis = relative_basis(tokens, features)
    assert basis.shape == (2 * tokens - 1, features)
    assert basis.dtype == torch.float32
    symmetric, signed = basis.chunk(2, dim=1)
    assert torch.equal(symmetric, symmetric.flip(0))
    assert torch.equal(signed, -signed.flip(0))
    assert torch.equal(signed[tokens:], symmetric[tokens:])
    assert torch.isfinite(basis).all()


def test_a_part_of_a_window_is_measured_by_the_whole():
    whole = relative_basis(40, 12)
    assert torch.equal(relative_basis(15, 12, span=40), whole[25:-25])
    assert not torch.allclose(relative_basis(15, 12), whole[25:-25])
