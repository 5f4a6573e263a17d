"""Contrast as WCAG 2.2 defines it; colour blindness as Machado et al. (2009) simulate it."""

from itertools import combinations

import numpy as np
import pytest

from app.figures.palette import DARK, LIGHT, PAPER, kind_of
from tests.app.contrast import contrast, linear

THEMES = {"light": LIGHT, "dark": DARK, "paper": PAPER}
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


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* under D65."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    t = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_contrast_of_known_pairs():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read(name):
    theme = THEMES[name]
    for text in (theme.ink, theme.muted, theme.accent):
        assert contrast(text, theme.background) >= 4.5
    for wash in (theme.outside, theme.padding, theme.highlight, theme.hairline):
        assert contrast(theme.ink, wash) >= 4.5
    for wash in (theme.outside, theme.highlight):
        assert contrast(theme.muted, wash) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_every_track_stands_out_from_the_background(name):
    theme = THEMES[name]
    for shades in theme.assays.values():
        assert contrast(shades.line, theme.background) >= 3
    assert contrast(theme.reference, theme.background) >= 4.5


@pytest.mark.parametrize("sight", BLINDNESS)
@pytest.mark.parametrize("name", THEMES)
def test_kinds_of_track_differ_to_every_eye(name, sight):
    kinds = {k: lab(BLINDNESS[sight] @ linear(s.fill)) for k, s in THEMES[name].assays.items()}
    for one, other in combinations(kinds, 2):
        assert np.linalg.norm(kinds[one] - kinds[other]) > 10, (one, other)


@pytest.mark.parametrize("name", THEMES)
def test_every_base_stands_out_from_the_background(name):
    for colour in THEMES[name].bases.values():
        assert contrast(colour, THEMES[name].background) >= 3


@pytest.mark.parametrize("sight", BLINDNESS)
@pytest.mark.parametrize("name", THEMES)
def test_bases_differ_to_every_eye(name, sight):
    bases = {b: lab(BLINDNESS[sight] @ linear(c)) for b, c in THEMES[name].bases.items()}
    for one, other in combinations(bases, 2):
        assert np.linalg.norm(bases[one] - bases[other]) > 15, (one, other)


@pytest.mark.parametrize(
    ("assay", "target", "kind"),
    [
        ("DNASE", "", "DNASE"),
        ("CHIP", "H3K27ac", "CHIP histone"),
        ("CHIP", "H2AFZ", "CHIP histone"),
        ("CHIP", "H4K20me1", "CHIP histone"),
        ("CHIP", "CTCF", "CHIP factor"),
        ("CHIP", "HDAC1", "CHIP factor"),
    ],
)
def test_kind_of(assay, target, kind):
    assert kind_of(assay, target) == kind


def test_an_unknown_assay_is_grey():
    assert LIGHT.shades("SCC1") == LIGHT.assays["other"]
