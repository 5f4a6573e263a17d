import io

import matplotlib
import numpy as np
import pytest
from PIL import Image

from app.figures import ramps
from app.figures.palette import DARK, LIGHT

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB
BLINDNESS = {
    "none": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                        [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                        [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                        [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def lightness(colours: np.ndarray, sight: str = "none") -> np.ndarray:
    """CIE L* as an eye sees it."""
    srgb = colours / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    y = np.clip(linear @ BLINDNESS[sight].T, 0, 1) @ [0.2126, 0.7152, 0.0722]
    return 116 * np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116) - 16


@pytest.mark.parametrize("sight", BLINDNESS)
@pytest.mark.parametrize("dark", [False, True])
def test_more_is_always_farther_from_the_page_to_every_eye(sight, dark):
    steps = np.diff(lightness(ramps.ramp(False, dark), sight))
    assert np.all(steps > -0.5 if dark else steps < 0.5)
    assert abs(steps.sum()) > 90


@pytest.mark.parametrize("sight", BLINDNESS)
@pytest.mark.parametrize("dark", [False, True])
def test_a_difference_grows_on_both_sides_of_the_middle(sight, dark):
    seen = lightness(ramps.ramp(True, dark), sight)
    middle = len(seen) // 2
    for side in (seen[middle:], seen[middle::-1]):
        steps = np.diff(side) * (1 if dark else -1)
        assert np.all(steps > -1)
        assert steps.sum() > 45
    both = ramps.ramp(True, dark)[[0, -1]].astype(int)
    assert np.abs(both[0] - both[1]).max() > 60


def test_sequential_is_magma():
    magma = matplotlib.colormaps["magma"](np.linspace(0, 1, ramps.SHADES))[:, :3] * 255
    np.testing.assert_allclose(ramps.ramp(False, dark=True), magma, atol=4)
    np.testing.assert_allclose(ramps.ramp(False, dark=False)[::-1][:200], magma[:200], atol=4)


@pytest.mark.parametrize(("dark", "page"), [(False, LIGHT), (True, DARK)])
def test_nothing_is_nearly_the_page(dark, page):
    background = np.array(list(bytes.fromhex(page.background[1:])))
    assert np.abs(ramps.ramp(False, dark)[0].astype(int) - background).max() < 25
    assert np.abs(ramps.ramp(True, dark)[127].astype(int) - background).max() < 25


def test_a_png_holds_every_shade_and_the_background():
    shades = np.arange(256, dtype=np.uint8).reshape(8, 32)
    colours = ramps.ramp(False, dark=True)
    made = Image.open(io.BytesIO(ramps.png(shades, colours, "#123456"))).convert("RGB")
    seen = np.asarray(made).reshape(256, 3)
    np.testing.assert_array_equal(seen[:255], colours)
    assert seen[255].tolist() == [0x12, 0x34, 0x56]
    assert ramps.data_uri(b"a") == "data:image/png;base64,YQ=="


def test_plotly_gets_both_ends():
    scale = ramps.css(ramps.ramp(False, dark=True))
    assert scale[0] == [0.0, "#020204"]
    assert scale[-1] == [1.0, "#fcfdbf"]
    assert [place for place, _ in scale] == sorted(place for place, _ in scale)
